//! The way to a server: a connection that is made in time, and that ends when one answer grows beyond all measure.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpSocket, TcpStream};

/// Most time to make a connection.
pub const CONNECT: Duration = Duration::from_secs(2);
/// Most bytes that a server may send for one request. The largest list that a page reads is a few MiB.
pub const LONGEST_ANSWER: usize = 32 * 1024 * 1024;

/// Connects to the first address of the host that answers, all being tried at once.
///
/// # Errors
/// The host is not known, nothing answers within [`CONNECT`], or all addresses refuse.
pub async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let attempts = async {
        let addresses: Vec<_> = tokio::net::lookup_host((host, port)).await?.collect();
        if addresses.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the host has no address"));
        }
        let attempts = addresses.into_iter().map(|address| Box::pin(connect_to(address)));
        futures_util::future::select_ok(attempts).await.map(|(stream, _)| stream)
    };
    tokio::time::timeout(CONNECT, attempts).await?
}

async fn connect_to(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_keepalive(true)?;
    socket.set_nodelay(true)?;
    socket.connect(address).await
}

/// A connection on which no answer is longer than [`LONGEST_ANSWER`]. The drivers keep an answer in memory until it is
/// whole, and would do so for as long as a server sends.
pub struct Bounded {
    stream: io::Result<TcpStream>,
    left: usize,
}

impl Bounded {
    /// Connects. A failure is told at the first use, because PostgreSQL's driver makes its errors only itself.
    pub async fn connect(host: &str, port: u16) -> Self {
        Self { stream: connect(host, port).await, left: LONGEST_ANSWER }
    }

    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        match &mut self.stream {
            Ok(stream) => Ok(Pin::new(stream)),
            Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
        }
    }
}

impl AsyncRead for Bounded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(self.stream()?.poll_read(context, buffer))?;
        let Some(left) = self.left.checked_sub(buffer.filled().len() - before) else {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "the answer is too long")));
        };
        self.left = left;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Bounded {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(self.stream()?.poll_write(context, bytes))?;
        self.left = LONGEST_ANSWER;
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(context)
    }
}
