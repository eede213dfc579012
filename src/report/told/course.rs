//! What was done to the services and what was seen of them, in words, one line an event.
//!
//! Times are told from the first thing that a piece of evidence shows, so that a picture of its lag
//! and its list of events agree.

use labgrade_checkers::timeline::Kind;
use labgrade_checkers::verdict::{Evidence, Series};

use super::{clean, line};
use crate::text::Catalogue;

/// One event.
pub(in crate::report) struct Step {
    /// Milliseconds since the first thing of the evidence.
    pub at: u64,
    /// The same as people read it: `+1.2 s`.
    pub time: String,
    pub service: String,
    pub what: String,
    /// Whether the grader did it; else it saw it.
    pub done: bool,
}

/// The moment of the first thing that is shown, as the timeline counts.
pub(in crate::report) fn origin(evidence: &Evidence) -> u64 {
    let of = |series: &Series| match series {
        Series::Timeline { events } => events.iter().map(|event| event.at).min(),
        Series::Lag { points, .. } => points.iter().map(|(at, _)| *at).min(),
        _ => None,
    };
    evidence.series.iter().filter_map(of).min().unwrap_or(0)
}

/// All events of the evidence, in the order of time.
pub(in crate::report) fn steps(evidence: &Evidence, catalogue: &Catalogue) -> Vec<Step> {
    let origin = origin(evidence);
    let events = evidence.series.iter().flat_map(|series| match series {
        Series::Timeline { events } => events.as_slice(),
        _ => &[],
    });
    let mut steps: Vec<Step> = events
        .map(|event| {
            let at = event.at.saturating_sub(origin);
            Step {
                at,
                time: time(at, catalogue),
                service: line(&event.service),
                what: line(&clean(&catalogue.render(&event.what))),
                done: event.kind == Kind::Done,
            }
        })
        .collect();
    steps.sort_by_key(|step| step.at);
    steps
}

/// So many milliseconds after the first thing: `+1.2 s`.
pub(in crate::report) fn time(at: u64, catalogue: &Catalogue) -> String {
    format!("+{}", catalogue.seconds(at))
}
