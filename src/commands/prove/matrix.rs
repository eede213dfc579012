//! The matrix of a proof: cases down, checks across.

use console::style;
use labgrade_checkers::message::Message;
use labgrade_checkers::verdict::Verdict;

use super::case::Case;
use crate::grade::Grade;
use crate::spec::LabSpec;
use crate::text::Catalogue;

/// One line a case and seed, one mark a check; a case that came out otherwise stands out.
pub(super) fn shown(
    results: &[(&Case, u64, Grade, Vec<Message>)],
    lab: &LabSpec,
    catalogue: &Catalogue,
) -> String {
    let ids: Vec<&str> = lab
        .checks
        .iter()
        .map(|check| check.id.get_ref().as_str())
        .collect();
    let left = results
        .iter()
        .map(|(case, ..)| case.label().chars().count())
        .max()
        .unwrap_or(0)
        + 2;
    let tallest = ids.iter().map(|id| id.len()).max().unwrap_or(0);
    let mut text = String::new();
    // The checks' names stand upright, so that a mark needs one column.
    for row in 0..tallest {
        let letters: Vec<String> = ids
            .iter()
            .map(|id| {
                let offset = tallest - id.len();
                row.checked_sub(offset)
                    .and_then(|at| id.chars().nth(at))
                    .unwrap_or(' ')
                    .to_string()
            })
            .collect();
        text.push_str(format!("{:left$}       {}\n", "", letters.join(" ")).trim_end());
        text.push('\n');
    }
    for (case, seed, grade, problems) in results {
        // A quick proof does not run them all.
        let of = |id: &&str| grade.checks.iter().find(|check| check.id == **id);
        let marks: Vec<String> = ids
            .iter()
            .map(|id| of(id).map_or_else(|| " ".to_owned(), |check| mark(&check.verdict)))
            .collect();
        let label = format!("{:left$}", case.label());
        let label = if problems.is_empty() {
            label
        } else {
            style(label).red().bold().to_string()
        };
        let points = format!("{:>6}", grade.earned.to_string());
        text.push_str(&format!(
            "{label}{points} {}  #{seed} {} s\n",
            marks.join(" "),
            seconds(grade)
        ));
    }
    text.push_str(&catalogue.get("prove-legend"));
    text
}

fn mark(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Passed { .. } => style("✓").green().to_string(),
        Verdict::Partial { .. } => style("½").yellow().to_string(),
        Verdict::Failed { .. } => style("✗").red().to_string(),
        Verdict::Skipped { .. } => style("·").dim().to_string(),
        Verdict::Broken { .. } => style("!").magenta().bold().to_string(),
        Verdict::Pending { .. } => style("?").cyan().to_string(),
    }
}

fn seconds(grade: &Grade) -> String {
    let millis = grade.timings.total();
    format!("{}.{}", millis / 1000, millis % 1000 / 100)
}
