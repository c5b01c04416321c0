//! A bounded look at the keys that match, as a preview.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use redis::{RedisError, Value};

use super::work::SCAN_COUNT;
use crate::caching::bulk::model::{BUCKETS, Pattern, Preview, family};
use crate::caching::model::spelled;
use crate::error::AppError;
use crate::targets::redis::{Link, nodes, own, told};
use crate::targets::registry::Entry;

/// A look takes no longer than this at all servers together, in debug builds too.
const TIME: Duration = Duration::from_millis(900);
const MOST_LOOKED: i64 = 300_000;
const NAMES: usize = 20;
/// Keys whose memory is asked for.
const WEIGHED: usize = 40;
/// A plan and its page share one look.
const FRESH: Duration = Duration::from_secs(4);

/// The last looks at a target.
#[derive(Default)]
struct Looks(Mutex<Vec<(Pattern, Instant, Preview)>>);

/// Looks, or takes the look of a moment ago.
///
/// # Errors
/// As [`own`].
pub(super) async fn preview(entry: &Entry, pattern: &Pattern) -> Result<Preview, AppError> {
    let looks: Arc<Looks> = entry.shared();
    let known = {
        let mut looks = looks.0.lock().unwrap_or_else(PoisonError::into_inner);
        looks.retain(|(_, at, _)| at.elapsed() < FRESH);
        looks.iter().find(|(of, ..)| of == pattern).map(|(.., preview)| preview.clone())
    };
    if let Some(preview) = known {
        return Ok(preview);
    }
    let preview = look(entry, pattern).await?;
    looks.0.lock().unwrap_or_else(PoisonError::into_inner).push((pattern.clone(), Instant::now(), preview.clone()));
    Ok(preview)
}

/// Forgets the looks at a target, since its keys were changed.
pub(super) fn forget(entry: &Entry) {
    entry.shared::<Looks>().0.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

async fn look(entry: &Entry, pattern: &Pattern) -> Result<Preview, AppError> {
    let began = Instant::now();
    let nodes = nodes(entry).await?;
    let share = u32::try_from(nodes.len().max(1)).unwrap_or(u32::MAX);
    let mut sum = Preview { whole: true, ..Preview::default() };
    let mut weights = Vec::new();
    for node in &nodes {
        let (link, _carried) = own(entry, node).await?;
        let mut seen = Seen { until: Instant::now() + TIME / share, most: MOST_LOOKED / i64::from(share), link };
        seen.walk(pattern, &mut sum, &mut weights).await.map_err(|error| told(entry, &error))?;
    }
    let weighed = i64::try_from(weights.len()).unwrap_or_default();
    sum.bytes_each = (weighed > 0).then(|| weights.iter().sum::<i64>() / weighed);
    if sum.whole {
        sum.looked = sum.keys;
    }
    sum.families.sort();
    sum.millis = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    Ok(sum)
}

struct Seen {
    until: Instant,
    most: i64,
    link: Link,
}

impl Seen {
    async fn walk(&mut self, pattern: &Pattern, sum: &mut Preview, weights: &mut Vec<i64>) -> Result<(), RedisError> {
        sum.keys += self.link.ask::<i64>(&redis::cmd("DBSIZE")).await?;
        let (mut cursor, mut looked) = (0u64, 0);
        loop {
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(pattern.bytes()).arg("COUNT").arg(SCAN_COUNT);
            let (next, names): (u64, Vec<Vec<u8>>) = self.link.ask(&scan).await?;
            looked += i64::from(SCAN_COUNT);
            self.ask(&names, sum, weights).await?;
            cursor = next;
            if cursor == 0 || looked >= self.most || Instant::now() >= self.until {
                break;
            }
        }
        sum.whole &= cursor == 0;
        sum.looked += looked;
        Ok(())
    }

    /// Asks when these keys die, and what some of them weigh.
    async fn ask(&mut self, names: &[Vec<u8>], sum: &mut Preview, weights: &mut Vec<i64>) -> Result<(), RedisError> {
        if names.is_empty() {
            return Ok(());
        }
        let weigh = WEIGHED.saturating_sub(weights.len()).min(4).min(names.len());
        let mut pipe = redis::Pipeline::with_capacity(names.len() + weigh);
        for name in names {
            pipe.cmd("PTTL").arg(name);
        }
        for name in &names[..weigh] {
            pipe.cmd("MEMORY").arg("USAGE").arg(name);
        }
        pipe.ignore_errors();
        let Value::Array(answers) = self.link.ask_all(&pipe).await? else { return Ok(()) };
        for (name, answer) in names.iter().zip(&answers) {
            note(name, answer, sum);
        }
        weights.extend(answers[names.len().min(answers.len())..].iter().filter_map(|it| match it {
            Value::Int(bytes) => Some(*bytes),
            _ => None,
        }));
        Ok(())
    }
}

/// Notes one key that matches.
fn note(name: &[u8], pttl: &Value, sum: &mut Preview) {
    match pttl {
        Value::Int(-2) => return,
        Value::Int(-1) => sum.lasting += 1,
        Value::Int(left) => {
            sum.expiring += 1;
            let bar = BUCKETS.iter().position(|limit| left / 1_000 < *limit).unwrap_or(BUCKETS.len() - 1);
            sum.bars[bar] += 1;
        }
        // The job leaves such a key alone, and its name is not told to anybody.
        _ => {
            (sum.denied, sum.matched) = (sum.denied + 1, sum.matched + 1);
            return;
        }
    }
    sum.matched += 1;
    if sum.names.len() < NAMES {
        sum.names.push(spelled(name));
    }
    // A name of each family is enough, and one in eight of many keys.
    if (sum.matched <= Preview::ALL_NAMES || sum.matched % 8 == 0)
        && let Some(family) = family(name)
        && !sum.families.iter().any(|it| it == family.word())
    {
        sum.families.push(family.word().to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_key_that_may_not_be_asked_about_is_not_told() {
        let mut sum = Preview::default();
        note(b"session:1", &Value::Nil, &mut sum);
        note(b"page:1", &Value::Int(70_000), &mut sum);
        note(b"page:2", &Value::Int(-1), &mut sum);
        note(b"page:3", &Value::Int(-2), &mut sum);
        assert_eq!((sum.matched, sum.denied, sum.expiring, sum.lasting), (3, 1, 1, 1));
        assert_eq!(sum.names, ["page:1", "page:2"]);
        assert!(sum.families.is_empty(), "it is left alone, so nobody has to confirm it");
    }
}
