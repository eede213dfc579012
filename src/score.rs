//! Verdicts to points. Pure: no clock, no file, no container.

use labgrade_checkers::verdict::Verdict;

use crate::grade::Points;

/// What a verdict earns of a check's whole points: exact in hundredths.
#[must_use]
pub fn earned(points: u32, verdict: &Verdict) -> Points {
    Points::hundredths(points * u32::from(verdict.share().hundredths()))
}

#[cfg(test)]
mod tests {
    use labgrade_checkers::message;
    use labgrade_checkers::verdict::{Broken, Share};

    use super::*;

    #[test]
    fn only_what_was_observed_earns() {
        let evidence = || message!("blocks", blocks = 1).into();
        let cases = [
            (Verdict::passed(evidence()), "7"),
            (Verdict::of_share(Share::new(83), evidence()), "5.81"),
            (Verdict::of_share(Share::new(50), evidence()), "3.5"),
            (Verdict::failed(evidence()), "0"),
            (
                Verdict::Skipped {
                    reason: message!("blocks", blocks = 1),
                },
                "0",
            ),
            (
                Verdict::Broken {
                    cause: Broken::from(message!("blocks", blocks = 1)),
                },
                "0",
            ),
        ];
        for (verdict, points) in cases {
            assert_eq!(earned(7, &verdict).to_string(), points, "{verdict:?}");
        }
    }
}
