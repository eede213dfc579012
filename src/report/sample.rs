//! Grades to show reports with: a usual one of the index lab, and the unusual ones.

mod hostile;
mod replication;
mod service;

use std::collections::BTreeMap;

use labgrade_checkers::context::Seed;
use labgrade_checkers::message;
use labgrade_checkers::message::{Message, Tainted};
use labgrade_checkers::verdict::{
    Broken, Evidence, Excerpt, PlanNode, Series, Share, Unit, Verdict,
};

use crate::grade::{CheckResult, Grade, Outcome, Points, Timings};
use crate::score;
use crate::spec::Text;

pub(crate) use self::hostile::hostile;
pub(crate) use self::replication::{replication, teach};
pub(crate) use self::service::service;

/// Every sample.
pub(crate) fn all() -> Vec<Grade> {
    vec![
        mixed(),
        replication(),
        service(),
        perfect(),
        syntax_error(),
        rejected(),
        regrade(),
        interrupted(),
        hostile(),
    ]
}

fn text(ru: &str, en: &str) -> Text {
    Text {
        ru: ru.into(),
        en: en.into(),
    }
}

fn check(id: &str, points: u32, title: (&str, &str), verdict: Verdict) -> CheckResult {
    let started = !matches!(verdict, Verdict::Skipped { .. });
    CheckResult {
        id: id.into(),
        title: text(title.0, title.1),
        points: Points::whole(points),
        earned: score::earned(points, &verdict),
        attempts: u32::from(started),
        millis: if started { 40 + 7 * id.len() as u64 } else { 0 },
        verdict,
        hint: text(
            "Посмотрите на план запроса: какой узел читает больше всего блоков? Под нагрузкой каждый лишний блок вытесняет из кеша чужие данные. Попробуйте индекс, который подходит к форме условия.",
            "Look at the query's plan: which node reads the most blocks? Under load every block too many pushes somebody else's data out of the cache. Try an index that suits the form of the condition.",
        ),
        lesson: text("Уроки 11–12. Индексы", "Lessons 11–12: indexes"),
        hidden: false,
    }
}

fn titled(id: &str) -> (&'static str, &'static str) {
    match id {
        "only-index-ddl" => ("В скрипте только индексы", "Only index statements"),
        "applies" => ("Скрипт выполняется", "The script runs"),
        "same-answers" => (
            "Ответы запросов не изменились",
            "The queries answer as before",
        ),
        "q1" => ("Новые заказы клиента", "A customer's newest orders"),
        "q2" => ("Старейшие ожидающие заказы", "The oldest pending orders"),
        "q3" => ("Клиент по адресу почты", "A customer by e-mail"),
        "q4" => (
            "Полнотекстовый поиск товаров",
            "Full-text search of products",
        ),
        "q5" => ("Товары с тегом", "Products with a tag"),
        "q6" => ("События за десять минут", "Events within ten minutes"),
        "q7" => ("Сеанс по токену", "A session by its token"),
        "q8" => ("Ближайшие магазины", "The nearest stores"),
        "q9" => ("Клиенты по части имени", "Customers by a part of the name"),
        "q10" => ("Продано по списку товаров", "Units sold of listed products"),
        "index-types" => (
            "Вид индекса подходит к запросу",
            "The kind of index suits the query",
        ),
        "index-size" => ("Размер индексов", "Size of the indexes"),
        "write-cost" => ("Цена записи", "Cost of writes"),
        "nothing-redundant" => ("Нет лишних индексов", "No index too many"),
        _ => ("Другие константы", "Other constants"),
    }
}

fn node(kind: &str, blocks: u64, rows: u64, removed: u64) -> PlanNode {
    PlanNode {
        node: kind.into(),
        relation: None,
        index: None,
        index_name: None,
        method: None,
        condition: None,
        rows,
        removed,
        blocks,
        children: vec![],
    }
}

fn plan() -> PlanNode {
    let scan = PlanNode {
        relation: Some("products".into()),
        condition: Some(Tainted::new(
            "(to_tsvector('russian'::regconfig, ((name || ' '::text) || description)) @@ to_tsquery('russian'::regconfig, 'насос & тихий'::text))",
        )),
        ..node("Seq Scan", 8_052, 19, 59_981)
    };
    let index = PlanNode {
        relation: Some("order_items".into()),
        index: Some(Tainted::new("order_items_pkey")),
        method: Some("btree".into()),
        condition: Some(Tainted::new("(product_id = p.id)")),
        ..node("Index Only Scan", 12, 40, 0)
    };
    let join = PlanNode {
        children: vec![scan, index],
        ..node("Nested Loop", 8_064, 19, 0)
    };
    PlanNode {
        condition: Some(Tainted::new("p.id")),
        children: vec![join],
        ..node("Sort", 8_064, 19, 0)
    }
}

fn blocks(id: &str, share: u8, none: u64, reference: u64, observed: u64) -> CheckResult {
    let mut evidence = Evidence::from(message!(
        "blocks-counted",
        query = id,
        observed = observed,
        reference = reference,
        none = none,
        draws = 3
    ))
    .against(
        message!("blocks-at-most", blocks = reference * 13 / 10),
        message!("blocks", blocks = observed),
    )
    .drawn(Series::Scale {
        label: id.into(),
        unit: Unit::Blocks,
        zero: none,
        reference,
        observed,
    });
    if share < 100 {
        let sql = "SELECT id, name, price\n  FROM products\n WHERE to_tsvector('russian', name || ' ' || description)\n       @@ to_tsquery('russian', 'насос & тихий')\n ORDER BY id\n LIMIT 50";
        evidence = evidence
            .at(Excerpt {
                file: None,
                line: None,
                column: None,
                text: Tainted::new(sql),
            })
            .drawn(Series::Plan {
                query: Tainted::new(sql),
                root: plan(),
            });
    }
    check(
        id,
        7,
        titled(id),
        Verdict::of_share(Share::new(share), evidence),
    )
}

fn bytes(id: &str, share: u8, reference: u64, observed: u64) -> CheckResult {
    let message = if id == "index-size" {
        message!("size-counted", observed = observed, reference = reference)
    } else {
        message!("wal-counted", observed = observed, reference = reference)
    };
    let evidence = Evidence::from(message)
        .against(
            message!("bytes-at-most", bytes = reference * 3 / 2),
            message!("bytes", bytes = observed),
        )
        .drawn(Series::Scale {
            label: id.into(),
            unit: Unit::Bytes,
            zero: reference * 4,
            reference,
            observed,
        });
    check(
        id,
        8,
        titled(id),
        Verdict::of_share(Share::new(share), evidence),
    )
}

fn gate(id: &str, said: Message) -> CheckResult {
    check(id, 0, titled(id), Verdict::passed(said.into()))
}

fn grade(student: &str, outcome: Outcome, checks: Vec<CheckResult>) -> Grade {
    Grade {
        format: 1,
        student: student.into(),
        lab: "02-indexes".into(),
        lab_title: text("Оптимальные индексы", "Optimal indexes"),
        digest: "sha256:9f2c41d07be3".into(),
        seed: Seed(4_815_162_342),
        outcome,
        notes: vec![],
        earned: checks.iter().map(|check| check.earned).sum(),
        max: checks.iter().map(|check| check.points).sum(),
        checks,
        shown: vec![],
        began: "2026-03-02T09:30:00Z".into(),
        timings: Timings {
            intake: 38,
            start: 2_480,
            checks: 9_350,
            waiting: 400,
            teardown: 640,
        },
        versions: BTreeMap::from([
            ("labgrade".into(), "0.1.0".into()),
            ("lab".into(), "b1946ac92492".into()),
            ("postgres".into(), "15.14".into()),
        ]),
    }
}

/// A usual grade: some queries right, one not at all, some on the way.
pub(crate) fn mixed() -> Grade {
    let types =
        Evidence::from(message!("plan-uses-counted", right = 3, of = 5)).with_details(vec![
            message!("plan-uses-none", query = "q4", wanted = "gin"),
            message!(
                "plan-uses-other",
                query = "q6",
                wanted = "brin",
                used = "btree"
            ),
        ]);
    let redundant = Evidence::from(message!("redundant-counted", redundant = 2, indexes = 11))
        .with_details(vec![
            message!(
                "redundant-prefix",
                name = "orders_customer_idx",
                other = "orders_customer_created_idx"
            ),
            message!("redundant-unused", name = "products_name_idx"),
        ]);
    let mut secret = check(
        "other-constants",
        0,
        titled(""),
        Verdict::failed(
            Evidence::from(message!("answers-differ", query = "q4")).at(Excerpt {
                file: None,
                line: None,
                column: None,
                text: Tainted::new("SELECT 'the secret constant'"),
            }),
        ),
    );
    secret.hidden = true;
    let mut grade = grade(
        "Иванова Мария, ВНС-21",
        Outcome::Graded,
        vec![
            gate(
                "only-index-ddl",
                message!("sql-only-passed", statements = 14),
            ),
            gate(
                "applies",
                message!("sql-applies-passed", statements = 14, indexes = 11),
            ),
            gate("same-answers", message!("answers-same", runs = 30)),
            blocks("q1", 100, 4_630, 12, 12),
            blocks("q2", 58, 4_630, 9, 122),
            blocks("q3", 100, 1_890, 9, 9),
            blocks("q4", 0, 8_064, 51, 8_064),
            blocks("q5", 100, 8_064, 86, 91),
            blocks("q6", 100, 21_400, 388, 24),
            blocks("q7", 100, 2_204, 6, 9),
            blocks("q8", 81, 81, 12, 17),
            blocks("q9", 34, 1_890, 47, 543),
            blocks("q10", 100, 9_020, 33, 33),
            check(
                "index-types",
                7,
                titled("index-types"),
                Verdict::failed(types),
            ),
            bytes("index-size", 41, 24_300_000, 61_800_000),
            bytes("write-cost", 100, 8_100_000, 9_400_000),
            check(
                "nothing-redundant",
                7,
                titled("nothing-redundant"),
                Verdict::failed(redundant),
            ),
            secret,
        ],
    );
    grade.notes = vec![message!("intake-unwrapped", folder = "lab02-final")];
    grade
}

/// Everything passed.
pub(crate) fn perfect() -> Grade {
    let mut grade = mixed();
    grade.checks.retain(|check| !check.hidden);
    for check in &mut grade.checks {
        check.verdict = match &check.verdict {
            Verdict::Partial { evidence, .. } | Verdict::Failed { evidence } => {
                Verdict::passed(evidence.message.clone().into())
            }
            other => other.clone(),
        };
        check.earned = check.points;
    }
    grade.earned = grade.max;
    grade
}

/// The first gate fails: everything else is skipped.
pub(crate) fn syntax_error() -> Grade {
    let mut grade = mixed();
    for (index, check) in grade.checks.iter_mut().enumerate() {
        check.earned = Points::default();
        check.verdict = if index == 0 {
            let place = Excerpt {
                file: Some("indexes.sql".into()),
                line: Some(12),
                column: Some(8),
                text: Tainted::new(
                    "CREATE INDX q4_idx ON products USING gin (to_tsvector('russian', name));",
                ),
            };
            let said = message!("sql-syntax", error = "syntax error at or near \"INDX\"");
            Verdict::failed(Evidence::from(said).at(place).with_details(vec![message!(
                "sql-only-also",
                line = 15,
                why = "ALTER DATABASE"
            )]))
        } else {
            check.millis = 0;
            check.attempts = 0;
            Verdict::Skipped {
                reason: message!("skipped-needs", check = "only-index-ddl"),
            }
        };
    }
    grade.earned = Points::default();
    grade
}

fn not_reached(outcome: Outcome) -> Grade {
    let mut grade = mixed();
    for check in &mut grade.checks {
        check.earned = Points::default();
        check.millis = 0;
        check.attempts = 0;
        check.verdict = Verdict::Skipped {
            reason: message!("skipped-not-reached"),
        };
    }
    grade.earned = Points::default();
    grade.outcome = outcome;
    grade
}

/// Intake refused it.
pub(crate) fn rejected() -> Grade {
    let mut grade = not_reached(Outcome::Rejected {
        reason: message!(
            "intake-missing-similar",
            file = "indexes.sql",
            similar = "lab02/Indexes.SQL"
        ),
    });
    grade.digest = String::new();
    grade.notes = vec![];
    grade.timings = Timings {
        intake: 12,
        ..Timings::default()
    };
    grade
}

/// Something of ours broke.
pub(crate) fn regrade() -> Grade {
    let cause = Broken::because(
        message!("broken-connect", service = "db"),
        "connection refused",
    );
    let mut grade = mixed();
    let mut reason = cause.message.clone();
    reason
        .args
        .insert("detail".into(), "connection refused".into());
    grade.outcome = Outcome::Regrade { reason };
    for check in grade.checks.iter_mut().skip(13) {
        check.earned = Points::default();
        check.verdict = Verdict::Skipped {
            reason: message!("skipped-not-reached"),
        };
    }
    grade.checks[13].verdict = Verdict::Broken { cause };
    grade.earned = grade.checks.iter().map(|check| check.earned).sum();
    grade
}

/// Stopped by a signal.
pub(crate) fn interrupted() -> Grade {
    not_reached(Outcome::Interrupted)
}
