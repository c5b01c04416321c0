//! One collection: how it lies on the shards, and what can be done to it.

mod actions;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::Movement;
use crate::finding::{Finding, Way};
use crate::sharding::model::{Evenness, OnShard, Release, quoted};
use crate::text::{Words, count, span, url_text};
use crate::words;

/// A collection with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct One {
    /// The target, as addresses name it.
    pub target: String,
    pub namespace: String,
    pub release: Release,
    /// False where neither its database nor the catalog knows it.
    pub exists: bool,
    pub time_series: bool,
    pub view: bool,
    pub capped: bool,
    /// Compares text by rules of its own.
    pub collated: bool,
    /// Empty where it is not known.
    pub uuid: String,
    /// The primary shard of its database.
    pub primary: Option<String>,
    /// The shard key as mongosh shows it; none where it is not sharded.
    pub key: Option<String>,
    pub unique: bool,
    /// Each shard that has something of it.
    pub spread: Vec<OnShard>,
    /// Where the documents and bytes of the spread come from.
    pub source: Source,
    /// There are more chunks than are counted here.
    pub many_chunks: bool,
    /// Chunks that are too big to be moved; none where not all chunks were counted.
    pub jumbo: Option<i64>,
    pub evenness: Evenness,
    /// Bytes of a chunk, and whether that is the collection's own setting.
    pub chunk_bytes: (i64, bool),
    /// What the balancer itself says (4.4 and later).
    pub compliance: Option<Compliance>,
    /// Why the balancer moves nothing in the whole cluster now; none where it does, or nobody can tell.
    pub stands_still: Option<Words>,
    pub movement: Movement,
    /// The state of a resharding that is under way.
    pub resharding: Option<String>,
    /// Zones that have ranges of it, with how many.
    pub zones: Vec<(String, i64)>,
    /// None where they could not be listed.
    pub indexes: Option<Vec<IndexSeen>>,
    pub findings: Vec<Finding>,
    pub actions: Vec<Action>,
}

/// Where figures come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// The shards said them just now.
    Now,
    /// They are from a reading so many milliseconds ago, since a shard does not answer now.
    Before(i64),
    Unknown,
}

/// The balancer's own verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compliance {
    pub fine: bool,
    /// `chunksImbalance`, `zoneViolation`, `draining`, `defragmentingChunks`; empty where it is fine.
    pub violation: String,
}

impl Compliance {
    /// In words.
    pub fn told(&self) -> Words {
        match (self.fine, self.violation.as_str()) {
            (true, _) => words!("nothing has to move", "옮길 것이 없습니다"),
            (_, "chunksImbalance") => {
                words!("data has to move, to spread it evenly", "고르게 나누기 위해 옮겨야 합니다")
            }
            (_, "zoneViolation") => words!("data has to move into its zone", "존에 맞게 옮겨야 합니다"),
            (_, "draining") => words!("data has to leave a draining shard", "드레이닝 중인 샤드에서 옮겨야 합니다"),
            (_, "defragmentingChunks") => words!("it is being defragmented", "조각 모음 중입니다"),
            (_, other) => words!("data has to move ({other})", "데이터를 옮겨야 합니다({other})"),
        }
    }
}

/// An index, as far as it matters for sharding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexSeen {
    pub name: String,
    pub key: String,
    pub unique: bool,
    /// Whether it supports the shard key.
    pub supports: bool,
    /// Documents expire by it after so many seconds.
    pub expires: Option<i64>,
}

/// Something that can be done about the collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    pub title: Words,
    pub link: String,
    /// Why it cannot be done here; none where it can.
    pub why_not: Option<Words>,
}

impl One {
    /// A page of ours about this collection.
    fn link(&self, path: &str, more: &str) -> String {
        format!("{path}?target={}&namespace={}{more}", url_text(&self.target), url_text(&self.namespace))
    }

    /// Fills in what follows of what was seen.
    #[must_use]
    pub fn judged(mut self) -> Self {
        self.findings = self.found();
        self.actions = actions::actions(&self);
        self
    }

    fn found(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        // The balancer's page looks for a collection by its own name, and a time series is kept under another.
        let balancing = |action| match self.time_series {
            true => Way::none(),
            false => Way { link: self.link("/sharding/balancer", ""), action },
        };
        if let (Evenness::Uneven(measure), false) = (&self.evenness, self.time_series) {
            let told = measure.told();
            found.push(Finding::warn(
                words!("It is spread unevenly.", "분포가 고르지 않습니다."),
                told,
                balancing(words!("Look at its balancing", "밸런싱 보기")),
            ));
        }
        if self.movement.frozen {
            found.push(Finding::warn(
                words!("No chunk of it can move: it is frozen.", "동결되어 청크를 옮길 수 없습니다."),
                words!(
                    "Migrations are not allowed (setAllowMigrations), neither the balancer's nor those by hand.",
                    "setAllowMigrations로 밸런서와 수동 이동이 모두 금지되어 있습니다."
                ),
                balancing(words!("Allow migrations", "이동 허용")),
            ));
        } else if self.movement.left_alone {
            found.push(Finding::note(
                words!("The balancer leaves it alone.", "밸런서 대상에서 제외되어 있습니다."),
                words!(
                    "Its balancing is switched off (noBalance). Chunks can be moved by hand.",
                    "밸런싱이 꺼져 있습니다(noBalance). 청크를 직접 옮길 수는 있습니다."
                ),
                balancing(words!("Switch its balancing on", "밸런싱 켜기")),
            ));
        }
        if let Some(jumbo) = self.jumbo.filter(|jumbo| *jumbo > 0) {
            let jumbo = count(jumbo);
            found.push(Finding::warn(
                words!("{jumbo} chunks are too big to be moved.", "너무 커서 옮길 수 없는 청크가 {jumbo}개 있습니다."),
                words!(
                    "The balancer passes over jumbo chunks. Split them, or refine the key where one value is too many.",
                    "밸런서는 점보 청크를 건너뜁니다. 나누거나, 한 값이 너무 많다면 키를 확장하세요."
                ),
                Way { link: self.link("/sharding/chunks", ""), action: words!("Look at the chunks", "청크 보기") },
            ));
        }
        if let Some(state) = &self.resharding {
            found.push(Finding::note(
                words!("It is being resharded: {state}.", "리샤딩 중입니다: {state}."),
                words!("It can be followed and aborted.", "진행 상황을 보고 중단할 수 있습니다."),
                Way { link: self.link("/sharding/reshape", ""), action: words!("Follow it", "진행 보기") },
            ));
        }
        self.of_indexes(&mut found);
        found.sort_by_key(|finding| finding.severity);
        found
    }

    /// The line of mongosh that builds an index on the shard key, which must compare text by its bytes.
    fn create_index(&self, key: &str) -> String {
        let (database, collection) = self.namespace.split_once('.').unwrap_or((self.namespace.as_str(), ""));
        let (database, collection) = (quoted(database), quoted(collection));
        let simple = if self.collated { ", { collation: { locale: \"simple\" } }" } else { "" };
        format!("db.getSiblingDB({database}).getCollection({collection}).createIndex({key}{simple})")
    }

    fn of_indexes(&self, found: &mut Vec<Finding>) {
        let Some(indexes) = &self.indexes else { return };
        if let (Some(key), false) = (&self.key, self.time_series || indexes.iter().any(|index| index.supports)) {
            let typed = self.create_index(key);
            found.push(Finding::bad(
                words!("No index supports the shard key.", "샤드 키를 지원하는 인덱스가 없습니다."),
                words!(
                    "Chunks cannot be split or moved without one. Build it with mongosh: {typed}",
                    "인덱스가 없으면 청크를 나누거나 옮길 수 없습니다. mongosh에서 만드세요: {typed}"
                ),
                Way::none(),
            ));
        }
        for index in indexes {
            let Some(seconds) = index.expires else { continue };
            let (name, after) = (&index.name, span(seconds.saturating_mul(1_000)));
            let (en, ko) = (after.en, after.ko);
            found.push(Finding::note(
                words!(
                    "Documents expire by the index {name}, after {en}.",
                    "인덱스 {name}에 따라 {ko} 후 문서가 만료됩니다."
                ),
                words!(
                    "Each shard deletes its own once a minute. While the collection is resharded the index cannot be \
                     changed.",
                    "각 샤드가 1분마다 자기 문서를 삭제합니다. 리샤딩 중에는 이 인덱스를 변경할 수 없습니다."
                ),
                Way::none(),
            ));
        }
    }
}
