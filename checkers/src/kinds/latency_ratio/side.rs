//! One of the two services under load, and whose fault a wrong answer is.

use std::net::SocketAddr;

use reqwest::header::HeaderMap;

use super::LatencyRatio;
use crate::context::Context;
use crate::measure::api;
use crate::measure::http::Answer;
use crate::measure::load::{self, Kept, Load, Pace, Record, Request, Schedule};
use crate::measure::mix::{Asked, Differs};
use crate::message;
use crate::message::Message;
use crate::verdict::{Broken, Stop};

/// Connections at most: as many as a slow service makes a rate of some hundred a second keep open.
const CONNECTIONS: usize = 256;

/// One of the two.
pub(super) struct Side {
    service: String,
    address: SocketAddr,
    host: String,
}

/// The instants of one slice, for both.
pub(super) fn schedule(spec: &LatencyRatio, seed: u64) -> Schedule {
    Schedule {
        rate: f64::from(spec.rate),
        lasts: spec.slice,
        arrivals: spec.arrivals,
        seed,
    }
}

impl Side {
    /// Where the service is reached.
    pub async fn new(spec: &LatencyRatio, cx: &Context<'_>, service: &str) -> Result<Self, Broken> {
        if spec.rate == 0 {
            return Err(message!("broken-mix-empty").into());
        }
        let endpoint = cx.bench.endpoint(service)?;
        let host = format!("{}:{}", endpoint.host, endpoint.port);
        let addresses = tokio::net::lookup_host((endpoint.host.as_str(), endpoint.port)).await;
        let address = addresses
            .map_err(|error| Broken::because(message!("broken-load"), error))?
            .next()
            .ok_or_else(|| Broken::from(message!("broken-no-port", service = service)))?;
        Ok(Self {
            service: service.to_owned(),
            address,
            host,
        })
    }

    /// Sends the requests of one slice; the answers of `samples` are kept.
    pub async fn slice(
        &self,
        spec: &LatencyRatio,
        schedule: &Schedule,
        asked: &[Asked],
        samples: &[usize],
    ) -> Result<Record, Broken> {
        let prepared = asked.iter().enumerate().map(|(index, asked)| {
            let request = Request::new(&asked.request, &self.host)
                .ok_or_else(|| {
                    Broken::from(message!("broken-mix-request", text = asked.request.path()))
                })?
                .expecting(&asked.expect);
            let looked_into = samples.contains(&index) && !asked.answers.is_empty();
            Ok(if looked_into {
                request.keeping()
            } else {
                request
            })
        });
        let load = Load {
            address: self.address,
            pace: Pace::Open(schedule.clone()),
            connections: spec.connections(),
            most_connections: CONNECTIONS,
            limit: spec.patience,
            requests: prepared.collect::<Result<_, Broken>>()?,
        };
        load::run(load)
            .await
            .map_err(|error| Broken::because(message!("broken-load"), error))
    }

    /// The submission's answers are right, or it has failed.
    pub async fn right(
        &self,
        spec: &LatencyRatio,
        cx: &Context<'_>,
        asked: &[Asked],
        record: &Record,
    ) -> Result<(), Stop> {
        let Some((kept, differs)) = wrong(asked, record) else {
            return Ok(());
        };
        let asked = &asked[kept.request];
        let answer = Answer {
            status: kept.status,
            headers: HeaderMap::new(),
            body: kept.body.clone(),
        };
        Err(match differs {
            Some(differs) => api::wrong(&asked.request, &answer, field(&differs)),
            None => {
                let right = if asked.expect.is_empty() {
                    &[200][..]
                } else {
                    &asked.expect
                };
                spec.on.status(cx, &asked.request, &answer, right).await?
            }
        })
    }

    /// The yardstick's statuses are right, or something of ours is broken. What its answers hold is
    /// its own matter: it need not have the submission's data.
    pub fn right_or_broken(&self, asked: &[Asked], record: &Record) -> Result<(), Broken> {
        let Some(kept) = &record.wrong else {
            return Ok(());
        };
        let body = String::from_utf8_lossy(&kept.body);
        let curl = asked[kept.request].request.curl();
        Err(Broken::because(
            message!("broken-yardstick", service = &self.service),
            format!("{curl}: {} {body}", kept.status),
        ))
    }

    /// So many pairs could not be used: ours, and why the last one was not.
    pub fn unusable(&self, record: &Record, part: f64, pairs: usize) -> Broken {
        let late = record.lateness(part).as_millis();
        let message = message!("broken-load-late", pairs = pairs, late = late);
        Broken::because(message, format!("{}: {:?}", self.service, record.failures))
    }
}

/// The first answer that is not what it should be: by its status, or by what a sample holds.
fn wrong<'a>(asked: &[Asked], record: &'a Record) -> Option<(&'a Kept, Option<Differs>)> {
    if let Some(kept) = &record.wrong {
        return Some((kept, None));
    }
    record.kept.iter().find_map(|kept| {
        let looked = asked[kept.request].look(&kept.body);
        looked.err().map(|differs| (kept, Some(differs)))
    })
}

fn field(differs: &Differs) -> Message {
    match &differs.seen {
        None => message!("shop-field-missing", field = &differs.field),
        Some(seen) => message!(
            "shop-differs",
            field = &differs.field,
            seen = seen,
            wanted = &differs.wanted
        ),
    }
}
