//! What the figures of a key mean, in plain words, and which key is the best.

use super::{Arrays, Candidate, Cardinality, Figures, Reason, Routing, Trend, Verdict};
use crate::sharding::model::{KeyField, ShardKey, Spread};
use crate::text::{Words, bytes, count};
use crate::words;

/// What is known of the collection and its cluster.
#[derive(Clone, Copy, Debug)]
pub struct Ground {
    /// Uncompressed bytes of the collection; none when not known.
    pub bytes: Option<i64>,
    /// In bytes.
    pub chunk_bytes: i64,
    pub shards: i64,
}

/// A share of one value beyond which a shard is likely to be lopsided, in percent.
const LOPSIDED: f64 = 10.0;
/// Chunks for each shard below which nothing can be evened out.
const CHUNKS_OF_A_SHARD: i64 = 4;
/// The share of queries to one shard from which routing is told as good, in percent.
const WELL_ROUTED: f64 = 80.0;

/// A candidate with its verdict.
pub fn judge(key: ShardKey, figures: Figures, ground: Ground) -> Candidate {
    let mut reasons: Vec<Reason> = [
        arrays(&figures),
        values(&figures, ground),
        jumbo(&figures, ground),
        lopsided(&figures, ground),
        growth(&key, &figures),
        absent(&figures),
        kinds(&key, &figures),
        ranges(&key),
        routing(&figures),
    ]
    .into_iter()
    .flatten()
    .collect();
    if reasons.iter().all(|it| it.verdict == Verdict::Good) {
        reasons.push(Reason {
            verdict: Verdict::Good,
            words: words!("Nothing speaks against it.", "문제될 점이 없습니다."),
        });
    }
    reasons.sort_by_key(|it| std::cmp::Reverse(it.verdict));
    let verdict = reasons.first().map_or(Verdict::Unknown, |it| it.verdict);
    Candidate { key, figures, verdict, reasons }
}

/// The best first: by verdict, then by how few things speak against it, then by how small its heaviest value is.
pub fn sort(candidates: &mut [Candidate]) {
    let weight = |it: &Candidate| it.figures.top.unwrap_or_default();
    let against = |it: &Candidate| it.reasons.iter().filter(|reason| reason.verdict > Verdict::Good).count();
    candidates.sort_by(|one, other| {
        let known = |it: &Candidate| (it.verdict, against(it));
        known(one).cmp(&known(other)).then(weight(one).total_cmp(&weight(other)))
    });
}

/// Bytes that can never be parted since they have the same key; none when not known.
pub fn together(figures: &Figures, ground: Ground) -> Option<i64> {
    let share = figures.top?;
    Some((ground.bytes? as f64 * share / 100.0) as i64)
}

fn reason(verdict: Verdict, words: Words) -> Option<Reason> {
    Some(Reason { verdict, words })
}

fn arrays(figures: &Figures) -> Option<Reason> {
    match figures.arrays {
        Arrays::Some(_) => reason(
            Verdict::Impossible,
            words!(
                "A document has an array there: the server refuses the key.",
                "배열이 있는 문서가 있어 서버가 이 키를 거부합니다."
            ),
        ),
        Arrays::None | Arrays::NotSeen => None,
    }
}

fn values(figures: &Figures, ground: Ground) -> Option<Reason> {
    let needed = ground.shards.max(1) * CHUNKS_OF_A_SHARD;
    match figures.cardinality {
        Cardinality::Exact(number) if number < needed => {
            let number = count(number);
            reason(
                Verdict::Poor,
                words!(
                    "Different values: {number} only. There can be no more chunks than that.",
                    "서로 다른 값이 {number}개뿐이라 청크도 그보다 많을 수 없습니다."
                ),
            )
        }
        Cardinality::AtLeast(number) if number < needed => {
            let number = count(number);
            reason(
                Verdict::Poor,
                words!(
                    "Few different values were seen (about {number}): there can be no more chunks than values.",
                    "서로 다른 값이 적게(약 {number}개) 보였습니다. 청크는 값의 수를 넘을 수 없습니다."
                ),
            )
        }
        Cardinality::Unknown => reason(
            Verdict::Unknown,
            words!("Its values could not be measured in time.", "제시간에 값을 측정하지 못했습니다."),
        ),
        _ => None,
    }
}

fn jumbo(figures: &Figures, ground: Ground) -> Option<Reason> {
    let held = together(figures, ground).filter(|it| *it > ground.chunk_bytes)?;
    let (held, chunk) = (bytes(held), bytes(ground.chunk_bytes));
    reason(
        Verdict::Poor,
        words!(
            "About {held} share one value, more than a chunk ({chunk}): such a chunk is jumbo and cannot be split or balanced.",
            "한 값에 약 {held}이(가) 모여 청크 크기({chunk})를 넘습니다. 이런 청크(jumbo)는 나누거나 옮길 수 없습니다."
        ),
    )
}

fn lopsided(figures: &Figures, ground: Ground) -> Option<Reason> {
    let share = figures.top.filter(|share| *share > LOPSIDED)?;
    let fair = 100.0 / ground.shards.max(1) as f64;
    let verdict = if share > fair { Verdict::Poor } else { Verdict::Fair };
    reason(
        verdict,
        words!(
            "{share:.1} % of the documents have the same value and always stay on one shard.",
            "문서의 {share:.1}%가 같은 값이라 항상 한 샤드에 머뭅니다."
        ),
    )
}

fn growth(key: &ShardKey, figures: &Figures) -> Option<Reason> {
    let first = &key.fields().first()?.field;
    match &figures.trend {
        Trend::Rising(_) => reason(
            Verdict::Poor,
            words!(
                "{first} grows with every new document: all of them go to one shard. Hashed spreads them.",
                "{first}은(는) 새 문서마다 커져 모두 한 샤드로 갑니다. 해시하면 분산됩니다."
            ),
        ),
        Trend::Falling(_) => reason(
            Verdict::Poor,
            words!(
                "{first} falls with every new document: all of them go to one shard. Hashed spreads them.",
                "{first}은(는) 새 문서마다 작아져 모두 한 샤드로 갑니다. 해시하면 분산됩니다."
            ),
        ),
        Trend::Monotonic => reason(
            Verdict::Poor,
            words!(
                "{first} goes one way only with every new document: all of them go to one shard. Hashed spreads them.",
                "{first}은(는) 새 문서마다 한 방향으로만 변해 모두 한 샤드로 갑니다. 해시하면 분산됩니다."
            ),
        ),
        Trend::Unknown(_) if usually_grows(key, figures) => reason(
            Verdict::Fair,
            words!(
                "{first} is of a kind that usually grows with time; that was not measured. If so, all new documents go to one shard.",
                "{first}은(는) 보통 시간에 따라 커지는 종류이지만 측정하지 못했습니다. 그렇다면 새 문서가 모두 한 샤드로 갑니다."
            ),
        ),
        _ => None,
    }
}

fn usually_grows(key: &ShardKey, figures: &Figures) -> bool {
    let types = figures.types.first().and_then(|it| it.types.first());
    let by_type = types.is_some_and(|(name, _)| ["objectId", "date", "timestamp"].contains(&name.as_str()));
    by_type || key.fields().first().is_some_and(|it| it.field == "_id")
}

fn absent(figures: &Figures) -> Option<Reason> {
    let share = figures.absent.filter(|share| *share > 0.0)?;
    let verdict = if share > LOPSIDED { Verdict::Poor } else { Verdict::Fair };
    reason(
        verdict,
        words!(
            "{share:.1} % of the documents lack a field of it or have null there; they count as one value and stay together.",
            "문서의 {share:.1}%에 필드가 없거나 null입니다. 한 값으로 취급되어 함께 모입니다."
        ),
    )
}

fn kinds(key: &ShardKey, figures: &Figures) -> Option<Reason> {
    let numbers = ["int", "long", "double", "decimal"];
    for (KeyField { field, spread }, seen) in key.fields().iter().zip(&figures.types) {
        let present = seen.types.iter().filter(|(name, _)| !["missing", "null", "undefined"].contains(&name.as_str()));
        let names: Vec<&str> = present.map(|(name, _)| name.as_str()).collect();
        if *spread == Spread::Hashed && names.iter().any(|name| ["double", "decimal"].contains(name)) {
            return reason(
                Verdict::Fair,
                words!(
                    "{field} holds fractional numbers: the hash cuts them to whole ones, so 2.2 and 2.9 stay together.",
                    "{field}에 소수가 있습니다. 해시는 정수로 잘라 계산하므로 2.2와 2.9가 함께 모입니다."
                ),
            );
        }
        let kinds = names.iter().filter(|name| !numbers.contains(name)).count();
        let numeric = usize::from(names.iter().any(|name| numbers.contains(name)));
        if kinds + numeric > 1 {
            let names = names.join(", ");
            return reason(
                Verdict::Fair,
                words!(
                    "{field} has values of several types ({names}), which sort apart: one person's 1 is not another's \"1\".",
                    "{field}에 여러 타입({names})이 섞여 있습니다. 1과 \"1\"은 서로 다른 값으로 정렬됩니다."
                ),
            );
        }
    }
    None
}

fn ranges(key: &ShardKey) -> Option<Reason> {
    let KeyField { field, spread } = key.fields().first()?;
    (*spread == Spread::Hashed).then(|| Reason {
        verdict: Verdict::Good,
        words: words!(
            "Queries for a range of {field} ask every shard, since it is hashed.",
            "{field}은(는) 해시되므로 범위 쿼리는 모든 샤드에 묻습니다."
        ),
    })
}

fn routing(figures: &Figures) -> Option<Reason> {
    let Routing::Measured { reads, writes } = &figures.routing else { return None };
    let worst = [reads, writes].into_iter().flatten().map(|it| it.one).fold(f64::INFINITY, f64::min);
    (worst < WELL_ROUTED).then(|| Reason {
        verdict: Verdict::Fair,
        words: words!(
            "Only {worst:.0} % of the sampled queries would ask a single shard.",
            "표본 쿼리의 {worst:.0}%만 한 샤드에 묻습니다."
        ),
    })
}

#[cfg(test)]
mod tests;
