//! Whether what is seldom asked for goes with the key, the collection and the cluster.

use super::Wanted;
use crate::change::Check;
use crate::sharding::model::{Spread, Version};
use crate::sharding::shard::mongo::{Existing, Facts};
use crate::text::{Words, count};
use crate::words;

/// First chunks that the server makes for each shard at most, and for all.
const CHUNKS_OF_A_SHARD: i64 = 8_192;
const CHUNKS_OF_ALL: i64 = 1_000_000;

/// Checks of the options that were asked for; none where there are none.
pub(super) fn of(wanted: &Wanted<'_>, facts: &Facts) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Some(chunks) = wanted.extras.chunks {
        checks.push(first_chunks(wanted, chunks.into(), facts));
    }
    if wanted.extras.presplit {
        checks.push(presplit(wanted, facts));
    }
    checks.extend(time_series(wanted, facts));
    checks
}

fn first_chunks(wanted: &Wanted<'_>, chunks: i64, facts: &Facts) -> Check {
    if let Some(check) = only_empty_and_hashed(wanted, facts) {
        return check;
    }
    let most = (CHUNKS_OF_A_SHARD * facts.shards.max(1)).min(CHUNKS_OF_ALL);
    let (asked, shards, limit) = (count(chunks), facts.shards, count(most));
    if chunks > most {
        return Check::block(
            words!(
                "{asked} first chunks are too many: {shards} shards take at most {limit}.",
                "처음 청크 {asked}개는 너무 많습니다. 샤드 {shards}개에는 최대 {limit}개입니다.",
            ),
            words!("Ask for fewer; chunks are split later as data grow.", "줄이세요. 데이터가 늘면 나뉩니다."),
        );
    }
    let found = words!("{asked} first chunks; at most {limit}.", "처음 청크 {asked}개(최대 {limit}개).");
    if facts.zones > 0 || !begins_hashed(wanted) {
        return Check::warn(
            found,
            words!(
                "The server only heeds the number where the key begins with the hashed field and there are no zones.",
                "키가 해시 필드로 시작하고 존이 없을 때만 서버가 이 수를 따릅니다.",
            ),
        );
    }
    if facts.version.reaches(8, 0) {
        return Check::warn(
            found,
            words!(
                "The manual of MongoDB 8.0 no longer names this option: the server may refuse it.",
                "MongoDB 8.0 설명서에는 이 옵션이 없어 서버가 거부할 수 있습니다.",
            ),
        );
    }
    Check::pass(found)
}

fn presplit(wanted: &Wanted<'_>, facts: &Facts) -> Check {
    let Version { major, minor, .. } = facts.version;
    if !facts.version.reaches(4, 4) {
        return Check::block(
            words!(
                "To split by zones at first needs MongoDB 4.4; this cluster works as {major}.{minor}.",
                "존에 따른 초기 분할은 MongoDB 4.4부터 가능합니다. 이 클러스터는 {major}.{minor}입니다.",
            ),
            words!("Leave it unticked.", "선택을 해제하세요."),
        );
    }
    if let Some(check) = only_empty_and_hashed(wanted, facts) {
        return check;
    }
    let namespace = wanted.namespace;
    if facts.zones == 0 {
        return Check::block(
            words!("{namespace} has no zone to split by.", "{namespace}에 나눌 기준이 되는 존이 없습니다."),
            words!(
                "Give it ranges of zones first: a collection need not exist for that.",
                "먼저 존 범위를 지정하세요. 컬렉션이 아직 없어도 됩니다.",
            ),
        );
    }
    let zones = count(facts.zones);
    Check::pass(words!("{namespace} has {zones} ranges of zones.", "{namespace}에 존 범위가 {zones}개 있습니다."))
}

/// What both kinds of first chunks ask of key and collection.
fn only_empty_and_hashed(wanted: &Wanted<'_>, facts: &Facts) -> Option<Check> {
    if !wanted.key.is_hashed() {
        return Some(Check::block(
            words!(
                "First chunks can only be asked for with a hashed key; no field is hashed here.",
                "초기 청크는 해시 키에서만 지정할 수 있으며, 이 키에는 해시 필드가 없습니다."
            ),
            words!("Hash a field, or leave this out.", "필드를 해시하거나 이 옵션을 빼세요."),
        ));
    }
    facts.collection.as_ref().filter(|it| !it.empty).map(|_| {
        Check::block(
            words!(
                "First chunks can only be asked for while the collection is empty; it holds documents.",
                "초기 청크는 빈 컬렉션에서만 지정할 수 있으며, 이 컬렉션에는 문서가 있습니다."
            ),
            words!("Leave this out: the balancer spreads what is there.", "빼세요. 기존 문서는 밸런서가 분산합니다."),
        )
    })
}

fn begins_hashed(wanted: &Wanted<'_>) -> bool {
    wanted.key.fields().first().is_some_and(|it| it.spread == Spread::Hashed)
}

fn time_series(wanted: &Wanted<'_>, facts: &Facts) -> Vec<Check> {
    let asked = wanted.extras.time_series.as_ref();
    let Some(layout) = wanted.time_series(facts) else {
        // An ordinary collection stays one.
        return asked.map(|_| ordinary()).into_iter().collect();
    };
    let mut checks = Vec::new();
    if !facts.version.reaches(5, 1) {
        let Version { major, minor, .. } = facts.version;
        checks.push(Check::block(
            words!(
                "To shard a time series needs MongoDB 5.1; this cluster works as {major}.{minor}.",
                "시계열 샤딩은 MongoDB 5.1부터 가능합니다. 이 클러스터는 {major}.{minor}입니다.",
            ),
            words!("Upgrade first.", "먼저 업그레이드하세요."),
        ));
    }
    if asked.is_some_and(|asked| differs(asked, facts.collection.as_ref())) {
        checks.push(Check::block(
            words!("The time series is laid out otherwise.", "시계열의 구성이 다릅니다."),
            words!("Leave its fields empty: they are known.", "시계열 필드를 비우세요. 이미 알고 있습니다."),
        ));
    }
    checks.push(key_of_series(wanted, layout.takes(wanted.key)));
    checks.extend(unique_series(wanted));
    checks.extend(time_alone(wanted, layout.time_field(), facts));
    checks
}

fn ordinary() -> Check {
    Check::block(
        words!(
            "It is an ordinary collection; it cannot become a time series.",
            "일반 컬렉션이며 시계열로 바꿀 수 없습니다."
        ),
        words!(
            "Leave the fields of the time series empty, or choose a new name.",
            "시계열 필드를 비우거나 새 이름을 고르세요."
        ),
    )
}

fn differs(asked: &crate::sharding::shard::model::time_series::TimeSeries, existing: Option<&Existing>) -> bool {
    let Some(known) = existing.and_then(|it| it.time_series.as_ref()) else { return false };
    let names = asked.time_field() != known.time_field() || asked.meta_field() != known.meta_field();
    names || asked.granularity().is_some_and(|it| known.granularity() != Some(it))
}

fn key_of_series(wanted: &Wanted<'_>, rule: Result<(), Words>) -> Check {
    let key = wanted.key;
    match rule {
        Ok(()) => Check::pass(words!("A time series takes the key {key}.", "시계열이 키 {key}을(를) 받아들입니다.")),
        Err(rule) => Check::block(
            rule,
            words!(
                "Choose the source of the measurements, and the time last.",
                "측정 출처를, 마지막에 시간을 고르세요."
            ),
        ),
    }
}

fn unique_series(wanted: &Wanted<'_>) -> Option<Check> {
    wanted.unique.then(|| {
        Check::block(
            words!("The key of a time series cannot be unique.", "시계열의 키는 고유할 수 없습니다."),
            words!("Leave “unique” unticked.", "“고유”를 해제하세요."),
        )
    })
}

fn time_alone(wanted: &Wanted<'_>, time: &str, facts: &Facts) -> Option<Check> {
    let names_time = wanted.key.fields().iter().any(|it| it.field == time);
    (names_time && facts.version.reaches(8, 0)).then(|| {
        Check::warn(
            words!("The key holds the time field {time}.", "키에 시간 필드 {time}이(가) 있습니다."),
            words!(
                "From MongoDB 8.0 on that is deprecated: use the meta field alone.",
                "MongoDB 8.0부터 권장되지 않습니다. 메타 필드만 사용하세요.",
            ),
        )
    })
}
