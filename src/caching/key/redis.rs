//! How one key is looked at and changed.

mod facts;
mod format;
pub(super) mod script;
mod value;

use std::sync::{Arc, Mutex, PoisonError};

use redis::Value as Answer;
use sha1::{Digest as _, Sha1};

pub(super) use self::facts::Facts;
pub(super) use self::format::{editable, written};
use super::model::{Change, Digest, KeySeen, Value};
use crate::auth::session::{Authorized, Changes, Reads};
use crate::caching::model::{Key, Lifetime};
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::{AppError, Kind};
use crate::targets::model::{TargetId, TargetKind};
use crate::targets::redis::{of_key, vector};
use crate::targets::registry::Entry;
use crate::text::{Words, span};
use crate::words;

/// All that a plan of one key may send; every other command is a reading one and written out where it is asked.
const SENT: [&str; 6] = ["EXPIRE", "PEXPIREAT", "PERSIST", "UNLINK", "SCRIPT", "EVALSHA"];

/// Looks after one key.
pub struct Keeper {
    entry: Arc<Entry>,
    key: Key,
    /// Of the value that was sent last.
    sent: Mutex<Option<Digest>>,
}

impl Keeper {
    /// For somebody who may change it.
    ///
    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn of(who: &Authorized<Changes>, target: &str, key: Key) -> Result<Self, AppError> {
        Ok(Self::at(who.state().registry.find(target, TargetKind::Redis)?, key))
    }

    pub(super) fn at(entry: Arc<Entry>, key: Key) -> Self {
        Self { entry, key, sent: Mutex::default() }
    }

    /// For somebody who may look at it.
    ///
    /// # Errors
    /// As [`Keeper::of`].
    pub fn to_read(who: &Authorized<Reads>, target: &str, key: Key) -> Result<Self, AppError> {
        Ok(Self::at(who.state().registry.find(target, TargetKind::Redis)?, key))
    }

    /// What is known of the key, without its value.
    ///
    /// # Errors
    /// As [`of_key`].
    pub async fn seen(&self) -> Result<KeySeen, AppError> {
        facts::seen(&self.entry, &self.key).await
    }

    /// The first of its value: for those who may change it.
    ///
    /// # Errors
    /// As [`of_key`].
    pub async fn value(&self) -> Result<Value, AppError> {
        value::read(&self.entry, &self.key).await
    }

    /// How much there is of its value.
    ///
    /// # Errors
    /// As [`of_key`].
    pub async fn size(&self) -> Result<Option<i64>, AppError> {
        value::size(&self.entry, &self.key).await
    }

    /// The target that is worked on.
    pub fn target(&self) -> &TargetId {
        &self.entry.configured.target.id
    }

    /// When the key dies, in milliseconds since 1970; −1: never, −2: there is no key.
    ///
    /// # Errors
    /// As [`of_key`].
    pub async fn dies(&self) -> Result<i64, AppError> {
        Ok(self.facts(false).await?.dies)
    }

    pub(super) async fn facts(&self, with_value: bool) -> Result<Facts, AppError> {
        facts::read(&self.entry, &self.key, with_value).await
    }

    /// What is sent is the command as it stands.
    async fn send(&self, command: &Command) -> Result<Answer, AppError> {
        let arguments = vector::parsed(&command.exact)?;
        let name = String::from_utf8_lossy(&arguments[0]).to_ascii_uppercase();
        if !SENT.contains(&name.as_str()) {
            let happened =
                words!("{name} is not sent for one key.", "{name}은(는) 키 하나의 작업으로 보내지 않습니다.");
            return Err(AppError::new(Kind::Refused, happened, words!("Plan again.", "계획을 다시 세우세요.")));
        }
        if name == "EVALSHA" {
            *self.sent.lock().unwrap_or_else(PoisonError::into_inner) = arguments.last().map(|value| digest(value));
        }
        let request = vector::request(&arguments);
        of_key(&self.entry, self.key.bytes(), |mut link| async move { link.ask(&request).await }).await
    }

    fn sent(&self) -> Option<Digest> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The SHA-1 of a value: what `redis.sha1hex` makes of it in a script.
pub(super) fn digest(value: &[u8]) -> Digest {
    Digest::of(Sha1::digest(value).into())
}

impl Engine<Change> for Keeper {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        let facts = self.facts(matches!(change, Change::SetValue { .. })).await?;
        super::plan::plan(change, &facts)
    }

    async fn run(&self, command: &Command, _run: &Run) -> Result<Words, AppError> {
        let of_script = command.typed.starts_with("EVALSHA");
        match self.send(command).await? {
            Answer::Int(1) => Ok(Words::same("1")),
            Answer::Int(number) if of_script => Err(script::refusal(number)),
            Answer::Int(0) => Err(AppError::new(
                Kind::Conflict,
                words!(
                    "The server answered 0 and left the key alone: it is gone, or its TTL is not what it was any more.",
                    "서버가 0으로 응답하고 키를 그대로 두었습니다. 키가 없거나 TTL이 그사이 바뀌었습니다.",
                ),
                words!("Nothing was changed. Look at it again.", "변경된 것은 없습니다. 다시 확인하세요."),
            )),
            Answer::Int(number) => Ok(Words::same(number.to_string())),
            Answer::BulkString(bytes) => {
                Ok(Words::same(String::from_utf8_lossy(&bytes).chars().take(80).collect::<String>()))
            }
            Answer::Okay => Ok(Words::same("OK")),
            _ => Ok(words!("an answer of another kind", "다른 형식의 응답")),
        }
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        let facts = self.facts(matches!(change, Change::SetValue { .. })).await?;
        let holds = match change {
            Change::SetTtl { ttl, .. }
            | Change::LengthenTtl { ttl, .. }
            | Change::ShortenTtl { ttl, .. }
            | Change::TouchKey { ttl, .. } => {
                matches!(facts.lifetime, Lifetime::Left(millis) if millis <= ttl.seconds() * 1_000)
            }
            Change::ExpireAt { at, .. } => facts.is_same_end(at.millis()),
            Change::PersistKey { .. } => facts.lifetime == Lifetime::Never,
            Change::DeleteKey { .. } => facts.lifetime == Lifetime::Missing,
            Change::SetValue { dies, .. } => {
                let is_there = facts.value.as_deref().map(digest).is_some_and(|it| Some(it) == self.sent());
                is_there && facts.is_same_end(*dies)
            }
        };
        Ok(ReadBack { holds, seen: back(&self.key, &facts) })
    }
}

fn back(key: &Key, facts: &Facts) -> Words {
    match facts.lifetime {
        Lifetime::Missing => words!("The server has no key {key}.", "서버에 키 {key}이(가) 없습니다."),
        Lifetime::Never => words!("{key} never expires.", "{key}은(는) 만료되지 않습니다."),
        Lifetime::Left(millis) => {
            let left = span(millis);
            Words::new(format!("{key} expires in {}.", left.en), format!("{key}은(는) {} 뒤 만료됩니다.", left.ko))
        }
    }
}
