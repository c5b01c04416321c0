//! What the pages of logical replication share: which server and which database they are about.

pub mod place;
pub mod wizard;
