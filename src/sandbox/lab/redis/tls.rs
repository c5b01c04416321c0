//! A server behind TLS, whose certificate an authority of its own has signed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::process::Command;

use super::super::mongo::port;
use super::{Product, Server};
use crate::sandbox::process::run_to_end;
use crate::targets::registry::{Configured, Entry};

/// Files in PEM, in the server's own folder.
#[derive(Clone)]
pub(crate) struct Certificates {
    pub(crate) authority: PathBuf,
    /// Of a client that the server knows.
    pub(crate) client: PathBuf,
    pub(crate) client_key: PathBuf,
}

impl Server {
    /// Its certificate is for `127.0.0.1`. It takes plain connections too, at [`Server::port`], for [`Server::client`].
    /// With `clients` only those may come over TLS that have a certificate of the same authority.
    pub(crate) async fn start_tls(product: Product, clients: bool) -> Self {
        let mut server = Self::new(product, &[]).await;
        let folder = server.place.folder().to_owned();
        let certificates = make(&folder).await;
        let tls_port = port();
        let file = |name: &str| folder.join(name).display().to_string();
        server.line("tls-port", &tls_port.to_string());
        server.line("tls-cert-file", &file("server.pem"));
        server.line("tls-key-file", &file("server.key"));
        server.line("tls-ca-cert-file", &file("ca.pem"));
        server.line("tls-auth-clients", if clients { "yes" } else { "no" });
        server.certificates = Some((certificates, tls_port));
        server.start_again().await;
        server
    }

    pub(crate) fn certificates(&self) -> &Certificates {
        &self.certificates.as_ref().expect("a server that start_tls has started").0
    }

    /// The console's target at the port for TLS.
    pub(crate) fn tls_entry(&self, otherwise: impl FnOnce(&mut Configured, &Certificates)) -> Arc<Entry> {
        let (certificates, tls_port) = self.certificates.as_ref().expect("a server that start_tls has started");
        self.entry_with(|configured| {
            configured.target.port = *tls_port;
            otherwise(configured, certificates);
        })
    }
}

async fn make(folder: &Path) -> Certificates {
    let day = ["-days", "2", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
    let authority = ["req", "-x509", "-subj", "/CN=Lab authority", "-keyout", "ca.key", "-out", "ca.pem"];
    openssl(folder, &[&authority[..], &day].concat()).await;
    for (name, names) in [("server", "subjectAltName=IP:127.0.0.1"), ("client", "subjectAltName=DNS:console")] {
        let (key, request, signed) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
        let extensions = folder.join(format!("{name}.ext"));
        std::fs::write(&extensions, names).expect("a file");
        let subject = format!("/CN={name}");
        let asked = ["req", "-subj", &subject, "-keyout", &key, "-out", &request];
        openssl(folder, &[&asked[..], &day[2..]].concat()).await;
        let extensions = extensions.display().to_string();
        let signing = ["x509", "-req", "-in", &request, "-out", &signed, "-days", "2", "-extfile", &extensions];
        let by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
        openssl(folder, &[&signing[..], &by].concat()).await;
    }
    Certificates {
        authority: folder.join("ca.pem"),
        client: folder.join("client.pem"),
        client_key: folder.join("client.key"),
    }
}

async fn openssl(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("openssl");
    command.args(arguments).current_dir(folder);
    run_to_end(command).await.unwrap_or_else(|error| panic!("openssl {arguments:?} (.make/setup.sh test): {error}"));
}
