//! A grade of a lab in which a service answers requests: latencies, a load, a request to repeat.

use labgrade_checkers::message;
use labgrade_checkers::message::Tainted;
use labgrade_checkers::verdict::{Curve, Evidence, Excerpt, Moment, Series, Share, Verdict, Whose};

use super::{check, grade, text};
use crate::grade::{CheckResult, Grade, Outcome, Shown};

/// Quantiles from a half on, each step a tenth of a nine, and the lower half in tenths.
const QUANTILES: [u64; 30] = [
    0, 100_000, 200_000, 300_000, 400_000, 500_000, 600_000, 700_000, 800_000, 850_000, 900_000,
    920_000, 937_000, 950_000, 960_000, 968_000, 975_000, 980_000, 984_000, 987_000, 990_000,
    992_000, 994_000, 996_000, 997_500, 998_500, 999_000, 999_400, 999_700, 999_800,
];

/// A curve that rises slowly, and from some quantile on steeply.
fn curve(whose: Whose, least: u64, steep: u64) -> Curve {
    let micros = |quantile: u64| {
        let slower = 1_000_000 - quantile;
        least + least * quantile / 700_000 + steep * 1_000 / slower.max(90)
    };
    Curve {
        whose,
        points: QUANTILES
            .map(|quantile| (quantile, micros(quantile)))
            .to_vec(),
    }
}

fn latency() -> CheckResult {
    let curves = vec![
        curve(Whose::Submission, 5_200, 620_000),
        curve(Whose::Yardstick, 2_100, 38_000),
    ];
    let evidence = Evidence::from(message!("sample-slow", ratio = 4))
        .against(
            message!("sample-slow-most"),
            message!("sample-slow-ratio", ratio = 4),
        )
        .drawn(Series::Latency {
            judged: Some(950_000),
            curves,
        });
    check(
        "latency-reads",
        40,
        ("Чтение отвечает вовремя", "Reads are answered in time"),
        Verdict::of_share(Share::new(45), evidence),
    )
}

/// A load at a steady rate, in the middle of which a server is away.
fn moments() -> Vec<Moment> {
    let moment = |step: u64| {
        let away = (31..44).contains(&step);
        let back = (44..50).contains(&step);
        Moment {
            at: step * 250,
            done: if away {
                8
            } else {
                246 + step * 13 % 9 + u64::from(back) * 60
            },
            errors: if away {
                190 - (step - 31) * 6
            } else {
                u64::from(step == 46)
            },
        }
    };
    (0..80).map(moment).collect()
}

fn survives() -> CheckResult {
    let evidence = Evidence::from(message!("sample-refused", errors = 2_003))
        .against(
            message!("sample-refused-none"),
            message!("sample-refused-some", errors = 2_003),
        )
        .drawn(Series::Load { moments: moments() });
    check(
        "survives",
        30,
        ("Один экземпляр убит", "One instance is killed"),
        Verdict::failed(evidence),
    )
}

fn answers() -> CheckResult {
    let body = r#"{"sku": "A-1\"7", "amount": 2, "comment": "it'\''s a gift, please wrap it"}"#;
    let command = format!(
        "curl -i -X POST http://localhost:8080/orders -H 'Content-Type: application/json' -H 'Idempotency-Key: 5f0c1c9e' -d '{body}'"
    );
    let answer = "HTTP/1.1 500 Internal Server Error\ncontent-type: application/json\n\n{\"error\": \"duplicate key value violates unique constraint\"}";
    let evidence = Evidence::from(message!("sample-answered"))
        .against(
            message!("sample-answer", code = 201),
            message!("sample-answer", code = 500),
        )
        .repeat_with(&command)
        .at(Excerpt {
            file: None,
            line: None,
            column: None,
            text: Tainted::new(answer),
        });
    check(
        "orders-once",
        30,
        ("Заказ создаётся один раз", "An order is made once"),
        Verdict::failed(evidence),
    )
}

fn hidden() -> CheckResult {
    let moment = Moment {
        at: 0,
        done: 424_242,
        errors: 424_242,
    };
    let curve = Curve {
        whose: Whose::Submission,
        points: vec![(424_242, 424_242)],
    };
    let evidence = Evidence::from(message!("sample-answered"))
        .repeat_with("curl 'the secret constant'")
        .drawn(Series::Load {
            moments: vec![moment],
        })
        .drawn(Series::Latency {
            judged: Some(424_242),
            curves: vec![curve],
        });
    let title = ("Другие запросы", "Other requests");
    let mut check = check("other-requests", 0, title, Verdict::failed(evidence));
    check.hidden = true;
    check
}

fn shown() -> Vec<Shown> {
    let calm = (0..40)
        .map(|step| Moment {
            at: step * 500,
            done: 3_900 + step * 7_919 % 400,
            errors: 0,
        })
        .collect();
    let cost =
        Evidence::from(message!("sample-busy", rate = 8_190)).drawn(Series::Load { moments: calm });
    vec![Shown {
        id: "throughput".into(),
        title: text(
            "Сколько запросов выдерживает сервис",
            "How many requests the service bears",
        ),
        hint: text(
            "Запросы шли по десяти соединениям, следующий — сразу за ответом.",
            "The requests came over ten connections, each after the answer before it.",
        ),
        verdict: Verdict::passed(cost),
        millis: 20_100,
    }]
}

/// A service that is slower than the yardstick, away for a while, and once answers wrongly.
pub(crate) fn service() -> Grade {
    let checks = vec![latency(), survives(), answers(), hidden()];
    let mut grade = grade("Сидорова Анна, ВНС-21", Outcome::Graded, checks);
    grade.lab = "04-service".into();
    grade.lab_title = text("Сервис под нагрузкой", "A service under load");
    for check in &mut grade.checks {
        check.hint = text(
            "Чего ждёт запрос, который отвечает последним? Среднее этого не покажет: посмотрите на правый край кривой.",
            "What does the request wait for that is answered last? An average does not show it: look at the right end of the curve.",
        );
        check.lesson = text("Урок 3. Нагрузка", "Lesson 3: load");
    }
    grade.shown = shown();
    grade
}
