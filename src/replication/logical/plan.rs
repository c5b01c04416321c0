//! The steps of a logical copy: what is there already at both ends, and what comes next.

use std::sync::Arc;

use super::model::{Name, Progress, Step, Way};
use super::subscriptions::model::form::SubscriptionForm;
use super::subscriptions::model::{Change, Creation};
use super::subscriptions::postgres::{Existing, Facts, PublisherFacts, Subscriptions, existing, known};
use crate::change::Verdict;
use crate::error::AppError;
use crate::replication::server::Server;
use crate::targets::registry::Entry;
use crate::text::{Words, bytes, url_text};
use crate::words;

/// Looks at both ends.
///
/// # Errors
/// `Invalid` at the field that cannot be used; else what the servers answer.
pub async fn steps(server: Server, peers: Vec<Arc<Entry>>, way: &Way) -> Result<Vec<Step>, AppError> {
    let Some(publisher) = known(&peers, &way.publisher) else {
        return Err(AppError::invalid("publisher", words!("Choose the publisher.", "발행 서버를 선택하세요.")));
    };
    let form = SubscriptionForm {
        action: "create_subscription".into(),
        name: way.name.clone(),
        publisher: way.publisher.clone(),
        publisher_database: way.publisher_database.clone(),
        publications: way.publication.clone(),
        user: way.user.clone(),
        ..SubscriptionForm::default()
    };
    let database = super::postgres::database_of(&server, &way.database);
    let change = form.parse(server.target().clone(), &database, Some(&publisher))?;
    let Change::CreateSubscription(creation) = change else { return Ok(Vec::new()) };
    let there = existing(&server, &peers, &creation.database, &creation.name).await?;
    let engine = Subscriptions::of(server, peers, "");
    let facts = engine.facts(&creation, true).await?;
    let far = match &facts.publisher {
        Some(Ok(far)) => far,
        Some(Err(error)) => return Err(error.clone()),
        None => return Ok(Vec::new()),
    };
    let looked = Looked { way, database: &database, creation: &creation, facts: &facts, far, there: there.as_ref() };
    Ok(in_order(vec![
        looked.level(),
        looked.publication(),
        looked.role(),
        looked.schema(),
        looked.subscription(),
        looked.copy(),
    ]))
}

/// Only the first step that is not done is to be done now.
fn in_order(mut steps: Vec<Step>) -> Vec<Step> {
    let mut before = true;
    for step in &mut steps {
        if step.progress == Progress::Now && !before {
            step.progress = Progress::Later;
        }
        before &= step.progress == Progress::Done;
    }
    steps
}

struct Looked<'a> {
    way: &'a Way,
    database: &'a str,
    creation: &'a Creation,
    facts: &'a Facts,
    far: &'a PublisherFacts,
    there: Option<&'a Existing>,
}

const fn done(holds: bool) -> Progress {
    if holds { Progress::Done } else { Progress::Now }
}

impl Looked<'_> {
    fn level(&self) -> Step {
        let (level, server) = (&self.far.about.wal_level, &self.far.name);
        let target = &self.way.publisher;
        Step {
            progress: done(level == "logical"),
            title: words!(
                "{server} writes what logical copies need (wal_level = logical)",
                "{server}이(가) 논리 복제용 WAL을 기록(wal_level = logical)"
            ),
            found: words!("wal_level is {level}.", "wal_level은 {level}입니다."),
            href: (level != "logical").then(|| {
                format!("/replication/settings?target={target}&action=set_setting&name=wal_level&value=logical")
            }),
            print: None,
        }
    }

    fn publication(&self) -> Step {
        let missing: Vec<&Name> = self
            .creation
            .publications
            .iter()
            .filter(|name| !self.far.publications.iter().any(|it| it == name.as_str()))
            .collect();
        let (name, tables) = (&self.way.publication, self.far.tables.len());
        let address = format!(
            "/replication/publications?target={}&database={}&name={}",
            self.way.publisher,
            url_text(self.creation.publisher.database.as_str()),
            url_text(missing.first().map_or("", |name| name.as_str()))
        );
        let holds = missing.is_empty() && tables > 0;
        Step {
            progress: done(holds),
            title: words!("The publication {name} is there", "발행 {name} 생성"),
            found: if missing.is_empty() {
                words!("Its tables: {tables}.", "테이블 {tables}개가 있습니다.")
            } else {
                words!("It is not there yet.", "아직 없습니다.")
            },
            href: (!holds).then_some(address),
            print: None,
        }
    }

    fn role(&self) -> Step {
        let user = &self.creation.publisher.user;
        let blind: Vec<String> = self
            .far
            .tables
            .iter()
            .filter(|table| table.readable == Some(false))
            .map(|table| table.name.to_string())
            .collect();
        let ready = self.far.user == Some((true, true)) && self.far.may_connect;
        let grant = format!(
            "/replication/publications?target={}&database={}&action=grant_select&reader={}&names={}",
            self.way.publisher,
            url_text(self.creation.publisher.database.as_str()),
            url_text(user.as_str()),
            url_text(&blind.join(","))
        );
        let count = blind.len();
        let print = match self.far.user {
            None => Some(format!("CREATE ROLE {user} LOGIN REPLICATION PASSWORD '…';")),
            Some((true, true)) => None,
            Some(_) => Some(format!("ALTER ROLE {user} LOGIN REPLICATION;")),
        };
        Step {
            progress: done(ready && blind.is_empty()),
            title: words!("The role {user} may replicate and read the tables", "역할 {user}에 복제와 테이블 읽기 권한"),
            found: match (ready, count) {
                (false, _) => words!(
                    "It does not exist, or lacks LOGIN, REPLICATION or CONNECT.",
                    "역할이 없거나 LOGIN, REPLICATION, CONNECT가 없습니다."
                ),
                (true, 0) => words!("It may.", "권한이 있습니다."),
                (true, _) => words!("Tables that it may not read: {count}.", "테이블 {count}개를 읽을 수 없습니다."),
            },
            href: (ready && count > 0).then_some(grant),
            print,
        }
    }

    fn schema(&self) -> Step {
        let missing = self.facts.subscriber.tables.iter().filter(|(_, local)| local.is_none()).count();
        let plan = super::subscriptions::plan::create("", self.creation, self.facts);
        let line = plan
            .checks
            .iter()
            .filter(|check| check.verdict == Verdict::Block)
            .find_map(|check| check.advice.en.split_once("pg_dump").map(|(_, rest)| format!("pg_dump{rest}")));
        let all = self.facts.subscriber.tables.len();
        Step {
            progress: if all == 0 { Progress::Later } else { done(missing == 0) },
            title: words!("The tables are there at the subscriber, empty", "구독 서버에 빈 테이블 준비"),
            found: if all == 0 {
                words!("Which tables is known once they are published.", "발행된 뒤에 어떤 테이블인지 알 수 있습니다.")
            } else {
                words!("Tables that are missing: {missing} of {all}.", "테이블 {all}개 중 {missing}개가 없습니다.")
            },
            href: None,
            print: line.filter(|_| missing > 0),
        }
    }

    fn subscription(&self) -> Step {
        let way = self.way;
        let mut address = format!("/replication/subscriptions?target={}&action=create_subscription", way.subscriber);
        let pairs = [
            ("database", self.database),
            ("name", way.name.as_str()),
            ("publisher", way.publisher.as_str()),
            ("publisher_database", self.creation.publisher.database.as_str()),
            ("publications", way.publication.as_str()),
            ("user", way.user.as_str()),
        ];
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            address.push_str(&format!("&{name}={}", url_text(value)));
        }
        let name = &way.name;
        Step {
            progress: done(self.there.is_some()),
            title: words!("The subscription {name} is there", "구독 {name} 생성"),
            found: match self.there {
                Some(it) if it.enabled => words!("It is enabled.", "활성 상태입니다."),
                Some(_) => words!("It is disabled.", "비활성 상태입니다."),
                None => words!("It is not there yet.", "아직 없습니다."),
            },
            href: self.there.is_none().then_some(address),
            print: None,
        }
    }

    fn copy(&self) -> Step {
        let title = words!("All tables are copied and followed", "모든 테이블 복사 후 이어받기");
        let Some(there) = self.there else {
            return Step {
                progress: Progress::Later,
                title,
                found: words!("Not begun.", "시작 전입니다."),
                href: None,
                print: None,
            };
        };
        let (ready, all) = (there.ready, there.tables);
        let lag = there.publisher.as_ref().and_then(|it| it.lag_bytes);
        let behind = lag.map_or_else(|| "?".to_owned(), bytes);
        let found = words!(
            "Tables that are ready: {ready} of {all}; {behind} not confirmed yet.",
            "테이블 {all}개 중 {ready}개 준비, 아직 확인되지 않은 양 {behind}."
        );
        let target = &self.way.subscriber;
        let href = format!("/replication/subscriptions?target={target}&database={}", url_text(self.database));
        Step {
            progress: done(ready == all && all > 0),
            title,
            found: with_errors(found, there),
            href: Some(href),
            print: None,
        }
    }
}

fn with_errors(found: Words, there: &Existing) -> Words {
    match there.apply_errors {
        Some(errors) if errors > 0 => {
            let Words { en, ko } = found;
            words!("{en} Applying has failed {errors} times.", "{ko} 적용이 {errors}번 실패했습니다.")
        }
        _ => found,
    }
}
