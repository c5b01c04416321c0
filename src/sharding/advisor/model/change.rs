//! The wish to sample the queries of a collection, or to stop that.

use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::sharding::model::Namespace;
use crate::targets::model::TargetId;
use crate::words;

/// A write of the advisor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    SwitchSampling {
        target: TargetId,
        namespace: Namespace,
        /// Queries a second that are kept, 1 to 50; none switches it off.
        per_second: Option<Rate>,
        /// The collection that was looked at; only that one is switched.
        uuid: String,
    },
}

/// Queries a second, for the whole collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Rate(u8);

impl Rate {
    /// What the server allows at most.
    pub const MOST: u8 = 50;
    /// Enough for a judgement within a day, and hardly felt.
    pub const USUAL: u8 = 5;

    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Rate {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        if (1..=Self::MOST).contains(&number) { Ok(Self(number)) } else { Err("1 to 50".to_owned()) }
    }
}

impl From<Rate> for u8 {
    fn from(rate: Rate) -> Self {
        rate.0
    }
}

impl Change {
    /// Reads what the form asks for: `action` is `start_sampling` or `stop_sampling`.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn from_form(
        target: TargetId,
        action: &str,
        namespace: &str,
        rate: &str,
        uuid: &str,
    ) -> Result<Self, AppError> {
        let namespace = Namespace::parse(namespace.trim()).map_err(|rule| AppError::invalid("namespace", rule))?;
        let per_second = match action {
            "start_sampling" => {
                let rule = || words!("A whole number from 1 to 50.", "1부터 50까지의 정수를 입력하세요.");
                let number = rate.trim().parse::<u8>().ok().and_then(|number| Rate::try_from(number).ok());
                Some(number.ok_or_else(|| AppError::invalid("rate", rule()))?)
            }
            "stop_sampling" => None,
            _ => return Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다."))),
        };
        Ok(Self::SwitchSampling { target, namespace, per_second, uuid: uuid.to_owned() })
    }
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::SwitchSampling { .. } => "sharding.switch_sampling",
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::SwitchSampling { target, .. } => target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_whole_number_from_1_to_50() {
        let read = |action: &str, rate: &str| {
            Change::from_form(TargetId::parse("m").expect("a name"), action, "a.b", rate, "u")
        };
        assert!(read("start_sampling", "5").is_ok() && read("stop_sampling", "").is_ok());
        for rate in ["", "0", "51", "1.5", "x"] {
            assert_eq!(read("start_sampling", rate).expect_err("refused").field.as_deref(), Some("rate"), "{rate}");
        }
        let made_up = r#"{"do":"switch_sampling","target":"m","namespace":"a.b","per_second":200,"uuid":"u"}"#;
        assert!(serde_json::from_str::<Change>(made_up).is_err());
    }
}
