//! What is wrong with a cluster, each with the way out.

mod balance;
mod parts;

#[cfg(test)]
mod tests;

use super::Overview;
use crate::finding::{Finding, Way};
use crate::text::Words;
use crate::text::url_text;

/// What stands out, the worst first.
pub fn findings(seen: &Overview) -> Vec<Finding> {
    let mut found = Vec::new();
    parts::config(seen, &mut found);
    parts::shards(seen, &mut found);
    parts::disks(seen, &mut found);
    balance::balancing(seen, &mut found);
    balance::draining(seen, &mut found);
    balance::zones(seen, &mut found);
    balance::reshardings(seen, &mut found);
    balance::uneven(seen, &mut found);
    balance::orphans(seen, &mut found);
    parts::versions(seen, &mut found);
    parts::routers(seen, &mut found);
    balance::sizes(seen, &mut found);
    found.sort_by_key(|finding| finding.severity);
    found
}

/// A page about this cluster.
fn way(seen: &Overview, path: &str, pairs: &[(&str, &str)], action: Words) -> Way {
    let mut link = format!("{path}?target={}", url_text(&seen.target));
    for (name, value) in pairs {
        link.push_str(&format!("&{name}={}", url_text(value)));
    }
    Way { link, action }
}
