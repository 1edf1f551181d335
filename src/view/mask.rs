//! Masks the secrets of a screen, as the last thing before it is drawn or saved: no screen, tab, overlay or toast has to
//! think of it.
//!
//! Text was cut and folded by then. A secret that goes on in the next row is masked there, too, and columns stay where
//! they are.

use std::ops::Range;

use super::screen::{Line, Pane, Screen, Span};
use crate::base::{secrets::Masker, text::width};

/// A row with fewer free columns than this may have been folded within a word.
const EDGE: usize = 3;

/// The same screen without secrets, but in panes where they were asked for.
#[must_use]
pub fn masked(mut screen: Screen, masker: &Masker) -> Screen {
    for pane in screen.panes.iter_mut().filter(|pane| !pane.revealed) {
        if let Some(frame) = &mut pane.frame {
            for line in [&mut frame.title, &mut frame.right, &mut frame.bottom] {
                let found = masker.find(&line.text());
                replace(line, &found, masker.mask());
            }
        }
        rows(pane, masker);
    }
    screen
}

fn rows(pane: &mut Pane, masker: &Masker) {
    let columns = usize::from(pane.inner().width);
    let mut text = String::new();
    let mut places: Vec<Range<usize>> = Vec::with_capacity(pane.lines.len());
    for line in &pane.lines {
        let start = text.len();
        line.spans.iter().for_each(|span| text.push_str(span.text()));
        places.push(start..text.len());
        text.push('\n');
    }
    let mut found = masker.find(&text);
    let part = |range: Range<usize>| text.get(range).unwrap_or_default();
    // What is folded within a secret goes on in the next row.
    let mut known: Option<String> = None;
    let mut over = false;
    for (row, next) in places.iter().zip(places.iter().skip(1)) {
        let kept = row.start + part(row.clone()).trim_end().len();
        let full = width(part(row.start..kept)) + EDGE >= columns;
        let start = next.start + leading(part(next.clone()));
        let rest = part(start..next.end).trim_end();
        let goes_on = known.take().or_else(|| {
            let begun = if full { masker.begun(part(row.start..kept)) } else { None };
            begun.filter(|(_, after)| meets(after, rest) > 0).map(|(at, after)| {
                found.push(row.start + at..kept);
                after.to_owned()
            })
        });
        let taken = match goes_on {
            Some(after) => {
                let taken = meets(&after, rest);
                over = taken == after.len();
                known = after.get(taken..).filter(|more| taken == rest.len() && !more.is_empty()).map(str::to_owned);
                taken
            }
            None if over => {
                over = false;
                0
            }
            None if full
                && !masker.ends(part(row.start..kept))
                && found.iter().any(|range| range.end == kept && range.start < kept) =>
            {
                rest.find(char::is_whitespace).unwrap_or(rest.len())
            }
            None => 0,
        };
        if taken > 0 {
            found.push(start..start + taken);
        }
    }
    for (line, place) in pane.lines.iter_mut().zip(&places) {
        let mut own: Vec<Range<usize>> = found
            .iter()
            .filter(|range| range.start < place.end && range.end > place.start)
            .map(|range| range.start.max(place.start) - place.start..range.end.min(place.end) - place.start)
            .collect();
        own.sort_by_key(|range| range.start);
        replace(line, &own, masker.mask());
    }
}

/// Bytes of blanks, and of the sign before what belongs to the row above.
fn leading(row: &str) -> usize {
    row.len() - row.trim_start().len()
}

/// How many bytes of a row are the next of a secret: all of the row or all of the rest, or none.
fn meets(secret: &str, row: &str) -> usize {
    if row.is_empty() {
        0
    } else if secret.starts_with(row) {
        row.len()
    } else if row.starts_with(secret) {
        secret.len()
    } else {
        0
    }
}

/// By how many columns what was written so far is wider or narrower than it was.
#[derive(Default)]
struct Shift {
    wider: usize,
    narrower: usize,
}

impl Shift {
    fn add(&mut self, new: usize, old: usize) {
        let (wider, narrower) = (self.wider + new, self.narrower + old);
        (self.wider, self.narrower) = (wider.saturating_sub(narrower), narrower.saturating_sub(wider));
    }

    /// Text with its first wide gap made narrower or wider by as much.
    fn settle(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find("  ").filter(|_| self.wider + self.narrower > 0) {
            let (kept, gap) = rest.split_at(at);
            rest = gap.trim_start_matches(' ');
            let gap = gap.len() - rest.len();
            let new = (gap + self.narrower).saturating_sub(self.wider).max(1);
            out.push_str(kept);
            out.push_str(&" ".repeat(new));
            self.add(new, gap);
        }
        out + rest
    }
}

/// Puts a mask in the place of each range of a line's text. What stands in columns after it stays there.
fn replace(line: &mut Line, found: &[Range<usize>], mask: &str) {
    if found.is_empty() {
        return;
    }
    let spans: Vec<Span> = std::mem::take(&mut line.spans);
    let mut shift = Shift::default();
    let (mut start, mut masked) = (0, 0);
    for span in spans {
        let end = start + span.text().len();
        let part = |from: usize, to: usize| span.text().get(from - start..to - start).unwrap_or_default();
        let mut from = start;
        for range in found.iter().filter(|range| range.start < end && range.end > start) {
            let (begin, over) = (range.start.max(from), range.end.min(end).max(from));
            let kept = shift.settle(part(from, begin));
            line.styled(span.role, span.emphasis, kept);
            // A secret in several spans has one mask.
            if range.end > masked {
                if range.start >= masked {
                    line.styled(span.role, span.emphasis, mask);
                    shift.add(width(mask), 0);
                }
                masked = range.end;
            }
            shift.add(0, width(part(begin, over)));
            from = over;
        }
        let kept = shift.settle(part(from, end));
        line.styled(span.role, span.emphasis, kept);
        start = end;
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;
    use crate::{base::secrets::Known, view::role::Role};

    fn masker() -> Masker {
        let mut known = Known::default();
        known.learn("DB_PASSWORD", "correct-horse-77");
        known.learn("API_KEY", "0123456789abcdefghijklmnopqrstuvwxyz");
        Masker::knowing(&known, true)
    }

    fn shown(columns: u16, rows: &[&str]) -> Vec<String> {
        let lines = rows.iter().map(|row| Line::of(Role::Text, row)).collect();
        let pane = Pane::bare(Rect::new(0, 0, columns, 9), lines);
        let screen = masked(Screen { panes: vec![pane], ..Screen::default() }, &masker());
        screen.panes.iter().flat_map(|pane| &pane.lines).map(Line::text).collect()
    }

    #[test]
    fn columns_stay_where_they_are() {
        assert_eq!(shown(40, &["as correct-horse-77    two  x"]), ["as ********            two  x"]);
        assert_eq!(shown(40, &["TOKEN=a    two  x"]), ["TOKEN=******** two x"]);
        let line = Line::of(Role::Text, "a correct-").with(Role::Dim, "horse-77 b");
        let pane = Pane {
            frame: Some(super::super::screen::Frame { title: line.clone(), ..Default::default() }),
            lines: vec![line],
            ..Pane::default()
        };
        let screen = masked(Screen { panes: vec![pane], ..Screen::default() }, &masker());
        assert_eq!(screen.panes[0].lines[0].text(), "a ******** b");
        assert_eq!(screen.panes[0].frame.as_ref().unwrap().title.text(), "a ******** b");
    }

    #[test]
    fn what_is_folded_or_cut_is_masked_on_both_sides() {
        assert_eq!(shown(12, &["x correct-ho", "  rse-77 end"]), ["x ********", "  ******** end"]);
        let rows = ["0123456789ab", "cdefghijklmn", "opqrstuvwxyz", "end"];
        assert_eq!(shown(12, &rows), ["********", "********", "********", "end"]);
        assert_eq!(shown(20, &["the end: correct-ho…"]), ["the end: ********…"]);
        assert_eq!(shown(20, &["--token zzzz1zzzz2zz", "  zz3zzz more"]), ["--token ********", "  ******** more"]);
        assert_eq!(shown(40, &["PASSWORD=abc", "next"]), ["PASSWORD=********", "next"]);
    }

    #[test]
    fn what_was_asked_for_stays() {
        let lines = vec![Line::of(Role::Text, "DB_PASSWORD=correct-horse-77")];
        let pane = Pane { revealed: true, ..Pane::bare(Rect::new(0, 0, 40, 1), lines) };
        let screen = Screen { panes: vec![pane], ..Screen::default() };
        assert_eq!(masked(screen.clone(), &masker()), screen);
    }
}
