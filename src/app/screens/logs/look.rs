//! A held line as a line of a picture: its own colours in the theme's, the rest by how grave it is.

use crate::{
    base::secrets::Masker,
    logs::{self, Ink, Level, Look},
    view::{
        role::Role,
        screen::{Emphasis, Line},
    },
};

/// A line longer than this many characters is cut here: nobody reads on, and drawing has to stay quick.
const LONGEST: usize = 4096;

/// A line as it is drawn, without its secrets: it is masked before it is folded or cut.
pub fn styled(line: &logs::HeldLine, masker: &Masker) -> Line {
    let text = line.text();
    if line.of_key() {
        return Line::of(Role::default(), masker.mask());
    }
    let text = text.char_indices().nth(LONGEST).and_then(|(at, _)| text.get(..at)).unwrap_or(&text);
    let found = masker.find(text);
    let plain = match line.level() {
        Level::Plain => Role::default(),
        Level::Warning => Role::LogWarning,
        Level::Error => Role::LogError,
    };
    let mut drawn = Line::new();
    let runs = line.runs();
    let (mut start, mut runs) = (0, runs.iter().peekable());
    while start < text.len() {
        let (mut end, look) = runs.peek().map_or((text.len(), None), |run| (run.end, Some(run.look)));
        let hidden = found.iter().find(|range| range.contains(&start));
        if let Some(next) = found.iter().find(|range| range.start > start) {
            end = end.min(next.start);
        }
        let shown = match hidden {
            Some(range) => {
                end = range.end;
                masker.mask()
            }
            None => text.get(start..end.min(text.len())).unwrap_or_default(),
        };
        let (role, emphasis) = look.map_or((plain, Emphasis::NONE), |look| (role(look.ink, plain), emphasis(look)));
        drawn.styled(role, emphasis, shown);
        start = end;
        while runs.next_if(|run| run.end <= start).is_some() {}
    }
    drawn
}

fn role(ink: Option<Ink>, plain: Role) -> Role {
    match ink {
        None => plain,
        Some(Ink::Black) => Role::Black,
        Some(Ink::Red) => Role::Red,
        Some(Ink::Green) => Role::Green,
        Some(Ink::Yellow) => Role::Yellow,
        Some(Ink::Blue) => Role::Blue,
        Some(Ink::Magenta) => Role::Magenta,
        Some(Ink::Cyan) => Role::Cyan,
        Some(Ink::White) => Role::White,
    }
}

fn emphasis(look: Look) -> Emphasis {
    let Look { bold, dim, italic, underline, reverse, ink: _ } = look;
    Emphasis { bold, dim, italic, underline, reverse }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{base::time::Stamp, logs::LogLine};

    fn drawn(text: &str) -> Line {
        let raw = LogLine { at: Stamp::from_secs(1), stderr: false, text: text.as_bytes().into(), cut: false };
        styled(&logs::HeldLine::new(raw, 0), &Masker::plain(true))
    }

    #[test]
    fn its_own_colours_stand_before_that_of_its_level() {
        let line = drawn("\u{1b}[32mok\u{1b}[0m but ERROR");
        let spans: Vec<(&str, Role)> = line.spans.iter().map(|s| (s.text(), s.role)).collect();
        assert_eq!(spans, [("ok", Role::Green), (" but ERROR", Role::LogError)]);
        assert_eq!(drawn("WARN slow").spans[0].role, Role::LogWarning);
        assert_eq!(drawn("all is well").spans[0].role, Role::default());
    }

    #[test]
    fn its_secrets_are_masked_within_its_colours() {
        let line = drawn("\u{1b}[32ma PASSWORD=ab\u{1b}[31mcd\u{1b}[0m token=x end");
        let spans: Vec<(&str, Role)> = line.spans.iter().map(|s| (s.text(), s.role)).collect();
        assert_eq!(spans, [("a PASSWORD=********", Role::Green), (" token=******** end", Role::default())]);
    }

    #[test]
    fn what_nobody_reads_is_not_drawn() {
        assert_eq!(drawn(&"é".repeat(LONGEST + 9)).text().chars().count(), LONGEST);
        let long = format!("\u{1b}[31m{}", "é".repeat(LONGEST + 9));
        assert_eq!(drawn(&long).text().chars().count(), LONGEST);
    }
}
