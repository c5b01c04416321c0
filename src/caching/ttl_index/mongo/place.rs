//! Where dates are counted: the questions, which an index answers without a look at the documents.

use bson::{Bson, DateTime, Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use crate::targets::model::Namespace;
use crate::targets::mongo::answer::{first_batch, number, soft};

/// A field of a collection, with the index that holds it.
#[derive(Clone, Debug)]
pub(in crate::caching::ttl_index) struct Place {
    pub namespace: Namespace,
    pub field: String,
    /// The index to use; none where there is none, and for a hidden one, which no question may name.
    pub index: Option<String>,
    /// Only documents of this kind expire.
    pub partial: Option<Document>,
    /// Without it the server does not know the index to be meant.
    pub collation: Option<Document>,
}

impl Place {
    /// Documents whose date fulfils this. Dates compare with dates only, as they do for the server's own deletions.
    fn filter(&self, dates: Document) -> Document {
        let on = doc! { &self.field: dates };
        match &self.partial {
            Some(partial) if !partial.is_empty() => doc! { "$and": [on, partial.clone()] },
            _ => on,
        }
    }

    fn with_index(&self, mut command: Document) -> Document {
        if let Some(index) = &self.index {
            command.insert("hint", index);
        }
        if let Some(collation) = &self.collation {
            command.insert("collation", collation.clone());
        }
        command
    }

    fn counting(&self, dates: Document, limit: Option<i64>, millis: i64) -> Document {
        let mut command = doc! { "count": self.namespace.collection(), "query": self.filter(dates) };
        if let Some(limit) = limit {
            command.insert("limit", limit);
        }
        command.insert("maxTimeMS", millis);
        self.with_index(command)
    }

    /// How many; none where it took longer than `millis`, or where the server refuses.
    ///
    /// # Errors
    /// The driver's.
    pub(in crate::caching::ttl_index) async fn count(
        &self,
        client: &Client,
        dates: Document,
        limit: Option<i64>,
        millis: i64,
    ) -> Result<Option<i64>, Error> {
        let command = self.counting(dates, limit, millis);
        let answer = soft(client.database(self.namespace.database()).run_command(command).await)?;
        Ok(answer.and_then(|answer| number(&answer, "n")))
    }

    /// As [`Place::count`], where running out of time is an error.
    ///
    /// # Errors
    /// The driver's.
    pub(in crate::caching::ttl_index) async fn count_or_fail(
        &self,
        client: &Client,
        dates: Document,
        limit: Option<i64>,
    ) -> Result<i64, Error> {
        let command = self.counting(dates, limit, 2_500);
        let answer = client.database(self.namespace.database()).run_command(command).await?;
        Ok(number(&answer, "n").unwrap_or_default())
    }

    /// The first or the last of these dates; none where there is none, or where nobody answered in time.
    ///
    /// # Errors
    /// The driver's.
    pub(in crate::caching::ttl_index) async fn edge(
        &self,
        client: &Client,
        dates: Document,
        last: bool,
    ) -> Result<Option<i64>, Error> {
        let command = self.with_index(doc! {
            "find": self.namespace.collection(), "filter": self.filter(dates),
            "sort": { &self.field: if last { -1 } else { 1 } },
            "projection": { "_id": 0, &self.field: 1 },
            "limit": 1, "singleBatch": true, "maxTimeMS": 700,
        });
        let answer = soft(client.database(self.namespace.database()).run_command(command).await)?;
        Ok(answer.as_ref().and_then(|answer| first_batch(answer).next()).and_then(|row| earliest(row, &self.field)))
    }

    /// Whether a document is there whose date is a date.
    ///
    /// # Errors
    /// The driver's.
    pub(in crate::caching::ttl_index) async fn holds_dates(
        &self,
        client: &Client,
        millis: i64,
    ) -> Result<Option<bool>, Error> {
        let one = self.count(client, any(), Some(1), millis).await?;
        match one {
            Some(0) => {}
            other => return Ok(other.map(|_| true)),
        }
        // Nothing can be said of a collection without documents.
        let plain = Place { index: None, partial: None, collation: None, ..self.clone() };
        let find = doc! {
            "find": plain.namespace.collection(), "projection": { "_id": 1 }, "limit": 1, "singleBatch": true,
            "maxTimeMS": millis,
        };
        let answer = soft(client.database(self.namespace.database()).run_command(find).await)?;
        Ok(answer.and_then(|answer| first_batch(&answer).next().map(|_| false)))
    }

    /// Whether some of its dates stand in arrays.
    ///
    /// # Errors
    /// The driver's.
    pub(in crate::caching::ttl_index) async fn in_arrays(&self, client: &Client) -> Result<bool, Error> {
        if self.index.is_none() {
            return Ok(false);
        }
        let command = self.counting(any(), Some(1), 500);
        let explain = doc! { "explain": command, "verbosity": "queryPlanner", "maxTimeMS": 500 };
        let answer = soft(client.database(self.namespace.database()).run_command(explain).await)?;
        Ok(answer.is_some_and(|answer| is_multikey(&Bson::Document(answer))))
    }
}

fn is_multikey(plan: &Bson) -> bool {
    match plan {
        Bson::Document(plan) => plan.get_bool("isMultiKey").unwrap_or_default() || plan.values().any(is_multikey),
        Bson::Array(plans) => plans.iter().any(is_multikey),
        _ => false,
    }
}

/// All dates.
pub(in crate::caching::ttl_index) fn any() -> Document {
    doc! { "$gte": DateTime::from_millis(i64::MIN) }
}

/// Dates up to this moment.
pub(in crate::caching::ttl_index) fn until(millis: i64) -> Document {
    doc! { "$lte": DateTime::from_millis(millis) }
}

/// Dates after the first moment and up to the second.
pub(in crate::caching::ttl_index) fn between(from: i64, to: i64) -> Document {
    doc! { "$gt": DateTime::from_millis(from), "$lte": DateTime::from_millis(to) }
}

/// The earliest date at a path, in milliseconds since 1970: what stands in an array counts too.
pub(in crate::caching::ttl_index) fn earliest(row: &Document, path: &str) -> Option<i64> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    of_value(row.get(name)?, rest)
}

fn of_value(value: &Bson, rest: Option<&str>) -> Option<i64> {
    match (value, rest) {
        (Bson::DateTime(date), None) => Some(date.timestamp_millis()),
        (Bson::Document(inner), Some(rest)) => earliest(inner, rest),
        (Bson::Array(values), _) => values.iter().filter_map(|it| of_value(it, rest)).min(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(partial: Option<Document>) -> Place {
        let namespace = Namespace::parse("a.b").expect("a name");
        Place { namespace, field: "x".into(), index: Some("x_1".into()), partial, collation: None }
    }

    #[test]
    fn only_what_the_index_holds_is_counted() {
        let whole = place(None).counting(until(5), Some(9), 7);
        let date = DateTime::from_millis(5);
        let expected = doc! { "count": "b", "query": { "x": { "$lte": date } }, "limit": 9_i64, "maxTimeMS": 7_i64, "hint": "x_1" };
        assert_eq!(whole, expected);
        let part = place(Some(doc! { "y": 1 })).counting(until(5), None, 7);
        assert_eq!(part.get_document("query").expect("one"), &doc! { "$and": [{ "x": { "$lte": date } }, { "y": 1 }] });
    }

    #[test]
    fn the_earliest_date_of_an_array_decides_and_extremes_are_read() {
        let date = |millis| Bson::DateTime(DateTime::from_millis(millis));
        assert_eq!(earliest(&doc! { "x": date(i64::MIN) }, "x"), Some(i64::MIN));
        assert_eq!(earliest(&doc! { "x": [date(9), "text", date(3)] }, "x"), Some(3));
        assert_eq!(earliest(&doc! { "x": [{ "y": date(9) }, { "y": date(4) }] }, "x.y"), Some(4));
        assert_eq!(earliest(&doc! { "x": "text" }, "x"), None);
        assert_eq!(earliest(&doc! { "x": { "y": date(1) } }, "x"), None);
    }
}
