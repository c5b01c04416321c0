//! The walk: SCAN over all servers of a target, in steps that no other client notices, up to a budget.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use redis::RedisResult;

use super::super::model::{Place, Question};
use crate::error::AppError;
use crate::targets::redis::info::Info;
use crate::targets::redis::{Link, Node, at, nodes};
use crate::targets::registry::Entry;
use crate::words;

/// Keys of one step: it keeps the server for some 0.4 ms.
const STEP: usize = 500;

/// How much one look may cost.
pub(super) struct Budget {
    /// Keys that are named: each of them is asked for its time to live.
    pub(super) found: usize,
    /// Keys that are looked at, whatever their name.
    pub(super) looked: usize,
    pub(super) time: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self { found: 20_000, looked: 200_000, time: Duration::from_millis(400) }
    }
}

/// What a walk came by.
pub(super) struct Walked {
    pub(super) nodes: Vec<Node>,
    /// Each key once, with the place of its server among the nodes.
    pub(super) names: Vec<(usize, Vec<u8>)>,
    pub(super) looked: i64,
    pub(super) after: Option<Place>,
    /// Counted before the walk, which takes away expired keys that it meets.
    pub(super) total: Option<i64>,
    pub(super) millis: i64,
    pub(super) counts_use: bool,
    pub(super) replica: bool,
}

/// Walks from where the question begins.
///
/// # Errors
/// As [`at`]; `Invalid` where there is no such server.
pub(super) async fn walk(entry: &Entry, asked: &Question, budget: &Budget) -> Result<Walked, AppError> {
    let nodes = nodes(entry).await?;
    if asked.after.node >= nodes.len() {
        let rule = words!(
            "There is no such server any more. Begin anew.",
            "그 서버가 더 이상 없습니다. 처음부터 다시 보세요."
        );
        return Err(AppError::invalid("after", rule));
    }
    let (total, counts_use, replica) = counted(entry, &nodes).await?;
    let scan = Scan { pattern: pattern(&asked.prefix), kind: asked.kind.map(|kind| kind.word()) };
    let steps = Arc::new(Mutex::new(Steps { place: asked.after, ..Steps::default() }));
    let start = Instant::now();
    let limits = (budget.found, budget.looked, start + budget.time);
    for (place, node) in nodes.iter().enumerate().skip(asked.after.node) {
        let (steps, scan) = (Arc::clone(&steps), scan.clone());
        let ended = at(entry, node, |link| async move { walk_node(link, place, &scan, &steps, limits).await }).await?;
        if !ended {
            break;
        }
    }
    let millis = i64::try_from(start.elapsed().as_millis()).unwrap_or(i64::MAX);
    let Steps { mut names, looked, place } = std::mem::take(&mut *steps.lock().unwrap_or_else(PoisonError::into_inner));
    // A key may be named twice while the table grows or shrinks.
    names.sort_unstable();
    names.dedup();
    let after = (place.node < nodes.len()).then_some(place);
    // The server tells how many keys it has, and not how many it looked at in a step.
    let (named, looked) = (count(names.len()), count(looked.max(names.len())));
    let whole = after.is_none() && asked.after == Place::default();
    let looked = total.filter(|total| whole || looked > *total).map_or(looked, |total| total.max(named));
    Ok(Walked { nodes, names, looked, after, total, millis, counts_use, replica })
}

#[derive(Clone)]
struct Scan {
    /// None: all keys.
    pattern: Option<Vec<u8>>,
    kind: Option<&'static str>,
}

#[derive(Default)]
struct Steps {
    names: Vec<(usize, Vec<u8>)>,
    looked: usize,
    /// Where the next step begins.
    place: Place,
}

/// Walks one server from where the steps are. False: the budget is used up before its end.
async fn walk_node(
    mut link: Link,
    node: usize,
    scan: &Scan,
    steps: &Mutex<Steps>,
    (found, looked, until): (usize, usize, Instant),
) -> RedisResult<bool> {
    loop {
        let cursor = {
            let steps = steps.lock().unwrap_or_else(PoisonError::into_inner);
            if steps.names.len() >= found || steps.looked >= looked || (Instant::now() >= until && steps.looked > 0) {
                return Ok(false);
            }
            steps.place.cursor
        };
        let (next, names): (u64, Vec<Vec<u8>>) = link.ask(&scan.step(cursor)).await?;
        let mut steps = steps.lock().unwrap_or_else(PoisonError::into_inner);
        // Without a pattern all keys that are looked at are named.
        steps.looked += if scan.pattern.is_none() && scan.kind.is_none() { names.len() } else { STEP };
        steps.names.extend(names.into_iter().map(|name| (node, name)));
        steps.place = if next == 0 { Place { node: node + 1, cursor: 0 } } else { Place { node, cursor: next } };
        if next == 0 {
            return Ok(true);
        }
    }
}

impl Scan {
    fn step(&self, cursor: u64) -> redis::Cmd {
        let mut scan = redis::cmd("SCAN");
        scan.arg(cursor).arg("COUNT").arg(STEP);
        if let Some(pattern) = &self.pattern {
            scan.arg("MATCH").arg(pattern);
        }
        if let Some(kind) = self.kind {
            scan.arg("TYPE").arg(kind);
        }
        scan
    }
}

/// How many keys all servers have, whether their policy counts uses, and whether they are replicas.
async fn counted(entry: &Entry, nodes: &[Node]) -> Result<(Option<i64>, bool, bool), AppError> {
    let (mut total, mut counts_use, mut replica) = (Some(0), false, false);
    for node in nodes {
        let answers: Vec<RedisResult<redis::Value>> = at(entry, node, |mut link| async move {
            let mut pipe = redis::pipe();
            pipe.cmd("DBSIZE").cmd("INFO").arg("memory").cmd("INFO").arg("replication").ignore_errors();
            link.ask_all(&pipe).await
        })
        .await?;
        let mut answers = answers.into_iter().map(|it| it.ok());
        let mut next = || answers.next().flatten();
        let keys: Option<i64> = next().and_then(|it| redis::from_redis_value(it).ok());
        total = total.zip(keys).map(|(all, these)| all + these);
        let mut info =
            || Info::parse(&next().and_then(|it| redis::from_redis_value::<String>(it).ok()).unwrap_or_default());
        counts_use |= info().get("maxmemory_policy").is_some_and(|it| it.ends_with("lfu"));
        replica |= info().get("role") == Some("slave");
    }
    Ok((total, counts_use, replica))
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A glob that matches what begins with these bytes and nothing else; none for all keys.
fn pattern(prefix: &[u8]) -> Option<Vec<u8>> {
    if prefix.is_empty() {
        return None;
    }
    let mut pattern = Vec::with_capacity(prefix.len() + 1);
    for byte in prefix {
        if b"*?[]^-\\".contains(byte) {
            pattern.push(b'\\');
        }
        pattern.push(*byte);
    }
    pattern.push(b'*');
    Some(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_searched_as_it_stands() {
        let text = |prefix: &str| pattern(prefix.as_bytes()).map(|it| String::from_utf8(it).expect("text"));
        assert_eq!(text(":1:page").as_deref(), Some(":1:page*"));
        assert_eq!(text("a*[b]").as_deref(), Some("a\\*\\[b\\]*"));
        assert_eq!(text(""), None);
    }
}
