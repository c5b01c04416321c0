//! Follows sampled keys for a while, one look a second, and makes advice of it. One measurement of a target at a time.

mod follow;
mod judge;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::model::{Advice, Answer, Desk, Running};
use crate::auth::session::clock::wall;
use crate::auth::session::{Authorized, Reads};
use crate::caching::model::{Key, unescaped};
use crate::error::{AppError, Kind};
use crate::targets::model::TargetKind;
use crate::targets::registry::Entry;
use crate::text::Words;
use crate::words;

/// Keys that are followed, of all servers together.
const KEYS: usize = 1_500;
/// Looks at each key, one a second.
const LOOKS: u64 = 42;
/// Prefixes whose advice is kept; the oldest makes room.
const KEPT: usize = 50;

/// The advisor of one target.
pub struct Advisor {
    entry: Arc<Entry>,
}

/// What is under way and what is known. It goes with the target.
#[derive(Default)]
struct Board(Mutex<Known>);

#[derive(Default)]
struct Known {
    running: Option<(String, Instant)>,
    last: BTreeMap<String, Advice>,
}

impl Board {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Advisor {
    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn to_read(who: &Authorized<Reads>, target: &str) -> Result<Self, AppError> {
        Ok(Self { entry: who.state().registry.find(target, TargetKind::Redis)? })
    }

    pub fn target(&self) -> &str {
        self.entry.configured.target.id.as_str()
    }

    /// What is known for a spelled prefix.
    pub fn desk(&self, prefix: &str) -> Desk {
        let board = self.entry.shared::<Board>();
        let known = board.known();
        let running = known.running.as_ref().map(|(prefix, begun)| Running {
            prefix: prefix.clone(),
            seconds: begun.elapsed().as_secs(),
            of: LOOKS,
        });
        Desk {
            target: self.target().to_owned(),
            prefix: prefix.to_owned(),
            running,
            last: known.last.get(prefix).cloned(),
        }
    }

    /// Begins to measure, unless something is being measured already.
    ///
    /// # Errors
    /// `Invalid` at the field `prefix`, and `Conflict` where a measurement is under way.
    pub fn start(&self, prefix: &str) -> Result<(), AppError> {
        let bytes = unescaped(prefix).ok_or_else(|| {
            AppError::invalid("prefix", words!("A backslash is written \\\\.", "백슬래시는 \\\\로 쓰세요."))
        })?;
        if bytes.len() > Key::LONGEST {
            return Err(AppError::invalid("prefix", words!("At most 512 bytes.", "최대 512바이트입니다.")));
        }
        let board = self.entry.shared::<Board>();
        let mut known = board.known();
        if known.running.is_some() {
            return Err(AppError::new(
                Kind::Conflict,
                words!("A measurement of this target is under way.", "이 대상은 이미 측정 중입니다."),
                words!("Wait for its end; it takes less than a minute.", "끝날 때까지 기다리세요. 1분 안에 끝납니다."),
            ));
        }
        known.running = Some((prefix.to_owned(), Instant::now()));
        drop(known);
        let (entry, prefix) = (Arc::clone(&self.entry), prefix.to_owned());
        tokio::spawn(async move {
            // In a task of its own, so that a panic in it does not leave the measurement under way for ever.
            let of_task = Arc::clone(&entry);
            let work = tokio::spawn(async move { advise(&of_task, &bytes, KEYS, LOOKS).await });
            let advice = match work.await {
                Ok(advice) => advice,
                Err(error) => {
                    crate::server::incident(&error, "measuring for advice on a TTL");
                    unknown(words!("The console failed while it measured.", "측정 중 콘솔에 오류가 발생했습니다."))
                }
            };
            let board = entry.shared::<Board>();
            let mut known = board.known();
            known.running = None;
            known.last.insert(prefix, advice);
            while known.last.len() > KEPT {
                let oldest = known.last.iter().min_by_key(|(_, advice)| advice.at).map(|(prefix, _)| prefix.clone());
                let Some(oldest) = oldest else { break };
                known.last.remove(&oldest);
            }
        });
        Ok(())
    }
}

fn unknown(why: Words) -> Advice {
    Advice { at: wall(), keys: 0, uses: 0, answer: Answer::Unknown(why) }
}

/// Follows at most `keys` keys of a prefix for so many looks, and tells what they say.
pub(super) async fn advise(entry: &Entry, prefix: &[u8], keys: usize, looks: u64) -> Advice {
    match follow::follow(entry, prefix, keys, looks).await {
        Ok(seen) => judge::judge(&seen),
        Err(follow::Cannot::Asked(error)) => unknown(error.happened),
        Err(follow::Cannot::Known(why)) => unknown(why),
    }
}
