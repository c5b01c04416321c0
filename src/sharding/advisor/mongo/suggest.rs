//! Keys that seem worth measuring.

use std::collections::BTreeMap;

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use crate::sharding::advisor::model::{Suggestion, form_text};
use crate::sharding::model::{KeyField, Namespace, ShardKey, Spread};
use crate::sharding::mongo::answer::{first_batch, number, soft};
use crate::sharding::mongo::catalog::key_of;
use crate::sharding::mongo::collection::Index;
use crate::words;

/// Documents whose fields are looked at.
const LOOKED_AT: i64 = 200;
/// Suggestions at most.
const MOST: usize = 10;
/// The share of documents that must have a field, in percent.
const COMMON: i64 = 95;
/// Fields of an index that make up a candidate at most.
const DEEP: usize = 3;

/// What the indexes are for: queries name those fields.
pub(super) fn of_indexes(indexes: &[Index]) -> Vec<Suggestion> {
    let usable = indexes.iter().filter(|it| !it.partial && !it.sparse);
    let mut found = Vec::new();
    for index in usable {
        let Some(whole) = key_of(&index.key) else { continue };
        let fields = whole.fields();
        let first = fields[..1].to_vec();
        let lengths = [first, fields[..fields.len().min(DEEP)].to_vec()];
        for key in lengths.into_iter().filter_map(|fields| ShardKey::new(fields).ok()) {
            let name = &index.name;
            let key = if index.name == "_id_" { hashed(&key) } else { key };
            found.push((key, words!("index {name}", "인덱스 {name}")));
        }
    }
    found
        .into_iter()
        .filter(|(key, _)| readable(key))
        .map(|(key, why)| Suggestion { key: form_text(&key), why })
        .collect()
}

/// What nearly all documents have, and what has one value in each.
///
/// # Errors
/// The driver's.
pub(super) async fn of_fields(client: &Client, namespace: &Namespace) -> Result<Vec<Suggestion>, Error> {
    let command = doc! {
        "aggregate": namespace.collection(),
        "pipeline": [
            { "$sample": { "size": LOOKED_AT } },
            { "$project": { "field": { "$objectToArray": "$$ROOT" } } },
            { "$unwind": "$field" },
            { "$group": { "_id": { "name": "$field.k", "type": { "$type": "$field.v" } }, "n": { "$sum": 1 } } },
            { "$limit": 1_000 },
        ],
        "cursor": { "batchSize": 1_000 },
        "maxTimeMS": 1_500,
    };
    let answer = soft(client.database(namespace.database()).run_command(command).await)?;
    Ok(answer.map(|answer| common(&first_batch(&answer).cloned().collect::<Vec<_>>())).unwrap_or_default())
}

fn common(rows: &[Document]) -> Vec<Suggestion> {
    let mut fields: BTreeMap<String, Vec<(String, i64)>> = BTreeMap::new();
    for row in rows {
        let Ok(id) = row.get_document("_id") else { continue };
        let text = |name: &str| id.get(name).and_then(Bson::as_str).unwrap_or_default().to_owned();
        fields.entry(text("name")).or_default().push((text("type"), number(row, "n").unwrap_or_default()));
    }
    let documents: i64 = fields.get("_id").map(|types| types.iter().map(|(_, n)| n).sum()).unwrap_or_default();
    let single = ["int", "long", "string", "objectId", "date", "binData", "decimal", "double", "timestamp"];
    let suggestion = |(field, types): (&String, &Vec<(String, i64)>)| {
        let fitting = types.iter().filter(|(kind, _)| single.contains(&kind.as_str())).map(|(_, n)| n).sum::<i64>();
        let growing = types.iter().any(|(kind, _)| ["objectId", "date", "timestamp"].contains(&kind.as_str()));
        let spread = if growing || field == "_id" { Spread::Hashed } else { Spread::Ranged };
        let key = ShardKey::new(vec![KeyField { field: field.clone(), spread }]).ok()?;
        let fits = fitting * 100 >= documents * COMMON && documents > 0 && readable(&key);
        let why = words!("nearly all documents have it", "거의 모든 문서에 있음");
        fits.then(|| Suggestion { key: form_text(&key), why })
    };
    fields.iter().filter_map(suggestion).collect()
}

fn hashed(key: &ShardKey) -> ShardKey {
    let fields = key.fields().iter().map(|it| KeyField { spread: Spread::Hashed, ..it.clone() });
    ShardKey::new(fields.collect()).unwrap_or_else(|_| key.clone())
}

/// Whether a form can hold it: a comma parts fields there.
fn readable(key: &ShardKey) -> bool {
    ShardKey::parse(&form_text(key), false).as_ref() == Ok(key)
}

/// Those of the indexes first, no key twice.
pub(super) fn merged(indexes: Vec<Suggestion>, fields: Vec<Suggestion>) -> Vec<Suggestion> {
    let mut all: Vec<Suggestion> = Vec::new();
    for suggestion in indexes.into_iter().chain(fields) {
        if all.len() < MOST && !all.iter().any(|it| it.key == suggestion.key) {
            all.push(suggestion);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(name: &str, key: Document) -> Index {
        Index { name: name.into(), key, unique: false, sparse: false, partial: false, collated: false }
    }

    #[test]
    fn indexes_and_common_fields_are_suggested_and_what_grows_is_hashed() {
        let indexes = [
            index("_id_", doc! { "_id": 1 }),
            index("tenant_1_at_-1", doc! { "tenant": 1, "at": -1 }),
            index("tenant_1_user_1", doc! { "tenant": 1, "user": 1 }),
        ];
        let row = |name: &str, kind: &str, n: i32| doc! { "_id": { "name": name, "type": kind }, "n": n };
        let rows = [
            row("_id", "objectId", 200),
            row("at", "date", 200),
            row("tags", "array", 200),
            row("rare", "int", 20),
            row("user", "int", 199),
            row("a,b", "int", 200),
        ];
        let keys: Vec<String> = merged(of_indexes(&indexes), common(&rows)).into_iter().map(|it| it.key).collect();
        assert_eq!(keys, ["_id:hashed", "tenant", "tenant,user", "at:hashed", "user"]);
    }
}
