//! What a load brought, in words: how much of it, what failed, and from when until when.

use labgrade_checkers::message;
use labgrade_checkers::verdict::Moment;

use super::course::time;
use crate::text::Catalogue;

/// The length of a step where there is one only, in milliseconds: its counts are then those of a
/// second.
const ALONE: u64 = 1_000;
/// The shortest step.
const SHORTEST: u64 = 100;

/// The length of a step in milliseconds: the shortest way from one to the next.
pub(in crate::report) fn step(moments: &[Moment]) -> u64 {
    let mut begun: Vec<u64> = moments.iter().map(|moment| moment.at).collect();
    begun.sort_unstable();
    let ways = begun.windows(2).map(|pair| pair[1] - pair[0]);
    ways.filter(|way| *way > 0)
        .min()
        .map_or(ALONE, |way| way.max(SHORTEST))
}

/// The sentence.
pub(in crate::report) fn sentence(moments: &[Moment], catalogue: &Catalogue) -> String {
    let step = step(moments);
    let Some(end) = moments.iter().map(|moment| moment.at).max() else {
        return catalogue.get("report-load-none");
    };
    let sum = |count: fn(&Moment) -> u64| moments.iter().map(count).fold(0, u64::saturating_add);
    let (done, errors) = (sum(|moment| moment.done), sum(|moment| moment.errors));
    let ill = || moments.iter().filter(|moment| moment.errors > 0);
    let from = ill().map(|moment| moment.at).min();
    let until = ill().map(|moment| moment.at.saturating_add(step)).max();
    let whole = catalogue.seconds(end.saturating_add(step));
    catalogue.render(&match from.zip(until) {
        None => message!(
            "report-load-clean",
            time = whole,
            done = catalogue.number(done)
        ),
        Some((from, until)) => message!(
            "report-load-errors",
            time = whole,
            done = catalogue.number(done),
            errors = catalogue.number(errors),
            from = time(from, catalogue),
            until = time(until, catalogue)
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    #[test]
    fn what_failed_is_told_with_its_time() {
        let catalogue = Catalogue::new(Lang::En);
        let moment = |at, done, errors| Moment { at, done, errors };
        for (moments, length, said) in [
            (vec![], 1_000, "The load brought nothing."),
            (
                vec![moment(0, 90, 0)],
                1_000,
                "In 1.0 s: 90 answers, and not one error.",
            ),
            (
                vec![moment(400, 9, 3), moment(0, 90, 0), moment(200, 0, 8)],
                200,
                "In 0.6 s: 99 answers and 11 errors, all of them between +0.2 s and +0.6 s.",
            ),
            (
                vec![moment(7, 1, 0), moment(7, 1, 0)],
                1_000,
                "In 1.0 s: 2 answers",
            ),
            (
                vec![moment(u64::MAX, u64::MAX, u64::MAX), moment(0, u64::MAX, 0)],
                u64::MAX,
                "In ",
            ),
        ] {
            assert_eq!(step(&moments), length);
            let sentence = sentence(&moments, &catalogue).replace('\u{a0}', " ");
            assert!(sentence.starts_with(said), "{sentence}");
        }
    }
}
