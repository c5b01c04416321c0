//! A new slot.

use super::super::model::{DatabaseName, PluginName, SlotName};
use super::super::postgres::Facts;
use super::super::postgres::choices::{Scene, Writer};
use super::checks::{growth_is_bounded, name_is_free, role_may, slots_are_left, wal_level_suffices};
use super::impact::subscriptions;
use super::versions::{no_failover, no_logical, no_two_phase};
use super::{GAP_ACCEPTED, commands};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Plan};
use crate::text::{Words, span};
use crate::words;

pub(super) fn physical(server: &str, name: &SlotName, reserve: bool, facts: &Facts) -> Plan {
    let commands = vec![commands::create_physical(name, reserve)];
    let holds = if reserve {
        words!(
            "From now on the server keeps all WAL until a standby connected to {name} has received it.",
            "지금부터 {name}에 연결된 대기 서버가 받을 때까지 서버가 모든 WAL을 보관합니다.",
        )
    } else {
        words!(
            "The slot holds no WAL until a standby connects for the first time, so it protects nothing yet.",
            "대기 서버가 처음 연결할 때까지 WAL을 보관하지 않으므로 아직 아무것도 보호하지 않습니다.",
        )
    };
    let mut checks = vec![
        name_is_free(name, facts),
        slots_are_left(facts),
        wal_level_suffices(facts),
        role_may(facts),
        growth_is_bounded(facts),
    ];
    checks.extend(waiting_standby(facts));
    Plan {
        title: words!("Create the physical slot {name} on {server}", "{server}에 물리 슬롯 {name} 생성"),
        checks,
        fingerprint: fingerprint(&before(facts), &commands),
        commands,
        revert: Vec::new(),
        effect: vec![holds, words!("Takes no lock and is done in milliseconds.", "잠금 없이 수 밀리초 안에 끝납니다.")],
        way_back: words!("Drop the slot {name}.", "슬롯 {name}을(를) 삭제합니다."),
        blast: Blast::Plain,
    }
}

/// The logical slot that is asked for.
pub(super) struct Logical<'a> {
    pub(super) name: &'a SlotName,
    pub(super) plugin: &'a PluginName,
    pub(super) database: &'a DatabaseName,
    pub(super) two_phase: bool,
    pub(super) failover: bool,
}

pub(super) fn logical(server: &str, wanted: &Logical<'_>, facts: &Facts, scene: &Scene) -> Plan {
    let Logical { name, plugin, database, two_phase, failover } = *wanted;
    let commands = vec![commands::create_logical(name, plugin, database, two_phase, failover)];
    let gap = resumes(name, facts);
    let mut checks = vec![name_is_free(name, facts), slots_are_left(facts), logical_level(facts), role_may(facts)];
    checks.extend(no_logical(&facts.about).map(|why| Check::block(why, Words::default())));
    checks.extend([database_is_open(database, scene), plugin_is_there(plugin)]);
    checks.extend(two_phase.then(|| no_two_phase(&facts.about)).flatten().map(|why| Check::block(why, untick())));
    checks.extend(failover.then(|| no_failover(&facts.about)).flatten().map(|why| Check::block(why, untick())));
    checks.push(growth_is_bounded(facts));
    checks.extend(if facts.about.standby { on_standby(facts) } else { vec![nobody_writes(scene)] });
    checks.extend(gap.clone());
    let blast = if gap.is_some() { Blast::TypeName(GAP_ACCEPTED.to_owned()) } else { Blast::Plain };
    Plan {
        title: words!("Create the logical slot {name} on {server}", "{server}에 논리 슬롯 {name} 생성"),
        checks,
        fingerprint: fingerprint(&(before(facts), gap.is_some(), scene.database.is_some()), &commands),
        commands,
        revert: Vec::new(),
        effect: vec![
            words!(
                "From now on the server keeps the WAL, and the old rows of system tables, until the slot's consumer \
                 has confirmed them. VACUUM cleans system tables no further meanwhile.",
                "지금부터 소비자가 확인할 때까지 서버가 WAL과 시스템 테이블의 이전 행을 보관합니다. \
                 그동안 VACUUM은 시스템 테이블을 더 정리하지 못합니다.",
            ),
            words!(
                "It waits until every transaction that writes now has ended; others go on meanwhile. It can be \
                 stopped, and ends by itself after 10 min.",
                "지금 쓰고 있는 모든 트랜잭션이 끝날 때까지 기다립니다. 다른 작업은 계속됩니다. \
                 중단할 수 있고 10분 뒤에는 스스로 끝납니다.",
            ),
        ],
        way_back: words!("Drop the slot {name}.", "슬롯 {name}을(를) 삭제합니다."),
        blast,
    }
}

fn before(facts: &Facts) -> (bool, &str, bool, bool) {
    let about = &facts.about;
    (facts.slot.is_some(), &about.wal_level, about.role.may_use_slots(), about.standby)
}

fn untick() -> Words {
    words!("Leave this option out.", "이 옵션을 빼세요.")
}

/// A standby's own setting counts only after it is promoted; what counts now is its primary's.
fn logical_level(facts: &Facts) -> Check {
    let (level, whose, whose_ko) = match (&facts.peers.primary, facts.about.standby) {
        (Some(primary), true) => {
            (primary.wal_level.as_str(), format!(" on {}", primary.name), format!("({})", primary.name))
        }
        (None, true) => {
            return Check::warn(
                words!("The primary's wal_level is unknown here.", "여기서는 기본 서버의 wal_level을 알 수 없습니다."),
                words!("It must be logical.", "logical이어야 합니다."),
            );
        }
        _ => (facts.about.wal_level.as_str(), String::new(), String::new()),
    };
    let found = words!("wal_level{whose} is {level}.", "wal_level{whose_ko}은 {level}입니다.");
    if level == "logical" {
        Check::pass(found)
    } else {
        Check::block(
            found,
            words!(
                "Logical slots need wal_level logical (needs a restart).",
                "논리 슬롯에는 wal_level logical이 필요합니다(재시작 필요)."
            ),
        )
    }
}

fn database_is_open(name: &DatabaseName, scene: &Scene) -> Check {
    match &scene.database {
        None => Check::block(
            words!("There is no database {name}.", "데이터베이스 {name}이(가) 없습니다."),
            words!("Choose another.", "다른 데이터베이스를 선택하세요."),
        ),
        Some(choice) => match &choice.closed {
            Some(why) => Check::block(why.clone(), words!("Choose another.", "다른 데이터베이스를 선택하세요.")),
            None => Check::pass(words!(
                "The database {name} takes connections.",
                "데이터베이스 {name}에 연결할 수 있습니다."
            )),
        },
    }
}

fn plugin_is_there(plugin: &PluginName) -> Check {
    if plugin.as_str() == "pgoutput" {
        return Check::pass(words!("pgoutput is part of the server.", "pgoutput은 서버에 포함되어 있습니다."));
    }
    Check::warn(
        words!(
            "Whether the server has {plugin} shows only when it is used: no list of plugins exists.",
            "{plugin}이(가) 있는지는 사용할 때만 알 수 있습니다. 플러그인 목록은 없습니다.",
        ),
        words!("If it is missing, nothing is made.", "없으면 아무것도 만들어지지 않습니다."),
    )
}

fn nobody_writes(scene: &Scene) -> Check {
    let (writing, prepared) = (scene.writing, scene.prepared);
    if writing + prepared == 0 {
        return Check::pass(words!("No transaction writes right now.", "지금 쓰고 있는 트랜잭션이 없습니다."));
    }
    let told: Vec<Words> = scene.writers.iter().map(writer).collect();
    let en = told.iter().map(|words| words.en.clone()).collect::<Vec<_>>().join("; ");
    let ko = told.iter().map(|words| words.ko.clone()).collect::<Vec<_>>().join("; ");
    let (open, open_ko) = match prepared {
        0 => (String::new(), String::new()),
        _ => (format!(", and {prepared} prepared"), format!(", 준비된 것 {prepared}개")),
    };
    Check::warn(
        Words::new(
            format!("The creation would wait now for {writing} writing transaction(s){open}: {en}"),
            format!("지금 생성하면 쓰기 트랜잭션 {writing}개{open_ko}을(를) 기다립니다: {ko}"),
        ),
        words!("It goes on as soon as they have ended.", "그것들이 끝나면 바로 진행됩니다."),
    )
}

fn writer(writer: &Writer) -> Words {
    let pid = writer.pid;
    let age = match writer.seconds {
        Some(seconds) => span((seconds * 1000.0) as i64),
        None => words!("no permission to see how long", "시간을 볼 권한 없음"),
    };
    let application = writer.application.clone().unwrap_or_default();
    Words::new(format!("pid {pid} {application} ({})", age.en), format!("pid {pid} {application} ({})", age.ko))
}

fn on_standby(facts: &Facts) -> Vec<Check> {
    let mut checks = Vec::new();
    if !facts.feedback {
        checks.push(Check::warn(
            words!(
                "hot_standby_feedback is off: the primary may clean rows that this slot needs, and the slot is lost.",
                "hot_standby_feedback가 꺼져 있어, 기본 서버가 이 슬롯에 필요한 행을 정리하면 슬롯이 유실됩니다.",
            ),
            words!("Switch it on first (reload).", "먼저 켜세요(재적용)."),
        ));
    }
    if facts.primary_slot.is_empty() {
        checks.push(Check::warn(
            words!(
                "This standby uses no physical slot: its feedback is forgotten whenever it is disconnected.",
                "이 대기 서버는 물리 슬롯을 쓰지 않아, 연결이 끊기면 피드백이 사라집니다.",
            ),
            words!("Give it a primary_slot_name first.", "먼저 primary_slot_name을 지정하세요."),
        ));
    }
    let whose = facts.peers.primary.as_ref().map_or_else(String::new, |primary| format!(" ({})", primary.name));
    checks.push(Check::warn(
        words!(
            "A standby waits for a snapshot record from its primary{whose}. An idle primary writes none.",
            "대기 서버는 기본 서버{whose}의 스냅샷 레코드를 기다립니다. 한가한 기본 서버는 기록하지 않습니다.",
        ),
        words!(
            "If it waits, SELECT pg_log_standby_snapshot(); on the primary: the form below links to it where the \
             primary is known here.",
            "기다리게 되면 기본 서버에서 SELECT pg_log_standby_snapshot();을 실행하세요. \
             기본 서버가 등록되어 있으면 아래 양식에 링크가 있습니다.",
        ),
    ));
    checks
}

/// Somebody would read on from a slot of this name as if nothing had happened, and miss what came in between.
fn resumes(name: &SlotName, facts: &Facts) -> Option<Check> {
    if facts.slot.is_some() {
        return None;
    }
    let advice = words!(
        "Let the consumer copy everything anew, or type below that the gap is accepted.",
        "소비자가 모두 새로 복사하게 하거나, 공백을 받아들인다고 아래에 입력하세요.",
    );
    let named = subscriptions(facts);
    if !named.is_empty() {
        return Some(Check::warn(
            words!(
                "A subscription already reads a slot of this name: {named}. It would go on without an error, \
                 and what was written since its old slot is missing there for good.",
                "이미 이 이름의 슬롯을 읽는 구독이 있습니다: {named}. 오류 없이 이어가지만, \
                 이전 슬롯 이후에 쓰인 내용은 영영 빠집니다.",
            ),
            advice,
        ));
    }
    facts.removed_at.map(|_| {
        Check::warn(
            words!(
                "The record says that a slot {name} was dropped here before. A consumer that still has its place would \
                 go on without an error, and miss what was written in between.",
                "기록에 따르면 여기서 슬롯 {name}이(가) 삭제된 적이 있습니다. 위치를 기억하는 소비자는 오류 없이 \
                 이어가며, 그 사이에 쓰인 내용을 놓칩니다.",
            ),
            advice,
        )
    })
}

/// A known standby names the slot already: it connects as soon as it is there.
fn waiting_standby(facts: &Facts) -> Option<Check> {
    let standbys = facts.peers.standbys.join(", ");
    (!standbys.is_empty() && facts.slot.is_none()).then(|| {
        Check::warn(
            words!(
                "The standby {standbys} waits for a slot of this name.",
                "대기 서버 {standbys}이(가) 이 이름의 슬롯을 기다립니다."
            ),
            words!(
                "It connects at once; if the WAL that it needs is gone, it needs a new base backup.",
                "바로 연결됩니다. 필요한 WAL이 이미 없으면 새 베이스 백업이 필요합니다.",
            ),
        )
    })
}
