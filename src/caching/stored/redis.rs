//! What is asked of and sent to Redis or Valkey. Every command goes through one list of what is allowed.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Mutex;

use super::model::Change;
use super::remembered;
use super::sql::Source;
use crate::auth::session::{Authorized, Changes};
use crate::caching::model::{Key, Lifetime};
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
const ALLOWED: [&str; 1] = ["SET"];

/// Where the rows of the query before stand in a command.
pub const ROWS: &str = "\u{ab}rows of step 1\u{bb}";

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
        let (pttl, kind): (i64, String) = target::with(&self.entry, |mut link| async move {
            let mut pipe = redis::pipe();
            pipe.cmd("PTTL").arg(key).cmd("TYPE").arg(key);
            link.ask_all(&pipe).await
        })
        .await?;
        Ok(Facts { lifetime: Lifetime::from_pttl(pttl), kind })
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
        let Change::StoreQuery { target, key, ttl, source, query } = change;
        if let Some(rows) = self.rows.lock().await.as_ref().filter(|rows| rows.stored) {
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
        let seen = match lifetime {
            Lifetime::Missing => words!("The server has no key {key}.", "서버에 키 {key}이(가) 없습니다."),
            Lifetime::Never => words!("{key} never expires.", "{key}은(는) 만료되지 않습니다."),
            Lifetime::Left(millis) => {
                let left = span(millis);
                Words::new(format!("{key} expires in {}.", left.en), format!("{key}은(는) {} 뒤 만료됩니다.", left.ko))
            }
        };
        let holds = matches!(lifetime, Lifetime::Left(millis) if millis <= ttl.seconds() * 1000);
        Ok(ReadBack { holds, seen })
    }
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
}
