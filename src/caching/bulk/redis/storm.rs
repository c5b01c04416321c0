//! When the keys of a target die, from a bounded look at some of them.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use redis::{RedisError, Value};

use super::job::clock;
use super::work::SCAN_COUNT;
use crate::caching::bulk::model::Timeline;
use crate::error::AppError;
use crate::targets::redis::info::Info;
use crate::targets::redis::{Link, nodes, own, told};
use crate::targets::registry::Entry;

const TIME: Duration = Duration::from_millis(800);
const MOST_LOOKED: i64 = 200_000;
const MINUTES: usize = 60;

/// Looks at keys of all servers.
///
/// # Errors
/// As [`own`].
pub(super) async fn timeline(entry: &Entry) -> Result<Timeline, AppError> {
    let nodes = nodes(entry).await?;
    let share = u32::try_from(nodes.len().max(1)).unwrap_or(u32::MAX);
    let mut sum = Timeline { whole: true, minutes: vec![0; MINUTES], ..Timeline::default() };
    let mut seconds = HashMap::new();
    for node in &nodes {
        let (link, _carried) = own(entry, node).await?;
        let until = Instant::now() + TIME / share;
        let most = MOST_LOOKED / i64::from(share);
        look(link, until, most, &mut sum, &mut seconds).await.map_err(|error| told(entry, &error))?;
    }
    if sum.whole {
        sum.looked = sum.keys;
    }
    sum.worst =
        seconds.into_iter().max_by_key(|(at, keys): &(i64, i64)| (*keys, -at)).map(|(at, keys)| (at * 1_000, keys));
    Ok(sum)
}

async fn look(
    mut link: Link,
    until: Instant,
    most: i64,
    sum: &mut Timeline,
    seconds: &mut HashMap<i64, i64>,
) -> Result<(), RedisError> {
    let info = Info::parse(&link.ask::<String>(redis::cmd("INFO").arg("stats")).await?);
    sum.stale_percent = info.get("expired_stale_perc").map(str::to_owned);
    let hz: Option<Vec<String>> = link.ask(redis::cmd("CONFIG").arg("GET").arg("hz")).await.ok();
    sum.hz = hz.and_then(|it| it.get(1)?.parse().ok());
    sum.keys += link.ask::<i64>(&redis::cmd("DBSIZE")).await?;
    sum.now = clock(link.ask(&redis::cmd("TIME")).await?).unwrap_or_default();
    let (mut cursor, mut looked) = (0u64, 0);
    loop {
        let (next, names): (u64, Vec<Vec<u8>>) =
            link.ask(redis::cmd("SCAN").arg(cursor).arg("COUNT").arg(SCAN_COUNT)).await?;
        looked += i64::try_from(names.len()).unwrap_or_default();
        let mut pipe = redis::Pipeline::with_capacity(names.len());
        for name in &names {
            pipe.cmd("PTTL").arg(name);
        }
        pipe.ignore_errors();
        if let Value::Array(answers) = link.ask_all(&pipe).await? {
            for answer in answers {
                note(&answer, sum, seconds);
            }
        }
        cursor = next;
        if cursor == 0 || looked >= most || Instant::now() >= until {
            break;
        }
    }
    sum.whole &= cursor == 0;
    sum.looked += looked;
    Ok(())
}

fn note(pttl: &Value, sum: &mut Timeline, seconds: &mut HashMap<i64, i64>) {
    match pttl {
        Value::Int(-1) => sum.lasting += 1,
        Value::Int(left) if *left >= 0 => {
            *seconds.entry((sum.now + left) / 1_000).or_default() += 1;
            let minute = usize::try_from(left / 60_000).unwrap_or(usize::MAX);
            match sum.minutes.get_mut(minute) {
                Some(deaths) => *deaths += 1,
                None => sum.later += 1,
            }
        }
        Value::Int(_) => {}
        _ => sum.denied += 1,
    }
}
