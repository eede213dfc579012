//! The submission's service over HTTP: put in, asked, and seen to live; whose fault it is when it
//! does not answer.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::bench::File;
use crate::context::Context;
use crate::measure::http::{Answer, NoAnswer, Request};
use crate::measure::postgres::{Door, Session};
use crate::message;
use crate::message::{Message, Tainted};
use crate::verdict::{Broken, Evidence, Excerpt, Stop};
use crate::wait;

/// How long a service may take from its files to its first answer: 1 s was measured, 6 s with both
/// cores busy.
const START: Duration = Duration::from_secs(60);
/// For one answer, where no check says otherwise. What is asked takes some milliseconds.
pub const ANSWER: Duration = Duration::from_secs(15);
/// For `/health` of a service that should be well.
const HEALTH: Duration = Duration::from_secs(10);
/// Lines of a service's log that are shown at most.
const LINES: usize = 15;

/// The submission's service, what it works with, and the grader's logins there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Api {
    /// The service.
    pub service: String,
    /// The database server behind it.
    pub db: String,
    /// The database.
    pub database: String,
    /// The service's own login there.
    pub application: String,
    /// A superuser of the grader's.
    pub administrator: String,
    /// A double that the service calls.
    pub upstream: String,
    /// The grader's login there.
    pub director: String,
}

impl Default for Api {
    fn default() -> Self {
        Self {
            service: "app".to_owned(),
            db: "db".to_owned(),
            database: "shop".to_owned(),
            application: "app".to_owned(),
            administrator: "admin".to_owned(),
            upstream: "upstream".to_owned(),
            director: "double".to_owned(),
        }
    }
}

/// Why a service that was put in does not answer.
enum Start {
    Well,
    Died,
    /// It answers `/health` with something else, or not at all.
    Unwell(Option<Answer>),
}

impl Api {
    /// The same with another instance of the service.
    #[must_use]
    pub fn instance(&self, service: &str) -> Self {
        Self {
            service: service.to_owned(),
            ..self.clone()
        }
    }

    /// Puts the submission into the service, which has just started, with variables besides its
    /// own, and waits until it is well.
    ///
    /// # Errors
    /// It dies, or does not answer `/health` with 200 in time: the student's fault.
    pub async fn deploy(
        &self,
        cx: &Context<'_>,
        env: &BTreeMap<String, String>,
    ) -> Result<(), Stop> {
        let mut files = Vec::new();
        for path in cx.files.below("")? {
            files.push(File {
                bytes: cx.files.read(&path)?,
                path,
                mode: 0o755,
            });
        }
        cx.bench.deploy(&self.service, &files, env).await?;
        let mut last = None;
        let start = wait::while_it_works(START, async || {
            let request = Request::get("/health");
            match request.ask(cx.bench, &self.service, HEALTH).await? {
                Ok(answer) if answer.status == 200 => return Ok(Some(Start::Well)),
                Ok(answer) => last = Some(answer),
                Err(_) => {}
            }
            let state = cx.bench.state(&self.service).await?;
            Ok((!state.running).then_some(Start::Died))
        })
        .await?;
        match start.unwrap_or(Start::Unwell(last)) {
            Start::Well => Ok(()),
            Start::Died => Err(self.died(cx, message!("api-dies")).await?),
            Start::Unwell(answer) => {
                let observed = answer.map_or(message!("api-deaf-observed"), |answer| {
                    message!("observed-answer", answer = answer.shown())
                });
                let message = message!("api-unwell", seconds = START.as_secs());
                let evidence = Evidence::from(message)
                    .against(message!("api-unwell-expected"), observed)
                    .repeat_with(&Request::get("/health").curl());
                Err(Stop::failed(self.with_log(cx, evidence).await?))
            }
        }
    }

    /// Starts the service anew, with variables besides its own, and waits until it is well.
    ///
    /// # Errors
    /// As of [`Api::deploy`].
    pub async fn restart(
        &self,
        cx: &Context<'_>,
        env: &BTreeMap<String, String>,
    ) -> Result<(), Stop> {
        cx.kill(&self.service).await?;
        cx.start(&self.service).await?;
        self.deploy(cx, env).await
    }

    /// Sees that the service is well, and starts it anew where an earlier check has left it dead or
    /// without an answer: one fault costs one check.
    ///
    /// # Errors
    /// It is not well after a new start either.
    pub async fn ensure(&self, cx: &Context<'_>) -> Result<(), Stop> {
        let request = Request::get("/health");
        match request.ask(cx.bench, &self.service, HEALTH).await? {
            Ok(answer) if answer.status == 200 => Ok(()),
            _ => self.restart(cx, &BTreeMap::new()).await,
        }
    }

    /// Asks.
    ///
    /// # Errors
    /// There is no answer: the student's fault.
    pub async fn ask(&self, cx: &Context<'_>, request: &Request) -> Result<Answer, Stop> {
        match request.ask(cx.bench, &self.service, ANSWER).await? {
            Ok(answer) => Ok(answer),
            Err(none) => Err(self.silent(cx, request, &none).await?),
        }
    }

    /// Asks, and wants one of these statuses.
    ///
    /// # Errors
    /// Another status, or no answer: the student's fault.
    pub async fn expect(
        &self,
        cx: &Context<'_>,
        request: &Request,
        statuses: &[u16],
    ) -> Result<Answer, Stop> {
        let answer = self.ask(cx, request).await?;
        if statuses.contains(&answer.status) {
            return Ok(answer);
        }
        Err(self.status(cx, request, &answer, statuses).await?)
    }

    /// Asks, and wants one of these statuses and a JSON body.
    ///
    /// # Errors
    /// Something else, or no answer: the student's fault.
    pub async fn json(
        &self,
        cx: &Context<'_>,
        request: &Request,
        statuses: &[u16],
    ) -> Result<Value, Stop> {
        let answer = self.expect(cx, request, statuses).await?;
        let json = answer.json();
        json.ok_or_else(|| wrong(request, &answer, message!("api-not-json")))
    }

    /// The student's fault: another status than any of those that are right. What the service wrote
    /// down of an error of its own comes with it.
    ///
    /// # Errors
    /// The engine does not say.
    pub async fn status(
        &self,
        cx: &Context<'_>,
        request: &Request,
        answer: &Answer,
        statuses: &[u16],
    ) -> Result<Stop, Broken> {
        let names: Vec<String> = statuses.iter().map(u16::to_string).collect();
        let evidence = Evidence::from(message!("api-status", status = answer.status))
            .against(
                message!("api-status-expected", statuses = names.join(", ")),
                message!("observed-answer", answer = answer.shown()),
            )
            .repeat_with(&request.curl());
        if answer.status < 500 {
            return Ok(Stop::failed(evidence));
        }
        Ok(Stop::failed(self.with_log(cx, evidence).await?))
    }

    /// The student's fault: no answer, since the service has died, or though it lives.
    ///
    /// # Errors
    /// The engine does not say.
    pub async fn silent(
        &self,
        cx: &Context<'_>,
        request: &Request,
        none: &NoAnswer,
    ) -> Result<Stop, Broken> {
        if !cx.bench.state(&self.service).await?.running {
            return self.died(cx, message!("api-died")).await;
        }
        let words = Tainted::bounded(&none.words(), 300);
        let evidence = Evidence::from(message!("api-silent"))
            .against(
                message!("api-silent-expected"),
                message!("observed-words", words = words),
            )
            .repeat_with(&request.curl());
        Ok(Stop::failed(self.with_log(cx, evidence).await?))
    }

    /// The student's fault: the service has died; the limit that it hit is named.
    async fn died(&self, cx: &Context<'_>, message: Message) -> Result<Stop, Broken> {
        let state = cx.bench.state(&self.service).await?;
        let observed = match state.exit_code {
            _ if state.out_of_memory => {
                let memory = cx.bench.limits(&self.service)?.memory;
                message!("api-died-memory", bytes = memory)
            }
            Some(REQUIREMENTS) => message!("api-died-requirements"),
            code => message!("api-died-code", code = code.unwrap_or_default()),
        };
        let evidence = Evidence::from(message).against(message!("api-lives"), observed);
        Ok(Stop::failed(self.with_log(cx, evidence).await?))
    }

    /// The end of the service's log beside what was seen.
    ///
    /// # Errors
    /// The engine does not say.
    pub async fn with_log(&self, cx: &Context<'_>, evidence: Evidence) -> Result<Evidence, Broken> {
        let log = cx.bench.logs(&self.service).await?;
        let lines: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
        let last = &lines[lines.len().saturating_sub(LINES)..];
        if last.is_empty() {
            return Ok(evidence);
        }
        Ok(evidence.at(Excerpt {
            file: None,
            line: None,
            column: None,
            text: Tainted::bounded(&last.join("\n"), 4_000),
        }))
    }

    /// A session of the superuser's behind the service.
    ///
    /// # Errors
    /// The server, which is ours, does not let us in.
    pub async fn administrator(&self, cx: &Context<'_>) -> Result<Session, Broken> {
        let door = Door {
            service: &self.db,
            database: &self.database,
            role: &self.administrator,
            path: "pg_catalog,public,pg_temp",
            statement: Duration::from_secs(30),
        };
        Session::open(cx.bench, door).await
    }
}

/// The code with which the image's entry says that the submission's requirements cannot be met. That
/// the image itself is well the lab's yardstick shows, which runs in it.
const REQUIREMENTS: i64 = 64;

/// The student's fault: an answer that is not what it should be.
#[must_use]
pub fn wrong(request: &Request, answer: &Answer, message: Message) -> Stop {
    Stop::failed(wrong_evidence(request, answer, message))
}

/// The same as evidence, to which more may be added.
#[must_use]
pub fn wrong_evidence(request: &Request, answer: &Answer, message: Message) -> Evidence {
    let mut evidence = Evidence::from(message).repeat_with(&request.curl());
    evidence.observed = Some(message!("observed-answer", answer = answer.shown()));
    evidence
}
