//! Whether the server lets the replica in: its rules, and the addresses that it listens on.

use std::net::IpAddr;

use super::super::hba::{Judgement, judge, missing_line};
use super::super::model::{Print, State, Step};
use super::super::postgres::Hba;
use super::{Way, asking, print, step};
use crate::change::Check;
use crate::words;

/// `pg_hba.conf`.
pub(super) fn hba(way: &Way) -> Step {
    let (role, host) = (&way.replica.role, way.replica.host);
    let title = words!("pg_hba.conf lets {role} in from {host}", "pg_hba.conf가 {host}의 {role}을(를) 허용함");
    if way.streams().is_some() {
        return step("hba", title, State::Done, vec![Check::pass(words!("It is in.", "연결되어 있습니다."))]);
    }
    match &way.facts.hba {
        Hba::NoPermission => {
            let name = crate::replication::sql::identifier(&way.facts.about.role.name);
            let check = Check::warn(
                words!(
                    "The console's role may not read the rules: no permission.",
                    "콘솔 역할에 규칙을 읽을 권한이 없습니다."
                ),
                words!(
                    "Add the line if it is not there, or grant: GRANT SELECT ON pg_hba_file_rules TO {name}; \
                     GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO {name};",
                    "없다면 줄을 추가하거나 권한을 주세요: GRANT SELECT ON pg_hba_file_rules TO {name}; \
                     GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO {name};",
                ),
            );
            let mut step = step("hba", title, State::Unknown, vec![check]);
            step.prints.push(line(way));
            step.links.push(way.own(words!("Read it again…", "다시 읽기…"), "reload"));
            step
        }
        Hba::Rules { rules, newer } => judged(way, title, judge(rules, &asking(way.replica, way.facts)), *newer),
    }
}

fn judged(way: &Way, title: crate::text::Words, judgement: Judgement, newer: Option<bool>) -> Step {
    let add = words!("Add this line to the file:", "파일에 다음 줄을 추가하세요:");
    let (state, check) = match judgement {
        Judgement::Accepted { line, method } => return accepted(way, title, line, &method, newer),
        Judgement::Missing => (
            State::Todo,
            Check::block(
                words!(
                    "No line is for it. “all” as a database does not mean replication.",
                    "해당하는 줄이 없습니다. 데이터베이스 자리의 “all”은 복제를 뜻하지 않습니다.",
                ),
                add,
            ),
        ),
        Judgement::Rejected { line } => (
            State::Wrong,
            Check::block(
                words!(
                    "Line {line} rejects it, and the first line that fits decides.",
                    "{line}번째 줄이 거부하며, 먼저 맞는 줄이 적용됩니다."
                ),
                words!("Put this before line {line}:", "{line}번째 줄 앞에 다음을 넣으세요:"),
            ),
        ),
        Judgement::Unclear { line } => (
            State::Unknown,
            Check::warn(
                words!(
                    "Line {line} decides by a host name or a pattern, which is not resolved here.",
                    "{line}번째 줄은 호스트 이름이나 패턴으로 판단하므로 여기서 확인할 수 없습니다."
                ),
                words!("To be sure, put this before it:", "확실히 하려면 그 앞에 다음을 넣으세요:"),
            ),
        ),
        Judgement::Broken { line, error } => (
            State::Wrong,
            Check::block(
                words!(
                    "Line {line} cannot be read by the server: {error}.",
                    "{line}번째 줄을 서버가 읽을 수 없습니다: {error}."
                ),
                words!(
                    "Correct it: until then the old rules stay. The line needed:",
                    "고치세요. 그 전에는 이전 규칙이 유지됩니다. 필요한 줄:"
                ),
            ),
        ),
    };
    let mut step = step("hba", title, state, vec![check]);
    step.prints.push(line(way));
    step
}

/// The file lets it in. That helps only once the server has read it.
fn accepted(way: &Way, title: crate::text::Words, line: i32, method: &str, newer: Option<bool>) -> Step {
    let mut checks = vec![match method {
        "trust" => Check::warn(
            words!("Line {line} lets it in without a password.", "{line}번째 줄이 암호 없이 허용합니다."),
            words!("Use scram-sha-256 instead.", "scram-sha-256을 쓰세요."),
        ),
        _ => Check::pass(words!("Line {line} lets it in ({method}).", "{line}번째 줄이 허용합니다({method}).")),
    }];
    let state = match newer {
        Some(false) => State::Done,
        Some(true) => {
            checks.push(Check::warn(
                words!(
                    "The file was written after the server last read it.",
                    "서버가 마지막으로 읽은 뒤 파일이 바뀌었습니다."
                ),
                words!("Have it read again.", "다시 읽게 하세요."),
            ));
            State::Todo
        }
        None => {
            checks.push(Check::warn(
                words!(
                    "Whether the server has read the file since it was written is not visible.",
                    "파일이 바뀐 뒤 서버가 읽었는지 볼 수 없습니다."
                ),
                words!("If you have edited it, have it read again.", "수정했다면 다시 읽게 하세요."),
            ));
            State::Done
        }
    };
    let mut step = step("hba", title, state, checks);
    if newer != Some(false) {
        step.links.push(way.own(words!("Read it again…", "다시 읽기…"), "reload"));
    }
    step
}

fn line(way: &Way) -> Print {
    let file = way.facts.text("hba_file");
    let file = if file.is_empty() { "pg_hba.conf" } else { file };
    print(
        words!("{file} on the primary", "기본 서버의 {file}"),
        missing_line(&way.replica.role, way.replica.host, "scram-sha-256"),
    )
}

/// `listen_addresses`.
pub(super) fn listen(way: &Way) -> Step {
    let primary = &way.replica.primary;
    let title = words!("The server listens where the replica connects", "복제본이 연결하는 주소에서 서버가 수신함");
    let listens = way.facts.text("listen_addresses");
    let found = words!("listen_addresses is {listens}.", "listen_addresses는 {listens}입니다.");
    if way.streams().is_none() && is_loopback(primary) && !way.replica.host.is_loopback() {
        let host = way.replica.host;
        let itself = Check::block(
            words!("From {host}, {primary} is that machine itself.", "{host}에서 {primary}은(는) 그 장비 자신입니다."),
            words!(
                "Enter the primary's own address in the form below.",
                "아래 양식에 기본 서버의 실제 주소를 입력하세요."
            ),
        );
        return step("listen", title, State::Wrong, vec![itself]);
    }
    if way.streams().is_some() || hears(listens, primary, way.replica.host) {
        return step("listen", title, State::Done, vec![Check::pass(found)]);
    }
    let advice = words!(
        "The replica reaches {primary} only if the server listens there. Run this, then restart the server:",
        "서버가 {primary}에서 수신해야 복제본이 연결됩니다. 다음을 실행한 뒤 서버를 다시 시작하세요:",
    );
    let mut step = step("listen", title, State::Todo, vec![Check::block(found, advice)]);
    step.prints.push(print(
        words!("psql on the primary, as a superuser", "기본 서버의 psql, 슈퍼유저로"),
        "ALTER SYSTEM SET listen_addresses = '*';",
    ));
    step
}

fn is_loopback(text: &str) -> bool {
    text == "localhost" || text.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

/// A name may stand for any address, so only loopback alone is known to be too little.
fn hears(listens: &str, primary: &str, replica: IpAddr) -> bool {
    let mut listens = listens.split(',').map(str::trim).filter(|it| !it.is_empty());
    let is_name = |text: &str| text.parse::<IpAddr>().is_err();
    listens.any(|it| {
        if is_loopback(it) {
            return is_loopback(primary) && replica.is_loopback();
        }
        ["*", "0.0.0.0", "::", primary].contains(&it) || is_name(it) || is_name(primary)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_heard_only_on_the_same_machine() {
        let there: IpAddr = "10.0.0.5".parse().expect("an address");
        let here: IpAddr = "127.0.0.1".parse().expect("an address");
        assert!(hears("*", "10.0.0.1", there));
        assert!(hears("localhost, 10.0.0.1", "10.0.0.1", there));
        assert!(!hears("localhost", "10.0.0.1", there));
        assert!(!hears("localhost", "localhost", there));
        assert!(!hears("10.0.0.2", "10.0.0.1", there));
        assert!(hears("10.0.0.2", "db1.example", there), "the name may stand for it");
        assert!(hears("127.0.0.1", "127.0.0.1", here));
        assert!(!hears("", "127.0.0.1", here));
    }
}
