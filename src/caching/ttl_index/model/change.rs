//! What may be changed about TTL indexes, and how it is read from a form.

use serde::{Deserialize, Serialize};

use super::Seconds;
use crate::error::AppError;
use crate::targets::model::{Namespace, TargetId};
use crate::text::{Words, url_text};
use crate::words;

/// A change of one index, or of a collection that expires by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub target: TargetId,
    pub namespace: Namespace,
    /// The index; empty where the collection itself is meant, and where the index is yet to be made.
    pub name: String,
    pub deed: Deed,
    /// What was there when it was planned.
    #[serde(default)]
    pub seen: Seen,
    /// How many documents were to go when it was planned: what somebody types to confirm.
    #[serde(default)]
    pub counted: i64,
    /// The server's clock when it was planned, in milliseconds since 1970: what ages later has not been asked about.
    #[serde(default)]
    pub at: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    Create {
        field: String,
        seconds: Seconds,
    },
    SetSeconds {
        seconds: Seconds,
    },
    /// A plain index gets seconds.
    Convert {
        seconds: Seconds,
    },
    Hide,
    Unhide,
    Drop,
    Disarm,
    /// Down to `seconds`, by steps that delete at most `most` documents each.
    Lower {
        seconds: Seconds,
        most: i64,
        /// Whoever stops it in the middle wants nothing more to be deleted.
        disarm: bool,
        /// The seconds of each step, worked out from what is there; the last is `seconds`.
        #[serde(default)]
        steps: Vec<Seconds>,
    },
    /// The expiry of a clustered or time-series collection; none is `"off"`.
    Expire {
        seconds: Option<Seconds>,
    },
}

/// What a change was planned on. Refused where it is another by now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Of the collection; empty where there was none.
    pub uuid: String,
    /// The index as the server listed it; empty where there was none.
    pub spec: String,
}

/// What the fields of a form hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    pub namespace: String,
    pub name: String,
    pub field: String,
    /// `after`, `date`, `never`, and `off` for a collection.
    pub when: String,
    pub seconds: String,
    /// At most so many documents in one step.
    pub most: String,
    /// `disarm` or `keep`, when it is stopped in the middle.
    pub stop: String,
}

/// Documents that one step deletes, where nobody said otherwise.
pub const MOST: i64 = 50_000;

impl Change {
    /// What a form asks for. `action` is one of the verbs of [`crate::change::Change::word`].
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn from_form(target: TargetId, action: &str, form: &Form) -> Result<Self, AppError> {
        let namespace = namespace(&form.namespace)?;
        let seconds = || Seconds::of_form(&form.when, &form.seconds);
        let deed = match action {
            "create_ttl_index" => Deed::Create { field: field(&form.field)?, seconds: seconds()? },
            "set_ttl_seconds" => Deed::SetSeconds { seconds: seconds()? },
            "convert_index" => Deed::Convert { seconds: seconds()? },
            "hide_index" => Deed::Hide,
            "unhide_index" => Deed::Unhide,
            "drop_index" => Deed::Drop,
            "disarm_index" => Deed::Disarm,
            "lower_in_stages" => Deed::Lower {
                seconds: seconds()?,
                most: most(&form.most)?,
                disarm: form.stop != "keep",
                steps: Vec::new(),
            },
            "set_collection_expiry" if form.when == "off" => Deed::Expire { seconds: None },
            "set_collection_expiry" => Deed::Expire { seconds: Some(seconds()?) },
            _ => {
                return Err(AppError::invalid(
                    "action",
                    words!("There is no such change of a TTL index.", "TTL 인덱스에 그런 변경은 없습니다."),
                ));
            }
        };
        let name = match &deed {
            Deed::Create { .. } | Deed::Expire { .. } => String::new(),
            _ => index_name(&form.name)?,
        };
        Ok(Self { target, namespace, name, deed, seen: Seen::default(), counted: 0, at: 0 })
    }

    /// The index that is meant, also where it is yet to be made.
    pub fn index(&self) -> String {
        match &self.deed {
            Deed::Create { field, .. } => format!("{field}_1"),
            _ => self.name.clone(),
        }
    }

    /// The page to look at afterwards: that of the index, or the list where it is gone.
    pub fn place(&self) -> String {
        let (target, namespace, name) = (self.target.as_str(), self.namespace.to_string(), self.index());
        match self.deed {
            Deed::Drop => format!("/caching/ttl-indexes?target={target}"),
            _ => format!(
                "/caching/ttl-index?target={target}&namespace={}&name={}",
                url_text(&namespace),
                url_text(&name)
            ),
        }
    }

    /// What it sets; none where it sets no seconds.
    pub fn seconds(&self) -> Option<Seconds> {
        match &self.deed {
            Deed::Create { seconds, .. }
            | Deed::SetSeconds { seconds }
            | Deed::Convert { seconds }
            | Deed::Lower { seconds, .. } => Some(*seconds),
            Deed::Expire { seconds } => *seconds,
            Deed::Disarm => Some(Seconds::NEVER),
            Deed::Hide | Deed::Unhide | Deed::Drop => None,
        }
    }
}

/// A collection's name, told as one that may have TTL indexes.
///
/// # Errors
/// `Invalid` at the field `namespace`.
pub fn namespace(text: &str) -> Result<Namespace, AppError> {
    let text = text.trim();
    let database = text.split('.').next().unwrap_or_default();
    if ["admin", "config", "local"].iter().any(|own| database.eq_ignore_ascii_case(own)) {
        let rule = words!(
            "{database} holds MongoDB's own collections; the console leaves their indexes alone.",
            "{database}에는 MongoDB 자체 컬렉션이 있습니다. 콘솔은 그 인덱스를 건드리지 않습니다.",
        );
        return Err(AppError::invalid("namespace", rule));
    }
    Namespace::parse(text).map_err(|rule| AppError::invalid("namespace", rule))
}

/// The name of one database; empty for all.
///
/// # Errors
/// `Invalid` at the field `database`.
pub fn database(text: &str) -> Result<&str, AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(text);
    }
    match namespace(&format!("{text}.x")) {
        Ok(namespace) if namespace.database() == text => Ok(text),
        _ => Err(AppError::invalid(
            "database",
            words!(
                "The name of one database, not of MongoDB's own.",
                "MongoDB 자체가 아닌 데이터베이스 하나의 이름입니다."
            ),
        )),
    }
}

fn index_name(text: &str) -> Result<String, AppError> {
    let rule = |words| Err(AppError::invalid("name", words));
    match text {
        "" => rule(words!("Name the index.", "인덱스 이름을 입력하세요.")),
        "_id_" => rule(words!("The index on _id is MongoDB's own.", "_id 인덱스는 MongoDB가 사용합니다.")),
        // It would stand for all indexes.
        "*" => rule(words!("One index, not all.", "모든 인덱스가 아니라 하나를 고르세요.")),
        _ if text.len() > 127 * 8 || text.chars().any(char::is_control) => {
            rule(words!("This is no index's name.", "인덱스 이름이 아닙니다."))
        }
        _ => Ok(text.to_owned()),
    }
}

fn field(text: &str) -> Result<String, AppError> {
    let text = text.trim();
    let rule = |words: Words| Err(AppError::invalid("field", words));
    if text.is_empty() || text.len() > 200 || text.chars().any(char::is_control) {
        return rule(words!(
            "The name of one field, for example created_at.",
            "필드 하나의 이름입니다. 예: created_at"
        ));
    }
    if text == "_id" {
        return rule(words!("The field _id cannot expire.", "_id 필드로는 만료시킬 수 없습니다."));
    }
    if text.split('.').any(|part| part.is_empty() || part.starts_with('$')) || text.contains(',') {
        return rule(words!(
            "One field; no “$” at its beginning, no empty part between dots, no comma.",
            "필드 하나만 입력하세요. “$”로 시작하거나 점 사이가 비거나 쉼표가 있으면 안 됩니다.",
        ));
    }
    Ok(text.to_owned())
}

fn most(text: &str) -> Result<i64, AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(MOST);
    }
    let number = text.bytes().all(|it| it.is_ascii_digit()).then(|| text.parse::<i64>().ok()).flatten();
    number.filter(|it| (1..=10_000_000).contains(it)).ok_or_else(|| {
        let rule = words!("A whole number from 1 to 10,000,000.", "1부터 10,000,000까지의 정수를 입력하세요.");
        AppError::invalid("most", rule)
    })
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match &self.deed {
            Deed::Create { .. } => "caching.create_ttl_index",
            Deed::SetSeconds { .. } => "caching.set_ttl_seconds",
            Deed::Convert { .. } => "caching.convert_index",
            Deed::Hide => "caching.hide_index",
            Deed::Unhide => "caching.unhide_index",
            Deed::Drop => "caching.drop_index",
            Deed::Disarm => "caching.disarm_index",
            Deed::Lower { .. } => "caching.lower_in_stages",
            Deed::Expire { .. } => "caching.set_collection_expiry",
        }
    }

    fn target(&self) -> &TargetId {
        &self.target
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(action: &str, form: Form) -> Result<Change, AppError> {
        Change::from_form(TargetId::parse("m").expect("a name"), action, &form)
    }

    fn form(seconds: &str) -> Form {
        Form {
            namespace: "a.b".into(),
            name: "x_1".into(),
            field: "x".into(),
            seconds: seconds.into(),
            ..Form::default()
        }
    }

    #[test]
    fn a_wrong_field_is_named() {
        let field = |action: &str, form: Form| of(action, form).expect_err(action).field.unwrap_or_default();
        for action in
            ["create_ttl_index", "set_ttl_seconds", "convert_index", "lower_in_stages", "set_collection_expiry"]
        {
            for seconds in ["", "abc", "1e400", "-1", "2147483648", "0", "NaN"] {
                assert_eq!(field(action, form(seconds)), "seconds", "{action} {seconds:?}");
            }
        }
        assert_eq!(field("set_ttl_seconds", Form { namespace: "admin.x".into(), ..form("5") }), "namespace");
        assert_eq!(field("drop_index", Form { name: "*".into(), ..form("") }), "name");
        assert_eq!(field("drop_index", Form { name: "_id_".into(), ..form("") }), "name");
        for wrong in ["", "_id", "$x", "a..b", "a,b", "a.$b"] {
            assert_eq!(field("create_ttl_index", Form { field: wrong.into(), ..form("5") }), "field", "{wrong:?}");
        }
        for wrong in ["0", "x", "1.5", "99999999999"] {
            assert_eq!(field("lower_in_stages", Form { most: wrong.into(), ..form("5") }), "most", "{wrong:?}");
        }
        assert!(of("drop_everything", form("5")).is_err());
    }

    #[test]
    fn a_posted_change_cannot_hold_what_a_form_cannot() {
        let change = of("set_ttl_seconds", form("60")).expect("a change");
        let text = serde_json::to_string(&change).expect("JSON");
        assert_eq!(serde_json::from_str::<Change>(&text).expect("the same"), change);
        for wrong in ["-1", "2147483648", "1e400", "NaN", "null", "0.5", "\"60\""] {
            let forged = text.replace(":60", &format!(":{wrong}"));
            assert_ne!(forged, text);
            assert!(serde_json::from_str::<Change>(&forged).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_collection_is_switched_off_by_its_own_choice() {
        let off = of("set_collection_expiry", Form { when: "off".into(), ..form("") }).expect("a change");
        assert_eq!(off.deed, Deed::Expire { seconds: None });
    }
}
