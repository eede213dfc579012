//! Everything that is drawn of one piece of evidence, in the card of what saw it.

use labgrade_checkers::verdict::{Evidence, Series};
use serde::Serialize;

use super::axis::Axis;
use super::course::{Course, course};
use super::lag::{Lag, lag};
use super::latency::{Latency, latency};
use super::load::{Load, load};
use super::plan::{Plan, plan};
use super::ratio::{Ratio, ratio};
use crate::report::told::course::{Step, origin, steps};
use crate::text::Catalogue;

/// Below this many milliseconds no axis of time is parted.
const FINEST: u64 = 100;

/// What is drawn. Counts on a log scale are not here: those of all checks are one chart.
#[derive(Default, Serialize)]
pub(super) struct Drawn {
    course: Option<Course>,
    lags: Vec<Lag>,
    ratios: Vec<Ratio>,
    latencies: Vec<Latency>,
    loads: Vec<Load>,
    pub(super) plans: Vec<Plan>,
}

/// The pictures of a piece of evidence; those over time have one axis.
pub(super) fn drawn(evidence: Option<&Evidence>, catalogue: &Catalogue) -> Drawn {
    let Some(evidence) = evidence else {
        return Drawn::default();
    };
    let (origin, steps) = (origin(evidence), steps(evidence, catalogue));
    let time = time(evidence, &steps, origin);
    let mut drawn = Drawn {
        course: course(&steps, &time, catalogue),
        ..Drawn::default()
    };
    for series in &evidence.series {
        match series {
            Series::Lag { service, points } => {
                let points: Vec<(u64, u64)> = points
                    .iter()
                    .map(|(at, bytes)| (at.saturating_sub(origin), *bytes))
                    .collect();
                let plot = lag(service, &points, &steps, &time, catalogue);
                drawn.lags.push(plot);
            }
            Series::Ratio {
                median,
                low,
                high,
                pairs,
            } => drawn
                .ratios
                .push(ratio(*median, *low, *high, pairs, catalogue)),
            Series::Plan { query, root } => drawn.plans.push(plan(query, root, catalogue)),
            Series::Latency { judged, curves } => {
                drawn.latencies.push(latency(*judged, curves, catalogue));
            }
            Series::Load { moments } => drawn.loads.push(load(moments, catalogue)),
            Series::Scale { .. } | Series::Timeline { .. } => {}
        }
    }
    drawn
}

fn time(evidence: &Evidence, steps: &[Step], origin: u64) -> Axis {
    let of_points = |series: &Series| match series {
        Series::Lag { points, .. } => points.iter().map(|(at, _)| at.saturating_sub(origin)).max(),
        _ => None,
    };
    let points = evidence.series.iter().filter_map(of_points);
    let most = points.chain(steps.iter().map(|step| step.at)).max();
    Axis::over(0, most.unwrap_or(0), 6, FINEST)
}
