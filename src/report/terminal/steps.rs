//! What was done and seen before a check failed, as a short list.

use console::Style;

use super::page::Page;
use crate::report::told::course::Step;
use crate::text::Catalogue;

/// The most events; of more the first and the last are shown.
const MOST: usize = 11;
/// Of these the first.
const FIRST: usize = 5;

/// The list, a line an event.
pub(super) fn steps(page: &mut Page, steps: &[Step], catalogue: &Catalogue) {
    let (first, rest) = if steps.len() > MOST {
        (FIRST, steps.len() - (MOST - FIRST - 1))
    } else {
        (steps.len(), steps.len())
    };
    let widest = |text: fn(&Step) -> &str, most: usize| {
        let widths = steps.iter().map(|step| text(step).chars().count());
        widths.max().unwrap_or(0).min(most)
    };
    let times = widest(|step| &step.time, 12);
    let services = widest(|step| &step.service, 16);
    for (index, step) in steps.iter().enumerate() {
        if index == first {
            page.line(4, &format!("… +{}", rest - first));
        }
        if (first..rest).contains(&index) {
            continue;
        }
        let Step {
            time,
            service,
            what,
            done,
            ..
        } = step;
        let (mark, style) = if *done {
            ('▸', Style::new().bold())
        } else {
            ('·', Style::new())
        };
        let label = format!("    {time:>times$} {mark} ");
        let text = format!("{service:<services$}  {what}");
        page.text_after(
            &page.styled(style.clone(), &label),
            &page.styled(style, &text),
        );
    }
    if !steps.is_empty() {
        let done = catalogue.get("report-step-done");
        let seen = catalogue.get("report-step-seen");
        page.line(4, &page.dim(&format!("▸ {done}  · {seen}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::terminal::Screen;
    use crate::text::Lang;

    #[test]
    fn of_many_events_the_first_and_the_last_are_shown() {
        let catalogue = Catalogue::new(Lang::En);
        for (count, lines, left_out) in [
            (0, 0, None),
            (1, 2, None),
            (11, 12, None),
            (60, 12, Some("… +50")),
        ] {
            let events: Vec<Step> = (0..count)
                .map(|at| Step {
                    at,
                    time: format!("+{at}"),
                    service: "db".into(),
                    what: format!("event {at}."),
                    done: at % 2 == 0,
                })
                .collect();
            let (colour, width) = (false, 80);
            let mut page = Page::new(Screen { colour, width });
            steps(&mut page, &events, &catalogue);
            let text = page.finish();
            assert_eq!(text.trim().lines().count(), lines, "{text}");
            assert!(left_out.is_none_or(|line| text.contains(line)), "{text}");
            for end in [events.first(), events.last()].into_iter().flatten() {
                assert!(text.contains(&end.what), "{text}");
            }
        }
    }
}
