//! The built program without an engine: every verb that needs none, and every way to ask wrongly.
//!
//! Texts that changed on purpose are accepted with
//! `INSTA_UPDATE=always cargo nextest run --release -E 'binary(cli_verbs)'`.

#[path = "../program/mod.rs"]
mod program;

mod help;
mod labs;
mod lint;
mod no_engine;
mod rejections;
mod shell;
mod student;
mod usage;
