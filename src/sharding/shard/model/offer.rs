//! What the form offers on this cluster, and why not where it does not.

use serde::{Deserialize, Serialize};

use crate::sharding::model::Release;
use crate::sharding::model::offered::Operation;
use crate::text::Words;

/// What the form knows when it is opened. An option has its reason where this cluster lacks it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What was there, for [`super::form::ShardForm::observed`]; empty where no collection is named yet.
    pub observed: String,
    pub compound_hashed: Option<Words>,
    pub presplit: Option<Words>,
    pub time_series: Option<Words>,
}

impl Offer {
    /// What a cluster of this release can do.
    pub fn of(release: Release) -> Self {
        let lacks = |operation: Operation| operation.offered(release).err();
        Self {
            observed: String::new(),
            compound_hashed: lacks(Operation::CompoundHashedKey),
            presplit: lacks(Operation::PresplitHashedZones),
            time_series: lacks(Operation::ShardTimeSeries),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sharding::model::Version;

    #[test]
    fn each_release_offers_what_it_has_and_tells_why_not() {
        let offered = |version: Version, fcv: Version| {
            let offer = Offer::of(Release { version, fcv });
            [offer.compound_hashed, offer.presplit, offer.time_series].map(|reason| reason.is_none())
        };
        let v = Version::new;
        assert_eq!(offered(v(4, 2, 0), v(4, 2, 0)), [false, false, false]);
        assert_eq!(offered(v(4, 4, 0), v(4, 4, 0)), [true, true, false]);
        assert_eq!(offered(v(5, 0, 0), v(5, 0, 0)), [true, true, false]);
        for version in [v(6, 0, 2), v(7, 0, 0), v(8, 0, 10), v(8, 3, 0)] {
            assert_eq!(offered(version, Version { patch: 0, ..version }), [true, true, true]);
        }
        let held = Offer::of(Release { version: v(6, 0, 5), fcv: v(5, 0, 0) });
        assert!(held.time_series.expect("a reason").en.contains("5.1"));
    }
}
