//! What is asked of and sent to Redis or Valkey. Every command goes through one list of what is allowed.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Mutex;

use super::model::{Change, Key, KeyList, KeyState, Lifetime, ListedKey};
use super::query::Source;
use super::remembered;
use crate::auth::session::{Authorized, Changes, Reads};
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::{AppError, Kind};
use crate::server::State;
use crate::targets::model::{TargetId, TargetKind};
use crate::targets::redis as target;
use crate::targets::registry::Entry;
use crate::text::{Words, span};
use crate::words;

/// All that a plan may send. Reading commands are written out in this file and nowhere else.
const ALLOWED: [&str; 3] = ["SET", "EXPIRE", "PERSIST"];

/// Where the rows of the query before stand in a command.
pub const ROWS: &str = "\u{ab}rows of step 1\u{bb}";

/// Bytes of a value that are shown.
const SHOWN: i64 = 4096;
/// A page of the list ends when it has so many keys. A look cannot be cut short without losing keys, so it is small.
const PAGE_SIZE: usize = 50;
const LOOK_AT_ONCE: usize = 50;
const LOOKS: usize = 200;

/// A cache at work for somebody who may change it.
pub struct Cache {
    pub entry: Arc<Entry>,
    state: Arc<State>,
    /// What the query of a plan gave, between its step and the step that stores it.
    rows: Mutex<Option<Rows>>,
}

struct Rows {
    json: String,
    micros: u64,
    /// The cache has taken them. Only then was the query's result stored, and is remembered.
    stored: bool,
}

impl Cache {
    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn of(who: &Authorized<Changes>, name: &str) -> Result<Self, AppError> {
        let state = Arc::clone(who.state());
        Ok(Self { entry: state.registry.find(name, TargetKind::Redis)?, state, rows: Mutex::default() })
    }

    /// The target that is worked on.
    pub fn target(&self) -> &TargetId {
        &self.entry.configured.target.id
    }

    /// The database that a query is run at.
    ///
    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn source(&self, name: &TargetId) -> Result<Source, AppError> {
        Ok(Source::new(self.state.registry.find(name.as_str(), TargetKind::Postgresql)?))
    }

    /// What a plan rests on: when the key dies (absolute, so that it stands still), and its type.
    ///
    /// # Errors
    /// As [`target::with`].
    pub async fn facts(&self, key: &Key) -> Result<Facts, AppError> {
        let key = key.as_str();
        let (pttl, kind, now): (i64, String, (i64, i64)) = target::with(&self.entry, |mut link| async move {
            let mut pipe = redis::pipe();
            pipe.cmd("PTTL").arg(key).cmd("TYPE").arg(key).cmd("TIME");
            link.ask_all(&pipe).await
        })
        .await?;
        Ok(Facts { lifetime: Lifetime::from_pttl(pttl), kind, now_millis: now.0 * 1000 + now.1 / 1000 })
    }

    async fn send(&self, mut arguments: Vec<String>) -> Result<Words, AppError> {
        let name = arguments.first().map(|name| name.to_ascii_uppercase()).unwrap_or_default();
        if !ALLOWED.contains(&name.as_str()) {
            return Err(refused(words!(
                "{name} is never sent by this console.",
                "{name}은(는) 이 콘솔이 보내지 않습니다."
            )));
        }
        let of_rows = takes_rows(&arguments);
        if of_rows {
            let rows = self.rows.lock().await;
            let rows =
                rows.as_ref().ok_or_else(|| refused(words!("There are no rows to store.", "저장할 행이 없습니다.")))?;
            arguments[VALUE].clone_from(&rows.json);
        }
        let answer: redis::Value = target::with(&self.entry, |mut link| async move {
            let mut command = redis::cmd(&arguments[0]);
            command.arg(&arguments[1..]);
            link.ask(&command).await
        })
        .await?;
        match answer {
            redis::Value::Int(0) => Err(AppError::new(
                Kind::Conflict,
                words!("The key is not there any more, or has no TTL.", "키가 더 이상 없거나 TTL이 없습니다."),
                words!("Nothing was changed. Look at it again.", "변경된 것은 없습니다. 다시 확인하세요."),
            )),
            redis::Value::Int(number) => Ok(Words::same(number.to_string())),
            redis::Value::Okay => {
                if let Some(rows) = self.rows.lock().await.as_mut().filter(|_| of_rows) {
                    rows.stored = true;
                }
                Ok(Words::same("OK"))
            }
            _ => Ok(words!("an answer of another kind", "다른 형식의 응답")),
        }
    }
}

/// Where the value stands in `SET key value …`.
const VALUE: usize = 2;

/// Whether the value is that of the query before. Nowhere else are the words taken for it: a key may be called so.
fn takes_rows(arguments: &[String]) -> bool {
    arguments.first().is_some_and(|name| name == "SET") && arguments.get(VALUE).is_some_and(|value| value == ROWS)
}

fn refused(happened: Words) -> AppError {
    AppError::new(Kind::Refused, happened, words!("Open the form anew.", "양식을 다시 여세요."))
}

/// What a plan rests on.
pub struct Facts {
    pub lifetime: Lifetime,
    pub kind: String,
    /// The server's clock, in milliseconds since 1970.
    pub now_millis: i64,
}

impl Facts {
    /// The second in which the key dies. It differs as soon as somebody else has changed the time to live, and not
    /// because time passes.
    pub fn dies_at(&self) -> Option<i64> {
        match self.lifetime {
            Lifetime::Left(millis) => Some((self.now_millis + millis + 500) / 1000),
            _ => None,
        }
    }
}

impl Engine<Change> for Cache {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        super::plan::plan(self, change).await
    }

    async fn run(&self, command: &Command, _run: &Run) -> Result<Words, AppError> {
        if command.tool == "psql" {
            let source = TargetId::parse(&command.database).map_err(refused)?;
            let start = Instant::now();
            let json = self.source(&source)?.rows(&command.exact).await?;
            let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
            let size = crate::text::bytes(i64::try_from(json.len()).unwrap_or(i64::MAX));
            *self.rows.lock().await = Some(Rows { json, micros, stored: false });
            return Ok(words!("{size} of JSON", "JSON {size}"));
        }
        let arguments = serde_json::from_str(&command.exact)
            .map_err(|_| refused(words!("This is no argument vector.", "인자 목록이 아닙니다.")))?;
        self.send(arguments).await
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        if let Change::StoreQuery { target, key, ttl, source, query } = change
            && let Some(rows) = self.rows.lock().await.as_ref().filter(|rows| rows.stored)
        {
            let cached = super::model::CachedQuery {
                source: source.to_string(),
                query: query.as_str().to_owned(),
                ttl: ttl.seconds(),
                micros: rows.micros,
                at: 0,
            };
            remembered::keep(&self.state.store, target, key, cached).await?;
        }
        let lifetime = self.facts(change.key()).await?.lifetime;
        let key = change.key();
        let seen = match lifetime {
            Lifetime::Missing => words!("The server has no key {key}.", "서버에 키 {key}이(가) 없습니다."),
            Lifetime::Never => words!("{key} never expires.", "{key}은(는) 만료되지 않습니다."),
            Lifetime::Left(millis) => {
                let left = span(millis);
                Words::new(format!("{key} expires in {}.", left.en), format!("{key}은(는) {} 뒤 만료됩니다.", left.ko))
            }
        };
        let holds = match change {
            Change::Persist { .. } => lifetime == Lifetime::Never,
            Change::SetTtl { ttl, .. } | Change::StoreQuery { ttl, .. } => {
                matches!(lifetime, Lifetime::Left(millis) if millis <= ttl.seconds() * 1000)
            }
        };
        Ok(ReadBack { holds, seen })
    }
}

/// A key as it is now, with the first of its value and how long reading it took.
///
/// # Errors
/// `NotFound` when there is no such target; else as [`target::with`].
pub async fn read(who: &Authorized<Changes>, name: &str, key: &Key) -> Result<KeyState, AppError> {
    let entry = who.state().registry.find(name, TargetKind::Redis)?;
    let text = key.as_str();
    let (kind, pttl): (String, i64) = target::with(&entry, |mut link| async move {
        let mut pipe = redis::pipe();
        pipe.cmd("TYPE").arg(text).cmd("PTTL").arg(text);
        link.ask_all(&pipe).await
    })
    .await?;
    let start = Instant::now();
    let (bytes, value) = if kind == "string" {
        let (length, bytes): (i64, Vec<u8>) = target::with(&entry, |mut link| async move {
            let mut pipe = redis::pipe();
            pipe.cmd("STRLEN").arg(text).cmd("GETRANGE").arg(text).arg(0).arg(SHOWN - 1);
            link.ask_all(&pipe).await
        })
        .await?;
        (Some(length), Some(String::from_utf8_lossy(&bytes).into_owned()))
    } else {
        (None, None)
    };
    let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    let query = remembered::find(&who.state().store, &entry.configured.target.id, key).await?;
    let lifetime = Lifetime::from_pttl(pttl);
    Ok(KeyState { key: text.to_owned(), lifetime, kind, bytes, value, micros, query })
}

/// Some keys that begin with `prefix`, from `cursor` on. Looks at 10,000 keys at most, 50 at a time, so that no other
/// client waits noticeably; `KEYS` is never sent.
///
/// # Errors
/// As [`read`]; `Invalid` for a cursor that is no number.
pub async fn list(who: &Authorized<Reads>, name: &str, prefix: &str, cursor: &str) -> Result<KeyList, AppError> {
    let entry = who.state().registry.find(name, TargetKind::Redis)?;
    let mut cursor: u64 = if cursor.is_empty() { Ok(0) } else { cursor.parse() }
        .map_err(|_| AppError::invalid("cursor", words!("This is no cursor.", "커서가 아닙니다.")))?;
    let pattern = format!("{}*", literal_pattern(prefix));
    target::with(&entry, |mut link| async move {
        let total: i64 = link.ask(&redis::cmd("DBSIZE")).await?;
        let mut names: Vec<Vec<u8>> = Vec::new();
        for _ in 0..LOOKS {
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(&pattern).arg("COUNT").arg(LOOK_AT_ONCE);
            let (next, found): (u64, Vec<Vec<u8>>) = link.ask(&scan).await?;
            names.extend(found);
            cursor = next;
            if cursor == 0 || names.len() >= PAGE_SIZE {
                break;
            }
        }
        names.sort_unstable();
        names.dedup();
        let cursor = (cursor != 0).then(|| cursor.to_string());
        // The driver refuses a pipe without commands.
        if names.is_empty() {
            return Ok(KeyList { keys: Vec::new(), total, cursor });
        }
        let mut pipe = redis::pipe();
        for name in &names {
            pipe.cmd("PTTL").arg(name).cmd("TYPE").arg(name);
        }
        let answers: Vec<redis::Value> = link.ask_all(&pipe).await?;
        let keys = names.iter().zip(answers.chunks(2)).filter_map(|(name, answer)| listed(name, answer)).collect();
        Ok(KeyList { keys, total, cursor })
    })
    .await
}

fn listed(name: &[u8], answer: &[redis::Value]) -> Option<ListedKey> {
    let [redis::Value::Int(pttl), kind] = answer else { return None };
    let kind = match kind {
        redis::Value::SimpleString(kind) => kind.clone(),
        _ => "?".to_owned(),
    };
    let key = String::from_utf8_lossy(name).into_owned();
    Some(ListedKey { key, lifetime: Lifetime::from_pttl(*pttl), kind })
}

/// A prefix as a glob pattern that matches it and nothing else.
fn literal_pattern(prefix: &str) -> String {
    let mut pattern = String::with_capacity(prefix.len());
    for character in prefix.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '^' | '-' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_called_like_the_rows_stays_a_key() {
        let vector = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert!(takes_rows(&vector(&["SET", "mydata", ROWS, "EX", "60"])));
        assert!(takes_rows(&vector(&["SET", ROWS, ROWS, "EX", "60"])));
        assert!(!takes_rows(&vector(&["SET", ROWS, "1"])));
        assert!(!takes_rows(&vector(&["EXPIRE", ROWS, "60"])));
    }

    #[test]
    fn a_prefix_is_searched_as_it_stands() {
        assert_eq!(literal_pattern(":1:page"), ":1:page");
        assert_eq!(literal_pattern("a*[b]"), "a\\*\\[b\\]");
    }

    #[test]
    fn the_moment_a_key_dies_does_not_change_because_time_passes() {
        let facts = |now_millis, left| Facts { lifetime: Lifetime::Left(left), kind: String::new(), now_millis };
        assert_eq!(facts(1_000_000, 60_000).dies_at(), facts(1_001_700, 58_300).dies_at());
        assert_ne!(facts(1_000_000, 60_000).dies_at(), facts(1_000_000, 61_000).dies_at());
    }
}
