//! A lock in the cache, by which one of several consoles fetches. It has its holder's mark, dies by itself, and only its
//! holder releases it.

use std::sync::Arc;
use std::time::Duration;

use redis::Value;

use crate::auth::session::random_hex;
use crate::caching::model::Key;
use crate::error::AppError;
use crate::targets::redis as target;
use crate::targets::registry::Entry;

/// Takes the key away if it holds this mark.
const RELEASE: &str = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('UNLINK', KEYS[1]) end return 0";

pub(super) struct Lock {
    entry: Arc<Entry>,
    name: Vec<u8>,
    mark: String,
    held: Duration,
}

impl Lock {
    /// A lock for what fills this key. Its name begins with ours, since applications name their own after their keys.
    pub(super) fn of(entry: &Arc<Entry>, key: &Key, held: Duration) -> Self {
        let name = [&b"outgrow:"[..], key.bytes(), &b":lock"[..]].concat();
        Self { entry: Arc::clone(entry), name, mark: random_hex::<16>(), held }
    }

    /// Whether it is ours now.
    ///
    /// # Errors
    /// As [`target::of_key`].
    pub(super) async fn take(&self) -> Result<bool, AppError> {
        let millis = u64::try_from(self.held.as_millis()).unwrap_or(u64::MAX);
        let answer: Value = target::of_key(&self.entry, &self.name, |mut link| async move {
            link.ask(redis::cmd("SET").arg(&self.name).arg(&self.mark).arg("NX").arg("PX").arg(millis)).await
        })
        .await?;
        Ok(answer == Value::Okay)
    }

    /// Gives it back where it is still ours. Where that fails it dies by itself.
    pub(super) async fn release(&self) {
        let released = target::of_key(&self.entry, &self.name, |mut link| async move {
            // The answer names the script; a server that was restarted has forgotten it.
            let script: String = link.ask(redis::cmd("SCRIPT").arg("LOAD").arg(RELEASE)).await?;
            let released: i64 =
                link.ask(redis::cmd("EVALSHA").arg(script).arg(1).arg(&self.name).arg(&self.mark)).await?;
            // The look inside of the script is the console's own too; what is not ours any more has mostly died.
            link.counter().add(u64::from(released == 1), u64::from(released != 1));
            Ok(())
        })
        .await;
        // What went wrong stands in the log already.
        let _ = released;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::lab::eventually;
    use crate::sandbox::lab::redis::Server;

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "starts real databases"]
    async fn only_its_holder_releases_a_lock() {
        let server = Server::start().await;
        let (entry, key) = (server.entry(), Key::parse("mydata").expect("a key"));
        let first = Lock::of(&entry, &key, Duration::from_millis(300));
        let second = Lock::of(&entry, &key, Duration::from_secs(60));
        assert!(first.take().await.expect("an answer"));
        assert!(!second.take().await.expect("an answer"), "it is held");
        eventually("the first one dies", 10, async || second.take().await.expect("an answer")).await;
        first.release().await;
        assert!(!first.take().await.expect("an answer"), "the second one's stands");
        second.release().await;
        assert!(first.take().await.expect("an answer"));
    }
}
