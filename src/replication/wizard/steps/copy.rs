//! What runs on the replica's machine, printed exactly and watched from here: the base backup, and the start.

use std::time::Duration;

use super::super::model::{State, Step};
use super::super::postgres::Backup;
use super::{Way, print, step};
use crate::change::Check;
use crate::text::{Words, bytes, span};
use crate::words;

/// `pg_basebackup`.
pub(super) fn backup(way: &Way) -> Step {
    let major = way.facts.about.major();
    let title = words!(
        "A base backup by pg_basebackup of PostgreSQL {major}",
        "PostgreSQL {major}의 pg_basebackup으로 베이스 백업"
    );
    let mut checks = Vec::new();
    let mut state = match (&way.facts.backup, &way.facts.seen.backup) {
        _ if way.streams().is_some() => {
            checks.push(Check::pass(words!("The replica runs on one.", "복제본이 이 백업으로 실행 중입니다.")));
            State::Done
        }
        (Some(backup), _) => {
            checks.push(Check::pass(progress(backup)));
            State::Waiting
        }
        (None, Some((backup, ago))) => {
            checks.push(ended(backup, *ago));
            State::Unknown
        }
        (None, None) => State::Todo,
    };
    if state != State::Done {
        state = client(way, major, &mut checks).unwrap_or(state);
    }
    let mut step = step("backup", title, state, checks);
    if way.streams().is_none() {
        let place =
            words!("On the replica's machine, as the account of PostgreSQL", "복제본 장비에서 PostgreSQL 계정으로");
        step.prints.push(print(place.clone(), "pg_basebackup --version"));
        step.prints.push(print(place, command(way)));
    }
    step
}

/// The command that makes the replica. Nothing in it needs quotes, except the folder.
fn command(way: &Way) -> String {
    let replica = way.replica;
    let (name, role, primary, port) = (&replica.name, &replica.role, &replica.primary, replica.port);
    // From 17 on the name of a database is kept for the copying of slots, which needs one.
    let database = if way.facts.about.major() >= 17 { " dbname=postgres" } else { "" };
    let folder = folder(&replica.data);
    format!(
        "pg_basebackup -d 'host={primary} port={port} user={role} application_name={name}{database}' -D {folder} \
         -X stream -S {name} -R -c fast -P"
    )
}

/// The folder as one word for a shell.
pub(super) fn folder(path: &str) -> String {
    if path.is_empty() { "\"$PGDATA\"".to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

fn progress(backup: &Backup) -> Words {
    let (phase, done) = (&backup.phase, bytes(backup.done));
    match backup.total {
        Some(total) => {
            let percent = (backup.done.saturating_mul(100) / total.max(1)).min(100);
            let total = bytes(total);
            words!("{percent} %: {done} of {total} ({phase}).", "{percent} %: {total} 중 {done} ({phase}).")
        }
        None => words!("{done} so far ({phase}).", "지금까지 {done} ({phase})."),
    }
}

fn ended(backup: &Backup, ago: Duration) -> Check {
    let done = bytes(backup.done);
    let Words { en, ko } = span(i64::try_from(ago.as_millis()).unwrap_or(i64::MAX));
    Check::warn(
        words!("It was seen at {done}, and ended {en} ago.", "{done}까지 진행된 뒤 {ko} 전에 끝났습니다."),
        words!("Whether it succeeded is told by pg_basebackup itself.", "성공 여부는 pg_basebackup의 출력에 나옵니다."),
    )
}

/// A newer client writes settings into the standby's configuration that its server does not know; an older one is
/// refused.
fn client(way: &Way, major: i32, checks: &mut Vec<Check>) -> Option<State> {
    let advice = words!("Use the one of PostgreSQL {major}.", "PostgreSQL {major}의 것을 사용하세요.");
    match way.replica.client {
        None => checks.push(Check::warn(
            words!(
                "The program must be of PostgreSQL {major}, like the server.",
                "프로그램은 서버와 같은 PostgreSQL {major}이어야 합니다."
            ),
            words!(
                "What its --version says can be entered in the form.",
                "--version의 출력을 양식에 입력할 수 있습니다."
            ),
        )),
        Some(client) if client == major => {
            checks.push(Check::pass(words!(
                "Your pg_basebackup is of {client}, like the server.",
                "사용할 pg_basebackup은 서버와 같은 {client}입니다."
            )));
        }
        Some(client) if client > major => {
            checks.push(Check::block(
                words!(
                    "Your pg_basebackup is of {client}, the server of {major}: -R would write options that {major} does \
                     not know. The standby would never connect, and its slot would hold WAL for ever.",
                    "사용할 pg_basebackup은 {client}, 서버는 {major}입니다. -R이 {major}이 모르는 옵션을 기록해 대기 서버가 \
                     연결되지 못하고 슬롯이 WAL을 계속 보관합니다.",
                ),
                advice,
            ));
            return Some(State::Wrong);
        }
        Some(client) => {
            checks.push(Check::block(
                words!(
                    "Your pg_basebackup is of {client}: it refuses a server of {major}.",
                    "사용할 pg_basebackup은 {client}이라 {major} 서버를 거부합니다."
                ),
                advice,
            ));
            return Some(State::Wrong);
        }
    }
    None
}

/// The start of the replica.
pub(super) fn start(way: &Way) -> Step {
    let title = words!("The replica is started", "복제본을 시작함");
    if way.streams().is_some() {
        return step("start", title, State::Done, Vec::new());
    }
    let ready = way.facts.backup.is_none() && way.facts.seen.backup.is_some();
    let state = if ready { State::Todo } else { State::Waiting };
    let mut step = step("start", title, state, Vec::new());
    let (folder, major) = (folder(&way.replica.data), way.facts.about.major());
    let place = words!("On the replica's machine, after the base backup", "베이스 백업이 끝난 뒤 복제본 장비에서");
    step.prints.push(print(place, format!("pg_ctl -D {folder} -l {folder}/start.log start")));
    let debian = words!("Or, on Debian and Ubuntu", "또는 Debian과 Ubuntu에서");
    step.prints.push(print(debian, format!("systemctl start postgresql@{major}-main")));
    step
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn a_folder_is_one_word_for_the_shell() {
        assert_eq!(folder(""), "\"$PGDATA\"");
        assert_eq!(folder("/srv/pg data"), "'/srv/pg data'");
        assert_eq!(folder("/a'; rm -rf '"), "'/a'\\''; rm -rf '\\'''");
    }
}
