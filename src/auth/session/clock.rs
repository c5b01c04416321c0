//! How old a session is.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A session that was not used for so long is over, in milliseconds.
pub(super) const IDLE: i64 = 30 * 60 * 1000;

/// A session is over so long after the log-in, in milliseconds.
pub(super) const ABSOLUTE: i64 = 12 * 60 * 60 * 1000;

/// The use of a session is written down no more often, in milliseconds: a write waits for the disk.
pub(super) const SEEN_EVERY: i64 = 60 * 1000;

/// A clock for the age of sessions. It follows the system's, and when that is set back it goes on by the time that
/// really passed: a jump can end a session early, but not lengthen it.
pub struct Clock {
    started: Instant,
    wall_at_start: i64,
}

impl Clock {
    pub fn start() -> Self {
        Self { started: Instant::now(), wall_at_start: wall() }
    }

    /// Milliseconds since 1970.
    pub fn now(&self) -> i64 {
        let steady =
            self.wall_at_start.saturating_add(i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX));
        steady.max(wall())
    }
}

/// The system's time in milliseconds since 1970 (UTC).
pub fn wall() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Whether a session of these times is over.
pub(super) fn is_over(now: i64, created: i64, seen: i64) -> bool {
    // A session from the future was made before the clock was set back: nobody knows how old it is.
    let from_the_future = seen.max(created) > now + SEEN_EVERY;
    from_the_future || now - seen > IDLE || now - created > ABSOLUTE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_by_idleness_by_age_and_when_the_clock_was_set_back() {
        let now = 1_000 * ABSOLUTE;
        assert!(!is_over(now, now - ABSOLUTE, now - IDLE));
        assert!(is_over(now, now - ABSOLUTE - 1, now));
        assert!(is_over(now, now - IDLE, now - IDLE - 1));
        assert!(is_over(now, now + 2 * SEEN_EVERY, now + 2 * SEEN_EVERY));
    }

    #[test]
    fn the_clock_of_sessions_does_not_go_back() {
        let clock = Clock { started: Instant::now(), wall_at_start: wall() + 172_800_000 };
        assert!(clock.now() >= wall() + 172_000_000, "the system's clock was set back by two days");
        let clock = Clock { started: Instant::now(), wall_at_start: 0 };
        assert!(clock.now() >= wall() - 1_000, "the system's clock was set forward");
    }
}
