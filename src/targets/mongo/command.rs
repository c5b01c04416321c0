//! Commands as they stand in a plan: extended JSON that reads back as the very same document.

use bson::{Bson, Document};

use crate::change::Command;
use crate::error::{AppError, Kind};
use crate::words;

/// A command for `database`. `typed` is the line for mongosh. Its text is relaxed extended JSON where that loses nothing,
/// else canonical: a hash of 64 bits must not come back as one of 32.
pub fn command(database: &str, document: Document, typed: String) -> Command {
    Command { exact: exact(document), typed, tool: "mongosh".to_owned(), database: database.to_owned() }
}

fn exact(document: Document) -> String {
    let relaxed = Bson::Document(document.clone()).into_relaxed_extjson().to_string();
    if parsed(&relaxed).is_ok_and(|back| back == document) {
        return relaxed;
    }
    Bson::Document(document).into_canonical_extjson().to_string()
}

/// A command as it stands in a plan.
///
/// # Errors
/// `Internal` where it is none.
pub fn parsed(exact: &str) -> Result<Document, AppError> {
    let value: Option<serde_json::Value> = serde_json::from_str(exact).ok();
    match value.map(Bson::try_from) {
        Some(Ok(Bson::Document(document))) => Ok(document),
        _ => Err(AppError::new(
            Kind::Internal,
            words!("The plan holds a command that cannot be sent.", "계획에 보낼 수 없는 명령이 있습니다."),
            words!("Plan again.", "계획을 다시 세우세요."),
        )),
    }
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    #[test]
    fn a_command_is_sent_as_it_stands() {
        let document = parsed(r#"{"shardCollection":"a.b","key":{"z":1,"a":"hashed"},"unique":true}"#);
        let expected = doc! { "shardCollection": "a.b", "key": { "z": 1, "a": "hashed" }, "unique": true };
        assert_eq!(document.expect("a command"), expected);
        assert!(parsed("[]").is_err() && parsed("{").is_err());
    }

    #[test]
    fn what_a_plan_shows_reads_back_as_the_same_document() {
        let uuid = bson::Uuid::from_bytes([7; 16]);
        for document in [
            doc! { "split": "a.b", "middle": { "x": 5_i64 } },
            doc! { "split": "a.b", "middle": { "x": i64::MIN, "y": 0.5, "z": 3.0 } },
            doc! { "min": { "x": Bson::MinKey }, "max": { "x": Bson::MaxKey } },
            doc! { "x": bson::oid::ObjectId::from_bytes([1; 12]), "u": uuid, "d": bson::DateTime::from_millis(-1) },
            doc! { "plain": 1, "text": "$x" },
        ] {
            let shown = command("admin", document.clone(), String::new()).exact;
            assert_eq!(parsed(&shown).expect("a command"), document, "{shown}");
        }
        assert_eq!(command("admin", doc! { "plain": 1 }, String::new()).exact, r#"{"plain":1}"#);
    }
}
