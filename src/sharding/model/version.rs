//! Which MongoDB a cluster is: what may be offered depends on it.

use serde::{Deserialize, Serialize};

/// The version of a program: 6.0.5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Version {
    pub major: u16,
    pub minor: u16,
    pub patch: u16,
}

impl Version {
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self { major, minor, patch }
    }

    /// Reads `6.0.5`, `8.2.0-rc1` or `5.0`; what cannot be read is 0.
    pub fn read(text: &str) -> Self {
        let mut parts = text.split(['.', '-', '+']).map(|part| part.parse().unwrap_or_default());
        let mut next = || parts.next().unwrap_or_default();
        Self { major: next(), minor: next(), patch: next() }
    }

    /// Whether it is at least `major.minor`, of any patch.
    pub fn reaches(self, major: u16, minor: u16) -> bool {
        (self.major, self.minor) >= (major, minor)
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// What a cluster can do at most: the oldest of its programs, and the feature compatibility version (FCV), which an
/// upgrade raises last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The oldest that is known of routers, config servers and shards.
    pub version: Version,
    /// Major and minor; the patch is 0.
    pub fcv: Version,
}

impl Release {
    /// Whether both the programs and the FCV are at least `major.minor`.
    pub fn reaches(self, major: u16, minor: u16) -> bool {
        self.version.reaches(major, minor) && self.fcv.reaches(major, minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_as_the_servers_write_it() {
        assert_eq!(Version::read("6.0.5"), Version::new(6, 0, 5));
        assert_eq!(Version::read("8.2.0-rc1"), Version::new(8, 2, 0));
        assert_eq!(Version::read("5.0"), Version::new(5, 0, 0));
        assert_eq!(Version::read(""), Version::default());
        assert_eq!(Version::new(8, 0, 10).to_string(), "8.0.10");
    }

    #[test]
    fn a_cluster_reaches_a_version_only_with_its_fcv() {
        let release = |fcv| Release { version: Version::new(5, 0, 3), fcv };
        assert!(release(Version::new(5, 0, 0)).reaches(5, 0));
        assert!(!release(Version::new(4, 4, 0)).reaches(5, 0));
    }
}
