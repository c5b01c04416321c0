//! Where the findings of replication lead to.

pub use crate::finding::{Finding, Severity, Way};
use crate::targets::model::Target;
use crate::text::url_text;
use crate::words;

impl Way {
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
