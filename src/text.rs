//! The catalogues: what a [`Message`] says in Russian or English.
//!
//! Every sentence stands in `templates/messages/<lang>/*.ftl` (Fluent), compiled into the binary.
//! Nothing here decides anything; a sentence that is missing shows its key, it never panics.

#[cfg(test)]
mod completeness;
mod figures;

use std::borrow::Cow;

use clap::ValueEnum;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use labgrade_checkers::message::{Arg, Message};
use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};

use crate::grade::Points;
use crate::spec::Text;

/// A language of the course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lang {
    /// Russian.
    Ru,
    /// English.
    En,
}

impl Lang {
    /// The user's language: Russian where the locale says so, else English.
    #[must_use]
    pub fn detect() -> Self {
        sys_locale::get_locale().map_or(Self::En, |locale| Self::of_locale(&locale))
    }

    fn of_locale(locale: &str) -> Self {
        let language = locale.split(['-', '_', '.', '@']).next();
        match language {
            Some(language) if language.eq_ignore_ascii_case("ru") => Self::Ru,
            _ => Self::En,
        }
    }

    /// The tag of BCP 47: the catalogues' folder, and `lang` of a page.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::En => "en",
        }
    }
}

#[derive(RustEmbed)]
#[folder = "templates/messages/"]
#[include = "*/*.ftl"]
struct Sentences;

/// All sentences in one language.
pub struct Catalogue {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
    units: figures::Units,
}

impl Catalogue {
    /// Reads the catalogues of a language.
    #[must_use]
    pub fn new(lang: Lang) -> Self {
        let tag = lang.tag().parse().expect("both tags are well-formed");
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // Isolation marks are bidirectional characters, which no report of ours may hold.
        bundle.set_use_isolating(false);
        for path in Sentences::iter().filter(|path| path.starts_with(lang.tag())) {
            let Some(file) = Sentences::get(&path) else {
                continue;
            };
            let source = String::from_utf8_lossy(&file.data).into_owned();
            // What parses of a file is used; that all of it parses is a test.
            let resource = FluentResource::try_new(source).unwrap_or_else(|(rest, _)| rest);
            bundle.add_resource_overriding(resource);
        }
        #[cfg(test)]
        crate::report::sample::teach(&mut bundle, lang);
        let units = figures::Units::new(lang, |key| sentence(&bundle, key, None));
        figures::teach(&mut bundle, lang, &units);
        Self {
            lang,
            bundle,
            units,
        }
    }

    /// The language.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The sentence of a message. A key that no catalogue has shows itself with its arguments.
    #[must_use]
    pub fn render(&self, message: &Message) -> String {
        let mut args = FluentArgs::new();
        for (name, arg) in &message.args {
            let value = match arg {
                Arg::Number(number) => FluentValue::from(*number),
                Arg::Text(text) => FluentValue::String(Cow::Borrowed(text.as_str())),
            };
            args.set(name.as_str(), value);
        }
        sentence(&self.bundle, &message.key, Some(&args)).unwrap_or_else(|| bare(message))
    }

    /// A sentence without arguments.
    #[must_use]
    pub fn get(&self, key: &str) -> String {
        sentence(&self.bundle, key, None).unwrap_or_else(|| format!("[{key}]"))
    }

    /// Whether a catalogue has the key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    /// A specification's text in this language.
    #[must_use]
    pub fn text<'a>(&self, text: &'a Text) -> &'a str {
        match self.lang {
            Lang::Ru => &text.ru,
            Lang::En => &text.en,
        }
    }

    /// A count, its digits in groups: `8 064` or `8,064`.
    #[must_use]
    pub fn number(&self, number: u64) -> String {
        figures::grouped(self.lang, number)
    }

    /// So many bytes: exact below 10 kB, rounded above.
    #[must_use]
    pub fn bytes(&self, bytes: u64) -> String {
        self.units.bytes(bytes)
    }

    /// So many microseconds: `640 µs`, `3.8 ms`, `4.2 s`.
    #[must_use]
    pub fn micros(&self, micros: u64) -> String {
        self.units.micros(micros)
    }

    /// So many milliseconds: `640 ms`, `4.2 s`, `2 min 5 s`.
    #[must_use]
    pub fn millis(&self, millis: u64) -> String {
        self.units.millis(millis)
    }

    /// So many milliseconds in seconds, whatever the size: `0.6 s`, `125 s`.
    #[must_use]
    pub fn seconds(&self, millis: u64) -> String {
        self.units.seconds(millis)
    }

    /// Thousandths as a number with two decimals, a small one with three: `1.12`, `0.045`.
    #[must_use]
    pub fn thousandths(&self, number: u64) -> String {
        if number < 100 {
            return figures::decimal(self.lang, &format!("0.{number:03}"));
        }
        let hundredths = number / 10 + u64::from(number % 10 >= 5);
        let whole = figures::grouped(self.lang, hundredths / 100);
        let mark = figures::decimal(self.lang, ".");
        format!("{whole}{mark}{:02}", hundredths % 100)
    }

    /// Millionths as a percentage: `95%`, `99.9%`.
    #[must_use]
    pub fn percentage(&self, millionths: u64) -> String {
        figures::percentage(self.lang, millionths)
    }

    /// Points, with the language's decimal mark: `5.81` or `5,81`.
    #[must_use]
    pub fn points(&self, points: Points) -> String {
        figures::decimal(self.lang, &points.to_string())
    }
}

fn sentence(
    bundle: &FluentBundle<FluentResource>,
    key: &str,
    args: Option<&FluentArgs<'_>>,
) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    // An argument that is missing shows as `{$name}`; the errors say no more than that.
    let mut errors = Vec::new();
    Some(
        bundle
            .format_pattern(pattern, args, &mut errors)
            .into_owned(),
    )
}

/// `[key name=value …]`.
fn bare(message: &Message) -> String {
    let mut text = format!("[{}", message.key);
    for (name, arg) in &message.args {
        let value = match arg {
            Arg::Number(number) => number.to_string(),
            Arg::Text(value) => value.to_string(),
        };
        text.push_str(&format!(" {name}={value}"));
    }
    text.push(']');
    text
}

#[cfg(test)]
mod tests {
    use labgrade_checkers::message;

    use super::*;

    #[test]
    fn a_catalogue_crosses_threads() {
        fn crosses<T: Send + Sync>() {}
        crosses::<Catalogue>();
    }

    #[test]
    fn locales() {
        for (locale, lang) in [
            ("ru", Lang::Ru),
            ("ru-RU", Lang::Ru),
            ("ru_RU.UTF-8", Lang::Ru),
            ("RU", Lang::Ru),
            ("run", Lang::En),
            ("en-US", Lang::En),
            ("C", Lang::En),
            ("", Lang::En),
        ] {
            assert_eq!(Lang::of_locale(locale), lang, "{locale}");
        }
    }

    #[test]
    fn russian_counts_have_their_forms() {
        let catalogue = Catalogue::new(Lang::Ru);
        for (blocks, text) in [
            (1, "1 блок"),
            (2, "2 блока"),
            (5, "5 блоков"),
            (11, "11 блоков"),
            (21, "21 блок"),
            (8064, "8\u{202f}064 блока"),
        ] {
            assert_eq!(catalogue.render(&message!("blocks", blocks = blocks)), text);
        }
        let english = Catalogue::new(Lang::En);
        assert_eq!(english.render(&message!("blocks", blocks = 1)), "1 block");
        assert_eq!(
            english.render(&message!("blocks", blocks = 8064)),
            "8,064 blocks"
        );
    }

    #[test]
    fn what_is_missing_shows_itself() {
        let catalogue = Catalogue::new(Lang::En);
        let message = Message {
            key: "no-such-key".into(),
            args: message!("blocks", n = 3, what = "x").args,
        };
        assert_eq!(catalogue.render(&message), "[no-such-key n=3 what=x]");
        assert_eq!(catalogue.get("no-such-key"), "[no-such-key]");
    }
}
