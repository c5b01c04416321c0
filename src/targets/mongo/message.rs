//! What a reply of MongoDB may look like. It is checked before the driver sees it, because bson 3.1 recurses into
//! nested documents: some 5,000 levels (40 KB) end the process, even before logging in.

/// Length of a message's header in bytes.
pub(super) const HEADER: usize = 16;

/// Most bytes of a message: the server's own limit, `maxMessageSizeBytes`, and a little for the envelope.
const LONGEST: usize = 48_000_000 + 16 * 1024;
/// Most levels of documents and arrays: the server's own limit for BSON.
const DEEPEST: usize = 200;
/// `OP_MSG`. The driver (3.9.1) reads nothing else but compressed messages, and those we never agree to.
const OP_MSG: i32 = 2013;
/// The bit in the flags that says that four bytes of checksum follow the sections.
const CHECKSUM: i32 = 1;

/// Why a message does not reach the driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Flaw {
    #[error("the server sent a message of {0} bytes")]
    Length(i32),
    #[error("the server sent a message of kind {0}, not OP_MSG")]
    Opcode(i32),
    #[error("the server sent a section of kind {0}")]
    Section(u8),
    #[error("the server sent a BSON element of unknown type {0:#04x}")]
    Type(u8),
    #[error("the server sent a document nested more than {DEEPEST} levels deep")]
    Depth,
    #[error("the server sent a message whose lengths contradict each other")]
    Bounds,
}

/// Length in bytes of the message that begins with this header, the header included.
///
/// # Errors
/// [`Flaw`] when the message is too short or too long, or not one that the driver can read.
pub(super) fn length(header: &[u8]) -> Result<usize, Flaw> {
    let mut reader = Reader { bytes: header, at: 0 };
    let length = reader.number()?;
    reader.skip(8)?;
    let opcode = reader.number()?;
    if opcode != OP_MSG {
        return Err(Flaw::Opcode(opcode));
    }
    usize::try_from(length).ok().filter(|length| (HEADER..=LONGEST).contains(length)).ok_or(Flaw::Length(length))
}

/// Checks a whole message, the header included: every document in it is walked to its end.
///
/// # Errors
/// [`Flaw`] when the driver must not see it.
pub(super) fn check(message: &[u8]) -> Result<(), Flaw> {
    let mut reader = Reader { bytes: message, at: HEADER };
    if reader.number()? & CHECKSUM != 0 {
        reader.bytes = &message[..message.len() - 4];
    }
    let end = reader.bytes.len();
    while reader.at < end {
        match reader.byte()? {
            0 => reader.document(end)?,
            1 => reader.sequence(end)?,
            other => return Err(Flaw::Section(other)),
        }
    }
    if reader.at == end { Ok(()) } else { Err(Flaw::Bounds) }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    /// Several documents after a name.
    fn sequence(&mut self, limit: usize) -> Result<(), Flaw> {
        let end = self.at + self.size()?;
        if end > limit {
            return Err(Flaw::Bounds);
        }
        self.name()?;
        while self.at < end {
            self.document(end)?;
        }
        if self.at == end { Ok(()) } else { Err(Flaw::Bounds) }
    }

    /// A document with all that is in it. The levels are kept in a list, so depth costs no stack.
    fn document(&mut self, limit: usize) -> Result<(), Flaw> {
        let mut ends = Vec::with_capacity(16);
        ends.push(self.open(limit)?);
        while let Some(&end) = ends.last() {
            let kind = self.byte()?;
            if kind == 0 {
                if self.at != end {
                    return Err(Flaw::Bounds);
                }
                ends.pop();
                continue;
            }
            self.name()?;
            if let Some(inner) = self.value(kind, end - 1)? {
                if ends.len() == DEEPEST {
                    return Err(Flaw::Depth);
                }
                ends.push(inner);
            }
            if self.at >= end {
                return Err(Flaw::Bounds);
            }
        }
        Ok(())
    }

    /// Steps over a value; of one that holds a document, only into it, and says where that ends.
    /// Types: <https://bsonspec.org/spec.html>.
    fn value(&mut self, kind: u8, limit: usize) -> Result<Option<usize>, Flaw> {
        match kind {
            0x03 | 0x04 => return self.open(limit).map(Some),
            0x0f => {
                let end = self.at + self.size()?;
                self.text()?;
                let inner = self.open(limit)?;
                return if inner == end { Ok(Some(inner)) } else { Err(Flaw::Bounds) };
            }
            0x06 | 0x0a | 0x7f | 0xff => {}
            0x08 => self.skip(1)?,
            0x10 => self.skip(4)?,
            0x01 | 0x09 | 0x11 | 0x12 => self.skip(8)?,
            0x07 => self.skip(12)?,
            0x13 => self.skip(16)?,
            0x02 | 0x0d | 0x0e => self.text()?,
            0x0c => {
                self.text()?;
                self.skip(12)?;
            }
            0x05 => {
                let size = self.size()?;
                self.skip(size + 1)?;
            }
            0x0b => {
                self.name()?;
                self.name()?;
            }
            other => return Err(Flaw::Type(other)),
        }
        Ok(None)
    }

    /// Enters a document and says where it ends.
    fn open(&mut self, limit: usize) -> Result<usize, Flaw> {
        let start = self.at;
        let size = self.size()?;
        // The shortest document is its length and the zero at its end.
        if size >= 5 && start + size <= limit { Ok(start + size) } else { Err(Flaw::Bounds) }
    }

    /// Text with its length before it and a zero at its end.
    fn text(&mut self) -> Result<(), Flaw> {
        let size = self.size()?;
        self.skip(size.checked_sub(1).ok_or(Flaw::Bounds)?)?;
        if self.byte()? == 0 { Ok(()) } else { Err(Flaw::Bounds) }
    }

    /// Text up to the next zero.
    fn name(&mut self) -> Result<(), Flaw> {
        let rest = self.bytes.get(self.at..).ok_or(Flaw::Bounds)?;
        self.at += 1 + rest.iter().position(|byte| *byte == 0).ok_or(Flaw::Bounds)?;
        Ok(())
    }

    fn size(&mut self) -> Result<usize, Flaw> {
        usize::try_from(self.number()?).map_err(|_| Flaw::Bounds)
    }

    fn number(&mut self) -> Result<i32, Flaw> {
        let (number, _) = self.bytes.get(self.at..).and_then(<[u8]>::split_first_chunk).ok_or(Flaw::Bounds)?;
        self.at += 4;
        Ok(i32::from_le_bytes(*number))
    }

    fn byte(&mut self) -> Result<u8, Flaw> {
        let byte = *self.bytes.get(self.at).ok_or(Flaw::Bounds)?;
        self.at += 1;
        Ok(byte)
    }

    fn skip(&mut self, count: usize) -> Result<(), Flaw> {
        self.at += count;
        if self.at <= self.bytes.len() { Ok(()) } else { Err(Flaw::Bounds) }
    }
}

#[cfg(test)]
mod tests;
