//! What was done and seen as a picture: a lane for each service, over one axis of time.

use serde::Serialize;

use super::axis::{Axis, Tick, percent};
use super::chart::round;
use crate::report::told::course::Step;
use crate::text::Catalogue;

/// The width for which labels are set, in pixels: that of a sheet of paper, and of the narrowest
/// window in which they are shown. In a wider one they stand further apart.
const TRACK: f64 = 520.0;
/// The width of a letter, rather too much than too little.
const LETTER: f64 = 7.3;
/// The most characters of a label; the list has all of them.
const LONGEST: usize = 34;
/// The most rows of labels in a lane; what finds no place has its mark only.
const ROWS: usize = 7;

/// The picture and the same as a list.
#[derive(Serialize)]
pub(super) struct Course {
    lanes: Vec<Lane>,
    ticks: Vec<Tick>,
    steps: Vec<Line>,
    /// Whether every event has its whole label in the picture; else the list is shown beside it.
    complete: bool,
}

#[derive(Serialize)]
struct Lane {
    service: String,
    rows: usize,
    marks: Vec<Mark>,
}

#[derive(Serialize)]
struct Mark {
    at: String,
    done: bool,
    what: String,
    time: String,
    label: Option<Label>,
}

#[derive(Serialize)]
struct Label {
    text: String,
    row: usize,
    /// Whether it ends at its mark; else it begins there.
    before: bool,
    /// From the right edge, where it ends at its mark.
    rest: String,
}

#[derive(Serialize)]
struct Line {
    time: String,
    service: String,
    what: String,
    done: bool,
}

/// The picture; none where nothing happened.
pub(super) fn course(steps: &[Step], axis: &Axis, catalogue: &Catalogue) -> Option<Course> {
    if steps.is_empty() {
        return None;
    }
    let mut services: Vec<&str> = Vec::new();
    for step in steps {
        if !services.contains(&step.service.as_str()) {
            services.push(&step.service);
        }
    }
    let lanes: Vec<Lane> = services
        .into_iter()
        .map(|service| lane(service, steps, axis))
        .collect();
    let mut marks = lanes.iter().flat_map(|lane| &lane.marks);
    let is_told = |mark: &Mark| mark.label.as_ref().is_some_and(|it| it.text == mark.what);
    Some(Course {
        complete: marks.all(is_told),
        lanes,
        ticks: axis.ticks(|at| round(&catalogue.seconds(at))),
        steps: steps
            .iter()
            .map(|step| Line {
                time: step.time.clone(),
                service: step.service.clone(),
                what: step.what.clone(),
                done: step.done,
            })
            .collect(),
    })
}

fn lane(service: &str, steps: &[Step], axis: &Axis) -> Lane {
    let own: Vec<&Step> = steps
        .iter()
        .filter(|step| step.service == service)
        .collect();
    let texts: Vec<String> = own.iter().map(|step| short(&step.what)).collect();
    let spans: Vec<Span> = own
        .iter()
        .zip(&texts)
        .map(|(step, text)| {
            let letters = text.chars().count() + step.time.chars().count() + 2;
            Span::new(axis.at(step.at) / 100.0 * TRACK, letters)
        })
        .collect();
    let rows = rows(&spans);
    let marks = own
        .iter()
        .zip(texts)
        .zip(spans.iter().zip(&rows))
        .map(|((step, text), (span, row))| Mark {
            at: percent(axis.at(step.at)),
            done: step.done,
            what: step.what.clone(),
            time: step.time.clone(),
            label: row.map(|row| Label {
                text,
                row,
                before: span.before,
                rest: percent(100.0 - axis.at(step.at)),
            }),
        })
        .collect();
    Lane {
        service: service.to_owned(),
        rows: rows.iter().flatten().map(|row| row + 1).max().unwrap_or(0),
        marks,
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// Where a label lies beside its mark.
struct Span {
    mark: f64,
    from: f64,
    to: f64,
    before: bool,
}

impl Span {
    #[expect(clippy::cast_precision_loss, reason = "a label has few letters")]
    fn new(mark: f64, letters: usize) -> Self {
        let width = letters as f64 * LETTER;
        let before = mark + width > TRACK && mark >= width;
        let (from, to) = if before {
            (mark - width, mark)
        } else {
            (mark, mark + width)
        };
        Self {
            mark,
            from,
            to,
            before,
        }
    }

    fn is_apart(&self, other: &Self) -> bool {
        self.to <= other.from || other.to <= self.from
    }

    fn covers(&self, mark: f64) -> bool {
        self.from < mark && mark < self.to
    }
}

/// A row for each label, so that none lies on another, and if it can be that no line from a mark
/// to its label runs through another label.
fn rows(spans: &[Span]) -> Vec<Option<usize>> {
    // Each kind beginning where its labels point to: what comes later passes by what is there.
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by(|a, b| {
        let (one, other) = (&spans[*a], &spans[*b]);
        let by_mark = one.mark.total_cmp(&other.mark);
        let within = if one.before {
            by_mark
        } else {
            by_mark.reverse()
        };
        other.before.cmp(&one.before).then(within).then(a.cmp(b))
    });
    let mut rows = vec![None; spans.len()];
    for index in order {
        let span = &spans[index];
        let free = |row: usize, strict: bool| {
            let mut taken = spans
                .iter()
                .zip(&rows)
                .filter_map(|(it, row)| Some((it, (*row)?)));
            taken.all(|(other, at)| {
                let crossed =
                    (at < row && other.covers(span.mark)) || (at > row && span.covers(other.mark));
                (at != row || span.is_apart(other)) && !(strict && crossed)
            })
        };
        let row = (0..ROWS).find(|row| free(*row, true));
        rows[index] = row.or_else(|| (0..ROWS).find(|row| free(*row, false)));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(marks: &[(f64, usize)]) -> Vec<Option<usize>> {
        let spans: Vec<Span> = marks
            .iter()
            .map(|(mark, letters)| Span::new(*mark, *letters))
            .collect();
        let rows = rows(&spans);
        for (index, (span, row)) in spans.iter().zip(&rows).enumerate() {
            for (other, at) in spans.iter().zip(&rows).skip(index + 1) {
                assert!(
                    row.is_none() || row != at || span.is_apart(other),
                    "{marks:?}: {rows:?}"
                );
            }
        }
        rows
    }

    #[test]
    fn labels_never_lie_on_each_other() {
        for (marks, expected) in [
            (vec![], vec![]),
            (vec![(0.0, 10)], vec![Some(0)]),
            (vec![(0.0, 10), (200.0, 10)], vec![Some(0), Some(0)]),
            // The earlier one's line would run through the later one's label.
            (vec![(0.0, 10), (20.0, 10)], vec![Some(1), Some(0)]),
            (vec![(50.0, 10), (50.0, 10)], vec![Some(0), Some(1)]),
            // At the right edge labels end at their marks.
            (vec![(500.0, 10), (510.0, 10)], vec![Some(0), Some(1)]),
        ] {
            assert_eq!(placed(&marks), expected, "{marks:?}");
        }
        let crowd: Vec<(f64, usize)> = (0..400).map(|index| (f64::from(index), 30)).collect();
        let rows = placed(&crowd);
        assert!(rows.iter().flatten().all(|row| *row < ROWS));
    }
}
