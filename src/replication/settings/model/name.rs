//! The settings that can be changed here, and what each accepts.

use serde::{Deserialize, Serialize};

use super::standbys::{Standbys, is_name};
use crate::text::Words;
use crate::words;

/// A setting that can be changed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Name {
    MaxSlotWalKeepSize,
    IdleReplicationSlotTimeout,
    SynchronizedStandbySlots,
    SynchronousStandbyNames,
    SyncReplicationSlots,
    HotStandbyFeedback,
    WalSenderTimeout,
    MaxWalSenders,
    MaxReplicationSlots,
    WalLevel,
}

impl Name {
    pub const ALL: [Self; 10] = [
        Self::MaxSlotWalKeepSize,
        Self::IdleReplicationSlotTimeout,
        Self::SynchronizedStandbySlots,
        Self::SynchronousStandbyNames,
        Self::SyncReplicationSlots,
        Self::HotStandbyFeedback,
        Self::WalSenderTimeout,
        Self::MaxWalSenders,
        Self::MaxReplicationSlots,
        Self::WalLevel,
    ];

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == text)
    }

    /// As the server calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MaxSlotWalKeepSize => "max_slot_wal_keep_size",
            Self::IdleReplicationSlotTimeout => "idle_replication_slot_timeout",
            Self::SynchronizedStandbySlots => "synchronized_standby_slots",
            Self::SynchronousStandbyNames => "synchronous_standby_names",
            Self::SyncReplicationSlots => "sync_replication_slots",
            Self::HotStandbyFeedback => "hot_standby_feedback",
            Self::WalSenderTimeout => "wal_sender_timeout",
            Self::MaxWalSenders => "max_wal_senders",
            Self::MaxReplicationSlots => "max_replication_slots",
            Self::WalLevel => "wal_level",
        }
    }

    /// Whether a new value waits for a restart of the server.
    pub const fn needs_restart(self) -> bool {
        matches!(self, Self::MaxWalSenders | Self::MaxReplicationSlots | Self::WalLevel)
    }

    /// The values to choose from; empty where it is typed.
    pub const fn choices(self) -> &'static [&'static str] {
        match self {
            Self::WalLevel => &["replica", "logical", "minimal"],
            Self::HotStandbyFeedback | Self::SyncReplicationSlots => &["on", "off"],
            _ => &[],
        }
    }

    /// The value as ALTER SYSTEM takes it, without its unit.
    ///
    /// # Errors
    /// The rule that the text breaks.
    pub fn value(self, text: &str) -> Result<String, Words> {
        const MOST: i64 = i32::MAX as i64;
        let text = text.trim();
        match self {
            Self::MaxSlotWalKeepSize => number(text, -1, MOST),
            Self::IdleReplicationSlotTimeout | Self::WalSenderTimeout => number(text, 0, MOST),
            Self::MaxWalSenders | Self::MaxReplicationSlots => number(text, 0, 262_143),
            Self::SynchronousStandbyNames => Standbys::parse(text).map(|_| text.to_owned()),
            Self::SynchronizedStandbySlots => slots(text),
            Self::WalLevel | Self::HotStandbyFeedback | Self::SyncReplicationSlots => one_of(text, self.choices()),
        }
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.as_str())
    }
}

fn number(text: &str, least: i64, most: i64) -> Result<String, Words> {
    match text.parse::<i64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number.to_string()),
        _ => Err(words!("A whole number from {least} to {most}.", "{least}부터 {most}까지의 정수를 입력하세요.")),
    }
}

fn one_of(text: &str, choices: &[&str]) -> Result<String, Words> {
    let known = choices.iter().find(|choice| **choice == text);
    let all = choices.join(", ");
    known.map(|known| (*known).to_owned()).ok_or_else(|| words!("One of: {all}.", "다음 중 하나입니다: {all}."))
}

/// Names of slots with commas between; empty for none.
fn slots(text: &str) -> Result<String, Words> {
    let names: Vec<&str> = text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    match names.iter().find(|name| !is_name(name)) {
        None => Ok(names.join(", ")),
        Some(wrong) => Err(words!(
            "“{wrong}” is not the name of a slot. Names of slots, with commas between.",
            "“{wrong}”은(는) 슬롯 이름이 아닙니다. 슬롯 이름을 쉼표로 구분해 입력하세요.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_as_it_is_written() {
        for name in Name::ALL {
            assert_eq!(Name::parse(name.as_str()), Some(name));
            assert_eq!(serde_json::to_string(&name).expect("a name"), format!("\"{name}\""));
        }
    }

    #[test]
    fn each_setting_accepts_what_its_server_does() {
        for (name, text, value) in [
            (Name::MaxSlotWalKeepSize, "-1", Some("-1")),
            (Name::MaxSlotWalKeepSize, "010", Some("10")),
            (Name::MaxSlotWalKeepSize, "10GB", None),
            (Name::MaxSlotWalKeepSize, "-2", None),
            (Name::WalLevel, "archive", None),
            (Name::HotStandbyFeedback, "on", Some("on")),
            (Name::SynchronizedStandbySlots, "a , b,", Some("a, b")),
            (Name::SynchronizedStandbySlots, "a; b", None),
            (Name::SynchronousStandbyNames, "", Some("")),
            (Name::SynchronousStandbyNames, "ANY (", None),
        ] {
            assert_eq!(name.value(text).ok().as_deref(), value, "{name} = {text:?}");
        }
    }
}
