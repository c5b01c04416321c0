//! The hours in which chunks may move.

use serde::{Deserialize, Serialize};

use crate::text::Words;
use crate::words;

/// A minute of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Time(u16);

impl Time {
    /// Reads `06:30` and nothing else: the servers take more spellings, and silently do nothing for many others.
    ///
    /// # Errors
    /// The rule.
    pub fn parse(text: &str) -> Result<Self, Words> {
        let digits = |part: &str| part.len() == 2 && part.bytes().all(|it| it.is_ascii_digit());
        let parts = text.split_once(':').filter(|(hour, minute)| digits(hour) && digits(minute));
        let time = parts.and_then(|(hour, minute)| Self::of(hour.parse().ok()?, minute.parse().ok()?));
        time.ok_or_else(|| {
            words!("Write a time from 00:00 to 23:59 as HH:MM.", "00:00부터 23:59까지 HH:MM 형식으로 입력하세요.")
        })
    }

    pub fn of(hour: u16, minute: u16) -> Option<Self> {
        (hour < 24 && minute < 60).then_some(Self(hour * 60 + minute))
    }

    fn second(self) -> u32 {
        u32::from(self.0) * 60
    }
}

impl std::fmt::Display for Time {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl TryFrom<String> for Time {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|rule| rule.en)
    }
}

impl From<Time> for String {
    fn from(time: Time) -> Self {
        time.to_string()
    }
}

/// From one minute of the day to another, perhaps over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Ends", into = "Ends")]
pub struct Window {
    start: Time,
    stop: Time,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ends {
    start: Time,
    stop: Time,
}

const DAY: u32 = 86_400;

impl Window {
    /// # Errors
    /// Where both are the same: the servers take that for a mistake and balance no more.
    pub fn new(start: Time, stop: Time) -> Result<Self, Words> {
        if start == stop {
            return Err(words!(
                "Start and stop must differ: with equal times nothing is balanced at all.",
                "시작과 종료는 달라야 합니다. 같으면 밸런싱이 아예 멈춥니다.",
            ));
        }
        Ok(Self { start, stop })
    }

    pub fn start(&self) -> Time {
        self.start
    }

    pub fn stop(&self) -> Time {
        self.stop
    }

    /// Seconds of each day in which it is open.
    pub fn length(&self) -> u32 {
        (self.stop.second() + DAY - self.start.second()) % DAY
    }

    /// Seconds until it opens, seen from this second of the day; 0 while it is open.
    pub fn opens_in(&self, second: u32) -> u32 {
        if self.since_start(second) <= self.length() { 0 } else { DAY - self.since_start(second) }
    }

    /// Seconds until it closes; none while it is closed.
    pub fn closes_in(&self, second: u32) -> Option<u32> {
        self.length().checked_sub(self.since_start(second))
    }

    fn since_start(&self, second: u32) -> u32 {
        (second % DAY + DAY - self.start.second()) % DAY
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}–{}", self.start, self.stop)
    }
}

impl TryFrom<Ends> for Window {
    type Error = String;

    fn try_from(ends: Ends) -> Result<Self, String> {
        Self::new(ends.start, ends.stop).map_err(|rule| rule.en)
    }
}

impl From<Window> for Ends {
    fn from(Window { start, stop }: Window) -> Self {
        Self { start, stop }
    }
}
