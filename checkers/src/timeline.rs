//! What was done to a lab while it was judged, and what was seen of it: one line of events for the
//! whole grade, and the time that went by with nothing but waiting.
//!
//! Nothing is judged here.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::message::Message;

/// The most events that are kept of one grade.
const MOST: usize = 400;

/// One thing that was done or seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// Milliseconds since the checks began.
    pub at: u64,
    /// The service that it is about.
    pub service: String,
    /// Whether the grader did it, or saw it.
    pub kind: Kind,
    /// What it was, in a few words.
    pub what: Message,
}

/// Whether the grader did something, or saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The grader did it: a fault, or its end.
    Done,
    /// The grader saw it.
    Seen,
}

/// A place in a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark(usize);

/// The events of one grade.
#[derive(Debug)]
pub struct Timeline {
    began: Instant,
    events: Mutex<Vec<Event>>,
    /// Microseconds in which something was waited for.
    waited: AtomicU64,
}

impl Default for Timeline {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            events: Mutex::default(),
            waited: AtomicU64::new(0),
        }
    }
}

impl Timeline {
    /// Notes what the grader has done to a service.
    pub fn done(&self, service: &str, what: Message) {
        self.note(service, Kind::Done, what);
    }

    /// Notes what the grader has seen of a service.
    pub fn seen(&self, service: &str, what: Message) {
        self.note(service, Kind::Seen, what);
    }

    fn note(&self, service: &str, kind: Kind, what: Message) {
        let at = self.now();
        let mut events = self.lock();
        if events.len() < MOST {
            let service = service.to_owned();
            events.push(Event {
                at,
                service,
                kind,
                what,
            });
        }
    }

    /// Milliseconds since the checks began.
    #[must_use]
    pub fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// A place in the timeline: after all events that there are.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark(self.lock().len())
    }

    /// The events after a place.
    #[must_use]
    pub fn since(&self, mark: Mark) -> Vec<Event> {
        self.lock().iter().skip(mark.0).cloned().collect()
    }

    /// Adds to the time in which nothing was done but waiting.
    pub fn wait(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.waited.fetch_add(micros, Ordering::Relaxed);
    }

    /// Milliseconds in which nothing was done but waiting.
    #[must_use]
    pub fn waited(&self) -> u64 {
        self.waited.load(Ordering::Relaxed) / 1_000
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Event>> {
        self.events
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message;

    #[test]
    fn events_are_kept_in_order_and_up_to_a_bound() {
        let timeline = Timeline::default();
        let start = timeline.mark();
        timeline.done("primary", message!("event-killed"));
        timeline.seen("standby", message!("event-answers"));
        let events = timeline.since(start);
        let kinds: Vec<Kind> = events.iter().map(|event| event.kind).collect();
        assert_eq!(kinds, [Kind::Done, Kind::Seen]);
        assert!(events.is_sorted_by_key(|event| event.at));
        assert_eq!(timeline.since(timeline.mark()), []);
        for _ in 0..2 * MOST {
            timeline.seen("standby", message!("event-answers"));
        }
        assert_eq!(timeline.since(start).len(), MOST);
        timeline.wait(Duration::from_millis(1_500));
        timeline.wait(Duration::from_micros(700));
        assert_eq!(timeline.waited(), 1_500);
    }
}
