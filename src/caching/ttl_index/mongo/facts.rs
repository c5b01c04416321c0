//! What a plan rests on.

use mongodb::Client;
use mongodb::error::Error;

use super::place::{Place, until};
use super::preview::{BOUND, LOOKED_THROUGH};
use super::read::subject;
use super::sample::sample;
use super::server::{Around, Server, around, monitor, server};
use super::steps::{Steps, moment, steps};
use crate::caching::ttl_index::model::{Change, Counted, Deed, Expiry, Kind, Monitor, Seconds, Subject};

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
    facts.deletes = match change.deed {
        Deed::Disarm => Some(Counted::default()),
        _ => deletes(client, &facts, seconds.get()).await?,
    };
    if seconds == Seconds::NEVER {
        // Only dates older than 68 years go then, which is told where nobody could count them.
        facts.deletes = facts.deletes.or(Some(Counted { n: 0, more: false, estimated: true }));
    }
    if facts.subject.kind == Kind::Index {
        facts.dates = facts.place.holds_dates(client, 500).await?;
        facts.arrays = facts.place.in_arrays(client).await?;
    }
    if let Deed::Lower { most, steps: known, .. } = &change.deed {
        facts.steps = Some(if !known.is_empty() {
            Steps::Found(known.clone())
        } else if facts.place.index.is_none()
            || facts.arrays
            || facts.subject.idle.is_some()
            || seconds == Seconds::NEVER
        {
            Steps::Unknown
        } else {
            // What NaN stands for is for the server to say, so nothing is taken to be due by it already.
            let from = if let Expiry::After(now) = facts.subject.expiry { Some(now) } else { None };
            steps(client, &facts.place, at, (from, seconds), *most).await?
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
    let nothing = subject.idle.is_some() && !subject.spec.is_empty();
    if nothing || now.is_some_and(|now| now <= seconds) {
        return Ok(Some(Counted::default()));
    }
    let cutoff = moment(facts.at, seconds);
    let estimated = subject.kind == Kind::TimeSeries;
    // Clustered and time-series collections are kept in the order of their dates, which is as good as an index.
    let by_index = place.index.is_some() || (subject.kind != Kind::Index && !subject.spec.is_empty());
    if (by_index || subject.documents.is_some_and(|it| it <= LOOKED_THROUGH))
        && let Some(n) = place.count(client, until(cutoff), None, 1_200).await?
    {
        return Ok(Some(Counted { n, more: false, estimated }));
    }
    if by_index {
        let n = place.count(client, until(cutoff), Some(BOUND + 1), 500).await?;
        return Ok(n.map(|n| Counted { n: n.min(BOUND), more: n > BOUND, estimated }));
    }
    // A part of an unknown number is unknown, and not nothing.
    let sample = sample(client, place, 2_000).await?;
    Ok(sample.zip(subject.documents).map(|(sample, documents)| Counted {
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
