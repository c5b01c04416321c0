//! The commands that this console sends to Redis and Valkey, in one list. What is not in it cannot be sent, whoever asks:
//! nothing that walks all keys at once, empties a database, listens to everybody or stops the server is here.

use redis::{Arg, Cmd, ErrorKind, Pipeline, RedisError};

/// Commands of one word.
const COMMANDS: [&str; 41] = [
    "ASKING",
    "AUTH",
    "DBSIZE",
    "EVALSHA",
    "EXISTS",
    "EXPIRE",
    "EXPIREAT",
    "EXPIRETIME",
    "GET",
    "GETRANGE",
    "HELLO",
    "HLEN",
    "HSCAN",
    "INFO",
    "LLEN",
    "LRANGE",
    "PERSIST",
    "PEXPIRE",
    "PEXPIREAT",
    "PEXPIRETIME",
    "PING",
    "PTTL",
    "READONLY",
    "ROLE",
    "SCAN",
    "SCARD",
    "SELECT",
    "SET",
    "SSCAN",
    "STRLEN",
    "TIME",
    "TTL",
    "TYPE",
    "UNLINK",
    "WAIT",
    "XLEN",
    "XREVRANGE",
    "ZCARD",
    "ZRANGE",
    "ZSCAN",
    "TOUCH",
];

/// Commands of two words, of which the first alone says nothing.
const SUBCOMMANDS: [(&str, &str); 21] = [
    ("ACL", "DRYRUN"),
    ("ACL", "WHOAMI"),
    ("CLIENT", "GETNAME"),
    ("CLIENT", "ID"),
    ("CLIENT", "NO-TOUCH"),
    ("CLIENT", "SETINFO"),
    ("CLIENT", "SETNAME"),
    ("CLUSTER", "KEYSLOT"),
    ("CLUSTER", "MYID"),
    ("CLUSTER", "SHARDS"),
    ("CLUSTER", "SLOTS"),
    ("CONFIG", "GET"),
    ("LATENCY", "LATEST"),
    ("MEMORY", "USAGE"),
    ("OBJECT", "ENCODING"),
    ("OBJECT", "FREQ"),
    ("OBJECT", "IDLETIME"),
    ("SCRIPT", "EXISTS"),
    ("SCRIPT", "LOAD"),
    ("SENTINEL", "GET-MASTER-ADDR-BY-NAME"),
    ("SENTINEL", "SENTINELS"),
];

/// A look at keys blocks the server for as long as it lasts: 0.7 ms for 1,000 keys, 8 to 17 ms for 10,000.
const MOST_AT_ONCE: u64 = 1_000;

/// All that can be sent, as access lists name it: `get`, `config|get`.
pub fn names() -> impl Iterator<Item = String> {
    let words = COMMANDS.iter().map(|name| name.to_ascii_lowercase());
    words.chain(SUBCOMMANDS.iter().map(|(name, second)| format!("{name}|{second}").to_ascii_lowercase()))
}

/// Whether a server that names this speaks of a command of ours. Older ones name the first word only.
pub(super) fn is_named(command: &str) -> bool {
    names().any(|it| it == command || it.split_once('|').is_some_and(|(first, _)| first == command))
}

/// Whether the console may send this.
///
/// # Errors
/// A client error that names the command, where it may not.
pub(super) fn check(command: &Cmd) -> Result<(), RedisError> {
    let mut arguments = command.args_iter();
    let name = word(arguments.next());
    let allowed = COMMANDS.contains(&name.as_str()) || {
        let second = word(arguments.next());
        SUBCOMMANDS.contains(&(name.as_str(), second.as_str()))
    };
    let fits = match name.as_str() {
        "SCAN" => is_small(command),
        "EXPIRE" | "PEXPIRE" | "EXPIREAT" | "PEXPIREAT" => lets_live(command),
        _ => true,
    };
    if allowed && fits { Ok(()) } else { Err(refused(&name)) }
}

/// As [`check`], for all of a pipeline.
///
/// # Errors
/// As [`check`].
pub(super) fn check_all(pipe: &Pipeline) -> Result<(), RedisError> {
    pipe.cmd_iter().try_for_each(check)
}

fn word(argument: Option<Arg<&[u8]>>) -> String {
    match argument {
        Some(Arg::Simple(bytes)) => String::from_utf8_lossy(bytes).to_ascii_uppercase(),
        _ => String::new(),
    }
}

/// Whether a look takes few keys at once.
fn is_small(scan: &Cmd) -> bool {
    let arguments: Vec<String> = scan.args_iter().map(|it| word(Some(it))).collect();
    let counts = arguments.iter().zip(arguments.iter().skip(1)).skip(1).filter(|(name, _)| *name == "COUNT");
    counts.map(|(_, count)| count.parse().unwrap_or(u64::MAX)).all(|count: u64| count <= MOST_AT_ONCE)
}

/// Whether what gives a key its end is a whole number above zero: with zero or less servers delete the key and answer
/// 1 to it.
fn lets_live(command: &Cmd) -> bool {
    word(command.args_iter().nth(2)).parse::<i64>().is_ok_and(|time| time > 0)
}

fn refused(name: &str) -> RedisError {
    let name: String = name.chars().filter(char::is_ascii_graphic).take(40).collect();
    RedisError::from((ErrorKind::Client, "this console never sends such a command", name))
}

#[cfg(test)]
mod tests {
    use redis::cmd;

    use super::*;

    #[test]
    fn what_harms_a_server_is_never_sent() {
        for name in
            ["KEYS", "flushall", "FLUSHDB", "MONITOR", "DEBUG", "SHUTDOWN", "EVAL", "SORT", "SMEMBERS", "RESTORE"]
        {
            assert!(check(cmd(name).arg("*")).is_err(), "{name} must not be sent");
        }
        for (name, second) in [("CONFIG", "SET"), ("CONFIG", "RESETSTAT"), ("CLIENT", "KILL"), ("SCRIPT", "FLUSH")] {
            assert!(check(cmd(name).arg(second)).is_err(), "{name} {second} must not be sent");
        }
        assert!(check(cmd("CONFIG").arg("GET").arg("maxmemory")).is_ok());
        assert!(check(cmd("pttl").arg("a")).is_ok());
    }

    #[test]
    fn a_look_takes_a_thousand_keys_at_most() {
        assert!(check(cmd("SCAN").arg(0).arg("MATCH").arg("*").arg("COUNT").arg(1_000)).is_ok());
        assert!(check(cmd("SCAN").arg(0).arg("count").arg(1_001)).is_err());
        assert!(check(cmd("SCAN").arg(0).arg("COUNT").arg("many")).is_err());
    }

    #[test]
    fn a_time_to_live_that_would_delete_the_key_is_never_sent() {
        for name in ["EXPIRE", "pexpire", "EXPIREAT", "PEXPIREAT"] {
            for bad in ["0", "-1", "", "NaN", "1.5", "99999999999999999999"] {
                assert!(check(cmd(name).arg("a").arg(bad)).is_err(), "{name} a {bad} must not be sent");
            }
            assert!(check(cmd(name).arg("a")).is_err(), "{name} without a time must not be sent");
            assert!(check(cmd(name).arg("a").arg(1).arg("XX")).is_ok(), "{name}");
        }
    }

    #[test]
    fn one_command_that_may_not_be_sent_keeps_the_whole_pipeline_back() {
        let mut pipe = redis::pipe();
        pipe.cmd("GET").arg("a").cmd("FLUSHDB");
        assert!(check_all(&pipe).is_err());
    }
}
