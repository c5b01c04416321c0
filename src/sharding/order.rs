//! MongoDB's order of values, in which chunks and zones lie: over the bytes of BSON, so that a bound is compared as the
//! server compares it and need not be decoded.

mod decimal;
mod number;

use std::cmp::Ordering;

use bson::{Bson, Document};

use self::number::Number;

/// A value as it stands in BSON: its type, and the bytes after its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    pub kind: u8,
    pub value: &'a [u8],
}

const DOUBLE: u8 = 0x01;
const TEXT: u8 = 0x02;
pub(in crate::sharding) const DOCUMENT: u8 = 0x03;
pub(in crate::sharding) const ARRAY: u8 = 0x04;
const BINARY: u8 = 0x05;
const UNDEFINED: u8 = 0x06;
const OBJECT_ID: u8 = 0x07;
const BOOLEAN: u8 = 0x08;
const DATE: u8 = 0x09;
const NULL: u8 = 0x0a;
const REGEX: u8 = 0x0b;
const POINTER: u8 = 0x0c;
const CODE: u8 = 0x0d;
const SYMBOL: u8 = 0x0e;
pub(in crate::sharding) const SCOPED_CODE: u8 = 0x0f;
const INT32: u8 = 0x10;
const TIMESTAMP: u8 = 0x11;
const INT64: u8 = 0x12;
const DECIMAL: u8 = 0x13;
pub(in crate::sharding) const MAX_KEY: u8 = 0x7f;
pub(in crate::sharding) const MIN_KEY: u8 = 0xff;

impl<'a> Element<'a> {
    /// The first value in `bytes`, which begin after its name, and what follows it; none where they are no such value.
    pub(in crate::sharding) fn take(kind: u8, bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (value, rest) = bytes.split_at_checked(size(kind, bytes)?)?;
        Some((Self { kind, value }, rest))
    }

    /// Its place among the types: numbers of all types are one, and so are texts.
    pub(in crate::sharding) fn rank(self) -> i32 {
        match self.kind {
            MIN_KEY => -1,
            UNDEFINED => 0,
            NULL => 5,
            DOUBLE | INT32 | INT64 | DECIMAL => 10,
            TEXT | SYMBOL => 15,
            DOCUMENT => 20,
            ARRAY => 25,
            BINARY => 30,
            OBJECT_ID => 35,
            BOOLEAN => 40,
            DATE => 45,
            TIMESTAMP => 47,
            REGEX => 50,
            POINTER => 55,
            CODE => 60,
            SCOPED_CODE => 65,
            _ => 127,
        }
    }

    pub(in crate::sharding) fn number(self) -> Option<Number> {
        Some(match self.kind {
            DOUBLE => Number::Double(f64::from_le_bytes(self.value.try_into().ok()?)),
            INT32 => Number::Int(i32::from_le_bytes(self.value.try_into().ok()?).into()),
            INT64 => Number::Int(i64::from_le_bytes(self.value.try_into().ok()?)),
            DECIMAL => Number::Decimal(decimal::Decimal::read(u128::from_le_bytes(self.value.try_into().ok()?))),
            _ => return None,
        })
    }
}

/// Compares two values as an index does.
pub fn compare(one: Element<'_>, other: Element<'_>) -> Ordering {
    one.rank().cmp(&other.rank()).then_with(|| within(one, other))
}

/// Compares two bounds, field by field in their own order; names do not count, since a key has one set of them.
pub fn compare_bounds(one: &Document, other: &Document) -> Ordering {
    let (one, other) = (raw(one), raw(other));
    let mut others = elements(&other);
    for (_, value) in elements(&one) {
        let Some((_, other)) = others.next() else { return Ordering::Greater };
        match compare(value, other) {
            Ordering::Equal => {}
            unequal => return unequal,
        }
    }
    others.next().map_or(Ordering::Equal, |_| Ordering::Less)
}

/// Compares two values.
pub fn compare_values(one: &Bson, other: &Bson) -> Ordering {
    compare_bounds(&bson::doc! { "": one.clone() }, &bson::doc! { "": other.clone() })
}

/// The bytes of a document. What cannot be written at all has none.
pub(in crate::sharding) fn raw(document: &Document) -> Vec<u8> {
    document.to_vec().unwrap_or_default()
}

/// The fields of a document of BSON: names and values. Ends where the bytes are not such.
pub(in crate::sharding) fn elements(document: &[u8]) -> impl Iterator<Item = (&[u8], Element<'_>)> {
    let mut rest = document.get(4..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (kind, after) = rest.split_first().filter(|(kind, _)| **kind != 0)?;
        let (name, after) = terminated(after)?;
        let (element, after) = Element::take(*kind, after)?;
        rest = after;
        Some((name, element))
    })
}

/// Both of one rank.
fn within(one: Element<'_>, other: Element<'_>) -> Ordering {
    let (a, b) = (one.value, other.value);
    match one.kind {
        DOUBLE | INT32 | INT64 | DECIMAL => match (one.number(), other.number()) {
            (Some(one), Some(other)) => one.compare(other),
            _ => Ordering::Equal,
        },
        TEXT | SYMBOL | CODE => a.get(4..).cmp(&b.get(4..)),
        DOCUMENT | ARRAY => documents(one, other),
        // The shorter first, then the subtype, then the bytes.
        BINARY => int(a).cmp(&int(b)).then_with(|| a.get(4..).cmp(&b.get(4..))),
        DATE => long(a).cmp(&long(b)),
        TIMESTAMP => (long(a) as u64).cmp(&(long(b) as u64)),
        _ => a.cmp(b),
    }
}

/// Field by field: type, name, value; an array's names are its places and do not count.
fn documents(one: Element<'_>, other: Element<'_>) -> Ordering {
    let named = one.kind == DOCUMENT;
    let mut others = elements(other.value);
    for (name, value) in elements(one.value) {
        let Some((other_name, other)) = others.next() else { return Ordering::Greater };
        let names = || if named { name.cmp(other_name) } else { Ordering::Equal };
        let order = value.rank().cmp(&other.rank()).then_with(names).then_with(|| within(value, other));
        if order != Ordering::Equal {
            return order;
        }
    }
    others.next().map_or(Ordering::Equal, |_| Ordering::Less)
}

/// How many bytes a value of this type takes.
fn size(kind: u8, bytes: &[u8]) -> Option<usize> {
    let counted = |more: usize| usize::try_from(int(bytes)).ok()?.checked_add(more);
    match kind {
        UNDEFINED | NULL | MIN_KEY | MAX_KEY => Some(0),
        BOOLEAN => Some(1),
        INT32 => Some(4),
        DOUBLE | DATE | INT64 | TIMESTAMP => Some(8),
        OBJECT_ID => Some(12),
        DECIMAL => Some(16),
        TEXT | SYMBOL | CODE => counted(4),
        BINARY => counted(5),
        POINTER => counted(16),
        DOCUMENT | ARRAY | SCOPED_CODE => counted(0).filter(|size| *size >= 5),
        REGEX => {
            let (_, options) = terminated(bytes)?;
            let (_, rest) = terminated(options)?;
            Some(bytes.len() - rest.len())
        }
        _ => None,
    }
}

fn terminated(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

fn int(bytes: &[u8]) -> i32 {
    bytes.first_chunk().map_or(0, |four| i32::from_le_bytes(*four))
}

fn long(bytes: &[u8]) -> i64 {
    bytes.first_chunk().map_or(0, |eight| i64::from_le_bytes(*eight))
}

#[cfg(test)]
mod tests;
