//! Which of the page's operations this cluster has.

use super::common::operation_of;
use crate::change::Check;
use crate::sharding::model::Release;
use crate::sharding::model::offered::Operation;
use crate::text::Words;
use crate::words;

/// The actions that the forms of the page have, each with its operation.
const ACTIONS: [(&str, Operation); 6] = [
    ("refine_key", Operation::RefineKey),
    ("reshard_collection", Operation::Reshard),
    ("redistribute", Operation::Redistribute),
    ("unshard_collection", Operation::Unshard),
    ("move_collection", Operation::MoveCollection),
    ("drop_collection", Operation::DropCollection),
];

/// The actions that a cluster of this release does not have, each with the reason.
pub(in crate::sharding::reshape) fn refused(release: Release) -> Vec<(String, Words)> {
    let why = |(action, operation): &(&str, Operation)| Some(((*action).to_owned(), operation.offered(release).err()?));
    ACTIONS.iter().filter_map(why).collect()
}

/// Blocks what the cluster does not have.
pub(super) fn check(change: &crate::sharding::reshape::model::change::Change, release: Release) -> Option<Check> {
    refusal(operation_of(change), release)
}

pub(super) fn refusal(operation: Operation, release: Release) -> Option<Check> {
    operation.offered(release).err().map(|why| {
        Check::block(
            why,
            words!("The console offers only what this cluster has.", "이 클러스터에 있는 기능만 제공합니다."),
        )
    })
}
