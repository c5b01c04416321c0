//! What a new subscription would do, found out at both ends beforehand.
//!
//! The statement holds the publisher's password, and a plan is shown, recorded and kept in the browser. So the plan
//! has a mark in its place, `‹password of …›`, and so has the record. When the statement is sent, the mark gives way to
//! the password, and nothing else differs. No name can hold such a mark, so there is exactly one.

pub mod alter;
mod checks;
mod publisher;
pub mod sequences;
mod tables;
#[cfg(test)]
mod tests;

use super::model::{Creation, Secret, Streaming};
use super::postgres::Facts;
use crate::change::apply::fingerprint;
use crate::change::{Blast, Command, Plan};
use crate::replication::conninfo::{marked_literal, setting};
use crate::replication::sql::{identifier, literal, statement_in};
use crate::text::Words;
use crate::words;

/// What stands in a command where the password will be.
pub fn mark(secret: &Secret) -> String {
    match secret {
        Secret::Nowhere => String::new(),
        Secret::Target(id) => format!("‹password of {id}›"),
        Secret::Typed(_) => "‹password as typed›".to_owned(),
    }
}

/// Plans a creation.
pub fn create(server: &str, creation: &Creation, facts: &Facts) -> Plan {
    let name = &creation.name;
    let local = is_local(facts);
    let mut commands = Vec::new();
    let mut revert = Vec::new();
    if local && creation.create_slot {
        commands.push(statement_in(creation.publisher.database.as_str(), slot_statement(creation)));
        revert.push(statement_in(creation.publisher.database.as_str(), unslot_statement(creation)));
    }
    commands.push(statement_in(creation.database.as_str(), statement(creation, creation.create_slot && !local)));
    let mut checks = checks::of(creation, facts);
    match &facts.publisher {
        None => checks.push(checks::unknown_publisher()),
        Some(Err(error)) => checks.push(checks::silent_publisher(error)),
        Some(Ok(publisher)) => checks.extend(publisher::of(creation, publisher, facts, local)),
    }
    Plan {
        title: words!("Create the subscription {name} on {server}", "{server}에 구독 {name} 생성"),
        checks,
        fingerprint: fingerprint(&(observed(facts), &creation.publisher.secret), &commands),
        commands,
        revert,
        effect: effect(creation, facts),
        way_back: words!(
            "Drop the subscription {name}: its slot goes too, and the rows that were copied stay.",
            "구독 {name}을(를) 삭제합니다. 슬롯도 함께 사라지고 복사된 행은 남습니다.",
        ),
        blast: Blast::Plain,
    }
}

/// Whether the publisher is the very server that subscribes. It would wait for its own transaction for ever.
fn is_local(facts: &Facts) -> bool {
    matches!(&facts.publisher, Some(Ok(publisher)) if publisher.system == facts.subscriber.system && !publisher.about.standby)
}

fn observed(facts: &Facts) -> impl serde::Serialize + '_ {
    let subscriber = &facts.subscriber;
    let publisher = match &facts.publisher {
        Some(Ok(it)) => Some((&it.system, &it.publications, &it.tables, it.user, it.slot_taken, &it.about.wal_level)),
        _ => None,
    };
    (subscriber.taken, &subscriber.tables, &subscriber.system, publisher, facts.has_password)
}

fn conninfo(creation: &Creation) -> String {
    let to = &creation.publisher;
    [
        setting("host", &to.host),
        setting("port", &to.port.to_string()),
        setting("dbname", to.database.as_str()),
        setting("user", to.user.as_str()),
        // A publisher that is gone is noticed, and not waited for.
        setting("connect_timeout", "10"),
    ]
    .join(" ")
}

fn statement(creation: &Creation, create_slot: bool) -> String {
    let name = identifier(creation.name.as_str());
    let connection = match &creation.publisher.secret {
        Secret::Nowhere => literal(&conninfo(creation)),
        secret => marked_literal(&conninfo(creation), &mark(secret)),
    };
    let publications: Vec<String> = creation.publications.iter().map(|name| identifier(name.as_str())).collect();
    let publications = publications.join(", ");
    let options = options(creation, create_slot);
    format!("CREATE SUBSCRIPTION {name} CONNECTION {connection} PUBLICATION {publications} WITH ({options});")
}

/// What every version knows is always written; what came later only where it was chosen.
fn options(creation: &Creation, create_slot: bool) -> String {
    let slot = literal(creation.slot.as_str());
    let (copy_data, enabled) = (creation.copy_data, creation.enabled);
    let mut options =
        format!("slot_name = {slot}, create_slot = {create_slot}, copy_data = {copy_data}, enabled = {enabled}");
    let chosen = [
        (creation.binary, "binary = true"),
        (creation.streaming == Streaming::On, "streaming = on"),
        (creation.streaming == Streaming::Parallel, "streaming = parallel"),
        (creation.two_phase, "two_phase = true"),
        (creation.disable_on_error, "disable_on_error = true"),
        (creation.origin_none, "origin = none"),
        (creation.failover, "failover = true"),
    ];
    for (_, option) in chosen.into_iter().filter(|(chosen, _)| *chosen) {
        options.push_str(", ");
        options.push_str(option);
    }
    options
}

/// The slot, made in a statement of its own: the subscription cannot make it on its own server.
fn slot_statement(creation: &Creation) -> String {
    let mut arguments = format!("{}, 'pgoutput'", literal(creation.slot.as_str()));
    if creation.two_phase {
        arguments.push_str(", twophase => true");
    }
    if creation.failover {
        arguments.push_str(", failover => true");
    }
    format!("SELECT slot_name, lsn FROM pg_create_logical_replication_slot({arguments});")
}

fn unslot_statement(creation: &Creation) -> String {
    format!(
        "SELECT slot_name, pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = {} AND NOT active \
         AND NOT EXISTS (SELECT FROM pg_subscription WHERE subslotname = slot_name);",
        literal(creation.slot.as_str())
    )
}

fn effect(creation: &Creation, facts: &Facts) -> Vec<Words> {
    let mut effect = Vec::new();
    let sync = facts.subscriber.sync_workers;
    if creation.copy_data {
        effect.push(words!(
            "All rows of the tables are copied first (tables at a time: {sync}); then the changes follow.",
            "먼저 테이블의 모든 행을 {sync}개씩 동시에 복사한 뒤 변경이 이어집니다.",
        ));
    }
    effect.push(words!(
        "The publisher holds WAL until the subscriber has received it: while this subscription is stopped, it grows there.",
        "구독 서버가 받을 때까지 발행 서버가 WAL을 보관합니다. 구독이 멈춘 동안 그쪽 WAL이 늘어납니다.",
    ));
    if creation.publisher.secret != Secret::Nowhere {
        let mark = mark(&creation.publisher.secret);
        effect.push(words!(
            "In the place of {mark} the console puts the password when it sends the statement; nothing else differs. The \
             subscriber keeps it: its superusers can read it in pg_subscription.",
            "전송할 때 {mark} 자리에 콘솔이 비밀번호를 넣으며 나머지는 그대로입니다. 구독 서버가 이를 보관하므로 그 서버의 \
             슈퍼유저는 pg_subscription에서 읽을 수 있습니다.",
        ));
    }
    effect.push(words!(
        "Whether the publisher's pg_hba.conf lets the subscriber in is known only once it connects.",
        "발행 서버의 pg_hba.conf가 접속을 허용하는지는 실제로 연결해야 알 수 있습니다.",
    ));
    effect.push(words!(
        "If the publisher has an open transaction that has written, this waits for its end. The record tells whom it waits \
         for, and it can be stopped there; what it began at the publisher is then removed.",
        "발행 서버에 열려 있는 쓰기 트랜잭션이 있으면 끝날 때까지 기다립니다. 기록에서 누구를 기다리는지 볼 수 있고 중단할 수 \
         있으며, 중단하면 발행 서버에 만들던 것도 지웁니다.",
    ));
    effect
}

fn sent_to(database: &crate::replication::logical::model::Name, text: String) -> Command {
    statement_in(database.as_str(), text)
}
