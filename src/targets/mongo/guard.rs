//! The door between MongoDB's driver and a server: the driver is given a socket of ours, and each reply is checked as
//! a whole before it passes.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::{JoinHandle, JoinSet};

use super::message::{self, HEADER};
use crate::auth::session::random_hex;
use crate::targets::wire;

/// Connections at once: the pool's four, the driver's two watchers, and two that are just closing.
const AT_ONCE: usize = 8;
/// Bytes for which there is always room. Small replies fit, so they are read with one call.
const SMALL: usize = 8 * 1024;
/// Room in bytes that is made for a large message at a time, so that a length without its bytes costs nothing.
const STEP: usize = 1024 * 1024;

/// What went wrong last between the console and the server. The driver only sees its connection closed.
pub(super) type Trouble = Arc<Mutex<Option<String>>>;

/// A guarded way to one server. It ends with this value.
pub(super) struct Guard {
    folder: PathBuf,
    accepting: JoinHandle<()>,
}

impl Guard {
    /// Opens the socket. The server is not contacted before the driver connects.
    ///
    /// # Errors
    /// No private directory for the socket can be made.
    pub(super) fn open(host: &str, port: u16, trouble: &Trouble) -> io::Result<Self> {
        let (folder, listener) = listen()?;
        let accepting = tokio::spawn(accept(listener, (host.to_owned(), port), Arc::clone(trouble)));
        Ok(Self { folder, accepting })
    }

    /// Where the driver connects to.
    pub(super) fn socket(&self) -> PathBuf {
        socket_in(&self.folder)
    }

    /// Whether the socket is still there: a cleaner of temporary files may have taken it away.
    pub(super) fn stands(&self) -> bool {
        self.socket().exists()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.accepting.abort();
        remove(&self.folder);
    }
}

/// A socket in a directory that only this user may enter. Its path must be short: the system allows 107 bytes.
fn listen() -> io::Result<(PathBuf, UnixListener)> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let places = runtime.into_iter().chain([std::env::temp_dir(), PathBuf::from("/tmp")]);
    let mut failure = io::Error::from(io::ErrorKind::NotFound);
    for place in places {
        let folder = place.join(format!("outgrow-{}", random_hex::<8>()));
        // An existing directory is an error here, so nobody can put one of theirs in our way.
        let made = DirBuilder::new().mode(0o700).create(&folder);
        match made.and_then(|()| UnixListener::bind(socket_in(&folder)).inspect_err(|_| remove(&folder))) {
            Ok(listener) => return Ok((folder, listener)),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn socket_in(folder: &Path) -> PathBuf {
    folder.join("mongodb.sock")
}

fn remove(folder: &Path) {
    let _ = std::fs::remove_file(socket_in(folder));
    let _ = std::fs::remove_dir(folder);
}

async fn accept(listener: UnixListener, server: (String, u16), trouble: Trouble) {
    // The connections end when this set is dropped.
    let mut connections = JoinSet::new();
    loop {
        while connections.len() >= AT_ONCE {
            connections.join_next().await;
        }
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((driver, _)) => {
                    connections.spawn(relay(driver, server.clone(), Arc::clone(&trouble)));
                }
                // No more files can be opened. That passes.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Serves one connection of the driver until either side closes it.
async fn relay(driver: UnixStream, (host, port): (String, u16), trouble: Trouble) {
    let Err(error) = connect_and_pass(driver, &host, port, &trouble).await else { return };
    if error.kind() == io::ErrorKind::InvalidData {
        crate::server::incident(&error, &format!("guarding the connection to {host}:{port}"));
    }
    *trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
}

async fn connect_and_pass(mut driver: UnixStream, host: &str, port: u16, trouble: &Trouble) -> io::Result<()> {
    let mut server = wire::connect(host, port).await?;
    let (mut from_server, mut to_server) = server.split();
    let (mut from_driver, mut to_driver) = driver.split();
    tokio::select! {
        ended = tokio::io::copy(&mut from_driver, &mut to_server) => ended.map(drop),
        ended = pass_checked(&mut from_server, &mut to_driver, trouble) => ended,
    }
}

/// Passes whole messages on, each after its check.
async fn pass_checked(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    trouble: &Trouble,
) -> io::Result<()> {
    let refused = |flaw| io::Error::new(io::ErrorKind::InvalidData, flaw);
    let mut buffer = Vec::new();
    loop {
        read_to(from, &mut buffer, HEADER).await?;
        let length = message::length(&buffer).map_err(refused)?;
        read_to(from, &mut buffer, length).await?;
        message::check(&buffer[..length]).map_err(refused)?;
        trouble.lock().unwrap_or_else(PoisonError::into_inner).take();
        to.write_all(&buffer[..length]).await?;
        buffer.drain(..length);
        buffer.shrink_to(STEP);
    }
}

/// Reads until the buffer holds at least so many bytes.
async fn read_to(from: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>, wanted: usize) -> io::Result<()> {
    while buffer.len() < wanted {
        buffer.reserve_exact((wanted - buffer.len()).clamp(SMALL, STEP));
        if from.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[tokio::test]
    async fn only_this_user_may_enter_the_directory_and_it_goes_with_the_guard() {
        let guard = Guard::open("127.0.0.1", 1, &Trouble::default()).expect("a socket");
        let folder = guard.folder.clone();
        let mode = folder.metadata().expect("the directory").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert!(guard.socket().as_os_str().len() <= 107 && guard.stands());
        drop(guard);
        assert!(!folder.exists(), "{} must be gone", folder.display());
    }

    #[tokio::test]
    async fn a_message_that_is_only_announced_takes_no_room() {
        let header = [48_000_000_i32, 1, 1, 2013].map(i32::to_le_bytes).concat();
        let mut buffer = Vec::new();
        let error = read_to(&mut &header[..], &mut buffer, 48_000_000).await.expect_err("it ends early");
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        assert!(buffer.capacity() <= 2 * STEP, "{} bytes were set aside", buffer.capacity());
    }

    #[tokio::test]
    async fn messages_pass_unchanged_however_they_arrive() {
        let document = bson::doc! { "ok": 1, "text": "x".repeat(3 * STEP) }.to_vec().expect("it fits BSON");
        let length = i32::try_from(HEADER + 5 + document.len()).expect("a short message");
        let mut message = [length, 1, 1, 2013, 0].map(i32::to_le_bytes).concat();
        message.push(0);
        message.extend(document);
        let stream = message.repeat(3);
        let mut passed = Vec::new();
        let (mut near, mut far) = tokio::io::duplex(1000);
        let sending = async move { far.write_all(&stream).await.map(|()| stream) };
        let trouble = Trouble::default();
        let (sent, ended) = tokio::join!(sending, pass_checked(&mut near, &mut passed, &trouble));
        assert_eq!(ended.expect_err("the stream ends").kind(), io::ErrorKind::UnexpectedEof);
        assert!(passed == sent.expect("all was sent"), "{} bytes passed", passed.len());
    }
}
