//! Encrypted connections: whose word for a server's certificate counts, and the certificate of our own.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Where systems keep the authorities that they trust.
const SYSTEM: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// How a connection is encrypted. The files are PEM, and read for each connection, so that a renewed one counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// The authorities that may sign the server's certificate; the system's where there is none.
    pub authority: Option<PathBuf>,
    /// A certificate and its key, for servers that want to know who comes.
    pub client: Option<(PathBuf, PathBuf)>,
}

impl Tls {
    /// Reads the files once, so that a mistake is told when the console starts.
    ///
    /// # Errors
    /// A sentence that names the file, never what is in it.
    pub fn check(&self) -> Result<(), String> {
        self.configuration().map(|_| ())
    }

    /// Encrypts what goes over `stream`. The certificate must be for `host`.
    ///
    /// # Errors
    /// `InvalidInput` where a file cannot be used; else as the handshake fails, with rustls' error in it.
    pub async fn over<S: AsyncRead + AsyncWrite + Unpin>(&self, host: &str, stream: S) -> io::Result<TlsStream<S>> {
        let tls = self.clone();
        let configuration = tokio::task::spawn_blocking(move || tls.configuration()).await.map_err(io::Error::other)?;
        let configuration = configuration.map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        TlsConnector::from(Arc::new(configuration)).connect(name, stream).await
    }

    fn configuration(&self) -> Result<ClientConfig, String> {
        let file = self.authority.clone().or_else(system).ok_or("The system has no list of trusted authorities.")?;
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates(&file)?);
        if roots.is_empty() {
            return Err(format!("{} holds no certificate of an authority.", file.display()));
        }
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
        let builder = builder.with_root_certificates(roots);
        let Some((certificate, key)) = &self.client else { return Ok(builder.with_no_client_auth()) };
        let cannot = |_| format!("{} holds no private key.", key.display());
        let secret = PrivateKeyDer::from_pem_file(key).map_err(cannot)?;
        let cannot = |_| format!("{} and {} do not belong together.", certificate.display(), key.display());
        builder.with_client_auth_cert(certificates(certificate)?, secret).map_err(cannot)
    }
}

fn system() -> Option<PathBuf> {
    let named = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    named.into_iter().chain(SYSTEM.map(PathBuf::from)).find(|file| file.is_file())
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let cannot = |_| format!("{} cannot be read as certificates in PEM.", file.display());
    CertificateDer::pem_file_iter(file).map_err(cannot)?.collect::<Result<_, _>>().map_err(cannot)
}
