//! What a job found before it changed anything: a file for each, below the console's state directory. Each portion of
//! keys is written before it is sent, and after the answer that it was answered, so that a console that is killed knows
//! what it may have done. A key takes some 25 bytes beside its name.

mod read;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

pub use self::read::{Read, read};
use crate::caching::bulk::model::{Counts, JobView};
use crate::error::{AppError, Kind};
use crate::words;

/// Bytes of one journal at most: some 8 million keys. A job that would need more stops.
pub const LONGEST: u64 = 384 * 1024 * 1024;
/// Bytes of all journals together at most; the oldest goes first.
const ALL_TOGETHER: u64 = 1024 * 1024 * 1024;
/// Days that a journal is kept.
pub const DAYS: u64 = 7;

/// No time to live, as the server says it.
pub const NEVER: i64 = -1;

/// The folder of the journals.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Below a state directory. Made with the first journal.
    pub fn below(state: &Path) -> Self {
        Self(state.join("bulk"))
    }

    fn journal(&self, record: i64) -> PathBuf {
        self.0.join(format!("{record}.journal"))
    }

    fn view(&self, record: i64) -> PathBuf {
        self.0.join(format!("{record}.json"))
    }

    /// What was last written of a job; none where nothing is known of it. Its journal may be gone.
    pub fn find(&self, record: i64) -> Option<JobView> {
        let text = fs::read(self.view(record)).ok()?;
        let view: JobView = serde_json::from_slice(&text).ok()?;
        let bytes = fs::metadata(self.journal(record)).ok().map(|it| i64::try_from(it.len()).unwrap_or(i64::MAX));
        Some(JobView { journal: bytes, ..view })
    }

    /// Writes what is known of a job, whole or not at all.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn keep(&self, view: &JobView) -> io::Result<()> {
        self.make()?;
        let (path, part) = (self.view(view.record), self.0.join(format!("{}.part", view.record)));
        let mut file = private(OpenOptions::new().write(true).create(true).truncate(true), &part)?;
        file.write_all(&serde_json::to_vec(view)?)?;
        fs::rename(part, path)
    }

    /// Reads a job's journal in portions; none where it is gone.
    pub fn open(&self, record: i64) -> Option<File> {
        File::open(self.journal(record)).ok()
    }

    /// Begins a journal.
    ///
    /// # Errors
    /// When the disk fails; then nothing may be sent.
    pub fn begin(&self, record: i64) -> io::Result<Writer> {
        self.make()?;
        let file = private(OpenOptions::new().create_new(true).append(true), &self.journal(record))?;
        Ok(Writer { file, buffer: Vec::with_capacity(32 * 1024), written: 0, next: 0 })
    }

    /// Remembers with a job that this record goes on with it, or takes it back.
    pub fn follow(&self, record: i64, later: i64) {
        let Some(view) = self.find(record) else { return };
        if let Err(error) = self.keep(&JobView { later: Some(later), ..view }) {
            tracing::warn!(record, %error, "what follows a bulk job could not be kept");
        }
    }

    /// Removes what is older than [`DAYS`], and the oldest beyond what all may take together. What is known of the jobs
    /// stays, but their way back is gone. The journal of a job that runs or waits stays in any case.
    pub fn tidy(&self) {
        let Ok(entries) = fs::read_dir(&self.0) else { return };
        let journals = entries.flatten().filter(|it| it.path().extension().is_some_and(|it| it == "journal"));
        let mut found: Vec<(SystemTime, u64, PathBuf)> = journals
            .filter_map(|it| {
                let about = it.metadata().ok()?;
                Some((about.modified().ok()?, about.len(), it.path()))
            })
            .collect();
        found.sort();
        let mut all: u64 = found.iter().map(|(_, bytes, _)| bytes).sum();
        for (modified, bytes, path) in found {
            let old = modified.elapsed().is_ok_and(|age| age > Duration::from_secs(DAYS * 86_400));
            if (old || all > ALL_TOGETHER) && !self.is_open(&path) && fs::remove_file(path).is_ok() {
                all -= bytes;
            }
        }
    }

    /// Whether the job of this journal has no end yet.
    fn is_open(&self, journal: &Path) -> bool {
        let record = journal.file_stem().and_then(|it| it.to_str()).and_then(|it| it.parse().ok());
        record.and_then(|it| self.find(it)).is_some_and(|it| it.end.is_none())
    }

    fn make(&self) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0)
    }
}

fn private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    options.mode(0o600).open(path)
}

/// The disk failed.
pub fn failed(error: &io::Error) -> AppError {
    AppError {
        incident: Some(crate::server::incident(error, "the journal of a bulk job")),
        ..AppError::new(
            Kind::Internal,
            words!(
                "The job's journal could not be written, so nothing more was sent.",
                "작업 저널을 쓸 수 없어 더 이상 전송하지 않았습니다."
            ),
            words!("Look at the disk of the console's state directory.", "콘솔 상태 디렉터리의 디스크를 확인하세요."),
        )
    }
}

/// A journal cannot be read, or is gone.
pub fn unread(error: &io::Error) -> AppError {
    AppError {
        incident: Some(crate::server::incident(error, "reading the journal of a bulk job")),
        ..AppError::new(
            Kind::Internal,
            words!("The job's journal could not be read.", "작업 저널을 읽을 수 없습니다."),
            words!("Look at the disk of the console's state directory.", "콘솔 상태 디렉터리의 디스크를 확인하세요."),
        )
    }
}

/// One key: when it died before, and when it dies now, in milliseconds since 1970 or [`NEVER`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    pub key: &'a [u8],
    pub former: i64,
    pub set: i64,
}

const KEYS: u8 = 1;
const ANSWERED: u8 = 2;
/// Kind, length, checksum.
const HEAD: usize = 13;
/// A portion of 250 of the longest keys that a server may have in one is far below it.
const LONGEST_BLOCK: u32 = 256 * 1024 * 1024;

/// A journal that is being written.
pub struct Writer {
    file: File,
    buffer: Vec<u8>,
    written: u64,
    next: u32,
}

impl Writer {
    /// Writes a portion of keys of the node with this place among the target's. Gives its number.
    ///
    /// # Errors
    /// When the disk fails, or the journal has become too long; then the portion may not be sent.
    pub fn keys(&mut self, node: u16, now: i64, entries: &[Entry<'_>]) -> io::Result<u32> {
        if self.written > LONGEST {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the journal is full"));
        }
        let number = self.next;
        self.next += 1;
        self.block(KEYS, |out| {
            out.extend_from_slice(&number.to_le_bytes());
            out.extend_from_slice(&node.to_le_bytes());
            out.extend_from_slice(&now.to_le_bytes());
            for entry in entries {
                varint(out, entry.key.len() as u64);
                out.extend_from_slice(entry.key);
                moment(out, now, entry.former);
                moment(out, now, entry.set);
            }
        })?;
        Ok(number)
    }

    /// Writes that a portion was answered, and what has come of all keys up to now.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn answered(&mut self, portion: u32, counts: &Counts) -> io::Result<()> {
        let Counts { looked, matched, changed, refused, vanished, denied, unsure, before } = *counts;
        self.block(ANSWERED, |out| {
            out.extend_from_slice(&portion.to_le_bytes());
            for number in [looked, matched, changed, refused, vanished, denied, unsure, before] {
                varint(out, number.unsigned_abs());
            }
        })
    }

    /// A write goes to the kernel's memory and takes some microseconds; handing it to another thread would take longer.
    fn block(&mut self, kind: u8, fill: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        self.buffer.clear();
        self.buffer.resize(HEAD, 0);
        fill(&mut self.buffer);
        let length = u32::try_from(self.buffer.len() - HEAD).map_err(io::Error::other)?;
        let sum = checksum(&self.buffer[HEAD..]);
        self.buffer[0] = kind;
        self.buffer[1..5].copy_from_slice(&length.to_le_bytes());
        self.buffer[5..HEAD].copy_from_slice(&sum.to_le_bytes());
        self.written += self.buffer.len() as u64;
        self.file.write_all(&self.buffer)
    }

    /// Makes sure that it outlasts the machine too.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

/// FNV-1a of 64 bits, by eight bytes at a time: it is to find a torn end, not a forger.
fn checksum(bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(0xcbf2_9ce4_8422_2325, |sum: u64, word| {
        let mixed = (sum ^ u64::from_le_bytes(*word)).wrapping_mul(PRIME);
        mixed ^ (mixed >> 32)
    });
    rest.iter().fold(sum, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(PRIME))
}

fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number as u8) | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// A moment beside another: 0 is never, all else the distance plus one with its sign in the lowest bit.
fn moment(out: &mut Vec<u8>, now: i64, at: i64) {
    if at < 0 {
        varint(out, 0);
        return;
    }
    let distance = at.wrapping_sub(now);
    varint(out, (((distance << 1) ^ (distance >> 63)) as u64).wrapping_add(1));
}

#[cfg(test)]
mod tests;
