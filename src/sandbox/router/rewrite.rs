//! Rewriting a command without decoding it: its name, and fields to leave out or to add.

use bson::raw::{CStr, RawDocument, RawDocumentBuf};
use bson::{Document, RawBson};

use super::answer::{Failure, bad_value};

/// Fields that must not reach a shard's router commands. `txnNumber` there ends the whole server
/// on an invariant, and every driver sends it by default (retryable writes); the versions are a
/// router's to say; the declared API version does not know the internal command names.
pub(super) const STRIPPED: [&str; 8] = [
    "txnNumber",
    "stmtId",
    "stmtIds",
    "shardVersion",
    "databaseVersion",
    "apiVersion",
    "apiStrict",
    "apiDeprecationErrors",
];

/// More levels than this are refused before a document is decoded, as decoding recurses.
const MAX_DEPTH: usize = 120;

/// The same command under another name, without the fields in `left_out`.
pub(super) fn renamed(body: &RawDocument, name: Option<&str>, left_out: &[&[&str]]) -> Result<RawDocumentBuf, Failure> {
    let mut rewritten = RawDocumentBuf::new();
    for (position, element) in body.iter_elements().enumerate() {
        let element = element?;
        let key = element.key();
        if left_out.iter().any(|them| them.contains(&key.as_str())) {
            continue;
        }
        match name {
            Some(name) if position == 0 => {
                rewritten.append(<&CStr>::try_from(name)?, element.value()?);
            }
            _ => rewritten.append(key, element.value()?),
        }
    }
    Ok(rewritten)
}

/// Adds the fields of a small document at a command's end.
pub(super) fn extend(body: &mut RawDocumentBuf, fields: &Document) -> Result<(), Failure> {
    for (key, value) in fields {
        let key: &CStr = key.as_str().try_into()?;
        body.append(key, RawBson::try_from(value.clone())?);
    }
    Ok(())
}

/// Decodes a command whose fields the router must look at.
pub(super) fn decoded(body: &RawDocument) -> Result<Document, Failure> {
    check_depth(body, MAX_DEPTH)?;
    Ok(Document::try_from(body)?)
}

fn check_depth(document: &RawDocument, levels_left: usize) -> Result<(), Failure> {
    if levels_left == 0 {
        return Err(bad_value("the command is nested too deeply"));
    }
    for element in document.iter_elements() {
        let value = element?.value()?;
        let inner = match value {
            bson::RawBsonRef::Document(inner) => inner,
            bson::RawBsonRef::Array(array) => RawDocument::from_bytes(array.as_bytes())?,
            bson::RawBsonRef::JavaScriptCodeWithScope(code) => code.scope,
            _ => continue,
        };
        check_depth(inner, levels_left - 1)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use bson::{doc, rawdoc};

    use super::*;

    #[test]
    fn the_name_changes_and_what_kills_a_server_goes() {
        let body = rawdoc! {
            "insert": "c", "ordered": true, "txnNumber": 4_i64, "stmtIds": [1],
            "lsid": { "id": 1 }, "$db": "shop", "apiVersion": "1",
        };
        let rewritten = renamed(&body, Some("clusterInsert"), &[&STRIPPED]).expect("well formed");
        let expected = rawdoc! {
            "clusterInsert": "c", "ordered": true, "lsid": { "id": 1 }, "$db": "shop",
        };
        assert_eq!(rewritten, expected);
    }

    #[test]
    fn fields_are_added_at_the_end() {
        let mut body = rawdoc! { "create": "c" };
        extend(&mut body, &doc! { "databaseVersion": { "lastMod": 1 } }).expect("well formed");
        let expected = rawdoc! { "create": "c", "databaseVersion": { "lastMod": 1 } };
        assert_eq!(body, expected);
    }

    #[test]
    fn nesting_is_bounded() {
        let mut deep = rawdoc! { "a": 1 };
        for _ in 0..50_000 / 8 {
            deep = rawdoc! { "a": deep };
        }
        assert!(decoded(&deep).is_err());
        assert!(decoded(&rawdoc! { "a": { "b": [ { "c": 1 } ] } }).is_ok());
    }

    #[test]
    fn garbage_inside_a_document_is_an_error() {
        let mut bytes = rawdoc! { "a": "text", "b": { "c": 1 } }.into_bytes();
        let last = bytes.len() - 1;
        for at in 4..last {
            let kept = bytes[at];
            for other in [0_u8, 2, 3, 0x7f, 0xff] {
                bytes[at] = other;
                if let Ok(document) = RawDocument::from_bytes(&bytes) {
                    let _ = renamed(document, Some("x"), &[&STRIPPED]);
                    let _ = decoded(document);
                }
            }
            bytes[at] = kept;
        }
    }
}
