//! What a plan rests on.

use mongodb::Client;
use mongodb::error::Error;

use super::place::{Place, until};
use super::preview::BOUND;
use super::read::subject;
use super::sample::sample;
use super::server::{Around, Server, around, monitor, server};
use super::steps::{Steps, moment, steps};
use crate::caching::ttl_index::model::{Change, Counted, Deed, Expiry, Kind, Monitor, Subject};

/// What was found out before a change.
#[derive(Clone, Debug)]
pub(in crate::caching::ttl_index) struct Facts {
    pub server: Server,
    pub around: Around,
    pub monitor: Monitor,
    pub subject: Subject,
    pub place: Place,
    /// Documents that go because of the change, counted for the moment when it was planned first.
    pub deletes: Option<Counted>,
    /// Whether the field holds dates; none where nobody can say.
    pub dates: Option<bool>,
    pub arrays: bool,
    /// For a lowering by steps: which they are, or why there are none.
    pub steps: Option<Steps>,
    /// The moment that is counted for, in milliseconds since 1970.
    pub at: i64,
}

/// Which right each change needs.
pub(in crate::caching::ttl_index) fn needs(deed: &Deed) -> &'static [&'static str] {
    match deed {
        Deed::Create { .. } => &["createIndex"],
        Deed::Drop => &["dropIndex"],
        _ => &["collMod"],
    }
}

/// # Errors
/// The driver's.
pub(in crate::caching::ttl_index) async fn facts(client: &Client, change: &Change) -> Result<Facts, Error> {
    let server = server(client).await?;
    let at = if change.at == 0 { server.now } else { change.at };
    let name = change.index();
    let ((subject, mut place), around, monitor) = tokio::try_join!(
        subject(client, &change.namespace, &name),
        around(client, server, &change.namespace, needs(&change.deed)),
        monitor(client, server),
    )?;
    if let Deed::Create { field, .. } = &change.deed {
        place = Place { field: field.clone(), ..place };
    }
    let mut facts =
        Facts { server, around, monitor, subject, place, deletes: None, dates: None, arrays: false, steps: None, at };
    let Some(seconds) = change.seconds() else {
        facts.deletes = Some(Counted::default());
        return Ok(facts);
    };
    if facts.subject.uuid.is_empty() || facts.place.field.is_empty() {
        facts.deletes = Some(Counted::default());
        return Ok(facts);
    }
    facts.deletes = deletes(client, &facts, seconds.get()).await?;
    if facts.subject.kind == Kind::Index {
        facts.dates = facts.place.holds_dates(client, 500).await?;
        facts.arrays = facts.place.in_arrays(client).await?;
    }
    if let Deed::Lower { most, steps: known, .. } = &change.deed {
        facts.steps = Some(if !known.is_empty() {
            Steps::Found(known.clone())
        } else if facts.place.index.is_none() || facts.arrays || facts.subject.idle.is_some() {
            Steps::Unknown
        } else {
            steps(client, &facts.place, at, (facts.subject.expiry.seconds(), seconds), *most).await?
        });
    }
    Ok(facts)
}

/// Documents that would go at these seconds and would not go without the change.
async fn deletes(client: &Client, facts: &Facts, seconds: i64) -> Result<Option<Counted>, Error> {
    let (subject, place) = (&facts.subject, &facts.place);
    let now = match subject.expiry {
        Expiry::After(now) => Some(now),
        _ => None,
    };
    let nothing = seconds == i64::from(i32::MAX) || subject.idle.is_some_and(|_| !subject.spec.is_empty());
    if nothing || now.is_some_and(|now| now <= seconds) {
        return Ok(Some(Counted::default()));
    }
    let cutoff = moment(facts.at, seconds);
    if let Some(n) = place.count(client, until(cutoff), None, 1_200).await? {
        return Ok(Some(Counted { n, more: false, estimated: subject.kind == Kind::TimeSeries }));
    }
    if place.index.is_some() {
        let n = place.count(client, until(cutoff), Some(BOUND + 1), 500).await?;
        return Ok(n.map(|n| Counted { n: n.min(BOUND), more: n > BOUND, estimated: false }));
    }
    let documents = subject.documents.unwrap_or_default();
    let sample = sample(client, place, 2_000).await?;
    Ok(sample.map(|sample| Counted {
        n: sample.estimate(documents, |date| date <= cutoff),
        more: false,
        estimated: true,
    }))
}

/// A place without an index: for tests that need no server.
#[cfg(test)]
pub(in crate::caching::ttl_index) fn place_of(namespace: &str, field: &str) -> Place {
    let namespace = crate::targets::model::Namespace::parse(namespace).expect("a name");
    Place { namespace, field: field.to_owned(), index: None, partial: None, collation: None }
}
