//! Passwords of targets that were entered in the browser: sealed with a key that is not in the state file, and bound
//! to the server they are for, so that a row whose host was changed opens nothing.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

use super::model::Target;
use super::registry::Secret;

const NONCE: usize = 24;

/// Seals and opens passwords.
pub struct Vault {
    cipher: XChaCha20Poly1305,
}

impl Vault {
    /// Reads the key, or makes one on the first start: 32 random bytes in a file that only its owner can read.
    ///
    /// # Errors
    /// A sentence for the one who starts the console.
    pub fn open(path: &Path) -> Result<Self, String> {
        let told = |error: &dyn std::fmt::Display| format!("Cannot use the key file {}: {error}", path.display());
        let mut key = [0u8; 32];
        match fs::read(path) {
            Ok(found) => {
                key = found.try_into().map_err(|_| told(&"it does not hold 32 bytes"))?;
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                getrandom::fill(&mut key).map_err(|error| told(&error))?;
                let mut file = fs::OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .mode(0o600)
                    .open(path)
                    .map_err(|error| told(&error))?;
                file.write_all(&key).and_then(|()| file.sync_all()).map_err(|error| told(&error))?;
            }
            Err(error) => return Err(told(&error)),
        }
        Ok(Self { cipher: XChaCha20Poly1305::new(&Key::from(key)) })
    }

    /// Seals a password for this server and user.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn seal(&self, target: &Target, user: &str, password: &str) -> Result<Vec<u8>, String> {
        let mut nonce = [0u8; NONCE];
        getrandom::fill(&mut nonce).map_err(|error| error.to_string())?;
        let bound = bound_to(target, user);
        let payload = Payload { msg: password.as_bytes(), aad: bound.as_bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| "sealing failed".to_owned())?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens a password that was sealed for this server and user. None when it was not, or with another key.
    pub fn unseal(&self, target: &Target, user: &str, sealed: &[u8]) -> Option<Secret> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let bound = bound_to(target, user);
        let payload = Payload { msg: sealed, aad: bound.as_bytes() };
        let opened = self.cipher.decrypt(&XNonce::from(nonce), payload).ok()?;
        String::from_utf8(opened).ok().map(Secret::new)
    }
}

fn bound_to(target: &Target, user: &str) -> String {
    format!("{}\n{}\n{}\n{user}", target.kind.name(), target.host, target.port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::model::{TargetId, TargetKind};

    fn target(host: &str) -> Target {
        Target {
            id: TargetId::parse("a").expect("a valid name"),
            kind: TargetKind::Redis,
            name: "A".into(),
            host: host.into(),
            port: 6379,
        }
    }

    #[test]
    fn a_password_opens_for_the_server_it_was_entered_for_and_no_other() {
        let vault = Vault { cipher: XChaCha20Poly1305::new(&Key::from([7; 32])) };
        let sealed = vault.seal(&target("db1"), "u", "hunter2").expect("randomness");
        assert_eq!(vault.unseal(&target("db1"), "u", &sealed).expect("it opens").expose(), "hunter2");
        assert!(vault.unseal(&target("evil"), "u", &sealed).is_none());
        assert!(vault.unseal(&target("db1"), "other", &sealed).is_none());
        let another = Vault { cipher: XChaCha20Poly1305::new(&Key::from([8; 32])) };
        assert!(another.unseal(&target("db1"), "u", &sealed).is_none());
        assert!(vault.unseal(&target("db1"), "u", &sealed[..10]).is_none());
    }
}
