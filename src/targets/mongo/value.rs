//! BSON as text and back. A person reads and types what mongosh takes; addresses and plans hold canonical extended JSON.
//! Either way a value comes back as the very same one: its type, all its digits, the order of its fields.

mod cursor;
mod date;
mod extended;
mod literal;
mod parse;
mod show;

#[cfg(test)]
mod tests;

use bson::{Bson, Document};

use self::parse::Parser;
use crate::targets::model::Value;
use crate::text::Words;

/// What is read is at most this long, in bytes: far more than the bounds of a chunk, which an index must hold.
const LONGEST: usize = 64 * 1024;

/// What is read goes at most this deep; a server takes no more than 100 levels itself.
const DEEPEST: usize = 100;

/// A value as mongosh takes it: `Long("5")`, `ObjectId("…")`, `{ a: 1, b: MinKey }`.
pub fn shown(value: &Bson) -> String {
    let mut out = String::new();
    show::value(value, &mut out);
    out
}

/// A document as mongosh takes it.
pub fn shown_document(document: &Document) -> String {
    let mut out = String::new();
    show::document(document, &mut out);
    out
}

/// Reads what a person types: literals of mongosh or extended JSON, also mixed. `5` is a whole number of 32 bits where
/// it fits and else of 64, `5.0` is a double.
///
/// # Errors
/// What is wrong, and at which character.
pub fn parse_value(text: &str) -> Result<Bson, Words> {
    Parser::new(text)?.whole()
}

/// As [`parse_value`], for a document.
///
/// # Errors
/// As [`parse_value`]; also where it is another value.
pub fn parse_document(text: &str) -> Result<Document, Words> {
    Parser::new(text)?.whole_document()
}

/// Canonical extended JSON.
pub fn canonical(document: &Document) -> String {
    canonical_value(&Bson::Document(document.clone()))
}

fn canonical_value(value: &Bson) -> String {
    value.clone().into_canonical_extjson().to_string()
}

/// Reads what [`canonical`] wrote. A document that has names of extended JSON for its own fields, such as `$oid`, is
/// taken for what those names mean.
///
/// # Errors
/// As [`parse_document`].
pub fn from_canonical(text: &str) -> Result<Document, Words> {
    parse_document(text)
}

/// A value on its way to the browser.
pub fn wire(value: &Bson) -> Value {
    Value { ejson: canonical_value(value), shown: shown(value) }
}

/// A document on its way to the browser.
pub fn wire_document(document: &Document) -> Value {
    Value { ejson: canonical(document), shown: shown_document(document) }
}
