//! labgrade grades the practical works of a course on high-load systems: a submission goes in, real
//! servers in containers are watched, a grade with its evidence comes out.
//!
//! Data goes one way, and `pipeline` is that way in code.

pub mod cli;
pub mod commands;
pub mod config;
pub mod environment;
pub mod error;
pub mod grade;
pub mod intake;
pub mod output;
pub mod pipeline;
pub mod progress;
pub mod report;
pub mod score;
pub mod spec;
pub mod supervisor;
pub mod text;
