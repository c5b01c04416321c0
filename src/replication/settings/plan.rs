//! What each change of a setting would do, found out beforehand.

mod boot;
mod common;
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
    let mut checks = common::checks(name, setting, facts);
    let mut effect = vec![when(name, setting)];
    let mut blast = Blast::Plain;
    match wanted {
        Some(value) if setting.is_some() => blast = own(name, value, facts, &mut checks, &mut effect),
        Some(_) => {}
        None => {
            checks.push(common::is_in_file(setting));
            if let Some(setting) = setting {
                blast = without(name, setting, facts, &mut checks, &mut effect);
            }
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

/// What holds once the file says nothing is checked as if it were set.
fn without(name: Name, setting: &Setting, facts: &Facts, checks: &mut Vec<Check>, effect: &mut Vec<Words>) -> Blast {
    let Some(beneath) = &setting.beneath else {
        checks.push(Check::block(
            words!("Which value holds then is not visible: no permission.", "그 뒤에 적용될 값을 볼 권한이 없습니다."),
            words!("Set the value that you want instead.", "대신 원하는 값을 설정하세요."),
        ));
        return Blast::Confirm;
    };
    let found = words!("Then {name} is “{beneath}”.", "그 뒤에는 {name}이(가) “{beneath}”입니다.");
    match name.value(beneath) {
        Ok(value) => {
            checks.push(Check::pass(found));
            match own(name, &value, facts, checks, effect) {
                Blast::Plain => Blast::Confirm,
                blast => blast,
            }
        }
        // Written with a unit, or by another word for the same.
        Err(_) => {
            let advice = words!("What that means here is not checked.", "그 값의 영향은 점검하지 않았습니다.");
            checks.push(if name.needs_restart() { Check::block(found, advice) } else { Check::warn(found, advice) });
            Blast::Confirm
        }
    }
}

/// Why the server would not start again with the value that waits for its restart.
pub(super) fn will_not_start(name: Name, facts: &Facts) -> Option<Words> {
    let setting = facts.settings.get(name.as_str()).filter(|setting| setting.pending_restart)?;
    let InFile::Value(waiting) = &setting.in_file else { return None };
    let mut checks = Vec::new();
    match name {
        Name::WalLevel => boot::wal_level(waiting, facts, &mut checks),
        Name::MaxReplicationSlots => boot::slots(waiting, facts, &mut checks),
        _ => return None,
    };
    checks.into_iter().find(|check| check.verdict == Verdict::Block).map(|check| check.found)
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
