//! What is looked at before any change of a collection's spread.

use super::offered;
use crate::change::Check;
use crate::sharding::model::offered::Operation;
use crate::sharding::reshape::model::change::Change;
use crate::sharding::reshape::mongo::{Existing, Facts};
use crate::words;

pub(super) fn operation_of(change: &Change) -> Operation {
    match change {
        Change::RefineKey { .. } => Operation::RefineKey,
        Change::ReshardCollection { .. } => Operation::Reshard,
        Change::AbortReshard { .. } => Operation::AbortReshard,
        Change::CommitReshard { .. } => Operation::CommitReshard,
        Change::UnshardCollection { .. } => Operation::Unshard,
        Change::AbortUnshard { .. } => Operation::AbortUnshard,
        Change::MoveCollection { .. } => Operation::MoveCollection,
        Change::AbortMove { .. } => Operation::AbortMoveCollection,
        Change::DropCollection { .. } => Operation::DropCollection,
    }
}

/// The collection, when a command for it makes sense: it is the one that was looked at, an ordinary collection, and the
/// cluster has the operation. The checks tell what stands against it otherwise.
pub(super) fn subject<'a>(change: &Change, facts: &'a Facts, checks: &mut Vec<Check>) -> Option<&'a Existing> {
    if let Some(refused) = offered::check(change, facts.release) {
        checks.push(refused);
        return None;
    }
    let same = same_collection(change, facts);
    let stands = same.verdict == crate::change::Verdict::Pass;
    checks.push(same);
    let existing = facts.collection.as_ref().filter(|_| stands)?;
    match not_a_collection(existing) {
        Some(other) => {
            checks.push(other);
            None
        }
        None => Some(existing),
    }
}

fn same_collection(change: &Change, facts: &Facts) -> Check {
    let namespace = change.namespace();
    let now = facts.collection.as_ref().map(Existing::seen);
    match (change.seen(), &now) {
        (_, None) => Check::block(
            words!("There is no collection {namespace}.", "{namespace} 컬렉션이 없습니다."),
            words!("Check its name.", "이름을 확인하세요."),
        ),
        (Some(before), Some(now)) if before == now => {
            let uuid = &now.uuid;
            Check::pass(words!(
                "{namespace} is the collection that you looked at (UUID {uuid}).",
                "{namespace}은(는) 확인하신 그 컬렉션입니다(UUID {uuid}).",
            ))
        }
        _ => Check::block(
            words!(
                "{namespace} is no longer what you looked at: it was dropped, replaced, or its key was changed.",
                "{namespace}이(가) 확인한 뒤 삭제 또는 교체되었거나 키가 바뀌었습니다.",
            ),
            words!("Open the form anew.", "양식을 다시 여세요."),
        ),
    }
}

fn not_a_collection(existing: &Existing) -> Option<Check> {
    let block = |found, advice| Some(Check::block(found, advice));
    match existing.listed.kind.as_str() {
        "collection" => None,
        "view" => block(
            words!("This is a view; it holds no documents of its own.", "뷰이며 자체 문서가 없습니다."),
            words!("Choose the collection that it looks at.", "뷰가 참조하는 컬렉션을 선택하세요."),
        ),
        "timeseries" => block(
            words!(
                "This is a time series; its buckets are spread by rules of their own.",
                "시계열 컬렉션이며 버킷은 별도의 규칙으로 분산됩니다."
            ),
            words!("Use mongosh for it.", "mongosh에서 작업하세요."),
        ),
        _ => block(
            words!("The server calls it neither a collection nor a view.", "컬렉션도 뷰도 아닙니다."),
            words!("Choose another name.", "다른 이름을 선택하세요."),
        ),
    }
}

pub(super) fn not_sharded(change: &Change) -> Check {
    let namespace = change.namespace();
    Check::block(
        words!("{namespace} is not sharded.", "{namespace}은(는) 샤딩되지 않았습니다."),
        words!("Shard it first.", "먼저 샤딩하세요."),
    )
}

/// Nothing of the kind may run: none on this collection, and with `whole` none in the cluster.
pub(super) fn idle(change: &Change, facts: &Facts, whole: bool) -> Check {
    let Some(operations) = &facts.operations else {
        return Check::warn(
            words!(
                "Whether a resharding runs is unknown: the console's user may not see it.",
                "리샤딩 진행 여부를 알 수 없습니다. 콘솔 사용자에 볼 권한이 없습니다.",
            ),
            words!("Give it the role clusterMonitor.", "clusterMonitor 역할을 부여하세요."),
        );
    };
    let name = change.namespace().to_string();
    let running = operations.iter().find(|it| it.namespace == name || whole);
    match running {
        None => Check::pass(words!(
            "No resharding, move or unsharding is under way.",
            "진행 중인 리샤딩, 이동, 샤딩 해제가 없습니다.",
        )),
        Some(it) => {
            let (namespace, key) = (&it.namespace, &it.key);
            let kind = it.kind.words();
            let (en, ko) = (kind.en, kind.ko);
            Check::block(
                words!(
                    "{en} of {namespace} is under way (to {key}). A cluster does one at a time.",
                    "{namespace}의 {ko}이(가) 진행 중입니다({key}). 클러스터는 한 번에 하나만 실행합니다.",
                ),
                words!("Wait for its end, or abort it.", "끝날 때까지 기다리거나 중단하세요."),
            )
        }
    }
}

/// An index build of the collection would make it fail; one elsewhere may.
pub(super) fn no_builds(change: &Change, facts: &Facts) -> Check {
    let name = change.namespace().to_string();
    match &facts.builds {
        None => Check::warn(
            words!("Whether an index is being built is unknown.", "인덱스 생성 여부를 알 수 없습니다."),
            words!("Make sure that none is.", "생성 중인 인덱스가 없는지 확인하세요."),
        ),
        Some(builds) if builds.contains(&name) => Check::block(
            words!("An index of {name} is being built.", "{name}의 인덱스를 만드는 중입니다."),
            words!("Wait for its end.", "끝날 때까지 기다리세요."),
        ),
        Some(builds) if !builds.is_empty() => {
            let others = builds.join(", ");
            Check::warn(
                words!("Indexes are being built: {others}.", "인덱스를 만드는 중: {others}."),
                words!("Better wait for their end.", "끝날 때까지 기다리는 편이 좋습니다."),
            )
        }
        Some(_) => Check::pass(words!("No index is being built.", "생성 중인 인덱스가 없습니다.")),
    }
}

/// A shard that is being removed takes part in none of this.
pub(super) fn none_draining(facts: &Facts) -> Option<Check> {
    let draining: Vec<&str> = facts.shards.iter().filter(|it| it.draining).map(|it| it.name.as_str()).collect();
    (!draining.is_empty()).then(|| {
        let names = draining.join(", ");
        Check::warn(
            words!("A shard is being removed: {names}.", "제거 중인 샤드: {names}."),
            words!("Wait until it is gone, or stop its removal.", "제거가 끝날 때까지 기다리거나 제거를 중단하세요."),
        )
    })
}
