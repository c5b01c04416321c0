//! Compressed values, as django-redis' compressor writes them.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

/// Bytes that are unpacked at most: a small value can unpack to a thousand times its size.
const MOST: u64 = 4 * 1024 * 1024;

/// Values that are not longer are stored as they are (`CompressorSettings.min_length` of django-redis).
const SHORTEST: usize = 15;

/// What unpacking gave.
pub(super) struct Unpacked {
    pub(super) bytes: Vec<u8>,
    /// Whether that is all.
    pub(super) whole: bool,
}

/// Whether the first two bytes are those of zlib with a window of 32 KiB.
pub(super) fn begins(bytes: &[u8]) -> bool {
    matches!(bytes, [0x78, second, ..] if (0x7800 | u16::from(*second)).is_multiple_of(31) && second & 0x20 == 0)
}

/// Unpacks; none where it is not zlib. What was cut is unpacked as far as it goes.
pub(super) fn unpack(packed: &[u8], whole: bool) -> Option<Unpacked> {
    if !begins(packed) {
        return None;
    }
    let mut decoder = ZlibDecoder::new(packed);
    let mut bytes = Vec::new();
    let mut window = [0; 8 * 1024];
    loop {
        match decoder.read(&mut window) {
            Ok(0) => {
                // Python refuses what is followed by something else no more than this; to us it is not the same value.
                let all = decoder.total_in() == packed.len() as u64;
                return (all || !whole).then_some(Unpacked { bytes, whole: whole && all });
            }
            Ok(count) => bytes.extend_from_slice(&window[..count]),
            Err(_) => return (!whole && !bytes.is_empty()).then_some(Unpacked { bytes, whole: false }),
        }
        if bytes.len() as u64 > MOST {
            return Some(Unpacked { bytes, whole: false });
        }
    }
}

/// Packs as django-redis does: with Python's usual level, and not where it is not worth it.
pub(super) fn pack(bytes: Vec<u8>) -> Vec<u8> {
    if bytes.len() <= SHORTEST {
        return bytes;
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
    // Writing into memory cannot fail.
    match encoder.write_all(&bytes).and_then(|()| encoder.finish()) {
        Ok(packed) => packed,
        Err(_) => bytes,
    }
}
