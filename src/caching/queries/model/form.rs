//! What the form of a cached query holds.

use serde::{Deserialize, Serialize};

use super::change::{Change, Named};
use super::reading::{Find, QueryText, Reading};
use super::recipe::{Grace, Jitter, QueryName, Recipe, Wanted};
use crate::caching::model::{Key, Ttl};
use crate::error::AppError;
use crate::targets::model::{Namespace, TargetId};
use crate::text::Words;
use crate::words;

/// The fields as they were typed. Those of a `find` count where a namespace is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    /// `store_query`, `save_query`, `refresh_query`, `delete_query` or `invalidate_query`.
    pub action: String,
    pub name: String,
    pub key: String,
    pub ttl: String,
    /// Empty: as long as the time to live with a name, else none.
    pub grace: String,
    /// Percent. Empty: 10 with a name, else none.
    pub jitter: String,
    /// Empty: the one that is found.
    pub format: String,
    pub source: String,
    pub query: String,
    /// `sql` or `find`: which of the two forms it is.
    pub kind: String,
    pub namespace: String,
    pub filter: String,
    pub projection: String,
    pub sort: String,
    pub limit: String,
}

impl Form {
    /// Whether it asks for a `find`.
    pub fn is_find(&self) -> bool {
        self.kind == "find"
    }

    /// The form that would ask for this.
    pub fn of(recipe: &Recipe) -> Self {
        let mut form = Self {
            name: recipe.name.as_ref().map(ToString::to_string).unwrap_or_default(),
            key: recipe.key.to_string(),
            ttl: recipe.ttl.seconds().to_string(),
            grace: recipe.grace.seconds().to_string(),
            jitter: recipe.jitter.percent().to_string(),
            format: recipe.format.word().to_owned(),
            source: recipe.source.to_string(),
            ..Self::default()
        };
        match &recipe.query {
            Reading::Sql(text) => text.as_str().clone_into(&mut form.query),
            Reading::Find(find) => {
                form.kind = "find".to_owned();
                form.namespace = find.namespace.to_string();
                form.filter.clone_from(&find.filter);
                form.projection.clone_from(&find.projection);
                form.sort.clone_from(&find.sort);
                form.limit = find.limit.map(|limit| limit.to_string()).unwrap_or_default();
            }
        }
        form
    }

    /// The change that the form asks for. `known` is what the console keeps under its name.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used; `NotFound` where nothing is kept under the name.
    pub fn parse(&self, target: TargetId, known: Option<&Recipe>) -> Result<Change, AppError> {
        let kept = || {
            known.cloned().ok_or_else(|| {
                AppError::not_found(words!("There is no cached query of this name.", "이 이름의 쿼리 캐시가 없습니다."))
            })
        };
        let named = |recipe: Recipe| -> Result<Named, AppError> {
            let name = QueryName::parse(&self.name).map_err(|rule| AppError::invalid("name", rule))?;
            Ok(Named { target: recipe.target, name, key: recipe.key })
        };
        match self.action.as_str() {
            "store_query" => self.recipe(target).map(Change::StoreQuery),
            "save_query" => {
                let recipe = self.recipe(target)?;
                if recipe.name.is_none() {
                    return Err(AppError::invalid("name", words!("Give the query a name.", "쿼리 이름을 입력하세요.")));
                }
                Ok(Change::SaveQuery(recipe))
            }
            "refresh_query" => kept().map(Change::RefreshQuery),
            "delete_query" => kept().and_then(named).map(Change::DeleteQuery),
            "invalidate_query" => kept().and_then(named).map(Change::InvalidateQuery),
            _ => Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다."))),
        }
    }

    fn recipe(&self, target: TargetId) -> Result<Recipe, AppError> {
        let at = |field: &'static str| move |rule: Words| AppError::invalid(field, rule);
        let name = match self.name.trim() {
            "" => None,
            name => Some(QueryName::parse(name).map_err(at("name"))?),
        };
        let source = TargetId::parse(&self.source).map_err(at("source"))?;
        let query = self.reading()?;
        let key = Key::parse(self.key.trim()).map_err(at("key"))?;
        let ttl = Ttl::parse(&self.ttl).map_err(at("ttl"))?;
        let grace = match self.grace.trim() {
            "" => name.as_ref().map_or_else(Grace::default, |_| Grace::like(ttl)),
            text => Grace::parse(text).map_err(at("grace"))?,
        };
        if name.is_none() && grace.seconds() > 0 {
            let rule = words!(
                "Grace needs a name: without one nobody fetches a newer answer.",
                "유예 시간에는 이름이 필요합니다. 이름이 없으면 아무도 새로 고치지 않습니다.",
            );
            return Err(AppError::invalid("grace", rule));
        }
        let jitter = match self.jitter.trim() {
            "" => name.as_ref().map_or_else(Jitter::default, |_| Jitter::USUAL),
            text => Jitter::parse(text).map_err(at("jitter"))?,
        };
        let format = Wanted::parse(&self.format).map_err(at("format"))?;
        Ok(Recipe { target, key, ttl, source, query, name, grace, jitter, format })
    }

    fn reading(&self) -> Result<Reading, AppError> {
        if !self.is_find() {
            return QueryText::parse(&self.query).map(Reading::Sql).map_err(|rule| AppError::invalid("query", rule));
        }
        let namespace = Namespace::parse(self.namespace.trim()).map_err(|rule| AppError::invalid("namespace", rule))?;
        let limit =
            match self.limit.trim() {
                "" => None,
                text => Some(text.parse::<u32>().ok().filter(|limit| (1..=Self::MOST).contains(limit)).ok_or_else(
                    || AppError::invalid("limit", words!("A whole number from 1 to 10,000.", "1~10,000의 정수입니다.")),
                )?),
            };
        let document = |text: &str| if text.trim() == "{}" { String::new() } else { text.trim().to_owned() };
        Ok(Reading::Find(Find {
            namespace,
            filter: document(&self.filter),
            projection: document(&self.projection),
            sort: document(&self.sort),
            limit,
        }))
    }

    /// Rows that are stored at most.
    pub const MOST: u32 = 10_000;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Form {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), serde_json::Value::from(*value)));
        serde_json::from_value(fields.collect::<serde_json::Map<_, _>>().into()).expect("a form")
    }

    fn parse(fields: &[(&str, &str)]) -> Result<Change, AppError> {
        form(fields).parse(TargetId::parse("cache").expect("a name"), None)
    }

    const TEXTBOOK: [(&str, &str); 5] =
        [("action", "store_query"), ("key", "mydata"), ("ttl", "60"), ("source", "pg"), ("query", "SELECT 1")];

    #[test]
    fn the_textbook_is_stored_for_sixty_seconds_to_the_millisecond() {
        let Ok(Change::StoreQuery(recipe)) = parse(&TEXTBOOK) else { panic!("a change") };
        assert_eq!((recipe.fresh_millis(), recipe.kept_millis()), (60_000, 60_000));
    }

    #[test]
    fn with_a_name_there_is_grace_and_jitter_unless_they_are_taken_away() {
        let Ok(Change::StoreQuery(recipe)) = parse(&[&TEXTBOOK[..], &[("name", "top")]].concat()) else {
            panic!("a change")
        };
        assert_eq!((recipe.grace.seconds(), recipe.jitter.percent()), (60, 10));
        let none = [&TEXTBOOK[..], &[("name", "top"), ("grace", "0"), ("jitter", "0")]].concat();
        let Ok(Change::StoreQuery(recipe)) = parse(&none) else { panic!("a change") };
        assert_eq!(recipe.kept_millis(), 60_000);
        assert_eq!(
            Form::of(&recipe).parse(recipe.target.clone(), None).err().and_then(|it| it.field),
            Some("action".into())
        );
    }

    #[test]
    fn what_cannot_be_used_is_told_at_its_field() {
        for (field, value) in [
            ("key", ""),
            ("ttl", "0"),
            ("grace", "10"),
            ("jitter", "90"),
            ("format", "xml"),
            ("source", "PG"),
            ("query", "DELETE FROM a"),
            ("name", "A B"),
            ("action", "flush"),
        ] {
            let fields: Vec<_> =
                TEXTBOOK.iter().filter(|(name, _)| *name != field).copied().chain([(field, value)]).collect();
            assert_eq!(parse(&fields).err().and_then(|error| error.field).as_deref(), Some(field), "{value:?}");
        }
        let find = [&TEXTBOOK[..], &[("kind", "find"), ("namespace", "shop.orders"), ("limit", "0")]].concat();
        assert_eq!(parse(&find).err().and_then(|error| error.field).as_deref(), Some("limit"));
    }
}
