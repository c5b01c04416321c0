//! Which chunks lie outside their zone: those are what the balancer moves.

use bson::{Document, doc};
use futures_util::TryStreamExt;
use mongodb::Client;
use mongodb::error::Error;

use super::capacity;
use super::facts::Shard;
use crate::sharding::bound::precedes;
use crate::sharding::model::Namespace;
use crate::sharding::mongo::answer::soft;
use crate::sharding::mongo::sharded::Sharded;
use crate::sharding::zones::ranges::Range;

/// Chunks that are looked at, at most.
pub(super) const CHUNKS: i64 = 20_000;

/// What would have to move for every chunk to lie in its zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// Chunks that were looked at.
    pub looked: i64,
    /// There are more chunks than were looked at.
    pub more: bool,
    /// Chunks on a shard that does not belong to the zone of their keys.
    pub outside: i64,
    /// Those of them that reach over a bound: they are split first, and only a part moves.
    pub crossing: i64,
    /// Chunks of ranges whose zone has no shard: they stay where they are.
    pub homeless: i64,
    /// `outside` times the size of an average chunk; none where sizes are not known.
    pub bytes: Option<i64>,
}

impl Moves {
    pub(super) fn add(&mut self, other: Self) {
        let first = self.looked == 0 && !self.more;
        self.bytes = match (self.bytes, other.bytes) {
            (_, bytes) if first => bytes,
            (Some(one), Some(other)) => Some(one.saturating_add(other)),
            _ => None,
        };
        self.looked += other.looked;
        self.more |= other.more;
        self.outside += other.outside;
        self.crossing += other.crossing;
        self.homeless += other.homeless;
    }
}

/// Looks at the chunks of one collection, no more than `most`. `ranges` are sorted and do not overlap.
///
/// # Errors
/// When the router could not be asked at all.
pub(super) async fn read(
    client: &Client,
    namespace: &str,
    sharded: &Sharded,
    ranges: &[Range],
    shards: &[Shard],
    most: i64,
) -> Result<Moves, Error> {
    let find = doc! {
        "find": "chunks", "filter": sharded.owner(), "projection": { "_id": 0, "min": 1, "max": 1, "shard": 1 },
        "sort": { "min": 1 }, "limit": most + 1, "batchSize": 5_000, "maxTimeMS": 3_000,
    };
    let Some(mut rows) = soft(client.database("config").run_cursor_command(find).await)? else {
        return Ok(Moves { more: true, ..Moves::default() });
    };
    let mut walk = Walk { ranges, shards, place: 0, moves: Moves::default() };
    while let Some(row) = rows.try_next().await? {
        if walk.moves.looked == most {
            walk.moves.more = true;
            break;
        }
        walk.pass(&row);
    }
    let mut moves = walk.moves;
    if let (Ok(namespace), false, 1..) = (Namespace::parse(namespace), moves.more, moves.looked) {
        let owned = capacity::owned(client, namespace.database(), namespace.collection()).await?;
        let all: i64 = owned.values().sum();
        let bytes = i128::from(all) * i128::from(moves.outside) / i128::from(moves.looked);
        moves.bytes = (!owned.is_empty()).then(|| i64::try_from(bytes).unwrap_or(i64::MAX));
    }
    Ok(moves)
}

/// Goes along chunks and ranges at once; both are in the order of the key.
struct Walk<'a> {
    ranges: &'a [Range],
    shards: &'a [Shard],
    /// The first range that does not end before the chunk.
    place: usize,
    moves: Moves,
}

impl Walk<'_> {
    fn pass(&mut self, row: &Document) {
        self.moves.looked += 1;
        let (Ok(min), Ok(max), Ok(shard)) = (row.get_document("min"), row.get_document("max"), row.get_str("shard"))
        else {
            return;
        };
        while self.ranges.get(self.place).is_some_and(|range| !precedes(min, &range.max)) {
            self.place += 1;
        }
        let here = self.ranges[self.place..].iter().take_while(|range| precedes(&range.min, max));
        let (mut outside, mut crossing, mut homeless) = (false, false, false);
        for range in here {
            let mut homes = self.shards.iter().filter(|it| it.zones.contains(&range.zone)).peekable();
            if homes.peek().is_none() {
                homeless = true;
            } else if !homes.any(|it| it.name == shard) {
                outside = true;
                crossing |= precedes(min, &range.min) || precedes(&range.max, max);
            }
        }
        self.moves.outside += i64::from(outside);
        self.moves.crossing += i64::from(crossing);
        self.moves.homeless += i64::from(homeless);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(name: &str, zones: &[&str]) -> Shard {
        let zones = zones.iter().map(|zone| (*zone).to_owned()).collect();
        Shard { name: name.into(), host: String::new(), zones, draining: false }
    }

    #[test]
    fn a_chunk_moves_when_its_shard_is_not_of_the_zone_of_its_keys() {
        let range = |min: i32, max: i32, zone: &str| Range {
            min: doc! { "a": min },
            max: doc! { "a": max },
            zone: zone.into(),
        };
        let ranges = [range(0, 10, "EU"), range(10, 20, "US"), range(30, 40, "NONE")];
        let shards = [shard("s1", &["EU"]), shard("s2", &["US"])];
        let mut walk = Walk { ranges: &ranges, shards: &shards, place: 0, moves: Moves::default() };
        for (min, max, shard) in [
            (-5, 0, "s2"),
            (0, 5, "s1"),
            // Outside its zone, and over a bound.
            (5, 12, "s2"),
            (12, 20, "s1"),
            (20, 30, "s1"),
            (30, 50, "s1"),
        ] {
            walk.pass(&doc! { "min": { "a": min }, "max": { "a": max }, "shard": shard });
        }
        let expected = Moves { looked: 6, outside: 2, crossing: 1, homeless: 1, ..Moves::default() };
        assert_eq!(walk.moves, expected);
    }
}
