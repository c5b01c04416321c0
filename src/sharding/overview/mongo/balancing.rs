//! Whether data moves by itself: the one place where the overview asks for it.

use mongodb::Client;
use mongodb::error::Error;

use crate::sharding::balancer::model::Fault;
use crate::sharding::balancer::state::{self, Verdict};
use crate::sharding::overview::model::Balancing;
use crate::words;

/// What is known of the balancer now.
///
/// # Errors
/// The driver's.
pub(super) async fn balancing(client: &Client) -> Result<Balancing, Error> {
    let seen = state::read(client).await?;
    let settings = seen.settings.as_ref();
    let window = settings.and_then(|it| it.window).map(|window| {
        let window = window.to_string();
        words!("{window}, by the clock of the config servers' primary", "{window}(설정 서버 프라이머리의 시계 기준)")
    });
    let wrong: Vec<_> = settings.iter().flat_map(|it| &it.faults).map(Fault::told).collect();
    Ok(Balancing {
        on: seen.verdict() != Verdict::Off,
        works: seen.is_working(),
        // What is wrong is told as such.
        why_not: if wrong.is_empty() { seen.why_not() } else { Vec::new() },
        window,
        chunk_bytes: seen.chunk_bytes(),
        wrong,
    })
}
