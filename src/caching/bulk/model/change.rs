//! The changes, and how a form makes them.

use serde::{Deserialize, Serialize};

use super::job::{Aim, Jitter, Job, Only, Rate};
use super::pattern::Pattern;
use crate::caching::model::Ttl;
use crate::error::AppError;
use crate::targets::model::TargetId;
use crate::words;

/// A change to many keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Gives keys another time to live, or none. `continues` is the record of a job that was cut short.
    BulkTtl {
        target: TargetId,
        job: Job,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        continues: Option<i64>,
    },
    /// Gives keys back the time to live that they had before the job with this record, or those of them that match.
    UndoBulk {
        target: TargetId,
        job: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pattern: Option<Pattern>,
    },
    /// Lets the server reclaim expired keys in small portions, for so many seconds.
    Sweep { target: TargetId, seconds: u32 },
}

/// What a form holds, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    #[serde(default)]
    pub action: String,
    #[serde(default)]
    pub pattern: String,
    #[serde(default)]
    pub ttl: String,
    /// `ttl` or `persist`.
    #[serde(default)]
    pub aim: String,
    #[serde(default)]
    pub only: String,
    #[serde(default)]
    pub jitter: String,
    #[serde(default)]
    pub rate: String,
    /// The record of a job.
    #[serde(default)]
    pub job: String,
    #[serde(default)]
    pub seconds: String,
}

impl Change {
    /// The longest sweep, in seconds.
    pub const LONGEST_SWEEP: u32 = 3_600;

    /// Reads what a form holds: `action` is `bulk_ttl`, `continue_bulk`, `undo_bulk` or `sweep`. The job that
    /// `continue_bulk` goes on with is put in by the engine.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn from_form(target: TargetId, form: &Form) -> Result<Self, AppError> {
        match form.action.as_str() {
            "bulk_ttl" => Ok(Self::BulkTtl { target, job: job(form)?, continues: None }),
            "undo_bulk" => {
                let part = form.pattern.trim();
                let pattern = if part.is_empty() { None } else { Some(pattern(part)?) };
                Ok(Self::UndoBulk { target, job: record(&form.job)?, pattern })
            }
            "sweep" => {
                let seconds = form.seconds.trim().parse().ok().filter(|it| (1..=Self::LONGEST_SWEEP).contains(it));
                let rule = || words!("A whole number from 1 to 3600.", "1부터 3600까지의 정수입니다.");
                Ok(Self::Sweep { target, seconds: seconds.ok_or_else(|| AppError::invalid("seconds", rule()))? })
            }
            _ => Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다."))),
        }
    }
}

/// The number of a record.
///
/// # Errors
/// `Invalid` at the field `job`.
pub(super) fn record(text: &str) -> Result<i64, AppError> {
    let number = text.trim().parse().ok().filter(|it| *it > 0);
    number.ok_or_else(|| AppError::invalid("job", words!("This is no number of a job.", "작업 번호가 아닙니다.")))
}

fn pattern(text: &str) -> Result<Pattern, AppError> {
    Pattern::parse(text).map_err(|rule| AppError::invalid("pattern", rule))
}

fn job(form: &Form) -> Result<Job, AppError> {
    let pattern = pattern(form.pattern.trim())?;
    let aim = if form.aim == "persist" {
        Aim::Persist
    } else {
        Aim::Ttl(Ttl::parse(&form.ttl).map_err(|rule| AppError::invalid("ttl", rule))?)
    };
    let only = Only::parse(&form.only);
    let only =
        only.ok_or_else(|| AppError::invalid("only", words!("There is no such choice.", "그런 선택은 없습니다.")))?;
    Ok(Job {
        pattern,
        aim,
        only: if aim == Aim::Persist { Only::Expiring } else { only },
        jitter: Jitter::parse(&form.jitter).map_err(|rule| AppError::invalid("jitter", rule))?,
        rate: Rate::parse(&form.rate).map_err(|rule| AppError::invalid("rate", rule))?,
    })
}

impl Form {
    /// The number of the job that is meant.
    ///
    /// # Errors
    /// `Invalid` at the field `job`.
    pub fn record(&self) -> Result<i64, AppError> {
        record(&self.job)
    }
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::BulkTtl { .. } => "caching.bulk_ttl",
            Self::UndoBulk { .. } => "caching.undo_bulk",
            Self::Sweep { .. } => "caching.sweep",
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::BulkTtl { target, .. } | Self::UndoBulk { target, .. } | Self::Sweep { target, .. } => target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Result<Change, AppError> {
        let of = |name: &str| pairs.iter().find(|(it, _)| *it == name).map_or("", |(_, value)| value).to_owned();
        let form = Form {
            action: of("action"),
            pattern: of("pattern"),
            ttl: of("ttl"),
            aim: of("aim"),
            only: of("only"),
            jitter: of("jitter"),
            rate: of("rate"),
            job: of("job"),
            seconds: of("seconds"),
        };
        Change::from_form(TargetId::parse("c").expect("a name"), &form)
    }

    #[test]
    fn a_form_that_is_half_filled_asks_for_the_careful_way() {
        let change = form(&[("action", "bulk_ttl"), ("pattern", "a:*"), ("ttl", "10m")]).expect("a change");
        let Change::BulkTtl { job, continues: None, .. } = &change else { panic!("{change:?}") };
        assert_eq!((job.only, job.jitter, job.rate), (Only::Expiring, Jitter::DEFAULT, None));
        let text = serde_json::to_string(&change).expect("JSON");
        assert_eq!(serde_json::from_str::<Change>(&text).expect("the same"), change);
    }

    #[test]
    fn what_cannot_be_used_is_told_at_its_field() {
        let base = [("action", "bulk_ttl"), ("pattern", "a:*"), ("ttl", "60")];
        for (field, value) in [
            ("pattern", ""),
            ("ttl", "0"),
            ("ttl", "NaN"),
            ("ttl", "99999999999999999999"),
            ("only", "some"),
            ("jitter", "99"),
            ("rate", "1"),
        ] {
            let pairs: Vec<_> = [(field, value)].into_iter().chain(base).collect();
            assert_eq!(form(&pairs).expect_err(value).field.as_deref(), Some(field), "{value}");
        }
        for seconds in ["", "0", "3601", "-1"] {
            assert!(form(&[("action", "sweep"), ("seconds", seconds)]).is_err());
        }
        assert!(form(&[("action", "undo_bulk"), ("job", "-1")]).is_err());
    }
}
