//! Where cached queries are worked on: one cache, the databases they are asked of, and what the console keeps of them.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Mutex;

use super::flight::Flights;
use super::model::{Change, Filled, QueryName, Recipe, Wanted};
use super::shape::Shape;
use super::source::{MOST_BYTES, Rows, Source, too_large};
use super::{redis, store};
use crate::auth::session::clock::wall;
use crate::auth::session::{Authorized, Needs};
use crate::caching::model::Lifetime;
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::{AppError, Kind};
use crate::server::store::Store;
use crate::targets::model::{TargetId, TargetKind};
use crate::targets::redis::vector;
use crate::targets::registry::{Entry, Registry};
use crate::text::{Words, bytes, span};
use crate::words;

/// Where the rows of the query before stand in a command.
pub const ROWS: &str = "\u{ab}rows of step 1\u{bb}";
/// Where the value stands in `SET key value …`.
const VALUE: usize = 2;
/// The console itself, where a plan's command is for its own store.
pub const CONSOLE: &str = "outgrow";

/// A cache at work.
#[derive(Clone)]
pub struct Desk {
    pub(super) entry: Arc<Entry>,
    pub(super) store: Store,
    registry: Registry,
}

impl Desk {
    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn of<R: Needs>(who: &Authorized<R>, target: &str) -> Result<Self, AppError> {
        let state = who.state();
        let entry = state.registry.find(target, TargetKind::Redis)?;
        Ok(Self { entry, store: state.store.clone(), registry: state.registry.clone() })
    }

    #[cfg(test)]
    pub(super) fn at(registry: &Registry, store: &Store, target: &TargetId) -> Self {
        let entry = registry.find(target.as_str(), TargetKind::Redis).expect("a cache");
        Self { entry, store: store.clone(), registry: registry.clone() }
    }

    /// The cache.
    pub fn target(&self) -> &TargetId {
        &self.entry.configured.target.id
    }

    /// The database that a query is asked of.
    ///
    /// # Errors
    /// `NotFound`, at the field `source`, when there is no such target.
    pub fn source(&self, recipe: &Recipe) -> Result<Source, AppError> {
        Source::of(&self.registry, &recipe.source, recipe.query.kind())
    }

    /// Stores rows under the key of the query, and writes down what that took.
    ///
    /// # Errors
    /// When the cache or the console's store fails, or the rows are too large in their form.
    pub(super) async fn put(&self, recipe: &Recipe, rows: Rows) -> Result<Filled, AppError> {
        let shape = shape_of(recipe);
        let value = shape.written(rows.json);
        if value.is_empty() {
            return Err(unwritable(shape));
        }
        if value.len() > MOST_BYTES {
            return Err(too_large(i64::try_from(value.len()).ok()));
        }
        let start = Instant::now();
        redis::set(&self.entry, &recipe.key, &value, recipe.kept_millis()).await?;
        let filled = filled(shape, (rows.count, rows.micros), value.len(), start);
        store::filled(&self.store, recipe, filled.clone()).await?;
        Ok(filled)
    }
}

/// The form that was settled when the plan was made.
fn shape_of(recipe: &Recipe) -> Shape {
    if recipe.format == Wanted::Pickle { Shape::Pickle } else { Shape::Json }
}

fn filled(shape: Shape, (rows, source_micros): (i64, u64), length: usize, start: Instant) -> Filled {
    Filled {
        at: wall(),
        source_micros,
        store_micros: u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX),
        rows,
        bytes: i64::try_from(length).unwrap_or(i64::MAX),
        format: Words::same(shape.name()),
    }
}

/// The engine of one change: what a step gives is kept for the next.
pub struct Work {
    pub(super) desk: Desk,
    /// What is planned and carried out, with the form of its rows settled.
    step: Mutex<Step>,
}

#[derive(Default)]
struct Step {
    recipe: Option<Recipe>,
    rows: Option<Rows>,
    filled: Option<Filled>,
}

impl Work {
    pub fn new(desk: Desk) -> Self {
        Self { desk, step: Mutex::default() }
    }

    /// Runs the query of a plan.
    async fn ask(&self, command: &Command) -> Result<Words, AppError> {
        let mut step = self.step.lock().await;
        let recipe = step.recipe.as_ref().ok_or_else(no_plan)?;
        let rows = self.desk.source(recipe)?.rows(command).await?;
        let (count, size) = (rows.count, bytes(i64::try_from(rows.json.len()).unwrap_or(i64::MAX)));
        step.rows = Some(rows);
        Ok(words!("{count} rows, {size} of JSON", "{count}행, JSON {size}"))
    }

    /// Sends a command of a plan to the cache.
    async fn send(&self, command: &Command) -> Result<Words, AppError> {
        let mut arguments = vector::parsed(&command.exact)?;
        let mut step = self.step.lock().await;
        let recipe = step.recipe.clone().ok_or_else(no_plan)?;
        if let Some(name) = &recipe.name {
            self.desk.entry.shared::<Flights>().overtake(name);
        }
        let takes_rows = arguments.first().is_some_and(|it| it == b"SET")
            && arguments.get(VALUE).is_some_and(|it| it == ROWS.as_bytes());
        if !takes_rows {
            redis::send(&self.desk.entry, &recipe.key, &arguments).await?;
            return Ok(Words::same("OK"));
        }
        let rows = step.rows.take().ok_or_else(no_plan)?;
        let (shape, told) = (shape_of(&recipe), (rows.count, rows.micros));
        arguments[VALUE] = shape.written(rows.json);
        let length = arguments[VALUE].len();
        if length == 0 {
            return Err(unwritable(shape));
        }
        if length > MOST_BYTES {
            return Err(too_large(i64::try_from(length).ok()));
        }
        let start = Instant::now();
        redis::send(&self.desk.entry, &recipe.key, &arguments).await?;
        step.filled = Some(filled(shape, told, length, start));
        Ok(Words::same("OK"))
    }

    /// Writes to the console's own store what a plan says.
    async fn keep(&self, command: &Command) -> Result<Words, AppError> {
        match serde_json::from_str::<Recipe>(&command.exact) {
            Ok(recipe) => {
                let name = recipe.name.clone().ok_or_else(no_plan)?;
                store::save(&self.desk.store, &recipe, &name).await?;
                self.desk.entry.shared::<Flights>().forget(&name);
                Ok(words!("kept", "저장함"))
            }
            Err(_) => {
                let name: QueryName = serde_json::from_str(&command.exact).map_err(|_| no_plan())?;
                store::forget(&self.desk.store, &name).await?;
                self.desk.entry.shared::<Flights>().forget(&name);
                Ok(words!("forgotten", "삭제함"))
            }
        }
    }

    async fn is_kept(&self, recipe: &Recipe) -> Result<bool, AppError> {
        let Some(name) = &recipe.name else { return Ok(true) };
        Ok(store::find(&self.desk.store, name).await?.is_some_and(|kept| kept.recipe == *recipe))
    }

    async fn stored(&self, recipe: &Recipe) -> Result<ReadBack, AppError> {
        let filled = self.step.lock().await.filled.clone();
        if let Some(filled) = &filled {
            store::filled(&self.desk.store, recipe, filled.clone()).await?;
        }
        let (lifetime, value) = redis::peek(&self.desk.entry, &recipe.key).await?;
        let key = &recipe.key;
        let whole = matches!((&value, &filled), (Some((_, length)), Some(filled)) if *length == filled.bytes);
        let (dies, seen) = match lifetime {
            Lifetime::Left(millis) => {
                let left = span(millis);
                let seen = Words::new(
                    format!("{key} holds the rows and expires in {}.", left.en),
                    format!("{key}에 결과가 있으며 {} 뒤 만료됩니다.", left.ko),
                );
                (millis <= recipe.kept_millis(), seen)
            }
            Lifetime::Never => (false, words!("{key} never expires.", "{key}은(는) 만료되지 않습니다.")),
            Lifetime::Missing => (false, words!("The server has no key {key}.", "서버에 키 {key}이(가) 없습니다.")),
        };
        Ok(ReadBack { holds: whole && dies && self.is_kept(recipe).await?, seen })
    }
}

/// No rows are an empty list, so nothing at all is what could not be written.
fn unwritable(shape: Shape) -> AppError {
    let name = shape.name();
    AppError::new(
        Kind::Refused,
        words!(
            "A value of the rows, such as a number beyond 1e308, cannot be written as {name} by this console.",
            "1e308을 넘는 수처럼 이 콘솔이 {name}(으)로 쓸 수 없는 값이 결과에 있습니다."
        ),
        words!("Nothing was stored. Cast it to text.", "저장하지 않았습니다. text로 변환하세요."),
    )
}

fn no_plan() -> AppError {
    AppError::new(
        Kind::Refused,
        words!("This step is none of the plan's.", "계획에 없는 단계입니다."),
        words!("Open the form anew.", "양식을 다시 여세요."),
    )
}

impl Engine<Change> for Work {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        let (plan, recipe) = super::plan::plan(&self.desk, change).await?;
        self.step.lock().await.recipe = Some(recipe);
        Ok(plan)
    }

    async fn run(&self, command: &Command, _run: &Run) -> Result<Words, AppError> {
        match command.tool.as_str() {
            "psql" | "mongosh" => self.ask(command).await,
            CONSOLE => self.keep(command).await,
            _ => self.send(command).await,
        }
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        let recipe = self.step.lock().await.recipe.clone().ok_or_else(no_plan)?;
        match change {
            Change::StoreQuery(_) | Change::RefreshQuery(_) => self.stored(&recipe).await,
            Change::SaveQuery(_) => {
                let holds = self.is_kept(&recipe).await?;
                let seen = if holds {
                    words!("The console keeps it.", "콘솔에 저장되었습니다.")
                } else {
                    words!("The console keeps something else, or nothing.", "콘솔에 다른 내용이 있거나 없습니다.")
                };
                Ok(ReadBack { holds, seen })
            }
            Change::DeleteQuery(named) => {
                let holds = store::find(&self.desk.store, &named.name).await?.is_none();
                let seen = if holds {
                    words!("The console knows it no more.", "콘솔에서 삭제되었습니다.")
                } else {
                    words!("The console still keeps it.", "콘솔에 아직 있습니다.")
                };
                Ok(ReadBack { holds, seen })
            }
            Change::InvalidateQuery(_) => {
                let lifetime = redis::lifetime(&self.desk.entry, &recipe.key).await?;
                // Whoever ran it right afterwards has filled it anew, and with its whole time.
                let holds = match lifetime {
                    Lifetime::Missing => true,
                    Lifetime::Left(left) => left > recipe.kept_millis() - 5_000,
                    Lifetime::Never => false,
                };
                let key = &recipe.key;
                let seen = if lifetime == Lifetime::Missing {
                    words!("The server has no key {key}.", "서버에 키 {key}이(가) 없습니다.")
                } else if holds {
                    words!("{key} is there: it was filled anew.", "{key}이(가) 있습니다(새로 채워짐).")
                } else {
                    words!(
                        "{key} is there, and its time to live is none of a new answer.",
                        "{key}이(가) 있으며 TTL이 새 결과의 것이 아닙니다."
                    )
                };
                Ok(ReadBack { holds, seen })
            }
        }
    }
}
