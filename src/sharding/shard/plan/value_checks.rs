//! What the values of the key say about it. They were sampled, so shares are near the truth and no more.

use super::checks::begins_ranged;
use crate::change::Check;
use crate::sharding::model::ShardKey;
use crate::sharding::shard::mongo::{Existing, Facts, Sample};
use crate::text::{bytes, count};
use crate::words;

/// A share of one value beyond which a shard is likely to be lopsided, in percent.
const LOPSIDED: f64 = 10.0;

/// Checks of a collection that holds documents; none for an empty one.
pub(super) fn of(key: &ShardKey, existing: &Existing, facts: &Facts) -> Vec<Check> {
    if existing.empty {
        return rising(key, &[]).into_iter().collect();
    }
    let mut checks = vec![arrays(existing)];
    let Some(sample) = existing.values.sample.as_ref().filter(|sample| sample.documents > 0) else {
        checks.push(Check::warn(
            words!("The key's values could not be sampled in time.", "키 값을 제시간에 표본 조사하지 못했습니다."),
            words!(
                "Make sure yourself that it has many different, evenly used values.",
                "값이 다양하고 고르게 쓰이는지 직접 확인하세요."
            ),
        ));
        checks.extend(rising(key, &[]));
        return checks;
    };
    checks.push(complete(sample));
    checks.push(spread(sample, existing, facts));
    checks.extend(rising(key, &sample.types));
    checks
}

fn arrays(existing: &Existing) -> Check {
    match existing.values.arrays {
        Some(false) => Check::pass(words!("No document has an array in the key.", "키에 배열이 있는 문서가 없습니다.")),
        Some(true) => Check::block(
            words!(
                "A document has an array in the key; MongoDB does not allow that.",
                "키에 배열이 있는 문서가 있으며 MongoDB가 허용하지 않습니다."
            ),
            words!("Choose another key, or change these documents.", "다른 키를 고르거나 그 문서들을 수정하세요."),
        ),
        None => Check::warn(
            words!(
                "No array was found in the key, but not all documents could be looked at in time.",
                "키에서 배열을 찾지 못했지만 시간 안에 모든 문서를 보지는 못했습니다."
            ),
            words!("If one has an array there, the server refuses.", "배열이 있으면 서버가 거부합니다."),
        ),
    }
}

fn complete(sample: &Sample) -> Check {
    let (percent, documents) = (percent(sample.incomplete, sample.documents), count(sample.documents));
    if sample.incomplete == 0 {
        return Check::pass(words!(
            "All of {documents} sampled documents have the key.",
            "표본 {documents}개 문서 모두 키가 있습니다.",
        ));
    }
    Check::warn(
        words!(
            "{percent:.1} % of {documents} sampled documents lack a field of the key.",
            "표본 {documents}개 문서 중 {percent:.1}%에 키 필드가 없습니다.",
        ),
        words!(
            "Fill it in first: they all count as null and stay together.",
            "먼저 채우세요. 모두 null로 취급되어 한곳에 모입니다."
        ),
    )
}

fn spread(sample: &Sample, existing: &Existing, facts: &Facts) -> Check {
    let share = percent(sample.top, sample.documents);
    let (documents, different) = (count(sample.documents), count(sample.different));
    let found = words!(
        "Different keys among {documents} sampled documents: {different}; the most frequent one has {share:.1} %.",
        "표본 {documents}개 문서에 서로 다른 키가 {different}개이며, 가장 잦은 값이 {share:.1}%입니다.",
    );
    let together = existing.size.map_or(0.0, |size| size.bytes as f64 * share / 100.0);
    // A sample of unique values shows 1 of n as its top share, which says nothing about the whole.
    let repeated = sample.top > 1;
    if repeated && (share > LOPSIDED || together > facts.chunk_bytes as f64) {
        let together = bytes(together as i64);
        return Check::warn(
            found,
            words!(
                "About {together} of equal keys can never be split or moved apart. A further field in the key helps.",
                "키가 같은 약 {together}은(는) 나누거나 분산할 수 없습니다. 키에 필드를 더하면 나아집니다.",
            ),
        );
    }
    if repeated && sample.different < facts.shards.max(1) * 4 {
        return Check::warn(
            found,
            words!(
                "There can be no more chunks than different keys. A further field in the key helps.",
                "청크는 서로 다른 키의 수를 넘을 수 없습니다. 키에 필드를 더하면 나아집니다."
            ),
        );
    }
    Check::pass(found)
}

/// Values that only ever grow put every new document on the same shard. Told by name and type; not measured.
fn rising(key: &ShardKey, types: &[String]) -> Option<Check> {
    let first = &key.fields().first()?.field;
    let by_type = types.iter().find(|it| ["objectId", "date", "timestamp"].contains(&it.as_str()));
    if !begins_ranged(key) || (by_type.is_none() && first != "_id") {
        return None;
    }
    let kind = by_type.map_or(String::new(), |kind| format!(" ({kind})"));
    Some(Check::warn(
        words!("{first}{kind} usually grows with time.", "{first}{kind}은(는) 보통 시간에 따라 커집니다."),
        words!(
            "By ranges, all new documents then go to one shard. Hashed spreads them.",
            "범위 방식이면 새 문서가 모두 한 샤드로 갑니다. 해시 방식이면 분산됩니다.",
        ),
    ))
}

fn percent(part: i64, whole: i64) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}
