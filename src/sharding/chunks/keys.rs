//! Bounds of chunks as they are kept: the values of the key's fields one after the other, each with its type, without
//! their names. A bound of one 64-bit number takes 9 bytes.

use std::cmp::Ordering;

use bson::{Document, RawDocumentBuf};

use crate::sharding::order::{Element, MAX_KEY, MIN_KEY, compare, elements};

/// The fields of a shard key, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields(Vec<String>);

impl Fields {
    pub fn of(key: &Document) -> Self {
        Self(key.keys().map(Clone::clone).collect())
    }

    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// Below all keys.
    pub fn least(&self) -> Vec<u8> {
        vec![MIN_KEY; self.0.len()]
    }

    /// Above all keys.
    pub fn greatest(&self) -> Vec<u8> {
        vec![MAX_KEY; self.0.len()]
    }

    /// A bound out of the bytes of its document; none where it has other fields than the key. A zone may be bounded by
    /// the first fields only: the others are then the least.
    pub fn packed(&self, bound: &[u8]) -> Option<Vec<u8>> {
        let mut packed = Vec::with_capacity(16 * self.0.len());
        let mut found = 0;
        for (name, element) in elements(bound) {
            if self.0.get(found)?.as_bytes() != name {
                return None;
            }
            packed.push(element.kind);
            packed.extend_from_slice(element.value);
            found += 1;
        }
        packed.extend(std::iter::repeat_n(MIN_KEY, self.0.len() - found));
        (found > 0).then_some(packed)
    }

    /// As [`Fields::packed`], of a document.
    pub fn packed_document(&self, bound: &Document) -> Option<Vec<u8>> {
        self.packed(&bound.to_vec().ok()?)
    }

    /// The document that a bound stands for.
    pub fn document(&self, packed: &[u8]) -> Document {
        let mut bytes = vec![0; 4];
        for (name, element) in self.0.iter().zip(values(packed)) {
            bytes.push(element.kind);
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(0);
            bytes.extend_from_slice(element.value);
        }
        bytes.push(0);
        let size = u32::try_from(bytes.len()).unwrap_or_default();
        bytes[..4].copy_from_slice(&size.to_le_bytes());
        RawDocumentBuf::from_bytes(bytes).ok().and_then(|raw| Document::try_from(&*raw).ok()).unwrap_or_default()
    }
}

/// Compares two bounds of one key as the server does.
pub fn order(one: &[u8], other: &[u8]) -> Ordering {
    let mut others = values(other);
    for element in values(one) {
        let Some(other) = others.next() else { return Ordering::Greater };
        match compare(element, other) {
            Ordering::Equal => {}
            unequal => return unequal,
        }
    }
    others.next().map_or(Ordering::Equal, |_| Ordering::Less)
}

fn values(packed: &[u8]) -> impl Iterator<Item = Element<'_>> {
    let mut rest = packed;
    std::iter::from_fn(move || {
        let (kind, after) = rest.split_first()?;
        let (element, after) = Element::take(*kind, after)?;
        rest = after;
        Some(element)
    })
}

#[cfg(test)]
mod tests {
    use bson::{Bson, doc};

    use super::*;

    #[test]
    fn a_bound_comes_back_as_it_was_in_its_types_and_its_order() {
        let fields = Fields::of(&doc! { "z": 1, "a.b": "hashed" });
        let uuid = bson::Uuid::from_bytes([7; 16]);
        for bound in [
            doc! { "z": Bson::MinKey, "a.b": Bson::MaxKey },
            doc! { "z": 5_i64, "a.b": i64::MIN },
            doc! { "z": uuid, "a.b": { "deep": [1, "x"] } },
            doc! { "z": 5.0, "a.b": "키" },
        ] {
            let packed = fields.packed_document(&bound).expect("a bound");
            assert_eq!(fields.document(&packed), bound);
        }
        assert_eq!(fields.packed_document(&doc! { "a.b": 1, "z": 1 }), None, "other fields, or another order");
        assert_eq!(fields.packed_document(&doc! {}), None);
        let zone = fields.packed_document(&doc! { "z": 5 }).expect("a prefix");
        assert_eq!(fields.document(&zone), doc! { "z": 5, "a.b": Bson::MinKey });
    }

    #[test]
    fn a_bound_takes_few_bytes_and_keeps_its_place() {
        let fields = Fields::of(&doc! { "k": 1 });
        let packed = |value: Bson| fields.packed_document(&doc! { "k": value }).expect("a bound");
        assert_eq!(packed(5_i64.into()).len(), 9);
        assert_eq!(order(&packed(5_i64.into()), &packed(5.0.into())), Ordering::Equal);
        assert_eq!(order(&fields.least(), &packed(i64::MIN.into())), Ordering::Less);
        assert_eq!(order(&fields.greatest(), &packed("x".into())), Ordering::Greater);
    }
}
