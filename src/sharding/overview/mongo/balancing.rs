//! Whether data moves by itself: the one place where the overview asks for it.

use bson::Document;

use crate::sharding::model::Release;
use crate::sharding::mongo::settings;
use crate::sharding::overview::model::Balancing;

/// What is known of the balancer, of the cluster's settings.
pub(super) fn balancing(rows: &[Document], release: Release) -> Balancing {
    Balancing {
        on: settings::is_balancing(rows),
        chunk_bytes: settings::chunk_bytes(rows, release.version),
        ..Balancing::default()
    }
}
