//! Progress of long work: a line that moves on a terminal, plain lines where there is none. All of
//! it goes to standard error, so that standard output is the answer alone.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use labgrade_checkers::message;
use labgrade_checkers::message::Message;

use crate::pipeline::Event;
use crate::text::Catalogue;

/// Shows events of one piece of work.
pub struct Progress<'a> {
    catalogue: &'a Catalogue,
    bar: Option<ProgressBar>,
}

impl<'a> Progress<'a> {
    /// Moving on a terminal; lines otherwise.
    #[must_use]
    pub fn new(catalogue: &'a Catalogue) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{spinner:.cyan} {msg} {elapsed:.dim}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self { catalogue, bar }
    }

    /// Shows an event of the pipeline.
    pub fn event(&self, event: &Event) {
        match event {
            Event::Stage(message) => self.step(message),
            Event::Check(number, of, id) => {
                self.step(&message!(
                    "stage-check",
                    number = *number,
                    of = *of,
                    check = id
                ));
            }
            Event::Note(message) => self.note(message),
        }
    }

    /// What is being done now; replaced by the next step.
    pub fn step(&self, message: &Message) {
        let text = self.catalogue.render(message);
        match &self.bar {
            Some(bar) => bar.set_message(text),
            None => eprintln!("{text}"),
        }
    }

    /// A line that stays.
    pub fn note(&self, message: &Message) {
        let text = self.catalogue.render(message);
        match &self.bar {
            Some(bar) => bar.println(text),
            None => eprintln!("{text}"),
        }
    }

    /// The work is done: the moving line goes.
    pub fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
