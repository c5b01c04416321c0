//! What else the log tells of beside moves: splits, merges, reshardings and the rest, in words.

use bson::Document;

use crate::sharding::mongo::answer::number;
use crate::sharding::value::shown_document;
use crate::text::Words;
use crate::words;

/// What happened, and the detail that tells it from others.
pub(super) fn event(what: &str, details: &Document) -> (Words, Words) {
    let text = |field| details.get_str(field).unwrap_or_default();
    let range = |of: &Document| {
        let bound = |field| of.get_document(field).map(shown_document).unwrap_or_default();
        Words::same(format!("{} – {}", bound("min"), bound("max")))
    };
    match what {
        "split" => {
            let middle = details.get_document("right").ok().and_then(|right| right.get_document("min").ok());
            let at = middle.map(shown_document).unwrap_or_default();
            (words!("Chunk split", "청크 분할"), words!("at {at}", "{at}에서"))
        }
        "multi-split" => {
            let (number, of) =
                (number(details, "number").unwrap_or_default(), number(details, "of").unwrap_or_default());
            let of_chunk = details.get_document("chunk").map(range).unwrap_or_default();
            let range = of_chunk.en;
            (
                words!("Chunk split", "청크 분할"),
                words!("piece {number} of {of}: {range}", "{of}개 중 {number}번째: {range}"),
            )
        }
        "merge" | "autoMerge" => {
            let merged = details.get_array("merged").ok().and_then(|merged| i64::try_from(merged.len()).ok());
            let chunks = number(details, "numChunks").or(merged).unwrap_or_default();
            let range = if details.contains_key("min") { range(details).en } else { String::new() };
            (words!("Chunks merged", "청크 병합"), words!("{chunks} chunks {range}", "청크 {chunks}개 {range}"))
        }
        "resharding.coordinator.transition" => {
            let (old, new) = (text("oldState"), text("newState"));
            (words!("Resharding", "리샤딩"), Words::same(format!("{old} → {new}")))
        }
        "shardCollection.start" | "shardCollection.end" => {
            let begun = what.ends_with("start");
            let chunks = number(details, "numChunks").map(|chunks| words!("{chunks} chunks", "청크 {chunks}개"));
            let said =
                if begun { words!("Sharding begun", "샤딩 시작") } else { words!("Sharded", "샤딩 완료") };
            (said, chunks.unwrap_or_default())
        }
        "refineCollectionShardKey.start" | "refineCollectionShardKey.end" => {
            (words!("Shard key refined", "샤드 키 확장"), ended(what))
        }
        "dropCollection.start" | "dropCollection" => (words!("Collection dropped", "컬렉션 삭제"), ended(what)),
        "movePrimary.start" | "movePrimary.commit" | "movePrimary" | "movePrimary.error" => {
            (words!("Primary shard moved", "프라이머리 샤드 이동"), ended(what))
        }
        "addShard" => (words!("Shard added", "샤드 추가"), Words::same(text("name"))),
        "removeShard.start" => (words!("Draining begun", "드레이닝 시작"), Words::same(text("shard"))),
        "removeShard" => (words!("Shard removed", "샤드 제거"), Words::same(text("shard"))),
        other => {
            // The name is the server's word, so only what such names consist of is repeated.
            let name = other.chars().filter(|it| it.is_ascii_alphanumeric() || ".-_".contains(*it)).take(60);
            (Words::same(name.collect::<String>()), Words::default())
        }
    }
}

fn ended(what: &str) -> Words {
    match what.rsplit('.').next() {
        Some("start") => words!("begun", "시작"),
        Some("error") => words!("failed", "실패"),
        _ => words!("done", "완료"),
    }
}
