//! As much of the three protocols as a fake server needs.

use std::io;

use bson::doc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::targets::model::TargetKind;

/// What a hostile server puts into its errors: a password, colour for the terminal, a turn of direction, a new line.
pub(super) const NASTY: &str = "no mongodb://root:hunter2@db:27017/ \u{1b}[31mred \u{202e}txet\r\nforged line";
/// The same in the place of an error code.
const NASTY_CODE: &str = "XX31m";

/// Answers what a driver says first.
pub(super) async fn greet(stream: &mut TcpStream, kind: TargetKind) -> io::Result<()> {
    let greeting = match kind {
        TargetKind::Postgresql => {
            let length = stream.read_u32().await?;
            stream.read_exact(&mut vec![0; length as usize - 4]).await?;
            [backend(b'R', &[0; 4]), backend(b'Z', b"I")].concat()
        }
        TargetKind::Mongodb | TargetKind::Redis => answer(kind, &request(stream, kind).await?),
    };
    stream.write_all(&greeting).await
}

/// Reads one request: MongoDB's message, PostgreSQL's kinds of messages up to a sync, what Redis' client sent at once.
pub(super) async fn request(stream: &mut TcpStream, kind: TargetKind) -> io::Result<Vec<u8>> {
    match kind {
        TargetKind::Mongodb => {
            let length = stream.read_u32_le().await?;
            let mut rest = vec![0; length as usize - 4];
            stream.read_exact(&mut rest).await?;
            Ok([&length.to_le_bytes()[..], &rest].concat())
        }
        TargetKind::Postgresql => {
            let mut kinds = Vec::new();
            while kinds.last() != Some(&b'S') {
                kinds.push(stream.read_u8().await?);
                let length = stream.read_u32().await?;
                stream.read_exact(&mut vec![0; length as usize - 4]).await?;
            }
            Ok(kinds)
        }
        TargetKind::Redis => {
            let mut sent = vec![0; 4096];
            let length = stream.read(&mut sent).await?;
            if length == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            sent.truncate(length);
            Ok(sent)
        }
    }
}

/// What a server that is well says.
pub(super) fn answer(kind: TargetKind, request: &[u8]) -> Vec<u8> {
    match kind {
        TargetKind::Mongodb => {
            let said = doc! {
                "ok": 1, "isWritablePrimary": true, "msg": "isdbgrid", "version": "7.0.1",
                "minWireVersion": 0, "maxWireVersion": 21,
                "maxBsonObjectSize": 16 << 20, "maxMessageSizeBytes": 48_000_000, "maxWriteBatchSize": 100_000,
            };
            reply(request, &said.to_vec().expect("it fits BSON"))
        }
        TargetKind::Postgresql => request.iter().flat_map(|kind| postgres(*kind)).collect(),
        TargetKind::Redis => commands(request)
            .map(|command| {
                let info = "redis_version:8.0.1\r\nrole:master\r\n";
                if command.contains("INFO\r\n") && !command.contains("SETINFO") {
                    format!("${}\r\n{info}\r\n", info.len())
                } else {
                    "+OK\r\n".to_owned()
                }
            })
            .collect::<String>()
            .into_bytes(),
    }
}

/// An error in the server's own words.
pub(super) fn complaint(kind: TargetKind, request: &[u8]) -> Vec<u8> {
    match kind {
        TargetKind::Mongodb => {
            let said = doc! { "ok": 0, "code": 13, "codeName": NASTY_CODE, "errmsg": NASTY };
            reply(request, &said.to_vec().expect("it fits BSON"))
        }
        TargetKind::Postgresql => {
            let said = format!("SERROR\0VERROR\0C{NASTY_CODE}\0M{NASTY}\0\0");
            [backend(b'N', said.as_bytes()), backend(b'E', said.as_bytes()), backend(b'Z', b"I")].concat()
        }
        TargetKind::Redis => {
            let said = format!("-{NASTY_CODE} {}\r\n", NASTY.replace("\r\n", " "));
            commands(request).map(|_| said.as_str()).collect::<String>().into_bytes()
        }
    }
}

/// The beginning of a message that says that it is 1 GiB long.
pub(super) fn huge(kind: TargetKind) -> &'static [u8] {
    match kind {
        TargetKind::Mongodb => b"\0\0\0\x40\x01\0\0\0\x01\0\0\0\xdd\x07\0\0",
        // A row: the driver waits for all of it. At login any other kind of message is read to its end too.
        TargetKind::Postgresql => b"D\x40\0\0\0",
        TargetKind::Redis => b"$1073741824\r\n",
    }
}

/// MongoDB's answer with a document nested 10,000 deep.
pub(super) fn deep(request: &[u8]) -> Vec<u8> {
    const LEVELS: u32 = 10_000;
    let mut document = Vec::new();
    for inner in (1..LEVELS).rev() {
        document.extend((5 + 8 * inner).to_le_bytes());
        document.extend(b"\x03a\0");
    }
    document.extend([5, 0, 0, 0]);
    document.resize(document.len() + LEVELS as usize, 0);
    reply(request, &document)
}

fn reply(request: &[u8], document: &[u8]) -> Vec<u8> {
    let length = u32::try_from(16 + 5 + document.len()).expect("a short message");
    let head = [length, 1, u32::from_le_bytes(request[4..8].try_into().expect("four bytes")), 2013, 0];
    [&head.map(u32::to_le_bytes).concat()[..], &[0], document].concat()
}

fn backend(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(4 + body.len()).expect("a short message");
    [&[kind][..], &length.to_be_bytes(), body].concat()
}

/// The answer to one message of a client that asks for a version and whether the server is a standby.
fn postgres(kind: u8) -> Vec<u8> {
    // After the type: its length and modifier, which nobody reads, and the format.
    let column = |name: &str, oid: u8| [name.as_bytes(), &[0; 10], &[oid], &[0; 8]].concat();
    match kind {
        b'P' => backend(b'1', b""),
        b'D' => {
            let columns = [&[0, 2][..], &column("version", 25), &column("standby", 16)].concat();
            [backend(b't', &[0, 0]), backend(b'T', &columns)].concat()
        }
        b'B' => backend(b'2', b""),
        b'E' => [backend(b'D', b"\0\x02\0\0\0\x0417.2\0\0\0\x01\0"), backend(b'C', b"SELECT 1\0")].concat(),
        b'C' => backend(b'3', b""),
        _ => backend(b'Z', b"I"),
    }
}

fn commands(request: &[u8]) -> impl Iterator<Item = &str> {
    std::str::from_utf8(request).unwrap_or_default().split('*').skip(1)
}
