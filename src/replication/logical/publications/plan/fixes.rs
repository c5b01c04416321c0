//! What makes a table fit to be published: a replica identity, and the right to read it.

use super::{list, observed, sent_to};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Plan};
use crate::replication::logical::model::{Name, TableName};
use crate::replication::logical::publications::model::{Identity, Trouble};
use crate::replication::logical::publications::plan::checks;
use crate::replication::logical::publications::postgres::Facts;
use crate::replication::sql::{identifier, qualified};
use crate::text::{Words, bytes, count};
use crate::words;

pub(super) fn replica_identity(
    server: &str,
    database: &Name,
    table: &TableName,
    identity: &Identity,
    facts: &Facts,
) -> Plan {
    let by = match identity {
        Identity::PrimaryKey => "DEFAULT".to_owned(),
        Identity::Full => "FULL".to_owned(),
        Identity::Index(index) => format!("USING INDEX {}", identifier(index.as_str())),
    };
    let name = qualified(table.schema.as_str(), table.name.as_str());
    let commands = vec![sent_to(database, format!("ALTER TABLE {name} REPLICA IDENTITY {by};"))];
    let mut checks = vec![checks::not_a_standby(facts)];
    checks.extend(checks::all_there(facts));
    checks.extend(checks::owns(&facts.tables));
    checks.extend(identity_suits(identity, facts));
    Plan {
        title: words!(
            "Tell the rows of {table} apart by {by}, on {server}",
            "{server}: {table}의 행 식별 기준을 {by}(으)로"
        ),
        checks,
        fingerprint: fingerprint(&observed(facts), &commands),
        commands,
        revert: Vec::new(),
        effect: vec![
            cost(identity, facts),
            words!(
                "Takes an ACCESS EXCLUSIVE lock for an instant; if it is not free within 2 s, nothing is changed.",
                "순간적으로 ACCESS EXCLUSIVE 잠금을 잡습니다. 2초 안에 얻지 못하면 아무것도 바꾸지 않습니다.",
            ),
        ],
        way_back: words!(
            "ALTER TABLE {table} REPLICA IDENTITY DEFAULT; not while it is in a publication that sends UPDATE or DELETE.",
            "ALTER TABLE {table} REPLICA IDENTITY DEFAULT. 단, UPDATE나 DELETE를 보내는 발행에 있는 동안은 안 됩니다.",
        ),
        blast: Blast::Plain,
    }
}

fn identity_suits(identity: &Identity, facts: &Facts) -> Option<Check> {
    let table = facts.tables.first()?;
    match identity {
        Identity::Index(index)
            if table.candidate.as_ref() != Some(index) && table.troubles.iter().any(|it| it.breaks_writes()) =>
        {
            Some(Check::block(
                words!(
                    "{index} is not a valid unique index of columns that are never null.",
                    "{index}은(는) NULL이 없는 컬럼의 유효한 고유 인덱스가 아닙니다."
                ),
                words!("Use the one that is offered, or FULL.", "제안된 인덱스나 FULL을 쓰세요."),
            ))
        }
        Identity::Index(index) => Some(Check::pass(words!(
            "{index} is unique, valid, and its columns are never null.",
            "{index}은(는) 유효한 고유 인덱스이며 컬럼에 NULL이 없습니다."
        ))),
        Identity::PrimaryKey if table.troubles.contains(&Trouble::NoPrimaryKey) => Some(Check::block(
            words!("The table has no primary key.", "테이블에 기본 키가 없습니다."),
            words!("Add one, or use an index or FULL.", "기본 키를 추가하거나 인덱스 또는 FULL을 쓰세요."),
        )),
        _ => None,
    }
}

fn cost(identity: &Identity, facts: &Facts) -> Words {
    let table = facts.tables.first();
    let rows = table.and_then(|table| table.rows).map_or_else(|| "?".to_owned(), count);
    let size = table.map_or_else(|| "?".to_owned(), |table| bytes(table.bytes));
    match identity {
        Identity::Full => words!(
            "Each UPDATE and DELETE writes the whole old row to WAL, and the subscriber looks through the table ({rows} rows, \
             {size}) for each change unless it has an index that fits (16 and later).",
            "UPDATE와 DELETE마다 이전 행 전체가 WAL에 기록되며, 구독자는 맞는 인덱스가 없으면(16부터 사용) 변경마다 \
             테이블({rows}행, {size})을 훑습니다.",
        ),
        _ => words!(
            "Each UPDATE and DELETE writes the columns of the index to WAL: next to nothing.",
            "UPDATE와 DELETE마다 인덱스 컬럼만 WAL에 추가로 기록됩니다. 비용은 거의 없습니다."
        ),
    }
}

pub(super) fn grant(server: &str, database: &Name, reader: &Name, tables: &[TableName], facts: &Facts) -> Plan {
    let role = identifier(reader.as_str());
    let mut schemas: Vec<String> = tables.iter().map(|table| identifier(table.schema.as_str())).collect();
    schemas.sort();
    schemas.dedup();
    let commands = vec![
        sent_to(database, format!("GRANT USAGE ON SCHEMA {} TO {role};", schemas.join(", "))),
        sent_to(database, format!("GRANT SELECT ON TABLE {} TO {role};", list(tables))),
    ];
    let mut checks = vec![checks::not_a_standby(facts)];
    checks.extend(checks::all_there(facts));
    checks.extend(checks::owns(&facts.tables));
    if facts.reader.as_ref().is_none_or(|it| !it.exists) {
        checks.push(Check::block(
            words!("There is no role {reader}.", "역할 {reader}이(가) 없습니다."),
            words!(
                "CREATE ROLE {reader} LOGIN REPLICATION PASSWORD '…';",
                "CREATE ROLE {reader} LOGIN REPLICATION PASSWORD '…';"
            ),
        ));
    }
    let count = tables.len();
    Plan {
        title: words!(
            "Let {reader} read tables on {server} ({count} in all)",
            "{server}: {reader}에게 테이블 {count}개의 읽기 허용"
        ),
        checks,
        fingerprint: fingerprint(&observed(facts), &commands),
        commands,
        revert: Vec::new(),
        effect: vec![words!(
            "Whoever logs in as {reader} can read all rows of these tables, as a copy needs.",
            "{reader}(으)로 접속하면 복사에 필요한 대로 이 테이블들의 모든 행을 읽을 수 있습니다.",
        )],
        way_back: words!("REVOKE SELECT ON these tables FROM {reader}.", "{reader}에게서 SELECT를 회수합니다(REVOKE)."),
        blast: Blast::Plain,
    }
}
