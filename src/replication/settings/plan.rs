//! What each change of a setting would do, found out beforehand.

mod boot;
mod standbys;
mod wal;

use super::model::change::{Change, Name};
use super::postgres::{Facts, InFile, Setting};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Command, Plan, Verdict};
use crate::replication::sql::{literal, statement};
use crate::text::Words;
use crate::words;

/// Plans a change of what was found.
pub(super) fn plan(server: &str, change: &Change, facts: &Facts) -> Plan {
    let name = change.name();
    let setting = facts.settings.get(name.as_str());
    let wanted = match change {
        Change::SetSetting { value, .. } => Some(value.as_str()),
        Change::ResetSetting { .. } => None,
    };
    let unit = setting.map_or("", |setting| setting.unit.as_str());
    let commands = commands(name, wanted, unit);
    let mut checks = common(name, setting, facts);
    let mut effect = vec![when(name, setting)];
    let mut blast = Blast::Plain;
    match wanted {
        Some(value) if setting.is_some() => blast = own(name, value, facts, &mut checks, &mut effect),
        Some(_) => {}
        None => {
            checks.push(is_in_file(setting));
            blast = Blast::Confirm;
        }
    }
    effect.push(words!(
        "A reload reads all configuration files: what somebody else has edited there takes effect too.",
        "다시 읽기는 모든 설정 파일에 적용되므로, 다른 사람이 고쳐 둔 내용도 함께 적용됩니다.",
    ));
    let back = back(name, setting);
    // What passed may have moved a little since, such as bytes held; what did not must be as it was shown.
    let failed = checks.iter().filter(|check| check.verdict != Verdict::Pass);
    let observed: Vec<_> = failed.map(|check| (check.verdict, &check.found.en)).collect();
    Plan {
        title: title(server, name, wanted, unit),
        fingerprint: fingerprint(
            &(setting.map(|it| (&it.value, &it.in_file, it.pending_restart)), observed),
            &commands,
        ),
        checks,
        revert: match (name, wanted) {
            (Name::SynchronousStandbyNames, Some(value)) if !value.is_empty() => back.commands,
            _ => Vec::new(),
        },
        commands,
        effect,
        way_back: back.words,
        blast,
    }
}

fn title(server: &str, name: Name, wanted: Option<&str>, unit: &str) -> Words {
    match wanted {
        Some("") => words!("Empty {name} on {server}", "{server}의 {name} 비우기"),
        Some(value) => {
            let value = with_unit(value, unit);
            words!("Set {name} to {value} on {server}", "{server}의 {name}을(를) {value}(으)로 설정")
        }
        None => words!(
            "Take {name} out of postgresql.auto.conf on {server}",
            "{server}의 postgresql.auto.conf에서 {name} 제거"
        ),
    }
}

/// Each is a call of its own: ALTER SYSTEM is refused beside another statement.
fn commands(name: Name, wanted: Option<&str>, unit: &str) -> Vec<Command> {
    let first = match wanted {
        Some(value) => format!("ALTER SYSTEM SET {name} = {};", literal(&with_unit(value, unit))),
        None => format!("ALTER SYSTEM RESET {name};"),
    };
    vec![statement(first), statement("SELECT pg_reload_conf();".to_owned())]
}

/// `10240` as `10240MB`; -1 and 0 mean the same in every unit.
fn with_unit(value: &str, unit: &str) -> String {
    let plain = unit.is_empty() || matches!(value, "" | "0" | "-1") || value.parse::<i64>().is_err();
    if plain { value.to_owned() } else { format!("{value}{unit}") }
}

fn when(name: Name, setting: Option<&Setting>) -> Words {
    let value = setting.map(|setting| with_unit(&setting.value, &setting.unit)).unwrap_or_default();
    if name.needs_restart() {
        words!(
            "Written now, takes effect at the next restart of the server; until then it stays {value}.",
            "지금 기록되지만 서버를 다시 시작해야 적용됩니다. 그때까지는 {value}입니다.",
        )
    } else {
        words!("Takes effect within a second, without a restart.", "재시작 없이 1초 안에 적용됩니다.")
    }
}

/// How things become what they were.
struct Back {
    commands: Vec<Command>,
    words: Words,
}

fn back(name: Name, setting: Option<&Setting>) -> Back {
    let Some(setting) = setting else {
        return Back { commands: Vec::new(), words: words!("None.", "없음.") };
    };
    let old = match &setting.in_file {
        InFile::Value(text) => Some(text.clone()),
        InFile::Nothing => None,
        InFile::Something | InFile::Unknown => Some(with_unit(&setting.value, &setting.unit)),
    };
    let commands = commands(name, old.as_deref(), "");
    let first = &commands[0].exact;
    let mut words = words!("{first} SELECT pg_reload_conf();", "{first} SELECT pg_reload_conf();");
    if setting.in_file == InFile::Unknown {
        words.en.push_str(" Whether the value came from postgresql.auto.conf is not visible to the console's role.");
        words.ko.push_str(" 이 값이 postgresql.auto.conf에서 온 것인지는 콘솔 역할에 보이지 않습니다.");
    }
    Back { commands, words }
}

fn common(name: Name, setting: Option<&Setting>, facts: &Facts) -> Vec<Check> {
    let Some(setting) = setting else {
        return vec![not_there(name, facts)];
    };
    let mut checks = vec![may_alter(name, facts), may_reload(facts)];
    if setting.source == "command line" {
        checks.push(Check::block(
            words!(
                "{name} was given on the server's command line, which wins over its configuration.",
                "{name}은(는) 서버 명령줄에서 지정되어 설정 파일보다 우선합니다.",
            ),
            words!("Change how the server is started.", "서버를 시작하는 방법을 바꾸세요."),
        ));
    }
    checks.extend(readable(facts));
    checks
}

fn not_there(name: Name, facts: &Facts) -> Check {
    let major = facts.about.major();
    let since = super::meaning::since(name.as_str());
    Check::block(
        words!("PostgreSQL {major} has no setting {name}.", "PostgreSQL {major}에는 {name} 설정이 없습니다."),
        words!("PostgreSQL {since} is the first one that has it.", "PostgreSQL {since}부터 있습니다."),
    )
}

fn may_alter(name: Name, facts: &Facts) -> Check {
    let role = &facts.about.role.name;
    if facts.may_alter.iter().any(|may| may == name.as_str()) {
        return Check::pass(words!(
            "The role {role} may change {name}.",
            "역할 {role}에 {name}을(를) 바꿀 권한이 있습니다."
        ));
    }
    let found = words!("The role {role} may not change {name}.", "역할 {role}에 {name}을(를) 바꿀 권한이 없습니다.");
    let grant = format!("GRANT ALTER SYSTEM ON PARAMETER {name} TO {};", crate::replication::sql::identifier(role));
    if facts.about.major() >= 15 {
        Check::block(found, words!("As a superuser: {grant}", "슈퍼유저로 실행: {grant}"))
    } else {
        Check::block(
            found,
            words!(
                "Before PostgreSQL 15 this needs a superuser; it cannot be granted.",
                "PostgreSQL 15 이전에는 슈퍼유저만 할 수 있으며 권한을 줄 수 없습니다.",
            ),
        )
    }
}

fn may_reload(facts: &Facts) -> Check {
    let role = &facts.about.role.name;
    if facts.may_reload {
        return Check::pass(words!(
            "It may have the configuration read again.",
            "설정을 다시 읽게 할 권한이 있습니다."
        ));
    }
    let grant = format!("GRANT EXECUTE ON FUNCTION pg_reload_conf() TO {};", crate::replication::sql::identifier(role));
    Check::block(
        words!(
            "The role {role} may not have the configuration read again.",
            "역할 {role}에 설정을 다시 읽게 할 권한이 없습니다."
        ),
        words!("As a superuser: {grant}", "슈퍼유저로 실행: {grant}"),
    )
}

/// With one error in its files the server reads none of them again.
fn readable(facts: &Facts) -> Option<Check> {
    let places = facts.file_errors.as_deref()?.join(", ");
    Some(if places.is_empty() {
        Check::pass(words!("The configuration files have no errors.", "설정 파일에 오류가 없습니다."))
    } else {
        Check::block(
            words!(
                "The server cannot read its configuration: {places}.",
                "서버가 설정 파일을 읽을 수 없습니다: {places}."
            ),
            words!(
                "Correct that line first: until then no reload has an effect.",
                "먼저 그 줄을 고치세요. 그 전에는 다시 읽어도 적용되지 않습니다."
            ),
        )
    })
}

fn is_in_file(setting: Option<&Setting>) -> Check {
    match setting.map(|setting| &setting.in_file) {
        Some(InFile::Value(value)) => {
            Check::pass(words!("postgresql.auto.conf says {value}.", "postgresql.auto.conf의 값은 {value}입니다."))
        }
        Some(InFile::Nothing) | None => Check::block(
            words!("postgresql.auto.conf says nothing of it.", "postgresql.auto.conf에 이 설정이 없습니다."),
            words!("There is nothing to take out.", "제거할 것이 없습니다."),
        ),
        Some(InFile::Something | InFile::Unknown) => Check::block(
            words!(
                "What postgresql.auto.conf says is not visible: no permission.",
                "postgresql.auto.conf의 내용을 볼 권한이 없습니다."
            ),
            words!("Grant the console's role pg_read_all_settings.", "콘솔 역할에 pg_read_all_settings를 부여하세요."),
        ),
    }
}

/// The checks that only this setting needs.
fn own(name: Name, value: &str, facts: &Facts, checks: &mut Vec<Check>, effect: &mut Vec<Words>) -> Blast {
    match name {
        Name::MaxSlotWalKeepSize => wal::cap(value, facts, checks, effect),
        Name::IdleReplicationSlotTimeout => wal::idle(value, facts, checks, effect),
        Name::WalSenderTimeout => wal::sender_timeout(value, facts, checks),
        Name::SynchronousStandbyNames => standbys::synchronous(value, facts, checks, effect),
        Name::SynchronizedStandbySlots => standbys::synchronized(value, facts, checks),
        Name::SyncReplicationSlots => standbys::sync_slots(value, facts, checks),
        Name::HotStandbyFeedback => standbys::feedback(value, facts, checks),
        Name::WalLevel => boot::wal_level(value, facts, checks),
        Name::MaxReplicationSlots => boot::slots(value, facts, checks),
        Name::MaxWalSenders => boot::senders(value, facts, checks),
    }
}

/// The first ten of some names, and how many more there are.
fn list(names: &[&str]) -> Words {
    const SHOWN: usize = 10;
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => Words::same(shown),
        more => words!("{shown} and {more} more", "{shown} 외 {more}개"),
    }
}

#[cfg(test)]
mod tests;
