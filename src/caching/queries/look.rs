//! What pages show of cached queries. Nothing of it asks a database; counts of the cache's keys are what their times to
//! live say.

use std::sync::PoisonError;
use std::time::Instant;

use super::desk::Desk;
use super::flight::{Flights, REST};
use super::model::{Counts, Filled, Form, Judgement, LEAST_SAMPLES, Listed, One, Present, QueryName, Recipe, Spread};
use super::model::{State, suggested_ttl};
use super::store::{self, Kept, Remembered};
use super::{measure as measuring, redis, shape};
use crate::auth::session::clock::wall;
use crate::caching::model::{Key, Lifetime};
use crate::error::{AppError, Kind};
use crate::server::store::Store;
use crate::text::Words;
use crate::words;

/// All queries of this cache.
///
/// # Errors
/// When the console's store fails.
pub async fn list(desk: &Desk) -> Result<Vec<Listed>, AppError> {
    let (mut listed, mut down) = (Vec::new(), None);
    for kept in store::list(&desk.store, desk.target()).await? {
        let Some(name) = kept.recipe.name.clone() else { continue };
        // One after the other: a target takes four calls at once, and others want theirs.
        let lifetime = match &down {
            Some(error) => Err(AppError::clone(error)),
            None => redis::lifetime(&desk.entry, &kept.recipe.key).await,
        };
        // Whoever did not answer for one is not waited for with each of the others.
        down = lifetime.as_ref().err().filter(|error| error.kind == Kind::Unreachable).cloned();
        let counts = counted(desk, &name, kept.counts).await?;
        listed.push(Listed {
            key: kept.recipe.key.to_string(),
            source: kept.recipe.source.to_string(),
            present: lifetime.map(|lifetime| Present::of(lifetime, &kept.recipe)),
            judgement: Judgement::of(kept.measured.as_ref(), counts, kept.filled.as_ref()),
            counts,
            name,
        });
    }
    Ok(listed)
}

/// One of them, or what was stored once under a key.
///
/// # Errors
/// `NotFound` when there is none; when the console's store fails.
pub async fn one(desk: &Desk, name: &str, key: &str, sees_values: bool) -> Result<One, AppError> {
    if name.is_empty() {
        let key = Key::parse(key).map_err(|rule| AppError::invalid("key", rule))?;
        let found = store::remembered(&desk.store, desk.target(), &key).await?;
        let found = found.ok_or_else(|| {
            AppError::not_found(words!(
                "This console has stored no query's rows under {key}.",
                "이 콘솔이 {key}에 쿼리 결과를 저장한 적이 없습니다."
            ))
        })?;
        // With a name it may have a grace, which is not among what is remembered of a key.
        let named = store::of_key(&desk.store, desk.target(), &key).await?;
        return Ok(shown_once(desk, &key, found, named.as_ref(), sees_values).await);
    }
    let kept = kept(desk, name).await?;
    let name = kept.recipe.name.clone().ok_or_else(unknown)?;
    let flights = desk.entry.shared::<Flights>();
    let counts = counted(desk, &name, kept.counts).await?;
    let measuring = flights.measuring.lock().unwrap_or_else(PoisonError::into_inner).contains(&name);
    let looked = looked(desk, &kept.recipe.key, sees_values).await;
    let recipe = &kept.recipe;
    let run_time = kept.measured.as_ref().and_then(|it| Spread::of(&it.source));
    let run_time = run_time.filter(|it| it.samples >= LEAST_SAMPLES).map(|it| it.median);
    Ok(One {
        key: recipe.key.to_string(),
        source: recipe.source.to_string(),
        ttl: recipe.ttl.seconds(),
        grace: recipe.grace.seconds(),
        jitter: recipe.jitter.percent(),
        query: sees_values.then(|| recipe.query.typed()),
        present: looked.lifetime.map(|lifetime| Present::of(lifetime, recipe)),
        micros: looked.micros,
        value: looked.value,
        said: flights.failure(&name, REST).map(|error| error.happened),
        counts,
        since: kept.since,
        judgement: Judgement::of(kept.measured.as_ref(), counts, kept.filled.as_ref()),
        suggested: run_time.or_else(|| kept.filled.as_ref().map(|it| it.source_micros)).map(suggested_ttl),
        filled: kept.filled,
        measured: kept.measured,
        measuring,
        name: Some(name),
    })
}

/// How a key stands whose rows were stored once.
fn once(lifetime: Lifetime, found: &Remembered) -> Present {
    let (state, left) = match lifetime {
        Lifetime::Missing => (State::Miss, None),
        Lifetime::Never => (State::Hit, None),
        Lifetime::Left(left) => (State::Hit, Some(left)),
    };
    // The time that is left tells whether these can still be the rows of then. Which jitter they had is not kept.
    let age = (wall() - found.at).max(0);
    let of_then = (found.ttl * 500 - 2_000)..=(found.ttl * 1_500 + 2_000);
    let age = left.map(|left| left + age).filter(|whole| of_then.contains(whole)).map(|_| age);
    Present { state, fresh: left, left, age }
}

async fn shown_once(desk: &Desk, key: &Key, found: Remembered, named: Option<&Kept>, sees_values: bool) -> One {
    let looked = looked(desk, key, sees_values).await;
    let present = looked.lifetime.map(|lifetime| match named {
        Some(named) => Present::of(lifetime, &named.recipe),
        None => once(lifetime, &found),
    });
    One {
        name: None,
        key: key.to_string(),
        source: found.source,
        ttl: found.ttl,
        grace: 0,
        jitter: 0,
        query: sees_values.then_some(found.query),
        present,
        micros: looked.micros,
        value: looked.value,
        said: None,
        counts: Counts::default(),
        since: found.at,
        filled: Some(Filled {
            at: found.at,
            source_micros: found.micros,
            store_micros: 0,
            rows: 0,
            bytes: 0,
            format: Words::default(),
        }),
        measured: None,
        measuring: false,
        judgement: Judgement::Unknown,
        suggested: Some(suggested_ttl(found.micros)),
    }
}

struct Looked {
    lifetime: Result<Lifetime, AppError>,
    micros: Option<u64>,
    value: Option<(String, i64)>,
}

/// A value is read only for who may see it; others get its time alone.
async fn looked(desk: &Desk, key: &Key, sees_values: bool) -> Looked {
    if !sees_values {
        let lifetime = redis::lifetime(&desk.entry, key).await;
        return Looked { lifetime, micros: None, value: None };
    }
    let start = Instant::now();
    let whole = redis::read(&desk.entry, key).await;
    let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    match whole {
        Ok((Lifetime::Missing, _)) => Looked { lifetime: Ok(Lifetime::Missing), micros: None, value: None },
        Ok((lifetime, value)) => {
            let length = i64::try_from(value.len()).unwrap_or(i64::MAX);
            let text = shape::shown(&value);
            Looked { lifetime: Ok(lifetime), micros: Some(micros), value: Some((text, length)) }
        }
        Err(error) => Looked { lifetime: Err(error), micros: None, value: None },
    }
}

/// What the store has, with what was counted since.
async fn counted(desk: &Desk, name: &QueryName, before: Counts) -> Result<Counts, AppError> {
    let flights = desk.entry.shared::<Flights>();
    let since = flights.counted(name);
    flights.write_down(desk, name).await;
    Ok(Counts {
        hits: before.hits + since.hits,
        stales: before.stales + since.stales,
        misses: before.misses + since.misses,
        failures: before.failures + since.failures,
    })
}

/// A query of this cache.
///
/// # Errors
/// `NotFound` when there is none of this name; when the console's store fails.
pub async fn kept(desk: &Desk, name: &str) -> Result<Kept, AppError> {
    let kept = by_name(&desk.store, name).await?;
    if kept.recipe.target == *desk.target() { Ok(kept) } else { Err(unknown()) }
}

/// A query of any cache.
///
/// # Errors
/// As [`kept`].
pub async fn by_name(store: &Store, name: &str) -> Result<Kept, AppError> {
    let name = QueryName::parse(name).map_err(|rule| AppError::invalid("name", rule))?;
    store::find(store, &name).await?.ok_or_else(unknown)
}

/// What the console keeps under the name in a form, where there is one.
///
/// # Errors
/// When the console's store fails.
pub async fn known(desk: &Desk, form: &Form) -> Result<Option<Recipe>, AppError> {
    let Ok(name) = QueryName::parse(form.name.trim()) else { return Ok(None) };
    let kept = store::find(&desk.store, &name).await?;
    Ok(kept.map(|kept| kept.recipe).filter(|recipe| recipe.target == *desk.target()))
}

/// Measures a query of this cache.
///
/// # Errors
/// As [`kept`]; what goes wrong while it is measured is told on its page.
pub async fn measure(desk: &Desk, name: &str) -> Result<(), AppError> {
    let kept = kept(desk, name).await?;
    let name = kept.recipe.name.clone().ok_or_else(unknown)?;
    measuring::start(desk, &kept.recipe, &name).await;
    Ok(())
}

fn unknown() -> AppError {
    AppError::not_found(words!("There is no cached query of this name.", "이 이름의 쿼리 캐시가 없습니다."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_somebody_else_may_have_written_have_no_age() {
        let at = wall() - 20_000;
        let found = Remembered { source: "pg".into(), query: "SELECT 1".into(), ttl: 60, micros: 1, at };
        assert!(once(Lifetime::Left(40_000), &found).age.is_some_and(|age| (20_000..25_000).contains(&age)));
        for lifetime in [Lifetime::Left(3_600_000), Lifetime::Left(1_000), Lifetime::Never, Lifetime::Missing] {
            assert_eq!(once(lifetime, &found).age, None, "{lifetime:?}");
        }
    }
}
