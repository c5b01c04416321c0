//! What can be done with cached queries.

use serde::{Deserialize, Serialize};

use super::recipe::{QueryName, Recipe};
use crate::caching::model::Key;
use crate::targets::model::TargetId;
use crate::text::url_text;

/// A query that the console keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The cache that its answers are in.
    pub target: TargetId,
    pub name: QueryName,
    pub key: Key,
}

/// A write to a cache, or to what the console knows of its queries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Change {
    /// Runs the query once and stores its rows. With a name, the console also keeps it.
    StoreQuery(Recipe),
    /// Runs a query that the console keeps, now.
    RefreshQuery(Recipe),
    /// Writes a query down under its name, in the place of what stood there. Nothing is run.
    SaveQuery(Recipe),
    /// Forgets a query. Its answer dies by itself.
    DeleteQuery(Named),
    /// Takes the answer out of the cache, so that whoever asks next waits for a new one.
    InvalidateQuery(Named),
}

impl Change {
    /// The address of the page that shows what came of it.
    pub fn place(&self) -> String {
        let target = crate::change::Change::target(self);
        let list = format!("/caching/queries?target={target}");
        let one = |name: &QueryName| format!("/caching/query?target={target}&name={name}");
        match self {
            Self::StoreQuery(Recipe { name: None, key, .. }) => {
                format!("/caching/query?target={target}&key={}", url_text(key.as_str()))
            }
            Self::StoreQuery(recipe) | Self::RefreshQuery(recipe) | Self::SaveQuery(recipe) => {
                recipe.name.as_ref().map_or(list, one)
            }
            Self::InvalidateQuery(named) => one(&named.name),
            Self::DeleteQuery(_) => list,
        }
    }

    /// The key that the answer is under.
    pub fn key(&self) -> &Key {
        match self {
            Self::StoreQuery(recipe) | Self::RefreshQuery(recipe) | Self::SaveQuery(recipe) => &recipe.key,
            Self::DeleteQuery(named) | Self::InvalidateQuery(named) => &named.key,
        }
    }
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::StoreQuery(_) => "caching.store_query",
            Self::RefreshQuery(_) => "caching.refresh_query",
            Self::SaveQuery(_) => "caching.save_query",
            Self::DeleteQuery(_) => "caching.delete_query",
            Self::InvalidateQuery(_) => "caching.invalidate_query",
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::StoreQuery(recipe) | Self::RefreshQuery(recipe) | Self::SaveQuery(recipe) => &recipe.target,
            Self::DeleteQuery(named) | Self::InvalidateQuery(named) => &named.target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::apply::parse;

    #[test]
    fn what_the_first_version_wrote_down_is_still_read() {
        let old = r#"{"do":"store_query","target":"cache","key":"a","ttl":60,"source":"pg","query":"SELECT 1"}"#;
        let change: Change = parse(old).expect("a change");
        assert_eq!(change.place(), "/caching/query?target=cache&key=a");
        assert_eq!(serde_json::to_string(&change).expect("JSON"), old);
    }

    #[test]
    fn what_no_form_makes_is_not_read() {
        for text in [
            r#"{"do":"store_query","target":"cache","key":"a","ttl":0,"source":"pg","query":"SELECT 1"}"#,
            r#"{"do":"store_query","target":"cache","key":"a","ttl":1,"source":"pg","query":"SELECT 1","x":1}"#,
            r#"{"do":"delete_query","target":"cache","key":"a","name":"B"}"#,
            r#"{"do":"flush","target":"cache"}"#,
        ] {
            assert!(parse::<Change>(text).is_err(), "{text}");
        }
    }
}
