//! Rules, and the changes that can be made to them.

use serde::{Deserialize, Serialize};

use crate::caching::bulk::model::{BUCKETS, Jitter, Pattern, Preview};
use crate::caching::model::{Key, Ttl};
use crate::error::AppError;
use crate::targets::model::TargetId;
use crate::text::Words;
use crate::words;

/// What a rule demands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// No key lives for ever; those that do get the rule's time to live.
    #[default]
    Give,
    /// No key lives longer than the rule's time to live.
    Cap,
}

impl Rule {
    /// Its name in an address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Give => "give",
            Self::Cap => "cap",
        }
    }

    /// Which keys the job that brings them into line changes, as in the address of the form.
    pub const fn only(self) -> &'static str {
        match self {
            Self::Give => "lasting",
            Self::Cap => "shorten",
        }
    }
}

/// How long keys that begin with a prefix are to live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Spelled as a key is; a prefix is one byte long at least, so no policy is about all keys.
    pub prefix: Key,
    pub rule: Rule,
    pub ttl: Ttl,
    pub jitter: Jitter,
}

impl Policy {
    /// All keys that it is about.
    pub fn pattern(&self) -> Pattern {
        Pattern::beginning_with(self.prefix.bytes())
    }

    /// Keys of a look that break the rule. Of keys that live too long only those count that do so whatever the place in
    /// their bar, so there may be more.
    pub fn broken(&self, preview: &Preview) -> i64 {
        match self.rule {
            Rule::Give => preview.lasting,
            Rule::Cap => {
                let most = self.ttl.seconds() + self.jitter.spread_millis(self.ttl) / 2_000;
                let lows = [0].into_iter().chain(BUCKETS);
                let beyond = lows.zip(preview.bars).filter(|(low, _)| *low > most).map(|(_, keys)| keys);
                preview.lasting + beyond.sum::<i64>()
            }
        }
    }
}

/// A policy with what its keys are like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    pub policy: Policy,
    /// None: the server did not tell.
    pub preview: Option<Preview>,
}

/// A change to the policies of a target. It is the console's own, and touches no key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Adds a policy, or puts it in the place of the one with its prefix.
    AddPolicy {
        target: TargetId,
        policy: Policy,
    },
    RemovePolicy {
        target: TargetId,
        prefix: Key,
    },
}

impl Change {
    /// Reads what a form holds: `action` is `add_policy` or `remove_policy`.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn from_form(
        target: TargetId,
        action: &str,
        prefix: &str,
        rule: &str,
        ttl: &str,
        jitter: &str,
    ) -> Result<Self, AppError> {
        let prefix = Key::parse(prefix.trim()).map_err(|rule| AppError::invalid("prefix", rule))?;
        match action {
            "add_policy" => {
                let rule = match rule {
                    "" | "give" => Rule::Give,
                    "cap" => Rule::Cap,
                    _ => return Err(AppError::invalid("rule", no_such())),
                };
                let ttl = Ttl::parse(ttl).map_err(|rule| AppError::invalid("ttl", rule))?;
                let jitter = Jitter::parse(jitter).map_err(|rule| AppError::invalid("jitter", rule))?;
                let policy = Policy { prefix, rule, ttl, jitter };
                // A prefix is shorter than its pattern, which must still be one that a job takes.
                Pattern::parse(policy.pattern().as_str()).map_err(|rule| AppError::invalid("prefix", rule))?;
                Ok(Self::AddPolicy { target, policy })
            }
            "remove_policy" => Ok(Self::RemovePolicy { target, prefix }),
            _ => Err(AppError::invalid("action", no_such())),
        }
    }

    /// The prefix that it is about.
    pub const fn prefix(&self) -> &Key {
        match self {
            Self::AddPolicy { policy, .. } => &policy.prefix,
            Self::RemovePolicy { prefix, .. } => prefix,
        }
    }
}

fn no_such() -> Words {
    words!("There is no such choice.", "그런 선택은 없습니다.")
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::AddPolicy { .. } => "caching.add_policy",
            Self::RemovePolicy { .. } => "caching.remove_policy",
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::AddPolicy { target, .. } | Self::RemovePolicy { target, .. } => target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(action: &str, prefix: &str, rule: &str, ttl: &str) -> Result<Change, AppError> {
        Change::from_form(TargetId::parse("c").expect("a name"), action, prefix, rule, ttl, "0")
    }

    #[test]
    fn a_policy_is_about_a_prefix_and_never_about_all_keys() {
        let Ok(Change::AddPolicy { policy, .. }) = form("add_policy", "a*:", "cap", "1h") else { panic!("a policy") };
        assert!(policy.pattern().matches(b"a*:1") && !policy.pattern().matches(b"ab:1"));
        for (action, prefix, rule, ttl, field) in [
            ("add_policy", "", "cap", "1h", "prefix"),
            ("add_policy", "a", "other", "1h", "rule"),
            ("add_policy", "a", "cap", "0", "ttl"),
            ("other", "a", "cap", "1h", "action"),
        ] {
            assert_eq!(form(action, prefix, rule, ttl).expect_err(field).field.as_deref(), Some(field));
        }
    }

    #[test]
    fn a_policy_that_no_job_could_bring_into_line_is_not_made() {
        for prefix in ["a".repeat(512), "*".repeat(256)] {
            let error = form("add_policy", &prefix, "cap", "1h").expect_err("too long");
            assert_eq!(error.field.as_deref(), Some("prefix"));
        }
        assert!(form("add_policy", &"*".repeat(255), "cap", "1h").is_ok());
    }

    #[test]
    fn what_breaks_a_rule_is_counted_and_what_may_break_it_is_not() {
        let Ok(Change::AddPolicy { policy, .. }) = form("add_policy", "a", "cap", "30m") else { panic!("a policy") };
        let preview = Preview { lasting: 1, bars: [10, 20, 40, 80, 160, 320, 640], ..Preview::default() };
        assert_eq!(policy.broken(&preview), 1 + 80 + 160 + 320 + 640, "of those under an hour nobody knows");
        assert_eq!(Policy { rule: Rule::Give, ..policy }.broken(&preview), 1);
    }
}
