//! Reading a journal back, up to its end or to where it is torn.

use std::collections::HashSet;
use std::io::{self, BufRead, BufReader, Read as _};

use super::{ANSWERED, Entry, Folder, HEAD, KEYS, LONGEST_BLOCK, NEVER, checksum};
use crate::caching::bulk::model::Counts;

/// What a journal says as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// Keys that were written down.
    pub keys: i64,
    /// Keys of the portions that were written down and never answered.
    pub open: i64,
    /// What had come of all keys with the last answer.
    pub counts: Counts,
    /// It does not end where a portion ends.
    pub torn: bool,
}

/// Reads a job's journal. `each` gets every key with the place of its node and whether its portion was answered, in the
/// order in which they were written; it says whether to go on. None where the journal is gone.
///
/// # Errors
/// When the disk fails.
pub fn read(
    folder: &Folder,
    record: i64,
    mut each: impl FnMut(u16, bool, Entry<'_>) -> bool,
) -> io::Result<Option<Read>> {
    let mut read = Read::default();
    let mut answered = HashSet::new();
    let Some(file) = folder.open(record) else { return Ok(None) };
    read.torn = blocks(file, |kind, block| {
        if kind == ANSWERED
            && let Some((portion, counts)) = answer(block)
        {
            answered.insert(portion);
            read.counts = counts;
        }
        true
    })?;
    let Some(file) = folder.open(record) else { return Ok(None) };
    blocks(file, |kind, block| kind != KEYS || portion(block, &answered, &mut read, &mut each).unwrap_or(false))?;
    Ok(Some(read))
}

fn portion(
    mut block: &[u8],
    answered: &HashSet<u32>,
    read: &mut Read,
    each: &mut impl FnMut(u16, bool, Entry<'_>) -> bool,
) -> Option<bool> {
    let number = u32::from_le_bytes(*take(&mut block)?);
    let node = u16::from_le_bytes(*take(&mut block)?);
    let now = i64::from_le_bytes(*take(&mut block)?);
    let known = answered.contains(&number);
    while !block.is_empty() {
        let length = usize::try_from(varint(&mut block)?).ok()?;
        let (key, rest) = block.split_at_checked(length)?;
        block = rest;
        let (former, set) = (moment(&mut block, now)?, moment(&mut block, now)?);
        read.keys += 1;
        read.open += i64::from(!known);
        if !each(node, known, Entry { key, former, set }) {
            return Some(false);
        }
    }
    Some(true)
}

fn answer(mut block: &[u8]) -> Option<(u32, Counts)> {
    let portion = u32::from_le_bytes(*take(&mut block)?);
    let mut next = || i64::try_from(varint(&mut block)?).ok();
    let counts = Counts {
        looked: next()?,
        matched: next()?,
        changed: next()?,
        refused: next()?,
        vanished: next()?,
        denied: next()?,
        unsure: next()?,
        before: next()?,
    };
    Some((portion, counts))
}

/// Hands out each block until one is not whole. Whether there is such a one.
fn blocks(file: std::fs::File, mut each: impl FnMut(u8, &[u8]) -> bool) -> io::Result<bool> {
    let mut file = BufReader::with_capacity(256 * 1024, file);
    let mut block = Vec::new();
    loop {
        if file.fill_buf()?.is_empty() {
            return Ok(false);
        }
        let mut head = [0; HEAD];
        if file.read_exact(&mut head).is_err() {
            return Ok(true);
        }
        let [kind, length @ ..] = &head[..5] else { return Ok(true) };
        let length = length.try_into().map_or(u32::MAX, u32::from_le_bytes);
        let sum = head[5..].try_into().map_or(0, u64::from_le_bytes);
        if length > LONGEST_BLOCK {
            return Ok(true);
        }
        block.clear();
        let read = file.by_ref().take(u64::from(length)).read_to_end(&mut block)?;
        if read < length as usize || checksum(&block) != sum {
            return Ok(true);
        }
        if !each(*kind, &block) {
            return Ok(false);
        }
    }
}

fn take<'a, const N: usize>(block: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (first, rest) = block.split_first_chunk()?;
    *block = rest;
    Some(first)
}

fn varint(block: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for place in (0..64).step_by(7) {
        let [byte] = *take(block)?;
        number |= u64::from(byte & 0x7f) << place;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

fn moment(block: &mut &[u8], now: i64) -> Option<i64> {
    let number = varint(block)?;
    let Some(folded) = number.checked_sub(1) else { return Some(NEVER) };
    let distance = (folded >> 1) as i64 ^ -((folded & 1) as i64);
    Some(now.wrapping_add(distance))
}
