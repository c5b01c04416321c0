//! The full name of a collection.

use serde::{Deserialize, Serialize};

use crate::text::Words;
use crate::words;

/// `database.collection`, of a kind that may be sharded: nothing of MongoDB's own, at most 255 bytes.
///
/// The database is what stands before the first dot; a collection's name may hold dots itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Namespace {
    database: String,
    collection: String,
}

impl Namespace {
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        if text.len() > 255 {
            return Err(words!("At most 255 bytes.", "최대 255바이트입니다."));
        }
        if text.chars().any(char::is_control) {
            return Err(words!("No control characters.", "제어 문자는 쓸 수 없습니다."));
        }
        let (database, collection) = text.split_once('.').unwrap_or((text, ""));
        if database.is_empty() || collection.is_empty() {
            return Err(words!(
                "Write database.collection, for example mydatabase.mycollection.",
                "database.collection 형식으로 입력하세요. 예: mydatabase.mycollection",
            ));
        }
        check_database(database)?;
        check_collection(collection)?;
        Ok(Self { database: database.to_owned(), collection: collection.to_owned() })
    }

    pub fn database(&self) -> &str {
        &self.database
    }

    pub fn collection(&self) -> &str {
        &self.collection
    }
}

fn check_database(database: &str) -> Result<(), Words> {
    if database.len() > 63 {
        return Err(words!("A database's name has at most 63 bytes.", "데이터베이스 이름은 최대 63바이트입니다."));
    }
    if let Some(wrong) = database.chars().find(|it| "/\\ \"$".contains(*it)) {
        return Err(words!(
            "A database's name cannot contain “{wrong}”.",
            "데이터베이스 이름에 “{wrong}”을(를) 쓸 수 없습니다.",
        ));
    }
    // Names that differ in case only cannot exist side by side, so no other spelling is somebody else's.
    if ["admin", "config", "local"].iter().any(|own| database.eq_ignore_ascii_case(own)) {
        return Err(words!(
            "{database} holds MongoDB's own collections; they cannot be sharded.",
            "{database}에는 MongoDB 자체 컬렉션이 있어 샤딩할 수 없습니다.",
        ));
    }
    Ok(())
}

fn check_collection(collection: &str) -> Result<(), Words> {
    if collection.contains('$') {
        return Err(words!("A collection's name cannot contain “$”.", "컬렉션 이름에 “$”을(를) 쓸 수 없습니다.",));
    }
    if collection.starts_with('.') {
        return Err(words!(
            "A collection's name cannot begin with a dot.",
            "컬렉션 이름은 점(.)으로 시작할 수 없습니다.",
        ));
    }
    if collection.starts_with("system.") {
        return Err(words!(
            "Collections whose name begins with “system.” belong to MongoDB.",
            "“system.”으로 시작하는 컬렉션은 MongoDB가 사용합니다.",
        ));
    }
    Ok(())
}

impl TryFrom<String> for Namespace {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|rule| rule.en)
    }
}

impl From<Namespace> for String {
    fn from(namespace: Namespace) -> Self {
        namespace.to_string()
    }
}

impl std::fmt::Display for Namespace {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}.{}", self.database, self.collection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_what_stands_before_the_first_dot() {
        let namespace = Namespace::parse("mydatabase.my.collection").expect("a valid name");
        assert_eq!((namespace.database(), namespace.collection()), ("mydatabase", "my.collection"));
        assert_eq!(namespace.to_string(), "mydatabase.my.collection");
    }

    #[test]
    fn each_rule_is_told_in_its_own_words() {
        let rule = |text: &str| Namespace::parse(text).expect_err("must be refused").en;
        for (text, expected) in [
            ("", "Write database.collection"),
            ("mydatabase", "Write database.collection"),
            (".c", "Write database.collection"),
            ("a.", "Write database.collection"),
            ("admin.users", "MongoDB's own"),
            ("Config.chunks", "MongoDB's own"),
            ("local.oplog", "MongoDB's own"),
            ("a b.c", "cannot contain “ ”"),
            ("a$.c", "cannot contain “$”"),
            ("a/b.c", "cannot contain “/”"),
            ("a.$cmd", "cannot contain “$”"),
            ("a..b", "begin with a dot"),
            ("a.system.views", "belong to MongoDB"),
            ("a.b\0c", "control characters"),
            (&format!("a.{}", "b".repeat(254)), "255 bytes"),
            (&format!("{}.b", "a".repeat(64)), "63 bytes"),
        ] {
            assert!(rule(text).contains(expected), "{text:?}: {}", rule(text));
        }
    }

    #[test]
    fn what_mongodb_accepts_is_accepted() {
        for text in ["mydatabase.mycollection", "a.b c", "몰.주문", "a-b.c\"d", "shop.2024.orders"] {
            assert!(Namespace::parse(text).is_ok(), "{text:?} must be accepted");
        }
    }
}
