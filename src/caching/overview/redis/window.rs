//! A server's counters at some moments, so that it can be told what they did since. INFO counts from the server's start
//! on, so two looks are enough, however far apart.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::caching::overview::model::Ratio;
use crate::targets::redis::info::Info;

/// All looks are kept for a minute and a little, and one in ten seconds for ten minutes.
const FINE: Duration = Duration::from_secs(70);
const COARSE: Duration = Duration::from_secs(660);
const COARSE_STEP: Duration = Duration::from_secs(10);
/// Rates are those of the last seconds.
const RATE: Duration = Duration::from_secs(10);

/// The counters at one moment.
#[derive(Clone, Debug)]
pub(super) struct Counters {
    at: Instant,
    /// Differs after a restart.
    run: String,
    hits: i64,
    misses: i64,
    own_hits: i64,
    own_misses: i64,
    evicted: i64,
    expired: i64,
    /// Calls of EXPIRE and its like.
    touched: i64,
}

/// Reads the counters out of an answer that came just now; `own` is what the console has added to them.
pub(super) fn counted(info: &Info, own: (u64, u64)) -> Counters {
    let number = |name| info.number(name).unwrap_or(0);
    let calls = ["cmdstat_expire", "cmdstat_pexpire", "cmdstat_expireat", "cmdstat_pexpireat"];
    let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    Counters {
        at: Instant::now(),
        run: info.get("run_id").unwrap_or_default().to_owned(),
        hits: number("keyspace_hits"),
        misses: number("keyspace_misses"),
        own_hits: whole(own.0),
        own_misses: whole(own.1),
        evicted: number("evicted_keys"),
        expired: number("expired_keys"),
        touched: calls.iter().filter_map(|name| info.part(name, "calls")).sum(),
    }
}

/// The counters over time.
#[derive(Default)]
pub(super) struct Ring {
    first: Option<Counters>,
    coarse: VecDeque<Counters>,
    fine: VecDeque<Counters>,
}

impl Ring {
    /// Takes what was seen just now. After a restart, or when somebody has reset the counters, all begins anew.
    pub(super) fn push(&mut self, now: Counters) {
        let anew = self.fine.back().or(self.first.as_ref()).is_some_and(|last| {
            last.run != now.run || now.hits < last.hits || now.misses < last.misses || now.touched < last.touched
        });
        if anew {
            *self = Self::default();
        }
        if self.coarse.back().is_none_or(|last| now.at - last.at >= COARSE_STEP) {
            self.coarse.push_back(now.clone());
        }
        let too_old = |kept: &VecDeque<Counters>, most| kept.front().is_some_and(|it| now.at - it.at > most);
        while too_old(&self.fine, FINE) {
            self.fine.pop_front();
        }
        while too_old(&self.coarse, COARSE) {
            self.coarse.pop_front();
        }
        self.first.get_or_insert_with(|| now.clone());
        self.fine.push_back(now);
    }

    /// The last look, and the oldest that is not older than `span` before it.
    fn ends(&self, span: Duration) -> Option<(&Counters, &Counters)> {
        let last = self.fine.back()?;
        let all = self.first.iter().chain(&self.coarse).chain(&self.fine);
        let within = all.filter(|it| last.at - it.at <= span);
        within.min_by_key(|it| it.at).map(|first| (first, last))
    }

    /// What was asked over the last `span`, or since the first look.
    pub(super) fn ratio(&self, span: Duration) -> Ratio {
        let Some((first, last)) = self.ends(span) else { return Ratio::default() };
        Ratio {
            hits: last.hits - first.hits,
            misses: last.misses - first.misses,
            own_hits: last.own_hits - first.own_hits,
            own_misses: last.own_misses - first.own_misses,
            millis: i64::try_from((last.at - first.at).as_millis()).unwrap_or(i64::MAX),
        }
    }

    /// Keys evicted and expired per second; None before two looks.
    pub(super) fn rates(&self) -> (Option<f64>, Option<f64>) {
        let Some((first, last)) = self.ends(RATE).filter(|(first, last)| last.at > first.at) else {
            return (None, None);
        };
        let seconds = (last.at - first.at).as_secs_f64();
        let rate = |from: i64, to: i64| Some((to - from).max(0) as f64 / seconds);
        (rate(first.evicted, last.evicted), rate(first.expired, last.expired))
    }

    /// TTLs that were set over the last `span`.
    pub(super) fn touched(&self, span: Duration) -> i64 {
        self.ends(span).map_or(0, |(first, last)| last.touched - first.touched)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counters(begun: Instant, second: u64, hits: i64, run: &str) -> Counters {
        let info = format!("run_id:{run}\r\nkeyspace_hits:{hits}\r\nkeyspace_misses:0\r\nexpired_keys:{hits}\r\n");
        Counters { at: begun + Duration::from_secs(second), ..counted(&Info::parse(&info), (0, 0)) }
    }

    #[test]
    fn a_ratio_is_of_its_time_and_no_longer() {
        let (begun, mut ring) = (Instant::now(), Ring::default());
        for second in 0..=900 {
            ring.push(counters(begun, second, second as i64 * 10, "a"));
        }
        assert_eq!(ring.ratio(Duration::from_secs(60)).hits, 600);
        assert_eq!(ring.ratio(Duration::from_secs(600)).hits, 6_000);
        assert_eq!(ring.ratio(Duration::MAX).hits, 9_000);
        assert_eq!(ring.rates().1, Some(10.0));
        assert!(ring.fine.len() + ring.coarse.len() < 200, "a look every second is kept for a minute only");
    }

    #[test]
    fn after_a_restart_of_the_server_all_begins_anew() {
        let (begun, mut ring) = (Instant::now(), Ring::default());
        ring.push(counters(begun, 0, 1_000, "a"));
        ring.push(counters(begun, 1, 5_000, "b"));
        assert_eq!((ring.ratio(Duration::MAX).hits, ring.rates()), (0, (None, None)));
    }
}
