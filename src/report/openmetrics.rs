//! `metrics.txt` for GitLab's metrics report, in the OpenMetrics text format.

use labgrade_checkers::verdict::{Series, Unit, Whose};

use super::told;
use super::told::latency::within;
use crate::grade::{Grade, Outcome, Points};
use crate::text::Catalogue;

/// One metric with its samples: labels, value.
struct Metric {
    name: &'static str,
    help: String,
    samples: Vec<(Vec<(&'static str, String)>, String)>,
}

/// The grade's numbers. A grade that must be repeated has no score: a 0 would be a verdict.
#[must_use]
pub fn grade_metrics(grade: &Grade, catalogue: &Catalogue) -> String {
    let has_score = matches!(grade.outcome, Outcome::Graded | Outcome::Rejected { .. });
    let score = |points: Points| -> Vec<_> {
        has_score
            .then(|| (vec![], points.to_string()))
            .into_iter()
            .collect()
    };
    let check = |id: &str| vec![("check", told::line(id))];
    let gate = |points: Points| points == Points::default();
    let points = grade
        .checks
        .iter()
        .filter(|check| has_score && !gate(check.points));
    let metrics = [
        Metric {
            name: "labgrade_score",
            help: catalogue.get("metrics-score"),
            samples: score(grade.earned),
        },
        Metric {
            name: "labgrade_score_max",
            help: catalogue.get("metrics-score-max"),
            samples: score(grade.max),
        },
        Metric {
            name: "labgrade_points",
            help: catalogue.get("metrics-points"),
            samples: points
                .map(|result| (check(&result.id), result.earned.to_string()))
                .collect(),
        },
        Metric {
            name: "labgrade_blocks",
            help: catalogue.get("metrics-blocks"),
            samples: counts(grade, Unit::Blocks, "query"),
        },
        Metric {
            name: "labgrade_bytes",
            help: catalogue.get("metrics-bytes"),
            samples: counts(grade, Unit::Bytes, "check"),
        },
        Metric {
            name: "labgrade_latency_seconds",
            help: catalogue.get("metrics-latency"),
            samples: latencies(grade),
        },
        Metric {
            name: "labgrade_duration_seconds",
            help: catalogue.get("metrics-duration"),
            samples: vec![(vec![], seconds(grade.timings.total()))],
        },
        Metric {
            name: "labgrade_check_duration_seconds",
            help: catalogue.get("metrics-check-duration"),
            samples: grade
                .checks
                .iter()
                .filter(|result| result.attempts > 0)
                .map(|result| (check(&result.id), seconds(result.millis)))
                .collect(),
        },
    ];
    let mut text: String = metrics
        .iter()
        .filter(|metric| !metric.samples.is_empty())
        .map(written)
        .collect();
    text.push_str("# EOF\n");
    text
}

/// What was measured, where a student may see it, with the check's id.
fn series(grade: &Grade) -> impl Iterator<Item = (&str, &Series)> {
    let checks = grade.checks.iter().filter(|check| !check.hidden);
    let seen = checks.filter_map(|check| Some((check.id.as_str(), check.verdict.evidence()?)));
    seen.flat_map(|(id, evidence)| evidence.series.iter().map(move |series| (id, series)))
}

/// The submission's latency at the quantile that a check judges, the first of each check.
fn latencies(grade: &Grade) -> Vec<(Vec<(&'static str, String)>, String)> {
    let mut seen = std::collections::BTreeSet::new();
    series(grade)
        .filter_map(|(id, series)| {
            let Series::Latency { judged, curves } = series else {
                return None;
            };
            let quantile = judged.filter(|quantile| *quantile < 1_000_000)?;
            let curve = curves.iter().find(|it| it.whose == Whose::Submission)?;
            let micros = within(curve, quantile)?;
            let id = told::line(id);
            let labels = vec![("check", id.clone()), ("quantile", fraction(quantile))];
            seen.insert(id).then(|| (labels, fraction(micros)))
        })
        .collect()
}

/// What the checks counted.
fn counts(
    grade: &Grade,
    wanted: Unit,
    label: &'static str,
) -> Vec<(Vec<(&'static str, String)>, String)> {
    let mut seen = std::collections::BTreeSet::new();
    series(grade)
        .filter_map(|(_, series)| match series {
            Series::Scale {
                label: name,
                unit,
                observed,
                ..
            } if *unit == wanted => {
                // The same labels twice would be no OpenMetrics.
                let name = told::line(name);
                seen.insert(name.clone())
                    .then(|| (vec![(label, name)], observed.to_string()))
            }
            _ => None,
        })
        .collect()
}

fn written(metric: &Metric) -> String {
    let Metric {
        name,
        help,
        samples,
    } = metric;
    let mut text = format!("# TYPE {name} gauge\n");
    if name.ends_with("_seconds") {
        text.push_str(&format!("# UNIT {name} seconds\n"));
    }
    text.push_str(&format!("# HELP {name} {}\n", escaped(help)));
    for (labels, value) in samples {
        let labels: Vec<String> = labels
            .iter()
            .map(|(label, value)| format!("{label}=\"{}\"", escaped(value)))
            .collect();
        let labels = match labels.as_slice() {
            [] => String::new(),
            labels => format!("{{{}}}", labels.join(",")),
        };
        text.push_str(&format!("{name}{labels} {value}\n"));
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

/// Millionths as a number: `0.95` of 950,000.
fn fraction(millionths: u64) -> String {
    let digits = format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
    digits
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

fn seconds(millis: u64) -> String {
    format!("{}.{:03}", millis / 1_000, millis % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::text::Lang;

    #[test]
    fn golden() {
        let catalogue = Catalogue::new(Lang::En);
        insta::assert_snapshot!(grade_metrics(&sample::mixed(), &catalogue));
        insta::assert_snapshot!("service", grade_metrics(&sample::service(), &catalogue));
    }

    #[test]
    fn every_line_is_a_comment_or_one_sample() {
        for lang in [Lang::Ru, Lang::En] {
            let catalogue = Catalogue::new(lang);
            for grade in sample::all() {
                let text = grade_metrics(&grade, &catalogue);
                assert!(text.ends_with("# EOF\n"));
                for line in text.lines().filter(|line| !line.starts_with("# ")) {
                    let (name, value) = line.rsplit_once(' ').expect("name and value");
                    assert!(name.starts_with("labgrade_"), "{line}");
                    assert!(value.parse::<f64>().is_ok(), "{line}");
                }
                let again = matches!(
                    grade.outcome,
                    Outcome::Regrade { .. } | Outcome::Interrupted
                );
                assert_eq!(text.contains("labgrade_score"), !again);
            }
        }
    }
}
