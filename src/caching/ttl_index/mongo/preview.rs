//! What a number of seconds would delete, counted by the index alone: bounded first, then exactly.

use std::time::{Duration, Instant};

use futures_util::future;
use mongodb::Client;
use mongodb::error::Error;

use super::place::{Place, any, between, until};
use super::sample::{Sample, sample};
use super::server::Server;
use crate::caching::ttl_index::model::{Bar, Counted, Idle, Kind, Preview, Subject};

/// Nobody waits for more than these; the exact number comes afterwards.
pub(super) const BOUND: i64 = 100_000;
/// Up to so many documents are looked through where no index helps.
pub(super) const LOOKED_THROUGH: i64 = 200_000;
const BARS: usize = 30;
const FEW: i32 = 200;
const MANY: i32 = 2_000;
/// All bars are drawn within this time, or not at all.
const DRAWING: Duration = Duration::from_millis(1_500);

/// What would go.
///
/// # Errors
/// The driver's.
pub(super) async fn preview(
    client: &Client,
    server: Server,
    subject: &Subject,
    place: &Place,
    seconds: i64,
) -> Result<Preview, Error> {
    let start = Instant::now();
    let mut preview = Preview {
        seconds,
        now: server.now,
        due: None,
        counting: false,
        documents: subject.documents,
        bytes: None,
        oldest: None,
        newest: None,
        bars: Vec::new(),
        types: Vec::new(),
        sampled: 0,
        arrays: false,
        micros: 0,
    };
    let by_index = place.index.is_some() || subject.kind == Kind::Clustered;
    let countable = by_index || subject.documents.is_some_and(|it| it <= LOOKED_THROUGH);
    let taken = if countable { FEW } else { MANY };
    let sampled = sample(client, place, taken);
    // Later servers do delete from capped collections.
    let is_idle = subject.idle.is_some_and(|it| it != Idle::Capped);
    if is_idle || subject.uuid.is_empty() || place.field.is_empty() {
        preview.due = Some(Counted::default());
    } else if countable {
        let (counted, sampled) = tokio::join!(counted(client, place, preview.clone()), sampled);
        preview = counted?;
        with_types(&mut preview, sampled?.as_ref());
    } else if let Some(sample) = sampled.await? {
        estimated(&mut preview, &sample);
        with_types(&mut preview, Some(&sample));
    }
    if let Some(due) = preview.due.filter(|due| due.n > 0) {
        preview.bytes = average(client, place).await?.map(|bytes| bytes.saturating_mul(due.n));
    }
    preview.micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    Ok(preview)
}

fn with_types(preview: &mut Preview, sample: Option<&Sample>) {
    if let Some(sample) = sample {
        preview.types.clone_from(&sample.types);
        preview.sampled = sample.size;
    }
}

async fn counted(client: &Client, place: &Place, mut preview: Preview) -> Result<Preview, Error> {
    let cutoff = preview.cutoff();
    let (oldest, newest, first, last, arrays) = tokio::try_join!(
        place.edge(client, until(cutoff), false),
        place.edge(client, until(cutoff), true),
        place.edge(client, any(), false),
        place.edge(client, any(), true),
        place.in_arrays(client),
    )?;
    // An array is sorted by whatever is the least in it, which may be no date.
    (preview.oldest, preview.newest) = if arrays { (None, None) } else { (oldest, newest) };
    preview.arrays = arrays;
    let span = first.zip(last).filter(|_| !arrays);
    (preview.due, preview.bars) = tokio::try_join!(due(client, place, cutoff), ages(client, place, span, preview.now))?;
    Ok(preview)
}

/// The bars; none where they cannot be drawn in time.
async fn ages(client: &Client, place: &Place, span: Option<(i64, i64)>, now: i64) -> Result<Vec<Bar>, Error> {
    let Some((first, last)) = span else { return Ok(Vec::new()) };
    let edges = slices(first, last, now);
    let drawn = tokio::time::timeout(DRAWING, bars(client, place, &edges)).await;
    drawn.unwrap_or_else(|_| Ok(Vec::new()))
}

/// Exactly where that takes no time; else that there are more than a bound.
///
/// # Errors
/// The driver's.
pub(super) async fn due(client: &Client, place: &Place, cutoff: i64) -> Result<Option<Counted>, Error> {
    let bounded = place.count(client, until(cutoff), Some(BOUND + 1), 500).await?;
    match bounded {
        Some(n) if n <= BOUND => Ok(Some(Counted::exact(n))),
        Some(_) => match place.count(client, until(cutoff), None, 1_200).await? {
            Some(n) => Ok(Some(Counted::exact(n))),
            None => Ok(Some(Counted { n: BOUND, more: true, estimated: false })),
        },
        None => Ok(None),
    }
}

/// Moments between which documents are counted, the first just before the first date. What lies after now is one part.
pub(super) fn slices(first: i64, last: i64, now: i64) -> Vec<i64> {
    let until = last.min(now).max(first);
    let future = last > until;
    let parts = if future { BARS - 1 } else { BARS };
    let (from, width) = (i128::from(first), i128::from(until) - i128::from(first));
    let mut edges = vec![first.saturating_sub(1)];
    let inner = (1..=parts as i128).map(|part| from + width * part / parts as i128);
    edges.extend(inner.map(|it| i64::try_from(it).unwrap_or(i64::MAX)));
    if future {
        edges.push(last);
    }
    edges.dedup();
    edges
}

async fn bars(client: &Client, place: &Place, edges: &[i64]) -> Result<Vec<Bar>, Error> {
    let parts = edges.windows(2).enumerate().map(|(number, pair)| {
        let (from, to) = (pair[0], pair[1]);
        async move {
            // There is no millisecond before the very first.
            let dates = if number == 0 { until(to) } else { between(from, to) };
            Ok(Bar { from, to, count: place.count(client, dates, None, 700).await? })
        }
    });
    future::try_join_all(parts).await
}

/// Without an index, some documents stand for all.
fn estimated(preview: &mut Preview, sample: &Sample) {
    let cutoff = preview.cutoff();
    // A part of an unknown number is unknown, and not nothing.
    let Some(documents) = preview.documents else { return };
    let n = sample.estimate(documents, |date| date <= cutoff);
    preview.due = Some(Counted { n, more: false, estimated: true });
    preview.oldest = sample.dates.first().copied().filter(|date| *date <= cutoff);
    preview.newest = sample.dates.iter().rev().find(|date| **date <= cutoff).copied();
    if let (Some(first), Some(last)) = (sample.dates.first(), sample.dates.last()) {
        let edges = slices(*first, *last, preview.now);
        let bar = |pair: &[i64]| {
            let (from, to) = (pair[0], pair[1]);
            Bar { from, to, count: Some(sample.estimate(documents, |date| from < date && date <= to)) }
        };
        preview.bars = edges.windows(2).map(bar).collect();
    }
}

/// Bytes of a document on average.
async fn average(client: &Client, place: &Place) -> Result<Option<i64>, Error> {
    use crate::targets::mongo::answer::{number, soft};
    let command = bson::doc! { "collStats": place.namespace.collection(), "maxTimeMS": 300 };
    let answer = soft(client.database(place.namespace.database()).run_command(command).await)?;
    Ok(answer.and_then(|answer| number(&answer, "avgObjSize")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_cut_into_thirty_parts_and_the_future_is_one_of_them() {
        let past = slices(0, 3_000, 5_000);
        assert_eq!((past.len(), past[0], past[1], past[30]), (31, -1, 100, 3_000));
        let future = slices(0, 9_000, 2_900);
        assert_eq!((future.len(), future[29], future[30]), (31, 2_900, 9_000));
        assert_eq!(slices(7, 7, 9), [6, 7], "one moment is one part");
    }

    #[test]
    fn extreme_dates_overflow_nothing() {
        let edges = slices(i64::MIN, i64::MAX, 0);
        assert_eq!((edges[0], *edges.last().expect("some")), (i64::MIN, i64::MAX));
        assert!(edges.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(slices(10, 20, 0), [9, 10, 20], "all of it lies after now");
    }
}
