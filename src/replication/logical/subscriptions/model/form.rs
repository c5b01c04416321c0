//! What a form about subscriptions holds, and the change that it asks for.

use serde::{Deserialize, Serialize};

use super::{Change, Connection, Creation, Secret, Streaming};
use crate::error::AppError;
use crate::replication::logical::model::{Name, parse_names};
use crate::replication::slots::model::{Lsn, SlotName};
use crate::targets::model::{Target, TargetId};
use crate::text::{Words, url_text};
use crate::words;

/// A form about subscriptions. An empty field means what is usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SubscriptionForm {
    pub action: String,
    pub name: String,
    /// A known target; empty: only host, port, user and database are known.
    pub publisher: String,
    pub publisher_database: String,
    pub host: String,
    pub port: String,
    pub user: String,
    /// The key of a password that was typed; never the password.
    pub secret: String,
    pub publications: String,
    pub slot: String,
    pub copy_data: String,
    pub create_slot: String,
    pub enabled: String,
    pub binary: String,
    pub streaming: String,
    pub two_phase: String,
    pub disable_on_error: String,
    pub origin_none: String,
    pub failover: String,
    pub lsn: String,
    pub keep_slot: String,
    pub margin: String,
}

/// What the console knows of a publisher that is a target.
pub struct KnownPublisher {
    pub target: Target,
    /// The console's own role and database there.
    pub user: String,
    pub database: String,
    pub has_password: bool,
}

impl SubscriptionForm {
    /// Every field by its name, as it stands in an address.
    pub fn fields(&self) -> [(&'static str, &str); 22] {
        [
            ("action", &self.action),
            ("name", &self.name),
            ("publisher", &self.publisher),
            ("publisher_database", &self.publisher_database),
            ("host", &self.host),
            ("port", &self.port),
            ("user", &self.user),
            ("secret", &self.secret),
            ("publications", &self.publications),
            ("slot", &self.slot),
            ("copy_data", &self.copy_data),
            ("create_slot", &self.create_slot),
            ("enabled", &self.enabled),
            ("binary", &self.binary),
            ("streaming", &self.streaming),
            ("two_phase", &self.two_phase),
            ("disable_on_error", &self.disable_on_error),
            ("origin_none", &self.origin_none),
            ("failover", &self.failover),
            ("lsn", &self.lsn),
            ("keep_slot", &self.keep_slot),
            ("margin", &self.margin),
        ]
    }

    /// The fields as they stand in an address, each with its `&`.
    pub fn to_query(&self) -> String {
        let filled = self.fields().into_iter().filter(|(_, value)| !value.is_empty());
        filled.map(|(name, value)| format!("&{name}={}", url_text(value))).collect()
    }

    /// The change that the form asks for.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn parse(
        &self,
        target: TargetId,
        database: &str,
        publisher: Option<&KnownPublisher>,
    ) -> Result<Change, AppError> {
        let database = name_at("database", database)?;
        let name = name_at("name", &self.name)?;
        let copy_data = self.copy_data != "no";
        Ok(match self.action.as_str() {
            "create_subscription" => Change::CreateSubscription(Box::new(Creation {
                publisher: self.connection(publisher)?,
                publications: self.publications()?,
                slot: self.slot(&name)?,
                copy_data,
                create_slot: self.create_slot != "no",
                enabled: self.enabled != "no",
                binary: self.binary == "yes",
                streaming: match self.streaming.as_str() {
                    "on" => Streaming::On,
                    "parallel" => Streaming::Parallel,
                    _ => Streaming::Off,
                },
                two_phase: self.two_phase == "yes",
                disable_on_error: self.disable_on_error == "yes",
                origin_none: self.origin_none == "yes",
                failover: self.failover == "yes",
                target,
                database,
                name,
            })),
            "enable_subscription" => Change::EnableSubscription { target, database, name },
            "disable_subscription" => Change::DisableSubscription { target, database, name },
            "refresh_subscription" => Change::RefreshSubscription { target, database, name, copy_data },
            "set_publications" => {
                Change::SetPublications { target, database, name, publications: self.publications()?, copy_data }
            }
            "skip_transaction" => {
                let lsn = Lsn::parse(self.lsn.trim()).map_err(|rule| AppError::invalid("lsn", rule))?;
                Change::SkipTransaction { target, database, name, lsn }
            }
            "detach_slot" => Change::DetachSlot { target, database, name },
            "drop_subscription" => {
                Change::DropSubscription { target, database, name, keep_slot: self.keep_slot == "yes" }
            }
            "copy_sequences" => {
                let rule = words!("Choose the publisher.", "발행 서버를 선택하세요.");
                let publisher = publisher.ok_or_else(|| AppError::invalid("publisher", rule))?;
                Change::CopySequences {
                    publisher: publisher.target.id.clone(),
                    publisher_database: name_at("publisher_database", &self.publisher_database)?,
                    margin: self.margin()?,
                    target,
                    database,
                    name,
                }
            }
            _ => return Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다."))),
        })
    }

    /// How the subscriber is to reach the publisher. A stored password goes only to the server that it was entered
    /// for: with another host, port or user one has to be typed.
    fn connection(&self, publisher: Option<&KnownPublisher>) -> Result<Connection, AppError> {
        let or = |typed: &str, known: Option<String>| match typed.trim() {
            "" => known.unwrap_or_default(),
            typed => typed.to_owned(),
        };
        let host = or(&self.host, publisher.map(|it| it.target.host.clone()));
        let port = or(&self.port, publisher.map(|it| it.target.port.to_string()));
        let user = or(&self.user, publisher.map(|it| it.user.clone()));
        let database = or(&self.publisher_database, publisher.map(|it| it.database.clone()));
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
        if host.is_empty() || host.len() > 253 || !host.bytes().all(plain) {
            let rule = words!("A host name or an IP address.", "호스트 이름 또는 IP 주소를 입력하세요.");
            return Err(AppError::invalid("host", rule));
        }
        let port = port.parse::<u16>().ok().filter(|port| *port > 0);
        let port = port
            .ok_or_else(|| AppError::invalid("port", words!("A number from 1 to 65535.", "1~65535의 숫자입니다.")))?;
        let (user, database) = (name_at("user", &user)?, name_at("publisher_database", &database)?);
        let own = publisher.filter(|it| {
            it.has_password && it.target.host == host && it.target.port == port && it.user == user.as_str()
        });
        let secret = match (self.secret.trim(), own) {
            ("", Some(publisher)) => Secret::Target(publisher.target.id.clone()),
            ("", None) => Secret::Nowhere,
            (key, _) if key.len() <= 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                Secret::Typed(key.to_owned())
            }
            _ => {
                return Err(AppError::invalid(
                    "secret",
                    words!("Type the password anew.", "비밀번호를 다시 입력하세요."),
                ));
            }
        };
        let target = publisher.map(|it| it.target.id.clone());
        Ok(Connection { target, host, port, database, user, secret })
    }

    fn publications(&self) -> Result<Vec<Name>, AppError> {
        let names = parse_names(&self.publications).map_err(|rule| AppError::invalid("publications", rule))?;
        match names.len() {
            1..=50 => Ok(names),
            _ => Err(AppError::invalid(
                "publications",
                words!("Name 1 to 50 publications.", "발행을 1~50개 입력하세요."),
            )),
        }
    }

    /// The name of the slot: that of the subscription, unless another one was typed.
    fn slot(&self, name: &Name) -> Result<SlotName, AppError> {
        let typed = self.slot.trim();
        let (field, text) = if typed.is_empty() { ("name", name.as_str()) } else { ("slot", typed) };
        SlotName::parse(text).map_err(|rule| {
            let of_slot = |rule: Words| {
                let (en, ko) = (rule.en, rule.ko);
                words!("{en} The slot gets the same name.", "{ko} 슬롯도 같은 이름을 씁니다.")
            };
            AppError::invalid(field, if field == "name" { of_slot(rule) } else { rule })
        })
    }

    fn margin(&self) -> Result<u32, AppError> {
        match self.margin.trim() {
            "" => Ok(1000),
            typed => typed.parse().ok().filter(|margin| *margin <= 1_000_000_000).ok_or_else(|| {
                AppError::invalid(
                    "margin",
                    words!("A number from 0 to 1,000,000,000.", "0~1,000,000,000의 숫자입니다."),
                )
            }),
        }
    }
}

fn name_at(field: &str, text: &str) -> Result<Name, AppError> {
    Name::parse(text.trim()).map_err(|rule| AppError::invalid(field, rule))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::model::TargetKind;

    fn id(text: &str) -> TargetId {
        TargetId::parse(text).expect("a name")
    }

    fn publisher() -> KnownPublisher {
        KnownPublisher {
            target: Target {
                id: id("pg-main"),
                kind: TargetKind::Postgresql,
                name: "Main".into(),
                host: "db1".into(),
                port: 5432,
            },
            user: "outgrow".into(),
            database: "shop".into(),
            has_password: true,
        }
    }

    fn creation(form: SubscriptionForm) -> Result<Creation, AppError> {
        let form = SubscriptionForm {
            action: "create_subscription".into(),
            name: "copy".into(),
            publications: "p".into(),
            ..form
        };
        match form.parse(id("pg"), "shop", Some(&publisher()))? {
            Change::CreateSubscription(creation) => Ok(*creation),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_stored_password_goes_only_to_the_server_it_was_entered_for() {
        let stored = creation(SubscriptionForm::default()).expect("it parses").publisher;
        assert_eq!((stored.host.as_str(), &stored.secret), ("db1", &Secret::Target(id("pg-main"))));
        for form in [
            SubscriptionForm { host: "evil".into(), ..SubscriptionForm::default() },
            SubscriptionForm { port: "1".into(), ..SubscriptionForm::default() },
            SubscriptionForm { user: "other".into(), ..SubscriptionForm::default() },
        ] {
            assert_eq!(creation(form).expect("it parses").publisher.secret, Secret::Nowhere);
        }
    }

    #[test]
    fn a_name_that_no_slot_can_have_is_told_at_its_field() {
        let form = SubscriptionForm {
            name: "Copy".into(),
            action: "create_subscription".into(),
            publications: "p".into(),
            ..SubscriptionForm::default()
        };
        let wrong = form.parse(id("pg"), "shop", Some(&publisher())).expect_err("upper case");
        assert_eq!(wrong.field.as_deref(), Some("name"));
        let form = SubscriptionForm { slot: "copy".into(), ..form };
        assert!(form.parse(id("pg"), "shop", Some(&publisher())).is_ok());
    }

    #[test]
    fn a_host_is_one_host_and_nothing_more() {
        for host in ["a,b", "/tmp", "a b", "a'b", "a=b"] {
            let wrong = creation(SubscriptionForm { host: host.into(), ..SubscriptionForm::default() });
            assert_eq!(wrong.expect_err(host).field.as_deref(), Some("host"));
        }
    }
}
