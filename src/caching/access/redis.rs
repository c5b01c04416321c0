//! Asks a server what the console's user may do, command by command of the list of all that is sent, without doing any
//! of it.

pub mod sample;

use redis::{Value, cmd, pipe};

use self::sample::{Sample, exists, sample};
use super::model::{Access, Row};
use crate::auth::session::{Authorized, Reads};
use crate::error::AppError;
use crate::targets::model::TargetKind;
use crate::targets::redis::info::{Info, Product};
use crate::targets::redis::{allowed_commands, vector, with};
use crate::targets::registry::Entry;
use crate::text::Words;
use crate::words;

/// What the console's user may do with keys of this prefix, and the access list that allows it all.
///
/// # Errors
/// `NotFound` when there is no such target; else when it does not answer.
pub async fn access(who: &Authorized<Reads>, target: &str, prefix: &str) -> Result<Access, AppError> {
    let entry = who.state().registry.find(target, TargetKind::Redis)?;
    of_entry(&entry, prefix).await
}

/// As [`access`].
pub(super) async fn of_entry(entry: &Entry, prefix: &str) -> Result<Access, AppError> {
    let info = info(entry).await?;
    let user = whoami(entry).await?;
    let samples: Vec<Sample> = match &info {
        Some(info) => needed(info.product(), info.version()),
        None => needed(Product::Redis, None),
    };
    let (answers, unknown) = match &user {
        Some(user) => ask(entry, user, &samples, prefix).await?,
        None => (
            vec![None; samples.len()],
            words!("The server does not tell the console who it is.", "서버가 콘솔의 사용자를 알려주지 않습니다."),
        ),
    };
    let as_user = user.as_deref().filter(|user| *user != "default").unwrap_or("outgrow");
    let rows = samples.iter().zip(answers).map(|(sample, allowed)| row(sample, allowed, as_user, prefix)).collect();
    let version = info.as_ref().and_then(Info::version);
    let has_lists = info.as_ref().is_none_or(|info| info.product() == Product::Valkey || version >= Some((6, 0)));
    let tells_reading = info.as_ref().is_some_and(|info| info.product() == Product::Valkey || version >= Some((7, 0)));
    Ok(Access {
        server: info.as_ref().map_or_else(|| "Redis".to_owned(), server),
        replica: info.as_ref().is_some_and(|info| info.get("role") == Some("slave")),
        unknown,
        rows,
        template: if has_lists { line(as_user, &rules(&samples, prefix, false)) } else { String::new() },
        reading: if tells_reading { line(as_user, &rules(&samples, prefix, true)) } else { String::new() },
        user,
    })
}

/// The rules that allow these commands for keys of this prefix, and nothing else.
pub(super) fn rules(samples: &[Sample], prefix: &str, only_reading: bool) -> Vec<String> {
    let keys = if only_reading { format!("%R~{}*", escaped(prefix)) } else { format!("~{}*", escaped(prefix)) };
    let commands = samples.iter().filter(|it| !(only_reading && it.purpose == super::model::Purpose::Changing));
    // Whoever may not log in cannot be refused AUTH, which no list can take away.
    let commands = commands.filter(|it| it.command != "auth").map(|it| format!("+{}", it.command));
    ["resetkeys".to_owned(), keys, "resetchannels".to_owned(), "-@all".to_owned()].into_iter().chain(commands).collect()
}

/// All that the console may send to such a server, sorted by purpose. Without a version, what the newest know.
pub(super) fn needed(product: Product, version: Option<(u32, u32)>) -> Vec<Sample> {
    let known = allowed_commands().filter(|command| exists(command, product, version));
    let mut samples: Vec<Sample> = known.filter_map(|command| sample(&command)).collect();
    samples.sort_by(|one, other| (one.purpose, &one.command).cmp(&(other.purpose, &other.command)));
    samples
}

fn line(user: &str, rules: &[String]) -> String {
    // Who types it puts a password of theirs there; `resetpass` would keep everybody out until then.
    let head = ["ACL", "SETUSER", user, "on", ">PASSWORD"].map(|it| it.to_owned());
    let words: Vec<String> = head.iter().chain(rules).map(|it| shown(it)).collect();
    words.join(" ")
}

/// An argument as redis-cli reads it. The signs of rules need no quotes there.
fn shown(argument: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-:.@/*+~%>|{}".contains(&byte);
    if argument.bytes().all(plain) { argument.to_owned() } else { vector::typed(argument.as_bytes()) }
}

fn row(sample: &Sample, allowed: Option<bool>, user: &str, prefix: &str) -> Row {
    let mut rules = vec![format!("+{}", sample.command)];
    if sample.purpose.takes_key() {
        rules.insert(0, format!("~{}*", escaped(prefix)));
    }
    let words = ["ACL", "SETUSER", user].into_iter().chain(rules.iter().map(String::as_str)).map(shown);
    let line = if allowed == Some(false) { words.collect::<Vec<_>>().join(" ") } else { String::new() };
    Row { command: sample.command.clone(), purpose: sample.purpose, allowed, line }
}

/// A prefix in which no sign is taken for a pattern's.
fn escaped(prefix: &str) -> String {
    let special = |it: char| if "*?[]\\".contains(it) { vec!['\\', it] } else { vec![it] };
    prefix.chars().flat_map(special).collect()
}

fn server(info: &Info) -> String {
    let version = info.version().map(|(major, minor)| format!(" {major}.{minor}")).unwrap_or_default();
    format!("{}{version}", info.product().name())
}

/// None where the user may not ask.
async fn info(entry: &Entry) -> Result<Option<Info>, AppError> {
    tolerated(entry, &["INFO"]).await.map(|told| told.map(|text| Info::parse(&text)))
}

async fn whoami(entry: &Entry) -> Result<Option<String>, AppError> {
    tolerated(entry, &["ACL", "WHOAMI"]).await
}

/// What the server answers, or none where it refuses.
async fn tolerated(entry: &Entry, arguments: &[&str]) -> Result<Option<String>, AppError> {
    let request = vector::request(arguments);
    with(entry, |mut link| async move {
        match link.ask::<String>(&request).await {
            Err(error) if error.code().is_some() => Ok(None),
            answer => answer.map(Some),
        }
    })
    .await
}

type Answers = (Vec<Option<bool>>, Words);

/// Asks for each command with arguments as the console sends it, all at once.
async fn ask(entry: &Entry, user: &str, samples: &[Sample], prefix: &str) -> Result<Answers, AppError> {
    let mut all = pipe();
    all.ignore_errors();
    for sample in samples {
        let mut dry = cmd("ACL");
        dry.arg("DRYRUN").arg(user).arg(sample.arguments(&format!("{prefix}key")));
        all.add_command(dry);
    }
    let answers: Vec<Value> = with(entry, |mut link| async move { link.ask_all(&all).await }).await?;
    let refused = answers.iter().find_map(|answer| match answer {
        Value::ServerError(error) => Some(error.code().to_owned()),
        _ => None,
    });
    let known: Vec<Option<bool>> = answers.iter().map(allowed).collect();
    let unknown = match refused.as_deref() {
        _ if known.iter().any(Option::is_some) => Words::default(),
        Some("NOPERM") => words!(
            "The console's user may not ask what it may do. This line lets it: ACL SETUSER {user} +acl|dryrun",
            "콘솔 사용자에 자기 권한을 물어볼 권한이 없습니다. 다음으로 허용하세요: ACL SETUSER {user} +acl|dryrun"
        ),
        _ => words!(
            "This server cannot be asked what a user may do: ACL DRYRUN is there from Redis 7.0 and in Valkey.",
            "이 서버에는 권한을 물어볼 수 없습니다. ACL DRYRUN은 Redis 7.0부터, 그리고 Valkey에 있습니다."
        ),
    };
    Ok((known, unknown))
}

/// It says OK, or in words what is missing.
fn allowed(answer: &Value) -> Option<bool> {
    match answer {
        Value::Okay => Some(true),
        Value::SimpleString(text) => Some(text == "OK"),
        Value::BulkString(_) | Value::VerbatimString { .. } => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_patterns_stand_for_themselves_in_a_prefix() {
        assert_eq!(escaped(":1:a*[b]?"), r":1:a\*\[b\]\?");
    }

    #[test]
    fn every_command_of_the_list_has_an_example() {
        for command in allowed_commands() {
            let known = sample(&command).is_some() || command.starts_with("sentinel|");
            assert!(known, "{command} needs a line in caching/access/redis/sample.rs");
        }
    }

    #[test]
    fn a_template_allows_the_list_and_nothing_else() {
        let samples = needed(Product::Redis, Some((7, 0)));
        let all = rules(&samples, "app:", false);
        assert_eq!(all[..4], ["resetkeys", "~app:*", "resetchannels", "-@all"]);
        assert!(all[4..].iter().all(|rule| rule.starts_with('+') && !rule.contains('@')));
        for never in
            ["+keys", "+flushall", "+flushdb", "+config", "+config|set", "+monitor", "+eval", "+client|no-touch"]
        {
            assert!(!all.iter().any(|rule| rule == never), "{never}");
        }
        let reading = rules(&samples, "app:", true);
        assert!(reading.contains(&"%R~app:*".to_owned()) && !reading.contains(&"+set".to_owned()));
    }
}
