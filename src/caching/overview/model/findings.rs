//! What is wrong with a cache, each with the way out.

mod keys;
mod memory;
mod servers;

use super::Overview;
use crate::finding::Finding;

/// What stands out, the worst first.
pub fn findings(seen: &Overview) -> Vec<Finding> {
    let mut found = Vec::new();
    servers::replicas(seen, &mut found);
    memory::limit(seen, &mut found);
    memory::policy(seen, &mut found);
    memory::order(seen, &mut found);
    memory::log(seen, &mut found);
    keys::ghosts(seen, &mut found);
    keys::immortal(seen, &mut found);
    keys::protected(seen, &mut found);
    keys::applications(seen, &mut found);
    found.sort_by_key(|finding| finding.severity);
    found
}
