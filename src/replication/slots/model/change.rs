//! A write to the slots of a PostgreSQL server, and how a form asks for it.

use serde::{Deserialize, Serialize};

use super::{DatabaseName, Lsn, PluginName, SlotName};
use crate::error::AppError;
use crate::targets::model::TargetId;
use crate::text::Words;
use crate::words;

/// What becomes of the changes that a lost slot no longer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// Nobody has said.
    Open,
    /// The consumer is filled anew: a standby by a base backup, a subscriber by a copy of its tables.
    Recopy,
    /// They are missing at the consumer for good.
    Accepted,
}

/// A write to a PostgreSQL server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Makes a physical slot, for a streaming standby.
    CreatePhysicalSlot {
        target: TargetId,
        name: SlotName,
        /// Hold WAL from now on, and not only from the first connection.
        reserve: bool,
    },
    /// Makes a logical slot, for a subscription or another reader of changes.
    CreateLogicalSlot {
        target: TargetId,
        name: SlotName,
        plugin: PluginName,
        database: DatabaseName,
        /// Send prepared transactions when they are prepared (14+).
        two_phase: bool,
        /// Let standbys keep a copy, so that the slot outlives a failover (17+).
        failover: bool,
    },
    /// Removes a slot that nobody uses, and lets go of the WAL it held.
    DropSlot {
        target: TargetId,
        name: SlotName,
        /// Where the slot stood when it was looked at; only that slot is dropped. None: it holds no WAL.
        restart_lsn: Option<Lsn>,
    },
    /// Ends the walsender that uses a slot, again and again if need be, and removes the slot.
    EvictSlot {
        target: TargetId,
        name: SlotName,
        /// Keep the consumer's role from logging in meanwhile.
        fence: bool,
    },
    /// Makes a second slot that stands where this one does.
    CopySlot { target: TargetId, name: SlotName, to: SlotName },
    /// Moves a slot on past what its consumer has not read.
    AdvanceSlot {
        target: TargetId,
        name: SlotName,
        /// None: to the end of the WAL, wherever that is then.
        to: Option<Lsn>,
    },
    /// Removes a lost slot and makes it anew, at the present.
    RecreateSlot { target: TargetId, name: SlotName, gap: Gap },
    /// Lets a primary write the record that a logical slot being made on its standby waits for.
    LogSnapshot { target: TargetId },
}

/// What the forms hold, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangeForm {
    pub action: String,
    pub name: String,
    /// `physical` or `logical`.
    pub kind: String,
    pub reserve: String,
    pub plugin: String,
    pub database: String,
    pub two_phase: String,
    pub failover: String,
    pub restart_lsn: String,
    /// The name of a copy.
    pub copy: String,
    /// Where to advance to; empty: to the end.
    pub to: String,
    pub fence: String,
    /// `recopy` or `accepted`.
    pub gap: String,
}

impl ChangeForm {
    /// The change that the form describes.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn parse(&self, target: TargetId) -> Result<Change, AppError> {
        if self.action == "log_snapshot" {
            return Ok(Change::LogSnapshot { target });
        }
        let name = at("name", SlotName::parse(self.name.trim()))?;
        match self.action.as_str() {
            "create_slot" if self.kind == "logical" => self.logical(target, name),
            "create_slot" => Ok(Change::CreatePhysicalSlot { target, name, reserve: self.reserve != "no" }),
            "drop_slot" => Ok(Change::DropSlot { target, name, restart_lsn: lsn("restart_lsn", &self.restart_lsn)? }),
            "evict_slot" => Ok(Change::EvictSlot { target, name, fence: self.fence == "yes" }),
            "copy_slot" => {
                let to = at("copy", SlotName::parse(self.copy.trim()))?;
                if to == name {
                    return Err(AppError::invalid(
                        "copy",
                        words!("A copy needs another name.", "다른 이름이어야 합니다."),
                    ));
                }
                Ok(Change::CopySlot { target, name, to })
            }
            "advance_slot" => {
                let to = lsn("to", &self.to)?;
                if to.as_ref().is_some_and(|to| to.as_str().bytes().all(|byte| byte == b'0' || byte == b'/')) {
                    return Err(AppError::invalid("to", words!("0/0 is no position.", "0/0은 위치가 아닙니다.")));
                }
                Ok(Change::AdvanceSlot { target, name, to })
            }
            "recreate_slot" => {
                let gap = match self.gap.as_str() {
                    "recopy" => Gap::Recopy,
                    "accepted" => Gap::Accepted,
                    _ => Gap::Open,
                };
                Ok(Change::RecreateSlot { target, name, gap })
            }
            _ => Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다."))),
        }
    }

    fn logical(&self, target: TargetId, name: SlotName) -> Result<Change, AppError> {
        let plugin = Some(self.plugin.trim()).filter(|plugin| !plugin.is_empty()).unwrap_or("pgoutput");
        Ok(Change::CreateLogicalSlot {
            target,
            name,
            plugin: at("plugin", PluginName::parse(plugin))?,
            database: at("database", DatabaseName::parse(&self.database))?,
            two_phase: self.two_phase == "yes",
            failover: self.failover == "yes",
        })
    }
}

fn at<T>(field: &str, parsed: Result<T, Words>) -> Result<T, AppError> {
    parsed.map_err(|rule| AppError::invalid(field, rule))
}

/// A position; none where the field is empty.
fn lsn(field: &str, text: &str) -> Result<Option<Lsn>, AppError> {
    let text = Some(text.trim()).filter(|text| !text.is_empty());
    at(field, text.map(Lsn::parse).transpose())
}

impl Lsn {
    /// The position as a number: bytes since the beginning of the WAL. Two spellings of one position are the same.
    pub fn position(&self) -> u64 {
        let (high, low) = self.as_str().split_once('/').unwrap_or_default();
        let half = |text| u64::from_str_radix(text, 16).unwrap_or_default();
        half(high) << 32 | half(low)
    }
}

impl std::fmt::Display for Lsn {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.as_str())
    }
}

impl Change {
    /// The address where somebody looks after it: the page of the slot that is there then, else the list.
    pub fn page_after(&self) -> String {
        let target = crate::change::Change::target(self);
        match self {
            Self::CopySlot { to: name, .. } | Self::AdvanceSlot { name, .. } | Self::RecreateSlot { name, .. } => {
                format!("/replication/slot?target={target}&name={name}")
            }
            _ => format!("/replication?target={target}"),
        }
    }
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::CreatePhysicalSlot { .. } | Self::CreateLogicalSlot { .. } => "replication.create_slot",
            Self::DropSlot { .. } => "replication.drop_slot",
            Self::EvictSlot { .. } => "replication.evict_slot",
            Self::CopySlot { .. } => "replication.copy_slot",
            Self::AdvanceSlot { .. } => "replication.advance_slot",
            Self::RecreateSlot { .. } => "replication.recreate_slot",
            Self::LogSnapshot { .. } => "replication.log_snapshot",
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::CreatePhysicalSlot { target, .. }
            | Self::CreateLogicalSlot { target, .. }
            | Self::DropSlot { target, .. }
            | Self::EvictSlot { target, .. }
            | Self::CopySlot { target, .. }
            | Self::AdvanceSlot { target, .. }
            | Self::RecreateSlot { target, .. }
            | Self::LogSnapshot { target } => target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(action: &str) -> ChangeForm {
        ChangeForm { action: action.into(), name: "a".into(), database: "shop".into(), ..ChangeForm::default() }
    }

    fn wrong_field(form: &ChangeForm) -> Option<String> {
        form.parse(TargetId::parse("pg").expect("a valid name")).err().and_then(|error| error.field)
    }

    #[test]
    fn a_change_that_was_tampered_with_is_not_read() {
        for text in [
            r#"{"do":"create_physical_slot","target":"pg","name":"a'; DROP TABLE x","reserve":true}"#,
            r#"{"do":"drop_slot","target":"pg","name":"a","restart_lsn":"0/0' OR true"}"#,
            r#"{"do":"copy_slot","target":"pg","name":"a","to":"b\"c"}"#,
            r#"{"do":"advance_slot","target":"pg","name":"a","to":"0/0); --"}"#,
            r#"{"do":"create_logical_slot","target":"pg","name":"a","plugin":"/tmp/x","database":"d","two_phase":false,"failover":false}"#,
            r#"{"do":"drop_slot","target":"pg","name":"a","restart_lsn":null,"also":"this"}"#,
        ] {
            assert!(serde_json::from_str::<Change>(text).is_err(), "{text} must be refused");
        }
    }

    #[test]
    fn what_cannot_be_used_is_told_at_its_field() {
        let wrong = |action, field: &str, value: &str| {
            let mut form = form(action);
            match field {
                "name" => form.name = value.into(),
                "plugin" => form.plugin = value.into(),
                "database" => form.database = value.into(),
                "restart_lsn" => form.restart_lsn = value.into(),
                "copy" => form.copy = value.into(),
                _ => form.to = value.into(),
            }
            form.kind = "logical".into();
            assert_eq!(wrong_field(&form).as_deref(), Some(field), "{action}: {value:?}");
        };
        wrong("create_slot", "name", "A");
        wrong("create_slot", "plugin", "/etc/passwd");
        wrong("create_slot", "database", "");
        wrong("drop_slot", "restart_lsn", "x");
        wrong("copy_slot", "copy", "a");
        wrong("copy_slot", "copy", "");
        wrong("advance_slot", "to", "0/0");
        wrong("advance_slot", "to", "0/0' OR true");
        assert_eq!(wrong_field(&form("dance")).as_deref(), Some("action"));
    }

    #[test]
    fn nobody_accepts_a_gap_by_leaving_a_field_empty() {
        let change = form("recreate_slot").parse(TargetId::parse("pg").expect("a valid name")).expect("a change");
        assert!(matches!(change, Change::RecreateSlot { gap: Gap::Open, .. }));
    }
}
