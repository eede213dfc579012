//! The built program with a real engine: grades, and what is left of them.
//!
//! Other runs may use the engine at the same time, so only objects that carry the label of a run of
//! the test's own are looked at.

#[path = "../program/mod.rs"]
mod program;

mod engine;
mod faults;
mod forms;
mod grades;
mod keep;
mod signals;
mod trouble;
