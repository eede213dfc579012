//! A grade of a lab in which servers are killed: timelines, lag, and figures that are only shown.

use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use labgrade_checkers::message;
use labgrade_checkers::message::Message;
use labgrade_checkers::timeline::{Event, Kind};
use labgrade_checkers::verdict::{Broken, Evidence, Series, Share, Verdict};

use super::{check, grade, text};
use crate::grade::{CheckResult, Grade, Outcome, Shown};
use crate::text::Lang;

/// Teaches a catalogue the sentences of the samples.
pub(crate) fn teach(bundle: &mut FluentBundle<FluentResource>, lang: Lang) {
    let source = match lang {
        Lang::Ru => include_str!("ru.ftl"),
        Lang::En => include_str!("en.ftl"),
    };
    let resource = FluentResource::try_new(source.to_owned()).expect("the sample's sentences");
    bundle.add_resource_overriding(resource);
}

fn event(at: u64, service: &str, kind: Kind, what: Message) -> Event {
    Event {
        at,
        service: service.into(),
        kind,
        what,
    }
}

/// A lag that rises for a while and then falls.
fn wave(from: u64, most: u64, last: u64) -> Vec<(u64, u64)> {
    let rising = (0..12).map(|step| (from + step * 250, most * step / 12));
    let falling = (0..10_u64).map(|step| {
        let left = most.saturating_sub(last) * (9 - step).pow(2) / 81;
        (from + 3_000 + step * 300, last + left)
    });
    rising.chain(falling).collect()
}

fn failover() -> CheckResult {
    let events = vec![
        event(31_400, "primary", Kind::Done, message!("event-killed")),
        event(
            31_520,
            "gateway",
            Kind::Seen,
            message!("event-sample-refused"),
        ),
        event(31_610, "standby", Kind::Seen, message!("event-sample-lost")),
        event(
            33_870,
            "standby",
            Kind::Seen,
            message!("event-sample-promoted"),
        ),
        event(
            34_020,
            "gateway",
            Kind::Seen,
            message!("event-sample-accepted"),
        ),
        event(38_000, "primary", Kind::Done, message!("event-started")),
        event(
            39_300,
            "primary",
            Kind::Seen,
            message!("event-sample-followed"),
        ),
    ];
    let evidence = Evidence::from(message!("sample-lost", lost = 17, writes = 4_210))
        .against(
            message!("sample-lost-none"),
            message!("sample-lost-some", lost = 17),
        )
        .with_details(vec![message!("sample-lost-first", ms = 480)])
        .drawn(Series::Timeline { events });
    check(
        "failover",
        40,
        ("Главный сервер убит", "The primary is killed"),
        Verdict::failed(evidence),
    )
}

fn catches_up() -> CheckResult {
    let events = vec![
        event(41_000, "standby", Kind::Done, message!("event-paused")),
        event(44_100, "standby", Kind::Done, message!("event-resumed")),
        event(
            47_050,
            "primary",
            Kind::Seen,
            message!("event-sample-accepted"),
        ),
    ];
    let evidence = Evidence::from(message!("sample-behind", bytes = 5_300_000))
        .against(
            message!("sample-behind-most", bytes = 1_000_000),
            message!("bytes", bytes = 5_300_000),
        )
        .drawn(Series::Timeline { events })
        .drawn(Series::Lag {
            service: "standby".into(),
            points: wave(41_100, 48_200_000, 5_300_000),
        });
    check(
        "catches-up",
        30,
        ("Реплика догоняет", "The standby catches up"),
        Verdict::of_share(Share::new(40), evidence),
    )
}

fn follows() -> CheckResult {
    let evidence = Evidence::from(message!("sample-follows", writes = 500))
        .with_details(vec![message!("sample-follows-at", ms = 85)])
        .drawn(Series::Lag {
            service: "standby".into(),
            points: vec![(12_000, 8_192)],
        });
    check(
        "follows",
        30,
        ("Реплика получает записи", "The standby receives writes"),
        Verdict::passed(evidence),
    )
}

fn hidden() -> CheckResult {
    let secret = || message!("sample-secret", what = "the secret constant");
    let evidence = Evidence::from(secret())
        .drawn(Series::Timeline {
            events: vec![event(1, "the secret constant", Kind::Done, secret())],
        })
        .drawn(Series::Lag {
            service: "the secret constant".into(),
            points: wave(0, 1_000, 0),
        })
        .drawn(Series::Ratio {
            median: 424_242,
            low: 424_242,
            high: 424_242,
            pairs: vec![424_242],
        });
    let title = ("Два главных сервера", "Two primaries");
    let mut check = check("two-primaries", 0, title, Verdict::failed(evidence));
    check.hidden = true;
    check
}

fn shown() -> Vec<Shown> {
    let pairs: Vec<u64> = (0..30)
        .map(|n| 1_240 + (n * 37) % 290 + n % 3 * 70)
        .collect();
    let figure = |id: &str, ru: &str, en: &str, verdict| Shown {
        id: id.into(),
        title: text(ru, en),
        hint: text(
            "Синхронная реплика отвечает на каждый COMMIT. Сколько это стоит, зависит от сети и диска именно этой машины; на других будет иначе.",
            "A synchronous standby answers to each COMMIT. What that costs depends on the network and the disk of this very machine; elsewhere it will be different.",
        ),
        verdict,
        millis: 6_400,
    };
    let cost = Evidence::from(message!("sample-cost", median = "1.42"))
        .with_details(vec![message!("sample-cost-of", pairs = pairs.len())])
        .drawn(Series::Ratio {
            median: 1_421,
            low: 1_368,
            high: 1_479,
            pairs,
        });
    vec![
        figure(
            "sync-cost",
            "Цена синхронной реплики",
            "What a synchronous standby costs",
            Verdict::passed(cost),
        ),
        figure(
            "read-scaling",
            "Чтение с реплики",
            "Reading from the standby",
            Verdict::Skipped {
                reason: message!("skipped-needs", check = "failover"),
            },
        ),
        figure(
            "commit-time",
            "Время COMMIT",
            "Time of a COMMIT",
            Verdict::Broken {
                cause: Broken::because(message!("sample-broke", seconds = 30), "connection reset"),
            },
        ),
    ]
}

/// The primary is killed, the standby takes over, its lag falls.
pub(crate) fn replication() -> Grade {
    let starts = check(
        "starts",
        0,
        ("Серверы запускаются", "The servers start"),
        Verdict::passed(message!("sample-starts").into()),
    );
    let checks = vec![starts, follows(), failover(), catches_up(), hidden()];
    let mut grade = grade("Петров Иван, ВНС-21", Outcome::Graded, checks);
    grade.lab = "03-replication".into();
    grade.lab_title = text("Репликация и отказы", "Replication and failures");
    for check in &mut grade.checks {
        check.hint = text(
            "Что значит подтверждённая запись, если реплика её ещё не видела? Посмотрите, какие настройки главного сервера решают, чего ждёт COMMIT.",
            "What is an acknowledged write worth if the standby has not seen it? Look which settings of the primary decide what COMMIT waits for.",
        );
        check.lesson = text("Уроки 7–8. Репликация", "Lessons 7–8: replication");
    }
    grade.timings.checks = 52_300;
    grade.timings.waiting = 18_640;
    grade.shown = shown();
    grade
}
