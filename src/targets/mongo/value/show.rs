//! Values as mongosh takes them.

use bson::spec::BinarySubtype;
use bson::{Binary, Bson, DateTime, Document};

use super::date;
use crate::targets::model::{property, quoted};

pub(super) fn document(document: &Document, out: &mut String) {
    if document.is_empty() {
        out.push_str("{}");
        return;
    }
    for (place, (name, inner)) in document.iter().enumerate() {
        out.push_str(if place == 0 { "{ " } else { ", " });
        out.push_str(&property(name));
        out.push_str(": ");
        value(inner, out);
    }
    out.push_str(" }");
}

pub(super) fn value(value: &Bson, out: &mut String) {
    match value {
        Bson::Document(inner) => document(inner, out),
        Bson::Array(inner) => array(inner, out),
        Bson::JavaScriptCodeWithScope(code) => {
            out.push_str(&format!("Code({}, ", quoted(&code.code)));
            document(&code.scope, out);
            out.push(')');
        }
        simple => out.push_str(&of_simple(simple)),
    }
}

fn array(values: &[Bson], out: &mut String) {
    out.push('[');
    for (place, inner) in values.iter().enumerate() {
        if place > 0 {
            out.push_str(", ");
        }
        value(inner, out);
    }
    out.push(']');
}

fn of_simple(value: &Bson) -> String {
    match value {
        Bson::Double(number) => double(*number),
        Bson::Int32(number) => number.to_string(),
        Bson::Int64(number) => format!("Long(\"{number}\")"),
        Bson::Decimal128(number) => format!("Decimal128(\"{number}\")"),
        Bson::String(text) => quoted(text),
        Bson::Boolean(truth) => truth.to_string(),
        Bson::Null => "null".to_owned(),
        Bson::Undefined => "undefined".to_owned(),
        Bson::MinKey => "MinKey".to_owned(),
        Bson::MaxKey => "MaxKey".to_owned(),
        Bson::ObjectId(id) => format!("ObjectId(\"{}\")", id.to_hex()),
        Bson::DateTime(time) => moment(*time),
        Bson::Timestamp(it) => format!("Timestamp({{ t: {}, i: {} }})", it.time, it.increment),
        Bson::Binary(binary) => bytes(binary),
        Bson::RegularExpression(it) => {
            format!("BSONRegExp({}, {})", quoted(it.pattern.as_str()), quoted(it.options.as_str()))
        }
        Bson::JavaScriptCode(code) => format!("Code({})", quoted(code)),
        Bson::Symbol(text) => format!("BSONSymbol({})", quoted(text)),
        // Long out of use: as extended JSON, which reads back as well.
        other => other.clone().into_canonical_extjson().to_string(),
    }
}

/// With a point or an exponent, since without it is a whole number.
fn double(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    format!("{number:?}")
}

fn moment(time: DateTime) -> String {
    let millis = time.timestamp_millis();
    match date::written(millis) {
        Some(text) => format!("ISODate(\"{text}\")"),
        None => format!("new Date({millis})"),
    }
}

fn bytes(binary: &Binary) -> String {
    if let (BinarySubtype::Uuid, Ok(bytes)) = (binary.subtype, <[u8; 16]>::try_from(binary.bytes.as_slice())) {
        return format!("UUID(\"{}\")", bson::Uuid::from_bytes(bytes));
    }
    let mut out = format!("BinData({}, \"", u8::from(binary.subtype));
    base64(&binary.bytes, &mut out);
    out.push_str("\")");
    out
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8], out: &mut String) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for three in bytes.chunks(3) {
        let of = |place: usize| u32::from(three.get(place).copied().unwrap_or_default());
        let bits = of(0) << 16 | of(1) << 8 | of(2);
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place) & 63) as usize;
            out.push(if place <= three.len() { char::from(DIGITS[digit]) } else { '=' });
        }
    }
}
