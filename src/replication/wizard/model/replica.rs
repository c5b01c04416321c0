//! What is asked for: the replica, as typed in the form and as understood.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::replication::slots::model::SlotName;
use crate::targets::model::TargetId;
use crate::text::{Words, url_text};
use crate::words;

/// The fields of the form, as they stand in the address. None of them is a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Asked {
    pub name: String,
    pub host: String,
    pub role: String,
    pub primary: String,
    pub port: String,
    pub data: String,
    pub client: String,
    pub known: String,
    pub minutes: String,
}

impl Asked {
    /// Names and values, as in the address.
    pub fn pairs(&self) -> [(&'static str, &str); 9] {
        [
            ("name", &self.name),
            ("host", &self.host),
            ("role", &self.role),
            ("primary", &self.primary),
            ("port", &self.port),
            ("data", &self.data),
            ("client", &self.client),
            ("known", &self.known),
            ("minutes", &self.minutes),
        ]
    }

    /// The wizard's address after a change, with the number of its record.
    pub fn address(&self, target: &str, record: i64) -> String {
        let filled = self.pairs().into_iter().filter(|(_, value)| !value.is_empty());
        let fields: String = filled.map(|(name, value)| format!("&{name}={}", url_text(value))).collect();
        format!("/replication/add?target={target}&record={record}{fields}")
    }
}

/// A replica that can be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// Names its slot, and its connections as application_name: without it two replicas look alike.
    pub name: SlotName,
    /// Its address as the primary sees it.
    pub host: IpAddr,
    /// The role that it logs in as.
    pub role: String,
    /// The primary's address as the replica sees it.
    pub primary: String,
    pub port: u16,
    /// Its data directory; empty where it has not been said.
    pub data: String,
    /// The major version of its `pg_basebackup`, where it has been said.
    pub client: Option<i32>,
    /// The replica as a target of the console, once it is one.
    pub known: Option<TargetId>,
    /// After so many minutes without anybody at the slot its removal is offered.
    pub minutes: u32,
}

impl Replica {
    /// Reads a form; `primary` and `port` are where the console itself reaches the primary.
    ///
    /// # Errors
    /// `Invalid` at the first field that cannot be used.
    pub fn parse(asked: &Asked, primary: &str, port: u16) -> Result<Self, AppError> {
        let at = |field: &'static str| move |rule: Words| AppError::invalid(field, rule);
        let or = |text: &str, otherwise: &str| {
            let text = text.trim();
            if text.is_empty() { otherwise.to_owned() } else { text.to_owned() }
        };
        let minutes = or(&asked.minutes, "10").parse().ok().filter(|minutes| *minutes <= 1_440);
        Ok(Self {
            name: SlotName::parse(asked.name.trim()).map_err(at("name"))?,
            host: asked.host.trim().parse().map_err(|_| at("host")(no_address()))?,
            role: role(&or(&asked.role, "repl")).map_err(at("role"))?,
            primary: host(&or(&asked.primary, primary)).map_err(at("primary"))?,
            port: or(&asked.port, &port.to_string()).parse().map_err(|_| at("port")(no_port()))?,
            data: folder(asked.data.trim()).map_err(at("data"))?,
            client: client(asked.client.trim()).map_err(at("client"))?,
            known: match asked.known.trim() {
                "" => None,
                known => Some(TargetId::parse(known).map_err(at("known"))?),
            },
            minutes: minutes.ok_or_else(|| {
                at("minutes")(words!("A number of minutes up to 1440.", "1440 이하의 분 수를 입력하세요."))
            })?,
        })
    }
}

fn no_address() -> Words {
    words!(
        "An IP address, as the primary sees the replica: 10.0.0.5.",
        "기본 서버에서 보이는 복제본의 IP 주소를 입력하세요: 10.0.0.5.",
    )
}

fn no_port() -> Words {
    words!("A port: 1 to 65535.", "1부터 65535까지의 포트를 입력하세요.")
}

/// Names that mean the same in SQL, in `pg_hba.conf` and in a connection string without any quotes.
fn role(text: &str) -> Result<String, Words> {
    let first = |it: char| it.is_ascii_lowercase() || it == '_';
    let plain = |it: char| first(it) || it.is_ascii_digit();
    if text.len() <= 63 && text.starts_with(first) && text.chars().all(plain) && !text.starts_with("pg_") {
        return Ok(text.to_owned());
    }
    Err(words!(
        "Lower-case letters, digits and underscores, at most 63; not beginning with pg_ or a digit.",
        "영문 소문자, 숫자, 밑줄(_)로 최대 63자이며 pg_나 숫자로 시작할 수 없습니다.",
    ))
}

fn host(text: &str) -> Result<String, Words> {
    let plain = |it: char| it.is_ascii_alphanumeric() || ".-:_".contains(it);
    if text.len() <= 255 && !text.starts_with('-') && text.chars().all(plain) {
        return Ok(text.to_owned());
    }
    Err(words!("A host name or an IP address.", "호스트 이름이나 IP 주소를 입력하세요."))
}

fn folder(text: &str) -> Result<String, Words> {
    if text.len() <= 1_000 && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(words!("A path without control characters.", "제어 문자가 없는 경로를 입력하세요."))
}

/// `18`, `18.4`, or the whole line that `pg_basebackup --version` writes.
fn client(text: &str) -> Result<Option<i32>, Words> {
    if text.is_empty() {
        return Ok(None);
    }
    let number = text.split_whitespace().find(|word| word.starts_with(|it: char| it.is_ascii_digit()));
    let digits = number.unwrap_or_default().split(|it: char| !it.is_ascii_digit()).next().unwrap_or_default();
    match digits.parse() {
        Ok(major) if (9..100).contains(&major) => Ok(Some(major)),
        _ => Err(words!(
            "What pg_basebackup --version says, such as 15.",
            "pg_basebackup --version의 출력을 입력하세요. 예: 15."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Asked {
        Asked { name: "replica1".into(), host: "10.0.0.5".into(), ..Asked::default() }
    }

    #[test]
    fn what_is_left_out_is_what_most_want() {
        let replica = Replica::parse(&asked(), "db1", 5432).expect("a replica");
        assert_eq!((replica.role.as_str(), replica.primary.as_str(), replica.port), ("repl", "db1", 5432));
        assert_eq!((replica.minutes, replica.client, replica.known), (10, None, None));
    }

    #[test]
    fn nothing_that_would_need_quotes_gets_into_a_command() {
        let wrong = |change: fn(&mut Asked)| {
            let mut asked = asked();
            change(&mut asked);
            Replica::parse(&asked, "db1", 5432).expect_err("it must be refused").field.expect("a field")
        };
        assert_eq!(wrong(|it| it.name = "Replica-1".into()), "name");
        assert_eq!(wrong(|it| it.host = "replica.example".into()), "host");
        assert_eq!(wrong(|it| it.role = "repl x".into()), "role");
        assert_eq!(wrong(|it| it.role = "pg_repl".into()), "role");
        assert_eq!(wrong(|it| it.primary = "db1 user=postgres".into()), "primary");
        assert_eq!(wrong(|it| it.port = "0x15".into()), "port");
        assert_eq!(wrong(|it| it.data = "a\nb".into()), "data");
        assert_eq!(wrong(|it| it.client = "new".into()), "client");
        assert_eq!(wrong(|it| it.minutes = "-1".into()), "minutes");
    }

    #[test]
    fn the_version_is_found_in_what_the_program_says() {
        assert_eq!(client("pg_basebackup (PostgreSQL) 18.4 (Debian 18.4-1)"), Ok(Some(18)));
        assert_eq!(client("15"), Ok(Some(15)));
    }
}
