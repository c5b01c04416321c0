//! Names that a form holds beside the slot's own.

use serde::{Deserialize, Serialize};

use crate::text::Words;
use crate::words;

/// The library of an output plugin: `pgoutput`, `test_decoding`. Letters, digits, `_`, `-` and dots that lead nowhere,
/// at most 63: the server loads a file of this name, so no path is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PluginName(String);

impl PluginName {
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        let fits = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-' || it == '.';
        match text.chars().find(|it| !fits(*it)) {
            _ if text.is_empty() => Err(words!("Name an output plugin.", "출력 플러그인을 입력하세요.")),
            _ if text.len() > 63 => Err(words!("At most 63 characters.", "최대 63자입니다.")),
            Some(wrong) => Err(words!(
                "“{wrong}” is not allowed: only letters a–z, digits, _, - and dots.",
                "“{wrong}”은(는) 쓸 수 없습니다: 영문자, 숫자, _, -, 점만 가능합니다.",
            )),
            None if text.starts_with('.') || text.contains("..") => {
                Err(words!("This is a path and not the name of a plugin.", "플러그인 이름이 아니라 경로입니다.",))
            }
            None => Ok(Self(text.to_owned())),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PluginName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|rule| rule.en)
    }
}

impl From<PluginName> for String {
    fn from(name: PluginName) -> Self {
        name.0
    }
}

impl std::fmt::Display for PluginName {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

/// The name of a database: 1 to 63 bytes on one line. It is sent as a parameter of the connection, never inside SQL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DatabaseName(String);

impl DatabaseName {
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        if text.is_empty() {
            return Err(words!("Choose a database.", "데이터베이스를 선택하세요."));
        }
        if text.len() > 63 || text.chars().any(char::is_control) {
            return Err(words!("No database has such a name.", "그런 이름의 데이터베이스는 있을 수 없습니다."));
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for DatabaseName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|rule| rule.en)
    }
}

impl From<DatabaseName> for String {
    fn from(name: DatabaseName) -> Self {
        name.0
    }
}

impl std::fmt::Display for DatabaseName {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_plugin_is_a_name_and_no_path() {
        for good in ["pgoutput", "test_decoding", "wal2json", "decoder_raw", "my-plugin2.1"] {
            assert!(PluginName::parse(good).is_ok(), "{good} must be accepted");
        }
        for bad in ["", "/tmp/evil", "../evil", "a/b", ".so", "a..b", "$libdir/x", "a'b", "a b", &"a".repeat(64)] {
            assert!(PluginName::parse(bad).is_err(), "{bad:?} must be refused");
        }
    }

    proptest! {
        #[test]
        fn no_plugin_name_leaves_its_literal(text in "(?s).{0,80}") {
            if let Ok(name) = PluginName::parse(&text) {
                prop_assert!(name.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)));
            }
        }
    }
}
