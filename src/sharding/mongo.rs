//! What every part of sharding asks of MongoDB's config servers and reads in their answers, 4.2 to 8.3.

pub mod catalog;
pub mod collection;
pub mod router;
pub mod settings;
pub mod sharded;
pub mod size;

pub use crate::targets::mongo::{answer, command};
