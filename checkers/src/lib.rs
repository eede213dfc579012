//! What a check is, and every kind of check.
//!
//! This crate watches a running lab through [`bench::Bench`] and says what it saw as a
//! [`verdict::Verdict`]. It must not know of Docker, students, points or reports: those are the
//! root package's, and the compiler keeps the direction.
//!
//! A new kind of check is one file in [`kinds`] and one arm of [`kinds::Run`].

pub mod bench;
pub mod context;
mod faults;
pub mod kinds;
pub mod measure;
pub mod message;
pub mod postgres_conf;
pub mod sql;
pub mod timeline;
pub mod verdict;
pub mod wait;
pub mod workload;
