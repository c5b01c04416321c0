//! The hash by which MongoDB spreads documents over a hashed key: the first 8 bytes of an MD5 over a seed, the value's
//! type and the value. No server is asked, since a router of before 7.0 cannot tell it. As in `hasher.cpp` of MongoDB;
//! a test compares it with the server's own.

use bson::{Bson, doc};
use md5::{Digest, Md5};

use super::order::{ARRAY, DOCUMENT, Element, SCOPED_CODE, elements, raw};

/// The hash of a value as it stands in the bounds of chunks.
pub fn hashed(value: &Bson) -> i64 {
    let document = raw(&doc! { "": value.clone() });
    let mut hash = Md5::new();
    // The seed; indexes have no other.
    hash.update(0_i32.to_le_bytes());
    if let Some((_, element)) = elements(&document).next() {
        add(&mut hash, None, element);
    }
    let digest = hash.finalize();
    digest.first_chunk().map_or(0, |eight| i64::from_le_bytes(*eight))
}

/// Below the top every value goes in with its name.
fn add(hash: &mut Md5, name: Option<&[u8]>, element: Element<'_>) {
    hash.update(element.rank().to_le_bytes());
    if let Some(name) = name {
        hash.update(name);
        hash.update([0]);
    }
    match element.kind {
        DOCUMENT | ARRAY => add_all(hash, element.value),
        // A code's variables stand after its length and text, and the text is not hashed.
        SCOPED_CODE => add_all(hash, scope_of(element.value)),
        _ => match element.number() {
            Some(number) => hash.update(number.whole().to_le_bytes()),
            None => hash.update(element.value),
        },
    }
}

fn add_all(hash: &mut Md5, document: &[u8]) {
    for (name, element) in elements(document) {
        add(hash, Some(name), element);
    }
    // The document's end goes in as a value without a type, and has no name.
    hash.update(0_i32.to_le_bytes());
}

fn scope_of(code: &[u8]) -> &[u8] {
    let text = code.get(4..).and_then(|rest| rest.first_chunk()).map_or(0, |four| i32::from_le_bytes(*four));
    usize::try_from(text).ok().and_then(|text| code.get(8 + text..)).unwrap_or_default()
}
