//! The parts from which every page is built. This folder knows no feature. Pages are rendered on the server; what the
//! browser runs are the islands: a field's check, a live region, the button that sends a form.

pub mod address;
pub mod chart;
pub mod copy;
pub mod fetch;
pub mod form;
pub mod frame;
pub mod histogram;
pub mod live;
pub mod meter;
pub mod notice;
pub mod pager;
pub mod plan;
pub mod rule;
pub mod submit;
pub mod table;
pub mod tabs;
