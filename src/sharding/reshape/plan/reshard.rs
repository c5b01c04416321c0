//! Resharding: all documents are copied to where another key puts them.

use bson::{Document, doc};

use super::{Draft, common, index, offered, space, zones};
use crate::change::{Blast, Check, Command};
use crate::sharding::model::offered::Operation;
use crate::sharding::model::{Namespace, ShardKey, Version, quoted};
use crate::sharding::mongo::catalog::{key_of, shown_key};
use crate::sharding::mongo::command::command;
use crate::sharding::reshape::model::change::{Change, Options};
use crate::sharding::reshape::mongo::{Cataloged, Existing, Facts};
use crate::sharding::value::shown_document;
use crate::text::{Words, bytes, count, span};
use crate::words;

pub(super) fn draft(server: &str, change: &Change, key: &ShardKey, options: &Options, facts: &Facts) -> Draft {
    let namespace = change.namespace();
    let mut draft = Draft {
        title: words!("Reshard {namespace} to {key} at {server}", "{server}의 {namespace}을(를) {key}(으)로 리샤딩"),
        checks: Vec::new(),
        commands: Vec::new(),
        effect: Vec::new(),
        way_back: Words::default(),
        blast: Blast::TypeName(namespace.to_string()),
    };
    let Some(existing) = common::subject(change, facts, &mut draft.checks) else { return draft };
    let Some(sharded) = existing.sharded() else {
        draft.checks.push(common::not_sharded(change));
        return draft;
    };
    draft.checks.extend(options.force.then(|| offered::refusal(Operation::Redistribute, facts.release)).flatten());
    draft.checks.push(another_key(sharded, key, options));
    draft.checks.push(common::idle(change, facts, true));
    draft.checks.push(common::no_builds(change, facts));
    draft.checks.extend(common::none_draining(facts));
    draft.checks.extend(no_more_unique(sharded));
    draft.checks.extend(index::checks(existing, key, false));
    draft.checks.extend(index::values(existing));
    draft.checks.extend(enough_values(existing, key, options));
    draft.checks.extend(zones::checks(existing, sharded, key, options.zones));
    draft.checks.extend(space::spread(existing, facts));
    draft.checks.push(journal());
    draft.effect = effect(existing, facts, namespace);
    draft.way_back = way_back(namespace, sharded);
    if index::supporting(existing, key, false).is_none() {
        draft.commands.push(index::create(namespace, existing, key, false));
    }
    draft.commands.push(reshard(namespace, key, options, existing, sharded));
    draft
}

fn another_key(sharded: &Cataloged, key: &ShardKey, options: &Options) -> Check {
    let old = shown_key(&sharded.key);
    match (key_of(&sharded.key).as_ref() == Some(key), options.force) {
        (false, _) => Check::pass(words!("The key changes from {old}.", "키가 {old}에서 바뀝니다.")),
        (true, true) => Check::pass(words!(
            "The key stays {old}; the documents are spread anew.",
            "키는 {old} 그대로이며 문서를 다시 분산합니다."
        )),
        (true, false) => Check::block(
            words!(
                "{old} is its key already; the servers would do nothing.",
                "이미 {old}이(가) 키라 아무 일도 일어나지 않습니다."
            ),
            words!(
                "Choose another key. From 8.0 on the same key can be forced, which spreads the documents anew.",
                "다른 키를 고르세요. 8.0부터는 같은 키로 강제하여 문서를 다시 분산할 수 있습니다.",
            ),
        ),
    }
}

/// Resharding cannot make a unique key.
fn no_more_unique(sharded: &Cataloged) -> Option<Check> {
    sharded.unique.then(|| {
        Check::warn(
            words!("The present key is unique; the new one will not be.", "현재 키는 고유하지만 새 키는 고유하지 않습니다."),
            words!(
                "Resharding cannot make a unique key. Only a unique index that begins with the new key keeps values unique.",
                "리샤딩으로 고유 키를 만들 수 없습니다. 새 키로 시작하는 고유 인덱스만 값의 고유성을 지킵니다.",
            ),
        )
    })
}

/// There can be no more chunks than different values of the key.
fn enough_values(existing: &Existing, key: &ShardKey, options: &Options) -> Option<Check> {
    let (sample, chunks) = (existing.sample?, i64::from(options.chunks?));
    let (documents, different) = (count(sample.documents), count(sample.different));
    let found = words!(
        "{different} different keys among {documents} sampled documents, for {chunks} chunks.",
        "표본 문서 {documents}개에 서로 다른 키가 {different}개이며, 청크는 {chunks}개입니다.",
    );
    if key.is_hashed() && key.fields().len() == 1 || sample.different >= chunks {
        return Some(Check::pass(found));
    }
    let advice = words!(
        "With fewer different keys than chunks the servers refuse. Ask for fewer chunks, or leave the number out.",
        "서로 다른 키가 청크보다 적으면 서버가 거부합니다. 청크 수를 줄이거나 비워 두세요.",
    );
    // A sample of the whole collection knows all values; else there may be more.
    let whole = existing.stored.is_some_and(|stored| stored.owned() <= sample.documents);
    Some(if whole { Check::block(found, advice) } else { Check::warn(found, advice) })
}

/// No router tells it.
fn journal() -> Check {
    Check::warn(
        words!(
            "Whether writeConcernMajorityJournalDefault is true on every shard is unknown: routers do not tell.",
            "모든 샤드의 writeConcernMajorityJournalDefault가 true인지 알 수 없습니다. 라우터로는 확인할 수 없습니다.",
        ),
        words!(
            "It is true unless somebody changed it; otherwise the servers refuse.",
            "바꾸지 않았다면 true이며, 아니면 서버가 거부합니다."
        ),
    )
}

fn reshard(
    namespace: &Namespace,
    key: &ShardKey,
    options: &Options,
    existing: &Existing,
    sharded: &Cataloged,
) -> Command {
    let name = namespace.to_string();
    let mut document = doc! { "reshardCollection": &name, "key": index::document(key), "unique": false };
    let mut more = Document::new();
    if existing.listed.collated {
        more.insert("collation", doc! { "locale": "simple" });
    }
    if let Some(chunks) = options.chunks.and_then(|it| i32::try_from(it).ok()) {
        more.insert("numInitialChunks", chunks);
    }
    if let Some(zones) = zones::sent(existing, sharded, key, options.zones) {
        more.insert("zones", zones);
    }
    if options.force {
        more.insert("forceRedistribution", true);
    }
    let typed = if more.is_empty() {
        format!("sh.reshardCollection({}, {key}, false)", quoted(&name))
    } else {
        format!("sh.reshardCollection({}, {key}, false, {})", quoted(&name), shown_document(&more))
    };
    document.extend(more);
    command("admin", document, typed)
}

fn effect(existing: &Existing, facts: &Facts, namespace: &Namespace) -> Vec<Words> {
    let mut effect = vec![copied(existing), duration(facts), writes_blocked(facts.release.version)];
    effect.push(words!(
        "Until it has ended, writes of one document need the old key and the new key in their filter, or _id.",
        "끝날 때까지 단일 문서 쓰기의 필터에는 이전 키와 새 키가 모두 있거나 _id가 있어야 합니다.",
    ));
    effect.push(blocked_commands());
    effect.push(words!(
        "It goes on in the cluster when the console or the connection ends; Stop, on its record or here, sends \
         abortReshardCollection. The balancer leaves {namespace} alone by itself; it need not be stopped.",
        "콘솔이나 연결이 끊겨도 클러스터에서 계속됩니다. 기록이나 이 페이지의 중단은 abortReshardCollection을 보냅니다. \
         밸런서는 {namespace}을(를) 알아서 건드리지 않으므로 멈출 필요가 없습니다.",
    ));
    effect
}

pub(super) fn copied(existing: &Existing) -> Words {
    match existing.stored {
        Some(stored) => {
            let (documents, size, disk) = (count(stored.owned()), bytes(stored.bytes), bytes(stored.storage));
            words!(
                "All {documents} documents ({size}, {disk} on the disks) are copied, and all indexes are built anew.",
                "문서 {documents}개({size}, 디스크에서 {disk})를 모두 복사하고 모든 인덱스를 새로 만듭니다.",
            )
        }
        None => words!(
            "All documents are copied, and all indexes are built anew; how many is unknown.",
            "문서를 모두 복사하고 모든 인덱스를 새로 만듭니다. 양은 알 수 없습니다.",
        ),
    }
}

/// The servers' default, in milliseconds.
const USUAL_MINIMUM: i64 = 300_000;

pub(super) fn duration(facts: &Facts) -> Words {
    let told = span(facts.minimum.unwrap_or(USUAL_MINIMUM));
    let (en, ko) = (told.en, told.ko);
    match facts.minimum {
        Some(_) => words!("It lasts {en} at least.", "최소 {ko} 걸립니다."),
        None => words!(
            "It lasts {en} at least, unless the config servers are set otherwise: routers do not tell.",
            "설정 서버에서 바꾸지 않았다면 최소 {ko} 걸립니다. 라우터로는 설정값을 알 수 없습니다.",
        ),
    }
}

pub(super) fn writes_blocked(version: Version) -> Words {
    // Lowered in 8.0.13 and in all of 8.2.
    let millis = if version >= Version::new(8, 0, 13) { 500 } else { 2_000 };
    let told = span(millis);
    let (en, ko) = (told.en, told.ko);
    words!(
        "At the end writes to the collection wait, as soon as about {en} are left; after 5 s it gives up and is rolled back.",
        "마지막에 약 {ko} 남으면 컬렉션 쓰기가 대기합니다. 5초를 넘기면 포기하고 되돌립니다.",
    )
}

pub(super) fn blocked_commands() -> Words {
    words!(
        "Meanwhile the collection refuses collMod, createIndexes, dropIndexes, drop and renameCollection; adding or \
         removing a shard, creating a collection or dropping a database anywhere may make it fail. An Atlas Search \
         index is lost.",
        "그동안 컬렉션의 collMod, createIndexes, dropIndexes, drop, renameCollection이 거부됩니다. 샤드 추가·제거, \
         컬렉션 생성, 데이터베이스 삭제는 실패를 일으킬 수 있습니다. Atlas Search 인덱스는 사라집니다.",
    )
}

fn way_back(namespace: &Namespace, sharded: &Cataloged) -> Words {
    let (name, key) = (quoted(&namespace.to_string()), shown_key(&sharded.key));
    words!(
        "Until it commits: abort it, and nothing has changed. Afterwards: reshard back, which copies all again: \
         sh.reshardCollection({name}, {key})",
        "확정 전: 중단하면 아무것도 바뀌지 않습니다. 확정 후: 다시 리샤딩하며 전부 다시 복사합니다: \
         sh.reshardCollection({name}, {key})",
    )
}
