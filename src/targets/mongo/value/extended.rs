//! Extended JSON, canonical and relaxed: documents whose names say a type.

use bson::{Bson, DateTime, Document};

use super::literal;
use crate::text::Words;
use crate::words;

/// What a document means: the value that its names tell, or itself.
///
/// # Errors
/// Where its name is of extended JSON, but it does not hold what such a document holds.
pub(super) fn meant(document: Document) -> Result<Bson, Words> {
    let fields: Vec<(&str, &Bson)> = document.iter().map(|(name, value)| (name.as_str(), value)).collect();
    let Some((name, _)) = fields.first().filter(|(name, _)| NAMES.contains(name)) else {
        return Ok(Bson::Document(document));
    };
    let meant = match fields.as_slice() {
        [(_, value)] => alone(name, value),
        [("$code", Bson::String(code)), ("$scope", Bson::Document(scope))] => Some(literal::with_scope(code, scope)),
        // As MongoDB's tools wrote it before 4.2.
        [("$binary", Bson::String(text)), ("$type", Bson::String(subtype))] => binary(subtype, text),
        _ => None,
    };
    meant.ok_or_else(|| words!("this is not how {name} is written", "{name}의 형식이 아닙니다"))
}

const NAMES: [&str; 16] = [
    "$oid",
    "$numberInt",
    "$numberLong",
    "$numberDouble",
    "$numberDecimal",
    "$date",
    "$timestamp",
    "$binary",
    "$uuid",
    "$minKey",
    "$maxKey",
    "$undefined",
    "$regularExpression",
    "$code",
    "$symbol",
    "$dbPointer",
];

fn alone(name: &str, value: &Bson) -> Option<Bson> {
    match (name, value) {
        ("$oid", Bson::String(text)) => text.parse().ok().map(Bson::ObjectId),
        ("$numberInt", Bson::String(text)) => text.parse().ok().map(Bson::Int32),
        ("$numberLong", Bson::String(text)) => text.parse().ok().map(Bson::Int64),
        ("$numberDouble", Bson::String(_)) => literal::double(value),
        ("$numberDecimal", Bson::String(_)) => literal::decimal(value),
        ("$date", Bson::String(text)) => literal::moment(text),
        ("$date", number) => literal::whole(number).map(|it| Bson::DateTime(DateTime::from_millis(it))),
        ("$timestamp", Bson::Document(parts)) => literal::timestamp(parts),
        ("$binary", Bson::Document(parts)) if parts.len() == 2 => {
            binary(parts.get_str("subType").ok()?, parts.get_str("base64").ok()?)
        }
        ("$uuid", Bson::String(text)) => literal::uuid(text),
        ("$minKey", Bson::Int32(1)) => Some(Bson::MinKey),
        ("$maxKey", Bson::Int32(1)) => Some(Bson::MaxKey),
        ("$undefined", Bson::Boolean(true)) => Some(Bson::Undefined),
        ("$regularExpression", Bson::Document(parts)) if parts.len() == 2 => {
            literal::expression(parts.get_str("pattern").ok()?, parts.get_str("options").ok()?)
        }
        ("$code", Bson::String(code)) => Some(Bson::JavaScriptCode(code.clone())),
        ("$symbol", Bson::String(text)) => Some(Bson::Symbol(text.clone())),
        ("$dbPointer", Bson::Document(parts)) => pointer(parts),
        _ => None,
    }
}

fn binary(subtype: &str, text: &str) -> Option<Bson> {
    let is_hexadecimal = (1..=2).contains(&subtype.len()) && subtype.bytes().all(|it| it.is_ascii_hexdigit());
    let subtype = is_hexadecimal.then(|| u8::from_str_radix(subtype, 16).ok()).flatten()?;
    literal::binary(subtype, text)
}

/// The driver makes one only of extended JSON.
fn pointer(parts: &Document) -> Option<Bson> {
    let (namespace, id) = (parts.get_str("$ref").ok()?, parts.get_object_id("$id").ok()?);
    let json = serde_json::json!({ "$dbPointer": { "$ref": namespace, "$id": { "$oid": id.to_hex() } } });
    (parts.len() == 2).then(|| Bson::try_from(json).ok())?
}
