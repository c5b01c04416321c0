//! Settings by which the server waits for its standbys: a wrong name stops writing for everybody.

use super::list;
use crate::change::{Blast, Check};
use crate::replication::settings::model::conninfo::value_of;
use crate::replication::settings::model::standbys::Standbys;
use crate::replication::settings::postgres::Facts;
use crate::text::Words;
use crate::words;

/// `synchronous_standby_names`.
pub(super) fn synchronous(value: &str, facts: &Facts, checks: &mut Vec<Check>, effect: &mut Vec<Words>) -> Blast {
    let standbys = Standbys::parse(value).unwrap_or_default();
    if standbys.names.is_empty() {
        effect.push(words!(
            "Commits wait for no standby any more: if the primary is lost, the last of them may be.",
            "커밋이 대기 서버를 기다리지 않습니다. 기본 서버를 잃으면 마지막 커밋도 잃을 수 있습니다.",
        ));
        return Blast::Confirm;
    }
    checks.push(enough_stream(&standbys, facts));
    checks.extend(all_stream(&standbys, facts));
    let commit = facts.text("synchronous_commit");
    if matches!(commit, "off" | "local") {
        checks.push(Check::warn(
            words!(
                "synchronous_commit is {commit}: commits wait for nobody.",
                "synchronous_commit이 {commit}이라 커밋이 아무도 기다리지 않습니다."
            ),
            words!(
                "Names have an effect only with on, remote_write or remote_apply.",
                "on, remote_write, remote_apply일 때만 이름이 효과가 있습니다."
            ),
        ));
    }
    if facts.about.standby {
        checks.push(Check::warn(
            words!("This is a standby.", "대기 서버입니다."),
            words!("It has an effect only after a promotion.", "승격된 뒤에만 효과가 있습니다."),
        ));
    }
    let needed = standbys.needed;
    effect.push(words!(
        "Every commit waits for {needed} of them. If they stop answering, all writing stops until they are back.",
        "모든 커밋이 그중 {needed}대를 기다립니다. 응답이 끊기면 돌아올 때까지 모든 쓰기가 멈춥니다.",
    ));
    effect.push(words!(
        "Proven by an empty transaction (a logical message, no row). If it does not come back within 10 s, the setting \
         is taken back.",
        "빈 트랜잭션(논리 메시지, 행 없음)으로 확인하며, 10초 안에 끝나지 않으면 설정을 되돌립니다.",
    ));
    Blast::Confirm
}

/// How many of the named standbys stream now. One standby may have several connections, so names count once, except
/// where `*` takes any.
fn streaming(standbys: &Standbys, facts: &Facts) -> usize {
    let names = facts.senders.iter().filter(|sender| sender.streams()).filter_map(|it| it.application_name.as_deref());
    names.filter(|name| standbys.lists(name)).count()
}

fn enough_stream(standbys: &Standbys, facts: &Facts) -> Check {
    let needed = standbys.needed;
    if facts.senders.iter().any(|sender| sender.state.is_none()) && !facts.about.role.is_member("pg_read_all_stats") {
        return Check::block(
            words!(
                "Whether the standbys stream is not visible: no permission.",
                "대기 서버의 스트리밍 여부를 볼 권한이 없습니다."
            ),
            words!("Grant the console's role pg_monitor.", "콘솔 역할에 pg_monitor를 부여하세요."),
        );
    }
    let found = streaming(standbys, facts);
    let words = words!(
        "{found} of the named standbys stream now; {needed} are needed.",
        "이름에 해당하는 대기 서버 중 {found}대가 스트리밍 중이며 {needed}대가 필요합니다."
    );
    if found >= needed {
        return Check::pass(words);
    }
    Check::block(
        words,
        words!(
            "Every commit would hang. Start the standby with this application_name first.",
            "모든 커밋이 멈추게 됩니다. 이 application_name으로 대기 서버를 먼저 시작하세요.",
        ),
    )
}

fn all_stream(standbys: &Standbys, facts: &Facts) -> Option<Check> {
    let streams = |name: &str| {
        facts.senders.iter().any(|sender| {
            sender.streams() && sender.application_name.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(name))
        })
    };
    let missing = standbys.names.iter().map(String::as_str).filter(|name| *name != "*" && !streams(name));
    let missing: Vec<&str> = missing.collect();
    (!missing.is_empty()).then(|| {
        let Words { en, ko } = list(&missing);
        Check::warn(
            words!("Not streaming now: {en}.", "지금 스트리밍하지 않음: {ko}."),
            words!("Check the spelling of application_name.", "application_name의 철자를 확인하세요."),
        )
    })
}

/// `synchronized_standby_slots`: logical consumers of failover slots wait for these.
pub(super) fn synchronized(value: &str, facts: &Facts, checks: &mut Vec<Check>) -> Blast {
    for name in value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        checks.push(is_held_by_a_standby(name, facts));
    }
    if value.is_empty() {
        checks.push(Check::warn(
            words!("Logical consumers wait for no standby any more.", "논리 소비자가 대기 서버를 기다리지 않습니다."),
            words!(
                "After a failover they may be ahead of the new primary.",
                "장애 조치 뒤 새 기본 서버보다 앞서 있을 수 있습니다.",
            ),
        ));
    }
    Blast::Confirm
}

fn is_held_by_a_standby(name: &str, facts: &Facts) -> Check {
    let frozen =
        words!("Every consumer of a failover slot would freeze.", "장애 조치 슬롯의 모든 소비자가 멈추게 됩니다.",);
    match facts.slots.iter().find(|slot| slot.name == name) {
        None => Check::block(words!("There is no slot {name}.", "슬롯 {name}이(가) 없습니다."), frozen),
        Some(slot) if slot.logical => Check::block(
            words!(
                "{name} is a logical slot; only physical ones can be waited for.",
                "{name}은(는) 논리 슬롯입니다. 물리 슬롯만 기다릴 수 있습니다."
            ),
            frozen,
        ),
        Some(slot) if slot.lost => Check::block(words!("{name} is lost.", "{name}은(는) 유실되었습니다."), frozen),
        Some(slot) if !slot.active => {
            Check::block(words!("No standby is connected to {name}.", "{name}에 연결된 대기 서버가 없습니다."), frozen)
        }
        Some(_) => Check::pass(words!("A standby is connected to {name}.", "{name}에 대기 서버가 연결되어 있습니다.")),
    }
}

/// `sync_replication_slots`: the standby copies the failover slots of its primary.
pub(super) fn sync_slots(value: &str, facts: &Facts, checks: &mut Vec<Check>) -> Blast {
    if !facts.about.standby {
        checks.push(Check::warn(
            words!("This is a primary.", "기본 서버입니다."),
            words!("It has an effect on a standby only.", "대기 서버에서만 효과가 있습니다."),
        ));
    } else if value == "on" {
        let feedback = facts.text("hot_standby_feedback") == "on";
        checks.push(needs(feedback, "hot_standby_feedback = on"));
        checks.push(needs(!facts.text("primary_slot_name").is_empty(), "primary_slot_name"));
        if let Some(conninfo) = facts.settings.get("primary_conninfo") {
            checks.push(needs(value_of(&conninfo.value, "dbname").is_some(), "dbname in primary_conninfo"));
        }
    }
    Blast::Plain
}

fn needs(there: bool, what: &str) -> Check {
    if there {
        return Check::pass(words!("It is there: {what}.", "설정되어 있습니다: {what}."));
    }
    Check::block(
        words!("It needs {what}, which is missing.", "{what}이(가) 필요하지만 설정되어 있지 않습니다."),
        words!("Set that first.", "먼저 설정하세요."),
    )
}

pub(super) fn feedback(value: &str, facts: &Facts, checks: &mut Vec<Check>) -> Blast {
    let logical: Vec<&str> = facts.slots.iter().filter(|slot| slot.logical).map(|slot| slot.name.as_str()).collect();
    if !facts.about.standby {
        checks.push(Check::warn(
            words!("This is a primary.", "기본 서버입니다."),
            words!("It has an effect on a standby only.", "대기 서버에서만 효과가 있습니다."),
        ));
    } else if value == "on" {
        checks.push(Check::warn(
            words!(
                "Long queries here then keep VACUUM on the primary from cleaning.",
                "여기의 긴 쿼리가 기본 서버의 VACUUM 정리를 막게 됩니다."
            ),
            words!("Watch the horizon board.", "호라이즌 보드를 지켜보세요."),
        ));
    } else if !logical.is_empty() {
        let Words { en, ko } = list(&logical);
        checks.push(Check::warn(
            words!("Logical slots here: {en}.", "여기의 논리 슬롯: {ko}."),
            words!(
                "Without feedback a VACUUM on the primary can invalidate them.",
                "피드백이 없으면 기본 서버의 VACUUM이 이를 무효화할 수 있습니다."
            ),
        ));
    } else {
        checks.push(Check::pass(words!(
            "Queries here may be cancelled by VACUUM on the primary.",
            "기본 서버의 VACUUM 때문에 여기의 쿼리가 취소될 수 있습니다."
        )));
    }
    Blast::Plain
}
