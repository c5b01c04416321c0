//! Folds chunks into strips: neighbours of one owner are one strip, and where there would be too many strips, short ones
//! are put together while long ones stand alone.

use std::ops::Range;

use super::table::{Owner, Table};

/// Neighbouring chunks, by their places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    pub first: usize,
    pub chunks: usize,
    pub jumbo: usize,
    /// Places of shards with how many chunks each has, the lowest place first.
    pub owners: Vec<(u16, usize)>,
}

impl Folded {
    fn begin(first: usize) -> Self {
        Self { first, chunks: 0, jumbo: 0, owners: Vec::new() }
    }

    fn add(&mut self, shard: u16, chunks: usize, jumbo: usize) {
        self.chunks += chunks;
        self.jumbo += jumbo;
        match self.owners.binary_search_by_key(&shard, |(shard, _)| *shard) {
            Ok(place) => self.owners[place].1 += chunks,
            Err(place) => self.owners.insert(place, (shard, chunks)),
        }
    }
}

/// The chunks of a part as at most `most` strips. A part of no more than `single` chunks is told chunk by chunk.
pub fn fold(table: &Table, range: Range<usize>, most: usize, single: usize) -> Vec<Folded> {
    let range = range.start.min(table.len())..range.end.min(table.len());
    if range.len() <= single {
        let each = table.owners(range.clone()).enumerate();
        return each.map(|(place, owner)| one(range.start + place, owner)).collect();
    }
    let runs = runs(table, range.clone(), most);
    runs.unwrap_or_else(|| mixed(table, range, most))
}

fn one(first: usize, owner: Owner) -> Folded {
    let mut folded = Folded::begin(first);
    folded.add(owner.shard(), 1, usize::from(owner.is_jumbo()));
    folded
}

/// One strip for each run of one owner; none where there are too many.
fn runs(table: &Table, range: Range<usize>, most: usize) -> Option<Vec<Folded>> {
    let mut strips = Vec::new();
    for run in Runs::of(table, range) {
        if strips.len() == most {
            return None;
        }
        let mut strip = Folded::begin(run.first);
        strip.add(run.shard, run.chunks, run.jumbo);
        strips.push(strip);
    }
    Some(strips)
}

/// A run that is long enough stands alone; between such runs, neighbours are put together until they are as long. There
/// are no more than two strips for each such length, so it is chosen for half of what is allowed.
fn mixed(table: &Table, range: Range<usize>, most: usize) -> Vec<Folded> {
    let enough = range.len().div_ceil((most / 2).max(2) - 1);
    let mut strips = Vec::with_capacity(most);
    let mut open: Option<Folded> = None;
    for run in Runs::of(table, range) {
        if open.as_ref().is_some_and(|open| open.chunks >= enough || run.chunks >= enough) {
            strips.extend(open.take());
        }
        open.get_or_insert_with(|| Folded::begin(run.first)).add(run.shard, run.chunks, run.jumbo);
    }
    strips.extend(open);
    strips
}

/// Where chunks of a part are too big to move, counted from its first one: the middles of at most `most` pieces of it.
pub fn marks(table: &Table, range: Range<usize>, most: usize) -> Vec<usize> {
    let each = range.len().div_ceil(most.max(1)).max(1);
    let mut marks: Vec<usize> = Vec::new();
    for (place, owner) in table.owners(range).enumerate() {
        let middle = place / each * each + each / 2;
        if owner.is_jumbo() && marks.last() != Some(&middle) {
            marks.push(middle);
        }
    }
    marks
}

/// Neighbouring chunks of one shard.
struct Run {
    first: usize,
    chunks: usize,
    jumbo: usize,
    shard: u16,
}

struct Runs<I: Iterator<Item = Owner>> {
    owners: std::iter::Peekable<I>,
    place: usize,
}

impl Runs<std::iter::Empty<Owner>> {
    fn of(table: &Table, range: Range<usize>) -> Runs<impl Iterator<Item = Owner>> {
        Runs { place: range.start, owners: table.owners(range).peekable() }
    }
}

impl<I: Iterator<Item = Owner>> Iterator for Runs<I> {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        let owner = self.owners.next()?;
        let mut run = Run { first: self.place, chunks: 1, jumbo: usize::from(owner.is_jumbo()), shard: owner.shard() };
        while let Some(next) = self.owners.next_if(|next| next.shard() == run.shard) {
            run.chunks += 1;
            run.jumbo += usize::from(next.is_jumbo());
        }
        self.place += run.chunks;
        Some(run)
    }
}
