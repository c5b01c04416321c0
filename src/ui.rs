//! The parts from which every page is built. This folder knows no feature.

pub mod address;
pub mod chart;
pub mod fetch;
pub mod form;
pub mod frame;
pub mod live;
pub mod notice;
pub mod plan;
pub mod table;
