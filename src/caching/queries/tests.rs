//! Cached queries on real servers.
