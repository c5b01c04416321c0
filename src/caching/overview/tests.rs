//! What is told of real servers.
