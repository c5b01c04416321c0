//! All targets, each with its connections and what the features remember of it. Connections are opened when they are
//! first needed, so a dead target costs nothing at start.

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::call::Line;
use super::model::{Target, TargetId, TargetKind, TargetState};
use super::tls::Tls;
use crate::auth::session::{Authorized, Reads};
use crate::error::AppError;
use crate::text::Words;
use crate::words;

/// A credential. It has neither `Debug` nor `Display`, so it cannot reach a log by accident.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the driver's configuration only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A target as it was configured.
#[derive(Clone)]
pub struct Configured {
    pub target: Target,
    pub user: Option<String>,
    pub password: Option<Secret>,
    /// The database to connect to: PostgreSQL's, MongoDB's for logging in, or what [`super::model::RedisPlace`] reads.
    pub database: Option<String>,
    /// Files for encrypting the connection; Redis only so far.
    pub tls: Option<Tls>,
}

/// A target at work.
pub struct Entry {
    pub configured: Configured,
    /// Bounds how many calls run at once, and stops calling a server that does not answer.
    pub line: Line,
    shared: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl Entry {
    /// A target that is in no registry: to try whether it answers.
    pub fn alone(configured: Configured) -> Self {
        Self { line: Line::default(), shared: Mutex::default(), configured }
    }

    /// The one value of this type that belongs to the target: connections, and what a feature remembers between calls.
    pub fn shared<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let value = shared.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        Arc::clone(value).downcast::<T>().unwrap_or_default()
    }
}

/// All targets by name.
#[derive(Clone, Default)]
pub struct Registry {
    entries: Arc<RwLock<BTreeMap<TargetId, Arc<Entry>>>>,
}

impl Registry {
    /// Takes the configured targets. Nothing is contacted.
    pub fn load(targets: Vec<Configured>) -> Self {
        let registry = Self::default();
        for configured in targets {
            registry.put(configured);
        }
        registry
    }

    /// Adds a target, or puts it in the place of the one with its name.
    pub fn put(&self, configured: Configured) {
        let entry = Entry::alone(configured);
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.insert(entry.configured.target.id.clone(), Arc::new(entry));
    }

    /// Takes a target out. Calls that run on it end by themselves.
    pub fn take(&self, id: &TargetId) {
        self.entries.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// All targets, sorted by name.
    pub fn all(&self) -> Vec<Arc<Entry>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// The target of this kind with this name; with an empty name, the first of the kind.
    ///
    /// # Errors
    /// `NotFound` where there is none.
    pub fn find(&self, name: &str, kind: TargetKind) -> Result<Arc<Entry>, AppError> {
        let mut of_kind = self.all().into_iter().filter(|entry| entry.configured.target.kind == kind);
        let product = kind.name();
        if name.is_empty() {
            return of_kind.next().ok_or_else(|| {
                AppError::new(
                    crate::error::Kind::NotFound,
                    words!("No {product} server has been entered yet.", "등록된 {product} 서버가 없습니다."),
                    words!("Add one under Settings, or to the targets file.", "설정 페이지나 대상 파일에 추가하세요.",),
                )
            });
        }
        of_kind.find(|entry| entry.configured.target.id.as_str() == name).ok_or_else(|| {
            AppError::not_found(words!(
                "There is no {product} target of this name.",
                "이 이름의 {product} 대상이 없습니다.",
            ))
        })
    }
}

/// Asks every target who it is.
pub async fn states(who: &Authorized<Reads>) -> Vec<TargetState> {
    let asked = who.state().registry.all().into_iter().map(|entry| async move {
        let start = std::time::Instant::now();
        let answer = describe(&entry).await;
        let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        TargetState { target: entry.configured.target.clone(), answer, micros }
    });
    futures_util::future::join_all(asked).await
}

/// Version and role of the server.
///
/// # Errors
/// What is wrong, in an operator's words.
pub async fn describe(entry: &Entry) -> Result<Words, AppError> {
    match entry.configured.target.kind {
        TargetKind::Mongodb => super::mongo::describe(entry).await,
        TargetKind::Postgresql => super::postgres::describe(entry).await,
        TargetKind::Redis => super::redis::describe(entry).await,
    }
}
