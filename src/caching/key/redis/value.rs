//! The first of a key's value. Reading it makes the key used, so it is read when a page is opened, and not by a clock.

use std::time::Instant;

use redis::{RedisResult, Value as Answer};

use super::facts::text;
use super::format;
use crate::caching::key::model::{Editable, LONGEST_VALUE, Shown, Value};
use crate::caching::model::{Key, spelled};
use crate::error::AppError;
use crate::targets::redis::{Link, of_key};
use crate::targets::registry::Entry;
use crate::words;

/// Elements that are shown.
const ELEMENTS: usize = 50;
/// Elements that are bigger than this on average are not read: the answer would be as big as all of them.
const BIG: i64 = 64 * 1_024;
/// Characters of an element that are shown.
const OF_ELEMENT: usize = 500;

/// The first of the value.
///
/// # Errors
/// As [`of_key`].
pub(super) async fn read(entry: &Entry, key: &Key) -> Result<Value, AppError> {
    let start = Instant::now();
    let (size, shown) = of_key(entry, key.bytes(), |link| first(link, key)).await?;
    let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    Ok(Value { size, shown, micros })
}

/// Bytes of a string, elements of anything else.
///
/// # Errors
/// As [`of_key`].
pub(super) async fn size(entry: &Entry, key: &Key) -> Result<Option<i64>, AppError> {
    of_key(entry, key.bytes(), |mut link| async move {
        let kind: String = link.ask(redis::cmd("TYPE").arg(key.bytes())).await?;
        counted(&mut link, key, &kind).await
    })
    .await
}

async fn counted(link: &mut Link, key: &Key, kind: &str) -> RedisResult<Option<i64>> {
    let command = match kind {
        "string" => "STRLEN",
        "list" => "LLEN",
        "hash" => "HLEN",
        "set" => "SCARD",
        "zset" => "ZCARD",
        "stream" => "XLEN",
        _ => return Ok(None),
    };
    link.ask(redis::cmd(command).arg(key.bytes())).await.map(Some)
}

async fn first(mut link: Link, key: &Key) -> RedisResult<(Option<i64>, Shown)> {
    let kind: String = link.ask(redis::cmd("TYPE").arg(key.bytes())).await?;
    match kind.as_str() {
        "none" => Ok((None, Shown::Missing)),
        "string" => string(link, key).await,
        _ => elements(link, key, &kind).await,
    }
}

async fn string(mut link: Link, key: &Key) -> RedisResult<(Option<i64>, Shown)> {
    let name = key.bytes();
    let mut pipe = redis::pipe();
    pipe.cmd("STRLEN").arg(name).cmd("GETRANGE").arg(name).arg(0).arg(LONGEST_VALUE);
    pipe.cmd("PEXPIRETIME").arg(name).cmd("PTTL").arg(name).cmd("TIME").ignore_errors();
    let answers: Vec<RedisResult<Answer>> = link.ask_all(&pipe).await?;
    let Ok([size, bytes, moment, left, time]) = <[_; 5]>::try_from(answers) else { return Ok((None, Shown::Missing)) };
    let (Answer::Int(size), Answer::BulkString(bytes)) = (size?, bytes?) else { return Ok((None, Shown::Missing)) };
    if size == 0 && matches!(left, Ok(Answer::Int(-2))) {
        return Ok((None, Shown::Missing));
    }
    let dies = match (moment, left) {
        (Ok(Answer::Int(moment)), _) => moment,
        (_, Ok(Answer::Int(left))) if left >= 0 => {
            let (seconds, micros): (i64, i64) = redis::from_redis_value(time?)?;
            seconds * 1_000 + micros / 1_000 + left
        }
        (_, left) => redis::from_redis_value(left?)?,
    };
    let all = usize::try_from(size).is_ok_and(|size| size == bytes.len());
    let format::Told { format, text, whole } = format::look(&bytes, all);
    let edit = format::editable(&bytes).map(|text| Editable { text, seen: super::digest(&bytes), dies });
    Ok((Some(size), Shown::Text { format, text, whole, edit }))
}

async fn elements(mut link: Link, key: &Key, kind: &str) -> RedisResult<(Option<i64>, Shown)> {
    let name = key.bytes();
    let size = counted(&mut link, key, kind).await?;
    let bytes: Option<i64> = link.ask(redis::cmd("MEMORY").arg("USAGE").arg(name).arg("SAMPLES").arg(5)).await?;
    if bytes.unwrap_or_default() / size.unwrap_or(1).max(1) > BIG {
        let why = words!("Its elements are too big to be shown here.", "요소가 너무 커서 여기에 표시하지 않습니다.");
        return Ok((size, Shown::Nothing(why)));
    }
    let mut command = redis::Cmd::new();
    match kind {
        "list" => command.arg("LRANGE").arg(name).arg(0).arg(ELEMENTS - 1),
        "zset" => command.arg("ZRANGE").arg(name).arg(0).arg(ELEMENTS - 1).arg("WITHSCORES"),
        "hash" => command.arg("HSCAN").arg(name).arg(0).arg("COUNT").arg(ELEMENTS),
        "set" => command.arg("SSCAN").arg(name).arg(0).arg("COUNT").arg(ELEMENTS),
        _ => {
            let why =
                words!("Values of the type {kind} are not shown here.", "{kind} 형식의 값은 여기에 표시하지 않습니다.");
            return Ok((size, Shown::Nothing(why)));
        }
    };
    let answer: Answer = link.ask(&command).await?;
    let pairs = match kind {
        "list" => numbered(flat(answer)),
        "set" => flat(scanned(answer)).into_iter().map(|element| (element, String::new())).collect(),
        "hash" => in_pairs(flat(scanned(answer))),
        _ => in_pairs(flat(answer)).into_iter().map(|(element, score)| (score, element)).collect(),
    };
    Ok((size, Shown::Elements(pairs.into_iter().take(ELEMENTS).collect())))
}

/// What stands behind the cursor of a look at elements.
fn scanned(answer: Answer) -> Answer {
    match answer {
        Answer::Array(mut parts) if parts.len() == 2 => parts.pop().unwrap_or(Answer::Nil),
        _ => Answer::Nil,
    }
}

/// Elements as they are shown. A server may answer pairs as lists of two, as a map, or one after the other.
fn flat(answer: Answer) -> Vec<String> {
    match answer {
        Answer::Array(parts) | Answer::Set(parts) => parts.into_iter().flat_map(flat).collect(),
        Answer::Map(pairs) => pairs.into_iter().flat_map(|(one, other)| [flat(one), flat(other)].concat()).collect(),
        Answer::BulkString(bytes) => vec![shown(&bytes)],
        Answer::Double(number) => vec![number.to_string()],
        Answer::Int(number) => vec![number.to_string()],
        Answer::Nil => Vec::new(),
        other => vec![text(&other)],
    }
}

fn shown(bytes: &[u8]) -> String {
    let text = spelled(&bytes[..bytes.len().min(OF_ELEMENT)]);
    if bytes.len() > OF_ELEMENT { format!("{text}…") } else { text }
}

fn numbered(elements: Vec<String>) -> Vec<(String, String)> {
    elements.into_iter().enumerate().map(|(place, element)| (place.to_string(), element)).collect()
}

fn in_pairs(elements: Vec<String>) -> Vec<(String, String)> {
    let mut elements = elements.into_iter();
    std::iter::from_fn(|| Some((elements.next()?, elements.next()?))).collect()
}
