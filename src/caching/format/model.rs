//! What a cached value is made of, as it is told to a person.

use serde::{Deserialize, Serialize};

use crate::text::Words;

/// Bytes of text that are shown of a value, and that may be typed into a form.
pub const LONGEST_TEXT: usize = 64 * 1024;

/// The format of a value, told by its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// Decimal digits: what INCR works on, and what Django writes for every whole number in any of its formats.
    Integer,
    Json,
    /// Python's own format, with the number of its protocol.
    Pickle(u8),
    /// Compressed, and what was compressed.
    Zlib(Box<Format>),
    Msgpack,
    /// UTF-8 that is none of the others.
    Text,
    /// Bytes that are none of the others.
    Raw,
}

impl Format {
    /// The name as a person knows it: `pickle 5`, `JSON, zlib`.
    pub fn words(&self) -> Words {
        match self {
            Self::Integer => Words::new("integer", "정수"),
            Self::Json => Words::same("JSON"),
            Self::Pickle(protocol) => Words::same(format!("pickle {protocol}")),
            Self::Zlib(inner) => {
                let Words { en, ko } = inner.words();
                Words::new(format!("{en}, zlib"), format!("{ko}, zlib"))
            }
            Self::Msgpack => Words::same("msgpack"),
            Self::Text => Words::new("text", "텍스트"),
            Self::Raw => Words::new("bytes", "바이트"),
        }
    }
}

/// A value as it can be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    pub format: Format,
    /// The value as text, at most [`LONGEST_TEXT`] bytes: Python's spelling for a pickle, JSON as it stands, and bytes
    /// that are no text escaped as in a key.
    pub text: String,
    /// Whether a changed value can be written back in this format without losing anything that the old one held.
    pub editable: bool,
    /// What stands in the form: JSON, or the text itself where the format is text. None where it is not editable.
    pub edit: Option<String>,
    /// Why it is not editable, or why only a part is shown.
    pub why_not: Option<Words>,
}
