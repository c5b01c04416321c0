//! What is asked of and sent to the cache for cached queries, one key at a time.

use redis::{RedisError, Value};

use super::source::{MOST_BYTES, too_large};
use crate::caching::model::{Key, Lifetime};
use crate::error::AppError;
use crate::targets::redis::{self as target, Link};
use crate::targets::registry::Entry;

/// Keys beside a key that are looked at for their format, and looks that are taken to find them.
const NEIGHBOURS: usize = 20;
const LOOKS: usize = 20;
const LOOK_AT_ONCE: usize = 200;
/// Bytes of a neighbour that are read.
const BEGINNING: usize = 1_024;

/// What stands under a key before something is stored there.
pub(super) struct Facts {
    pub(super) lifetime: Lifetime,
    /// `string`, `hash` …; `none` for a missing key.
    pub(super) kind: String,
    /// Bytes of a string, and the first of them.
    pub(super) bytes: i64,
    pub(super) beginning: Vec<u8>,
    /// The server takes no writes.
    pub(super) is_replica: bool,
}

/// # Errors
/// As [`target::of_key`].
pub(super) async fn facts(entry: &Entry, key: &Key) -> Result<Facts, AppError> {
    let name = key.bytes();
    target::of_key(entry, name, |mut link| async move {
        let mut pipe = redis::pipe();
        pipe.cmd("PTTL").arg(name).cmd("TYPE").arg(name);
        let (pttl, kind): (i64, String) = link.ask_all(&pipe).await?;
        let role: Result<Vec<Value>, RedisError> = link.ask(&redis::cmd("ROLE")).await;
        // Not every account may ask for it; then the write itself tells.
        let is_replica = role.is_ok_and(|role| matches!(role.first(), Some(Value::BulkString(it)) if it == b"slave"));
        let (bytes, beginning) = if kind == "string" { beginning(&mut link, name).await? } else { (0, Vec::new()) };
        Ok(Facts { lifetime: Lifetime::from_pttl(pttl), kind, bytes, beginning, is_replica })
    })
    .await
}

async fn beginning(link: &mut Link, name: &[u8]) -> Result<(i64, Vec<u8>), RedisError> {
    let mut pipe = redis::pipe();
    pipe.cmd("STRLEN").arg(name).cmd("GETRANGE").arg(name).arg(0).arg(4 * BEGINNING - 1);
    link.ask_all(&pipe).await
}

/// A key's time and the first 4 KiB of its string with its length; nothing where it is no string.
///
/// # Errors
/// As [`target::of_key`].
pub(super) async fn peek(entry: &Entry, key: &Key) -> Result<(Lifetime, Option<(Vec<u8>, i64)>), AppError> {
    let facts = facts(entry, key).await?;
    let value = (facts.kind == "string").then_some((facts.beginning, facts.bytes));
    Ok((facts.lifetime, value))
}

/// # Errors
/// As [`target::of_key`].
pub(super) async fn lifetime(entry: &Entry, key: &Key) -> Result<Lifetime, AppError> {
    let name = key.bytes();
    let pttl: i64 =
        target::of_key(entry, name, |mut link| async move { link.ask(redis::cmd("PTTL").arg(name)).await }).await?;
    Ok(Lifetime::from_pttl(pttl))
}

/// A key's time and its whole value, in one go: what somebody who runs a cached query gets.
///
/// # Errors
/// As [`target::of_key`]; `Refused` where it holds something else than a string, or more than we would store.
pub(super) async fn read(entry: &Entry, key: &Key) -> Result<(Lifetime, Vec<u8>), AppError> {
    let name = key.bytes();
    let (pttl, value): (i64, Vec<u8>) = target::of_key(entry, name, |mut link| async move {
        let mut pipe = redis::pipe();
        pipe.cmd("PTTL").arg(name).cmd("GETRANGE").arg(name).arg(0).arg(MOST_BYTES);
        link.ask_all(&pipe).await
    })
    .await?;
    if value.len() > MOST_BYTES {
        return Err(too_large(None));
    }
    // It may have died between the two.
    let lifetime = if value.is_empty() { Lifetime::Missing } else { Lifetime::from_pttl(pttl) };
    Ok((lifetime, value))
}

/// Stores a value that dies after so many milliseconds.
///
/// # Errors
/// As [`target::of_key`].
pub(super) async fn set(entry: &Entry, key: &Key, value: &[u8], millis: i64) -> Result<(), AppError> {
    let name = key.bytes();
    target::of_key(entry, name, |mut link| async move {
        link.ask(redis::cmd("SET").arg(name).arg(value).arg("PX").arg(millis)).await
    })
    .await
}

/// Sends a command of a plan.
///
/// # Errors
/// As [`target::of_key`].
pub(super) async fn send(entry: &Entry, key: &Key, arguments: &[Vec<u8>]) -> Result<Value, AppError> {
    let command = target::vector::request(arguments);
    target::of_key(entry, key.bytes(), |mut link| async move { link.ask(&command).await }).await
}

/// The beginnings of some strings whose keys begin like this one: with all up to its last colon, or, where it has none,
/// of keys without one.
///
/// # Errors
/// As [`target::at`].
pub(super) async fn neighbours(entry: &Entry, key: &Key) -> Result<Vec<Vec<u8>>, AppError> {
    let name = key.bytes();
    let end = name.iter().rposition(|byte| *byte == b':').map_or(0, |at| at + 1);
    let pattern = [&literal(&name[..end])[..], b"*"].concat();
    let mut found: Vec<Vec<u8>> = Vec::new();
    for node in target::nodes(entry).await? {
        let wanted = NEIGHBOURS - found.len();
        let pattern = pattern.clone();
        found.extend(target::at(entry, &node, |link| walk(link, pattern, name, end, wanted)).await?);
        if found.len() >= NEIGHBOURS {
            break;
        }
    }
    Ok(found)
}

async fn walk(
    mut link: Link,
    pattern: Vec<u8>,
    own: &[u8],
    end: usize,
    wanted: usize,
) -> Result<Vec<Vec<u8>>, RedisError> {
    let (mut cursor, mut names) = (0_u64, Vec::<Vec<u8>>::new());
    for _ in 0..LOOKS {
        let mut scan = redis::cmd("SCAN");
        scan.arg(cursor).arg("MATCH").arg(&pattern).arg("COUNT").arg(LOOK_AT_ONCE).arg("TYPE").arg("string");
        let (next, some): (u64, Vec<Vec<u8>>) = link.ask(&scan).await?;
        let beside = |it: &Vec<u8>| it != own && !it.get(end..).unwrap_or_default().contains(&b':');
        names.extend(some.into_iter().filter(beside));
        cursor = next;
        if cursor == 0 || names.len() >= wanted {
            break;
        }
    }
    names.truncate(wanted);
    let mut beginnings = Vec::with_capacity(names.len());
    for name in &names {
        // One by one, since one that has changed its type meanwhile is no reason to fail.
        let asked: Result<Vec<u8>, _> = link.ask(redis::cmd("GETRANGE").arg(name).arg(0).arg(BEGINNING - 1)).await;
        beginnings.extend(asked.ok().filter(|it| !it.is_empty()));
    }
    Ok(beginnings)
}

/// Bytes as a glob pattern that matches them and nothing else.
fn literal(bytes: &[u8]) -> Vec<u8> {
    let mut pattern = Vec::with_capacity(bytes.len());
    for byte in bytes {
        if b"*?[]^-\\".contains(byte) {
            pattern.push(b'\\');
        }
        pattern.push(*byte);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn a_prefix_is_searched_as_it_stands() {
        assert_eq!(literal(b":1:page"), b":1:page");
        assert_eq!(literal(b"a*[b]\xff"), b"a\\*\\[b\\]\xff");
    }
}
