//! What is looked at before a publication changes.

use super::names_of;
use crate::change::Check;
use crate::replication::logical::model::{Name, few};
use crate::replication::logical::publications::model::{Extent, Operations, Table, Trouble};
use crate::replication::logical::publications::postgres::Facts;
use crate::words;

pub(super) fn name_is_free(name: &Name, facts: &Facts) -> Check {
    match facts.known {
        None => Check::pass(words!("No publication is called {name}.", "{name}이라는 발행은 없습니다.")),
        Some(_) => Check::block(
            words!("There is a publication {name} already.", "발행 {name}이(가) 이미 있습니다."),
            words!("Choose another name, or change that one.", "다른 이름을 쓰거나 기존 발행을 변경하세요."),
        ),
    }
}

pub(super) fn is_there(name: &Name, facts: &Facts) -> Check {
    match &facts.known {
        None => Check::block(
            words!("There is no publication {name} (any more).", "발행 {name}이(가) 없습니다."),
            words!("Reload the list.", "목록을 새로 고치세요."),
        ),
        Some(known) if !known.owned => {
            let role = &facts.about.role.name;
            Check::block(
                words!(
                    "The role {role} does not own the publication.",
                    "역할 {role}은(는) 이 발행의 소유자가 아닙니다."
                ),
                words!("Log in as its owner, or as a superuser.", "소유자나 슈퍼유저로 접속하세요."),
            )
        }
        Some(known) => {
            let publish = known.publish;
            Check::pass(words!("It is there and sends {publish}.", "발행이 있으며 {publish}을(를) 보냅니다."))
        }
    }
}

pub(super) fn lists_tables(facts: &Facts) -> Check {
    match &facts.known {
        Some(known) if known.all_tables => Check::block(
            words!(
                "It is for all tables, so none can be added or taken out.",
                "모든 테이블 대상이라 추가하거나 뺄 수 없습니다."
            ),
            words!("Make another publication for a list of tables.", "테이블 목록용 발행을 따로 만드세요."),
        ),
        _ => Check::pass(words!("Its tables are listed one by one.", "테이블이 하나씩 지정된 발행입니다.")),
    }
}

pub(super) fn not_a_standby(facts: &Facts) -> Check {
    if facts.about.standby {
        Check::block(
            words!("This server is a standby, which only reads.", "이 서버는 읽기만 하는 대기 서버입니다."),
            words!("Do it on its primary.", "기본 서버에서 하세요."),
        )
    } else {
        Check::pass(words!("The server is a primary.", "기본 서버입니다."))
    }
}

pub(super) fn all_there(facts: &Facts) -> Option<Check> {
    let missing: Vec<String> = facts.missing.iter().chain(&facts.missing_schemas).cloned().collect();
    let names = few(&missing, 5);
    (!missing.is_empty()).then(|| {
        Check::block(
            words!("Not there: {names}.", "존재하지 않음: {names}."),
            words!(
                "Correct the names. Upper case needs double quotes.",
                "이름을 고치세요. 대문자는 큰따옴표가 필요합니다."
            ),
        )
    })
}

pub(super) fn role_may_create(extent: &Extent, facts: &Facts) -> Vec<Check> {
    let role = &facts.about.role;
    let name = &role.name;
    let mut found = Vec::new();
    match extent {
        Extent::Tables(_) => found.extend(owns(&facts.tables)),
        _ if role.superuser => {}
        _ => found.push(Check::block(
            words!(
                "Only a superuser may publish all tables, or a whole schema; {name} is none.",
                "모든 테이블이나 스키마 전체는 슈퍼유저만 발행할 수 있는데 {name}은(는) 아닙니다."
            ),
            words!(
                "List the tables one by one, or log in as a superuser.",
                "테이블을 하나씩 지정하거나 슈퍼유저로 접속하세요."
            ),
        )),
    }
    if !facts.may_create {
        found.push(Check::block(
            words!(
                "{name} may not create anything in this database.",
                "{name}은(는) 이 데이터베이스에 아무것도 만들 수 없습니다."
            ),
            words!("GRANT CREATE ON DATABASE … TO {name};", "GRANT CREATE ON DATABASE … TO {name};"),
        ));
    }
    found
}

pub(super) fn owns(tables: &[Table]) -> Option<Check> {
    let others = names_of(tables, |table| !table.owned);
    let names = few(&others, 5);
    (!others.is_empty()).then(|| {
        Check::block(
            words!("The console's role does not own {names}.", "콘솔의 역할이 {names}의 소유자가 아닙니다."),
            words!("Only an owner may publish a table.", "테이블은 소유자만 발행할 수 있습니다."),
        )
    })
}

pub(super) fn version_knows(extent: &Extent, facts: &Facts) -> Option<Check> {
    let major = facts.about.major();
    (matches!(extent, Extent::Schemas(_)) && major < 15).then(|| {
        Check::block(
            words!(
                "PostgreSQL {major} cannot publish a schema; 15 and later can.",
                "PostgreSQL {major}은(는) 스키마를 발행할 수 없습니다(15부터)."
            ),
            words!("List its tables.", "테이블을 나열하세요."),
        )
    })
}

/// Tables that the server refuses in a publication.
pub(super) fn can_be_published(facts: &Facts) -> Option<Check> {
    let wrong = names_of(&facts.tables, |table| table.troubles.iter().any(|it| it.cannot_be_published()));
    let names = few(&wrong, 5);
    (!wrong.is_empty()).then(|| {
        Check::block(
            words!(
                "Unlogged, temporary, foreign or system tables cannot be published: {names}.",
                "비로그·임시·외부·시스템 테이블은 발행할 수 없습니다: {names}."
            ),
            words!("Leave them out.", "목록에서 빼세요."),
        )
    })
}

/// The rail: an application must not find its UPDATE failing because somebody made a publication.
pub(super) fn writes_go_on(publish: Operations, tables: &[Table]) -> Check {
    let wrong = names_of(tables, |table| table.troubles.iter().any(|it| it.breaks_writes()));
    let (count, names) = (wrong.len(), few(&wrong, 5));
    if wrong.is_empty() {
        let tables = tables.len();
        return Check::pass(words!(
            "Every table has a replica identity ({tables} in all), so UPDATE and DELETE go on working.",
            "테이블 {tables}개 모두 복제 식별자가 있어 UPDATE와 DELETE가 계속 동작합니다.",
        ));
    }
    if !publish.need_identity() {
        return Check::warn(
            words!(
                "Tables without a usable replica identity ({count}): {names}. As UPDATE and DELETE are not sent, they go on working.",
                "테이블 {count}개에 쓸 수 있는 복제 식별자가 없습니다: {names}. UPDATE와 DELETE를 보내지 않으므로 계속 동작합니다.",
            ),
            words!("Changed and deleted rows will differ at the subscriber.", "변경·삭제된 행은 구독자와 달라집니다."),
        );
    }
    Check::block(
        words!(
            "Tables without a usable replica identity ({count}): {names}. From that moment on the application's UPDATE and \
             DELETE there would fail (55000).",
            "테이블 {count}개에 쓸 수 있는 복제 식별자가 없습니다: {names}. 발행 순간부터 애플리케이션의 UPDATE와 DELETE가 \
             실패합니다(55000).",
        ),
        words!(
            "Give each a replica identity (offered in the list of tables below), or send inserts only.",
            "각 테이블에 복제 식별자를 지정하거나(아래 테이블 목록에서 제공) insert만 보내세요.",
        ),
    )
}

pub(super) fn full_identity(publish: Operations, tables: &[Table]) -> Option<Check> {
    let full = names_of(tables, |table| table.troubles.contains(&Trouble::Full));
    let names = few(&full, 5);
    (publish.need_identity() && !full.is_empty()).then(|| {
        Check::warn(
            words!("REPLICA IDENTITY FULL: {names}.", "REPLICA IDENTITY FULL: {names}."),
            words!(
                "The whole old row is written to WAL, and the subscriber searches its table for each change unless an index fits.",
                "이전 행 전체가 WAL에 기록되며, 맞는 인덱스가 없으면 구독자는 변경마다 테이블을 훑습니다.",
            ),
        )
    })
}

/// Tables that do not exist yet are published too, with or without a key.
pub(super) fn later_tables(extent: &Extent, publish: Operations) -> Option<Check> {
    (!matches!(extent, Extent::Tables(_)) && publish.need_identity()).then(|| {
        Check::warn(
            words!("Tables made later are published at once.", "나중에 만든 테이블도 바로 발행됩니다."),
            words!(
                "One without a primary key will refuse UPDATE and DELETE. Tell who creates tables.",
                "기본 키가 없으면 UPDATE와 DELETE가 거부됩니다. 테이블을 만드는 사람에게 알리세요.",
            ),
        )
    })
}

pub(super) fn wal_level(facts: &Facts) -> Check {
    let level = &facts.about.wal_level;
    let found = words!("wal_level is {level}.", "wal_level은 {level}입니다.");
    if level == "logical" {
        Check::pass(found)
    } else {
        Check::warn(
            found,
            words!(
                "Nobody can subscribe before it is logical, which needs a restart.",
                "logical이 되기 전에는(재시작 필요) 아무도 구독할 수 없습니다."
            ),
        )
    }
}

pub(super) fn reader_may_read(reader: Option<&Name>, facts: &Facts) -> Vec<Check> {
    let (Some(name), Some(reader)) = (reader, &facts.reader) else {
        return vec![Check::warn(
            words!(
                "Which role will subscribe is unknown, so its right to read the tables is too.",
                "구독할 역할을 몰라 테이블 읽기 권한을 확인하지 못했습니다."
            ),
            words!("Name it in the form, and it is looked at.", "양식에 적으면 확인합니다."),
        )];
    };
    if !reader.exists {
        return vec![Check::block(
            words!("There is no role {name}.", "역할 {name}이(가) 없습니다."),
            words!(
                "CREATE ROLE {name} LOGIN REPLICATION PASSWORD '…';",
                "CREATE ROLE {name} LOGIN REPLICATION PASSWORD '…';"
            ),
        )];
    }
    let blind = names_of(&facts.tables, |table| table.troubles.contains(&Trouble::NoSelect));
    let names = few(&blind, 5);
    let mut found = Vec::new();
    if !reader.replicates {
        found.push(Check::warn(
            words!("The role {name} lacks REPLICATION.", "역할 {name}에 REPLICATION 속성이 없습니다."),
            words!("ALTER ROLE {name} REPLICATION;", "ALTER ROLE {name} REPLICATION;"),
        ));
    }
    found.push(if blind.is_empty() {
        Check::pass(words!("The role {name} may read all of them.", "역할 {name}이(가) 모두 읽을 수 있습니다."))
    } else {
        Check::warn(
            words!("The role {name} may not read {names}.", "역할 {name}은(는) {names}을(를) 읽을 수 없습니다."),
            words!(
                "Grant SELECT before somebody subscribes, or the copy never ends.",
                "구독 전에 SELECT를 부여하세요. 아니면 복사가 끝나지 않습니다."
            ),
        )
    });
    found
}

/// Who is hurt.
pub(super) fn used_by(facts: &Facts) -> Vec<Check> {
    let (subscribers, readers) = (few(&facts.subscribers, 5), few(&facts.readers, 5));
    if !facts.subscribers.is_empty() {
        return vec![Check::warn(
            words!("Subscriptions that name it: {subscribers}.", "이 발행을 쓰는 구독: {subscribers}."),
            words!("They see the change at once.", "변경이 바로 적용됩니다."),
        )];
    }
    if facts.readers.is_empty() {
        return vec![Check::pass(words!(
            "No known subscription names it, and nobody reads a logical slot of this database now.",
            "이 발행을 쓰는 알려진 구독이 없고, 지금 이 데이터베이스의 논리 슬롯을 읽는 곳도 없습니다.",
        ))];
    }
    vec![Check::warn(
        words!(
            "Logical slots of this database are read now: {readers}. Whether they use this publication is unknown here.",
            "지금 이 데이터베이스의 논리 슬롯을 읽는 곳: {readers}. 이 발행을 쓰는지는 여기서 알 수 없습니다.",
        ),
        words!("Ask who runs them.", "운영자에게 확인하세요."),
    )]
}
