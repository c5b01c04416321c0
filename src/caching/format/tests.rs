//! What is told of bytes of any kind, and what reads back.

use proptest::prelude::*;

use super::model::LONGEST_TEXT;
use super::plain::Plain;
use super::{Format, Looked, look, written};

mod hostile;
mod names;
mod pickles;

fn whole(bytes: &[u8]) -> Looked {
    look(bytes, true)
}

fn plain() -> impl Strategy<Value = Plain> {
    let leaf = prop_oneof![
        Just(Plain::Null),
        any::<bool>().prop_map(Plain::Bool),
        any::<i64>().prop_map(|it| Plain::Int(it.to_string())),
        "-?[1-9][0-9]{18,50}".prop_map(Plain::Int),
        (-1e300..1e300).prop_map(Plain::Float),
        ".{0,20}".prop_map(Plain::Text),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Plain::List),
            prop::collection::btree_map(".{0,8}", inner, 0..6).prop_map(|it| Plain::Dict(it.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_are_shown_within_bounds(bytes in prop::collection::vec(any::<u8>(), 0..400), all in any::<bool>()) {
        let looked = look(&bytes, all);
        prop_assert!(looked.text.len() <= LONGEST_TEXT + 64);
        prop_assert_eq!(looked.editable, looked.edit.is_some());
        prop_assert!(looked.editable || looked.why_not.is_some());
    }

    #[test]
    fn bytes_after_the_beginning_of_a_pickle_are_shown_within_bounds(mut bytes in prop::collection::vec(any::<u8>(), 0..400), protocol in 2u8..=5) {
        bytes.splice(0..0, [0x80, protocol]);
        prop_assert!(look(&bytes, true).text.len() <= LONGEST_TEXT + 64);
    }

    #[test]
    fn what_is_written_reads_back(value in plain(), protocol in 2u8..=5) {
        let json = value.to_json();
        let packed = Format::Zlib(Box::new(Format::Json));
        for format in [Format::Pickle(protocol), Format::Json, packed, Format::Zlib(Box::new(Format::Pickle(protocol)))] {
            let bytes = written(&format, &json).expect("every such format holds plain data");
            let back = whole(&bytes);
            prop_assert_eq!(back.edit.as_deref(), Some(json.as_str()), "{:?}", format);
            let short = bytes.len() <= 15;
            prop_assert!(back.format == format || matches!(value, Plain::Int(_)) || short, "{:?}", back.format);
        }
        // Whole numbers above 64 bits are refused, nothing else is.
        if let Ok(bytes) = written(&Format::Msgpack, &json) {
            let back = whole(&bytes);
            if back.format == Format::Msgpack {
                prop_assert_eq!(back.edit, Some(json));
            }
        }
    }

    #[test]
    fn text_is_written_as_it_is(text in "[a-z][ -~가-힣\n]{0,50}") {
        let looked = whole(text.as_bytes());
        if looked.format == Format::Text {
            prop_assert_eq!(written(&Format::Text, &looked.edit.expect("editable")).expect("text"), text.into_bytes());
        }
    }
}

#[test]
fn a_format_is_told_by_its_bytes() {
    let format = |bytes: &[u8]| whole(bytes).format;
    assert_eq!(format(b"42"), Format::Integer);
    assert_eq!(format(b"-7"), Format::Integer);
    assert_eq!(format(b"{\"a\": 1}"), Format::Json);
    assert_eq!(format(b"1.5"), Format::Json);
    assert_eq!(format(b"null"), Format::Json);
    assert_eq!(format(b"hello"), Format::Text);
    assert_eq!(format("안녕".as_bytes()), Format::Text);
    assert_eq!(format(b"nullify"), Format::Text);
    assert_eq!(format(b"x^2 + y^2"), Format::Text);
    assert_eq!(format(b""), Format::Text);
    assert_eq!(format(&[0x81, 0xa1, 0x61, 0x01]), Format::Msgpack);
    assert_eq!(format(&[0x1f, 0x8b, 0x08, 0x00]), Format::Raw);
    assert_eq!(format(b"a\0b"), Format::Raw);
    let packed = written(&Format::Zlib(Box::new(Format::Json)), r#"{"title": "a value of more than 15 bytes"}"#);
    assert_eq!(format(&packed.expect("JSON")), Format::Zlib(Box::new(Format::Json)));
}

#[test]
fn what_a_format_cannot_hold_is_refused() {
    assert!(written(&Format::Integer, "{}").is_err());
    assert!(written(&Format::Integer, "1.5").is_err());
    assert!(written(&Format::Raw, "1").is_ok_and(|_| false) || written(&Format::Raw, "{}").is_err());
    assert!(written(&Format::Msgpack, "[123456789012345678901234567890]").is_err());
    assert!(written(&Format::Zlib(Box::new(Format::Raw)), "{}").is_err());
    for format in [Format::Pickle(5), Format::Json, Format::Msgpack] {
        for bad in ["", "hello", "{a: 1}", "{\"a\": 1", "NaN", "1e999"] {
            assert!(written(&format, bad).is_err(), "{format:?} {bad:?}");
        }
    }
    assert!(written(&Format::Json, &format!("\"{}\"", "a".repeat(LONGEST_TEXT))).is_err());
}

#[test]
fn json_is_never_written_among_pickles() {
    for value in ["{\"a\": 1}", "\"hello\"", "null", "1.5", "[]", "true"] {
        assert_eq!(written(&Format::Pickle(4), value).expect("plain data")[..2], [0x80, 4], "{value}");
    }
    // Django writes whole numbers as digits, or INCR would not work on them.
    assert_eq!(written(&Format::Pickle(4), "42").expect("a number"), b"42");
}

#[test]
fn a_part_of_a_value_is_shown_and_not_edited() {
    for bytes in [&b"{\"a\": [1, 2"[..], "안녕".as_bytes(), b"\x80\x05\x95\x05"] {
        let looked = look(bytes, false);
        assert!(!looked.editable && looked.why_not.is_some(), "{bytes:?}");
    }
    assert_eq!(look(b"{\"a\": [1, 2", false).format, Format::Json);
    assert_eq!(look(&"안녕".as_bytes()[..5], false).text, "안");
    assert_eq!(look(b"\x80\x05\x95\x05", false).format, Format::Pickle(5));
}

#[test]
fn what_cannot_be_seen_is_spelled_out() {
    assert_eq!(whole("a\u{202e}b".as_bytes()).text, "a\\u202eb");
    assert!(!whole(b"a\r\nb").editable, "a form cannot keep its line breaks");
}
