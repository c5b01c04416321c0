//! Measuring whether a cached query is worth it: on somebody's wish only, since it runs the query several times.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::desk::Desk;
use super::flight::{self, Flights};
use super::model::{Measured, QueryName, Recipe};
use super::{redis, store};
use crate::auth::session::clock::wall;
use crate::caching::model::Lifetime;
use crate::error::AppError;

/// Times that are taken of each, after one that is not counted.
const SAMPLES: usize = 9;
/// No further query is begun after this.
const BUDGET: Duration = Duration::from_secs(30);
/// Whoever asked waits this long for the end; the page shows the rest.
const PATIENCE: Duration = Duration::from_secs(2);
/// An answer that dies while it is read is fetched so many times.
const REFILLS: usize = 3;

/// Measures in the background, once at a time for each query; what came of it is kept in the store.
pub async fn start(desk: &Desk, recipe: &Recipe, name: &QueryName) {
    let flights = desk.entry.shared::<Flights>();
    let is_first = flights.measuring.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
    if !is_first {
        return;
    }
    let work = (desk.clone(), recipe.clone(), name.clone());
    let task = tokio::spawn(async move {
        let (desk, recipe, name) = work;
        let _ended = Ended { flights, name: name.clone() };
        let measured = measure(&desk, &recipe, &name).await;
        // A failure of the store is logged there; the page then shows what was measured before.
        let _ = store::measured(&desk.store, &name, &measured).await;
    });
    let _ = tokio::time::timeout(PATIENCE, task).await;
}

/// Takes the measurement off the list, also when it panics.
struct Ended {
    flights: Arc<Flights>,
    name: QueryName,
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.flights.measuring.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

/// Both times, as many samples as there were within the bounds.
pub(super) async fn measure(desk: &Desk, recipe: &Recipe, name: &QueryName) -> Measured {
    let mut measured = Measured { at: wall(), ..Measured::default() };
    if let Err(error) = both(desk, recipe, name, &mut measured).await {
        measured.error = Some(error);
    }
    measured
}

async fn both(desk: &Desk, recipe: &Recipe, name: &QueryName, measured: &mut Measured) -> Result<(), AppError> {
    let source = desk.source(recipe)?;
    let command = source.command(&recipe.query)?;
    let times = source.times(&command, SAMPLES + 1, BUDGET).await?;
    // The first also warms caches up. Where it took all the time there was, it is the only one and no sample.
    measured.source = times.iter().skip(1).map(|rows| rows.micros).collect();
    measured.cache = from_cache(desk, recipe, name).await?;
    Ok(())
}

async fn from_cache(desk: &Desk, recipe: &Recipe, name: &QueryName) -> Result<Vec<u64>, AppError> {
    let (mut times, mut refills) = (Vec::with_capacity(SAMPLES + 1), 0);
    while times.len() <= SAMPLES {
        let start = Instant::now();
        let (lifetime, _) = redis::read(&desk.entry, &recipe.key).await?;
        let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        if lifetime != Lifetime::Missing {
            times.push(micros);
        } else if refills == REFILLS {
            break;
        } else {
            refills += 1;
            flight::fetched(desk, recipe, name).await?;
        }
    }
    Ok(times.split_off(1.min(times.len())))
}
