//! The replica set that is to become a shard, as `addShard` wants it.

use serde::{Deserialize, Serialize};

use crate::text::Words;
use crate::words;

/// `set/host:port,host:port`. A standalone server cannot be a shard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReplicaSet {
    name: String,
    /// At least one, each with its port, none twice.
    hosts: Vec<String>,
}

impl ReplicaSet {
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        let text = text.trim();
        let Some((name, members)) = text.split_once('/') else {
            return Err(words!(
                "Write the name of the replica set and its members: set/host:27018,host:27018. A standalone server cannot be a shard.",
                "복제 세트 이름과 멤버를 set/host:27018,host:27018 형식으로 입력하세요. 단독 서버는 샤드가 될 수 없습니다.",
            ));
        };
        if !is_plain(name) {
            return Err(words!("“{name}” is no name of a replica set.", "“{name}”은(는) 복제 세트 이름이 아닙니다."));
        }
        let mut hosts: Vec<String> = Vec::new();
        for member in members.split(',') {
            let host = host(member.trim())?;
            if hosts.contains(&host) {
                return Err(words!("{host} stands there twice.", "{host}이(가) 두 번 있습니다."));
            }
            hosts.push(host);
        }
        let local = hosts.iter().filter(|host| is_local(host)).count();
        if local > 0 && local < hosts.len() {
            return Err(words!(
                "localhost and real names are mixed: the other servers would take localhost for themselves.",
                "localhost와 실제 이름이 섞여 있습니다. 다른 서버는 localhost를 자기 자신으로 압니다.",
            ));
        }
        if hosts.len() > 50 {
            return Err(words!("A replica set has at most 50 members.", "복제 세트의 멤버는 최대 50개입니다."));
        }
        Ok(Self { name: name.to_owned(), hosts })
    }

    /// The name of the replica set.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Each as `host:port`, in lower case.
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// Whether its members are named as each sees itself.
    pub fn is_local(&self) -> bool {
        self.hosts.iter().any(|host| is_local(host))
    }
}

/// Whether `host:port` names the machine that reads it.
pub fn is_local(host: &str) -> bool {
    host.starts_with("localhost:") || host.starts_with("127.") || host.starts_with("[::1]:")
}

/// Names of shards: at most 128 bytes, and such as anybody can type.
///
/// # Errors
/// The rule that the text breaks.
pub fn shard_name(text: &str) -> Result<String, Words> {
    let text = text.trim();
    if text.is_empty() || text.len() > 128 || text.chars().any(|it| it.is_control() || it.is_whitespace()) {
        return Err(words!(
            "The name of a shard has 1 to 128 bytes and no spaces.",
            "샤드 이름은 1~128바이트이며 공백을 쓸 수 없습니다.",
        ));
    }
    Ok(text.to_owned())
}

fn host(text: &str) -> Result<String, Words> {
    let (name, port) = text.rsplit_once(':').unwrap_or((text, "27018"));
    let (name, port_number) = match text.ends_with(']') {
        // An address of IPv6 without a port.
        true => (text, Some(27018)),
        false => (name, port.parse::<u16>().ok().filter(|port| *port > 0)),
    };
    let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let fits = match bare {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => is_plain(name),
    };
    match port_number {
        Some(port) if fits => Ok(format!("{}:{port}", name.to_ascii_lowercase())),
        _ => Err(words!("“{text}” is no host:port.", "“{text}”은(는) host:port 형식이 아닙니다.")),
    }
}

fn is_plain(text: &str) -> bool {
    let mut characters = text.chars();
    let fits = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
    text.len() <= 253 && characters.next().is_some_and(|it| it.is_ascii_alphanumeric()) && characters.all(fits)
}

impl TryFrom<String> for ReplicaSet {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|rule| rule.en)
    }
}

impl From<ReplicaSet> for String {
    fn from(set: ReplicaSet) -> Self {
        set.to_string()
    }
}

impl std::fmt::Display for ReplicaSet {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}/{}", self.name, self.hosts.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, String> {
        ReplicaSet::parse(text).map(|set| set.to_string()).map_err(|rule| rule.en)
    }

    #[test]
    fn a_replica_set_is_read_with_its_members() {
        assert_eq!(
            parsed(" rs3/Db1.example:27018, db2.example:27019 ").as_deref(),
            Ok("rs3/db1.example:27018,db2.example:27019")
        );
        assert_eq!(parsed("rs/[::1]:27018").as_deref(), Ok("rs/[::1]:27018"));
    }

    #[test]
    fn a_member_without_a_port_has_the_one_of_shards() {
        assert_eq!(parsed("rs/db1").as_deref(), Ok("rs/db1:27018"));
        assert_eq!(parsed("rs/[::1]").as_deref(), Ok("rs/[::1]:27018"));
    }

    #[test]
    fn what_is_no_replica_set_is_told_with_its_rule() {
        let rule = |text: &str| parsed(text).expect_err(text);
        assert!(rule("db1:27018").contains("standalone"));
        assert!(rule("rs/").contains("no host:port"));
        assert!(rule("rs/a:1,a:1").contains("twice"));
        assert!(rule("rs/a:0").contains("no host:port"));
        assert!(rule("rs/a:65536").contains("no host:port"));
        assert!(rule("r s/a:1").contains("no name"));
        assert!(rule("rs/a b:1").contains("no host:port"));
        assert!(rule("rs/localhost:1,db2:1").contains("mixed"));
        assert!(rule("rs/mongodb://a:1").contains("no host:port"));
    }

    #[test]
    fn a_shard_may_have_any_name_that_can_be_typed() {
        assert_eq!(shard_name(" third ").as_deref(), Ok("third"));
        assert!(shard_name("").is_err() && shard_name("a b").is_err() && shard_name(&"x".repeat(129)).is_err());
    }
}
