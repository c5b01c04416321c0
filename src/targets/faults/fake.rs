//! A small server of each kind that behaves as it is told to, and a log that can be read.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;

use super::protocol;
use crate::targets::model::{Target, TargetId, TargetKind};
use crate::targets::registry::{Configured, Entry};

/// What a server does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Nobody listens at the port.
    Refuses,
    /// Accepts, and never says a word.
    Silent,
    Garbage,
    Http,
    Closes,
    /// The very first message says that it is 1 GiB long, and goes on and on.
    HugeGreeting,
    /// The same after the handshake.
    HugeAnswer,
    /// The very first message holds a document nested 10,000 deep (MongoDB only).
    DeepGreeting,
    /// The same after the handshake.
    DeepAnswer,
    /// Answers the handshake, and then no more.
    Hangs,
    /// Answers the handshake, and everything else with an error full of nasty text.
    Complains,
    Good,
}

/// Most bytes that a server sends of an endless message, so that a test which fails does not fill the machine.
const FLOOD: usize = 256 << 20;

pub(super) struct Fake {
    kind: TargetKind,
    port: u16,
    manner: Arc<Mutex<Manner>>,
    sent: Arc<AtomicUsize>,
    _serving: JoinSet<()>,
    _unused: Option<TcpSocket>,
}

impl Fake {
    pub(super) async fn start(kind: TargetKind, manner: Manner) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
        let port = socket.local_addr().expect("an address").port();
        let shared = Arc::new(Mutex::new(manner));
        let sent = Arc::default();
        let mut serving = JoinSet::new();
        let unused = if manner == Manner::Refuses {
            // The port stays taken, so that nobody else can listen there.
            Some(socket)
        } else {
            let listener = socket.listen(64).expect("it can listen");
            serving.spawn(accept(listener, kind, Arc::clone(&shared), Arc::clone(&sent)));
            None
        };
        Self { kind, port, manner: shared, sent, _serving: serving, _unused: unused }
    }

    /// Connections from now on are served in another manner. Those that exist are not touched.
    pub(super) fn turn(&self, manner: Manner) {
        *self.manner.lock().expect("no panic") = manner;
    }

    /// How many bytes the other side has taken of the long messages.
    pub(super) fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    /// A target that knows nothing of this server yet.
    pub(super) fn entry(&self) -> Entry {
        let id = TargetId::parse("fake").expect("a valid name");
        let target = Target { id, kind: self.kind, name: "Fake".into(), host: "127.0.0.1".into(), port: self.port };
        Entry::alone(Configured { target, user: None, password: None, database: None, tls: None })
    }
}

async fn accept(listener: TcpListener, kind: TargetKind, manner: Arc<Mutex<Manner>>, sent: Arc<AtomicUsize>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let manner = *manner.lock().expect("no panic");
        let sent = Arc::clone(&sent);
        connections.spawn(async move {
            let _ = serve(stream, kind, manner, &sent).await;
        });
    }
}

async fn serve(mut stream: TcpStream, kind: TargetKind, manner: Manner, sent: &AtomicUsize) -> io::Result<()> {
    let stream = &mut stream;
    match manner {
        Manner::Refuses | Manner::Closes => return Ok(()),
        Manner::Silent => return wait(stream).await,
        Manner::Garbage => {
            let noise: Vec<u8> = (1_u32..5000).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
            stream.write_all(&noise).await?;
            return wait(stream).await;
        }
        Manner::Http => {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await?;
            return wait(stream).await;
        }
        Manner::HugeGreeting => return flood(stream, kind, sent).await,
        Manner::DeepGreeting => {
            let request = protocol::request(stream, kind).await?;
            return count(stream, &protocol::deep(&request), sent).await;
        }
        Manner::HugeAnswer | Manner::DeepAnswer | Manner::Hangs | Manner::Complains | Manner::Good => {
            protocol::greet(stream, kind).await?
        }
    }
    loop {
        let request = protocol::request(stream, kind).await?;
        match manner {
            Manner::HugeAnswer => return flood(stream, kind, sent).await,
            Manner::DeepAnswer => count(stream, &protocol::deep(&request), sent).await?,
            Manner::Complains => stream.write_all(&protocol::complaint(kind, &request)).await?,
            Manner::Good => stream.write_all(&protocol::answer(kind, &request)).await?,
            _ => return wait(stream).await,
        }
    }
}

/// Keeps the connection until the other side closes it.
async fn wait(stream: &mut TcpStream) -> io::Result<()> {
    tokio::io::copy(stream, &mut tokio::io::sink()).await.map(drop)
}

async fn flood(stream: &mut TcpStream, kind: TargetKind, sent: &AtomicUsize) -> io::Result<()> {
    stream.write_all(protocol::huge(kind)).await?;
    let block = vec![b'x'; 64 * 1024];
    for _ in 0..FLOOD / block.len() {
        count(stream, &block, sent).await?;
    }
    wait(stream).await
}

async fn count(stream: &mut TcpStream, mut bytes: &[u8], sent: &AtomicUsize) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = stream.write(bytes).await?;
        sent.fetch_add(written, Ordering::Relaxed);
        bytes = &bytes[written..];
    }
    Ok(())
}

/// What this thread logs.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Collects until the guard is dropped.
    pub(super) fn watch(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let writer = move || log.clone();
        tracing::subscriber::set_default(tracing_subscriber::fmt().with_ansi(false).with_writer(writer).finish())
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no panic").clone()).expect("the log is text")
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
