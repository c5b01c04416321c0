//! What is looked at before a collection is sharded: first whether it is one that can be, then whether the key fits.

use super::{Wanted, begins_with, needs_index, supporting, value_checks};
use crate::change::Check;
use crate::sharding::model::{ShardKey, Spread};
use crate::sharding::mongo::{Existing, Facts, Index, key_of, shown_key};
use crate::text::{bytes, count};
use crate::words;

/// Documents beyond which building an index may outlast the console's patience.
const LONG_BUILD: i64 = 1_000_000;

/// All checks, the most basic first.
pub(super) fn of(wanted: &Wanted<'_>, facts: &Facts) -> Vec<Check> {
    let mut checks = vec![same_collection(wanted, facts)];
    checks.extend(name_fits(wanted, facts));
    checks.extend(key_fits_version(wanted, facts));
    checks.extend(unique_and_hashed(wanted));
    let Some(existing) = &facts.collection else {
        checks.extend(similar_database(wanted, facts));
        checks.push(shards(facts));
        return checks;
    };
    if let Some(kind) = cannot_be_sharded(existing) {
        checks.push(kind);
        return checks;
    }
    checks.push(not_sharded_yet(wanted, existing));
    if existing.sharded.is_some() {
        return checks;
    }
    checks.extend(index(wanted, existing, facts));
    checks.extend(existing.indexes.iter().filter_map(|index| other_unique_index(wanted.key, index)));
    checks.extend(collation(existing));
    checks.extend(value_checks::of(wanted.key, existing, facts));
    checks.push(shards(facts));
    checks
}

fn same_collection(wanted: &Wanted<'_>, facts: &Facts) -> Check {
    let namespace = wanted.namespace;
    let now = facts.collection.as_ref().map(|it| it.uuid.as_str());
    match (wanted.uuid, now) {
        (None, None) => Check::pass(words!(
            "There is no collection {namespace} yet; it will be made.",
            "{namespace} 컬렉션이 아직 없어 새로 만듭니다.",
        )),
        (before, now) if before == now => {
            Check::pass(words!("{namespace} is the collection that you looked at.", "{namespace}은(는) 확인하신 그 컬렉션입니다."))
        }
        _ => Check::block(
            words!(
                "{namespace} is no longer what you looked at: it was made, dropped or replaced.",
                "{namespace}이(가) 확인한 뒤 생성, 삭제 또는 교체되었습니다.",
            ),
            words!("Open the form anew.", "양식을 다시 여세요."),
        ),
    }
}

/// Names of sharded collections have a limit of their own.
fn name_fits(wanted: &Wanted<'_>, facts: &Facts) -> Option<Check> {
    let limit = if facts.version >= (4, 4) { 235 } else { 120 };
    let length = wanted.namespace.to_string().len();
    (length > limit).then(|| {
        Check::block(
            words!("The name has {length} bytes; a sharded collection's has at most {limit}.", "이름이 {length}바이트입니다. 샤딩된 컬렉션은 최대 {limit}바이트입니다."),
            words!("Rename the collection.", "컬렉션 이름을 바꾸세요."),
        )
    })
}

fn key_fits_version(wanted: &Wanted<'_>, facts: &Facts) -> Option<Check> {
    let (major, minor) = facts.version;
    (wanted.key.is_hashed() && wanted.key.fields().len() > 1 && facts.version < (4, 4)).then(|| {
        Check::block(
            words!(
                "A compound key with a hashed field needs MongoDB 4.4; this cluster works as {major}.{minor}.",
                "해시 필드가 있는 복합 키는 MongoDB 4.4부터 가능합니다. 이 클러스터는 {major}.{minor}입니다.",
            ),
            words!("Hash a single field, or use ranges.", "단일 필드를 해시하거나 범위를 사용하세요."),
        )
    })
}

fn unique_and_hashed(wanted: &Wanted<'_>) -> Option<Check> {
    (wanted.unique && wanted.key.is_hashed()).then(|| {
        Check::block(
            words!("A hashed key cannot be unique.", "해시 키는 고유할 수 없습니다."),
            words!(
                "Leave “unique” unticked, or use ranges.",
                "“고유”를 해제하거나 범위를 사용하세요.",
            ),
        )
    })
}

fn similar_database(wanted: &Wanted<'_>, facts: &Facts) -> Option<Check> {
    let (database, similar) = (wanted.namespace.database(), facts.similar_database.as_ref()?);
    Some(Check::block(
        words!(
            "There is a database {similar}; {database} would differ from it only in upper and lower case.",
            "데이터베이스 {similar}이(가) 있습니다. {database}은(는) 대소문자만 다릅니다.",
        ),
        words!("Write {similar}.", "{similar}(으)로 입력하세요."),
    ))
}

fn cannot_be_sharded(existing: &Existing) -> Option<Check> {
    let (found, advice) = match (existing.kind.as_str(), existing.capped) {
        ("view", _) => (
            words!("This is a view; it holds no documents of its own.", "뷰이며 자체 문서가 없습니다."),
            words!("Shard the collection that it looks at.", "뷰가 참조하는 컬렉션을 샤딩하세요."),
        ),
        ("timeseries", _) => (
            words!("This is a time series, which this version does not shard.", "시계열 컬렉션은 이 버전에서 샤딩하지 않습니다."),
            words!("Use mongosh: sh.shardCollection(…) with the option timeseries.", "mongosh에서 timeseries 옵션으로 sh.shardCollection(…)을 사용하세요."),
        ),
        (_, true) => (
            words!("The collection is capped; MongoDB does not shard such.", "capped 컬렉션은 샤딩할 수 없습니다."),
            words!("Copy it to an ordinary collection first.", "먼저 일반 컬렉션으로 복사하세요."),
        ),
        ("collection", false) => return None,
        (_, false) => (
            words!("The server calls it neither a collection nor a view.", "컬렉션도 뷰도 아닙니다."),
            words!("Choose another name.", "다른 이름을 선택하세요."),
        ),
    };
    Some(Check::block(found, advice))
}

fn not_sharded_yet(wanted: &Wanted<'_>, existing: &Existing) -> Check {
    let Some(sharded) = &existing.sharded else {
        return Check::pass(words!("It is not sharded yet.", "아직 샤딩되지 않았습니다."));
    };
    let key = shown_key(&sharded.key);
    if key_of(&sharded.key).as_ref() == Some(wanted.key) && sharded.unique == wanted.unique {
        return Check::block(
            words!("It is sharded on {key} already.", "이미 {key}(으)로 샤딩되어 있습니다."),
            words!("There is nothing to do.", "할 일이 없습니다."),
        );
    }
    let unique = if sharded.unique { "unique: true" } else { "unique: false" };
    Check::block(
        words!("It is sharded already, on {key} ({unique}).", "이미 {key}({unique})(으)로 샤딩되어 있습니다."),
        words!(
            "Another key takes resharding (MongoDB 5.0 and later), which copies all of its data.",
            "키를 바꾸려면 모든 데이터를 복사하는 리샤딩(MongoDB 5.0 이상)이 필요합니다.",
        ),
    )
}

/// Whether an index supports the key, or can be built.
fn index(wanted: &Wanted<'_>, existing: &Existing, facts: &Facts) -> Option<Check> {
    if let Some(plain) = plain_where_unique(wanted, existing) {
        return Some(plain);
    }
    if let Some(index) = supporting(wanted, existing) {
        let name = &index.name;
        return Some(Check::pass(words!("The index {name} supports the key.", "인덱스 {name}이(가) 키를 지원합니다.")));
    }
    if !needs_index(wanted, existing) {
        return Some(Check::pass(words!("It is empty; the server makes the index itself.", "비어 있어 서버가 인덱스를 직접 만듭니다.")));
    }
    // From 5.0 on indexes of the same fields may differ in being sparse or unique.
    let in_the_way = existing.indexes.iter().find(|it| is_exact(it, wanted.key) && !it.partial && !it.collated);
    match in_the_way.filter(|_| facts.version < (5, 0)) {
        Some(index) => {
            let name = &index.name;
            Some(Check::block(
                words!("The index {name} has these fields, but cannot support the key.", "인덱스 {name}은(는) 필드는 같지만 키를 지원할 수 없습니다."),
                words!("Drop it, then plan again: a full one is built instead.", "삭제한 뒤 계획을 다시 세우면 온전한 인덱스를 만듭니다."),
            ))
        }
        None => Some(index_is_built(wanted, existing)),
    }
}

fn index_is_built(wanted: &Wanted<'_>, existing: &Existing) -> Check {
    let found = words!("No index supports the key; one is built first.", "키를 지원하는 인덱스가 없어 먼저 만듭니다.");
    let size = existing.size.filter(|size| size.documents > LONG_BUILD);
    match (size, wanted.unique) {
        (Some(size), _) => {
            let (documents, size) = (count(size.documents), bytes(size.bytes));
            Check::warn(
                found,
                words!(
                    "With {documents} documents ({size}) that may take longer than the 30 s for which the console waits. \
                     Better build it beforehand; else plan again when it is there.",
                    "문서 {documents}개({size})라 콘솔이 기다리는 30초보다 오래 걸릴 수 있습니다. \
                     미리 만들어 두거나, 만들어진 뒤 계획을 다시 세우세요.",
                ),
            )
        }
        (None, true) => Check::warn(
            found,
            words!("It fails if two documents have the same key; nothing is sharded then.", "같은 키의 문서가 있으면 실패하며, 이 경우 샤딩되지 않습니다."),
        ),
        (None, false) => Check::pass(found),
    }
}

/// An index that is exactly the key, but not unique, keeps the server from sharding uniquely.
fn plain_where_unique(wanted: &Wanted<'_>, existing: &Existing) -> Option<Check> {
    let index = existing.indexes.iter().find(|it| wanted.unique && is_exact(it, wanted.key) && !it.unique)?;
    let name = &index.name;
    Some(Check::block(
        words!("The index {name} is exactly the key, but not unique.", "인덱스 {name}은(는) 키와 같지만 고유하지 않습니다."),
        words!("Drop it, or leave “unique” unticked.", "삭제하거나 “고유”를 해제하세요."),
    ))
}

fn is_exact(index: &Index, key: &ShardKey) -> bool {
    begins_with(&index.key, key) && index.key.len() == key.fields().len()
}

/// The server can keep values unique only within a shard, so a unique index must name the key's fields first.
fn other_unique_index(key: &ShardKey, index: &Index) -> Option<Check> {
    let names: Vec<&String> = index.key.keys().collect();
    let prefix = names.len() >= key.fields().len() && key.fields().iter().zip(&names).all(|(it, name)| it.field == **name);
    // Uniqueness of _id is the application's to keep once the collection is sharded on something else.
    let of_id = names.first().is_some_and(|name| *name == "_id");
    (index.unique && !prefix && !of_id).then(|| {
        let name = &index.name;
        Check::block(
            words!("The unique index {name} does not begin with the key.", "고유 인덱스 {name}이(가) 키로 시작하지 않습니다."),
            words!(
                "A sharded collection cannot keep it. Drop it, or choose a key that it begins with.",
                "샤딩하면 유지할 수 없습니다. 삭제하거나, 이 인덱스가 시작하는 필드를 키로 고르세요.",
            ),
        )
    })
}

fn collation(existing: &Existing) -> Option<Check> {
    existing.collated.then(|| {
        Check::warn(
            words!("The collection compares text by a collation of its own.", "컬렉션에 자체 정렬 규칙(collation)이 있습니다."),
            words!(
                "The key is compared byte by byte. Queries that do not ask for the simple collation go to every shard.",
                "키는 바이트 단위로 비교합니다. simple 규칙을 지정하지 않은 쿼리는 모든 샤드로 갑니다.",
            ),
        )
    })
}

fn shards(facts: &Facts) -> Check {
    let number = facts.shards;
    match (number, facts.balancing) {
        (0 | 1, _) => Check::warn(
            words!("The cluster has {number} shard: all data stays where it is.", "샤드가 {number}개라 데이터가 이동하지 않습니다."),
            words!("Add a shard to gain from this.", "효과를 보려면 샤드를 추가하세요."),
        ),
        (_, false) => Check::warn(
            words!("The balancer is off: what is there stays on its shard.", "밸런서가 꺼져 있어 기존 데이터가 이동하지 않습니다."),
            words!("Start it when the data may move: sh.startBalancer()", "데이터를 옮겨도 될 때 시작하세요: sh.startBalancer()"),
        ),
        (_, true) => Check::pass(words!("{number} shards; the balancer is on.", "샤드 {number}개, 밸런서 켜짐.")),
    }
}

/// Whether the first field is spread by value.
pub(super) fn begins_ranged(key: &ShardKey) -> bool {
    key.fields().first().is_some_and(|it| it.spread == Spread::Ranged)
}
