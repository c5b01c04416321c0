//! Collections of measurements over time, and which keys the server takes for them.

use serde::{Deserialize, Serialize};

use crate::sharding::model::{KeyField, ShardKey, Spread};
use crate::text::Words;
use crate::words;

/// How a time series is laid out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct TimeSeries {
    parts: Parts,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    time_field: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    meta_field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    granularity: Option<Granularity>,
}

/// How far apart the measurements of one source usually are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Granularity {
    Seconds,
    Minutes,
    Hours,
}

impl Granularity {
    pub const ALL: [Self; 3] = [Self::Seconds, Self::Minutes, Self::Hours];

    /// As the server spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Minutes => "minutes",
            Self::Hours => "hours",
        }
    }

    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// The field of the form that breaks a rule, and the rule.
type Broken = (&'static str, Words);

impl TimeSeries {
    /// An empty `meta_field` is none.
    ///
    /// # Errors
    /// The field of the form that breaks a rule, and the rule.
    pub fn new(time_field: &str, meta_field: &str, granularity: Option<Granularity>) -> Result<Self, Broken> {
        top_level(time_field).map_err(|rule| ("time_field", rule))?;
        if !meta_field.is_empty() {
            top_level(meta_field).map_err(|rule| ("meta_field", rule))?;
            if meta_field == "_id" || meta_field == time_field {
                let rule = words!(
                    "It must be another field than _id and the time.",
                    "_id나 시간 필드와 다른 필드여야 합니다."
                );
                return Err(("meta_field", rule));
            }
        }
        let meta_field = (!meta_field.is_empty()).then(|| meta_field.to_owned());
        Ok(Self { parts: Parts { time_field: time_field.to_owned(), meta_field, granularity } })
    }

    pub fn time_field(&self) -> &str {
        &self.parts.time_field
    }

    pub fn meta_field(&self) -> Option<&str> {
        self.parts.meta_field.as_deref()
    }

    pub fn granularity(&self) -> Option<Granularity> {
        self.parts.granularity
    }

    /// Whether the server takes the key: the meta field or parts of it, and at the end the time.
    ///
    /// # Errors
    /// The rule that the key breaks.
    pub fn takes(&self, key: &ShardKey) -> Result<(), Words> {
        let last = key.fields().len() - 1;
        for (place, KeyField { field, spread }) in key.fields().iter().enumerate() {
            if *field == self.parts.time_field {
                if place != last || *spread == Spread::Hashed {
                    return Err(words!(
                        "The time field {field} can only be the last field of the key, by ranges.",
                        "시간 필드 {field}은(는) 키의 마지막에, 범위 방식으로만 쓸 수 있습니다."
                    ));
                }
            } else if !self.is_meta(field) {
                let fields = self.fields();
                return Err(words!(
                    "{field} is a measured value; a time series is sharded on {fields}.",
                    "{field}은(는) 측정값입니다. 시계열은 {fields}(으)로만 샤딩합니다."
                ));
            }
        }
        Ok(())
    }

    /// The key as the catalog holds it: the collection below a time series calls its fields by names of its own.
    pub fn stored(&self, key: &ShardKey) -> ShardKey {
        let stored = |it: &KeyField| KeyField { field: self.stored_field(&it.field), spread: it.spread };
        // Names only become others that are as valid and as different.
        ShardKey::new(key.fields().iter().map(stored).collect()).unwrap_or_else(|_| key.clone())
    }

    fn stored_field(&self, field: &str) -> String {
        if field == self.parts.time_field {
            return format!("control.min.{field}");
        }
        match self.meta_field().and_then(|meta| field.strip_prefix(meta)) {
            Some(rest) if rest.is_empty() || rest.starts_with('.') => format!("meta{rest}"),
            _ => field.to_owned(),
        }
    }

    fn is_meta(&self, field: &str) -> bool {
        let rest = self.meta_field().and_then(|meta| field.strip_prefix(meta));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    fn fields(&self) -> String {
        let time = &self.parts.time_field;
        self.meta_field().map_or_else(|| time.clone(), |meta| format!("{meta}, {meta}.…, {time}"))
    }
}

fn top_level(field: &str) -> Result<(), Words> {
    if field.is_empty() {
        return Err(words!("Name the field of the time.", "시간 필드의 이름을 입력하세요."));
    }
    if field.len() > 255 || field.contains(['.', '$']) || field.chars().any(char::is_control) {
        return Err(words!(
            "A field of the top level: without dots and “$”, at most 255 bytes.",
            "최상위 필드여야 합니다: 점(.)과 “$” 없이 최대 255바이트.",
        ));
    }
    Ok(())
}

impl TryFrom<Parts> for TimeSeries {
    type Error = String;

    fn try_from(parts: Parts) -> Result<Self, String> {
        let meta = parts.meta_field.as_deref().unwrap_or_default();
        Self::new(&parts.time_field, meta, parts.granularity).map_err(|(_, rule)| rule.en)
    }
}

impl From<TimeSeries> for Parts {
    fn from(series: TimeSeries) -> Self {
        series.parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series() -> TimeSeries {
        TimeSeries::new("at", "sensor", None).expect("a valid layout")
    }

    fn key(text: &str) -> ShardKey {
        ShardKey::parse(text, false).expect("a valid key")
    }

    #[test]
    fn a_time_series_is_sharded_on_its_source_and_then_its_time() {
        for text in ["sensor", "sensor.id", "sensor:hashed", "sensor.a, sensor.b, at", "at"] {
            assert!(series().takes(&key(text)).is_ok(), "{text}");
        }
        for text in ["value", "at, sensor", "at:hashed", "sensors", "sensor, value"] {
            assert!(series().takes(&key(text)).is_err(), "{text}");
        }
        let bare = TimeSeries::new("at", "", None).expect("a valid layout");
        assert!(bare.takes(&key("at")).is_ok() && bare.takes(&key("sensor")).is_err());
    }

    #[test]
    fn the_catalog_has_names_of_its_own_for_the_fields() {
        assert_eq!(series().stored(&key("sensor.id, at")).to_string(), "{ \"meta.id\": 1, \"control.min.at\": 1 }");
        assert_eq!(series().stored(&key("sensor:hashed")).to_string(), "{ meta: \"hashed\" }");
    }
}
