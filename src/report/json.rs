//! `grade.json`: the record from which every other report can be made again.

use crate::grade::Grade;

/// The grade as indented JSON, with a newline at the end.
#[must_use]
pub fn grade_json(grade: &Grade) -> String {
    let json = serde_json::to_string_pretty(grade);
    let mut json = json.expect("a grade has only string keys and whole numbers");
    json.push('\n');
    json
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn a_grade_comes_back_as_it_went() {
        for grade in sample::all() {
            let json = grade_json(&grade);
            let back: Grade = serde_json::from_str(&json).expect("a grade");
            assert_eq!(grade_json(&back), json);
        }
    }
}
