//! Python's pickles: read by walking their opcodes, which makes a description and executes nothing, and written of plain
//! data. The opcodes are those of CPython's `Lib/pickle.py` and `Lib/pickletools.py`, protocols 0 to 5.

mod machine;
mod read;
mod write;

pub(super) use read::read;
pub(super) use write::write;

use super::plain::Plain;
use super::tree::{Id, Tree};
use crate::text::Words;

/// What walking a pickle found.
pub(super) struct Walked {
    pub(super) tree: Tree,
    /// The value; none where the pickle goes wrong before its end.
    pub(super) root: Option<Id>,
    /// What is wrong with it.
    pub(super) wrong: Option<Words>,
}

/// The value of this JSON as a pickle that any Python since 3.8 reads.
///
/// # Errors
/// Where it is not JSON.
pub fn of_json(protocol: u8, json: &str) -> Result<Vec<u8>, Words> {
    let value: Plain = super::written::plain(json)?;
    Ok(write(protocol, &value))
}
