//! A whole collection on one shard: moved there, or unsharded (8.0 and later).

use bson::{Document, doc};

use super::{Draft, common, reshard, space, zones};
use crate::change::{Blast, Check};
use crate::sharding::model::quoted;
use crate::sharding::mongo::catalog::shown_key;
use crate::sharding::mongo::command::command;
use crate::sharding::reshape::model::change::Change;
use crate::sharding::reshape::mongo::{Existing, Facts};
use crate::text::Words;
use crate::words;

pub(super) fn unshard(server: &str, change: &Change, shard: Option<&str>, facts: &Facts) -> Draft {
    let namespace = change.namespace();
    let name = namespace.to_string();
    let mut draft = draft(words!("Unshard {namespace} at {server}", "{server}의 {namespace} 샤딩 해제"), &name);
    let Some(existing) = common::subject(change, facts, &mut draft.checks) else { return draft };
    let Some(sharded) = existing.sharded() else {
        draft.checks.push(common::not_sharded(change));
        return draft;
    };
    draft.checks.extend(zones::named(&existing.zones).map(|names| {
        Check::block(
            words!("It has ranges of the zones {names}.", "존 {names}의 범위가 있습니다."),
            words!("Remove them first.", "먼저 범위를 제거하세요."),
        )
    }));
    more_checks(&mut draft, change, existing, shard, facts);
    let (key, quoted_name) = (shown_key(&sharded.key), quoted(&name));
    draft.way_back = words!(
        "Until it commits: abort it. Afterwards: sh.shardCollection({quoted_name}, {key}), and its documents are spread again.",
        "확정 전: 중단하세요. 확정 후: sh.shardCollection({quoted_name}, {key})(으)로 다시 분산합니다.",
    );
    let mut document = doc! { "unshardCollection": &name };
    draft.commands.push(match shard {
        Some(shard) => {
            document.insert("toShard", shard);
            command("admin", document, format!("sh.unshardCollection({}, {})", quoted(&name), quoted(shard)))
        }
        None => command("admin", document, format!("sh.unshardCollection({})", quoted(&name))),
    });
    draft
}

pub(super) fn relocate(server: &str, change: &Change, shard: &str, facts: &Facts) -> Draft {
    let namespace = change.namespace();
    let name = namespace.to_string();
    let title = words!("Move {namespace} to {shard} at {server}", "{server}의 {namespace}을(를) {shard}(으)로 이동");
    let mut draft = draft(title, &name);
    let Some(existing) = common::subject(change, facts, &mut draft.checks) else { return draft };
    if let Some(sharded) = existing.sharded() {
        let key = shown_key(&sharded.key);
        draft.checks.push(Check::block(
            words!(
                "It is sharded on {key}. Only a collection that is not sharded can be moved as a whole.",
                "{key}(으)로 샤딩되어 있습니다. 샤딩되지 않은 컬렉션만 통째로 옮길 수 있습니다."
            ),
            words!("Unshard it to that shard instead.", "대신 그 샤드로 샤딩을 해제하세요."),
        ));
        return draft;
    }
    draft.checks.push(Check::pass(words!("It is not sharded.", "샤딩되지 않았습니다.")));
    more_checks(&mut draft, change, existing, Some(shard), facts);
    draft.way_back = words!(
        "Until it commits: abort it. Afterwards: move it back.",
        "확정 전: 중단하세요. 확정 후: 다시 이동하세요."
    );
    let document: Document = doc! { "moveCollection": &name, "toShard": shard };
    let typed = format!("sh.moveCollection({}, {})", quoted(&name), quoted(shard));
    draft.commands.push(command("admin", document, typed));
    draft
}

fn draft(title: Words, name: &str) -> Draft {
    Draft {
        title,
        checks: Vec::new(),
        commands: Vec::new(),
        effect: Vec::new(),
        way_back: Words::default(),
        blast: Blast::TypeName(name.to_owned()),
    }
}

/// What both rest on: they are the machine of resharding, with one recipient.
fn more_checks(draft: &mut Draft, change: &Change, existing: &Existing, shard: Option<&str>, facts: &Facts) {
    draft.checks.extend(shard.map(|name| receives(name, facts)));
    draft.checks.push(common::idle(change, facts, true));
    draft.checks.push(common::no_builds(change, facts));
    draft.checks.extend(space::whole(existing, facts, shard));
    draft.effect = vec![
        reshard::copied(existing),
        shard.map_or_else(
            || {
                words!(
                    "All of it will lie on one shard: the one that has least data.",
                    "데이터가 가장 적은 샤드 하나에 모두 놓입니다."
                )
            },
            |name| words!("All of it will lie on {name}.", "모두 {name}에 놓입니다."),
        ),
        reshard::duration(facts),
        reshard::writes_blocked(facts.release.version),
        reshard::blocked_commands(),
    ];
}

fn receives(name: &str, facts: &Facts) -> Check {
    match facts.shards.iter().find(|it| it.name == name) {
        None => Check::block(
            words!("There is no shard {name}.", "{name} 샤드가 없습니다."),
            words!("Choose one of the list.", "목록에서 선택하세요."),
        ),
        Some(shard) if shard.draining => Check::block(
            words!("The shard {name} is being removed.", "{name} 샤드는 제거 중입니다."),
            words!("Choose another one.", "다른 샤드를 선택하세요."),
        ),
        Some(_) => Check::pass(words!("The shard {name} is there.", "{name} 샤드가 있습니다.")),
    }
}
