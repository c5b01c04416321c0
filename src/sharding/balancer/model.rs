//! What there is to know of the balancer, and what follows from it.

mod change;
mod findings;
mod window;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use self::change::{Change, Mib, Switch};
pub use self::window::{Time, Window};
use crate::sharding::model::{Identity, Release, Version};
use crate::text::{Words, span};
use crate::words;

/// The balancer of a cluster, as far as it may be looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Balancing {
    pub release: Release,
    /// None: `config.settings` may not be read.
    pub settings: Option<Settings>,
    /// None: `balancerStatus` was not answered.
    pub status: Option<Status>,
    pub last_round: Option<Round>,
    pub clock: Clock,
}

/// What `config.settings` says. Where it says nothing, the default stands, and the balancer is on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// None where what stands there cannot be read.
    pub on: Option<bool>,
    pub window: Option<Window>,
    /// Set for all collections, in MiB.
    pub chunk_mib: Option<i64>,
    /// From MongoDB 7.0; on where it is not set.
    pub auto_merger: Option<bool>,
    /// Each as it stands there: `_secondaryThrottle`, `_waitForDelete`, `attemptToBalanceJumboChunks`.
    pub throttles: Vec<(String, String)>,
    /// Each of them stops all balancing, whatever `balancerStatus` says.
    pub faults: Vec<Fault>,
}

/// A setting that the servers cannot read. They skip every round because of it, and say so in their log only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// `balancer.activeWindow.start`.
    pub field: String,
    /// What stands there, as mongosh shows it.
    pub value: String,
    pub rule: Words,
    pub repair: Repair,
}

/// What writes a readable value over a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Repair {
    Start,
    Window,
    ChunkSize,
    AutoMerger,
    ByHand,
}

/// What `balancerStatus` says. Its mode is what is set, not what works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub mode: String,
    pub in_round: bool,
    pub rounds: i64,
}

/// The last round of which there is a record: one that had something to do, or failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Milliseconds since 1970.
    pub at: i64,
    pub moved: i64,
    pub candidates: i64,
    pub failed: bool,
}

/// What time it is. The window is judged by the local time of the config servers' primary, whose time zone no router
/// tells; the router's own is the best guess.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Of the router, in milliseconds since 1970; none where it did not say.
    pub now: Option<i64>,
    /// By which the router's time zone is ahead of UTC, in minutes; none where its log does not tell.
    pub zone: Option<i32>,
}

/// Whether chunks are moved where that is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// They are.
    Working,
    /// Somebody has switched it off.
    Off,
    /// A setting cannot be read, so that every round is skipped.
    Dead,
    /// The window is closed; it opens in so many milliseconds.
    Outside(i64),
    /// There is a window, and nobody can tell which time it is there.
    Depends,
    Unknown,
}

impl Balancing {
    pub fn verdict(&self) -> Verdict {
        let Some(settings) = &self.settings else {
            return match self.status.as_ref().map(|it| it.mode.as_str()) {
                Some("off" | "autoSplitOnly") => Verdict::Off,
                _ => Verdict::Unknown,
            };
        };
        if !settings.faults.is_empty() {
            return Verdict::Dead;
        }
        if settings.on == Some(false) {
            return Verdict::Off;
        }
        if self.status.is_none() {
            return Verdict::Unknown;
        }
        match (settings.window, self.clock.second_of_day()) {
            (None, _) => Verdict::Working,
            (Some(_), None) => Verdict::Depends,
            (Some(window), Some(second)) => match window.opens_in(second) {
                0 => Verdict::Working,
                seconds => Verdict::Outside(i64::from(seconds) * 1000),
            },
        }
    }

    /// Whether chunks are moved now where that is needed; none where nobody can tell.
    pub fn is_working(&self) -> Option<bool> {
        match self.verdict() {
            Verdict::Working => Some(true),
            Verdict::Off | Verdict::Dead | Verdict::Outside(_) => Some(false),
            Verdict::Depends | Verdict::Unknown => None,
        }
    }

    /// In a sentence, for those parts of sharding whose work the balancer does.
    pub fn told(&self) -> Words {
        let window = self.settings.as_ref().and_then(|it| it.window).map(|it| it.to_string());
        match (self.verdict(), window) {
            (Verdict::Off, _) => {
                words!("The balancer is off: no data moves.", "밸런서가 꺼져 있어 데이터가 이동하지 않습니다.")
            }
            (Verdict::Dead, _) => {
                let why = self.why_not().into_iter().next().unwrap_or_default();
                let (en, ko) = (why.en, why.ko);
                words!(
                    "The balancer is dead, whatever its status says: {en}",
                    "상태 표시와 달리 밸런서가 동작하지 않습니다: {ko}",
                )
            }
            (Verdict::Unknown, _) => self.why_not().into_iter().next().unwrap_or_default(),
            (_, Some(window)) => words!(
                "The balancer works only in its window, {window} by the clock of the config servers.",
                "밸런서는 밸런싱 허용 시간({window}, 설정 서버 시계)에만 동작합니다.",
            ),
            (_, None) => words!("The balancer is on.", "밸런서가 켜져 있습니다."),
        }
    }

    /// Each reason for which no chunk is moved now, or may not be; empty where it works.
    pub fn why_not(&self) -> Vec<Words> {
        match self.verdict() {
            Verdict::Working => Vec::new(),
            Verdict::Off => vec![words!("The balancer is switched off.", "밸런서가 꺼져 있습니다.")],
            Verdict::Dead => self.settings.iter().flat_map(|it| &it.faults).map(Fault::told).collect(),
            Verdict::Outside(millis) => {
                let (window, opens) = (self.window_shown(), span(millis));
                let (en, ko) = (opens.en, opens.ko);
                vec![words!(
                    "It is outside the balancing window {window}, which opens in {en}, if the config servers have the router's time zone.",
                    "밸런싱 허용 시간 {window} 밖입니다. 설정 서버가 라우터와 같은 표준시를 쓴다면 {ko} 뒤에 열립니다.",
                )]
            }
            Verdict::Depends => {
                let window = self.window_shown();
                vec![words!(
                    "There is a balancing window, {window}, and the time zone that it is judged by is unknown.",
                    "밸런싱 허용 시간 {window}이(가) 있으나 판단 기준인 표준시를 알 수 없습니다.",
                )]
            }
            Verdict::Unknown => vec![words!(
                "Whether the balancer works is unknown: its status or its settings could not be read.",
                "밸런서의 상태나 설정을 읽지 못해 동작 여부를 알 수 없습니다.",
            )],
        }
    }

    /// The chunk size that holds, in bytes.
    pub fn chunk_bytes(&self) -> i64 {
        let set = self.settings.as_ref().and_then(|it| it.chunk_mib);
        set.unwrap_or_else(|| default_chunk_mib(self.release.version)) << 20
    }

    /// From 6.0.3 a collection is balanced by the bytes that each shard owns, before by its chunks.
    pub fn by_bytes(&self) -> bool {
        self.release.version >= Version::new(6, 0, 3)
    }

    fn window_shown(&self) -> String {
        self.settings.as_ref().and_then(|it| it.window).map(|it| it.to_string()).unwrap_or_default()
    }
}

/// It doubled in 6.0.
pub fn default_chunk_mib(version: Version) -> i64 {
    if version.reaches(6, 0) { 128 } else { 64 }
}

impl Fault {
    /// What stands there, and what should.
    pub fn told(&self) -> Words {
        let Self { field, value, rule, .. } = self;
        let (en, ko) = (&rule.en, &rule.ko);
        words!("{field} is {value}: {en}", "{field}이(가) {value}입니다: {ko}")
    }
}

impl Clock {
    /// Seconds since midnight in the router's time zone.
    pub fn second_of_day(&self) -> Option<u32> {
        let local = self.now?.div_euclid(1000) + i64::from(self.zone?) * 60;
        u32::try_from(local.rem_euclid(86_400)).ok()
    }

    /// `15:41 (UTC+09:00)`, or in UTC where the zone is unknown; none where the time is unknown.
    pub fn shown(&self) -> Option<String> {
        let zone = self.zone.unwrap_or_default();
        let minutes = (self.now?.div_euclid(60_000) + i64::from(zone)).rem_euclid(1440);
        let sign = if zone < 0 { '-' } else { '+' };
        let (hours, rest) = (zone.abs() / 60, zone.abs() % 60);
        Some(format!("{:02}:{:02} (UTC{sign}{hours:02}:{rest:02})", minutes / 60, minutes % 60))
    }
}

/// What the balancer may do with one collection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfCollection {
    pub namespace: String,
    pub identity: Identity,
    /// Whether the balancer looks after it.
    pub balanced: bool,
    /// No migration at all, also by hand.
    pub frozen: bool,
    /// Its own, in MiB; none where that of the cluster holds.
    pub chunk_mib: Option<i64>,
    /// Its own; none where that of the cluster holds.
    pub auto_merger: Option<bool>,
    pub defragmenting: bool,
    /// By `balancerCollectionStatus` (4.4 and later); none where it was not answered. Some(empty): all is well.
    pub violation: Option<String>,
}
