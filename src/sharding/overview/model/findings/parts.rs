//! What is wrong with the parts that a cluster is made of.

use std::collections::BTreeSet;

use super::super::{Answer, MemberState, Overview, Router, STALE, Shard};
use super::way;
use crate::finding::{Finding, Way};
use crate::sharding::model::Version;
use crate::text::{bytes, span};
use crate::words;

pub(super) fn config(seen: &Overview, found: &mut Vec<Finding>) {
    let members = &seen.config.members;
    let known = members.iter().any(|it| it.state != MemberState::Unknown);
    let primary = members.iter().any(|it| it.state == MemberState::Primary);
    let up = members.iter().filter(|it| !matches!(it.state, MemberState::Down | MemberState::Unknown)).count();
    let all = members.len();
    // Every router signs in with a write, so that a young sign of one proves that a majority takes writes.
    let written = seen.routers.iter().map(|it| it.age).min();
    if (known && !primary) || written.is_some_and(|age| age > STALE) {
        let last = written.map_or_else(|| words!("unknown", "알 수 없음"), span);
        let (en, ko) = (last.en, last.ko);
        found.push(Finding::bad(
            words!("The config servers take no writes.", "설정 서버가 쓰기를 받지 않습니다."),
            words!(
                "They have no primary, for which a majority must be up. Documents are read and written all the same, \
                 but no chunk moves, and nothing can be sharded or changed. Start the members that are down. Time \
                 since the last write of a router: {en}.",
                "과반수가 있어야 하는 프라이머리가 없습니다. 문서 읽기와 쓰기는 계속되지만 청크 이동, 샤딩, 설정 변경은 할 \
                 수 없습니다. 중지된 멤버를 시작하세요. 라우터의 마지막 쓰기 이후 시간: {ko}.",
            ),
            Way::none(),
        ));
    } else if known && up < all {
        found.push(Finding::warn(
            words!("{up} of {all} config servers answer.", "설정 서버 {all}대 중 {up}대가 응답합니다."),
            words!(
                "When no majority is left, nothing about sharding can be changed. Start the others.",
                "과반수가 무너지면 샤딩 관련 변경을 할 수 없습니다. 나머지 멤버를 시작하세요.",
            ),
            Way::none(),
        ));
    }
}

pub(super) fn shards(seen: &Overview, found: &mut Vec<Finding>) {
    if seen.shards.is_empty() {
        found.push(Finding::bad(
            words!("The cluster has no shard.", "클러스터에 샤드가 없습니다."),
            words!("No data can be stored before there is one.", "샤드가 있어야 데이터를 저장할 수 있습니다."),
            add_a_shard(seen),
        ));
    }
    for shard in &seen.shards {
        if shard.is_silent() {
            found.push(silent(shard));
        } else {
            found.extend(weak(shard));
        }
    }
}

/// The form, without an action: nothing was typed yet that could be refused.
fn add_a_shard(seen: &Overview) -> Way {
    let mut form = way(seen, "/sharding/shards", &[], words!("Add a shard", "샤드 추가"));
    form.link.push_str("#add");
    form
}

fn silent(shard: &Shard) -> Finding {
    let (name, set) = (&shard.id, &shard.set);
    Finding::bad(
        words!("{name} does not answer.", "{name}이(가) 응답하지 않습니다."),
        words!(
            "What lives there can be neither read nor written, and its bytes are unknown. Check that a majority of its \
             replica set {set} runs and can be reached from the routers.",
            "이 샤드의 데이터를 읽거나 쓸 수 없고, 크기도 알 수 없습니다. 복제 세트 {set}의 과반수가 실행 중이고 라우터에서 \
             연결되는지 확인하세요.",
        ),
        Way::none(),
    )
}

fn weak(shard: &Shard) -> Option<Finding> {
    let down: Vec<&str> = shard.down().collect();
    let (name, count, all, list) = (&shard.id, down.len(), shard.members.len(), down.join(", "));
    (count > 0).then(|| {
        Finding::warn(
            words!(
                "{count} of {all} members of {name} do not answer: {list}.",
                "{name}의 멤버 {all}개 중 {count}개가 응답하지 않습니다: {list}."
            ),
            words!(
                "The shard works as long as a majority is up. Start them.",
                "과반수가 유지되는 동안은 동작합니다. 해당 멤버를 시작하세요."
            ),
            Way::none(),
        )
    })
}

pub(super) fn disks(seen: &Overview, found: &mut Vec<Finding>) {
    for shard in &seen.shards {
        let Some((used, total)) = shard.disk else { continue };
        let percent = i128::from(used) * 100 / i128::from(total.max(1));
        if percent < 90 {
            continue;
        }
        let (name, free) = (&shard.id, bytes((total - used).max(0)));
        let told = words!(
            "The disk of {name} is {percent}% full: {free} are free.",
            "{name}의 디스크가 {percent}% 찼습니다. 남은 공간은 {free}입니다."
        );
        let why = words!(
            "A full disk stops the shard. Add a shard, or give this one more room.",
            "디스크가 가득 차면 샤드가 멈춥니다. 샤드를 추가하거나 공간을 늘리세요."
        );
        let add = add_a_shard(seen);
        found.push(if percent >= 95 { Finding::bad(told, why, add) } else { Finding::warn(told, why, add) });
    }
}

pub(super) fn versions(seen: &Overview, found: &mut Vec<Finding>) {
    let routers = seen.routers.iter().filter(|it| !it.is_stale()).map(|it| Version::read(&it.version));
    let shards = seen.shards.iter().filter_map(|it| match it.answer {
        Answer::Answers(version) => Some(version),
        _ => None,
    });
    let all: BTreeSet<Version> =
        routers.chain(shards).chain(seen.config.version).filter(|it| *it != Version::default()).collect();
    if all.len() > 1 {
        let list: Vec<String> = all.iter().map(Version::to_string).collect();
        let list = list.join(", ");
        found.push(Finding::warn(
            words!("The parts have different versions: {list}.", "구성 요소의 버전이 서로 다릅니다: {list}."),
            words!(
                "That is meant for the time of an upgrade only. Bring all to the newest: config servers, then shards, \
                 then routers.",
                "업그레이드하는 동안에만 허용되는 상태입니다. 설정 서버, 샤드, 라우터 순서로 최신 버전에 맞추세요.",
            ),
            Way::none(),
        ));
    }
    let (fcv, oldest) = (seen.release.fcv, all.first().copied().unwrap_or(seen.release.version));
    if fcv != Version::default() && !fcv.reaches(oldest.major, oldest.minor) {
        let (fcv, own) = (format!("{}.{}", fcv.major, fcv.minor), format!("{}.{}", oldest.major, oldest.minor));
        found.push(Finding::note(
            words!(
                "The feature compatibility version is {fcv}, the servers are {own}.",
                "기능 호환 버전(FCV)은 {fcv}이고 서버는 {own}입니다."
            ),
            words!(
                "What is new in {own} is off until setFeatureCompatibilityVersion ends the upgrade.",
                "setFeatureCompatibilityVersion으로 업그레이드를 마칠 때까지 {own}의 새 기능은 꺼져 있습니다.",
            ),
            Way::none(),
        ));
    }
}

pub(super) fn routers(seen: &Overview, found: &mut Vec<Finding>) {
    let stale: Vec<&Router> = seen.routers.iter().filter(|it| it.is_stale()).collect();
    // Where none signs in, the config servers are at fault, and that is told already.
    if stale.is_empty() || stale.len() == seen.routers.len() {
        return;
    }
    let list: Vec<&str> = stale.iter().take(5).map(|it| it.address.as_str()).collect();
    let (count, list) = (stale.len(), list.join(", "));
    found.push(Finding::note(
        words!(
            "Routers that have not signed in for more than a minute: {count} ({list}).",
            "1분 넘게 등록을 갱신하지 않은 라우터: {count}개({list})."
        ),
        words!(
            "They were stopped, or cannot reach the config servers. Entries of routers that are gone stay for ever and \
             do no harm.",
            "중지되었거나 설정 서버에 연결할 수 없습니다. 없어진 라우터의 항목은 계속 남지만 해가 되지 않습니다.",
        ),
        Way::none(),
    ));
}
