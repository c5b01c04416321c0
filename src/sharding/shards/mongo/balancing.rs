//! Whether the balancer works now, as far as it matters to what a shard gives away.

use mongodb::Client;
use mongodb::error::Error;

use crate::sharding::balancer::state::{self, Verdict};
use crate::sharding::shards::model::drain::Balancing;

/// Asks, and judges.
///
/// # Errors
/// As [`state::read`].
pub async fn balancing(client: &Client) -> Result<Balancing, Error> {
    Ok(of(&state::read(client).await?))
}

fn of(found: &state::Balancing) -> Balancing {
    let why = || found.why_not().into_iter().next().unwrap_or_default();
    match found.verdict() {
        Verdict::Working => Balancing::On,
        Verdict::Off => Balancing::Off,
        Verdict::Dead => Balancing::Malformed(why()),
        Verdict::Outside(_) => Balancing::Closed(why()),
        Verdict::Depends | Verdict::Unknown => Balancing::Unknown(why()),
    }
}
