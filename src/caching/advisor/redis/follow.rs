//! Looks at sampled keys once a second: when each was last used, by the server's own clock.

use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use redis::RedisResult;

use super::judge::unfit;
use crate::caching::advisor::model::estimate::{LONGEST_GAP, Uses};
use crate::error::AppError;
use crate::targets::redis::info::Info;
use crate::targets::redis::probes::Probes;
use crate::targets::redis::{Carried, Link, Node, nodes, own, told};
use crate::targets::registry::Entry;
use crate::text::Words;
use crate::words;

/// Keys asked for in one pipeline, and looks at a server's hash table for the sample.
const AT_ONCE: usize = 250;
const LOOKS: usize = 400;
/// The part of a second after which keys are looked at. The server updates its clock of uses ten times a second, so
/// right after a second's beginning it may still tell the one before.
const FRACTION: f64 = 0.3;
const EARLIEST: f64 = 0.12;
/// Of so many keys it is seen whether a use makes them live longer.
const RENEWALS: usize = 200;

/// Why nothing is known.
pub(super) enum Cannot {
    Asked(AppError),
    Known(Words),
}

impl From<AppError> for Cannot {
    fn from(error: AppError) -> Self {
        Self::Asked(error)
    }
}

/// What was seen of all servers together.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Each key that has a TTL: how often it was used, and its time left at the beginning, in seconds.
    pub keys: Vec<(Uses, f64)>,
    /// Sampled keys without a TTL.
    pub lasting: usize,
    /// All keys of the prefix, estimated.
    pub all: f64,
    /// The part of a second at which keys were looked at, on the average.
    pub fraction: f64,
    /// Of the keys that were watched for it, how many got a new time to live before the old one was over.
    pub renewed: (usize, usize),
    /// Hits and misses per second of all others, in the first and in the second half.
    pub halves: [(f64, f64); 2],
    /// Whether the prefix takes in all that the server counts.
    pub whole: bool,
}

/// A key that is followed.
struct Key {
    name: Vec<u8>,
    /// The second of its last use; None while it is not there.
    used: Option<i64>,
    /// The second of the last look.
    looked: Option<i64>,
    uses: Uses,
    left: f64,
    /// When it is going to die, in milliseconds of the server's clock.
    dies: Option<i64>,
    renewed: bool,
}

impl Key {
    /// Takes what a look in this second told. What has died since the last look may have been used before, so that
    /// look says nothing.
    fn saw(&mut self, second: i64, idle: Option<i64>) {
        let used = idle.map(|idle| second - idle);
        let gap = self.looked.and_then(|before| usize::try_from(second - before).ok());
        if let Some(gap) = gap.filter(|gap| (1..=LONGEST_GAP).contains(gap)) {
            match (self.used, used) {
                (Some(before), Some(now)) => self.uses.saw(gap, now > before),
                (None, now) => self.uses.saw(gap, now.is_some()),
                (Some(_), None) => {}
            }
        }
        (self.used, self.looked) = (used, Some(second));
    }

    /// Takes when it is going to die. One that lives longer now, though it has not died, was renewed.
    fn dies(&mut self, now: i64, left: i64) {
        let dies = (left >= 0).then_some(now + left);
        if let (Some(before), Some(after)) = (self.dies, dies)
            && now < before - 200
            && after > before + 1_000
        {
            self.renewed = true;
        }
        self.dies = dies;
    }
}

/// One server with the keys that are followed there.
struct Follower {
    link: Link,
    _carried: Carried,
    keys: Vec<Key>,
    lasting: usize,
    /// Of the server: all its keys, those that were walked past, and those of them that have the prefix.
    walked: (f64, f64, f64),
    databases: usize,
    /// What its clock showed, and when.
    clock: (f64, Instant),
    /// The sum of the parts of a second, and how many there were.
    parts: (f64, f64),
}

/// Follows keys of a prefix.
///
/// # Errors
/// When a server does not answer, or when its policy keeps no times of use.
pub(super) async fn follow(entry: &Entry, prefix: &[u8], most: usize, looks: u64) -> Result<Seen, Cannot> {
    let nodes = nodes(entry).await?;
    let share = most.div_ceil(nodes.len().max(1));
    let mut followers = Vec::with_capacity(nodes.len());
    for node in &nodes {
        followers.push(begin(entry, node, prefix, share).await?);
    }
    let sampled = followers.iter().fold((0, 0), |(keys, lasting), it| (keys + it.keys.len(), lasting + it.lasting));
    if let Some(why) = unfit(sampled.0, sampled.1) {
        return Err(Cannot::Known(why));
    }
    let mut counters = vec![(Instant::now(), counters(entry, &nodes, &mut followers).await?)];
    for look in 1..=looks {
        let each = followers.iter_mut().map(|follower| follower.look());
        try_join_all(each).await.map_err(|error| told(entry, &error))?;
        if look == looks / 2 || look == looks {
            counters.push((Instant::now(), self::counters(entry, &nodes, &mut followers).await?));
        }
    }
    Ok(summed(followers, &counters, prefix.is_empty()))
}

fn summed(followers: Vec<Follower>, counters: &[(Instant, (f64, f64))], all: bool) -> Seen {
    let rate = |(from, before): &(Instant, (f64, f64)), (to, after): &(Instant, (f64, f64))| {
        let seconds = (*to - *from).as_secs_f64().max(0.001);
        ((after.0 - before.0).max(0.0) / seconds, (after.1 - before.1).max(0.0) / seconds)
    };
    let mut seen = Seen { whole: all && followers.iter().all(|it| it.databases <= 1), ..Seen::default() };
    for (half, pair) in seen.halves.iter_mut().zip(counters.windows(2)) {
        *half = rate(&pair[0], &pair[1]);
    }
    let mut parts = (0.0, 0.0);
    for follower in followers {
        let (keys, walked, matched) = follower.walked;
        let of_node = if walked > 0.0 { keys * matched / walked } else { 0.0 };
        let sampled = (follower.keys.len() + follower.lasting) as f64;
        // What never expires is not of the curve.
        seen.all += if sampled > 0.0 { of_node * follower.keys.len() as f64 / sampled } else { 0.0 };
        seen.lasting += follower.lasting;
        parts = (parts.0 + follower.parts.0, parts.1 + follower.parts.1);
        for (place, key) in follower.keys.into_iter().enumerate() {
            if place < RENEWALS {
                seen.renewed.0 += usize::from(key.renewed);
                seen.renewed.1 += 1;
            }
            seen.keys.push((key.uses, key.left));
        }
    }
    seen.fraction = if parts.1 > 0.0 { parts.0 / parts.1 } else { FRACTION };
    seen
}

/// Hits and misses of all others, of all servers together.
async fn counters(entry: &Entry, nodes: &[Node], followers: &mut [Follower]) -> Result<(f64, f64), AppError> {
    let mut all = (0.0, 0.0);
    for (node, follower) in nodes.iter().zip(followers) {
        let info = info(&mut follower.link, "stats").await.map_err(|error| told(entry, &error))?;
        let (hits, misses) = entry.shared::<Probes>().of(node).read();
        let number = |name| info.number(name).unwrap_or(0) as f64;
        all.0 += number("keyspace_hits") - hits as f64;
        all.1 += number("keyspace_misses") - misses as f64;
    }
    Ok(all)
}

async fn info(link: &mut Link, section: &str) -> RedisResult<Info> {
    let text: String = link.ask(redis::cmd("INFO").arg(section)).await?;
    Ok(Info::parse(&text))
}

/// Draws the sample of one server. See `overview/redis/sample.rs` for why keys in a row are a fair one.
async fn begin(entry: &Entry, node: &Node, prefix: &[u8], most: usize) -> Result<Follower, Cannot> {
    let (mut link, carried) = own(entry, node).await?;
    let failed = |error: redis::RedisError| Cannot::Asked(told(entry, &error));
    let memory = info(&mut link, "memory").await.map_err(failed)?;
    let policy = memory.get("maxmemory_policy").unwrap_or_default().to_owned();
    if policy.ends_with("-lfu") {
        return Err(Cannot::Known(words!(
            "The policy is {policy}: this server counts how often a key is used and does not keep when, so nothing can be told.",
            "정책이 {policy}입니다. 이 서버는 사용 시각이 아니라 횟수를 기록하므로 알 수 없습니다."
        )));
    }
    let keyspace = info(&mut link, "keyspace").await.map_err(failed)?;
    let databases = (0..1_024).filter(|number| keyspace.get(&format!("db{number}")).is_some()).count();
    let size: i64 = link.ask(&redis::cmd("DBSIZE")).await.map_err(failed)?;
    let (mut cursor, mut walked, mut matched, mut names) = (0_u64, 0.0, 0.0, Vec::new());
    let mut met = std::collections::HashSet::new();
    for _ in 0..LOOKS {
        let scan = redis::cmd("SCAN").arg(cursor).arg("COUNT").arg(AT_ONCE).clone();
        let (next, found): (u64, Vec<Vec<u8>>) = link.ask(&scan).await.map_err(failed)?;
        for name in found.into_iter().filter(|name| met.insert(name.clone())) {
            walked += 1.0;
            if name.starts_with(prefix) {
                matched += 1.0;
                names.push(name);
            }
        }
        cursor = next;
        if next == 0 || names.len() >= most {
            break;
        }
    }
    names.truncate(most);
    // The end of the walk is not always the end of the sample: all that was walked past is known then.
    let size = if cursor == 0 { walked } else { size as f64 };
    let mut follower = Follower {
        link,
        _carried: carried,
        keys: Vec::with_capacity(names.len()),
        lasting: 0,
        walked: (size, walked, matched),
        databases,
        clock: (0.0, Instant::now()),
        parts: (0.0, 0.0),
    };
    follower.times(names).await.map_err(failed)?;
    Ok(follower)
}

impl Follower {
    /// Asks how long each key lives still; those that have died or never die are not followed.
    async fn times(&mut self, names: Vec<Vec<u8>>) -> RedisResult<()> {
        for chunk in names.chunks(AT_ONCE) {
            let mut pipe = redis::pipe();
            pipe.ignore_errors().cmd("TIME");
            for name in chunk {
                pipe.cmd("PTTL").arg(name);
            }
            let mut answers: Vec<RedisResult<redis::Value>> = self.link.ask_all(&pipe).await?;
            let lives = answers.split_off(1);
            let time: (f64, f64) = redis::from_redis_value(answers.remove(0)?)?;
            self.clock = (time.0 + time.1 / 1e6, Instant::now());
            for (name, left) in chunk.iter().zip(lives) {
                match left {
                    Ok(redis::Value::Int(-1)) => self.lasting += 1,
                    Ok(redis::Value::Int(left)) if left > 0 => self.keys.push(Key {
                        name: name.clone(),
                        used: None,
                        looked: None,
                        uses: Uses::default(),
                        left: left as f64 / 1_000.0,
                        dies: None,
                        renewed: false,
                    }),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Waits for the right part of the server's next second, and looks at all keys.
    async fn look(&mut self) -> RedisResult<()> {
        let now = self.clock.0 + self.clock.1.elapsed().as_secs_f64();
        let mut wait = 1.0 + FRACTION - now.fract();
        if wait > 1.2 {
            wait -= 1.0;
        }
        tokio::time::sleep(Duration::from_secs_f64(wait)).await;
        let (link, clock, parts) = (&mut self.link, &mut self.clock, &mut self.parts);
        for (number, chunk) in self.keys.chunks_mut(AT_ONCE).enumerate() {
            let watched = RENEWALS.saturating_sub(number * AT_ONCE).min(chunk.len());
            let (from, to, idle, left) = ask(link, chunk, watched).await?;
            *clock = (to, Instant::now());
            // What was asked around the beginning of a second may be told by either clock.
            if from.floor() != to.floor() || from.fract() < EARLIEST {
                continue;
            }
            *parts = (parts.0 + from.fract(), parts.1 + 1.0);
            for (key, idle) in chunk.iter_mut().zip(idle) {
                key.saw(from as i64, idle);
            }
            for (key, left) in chunk.iter_mut().zip(left) {
                key.dies((from * 1_000.0) as i64, left.unwrap_or(-2));
            }
        }
        Ok(())
    }
}

/// The server's time before and after, how long each key has not been used, and how long the first of them live.
type Looked = (f64, f64, Vec<Option<i64>>, Vec<Option<i64>>);

async fn ask(link: &mut Link, keys: &[Key], watched: usize) -> RedisResult<Looked> {
    let mut pipe = redis::pipe();
    pipe.cmd("TIME");
    for key in keys {
        pipe.cmd("OBJECT").arg("IDLETIME").arg(&key.name);
    }
    for key in &keys[..watched] {
        pipe.cmd("PTTL").arg(&key.name);
    }
    pipe.cmd("TIME");
    let mut answers: Vec<redis::Value> = link.ask_all(&pipe).await?;
    let seconds = |value: Option<redis::Value>| -> RedisResult<f64> {
        let (seconds, micros): (f64, f64) = redis::from_redis_value(value.unwrap_or(redis::Value::Nil))?;
        Ok(seconds + micros / 1e6)
    };
    let to = seconds(answers.pop())?;
    let whole = |value: redis::Value| if let redis::Value::Int(number) = value { Some(number) } else { None };
    let left = answers.split_off(keys.len() + 1).into_iter().map(whole).collect();
    let idle = answers.split_off(1).into_iter().map(whole).collect();
    Ok((seconds(answers.pop())?, to, idle, left))
}
