//! Changes of a collection's spread on real clusters. What came of each is asked of the config server itself.

mod lab;
mod refine_and_drop;
mod reshard;
mod restart;
