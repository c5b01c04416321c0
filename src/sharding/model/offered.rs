//! What can be done to a cluster depends on its version: each operation, whether this cluster has it, and why not.

mod needs;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use self::needs::{Needs, Since};
use super::{Release, Version};
use crate::text::Words;
use crate::words;

/// Everything that the console can do to a sharded cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    ShardCollection,
    /// A key of several fields, one of them hashed.
    CompoundHashedKey,
    /// Initial chunks of a hashed key by zone (`presplitHashedZones`).
    PresplitHashedZones,
    ShardTimeSeries,
    /// The advisor, by documents that are read at random.
    SampleDocuments,
    /// The advisor, by the server's own figures (`analyzeShardKey`).
    AnalyzeKey,
    /// Sampling of queries for the advisor (`configureQueryAnalyzer`).
    SampleQueries,
    RefineKey,
    Reshard,
    AbortReshard,
    CommitReshard,
    ReshardTimeSeries,
    /// Resharding to the same key, which spreads a collection anew (`forceRedistribution`).
    Redistribute,
    Unshard,
    AbortUnshard,
    MoveCollection,
    AbortMoveCollection,
    DropCollection,
    AddShardToZone,
    RemoveShardFromZone,
    SetZoneRange,
    RemoveZoneRange,
    StartBalancer,
    StopBalancer,
    SetWindow,
    ClearWindow,
    SetChunkSize,
    SetCollectionChunkSize,
    /// Balancing of one collection on and off; how, says [`Generation::of_balancing`].
    SwitchCollection,
    /// No migration of one collection at all, also by hand (`setAllowMigrations`).
    FreezeCollection,
    SwitchAutoMerger,
    SwitchCollectionAutoMerger,
    Defragment,
    AddShard,
    /// `removeShard`, called again and again until it is done.
    RemoveShard,
    StartDraining,
    StopDraining,
    CommitRemoval,
    MovePrimary,
    SplitChunk,
    MoveChunk,
    MoveRange,
    /// Moving a chunk that is too big, while its collection cannot be written to (`forceJumbo`).
    MoveJumboChunk,
    MergeChunks,
    ClearJumbo,
}

impl Operation {
    /// All of them, in the order in which they are declared.
    pub const ALL: [Self; 45] = [
        Self::ShardCollection,
        Self::CompoundHashedKey,
        Self::PresplitHashedZones,
        Self::ShardTimeSeries,
        Self::SampleDocuments,
        Self::AnalyzeKey,
        Self::SampleQueries,
        Self::RefineKey,
        Self::Reshard,
        Self::AbortReshard,
        Self::CommitReshard,
        Self::ReshardTimeSeries,
        Self::Redistribute,
        Self::Unshard,
        Self::AbortUnshard,
        Self::MoveCollection,
        Self::AbortMoveCollection,
        Self::DropCollection,
        Self::AddShardToZone,
        Self::RemoveShardFromZone,
        Self::SetZoneRange,
        Self::RemoveZoneRange,
        Self::StartBalancer,
        Self::StopBalancer,
        Self::SetWindow,
        Self::ClearWindow,
        Self::SetChunkSize,
        Self::SetCollectionChunkSize,
        Self::SwitchCollection,
        Self::FreezeCollection,
        Self::SwitchAutoMerger,
        Self::SwitchCollectionAutoMerger,
        Self::Defragment,
        Self::AddShard,
        Self::RemoveShard,
        Self::StartDraining,
        Self::StopDraining,
        Self::CommitRemoval,
        Self::MovePrimary,
        Self::SplitChunk,
        Self::MoveChunk,
        Self::MoveRange,
        Self::MoveJumboChunk,
        Self::MergeChunks,
        Self::ClearJumbo,
    ];

    /// Whether a cluster of this release has it.
    ///
    /// # Errors
    /// Why not, in one sentence with what to do about it.
    pub fn offered(self, release: Release) -> Result<(), Words> {
        if self == Self::RemoveShard && Generation::of_removal(release) == Generation::New {
            return Err(words!(
                "This cluster drains a shard by commands of its own, and can stop that again: drain it, then commit the removal.",
                "이 클러스터에는 멈출 수 있는 드레인 전용 명령이 있습니다. 드레인한 뒤 제거를 확정하세요.",
            ));
        }
        self.needs().met_by(release, &self.title())
    }

    /// What must be there. Sources: the manual's pages of each command, "Changed in version" and "New in version".
    fn needs(self) -> Needs {
        match self {
            Self::CompoundHashedKey | Self::PresplitHashedZones | Self::RefineKey | Self::MoveJumboChunk => {
                Needs::release(4, 4)
            }
            Self::ShardTimeSeries => Needs::release(5, 1),
            Self::AnalyzeKey | Self::SampleQueries | Self::SwitchAutoMerger | Self::SwitchCollectionAutoMerger => {
                Needs::release(7, 0)
            }
            Self::Reshard | Self::AbortReshard | Self::CommitReshard => Needs::release(5, 0),
            Self::ReshardTimeSeries => Needs::release(8, 0).and_patch(8, 0, 10),
            Self::Redistribute
            | Self::Unshard
            | Self::AbortUnshard
            | Self::MoveCollection
            | Self::AbortMoveCollection => Needs::release(8, 0),
            Self::SetCollectionChunkSize => Needs::release(5, 3),
            Self::FreezeCollection => Needs::program(FREEZE),
            Self::Defragment => Needs::release(6, 0).and_programs(DEFRAGMENT),
            Self::StartDraining | Self::StopDraining | Self::CommitRemoval => Needs::release(8, 2),
            Self::MoveRange => Needs::release(6, 0),
            Self::ClearJumbo => Needs::program(CLEAR_JUMBO),
            _ => Needs::nothing(),
        }
    }

    /// What is done, as the subject of a sentence.
    pub fn title(self) -> Words {
        let (en, ko) = self.names();
        Words::new(en, ko)
    }

    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::ShardCollection => ("Sharding a collection", "컬렉션 샤딩"),
            Self::CompoundHashedKey => ("A key of several fields with a hashed one", "해시 필드를 포함한 복합 키"),
            Self::PresplitHashedZones => ("Splitting by zones beforehand", "존별 사전 분할"),
            Self::ShardTimeSeries => ("Sharding a time series", "시계열 컬렉션 샤딩"),
            Self::SampleDocuments => ("Advice from sampled documents", "문서 표본 기반 조언"),
            Self::AnalyzeKey => ("The server's own analysis of a key", "서버의 샤드 키 분석"),
            Self::SampleQueries => ("Sampling of queries", "쿼리 표본 수집"),
            Self::RefineKey => ("Refining a key", "키 확장"),
            Self::Reshard => ("Resharding", "리샤딩"),
            Self::AbortReshard => ("Aborting a resharding", "리샤딩 중단"),
            Self::CommitReshard => ("Committing a resharding", "리샤딩 확정"),
            Self::ReshardTimeSeries => ("Resharding a time series", "시계열 컬렉션 리샤딩"),
            Self::Redistribute => ("Resharding to the same key", "같은 키로 리샤딩"),
            Self::Unshard => ("Unsharding a collection", "컬렉션 샤딩 해제"),
            Self::AbortUnshard => ("Aborting an unsharding", "샤딩 해제 중단"),
            Self::MoveCollection => ("Moving a collection", "컬렉션 이동"),
            Self::AbortMoveCollection => ("Aborting the move of a collection", "컬렉션 이동 중단"),
            Self::DropCollection => ("Dropping a collection", "컬렉션 삭제"),
            Self::AddShardToZone => ("Adding a shard to a zone", "존에 샤드 추가"),
            Self::RemoveShardFromZone => ("Removing a shard from a zone", "존에서 샤드 제거"),
            Self::SetZoneRange => ("Setting a zone's range", "존 범위 지정"),
            Self::RemoveZoneRange => ("Removing a zone's range", "존 범위 제거"),
            Self::StartBalancer => ("Starting the balancer", "밸런서 시작"),
            Self::StopBalancer => ("Stopping the balancer", "밸런서 중지"),
            Self::SetWindow => ("Setting the balancing window", "밸런싱 시간대 지정"),
            Self::ClearWindow => ("Removing the balancing window", "밸런싱 시간대 해제"),
            Self::SetChunkSize => ("Setting the chunk size", "청크 크기 지정"),
            Self::SetCollectionChunkSize => ("A chunk size of one collection", "컬렉션별 청크 크기"),
            Self::SwitchCollection => ("Balancing of one collection on and off", "컬렉션별 밸런싱 켜기/끄기"),
            Self::FreezeCollection => ("Freezing a collection", "컬렉션 동결"),
            Self::SwitchAutoMerger => ("The auto-merger", "자동 병합"),
            Self::SwitchCollectionAutoMerger => ("The auto-merger of one collection", "컬렉션별 자동 병합"),
            Self::Defragment => ("Defragmenting a collection", "컬렉션 조각 모음"),
            Self::AddShard => ("Adding a shard", "샤드 추가"),
            Self::RemoveShard => ("Removing a shard", "샤드 제거"),
            Self::StartDraining => ("Draining that can be stopped", "멈출 수 있는 드레인"),
            Self::StopDraining => ("Stopping a draining", "드레인 중지"),
            Self::CommitRemoval => ("Committing a removal", "제거 확정"),
            Self::MovePrimary => ("Moving a database's primary shard", "프라이머리 샤드 이동"),
            Self::SplitChunk => ("Splitting a chunk", "청크 분할"),
            Self::MoveChunk => ("Moving a chunk", "청크 이동"),
            Self::MoveRange => ("Moving a range", "범위 이동"),
            Self::MoveJumboChunk => ("Moving a jumbo chunk", "점보 청크 이동"),
            Self::MergeChunks => ("Merging chunks", "청크 병합"),
            Self::ClearJumbo => ("Clearing a jumbo flag", "점보 표시 해제"),
        }
    }
}

/// Each line of releases has its own patch from which it is there.
const FREEZE: &[Since] = &[Since::new(4, 4, 11), Since::new(5, 0, 6), Since::new(5, 1, 2)];
const CLEAR_JUMBO: &[Since] = &[Since::new(4, 2, 3)];
/// Before these patches a collection that was defragmented could not be used for long stretches.
const DEFRAGMENT: &[Since] = &[Since::new(6, 0, 4), Since::new(6, 1, 2)];

/// Two sets of commands do the same; which one a cluster is given depends on its release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Generation {
    Old,
    New,
}

impl Generation {
    /// Old: `removeShard` again and again. New: `startShardDraining`, `shardDrainingStatus`, `stopShardDraining`,
    /// `commitShardRemoval`.
    pub fn of_removal(release: Release) -> Self {
        Self::new_if(release.reaches(8, 2))
    }

    /// Old: `noBalance` in the document of `config.collections`. New: `configureCollectionBalancing.enableBalancing`.
    pub fn of_balancing(release: Release) -> Self {
        Self::new_if(release.version >= Version::new(8, 0, 10) && release.reaches(8, 0))
    }

    fn new_if(is_new: bool) -> Self {
        if is_new { Self::New } else { Self::Old }
    }
}
