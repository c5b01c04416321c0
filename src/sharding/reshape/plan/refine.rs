//! Refining a key: fields are added to its end.

use bson::doc;

use super::{Draft, common, index, zones};
use crate::change::{Blast, Check};
use crate::sharding::model::ShardKey;
use crate::sharding::model::quoted;
use crate::sharding::mongo::catalog::{key_of, shown_key};
use crate::sharding::mongo::command::command;
use crate::sharding::reshape::model::change::Change;
use crate::sharding::reshape::mongo::{Cataloged, Existing, Facts};
use crate::text::Words;
use crate::words;

pub(super) fn draft(server: &str, change: &Change, key: &ShardKey, facts: &Facts) -> Draft {
    let namespace = change.namespace();
    let mut draft = Draft {
        title: words!(
            "Refine the key of {namespace} to {key} at {server}",
            "{server}의 {namespace} 키를 {key}(으)로 확장"
        ),
        checks: Vec::new(),
        commands: Vec::new(),
        effect: Vec::new(),
        way_back: way_back(facts),
        blast: Blast::TypeName(namespace.to_string()),
    };
    let Some(existing) = common::subject(change, facts, &mut draft.checks) else { return draft };
    let Some(sharded) = existing.sharded() else {
        draft.checks.push(common::not_sharded(change));
        return draft;
    };
    draft.checks.push(extends(sharded, key));
    if !draft.checks.iter().all(|it| it.verdict == crate::change::Verdict::Pass) {
        return draft;
    }
    draft.checks.extend(unique_and_hashed(sharded, key));
    draft.checks.push(common::idle(change, facts, false));
    draft.checks.extend(index::checks(existing, key, sharded.unique));
    draft.checks.extend(index::values(existing));
    draft.effect = effect(existing, key);
    if index::supporting(existing, key, sharded.unique).is_none() {
        draft.commands.push(index::create(namespace, existing, key, sharded.unique));
    }
    let document = doc! { "refineCollectionShardKey": namespace.to_string(), "key": index::document(key) };
    let typed =
        format!("db.adminCommand({{ refineCollectionShardKey: {}, key: {key} }})", quoted(&namespace.to_string()));
    draft.commands.push(command("admin", document, typed));
    draft
}

fn extends(sharded: &Cataloged, key: &ShardKey) -> Check {
    let old = shown_key(&sharded.key);
    let Some(before) = key_of(&sharded.key) else {
        return Check::block(
            words!(
                "The present key {old} is of a kind that is not known here.",
                "현재 키 {old}의 종류를 알 수 없습니다."
            ),
            words!("Refine it in mongosh.", "mongosh에서 확장하세요."),
        );
    };
    let (had, gets) = (before.fields(), key.fields());
    if had == gets {
        return Check::block(
            words!("{old} is its key already.", "이미 {old}이(가) 키입니다."),
            words!("Add a field at the end.", "끝에 필드를 추가하세요."),
        );
    }
    if gets.len() > had.len() && gets[..had.len()] == *had {
        return Check::pass(words!(
            "The new key begins with the present one, {old}.",
            "새 키가 현재 키 {old}(으)로 시작합니다."
        ));
    }
    Check::block(
        words!(
            "The new key does not begin with the present one, {old}.",
            "새 키가 현재 키 {old}(으)로 시작하지 않습니다."
        ),
        words!(
            "Refining only adds fields at the end. Another key takes resharding.",
            "확장은 끝에 필드를 더하는 것만 가능합니다. 다른 키로 바꾸려면 리샤딩하세요.",
        ),
    )
}

fn unique_and_hashed(sharded: &Cataloged, key: &ShardKey) -> Option<Check> {
    (sharded.unique && key.is_hashed()).then(|| {
        Check::block(
            words!("The key is unique; a hashed field cannot be added.", "고유 키에는 해시 필드를 추가할 수 없습니다."),
            words!("Add it by ranges.", "범위 방식으로 추가하세요."),
        )
    })
}

fn effect(existing: &Existing, key: &ShardKey) -> Vec<Words> {
    let mut effect = vec![
        words!(
            "Only metadata is changed: no document moves. The bounds of all chunks get the new fields.",
            "메타데이터만 바뀌며 문서는 이동하지 않습니다. 모든 청크의 경계에 새 필드가 추가됩니다.",
        ),
        words!(
            "Queries by the beginning of the key still go to few shards; upserts and updates of one document need all of {key}, or _id.",
            "키 앞부분으로 찾는 쿼리는 그대로 일부 샤드로만 갑니다. upsert와 단일 문서 갱신에는 {key} 전체 또는 _id가 필요합니다.",
        ),
    ];
    if let Some(names) = zones::named(&existing.zones) {
        let ranges = existing.zones.len();
        effect.push(words!(
            "{ranges} ranges of zones get the new fields too, from their smallest value on: {names}.",
            "존 범위 {ranges}개에도 새 필드가 최솟값으로 추가됩니다: {names}.",
        ));
    }
    effect
}

fn way_back(facts: &Facts) -> Words {
    if facts.release.reaches(5, 0) {
        return words!(
            "None by itself. Only resharding to the old key, which copies all documents.",
            "직접 되돌릴 수 없습니다. 이전 키로 리샤딩하면 되지만 모든 문서를 복사합니다.",
        );
    }
    words!(
        "None. Resharding to the old key needs MongoDB 5.0.",
        "없음. 이전 키로 리샤딩하려면 MongoDB 5.0이 필요합니다."
    )
}
