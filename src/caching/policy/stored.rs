//! The policies as the console keeps them, and how they are changed.

use std::sync::Arc;

use futures_util::{StreamExt, stream};

use super::model::{Change, Policy, Shown};
use crate::auth::session::clock::wall;
use crate::auth::session::{Authorized, Changes, Reads};
use crate::caching::bulk::redis::Bulk;
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::{AppError, Kind};
use crate::server::State;
use crate::server::store::Store;
use crate::targets::model::{TargetId, TargetKind};
use crate::text::Words;
use crate::words;

/// Policies of one target at most: a page looks at the keys of each.
pub const MOST: usize = 20;
const LOOKS_AT_ONCE: usize = 4;

/// The policies of one target.
pub struct Policies {
    store: Store,
    target: TargetId,
    name: String,
}

impl Policies {
    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn to_change(who: &Authorized<Changes>, name: &str) -> Result<Self, AppError> {
        Self::at(who.state(), name)
    }

    fn at(state: &Arc<State>, name: &str) -> Result<Self, AppError> {
        let entry = state.registry.find(name, TargetKind::Redis)?;
        let target = &entry.configured.target;
        Ok(Self { store: state.store.clone(), target: target.id.clone(), name: target.name.clone() })
    }

    /// The target that they are about.
    pub fn target(&self) -> &TargetId {
        &self.target
    }

    /// Its name, as a person knows it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All of them, by prefix.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn all(&self) -> Result<Vec<Policy>, AppError> {
        let target = self.target.to_string();
        let sql = "SELECT policy FROM ttl_policy WHERE target = ?1 ORDER BY prefix LIMIT 100";
        let texts: Vec<String> = self
            .store
            .with(move |connection| connection.prepare_cached(sql)?.query_map([target], |row| row.get(0))?.collect())
            .await?;
        Ok(texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect())
    }

    async fn put(&self, policy: &Policy) -> Result<(), AppError> {
        let (target, prefix) = (self.target.to_string(), policy.prefix.to_string());
        let text = serde_json::to_string(policy).unwrap_or_default();
        let sql = "INSERT INTO ttl_policy (target, prefix, policy, at) VALUES (?1, ?2, ?3, ?4) \
                   ON CONFLICT (target, prefix) DO UPDATE SET policy = excluded.policy, at = excluded.at";
        self.store.with(move |connection| connection.execute(sql, (target, prefix, text, wall())).map(|_| ())).await
    }

    async fn take(&self, prefix: String) -> Result<(), AppError> {
        let target = self.target.to_string();
        let sql = "DELETE FROM ttl_policy WHERE target = ?1 AND prefix = ?2";
        self.store.with(move |connection| connection.execute(sql, (target, prefix)).map(|_| ())).await
    }
}

/// The policies of a target, each with a bounded look at its keys.
///
/// # Errors
/// `NotFound` when there is no such target; when the store fails. A server that does not answer is told as unknown.
pub async fn shown(who: &Authorized<Reads>, name: &str) -> Result<Vec<Shown>, AppError> {
    let policies = Policies::at(who.state(), name)?.all().await?;
    let bulk = Bulk::to_read(who, name)?;
    let looks = policies.into_iter().map(|policy| async {
        let preview = bulk.preview(&policy.pattern()).await.ok();
        Shown { policy, preview }
    });
    Ok(stream::iter(looks).buffered(LOOKS_AT_ONCE).collect().await)
}

impl Engine<Change> for Policies {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        Ok(super::plan::plan(self.name(), change, &self.all().await?))
    }

    async fn run(&self, command: &Command, _run: &Run) -> Result<Words, AppError> {
        match serde_json::from_str(&command.exact) {
            Ok(Change::AddPolicy { policy, .. }) => self.put(&policy).await?,
            Ok(Change::RemovePolicy { prefix, .. }) => self.take(prefix.to_string()).await?,
            Err(_) => {
                return Err(AppError::new(
                    Kind::Internal,
                    words!("The plan holds no change of a policy.", "계획에 정책 변경이 없습니다."),
                    words!("Plan again.", "계획을 다시 세우세요."),
                ));
            }
        }
        Ok(words!("kept by the console", "콘솔에 저장됨"))
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        let all = self.all().await?;
        let prefix = change.prefix();
        let found = all.iter().find(|it| it.prefix == *prefix);
        let holds = match change {
            Change::AddPolicy { policy, .. } => found == Some(policy),
            Change::RemovePolicy { .. } => found.is_none(),
        };
        let seen = if found.is_some() {
            words!("The console has a policy for {prefix}.", "콘솔에 {prefix} 정책이 있습니다.")
        } else {
            words!("The console has no policy for {prefix}.", "콘솔에 {prefix} 정책이 없습니다.")
        };
        Ok(ReadBack { holds, seen })
    }
}
