//! How a check finds out: counters of statements and blocks, catalogues, scales.

pub mod api;
pub mod cache;
pub mod crowd;
pub mod cursor;
pub mod delivery;
pub mod desk;
pub mod double;
pub mod explain;
pub mod formula;
pub mod http;
pub mod indexes;
pub mod latch;
pub mod load;
pub mod mix;
pub mod paired;
pub mod postgres;
pub mod redis;
pub mod replication;
pub mod scale;
pub mod script;
pub mod server;
pub mod settings;
pub mod shop;
pub mod statements;
pub mod tuned;
pub mod volley;
