//! Text from outside made safe and fitted to columns.
//!
//! Whatever a container, a label, a file or the engine said passes through [`clean`] (or, for log lines,
//! through the parser of escape sequences) before it is drawn: no control character, no direction override,
//! no invisible character survives, so that nothing can move the cursor or pose as something else.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::secrets::masked_text;

/// Whether a character may reach the screen as it is.
pub fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// How many marks a character may bear. Every script gets along with them; hundreds, one upon the other, would be drawn
/// over the lines above and cost every frame.
const MOST_MARKS: u8 = 8;

/// Counts what takes no column of its own: accents and other marks upon the character before.
#[derive(Debug, Clone, Copy, Default)]
pub struct Marks(u8);

impl Marks {
    /// Whether the next character of a text is kept: a mark beyond the bound isn't.
    pub fn keep(&mut self, c: char) -> bool {
        // Nothing before the first of them takes no column, but for control characters.
        let is_mark = c >= '\u{300}' && c.width() == Some(0);
        self.0 = if is_mark { self.0.saturating_add(1) } else { 0 };
        self.0 <= MOST_MARKS
    }
}

/// Whether a text may reach the screen as it is.
pub fn is_plain_text(text: &str) -> bool {
    let mut marks = Marks::default();
    text.chars().all(|c| is_plain(c) && marks.keep(c))
}

/// The same text without what [`is_plain`] refuses and without marks beyond measure; tabs and line ends become one
/// blank. Whole escape sequences go, not only their first character.
pub fn clean(text: &str) -> Cow<'_, str> {
    if is_plain_text(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut marks = Marks::default();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{1b}' | '\u{9b}' | '\u{9d}' | '\u{90}' | '\u{98}' | '\u{9e}' | '\u{9f}' => {
                skip_sequence(c, &mut rest);
            }
            c if is_plain(c) && marks.keep(c) => out.push(c),
            _ => {}
        }
    }
    Cow::Owned(out)
}

/// Passes over the rest of an escape sequence that began with `intro`. A string sequence (OSC, DCS, …) that
/// never ends swallows at most the text it came in.
fn skip_sequence(intro: char, rest: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    let kind = if intro == '\u{1b}' { rest.next().unwrap_or(' ') } else { intro };
    match kind {
        '[' | '\u{9b}' => {
            while rest.next_if(|c| matches!(c, ' '..='?')).is_some() {}
            rest.next_if(|c| matches!(c, '@'..='~'));
        }
        ']' | 'P' | 'X' | '^' | '_' | '\u{9d}' | '\u{90}' | '\u{98}' | '\u{9e}' | '\u{9f}' => {
            while let Some(c) = rest.next() {
                match c {
                    '\u{7}' | '\u{9c}' => break,
                    '\u{1b}' => {
                        rest.next_if_eq(&'\\');
                        break;
                    }
                    _ => {}
                }
            }
        }
        ' '..='/' => {
            while rest.next_if(|c| matches!(c, ' '..='/')).is_some() {}
            rest.next();
        }
        _ => {}
    }
}

/// Columns that clean text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text in at most `columns` columns, its end replaced by `…` where it doesn't fit.
pub fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    if text.len() <= columns || width(text) <= columns {
        return Cow::Borrowed(text);
    }
    if columns == 0 {
        return Cow::Borrowed("");
    }
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        let w = width(grapheme);
        if used + w > columns - 1 {
            break;
        }
        out.push_str(grapheme);
        used += w;
    }
    out.push('…');
    Cow::Owned(out)
}

/// [`fit`], then filled with blanks to exactly `columns`.
pub fn pad(text: &str, columns: usize) -> String {
    let fitted = fit(text, columns);
    let blanks = columns.saturating_sub(width(&fitted));
    format!("{fitted}{:blanks$}", "")
}

/// [`fit`], with the blanks before it, as figures stand in a column.
pub fn pad_left(text: &str, columns: usize) -> String {
    let fitted = fit(text, columns);
    let blanks = columns.saturating_sub(width(&fitted));
    format!("{:blanks$}{fitted}", "")
}

/// Breaks clean text at blanks into lines of at most `columns`; a longer word is cut, within a path between its
/// parts. Its secrets are masked, since nobody could tell them by their halves.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    wrap_revealed(&masked_text(text, true), columns)
}

/// [`wrap`] for what was asked for with its secrets, or has lost them already.
pub fn wrap_revealed(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in words(text, columns) {
        let w = width(word);
        if used + w <= columns {
            line.push_str(word);
            used += w;
            continue;
        }
        if !line.trim_end().is_empty() {
            lines.push(line.trim_end().to_owned());
        }
        line.clear();
        used = 0;
        if word.trim().is_empty() {
            continue;
        }
        for grapheme in word.graphemes(true) {
            let g = width(grapheme);
            if used + g > columns && used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(grapheme);
            used += g;
        }
    }
    if !line.trim_end().is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Blanks, and what stands between them: whole where it fits a line, else in its parts.
fn words(text: &str, columns: usize) -> impl Iterator<Item = &str> {
    let is_blank = |c: char| c.is_whitespace();
    let runs = text.split_inclusive(is_blank).flat_map(move |run| {
        let word = run.trim_end_matches(is_blank);
        [word, run.get(word.len()..).unwrap_or_default()]
    });
    runs.filter(|word| !word.is_empty()).flat_map(move |word| {
        let (whole, parts) = if width(word) <= columns { (Some(word), "") } else { (None, word) };
        whole.into_iter().chain(parts.split_word_bounds())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_go_whole() {
        assert_eq!(clean("a\u{1b}[2Jb\u{1b}[1;31mc"), "abc");
        assert_eq!(clean("a\u{1b}]0;title\u{7}b\u{1b}]8;;http://x\u{1b}\\link"), "ablink");
        assert_eq!(clean("a\u{9b}2Jb\u{1b}(Bc\u{1b}7d"), "abcd");
        assert_eq!(clean("tab\there\nline"), "tab here line");
        assert_eq!(clean("\u{202e}abc\u{200b}\u{feff}"), "abc");
        assert!(matches!(clean("plain ✓ 漢字"), Cow::Borrowed(_)));
    }

    #[test]
    fn marks_upon_a_character_are_bounded() {
        let upon = |count: usize| format!("a{}b", "\u{301}".repeat(count));
        assert!(matches!(clean(&upon(8)), Cow::Borrowed(_)));
        assert_eq!(clean(&upon(500)), upon(8));
        assert_eq!(clean(&upon(500).repeat(2)), upon(8).repeat(2), "each character by itself");
        // Text of scripts that live by marks stays as it is.
        for text in ["ประเทศไทย น้ำ", "क्षत्रिय", "עִבְרִית", "Việt Nam", "e\u{301}\u{323}", "❤\u{fe0f}"]
        {
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn fits_by_columns_and_never_inside_a_grapheme() {
        assert_eq!(fit("backend", 7), "backend");
        assert_eq!(fit("backend", 5), "back…");
        assert_eq!(fit("漢字漢字", 5), "漢字…");
        assert_eq!(fit("漢字", 3), "漢…");
        assert_eq!(pad("漢", 4), "漢  ");
        assert_eq!(pad_left("7", 3), "  7");
        assert_eq!(fit("e\u{301}xyz", 3), "e\u{301}x…");
    }

    #[test]
    fn wraps_at_words_and_cuts_long_ones() {
        assert_eq!(wrap("waits for db to be healthy", 12), ["waits for db", "to be", "healthy"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(wrap("There are: a, b-c.", 11), ["There are:", "a, b-c."], "not before a colon");
        assert_eq!(wrap("in /var/lib/docker", 8), ["in /var/", "lib/", "docker"], "a path in its parts");
    }

    proptest::proptest! {
        #[test]
        fn clean_text_has_no_controls(text in ".*") {
            proptest::prop_assert!(clean(&text).chars().all(is_plain));
        }

        #[test]
        fn fitted_text_fits(text in "\\PC*", columns in 0_usize..40) {
            proptest::prop_assert!(width(&fit(&text, columns)) <= columns);
        }

        #[test]
        fn wrapped_lines_fit(text in "[a-z 漢]{0,80}", columns in 2_usize..20) {
            for line in wrap(&text, columns) {
                proptest::prop_assert!(width(&line) <= columns);
            }
        }
    }
}
