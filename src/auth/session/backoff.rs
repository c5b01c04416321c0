//! Slows down who guesses passwords: per account, so that many addresses do not help, and per address, so that many
//! accounts do not help. Never for ever, since it must not lock an operator out.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Digest, digest_of};

/// Failures of an account before it waits: people mistype.
const FREE_PER_ACCOUNT: u32 = 2;
/// Failures of an address before it waits: several people may share it.
const FREE_PER_ADDRESS: u32 = 10;
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// Counters kept at once, so that made-up names do not fill the memory.
const MOST: usize = 20_000;

struct Counter {
    failures: u32,
    /// No try is looked at before.
    until: Instant,
}

/// What was tried lately. Forgotten when the console stops: a guesser cannot restart it.
#[derive(Default)]
pub struct Backoff {
    counters: Mutex<HashMap<Digest, Counter>>,
}

impl Backoff {
    /// Whether a try may be looked at now. It counts as a failure from here on, so that tries at the same moment count
    /// too; [`Self::succeeded`] takes it back. A try that may not be looked at counts for nothing.
    pub fn try_now(&self, name: &str, address: &str) -> bool {
        self.try_at(Instant::now(), name, address)
    }

    fn try_at(&self, now: Instant, name: &str, address: &str) -> bool {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = keys(name, address);
        if keys.iter().any(|(key, _)| counters.get(key).is_some_and(|counter| counter.until > now)) {
            return false;
        }
        if counters.len() >= MOST {
            counters.retain(|_, counter| now.saturating_duration_since(counter.until) < LONGEST);
        }
        for (key, free) in keys {
            let counter = counters.entry(key).or_insert(Counter { failures: 0, until: now });
            // Who has been quiet for long starts anew.
            if now.saturating_duration_since(counter.until) > LONGEST {
                counter.failures = 0;
            }
            counter.failures = counter.failures.saturating_add(1);
            counter.until = now + wait(counter.failures, free);
        }
        true
    }

    /// The try was right: the account starts anew, and the address gets this try back.
    pub fn succeeded(&self, name: &str, address: &str) {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        let [(account, _), (from, free)] = keys(name, address);
        counters.remove(&account);
        if let Some(counter) = counters.get_mut(&from) {
            // An address that guesses other accounts must not clear itself by an account of its own.
            counter.failures = counter.failures.saturating_sub(1);
            counter.until = Instant::now() + wait(counter.failures, free);
        }
    }
}

/// Digests, so that the memory holds neither passwords typed as names nor long ones.
fn keys(name: &str, address: &str) -> [(Digest, u32); 2] {
    let account = format!("account {}", name.to_ascii_lowercase());
    [(digest_of(&account), FREE_PER_ACCOUNT), (digest_of(&format!("address {address}")), FREE_PER_ADDRESS)]
}

/// Doubles with each failure from one second to fifteen minutes.
fn wait(failures: u32, free: u32) -> Duration {
    match failures.saturating_sub(free) {
        0 => Duration::ZERO,
        paid => SHORTEST.saturating_mul(1 << (paid - 1).min(20)).min(LONGEST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_and_is_bounded() {
        assert_eq!(wait(2, 2), Duration::ZERO);
        assert_eq!(wait(3, 2), Duration::from_secs(1));
        assert_eq!(wait(6, 2), Duration::from_secs(8));
        assert_eq!(wait(u32::MAX, 2), LONGEST);
    }

    #[test]
    fn an_account_waits_wherever_the_tries_come_from() {
        let (backoff, now) = (Backoff::default(), Instant::now());
        for address in ["10.0.0.1", "10.0.0.2", "10.0.0.3"] {
            assert!(backoff.try_at(now, "Root", address));
        }
        assert!(!backoff.try_at(now, "root", "10.0.0.4"));
        assert!(backoff.try_at(now, "other", "10.0.0.4"), "another account is not harmed");
        assert!(backoff.try_at(now + Duration::from_millis(1001), "root", "10.0.0.4"));
    }

    #[test]
    fn an_address_waits_whatever_the_account() {
        let (backoff, now) = (Backoff::default(), Instant::now());
        for number in 0..=FREE_PER_ADDRESS {
            assert!(backoff.try_at(now, &format!("user{number}"), "10.0.0.1"));
        }
        assert!(!backoff.try_at(now, "one more", "10.0.0.1"));
        assert!(backoff.try_at(now, "one more", "10.0.0.2"));
    }

    #[test]
    fn a_right_password_starts_the_account_anew_but_not_the_address() {
        let backoff = Backoff::default();
        for number in 0..FREE_PER_ADDRESS {
            assert!(backoff.try_now(&format!("user{number}"), "10.0.0.1"));
        }
        assert!(backoff.try_now("mine", "10.0.0.1"));
        backoff.succeeded("mine", "10.0.0.1");
        assert!(backoff.try_now("mine", "10.0.0.1"));
        assert!(!backoff.try_now("victim", "10.0.0.1"));
    }
}
