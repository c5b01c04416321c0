//! Who may do what: accounts, sessions, and the table of rights that every server function must be in.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod gate;
#[cfg(feature = "ssr")]
pub mod password;
#[cfg(feature = "ssr")]
pub mod session;
