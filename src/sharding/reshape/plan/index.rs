//! Whether the indexes of a collection allow a new key, and the command that builds the one that is missing.

use bson::{Bson, Document, doc};

use crate::change::{Check, Command};
use crate::sharding::model::{KeyField, Namespace, ShardKey, Spread, quoted};
use crate::sharding::mongo::collection::Index;
use crate::sharding::mongo::command::command;
use crate::sharding::reshape::mongo::Existing;
use crate::text::{bytes, count, span};
use crate::words;

/// How an index build reads a collection, in bytes each second: a cautious guess by which its cost is told.
const BUILD_RATE: i64 = 20 << 20;

/// Whether the fields of an index begin with the key, each in the way of the key.
pub(super) fn begins_with(index: &Document, key: &ShardKey) -> bool {
    let same = |(field, (name, value)): (&KeyField, (&String, &Bson))| {
        let wanted = match field.spread {
            Spread::Hashed => value.as_str() == Some("hashed"),
            Spread::Ranged => matches!(value, Bson::Int32(1) | Bson::Int64(1)) || value.as_f64() == Some(1.0),
        };
        field.field == *name && wanted
    };
    index.len() >= key.fields().len() && key.fields().iter().zip(index).all(same)
}

/// The index that supports the key; where it must keep the key unique, exactly and uniquely.
pub(super) fn supporting<'a>(existing: &'a Existing, key: &ShardKey, unique: bool) -> Option<&'a Index> {
    existing.indexes.iter().find(|index| {
        let usable = begins_with(&index.key, key) && !index.sparse && !index.partial && !index.collated;
        usable && (!unique || index.unique && index.key.len() == key.fields().len())
    })
}

/// The check of the supporting index first, then of those that stand against the key.
pub(super) fn checks(existing: &Existing, key: &ShardKey, unique: bool) -> Vec<Check> {
    let mut checks = vec![support(existing, key, unique)];
    checks.extend(existing.indexes.iter().filter_map(|index| in_the_way(index, key)));
    checks
}

fn support(existing: &Existing, key: &ShardKey, unique: bool) -> Check {
    if let Some(index) = supporting(existing, key, unique) {
        let name = &index.name;
        return Check::pass(words!(
            "The index {name} supports the new key.",
            "인덱스 {name}이(가) 새 키를 지원합니다."
        ));
    }
    let found =
        words!("No index supports the new key; one is built first.", "새 키를 지원하는 인덱스가 없어 먼저 만듭니다.");
    match existing.stored.filter(|stored| stored.bytes > BUILD_RATE) {
        Some(stored) => {
            let (documents, size) = (count(stored.documents), bytes(stored.bytes));
            let time = span(stored.bytes / BUILD_RATE * 1000);
            let (en, ko) = (time.en, time.ko);
            Check::warn(
                found,
                words!(
                    "It reads {documents} documents ({size}) on all shards; reckon with {en} or more.",
                    "모든 샤드에서 문서 {documents}개({size})를 읽습니다. {ko} 이상 걸릴 수 있습니다.",
                ),
            )
        }
        None => Check::pass(found),
    }
}

/// The servers can keep values unique only within a shard, so a unique index must name the key's fields first.
fn in_the_way(index: &Index, key: &ShardKey) -> Option<Check> {
    let names: Vec<&String> = index.key.keys().collect();
    let prefix =
        names.len() >= key.fields().len() && key.fields().iter().zip(&names).all(|(it, name)| it.field == **name);
    let of_id = names.first().is_some_and(|name| *name == "_id");
    (index.unique && !prefix && !of_id).then(|| {
        let name = &index.name;
        Check::block(
            words!(
                "The unique index {name} does not begin with the new key.",
                "고유 인덱스 {name}이(가) 새 키로 시작하지 않습니다."
            ),
            words!(
                "The cluster cannot keep it with that key. Build a unique index that begins with the new key and drop \
                 this one, or choose another key.",
                "그 키로는 유지할 수 없습니다. 새 키로 시작하는 고유 인덱스를 만들고 이 인덱스를 삭제하거나, 다른 키를 고르세요.",
            ),
        )
    })
}

/// The command that builds the supporting index.
pub(super) fn create(namespace: &Namespace, existing: &Existing, key: &ShardKey, unique: bool) -> Command {
    let name = name_of(key, existing);
    let mut index = doc! { "key": document(key), "name": &name };
    let mut options = vec![format!("name: {}", quoted(&name))];
    if unique {
        index.insert("unique", true);
        options.push("unique: true".to_owned());
    }
    if existing.listed.collated {
        index.insert("collation", doc! { "locale": "simple" });
        options.push("collation: { locale: \"simple\" }".to_owned());
    }
    let typed = format!(
        "db.getSiblingDB({}).getCollection({}).createIndex({key}, {{ {} }})",
        quoted(namespace.database()),
        quoted(namespace.collection()),
        options.join(", "),
    );
    command(namespace.database(), doc! { "createIndexes": namespace.collection(), "indexes": [index] }, typed)
}

/// The name that mongosh would give, unless another index has it.
fn name_of(key: &ShardKey, existing: &Existing) -> String {
    let parts = key.fields().iter().map(|it| {
        let value = if it.spread == Spread::Hashed { "hashed" } else { "1" };
        format!("{}_{value}", it.field)
    });
    let mut name = parts.collect::<Vec<_>>().join("_");
    while existing.indexes.iter().any(|index| index.name == name) {
        name.push_str("_shard_key");
    }
    name
}

/// The key as commands take it.
pub(super) fn document(key: &ShardKey) -> Document {
    let value = |spread| match spread {
        Spread::Ranged => Bson::Int32(1),
        Spread::Hashed => Bson::from("hashed"),
    };
    key.fields().iter().map(|it| (it.field.clone(), value(it.spread))).collect()
}

/// What the sample says of arrays, and of documents that lack a field.
pub(super) fn values(existing: &Existing) -> Vec<Check> {
    let Some(sample) = existing.sample.filter(|sample| sample.documents > 0) else {
        if existing.empty {
            return vec![Check::pass(words!("It holds no documents.", "문서가 없습니다."))];
        }
        return vec![Check::warn(
            words!(
                "The new key's values could not be sampled in time.",
                "새 키 값을 제시간에 표본 조사하지 못했습니다."
            ),
            words!(
                "Make sure yourself that no document has an array there.",
                "배열이 있는 문서가 없는지 직접 확인하세요."
            ),
        )];
    };
    let documents = count(sample.documents);
    let share = sample.incomplete as f64 * 100.0 / sample.documents as f64;
    let mut checks = Vec::new();
    if sample.arrays > 0 {
        let arrays = count(sample.arrays);
        checks.push(Check::block(
            words!(
                "{arrays} of {documents} sampled documents have an array in the key; MongoDB does not allow that.",
                "표본 문서 {documents}개 중 {arrays}개의 키에 배열이 있으며 MongoDB가 허용하지 않습니다.",
            ),
            words!("Choose another key, or change these documents.", "다른 키를 고르거나 그 문서들을 수정하세요."),
        ));
    }
    if sample.incomplete == 0 {
        checks.push(Check::pass(words!(
            "All of {documents} sampled documents have every field of the key.",
            "표본 문서 {documents}개 모두 키의 모든 필드가 있습니다.",
        )));
    } else {
        checks.push(Check::warn(
            words!(
                "{share:.1} % of {documents} sampled documents lack a field of the new key.",
                "표본 문서 {documents}개 중 {share:.1}%에 새 키의 필드가 없습니다.",
            ),
            words!(
                "They count as null there and stay together. Fill the field in first where that matters.",
                "null로 취급되어 한곳에 모입니다. 문제가 되면 먼저 필드를 채우세요.",
            ),
        ));
    }
    checks
}
