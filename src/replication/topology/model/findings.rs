//! What is wrong in a cluster, or worth knowing.

use super::{Answering, Member, Receiving, Sender, SyncRule, Topology, Upstream};
use crate::replication::finding::{Finding, Way};
use crate::text::{Words, span};
use crate::words;

/// All findings, the worst first.
pub(super) fn of(topology: &Topology) -> Vec<Finding> {
    let mut found = Vec::new();
    for member in &topology.members {
        found.extend(hanging_commits(member));
        found.extend(member.sight.senders.iter().filter_map(|sender| unanswered(member, sender)));
        found.extend(receiving(member, topology));
        found.extend(no_sender_left(member));
        found.extend(hidden(member));
    }
    found.extend(twins(topology));
    found.extend(unheard(topology));
    found.sort_by_key(|finding| finding.severity);
    found
}

/// A commit waits for standbys that do not confirm.
fn hanging_commits(member: &Member) -> Option<Finding> {
    let sight = &member.sight;
    let rule = SyncRule::parse(&sight.synchronous).filter(|_| !sight.standby)?;
    let streams: Option<Vec<_>> = sight.senders.iter().map(|sender| sender.stream.as_ref().zip(Some(sender))).collect();
    let confirms = streams?.into_iter().filter(|(stream, sender)| {
        let chosen = matches!(stream.sync.as_str(), "sync" | "quorum") && stream.state == "streaming";
        chosen && !matches!(sender.answering, Answering::Silent(_))
    });
    let (confirms, needed, name) = (confirms.count(), rule.needed, &member.target.name);
    let setting = Way::to_setting(&member.target, "synchronous_standby_names", "");
    if confirms >= needed {
        return None;
    }
    let names = rule.names.join(", ");
    if matches!(sight.commit.as_str(), "off" | "local") {
        let what = words!(
            "{name} has too few synchronous standbys: {confirms} of {needed}.",
            "{name}의 동기 대기 서버가 부족합니다: {needed}개 중 {confirms}개."
        );
        let why = words!(
            "Commits do not wait for them, since synchronous_commit is set so; sessions that set it to on would hang.",
            "synchronous_commit 설정 때문에 커밋이 기다리지 않습니다. 이를 on으로 바꾼 세션은 멈춥니다."
        );
        return Some(Finding::warn(what, why, setting));
    }
    let what = words!(
        "Commits on {name} hang: {confirms} of {needed} synchronous standbys can confirm.",
        "{name}의 커밋이 멈춰 있습니다: 확인해야 할 동기 대기 서버 {needed}개 중 {confirms}개만 확인할 수 있습니다."
    );
    let why = words!(
        "synchronous_standby_names wants {names}. Start that standby, or take its name out of the setting.",
        "synchronous_standby_names가 {names}을(를) 요구합니다. 해당 대기 서버를 시작하거나 설정에서 이름을 빼세요."
    );
    Some(Finding::bad(what, why, setting))
}

fn unanswered(member: &Member, sender: &Sender) -> Option<Finding> {
    let (name, server) = (sender.name(), &member.target.name);
    let link = Way::to_topology(&member.target);
    match sender.answering {
        Answering::Silent(seconds) => {
            let span = span((seconds * 1000.0) as i64);
            let (en, ko) = (span.en, span.ko);
            let what = Words::new(
                format!("{name} has given {server} no answer for {en}."),
                format!("{name}이(가) {server}에 {ko} 동안 응답하지 않았습니다."),
            );
            let why = words!(
                "Its lag is as old as its last answer. See whether it runs and can be reached.",
                "표시된 지연은 마지막 응답 당시의 값입니다. 실행 중이고 연결되는지 확인하세요."
            );
            let kept = sender.slot.as_ref().map(|slot| {
                words!(" The slot {slot} keeps WAL for it meanwhile.", " 그동안 슬롯 {slot}이(가) WAL을 보관합니다.")
            });
            let kept = kept.unwrap_or_default();
            let why = Words::new(why.en + &kept.en, why.ko + &kept.ko);
            Some(Finding::bad(what, why, link))
        }
        Answering::ClockAhead(seconds) => {
            let seconds = seconds.round();
            let what = words!(
                "The clock of {name} is {seconds} s ahead of that of {server}.",
                "{name}의 시계가 {server}보다 {seconds}초 빠릅니다."
            );
            let why = words!(
                "How long it has been silent cannot be told. Synchronise the clocks.",
                "얼마나 응답이 없었는지 알 수 없습니다. 시계를 동기화하세요."
            );
            Some(Finding::warn(what, why, link))
        }
        _ => None,
    }
}

/// What a standby's own side tells.
fn receiving(member: &Member, topology: &Topology) -> Vec<Finding> {
    let Some(receiving) = &member.sight.receiving else { return Vec::new() };
    let missing = missing_slot(member, receiving, topology);
    let stopped = missing.is_none().then(|| stopped(member, receiving)).flatten();
    [missing, stopped, slotless(member, receiving, topology), paused(member, receiving), delayed(member, receiving)]
        .into_iter()
        .flatten()
        .collect()
}

/// The standby names a slot that its primary does not have. The primary knows nothing of it.
fn missing_slot(member: &Member, receiving: &Receiving, topology: &Topology) -> Option<Finding> {
    let Upstream::Known { id, .. } = &member.upstream else { return None };
    let upstream = topology.member(id).filter(|_| !receiving.slot.is_empty())?;
    let slots = &upstream.sight.slots;
    let all_seen = i64::try_from(slots.len()).is_ok_and(|seen| seen >= upstream.sight.slots_total);
    if !all_seen || slots.iter().any(|slot| slot.name == receiving.slot) {
        return None;
    }
    let (standby, slot, primary) = (&member.target.name, &receiving.slot, &upstream.target.name);
    let what = words!(
        "{standby} wants the slot {slot}, which does not exist on {primary}.",
        "{standby}이(가) 슬롯 {slot}을(를) 요구하지만 {primary}에는 없습니다."
    );
    let why = words!(
        "It cannot stream until the slot is there. Create it there; if the WAL it needs is gone, copy the standby anew.",
        "슬롯이 생길 때까지 스트리밍할 수 없습니다. 그곳에 만드세요. 필요한 WAL이 없어졌다면 대기 서버를 다시 복사해야 합니다."
    );
    Some(Finding::bad(what, why, Way::to_new_slot(&upstream.target, slot)))
}

fn stopped(member: &Member, receiving: &Receiving) -> Option<Finding> {
    let name = &member.target.name;
    if receiving.running {
        return None;
    }
    if receiving.upstream.as_ref().is_some_and(|conninfo| conninfo.port == 0) {
        let what = words!("{name} does not stream.", "{name}은(는) 스트리밍하지 않습니다.");
        let why = words!(
            "Its primary_conninfo is empty, so it lives on archived WAL only.",
            "primary_conninfo가 비어 있어 보관된(archive) WAL만 사용합니다."
        );
        return Some(Finding::note(what, why, Way::to_topology(&member.target)));
    }
    let what = words!(
        "{name} receives no WAL: it is not connected to its primary.",
        "{name}이(가) WAL을 받지 못합니다: 기본 서버에 연결되어 있지 않습니다."
    );
    let why = words!(
        "It tries again every few seconds; its log says why it fails (slot, password, pg_hba.conf, WAL that is gone).",
        "몇 초마다 다시 시도합니다. 실패 이유(슬롯, 암호, pg_hba.conf, 사라진 WAL)는 그 서버의 로그에 있습니다."
    );
    Some(Finding::bad(what, why, Way::to_topology(&member.target)))
}

fn slotless(member: &Member, receiving: &Receiving, topology: &Topology) -> Option<Finding> {
    let Upstream::Known { id, .. } = &member.upstream else { return None };
    let upstream = topology.member(id).filter(|_| receiving.slot.is_empty())?;
    let (standby, primary) = (&member.target.name, &upstream.target.name);
    let what = words!("{standby} uses no slot.", "{standby}은(는) 슬롯을 사용하지 않습니다.");
    let why = words!(
        "{primary} may remove WAL that it still needs. Create a slot and name it in its primary_slot_name.",
        "아직 필요한 WAL을 {primary}이(가) 지울 수 있습니다. 슬롯을 만들고 primary_slot_name에 지정하세요."
    );
    Some(Finding::note(what, why, Way::to_new_slot(&upstream.target, "")))
}

fn paused(member: &Member, receiving: &Receiving) -> Option<Finding> {
    let name = &member.target.name;
    receiving.paused.then(|| {
        let what = words!("Replay is paused on {name}.", "{name}에서 재생(replay)이 일시 중지되어 있습니다.");
        let why = words!(
            "It receives WAL and does not apply it. To go on: SELECT pg_wal_replay_resume() there.",
            "WAL을 받기만 하고 적용하지 않습니다. 계속하려면 그 서버에서 SELECT pg_wal_replay_resume()을 실행하세요."
        );
        Finding::warn(what, why, Way::to_topology(&member.target))
    })
}

fn delayed(member: &Member, receiving: &Receiving) -> Option<Finding> {
    let name = &member.target.name;
    let Words { en, ko } = span(receiving.delay);
    (receiving.delay > 0).then(|| {
        let what =
            Words::new(format!("{name} is {en} late on purpose."), format!("{name}은(는) 일부러 {ko} 늦습니다."));
        let why = words!(
            "recovery_min_apply_delay is set there, so its replay lag is no trouble.",
            "recovery_min_apply_delay가 설정되어 있어 재생 지연은 문제가 아닙니다."
        );
        Finding::note(what, why, Way::to_topology(&member.target))
    })
}

fn no_sender_left(member: &Member) -> Option<Finding> {
    let sight = &member.sight;
    let (name, limit) = (&member.target.name, sight.max_senders);
    (limit > 0 && sight.senders_total >= limit).then(|| {
        let what = words!(
            "All {limit} walsenders of {name} are in use.",
            "{name}의 walsender {limit}개가 모두 사용 중입니다."
        );
        let why = words!(
            "No further standby, backup or subscriber can connect. Raise max_wal_senders (restart).",
            "대기 서버, 백업, 구독자가 더 연결할 수 없습니다. max_wal_senders를 늘리세요(재시작 필요)."
        );
        Finding::warn(what, why, Way::to_setting(&member.target, "max_wal_senders", ""))
    })
}

fn hidden(member: &Member) -> Option<Finding> {
    let (name, role) = (&member.target.name, &member.sight.role);
    (!member.sight.may_see).then(|| {
        let what = words!(
            "The console's role {role} may not see the lag at {name}.",
            "콘솔 역할 {role}은(는) {name}의 지연을 볼 권한이 없습니다."
        );
        let role = crate::replication::sql::identifier(role);
        let why = words!("To allow it: GRANT pg_monitor TO {role}", "허용하려면: GRANT pg_monitor TO {role}");
        Finding::note(what, why, Way::none())
    })
}

/// Two that both accept writes and were one once.
fn twins(topology: &Topology) -> Option<Finding> {
    let primaries: Vec<&Member> = topology.members.iter().filter(|member| !member.sight.standby).collect();
    let names = primaries.iter().map(|member| member.target.name.as_str()).collect::<Vec<_>>().join(", ");
    let link = Way::to_topology(&primaries.last()?.target);
    (primaries.len() > 1).then(|| {
        let what = words!(
            "More than one server of this system accepts writes: {names}.",
            "이 시스템에서 쓰기를 받는 서버가 둘 이상입니다: {names}."
        );
        let why = words!(
            "They have the same system identifier, so one is a promoted standby or a copy of the other. What is written \
             to one is not on the other.",
            "시스템 식별자가 같으므로 하나는 승격된 대기 서버이거나 복사본입니다. 한쪽에 쓴 것은 다른 쪽에 없습니다."
        );
        Finding::warn(what, why, link)
    })
}

fn unheard(topology: &Topology) -> Option<Finding> {
    let names: Vec<&str> = topology.unheard.iter().map(|unheard| unheard.target.name.as_str()).collect();
    let names = names.join(", ");
    (!names.is_empty()).then(|| {
        let what = words!("Not heard: {names}.", "응답하지 않은 대상: {names}.");
        let why = words!(
            "If one of them belongs to this cluster, it is missing here.",
            "이 클러스터에 속한 서버라면 여기에 빠져 있습니다."
        );
        Finding::note(what, why, Way::to_targets())
    })
}
