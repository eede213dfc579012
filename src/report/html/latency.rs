//! How long answers took, by quantile: the submission's curve beside the yardstick's.

use labgrade_checkers::message;
use labgrade_checkers::verdict::{Curve, Whose};
use serde::Serialize;

use super::axis::{Tick, percent};
use super::chart::round;
use super::lag::path;
use super::log::Log;
use super::nines::{Nines, WHOLE};
use crate::report::told::latency::{sentence, within};
use crate::text::Catalogue;

/// The most curves.
const CURVES: usize = 4;
/// The most points of a curve.
const POINTS: usize = 300;
/// Percent of the height that stay free below and above, for the names of the lines.
const ROOM: f64 = 12.0;

/// One plot.
#[derive(Serialize)]
pub(super) struct Latency {
    /// The same in a sentence.
    sentence: String,
    lines: Vec<Line>,
    levels: Vec<Tick>,
    ticks: Vec<Tick>,
    judged: Option<Tag>,
}

#[derive(Serialize)]
struct Line {
    whose: Whose,
    /// None for a single point.
    path: Option<String>,
    /// The judged quantile, or the only point.
    point: Option<Place>,
    /// Whose the line is, and how long it took at the judged quantile.
    tags: Vec<Tag>,
}

#[derive(Serialize)]
struct Place {
    at: String,
    level: String,
}

/// A word beside a place.
#[derive(Serialize)]
struct Tag {
    text: String,
    at: String,
    /// From the right edge.
    rest: String,
    level: String,
    /// Whether it ends at its place; else it begins there.
    before: bool,
    above: bool,
}

/// The plot.
pub(super) fn latency(judged: Option<u64>, curves: &[Curve], catalogue: &Catalogue) -> Latency {
    let judged = judged.map(|quantile| quantile.min(WHOLE - 1));
    let drawn: Vec<Drawn> = curves
        .iter()
        .filter(|curve| !curve.points.is_empty())
        .take(CURVES)
        .map(|curve| Drawn::of(curve, judged))
        .collect();
    let points = || drawn.iter().flat_map(|curve| &curve.points);
    let last = points().map(|(quantile, _)| *quantile).max();
    let across = Nines::to(last.into_iter().chain(judged).max().unwrap_or(0));
    let micros = || points().map(|(_, micros)| *micros);
    let up = Log::over(
        micros().min().unwrap_or(0),
        micros().max().unwrap_or(0),
        ROOM,
    );
    let place = |(quantile, micros): &(u64, u64)| (across.at(*quantile), up.at(*micros));
    let highest = |of: fn(&Drawn) -> u64| {
        // Of equals the first.
        let all = drawn.iter().map(of).enumerate().rev();
        all.max_by_key(|(_, micros)| *micros)
            .map(|(index, _)| index)
    };
    let (at_last, at_mark) = (highest(Drawn::last), highest(Drawn::marked));
    let lines = drawn
        .iter()
        .enumerate()
        .map(|(index, curve)| {
            let places: Vec<(f64, f64)> = curve.points.iter().map(place).collect();
            let mark = curve.mark.as_ref().map(place);
            let is_first = drawn[..index].iter().all(|it| it.whose != curve.whose);
            let value = curve.mark.filter(|_| judged.is_some()).zip(mark);
            let words = Words {
                name: match curve.whose {
                    Whose::Submission => catalogue.get("report-latency-yours"),
                    Whose::Yardstick => catalogue.get("report-latency-yardstick"),
                },
                is_high: at_last == Some(index),
                value: value.map(|((_, micros), place)| (catalogue.micros(micros), place)),
                is_high_there: at_mark == Some(index),
            };
            Line {
                whose: curve.whose,
                path: (places.len() > 1).then(|| path(&places)),
                point: mark.map(|(at, level)| Place {
                    at: percent(at),
                    level: percent(level),
                }),
                tags: if is_first {
                    words.tags(&places)
                } else {
                    Vec::new()
                },
            }
        })
        .collect();
    Latency {
        sentence: sentence(judged, curves, catalogue),
        lines,
        levels: up.ticks(|micros| round(&catalogue.micros(micros))),
        ticks: across.ticks(catalogue),
        judged: judged.map(|quantile| {
            let share = catalogue.percentage(quantile);
            let said = message!("report-latency-judged", share = share);
            Tag::new(catalogue.render(&said), (across.at(quantile), 100.0), true)
        }),
    }
}

impl Tag {
    /// Above a place it ends there, below it begins there, if there is room on that side.
    fn new(text: String, (at, level): (f64, f64), above: bool) -> Self {
        Self {
            text,
            at: percent(at),
            rest: percent(100.0 - at),
            level: percent(level),
            before: if above { at > 25.0 } else { at > 75.0 },
            above,
        }
    }
}

/// What is said of a curve.
struct Words {
    name: String,
    /// Whether no curve ends higher.
    is_high: bool,
    /// How long it took at the judged quantile, and where that is.
    value: Option<(String, (f64, f64))>,
    /// Whether no curve is higher there.
    is_high_there: bool,
}

impl Words {
    /// The highest curve has its words above it, where it ends; the others below them, where they
    /// begin: there no curve that rises runs through a word. Where a phone has no room for the name
    /// and the value apart, they are one.
    fn tags(self, places: &[(f64, f64)]) -> Vec<Tag> {
        let (first, last) = (places.first(), places.last());
        let end = if self.is_high { last } else { first };
        let near =
            |at: f64| places.len() == 1 || if self.is_high { at >= 60.0 } else { at <= 40.0 };
        match self.value {
            Some((value, place)) if self.is_high == self.is_high_there && near(place.0) => {
                vec![Tag::new(
                    format!("{}: {value}", self.name),
                    place,
                    self.is_high,
                )]
            }
            value => {
                let value = value.map(|(text, place)| Tag::new(text, place, self.is_high_there));
                let name = end.map(|end| Tag::new(self.name, *end, self.is_high));
                name.into_iter().chain(value).collect()
            }
        }
    }
}

/// A curve as it is drawn.
struct Drawn {
    whose: Whose,
    points: Vec<(u64, u64)>,
    /// The judged quantile, or the only point.
    mark: Option<(u64, u64)>,
}

impl Drawn {
    fn of(curve: &Curve, judged: Option<u64>) -> Self {
        let judged = judged.and_then(|quantile| Some((quantile, within(curve, quantile)?)));
        let points = thinned(&curve.points, judged);
        let only = (points.len() == 1).then(|| points.first().copied());
        Self {
            whose: curve.whose,
            mark: judged.or(only.flatten()),
            points,
        }
    }

    fn last(&self) -> u64 {
        self.points.last().map_or(0, |(_, micros)| *micros)
    }

    fn marked(&self) -> u64 {
        self.mark.map_or(0, |(_, micros)| micros)
    }
}

/// In order, at most about [`POINTS`]: the first, the last and the judged one always.
fn thinned(points: &[(u64, u64)], judged: Option<(u64, u64)>) -> Vec<(u64, u64)> {
    let mut points: Vec<(u64, u64)> = points
        .iter()
        .map(|(quantile, micros)| ((*quantile).min(WHOLE - 1), *micros))
        .collect();
    points.sort_unstable();
    let few = points.len().div_ceil(POINTS).max(1);
    let last = points.len().saturating_sub(1);
    let mut kept: Vec<(u64, u64)> = points
        .iter()
        .enumerate()
        .filter(|(index, _)| index.is_multiple_of(few) || *index == last)
        .map(|(_, point)| *point)
        .collect();
    kept.extend(judged.filter(|point| !kept.contains(point)));
    kept.sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    #[test]
    fn any_curves_are_a_plot() {
        let catalogue = Catalogue::new(Lang::En);
        let many: Vec<(u64, u64)> = (0..50_000).map(|at| (at * 20, at)).collect();
        for (judged, curves, lined, marked) in [
            (None, vec![], 0, 0),
            (Some(950_000), vec![vec![]], 0, 0),
            (None, vec![vec![(0, 0)]], 0, 1),
            (Some(950_000), vec![vec![(999_999, 7)]], 1, 1),
            (None, vec![vec![(500_000, 0), (500_000, 0)]], 1, 0),
            (
                Some(u64::MAX),
                vec![vec![(u64::MAX, u64::MAX), (0, 0)]],
                1,
                1,
            ),
            (Some(0), vec![vec![(0, 1), (990_000, 2)]; 9], CURVES, CURVES),
            (Some(123_450), vec![many.clone(), many], 2, 2),
        ] {
            let curves: Vec<Curve> = curves
                .into_iter()
                .enumerate()
                .map(|(index, points)| Curve {
                    whose: if index == 0 {
                        Whose::Submission
                    } else {
                        Whose::Yardstick
                    },
                    points,
                })
                .collect();
            let plot = latency(judged, &curves, &catalogue);
            let paths = || plot.lines.iter().filter_map(|line| line.path.as_deref());
            let points = plot
                .lines
                .iter()
                .filter(|line| line.point.is_some())
                .count();
            assert_eq!((paths().count(), points), (lined, marked), "{judged:?}");
            for path in paths() {
                assert!(!path.contains("NaN") && !path.contains("inf"), "{path}");
                assert!(path.matches('L').count() < POINTS + 5);
            }
            let named = plot
                .lines
                .iter()
                .filter(|line| !line.tags.is_empty())
                .count();
            assert_eq!(named, plot.lines.len().min(2), "each kind once");
            assert!(plot.ticks.len() >= 3 && plot.levels.len() >= 2);
        }
    }
}
