//! Pickles that were made to harm whoever reads them.

use std::time::{Duration, Instant};

use super::whole;
use crate::caching::format::Format;
use crate::caching::format::model::LONGEST_TEXT;

fn bounded(bytes: &[u8]) -> super::Looked {
    let start = Instant::now();
    let looked = whole(bytes);
    assert!(start.elapsed() < Duration::from_secs(5), "it took {:?}", start.elapsed());
    assert!(looked.text.len() <= LONGEST_TEXT + 64);
    assert!(!looked.editable && looked.why_not.is_some(), "{}", looked.text);
    looked
}

#[test]
fn a_call_is_told_and_not_made() {
    let looked = bounded(b"\x80\x04cposix\nsystem\n\x8c\x10touch /tmp/pwned\x85R.");
    assert_eq!(looked.text, "<posix.system 'touch /tmp/pwned'>");
    assert_eq!(looked.format, Format::Pickle(4));
}

#[test]
fn lists_of_lists_of_lists_end_with_words() {
    // Each level holds the one before ten times: a hundred levels would be 10 to the power of 100 entries.
    let mut bytes = b"\x80\x04]\x94".to_vec();
    for level in 0..100u8 {
        bytes.extend(b"](");
        bytes.extend([b'h', level].repeat(10));
        bytes.extend(b"e\x94");
    }
    bytes.push(b'.');
    bounded(&bytes);
}

#[test]
fn lengths_that_are_not_there_end_with_words() {
    for opcode in [
        &b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f"[..],
        b"\x8d\xff\xff\xff\xff\xff\xff\xff\xff",
        b"X\xff\xff\xff\xff",
        b"\x8b\xff\xff\xff\xff",
    ] {
        bounded(&[b"\x80\x04", opcode, b"abc."].concat());
    }
}

#[test]
fn what_holds_itself_ends_with_words() {
    bounded(b"\x80\x04]\x94h\x00a.");
    bounded(b"\x80\x04}\x94X\x01\x00\x00\x00ah\x00s.");
}

#[test]
fn depth_without_end_ends_with_words() {
    let deep = |opcode: &[u8], times: usize| [b"\x80\x04N", opcode.repeat(times).as_slice(), b"."].concat();
    bounded(&deep(b"\x85", 150_000));
    bounded(&deep(b"\x85", 3_000_000));
    // Zones within zones, through the values that are shown as one would type them.
    let zone = b"cdatetime\ntimezone\nh\x00\x85R\x94";
    let mut bytes = b"\x80\x04N\x94".to_vec();
    for level in 0..20_000u32 {
        bytes.extend(b"cdatetime\ntimezone\nj");
        bytes.extend(level.to_le_bytes());
        bytes.extend(b"\x85R\x94");
    }
    bytes.push(b'.');
    assert!(zone.len() < bytes.len());
    bounded(&bytes);
}

#[test]
fn a_shared_part_that_is_copied_often_ends_with_words() {
    // One list of 100,000, made a set again and again; one long text made bytes, used as a name, and repeated.
    let list = [b"\x80\x04](", b"N".repeat(100_000).as_slice(), b"e\x94"].concat();
    let again = b"c__builtin__\nset\nh\x00\x85R0".repeat(20_000);
    bounded(&[list.as_slice(), &again, b"N"].concat());
    let text = [&b"\x80\x04X\x00\x00\x10\x00"[..], "a".repeat(1 << 20).as_bytes(), b"\x94\x8c\x06latin1\x94"].concat();
    let encode = b"c_codecs\nencode\nh\x00h\x01\x86R0".repeat(20_000);
    bounded(&[text.as_slice(), &encode].concat());
    bounded(&[text.as_slice(), &b"h\x00h\x00\x930".repeat(100_000)].concat());
    bounded(&[text.as_slice(), b"](", &b"h\x00".repeat(100_000), b"e."].concat());
}

#[test]
fn work_that_the_bytes_do_not_bound_ends_with_words() {
    // Whole numbers whose digits cost the square of their length.
    let long = [&b"\x8b\x40\x06\x00\x00"[..], [0x7fu8; 1_600].as_slice(), b"0"].concat();
    bounded(&[b"\x80\x04", long.repeat(2_000).as_slice(), b"N."].concat());
    // A long name that is used a hundred thousand times.
    let name = [&b"\x80\x04X\xe8\x03\x00\x00"[..], "a".repeat(1_000).as_bytes(), b"\x94\x8c\x00\x94"].concat();
    bounded(&[name.as_slice(), &b"h\x00h\x01\x930".repeat(100_000), b"."].concat());
    // An object that is given itself a million times.
    let own = [&b"\x80\x04cposix\nsystem\n)R\x94"[..], &b"h\x00b".repeat(1_000_000), b"."].concat();
    bounded(&own);
}

#[test]
fn json_of_millions_of_parts_ends_with_words() {
    let many = format!("[{}0]", "0,".repeat(1_000_000));
    bounded(&crate::caching::format::zlib::pack(many.into_bytes()));
}

#[test]
fn a_value_that_unpacks_to_gigabytes_ends_with_words() {
    let bomb = crate::caching::format::zlib::pack(vec![b'['; 64 * 1024 * 1024]);
    assert!(bomb.len() < 100_000);
    bounded(&bomb);
}

#[test]
fn damage_is_told() {
    for bytes in [
        &b"\x80\x04"[..],
        b"\x80\x04.",
        b"\x80\x05N",
        b"\x80\x04h\x07.",
        b"\x80\x04(.",
        b"\x80\x04Ns.",
        b"\x80\x04N.N",
        b"\x80\x04\xff",
    ] {
        let looked = bounded(bytes);
        assert!(matches!(looked.format, Format::Pickle(_)));
    }
}
