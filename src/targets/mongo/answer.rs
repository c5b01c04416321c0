//! Reading the documents that servers answer with.

use bson::{Bson, Document};
use mongodb::error::{Error, ErrorKind};
use tokio::time::Instant;

/// The documents of a cursor's first batch.
pub fn first_batch(answer: &Document) -> impl Iterator<Item = &Document> {
    let batch = answer.get_document("cursor").and_then(|cursor| cursor.get_array("firstBatch"));
    batch.map(Vec::as_slice).unwrap_or_default().iter().filter_map(Bson::as_document)
}

/// A whole number, whichever of its types the server chose.
pub fn number(document: &Document, field: &str) -> Option<i64> {
    match document.get(field)? {
        Bson::Int32(value) => Some(i64::from(*value)),
        Bson::Int64(value) => Some(*value),
        Bson::Double(value) => Some(*value as i64),
        _ => None,
    }
}

pub fn is_true(document: &Document, field: &str) -> bool {
    document.get_bool(field).unwrap_or_default()
}

/// A question whose answer is good to have: where the server refuses it or runs out of time, there is none.
///
/// # Errors
/// When the server could not be asked at all.
pub fn soft<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if matches!(error.kind.as_ref(), ErrorKind::Command(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A question that the console's user may lack the right for: then there is no answer. Every other refusal is an error,
/// since "not now" must not be told as "not permitted".
///
/// # Errors
/// Everything but a missing right.
pub fn permitted<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    const NO_RIGHT: i32 = 13;
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) => match error.kind.as_ref() {
            ErrorKind::Command(command) if command.code == NO_RIGHT => Ok(None),
            _ => Err(error),
        },
    }
}

/// As [`soft`], and no answer either where there is none by `deadline`: a router that waits for a dead shard may
/// forget the limit that the question carries.
///
/// # Errors
/// When the server could not be asked at all.
pub async fn in_time<T>(deadline: Instant, answer: impl Future<Output = Result<T, Error>>) -> Result<Option<T>, Error> {
    tokio::time::timeout_at(deadline, answer).await.map_or(Ok(None), soft)
}

/// An answer as one line of at most 200 characters, without what the driver keeps its clocks by.
pub fn line(mut answer: Document) -> String {
    strip(&mut answer);
    Bson::Document(answer).into_relaxed_extjson().to_string().chars().take(200).collect()
}

/// A router repeats the answers of shards, so clocks stand inside too.
fn strip(answer: &mut Document) {
    for field in ["$clusterTime", "$gleStats", "$configTime", "$topologyTime", "operationTime", "lastCommittedOpTime"] {
        answer.remove(field);
    }
    for (_, value) in answer.iter_mut() {
        if let Bson::Document(inner) = value {
            strip(inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    #[test]
    fn an_answer_is_one_short_line_without_clocks() {
        let answer = doc! { "collectionsharded": "a.b", "ok": 1.0, "$clusterTime": { "x": 1 }, "operationTime": 1 };
        assert_eq!(line(answer), r#"{"collectionsharded":"a.b","ok":1.0}"#);
        let repeated = doc! { "raw": { "s1/h:1": { "ok": 1.0, "$clusterTime": { "x": 1 } } } };
        assert_eq!(line(repeated), r#"{"raw":{"s1/h:1":{"ok":1.0}}}"#);
        assert_eq!(line(doc! { "text": "x".repeat(1000) }).len(), 200);
    }
}
