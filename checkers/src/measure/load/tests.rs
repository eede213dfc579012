//! The generator against servers whose behaviour is known.

use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha12Rng;

use super::fake::{Asked, Reply, Server, json};
use super::*;

fn get(path: &str) -> Request {
    Request::new(&crate::measure::http::Request::get(path), "test").expect("a request")
}

fn load(server: &Server, rate: f64, millis: u64, requests: Vec<Request>) -> Load {
    Load {
        address: server.address,
        pace: Pace::Open(Schedule {
            rate,
            lasts: Duration::from_millis(millis),
            arrivals: Arrivals::Constant,
            seed: 1,
        }),
        connections: Connections::Kept,
        most_connections: 1_000,
        limit: Duration::from_secs(10),
        requests,
    }
}

/// Repeats a measurement in which this machine was later than `slack`, be it as the generator or as
/// the server, each as it saw itself.
async fn in_time(
    slack: Duration,
    server: impl Fn() -> Server,
    load: impl Fn(&Server) -> Load,
) -> Record {
    for _ in 0..25 {
        let server = server();
        let record = run(load(&server)).await.expect("a record");
        if record.lateness(0.98) <= slack && server.lag(0.98) <= slack {
            return record;
        }
    }
    panic!("this machine is too busy for a measurement");
}

fn near(record: &Record, part: f64, seconds: f64, slack: f64) {
    let observed = record.quantile(part).expect("calls").as_secs_f64();
    let off = (observed - seconds).abs();
    assert!(
        off <= slack,
        "p{}: {observed} s instead of {seconds}",
        part * 100.0
    );
}

/// The proof of an open loop: of 10 s the server stands still for 2. A fifth of the calls would
/// have come within them, and wait for what is left of them: half of those for more than 1.0 s, and
/// a twentieth for more than 1.9 s. A closed loop would see one slow call for each connection.
#[tokio::test]
async fn a_server_that_stands_still_is_seen_by_all_who_would_have_called() {
    let still = Duration::from_secs(2);
    let record = in_time(
        Duration::from_millis(20),
        || Server::freezing(200, still, 100),
        |server| load(server, 50.0, 10_000, vec![get("/")]),
    )
    .await;
    assert_eq!((record.done(), record.failures.all()), (500, 0));
    near(&record, 0.9, 1.0, 0.03);
    near(&record, 0.99, 1.9, 0.057);
    assert!(record.quantile(0.5).expect("calls") < Duration::from_millis(50));
    // Nobody was answered meanwhile, and the picture shows it.
    let still = record.moments().iter().filter(|moment| moment.done == 0);
    assert!((18..=20).contains(&still.count()));
}

#[tokio::test]
async fn known_times_of_service_have_their_quantiles() {
    let mut random = ChaCha12Rng::seed_from_u64(5);
    // Evenly 50 to 549 ms, and one in fifty takes a second.
    let mut times: Vec<u64> = (0..490).map(|number| 50 + number * 500 / 490).collect();
    times.extend([1_000; 10]);
    times.shuffle(&mut random);
    let requests: Vec<Request> = times.iter().map(|time| get(&format!("/{time}"))).collect();
    for arrivals in [Arrivals::Constant, Arrivals::Poisson] {
        let record = in_time(Duration::from_millis(6), Server::sleeping, |server| {
            let mut load = load(server, 100.0, 5_000, requests.clone());
            if let Pace::Open(schedule) = &mut load.pace {
                schedule.arrivals = arrivals;
            }
            load
        })
        .await;
        // Poisson calls are some more or less than the list is long.
        assert!((420..580).contains(&record.done()), "{}", record.done());
        let slack = match arrivals {
            Arrivals::Constant => 0.03,
            Arrivals::Poisson => 0.12,
        };
        near(&record, 0.5, 0.305, 0.305 * slack);
        near(&record, 0.9, 0.509, 0.509 * slack);
        near(&record, 0.99, 1.0, 0.03);
    }
}

#[tokio::test]
async fn an_idle_connection_is_used_again_and_a_fresh_one_is_not() {
    let server = Server::sleeping();
    let kept = run(load(&server, 50.0, 500, vec![get("/1")]))
        .await
        .expect("a record");
    assert_eq!(kept.done(), 25);
    // One, but for a machine on which an answer takes longer than 20 ms.
    assert!(kept.connections < 10, "{}", kept.connections);
    assert_eq!(server.opened() as u64, kept.connections);
    let mut fresh = load(&server, 50.0, 500, vec![get("/1")]);
    fresh.connections = Connections::Fresh;
    let fresh = run(fresh).await.expect("a record");
    assert_eq!((fresh.done(), fresh.connections), (25, 25));
    assert_eq!(server.opened() as u64, kept.connections + 25);
}

#[tokio::test]
async fn calls_beyond_the_bound_of_connections_wait_and_their_time_counts() {
    let server = Server::sleeping();
    let mut narrow = load(&server, 40.0, 250, vec![get("/100")]);
    narrow.most_connections = 1;
    let record = run(narrow).await.expect("a record");
    assert_eq!(
        (record.done(), record.connections, server.opened()),
        (10, 1, 1)
    );
    // The tenth is due after 225 ms, and is answered after a second.
    let longest = record.quantile(1.0).expect("calls");
    assert!(longest > Duration::from_millis(770), "{longest:?}");
}

#[tokio::test]
async fn each_way_to_fail_is_counted_apart() {
    let answer = |asked: Asked| async move {
        match asked.path.as_str() {
            "/missing" => json(404, "nothing here"),
            "/down" => json(503, ""),
            "/cut" => Reply::Last("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_owned()),
            "/close" => Reply::Close,
            "/noise" => Reply::Last("220 mail.example ESMTP\r\n\r\n".to_owned()),
            "/huge" => json(200, &"x".repeat(1_100_000)),
            "/never" => Reply::Silence,
            "/chunked" => Reply::Raw(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
                    .to_owned(),
            ),
            "/old" => Reply::Last("HTTP/1.0 200 OK\r\n\r\nuntil the end".to_owned()),
            path => json(200, path),
        }
    };
    let server = Server::start(answer);
    let paths = [
        "/missing", "/down", "/cut", "/close", "/noise", "/huge", "/never", "/chunked", "/old",
        "/right",
    ];
    let mut requests: Vec<Request> = paths.iter().map(|path| get(path)).collect();
    requests.push(get("/missing").expecting(&[404]).keeping());
    let mut all = load(&server, 110.0, 200, requests);
    all.limit = Duration::from_secs(1);
    let record = run(all).await.expect("a record");
    let failures = &record.failures;
    assert_eq!(record.calls(), 22, "{failures:?}");
    assert_eq!(record.done(), 8, "{failures:?}");
    assert_eq!(
        failures.wrong.iter().collect::<Vec<_>>(),
        [(&404, &2), (&503, &2)]
    );
    assert_eq!(
        (
            failures.cut,
            failures.garbled,
            failures.too_large,
            failures.timed_out
        ),
        (4, 2, 2, 2)
    );
    assert_eq!((failures.refused, failures.own), (0, 0));
    let wrong = record.wrong.expect("a wrong answer");
    assert_eq!((wrong.status, wrong.request), (404, 0));
    assert_eq!(wrong.body, b"nothing here");
    assert_eq!(record.kept.len(), 2);
    assert!(
        record
            .kept
            .iter()
            .all(|kept| kept.request == 10 && kept.body == b"nothing here")
    );
}

#[tokio::test]
async fn where_nobody_listens_every_call_is_refused() {
    let server = Server::sleeping();
    let mut nowhere = load(&server, 100.0, 100, vec![get("/")]);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    nowhere.address = closed.local_addr().expect("an address");
    drop(closed);
    let record = run(nowhere).await.expect("a record");
    assert_eq!((record.done(), record.failures.refused), (0, 10));
}

#[tokio::test]
async fn a_connection_that_the_server_closes_while_it_is_idle_is_no_failure() {
    // The second request on a connection comes in the very moment in which it is closed.
    let server = Server::start(|asked| async move {
        if asked.on_connection == 1 {
            Reply::Close
        } else {
            json(200, "{}")
        }
    });
    let record = run(load(&server, 50.0, 400, vec![get("/")]))
        .await
        .expect("a record");
    assert_eq!((record.done(), record.failures.all()), (20, 0));
    assert!(record.retried > 0);
    // And one that is closed between two calls is not even noticed.
    let server = Server::start(|_| async {
        Reply::Last("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_owned())
    });
    let record = run(load(&server, 50.0, 400, vec![get("/")]))
        .await
        .expect("a record");
    assert_eq!((record.done(), record.failures.all()), (20, 0));
}

#[tokio::test]
async fn a_rate_beyond_the_generators_own_limit_is_told() {
    let server = Server::sleeping();
    let mut beyond = load(&server, 2_000_000.0, 100, vec![get("/")]);
    beyond.most_connections = 8;
    beyond.limit = Duration::from_millis(500);
    let record = run(beyond).await.expect("a record");
    assert_eq!((record.sends(), record.calls()), (200_000, 200_000));
    assert!(!record.kept_schedule(0.5));
}

#[tokio::test]
async fn a_server_that_never_answers_takes_no_longer_than_the_limit() {
    let server = Server::start(|_| async { Reply::Silence });
    let mut never = load(&server, 100.0, 300, vec![get("/")]);
    never.most_connections = 3;
    never.limit = Duration::from_millis(400);
    let began = Instant::now();
    let record = run(never).await.expect("a record");
    assert_eq!((record.done(), record.failures.timed_out), (0, 30));
    assert_eq!(record.quantile(0.5), Some(Duration::from_millis(400)));
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_load_that_nobody_waits_for_ends() {
    let server = Server::sleeping();
    let long = run(load(&server, 200.0, 60_000, vec![get("/5")]));
    let cut = tokio::time::timeout(Duration::from_millis(300), long).await;
    assert!(cut.is_err());
    let began = Instant::now();
    while server.open() > 0 {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "its connections stay"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn flat_out_keeps_every_connection_busy() {
    let server = Server::sleeping();
    let mut flat = load(&server, 1.0, 1, vec![get("/10"), get("/0")]);
    flat.pace = Pace::FlatOut(Duration::from_millis(300));
    flat.most_connections = 4;
    let record = run(flat).await.expect("a record");
    assert!(record.done() > 20, "{}", record.done());
    assert_eq!((record.failures.all(), record.connections), (0, 4));
}

#[tokio::test]
async fn a_load_without_a_request_is_refused() {
    let server = Server::sleeping();
    assert!(run(load(&server, 1.0, 10, Vec::new())).await.is_err());
}
