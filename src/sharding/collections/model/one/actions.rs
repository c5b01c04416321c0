//! What can be done about a collection, and what cannot, with the reason.

use super::super::is_mongodbs;
use super::{Action, One};
use crate::sharding::model::offered::Operation;
use crate::text::Words;
use crate::words;

/// All of them, so that what is missing can be told to be missing.
pub(super) fn actions(one: &One) -> Vec<Action> {
    let sharded = one.key.is_some();
    let mut all = Vec::new();
    let mut add = |title: Words, path: &str, more: &str, needs: Option<Operation>, state: State| {
        let why_not = own(one)
            .or_else(|| state.refusal(one))
            .or_else(|| needs.and_then(|operation| operation.offered(one.release).err()));
        all.push(Action { title, link: one.link(path, more), why_not });
    };
    let reshape = "/sharding/reshape";
    if !sharded {
        add(
            words!("Shard it", "샤딩"),
            "/sharding/shard",
            "",
            Some(if one.time_series { Operation::ShardTimeSeries } else { Operation::ShardCollection }),
            State::Any,
        );
    }
    add(words!("Compare shard keys", "샤드 키 비교"), "/sharding/advisor", "", None, State::Plain);
    add(words!("Chunk map", "청크 맵"), "/sharding/chunks", "", None, State::Sharded);
    add(words!("Moves of its chunks", "청크 이동 기록"), "/sharding/history", "", None, State::Sharded);
    add(words!("Zones", "존"), "/sharding/zones", "", None, State::Ordinary);
    add(words!("Its balancing", "밸런싱"), "/sharding/balancer", "", None, State::ShardedOrdinary);
    add(
        words!("Refine the key", "키 확장"),
        reshape,
        "&action=refine_key",
        Some(Operation::RefineKey),
        State::ShardedOrdinary,
    );
    let reshard = if one.time_series { Operation::ReshardTimeSeries } else { Operation::Reshard };
    add(words!("Reshard", "리샤딩"), reshape, "&action=reshard_collection", Some(reshard), State::ShardedOrdinary);
    add(
        words!("Unshard", "샤딩 해제"),
        reshape,
        "&action=unshard_collection",
        Some(Operation::Unshard),
        State::ShardedPlain,
    );
    add(
        words!("Move to another shard", "다른 샤드로 이동"),
        reshape,
        "&action=move_collection",
        Some(Operation::MoveCollection),
        State::UnshardedPlain,
    );
    add(
        words!("Drop", "삭제"),
        reshape,
        "&action=drop_collection",
        Some(Operation::DropCollection),
        State::ShardedOrdinary,
    );
    all
}

fn own(one: &One) -> Option<Words> {
    if is_mongodbs(&one.namespace) {
        return Some(words!("It belongs to MongoDB.", "MongoDB가 사용하는 컬렉션입니다."));
    }
    one.view.then(|| words!("It is a view, and has no documents of its own.", "뷰라서 자체 문서가 없습니다."))
}

/// What the collection must be for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Any,
    Sharded,
    /// None that the catalog knows by another name, as it does a time series: the page there looks for its own.
    Ordinary,
    ShardedOrdinary,
    /// No time series.
    Plain,
    ShardedPlain,
    UnshardedPlain,
}

impl State {
    fn refusal(self, one: &One) -> Option<Words> {
        let sharded = one.key.is_some();
        let plain = matches!(self, Self::Plain | Self::ShardedPlain | Self::UnshardedPlain);
        match self {
            Self::Sharded | Self::ShardedOrdinary | Self::ShardedPlain if !sharded => {
                Some(words!("It is not sharded.", "샤딩되지 않았습니다."))
            }
            Self::UnshardedPlain if sharded => Some(words!(
                "It is sharded: unshard it onto that shard.",
                "샤딩되어 있습니다. 해당 샤드로 샤딩을 해제하세요."
            )),
            Self::Ordinary | Self::ShardedOrdinary if one.time_series => Some(words!(
                "This console does this for ordinary collections only; a time series is kept under another name.",
                "이 콘솔에서는 일반 컬렉션만 가능합니다. 시계열 컬렉션은 다른 이름으로 저장됩니다."
            )),
            _ if plain && one.time_series => Some(words!("It is a time series.", "시계열 컬렉션입니다.")),
            _ => None,
        }
    }
}
