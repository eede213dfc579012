//! How long answers took, in words: one quantile, of the submission and of what it is compared with.

use labgrade_checkers::message;
use labgrade_checkers::verdict::{Curve, Whose};

use crate::text::Catalogue;

/// The quantile that is told where none is judged.
const USUAL: u64 = 990_000;

/// The sentence about the judged quantile, or about the highest below it that was measured.
pub(in crate::report) fn sentence(
    judged: Option<u64>,
    curves: &[Curve],
    catalogue: &Catalogue,
) -> String {
    let of = |whose| curves.iter().find(|curve| curve.whose == whose);
    let wanted = judged.unwrap_or(USUAL);
    let told = of(Whose::Submission).and_then(|curve| {
        let most = curve.points.iter().max()?.0;
        let quantile = wanted.min(most);
        Some((quantile, within(curve, quantile)?))
    });
    let Some((quantile, yours)) = told else {
        return catalogue.get("report-latency-none");
    };
    let yardstick = of(Whose::Yardstick).and_then(|curve| within(curve, quantile));
    catalogue.render(&match yardstick {
        Some(yardstick) => message!(
            "report-latency-both",
            share = catalogue.percentage(quantile),
            yours = catalogue.micros(yours),
            yardstick = catalogue.micros(yardstick)
        ),
        None => message!(
            "report-latency-one",
            share = catalogue.percentage(quantile),
            yours = catalogue.micros(yours)
        ),
    })
}

/// The microseconds within which that part was answered; none above the highest quantile measured.
pub(in crate::report) fn within(curve: &Curve, quantile: u64) -> Option<u64> {
    let beyond = curve.points.iter().filter(|(at, _)| *at >= quantile);
    beyond.min().map(|(_, micros)| *micros)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    #[test]
    fn one_quantile_is_told_of_both() {
        let catalogue = Catalogue::new(Lang::En);
        let curve = |whose, points: &[(u64, u64)]| Curve {
            whose,
            points: points.to_vec(),
        };
        let yours = curve(
            Whose::Submission,
            &[(990_000, 91_000), (500_000, 7_000), (950_000, 38_400)],
        );
        let quick = curve(Whose::Yardstick, &[(500_000, 900), (950_000, 2_100)]);
        for (judged, curves, said) in [
            (None, vec![], "No latency was measured."),
            (Some(950_000), vec![quick.clone()], "No latency"),
            (
                Some(950_000),
                vec![quick.clone(), yours.clone()],
                "95% of the answers came within 38.4 ms, those of the yardstick within 2.1 ms.",
            ),
            (
                Some(700_000),
                vec![yours.clone(), quick.clone()],
                "70% of the answers came within 38.4 ms",
            ),
            // The yardstick's curve ends before it.
            (
                None,
                vec![yours.clone(), quick],
                "99% of the answers came within 91.0 ms.",
            ),
            (
                Some(u64::MAX),
                vec![yours],
                "99% of the answers came within 91.0 ms.",
            ),
        ] {
            let sentence = sentence(judged, &curves, &catalogue).replace('\u{a0}', " ");
            assert!(sentence.starts_with(said), "{sentence}");
        }
    }
}
