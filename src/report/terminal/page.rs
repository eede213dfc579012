//! Lines of a terminal: wrapped at its width, with colours only if it has them.

use console::{Style, measure_text_width};

use super::Screen;
use crate::report::told::Kind;

/// The narrowest page that is set properly.
const NARROWEST: usize = 40;
/// The widest: longer lines are hard to read.
const WIDEST: usize = 110;

/// What is written so far.
pub(super) struct Page {
    text: String,
    colour: bool,
    width: usize,
}

impl Page {
    pub(super) fn new(screen: Screen) -> Self {
        Self {
            text: String::new(),
            colour: screen.colour,
            width: screen.width.clamp(NARROWEST, WIDEST),
        }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn styled(&self, style: Style, text: &str) -> String {
        style.force_styling(self.colour).apply_to(text).to_string()
    }

    pub(super) fn bold(&self, text: &str) -> String {
        self.styled(Style::new().bold(), text)
    }

    pub(super) fn dim(&self, text: &str) -> String {
        self.styled(Style::new().dim(), text)
    }

    /// One line, wrapped only where it does not fit.
    pub(super) fn line(&mut self, indent: usize, text: &str) {
        self.text_after(&" ".repeat(indent), text);
    }

    /// A paragraph.
    pub(super) fn text(&mut self, indent: usize, text: &str) {
        self.line(indent, text);
    }

    /// A paragraph whose further lines stand under the first one's text.
    pub(super) fn text_after(&mut self, label: &str, text: &str) {
        // Under a label that takes half of the line, no text can be read.
        let hang = measure_text_width(label).min(self.width / 2);
        let first = self.width.saturating_sub(measure_text_width(label)).max(1);
        let lines = wrapped(text, first, self.width - hang);
        for (index, line) in lines.iter().enumerate() {
            let line = if index == 0 {
                format!("{label}{line}")
            } else {
                format!("{}{line}", " ".repeat(hang))
            };
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }

    /// A heading with something at the right edge.
    pub(super) fn row(&mut self, head: &str, title: &str, right: &str) {
        let left = format!("{head}  {title}");
        let used = measure_text_width(&left) + measure_text_width(right) + 2;
        if used <= self.width {
            let fill = " ".repeat(self.width - used + 2);
            self.text.push_str(&format!("{left}{fill}{right}\n"));
        } else {
            self.text_after("", &left);
            self.line(4, right);
        }
    }

    /// An empty line, never two.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A bar for a part of a whole.
    pub(super) fn bar(&self, part: u32, whole: u32) -> String {
        let style = match (u64::from(part) * 100).checked_div(u64::from(whole)) {
            Some(85..) => Style::new().green(),
            Some(50..) => Style::new().yellow(),
            _ => Style::new().red(),
        };
        let length = (self.width / 3).min(30);
        let full = blocks(u64::from(part), u64::from(whole), length);
        let rest = "░".repeat(length.saturating_sub(full.chars().count()));
        format!("{}{}", self.styled(style, &full), self.dim(&rest))
    }

    pub(super) fn finish(self) -> String {
        format!("{}\n", self.text.trim_end())
    }
}

/// A bar of full blocks; something is never shown as nothing, nor a part as the whole.
pub(super) fn blocks(part: u64, whole: u64, length: usize) -> String {
    let most = length as u128;
    let count = (u128::from(part) * most)
        .checked_div(u128::from(whole))
        .unwrap_or(0);
    let count = match (part, part >= whole) {
        (0, _) => 0,
        (_, true) => most,
        (_, false) => count.clamp(1, most.saturating_sub(1)),
    };
    "█".repeat(usize::try_from(count).unwrap_or(length))
}

/// A sign for each verdict, so that nothing hangs on colour alone.
pub(super) fn mark(kind: Kind) -> char {
    match kind {
        Kind::Passed => '✓',
        Kind::Partial => '◐',
        Kind::Failed => '✗',
        Kind::Skipped => '–',
        Kind::Broken => '!',
        Kind::Pending => '?',
    }
}

pub(super) fn style(kind: Kind) -> Style {
    match kind {
        Kind::Passed => Style::new().green(),
        Kind::Partial => Style::new().yellow(),
        Kind::Failed => Style::new().red(),
        Kind::Broken => Style::new().magenta(),
        Kind::Skipped | Kind::Pending => Style::new().dim(),
    }
}

/// Lines of at most `first`, then `width` columns; a word that is longer is cut.
fn wrapped(text: &str, first: usize, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let room = |lines: &Vec<String>| if lines.is_empty() { first } else { width }.max(1);
        if measure_text_width(paragraph) <= room(&lines) {
            lines.push(paragraph.to_owned());
            continue;
        }
        let mut line = String::new();
        for word in paragraph.split(' ') {
            let space = usize::from(!line.is_empty());
            if measure_text_width(&line) + space + measure_text_width(word) <= room(&lines) {
                line.push_str(&" ".repeat(space));
                line.push_str(word);
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for c in word.chars() {
                let next = measure_text_width(&format!("{line}{c}"));
                if next > room(&lines) && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(c);
            }
        }
        lines.push(line);
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_wrap_and_long_ones_are_cut() {
        assert_eq!(wrapped("один два три", 8, 5), ["один два", "три"]);
        assert_eq!(wrapped("абвгдежз и", 3, 3), ["абв", "где", "жз", "и"]);
        assert_eq!(wrapped("a\nb", 9, 9), ["a", "b"]);
        assert_eq!(wrapped("", 9, 9), [""]);
    }

    #[test]
    fn bars_do_not_lie() {
        for (part, whole, full) in [
            (0, 100, 0),
            (1, 100, 1),
            (50, 100, 5),
            (99, 100, 9),
            (100, 100, 10),
            (0, 0, 0),
        ] {
            assert_eq!(
                blocks(part, whole, 10).chars().count(),
                full,
                "{part}/{whole}"
            );
        }
    }
}
