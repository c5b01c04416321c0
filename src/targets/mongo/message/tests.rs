use bson::{Bson, Document, doc};
use proptest::prelude::*;

use super::*;

fn bytes(document: &Document) -> Vec<u8> {
    document.to_vec().expect("it fits BSON")
}

fn message(flags: i32, sections: &[u8]) -> Vec<u8> {
    let length = i32::try_from(HEADER + 4 + sections.len()).expect("a short message");
    let mut message = [length, 1, 1, OP_MSG, flags].map(i32::to_le_bytes).concat();
    message.extend(sections);
    message
}

/// A reply with one document.
fn reply(document: &[u8]) -> Vec<u8> {
    message(0, &[&[0], document].concat())
}

/// A section with several documents.
fn sequence(documents: &[u8]) -> Vec<u8> {
    let length = i32::try_from(4 + 2 + documents.len()).expect("a short section");
    [&[1], &length.to_le_bytes()[..], b"n\0", documents].concat()
}

/// So many levels of documents (type 3) or arrays (type 4) in each other.
fn nested(levels: usize, kind: u8) -> Vec<u8> {
    let mut document = Vec::new();
    for inner in (1..levels).rev() {
        document.extend(i32::try_from(5 + 8 * inner).expect("a short document").to_le_bytes());
        document.extend([kind, b'a', 0]);
    }
    document.extend([5, 0, 0, 0]);
    document.resize(document.len() + levels, 0);
    document
}

fn with_every_type() -> Document {
    doc! {
        "double": 1.5, "text": "x", "inner": { "a": 1 }, "list": [1, { "b": [2] }],
        "binary": bson::Binary { subtype: bson::spec::BinarySubtype::Generic, bytes: vec![1, 2, 3] },
        "undefined": Bson::Undefined, "id": bson::oid::ObjectId::new(), "yes": true, "when": bson::DateTime::now(),
        "null": null, "min": Bson::MinKey, "max": Bson::MaxKey,
        "regex": bson::Regex { pattern: "a".try_into().expect("no zero"), options: "i".try_into().expect("no zero") },
        "code": Bson::JavaScriptCode("f()".into()), "symbol": Bson::Symbol("s".into()),
        "scoped": bson::JavaScriptCodeWithScope { code: "f()".into(), scope: doc! { "c": { "d": 1 } } },
        "int": 1_i32, "stamp": bson::Timestamp { time: 1, increment: 2 }, "long": 1_i64,
        "decimal": bson::Decimal128::from_bytes([1; 16]),
    }
}

#[test]
fn a_document_with_every_type_passes() {
    assert_eq!(check(&reply(&bytes(&with_every_type()))), Ok(()));
    let pointer = b"\x1c\0\0\0\x0cp\0\x04\0\0\0a.b\0ABCDEFGHIJKL\0";
    assert_eq!(check(&reply(pointer)), Ok(()), "DBPointer");
}

#[test]
fn two_hundred_levels_pass_and_one_more_does_not() {
    for kind in [3, 4] {
        assert_eq!(check(&reply(&nested(200, kind))), Ok(()));
        assert_eq!(check(&reply(&nested(201, kind))), Err(Flaw::Depth));
        assert_eq!(check(&reply(&nested(100_000, kind))), Err(Flaw::Depth));
    }
}

#[test]
fn code_with_a_scope_is_a_level_and_its_lengths_must_agree() {
    let scoped = |levels: usize, total: i32| {
        let scope = nested(levels, 3);
        let total = i32::try_from(10 + scope.len()).expect("a short scope") + total;
        let value = [&total.to_le_bytes()[..], &[2, 0, 0, 0], b"f\0", &scope].concat();
        let length = i32::try_from(value.len() + 8).expect("a short document");
        reply(&[&length.to_le_bytes()[..], &[0x0f], b"a\0", &value, &[0]].concat())
    };
    assert_eq!(check(&scoped(199, 0)), Ok(()));
    assert_eq!(check(&scoped(200, 0)), Err(Flaw::Depth));
    for lie in [-1, 1] {
        assert_eq!(check(&scoped(1, lie)), Err(Flaw::Bounds));
    }
}

#[test]
fn every_document_of_a_sequence_is_checked() {
    let good = bytes(&doc! { "a": 1 });
    assert_eq!(check(&message(0, &sequence(&[&good[..], &good].concat()))), Ok(()));
    assert_eq!(check(&message(0, &sequence(&[&good[..], &nested(201, 3)].concat()))), Err(Flaw::Depth));
    assert_eq!(check(&message(0, &sequence(&good[..good.len() - 1]))), Err(Flaw::Bounds));
    assert_eq!(check(&message(0, &[2])), Err(Flaw::Section(2)));
}

#[test]
fn the_checksum_is_no_section() {
    let section = [&[0][..], &bytes(&doc! { "a": 1 }), &[7; 4]].concat();
    assert_eq!(check(&message(CHECKSUM, &section)), Ok(()));
    assert_eq!(check(&message(0, &section)), Err(Flaw::Section(7)));
}

#[test]
fn a_message_that_ends_early_or_lies_about_a_length_is_refused() {
    let whole = reply(&bytes(&with_every_type()));
    for end in HEADER..whole.len() {
        // With no section at all it is empty, which the driver itself refuses.
        assert!(check(&whole[..end]).is_err() || end == HEADER + 4, "cut at {end}");
    }
    for lie in [-1, 0, 4, 6, i32::MAX] {
        let document = [&lie.to_le_bytes()[..], &[0]].concat();
        assert_eq!(check(&reply(&document)), Err(Flaw::Bounds), "a length of {lie}");
    }
    assert_eq!(check(&reply(b"\x08\0\0\0\x20a\0\0")), Err(Flaw::Type(0x20)));
}

#[test]
fn a_header_is_refused_for_its_length_or_its_kind() {
    let header = |length: i32, opcode: i32| length_of([length, 1, 1, opcode]);
    assert_eq!(header(16, OP_MSG), Ok(16));
    assert_eq!(header(48_016_384, OP_MSG), Ok(LONGEST));
    for wrong in [i32::MIN, 0, 15, 48_016_385, 1 << 30] {
        assert_eq!(header(wrong, OP_MSG), Err(Flaw::Length(wrong)));
    }
    for wrong in [1, 2004, 2012] {
        assert_eq!(header(100, wrong), Err(Flaw::Opcode(wrong)));
    }
}

fn length_of(header: [i32; 4]) -> Result<usize, Flaw> {
    length(&header.map(i32::to_le_bytes).concat())
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(noise in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = length(&noise);
        let _ = check(&noise);
        let _ = check(&reply(&noise));
    }

    #[test]
    fn no_changed_byte_makes_it_panic(at in 0_usize..400, to: u8) {
        let mut message = reply(&bytes(&with_every_type()));
        let at = at % message.len();
        message[at] = to;
        let _ = check(&message);
    }
}
