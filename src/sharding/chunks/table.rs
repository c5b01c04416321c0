//! All chunks of one collection, as few bytes for each as it takes: its lower bound and its owner. The upper bound is
//! the next one's lower, since chunks leave no gaps. Blocks are shared between one state and the next, so that a change
//! copies what it touches.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use super::keys::order;

/// Chunks of one block at most.
const BLOCK: usize = 1_024;
/// More shards than this cannot be told apart here; MongoDB's own practice ends far below.
pub const MOST_SHARDS: usize = (JUMBO as usize) - 1;
const JUMBO: u16 = 1 << 15;

/// Who owns a chunk: the place of the shard in [`Table::shards`], and whether the chunk is too big to be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner(u16);

impl Owner {
    pub fn new(shard: u16, jumbo: bool) -> Self {
        Self(shard & (JUMBO - 1) | if jumbo { JUMBO } else { 0 })
    }

    pub fn shard(self) -> u16 {
        self.0 & (JUMBO - 1)
    }

    pub fn is_jumbo(self) -> bool {
        self.0 & JUMBO != 0
    }
}

/// A chunk that the catalog shows changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    pub min: Vec<u8>,
    pub max: Vec<u8>,
    pub owner: Owner,
}

#[derive(Debug, Default)]
struct Block {
    keys: Vec<u8>,
    /// Where each key ends.
    ends: Vec<u32>,
    owners: Vec<Owner>,
}

impl Block {
    fn len(&self) -> usize {
        self.owners.len()
    }

    fn key(&self, place: usize) -> &[u8] {
        let from = if place == 0 { 0 } else { self.ends[place - 1] as usize };
        &self.keys[from..self.ends[place] as usize]
    }

    fn push(&mut self, key: &[u8], owner: Owner) {
        self.keys.extend_from_slice(key);
        self.ends.push(u32::try_from(self.keys.len()).unwrap_or(u32::MAX));
        self.owners.push(owner);
    }

    /// How many chunks begin below `key`, or, with `at`, at it or below.
    fn below(&self, key: &[u8], at: bool) -> usize {
        let mut range = 0..self.len();
        while !range.is_empty() {
            let middle = range.start + range.len() / 2;
            match order(self.key(middle), key) {
                Ordering::Less => range.start = middle + 1,
                Ordering::Equal if at => range.start = middle + 1,
                _ => range.end = middle,
            }
        }
        range.start
    }

    fn slim(mut self) -> Arc<Self> {
        self.keys.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.owners.shrink_to_fit();
        Arc::new(self)
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + 24 + self.keys.capacity() + 4 * self.ends.capacity() + 2 * self.owners.capacity()
    }
}

/// The chunks of a collection in their order.
#[derive(Clone, Debug, Default)]
pub struct Table {
    blocks: Vec<Arc<Block>>,
    shards: Vec<String>,
    len: usize,
}

impl Table {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The shards that own or have owned a chunk, in the order in which they were met.
    pub fn shards(&self) -> &[String] {
        &self.shards
    }

    /// What is kept, in bytes.
    pub fn bytes(&self) -> usize {
        self.blocks.iter().map(|block| block.bytes() + 8).sum::<usize>() + size_of::<Self>()
    }

    /// The place of a shard; none where there are too many.
    pub fn shard(&mut self, name: &str) -> Option<u16> {
        let known = self.shards.iter().position(|it| it == name);
        let place = known.unwrap_or_else(|| {
            self.shards.push(name.to_owned());
            self.shards.len() - 1
        });
        (place < MOST_SHARDS).then(|| u16::try_from(place).unwrap_or_default())
    }

    /// The chunk at a place.
    pub fn get(&self, place: usize) -> Option<(&[u8], Owner)> {
        let (block, within) = self.locate(place);
        let block = self.blocks.get(block)?;
        Some((block.key(within), block.owners[within]))
    }

    /// Owners from a place on, up to another.
    pub fn owners(&self, range: Range<usize>) -> impl Iterator<Item = Owner> {
        let (block, within) = self.locate(range.start);
        let blocks = self.blocks[block..].iter();
        blocks.flat_map(|block| block.owners.iter().copied()).skip(within).take(range.len())
    }

    /// The place of the chunk that holds a key.
    pub fn place(&self, key: &[u8]) -> usize {
        let block = self.block_of(key);
        let before: usize = self.blocks[..block].iter().map(|it| it.len()).sum();
        let within = self.blocks.get(block).map_or(0, |it| it.below(key, true));
        (before + within).saturating_sub(1)
    }

    /// Whether a chunk begins at this key.
    pub fn begins(&self, key: &[u8]) -> bool {
        self.get(self.place(key)).is_some_and(|(min, _)| order(min, key) == Ordering::Equal)
    }

    /// A changed chunk takes the place of all that it overlaps: after a merge what it swallowed is nowhere told.
    pub fn replace(&mut self, changed: &Changed, end: &[u8]) {
        if self.blocks.is_empty() || order(&changed.min, &changed.max) != Ordering::Less {
            return;
        }
        let (first, last) = (self.block_of(&changed.min), self.block_of(&changed.max));
        let mut fresh = Fresh::default();
        let head = &self.blocks[first];
        for place in 0..head.below(&changed.min, false) {
            fresh.push(head.key(place), head.owners[place]);
        }
        fresh.push(&changed.min, changed.owner);
        let tail = &self.blocks[last];
        let after = tail.below(&changed.max, false);
        let follows = tail.len() > after && order(tail.key(after), &changed.max) == Ordering::Equal;
        if !follows && order(&changed.max, end) == Ordering::Less {
            // It ends inside a chunk, whose rest stays with its owner.
            let owner = match after {
                0 => self.owner_before(last),
                _ => tail.owners[after - 1],
            };
            fresh.push(&changed.max, owner);
        }
        for place in after..tail.len() {
            fresh.push(tail.key(place), tail.owners[place]);
        }
        let gone: usize = self.blocks[first..=last].iter().map(|it| it.len()).sum();
        let fresh = fresh.blocks();
        self.len = self.len - gone + fresh.iter().map(|it| it.len()).sum::<usize>();
        self.blocks.splice(first..=last, fresh);
    }

    /// The block of a chunk's place, and the place within it; behind the last block where there is no such chunk.
    fn locate(&self, place: usize) -> (usize, usize) {
        let mut within = place;
        for (number, block) in self.blocks.iter().enumerate() {
            if within < block.len() {
                return (number, within);
            }
            within -= block.len();
        }
        (self.blocks.len(), 0)
    }

    fn owner_before(&self, block: usize) -> Owner {
        let before = self.blocks[..block].last().and_then(|it| it.owners.last());
        before.copied().unwrap_or(Owner(0))
    }

    /// The block in which a chunk that holds this key stands.
    fn block_of(&self, key: &[u8]) -> usize {
        let above = self.blocks.partition_point(|block| order(block.key(0), key) != Ordering::Greater);
        above.saturating_sub(1)
    }
}

/// Chunks as they come, sorted by their lower bounds.
#[derive(Debug, Default)]
pub struct Loading {
    table: Table,
    open: Block,
}

impl Loading {
    /// The next chunk; false where it does not come after the one before, or there are too many shards.
    #[must_use]
    pub fn push(&mut self, min: &[u8], shard: &str, jumbo: bool) -> bool {
        let Some(shard) = self.table.shard(shard) else { return false };
        if self.last().is_some_and(|last| order(last, min) != Ordering::Less) {
            return false;
        }
        if self.open.len() == BLOCK {
            self.close();
        }
        self.open.push(min, Owner::new(shard, jumbo));
        self.table.len += 1;
        true
    }

    /// The lower bound of the last one.
    pub fn last(&self) -> Option<&[u8]> {
        match self.open.len() {
            0 => self.table.blocks.last().map(|block| block.key(block.len() - 1)),
            length => Some(self.open.key(length - 1)),
        }
    }

    pub fn len(&self) -> usize {
        self.table.len
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn bytes(&self) -> usize {
        self.table.bytes() + self.open.bytes()
    }

    pub fn finish(mut self) -> Table {
        self.close();
        self.table
    }

    fn close(&mut self) {
        if self.open.len() > 0 {
            self.table.blocks.push(std::mem::take(&mut self.open).slim());
        }
    }
}

/// Chunks that take the place of others.
#[derive(Default)]
struct Fresh(Block);

impl Fresh {
    fn push(&mut self, key: &[u8], owner: Owner) {
        self.0.push(key, owner);
    }

    /// In blocks of about the same size.
    fn blocks(self) -> Vec<Arc<Block>> {
        let whole = self.0;
        if whole.len() <= BLOCK {
            return vec![whole.slim()];
        }
        let size = whole.len().div_ceil(whole.len().div_ceil(BLOCK));
        let mut blocks = Vec::new();
        for from in (0..whole.len()).step_by(size) {
            let mut block = Block::default();
            for place in from..(from + size).min(whole.len()) {
                block.push(whole.key(place), whole.owners[place]);
            }
            blocks.push(block.slim());
        }
        blocks
    }
}

#[cfg(test)]
mod tests;
