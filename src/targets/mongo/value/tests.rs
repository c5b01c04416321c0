//! What is shown reads back, and what is typed is what is meant.

use bson::oid::ObjectId;
use bson::{Binary, Bson, DateTime, Decimal128, Document, Timestamp, doc};
use proptest::prelude::*;

use super::{canonical, from_canonical, parse_document, parse_value, shown, shown_document, wire_document};

/// Two values are the same where their bytes are: `NaN` is itself, and `-0.0` is not `0.0`.
fn bytes(document: &Document) -> Vec<u8> {
    document.to_vec().expect("a document")
}

fn typed(text: &str) -> Bson {
    parse_value(text).unwrap_or_else(|wrong| panic!("{text}: {}", wrong.en))
}

fn assert_survives(value: Bson) {
    let document = doc! { "b": value.clone(), "a": [value.clone()], "c": { "d": value.clone() } };
    let text = shown_document(&document);
    let back = parse_document(&text).unwrap_or_else(|wrong| panic!("{text}: {}", wrong.en));
    assert_eq!(bytes(&back), bytes(&document), "{text}");
    let alone = doc! { "v": typed(&shown(&value)) };
    assert_eq!(bytes(&alone), bytes(&doc! { "v": value }), "{text}");
    let text = canonical(&document);
    let back = from_canonical(&text).unwrap_or_else(|wrong| panic!("{text}: {}", wrong.en));
    assert_eq!(bytes(&back), bytes(&document), "{text}");
}

#[test]
fn a_value_of_every_type_survives_being_shown() {
    let of_type = |subtype: u8, bytes: &[u8]| Bson::Binary(Binary { subtype: subtype.into(), bytes: bytes.to_vec() });
    let decimal = |text: &str| Bson::Decimal128(text.parse().expect("a number"));
    let moment = |millis| Bson::DateTime(DateTime::from_millis(millis));
    let values = [
        Bson::MinKey,
        Bson::MaxKey,
        Bson::Null,
        Bson::Undefined,
        true.into(),
        false.into(),
        0.into(),
        i32::MIN.into(),
        i32::MAX.into(),
        5_i64.into(),
        i64::MIN.into(),
        i64::MAX.into(),
        (-4_611_686_018_427_387_902_i64).into(),
        9_007_199_254_740_993_i64.into(),
        0.0.into(),
        (-0.0).into(),
        5.0.into(),
        0.1.into(),
        1e300.into(),
        5e-324.into(),
        f64::MIN.into(),
        1e21.into(),
        f64::NAN.into(),
        f64::INFINITY.into(),
        f64::NEG_INFINITY.into(),
        decimal("0"),
        decimal("-0"),
        decimal("1.50"),
        decimal("1E+6111"),
        decimal("1E-6176"),
        decimal("NaN"),
        decimal("-Infinity"),
        decimal("9999999999999999999999999999999999"),
        "".into(),
        "it's \"quoted\" \\ \n \u{0} \u{2028} 키 😀".into(),
        "$minKey".into(),
        ObjectId::from_bytes([0xab; 12]).into(),
        bson::Uuid::from_bytes([7; 16]).into(),
        of_type(0, b""),
        of_type(0, b"a"),
        of_type(5, b"ab"),
        of_type(3, &[1; 16]),
        of_type(4, b"short"),
        of_type(255, b"abcd"),
        moment(0),
        moment(-1),
        moment(1_795_416_070_123),
        moment(253_402_300_799_999),
        moment(253_402_300_800_000),
        moment(-62_167_219_200_000),
        moment(-62_167_219_200_001),
        moment(i64::MIN),
        moment(i64::MAX),
        Bson::Timestamp(Timestamp { time: u32::MAX, increment: u32::MAX }),
        Bson::JavaScriptCode("() => 1".into()),
        Bson::Symbol("s".into()),
        typed(r#"Code("x", { a: Long("5") })"#),
        typed(r#"BSONRegExp("a/\"b", "im")"#),
        typed(r#"{"$dbPointer": {"$ref": "a.b", "$id": {"$oid": "abababababababababababab"}}}"#),
        Bson::Array(Vec::new()),
        Document::new().into(),
    ];
    for value in values {
        assert_survives(value);
    }
}

#[test]
fn fields_keep_their_order_and_names_their_letters() {
    let document = doc! { "z": 1, "a": 2, "10": 3, "2": 4, "a.b": 5, "키": 6, "__proto__": 7, "": 8, "with space": 9 };
    let text = shown_document(&document);
    assert!(text.starts_with(r#"{ z: 1, a: 2, "10": 3, "2": 4, "a.b": 5, "#), "{text}");
    assert_eq!(parse_document(&text), Ok(document));
}

#[test]
fn a_document_whose_own_fields_are_called_as_in_extended_json_stays_one_when_shown() {
    let document = doc! { "a": { "$oid": "x" }, "b": { "$minKey": 1 }, "$date": 5 };
    assert_eq!(shown_document(&document), r#"{ a: { $oid: "x" }, b: { $minKey: 1 }, $date: 5 }"#);
    assert_eq!(parse_document(&shown_document(&document)), Ok(document));
}

#[test]
fn what_a_person_types_is_what_is_meant() {
    let id = ObjectId::from_bytes([0xab; 12]);
    let uuid = bson::Uuid::from_bytes([0x11; 16]);
    for (text, meant) in [
        ("5", Bson::Int32(5)),
        ("+5", Bson::Int32(5)),
        ("-2147483648", Bson::Int32(i32::MIN)),
        ("2147483648", Bson::Int64(2_147_483_648)),
        ("9223372036854775807", Bson::Int64(i64::MAX)),
        ("-9223372036854775808", Bson::Int64(i64::MIN)),
        ("5.0", Bson::Double(5.0)),
        (".5", Bson::Double(0.5)),
        ("5e3", Bson::Double(5000.0)),
        ("5E-3", Bson::Double(0.005)),
        ("-Infinity", Bson::Double(f64::NEG_INFINITY)),
        ("Long(5)", Bson::Int64(5)),
        ("NumberLong(\"9007199254740993\")", Bson::Int64(9_007_199_254_740_993)),
        ("new NumberInt('7')", Bson::Int32(7)),
        ("Int32(7)", Bson::Int32(7)),
        ("Double(5)", Bson::Double(5.0)),
        ("NumberDecimal('0.10')", Bson::Decimal128("0.10".parse::<Decimal128>().expect("a number"))),
        ("ObjectId('abababababababababababab')", id.into()),
        ("UUID('11111111-1111-1111-1111-111111111111')", uuid.into()),
        ("BinData(4, 'EREREREREREREREREREREQ==')", uuid.into()),
        ("MinKey", Bson::MinKey),
        ("MaxKey()", Bson::MaxKey),
        (" new  MinKey ( ) ", Bson::MinKey),
        ("Timestamp(1, 2)", Bson::Timestamp(Timestamp { time: 1, increment: 2 })),
        ("'it\\'s \\u00e9 \\x41 \\u{1F600} \\uD83D\\uDE00'", Bson::from("it's é A 😀 😀")),
        ("{\"$minKey\": 1}", Bson::MinKey),
        ("{\"$maxKey\": 1}", Bson::MaxKey),
        ("{\"$numberLong\": \"-5\"}", Bson::Int64(-5)),
        ("{\"$numberInt\": \"5\"}", Bson::Int32(5)),
        ("{\"$numberDouble\": \"5\"}", Bson::Double(5.0)),
        ("{\"$oid\": \"abababababababababababab\"}", id.into()),
        ("{\"$uuid\": \"11111111-1111-1111-1111-111111111111\"}", uuid.into()),
        ("{'$binary': {'base64': 'EREREREREREREREREREREQ==', 'subType': '04'}}", uuid.into()),
        ("{\"$binary\": \"EREREREREREREREREREREQ==\", \"$type\": \"04\"}", uuid.into()),
        ("{ a: 1, 'b': \"x\", \"c\": [1, 2,], }", doc! { "a": 1, "b": "x", "c": [1, 2] }.into()),
        ("[]", Bson::Array(Vec::new())),
    ] {
        assert_eq!(typed(text), meant, "{text}");
    }
}

#[test]
fn a_moment_is_read_in_every_usual_spelling() {
    for (text, millis) in [
        ("ISODate('1970-01-01')", 0),
        ("ISODate('1970-01-01T00:00:00Z')", 0),
        ("ISODate(\"2026-11-23T06:41:10.123Z\")", 1_795_416_070_123),
        ("new Date('2026-11-23T15:41:10.123+09:00')", 1_795_416_070_123),
        ("ISODate('2026-11-23 06:41')", 1_795_416_060_000),
        ("ISODate('2024-02-29T23:59:59.9-0100')", 1_709_254_799_900),
        ("new Date(-1)", -1),
        ("ISODate('1969-12-31T23:59:59.999Z')", -1),
        ("ISODate('0000-01-01T00:00:00.000Z')", -62_167_219_200_000),
        ("{\"$date\": \"1970-01-01T00:00:01Z\"}", 1000),
        ("{\"$date\": {\"$numberLong\": \"-1\"}}", -1),
    ] {
        assert_eq!(typed(text), Bson::DateTime(DateTime::from_millis(millis)), "{text}");
    }
    for text in
        ["2023-02-29", "2023-13-01", "2023-01-01T24:00", "2023-01-01T00:00:60Z", "23-01-01", "", "now", "2023-01-01Tx"]
    {
        assert!(parse_value(&format!("ISODate('{text}')")).is_err(), "{text}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (text, expected) in [
        ("", "At character 1: a value is missing."),
        ("{ a: }", "At character 6: no value begins with “}”."),
        ("{ a 1 }", "At character 5: “:” is expected, not “1”."),
        ("{ a: 1", "At character 7: it ends where “}” is missing."),
        ("{ 키: 1 b: 2 }", "At character 8: “}” is expected, not “b”."),
        ("{ a: 1 } x", "At character 10: the value ends before “x”."),
        ("{ : 1 }", "At character 3: a field's name is missing."),
        ("{ a: 1, a: 2 }", "At character 9: a is named twice."),
        ("{ a: 'x }", "At character 6: the text that begins here has no end quote."),
        ("{ a: Seoul }", "At character 6: “Seoul” is no value; put quotes around a text."),
        ("{ a: Foo(1) }", "At character 6: there is no type Foo."),
        ("{ a: ObjectId(\"12\") }", "At character 6: ObjectId cannot hold this"),
        ("{ a: NumberInt(3000000000) }", "At character 6: NumberInt cannot hold this"),
        ("{ a: Long(1.5) }", "At character 6: Long cannot hold this"),
        ("{ a: 99999999999999999999 }", "does not fit into 64 bits; write it as Decimal128"),
        ("{ a: 0x10 }", "At character 6: 0x10 is no number."),
        ("{ a: 1.2.3 }", "At character 6: 1.2.3 is no number."),
        ("{ \"$numberLong\": 5.5 }", "At character 1: this is not how $numberLong is written."),
        ("{ \"$oid\": \"abababababababababababab\", \"x\": 1 }", "this is not how $oid is written"),
        ("{ a: '\\q' }", "At character 8: this is no escape that JavaScript has."),
        ("{ 'a\\0': 1 }", "a field's name cannot hold the character 0"),
        ("5", "Write a document"),
        (&"[".repeat(101), "more than 100 levels"),
        (&"Long(".repeat(200), "more than 100 levels"),
        (&" ".repeat(70_000), "At most 64 KiB."),
    ] {
        let told = parse_document(text).expect_err(text);
        assert!(told.en.contains(expected), "{text}: {}", told.en);
        assert!(!told.ko.is_empty() && told.ko != told.en);
    }
}

#[test]
fn a_bound_goes_to_the_browser_and_back_with_all_its_digits() {
    let bound = doc! { "region": "EU", "_id": -4_611_686_018_427_387_902_i64, "at": Bson::MinKey };
    let value = wire_document(&bound);
    assert_eq!(value.shown, r#"{ region: "EU", _id: Long("-4611686018427387902"), at: MinKey }"#);
    assert_eq!(from_canonical(&value.ejson), Ok(bound));
}

fn any_value() -> impl Strategy<Value = Bson> {
    let simple = prop_oneof![
        Just(Bson::MinKey),
        Just(Bson::MaxKey),
        Just(Bson::Null),
        any::<bool>().prop_map(Bson::from),
        any::<i32>().prop_map(Bson::from),
        any::<i64>().prop_map(Bson::from),
        any::<f64>().prop_map(|it| Bson::from(if it.is_nan() { f64::NAN } else { it })),
        any::<i64>().prop_map(|it| Bson::DateTime(DateTime::from_millis(it))),
        (-70_000_000_000_000_i64..260_000_000_000_000).prop_map(|it| Bson::DateTime(DateTime::from_millis(it))),
        any::<[u8; 12]>().prop_map(|it| Bson::from(ObjectId::from_bytes(it))),
        any::<[u8; 16]>().prop_map(|it| Bson::from(bson::Uuid::from_bytes(it))),
        (any::<u8>(), proptest::collection::vec(any::<u8>(), 0..20))
            .prop_map(|(subtype, bytes)| Bson::Binary(Binary { subtype: subtype.into(), bytes })),
        (any::<u32>(), any::<u32>()).prop_map(|(time, increment)| Bson::Timestamp(Timestamp { time, increment })),
        (any::<bool>(), 0..=9_999_999_999_999_999_999_999_999_999_999_999_u128, -6176..=6111_i32).prop_map(
            |(negative, digits, exponent)| {
                let text = format!("{}{digits}E{exponent}", if negative { "-" } else { "" });
                Bson::Decimal128(text.parse().expect("a number"))
            }
        ),
        ".*".prop_map(Bson::from),
    ];
    let name = "[a-z_.$ 키\"'\\\\-]{0,6}";
    simple.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Bson::Array),
            proptest::collection::vec((name, inner), 0..4)
                .prop_map(|fields| Bson::Document(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_shown_reads_back_as_the_same(value in any_value()) {
        let document = doc! { "v": value };
        let text = shown_document(&document);
        let back = parse_document(&text).map_err(|wrong| TestCaseError::fail(format!("{text}: {}", wrong.en)))?;
        prop_assert_eq!(bytes(&back), bytes(&document), "{}", text);
    }

    #[test]
    fn canonical_extended_json_reads_back_as_the_same(value in any_value()) {
        let document = doc! { "v": value };
        let text = canonical(&document);
        let back = from_canonical(&text).map_err(|wrong| TestCaseError::fail(format!("{text}: {}", wrong.en)))?;
        prop_assert_eq!(bytes(&back), bytes(&document), "{}", text);
    }

    #[test]
    fn nothing_that_can_be_typed_makes_it_panic(text in "\\PC*", near in "[\\[\\]{}():,.'\"$\\\\a-zA-Z0-9+ -]{0,40}") {
        for text in [&text, &near, &format!("{{ a: {near} }}"), &format!("Date({near})"), &format!("ISODate('{near}')")] {
            if let Ok(value) = parse_value(text) {
                let again = typed(&shown(&value));
                prop_assert_eq!(bytes(&doc! { "v": again }), bytes(&doc! { "v": value }), "{}", text);
            }
        }
    }
}
