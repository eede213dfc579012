//! A test double: a service of ours that the submission calls, and that only the grader directs.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::bench::Endpoint;
use crate::context::Context;
use crate::measure::api::Api;
use crate::measure::http::Request;
use crate::message;
use crate::verdict::Broken;

/// For one word of the grader's.
const LIMIT: Duration = Duration::from_secs(10);

/// What the double does with a call that matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// It answers.
    Answer,
    /// It never does.
    Hang,
    /// It answers once it is released.
    Latch,
    /// It closes the connection.
    Close,
}

/// What it does with which calls; of several rules the first that matches holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rule {
    /// A regular expression for the whole path.
    pub path: String,
    /// Only for so many calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// What it does.
    pub act: Act,
    /// The answer's status.
    pub status: u16,
    /// The answer's body.
    pub body: Value,
    /// The answer is held back for so long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
}

impl Rule {
    /// Answers 200.
    #[must_use]
    pub fn answer(path: &str, body: Value) -> Self {
        Self {
            path: path.to_owned(),
            times: None,
            act: Act::Answer,
            status: 200,
            body,
            delay_ms: None,
        }
    }

    /// Answers only after a while.
    #[must_use]
    pub fn delayed(self, by: Duration) -> Self {
        let delay_ms = u64::try_from(by.as_millis()).ok();
        Self { delay_ms, ..self }
    }

    /// The same, otherwise.
    #[must_use]
    pub fn act(self, act: Act) -> Self {
        Self { act, ..self }
    }

    /// With another status.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

/// What the double counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Calls {
    /// Calls that arrived.
    pub received: usize,
    /// Those that are not answered yet.
    pub in_flight: usize,
    /// Those that wait to be released.
    pub waiting: usize,
    /// The most that ever waited at once.
    pub most_waiting: usize,
    /// Calls that were answered.
    pub answered: usize,
    /// Calls whose caller left before.
    pub gone: usize,
}

/// One call, as the double has written it down.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Call {
    /// When it arrived, in milliseconds of the double's own clock.
    pub at_ms: f64,
    /// When it was answered, closed or given up; none if it still waits.
    pub ended_ms: Option<f64>,
    /// The path, as in `/quote/7`.
    pub path: String,
}

/// The state of the one answer that a proxy holds back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Held {
    /// It waits for it.
    pub armed: bool,
    /// It has it.
    pub held: bool,
}

/// The grader's side of a double.
pub struct Double {
    at: Endpoint,
    token: String,
}

impl Double {
    /// The double that a service calls.
    ///
    /// # Errors
    /// The lab has none.
    pub fn of(cx: &Context<'_>, api: &Api) -> Result<Self, Broken> {
        Self::named(cx, &api.upstream, &api.director)
    }

    /// A double by its name.
    ///
    /// # Errors
    /// The lab has none.
    pub fn named(cx: &Context<'_>, service: &str, login: &str) -> Result<Self, Broken> {
        Ok(Self {
            at: cx.bench.endpoint(service)?,
            token: cx.bench.login(service, login)?.password,
        })
    }

    /// Sets the rules, and begins to count.
    ///
    /// # Errors
    /// The double does not answer.
    pub async fn rules(&self, rules: &[Rule]) -> Result<(), Broken> {
        self.say(Request::delete("/calls")).await?;
        self.say(Request::put("/rules").json(&json!(rules))).await?;
        Ok(())
    }

    /// What it has counted.
    ///
    /// # Errors
    /// The double does not answer.
    pub async fn calls(&self) -> Result<Calls, Broken> {
        read(self.say(Request::get("/state")).await?)
    }

    /// The first 500 calls since the rules were set, in the order in which they arrived.
    ///
    /// # Errors
    /// The double does not answer.
    pub async fn ledger(&self) -> Result<Vec<Call>, Broken> {
        read(self.say(Request::get("/calls")).await?)
    }

    /// Answers all that wait, and all that come after.
    ///
    /// # Errors
    /// The double does not answer.
    pub async fn release(&self) -> Result<(), Broken> {
        let request = Request::post("/release").json(&json!({"keep": true}));
        self.say(request).await.map(drop)
    }

    /// Holds back the next answer of the proxied server that contains these bytes, and what comes
    /// after it on its connection.
    ///
    /// # Errors
    /// The double does not answer.
    pub async fn hold(&self, needle: &str) -> Result<(), Broken> {
        let request = Request::put("/hold").json(&json!({"needle": needle}));
        self.say(request).await.map(drop)
    }

    /// Whether it has been held.
    ///
    /// # Errors
    /// The double does not answer.
    pub async fn held(&self) -> Result<Held, Broken> {
        read(self.say(Request::get("/hold")).await?)
    }

    /// Lets what was held go, and holds nothing more.
    ///
    /// # Errors
    /// The double does not answer.
    pub async fn let_go(&self) -> Result<(), Broken> {
        self.say(Request::post("/hold/release")).await.map(drop)
    }

    async fn say(&self, request: Request) -> Result<Value, Broken> {
        let request = request.header("Authorization", &format!("Bearer {}", self.token));
        let answer = request.ask_at(&self.at, LIMIT).await;
        let answer =
            answer.map_err(|none| Broken::because(message!("broken-double"), none.words()))?;
        if answer.status / 100 != 2 {
            return Err(Broken::because(message!("broken-double"), answer.shown()));
        }
        Ok(answer.json().unwrap_or_default())
    }
}

fn read<T: for<'a> Deserialize<'a>>(value: Value) -> Result<T, Broken> {
    serde_json::from_value(value).map_err(|error| Broken::because(message!("broken-double"), error))
}
