//! What is kept of a collection, as a map of the part that somebody looks at.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use bson::Document;

use super::Kept;
use crate::sharding::chunks::fold::{Folded, fold, marks};
use crate::sharding::chunks::model::{ChunkMap, MOST_MARKS, MOST_STRIPS, SINGLE_CHUNKS, Share, Strip, Ways, Zone};
use crate::sharding::model::Value;
use crate::sharding::mongo::catalog::shown_key;
use crate::sharding::value::{canonical, wire_document};

/// What is told of the whole collection.
pub(super) struct Summary {
    /// By name.
    shares: Vec<Share>,
    /// For each shard of the table, its place among the shares.
    places: Vec<usize>,
    zones: Vec<Zone>,
    jumbo: usize,
}

/// The map from one bound to another; what has no bound goes to the end.
pub fn map(kept: &Kept, from: Option<&Document>, to: Option<&Document>) -> ChunkMap {
    let range = part(kept, from, to);
    let summary = kept.summary.get_or_init(|| Arc::new(summary(kept)));
    let folded = fold(&kept.table, range.clone(), MOST_STRIPS, SINGLE_CHUNKS);
    ChunkMap {
        namespace: kept.identity.namespace.clone(),
        key: shown_key(&kept.identity.key),
        hashed: kept.identity.hashed().is_some(),
        chunks: whole(kept.table.len()),
        jumbo: whole(summary.jumbo),
        shards: summary.shares.clone(),
        zones: summary.zones.clone(),
        zones_cut: kept.zones.cut,
        first: whole(range.start),
        strips: folded.into_iter().map(|folded| strip(kept, summary, folded)).collect(),
        marks: marks(&kept.table, range.clone(), MOST_MARKS).into_iter().map(whole).collect(),
        end: value(kept, range.end),
        ways: ways(kept, range),
        at: kept.wall,
        read_at: kept.read_wall,
        bytes: whole(kept.bytes()),
    }
}

/// Bounds of a part of the map around a key.
pub fn around(kept: &Kept, key: &Document) -> Option<(String, String)> {
    let place = kept.table.place(&kept.fields.packed_document(key)?);
    let half = SINGLE_CHUNKS / 2;
    Some(bounds(kept, place.saturating_sub(half)..(place + half).min(kept.table.len())))
}

/// The places of the chunks between two bounds; at least one.
fn part(kept: &Kept, from: Option<&Document>, to: Option<&Document>) -> Range<usize> {
    let place = |bound: &Document| kept.fields.packed_document(bound).map(|key| (kept.table.place(&key), key));
    let first = from.and_then(place).map_or(0, |(place, _)| place);
    let last = to.and_then(place).map_or(kept.table.len(), |(place, key)| {
        // What begins at the upper bound is beyond it.
        if kept.table.begins(&key) { place } else { place + 1 }
    });
    let last = if to.is_some_and(|to| kept.fields.packed_document(to) == Some(kept.fields.greatest())) {
        kept.table.len()
    } else {
        last
    };
    first..last.clamp(first + 1, kept.table.len().max(first + 1))
}

fn strip(kept: &Kept, summary: &Summary, folded: Folded) -> Strip {
    let owner = |(shard, chunks): (u16, usize)| (summary.places[usize::from(shard)], whole(chunks));
    Strip {
        from: value(kept, folded.first),
        chunks: whole(folded.chunks),
        jumbo: whole(folded.jumbo),
        owners: folded.owners.into_iter().map(owner).collect(),
    }
}

/// The lower bound of a chunk; behind the last one, the end of all keys.
fn value(kept: &Kept, place: usize) -> Value {
    wire_document(&bound(kept, place))
}

fn bound(kept: &Kept, place: usize) -> Document {
    match kept.table.get(place) {
        Some((key, _)) => kept.fields.document(key),
        None => kept.fields.document(&kept.fields.greatest()),
    }
}

fn bounds(kept: &Kept, range: Range<usize>) -> (String, String) {
    let all = range.start == 0 && range.end >= kept.table.len();
    match all {
        true => (String::new(), String::new()),
        false => (canonical(&bound(kept, range.start)), canonical(&bound(kept, range.end))),
    }
}

fn ways(kept: &Kept, range: Range<usize>) -> Ways {
    let (all, shown) = (kept.table.len(), range.len());
    let Range { start, end } = range;
    let more = shown + shown / 2;
    Ways {
        before: (start > 0).then(|| bounds(kept, start.saturating_sub(shown)..start)),
        after: (end < all).then(|| bounds(kept, end..(end + shown).min(all))),
        wider: (shown < all).then(|| bounds(kept, start.saturating_sub(more)..(end + more).min(all))),
    }
}

fn summary(kept: &Kept) -> Summary {
    let shards = kept.table.shards();
    let mut counts = vec![(0_usize, 0_usize, 0_usize); shards.len()];
    let mut jumbo = 0;
    for owner in kept.table.owners(0..kept.table.len()) {
        let (chunks, big, _) = &mut counts[usize::from(owner.shard())];
        *chunks += 1;
        *big += usize::from(owner.is_jumbo());
        jumbo += usize::from(owner.is_jumbo());
    }
    let zones = kept.zones.tags.iter().filter_map(|tag| zone(kept, tag, &mut counts)).collect();
    // Shards without a chunk are told too, as long as the cluster has them.
    let mut by_name: BTreeMap<&str, (usize, usize, usize)> =
        kept.zones.of_shards.keys().map(|shard| (shard.as_str(), (0, 0, 0))).collect();
    by_name.extend(shards.iter().map(String::as_str).zip(counts));
    let places = shards.iter().map(|shard| by_name.keys().position(|name| name == shard).unwrap_or_default()).collect();
    let share = |(shard, (chunks, jumbo, astray)): (&str, (usize, usize, usize))| Share {
        shard: shard.to_owned(),
        chunks: whole(chunks),
        jumbo: whole(jumbo),
        astray: whole(astray),
    };
    Summary { shares: by_name.into_iter().map(share).collect(), places, zones, jumbo }
}

fn zone(kept: &Kept, tag: &crate::sharding::chunks::mongo::Tag, counts: &mut [(usize, usize, usize)]) -> Option<Zone> {
    // A range whose fields are not those of the key is of another time and means nothing.
    kept.fields.packed_document(&tag.min).and(kept.fields.packed_document(&tag.max))?;
    let range = part(kept, Some(&tag.min), Some(&tag.max));
    let has = |zones: &Vec<String>| zones.contains(&tag.zone);
    let homes: Vec<bool> =
        kept.table.shards().iter().map(|shard| kept.zones.of_shards.get(shard).is_some_and(has)).collect();
    let mut astray = 0;
    for owner in kept.table.owners(range.clone()) {
        let shard = usize::from(owner.shard());
        if !homes[shard] {
            counts[shard].2 += 1;
            astray += 1;
        }
    }
    let mut shards: Vec<String> =
        kept.zones.of_shards.iter().filter(|(_, zones)| has(zones)).map(|(shard, _)| shard.clone()).collect();
    shards.sort();
    Some(Zone {
        name: tag.zone.clone(),
        from: wire_document(&tag.min),
        to: wire_document(&tag.max),
        first: whole(range.start),
        chunks: whole(range.len()),
        astray: whole(astray),
        shards,
    })
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
