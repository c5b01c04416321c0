//! What is looked at before a collection is sharded: first whether it is one that can be, then whether the key fits.

use super::{Wanted, index_checks, option_checks, value_checks};
use crate::change::Check;
use crate::sharding::model::{ShardKey, Spread, Version};
use crate::sharding::mongo::catalog::{key_of, shown_key};
use crate::sharding::shard::mongo::{Existing, Facts};
use crate::words;

/// All checks, the most basic first.
pub(super) fn of(wanted: &Wanted<'_>, facts: &Facts) -> Vec<Check> {
    let mut checks = vec![same_collection(wanted, facts)];
    checks.extend(name_fits(wanted, facts));
    checks.extend(key_fits_version(wanted, facts));
    checks.extend(unique_and_hashed(wanted));
    checks.extend(option_checks::of(wanted, facts));
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
    checks.extend(index_checks::of(wanted, existing, facts));
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
        (before, now) if before == now => Check::pass(words!(
            "{namespace} is the collection that you looked at.",
            "{namespace}은(는) 확인하신 그 컬렉션입니다."
        )),
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
    let limit = if facts.version.reaches(4, 4) { 235 } else { 120 };
    let length = wanted.namespace.to_string().len();
    (length > limit).then(|| {
        Check::block(
            words!(
                "The name has {length} bytes; a sharded collection's has at most {limit}.",
                "이름이 {length}바이트입니다. 샤딩된 컬렉션은 최대 {limit}바이트입니다."
            ),
            words!("Rename the collection.", "컬렉션 이름을 바꾸세요."),
        )
    })
}

fn key_fits_version(wanted: &Wanted<'_>, facts: &Facts) -> Option<Check> {
    let Version { major, minor, .. } = facts.version;
    (wanted.key.is_hashed() && wanted.key.fields().len() > 1 && !facts.version.reaches(4, 4)).then(|| {
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
            words!("Leave “unique” unticked, or use ranges.", "“고유”를 해제하거나 범위를 사용하세요.",),
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
        ("timeseries", _) if existing.time_series.is_some() => return None,
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
    let stored = existing.time_series.as_ref().map_or_else(|| wanted.key.clone(), |it| it.stored(wanted.key));
    if key_of(&sharded.key) == Some(stored) && sharded.unique == wanted.unique {
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

fn collation(existing: &Existing) -> Option<Check> {
    existing.collated.then(|| {
        Check::warn(
            words!(
                "The collection compares text by a collation of its own.",
                "컬렉션에 자체 정렬 규칙(collation)이 있습니다."
            ),
            words!(
                "The key is compared byte by byte. Queries that do not ask for the simple collation go to every shard.",
                "키는 바이트 단위로 비교합니다. simple 규칙을 지정하지 않은 쿼리는 모든 샤드로 갑니다.",
            ),
        )
    })
}

fn shards(facts: &Facts) -> Check {
    let number = facts.shards;
    match (number, &facts.stands_still) {
        (0 | 1, _) => Check::warn(
            words!(
                "The cluster has {number} shard: all data stays where it is.",
                "샤드가 {number}개라 데이터가 이동하지 않습니다."
            ),
            words!("Add a shard to gain from this.", "효과를 보려면 샤드를 추가하세요."),
        ),
        (_, Some(why)) => {
            let (en, ko) = (&why.en, &why.ko);
            Check::warn(
                words!("{en} What is there stays on its shard.", "{ko} 기존 데이터는 그 샤드에 남습니다."),
                words!(
                    "See the page of the balancer when the data may move.",
                    "데이터를 옮겨도 될 때 밸런서 페이지를 보세요."
                ),
            )
        }
        (_, None) => Check::pass(words!(
            "{number} shards; nothing is known to hold the balancer up.",
            "샤드 {number}개이며 밸런서를 막는 것이 없습니다."
        )),
    }
}

/// Whether the first field is spread by value.
pub(super) fn begins_ranged(key: &ShardKey) -> bool {
    key.fields().first().is_some_and(|it| it.spread == Spread::Ranged)
}
