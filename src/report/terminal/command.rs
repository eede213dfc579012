//! A command to repeat: shown so that it can be copied, whatever the width.

use console::measure_text_width;

use super::page::Page;

/// Lines of the command, a long one parted as a shell allows.
pub(super) fn command(page: &mut Page, indent: usize, text: &str) {
    for line in text.lines() {
        for part in parts(line, page.width().saturating_sub(indent)) {
            page.line(indent, &part);
        }
    }
}

/// The command in lines of at most `width`, each but the last with a backslash at its end. Only
/// between words is it parted, so one long word makes a line too long, which the page will cut.
fn parts(command: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words(command) {
        match lines.last_mut() {
            // Room for the word, the space before it, and a backslash after it.
            Some(line) if measure_text_width(line) + 1 + measure_text_width(word) + 2 <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    let last = lines.len().saturating_sub(1);
    for line in lines.iter_mut().take(last) {
        line.push_str(" \\");
    }
    lines
}

/// The words of a command: what is quoted is not parted.
fn words(command: &str) -> Vec<&str> {
    let (mut quote, mut escaped, mut begun) = (None, false, None);
    let mut words = Vec::new();
    for (at, c) in command.char_indices() {
        if c == ' ' && quote.is_none() && !escaped {
            words.extend(begun.take().map(|from| &command[from..at]));
            continue;
        }
        begun.get_or_insert(at);
        match (c, quote) {
            _ if escaped => escaped = false,
            ('\\', None | Some('"')) => escaped = true,
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
    }
    words.extend(begun.map(|from| &command[from..]));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_parted_between_words() {
        for (text, width, expected) in [
            ("", 20, vec![]),
            ("curl -i /", 20, vec!["curl -i /"]),
            (
                "curl -X POST -d '{\"a\": 1, \"b\": 2}' http://localhost/",
                24,
                vec![
                    "curl -X POST -d \\",
                    "'{\"a\": 1, \"b\": 2}' \\",
                    "http://localhost/",
                ],
            ),
            (r"a\ b 'it'\''s' c", 9, vec![r"a\ b \", r"'it'\''s' \", "c"]),
            (
                "open 'quote is one word",
                8,
                vec![r"open \", "'quote is one word"],
            ),
        ] {
            assert_eq!(parts(text, width), expected, "{text}");
        }
    }
}
