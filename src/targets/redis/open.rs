//! Opens a connection to one server: encrypted where the target says so, as its user and as nobody else.

use std::error::Error as _;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Cmd, ErrorKind, RedisConnectionInfo, RedisError, cmd};
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::rustls;

use super::{Carried, Node};
use crate::targets::call::READ;
use crate::targets::entered::forbidden;
use crate::targets::model::RedisPlace;
use crate::targets::registry::Configured;
use crate::targets::tls::Tls;
use crate::targets::wire::{Bounded, CONNECT};

/// The name by which `CLIENT LIST` shows our connections.
const NAME: &str = "outgrow";
/// Most time for a TLS handshake; less than for the whole connection, so that it can be told which of both it was.
const HANDSHAKE: Duration = Duration::from_millis(1_500);

/// A connection, and the task that carries it. The task ends with the last call, even when the server hangs.
#[derive(Clone)]
pub(super) struct Open {
    pub(super) connection: MultiplexedConnection,
    pub(super) carried: Carried,
    carrying: AbortHandle,
}

impl Open {
    /// Whether the server has closed it.
    pub(super) fn has_ended(&self) -> bool {
        self.carrying.is_finished()
    }
}

/// Opens a connection as the target's user. A login that fails ends it: what comes then would be said as the default
/// user, who may have other rights.
///
/// # Errors
/// `AuthenticationFailed` where the login is refused, `InvalidClientConfig` where the certificate is not trusted or the
/// target's settings cannot be used, `ClusterConnectionNotFound` where an announced address is nobody's.
pub(super) async fn open(configured: &Configured, node: &Node) -> Result<Open, RedisError> {
    let place = place(configured)?;
    let opening = async {
        let mut open = bare(configured, &place, node).await?;
        log_in(configured, &mut open.connection).await?;
        if place.number != 0 {
            cmd("SELECT").arg(place.number).exec_async(&mut open.connection).await?;
        }
        tolerated(cmd("CLIENT").arg("SETNAME").arg(NAME), &mut open.connection).await?;
        Ok(open)
    };
    let opened = in_time(CONNECT, Box::pin(opening)).await;
    // An address that the target itself does not name was announced by a server.
    let announced = *node != configured_node(configured);
    opened.map_err(|error: RedisError| {
        let lost = announced && (error.is_io_error() || error.is_timeout());
        if lost { (ErrorKind::ClusterConnectionNotFound, "announced", node.to_string()).into() } else { error }
    })
}

/// A connection on which nobody has logged in, for asking a sentinel.
pub(super) async fn bare(configured: &Configured, place: &RedisPlace, node: &Node) -> Result<Open, RedisError> {
    if *node != configured_node(configured) {
        check_announced(node).await?;
    }
    let stream = Bounded::connect(&node.host, node.port).await;
    let tls = configured.tls.clone().or_else(|| place.tls.then(Tls::default));
    match tls {
        None => carry(stream).await,
        Some(tls) => {
            let handshake = tokio::time::timeout(HANDSHAKE, Box::pin(tls.over(&node.host, stream))).await;
            // A server without TLS waits for the rest of what it takes for a command.
            let stream = handshake.map_err(|_| of_tls("handshake"))?.map_err(of_handshake)?;
            carry(stream).await
        }
    }
}

/// Logs in where the target has a user or a password.
pub(super) async fn log_in(configured: &Configured, connection: &mut MultiplexedConnection) -> Result<(), RedisError> {
    let password = configured.password.as_ref().map(|it| it.expose());
    let mut auth = cmd("AUTH");
    match (&configured.user, password) {
        (None, None) => return Ok(()),
        (None, Some(password)) => auth.arg(password),
        // Without a password still as this user: the server knows users that need none.
        (Some(user), password) => auth.arg(user).arg(password.unwrap_or_default()),
    };
    auth.exec_async(connection).await.map_err(|error| match error.code() {
        None | Some("LOADING" | "MASTERDOWN" | "CLUSTERDOWN") => error,
        Some(code) => (ErrorKind::AuthenticationFailed, "AUTH was refused", code.to_owned()).into(),
    })
}

/// Asks for something that older servers do not know, or that the user may not do: then it is left out.
pub(super) async fn tolerated(command: &Cmd, connection: &mut MultiplexedConnection) -> Result<(), RedisError> {
    match command.exec_async(connection).await {
        Err(error) if error.code().is_none() => Err(error),
        _ => Ok(()),
    }
}

/// The address that the target names.
pub(super) fn configured_node(configured: &Configured) -> Node {
    Node { host: configured.target.host.clone(), port: configured.target.port }
}

/// What stands in the target's database field.
pub(super) fn place(configured: &Configured) -> Result<RedisPlace, RedisError> {
    RedisPlace::parse(configured.database.as_deref().unwrap_or_default())
        .map_err(|_| (ErrorKind::InvalidClientConfig, "the database field", "place".to_owned()).into())
}

pub(super) async fn in_time<T>(
    time: Duration,
    work: impl Future<Output = Result<T, RedisError>>,
) -> Result<T, RedisError> {
    tokio::time::timeout(time, work).await.map_err(io::Error::from)?
}

/// A server may announce any address, and what is there would be sent the password.
async fn check_announced(node: &Node) -> Result<(), RedisError> {
    let nobody = || RedisError::from((ErrorKind::ClusterConnectionNotFound, "announced", node.to_string()));
    let addresses: Vec<SocketAddr> =
        tokio::net::lookup_host((node.host.as_str(), node.port)).await.map_err(|_| nobody())?.collect();
    let good = !addresses.is_empty() && addresses.iter().all(|it| !forbidden(it.ip().to_canonical()));
    if good { Ok(()) } else { Err(nobody()) }
}

async fn carry(
    stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
) -> Result<Open, RedisError> {
    let config = AsyncConnectionConfig::new().set_response_timeout(Some(READ));
    // The driver logs in nobody: where an old server knows no users, it would go on without one.
    let nobody = RedisConnectionInfo::default().set_skip_set_lib_name();
    let (connection, carrying) = MultiplexedConnection::new_with_config(&nobody, stream, config).await?;
    let mut task = JoinSet::new();
    let carrying = task.spawn(carrying);
    Ok(Open { connection, carried: Arc::new(task), carrying })
}

/// Of what rustls says only the kind: the rest is the server's text.
fn of_handshake(error: io::Error) -> RedisError {
    let kind = match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(reason)) => match reason {
            rustls::CertificateError::Expired | rustls::CertificateError::ExpiredContext { .. } => "expired",
            rustls::CertificateError::NotValidForName | rustls::CertificateError::NotValidForNameContext { .. } => {
                "name"
            }
            _ => "untrusted",
        },
        Some(rustls::Error::AlertReceived(_)) => "alert",
        Some(_) => "handshake",
        None if error.kind() == io::ErrorKind::InvalidInput => "files",
        // Also a server without TLS, which closes the connection.
        None if error.kind() == io::ErrorKind::UnexpectedEof => "handshake",
        None => return error.into(),
    };
    of_tls(kind)
}

fn of_tls(kind: &str) -> RedisError {
    (ErrorKind::InvalidClientConfig, "TLS", kind.to_owned()).into()
}

/// Whether the server ended the connection because it wants another certificate of ours. It says so only after the
/// handshake.
pub(super) fn wants_certificate(error: &RedisError) -> bool {
    let inner = error.source().and_then(|it| it.downcast_ref::<Arc<dyn std::error::Error + Send + Sync>>());
    let inner = inner.and_then(|it| it.downcast_ref::<io::Error>()).and_then(io::Error::get_ref);
    matches!(
        inner.and_then(|it| it.downcast_ref::<rustls::Error>()),
        Some(rustls::Error::AlertReceived(
            rustls::AlertDescription::CertificateRequired
                | rustls::AlertDescription::BadCertificate
                | rustls::AlertDescription::UnknownCA
                | rustls::AlertDescription::CertificateUnknown
        ))
    )
}
