//! What is asked of one key. Nothing that is asked here makes it used, but the value itself.

use redis::{RedisResult, Value as Answer};

use crate::caching::format::name::Django;
use crate::caching::key::model::{Digest, KeySeen};
use crate::caching::model::{Key, Lifetime, Told};
use crate::error::AppError;
use crate::targets::redis::info::Info;
use crate::targets::redis::of_key;
use crate::targets::registry::Entry;

/// What a plan rests on.
pub struct Facts {
    pub lifetime: Lifetime,
    /// When it dies, in milliseconds since 1970 by the server's clock; −1: never, −2: there is no key.
    pub dies: i64,
    /// Whether the server tells that moment itself (7.0), or it was worked out of the time left.
    pub tells_the_moment: bool,
    pub kind: String,
    /// The server's clock, in milliseconds since 1970; 0 where it may not be asked.
    pub now: i64,
    pub version: Option<(u32, u32)>,
    /// None where that may not be asked.
    pub replica: Option<bool>,
    /// Of a string, where the change is about it.
    pub value: Option<Vec<u8>>,
}

impl Facts {
    /// Whether a key that dies then would die when this one does. A moment that was worked out is some milliseconds off.
    pub fn is_same_end(&self, dies: i64) -> bool {
        if self.tells_the_moment { self.dies == dies } else { (self.dies - dies).abs() <= 50 }
    }

    /// The end as a plan remembers it: it must stand still while nobody changes it.
    pub fn end(&self) -> i64 {
        if self.tells_the_moment || self.dies < 0 { self.dies } else { (self.dies + 500) / 1_000 }
    }

    pub fn digest(&self) -> Option<Digest> {
        self.value.as_deref().map(super::digest)
    }
}

/// Bytes of a value that a plan reads: more than can be edited, so that a longer one is known to be longer.
const MOST: usize = 64 * 1_024;

/// What a plan rests on; the value only where it is asked for, since reading it makes the key used.
///
/// # Errors
/// As [`of_key`].
pub(super) async fn read(entry: &Entry, key: &Key, with_value: bool) -> Result<Facts, AppError> {
    let name = key.bytes();
    let answers: Vec<RedisResult<Answer>> = of_key(entry, name, |mut link| async move {
        let mut pipe = redis::pipe();
        pipe.cmd("PTTL").arg(name).cmd("PEXPIRETIME").arg(name).cmd("TIME").cmd("TYPE").arg(name);
        pipe.cmd("INFO").arg("server").cmd("INFO").arg("replication").ignore_errors();
        let mut answers: Vec<RedisResult<Answer>> = link.ask_all(&pipe).await?;
        // Without the first of these nothing is known, so that it is refused is told.
        answers[0].as_ref().map_err(Clone::clone)?;
        // An end that the server does not tell is worked out of its clock, and without that nothing is known of it.
        if answers[1].is_err() && matches!(answers[0], Ok(Answer::Int(left)) if left >= 0) {
            answers[2].as_ref().map_err(Clone::clone)?;
        }
        let is_string = answers[3].as_ref().is_ok_and(|it| text(it) == "string");
        if with_value && is_string {
            let mut get = redis::cmd("GETRANGE");
            get.arg(name).arg(0).arg(MOST);
            answers.push(Ok(link.ask(&get).await?));
        }
        Ok(answers)
    })
    .await?;
    let mut answers = answers.into_iter().map(RedisResult::ok);
    let mut next = || answers.next().flatten();
    let pttl = next().and_then(number).unwrap_or(-2);
    let moment = next().and_then(number);
    let now = next().map_or(0, |it| clock(&it));
    let kind = next().map(|it| text(&it)).unwrap_or_default();
    let server = Info::parse(&next().map(|it| text(&it)).unwrap_or_default());
    let replication = Info::parse(&next().map(|it| text(&it)).unwrap_or_default());
    let value = match next() {
        Some(Answer::BulkString(bytes)) => Some(bytes),
        _ => None,
    };
    Ok(Facts {
        lifetime: Lifetime::from_pttl(pttl),
        dies: moment.unwrap_or(if pttl < 0 { pttl } else { now + pttl }),
        tells_the_moment: moment.is_some(),
        kind,
        now,
        version: server.version(),
        replica: replication.get("role").map(|role| role == "slave"),
        value,
    })
}

/// What is shown of a key.
///
/// # Errors
/// As [`of_key`].
pub(super) async fn seen(entry: &Entry, key: &Key) -> Result<KeySeen, AppError> {
    let facts = read(entry, key, false).await?;
    let name = key.bytes();
    let answers: Vec<RedisResult<Answer>> = of_key(entry, name, |mut link| async move {
        let mut pipe = redis::pipe();
        pipe.cmd("INFO").arg("memory").cmd("OBJECT").arg("ENCODING").arg(name);
        pipe.cmd("MEMORY").arg("USAGE").arg(name).arg("SAMPLES").arg(5);
        // Of these one is refused: which one, the policy decides.
        pipe.cmd("OBJECT").arg("IDLETIME").arg(name).cmd("OBJECT").arg("FREQ").arg(name).ignore_errors();
        link.ask_all(&pipe).await
    })
    .await?;
    let mut answers = answers.into_iter();
    let mut next = || answers.next().unwrap_or(Ok(Answer::Nil));
    let memory = Info::parse(&next().map(|it| text(&it)).unwrap_or_default());
    let encoding = next().ok().map(|it| text(&it)).filter(|it| !it.is_empty());
    let (bytes, idle, uses) = (told(next()), told(next()), told(next()));
    let counts_use = memory.get("maxmemory_policy").is_some_and(|it| it.ends_with("lfu"));
    Ok(KeySeen {
        key: key.as_str().to_owned(),
        django: Django::of(key),
        lifetime: facts.lifetime,
        dies: (facts.dies >= 0).then_some(facts.dies),
        now: facts.now,
        kind: facts.kind,
        encoding,
        bytes,
        idle: if counts_use { uses } else { idle },
        counts_use,
        replica: facts.replica == Some(true),
        conditions: facts.version.map(|it| it >= (7, 0)),
    })
}

fn told(answer: RedisResult<Answer>) -> Told {
    match answer {
        Ok(Answer::Int(number)) => Told::Number(number),
        Err(error) if error.code() == Some("NOPERM") => Told::NoPermission,
        _ => Told::Unknown,
    }
}

fn number(answer: Answer) -> Option<i64> {
    if let Answer::Int(number) = answer { Some(number) } else { None }
}

pub(super) fn text(answer: &Answer) -> String {
    match answer {
        Answer::SimpleString(text) => text.clone(),
        Answer::BulkString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    }
}

/// Of an answer of TIME, in milliseconds.
fn clock(answer: &Answer) -> i64 {
    let Answer::Array(parts) = answer else { return 0 };
    let part = |at: usize| parts.get(at).map(text).and_then(|it| it.parse::<i64>().ok()).unwrap_or_default();
    part(0) * 1_000 + part(1) / 1_000
}
