//! Ending what runs: without effect, or as soon as it can.

use bson::doc;

use super::{Draft, common, offered};
use crate::change::{Blast, Check};
use crate::sharding::model::quoted;
use crate::sharding::mongo::command::command;
use crate::sharding::reshape::model::change::Change;
use crate::sharding::reshape::model::operation::{Kind, Operation};
use crate::sharding::reshape::mongo::{Facts, abort_command};
use crate::text::{Words, count};
use crate::words;

pub(super) fn abort(server: &str, change: &Change, facts: &Facts) -> Draft {
    let (namespace, kind) = (change.namespace(), kind(change));
    let (en, ko) = (kind.words().en.to_lowercase(), kind.words().ko);
    let mut draft = Draft {
        title: words!("Abort the {en} of {namespace} at {server}", "{server}의 {namespace} {ko} 중단"),
        checks: Vec::new(),
        commands: Vec::new(),
        effect: Vec::new(),
        way_back: words!("Begin it again; it starts from nothing.", "다시 시작하면 됩니다. 처음부터 진행합니다."),
        blast: Blast::Confirm,
    };
    let Some(running) = subject(change, kind, facts, &mut draft.checks) else { return draft };
    draft.effect = vec![
        copied_for_nothing(running),
        words!(
            "The collection stays as it was before, with all documents; writes go on.",
            "컬렉션은 모든 문서와 함께 이전 그대로이며 쓰기도 계속됩니다.",
        ),
        words!("Whoever began it is told that it was aborted.", "시작한 쪽에는 중단되었다고 알려집니다."),
    ];
    draft.commands.push(abort_command(kind, &namespace.to_string()));
    draft
}

pub(super) fn commit(server: &str, change: &Change, facts: &Facts) -> Draft {
    let namespace = change.namespace();
    let name = namespace.to_string();
    let mut draft = Draft {
        title: words!("Commit the resharding of {namespace} at {server}", "{server}의 {namespace} 리샤딩 확정"),
        checks: Vec::new(),
        commands: Vec::new(),
        effect: vec![
            words!(
                "Writes to the collection wait until the rest has caught up, 5 s at most; if that is not enough, the \
                 resharding is rolled back.",
                "컬렉션 쓰기가 최대 5초 대기합니다. 그 안에 따라잡지 못하면 리샤딩이 취소되고 되돌려집니다.",
            ),
            words!(
                "That begins as soon as all is copied: the servers no longer wait until they expect to be done within \
                 seconds. The minimum duration of copying stays.",
                "복사가 끝나는 즉시 시작합니다. 곧 끝날 것으로 예상될 때까지 기다리지 않습니다. 복사의 최소 소요 시간은 \
                 줄지 않습니다.",
            ),
        ],
        way_back: words!(
            "None; afterwards only resharding back, which copies all again.",
            "없음. 이후에는 다시 리샤딩해야 하며 전부 다시 복사합니다."
        ),
        blast: Blast::TypeName(name.clone()),
    };
    if subject(change, Kind::Reshard, facts, &mut draft.checks).is_none() {
        return draft;
    }
    let typed = format!("sh.commitReshardCollection({})", quoted(&name));
    draft.commands.push(command("admin", doc! { "commitReshardCollection": &name }, typed));
    draft
}

fn kind(change: &Change) -> Kind {
    match change {
        Change::AbortUnshard { .. } => Kind::Unshard,
        Change::AbortMove { .. } => Kind::Move,
        _ => Kind::Reshard,
    }
}

/// The operation, when it is the one that was looked at and can still be ended.
fn subject<'a>(change: &Change, kind: Kind, facts: &'a Facts, checks: &mut Vec<Check>) -> Option<&'a Operation> {
    if let Some(refused) = offered::check(change, facts.release) {
        checks.push(refused);
        return None;
    }
    if facts.operations.is_none() {
        checks.push(common::idle(change, facts, false));
        return None;
    }
    let name = change.namespace().to_string();
    let running = facts.operations.iter().flatten().find(|it| it.namespace == name && it.kind == kind);
    let looked_at = change.operation().flatten();
    match running {
        Some(it) if Some(it.id.as_str()) != looked_at => {
            checks.push(Check::block(
                words!("Another one runs now than the one you looked at.", "확인하신 것과 다른 작업이 실행 중입니다."),
                words!("Open the page anew.", "페이지를 다시 여세요."),
            ));
            None
        }
        Some(it) if !it.phase.can_abort() => {
            let phase = it.phase.words();
            let (en, ko) = (phase.en, phase.ko);
            checks.push(Check::block(
                words!("It is too late: {en}.", "너무 늦었습니다: {ko}."),
                words!("Wait for its end.", "끝날 때까지 기다리세요."),
            ));
            None
        }
        Some(it) => {
            let phase = it.phase.words();
            let (en, ko, key) = (phase.en, phase.ko, &it.key);
            checks.push(Check::pass(words!("It runs, to {key}: {en}.", "실행 중입니다({key}): {ko}.")));
            Some(it)
        }
        None => {
            checks.push(Check::block(
                words!("Nothing of the kind runs for {name}.", "{name}에 실행 중인 작업이 없습니다."),
                words!("It has ended; reload the page.", "이미 끝났습니다. 페이지를 새로 고치세요."),
            ));
            None
        }
    }
}

fn copied_for_nothing(running: &Operation) -> Words {
    match running.copied() {
        Some(copied) => {
            let copied = count(copied);
            words!(
                "What was copied so far ({copied} documents) is thrown away.",
                "지금까지 복사한 문서 {copied}개를 버립니다."
            )
        }
        None => words!("What was copied so far is thrown away.", "지금까지 복사한 것을 버립니다."),
    }
}
