//! Shards on real clusters.
