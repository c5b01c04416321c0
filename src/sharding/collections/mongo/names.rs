//! Names of collections as a page of the list holds them, and their order.

use crate::sharding::collections::model::PAGE_SIZE;

/// A collection by its name in two parts, as people call it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub(super) database: String,
    pub(super) collection: String,
    pub(super) time_series: bool,
}

/// Where a time series keeps its documents, which is the name that the catalog knows it by.
const BUCKETS: &str = "system.buckets.";

impl Found {
    /// Of an entry of the catalog.
    pub(super) fn of_catalog(id: &str) -> Self {
        let (database, collection) = id.split_once('.').unwrap_or((id, ""));
        let series = collection.strip_prefix(BUCKETS);
        Self {
            database: database.to_owned(),
            collection: series.unwrap_or(collection).to_owned(),
            time_series: series.is_some(),
        }
    }

    pub(super) fn namespace(&self) -> String {
        format!("{}.{}", self.database, self.collection)
    }

    /// The name in the catalog, were it a time series.
    pub(super) fn buckets(&self) -> String {
        format!("{}.{BUCKETS}{}", self.database, self.collection)
    }
}

/// A page's names.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) found: Vec<Found>,
    /// Where the next page begins; none on the last.
    pub(super) after: Option<String>,
    /// Databases whose collections could not be listed.
    pub(super) unread: Vec<String>,
}

impl Names {
    /// Of names that are in order and may be more than a page holds.
    pub(super) fn cut(mut found: Vec<Found>, unread: Vec<String>) -> Self {
        let more = found.len() > PAGE_SIZE;
        found.truncate(PAGE_SIZE);
        let after = if more { found.last().map(Found::namespace) } else { None };
        Self { found, after, unread }
    }
}

/// A text as a regular expression that means nothing but itself.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for sign in text.chars() {
        if sign.is_ascii() && !sign.is_ascii_alphanumeric() {
            out.push('\\');
        }
        out.push(sign);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_series_is_called_by_its_own_name() {
        let series = Found::of_catalog("web.system.buckets.hits.daily");
        assert_eq!(series.namespace(), "web.hits.daily");
        assert_eq!(series.buckets(), "web.system.buckets.hits.daily");
        assert!(series.time_series && !Found::of_catalog("web.hits").time_series);
    }

    #[test]
    fn signs_of_a_regular_expression_mean_themselves() {
        assert_eq!(literal("a.b*(c)"), "a\\.b\\*\\(c\\)");
        assert_eq!(literal("고객_1"), "고객\\_1");
    }
}
