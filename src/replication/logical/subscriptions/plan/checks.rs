//! What is looked at at the subscriber before a subscription is made.

use crate::change::Check;
use crate::error::AppError;
use crate::replication::logical::subscriptions::model::{Creation, Secret, Streaming};
use crate::replication::logical::subscriptions::postgres::{Facts, SubscriberFacts};
use crate::words;

pub(super) fn of(creation: &Creation, facts: &Facts) -> Vec<Check> {
    let subscriber = &facts.subscriber;
    let mut checks = vec![name_is_free(creation, subscriber), role_may(subscriber)];
    checks.extend(not_a_standby(subscriber));
    checks.extend(may_create(subscriber));
    checks.extend(version_knows(creation, subscriber.about.major()));
    checks.push(workers_are_left(subscriber));
    checks.push(origins_are_left(subscriber));
    checks.extend(password(creation, facts));
    checks.extend(stays_out_of_the_log(creation, subscriber));
    checks
}

fn name_is_free(creation: &Creation, subscriber: &SubscriberFacts) -> Check {
    let name = &creation.name;
    if subscriber.taken {
        Check::block(
            words!("There is a subscription {name} already.", "구독 {name}이(가) 이미 있습니다."),
            words!("Choose another name.", "다른 이름을 선택하세요."),
        )
    } else {
        Check::pass(words!("No subscription is called {name}.", "{name}이라는 구독은 없습니다."))
    }
}

/// Who may subscribe: superusers, and from 16 on members of `pg_create_subscription`.
fn role_may(subscriber: &SubscriberFacts) -> Check {
    let role = &subscriber.about.role;
    let name = &role.name;
    if role.is_member("pg_create_subscription") {
        return Check::pass(words!("The role {name} may subscribe.", "역할 {name}은(는) 구독을 만들 수 있습니다."));
    }
    let found = words!("The role {name} may not subscribe.", "역할 {name}은(는) 구독을 만들 수 없습니다.");
    if subscriber.about.major() >= 16 {
        let grant = words!("GRANT pg_create_subscription TO {name};", "GRANT pg_create_subscription TO {name};");
        Check::block(found, grant)
    } else {
        Check::block(
            found,
            words!(
                "Before 16 only a superuser may: enter this target with one.",
                "16 이전에는 슈퍼유저만 가능합니다. 슈퍼유저로 대상을 등록하세요."
            ),
        )
    }
}

fn not_a_standby(subscriber: &SubscriberFacts) -> Option<Check> {
    subscriber.about.standby.then(|| {
        Check::block(
            words!("This server is a standby, which only reads.", "이 서버는 읽기만 하는 대기 서버입니다."),
            words!("Subscribe on a primary.", "기본 서버에서 구독하세요."),
        )
    })
}

fn may_create(subscriber: &SubscriberFacts) -> Option<Check> {
    let role = &subscriber.about.role.name;
    (!subscriber.may_create).then(|| {
        Check::block(
            words!(
                "{role} may not create anything in this database.",
                "{role}은(는) 이 데이터베이스에 아무것도 만들 수 없습니다."
            ),
            words!("GRANT CREATE ON DATABASE … TO {role};", "GRANT CREATE ON DATABASE … TO {role};"),
        )
    })
}

/// Options that this version does not have.
fn version_knows(creation: &Creation, major: i32) -> Vec<Check> {
    let wanted = [
        (creation.binary, 14, "binary"),
        (creation.streaming != Streaming::Off, 14, "streaming"),
        (creation.streaming == Streaming::Parallel, 16, "streaming = parallel"),
        (creation.two_phase, 15, "two_phase"),
        (creation.disable_on_error, 15, "disable_on_error"),
        (creation.origin_none, 16, "origin"),
        (creation.failover, 17, "failover"),
    ];
    let missing = wanted.into_iter().filter(|(chosen, since, _)| *chosen && major < *since);
    missing
        .map(|(_, since, option)| {
            Check::block(
                words!(
                    "PostgreSQL {major} has no option {option}; {since} and later have.",
                    "PostgreSQL {major}에는 {option} 옵션이 없습니다({since}부터)."
                ),
                words!("Leave it out.", "선택을 해제하세요."),
            )
        })
        .collect()
}

fn workers_are_left(subscriber: &SubscriberFacts) -> Check {
    let (used, limit) = (subscriber.workers_used, subscriber.workers);
    let found = words!(
        "{used} of {limit} workers for logical replication are in use at the subscriber.",
        "구독 서버의 논리 복제 워커 {limit}개 중 {used}개를 사용 중입니다.",
    );
    if used >= limit {
        Check::block(
            found,
            words!(
                "Raise max_logical_replication_workers (needs a restart).",
                "max_logical_replication_workers를 늘리세요(재시작 필요)."
            ),
        )
    } else if used + 1 >= limit {
        Check::warn(
            found,
            words!(
                "None is left for copying tables, so the copy waits.",
                "테이블 복사에 쓸 워커가 없어 복사가 대기합니다."
            ),
        )
    } else {
        Check::pass(found)
    }
}

fn origins_are_left(subscriber: &SubscriberFacts) -> Check {
    let (used, limit) = (subscriber.origins_used, subscriber.origins);
    let setting =
        if subscriber.about.major() >= 18 { "max_active_replication_origins" } else { "max_replication_slots" };
    let found = words!(
        "{used} of {limit} places for progress are in use ({setting}).",
        "진행 위치 {limit}개 중 {used}개를 사용 중입니다({setting})."
    );
    if used >= limit {
        Check::block(found, words!("Raise {setting} (needs a restart).", "{setting}을(를) 늘리세요(재시작 필요)."))
    } else {
        Check::pass(found)
    }
}

fn password(creation: &Creation, facts: &Facts) -> Option<Check> {
    let (host, user) = (&creation.publisher.host, &creation.publisher.user);
    match (&creation.publisher.secret, facts.has_password) {
        (Secret::Nowhere, _) if !facts.subscriber.about.role.superuser => Some(Check::block(
            words!(
                "No password is given, and only a superuser may subscribe without one.",
                "비밀번호가 없습니다. 슈퍼유저만 비밀번호 없이 구독할 수 있습니다."
            ),
            words!("Type the password of {user} below.", "아래에 {user}의 비밀번호를 입력하세요."),
        )),
        (Secret::Nowhere, _) => Some(Check::warn(
            words!("No password is given for {user} at {host}.", "{host}의 {user}에 대한 비밀번호가 없습니다."),
            words!("If the publisher asks for one, type it below.", "발행 서버가 요구하면 아래에 입력하세요."),
        )),
        (_, false) => Some(Check::block(
            words!("The password is not kept any more.", "비밀번호가 더 이상 보관되어 있지 않습니다."),
            words!("Type it again below. It is kept for 15 minutes.", "아래에 다시 입력하세요. 15분 동안 보관됩니다."),
        )),
        (Secret::Target(id), true) => Some(Check::pass(words!(
            "{user} logs in at {host} with the password that the console has for {id}.",
            "{user}은(는) 콘솔이 {id}용으로 가진 비밀번호로 {host}에 로그인합니다.",
        ))),
        (Secret::Typed(_), true) => Some(Check::pass(words!(
            "{user} logs in at {host} with the password that you typed.",
            "{user}은(는) 입력하신 비밀번호로 {host}에 로그인합니다.",
        ))),
    }
}

/// A superuser's session can be kept out of the log; another's cannot.
fn stays_out_of_the_log(creation: &Creation, subscriber: &SubscriberFacts) -> Option<Check> {
    if creation.publisher.secret == Secret::Nowhere {
        return None;
    }
    if subscriber.about.role.superuser {
        return Some(Check::pass(words!(
            "The subscriber's log and statistics do not get the statement: the console turns that off for its session.",
            "구독 서버의 로그와 통계에 이 문장이 남지 않도록 콘솔이 자기 세션에서 기록을 끕니다.",
        )));
    }
    let level = &subscriber.log_statement;
    Some(Check::warn(
        words!(
            "log_statement is {level}: the subscriber's log may get the statement with the password, always if it fails.",
            "log_statement가 {level}입니다. 비밀번호가 담긴 문장이 구독 서버 로그에 남을 수 있으며, 실패하면 반드시 남습니다.",
        ),
        words!(
            "Who reads that log must be allowed to know the password.",
            "그 로그를 읽는 사람이 비밀번호를 알아도 되는지 확인하세요."
        ),
    ))
}

pub(super) fn unknown_publisher() -> Check {
    Check::warn(
        words!(
            "The publisher is not a target of this console, so nothing could be looked at there.",
            "발행 서버가 이 콘솔의 대상이 아니어서 그쪽은 확인하지 못했습니다."
        ),
        words!(
            "Add it under Settings, and publications, tables, slots and rights are checked first.",
            "설정에 추가하면 발행, 테이블, 슬롯, 권한을 먼저 확인합니다.",
        ),
    )
}

pub(super) fn silent_publisher(error: &AppError) -> Check {
    Check::block(error.happened.clone(), error.next.clone())
}
