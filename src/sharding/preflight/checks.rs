//! What was found, a check for each question.

use super::{Common, Doing, Running, Seen};
use crate::change::Check;
use crate::sharding::model::{Identity, Namespace, Version};
use crate::text::{Words, span};
use crate::words;

pub(super) fn of(common: &Common, meant: &[Doing]) -> Vec<Check> {
    let mut checks = vec![versions(common), shards(common)];
    checks.extend(running(common, meant));
    checks.extend(privileges(common));
    checks
}

fn versions(common: &Common) -> Check {
    let fcv = format!("{}.{}", common.release.fcv.major, common.release.fcv.minor);
    let version = common.release.version;
    if version == Version::default() {
        return Check::warn(
            words!("The version of this cluster is unknown.", "이 클러스터의 버전을 알 수 없습니다."),
            words!("Check yourself that it has this command.", "이 명령이 있는 버전인지 직접 확인하세요."),
        );
    }
    let mut different: Vec<String> = common.routers.keys().map(|it| format!("mongos {it}")).collect();
    different.extend(common.shards.iter().filter_map(|it| it.version.map(|version| format!("{} {version}", it.name))));
    let is_other = |it: &Version| *it != version;
    let mixed =
        common.routers.keys().any(is_other) || common.shards.iter().filter_map(|it| it.version.as_ref()).any(is_other);
    if mixed {
        let all = different.join(", ");
        return Check::warn(
            words!("The programs differ: {all}; FCV {fcv}.", "프로그램 버전이 서로 다릅니다: {all}, FCV {fcv}."),
            words!(
                "Finish the upgrade first; only what {version} has is offered.",
                "먼저 업그레이드를 마치세요. {version}에 있는 기능만 제공합니다."
            ),
        );
    }
    Check::pass(words!(
        "The cluster is MongoDB {version}, FCV {fcv}.",
        "클러스터는 MongoDB {version}, FCV {fcv}입니다."
    ))
}

fn shards(common: &Common) -> Check {
    let (down, unknown) = unanswered(common);
    if !down.is_empty() {
        let names = down.join(", ");
        return Check::warn(
            words!("No primary of {names} answers.", "{names}에 응답하는 프라이머리가 없습니다."),
            words!(
                "What needs it waits or fails until it is back.",
                "복구될 때까지 이 샤드가 필요한 작업은 대기하거나 실패합니다."
            ),
        );
    }
    let count = common.shards.len();
    if unknown > 0 || count == 0 {
        return Check::warn(
            words!(
                "Whether all {count} shards answer is unknown: the question was not answered in time, or may not be asked.",
                "샤드 {count}개가 모두 응답하는지 알 수 없습니다. 제시간에 응답이 없었거나 조회 권한이 없습니다."
            ),
            words!("Look at the shards first.", "먼저 샤드 상태를 확인하세요."),
        );
    }
    Check::pass(words!("All shards answer: {count}.", "모든 샤드가 응답합니다: {count}개."))
}

/// Names of the shards that do not answer, and how many are unknown.
fn unanswered(common: &Common) -> (Vec<String>, usize) {
    let down = common.shards.iter().filter(|it| it.answers == Some(false)).map(|it| it.name.clone()).collect();
    (down, common.shards.iter().filter(|it| it.answers.is_none()).count())
}

pub(super) fn all_shards_answer(common: &Common) -> Option<Check> {
    let (down, _) = unanswered(common);
    let names = down.join(", ");
    (!down.is_empty()).then(|| {
        Check::block(
            words!(
                "This needs all shards, and {names} does not answer.",
                "모든 샤드가 필요한데 {names}이(가) 응답하지 않습니다."
            ),
            words!("Bring it back first.", "먼저 복구하세요."),
        )
    })
}

pub(super) fn none_resharded(common: &Common) -> Option<Check> {
    const ONE_AT_A_TIME: [Doing; 3] = [Doing::Reshard, Doing::MoveCollection, Doing::Unshard];
    let Some(running) = &common.running else {
        return Some(Check::warn(
            words!(
                "Whether a collection of this cluster is being resharded is unknown.",
                "이 클러스터에서 리샤딩 중인 컬렉션이 있는지 알 수 없습니다."
            ),
            words!(
                "If so, better wait for its end: it may fail.",
                "있다면 실패할 수 있으니 끝날 때까지 기다리는 편이 좋습니다."
            ),
        ));
    };
    let running = running.iter().find(|it| ONE_AT_A_TIME.contains(&it.doing))?;
    let told = told(running);
    let (en, ko) = (told.en, told.ko);
    Some(Check::warn(
        words!(
            "{en}; MongoDB's manual asks to make no collection until its end.",
            "{ko}. MongoDB 매뉴얼은 끝날 때까지 컬렉션을 만들지 말라고 합니다."
        ),
        words!("Better wait for its end: it may fail.", "실패할 수 있으니 끝날 때까지 기다리는 편이 좋습니다."),
    ))
}

fn running(common: &Common, meant: &[Doing]) -> Vec<Check> {
    if common.wanted.namespaces.is_empty() {
        return Vec::new();
    }
    let names = common.wanted.namespaces.join(", ");
    let Some(running) = &common.running else {
        return vec![Check::warn(
            words!(
                "Whether something else is at work on {names} is unknown.",
                "{names}에 다른 작업이 진행 중인지 알 수 없습니다."
            ),
            words!("If so, the server refuses or waits.", "진행 중이면 서버가 거부하거나 대기합니다."),
        )];
    };
    let touches = |it: &&Running| common.wanted.namespaces.iter().any(|name| it.touches(name));
    let found: Vec<Check> =
        running.iter().filter(touches).filter(|it| !meant.contains(&it.doing)).map(in_the_way).collect();
    if !found.is_empty() {
        return found;
    }
    vec![Check::pass(words!("Nothing else is at work on {names}.", "{names}에 진행 중인 다른 작업이 없습니다."))]
}

/// An index is built beside most other work; the rest has the collection to itself.
fn in_the_way(running: &Running) -> Check {
    let told = told(running);
    let (en, ko) = (told.en, told.ko);
    if running.doing == Doing::IndexBuild {
        return Check::warn(
            words!("{en}.", "{ko}."),
            words!("The server may wait for its end, or refuse.", "서버가 끝날 때까지 기다리거나 거부할 수 있습니다."),
        );
    }
    Check::block(
        words!("{en}; the server does one change to it at a time.", "{ko}. 서버는 한 번에 하나만 변경합니다."),
        words!("Wait until it has ended, then plan again.", "끝난 뒤 계획을 다시 세우세요."),
    )
}

fn told(running: &Running) -> Words {
    let name = &running.namespace;
    let since = running.seconds.map(|seconds| span(seconds.saturating_mul(1000))).unwrap_or_default();
    let told = match running.doing {
        Doing::Reshard => words!("{name} is being resharded", "{name}을(를) 리샤딩하는 중입니다"),
        Doing::MoveCollection => words!("{name} is being moved", "{name}을(를) 옮기는 중입니다"),
        Doing::Unshard => words!("{name} is being unsharded", "{name}의 샤딩을 해제하는 중입니다"),
        Doing::Refine => words!("The key of {name} is being refined", "{name}의 키를 확장하는 중입니다"),
        Doing::Shard => words!("{name} is being created or sharded", "{name}을(를) 만들거나 샤딩하는 중입니다"),
        Doing::MovePrimary => {
            words!("The primary shard of {name} is being moved", "{name}의 프라이머리 샤드를 옮기는 중입니다")
        }
        Doing::Drop => words!("{name} is being dropped", "{name}을(를) 삭제하는 중입니다"),
        Doing::Rename => words!("{name} is being renamed", "{name}의 이름을 바꾸는 중입니다"),
        Doing::IndexBuild => words!("An index of {name} is being built", "{name}의 인덱스를 만드는 중입니다"),
        Doing::Other => words!("{name} is being changed", "{name}을(를) 변경하는 중입니다"),
    };
    if since.en.is_empty() {
        return told;
    }
    let (en, ko, since_en, since_ko) = (told.en, told.ko, since.en, since.ko);
    words!("{en} (for {since_en})", "{ko}({since_ko}째)")
}

fn privileges(common: &Common) -> Option<Check> {
    let missing = common.missing.as_ref()?;
    if common.wanted.privileges.is_empty() {
        return None;
    }
    if missing.is_empty() {
        return Some(Check::pass(words!(
            "The console's user may do this.",
            "콘솔의 사용자에게 이 작업의 권한이 있습니다."
        )));
    }
    let names: Vec<String> = missing.iter().map(ToString::to_string).collect();
    let names = names.join(", ");
    Some(Check::block(
        words!("The console's user lacks: {names}.", "콘솔의 사용자에게 없는 권한: {names}."),
        role_with(missing),
    ))
}

/// Sharding is the business of a cluster's manager; the data of a collection are not.
fn role_with(missing: &[super::Privilege]) -> Words {
    if missing.iter().any(super::Privilege::is_of_data) {
        return words!(
            "The roles dbAdmin and readWrite of that database have it.",
            "해당 데이터베이스의 dbAdmin과 readWrite 역할에 이 권한이 있습니다."
        );
    }
    words!("The role clusterManager has it.", "clusterManager 역할에 이 권한이 있습니다.")
}

/// `looked_at` is none where there was no collection.
pub(super) fn same(namespace: &Namespace, looked_at: Option<&Identity>, seen: Option<&Seen>) -> Check {
    let anew = words!("Open the form anew.", "양식을 다시 여세요.");
    match (looked_at, seen) {
        (Some(before), Some(Seen::Is(now))) if before == now => Check::pass(words!(
            "{namespace} is the collection that you looked at.",
            "{namespace}은(는) 확인하신 그 컬렉션입니다."
        )),
        (None, Some(Seen::None) | None) => {
            Check::pass(words!("There is no collection {namespace} yet.", "{namespace} 컬렉션이 아직 없습니다."))
        }
        (_, Some(Seen::Unknown)) => Check::block(
            words!("{namespace} could not be looked at in time.", "{namespace}을(를) 제시간에 확인하지 못했습니다."),
            words!(
                "Check that its shard answers, then plan again.",
                "샤드가 응답하는지 확인한 뒤 계획을 다시 세우세요."
            ),
        ),
        (Some(before), Some(Seen::Is(now))) if before.uuid == now.uuid => Check::block(
            words!(
                "How {namespace} is sharded was changed since you looked at it.",
                "확인한 뒤 {namespace}의 샤딩 방식이 바뀌었습니다."
            ),
            anew,
        ),
        _ => Check::block(
            words!(
                "{namespace} is no longer what you looked at: it was made, dropped or replaced.",
                "{namespace}이(가) 확인한 뒤 생성, 삭제 또는 교체되었습니다."
            ),
            anew,
        ),
    }
}
