//! Passwords that were typed for a subscription: kept in memory for a quarter of an hour, for the person who typed them
//! and the server they are for. They are in no address, no page, no plan, no record and no log.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{AppError, Kind};
use crate::targets::registry::Secret;
use crate::words;

const KEPT: Duration = Duration::from_secs(900);
/// Passwords kept at once at most; the oldest makes room.
const MOST: usize = 50;

/// The typed passwords of one subscriber.
#[derive(Default)]
pub struct Kept {
    passwords: Mutex<HashMap<String, Password>>,
}

struct Password {
    operator: String,
    bound: String,
    since: Instant,
    secret: Secret,
}

/// What a password is bound to.
pub fn bound_to(host: &str, port: u16, user: &str) -> String {
    format!("{host}\n{port}\n{user}")
}

impl Kept {
    /// Keeps a password and gives the key under which it is found again.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn keep(&self, operator: &str, bound: String, password: String) -> Result<String, AppError> {
        let mut random = [0u8; 16];
        getrandom::fill(&mut random).map_err(|error| {
            let incident = crate::server::incident(&error, "drawing a key");
            let happened = words!("The password could not be kept.", "비밀번호를 보관하지 못했습니다.");
            let next = words!("Look into the console's log.", "콘솔 로그를 확인하세요.");
            AppError { incident: Some(incident), ..AppError::new(Kind::Internal, happened, next) }
        })?;
        let key: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut passwords = self.passwords.lock().unwrap_or_else(PoisonError::into_inner);
        passwords.retain(|_, it| it.since.elapsed() < KEPT);
        if passwords.len() >= MOST
            && let Some(oldest) = passwords.iter().min_by_key(|(_, it)| it.since).map(|(key, _)| key.clone())
        {
            passwords.remove(&oldest);
        }
        let (operator, secret) = (operator.to_owned(), Secret::new(password));
        passwords.insert(key.clone(), Password { operator, bound, since: Instant::now(), secret });
        Ok(key)
    }

    /// The password under this key, for the one who typed it and the server that it is for.
    pub fn find(&self, key: &str, operator: &str, bound: &str) -> Option<Secret> {
        let passwords = self.passwords.lock().unwrap_or_else(PoisonError::into_inner);
        let found = passwords.get(key).filter(|it| it.since.elapsed() < KEPT)?;
        (found.operator == operator && found.bound == bound).then(|| found.secret.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_password_is_found_by_its_person_for_its_server_only() {
        let kept = Kept::default();
        let bound = || bound_to("db1", 5432, "repl");
        let key = kept.keep("kim", bound(), "hunter2".into()).expect("randomness");
        assert_eq!(kept.find(&key, "kim", &bound()).expect("it is kept").expose(), "hunter2");
        assert!(kept.find(&key, "lee", &bound()).is_none());
        assert!(kept.find(&key, "kim", &bound_to("evil", 5432, "repl")).is_none());
        assert!(kept.find("00", "kim", &bound()).is_none());
    }

    #[test]
    fn no_more_are_kept_than_fit() {
        let kept = Kept::default();
        let keys: Vec<String> =
            (0..=MOST).map(|_| kept.keep("kim", bound_to("a", 1, "b"), "x".into()).expect("randomness")).collect();
        let found = |key: &String| kept.find(key, "kim", &bound_to("a", 1, "b")).is_some();
        assert_eq!(keys.iter().filter(|key| found(key)).count(), MOST);
    }
}
