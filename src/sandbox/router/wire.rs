//! MongoDB's wire protocol as far as a router needs it: OP_MSG in both section kinds, and the
//! legacy OP_QUERY with which every driver opens its conversation.

use bson::{RawDocument, RawDocumentBuf};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt};

/// What `hello` advertises as `maxMessageSizeBytes`, and the most that is read from anybody.
pub(super) const MAX_MESSAGE_BYTES: usize = 48_000_000;
const HEADER_BYTES: usize = 16;
const OP_REPLY: i32 = 1;
const OP_QUERY: i32 = 2004;
const OP_MSG: i32 = 2013;
const CHECKSUM_PRESENT: u32 = 1;
const MORE_TO_COME: u32 = 1 << 1;
/// The lower 16 flag bits must be understood by the receiver; the upper ones may be ignored.
const REQUIRED_FLAGS: u32 = 0xffff;

#[derive(Debug, Error)]
pub(super) enum WireError {
    #[error("the connection broke: {0}")]
    Io(#[from] std::io::Error),
    #[error("not a message this router understands: {0}")]
    Malformed(&'static str),
}

/// One message as read from a socket.
#[derive(Debug)]
pub(super) enum Message {
    Command(Command),
    /// The legacy form; only `hello` and `isMaster` are still sent in it.
    LegacyQuery {
        request_id: i32,
        body: RawDocumentBuf,
    },
    /// An operation that nobody sends since MongoDB 5.1.
    Other,
}

/// An OP_MSG: the command, and its document sequences exactly as they came.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) request_id: i32,
    /// An unacknowledged write: the client does not read an answer.
    pub(super) no_answer_wanted: bool,
    pub(super) body: RawDocumentBuf,
    /// The kind 1 sections, each with its kind byte, ready to be sent on.
    pub(super) sequences: Vec<u8>,
}

/// Reads one message; `None` when the other side closed between two messages.
pub(super) async fn read_message<R: AsyncRead + Unpin>(reader: &mut R) -> Result<Option<Message>, WireError> {
    let mut header = [0_u8; HEADER_BYTES];
    if reader.read(&mut header[..1]).await? == 0 {
        return Ok(None);
    }
    reader.read_exact(&mut header[1..]).await?;
    let length = usize::try_from(int_at(&header, 0)).unwrap_or(0);
    if !(HEADER_BYTES..=MAX_MESSAGE_BYTES + HEADER_BYTES).contains(&length) {
        return Err(WireError::Malformed("a length out of bounds"));
    }
    // The buffer grows as bytes arrive, so a header that promises 48 MB costs nothing by itself.
    let expected = length - HEADER_BYTES;
    let mut payload = Vec::with_capacity(expected.min(64 * 1024));
    let promised = u64::try_from(expected).expect("a length below 48 MB fits 64 bits");
    reader.take(promised).read_to_end(&mut payload).await?;
    if payload.len() < expected {
        return Err(WireError::Malformed("a message cut short"));
    }
    let request_id = int_at(&header, 4);
    match int_at(&header, 12) {
        OP_MSG => parse_command(request_id, &payload).map(|it| Some(Message::Command(it))),
        OP_QUERY => parse_legacy_query(request_id, &payload).map(Some),
        _ => Ok(Some(Message::Other)),
    }
}

/// Parses what follows the header of an OP_MSG.
pub(super) fn parse_command(request_id: i32, payload: &[u8]) -> Result<Command, WireError> {
    let (flags, mut rest) = payload.split_first_chunk::<4>().ok_or(WireError::Malformed("no flags"))?;
    let flags = u32::from_le_bytes(*flags);
    if flags & REQUIRED_FLAGS & !(CHECKSUM_PRESENT | MORE_TO_COME) != 0 {
        return Err(WireError::Malformed("an unknown required flag"));
    }
    if flags & CHECKSUM_PRESENT != 0 {
        let end = rest.len().checked_sub(4);
        rest = &rest[..end.ok_or(WireError::Malformed("no checksum"))?];
    }
    let mut body = None;
    let mut sequences = Vec::new();
    while let Some((kind, after)) = rest.split_first() {
        let length = sized_length(after)?;
        match kind {
            0 if body.is_none() => body = Some(document(&after[..length])?),
            1 => sequences.extend_from_slice(&rest[..=length]),
            _ => return Err(WireError::Malformed("an unknown or second section")),
        }
        rest = &after[length..];
    }
    Ok(Command {
        request_id,
        no_answer_wanted: flags & MORE_TO_COME != 0,
        body: body.ok_or(WireError::Malformed("no body"))?,
        sequences,
    })
}

fn parse_legacy_query(request_id: i32, payload: &[u8]) -> Result<Message, WireError> {
    let after_flags = payload.get(4..).unwrap_or_default();
    let name_end = after_flags.iter().position(|byte| *byte == 0).ok_or(WireError::Malformed("no collection name"))?;
    // The name's NUL, then how many to skip and how many to return: neither matters to `hello`.
    let rest = after_flags.get(name_end + 9..).unwrap_or_default();
    let length = sized_length(rest)?;
    let body = document(&rest[..length])?;
    Ok(Message::LegacyQuery { request_id, body })
}

/// An OP_MSG with one body and the given kind 1 sections.
pub(super) fn encode_command(request_id: i32, response_to: i32, body: &RawDocument, sequences: &[u8]) -> Vec<u8> {
    let length = HEADER_BYTES + 5 + body.as_bytes().len() + sequences.len();
    let mut message = header(length, request_id, response_to, OP_MSG);
    message.extend_from_slice(&0_u32.to_le_bytes());
    message.push(0);
    message.extend_from_slice(body.as_bytes());
    message.extend_from_slice(sequences);
    message
}

/// The OP_REPLY that answers a legacy query with one document.
pub(super) fn encode_legacy_reply(response_to: i32, body: &RawDocument) -> Vec<u8> {
    const AWAIT_CAPABLE: i32 = 8;
    let length = HEADER_BYTES + 20 + body.as_bytes().len();
    let mut message = header(length, 0, response_to, OP_REPLY);
    message.extend_from_slice(&AWAIT_CAPABLE.to_le_bytes());
    message.extend_from_slice(&0_i64.to_le_bytes());
    message.extend_from_slice(&0_i32.to_le_bytes());
    message.extend_from_slice(&1_i32.to_le_bytes());
    message.extend_from_slice(body.as_bytes());
    message
}

fn header(length: usize, request_id: i32, response_to: i32, opcode: i32) -> Vec<u8> {
    let mut message = Vec::with_capacity(length);
    // A message longer than 2 GiB cannot arise from inputs capped at 48 MB.
    let length = i32::try_from(length).unwrap_or(i32::MAX);
    for number in [length, request_id, response_to, opcode] {
        message.extend_from_slice(&number.to_le_bytes());
    }
    message
}

/// The length a document or sequence states about itself, if the bytes hold that much.
fn sized_length(bytes: &[u8]) -> Result<usize, WireError> {
    let stated = bytes.first_chunk::<4>().ok_or(WireError::Malformed("a section cut short"))?;
    let length = usize::try_from(i32::from_le_bytes(*stated)).unwrap_or(0);
    if length < 5 || length > bytes.len() {
        return Err(WireError::Malformed("a section of impossible length"));
    }
    Ok(length)
}

fn document(bytes: &[u8]) -> Result<RawDocumentBuf, WireError> {
    RawDocumentBuf::from_bytes(bytes.to_vec()).map_err(|_| WireError::Malformed("not a document"))
}

fn int_at(bytes: &[u8; HEADER_BYTES], at: usize) -> i32 {
    let four = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
    i32::from_le_bytes(four)
}

#[cfg(test)]
mod tests {
    use bson::rawdoc;

    use super::*;

    fn payload(message: &[u8]) -> &[u8] {
        &message[HEADER_BYTES..]
    }

    #[test]
    fn a_command_survives_the_round_trip() {
        let body = rawdoc! { "insert": "c", "$db": "shop" };
        let one = rawdoc! { "_id": 1 };
        let mut sequence = vec![1];
        let size = i32::try_from(4 + "documents\0".len() + one.as_bytes().len()).expect("small");
        sequence.extend_from_slice(&size.to_le_bytes());
        sequence.extend_from_slice(b"documents\0");
        sequence.extend_from_slice(one.as_bytes());
        let message = encode_command(7, 0, &body, &sequence);
        let parsed = parse_command(7, payload(&message)).expect("well formed");
        assert_eq!(parsed.body, body);
        assert_eq!(parsed.sequences, sequence);
        assert!(!parsed.no_answer_wanted);
    }

    #[test]
    fn every_truncation_is_an_error_and_none_panics() {
        let message = encode_command(1, 0, &rawdoc! { "ping": 1, "$db": "admin" }, &[]);
        for end in 0..payload(&message).len() {
            assert!(parse_command(1, &payload(&message)[..end]).is_err());
        }
    }

    #[test]
    fn garbage_is_refused() {
        let mut state = 0x2545_f491_u32;
        for _ in 0..20_000 {
            let bytes: Vec<u8> = (0..40)
                .map(|_| {
                    state ^= state << 13;
                    state ^= state >> 17;
                    state ^= state << 5;
                    state.to_le_bytes()[0] % 24
                })
                .collect();
            let _ = parse_command(1, &bytes);
            let _ = parse_legacy_query(1, &bytes);
        }
    }

    #[test]
    fn unknown_required_flags_are_refused_and_optional_ones_are_not() {
        let mut message = encode_command(1, 0, &rawdoc! { "ping": 1 }, &[]);
        message[HEADER_BYTES + 2] = 1;
        assert!(parse_command(1, payload(&message)).is_ok());
        message[HEADER_BYTES] = 4;
        assert!(parse_command(1, payload(&message)).is_err());
    }

    #[tokio::test]
    async fn lengths_out_of_bounds_end_the_conversation() {
        for length in [0_i32, 15, -1, i32::MAX, 49_000_000] {
            let mut bytes = length.to_le_bytes().to_vec();
            bytes.extend_from_slice(&[0; 12]);
            assert!(read_message(&mut bytes.as_slice()).await.is_err());
        }
        assert!(matches!(read_message(&mut [].as_slice()).await, Ok(None)));
    }

    #[tokio::test]
    async fn a_legacy_hello_is_read() {
        let body = rawdoc! { "isMaster": 1, "helloOk": true };
        let length = HEADER_BYTES + 4 + "admin.$cmd\0".len() + 8 + body.as_bytes().len();
        let mut bytes = header(length, 9, 0, OP_QUERY);
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(b"admin.$cmd\0");
        bytes.extend_from_slice(&[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
        bytes.extend_from_slice(body.as_bytes());
        let message = read_message(&mut bytes.as_slice()).await;
        let Ok(Some(Message::LegacyQuery { request_id, body: read })) = message else {
            panic!("not a legacy query");
        };
        assert_eq!((request_id, read), (9, body));
    }
}
