//! The steps by which seconds are lowered, so that none deletes more than so many documents.

use mongodb::Client;
use mongodb::error::Error;

use super::place::{Place, between};
use crate::caching::ttl_index::model::Seconds;

/// What came of looking for steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::caching::ttl_index) enum Steps {
    /// The seconds of each, the last the wanted ones.
    Found(Vec<Seconds>),
    /// So many documents have dates within one second.
    TooDense(i64),
    /// More steps than anybody waits for.
    TooMany,
    /// Counting took too long.
    Unknown,
}

/// A plan of more steps would take hours: each waits for the server's next pass.
const MOST_STEPS: usize = 300;
/// Documents grow older while the steps are carried out, so a part of each is left free for them.
const FREE: i64 = 20;

/// Steps from the seconds of now, or from the oldest date where there are none, down to `to`.
///
/// # Errors
/// The driver's.
pub(in crate::caching::ttl_index) async fn steps(
    client: &Client,
    place: &Place,
    now: i64,
    (from, to): (Option<i64>, Seconds),
    most: i64,
) -> Result<Steps, Error> {
    let oldest = place.edge(client, super::place::any(), false).await?;
    let age = |date: i64| now.saturating_sub(date).div_euclid(1_000).saturating_add(1);
    let highest = match (from, oldest) {
        (Some(from), Some(oldest)) => from.min(age(oldest)),
        (Some(from), None) => from,
        (None, Some(oldest)) => age(oldest),
        // There are none, or the server did not say: it is counted from the greatest number on.
        (None, None) => Seconds::NEVER.get() - 1,
    };
    // No clamp, which panics where the lower bound is the greatest number itself.
    let highest = highest.min(Seconds::NEVER.get() - 1).max(to.get());
    let room = (most - most / FREE).max(1);
    let mut slices = Vec::new();
    // From the oldest to the youngest: pairs of seconds with their documents.
    let mut open = vec![(highest, to.get())];
    while let Some((older, younger)) = open.pop() {
        let Some(n) = number(client, place, now, older, younger).await? else { return Ok(Steps::Unknown) };
        if n <= room {
            slices.push((younger, n));
            continue;
        }
        if older - younger <= 1 {
            return Ok(Steps::TooDense(n));
        }
        if slices.len() + open.len() > MOST_STEPS * 2 {
            return Ok(Steps::TooMany);
        }
        let parts = (n / room + 1).clamp(2, 64).min(older - younger);
        let width = older - younger;
        let edge = |part: i64| older - width * part / parts;
        // The oldest is taken first, so it is put on top.
        open.extend((0..parts).rev().map(|part| (edge(part), edge(part + 1))));
    }
    let found = merged(&slices, room, to);
    Ok(if found.len() > MOST_STEPS { Steps::TooMany } else { Steps::Found(found) })
}

/// Documents that go when the seconds fall from the first number to the second.
async fn number(client: &Client, place: &Place, now: i64, older: i64, younger: i64) -> Result<Option<i64>, Error> {
    place.count(client, between(moment(now, older), moment(now, younger)), None, 2_000).await
}

/// Dates up to this moment are due at these seconds.
pub(in crate::caching::ttl_index) fn moment(now: i64, seconds: i64) -> i64 {
    now.saturating_sub(seconds.saturating_mul(1_000))
}

/// As many neighbours in one step as fit into it; a step that deletes nothing is none.
fn merged(slices: &[(i64, i64)], room: i64, to: Seconds) -> Vec<Seconds> {
    let (mut steps, mut sum): (Vec<i64>, i64) = (Vec::new(), 0);
    let mut last = None;
    for (younger, n) in slices {
        if sum + n > room
            && let Some(last) = last
        {
            steps.push(last);
            sum = 0;
        }
        sum += n;
        last = Some(*younger);
    }
    steps.push(to.get());
    steps.dedup();
    steps.into_iter().filter_map(|it| Seconds::try_from(it).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_step_as_long_as_they_fit() {
        let to = Seconds::parse("10").expect("seconds");
        let of = |slices: &[(i64, i64)]| merged(slices, 100, to).into_iter().map(Seconds::get).collect::<Vec<_>>();
        assert_eq!(of(&[(50, 60), (40, 40), (30, 1), (20, 99), (10, 5)]), [40, 20, 10]);
        assert_eq!(of(&[(10, 0)]), [10], "nothing to delete is one step");
        assert_eq!(of(&[(50, 100), (40, 0), (10, 100)]), [40, 10]);
    }
}
