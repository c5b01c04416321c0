//! The end: the replica streams, what can be made of it, and what to do if it never comes.

use super::super::model::{State, Step};
use super::super::postgres::{Known, Sender};
use super::{Way, print, step, verdict};
use crate::change::Check;
use crate::text::{Words, bytes, span};
use crate::words;

/// Whether the replica has come.
pub(super) fn streaming(way: &Way) -> Step {
    let name = &way.replica.name;
    let title = words!("{name} streams", "{name}이(가) 스트리밍 중");
    if way.blind() {
        let check = Check::warn(
            words!(
                "Somebody of this name is connected; what it does is not visible: no permission.",
                "이 이름으로 연결되어 있지만 상태를 볼 권한이 없습니다."
            ),
            words!("Grant the console's role pg_monitor.", "콘솔 역할에 pg_monitor를 부여하세요."),
        );
        return step("streaming", title, State::Unknown, vec![check]);
    }
    if let Some(stranger) = way.stranger() {
        return step("streaming", title, State::Wrong, vec![somebody_else(way, stranger)]);
    }
    if way.streams().is_none() {
        return step("streaming", title, State::Waiting, vec![not_yet(way)]);
    }
    let host = way.replica.host;
    let mut checks = vec![Check::pass(words!("It streams to {host}.", "{host}(으)로 스트리밍 중입니다."))];
    checks.push(slot_in_use(way));
    let mut step = step("streaming", title, State::Done, Vec::new());
    match &way.facts.known {
        Some(known) => checks.extend(from_the_other_side(way, known.as_ref())),
        None => step.links.push(way.link(
            words!("Add it as a target, to see it from its side too…", "반대쪽에서도 보도록 대상으로 추가…"),
            "/settings",
            &[],
        )),
    }
    step.state = verdict(&checks);
    step.checks = checks;
    step
}

fn somebody_else(way: &Way, stranger: &Sender) -> Check {
    let (name, role, host) = (&way.replica.name, &way.replica.role, way.replica.host);
    let user = stranger.user.as_deref().unwrap_or("?");
    let address = stranger.address.as_deref().unwrap_or("?");
    Check::block(
        words!(
            "Somebody else streams as {name}: {user} from {address}, not {role} from {host}.",
            "다른 곳이 {name}(으)로 스트리밍 중입니다: {host}의 {role}이(가) 아니라 {address}의 {user}입니다.",
        ),
        words!(
            "Choose another name. If it is your replica, correct role and address in the form.",
            "다른 이름을 쓰세요. 이 복제본이 맞다면 양식의 역할과 주소를 고치세요.",
        ),
    )
}

fn not_yet(way: &Way) -> Check {
    let name = &way.replica.name;
    let found = words!(
        "Nobody with application_name {name} streams yet.",
        "application_name {name}으로 스트리밍하는 곳이 아직 없습니다."
    );
    let ended = way.facts.backup.is_none() && way.facts.seen.backup.as_ref().is_some_and(|(_, ago)| ago.as_secs() > 30);
    let advice = if ended {
        words!(
            "The base backup has ended. If the replica runs, look into its log: a client of another version leaves \
             options that it does not know.",
            "베이스 백업은 끝났습니다. 복제본이 실행 중이면 로그를 보세요. 다른 버전의 클라이언트는 알 수 없는 옵션을 남깁니다.",
        )
    } else {
        words!("Do the steps above.", "위의 단계를 진행하세요.")
    };
    Check::warn(found, advice)
}

fn slot_in_use(way: &Way) -> Check {
    let name = &way.replica.name;
    if way.facts.slot.as_ref().is_some_and(|slot| slot.active) {
        return Check::pass(words!("Its slot {name} is in use.", "슬롯 {name}을(를) 사용 중입니다."));
    }
    Check::block(
        words!("It streams, but not through the slot {name}.", "스트리밍 중이지만 슬롯 {name}을(를) 쓰지 않습니다."),
        words!(
            "On the replica: ALTER SYSTEM SET primary_slot_name = '{name}'; SELECT pg_reload_conf();",
            "복제본에서 실행: ALTER SYSTEM SET primary_slot_name = '{name}'; SELECT pg_reload_conf();"
        ),
    )
}

fn from_the_other_side(way: &Way, known: Option<&Known>) -> Vec<Check> {
    let Some(known) = known else {
        return vec![Check::warn(
            words!("The replica's target does not answer the console.", "복제본 대상이 콘솔에 응답하지 않습니다."),
            words!("Check the address of that target.", "그 대상의 주소를 확인하세요."),
        )];
    };
    let (system, ours) = (&known.system, &way.facts.system);
    let same = words!("Its system identifier is {system}.", "시스템 식별자는 {system}입니다.");
    let other = words!(
        "The primary's is {ours}: this target is another server.",
        "기본 서버는 {ours}입니다. 다른 서버의 대상입니다."
    );
    let standby = words!("It is in recovery, as a standby is.", "대기 서버답게 복구 상태입니다.");
    let primary = words!("It is no standby: it accepts writes.", "대기 서버가 아니며 쓰기를 받습니다.");
    vec![
        if system == ours { Check::pass(same) } else { Check::block(same, other) },
        if known.standby { Check::pass(standby) } else { Check::block(primary, Words::default()) },
        match known.slot.as_deref() {
            Some(slot) if slot == way.replica.name.as_str() => {
                Check::pass(words!("It says that it uses the slot {slot}.", "슬롯 {slot}을(를) 사용한다고 합니다."))
            }
            _ => Check::warn(
                words!("Which slot it uses is not visible there.", "사용하는 슬롯이 보이지 않습니다."),
                words!("Grant the console's role pg_monitor.", "콘솔 역할에 pg_monitor를 부여하세요."),
            ),
        },
    ]
}

/// What can follow once it streams, and need not.
pub(super) fn after(way: &Way) -> Option<Step> {
    let name = way.replica.name.as_str();
    let sender = way.streams()?;
    let mut step = step("after", words!("What can follow", "이어서 할 수 있는 일"), State::Todo, Vec::new());
    if !sender.sync && way.facts.text("synchronous_standby_names").is_empty() {
        let value = format!("FIRST 1 ({name})");
        let asked = [("action", "set_setting"), ("name", "synchronous_standby_names"), ("value", &*value)];
        let label = words!("Let commits wait for it…", "커밋이 이 복제본을 기다리게 하기…");
        step.links.push(way.link(label, "/replication/settings", &asked));
    }
    if way.facts.about.major() >= 17 {
        step.prints.push(print(
            words!(
                "psql on the replica, so that failover slots are copied there",
                "복제본의 psql: 장애 조치 슬롯이 복사되도록"
            ),
            "ALTER SYSTEM SET hot_standby_feedback = on;\nALTER SYSTEM SET sync_replication_slots = on;\n\
             SELECT pg_reload_conf();",
        ));
        let label = words!(
            "Let consumers of failover slots wait for it…",
            "장애 조치 슬롯의 소비자가 이 복제본을 기다리게 하기…"
        );
        let asked = [("action", "set_setting"), ("name", "synchronized_standby_slots"), ("value", name)];
        if way.facts.text("synchronized_standby_slots").is_empty() {
            step.links.push(way.link(label, "/replication/settings", &asked));
        }
        let role = &way.replica.role;
        let host = way.replica.host;
        step.checks.push(Check::warn(
            words!(
                "To copy slots, {role} also connects to the database postgres from {host}, by an ordinary line of pg_hba.conf.",
                "슬롯을 복사하려면 {role}이(가) {host}에서 postgres 데이터베이스에도 일반 pg_hba.conf 줄로 연결합니다.",
            ),
            Words::default(),
        ));
    }
    Some(step)
}

/// Nobody has come to the slot for too long: it only holds WAL.
pub(super) fn abandoned(way: &Way) -> Option<Step> {
    let slot = way.facts.slot.as_ref().filter(|slot| slot.physical && !slot.active)?;
    // Before 17 the server does not tell since when; the console knows since when it has looked.
    let watched = way.facts.seen.alone.map(|alone| alone.as_secs_f64());
    let seconds = slot.idle_seconds.or(watched)?;
    let limit = f64::from(way.replica.minutes) * 60.0;
    if seconds < limit {
        return None;
    }
    let name = way.replica.name.as_str();
    let held = bytes(slot.held_bytes.unwrap_or_default());
    let Words { en, ko } = span((seconds * 1000.0) as i64);
    let check = Check::warn(
        words!(
            "Nobody has been at the slot {name} for {en}; it holds {held} of WAL.",
            "슬롯 {name}에 {ko} 동안 아무도 연결하지 않았으며 WAL {held}을(를) 보관 중입니다."
        ),
        words!("If the replica does not come, remove it.", "복제본이 오지 않을 것이면 삭제하세요."),
    );
    let mut step = step("abandoned", words!("Nobody has come", "아무도 연결하지 않음"), State::Wrong, vec![check]);
    let place = slot.restart_lsn.clone().unwrap_or_default();
    let asked = [("name", name), ("action", "drop_slot"), ("restart_lsn", &*place)];
    let mut link = way.link(words!("Drop the slot {name}…", "슬롯 {name} 삭제…"), "/replication/slot", &asked);
    link.danger = true;
    step.links.push(link);
    Some(step)
}
