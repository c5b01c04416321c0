//! Passwords: Argon2id with the parameters that OWASP recommends, never more than two at a time.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::Semaphore;

use crate::error::{AppError, Kind};
use crate::words;

/// Longest password in bytes. More would only be work for the hasher.
const LONGEST: usize = 512;

/// Shortest new password in characters.
const SHORTEST: usize = 12;

/// Hashes at once. Each takes 19 MiB and a processor for a moment.
const AT_ONCE: usize = 2;

/// Longest wait for a place.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a password is compared with when there is no such account, so that the time tells nothing. No password is
/// known to give this hash.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmUhIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Checks a password that somebody chose.
///
/// # Errors
/// [`Kind::Invalid`] at the field `password`.
pub fn check_new(password: &str) -> Result<(), AppError> {
    if password.chars().count() < SHORTEST {
        let rule =
            words!("A password has at least {SHORTEST} characters.", "비밀번호는 {SHORTEST}자 이상이어야 합니다.");
        return Err(AppError::invalid("password", rule));
    }
    if password.len() > LONGEST {
        let rule = words!("A password has at most {LONGEST} bytes.", "비밀번호는 {LONGEST}바이트 이하여야 합니다.");
        return Err(AppError::invalid("password", rule));
    }
    Ok(())
}

/// Hashes and compares passwords off the async threads.
pub struct Hasher {
    places: Arc<Semaphore>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Hasher {
    /// The hash of a new password, in PHC form with a random salt.
    ///
    /// # Errors
    /// [`Kind::Internal`] when too many wait, or the hasher fails.
    pub async fn hash(&self, password: String) -> Result<String, AppError> {
        self.run(move || hash_now(&password)).await
    }

    /// Whether this is the password of the stored hash. Without one the answer is no, and takes as long.
    ///
    /// # Errors
    /// [`Kind::Internal`] when too many wait.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, AppError> {
        if password.len() > LONGEST {
            return Ok(false);
        }
        self.run(move || {
            let stored_or_nobody = stored.as_deref().unwrap_or(NOBODY);
            Ok(matches(&password, stored_or_nobody)? && stored.is_some())
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, String> + Send + 'static,
    ) -> Result<T, AppError> {
        let Ok(Ok(place)) = tokio::time::timeout(PATIENCE, Arc::clone(&self.places).acquire_owned()).await else {
            return Err(AppError::new(
                Kind::Internal,
                words!("Too many people log in at this moment.", "지금 로그인하는 사람이 너무 많습니다."),
                words!("Wait a moment, then try again.", "잠시 기다린 뒤 다시 시도하세요."),
            ));
        };
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(place);
            result
        });
        let failure = match done.await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => error,
            Err(error) => error.to_string(),
        };
        Err(AppError {
            incident: Some(crate::server::incident(&failure, "a password could not be hashed")),
            ..AppError::new(
                Kind::Internal,
                words!("The console could not check the password.", "콘솔이 비밀번호를 확인하지 못했습니다."),
                words!(
                    "Try again; the console's log says more.",
                    "다시 시도하세요. 콘솔 로그에 자세한 내용이 있습니다."
                ),
            )
        })
    }
}

/// Blocks of 1 KiB that are reserved for a hash, though it touches only the first 19 MiB of them. Above 32 MiB the C
/// library maps memory for this one use and gives it back afterwards; below, it would keep it for the next time, and
/// the idle console would hold 19 MiB for each thread that ever hashed.
const RESERVED: usize = 33 * 1024;

fn hash_now(password: &str) -> Result<String, String> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|error| error.to_string())?;
    let salt = Salt::new(&salt).map_err(|error| error.to_string())?;
    // The default is 19 MiB, two passes and one lane.
    let params = Params::default();
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(|error| error.to_string())?,
        salt: Some(salt),
        hash: Some(derive(password, &salt, params)?),
    };
    Ok(hash.to_string())
}

/// Whether this is the password of a hash in PHC form. The comparison takes the same time wherever they differ.
fn matches(password: &str, stored: &str) -> Result<bool, String> {
    let stored = PasswordHash::new(stored).map_err(|error| error.to_string())?;
    let (Some(salt), Some(hash)) = (&stored.salt, &stored.hash) else { return Err("no salt or no hash".to_owned()) };
    let params = Params::try_from(&stored).map_err(|error| error.to_string())?;
    Ok(stored.algorithm == Algorithm::Argon2id.ident() && derive(password, salt, params)? == *hash)
}

fn derive(password: &str, salt: &Salt, params: Params) -> Result<Output, String> {
    let blocks = params.block_count();
    let mut memory = Vec::with_capacity(blocks.max(RESERVED));
    memory.resize(blocks, Block::new());
    let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
    Argon2::from(params)
        .hash_password_into_with_memory(password.as_bytes(), salt, &mut out, &mut memory)
        .map_err(|error| error.to_string())?;
    Output::new(&out).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let hasher = Hasher::default();
        let hash = hasher.hash("correct horse battery".to_owned()).await.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(hasher.verify("correct horse battery".to_owned(), Some(hash.clone())).await, Ok(true));
        assert_eq!(hasher.verify("correct horse batterz".to_owned(), Some(hash.clone())).await, Ok(false));
        assert_eq!(hasher.verify(format!("correct horse battery{}", "x".repeat(LONGEST)), Some(hash)).await, Ok(false));
        assert_eq!(hasher.verify(String::new(), None).await, Ok(false));
    }

    #[test]
    fn the_hash_is_the_one_that_others_make() {
        use argon2::password_hash::PasswordHasher;
        let theirs: PasswordHash = Argon2::default().hash_password(b"correct horse battery").expect("a hash");
        assert_eq!(matches("correct horse battery", &theirs.to_string()), Ok(true));
        assert_eq!(matches("correct horse batterz", &theirs.to_string()), Ok(false));
    }

    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let nobody = PasswordHash::new(NOBODY).expect("a well-formed hash");
        let somebody = hash_now("correct horse battery").expect("a hash");
        let somebody = PasswordHash::new(&somebody).expect("a well-formed hash");
        assert_eq!(nobody.params.to_string(), somebody.params.to_string());
        assert_eq!(nobody.hash.map(|hash| hash.len()), somebody.hash.map(|hash| hash.len()));
    }

    #[test]
    fn a_new_password_has_a_length_and_no_other_rule() {
        assert!(check_new("열두 글자 비밀번호예요!").is_ok());
        assert!(check_new("elevenchars").is_err());
        assert!(check_new(&"x".repeat(513)).is_err());
    }
}
