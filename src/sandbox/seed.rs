//! The example data of a small web-hosting shop in Korea and abroad, put in once per sandbox.

mod cache;
mod documents;
mod tables;
mod texts;

use super::error::SandboxError;
use super::settings::{Mongo, Postgres, Redis};

/// Each begins anew if it was cut short before: nothing is marked as done until all is there.
pub(super) async fn mongo(settings: &Mongo) -> Result<(), SandboxError> {
    let seeded = documents::fill(settings.router_port).await;
    seeded.map_err(|error| failed("mongodb", &error))
}

pub(super) async fn postgres(settings: &Postgres) -> Result<(), SandboxError> {
    let seeded = tables::fill(settings).await;
    seeded.map_err(|error| failed("postgresql", &error))
}

pub(super) async fn redis(settings: &Redis) -> Result<(), SandboxError> {
    let seeded = cache::fill(settings).await;
    seeded.map_err(|error| failed("redis", &error))
}

fn failed(engine: &'static str, error: &dyn std::error::Error) -> SandboxError {
    // The drivers hide the server's own words one level down.
    let mut reason = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        reason = format!("{reason}: {inner}");
        source = inner.source();
    }
    SandboxError::Seed { engine, reason }
}
