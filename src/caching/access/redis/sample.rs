//! Each command of the console with arguments as it sends them, for asking whether it would be allowed.

use super::super::model::Purpose;
use crate::targets::redis::info::Product;

/// A command with arguments that it can have.
#[derive(Clone, Debug)]
pub struct Sample {
    /// As access lists name it: `get`, `config|get`.
    pub command: String,
    pub purpose: Purpose,
    /// `KEY` stands for a key.
    rest: &'static [&'static str],
}

impl Sample {
    /// The whole command for this key.
    pub fn arguments(&self, key: &str) -> Vec<String> {
        let rest = self.rest.iter().map(|it| if *it == "KEY" { key } else { it });
        self.command.split('|').chain(rest).map(str::to_owned).collect()
    }
}

/// None for what is not sent to a server that holds keys.
pub fn sample(command: &str) -> Option<Sample> {
    use Purpose::{Changing, Connecting, Looking, Reading};
    const SHA: &str = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db";
    let (purpose, rest): (Purpose, &'static [&'static str]) = match command {
        "exists" | "expiretime" | "get" | "hlen" | "llen" | "pexpiretime" | "pttl" | "scard" | "strlen" | "touch"
        | "ttl" | "type" | "xlen" | "zcard" | "memory|usage" | "object|encoding" | "object|freq"
        | "object|idletime" => (Reading, &["KEY"]),
        "getrange" | "lrange" | "zrange" => (Reading, &["KEY", "0", "1"]),
        "hscan" | "sscan" | "zscan" => (Reading, &["KEY", "0"]),
        "xrevrange" => (Reading, &["KEY", "+", "-"]),
        "persist" | "unlink" => (Changing, &["KEY"]),
        "expire" | "expireat" | "pexpire" | "pexpireat" => (Changing, &["KEY", "1"]),
        "set" => (Changing, &["KEY", "value"]),
        "evalsha" => (Changing, &[SHA, "1", "KEY"]),
        "dbsize" | "info" | "latency|latest" | "role" | "time" => (Looking, &[]),
        "scan" => (Looking, &["0"]),
        "wait" => (Looking, &["0", "0"]),
        "config|get" => (Looking, &["maxmemory"]),
        "script|exists" => (Looking, &[SHA]),
        "script|load" => (Looking, &["return 1"]),
        "cluster|myid" | "cluster|shards" | "cluster|slots" => (Looking, &[]),
        "cluster|keyslot" => (Looking, &["key"]),
        "acl|whoami" => (Looking, &[]),
        "acl|dryrun" => (Looking, &["default", "ping"]),
        "asking" | "hello" | "ping" | "readonly" | "client|getname" | "client|id" => (Connecting, &[]),
        "auth" => (Connecting, &["password"]),
        "select" => (Connecting, &["0"]),
        "client|no-touch" => (Connecting, &["on"]),
        "client|setname" => (Connecting, &["outgrow"]),
        "client|setinfo" => (Connecting, &["lib-name", "outgrow"]),
        _ => return None,
    };
    Some(Sample { command: command.to_owned(), purpose, rest })
}

/// Whether such a server knows the command. An access list that names one that it does not know is refused as a whole.
pub fn exists(command: &str, product: Product, version: Option<(u32, u32)>) -> bool {
    let since = match command {
        "client|no-touch" | "client|setinfo" => (7, 2),
        "acl|dryrun" | "cluster|shards" | "expiretime" | "pexpiretime" => (7, 0),
        _ => return true,
    };
    // Valkey began with what Redis 7.2 knew.
    product == Product::Valkey || version.is_none_or(|version| version >= since)
}
