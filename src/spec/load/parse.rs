//! TOML to types, with all the mistakes that can be told apart, each at its place.
//!
//! serde stops at the first mistake. An author wants all of them, so a document that does not fit
//! is tried again piece by piece: every check, every shown figure, every service, every number of
//! the machine, and the rest without the broken ones.

use std::ops::Range;

use labgrade_checkers::message;
use labgrade_checkers::message::Message;
use labgrade_checkers::workload;
use serde::de::DeserializeOwned;
use serde_spanned::Spanned;
use toml::de::{DeTable, DeValue, Deserializer, Error, ValueDeserializer};

use crate::spec::mistake::{Source, SpecMistake, did_you_mean};
use crate::spec::places::table_of;
use crate::spec::{CheckSpec, Number, ServiceSpec, ShownSpec};

/// Reads a document.
///
/// # Errors
/// Everything that is wrong with its syntax; where nothing is, everything that does not fit.
pub fn parse<T: DeserializeOwned>(source: &Source) -> Result<T, Vec<SpecMistake>> {
    let (document, errors) = DeTable::parse_recoverable(&source.text);
    let errors = if errors.is_empty() {
        match T::deserialize(Deserializer::from(document.clone())) {
            Ok(value) => return Ok(value),
            Err(first) => piecewise::<T>(first, &document),
        }
    } else {
        errors.into_iter().map(Misfit::whole).collect()
    };
    let mut mistakes: Vec<SpecMistake> = Vec::new();
    for error in &errors {
        let mistake = explained(error, source, document.get_ref());
        if !mistakes.contains(&mistake) {
            mistakes.push(mistake);
        }
    }
    mistakes.sort_by_key(|mistake| mistake.span().map(|span| span.start));
    Err(mistakes)
}

/// What the parser says of a piece, and where the piece stands: not every error knows its place.
struct Misfit {
    error: Error,
    piece: Range<usize>,
}

impl Misfit {
    fn whole(error: Error) -> Self {
        Self { error, piece: 0..0 }
    }
}

fn piecewise<T: DeserializeOwned>(first: Error, document: &Spanned<DeTable<'_>>) -> Vec<Misfit> {
    let mut errors = Vec::new();
    let mut rest = DeTable::new();
    for (key, value) in document.get_ref() {
        let span = value.span();
        let left = match (key.get_ref().as_ref(), value.get_ref()) {
            ("check", DeValue::Array(checks)) => {
                Some(sound_items::<CheckSpec>(checks, &mut errors))
            }
            ("shown", DeValue::Array(shown)) => Some(sound_items::<ShownSpec>(shown, &mut errors)),
            ("services", DeValue::Table(services)) => {
                Some(sound_entries::<ServiceSpec>(services, &mut errors))
            }
            ("machine", DeValue::Table(machine)) => {
                Some(sound_entries::<Number>(machine, &mut errors))
            }
            ("workload", _) => {
                fits::<workload::Spec>(value, &mut errors).then(|| value.get_ref().clone())
            }
            _ => Some(value.get_ref().clone()),
        };
        if let Some(left) = left {
            rest.insert(key.clone(), Spanned::new(span, left));
        }
    }
    let rest = Spanned::new(document.span(), rest);
    let of_rest = T::deserialize(Deserializer::from(rest)).err();
    errors.extend(of_rest.map(Misfit::whole));
    if errors.is_empty() {
        errors.push(Misfit::whole(first));
    }
    errors
}

/// The items of an array that fit; what is wrong with the others goes to `errors`.
fn sound_items<'a, T: DeserializeOwned>(
    items: &[Spanned<DeValue<'a>>],
    errors: &mut Vec<Misfit>,
) -> DeValue<'a> {
    let sound = items.iter().filter(|item| fits::<T>(item, errors));
    DeValue::Array(sound.cloned().collect())
}

/// The same of a table's values.
fn sound_entries<'a, T: DeserializeOwned>(
    entries: &DeTable<'a>,
    errors: &mut Vec<Misfit>,
) -> DeValue<'a> {
    let sound = entries.iter().filter(|(_, value)| fits::<T>(value, errors));
    DeValue::Table(
        sound
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    )
}

fn fits<T: DeserializeOwned>(piece: &Spanned<DeValue<'_>>, errors: &mut Vec<Misfit>) -> bool {
    match T::deserialize(ValueDeserializer::from(piece.clone())) {
        Ok(_) => true,
        Err(error) => {
            let piece = piece.span();
            errors.push(Misfit { error, piece });
            false
        }
    }
}

/// serde's sentences have a fixed form; those about names are said in the author's language, with
/// the name that was meant. The rest stays as the parser says it.
fn explained(misfit: &Misfit, source: &Source, document: &DeTable<'_>) -> SpecMistake {
    let span = misfit.error.span().unwrap_or(misfit.piece.clone());
    let text = misfit.error.message();
    let names: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    let mistake = match names.as_slice() {
        [name, known @ ..] if text.starts_with("unknown field") => {
            SpecMistake::new(message!("spec-unknown-field", name = *name))
                .meant(did_you_mean(name, known.iter().copied()))
                .help(expected(known))
        }
        [name, known @ ..] if text.starts_with("unknown variant") => {
            SpecMistake::new(message!("spec-unknown-variant", name = *name))
                .meant(did_you_mean(name, known.iter().copied()))
                .help(expected(known))
        }
        [name] if text.starts_with("missing field") => {
            let help = match (*name, table_of(document, &span)) {
                ("ru" | "en", _) => message!("spec-missing-field-language"),
                (_, table) if table.is_empty() => message!("spec-missing-field-top"),
                (_, table) => message!("spec-missing-field-table", table = table),
            };
            SpecMistake::new(message!("spec-missing-field", name = *name)).help(Some(help))
        }
        _ => SpecMistake::of_parser(text),
    };
    mistake.at(source, span)
}

fn expected(known: &[&str]) -> Option<Message> {
    (!known.is_empty()).then(|| message!("spec-known-names", names = known.join(", ")))
}
