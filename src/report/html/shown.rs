//! What was measured and earns nothing: a section of its own after the checks.

use serde::Serialize;

use super::drawn::{Drawn, drawn};
use crate::grade::Grade;
use crate::report::told::shown::figures;
use crate::text::Catalogue;

/// One of them.
#[derive(Serialize)]
pub(super) struct Measured {
    id: String,
    title: String,
    measured: bool,
    message: String,
    details: Vec<String>,
    drawn: Drawn,
    hint: String,
    millis: String,
}

/// All of them, in the lab's order.
pub(super) fn shown(grade: &Grade, catalogue: &Catalogue) -> Vec<Measured> {
    let figures = figures(&grade.shown, catalogue).into_iter();
    figures
        .map(|figure| Measured {
            drawn: drawn(figure.evidence, catalogue),
            id: figure.id,
            title: figure.title,
            measured: figure.measured,
            message: figure.message,
            details: figure.details,
            hint: figure.hint,
            millis: catalogue.millis(figure.millis),
        })
        .collect()
}
