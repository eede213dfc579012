//! What was measured and earns nothing, in words. Where it could not be measured, that is nobody's
//! fault in these words: the grade does not hang on it.

use labgrade_checkers::message::Message;
use labgrade_checkers::verdict::{Evidence, Verdict};

use super::{clean, line};
use crate::grade::Shown;
use crate::text::Catalogue;

/// Something that was measured to be shown.
pub(in crate::report) struct Figure<'a> {
    pub id: String,
    pub title: String,
    /// Whether there is anything to show.
    pub measured: bool,
    /// What was seen, or why nothing was.
    pub message: String,
    pub details: Vec<String>,
    /// What it says, and what it does not say.
    pub hint: String,
    pub millis: u64,
    pub evidence: Option<&'a Evidence>,
}

/// One of them in words.
pub(in crate::report) fn figure<'a>(shown: &'a Shown, catalogue: &Catalogue) -> Figure<'a> {
    let say = |message: &Message| clean(&catalogue.render(message));
    let evidence = shown.verdict.evidence();
    let (message, details) = match &shown.verdict {
        Verdict::Skipped { reason } | Verdict::Pending { reason } => (say(reason), Vec::new()),
        Verdict::Broken { cause } => {
            let why = [
                Some(say(&cause.message)),
                cause.detail.as_ref().map(|detail| clean(detail.as_str())),
            ];
            (
                catalogue.get("report-shown-broken"),
                why.into_iter().flatten().collect(),
            )
        }
        Verdict::Passed { evidence }
        | Verdict::Partial { evidence, .. }
        | Verdict::Failed { evidence } => (
            say(&evidence.message),
            evidence.details.iter().map(say).collect(),
        ),
    };
    Figure {
        id: line(&shown.id),
        title: line(catalogue.text(&shown.title)),
        measured: evidence.is_some(),
        message,
        details,
        hint: clean(catalogue.text(&shown.hint)),
        millis: shown.millis,
        evidence,
    }
}

/// All of them.
pub(in crate::report) fn figures<'a>(shown: &'a [Shown], catalogue: &Catalogue) -> Vec<Figure<'a>> {
    shown.iter().map(|shown| figure(shown, catalogue)).collect()
}
