//! What is wrong with a server's settings, as they are.

use super::meaning::{SHOWN, meaning, since};
use super::model::change::Name;
use super::model::conninfo::{masked, value_of};
use super::model::standbys::Standbys;
use super::model::{Row, Settings, Value, suggested_cap};
use super::plan::will_not_start;
use super::postgres::{Facts, Setting};
use crate::text::{Words, bytes};
use crate::words;

/// Everything that the page shows.
pub(super) fn seen(facts: &Facts) -> Settings {
    Settings {
        major: facts.about.major(),
        standby: facts.about.standby,
        rows: SHOWN.into_iter().map(|name| row(name, facts)).collect(),
        suggested_cap: suggested_cap(facts.wal_volume),
        wal_volume: facts.wal_volume,
    }
}

fn row(name: &str, facts: &Facts) -> Row {
    let setting = facts.settings.get(name);
    Row {
        name: name.to_owned(),
        value: value(name, setting, facts),
        source: setting.map(|setting| source(&setting.source)).unwrap_or_default(),
        pending_restart: setting.is_some_and(|setting| setting.pending_restart),
        meaning: meaning(name),
        warning: setting.and_then(|_| warning(name, facts)),
        change: Name::parse(name).filter(|_| setting.is_some()),
    }
}

fn value(name: &str, setting: Option<&Setting>, facts: &Facts) -> Value {
    match setting {
        Some(setting) => {
            let text = if name == "primary_conninfo" { masked(&setting.value) } else { setting.value.clone() };
            Value::Known { text, unit: setting.unit.clone() }
        }
        None if facts.about.major() < since(name) => Value::Since(since(name)),
        None => Value::NoPermission,
    }
}

fn source(source: &str) -> Words {
    match source {
        "default" => words!("default", "기본값"),
        "configuration file" => words!("configuration file", "설정 파일"),
        "command line" => words!("command line of the server", "서버 명령줄"),
        "database" | "user" | "database user" => {
            words!("the console's role or database", "콘솔의 역할 또는 데이터베이스")
        }
        "client" | "session" => words!("this session", "이 세션"),
        "override" => words!("fixed by the server", "서버가 고정"),
        _ => words!("other", "기타"),
    }
}

fn warning(name: &str, facts: &Facts) -> Option<Words> {
    let text = facts.text(name);
    let number = facts.number(name).unwrap_or_default();
    if let Some(warning) = Name::parse(name).and_then(|name| will_not_start(name, facts)) {
        return Some(warning);
    }
    match name {
        "wal_level" if text == "minimal" => {
            Some(words!("No standby and no slot is possible.", "대기 서버도 슬롯도 쓸 수 없습니다."))
        }
        "max_slot_wal_keep_size" if number < 0 => Some(uncapped(facts)),
        "max_replication_slots" => nearly_full(facts.slots.len(), number),
        "max_wal_senders" => nearly_full(facts.senders.len(), number),
        "wal_sender_timeout" if number == 0 => Some(words!(
            "A standby that has gone is never noticed; its slot counts as used.",
            "사라진 대기 서버를 알아채지 못하고 슬롯이 사용 중으로 남습니다.",
        )),
        "synchronous_standby_names" => missing_standbys(text, facts),
        "synchronous_commit"
            if matches!(text, "off" | "local") && !facts.text("synchronous_standby_names").is_empty() =>
        {
            Some(words!(
                "Commits do not wait for the standbys that are named.",
                "커밋이 지정된 대기 서버를 기다리지 않습니다."
            ))
        }
        "synchronized_standby_slots" => frozen_consumers(text, facts),
        "sync_replication_slots" if text == "on" && facts.about.standby => cannot_copy_slots(facts),
        "hot_standby_feedback" if facts.about.standby && text == "off" && facts.slots.iter().any(|it| it.logical) => {
            Some(words!(
                "A VACUUM on the primary can invalidate the logical slots here.",
                "기본 서버의 VACUUM이 여기의 논리 슬롯을 무효화할 수 있습니다.",
            ))
        }
        "primary_slot_name" if facts.about.standby && text.is_empty() => Some(words!(
            "Without a slot the primary may remove WAL that this standby still needs.",
            "슬롯이 없으면 이 대기 서버에 아직 필요한 WAL을 기본 서버가 지울 수 있습니다.",
        )),
        "max_logical_replication_workers" if number >= facts.number("max_worker_processes").unwrap_or(i64::MAX) => {
            Some(words!(
                "As many as max_worker_processes: parallel queries and workers take each other's places.",
                "max_worker_processes와 같거나 많아, 병렬 쿼리와 워커가 서로 자리를 빼앗습니다.",
            ))
        }
        _ => None,
    }
}

/// There is no limit: bad when a slot that nobody uses grows already.
fn uncapped(facts: &Facts) -> Words {
    let idle = facts.slots.iter().filter(|slot| !slot.active && slot.held_bytes.is_some());
    match idle.max_by_key(|slot| slot.held_bytes) {
        None => words!(
            "No limit: a slot that nobody reads would fill the disk.",
            "한도가 없어, 읽히지 않는 슬롯이 생기면 디스크가 가득 찹니다.",
        ),
        Some(slot) => {
            let (name, held) = (&slot.name, bytes(slot.held_bytes.unwrap_or_default()));
            words!(
                "No limit, and nobody reads {name}: it holds {held} and fills the disk.",
                "한도가 없고 {name}을(를) 읽는 곳이 없습니다. {held}을(를) 보관 중이며 디스크가 가득 찰 수 있습니다.",
            )
        }
    }
}

fn nearly_full(used: usize, limit: i64) -> Option<Words> {
    let used = i64::try_from(used).unwrap_or(i64::MAX);
    (used > 0 && used.saturating_mul(10) >= limit.saturating_mul(9))
        .then(|| words!("{used} of {limit} are in use.", "{limit}개 중 {used}개를 사용 중입니다."))
}

fn missing_standbys(text: &str, facts: &Facts) -> Option<Words> {
    let standbys = Standbys::parse(text).ok().filter(|it| it.needed > 0 && !facts.about.standby)?;
    if facts.senders.iter().any(|sender| sender.state.is_none()) {
        return Some(words!(
            "Whether they stream is not visible: no permission (pg_monitor).",
            "스트리밍 여부를 볼 권한이 없습니다(pg_monitor).",
        ));
    }
    let named = |name: &&str| standbys.lists(name);
    let streaming = facts.senders.iter().filter(|it| it.streams()).filter_map(|it| it.application_name.as_deref());
    let (found, needed) = (streaming.filter(named).count(), standbys.needed);
    (found < needed).then(|| {
        words!(
            "Commits hang now: {found} of them stream, {needed} are needed.",
            "지금 커밋이 멈춰 있습니다. {needed}대가 필요하지만 {found}대만 스트리밍 중입니다.",
        )
    })
}

fn frozen_consumers(text: &str, facts: &Facts) -> Option<Words> {
    let names = text.split(',').map(|name| name.trim().trim_matches('"')).filter(|name| !name.is_empty());
    let held = |name: &str| facts.slots.iter().any(|it| it.name == name && it.active && !it.logical && !it.lost);
    let missing: Vec<&str> = names.filter(|name| !held(name)).collect();
    let missing = missing.join(", ");
    (!missing.is_empty()).then(|| {
        words!(
            "No standby is connected to {missing}: consumers of failover slots stand still.",
            "{missing}에 연결된 대기 서버가 없어 장애 조치 슬롯의 소비자가 멈춰 있습니다.",
        )
    })
}

fn cannot_copy_slots(facts: &Facts) -> Option<Words> {
    let conninfo = facts.settings.get("primary_conninfo");
    let mut missing = Vec::new();
    if facts.text("hot_standby_feedback") != "on" {
        missing.push("hot_standby_feedback = on");
    }
    if facts.text("primary_slot_name").is_empty() {
        missing.push("primary_slot_name");
    }
    if conninfo.is_some_and(|it| value_of(&it.value, "dbname").is_none()) {
        missing.push("dbname in primary_conninfo");
    }
    let missing = missing.join(", ");
    (!missing.is_empty())
        .then(|| words!("No slot is copied: missing {missing}.", "슬롯이 복사되지 않습니다. 없는 것: {missing}."))
}
