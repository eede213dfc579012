//! Answers and errors over time, as bars: what failed stands on top of what did not.

use std::collections::BTreeMap;

use labgrade_checkers::verdict::Moment;
use serde::Serialize;

use super::axis::{Axis, Tick, percent};
use super::chart::round;
use crate::report::told::load::{sentence, step};
use crate::text::Catalogue;

/// The most bars; of more moments several are one.
const BARS: u64 = 60;
/// Below this many milliseconds the axis is not parted.
const FINEST: u64 = 100;

/// One plot.
#[derive(Serialize)]
pub(super) struct Load {
    /// The same in a sentence.
    sentence: String,
    bars: Vec<Bar>,
    levels: Vec<Tick>,
    ticks: Vec<Tick>,
    failed: bool,
}

#[derive(Serialize)]
struct Bar {
    at: String,
    width: String,
    /// How high the answers reach, and from there the errors.
    done: Option<String>,
    errors: Option<Errors>,
}

#[derive(Serialize)]
struct Errors {
    from: String,
    height: String,
}

/// The moments of one bar.
#[derive(Debug, Default, PartialEq, Eq)]
struct Bin {
    from: u64,
    until: u64,
    done: u64,
    errors: u64,
}

/// The plot.
pub(super) fn load(moments: &[Moment], catalogue: &Catalogue) -> Load {
    let bins = bins(moments);
    let end = bins.last().map_or(0, |bin| bin.until);
    let time = Axis::over(0, end, 6, FINEST);
    let most = bins
        .iter()
        .map(|bin| bin.rate(bin.all()))
        .max()
        .unwrap_or(0);
    let rate = Axis::over(0, most, 4, 1_000);
    let bars = bins
        .iter()
        .map(|bin| {
            let (from, until) = (time.at(bin.from), time.at(bin.until));
            let (done, all) = (rate.at(bin.rate(bin.done)), rate.at(bin.rate(bin.all())));
            Bar {
                at: percent(from),
                width: percent(until - from),
                done: (bin.done > 0).then(|| percent(done)),
                errors: (bin.errors > 0).then(|| Errors {
                    from: percent(done),
                    height: percent(all - done),
                }),
            }
        })
        .collect();
    Load {
        sentence: sentence(moments, catalogue),
        bars,
        levels: rate.ticks(|thousandths| catalogue.number(thousandths / 1_000)),
        ticks: time.ticks(|at| round(&catalogue.seconds(at))),
        failed: bins.iter().any(|bin| bin.errors > 0),
    }
}

impl Bin {
    fn all(&self) -> u64 {
        self.done.saturating_add(self.errors)
    }

    /// So many in this bin, in thousandths a second.
    fn rate(&self, count: u64) -> u64 {
        let millis = self.until.saturating_sub(self.from).max(1);
        let rate = u128::from(count) * 1_000_000 / u128::from(millis);
        u64::try_from(rate).unwrap_or(u64::MAX)
    }
}

/// The moments in at most [`BARS`] bins of whole steps; no bin for where there is none.
fn bins(moments: &[Moment]) -> Vec<Bin> {
    let step = step(moments);
    let Some(last) = moments.iter().map(|moment| moment.at).max() else {
        return Vec::new();
    };
    let end = last.saturating_add(step);
    let wide = end.div_ceil(BARS).div_ceil(step).saturating_mul(step);
    let mut bins: BTreeMap<u64, Bin> = BTreeMap::new();
    for moment in moments {
        let from = moment.at - moment.at % wide;
        let bin = bins.entry(from).or_insert_with(|| Bin {
            from,
            until: from.saturating_add(wide).min(end),
            ..Bin::default()
        });
        bin.done = bin.done.saturating_add(moment.done);
        bin.errors = bin.errors.saturating_add(moment.errors);
    }
    bins.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    fn moment(at: u64, done: u64, errors: u64) -> Moment {
        Moment { at, done, errors }
    }

    #[test]
    fn any_moments_are_a_plot() {
        let catalogue = Catalogue::new(Lang::En);
        let many: Vec<Moment> = (0..9_000)
            .map(|n| moment(n * 100, n % 7, n / 8_999))
            .collect();
        let wild = vec![
            moment(u64::MAX, u64::MAX, u64::MAX),
            moment(0, u64::MAX, 0),
            moment(0, 0, u64::MAX),
        ];
        for (moments, bars, failed) in [
            (vec![], 0, false),
            (vec![moment(0, 0, 0)], 1, false),
            (vec![moment(500, 3, 0), moment(100, 2, 0)], 2, false),
            (many, 60, true),
            (wild, 2, true),
        ] {
            let plot = load(&moments, &catalogue);
            assert_eq!((plot.bars.len(), plot.failed), (bars, failed));
            assert!(!plot.ticks.is_empty() && !plot.levels.is_empty());
            for bar in &plot.bars {
                let errors = bar.errors.iter().flat_map(|it| [&it.from, &it.height]);
                for place in [&bar.at, &bar.width]
                    .into_iter()
                    .chain(&bar.done)
                    .chain(errors)
                {
                    assert!(!place.contains("NaN") && !place.starts_with('-'), "{place}");
                }
            }
        }
    }

    #[test]
    fn bins_are_whole_steps_and_lose_nothing() {
        let moments: Vec<Moment> = (0..100).map(|n| moment(n * 250, 5, n % 2)).collect();
        let bins = bins(&moments);
        assert_eq!(bins.len(), 50);
        assert_eq!(bins.iter().map(Bin::all).sum::<u64>(), 550);
        let whole = Bin {
            from: 0,
            until: 500,
            done: 10,
            errors: 1,
        };
        assert_eq!((&bins[0], bins[0].rate(10)), (&whole, 20_000));
        // The last one is shorter, and not slower.
        let odd = super::bins(&moments[..99]);
        assert_eq!(
            odd.last()
                .map(|bin| (bin.until - bin.from, bin.rate(bin.done))),
            Some((250, 20_000))
        );
    }
}
