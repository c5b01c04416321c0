//! What each change to publications would do, found out beforehand. The rail: no plan that can be confirmed makes an
//! application's UPDATE or DELETE fail.

mod checks;
mod fixes;
#[cfg(test)]
mod tests;

use super::model::{Change, Extent, Operations, Table, Verb};
use super::postgres::Facts;
use crate::change::apply::fingerprint;
use crate::change::{Blast, Command, Plan};
use crate::replication::logical::model::{Name, TableName};
use crate::replication::sql::{identifier, literal, qualified, statement_in};
use crate::text::Words;
use crate::words;

/// Plans a change.
pub fn plan(server: &str, change: &Change, facts: &Facts) -> Plan {
    match change {
        Change::CreatePublication { database, name, extent, publish, via_root, reader, .. } => {
            let wish = Wish { database, name, publish: *publish, via_root: *via_root };
            create(server, &wish, extent, reader.as_ref(), facts)
        }
        Change::AlterTables { database, name, verb, tables, .. } => {
            alter_tables(server, database, name, *verb, tables, facts)
        }
        Change::SetPublish { database, name, publish, via_root, .. } => {
            set_publish(server, &Wish { database, name, publish: *publish, via_root: *via_root }, facts)
        }
        Change::DropPublication { database, name, .. } => drop(server, database, name, facts),
        Change::SetReplicaIdentity { database, table, identity, .. } => {
            fixes::replica_identity(server, database, table, identity, facts)
        }
        Change::GrantSelect { database, reader, tables, .. } => fixes::grant(server, database, reader, tables, facts),
    }
}

struct Wish<'a> {
    database: &'a Name,
    name: &'a Name,
    publish: Operations,
    via_root: bool,
}

impl Wish<'_> {
    fn options(&self) -> String {
        let (publish, root) = (literal(&self.publish.to_string()), self.via_root);
        format!("publish = {publish}, publish_via_partition_root = {root}")
    }
}

/// What was observed, as far as a plan rests on it. Sizes move all the time and decide nothing.
fn observed(facts: &Facts) -> impl serde::Serialize + '_ {
    let tables: Vec<_> = facts.tables.iter().map(|table| (&table.name, &table.troubles, table.owned)).collect();
    (&facts.known, tables, &facts.missing, &facts.missing_schemas, facts.may_create, &facts.reader, &facts.subscribers)
}

fn create(server: &str, wish: &Wish, extent: &Extent, reader: Option<&Name>, facts: &Facts) -> Plan {
    let (name, publish) = (wish.name, wish.publish);
    let what = match extent {
        Extent::AllTables => "FOR ALL TABLES".to_owned(),
        Extent::Schemas(names) => {
            let names: Vec<String> = names.iter().map(|name| identifier(name.as_str())).collect();
            format!("FOR TABLES IN SCHEMA {}", names.join(", "))
        }
        Extent::Tables(tables) => format!("FOR TABLE {}", list(tables)),
    };
    let text = format!("CREATE PUBLICATION {} {what} WITH ({});", identifier(name.as_str()), wish.options());
    let commands = vec![statement_in(wish.database.as_str(), text)];
    let mut checks = vec![checks::name_is_free(name, facts), checks::not_a_standby(facts)];
    checks.extend(checks::all_there(facts));
    checks.extend(checks::role_may_create(extent, facts));
    checks.extend(checks::version_knows(extent, facts));
    checks.extend(checks::can_be_published(facts));
    checks.push(checks::writes_go_on(publish, &facts.tables));
    checks.extend(checks::full_identity(publish, &facts.tables));
    checks.extend(checks::later_tables(extent, publish));
    checks.push(checks::wal_level(facts));
    checks.extend(checks::reader_may_read(reader, facts));
    let mut effect = vec![words!(
        "From the next moment on, {publish} of these tables are sent to whoever subscribes to {name}. Nobody does yet.",
        "지금부터 이 테이블들의 {publish}이(가) {name} 구독자에게 전송됩니다. 아직 구독자는 없습니다.",
    )];
    effect.push(not_replicated(facts));
    Plan {
        title: words!("Create the publication {name} on {server}", "{server}에 발행 {name} 생성"),
        checks,
        fingerprint: fingerprint(&observed(facts), &commands),
        commands,
        revert: Vec::new(),
        effect,
        way_back: words!("Drop the publication {name}.", "발행 {name}을(를) 삭제합니다."),
        blast: Blast::Plain,
    }
}

/// What subscribers do not get, with what of it there is in this database.
fn not_replicated(facts: &Facts) -> Words {
    let left = &facts.left_behind;
    let (sequences, views, unlogged) = (left.sequences, left.materialized_views, left.unlogged_tables);
    let (foreign, objects) = (left.foreign_tables, left.large_objects);
    words!(
        "Not replicated: changes of the schema (DDL), values of sequences ({sequences} here), materialized views \
         ({views}), unlogged tables ({unlogged}), foreign tables ({foreign}), large objects ({objects}).",
        "복제되지 않는 것: 스키마 변경(DDL), 시퀀스 값(여기 {sequences}개), 구체화된 뷰({views}), 비로그 테이블({unlogged}), \
         외부 테이블({foreign}), 대형 객체({objects}).",
    )
}

fn alter_tables(server: &str, database: &Name, name: &Name, verb: Verb, tables: &[TableName], facts: &Facts) -> Plan {
    let word = match verb {
        Verb::Add => "ADD",
        Verb::Drop => "DROP",
        Verb::Set => "SET",
    };
    let text = format!("ALTER PUBLICATION {} {word} TABLE {};", identifier(name.as_str()), list(tables));
    let commands = vec![statement_in(database.as_str(), text)];
    let mut checks = vec![checks::is_there(name, facts), checks::lists_tables(facts), checks::not_a_standby(facts)];
    checks.extend(checks::all_there(facts));
    let publish = facts.known.as_ref().map_or(Operations::ALL, |known| known.publish);
    if verb != Verb::Drop {
        checks.extend(checks::owns(&facts.tables));
        checks.extend(checks::can_be_published(facts));
        checks.push(checks::writes_go_on(publish, &facts.tables));
        checks.extend(checks::full_identity(publish, &facts.tables));
    }
    checks.extend(checks::used_by(facts));
    let effect = match verb {
        Verb::Add => words!(
            "Subscribers get the new tables only after ALTER SUBSCRIPTION … REFRESH PUBLICATION on their side.",
            "구독자는 자기 쪽에서 ALTER SUBSCRIPTION … REFRESH PUBLICATION을 한 뒤에야 새 테이블을 받습니다.",
        ),
        Verb::Drop => words!(
            "Changes of these tables are no longer sent. Subscribers keep the rows that they have.",
            "이 테이블들의 변경은 더 이상 전송되지 않습니다. 구독자는 가진 행을 그대로 둡니다.",
        ),
        Verb::Set => words!(
            "The publication has exactly these tables afterwards; what it had before is no longer sent.",
            "이후 발행에는 정확히 이 테이블들만 남으며, 이전 테이블은 더 이상 전송되지 않습니다.",
        ),
    };
    let way_back = match verb {
        Verb::Add => words!("Drop the tables from the publication again.", "발행에서 테이블을 다시 뺍니다."),
        Verb::Drop | Verb::Set => words!(
            "Add the tables again; what changed in between is missing at the subscribers until they copy anew.",
            "테이블을 다시 추가합니다. 그 사이 변경은 구독자가 새로 복사하기 전까지 빠져 있습니다.",
        ),
    };
    let blast = if verb == Verb::Add { Blast::Plain } else { Blast::Confirm };
    Plan {
        title: words!("Change the tables of the publication {name} on {server}", "{server}의 발행 {name} 테이블 변경"),
        checks,
        fingerprint: fingerprint(&observed(facts), &commands),
        commands,
        revert: Vec::new(),
        effect: vec![effect],
        way_back,
        blast,
    }
}

fn set_publish(server: &str, wish: &Wish, facts: &Facts) -> Plan {
    let (name, publish) = (wish.name, wish.publish);
    let text = format!("ALTER PUBLICATION {} SET ({});", identifier(name.as_str()), wish.options());
    let commands = vec![statement_in(wish.database.as_str(), text)];
    let mut checks =
        vec![checks::is_there(name, facts), checks::not_a_standby(facts), checks::writes_go_on(publish, &facts.tables)];
    checks.extend(checks::full_identity(publish, &facts.tables));
    checks.extend(checks::used_by(facts));
    let before = facts.known.as_ref().map(|known| known.publish.to_string()).unwrap_or_default();
    Plan {
        title: words!(
            "Send {publish} through the publication {name} on {server}",
            "{server}의 발행 {name}에서 {publish} 전송"
        ),
        checks,
        fingerprint: fingerprint(&observed(facts), &commands),
        commands,
        revert: Vec::new(),
        effect: vec![words!(
            "Now it sends {before}. What is no longer sent is missing at the subscribers for good.",
            "지금은 {before}을(를) 보냅니다. 더 이상 보내지 않는 변경은 구독자에게 영영 빠집니다.",
        )],
        way_back: words!("Set it to {before} again.", "{before}(으)로 되돌립니다."),
        blast: Blast::Confirm,
    }
}

fn drop(server: &str, database: &Name, name: &Name, facts: &Facts) -> Plan {
    let commands = vec![statement_in(database.as_str(), format!("DROP PUBLICATION {};", identifier(name.as_str())))];
    let mut checks = vec![checks::is_there(name, facts), checks::not_a_standby(facts)];
    checks.extend(checks::used_by(facts));
    Plan {
        title: words!("Drop the publication {name} on {server}", "{server}의 발행 {name} 삭제"),
        checks,
        fingerprint: fingerprint(&observed(facts), &commands),
        commands,
        revert: Vec::new(),
        effect: vec![words!(
            "A subscription that names it stops with an error at its next change, its slot goes on holding WAL, and the \
             subscriber tells of it in its log only.",
            "이 발행을 쓰는 구독은 다음 변경에서 오류로 멈추고, 그 슬롯은 WAL을 계속 보관하며, 구독 서버는 로그에만 남깁니다.",
        )],
        way_back: words!(
            "Create it again with the same tables; what was written in between may be missing at the subscribers.",
            "같은 테이블로 다시 생성합니다. 그 사이 기록된 내용은 구독자에게 빠질 수 있습니다.",
        ),
        blast: Blast::TypeName(name.to_string()),
    }
}

fn list(tables: &[TableName]) -> String {
    let names: Vec<String> = tables.iter().map(|table| qualified(table.schema.as_str(), table.name.as_str())).collect();
    names.join(", ")
}

/// The names of the tables that `which` holds for.
fn names_of(tables: &[Table], which: impl Fn(&Table) -> bool) -> Vec<String> {
    tables
        .iter()
        .filter(|table| which(table))
        .map(|table| table.at.as_ref().unwrap_or(&table.name).to_string())
        .collect()
}

fn sent_to(database: &Name, text: String) -> Command {
    statement_in(database.as_str(), text)
}
