//! What is looked at at the publisher.

use super::tables;
use crate::change::Check;
use crate::replication::logical::model::few;
use crate::replication::logical::subscriptions::model::Creation;
use crate::replication::logical::subscriptions::postgres::{Facts, PublisherFacts, SubscriberFacts};
use crate::text::span;
use crate::words;

pub(super) fn of(creation: &Creation, publisher: &PublisherFacts, facts: &Facts, local: bool) -> Vec<Check> {
    let mut checks = vec![same_database(creation, facts, local), wal_level(publisher)];
    checks.extend(not_a_standby(publisher));
    checks.push(publications_exist(creation, publisher));
    checks.push(slot_name(creation, publisher));
    checks.push(slots_are_left(creation, publisher, &facts.subscriber));
    checks.push(senders_are_left(creation, publisher, &facts.subscriber));
    checks.push(user_may_replicate(creation, publisher));
    // A publication that is missing is told above; of no tables there is nothing to tell.
    if !publisher.tables.is_empty() {
        checks.extend(tables::exist(creation, publisher, &facts.subscriber));
        checks.push(user_may_read(creation, publisher));
    }
    checks.extend(tables::are_empty(creation, &facts.subscriber));
    checks.extend(version_knows(creation, publisher));
    checks.extend(blocker(creation, publisher));
    checks
}

/// A subscription to its own database would send every row back into the table it came from.
fn same_database(creation: &Creation, facts: &Facts, local: bool) -> Check {
    if local && creation.database == creation.publisher.database {
        return Check::block(
            words!("Publisher and subscriber are the same database.", "발행과 구독이 같은 데이터베이스입니다."),
            words!("Choose another database.", "다른 데이터베이스를 선택하세요."),
        );
    }
    if local && creation.create_slot {
        return Check::warn(
            words!("Publisher and subscriber are the same server.", "발행과 구독이 같은 서버입니다."),
            words!(
                "A subscription that made its own slot here would wait for itself for ever, so the slot is made first.",
                "구독이 직접 슬롯을 만들면 자기 자신을 영원히 기다리므로 슬롯을 먼저 만듭니다.",
            ),
        );
    }
    let system = &facts.subscriber.system;
    Check::pass(words!("The subscriber ({system}) is another server.", "구독 서버({system})는 다른 서버입니다."))
}

fn wal_level(publisher: &PublisherFacts) -> Check {
    let level = &publisher.about.wal_level;
    let found = words!("wal_level at the publisher is {level}.", "발행 서버의 wal_level은 {level}입니다.");
    if level == "logical" {
        Check::pass(found)
    } else {
        Check::block(
            found,
            words!(
                "ALTER SYSTEM SET wal_level = logical there, then restart it.",
                "그쪽에서 ALTER SYSTEM SET wal_level = logical 후 재시작하세요."
            ),
        )
    }
}

fn not_a_standby(publisher: &PublisherFacts) -> Option<Check> {
    publisher.about.standby.then(|| {
        Check::block(
            words!("The publisher is a standby.", "발행 서버가 대기 서버입니다."),
            words!("Subscribe to its primary.", "그 기본 서버를 구독하세요."),
        )
    })
}

/// The server itself only warns of a missing publication, and the subscription then stops at its first change.
fn publications_exist(creation: &Creation, publisher: &PublisherFacts) -> Check {
    let is_there = |name: &str| publisher.publications.iter().any(|it| it == name);
    let missing: Vec<String> =
        creation.publications.iter().map(ToString::to_string).filter(|name| !is_there(name)).collect();
    let (server, database) = (&publisher.name, &creation.publisher.database);
    if missing.is_empty() {
        let count = publisher.tables.len();
        return Check::pass(words!(
            "{server} publishes tables of {database} there ({count} in all).",
            "{server}이(가) {database}의 테이블 {count}개를 발행합니다."
        ));
    }
    let names = few(&missing, 5);
    Check::block(
        words!(
            "No such publication in {database} at {server}: {names}.",
            "{server}의 {database}에 없는 발행: {names}."
        ),
        words!(
            "Create it there first. The server itself would only warn.",
            "먼저 그쪽에 생성하세요. 서버는 경고만 합니다."
        ),
    )
}

fn slot_name(creation: &Creation, publisher: &PublisherFacts) -> Check {
    let slot = &creation.slot;
    match (publisher.slot_taken, creation.create_slot) {
        (true, true) => Check::block(
            words!("The publisher has a slot {slot} already.", "발행 서버에 슬롯 {slot}이(가) 이미 있습니다."),
            words!(
                "Choose another slot name, or drop that slot if nobody needs it.",
                "다른 슬롯 이름을 쓰거나, 필요 없다면 그 슬롯을 삭제하세요."
            ),
        ),
        (false, false) => Check::block(
            words!("The publisher has no slot {slot}.", "발행 서버에 슬롯 {slot}이(가) 없습니다."),
            words!("Let the subscription make it.", "구독이 슬롯을 만들게 하세요."),
        ),
        (true, false) => Check::warn(
            words!("The slot {slot} is there and will be used.", "슬롯 {slot}이(가) 있으며 사용됩니다."),
            words!(
                "What was written before it was made is not sent.",
                "슬롯 생성 전에 기록된 내용은 전송되지 않습니다."
            ),
        ),
        (false, true) => Check::pass(words!("The slot name {slot} is free.", "슬롯 이름 {slot}은(는) 비어 있습니다.")),
    }
}

/// One for the subscription and one for each table that is copied at a time.
fn slots_are_left(creation: &Creation, publisher: &PublisherFacts, subscriber: &SubscriberFacts) -> Check {
    let (used, limit) = (publisher.slots_used, publisher.slots);
    let own = i64::from(creation.create_slot);
    let wanted = own + if creation.copy_data { subscriber.sync_workers } else { 0 };
    let free = limit - used;
    let found = words!(
        "{free} of {limit} slots are free at the publisher; up to {wanted} are used while tables are copied.",
        "발행 서버의 슬롯 {limit}개 중 {free}개가 비어 있고, 복사하는 동안 최대 {wanted}개를 씁니다.",
    );
    headroom(free, own, wanted, found, "max_replication_slots")
}

fn senders_are_left(creation: &Creation, publisher: &PublisherFacts, subscriber: &SubscriberFacts) -> Check {
    let (used, limit) = (publisher.senders_used, publisher.senders);
    let wanted = 1 + if creation.copy_data { subscriber.sync_workers } else { 0 };
    let free = limit - used;
    let found = words!(
        "{free} of {limit} WAL senders are free at the publisher; up to {wanted} are used while tables are copied.",
        "발행 서버의 WAL sender {limit}개 중 {free}개가 비어 있고, 복사하는 동안 최대 {wanted}개를 씁니다.",
    );
    headroom(free, 1, wanted, found, "max_wal_senders")
}

fn headroom(free: i64, least: i64, wanted: i64, found: crate::text::Words, setting: &str) -> Check {
    if free < least.max(1) {
        Check::block(
            found,
            words!("Raise {setting} there (needs a restart).", "그쪽의 {setting}을(를) 늘리세요(재시작 필요)."),
        )
    } else if free < wanted {
        Check::warn(
            found,
            words!(
                "Copies will fail and try again, and leave slots behind meanwhile. Raise {setting}, or lower \
                 max_sync_workers_per_subscription here.",
                "복사가 실패와 재시도를 반복하며 그동안 슬롯이 남습니다. {setting}을(를) 늘리거나 여기의 \
                 max_sync_workers_per_subscription을 줄이세요.",
            ),
        )
    } else {
        Check::pass(found)
    }
}

fn user_may_replicate(creation: &Creation, publisher: &PublisherFacts) -> Check {
    let (user, database) = (&creation.publisher.user, &creation.publisher.database);
    match publisher.user {
        None => Check::block(
            words!("There is no role {user} at the publisher.", "발행 서버에 역할 {user}이(가) 없습니다."),
            words!(
                "CREATE ROLE {user} LOGIN REPLICATION PASSWORD '…';",
                "CREATE ROLE {user} LOGIN REPLICATION PASSWORD '…';"
            ),
        ),
        Some((log_in, replicates)) if !log_in || !replicates => Check::block(
            words!(
                "The role {user} lacks LOGIN or REPLICATION at the publisher.",
                "발행 서버의 역할 {user}에 LOGIN 또는 REPLICATION이 없습니다."
            ),
            words!("ALTER ROLE {user} LOGIN REPLICATION;", "ALTER ROLE {user} LOGIN REPLICATION;"),
        ),
        Some(_) if !publisher.may_connect => Check::block(
            words!(
                "The role {user} may not connect to {database}.",
                "역할 {user}은(는) {database}에 연결할 수 없습니다."
            ),
            words!(
                "GRANT CONNECT ON DATABASE {database} TO {user};",
                "GRANT CONNECT ON DATABASE {database} TO {user};"
            ),
        ),
        Some(_) => Check::pass(words!(
            "The role {user} may log in there and replicate.",
            "역할 {user}은(는) 로그인과 복제가 가능합니다."
        )),
    }
}

/// A copy without the right to read never ends, and leaves slots that hold WAL at the publisher.
fn user_may_read(creation: &Creation, publisher: &PublisherFacts) -> Check {
    let user = &creation.publisher.user;
    let blind = publisher.tables.iter().filter(|table| table.readable == Some(false));
    let blind: Vec<String> = blind.map(|table| table.name.to_string()).collect();
    if blind.is_empty() {
        return Check::pass(words!(
            "The role {user} may read every table.",
            "역할 {user}은(는) 모든 테이블을 읽을 수 있습니다."
        ));
    }
    let names = few(&blind, 5);
    let found = words!(
        "The role {user} may not read {names} at the publisher.",
        "역할 {user}은(는) 발행 서버의 {names}을(를) 읽을 수 없습니다."
    );
    if !creation.copy_data {
        return Check::warn(
            found,
            words!(
                "A later copy would never end. Grant SELECT.",
                "나중의 복사가 끝나지 않습니다. SELECT를 부여하세요."
            ),
        );
    }
    Check::block(
        found,
        words!(
            "The copy would never end and leave slots there that hold WAL. GRANT USAGE on the schema and SELECT on the tables \
             to {user}: the page of publications offers it.",
            "복사가 끝나지 않고 WAL을 붙잡는 슬롯을 남깁니다. {user}에게 스키마 USAGE와 테이블 SELECT를 부여하세요. 발행 페이지에서 \
             할 수 있습니다.",
        ),
    )
}

fn version_knows(creation: &Creation, publisher: &PublisherFacts) -> Vec<Check> {
    let major = publisher.about.major();
    let wanted = [(creation.two_phase, 15, "two_phase"), (creation.failover, 17, "failover")];
    let missing = wanted.into_iter().filter(|(chosen, since, _)| *chosen && major < *since);
    missing
        .map(|(_, since, option)| {
            Check::block(
                words!(
                    "The publisher is PostgreSQL {major}; {option} needs {since} there.",
                    "발행 서버가 PostgreSQL {major}입니다. {option}에는 {since}이(가) 필요합니다."
                ),
                words!("Leave it out.", "선택을 해제하세요."),
            )
        })
        .collect()
}

fn blocker(creation: &Creation, publisher: &PublisherFacts) -> Option<Check> {
    let (pid, who, seconds) = publisher.blocker.as_ref().filter(|_| creation.create_slot)?;
    let age = span(seconds.saturating_mul(1000));
    let (en, ko) = (age.en, age.ko);
    Some(Check::warn(
        words!(
            "Process {pid} ({who}) at the publisher has a transaction open that has written, for {en}.",
            "발행 서버의 프로세스 {pid}({who})가 {ko} 동안 쓰기 트랜잭션을 열어 두고 있습니다."
        ),
        words!("The slot is made only when it has ended.", "이 트랜잭션이 끝나야 슬롯이 만들어집니다."),
    ))
}
