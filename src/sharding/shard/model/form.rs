//! What the form holds, and the change that it asks for.

use serde::{Deserialize, Serialize};

use super::time_series::{Granularity, TimeSeries};
use super::{Change, Extras};
use crate::error::AppError;
use crate::sharding::model::{Namespace, ShardKey};
use crate::targets::model::TargetId;
use crate::text::Words;
use crate::words;

/// The form to shard a collection, as it is typed. What is empty is as usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShardForm {
    /// `shard_collection`, or empty while it is being filled.
    pub action: String,
    pub namespace: String,
    pub key: String,
    /// `ranged` or `hashed`.
    pub spread: String,
    /// `yes` where it is ticked.
    pub unique: String,
    pub chunks: String,
    /// `yes` where it is ticked.
    pub presplit: String,
    pub time_field: String,
    pub meta_field: String,
    pub granularity: String,
    /// What was there when the form was opened: see [`Observed`].
    pub observed: String,
}

impl ShardForm {
    /// Whether something is asked for that is seldom asked for.
    pub fn has_extras(&self) -> bool {
        let all = [&self.chunks, &self.presplit, &self.time_field, &self.meta_field, &self.granularity];
        all.iter().any(|it| !it.trim().is_empty())
    }

    /// Reads the form. Where the collection was not looked at when it was opened, the engine does so now.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn parse(&self, target: TargetId) -> Result<(Change, Observed), AppError> {
        if self.action != "shard_collection" {
            return Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다.")));
        }
        let namespace = Namespace::parse(self.namespace.trim()).map_err(|rule| AppError::invalid("namespace", rule))?;
        let key = ShardKey::parse(&self.key, self.spread == "hashed").map_err(|rule| AppError::invalid("key", rule))?;
        let observed = Observed::read(&self.observed, &namespace);
        let uuid = if let Observed::Collection(uuid) = &observed { Some(uuid.clone()) } else { None };
        let extras = Extras {
            chunks: chunks(self.chunks.trim()).map_err(|rule| AppError::invalid("chunks", rule))?,
            presplit: self.presplit == "yes",
            time_series: self.time_series()?,
        };
        let unique = self.unique == "yes";
        Ok((Change::ShardCollection { target, namespace, key, unique, uuid, extras }, observed))
    }

    fn time_series(&self) -> Result<Option<TimeSeries>, AppError> {
        let (time, meta) = (self.time_field.trim(), self.meta_field.trim());
        let granularity = Granularity::read(&self.granularity);
        if time.is_empty() && meta.is_empty() && granularity.is_none() {
            return Ok(None);
        }
        TimeSeries::new(time, meta, granularity).map(Some).map_err(|(field, rule)| AppError::invalid(field, rule))
    }
}

fn chunks(text: &str) -> Result<Option<u32>, Words> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse() {
        Ok(number @ 1..=1_000_000) => Ok(Some(number)),
        _ => Err(words!("A whole number from 1 to 1000000.", "1부터 1000000까지의 정수를 입력하세요.")),
    }
}

/// What was there when the form was opened. It travels in the form, so that what somebody else does meanwhile is seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed {
    /// The form was opened for no collection, or for another one.
    NotYet,
    Nothing,
    /// Its UUID.
    Collection(String),
}

impl Observed {
    /// As it stands in the form: the name, and what was there.
    pub fn text(namespace: &Namespace, uuid: Option<&str>) -> String {
        format!("{namespace}={}", uuid.unwrap_or("none"))
    }

    fn read(text: &str, namespace: &Namespace) -> Self {
        match text.rsplit_once('=') {
            Some((name, what)) if name == namespace.to_string() => match what {
                "none" => Self::Nothing,
                uuid => Self::Collection(uuid.to_owned()),
            },
            _ => Self::NotYet,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> TargetId {
        TargetId::parse("mongo").expect("a valid name")
    }

    fn form(namespace: &str, key: &str) -> ShardForm {
        ShardForm {
            action: "shard_collection".into(),
            namespace: namespace.into(),
            key: key.into(),
            ..ShardForm::default()
        }
    }

    #[test]
    fn the_textbook_form_is_read() {
        let form = ShardForm { spread: "hashed".into(), ..form(" mydatabase.mycollection ", "user_id") };
        let expected = r#"{"do":"shard_collection","target":"mongo","namespace":"mydatabase.mycollection","key":[{"field":"user_id","spread":"hashed"}],"unique":false,"uuid":null}"#;
        let (change, observed) = form.parse(target()).expect("a valid form");
        assert_eq!(serde_json::to_string(&change).expect("JSON"), expected);
        assert_eq!(observed, Observed::NotYet);
        assert!(!form.has_extras());
    }

    #[test]
    fn what_was_there_when_the_form_was_opened_is_kept_for_that_collection_only() {
        let name = Namespace::parse("a.b=c").expect("a valid name");
        let seen = |namespace: &str, uuid| {
            let observed = Observed::text(&name, uuid);
            ShardForm { observed, ..form(namespace, "k") }.parse(target()).expect("a valid form").1
        };
        assert_eq!(seen("a.b=c", Some("u")), Observed::Collection("u".into()));
        assert_eq!(seen("a.b=c", None), Observed::Nothing);
        assert_eq!(seen("a.other", Some("u")), Observed::NotYet);
    }

    #[test]
    fn a_wrong_form_is_told_at_its_field() {
        let field = |form: ShardForm| form.parse(target()).expect_err("must be refused").field.expect("a field");
        assert_eq!(field(form("mycollection", "user_id")), "namespace");
        assert_eq!(field(form("a.b", "")), "key");
        for chunks in ["0", "-1", "1.5", "x", "1000001"] {
            assert_eq!(field(ShardForm { chunks: chunks.into(), ..form("a.b", "c") }), "chunks");
        }
        assert_eq!(field(ShardForm { meta_field: "m".into(), ..form("a.b", "c") }), "time_field");
        let dotted = ShardForm { time_field: "t".into(), meta_field: "m.x".into(), ..form("a.b", "c") };
        assert_eq!(field(dotted), "meta_field");
        assert_eq!(field(ShardForm { action: "drop_collection".into(), ..form("a.b", "c") }), "action");
    }
}
