//! Whether the indexes of a collection allow its sharding.

use super::{Wanted, begins_with, needs_index, supporting};
use crate::change::Check;
use crate::sharding::model::ShardKey;
use crate::sharding::mongo::collection::Index;
use crate::sharding::shard::mongo::{Existing, Facts};
use crate::text::{bytes, count};
use crate::words;

/// Documents beyond which building an index is worth a quiet hour.
const LONG_BUILD: i64 = 1_000_000;

/// The check of the supporting index first, then of those that stand against the key.
pub(super) fn of(wanted: &Wanted<'_>, existing: &Existing, facts: &Facts) -> Vec<Check> {
    let mut checks = vec![support(wanted, existing, facts)];
    checks.extend(duplicates(wanted, existing));
    checks.extend(existing.indexes.iter().filter_map(|index| other_unique_index(wanted.key, index)));
    checks
}

/// Whether an index supports the key, or can be built.
fn support(wanted: &Wanted<'_>, existing: &Existing, facts: &Facts) -> Check {
    if let Some(plain) = plain_where_unique(wanted, existing) {
        return plain;
    }
    if let Some(index) = supporting(wanted, existing) {
        let name = &index.name;
        return Check::pass(words!("The index {name} supports the key.", "인덱스 {name}이(가) 키를 지원합니다."));
    }
    if !needs_index(wanted, existing) {
        return Check::pass(words!(
            "It is empty; the server makes the index itself.",
            "비어 있어 서버가 인덱스를 직접 만듭니다."
        ));
    }
    if let Some(check) = exact_with_arrays(wanted, existing) {
        return check;
    }
    // From 5.0 on indexes of the same fields may differ in being sparse or unique.
    let in_the_way = existing.indexes.iter().find(|it| is_exact(it, wanted.key) && !it.partial && !it.collated);
    match in_the_way.filter(|_| !facts.version.reaches(5, 0)) {
        Some(index) => {
            let name = &index.name;
            Check::block(
                words!(
                    "The index {name} has these fields, but cannot support the key.",
                    "인덱스 {name}은(는) 필드는 같지만 키를 지원할 수 없습니다."
                ),
                words!(
                    "Drop it, then plan again: a full one is built instead.",
                    "삭제한 뒤 계획을 다시 세우면 온전한 인덱스를 만듭니다."
                ),
            )
        }
        None => index_is_built(wanted, existing),
    }
}

/// An index of just these fields that has held arrays stays unusable, and no second one can be built beside it.
fn exact_with_arrays(wanted: &Wanted<'_>, existing: &Existing) -> Option<Check> {
    let held = |it: &&Index| is_exact(it, wanted.key) && existing.multikey.contains(&it.name) && !it.partial;
    let name = &existing.indexes.iter().find(held)?.name;
    Some(Check::block(
        words!(
            "The index {name} holds arrays, or has held some; the server does not use it for a shard key.",
            "인덱스 {name}에 배열이 있거나 있었던 적이 있어 서버가 샤드 키에 쓰지 않습니다."
        ),
        words!(
            "Drop it, then plan again: without arrays in the key, a new one is built first.",
            "삭제한 뒤 계획을 다시 세우세요. 키에 배열이 없으면 새 인덱스를 먼저 만듭니다."
        ),
    ))
}

fn index_is_built(wanted: &Wanted<'_>, existing: &Existing) -> Check {
    let found = words!("No index supports the key; one is built first.", "키를 지원하는 인덱스가 없어 먼저 만듭니다.");
    if wanted.unique {
        return Check::warn(
            found,
            words!(
                "It fails if two documents have the same key; nothing is sharded then.",
                "같은 키의 문서가 있으면 실패하며, 이 경우 샤딩되지 않습니다."
            ),
        );
    }
    match existing.size.filter(|size| size.documents > LONG_BUILD) {
        Some(size) => {
            let (documents, size) = (count(size.documents), bytes(size.bytes));
            Check::warn(
                found,
                words!(
                    "It reads {documents} documents ({size}): choose a quiet hour. How far it is, its record tells.",
                    "문서 {documents}개({size})를 읽으므로 한가한 시간에 하세요. 진행 상황은 기록에 표시됩니다.",
                ),
            )
        }
        None => Check::pass(found),
    }
}

/// A sample may hold a document twice, so this warns and does not block.
fn duplicates(wanted: &Wanted<'_>, existing: &Existing) -> Option<Check> {
    let sample = existing.values.sample.as_ref().filter(|sample| sample.top > 1)?;
    let (most, documents) = (count(sample.top), count(sample.documents));
    (wanted.unique && needs_index(wanted, existing)).then(|| {
        Check::warn(
            words!(
                "Up to {most} of {documents} sampled documents share their key.",
                "표본 {documents}개 문서 중 최대 {most}개의 키가 같습니다.",
            ),
            words!("The unique index will probably fail.", "고유 인덱스 생성이 실패할 가능성이 큽니다."),
        )
    })
}

/// An index that is exactly the key, but not unique, keeps the server from sharding uniquely.
fn plain_where_unique(wanted: &Wanted<'_>, existing: &Existing) -> Option<Check> {
    let index = existing.indexes.iter().find(|it| wanted.unique && is_exact(it, wanted.key) && !it.unique)?;
    let name = &index.name;
    Some(Check::block(
        words!(
            "The index {name} is exactly the key, but not unique.",
            "인덱스 {name}은(는) 키와 같지만 고유하지 않습니다."
        ),
        words!("Drop it, or leave “unique” unticked.", "삭제하거나 “고유”를 해제하세요."),
    ))
}

fn is_exact(index: &Index, key: &ShardKey) -> bool {
    begins_with(&index.key, key) && index.key.len() == key.fields().len()
}

/// The server can keep values unique only within a shard, so a unique index must name the key's fields first.
fn other_unique_index(key: &ShardKey, index: &Index) -> Option<Check> {
    let names: Vec<&String> = index.key.keys().collect();
    let prefix =
        names.len() >= key.fields().len() && key.fields().iter().zip(&names).all(|(it, name)| it.field == **name);
    // Uniqueness of _id is the application's to keep once the collection is sharded on something else.
    let of_id = names.first().is_some_and(|name| *name == "_id");
    (index.unique && !prefix && !of_id).then(|| {
        let name = &index.name;
        Check::block(
            words!(
                "The unique index {name} does not begin with the key.",
                "고유 인덱스 {name}이(가) 키로 시작하지 않습니다."
            ),
            words!(
                "A sharded collection cannot keep it. Drop it, or choose a key that it begins with.",
                "샤딩하면 유지할 수 없습니다. 삭제하거나, 이 인덱스가 시작하는 필드를 키로 고르세요.",
            ),
        )
    })
}
