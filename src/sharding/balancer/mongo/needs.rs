//! What the console's user at the cluster must be allowed to do for a change of the balancer.

use crate::sharding::balancer::model::Change;
use crate::sharding::preflight::Privilege;

/// What the settings of the whole cluster are written with; what a command for one collection asks for differs between
/// versions, and is left to the server.
pub(super) fn of(change: &Change) -> Option<Privilege> {
    let action = match change {
        Change::StartBalancer { .. }
        | Change::StopBalancer { .. }
        | Change::SetWindow { .. }
        | Change::ClearWindow { .. }
        | Change::SetChunkSize { mib: Some(_), .. }
        | Change::SwitchAutoMerger { .. } => "update",
        Change::SetChunkSize { mib: None, .. } => "remove",
        Change::SetCollectionChunkSize { .. } | Change::SwitchCollection { .. } => return None,
    };
    Some(Privilege::on("config", "settings", action))
}
