//! Counts on a log scale: where a share begins, the reference, the submission.

use labgrade_checkers::message;
use labgrade_checkers::verdict::{Series, Unit};
use serde::Serialize;

use super::axis::percent;
use super::card::anchor;
use super::told;
use crate::grade::Grade;
use crate::report::told::Told;
use crate::text::Catalogue;

/// A chart of all counts of one unit.
#[derive(Serialize)]
pub(super) struct Chart {
    title: String,
    note: String,
    zero: String,
    rows: Vec<Row>,
    ticks: Vec<Tick>,
}

#[derive(Serialize)]
struct Row {
    anchor: String,
    kind: &'static str,
    label: String,
    value: String,
    /// The same in a sentence, for whoever does not see the marks.
    sentence: String,
    zero: String,
    reference: String,
    observed: String,
    /// From the observed count to the zero, in percent.
    gap_from: String,
    gap: String,
}

#[derive(Serialize)]
struct Tick {
    at: String,
    label: String,
}

/// The chart of one unit; none if nothing was counted in it.
pub(super) fn chart(
    grade: &Grade,
    told: &[Told<'_>],
    wanted: Unit,
    catalogue: &Catalogue,
) -> Option<Chart> {
    let mut counts = Vec::new();
    for told in told {
        for series in told.evidence.iter().flat_map(|evidence| &evidence.series) {
            if let Series::Scale {
                label,
                unit,
                zero,
                reference,
                observed,
            } = series
                && *unit == wanted
            {
                counts.push((told, told::line(label), [*zero, *reference, *observed]));
            }
        }
    }
    let all = || counts.iter().flat_map(|(_, _, counts)| counts);
    let scale = Scale::over(*all().min()?, *all().max()?);
    let shown = |count: u64| match wanted {
        Unit::Blocks => catalogue.number(count),
        Unit::Bytes => catalogue.bytes(count),
    };
    let rows = counts
        .iter()
        .map(|(told, label, [zero, reference, observed])| {
            let (at, end) = (scale.at(*observed), scale.at(*zero));
            Row {
                anchor: anchor(grade, told.check),
                kind: told.kind.name(),
                label: label.clone(),
                value: shown(*observed),
                sentence: catalogue.render(&match wanted {
                    Unit::Blocks => message!(
                        "report-chart-blocks-row",
                        label = label.as_str(),
                        observed = shown(*observed),
                        reference = shown(*reference),
                        zero = shown(*zero)
                    ),
                    Unit::Bytes => message!(
                        "report-chart-bytes-row",
                        label = label.as_str(),
                        observed = shown(*observed),
                        reference = shown(*reference),
                        zero = shown(*zero)
                    ),
                }),
                zero: percent(end),
                reference: percent(scale.at(*reference)),
                observed: percent(at),
                gap_from: percent(at.min(end)),
                gap: percent((end - at).abs()),
            }
        })
        .collect();
    let (title, note, zero) = match wanted {
        Unit::Blocks => (
            catalogue.get("report-chart-blocks"),
            catalogue.get("report-chart-blocks-note"),
            catalogue.get("report-chart-blocks-zero"),
        ),
        Unit::Bytes => (
            catalogue.get("report-chart-bytes"),
            catalogue.get("report-chart-bytes-note"),
            catalogue.get("report-chart-bytes-zero"),
        ),
    };
    // Every line has its place, but there is room for about seven labels.
    let step = (scale.high - scale.low) / 7 + 1;
    let ticks = (scale.low..=scale.high)
        .map(|power| Tick {
            at: percent(scale.of_log(f64::from(power))),
            label: if (power - scale.low).is_multiple_of(step) {
                round(&shown(10_u64.saturating_pow(power)))
            } else {
                String::new()
            },
        })
        .collect();
    Some(Chart {
        title,
        note,
        zero,
        rows,
        ticks,
    })
}

/// `1 MB` for `1.0 MB`.
pub(super) fn round(number: &str) -> String {
    number
        .replacen(",0\u{a0}", "\u{a0}", 1)
        .replacen(".0\u{a0}", "\u{a0}", 1)
}

/// Powers of ten from `low` to `high`.
struct Scale {
    low: u32,
    high: u32,
}

impl Scale {
    fn over(least: u64, most: u64) -> Self {
        let low = least.max(1).ilog10();
        let up = most.max(1).ilog10();
        let exact = 10_u64.checked_pow(up) == Some(most.max(1));
        let high = if exact { up } else { up + 1 };
        Self {
            low,
            high: high.max(low + 1),
        }
    }

    /// Where a count stands, in percent of the width.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a picture needs no more than three digits"
    )]
    fn at(&self, count: u64) -> f64 {
        self.of_log((count.max(1) as f64).log10())
    }

    fn of_log(&self, log: f64) -> f64 {
        let part = (log - f64::from(self.low)) / f64::from(self.high - self.low);
        (part * 100.0).clamp(0.0, 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_reaches_over_all_counts() {
        for (least, most, low, high) in [
            (0, 0, 0, 1),
            (9, 8_064, 0, 4),
            (12, 100, 1, 2),
            (10, 10, 1, 2),
            (1, u64::MAX, 0, 20),
        ] {
            let scale = Scale::over(least, most);
            assert_eq!((scale.low, scale.high), (low, high), "{least} to {most}");
            assert!(scale.at(least) <= scale.at(most));
        }
        let scale = Scale::over(1, 10_000);
        assert_eq!(percent(scale.at(100)), "50.00%");
    }
}
