//! Numbers, bytes and times as a language writes them, also as functions of the catalogues:
//! `BYTES($n)`, `SECONDS($ms)`, `MICROS($us)`, `NUMBER($n)`. A bare `{ $n }` has its digits grouped too.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::types::FluentNumber;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use super::Lang;

/// The words for units, out of the catalogue.
#[derive(Debug, Clone)]
pub(super) struct Units {
    lang: Lang,
    byte: [String; 4],
    microsecond: String,
    millisecond: String,
    second: String,
    minute: String,
}

impl Units {
    /// Looks the words up.
    pub(super) fn new(lang: Lang, word: impl Fn(&str) -> Option<String>) -> Self {
        let word = |key: &str| word(key).unwrap_or_else(|| key.to_owned());
        Self {
            lang,
            byte: ["unit-b", "unit-kb", "unit-mb", "unit-gb"].map(word),
            microsecond: word("unit-us"),
            millisecond: word("unit-ms"),
            second: word("unit-s"),
            minute: word("unit-min"),
        }
    }

    /// Exact below 10 kB, then with one decimal up to a hundred of a unit.
    pub(super) fn bytes(&self, bytes: u64) -> String {
        if bytes < 10_000 {
            return format!("{}\u{a0}{}", grouped(self.lang, bytes), self.byte[0]);
        }
        let mut power = 1;
        let mut size: u64 = 1_000;
        while power < 3 && bytes >= size * 1_000 - size / 2 {
            power += 1;
            size *= 1_000;
        }
        format!("{}\u{a0}{}", self.rounded(bytes, size), self.byte[power])
    }

    /// `640 µs`, `3.8 ms`, and then as milliseconds are written.
    pub(super) fn micros(&self, micros: u64) -> String {
        if micros < 1_000 {
            return format!("{micros}\u{a0}{}", self.microsecond);
        }
        if micros < 999_500 {
            return format!("{}\u{a0}{}", self.rounded(micros, 1_000), self.millisecond);
        }
        self.millis(micros / 1_000 + u64::from(micros % 1_000 >= 500))
    }

    /// `640 ms`, `4.2 s`, `2 min 5 s`.
    pub(super) fn millis(&self, millis: u64) -> String {
        if millis < 1_000 {
            return format!("{millis}\u{a0}{}", self.millisecond);
        }
        if millis < 59_950 {
            return format!("{}\u{a0}{}", self.rounded(millis, 1_000), self.second);
        }
        let seconds = millis.saturating_add(500) / 1_000;
        let minutes = format!("{}\u{a0}{}", grouped(self.lang, seconds / 60), self.minute);
        match seconds % 60 {
            0 => minutes,
            rest => format!("{minutes} {rest}\u{a0}{}", self.second),
        }
    }

    /// In seconds whatever the size, so that a column of them can be compared: `0.6 s`, `125 s`.
    pub(super) fn seconds(&self, millis: u64) -> String {
        format!("{}\u{a0}{}", self.rounded(millis, 1_000), self.second)
    }

    /// `amount / unit`, with one decimal below a hundred.
    fn rounded(&self, amount: u64, unit: u64) -> String {
        let tenths = amount / (unit / 10) + u64::from(amount % (unit / 10) >= unit / 20);
        if tenths < 1_000 {
            decimal(self.lang, &format!("{}.{}", tenths / 10, tenths % 10))
        } else {
            grouped(
                self.lang,
                amount / unit + u64::from(amount % unit >= unit / 2),
            )
        }
    }
}

/// Digits in groups of three: a narrow no-break space in Russian, a comma in English.
pub(super) fn grouped(lang: Lang, number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(match lang {
                Lang::Ru => '\u{202f}',
                Lang::En => ',',
            });
        }
        text.push(digit);
    }
    text
}

/// A number that was written with a point.
pub(super) fn decimal(lang: Lang, number: &str) -> String {
    match lang {
        Lang::Ru => number.replace('.', ","),
        Lang::En => number.to_owned(),
    }
}

/// Millionths as a percentage, without zeros at its end: `95%`, `99.9%`.
pub(super) fn percentage(lang: Lang, millionths: u64) -> String {
    let (whole, rest) = (millionths / 10_000, millionths % 10_000);
    let digits = format!("{whole}.{rest:04}");
    let number = decimal(lang, digits.trim_end_matches('0').trim_end_matches('.'));
    match lang {
        Lang::Ru => format!("{number}\u{a0}%"),
        Lang::En => format!("{number}%"),
    }
}

/// Adds the functions, and the grouping of bare numbers.
pub(super) fn teach(bundle: &mut FluentBundle<FluentResource>, lang: Lang, units: &Units) {
    bundle.set_formatter(Some(match lang {
        Lang::Ru => |value, _| plain(Lang::Ru, value),
        Lang::En => |value, _| plain(Lang::En, value),
    }));
    let of_bytes = units.clone();
    let of_micros = units.clone();
    let of_millis = units.clone();
    let taught = [
        bundle.add_function("BYTES", move |args, _| {
            first(args, |bytes| of_bytes.bytes(bytes))
        }),
        bundle.add_function("SECONDS", move |args, _| {
            first(args, |millis| of_millis.millis(millis))
        }),
        bundle.add_function("MICROS", move |args, _| {
            first(args, |micros| of_micros.micros(micros))
        }),
        bundle.add_function("NUMBER", number),
    ];
    debug_assert!(taught.iter().all(Result::is_ok), "each name is new");
}

/// `NUMBER($n, useGrouping: "false")`: the options go with the number.
fn number<'a>(args: &[FluentValue<'a>], options: &FluentArgs<'_>) -> FluentValue<'a> {
    match args.first() {
        Some(FluentValue::Number(number)) => {
            let mut number = number.clone();
            number.options.merge(options);
            FluentValue::Number(number)
        }
        _ => FluentValue::Error,
    }
}

fn first<'a>(args: &[FluentValue<'a>], text: impl Fn(u64) -> String) -> FluentValue<'a> {
    match args.first().and_then(whole) {
        Some(number) => FluentValue::from(text(number)),
        None => FluentValue::Error,
    }
}

fn plain(lang: Lang, value: &FluentValue<'_>) -> Option<String> {
    let FluentValue::Number(FluentNumber { options, .. }) = value else {
        return None;
    };
    let number = whole(value)?;
    options.use_grouping.then(|| grouped(lang, number))
}

/// A whole number that is not negative, which all counts of ours are.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked: whole and not negative; a cast of a larger float saturates"
)]
fn whole(value: &FluentValue<'_>) -> Option<u64> {
    match value {
        FluentValue::Number(number) if number.value >= 0.0 && number.value.fract() == 0.0 => {
            Some(number.value as u64)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Catalogue;

    #[test]
    fn figures_of_both_languages() {
        let (ru, en) = (Catalogue::new(Lang::Ru), Catalogue::new(Lang::En));
        for (bytes, russian, english) in [
            (0, "0 Б", "0 B"),
            (8_192, "8\u{202f}192 Б", "8,192 B"),
            (12_345, "12,3 кБ", "12.3 kB"),
            (999_499, "999 кБ", "999 kB"),
            (999_500, "1,0 МБ", "1.0 MB"),
            (1_234_567, "1,2 МБ", "1.2 MB"),
            (81_000_000, "81,0 МБ", "81.0 MB"),
            (512_000_000, "512 МБ", "512 MB"),
            (7_000_000_000_000, "7\u{202f}000 ГБ", "7,000 GB"),
        ] {
            assert_eq!(ru.bytes(bytes).replace('\u{a0}', " "), russian);
            assert_eq!(en.bytes(bytes).replace('\u{a0}', " "), english);
        }
        for (millis, russian, english) in [
            (7, "7 мс", "7 ms"),
            (1_240, "1,2 с", "1.2 s"),
            (59_949, "59,9 с", "59.9 s"),
            (60_000, "1 мин", "1 min"),
            (125_400, "2 мин 5 с", "2 min 5 s"),
        ] {
            assert_eq!(ru.millis(millis).replace('\u{a0}', " "), russian);
            assert_eq!(en.millis(millis).replace('\u{a0}', " "), english);
        }
        for (micros, russian, english) in [
            (0, "0 мкс", "0 µs"),
            (999, "999 мкс", "999 µs"),
            (3_849, "3,8 мс", "3.8 ms"),
            (384_000, "384 мс", "384 ms"),
            (999_499, "999 мс", "999 ms"),
            (999_500, "1,0 с", "1.0 s"),
            (125_400_000, "2 мин 5 с", "2 min 5 s"),
        ] {
            assert_eq!(ru.micros(micros).replace('\u{a0}', " "), russian);
            assert_eq!(en.micros(micros).replace('\u{a0}', " "), english);
        }
        for (millionths, russian, english) in [
            (0, "0 %", "0%"),
            (500_000, "50 %", "50%"),
            (999_000, "99,9 %", "99.9%"),
            (999_999, "99,9999 %", "99.9999%"),
            (1_000_000, "100 %", "100%"),
        ] {
            assert_eq!(ru.percentage(millionths).replace('\u{a0}', " "), russian);
            assert_eq!(en.percentage(millionths), english);
        }
        for (millis, russian, english) in [
            (0, "0,0 с", "0.0 s"),
            (640, "0,6 с", "0.6 s"),
            (125_400, "125 с", "125 s"),
        ] {
            assert_eq!(ru.seconds(millis).replace('\u{a0}', " "), russian);
            assert_eq!(en.seconds(millis).replace('\u{a0}', " "), english);
        }
        for (thousandths, russian, english) in [
            (0, "0,000", "0.000"),
            (45, "0,045", "0.045"),
            (1_124, "1,12", "1.12"),
            (1_125, "1,13", "1.13"),
            (12_345_678, "12\u{202f}345,68", "12,345.68"),
        ] {
            assert_eq!(ru.thousandths(thousandths), russian);
            assert_eq!(en.thousandths(thousandths), english);
        }
        assert_eq!(ru.number(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(en.number(999), "999");
    }
}
