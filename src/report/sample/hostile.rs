//! Strings and numbers that want to be more than they are.

use std::collections::BTreeMap;

use labgrade_checkers::context::Seed;
use labgrade_checkers::message;
use labgrade_checkers::message::Tainted;
use labgrade_checkers::timeline::{Event, Kind};
use labgrade_checkers::verdict::{
    Broken, Curve, Evidence, Excerpt, Moment, PlanNode, Series, Share, Unit, Verdict, Whose,
};

use super::{check, grade, node, text};
use crate::grade::{Grade, Outcome, Shown};

/// Strings that want to be more than text.
pub(crate) fn hostile() -> Grade {
    let nasty = "<script>alert(1)</script> ]]> </pre> \" ' & {{ 7 * 7 }} \u{202e}gpj.exe \u{1b}[31m\u{0}\u{b}\u{ffff} http://evil.example/x";
    let long = "]]>".repeat(10_000);
    let evidence = Evidence::from(message!(
        "sql-applies-refused",
        statement = 1,
        error = nasty,
        more = long.as_str(),
        code = "XX"
    ))
    .against(
        message!("answers-rows", rows = nasty),
        message!("answers-rows", rows = long.as_str()),
    )
    .at(Excerpt {
        file: Some(format!("{nasty}\n.sql")),
        line: Some(u32::MAX),
        column: Some(3_900),
        text: Tainted::new(&format!("{}{nasty}", "x".repeat(9_000))),
    })
    .with_details(
        (0..200)
            .map(|_| message!("redundant-unused", name = nasty))
            .collect(),
    )
    .drawn(Series::Scale {
        label: nasty.into(),
        unit: Unit::Blocks,
        zero: 0,
        reference: u64::MAX,
        observed: 0,
    })
    .drawn(Series::Scale {
        label: nasty.into(),
        unit: Unit::Blocks,
        zero: 1,
        reference: 1,
        observed: 1,
    })
    .drawn(Series::Timeline {
        events: (0..60)
            .map(|index| Event {
                at: if index == 59 { u64::MAX } else { index / 7 },
                service: nasty.repeat(1 + usize::from(index % 3 == 0)),
                kind: Kind::Done,
                what: message!("redundant-unused", name = nasty),
            })
            .collect(),
    })
    .drawn(Series::Lag {
        service: nasty.into(),
        points: vec![(u64::MAX, 0), (0, u64::MAX), (0, 0)],
    })
    .drawn(Series::Lag {
        service: nasty.into(),
        points: vec![],
    })
    .drawn(Series::Ratio {
        median: 0,
        low: u64::MAX,
        high: 0,
        pairs: vec![u64::MAX, 0, 1_000],
    })
    .drawn(Series::Latency {
        judged: Some(u64::MAX),
        curves: vec![
            Curve {
                whose: Whose::Yardstick,
                points: vec![(u64::MAX, u64::MAX), (0, 0)],
            },
            Curve {
                whose: Whose::Yardstick,
                points: vec![],
            },
        ],
    })
    .drawn(Series::Load {
        moments: vec![
            Moment {
                at: u64::MAX,
                done: u64::MAX,
                errors: u64::MAX,
            },
            Moment {
                at: 0,
                done: 0,
                errors: u64::MAX,
            },
        ],
    })
    .repeat_with(&format!("curl {nasty}'{long}"))
    .drawn(Series::Plan {
        query: Tainted::new(nasty),
        root: PlanNode {
            relation: Some(nasty.into()),
            index: Some(Tainted::new(nasty)),
            method: Some(nasty.into()),
            condition: Some(Tainted::new(&long)),
            children: vec![node(nasty, u64::MAX, u64::MAX, u64::MAX)],
            ..node(nasty, 0, 0, 0)
        },
    });
    let shown = |verdict| Shown {
        id: nasty.into(),
        title: text(nasty, nasty),
        hint: text(nasty, &long),
        verdict,
        millis: u64::MAX,
    };
    let shown = vec![
        shown(Verdict::passed(evidence.clone())),
        shown(Verdict::Broken {
            cause: Broken::because(message!("broken-sql-lost"), nasty),
        }),
        shown(Verdict::Skipped {
            reason: message!("skipped-needs", check = nasty),
        }),
    ];
    let mut checks = vec![
        check(nasty, 7, (nasty, nasty), Verdict::failed(evidence.clone())),
        check(
            nasty,
            7,
            (nasty, nasty),
            Verdict::of_share(Share::new(1), evidence),
        ),
        check(
            "broken",
            7,
            (nasty, nasty),
            Verdict::Broken {
                cause: Broken::because(message!("broken-sql-lost"), nasty),
            },
        ),
        check(
            "person",
            7,
            (nasty, nasty),
            Verdict::Pending {
                reason: message!("skipped-needs", check = nasty),
            },
        ),
        check(
            "unknown",
            7,
            (nasty, nasty),
            Verdict::Skipped {
                reason: message!("skipped-needs", check = long.as_str()),
            },
        ),
    ];
    checks[2].hint = text(nasty, nasty);
    let mut grade = grade(nasty, Outcome::Graded, checks);
    grade.lab = nasty.into();
    grade.lab_title = text(nasty, nasty);
    grade.digest = nasty.into();
    grade.began = nasty.into();
    grade.shown = shown;
    grade.seed = Seed(u64::MAX);
    grade.notes = vec![message!("intake-unwrapped", folder = nasty)];
    grade.versions = BTreeMap::from([(nasty.into(), nasty.into())]);
    grade
}
