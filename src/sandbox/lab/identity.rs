//! A system identifier of its own for a copied server: it is what tells servers apart that are not each other's standby.

use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use crate::sandbox::memory::random_hex;

/// Where the first page of a WAL file carries the identifier, in every version.
const IN_WAL: u64 = 24;

/// Gives a new identifier to data that was initialised and has never been started: it stands at the beginning of
/// `pg_control`, which has a checksum at the end, and in the only WAL file, which has none there.
pub(super) fn renew(data: &Path) {
    let control = data.join("global/pg_control");
    let mut bytes = fs::read(&control).expect("a server's data");
    let end = checksum_place(&bytes).expect("a checksum in pg_control");
    let random = u32::from_str_radix(&random_hex::<4>().expect("random numbers"), 16).expect("hexadecimal digits");
    for (byte, new) in bytes.iter_mut().zip(random.to_le_bytes()) {
        *byte ^= new;
    }
    let sum = crc32c(&bytes[..end]);
    bytes[end..end + 4].copy_from_slice(&sum.to_le_bytes());
    overwrite(&control, 0, &bytes);
    let wal = data.join("pg_wal/000000010000000000000001");
    overwrite(&wal, IN_WAL, &bytes[..8]);
}

/// The length of `pg_control` up to its checksum differs between versions; only at the right one is the sum right.
fn checksum_place(bytes: &[u8]) -> Option<usize> {
    let sum_at = |end: usize| bytes.get(end..end + 4).is_some_and(|it| it == crc32c(&bytes[..end]).to_le_bytes());
    (200..400).step_by(4).find(|end| sum_at(*end))
}

/// The checksum that PostgreSQL uses (Castagnoli's).
fn crc32c(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _| (sum >> 1) ^ (0x82F6_3B78 * (sum & 1));
    !bytes.iter().fold(!0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
}

fn overwrite(path: &Path, at: u64, bytes: &[u8]) {
    let mut file = OpenOptions::new().write(true).open(path).expect("a file of the data");
    file.seek(SeekFrom::Start(at)).and_then(|_| file.write_all(bytes)).expect("written");
}

#[test]
fn the_checksum_is_the_one_that_postgresql_uses() {
    assert_eq!(crc32c(b"123456789"), 0xE306_9283);
}
