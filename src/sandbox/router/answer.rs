//! What a client is told: the shapes of success and of failure, with MongoDB's own codes.

use bson::{Document, RawDocumentBuf, doc, rawdoc};

use super::wire::WireError;

pub(super) type Answer = Result<RawDocumentBuf, Failure>;

/// Why a command did not get its answer from a server.
#[derive(Debug)]
pub(super) enum Failure {
    /// The router refuses: a code, its name, and the text.
    Refused(i32, &'static str, String),
    /// A server refused; its own document is passed on as it is.
    Server(Box<Document>),
    /// A member could not be reached, or hung up in the middle. The flag says whether the command
    /// may already have been carried out.
    Unreachable { host: String, sent: bool },
}

impl Failure {
    pub(super) fn into_answer(self) -> RawDocumentBuf {
        match self {
            Self::Refused(code, name, text) => {
                rawdoc! { "ok": 0.0, "errmsg": text, "code": code, "codeName": name }
            }
            Self::Server(document) => RawDocumentBuf::try_from(&strip_internals(*document))
                .unwrap_or_else(|_| bad_value("the server's answer is not BSON").into_answer()),
            Self::Unreachable { host, sent } => {
                let stage = if sent { "hung up before it answered" } else { "cannot be reached" };
                refused(6, "HostUnreachable", format!("{host} {stage}")).into_answer()
            }
        }
    }
}

impl From<bson::error::Error> for Failure {
    fn from(error: bson::error::Error) -> Self {
        refused(22, "InvalidBSON", error.to_string())
    }
}

impl From<WireError> for Failure {
    fn from(error: WireError) -> Self {
        refused(22, "InvalidBSON", error.to_string())
    }
}

pub(super) fn refused(code: i32, name: &'static str, text: impl Into<String>) -> Failure {
    Failure::Refused(code, name, text.into())
}

pub(super) fn bad_value(text: impl Into<String>) -> Failure {
    refused(2, "BadValue", text)
}

pub(super) fn illegal(text: impl Into<String>) -> Failure {
    refused(20, "IllegalOperation", text)
}

pub(super) fn not_sharded(namespace: &str) -> Failure {
    let text = format!("Expected collection {namespace} to be sharded");
    refused(118, "NamespaceNotSharded", text)
}

pub(super) fn database_not_found(name: &str) -> Failure {
    refused(26, "NamespaceNotFound", format!("database {name} not found"))
}

pub(super) fn missing_field(command: &str, field: &str) -> Failure {
    let text = format!("BSON field '{command}.{field}' is missing but a required field");
    refused(40414, "Location40414", text)
}

pub(super) fn unknown_command(name: &str) -> Failure {
    refused(59, "CommandNotFound", format!("no such command: '{name}'"))
}

/// `{ok: 1}`.
pub(super) fn fine() -> RawDocumentBuf {
    rawdoc! { "ok": 1.0 }
}

pub(super) fn raw(document: &Document) -> Answer {
    Ok(RawDocumentBuf::try_from(document)?)
}

/// Takes out what shards tell routers and routers do not tell clients.
pub(super) fn strip_internals(mut document: Document) -> Document {
    for field in ["lastCommittedOpTime", "$configTime", "$topologyTime", "$gleStats"] {
        document.remove(field);
    }
    document
}

/// The numeric code of a refusal, 0 when the document is none.
pub(super) fn code_of(document: &Document) -> i32 {
    if is_ok(document) {
        return 0;
    }
    number(document, "code").and_then(|it| i32::try_from(it).ok()).unwrap_or(-1)
}

pub(super) fn is_ok(document: &Document) -> bool {
    number(document, "ok") == Some(1)
}

/// A whole number, whichever of the three types it came in.
pub(super) fn number(document: &Document, field: &str) -> Option<i64> {
    match document.get(field)? {
        bson::Bson::Int32(it) => Some(i64::from(*it)),
        bson::Bson::Int64(it) => Some(*it),
        bson::Bson::Double(it) if it.fract() == 0.0 => format!("{it:.0}").parse().ok(),
        bson::Bson::Boolean(it) => Some(i64::from(*it)),
        _ => None,
    }
}

/// A cursor that has given everything in its first batch.
pub(super) fn closed_cursor(namespace: String, batch: Vec<Document>) -> Document {
    doc! { "cursor": { "firstBatch": batch, "id": 0_i64, "ns": namespace }, "ok": 1.0 }
}
