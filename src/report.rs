//! Reports: functions from a [`Grade`](crate::grade::Grade) to text, one format a file. Nothing
//! here judges, measures, or writes a file.

pub mod html;
pub mod json;
pub mod junit;
pub mod openmetrics;
pub mod terminal;

mod place;
#[cfg(test)]
pub(crate) mod sample;
mod told;
