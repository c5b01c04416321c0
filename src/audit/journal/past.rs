//! What the record knows of the past of one thing.

use rusqlite::OptionalExtension;

use crate::error::AppError;
use crate::server::store::Store;

/// When a change of one of these words to the thing of this name at this target was last sent, in milliseconds since
/// 1970. One that failed or whose end is unknown counts too: it may have had its effect.
///
/// # Errors
/// When the record cannot be read.
pub async fn last_done(
    store: &Store,
    target: &str,
    words: [&'static str; 3],
    name: &str,
) -> Result<Option<i64>, AppError> {
    let (target, name) = (target.to_owned(), name.to_owned());
    let sql = "SELECT e.at FROM journal b JOIN journal e ON e.attempt = b.attempt AND e.phase = 'end' \
               WHERE b.phase = 'begin' AND b.target = ?1 AND b.word IN (?2, ?3, ?4) AND e.outcome <> '\"Refused\"' \
               AND json_valid(b.change) AND json_extract(b.change, '$.name') = ?5 ORDER BY e.seq DESC LIMIT 1";
    store
        .with(move |connection| {
            let [first, second, third] = words;
            connection
                .prepare_cached(sql)?
                .query_row([target.as_str(), first, second, third, &name], |row| row.get(0))
                .optional()
        })
        .await
}

/// Who last sent a change of this word to the collection `namespace` of this target; none where nobody did from here.
///
/// # Errors
/// When the record cannot be read.
pub async fn last_actor(
    store: &Store,
    target: &str,
    word: &'static str,
    namespace: &str,
) -> Result<Option<String>, AppError> {
    let (target, namespace) = (target.to_owned(), namespace.to_owned());
    let sql = "SELECT b.actor FROM journal b JOIN journal e ON e.attempt = b.attempt AND e.phase = 'end' \
               WHERE b.phase = 'begin' AND b.target = ?1 AND b.word = ?2 AND e.outcome <> '\"Refused\"' \
               AND json_valid(b.change) AND json_extract(b.change, '$.namespace') = ?3 ORDER BY e.seq DESC LIMIT 1";
    store
        .with(move |connection| {
            connection.prepare_cached(sql)?.query_row([target.as_str(), word, &namespace], |row| row.get(0)).optional()
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::journal::{Begin, Begun, begin, end};
    use crate::change::{Outcome, Report};
    use crate::text::Words;

    #[tokio::test]
    async fn only_what_was_done_to_this_thing_at_this_target_counts() {
        let dir = std::env::temp_dir().join(format!("outgrow-past-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        let store = Store::open(&dir).expect("a scratch store");
        let attempt = async |name: &str, outcome| {
            let attempt = Begin {
                actor: "root".into(),
                from: "::1".into(),
                word: "replication.drop_slot".into(),
                target: "pg".into(),
                title: Words::same("t"),
                change_json: format!(r#"{{"do":"drop_slot","name":"{name}"}}"#),
                plan: None,
                ticket: None,
            };
            let Ok(Begun::New(id)) = begin(&store, attempt).await else { panic!("not begun") };
            let (summary, read_back) = (Words::same("t"), Words::same("t"));
            let report = Report { outcome, summary, ran: Vec::new(), read_back, error: None };
            end(&store, id, &report).await.expect("an end");
        };
        attempt("gone", Outcome::Done).await;
        attempt("perhaps", Outcome::Unknown).await;
        attempt("kept", Outcome::Refused).await;
        let words = ["replication.drop_slot", "replication.evict_slot", "replication.recreate_slot"];
        let last = async |target: &str, name: &str| last_done(&store, target, words, name).await.expect("readable");
        assert!(last("pg", "gone").await.is_some());
        assert!(last("pg", "perhaps").await.is_some());
        assert_eq!(last("pg", "kept").await, None);
        assert_eq!(last("other", "gone").await, None);
        let other = ["replication.create_slot", "replication.copy_slot", "replication.advance_slot"];
        assert_eq!(last_done(&store, "pg", other, "gone").await, Ok(None));
        drop(store);
        let _ = std::fs::remove_dir_all(&dir);
    }
}
