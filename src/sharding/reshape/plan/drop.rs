//! Dropping a sharded collection.

use bson::doc;

use super::{Draft, common, zones};
use crate::change::{Blast, Check};
use crate::sharding::model::{Chunks, quoted};
use crate::sharding::mongo::command::command;
use crate::sharding::reshape::model::change::Change;
use crate::sharding::reshape::mongo::{Existing, Facts};
use crate::text::{Words, bytes, count, span};
use crate::words;

pub(super) fn draft(server: &str, change: &Change, facts: &Facts) -> Draft {
    let namespace = change.namespace();
    let mut draft = Draft {
        title: words!("Drop {namespace} at {server}", "{server}의 {namespace} 삭제"),
        checks: Vec::new(),
        commands: Vec::new(),
        effect: Vec::new(),
        way_back: words!("None but a backup.", "없음. 백업으로만 복구할 수 있습니다."),
        blast: Blast::TypeName(namespace.to_string()),
    };
    let Some(existing) = common::subject(change, facts, &mut draft.checks) else { return draft };
    if existing.sharded().is_none() {
        draft.checks.push(Check::block(
            words!("{namespace} is not sharded.", "{namespace}은(는) 샤딩되지 않았습니다."),
            words!("Only sharded collections are dropped here.", "여기서는 샤딩된 컬렉션만 삭제합니다."),
        ));
        return draft;
    }
    draft.checks.push(common::idle(change, facts, false));
    draft.effect = effect(existing);
    let typed = format!(
        "db.getSiblingDB({}).getCollection({}).drop()",
        quoted(namespace.database()),
        quoted(namespace.collection())
    );
    draft.commands.push(command(namespace.database(), doc! { "drop": namespace.collection() }, typed));
    draft
}

fn effect(existing: &Existing) -> Vec<Words> {
    let mut effect = vec![documents(existing)];
    let indexes = existing.indexes.len();
    effect.push(words!("Its {indexes} indexes are lost.", "인덱스 {indexes}개가 사라집니다."));
    for (name, seconds) in &existing.expiring {
        let after = span(seconds.saturating_mul(1000));
        let (en, ko) = (after.en, after.ko);
        effect.push(words!(
            "So is the time to live of its documents ({name}, {en}).",
            "문서의 TTL도 사라집니다({name}, {ko}).",
        ));
    }
    if let Some(names) = zones::named(&existing.zones) {
        let ranges = existing.zones.len();
        effect.push(words!(
            "So are {ranges} ranges of the zones {names}; the zones themselves stay.",
            "존 {names}의 범위 {ranges}개도 사라집니다. 존 자체는 남습니다.",
        ));
    }
    if let Chunks::Counted(shards) = &existing.chunks {
        let each: Vec<String> = shards.iter().map(|it| format!("{} {}", it.shard, it.chunks)).collect();
        let each = each.join(", ");
        effect.push(words!("So are its chunks: {each}.", "청크도 사라집니다: {each}."));
    }
    effect.push(words!(
        "Whoever still writes to it makes a new collection of this name, unsharded and on one shard.",
        "이후에도 쓰는 애플리케이션이 있으면 같은 이름의 샤딩되지 않은 컬렉션이 한 샤드에 생깁니다.",
    ));
    effect
}

fn documents(existing: &Existing) -> Words {
    match existing.stored {
        Some(stored) => {
            let (documents, size, disk) =
                (count(stored.owned()), bytes(stored.bytes), bytes(stored.storage + stored.indexes));
            words!(
                "All {documents} documents ({size}) are lost on all shards; {disk} of the disks become free.",
                "모든 샤드에서 문서 {documents}개({size})가 사라지고 디스크 {disk}이(가) 비워집니다.",
            )
        }
        None => words!(
            "All documents on all shards are lost; how many is unknown.",
            "모든 샤드의 문서가 사라집니다. 개수는 알 수 없습니다.",
        ),
    }
}
