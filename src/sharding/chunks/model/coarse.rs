//! The map in at most as many pieces as a person can point at.

use std::collections::BTreeMap;

use super::{ChunkMap, Strip};
use crate::sharding::model::Value;

/// Neighbouring strips as one piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub from: Value,
    pub to: Value,
    /// The first chunk, counted from the first that is shown.
    pub first: i64,
    pub chunks: i64,
    pub jumbo: i64,
    /// Places of shards, the one with most chunks first.
    pub owners: Vec<(usize, i64)>,
    /// Names of the zones that touch it, each once.
    pub zones: Vec<String>,
}

/// The map in at most `most` pieces of about the same number of chunks.
pub fn cells(map: &ChunkMap, most: usize) -> Vec<Cell> {
    // A strip that is long enough stands alone, so what is gathered before it may stay small: two for each length.
    let each = match map.strips.len() > most {
        true => map.shown() / i64::try_from(most / 2).unwrap_or(i64::MAX).max(2) + 1,
        false => 0,
    };
    let mut cells: Vec<Cell> = Vec::new();
    let mut open: Option<(Cell, BTreeMap<usize, i64>)> = None;
    let mut first = 0;
    for (place, strip) in map.strips.iter().enumerate() {
        let to = map.strips.get(place + 1).map_or(&map.end, |next| &next.from);
        if open.as_ref().is_some_and(|(cell, _)| cell.chunks >= each || strip.chunks >= each) {
            cells.extend(open.take().map(|open| closed(map, open)));
        }
        let (cell, owners) = open.get_or_insert_with(|| (begun(strip, first), BTreeMap::new()));
        cell.to = to.clone();
        cell.chunks += strip.chunks;
        cell.jumbo += strip.jumbo;
        for (shard, chunks) in &strip.owners {
            *owners.entry(*shard).or_default() += chunks;
        }
        first += strip.chunks;
    }
    cells.extend(open.map(|open| closed(map, open)));
    cells
}

fn begun(strip: &Strip, first: i64) -> Cell {
    let (from, to) = (strip.from.clone(), Value::default());
    Cell { from, to, first, chunks: 0, jumbo: 0, owners: Vec::new(), zones: Vec::new() }
}

fn closed(map: &ChunkMap, (mut cell, owners): (Cell, BTreeMap<usize, i64>)) -> Cell {
    cell.owners = owners.into_iter().collect();
    cell.owners.sort_by_key(|(_, chunks)| -chunks);
    let (first, last) = (map.first + cell.first, map.first + cell.first + cell.chunks);
    for zone in &map.zones {
        if zone.first < last && zone.first + zone.chunks > first && !cell.zones.contains(&zone.name) {
            cell.zones.push(zone.name.clone());
        }
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sharding::chunks::model::{Ways, Zone};

    fn value(text: usize) -> Value {
        Value { ejson: text.to_string(), shown: text.to_string() }
    }

    /// A map of strips of these lengths, of shards in turn.
    fn map(lengths: &[i64]) -> ChunkMap {
        let mut first = 0;
        let strip = |(place, chunks): (usize, &i64)| {
            let from = value(first);
            first += usize::try_from(*chunks).expect("a length");
            Strip { from, chunks: *chunks, jumbo: 1, owners: vec![(place % 3, *chunks)] }
        };
        let strips: Vec<Strip> = lengths.iter().enumerate().map(strip).collect();
        ChunkMap {
            namespace: "a.b".into(),
            key: "{ k: 1 }".into(),
            hashed: false,
            chunks: lengths.iter().sum(),
            jumbo: 0,
            shards: Vec::new(),
            zones: vec![Zone {
                name: "EU".into(),
                from: value(0),
                to: value(1),
                first: 0,
                chunks: 1,
                astray: 0,
                shards: Vec::new(),
            }],
            zones_cut: false,
            first: 0,
            strips,
            marks: Vec::new(),
            end: value(first),
            ways: Ways::default(),
            at: 0,
            read_at: 0,
            bytes: 0,
        }
    }

    #[test]
    fn pieces_cover_the_map_once_and_are_no_more_than_asked() {
        for lengths in [vec![1], vec![1; 2_000], vec![5, 1, 1_000, 1, 1, 400, 3], (1..1_900).collect::<Vec<i64>>()] {
            let map = map(&lengths);
            for most in [10, 60, 100, 5_000] {
                let cells = cells(&map, most);
                assert!(cells.len() <= most.max(lengths.len().min(most)) + 1, "{} of {most}", cells.len());
                assert_eq!(cells.iter().map(|cell| cell.chunks).sum::<i64>(), map.chunks);
                assert_eq!(cells.iter().flat_map(|cell| &cell.owners).map(|(_, n)| n).sum::<i64>(), map.chunks);
                assert!(
                    cells
                        .windows(2)
                        .all(|two| two[0].to == two[1].from && two[0].first + two[0].chunks == two[1].first)
                );
                assert_eq!(cells[0].zones, ["EU"]);
                assert!(cells.iter().skip(1).all(|cell| cell.zones.is_empty()));
            }
        }
    }
}
