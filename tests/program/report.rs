//! The folder of reports, read back by readers that are not ours.

use std::fs;
use std::path::Path;

use labgrade::grade::{CheckResult, Grade};

/// The reports of one grade.
pub struct Reports {
    /// `grade.json`.
    pub grade: Grade,
    /// `junit.xml`.
    pub cases: Vec<Case>,
}

/// One test case of `junit.xml`.
#[derive(Debug)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// `failure`, `error`, `skipped`, or `passed`.
    pub result: String,
    /// The whole text.
    pub text: String,
}

impl Reports {
    /// Reads every report: each must be there and whole.
    pub fn read(folder: &Path) -> Self {
        let text = |name: &str| {
            fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
        };
        assert!(folder.join("logs").is_dir());
        let metrics = text("metrics.txt");
        assert!(metrics.ends_with("\n# EOF\n"), "{metrics}");
        let page = text("report.html");
        assert!(page.trim_end().ends_with("</html>"), "the page is cut");
        let grade: Grade = serde_json::from_str(&text("grade.json")).expect("it is a grade");
        let cases = cases(&text("junit.xml"));
        assert_eq!(cases.len(), grade.checks.len() + 1, "a case for each check");
        Self { grade, cases }
    }

    /// A check by its id, in both reports.
    pub fn check(&self, id: &str) -> (&CheckResult, &Case) {
        let is = |case: &&Case| case.name.starts_with(&format!("{id}:"));
        self.grade
            .checks
            .iter()
            .find(|check| check.id == id)
            .zip(self.cases.iter().find(is))
            .unwrap_or_else(|| panic!("there is no check {id}"))
    }
}

fn cases(xml: &str) -> Vec<Case> {
    let document = roxmltree::Document::parse(xml).expect("it is XML");
    let cases: Vec<Case> = document
        .descendants()
        .filter(|node| node.has_tag_name("testcase"))
        .map(|node| {
            let result = node
                .children()
                .find(|child| ["failure", "error", "skipped"].contains(&child.tag_name().name()));
            Case {
                name: node.attribute("name").unwrap_or_default().to_owned(),
                result: result
                    .map_or("passed", |node| node.tag_name().name())
                    .to_owned(),
                text: node
                    .descendants()
                    .filter_map(|node| node.is_text().then(|| node.text()).flatten())
                    .collect(),
            }
        })
        .collect();
    let suite = document
        .descendants()
        .find(|node| node.has_tag_name("testsuite"))
        .expect("a suite");
    for (attribute, result) in [("failures", "failure"), ("errors", "error")] {
        let count = cases.iter().filter(|case| case.result == result).count();
        assert_eq!(suite.attribute(attribute), Some(count.to_string().as_str()));
    }
    cases
}
