//! Services whose times are known, and usual ways to be quick and wrong.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use super::*;
use crate::bench::fake::FakeBench;
use crate::context::{Files, Notebook, Seed};
use crate::measure::load::fake::{Asked as Seen, Reply, Server, json};
use crate::timeline::Timeline;
use crate::verdict::{Evidence, Series};

/// A service that answers `/orders/7` with order 7 after some milliseconds.
fn service(millis: u64) -> Server {
    Server::start(move |asked| async move {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        order(&asked)
    })
}

fn order(asked: &Seen) -> Reply {
    let id = asked.path.trim_start_matches("/orders/");
    match id.parse::<u32>() {
        Ok(id) => json(200, &format!(r#"{{"id": {id}, "items": []}}"#)),
        // The question whether it is well, and orders that are made.
        Err(_) if asked.path == "/orders" => json(201, r#"{"id": 1}"#),
        Err(_) => json(200, "{}"),
    }
}

fn spec(limit: f64) -> LatencyRatio {
    let ask = |weight, send: &str, body: Option<&str>, expect: &[u16]| Ask {
        weight,
        send: send.to_owned(),
        body: body.map(str::to_owned),
        expect: expect.to_vec(),
        answers: match body {
            Some(_) => BTreeMap::new(),
            None => BTreeMap::from([("/id".to_owned(), "${id}".to_owned())]),
        },
    };
    LatencyRatio {
        on: Api::default(),
        yardstick: yardstick(),
        draws: None,
        requests: vec![
            ask(3, "GET /orders/${id}", None, &[]),
            ask(1, "POST /orders", Some(r#"{"id": ${id}}"#), &[201]),
        ],
        rate: 200,
        arrivals: Arrivals::Poisson,
        fresh: false,
        slice: Duration::from_millis(300),
        patience: Duration::from_millis(1_500),
        quantile: 95,
        limit,
        least_pairs: 8,
        most_pairs: 20,
    }
}

async fn run(spec: &LatencyRatio, app: &Server, yardstick: &Server) -> Result<Verdict, Broken> {
    let bench = FakeBench::of([("app", app.address), ("yardstick", yardstick.address)]);
    let cx = Context {
        bench: &bench,
        files: &Files::new(Path::new("/nonexistent")),
        workload: None,
        machine: &BTreeMap::new(),
        seed: Seed(7),
        notebook: &Notebook::default(),
        timeline: &Timeline::default(),
    };
    let ids = (1..500).map(|id| vec![Some(id.to_string())]);
    let rows = (vec!["id".to_owned()], ids.collect());
    Stop::settle(compare(spec, &cx, &rows).await)
}

fn failed(verdict: Result<Verdict, Broken>) -> Evidence {
    match verdict {
        Ok(Verdict::Failed { evidence }) => evidence,
        other => panic!("{other:?}"),
    }
}

fn broken(verdict: Result<Verdict, Broken>) -> String {
    verdict.expect_err("broken").message.key
}

#[tokio::test]
async fn a_service_as_quick_as_the_yardstick_passes() {
    let verdict = run(&spec(2.0), &service(10), &service(10)).await;
    let Ok(Verdict::Passed { evidence }) = verdict else {
        panic!("{verdict:?}");
    };
    assert_eq!(evidence.message.key, "latency-ratio");
    let [
        Series::Latency { judged, curves },
        Series::Ratio { median, pairs, .. },
        Series::Load { moments },
    ] = &evidence.series[..]
    else {
        panic!("{:?}", evidence.series);
    };
    assert_eq!((*judged, curves.len()), (Some(950_000), 2));
    assert!(curves.iter().all(|curve| curve.points.len() > 10));
    assert!((500..2_000).contains(median), "{median}");
    assert!(pairs.len() >= 8);
    assert!(moments.iter().map(|moment| moment.done).sum::<u64>() > 300);
    assert!(moments.iter().all(|moment| moment.errors == 0));
}

#[tokio::test]
async fn a_service_that_takes_five_times_as_long_fails() {
    let evidence = failed(run(&spec(2.0), &service(50), &service(10)).await);
    assert_eq!(evidence.message.key, "latency-ratio");
    assert_eq!(evidence.series.len(), 3);
}

/// Most are quick, and one in ten is slow: the quantile sees it.
#[tokio::test]
async fn a_slow_tail_fails() {
    let tail = Server::start(|asked| async move {
        let millis = if asked.number.is_multiple_of(10) {
            80
        } else {
            5
        };
        tokio::time::sleep(Duration::from_millis(millis)).await;
        order(&asked)
    });
    let evidence = failed(run(&spec(2.0), &tail, &service(10)).await);
    assert_eq!(evidence.message.key, "latency-ratio");
}

/// One request at a time, and more come than go: what a closed loop would never see.
#[tokio::test]
async fn a_service_that_cannot_bear_the_rate_fails() {
    let one = std::sync::Arc::new(tokio::sync::Semaphore::new(1));
    let narrow = Server::start(move |asked| {
        let one = std::sync::Arc::clone(&one);
        async move {
            let turn = one.acquire().await;
            tokio::time::sleep(Duration::from_millis(9)).await;
            drop(turn);
            order(&asked)
        }
    });
    let evidence = failed(run(&spec(4.0), &narrow, &service(10)).await);
    assert_eq!(evidence.message.key, "latency-ratio");
}

#[tokio::test]
async fn quick_and_empty_is_wrong() {
    let empty = Server::start(|asked| async move {
        if asked.path == "/orders" {
            return json(201, "{}");
        }
        json(200, "{}")
    });
    let evidence = failed(run(&spec(2.0), &empty, &service(10)).await);
    assert_eq!(evidence.message.key, "shop-field-missing");
    let repeat = evidence.repeat.expect("a command").to_string();
    assert!(
        repeat.starts_with("curl -i 'http://localhost:8000/orders/"),
        "{repeat}"
    );
    let same = Server::start(|asked| async move {
        if asked.path == "/orders" {
            return json(201, "{}");
        }
        json(200, r#"{"id": 1, "items": []}"#)
    });
    let evidence = failed(run(&spec(2.0), &same, &service(10)).await);
    assert_eq!(evidence.message.key, "shop-differs");
}

#[tokio::test]
async fn an_error_is_no_answer_however_quick_and_rare() {
    let errs = Server::start(|asked| async move {
        if asked.number % 50 == 49 {
            return json(500, "no connection left in the pool");
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
        order(&asked)
    });
    let evidence = failed(run(&spec(4.0), &errs, &service(10)).await);
    assert_eq!(evidence.message.key, "api-status");
    assert!(evidence.repeat.is_some());
}

#[tokio::test]
async fn a_service_that_does_not_answer_fails_without_further_ado() {
    // Nobody could wait for so many pairs.
    let mut spec = spec(4.0);
    (spec.least_pairs, spec.most_pairs) = (2_000, 2_000);
    let silent = Server::start(|_| async { Reply::Silence });
    let evidence = failed(run(&spec, &silent, &service(10)).await);
    assert_eq!(evidence.message.key, "latency-unanswered");
    let gone = Server::start(|_| async { Reply::Close });
    let evidence = failed(run(&spec, &gone, &service(10)).await);
    assert_eq!(evidence.message.key, "latency-unanswered");
}

#[tokio::test]
async fn a_yardstick_that_errs_or_is_silent_is_ours() {
    let errs = Server::start(|_| async { json(503, "") });
    assert_eq!(
        broken(run(&spec(4.0), &service(10), &errs).await),
        "broken-yardstick"
    );
    let silent = Server::start(|_| async { Reply::Close });
    assert_eq!(
        broken(run(&spec(4.0), &service(10), &silent).await),
        "broken-load-late"
    );
}

#[tokio::test]
async fn a_generator_that_is_late_is_ours() {
    let mut spec = spec(4.0);
    spec.rate = 1_000_000;
    spec.slice = Duration::from_millis(20);
    spec.patience = Duration::from_millis(200);
    // Both answer at once, so that lateness is not small beside latency.
    let verdict = run(&spec, &service(0), &service(0)).await;
    assert_eq!(broken(verdict), "broken-load-late");
}

/// Twice as quick in one slice and twice as slow in the next: nobody can tell which it is.
#[tokio::test]
async fn pairs_that_tell_nothing_are_ours() {
    let began = Instant::now();
    let moody = Server::start(move |asked| async move {
        let millis = if (began.elapsed().as_millis() / 700).is_multiple_of(2) {
            5
        } else {
            60
        };
        tokio::time::sleep(Duration::from_millis(millis)).await;
        order(&asked)
    });
    let mut spec = spec(1.0);
    spec.most_pairs = 8;
    assert_eq!(
        broken(run(&spec, &moody, &service(18)).await),
        "broken-latency-open"
    );
}

#[tokio::test]
async fn a_mix_that_is_none_is_ours() {
    let mut empty = spec(1.0);
    empty.requests.clear();
    assert_eq!(
        broken(run(&empty, &service(1), &service(1)).await),
        "broken-mix-empty"
    );
    let mut never = spec(1.0);
    never.rate = 0;
    assert_eq!(
        broken(run(&never, &service(1), &service(1)).await),
        "broken-mix-empty"
    );
}
