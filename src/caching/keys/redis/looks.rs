//! The last looks at a target, so that the pages of one look show the same keys, and a page that is opened twice at once
//! costs one walk.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::super::model::{Kind, Place, Question};
use super::ask::Seen;
use super::walk::Walked;

/// A look holds up to 20,000 names.
const MOST: usize = 6;
/// So long a look is good for its further pages.
const KEPT: Duration = Duration::from_secs(60);
/// And so long for its first one.
const FRESH: Duration = Duration::from_millis(900);

/// The looks at one target, the newest last.
#[derive(Default)]
pub(super) struct Looks(Mutex<VecDeque<(Of, Arc<Look>)>>);

/// What decides which keys a look finds.
type Of = (Vec<u8>, Option<Kind>, Place);

/// What a walk came by, and the time that each key has left.
pub(super) struct Look {
    pub(super) walked: Walked,
    pub(super) seen: Vec<Seen>,
    pub(super) hidden: i64,
    pub(super) gone: i64,
    at: Instant,
}

impl Look {
    pub(super) fn new(walked: Walked, seen: Vec<Seen>, hidden: i64, gone: i64) -> Self {
        Self { walked, seen, hidden, gone, at: Instant::now() }
    }

    /// Milliseconds since its times were asked for.
    pub(super) fn age(&self) -> i64 {
        i64::try_from(self.at.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

impl Looks {
    pub(super) fn find(&self, asked: &Question) -> Option<Arc<Look>> {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looks.retain(|(_, look)| look.at.elapsed() < KEPT);
        let good_for = if asked.page == 0 { FRESH } else { KEPT };
        let wanted = of(asked);
        looks
            .iter()
            .rev()
            .find(|(of, look)| *of == wanted && look.at.elapsed() < good_for)
            .map(|(_, look)| Arc::clone(look))
    }

    pub(super) fn keep(&self, asked: &Question, look: Look) -> Arc<Look> {
        let look = Arc::new(look);
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = of(asked);
        looks.retain(|(of, _)| *of != wanted);
        while looks.len() >= MOST {
            looks.pop_front();
        }
        looks.push_back((wanted, Arc::clone(&look)));
        look
    }
}

fn of(asked: &Question) -> Of {
    (asked.prefix.clone(), asked.kind, asked.after)
}
