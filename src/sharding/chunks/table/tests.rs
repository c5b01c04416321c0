//! The table beside a plain model of it: splits, moves and merges in any order.

use std::collections::BTreeMap;

use bson::{Bson, Document, doc};
use proptest::prelude::*;

use super::*;
use crate::sharding::chunks::fold::{Folded, fold, marks};
use crate::sharding::chunks::keys::Fields;

/// A catalog of chunks over the numbers 0 to 9,999, as the config servers keep it. The lower bound 0 stands for MinKey.
#[derive(Clone, Debug)]
struct Catalog {
    chunks: BTreeMap<u32, Chunk>,
    version: u64,
}

#[derive(Clone, Debug)]
struct Chunk {
    max: u32,
    shard: u8,
    jumbo: bool,
    version: u64,
}

const END: u32 = 10_000;

#[derive(Clone, Debug)]
enum Deed {
    Split(u32),
    Move(u32, u8),
    /// This one and so many that follow it, where they are one shard's.
    Merge(u32, u8),
}

impl Catalog {
    fn new() -> Self {
        let whole = Chunk { max: END, shard: 0, jumbo: false, version: 1 };
        Self { chunks: BTreeMap::from([(0, whole)]), version: 1 }
    }

    fn at(&self, key: u32) -> (u32, Chunk) {
        let (min, chunk) = self.chunks.range(..=key).next_back().expect("it covers all");
        (*min, chunk.clone())
    }

    fn put(&mut self, min: u32, max: u32, shard: u8, jumbo: bool) {
        self.version += 1;
        self.chunks.insert(min, Chunk { max, shard, jumbo, version: self.version });
    }

    fn apply(&mut self, deed: &Deed) {
        match deed {
            Deed::Split(key) => {
                let (min, chunk) = self.at(*key);
                if min < *key {
                    self.put(min, *key, chunk.shard, false);
                    self.put(*key, chunk.max, chunk.shard, *key % 7 == 0);
                }
            }
            Deed::Move(key, shard) => {
                let (min, chunk) = self.at(*key);
                self.put(min, chunk.max, *shard, chunk.jumbo);
            }
            Deed::Merge(key, count) => {
                let (min, chunk) = self.at(*key);
                let mut max = chunk.max;
                for _ in 0..*count {
                    match self.chunks.get(&max).cloned() {
                        Some(next) if next.shard == chunk.shard => {
                            self.chunks.remove(&max);
                            max = next.max;
                        }
                        _ => break,
                    }
                }
                if max != chunk.max {
                    self.put(min, max, chunk.shard, false);
                }
            }
        }
    }

    /// All that changed since, as the config servers tell it: what was merged away is not told.
    fn since(&self, version: u64) -> Vec<(u32, Chunk)> {
        let changed = self.chunks.iter().filter(|(_, chunk)| chunk.version > version);
        let mut changed: Vec<(u32, Chunk)> = changed.map(|(min, chunk)| (*min, chunk.clone())).collect();
        changed.sort_by_key(|(_, chunk)| chunk.version);
        changed
    }

    fn load(&self) -> Table {
        let mut loading = Loading::default();
        for (min, chunk) in &self.chunks {
            assert!(loading.push(&packed(*min), &name(chunk.shard), chunk.jumbo));
        }
        loading.finish()
    }
}

fn fields() -> Fields {
    Fields::of(&doc! { "k": 1 })
}

fn bound(key: u32) -> Document {
    match key {
        0 => doc! { "k": Bson::MinKey },
        END => doc! { "k": Bson::MaxKey },
        key => doc! { "k": key },
    }
}

fn packed(key: u32) -> Vec<u8> {
    fields().packed_document(&bound(key)).expect("a bound")
}

fn name(shard: u8) -> String {
    format!("shard{shard}")
}

/// All that a table holds, in words that do not depend on how it came to be.
fn told(table: &Table) -> Vec<(Document, String, bool)> {
    let row = |place: usize| {
        let (key, owner) = table.get(place).expect("a chunk");
        (fields().document(key), table.shards()[usize::from(owner.shard())].clone(), owner.is_jumbo())
    };
    (0..table.len()).map(row).collect()
}

fn renew(table: &mut Table, catalog: &Catalog, since: u64) {
    for (min, chunk) in catalog.since(since) {
        let shard = table.shard(&name(chunk.shard)).expect("few shards");
        let changed = Changed { min: packed(min), max: packed(chunk.max), owner: Owner::new(shard, chunk.jumbo) };
        table.replace(&changed, &fields().greatest());
    }
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        3 => (1..END).prop_map(Deed::Split),
        3 => (0..END, 0..4_u8).prop_map(|(key, shard)| Deed::Move(key, shard)),
        1 => (0..END, 1..200_u8).prop_map(|(key, count)| Deed::Merge(key, count)),
    ];
    prop::collection::vec(deed, 1..300)
}

fn covers(strips: &[Folded], table: &Table, most: usize) {
    assert!(strips.len() <= most, "{} strips", strips.len());
    let mut next = 0;
    for strip in strips {
        assert_eq!(strip.first, next, "strips neither overlap nor leave gaps");
        assert!(strip.chunks > 0);
        let mut owners = vec![0; table.shards().len()];
        let mut jumbo = 0;
        for owner in table.owners(strip.first..strip.first + strip.chunks) {
            owners[usize::from(owner.shard())] += 1;
            jumbo += usize::from(owner.is_jumbo());
        }
        assert_eq!(jumbo, strip.jumbo);
        for (shard, chunks) in &strip.owners {
            assert_eq!(owners[usize::from(*shard)], *chunks);
        }
        assert_eq!(strip.owners.iter().map(|(_, chunks)| chunks).sum::<usize>(), strip.chunks);
        next += strip.chunks;
    }
    assert_eq!(next, table.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn changes_read_now_and_then_give_the_map_that_a_fresh_reading_gives(all in deeds(), looks in 1..20_usize) {
        let mut catalog = Catalog::new();
        let mut table = catalog.load();
        let mut seen = catalog.version;
        for (place, deed) in all.iter().enumerate() {
            catalog.apply(deed);
            if place % looks == 0 {
                renew(&mut table, &catalog, seen);
                seen = catalog.version;
            }
        }
        renew(&mut table, &catalog, seen);
        let fresh = catalog.load();
        prop_assert_eq!(told(&table), told(&fresh));
        prop_assert_eq!(table.len(), catalog.chunks.len());
        // What was read already may be read again.
        renew(&mut table, &catalog, 0);
        prop_assert_eq!(told(&table), told(&fresh));
        for most in [10, 40, 2_000] {
            covers(&fold(&table, 0..table.len(), most, 0), &table, most);
        }
    }

    #[test]
    fn a_key_is_found_in_the_chunk_that_holds_it(all in deeds(), keys in prop::collection::vec(0..END, 20)) {
        let mut catalog = Catalog::new();
        all.iter().for_each(|deed| catalog.apply(deed));
        let table = catalog.load();
        for key in keys {
            let (min, chunk) = catalog.at(key);
            let (found, owner) = table.get(table.place(&packed(key))).expect("a chunk");
            prop_assert_eq!(fields().document(found), bound(min));
            prop_assert_eq!(&table.shards()[usize::from(owner.shard())], &name(chunk.shard));
        }
    }
}

/// 100,000 chunks of shards in turn, as they come.
fn many(count: u32) -> Table {
    let mut loading = Loading::default();
    assert!(loading.push(&packed(0), "shard0", false));
    for key in 1..count {
        let min = fields().packed_document(&doc! { "k": i64::from(key) }).expect("a bound");
        assert!(loading.push(&min, &name(u8::try_from(key / 3 % 4).expect("few")), key % 1_000 == 0));
    }
    loading.finish()
}

#[test]
fn a_torn_map_is_told_in_no_more_strips_than_allowed_and_few_bytes() {
    let table = many(100_000);
    assert_eq!(table.len(), 100_000);
    covers(&fold(&table, 0..table.len(), 2_000, 100), &table, 2_000);
    assert_eq!(fold(&table, 500..560, 2_000, 100).len(), 60, "a small part is told chunk by chunk");
    let places = marks(&table, 0..table.len(), 50);
    assert_eq!((places.len(), places[0]), (50, 1_000), "99 chunks are too big, in every piece of 2,000");
    assert_eq!(marks(&table, 500..1_500, 5_000), [500]);
    let each = table.bytes() / table.len();
    assert!(each <= 16, "{each} bytes for each chunk");
}

#[test]
fn a_long_strip_stands_alone_among_short_ones() {
    let mut loading = Loading::default();
    assert!(loading.push(&packed(0), "a", false));
    for key in 1..9_000_u32 {
        let shard = if (3_000..6_000).contains(&key) || key % 2 == 0 { "a" } else { "b" };
        assert!(loading.push(&packed(key), shard, false));
    }
    let table = loading.finish();
    let strips = fold(&table, 0..table.len(), 20, 0);
    covers(&strips, &table, 20);
    assert!(strips.iter().any(|strip| strip.chunks >= 3_000 && strip.owners.len() == 1), "{strips:?}");
}

#[test]
fn what_comes_out_of_order_is_not_taken() {
    let mut loading = Loading::default();
    assert!(loading.push(&packed(5), "a", false));
    assert!(!loading.push(&packed(5), "a", false) && !loading.push(&packed(4), "a", false));
    assert_eq!(loading.len(), 1);
}
