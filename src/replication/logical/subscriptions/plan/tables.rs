//! The tables at both ends: there, with all columns, and empty.

use crate::change::Check;
use crate::replication::logical::model::few;
use crate::replication::logical::subscriptions::model::Creation;
use crate::replication::logical::subscriptions::postgres::{PublisherFacts, SubscriberFacts};
use crate::words;

pub(super) fn exist(creation: &Creation, publisher: &PublisherFacts, subscriber: &SubscriberFacts) -> Vec<Check> {
    let missing: Vec<String> =
        subscriber.tables.iter().filter(|(_, local)| local.is_none()).map(|(name, _)| name.to_string()).collect();
    let mut checks = Vec::new();
    if !missing.is_empty() {
        let names = few(&missing, 5);
        let line = dump_line(creation, publisher, &missing);
        let found = words!("Not there at the subscriber: {names}.", "구독 서버에 없음: {names}.");
        checks.push(Check::block(found, words!("Copy the schema first: {line}", "먼저 스키마를 복사하세요: {line}")));
    }
    let lacking: Vec<String> = publisher
        .tables
        .iter()
        .zip(&subscriber.tables)
        .filter_map(|(there, (name, here))| {
            let here = here.as_ref()?;
            let columns: Vec<String> =
                there.columns.iter().filter(|column| !here.columns.contains(column)).cloned().collect();
            (!columns.is_empty()).then(|| format!("{name} ({})", columns.join(", ")))
        })
        .collect();
    if !lacking.is_empty() {
        let names = few(&lacking, 5);
        checks.push(Check::block(
            words!("Columns are missing at the subscriber: {names}.", "구독 서버에 없는 컬럼: {names}."),
            words!(
                "Add them there, or the subscription stops at the first row.",
                "그쪽에 추가하세요. 아니면 첫 행에서 구독이 멈춥니다."
            ),
        ));
    }
    if checks.is_empty() {
        let count = subscriber.tables.len();
        checks.push(Check::pass(words!(
            "Every table is there at the subscriber, with all columns ({count} in all).",
            "테이블 {count}개가 모든 컬럼과 함께 구독 서버에 있습니다."
        )));
    }
    checks
}

/// What copies the definitions of the tables, by the program of the newer of both versions.
fn dump_line(creation: &Creation, publisher: &PublisherFacts, tables: &[String]) -> String {
    let to = &creation.publisher;
    let all = if tables.len() > 20 {
        " # …".to_owned()
    } else {
        tables.iter().map(|table| format!(" -t {}", shell(table))).collect()
    };
    let (host, port, user) = (shell(&to.host), to.port, shell(to.user.as_str()));
    let (database, here) = (shell(to.database.as_str()), shell(creation.database.as_str()));
    let major = publisher.about.major();
    format!("pg_dump -s -h {host} -p {port} -U {user} -d {database}{all} | psql -d {here}   (pg_dump {major} or later)")
}

/// A word that a shell reads as it stands.
fn shell(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

pub(super) fn are_empty(creation: &Creation, subscriber: &SubscriberFacts) -> Option<Check> {
    let full: Vec<String> = subscriber
        .tables
        .iter()
        .filter(|(_, local)| local.as_ref().is_some_and(|local| local.has_rows))
        .map(|(name, _)| name.to_string())
        .collect();
    let names = few(&full, 5);
    (creation.copy_data && !full.is_empty()).then(|| {
        Check::warn(
            words!("These tables hold rows already: {names}.", "이미 행이 있는 테이블: {names}."),
            words!(
                "The copy adds to them, and stops at the first row whose key is there. Empty them first, or do not copy.",
                "복사는 행을 추가하며 같은 키를 만나면 멈춥니다. 먼저 비우거나 복사하지 마세요.",
            ),
        )
    })
}
