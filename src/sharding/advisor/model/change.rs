//! The wish to sample the queries of a collection, or to stop that.

use serde::{Deserialize, Serialize};

use super::CANDIDATES;
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
        /// The keys that were compared when it was asked for, as typed: its record leads back to them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        keys: Vec<String>,
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
    /// Reads what the form asks for: `action` is `start_sampling` or `stop_sampling`. It leads back to no keys.
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
        Ok(Self::SwitchSampling { target, namespace, per_second, uuid: uuid.to_owned(), keys: Vec::new() })
    }
}

impl Change {
    /// The same change, which leads back to these keys when it is done. More than can be compared are not kept.
    #[must_use]
    pub fn leading_to(self, mut asked: Vec<String>) -> Self {
        asked.retain(|key| !key.trim().is_empty());
        asked.truncate(CANDIDATES);
        let Self::SwitchSampling { target, namespace, per_second, uuid, .. } = self;
        Self::SwitchSampling { target, namespace, per_second, uuid, keys: asked }
    }

    /// What the record's page asks for: the collection and its keys, as the pairs of an address.
    pub fn back(&self) -> Vec<(&'static str, String)> {
        let Self::SwitchSampling { target, namespace, keys, .. } = self;
        let mut pairs = vec![("target", target.to_string()), ("namespace", namespace.to_string())];
        pairs.extend(keys.iter().map(|key| ("key", key.clone())));
        pairs
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

    #[test]
    fn the_record_leads_back_to_the_keys_that_were_compared() {
        let change = Change::from_form(TargetId::parse("m").expect("a name"), "stop_sampling", "a.b", "", "u");
        let typed = ["tenant", " ", "region, user_id:hashed"].map(str::to_owned).to_vec();
        let change = change.expect("a change").leading_to(typed);
        let back: Vec<String> = change.back().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(back, ["target=m", "namespace=a.b", "key=tenant", "key=region, user_id:hashed"]);
        let sent = serde_json::to_string(&change).expect("JSON");
        assert_eq!(serde_json::from_str::<Change>(&sent).expect("a change"), change);
    }
}
