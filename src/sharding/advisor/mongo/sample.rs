//! One random sample for all candidates. The server itself counts, so that no value leaves it.

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::Error;
use tokio::time::Instant;

use crate::sharding::advisor::model::FieldTypes;
use crate::sharding::advisor::model::estimate::Occurrences;
use crate::sharding::model::{Namespace, ShardKey};
use crate::sharding::mongo::answer::{first_batch, in_time, number};

/// Documents in a sample at most; a smaller collection is read whole.
pub(super) const MOST: i64 = 10_000;
/// Beyond 5 % of a collection the server sorts all of it instead of picking, so a sample stays below.
const SHARE: i64 = 25;
/// How long sampling may take, in milliseconds.
pub(super) const SAMPLING: i32 = 2_300;

/// How many documents are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub size: i64,
    /// All of them are read.
    pub whole: bool,
}

impl Extent {
    /// `documents` is how many there are; none when not known.
    pub(super) fn of(documents: Option<i64>) -> Self {
        match documents {
            Some(all) if all <= MOST => Self { size: MOST, whole: true },
            Some(all) => Self { size: (all / SHARE).clamp(100, MOST), whole: false },
            None => Self { size: 1_000, whole: false },
        }
    }

    /// The stage that a pipeline begins with.
    pub(super) fn stage(self) -> Document {
        if self.whole {
            doc! { "$limit": self.size }
        } else {
            doc! { "$sample": { "size": self.size } }
        }
    }
}

/// What the sample showed of one candidate.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Seen {
    pub occurrences: Occurrences,
    /// Documents that lack a field of the key, or have null in it.
    pub absent: i64,
    /// Documents with an array in the key.
    pub arrays: i64,
    pub types: Vec<FieldTypes>,
}

/// A look at all candidates, in their order; none where it could not be done in time.
///
/// # Errors
/// When the router could not be asked at all.
pub(super) async fn take(
    client: &Client,
    namespace: &Namespace,
    keys: &[ShardKey],
    extent: Extent,
    deadline: Instant,
) -> Result<Option<Vec<Seen>>, Error> {
    let fields = fields(keys);
    let command = pipeline(namespace, keys, &fields, extent);
    let answer = in_time(deadline, client.database(namespace.database()).run_command(command).into_future()).await?;
    let row = answer.as_ref().and_then(|answer| first_batch(answer).next());
    Ok(row.map(|row| keys.iter().enumerate().map(|(place, key)| seen(row, place, key, &fields)).collect()))
}

/// The different fields of all candidates.
fn fields(keys: &[ShardKey]) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for field in keys.iter().flat_map(|key| key.fields()).map(|it| &it.field) {
        if !fields.contains(field) {
            fields.push(field.clone());
        }
    }
    fields
}

/// By what a field is called in the pipeline: its own name may hold dots.
fn alias(fields: &[String], field: &str) -> String {
    let place = fields.iter().position(|it| it == field).unwrap_or_default();
    format!("f{place}")
}

fn pipeline(namespace: &Namespace, keys: &[ShardKey], fields: &[String], extent: Extent) -> Document {
    let mut projection = doc! { "_id": 0 };
    let mut facets = Document::new();
    for (place, field) in fields.iter().enumerate() {
        projection.insert(format!("f{place}"), format!("${field}"));
        facets.insert(format!("t{place}"), types(place));
    }
    for (place, key) in keys.iter().enumerate() {
        let paths: Vec<String> = key.fields().iter().map(|it| format!("${}", alias(fields, &it.field))).collect();
        facets.insert(format!("c{place}"), occurrences(&paths));
        facets.insert(format!("a{place}"), absent(&paths));
    }
    doc! {
        "aggregate": namespace.collection(),
        "pipeline": [extent.stage(), { "$project": projection }, { "$facet": facets }],
        "cursor": {},
        "maxTimeMS": SAMPLING,
    }
}

/// To a shard key, what is missing is null.
fn occurrences(paths: &[String]) -> Vec<Document> {
    let value = |path: &String| Bson::from(doc! { "$ifNull": [path, Bson::Null] });
    let key: Document = paths.iter().enumerate().map(|(place, path)| (format!("k{place}"), value(path))).collect();
    let times = |times: i32| doc! { "$sum": { "$cond": [{ "$eq": ["$n", times] }, 1, 0] } };
    vec![
        doc! { "$group": { "_id": key, "n": { "$sum": 1 } } },
        doc! { "$group": {
            "_id": null, "documents": { "$sum": "$n" }, "different": { "$sum": 1 }, "top": { "$max": "$n" },
            "once": times(1), "twice": times(2),
        } },
    ]
}

fn absent(paths: &[String]) -> Vec<Document> {
    let any = |kinds: &[&str]| {
        let each: Vec<Document> =
            paths.iter().map(|path| doc! { "$in": [{ "$type": path }, kinds.to_vec()] }).collect();
        doc! { "$sum": { "$cond": [{ "$or": each }, 1, 0] } }
    };
    vec![
        doc! { "$group": { "_id": null, "absent": any(&["missing", "null", "undefined"]), "arrays": any(&["array"]) } },
    ]
}

fn types(place: usize) -> Vec<Document> {
    vec![
        doc! { "$group": { "_id": { "$type": format!("$f{place}") }, "n": { "$sum": 1 } } },
        doc! { "$sort": { "n": -1, "_id": 1 } },
    ]
}

fn seen(row: &Document, place: usize, key: &ShardKey, fields: &[String]) -> Seen {
    let rows = |name: String| row.get_array(&name).map(Vec::as_slice).unwrap_or_default().iter();
    let first = |name: String| rows(name).find_map(Bson::as_document);
    let (counted, lacking) = (first(format!("c{place}")), first(format!("a{place}")));
    let of = |document: Option<&Document>, field| document.and_then(|it| number(it, field)).unwrap_or_default();
    let occurrences = Occurrences {
        documents: of(counted, "documents"),
        different: of(counted, "different"),
        top: of(counted, "top"),
        once: of(counted, "once"),
        twice: of(counted, "twice"),
    };
    let types = key.fields().iter().map(|it| {
        let alias = alias(fields, &it.field).replacen('f', "t", 1);
        let found = rows(alias).filter_map(Bson::as_document).filter_map(|row| {
            let share = of(Some(row), "n") as f64 * 100.0 / occurrences.documents.max(1) as f64;
            Some((row.get_str("_id").ok()?.to_owned(), share))
        });
        FieldTypes { field: it.field.clone(), types: found.collect() }
    });
    Seen { occurrences, absent: of(lacking, "absent"), arrays: of(lacking, "arrays"), types: types.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_stays_below_the_share_from_which_the_server_sorts() {
        assert_eq!(Extent::of(Some(300_000)), Extent { size: 10_000, whole: false });
        assert_eq!(Extent::of(Some(30_000)), Extent { size: 1_200, whole: false });
        assert_eq!(Extent::of(Some(10_000)), Extent { size: 10_000, whole: true });
        assert_eq!(Extent::of(Some(10_001)).size, 400);
        assert!(!Extent::of(None).whole);
    }

    #[test]
    fn a_field_that_two_candidates_name_is_read_once() {
        let keys = ["a", "a, b.c", "b.c:hashed"].map(|text| ShardKey::parse(text, false).expect("a valid key"));
        assert_eq!(fields(&keys), ["a", "b.c"]);
    }
}
