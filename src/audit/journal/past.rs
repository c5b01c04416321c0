//! What the record knows of the past of one thing.

use rusqlite::OptionalExtension;

use crate::error::AppError;
use crate::server::store::Store;

/// When a change of one of these words to the thing of this name at this target was last done, in milliseconds since
/// 1970.
///
/// # Errors
/// When the record cannot be read.
pub async fn last_done(
    store: &Store,
    target: &str,
    words: [&'static str; 2],
    name: &str,
) -> Result<Option<i64>, AppError> {
    let (target, name) = (target.to_owned(), name.to_owned());
    let sql = "SELECT e.at FROM journal b JOIN journal e ON e.attempt = b.attempt AND e.phase = 'end' \
               WHERE b.phase = 'begin' AND b.target = ?1 AND b.word IN (?2, ?3) AND e.outcome = '\"Done\"' \
               AND json_valid(b.change) AND json_extract(b.change, '$.name') = ?4 ORDER BY e.seq DESC LIMIT 1";
    store
        .with(move |connection| {
            let [first, second] = words;
            connection
                .prepare_cached(sql)?
                .query_row([target.as_str(), first, second, &name], |row| row.get(0))
                .optional()
        })
        .await
}
