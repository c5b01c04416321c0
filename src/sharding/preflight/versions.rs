//! The versions of a cluster's programs: the oldest one decides what may be offered.

use std::collections::BTreeMap;

use bson::Document;

use super::ShardState;
use crate::sharding::model::Version;

/// The oldest that is known. What is unknown is left out, and 0 stands for unknown.
pub(super) fn oldest(router: Version, routers: &BTreeMap<Version, u32>, shards: &[ShardState]) -> Version {
    let known = routers.keys().copied().chain(shards.iter().filter_map(|it| it.version));
    known.chain([router]).filter(|it| *it != Version::default()).min().unwrap_or_default()
}

/// The versions of shards, by name, in a router's explanation of a query: each shard that has a part in it says what
/// it is. A router tells no other way.
pub(super) fn explained(explanation: &Document) -> BTreeMap<String, Version> {
    let plan = explanation.get_document("queryPlanner").and_then(|it| it.get_document("winningPlan"));
    let shards = plan.and_then(|it| it.get_array("shards")).map(Vec::as_slice).unwrap_or_default();
    let version = |shard: &Document| {
        let version = shard.get_document("serverInfo").ok()?.get_str("version").ok()?;
        Some((shard.get_str("shardName").ok()?.to_owned(), Version::read(version)))
    };
    shards.iter().filter_map(|it| version(it.as_document()?)).collect()
}
