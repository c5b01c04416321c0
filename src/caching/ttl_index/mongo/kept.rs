//! Answers that are kept for a while: however many people look, each question is under way once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as Lock, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::error::AppError;
use crate::targets::registry::Entry;

/// Questions of one kind, by what they ask. The oldest go when there are many.
pub(super) struct Kept<T> {
    answers: Lock<HashMap<String, Cell<T>>>,
}

type Cell<T> = Arc<Mutex<Option<(Instant, Result<T, AppError>)>>>;

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { answers: Lock::default() }
    }
}

const MOST: usize = 64;

/// The answer, at most `fresh` old, with its age. A failure is an answer too.
pub(super) async fn kept<T, F>(
    entry: &Entry,
    key: &str,
    fresh: Duration,
    ask: impl FnOnce() -> F,
) -> (Duration, Result<T, AppError>)
where
    T: Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, AppError>>,
{
    let cell = entry.shared::<Kept<T>>().cell(key);
    let mut last = cell.lock().await;
    if let Some((at, answer)) = last.as_ref().filter(|(at, _)| at.elapsed() < fresh) {
        return (at.elapsed(), answer.clone());
    }
    let answer = ask().await;
    *last = Some((Instant::now(), answer.clone()));
    (Duration::ZERO, answer)
}

/// The console has changed something: nobody is shown what was before.
pub(super) fn forget<T: Clone + Send + Sync + 'static>(entry: &Entry) {
    entry.shared::<Kept<T>>().answers.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

impl<T> Kept<T> {
    fn cell(&self, key: &str) -> Cell<T> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= MOST && !answers.contains_key(key) {
            answers.clear();
        }
        Arc::clone(answers.entry(key.to_owned()).or_default())
    }
}
