//! The key by which a collection is spread over the shards.

use serde::{Deserialize, Serialize};

use crate::targets::model::property;
use crate::text::Words;
use crate::words;

/// How the values of one field are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spread {
    /// By value, so that neighbours stay together.
    Ranged,
    /// By a hash of the value, so that neighbours are torn apart.
    Hashed,
}

/// One field of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyField {
    /// The path of the field, with dots into embedded documents.
    pub field: String,
    pub spread: Spread,
}

/// A shard key: 1 to 32 different fields in a fixed order, at most one of them hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<KeyField>", into = "Vec<KeyField>")]
pub struct ShardKey(Vec<KeyField>);

/// What marks the hashed field of a compound key in a form.
const HASHED_MARK: &str = ":hashed";

impl ShardKey {
    /// # Errors
    /// The rule that the fields break.
    pub fn new(fields: Vec<KeyField>) -> Result<Self, Words> {
        if fields.is_empty() {
            return Err(words!("Name at least one field.", "필드를 하나 이상 입력하세요."));
        }
        if fields.len() > 32 {
            return Err(words!("At most 32 fields.", "필드는 최대 32개입니다."));
        }
        for (place, KeyField { field, .. }) in fields.iter().enumerate() {
            check_field(field)?;
            if fields[..place].iter().any(|before| before.field == *field) {
                return Err(words!("{field} is named twice.", "{field}이(가) 두 번 나옵니다."));
            }
        }
        if fields.iter().filter(|it| it.spread == Spread::Hashed).count() > 1 {
            return Err(words!("At most one field can be hashed.", "해시 필드는 하나만 가능합니다."));
        }
        Ok(Self(fields))
    }

    /// Reads what a form holds: `user_id`, or `region, user_id`, or `region, user_id:hashed`. With `hashed`, a single
    /// field needs no mark.
    ///
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str, hashed: bool) -> Result<Self, Words> {
        let mut fields: Vec<KeyField> = text
            .split(',')
            .map(|part| {
                let part = part.trim();
                match part.strip_suffix(HASHED_MARK) {
                    Some(field) => KeyField { field: field.trim_end().to_owned(), spread: Spread::Hashed },
                    None => KeyField { field: part.to_owned(), spread: Spread::Ranged },
                }
            })
            .collect();
        if hashed && fields.iter().all(|it| it.spread == Spread::Ranged) {
            let [only] = fields.as_mut_slice() else {
                return Err(words!(
                    "Mark the field that is to be hashed, for example: region, user_id:hashed",
                    "해시할 필드를 표시하세요. 예: region, user_id:hashed",
                ));
            };
            only.spread = Spread::Hashed;
        }
        Self::new(fields)
    }

    pub fn fields(&self) -> &[KeyField] {
        &self.0
    }

    pub fn is_hashed(&self) -> bool {
        self.0.iter().any(|it| it.spread == Spread::Hashed)
    }
}

fn check_field(field: &str) -> Result<(), Words> {
    if field.is_empty() {
        return Err(words!("A field's name is missing.", "필드 이름이 빠졌습니다."));
    }
    if field.len() > 255 {
        return Err(words!("A field's name has at most 255 bytes.", "필드 이름은 최대 255바이트입니다."));
    }
    if field.chars().any(char::is_control) {
        return Err(words!("No control characters.", "제어 문자는 쓸 수 없습니다."));
    }
    if field.split('.').any(str::is_empty) {
        return Err(words!(
            "{field}: a dot stands between two names, at no end and not twice.",
            "{field}: 점(.)은 두 이름 사이에 하나만 쓸 수 있습니다.",
        ));
    }
    if field.split('.').any(|part| part.starts_with('$')) {
        return Err(words!(
            "{field}: a field's name cannot begin with “$”.",
            "{field}: 필드 이름은 “$”로 시작할 수 없습니다.",
        ));
    }
    Ok(())
}

impl TryFrom<Vec<KeyField>> for ShardKey {
    type Error = String;

    fn try_from(fields: Vec<KeyField>) -> Result<Self, String> {
        Self::new(fields).map_err(|rule| rule.en)
    }
}

impl From<ShardKey> for Vec<KeyField> {
    fn from(key: ShardKey) -> Self {
        key.0
    }
}

/// As mongosh takes it: `{ region: 1, user_id: "hashed" }`.
impl std::fmt::Display for ShardKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts: Vec<String> = self
            .0
            .iter()
            .map(|it| {
                let value = if it.spread == Spread::Hashed { "\"hashed\"" } else { "1" };
                format!("{}: {value}", property(&it.field))
            })
            .collect();
        write!(out, "{{ {} }}", parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, hashed: bool) -> String {
        ShardKey::parse(text, hashed).map_or_else(|rule| rule.en, |key| key.to_string())
    }

    #[test]
    fn a_form_names_the_fields_in_their_order() {
        assert_eq!(shown("user_id", false), "{ user_id: 1 }");
        assert_eq!(shown(" user_id ", true), "{ user_id: \"hashed\" }");
        assert_eq!(shown("region, user_id", false), "{ region: 1, user_id: 1 }");
        assert_eq!(shown("region, user_id:hashed", false), "{ region: 1, user_id: \"hashed\" }");
        assert_eq!(shown("a.b", false), "{ \"a.b\": 1 }");
        assert_eq!(shown("고객", false), "{ \"고객\": 1 }");
    }

    #[test]
    fn each_rule_is_told_in_its_own_words() {
        for (text, hashed, expected) in [
            ("", false, "name is missing"),
            ("a,,b", false, "name is missing"),
            ("a,a", false, "named twice"),
            ("a:hashed, b:hashed", false, "At most one"),
            ("a, b", true, "Mark the field"),
            ("a..b", false, "a dot stands between"),
            ("a.", false, "a dot stands between"),
            ("$where", false, "begin with “$”"),
            ("a.$id", false, "begin with “$”"),
            ("a\u{0}", false, "control characters"),
        ] {
            assert!(shown(text, hashed).contains(expected), "{text:?}: {}", shown(text, hashed));
        }
        let many: Vec<String> = (0..33).map(|number| format!("f{number}")).collect();
        assert!(shown(&many.join(","), false).contains("32"));
    }

    #[test]
    fn a_key_that_was_tampered_with_is_not_read() {
        for text in [
            "[]",
            r#"[{"field":"$where","spread":"ranged"}]"#,
            r#"[{"field":"a","spread":"text"}]"#,
            r#"[{"field":"a","spread":"hashed"},{"field":"b","spread":"hashed"}]"#,
            r#"[{"field":"a","spread":"ranged","more":1}]"#,
        ] {
            assert!(serde_json::from_str::<ShardKey>(text).is_err(), "{text} must be refused");
        }
    }
}
