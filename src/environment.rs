//! The only place that names testcontainers and Docker: images, networks, the gateway, limits, the
//! journal of what was made, and the sweep of what dead runs left.
//!
//! Nothing here knows of checks, points or reports. What goes wrong here is ours:
//! [`labgrade_checkers::verdict::Broken`].

pub mod bench;
pub mod container;
pub mod engine;
pub mod faults;
pub mod gateway;
pub mod images;
pub mod inside;
pub mod journal;
pub mod network;
pub mod probe;
pub mod ready;
pub mod run;
mod service;
pub mod sweep;
