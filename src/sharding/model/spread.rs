//! How a collection lies on the shards, and whether that is even.

use serde::{Deserialize, Serialize};

use super::version::Release;
use crate::text::{Words, bytes, count};
use crate::words;

/// The bytes that a shard has of something, uncompressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Held {
    /// Orphaned are those of documents that have moved to another shard and are not deleted here yet.
    Apart { owned: i64, orphaned: i64 },
    /// Owned and orphaned together: this server does not tell them apart.
    Together(i64),
    #[default]
    Unknown,
}

impl Held {
    /// None where it is not known.
    pub const fn owned(self) -> Option<i64> {
        match self {
            Self::Apart { owned, .. } => Some(owned),
            Self::Together(_) | Self::Unknown => None,
        }
    }

    /// None where it is not known.
    pub const fn orphaned(self) -> Option<i64> {
        match self {
            Self::Apart { orphaned, .. } => Some(orphaned),
            Self::Together(_) | Self::Unknown => None,
        }
    }

    /// Both together. What is known of one and not of the other is unknown.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Apart { owned, orphaned }, Self::Apart { owned: more, orphaned: too }) => {
                Self::Apart { owned: owned.saturating_add(more), orphaned: orphaned.saturating_add(too) }
            }
            (one, other) => Self::Together(one.all().saturating_add(other.all())),
        }
    }

    const fn all(self) -> i64 {
        match self {
            Self::Apart { owned, orphaned } => owned.saturating_add(orphaned),
            Self::Together(all) => all,
            Self::Unknown => 0,
        }
    }
}

/// What one shard has of a collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnShard {
    pub shard: String,
    /// None where they were not counted.
    pub chunks: Option<i64>,
    /// Owned ones; None where they are not known apart from the orphaned.
    pub documents: Option<i64>,
    pub orphans: Option<i64>,
    pub held: Held,
}

impl OnShard {
    /// A shard of which nothing is known.
    pub fn unknown(shard: &str) -> Self {
        Self { shard: shard.to_owned(), chunks: None, documents: None, orphans: None, held: Held::Unknown }
    }
}

/// Whether a collection is spread evenly, by the balancer's own measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Evenness {
    Even(Measure),
    /// As even as the balancer wants it, and some shard still holds documents that have moved away.
    CleanUpPending {
        measure: Measure,
        orphaned: i64,
    },
    Uneven(Measure),
    /// With the reason.
    Unknown(Words),
}

impl Evenness {
    pub const fn is_uneven(&self) -> bool {
        matches!(self, Self::Uneven(_))
    }

    pub const fn measure(&self) -> Option<&Measure> {
        match self {
            Self::Even(measure) | Self::CleanUpPending { measure, .. } | Self::Uneven(measure) => Some(measure),
            Self::Unknown(_) => None,
        }
    }
}

/// What was compared: the shard that has most with the one that has least.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    pub unit: Unit,
    pub difference: i64,
    /// From this difference on the balancer moves data.
    pub threshold: i64,
    pub most: String,
    pub least: String,
}

/// What the balancer compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Owned bytes: MongoDB 6.0.3 and later.
    Bytes,
    Chunks,
}

impl Measure {
    /// The difference and the threshold in one sentence.
    pub fn told(&self) -> Words {
        let text = |value| match self.unit {
            Unit::Bytes => Words::same(bytes(value)),
            Unit::Chunks => {
                let value = count(value);
                words!("{value} chunks", "청크 {value}개")
            }
        };
        let (difference, threshold) = (text(self.difference), text(self.threshold));
        let (most, least) = (&self.most, &self.least);
        Words::new(
            format!(
                "{most} has {} more than {least}; the balancer moves data from a difference of {} on.",
                difference.en, threshold.en
            ),
            format!(
                "{most}에 {least}보다 {} 더 있습니다. 밸런서는 차이가 {}일 때부터 데이터를 옮깁니다.",
                difference.ko, threshold.ko
            ),
        )
    }
}

/// Chunk sizes by which the difference of owned bytes is judged.
const SIZES: i64 = 3;

/// Judges a collection by what each shard has of it. `shards` are all that may hold it, so that one that has nothing
/// counts as well; `chunk_bytes` is the collection's own chunk size or the cluster's.
pub fn judge(release: Release, spread: &[OnShard], shards: &[&str], chunk_bytes: i64, zones: bool) -> Evenness {
    if zones {
        return Evenness::Unknown(words!(
            "It has zones, so each zone is judged by itself.",
            "존이 있어 존마다 따로 판단합니다."
        ));
    }
    if shards.len() < 2 {
        return Evenness::Unknown(words!("There are no two shards to compare.", "비교할 샤드가 두 개 이상 없습니다."));
    }
    if balances_bytes(release) { by_bytes(spread, shards, chunk_bytes) } else { by_chunks(spread, shards) }
}

/// Whether the balancer of this version compares owned bytes, and a router can tell them for all collections at once.
pub fn balances_bytes(release: Release) -> bool {
    release.version >= super::Version::new(6, 0, 3) && release.fcv.reaches(6, 0)
}

fn by_bytes(spread: &[OnShard], shards: &[&str], chunk_bytes: i64) -> Evenness {
    let owned = |shard: &&str| match spread.iter().find(|it| it.shard == **shard) {
        Some(it) => it.held.owned(),
        None => Some(0),
    };
    let Some(measure) = measure(Unit::Bytes, shards, owned, chunk_bytes.saturating_mul(SIZES)) else {
        return Evenness::Unknown(words!("The owned bytes are not known.", "소유 바이트를 알 수 없습니다."));
    };
    let orphaned = spread.iter().filter_map(|it| it.held.orphaned()).sum();
    match measure.difference >= measure.threshold {
        true => Evenness::Uneven(measure),
        false if orphaned > 0 => Evenness::CleanUpPending { measure, orphaned },
        false => Evenness::Even(measure),
    }
}

fn by_chunks(spread: &[OnShard], shards: &[&str]) -> Evenness {
    let chunks = |shard: &&str| match spread.iter().find(|it| it.shard == **shard) {
        Some(it) => it.chunks,
        None => Some(0),
    };
    let all: Option<i64> = shards.iter().map(chunks).sum();
    let threshold = match all.unwrap_or_default() {
        ..20 => 2,
        20..80 => 4,
        _ => 8,
    };
    match measure(Unit::Chunks, shards, chunks, threshold) {
        None => Evenness::Unknown(words!("Its chunks were not all counted.", "청크를 모두 세지 않았습니다.")),
        Some(measure) if measure.difference >= measure.threshold => Evenness::Uneven(measure),
        Some(measure) => Evenness::Even(measure),
    }
}

fn measure(unit: Unit, shards: &[&str], value: impl Fn(&&str) -> Option<i64>, threshold: i64) -> Option<Measure> {
    let values: Vec<(i64, &str)> = shards.iter().map(|shard| Some((value(shard)?, *shard))).collect::<Option<_>>()?;
    // Of equal ones the first is named, so that the sentence does not jump.
    let (most, shard) = values.iter().copied().rev().max_by_key(|(value, _)| *value)?;
    let (least, other) = values.iter().copied().min_by_key(|(value, _)| *value)?;
    let difference = most.saturating_sub(least);
    Some(Measure { unit, difference, threshold, most: shard.to_owned(), least: other.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::super::Version;
    use super::*;

    const MIB: i64 = 1 << 20;
    const NEW: Release = Release { version: Version::new(6, 0, 5), fcv: Version::new(6, 0, 0) };
    const OLD: Release = Release { version: Version::new(5, 0, 9), fcv: Version::new(5, 0, 0) };

    fn on(shard: &str, chunks: i64, owned: i64, orphaned: i64) -> OnShard {
        let held = Held::Apart { owned, orphaned };
        OnShard { shard: shard.into(), chunks: Some(chunks), documents: None, orphans: None, held }
    }

    fn judged(release: Release, spread: &[OnShard]) -> Evenness {
        judge(release, spread, &["a", "b"], 128 * MIB, false)
    }

    #[test]
    fn owned_bytes_are_uneven_from_three_chunk_sizes_on() {
        let even = judged(NEW, &[on("a", 9, 500 * MIB, 0), on("b", 1, 117 * MIB, 0)]);
        assert!(matches!(even, Evenness::Even(_)), "{even:?}");
        let uneven = judged(NEW, &[on("a", 5, 500 * MIB, 0), on("b", 5, 116 * MIB, 0)]);
        let measure = uneven.measure().expect("measured");
        assert!(uneven.is_uneven());
        assert_eq!((measure.difference, measure.threshold), (384 * MIB, 384 * MIB));
        assert_eq!(
            measure.told().en,
            "a has 384.0 MiB more than b; the balancer moves data from a difference of 384.0 MiB on."
        );
    }

    #[test]
    fn a_shard_that_has_nothing_of_it_counts() {
        assert!(judged(NEW, &[on("a", 5, 385 * MIB, 0)]).is_uneven());
        assert!(judged(OLD, &[on("a", 2, 0, 0)]).is_uneven());
    }

    #[test]
    fn orphans_do_not_make_a_collection_uneven() {
        let seen = judged(NEW, &[on("a", 5, 700 * MIB, 0), on("b", 5, 700 * MIB, 300 * MIB)]);
        assert!(matches!(seen, Evenness::CleanUpPending { orphaned, .. } if orphaned == 300 * MIB), "{seen:?}");
    }

    #[test]
    fn before_6_0_3_chunks_are_compared_by_how_many_there_are() {
        for (a, b, uneven) in
            [(10, 9, false), (10, 8, true), (13, 10, false), (14, 10, true), (47, 40, false), (48, 40, true)]
        {
            let seen = judged(OLD, &[on("a", a, 0, 0), on("b", b, 0, 0)]);
            assert_eq!(seen.is_uneven(), uneven, "{a} and {b}: {seen:?}");
        }
        let of_6_0_2 = Release { version: Version::new(6, 0, 2), ..NEW };
        assert!(judged(of_6_0_2, &[on("a", 5, 0, 0), on("b", 0, 900 * MIB, 0)]).is_uneven());
    }

    #[test]
    fn what_is_not_known_is_not_judged() {
        let reason = |seen| match seen {
            Evenness::Unknown(why) => why.en,
            other => panic!("{other:?}"),
        };
        assert!(reason(judged(NEW, &[on("a", 1, 1, 0), OnShard::unknown("b")])).contains("not known"));
        assert!(reason(judged(OLD, &[on("a", 1, 1, 0), OnShard::unknown("b")])).contains("not all counted"));
        assert!(reason(judge(NEW, &[on("a", 1, 1, 0)], &["a"], MIB, false)).contains("no two shards"));
        assert!(reason(judge(NEW, &[], &["a", "b"], MIB, true)).contains("zones"));
    }

    #[test]
    fn what_is_unknown_stays_so_in_a_sum() {
        let apart = Held::Apart { owned: 3, orphaned: 1 };
        assert_eq!(apart.plus(apart), Held::Apart { owned: 6, orphaned: 2 });
        assert_eq!(apart.plus(Held::Together(5)), Held::Together(9));
        assert_eq!(apart.plus(Held::Unknown), Held::Unknown);
        assert_eq!((Held::Together(5).owned(), Held::Together(5).orphaned()), (None, None));
    }
}
