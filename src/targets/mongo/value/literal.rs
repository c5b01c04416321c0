//! Numbers, words and values that have their type before them.

use bson::oid::ObjectId;
use bson::spec::BinarySubtype;
use bson::{Binary, Bson, DateTime, Document, JavaScriptCodeWithScope, Regex, Timestamp, Uuid};

use super::date;
use crate::text::Words;
use crate::words;

/// A number as it is typed.
///
/// # Errors
/// Where it is none, or no type holds it.
pub(super) fn number(text: &str) -> Result<Bson, Words> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit()) {
        // JavaScript has a double for this one.
        if text.starts_with('-') && digits.bytes().all(|it| it == b'0') {
            return Ok(Bson::Double(-0.0));
        }
        let number: i64 = text.parse().map_err(|_| {
            words!(
                "{text} does not fit into 64 bits; write it as Decimal128(\"{text}\")",
                "{text}은(는) 64비트에 들어가지 않습니다. Decimal128(\"{text}\")로 쓰세요"
            )
        })?;
        return Ok(i32::try_from(number).map_or(Bson::Int64(number), Bson::Int32));
    }
    let is_plain = text.bytes().all(|it| it.is_ascii_digit() || b"+-.eE".contains(&it));
    let number: Option<f64> = is_plain.then(|| text.parse().ok()).flatten();
    number
        .filter(|it| it.is_finite())
        .map(Bson::Double)
        .ok_or_else(|| words!("{text} is no number", "{text}은(는) 숫자가 아닙니다"))
}

/// A double that no digits write.
pub(super) fn endless(word: &str, is_negative: bool) -> Option<Bson> {
    let value = match word {
        "Infinity" => f64::INFINITY,
        "NaN" => f64::NAN,
        _ => return None,
    };
    Some(Bson::Double(if is_negative { -value } else { value }))
}

/// A word that stands alone.
///
/// # Errors
/// Where it means nothing.
pub(super) fn word(word: &str) -> Result<Bson, Words> {
    Ok(match word {
        "true" => Bson::Boolean(true),
        "false" => Bson::Boolean(false),
        "null" => Bson::Null,
        "undefined" => Bson::Undefined,
        "MinKey" => Bson::MinKey,
        "MaxKey" => Bson::MaxKey,
        _ => {
            return endless(word, false).ok_or_else(|| {
                words!(
                    "“{word}” is no value; put quotes around a text",
                    "“{word}”은(는) 값이 아닙니다. 글은 따옴표로 묶으세요"
                )
            });
        }
    })
}

/// A value with its type before it.
///
/// # Errors
/// Where there is no such type, or it cannot hold what stands in parentheses.
pub(super) fn made(name: &str, arguments: &[Bson]) -> Result<Bson, Words> {
    let made = match (name, arguments) {
        ("MinKey", []) => Some(Bson::MinKey),
        ("MaxKey", []) => Some(Bson::MaxKey),
        ("Long" | "NumberLong", [number]) => whole(number).map(Bson::Int64),
        ("Int32" | "NumberInt", [number]) => whole(number).and_then(|it| i32::try_from(it).ok()).map(Bson::Int32),
        ("Double", [number]) => double(number),
        ("Decimal128" | "NumberDecimal", [number]) => decimal(number),
        ("ObjectId", [Bson::String(text)]) => ObjectId::parse_str(text).ok().map(Bson::ObjectId),
        ("ISODate", [Bson::String(text)]) => moment(text),
        ("Date", [Bson::String(text)]) => moment(text),
        ("Date", [number]) => whole(number).map(|it| Bson::DateTime(DateTime::from_millis(it))),
        ("UUID", [Bson::String(text)]) => uuid(text),
        ("Timestamp", [Bson::Document(parts)]) => timestamp(parts),
        ("Timestamp", [time, increment]) => stamped(time, increment),
        ("BinData", [subtype, Bson::String(text)]) => bytes(subtype, text),
        ("RegExp" | "BSONRegExp", [Bson::String(pattern)]) => expression(pattern, ""),
        ("RegExp" | "BSONRegExp", [Bson::String(pattern), Bson::String(options)]) => expression(pattern, options),
        ("Code", [Bson::String(code)]) => Some(Bson::JavaScriptCode(code.clone())),
        ("Code", [Bson::String(code), Bson::Document(scope)]) => Some(with_scope(code, scope)),
        ("BSONSymbol", [Bson::String(text)]) => Some(Bson::Symbol(text.clone())),
        _ if !KNOWN.contains(&name) => return Err(words!("there is no type {name}", "{name} 형식은 없습니다")),
        _ => None,
    };
    let example = example(name);
    made.ok_or_else(|| {
        words!("{name} cannot hold this; write it as {example}", "{name}에 넣을 수 없는 값입니다. 예: {example}")
    })
}

const KNOWN: [&str; 19] = [
    "MinKey",
    "MaxKey",
    "Long",
    "NumberLong",
    "Int32",
    "NumberInt",
    "Double",
    "Decimal128",
    "NumberDecimal",
    "ObjectId",
    "ISODate",
    "Date",
    "UUID",
    "Timestamp",
    "BinData",
    "RegExp",
    "BSONRegExp",
    "Code",
    "BSONSymbol",
];

fn example(name: &str) -> String {
    match name {
        "MinKey" | "MaxKey" => format!("{name}()"),
        "Int32" | "NumberInt" => format!("{name}(5)"),
        "Double" => "Double(0.5)".to_owned(),
        "Decimal128" | "NumberDecimal" => format!("{name}(\"0.5\")"),
        "ObjectId" => "ObjectId(\"650c4b1a2f8e4d0012345678\")".to_owned(),
        "ISODate" | "Date" => format!("{name}(\"2026-11-23T06:41:10Z\")"),
        "UUID" => "UUID(\"0f8fad5b-d9cb-469f-a165-70867728950e\")".to_owned(),
        "Timestamp" => "Timestamp({ t: 1, i: 1 })".to_owned(),
        "BinData" => "BinData(0, \"AAEC\")".to_owned(),
        "RegExp" | "BSONRegExp" => format!("{name}(\"^a\", \"i\")"),
        "Code" | "BSONSymbol" => format!("{name}(\"text\")"),
        _ => format!("{name}(\"5\")"),
    }
}

/// A whole number, typed as one or as a text, so that no digit is lost.
pub(super) fn whole(value: &Bson) -> Option<i64> {
    match value {
        Bson::Int32(number) => Some(i64::from(*number)),
        Bson::Int64(number) => Some(*number),
        Bson::String(text) => text.parse().ok(),
        _ => None,
    }
}

pub(super) fn double(value: &Bson) -> Option<Bson> {
    match value {
        Bson::Int32(number) => Some(Bson::Double(f64::from(*number))),
        Bson::Double(number) => Some(Bson::Double(*number)),
        Bson::String(text) => text.parse().ok().map(Bson::Double),
        _ => None,
    }
}

pub(super) fn decimal(value: &Bson) -> Option<Bson> {
    let text = match value {
        Bson::String(text) => text.clone(),
        other => whole(other)?.to_string(),
    };
    // Where more digits are typed than it holds, a rounded one would be another value.
    text.parse().ok().map(Bson::Decimal128)
}

pub(super) fn moment(text: &str) -> Option<Bson> {
    date::read(text).map(|millis| Bson::DateTime(DateTime::from_millis(millis)))
}

pub(super) fn uuid(text: &str) -> Option<Bson> {
    Uuid::parse_str(text).ok().map(Bson::from)
}

pub(super) fn timestamp(parts: &Document) -> Option<Bson> {
    if parts.len() != 2 {
        return None;
    }
    stamped(parts.get("t")?, parts.get("i")?)
}

fn stamped(time: &Bson, increment: &Bson) -> Option<Bson> {
    let part = |value| whole(value).and_then(|it| u32::try_from(it).ok());
    Some(Bson::Timestamp(Timestamp { time: part(time)?, increment: part(increment)? }))
}

fn bytes(subtype: &Bson, text: &str) -> Option<Bson> {
    let subtype = u8::try_from(whole(subtype)?).ok()?;
    binary(subtype, text)
}

pub(super) fn binary(subtype: u8, text: &str) -> Option<Bson> {
    Binary::from_base64(text, BinarySubtype::from(subtype)).ok().map(Bson::Binary)
}

pub(super) fn expression(pattern: &str, options: &str) -> Option<Bson> {
    Some(Bson::RegularExpression(Regex { pattern: pattern.try_into().ok()?, options: options.try_into().ok()? }))
}

pub(super) fn with_scope(code: &str, scope: &Document) -> Bson {
    Bson::JavaScriptCodeWithScope(JavaScriptCodeWithScope { code: code.to_owned(), scope: scope.clone() })
}
