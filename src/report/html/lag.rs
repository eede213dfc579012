//! How far a service was behind, over time.

use labgrade_checkers::message;
use serde::Serialize;

use super::axis::{Axis, Tick, percent};
use super::chart::round;
use super::told;
use crate::report::told::course::{Step, time as time_of};
use crate::text::Catalogue;

/// The most points of a line; the highest of each piece stands for it.
const POINTS: usize = 400;
/// The most points that are marked.
const MARKED: usize = 40;
/// Below this many bytes no axis is parted.
const FINEST: u64 = 1_000;

/// One plot.
#[derive(Serialize)]
pub(super) struct Lag {
    title: String,
    /// The same in a sentence.
    sentence: String,
    /// The line and the area below it, in percent; none for less than two points.
    line: Option<String>,
    area: Option<String>,
    points: Vec<Point>,
    levels: Vec<Tick>,
    ticks: Vec<Tick>,
    /// When the grader did something.
    done: Vec<String>,
    empty: bool,
}

#[derive(Serialize)]
struct Point {
    at: String,
    level: String,
}

/// The plot of one service; `points` count from where the axis of time begins.
pub(super) fn lag(
    service: &str,
    points: &[(u64, u64)],
    steps: &[Step],
    time: &Axis,
    catalogue: &Catalogue,
) -> Lag {
    let mut points = points.to_vec();
    points.sort_by_key(|(at, _)| *at);
    let most = points.iter().map(|(_, bytes)| *bytes).max().unwrap_or(0);
    let bytes = Axis::over(0, most, 4, FINEST);
    let points = thinned(&points);
    let at = |(at, bytes_behind): &(u64, u64)| (time.at(*at), bytes.at(*bytes_behind));
    let places: Vec<(f64, f64)> = points.iter().map(at).collect();
    let line = (places.len() > 1).then(|| path(&places));
    let ends = places.first().zip(places.last());
    let area = line
        .as_ref()
        .zip(ends)
        .map(|(line, (first, last))| format!("{line} L{:.2} 100 L{:.2} 100 Z", last.0, first.0));
    Lag {
        title: catalogue.render(&message!("report-lag", service = told::line(service))),
        sentence: sentence(&points, catalogue),
        empty: points.is_empty(),
        line,
        area,
        points: places
            .iter()
            .filter(|_| places.len() <= MARKED)
            .map(|(x, y)| Point {
                at: percent(*x),
                level: percent(*y),
            })
            .collect(),
        levels: bytes.ticks(|level| round(&catalogue.bytes(level))),
        ticks: time.ticks(|at| round(&catalogue.seconds(at))),
        done: steps
            .iter()
            .filter(|step| step.done)
            .map(|step| percent(time.at(step.at)))
            .collect(),
    }
}

fn sentence(points: &[(u64, u64)], catalogue: &Catalogue) -> String {
    // Of equals the first.
    let most = points.iter().rev().max_by_key(|(_, bytes)| *bytes);
    match most.zip(points.last()) {
        None => catalogue.get("report-lag-none"),
        Some(((at, most), (until, last))) => catalogue.render(&message!(
            "report-lag-most",
            most = catalogue.bytes(*most),
            at = time_of(*at, catalogue),
            last = catalogue.bytes(*last),
            until = time_of(*until, catalogue)
        )),
    }
}

/// At most about [`POINTS`] points. What is left out is lower than its neighbour; the first and the
/// last are never left out.
fn thinned(points: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let piece = points.len().div_ceil(POINTS);
    if piece == 1 {
        return points.to_vec();
    }
    let highest = points
        .chunks(piece)
        .filter_map(|piece| piece.iter().max_by_key(|(_, bytes)| *bytes));
    let ends = |point: &&(u64, u64)| *point != first && *point != last;
    std::iter::once(first)
        .chain(highest.filter(ends))
        .chain([last])
        .copied()
        .collect()
}

/// A line through places in percent, for a picture of 100 by 100.
pub(super) fn path(places: &[(f64, f64)]) -> String {
    let steps: Vec<String> = places
        .iter()
        .enumerate()
        .map(|(index, (x, y))| {
            let letter = if index == 0 { 'M' } else { 'L' };
            format!("{letter}{x:.2} {:.2}", 100.0 - y)
        })
        .collect();
    steps.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    #[test]
    fn any_number_of_points_is_a_plot() {
        let catalogue = Catalogue::new(Lang::En);
        let time = Axis::over(0, 10_000, 6, 100);
        let many: Vec<(u64, u64)> = (0..5_000).map(|at| (at * 2, at % 7)).collect();
        for (points, lined, marked) in [
            (vec![], false, 0),
            (vec![(0, 0)], false, 1),
            (vec![(500, 3), (500, 9), (500, 3)], true, 3),
            (vec![(9_000, 0), (0, u64::MAX)], true, 2),
            (many, true, 0),
        ] {
            let lag = lag("standby", &points, &[], &time, &catalogue);
            assert_eq!((lag.line.is_some(), lag.points.len()), (lined, marked));
            assert_eq!(lag.empty, points.is_empty());
            for path in lag.line.iter().chain(&lag.area) {
                assert!(!path.contains("NaN") && !path.contains("inf"), "{path}");
                assert!(path.matches('L').count() < POINTS + 5);
            }
        }
    }

    #[test]
    fn the_highest_is_never_left_out() {
        let mut points: Vec<(u64, u64)> = (0..5_000).map(|at| (at, 1)).collect();
        points[1_234].1 = 99;
        let thin = thinned(&points);
        assert!(thin.contains(&(1_234, 99)) && thin.len() <= POINTS + 2);
        assert_eq!((thin.first(), thin.last()), (points.first(), points.last()));
        assert!(thin.is_sorted());
    }
}
