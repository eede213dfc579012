//! Quantiles, failures, lateness and what is drawn.

use super::*;

fn record(latencies: impl Iterator<Item = u64>, errors: u64) -> Record {
    let mut record = Record::new(Duration::from_secs(2));
    for millis in latencies {
        record.send(Duration::ZERO);
        let latency = Duration::from_millis(millis);
        record.end(latency, Ok(latency));
    }
    for _ in 0..errors {
        record.send(Duration::ZERO);
        // Quick, and it does not help.
        record.end(Duration::from_millis(1), Err(Failure::Wrong(500)));
    }
    record
}

fn millis(record: &Record, part: f64) -> u128 {
    record.quantile(part).expect("calls").as_millis()
}

#[test]
fn quantiles_are_those_of_all_calls() {
    let all = record(1..=100, 0);
    for (part, expected) in [(0.0, 1), (0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100)] {
        assert_eq!(millis(&all, part), expected, "{part}");
    }
    assert_eq!(Record::new(Duration::from_secs(1)).quantile(0.5), None);
}

#[test]
fn an_error_counts_as_the_time_limit_however_quick_it_was() {
    let some = record(1..=90, 10);
    assert_eq!(some.calls(), 100);
    for (part, expected) in [(0.5, 50), (0.9, 90), (0.91, 2_000), (0.95, 2_000)] {
        assert_eq!(millis(&some, part), expected, "{part}");
    }
    assert_eq!(millis(&record(0..0, 5), 0.1), 2_000);
    assert_eq!(some.failures.wrong.get(&500), Some(&10));
}

#[test]
fn lateness_is_borne_where_it_does_not_move_the_quantile() {
    // Milliseconds of all latencies, of a hundred sends so many late by so much, and whether
    // the 95th percentile can be believed.
    for (latency, late, by, kept) in [
        (20, 4, 100, true),
        (20, 6, 100, false),
        (20, 100, 4, true),
        (20, 100, 6, false),
        (200, 100, 49, true),
        (200, 6, 52, false),
        (2_000, 100, 49, true),
        (2_000, 100, 52, false),
    ] {
        let mut record = record(std::iter::repeat_n(latency, 100), 0);
        record.lateness.reset();
        for number in 0..100 {
            record.send(Duration::from_millis(if number < late { by } else { 0 }));
        }
        assert_eq!(
            record.kept_schedule(0.95),
            kept,
            "{late} late by {by} ms of {latency}"
        );
        assert_eq!(record.late_sends(), if by > 5 { late } else { 0 });
    }
    let mut record = record(1..=10, 0);
    record.end(Duration::ZERO, Err(Failure::Own));
    assert!(!record.kept_schedule(0.95));
}

#[test]
fn a_curve_ends_where_calls_do() {
    let curve = record(1..=1_000, 0).curve();
    let parts: Vec<u64> = curve.iter().map(|point| point.0).collect();
    assert_eq!(parts[..3], [0, 100_000, 200_000]);
    assert_eq!(parts.last(), Some(&999_000));
    assert!(curve.is_sorted());
    assert_eq!(record(0..0, 0).curve(), []);
}

#[test]
fn records_are_put_one_behind_the_other() {
    let mut all = record(1..=250, 1);
    all.append(&record(1..=50, 2));
    assert_eq!((all.done(), all.failures.all(), all.sends()), (300, 3, 303));
    let steps: Vec<(u64, u64, u64)> = all
        .moments()
        .iter()
        .map(|moment| (moment.at, moment.done, moment.errors))
        .collect();
    assert_eq!(steps, [(0, 99, 1), (100, 100, 0), (200, 101, 2)]);
    assert_eq!(all.took, Duration::from_millis(300));
}
