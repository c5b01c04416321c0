//! What the console finds wrong, or worth knowing, at a server: one shape for all parts of replication.

pub mod page;

use serde::{Deserialize, Serialize};

use crate::targets::model::Target;
use crate::text::{Words, url_text};
use crate::words;

/// How much a finding matters. The first is the worst, so that sorting puts it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// Something does not work now, or data is in danger.
    Bad,
    /// Something will go wrong if nobody looks.
    Warn,
    /// Worth knowing.
    Note,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub severity: Severity,
    /// What is so, in one sentence.
    pub words: Words,
    /// What it means, and what to do.
    pub why: Words,
    /// An address of ours where something can be done about it; empty where there is none.
    pub link: String,
    /// What is done there.
    pub action: Words,
}

impl Finding {
    pub fn new(severity: Severity, words: Words, why: Words, way: Way) -> Self {
        let Way { link, action } = way;
        Self { severity, words, why, link, action }
    }

    pub fn bad(words: Words, why: Words, way: Way) -> Self {
        Self::new(Severity::Bad, words, why, way)
    }

    pub fn warn(words: Words, why: Words, way: Way) -> Self {
        Self::new(Severity::Warn, words, why, way)
    }

    pub fn note(words: Words, why: Words, way: Way) -> Self {
        Self::new(Severity::Note, words, why, way)
    }
}

/// Where something can be done, and what is done there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// Empty where there is no such page.
    pub link: String,
    pub action: Words,
}

impl Way {
    pub fn none() -> Self {
        Self::default()
    }

    pub fn to_targets() -> Self {
        Self { link: "/".to_owned(), action: words!("See the targets", "대상 보기") }
    }

    pub fn to_topology(of: &Target) -> Self {
        let Target { id, name, .. } = of;
        let action = words!("See the topology of {name}", "{name}의 토폴로지 보기");
        Self { link: format!("/replication/topology?target={id}"), action }
    }

    pub fn to_failover(of: &Target) -> Self {
        let action = words!("See what becomes of each slot", "슬롯별 상태 보기");
        Self { link: format!("/replication/failover?target={}", of.id), action }
    }

    pub fn to_slot(on: &Target, slot: &str) -> Self {
        let action = words!("Look at the slot {slot}", "슬롯 {slot} 확인");
        Self { link: format!("/replication/slot?target={}&name={}", on.id, url_text(slot)), action }
    }

    /// The form for a physical slot; the name may be empty.
    pub fn to_new_slot(on: &Target, name: &str) -> Self {
        let action = if name.is_empty() {
            words!("Create a slot", "슬롯 생성")
        } else {
            words!("Create the slot {name}", "슬롯 {name} 생성")
        };
        let (id, name) = (&on.id, url_text(name));
        let link = format!("/replication?target={id}&action=create_slot&kind=physical&name={name}&reserve=yes");
        Self { link, action }
    }

    /// The form for a setting; an empty value is to be typed.
    pub fn to_setting(on: &Target, name: &str, value: &str) -> Self {
        let (id, typed) = (&on.id, url_text(value));
        let value = if value.is_empty() { String::new() } else { format!("&value={typed}") };
        let link = format!("/replication/settings?target={id}&action=set_setting&name={name}{value}");
        Self { link, action: words!("Change {name}", "{name} 변경") }
    }

    pub fn to_new_standby(of: &Target) -> Self {
        Self {
            link: format!("/replication/add?target={}", of.id), action: words!("Add a standby", "대기 서버 추가")
        }
    }
}
