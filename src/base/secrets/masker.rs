//! Puts a mask in the place of each secret in a text: the one way in which text leaves.

use std::{borrow::Cow, fmt, ops::Range, sync::Arc};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use serde_json::Value;

use super::{known::Known, names, shapes};

/// What stands for a secret. Always of one length, since a length tells something.
const MASK: &str = "••••••••";
const PLAIN_MASK: &str = "********";
/// As much of a secret as tells nothing yet, where it is cut off.
const TELLING: usize = 4;

/// Masks secrets by their names, their shapes and their values.
#[derive(Clone, Default)]
pub struct Masker {
    ascii: bool,
    known: Option<Arc<Sought>>,
}

/// The values that are looked for.
struct Sought {
    size: (usize, usize),
    values: Vec<String>,
    finder: AhoCorasick,
}

impl fmt::Debug for Masker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Masker({} values)", self.known.as_ref().map_or(0, |known| known.values.len()))
    }
}

impl Masker {
    /// One that knows names and shapes only.
    pub fn plain(ascii: bool) -> Self {
        Self { ascii, known: None }
    }

    /// One that knows values, too.
    pub fn knowing(known: &Known, ascii: bool) -> Self {
        let values: Vec<String> = known.sought().map(str::to_owned).collect();
        let mut forms: Vec<String> = values.iter().flat_map(|value| forms(value)).collect();
        forms.sort();
        forms.dedup();
        let finder = AhoCorasickBuilder::new().match_kind(MatchKind::LeftmostLongest).build(&forms).ok();
        let known = finder.map(|finder| Arc::new(Sought { size: known.size(), values: forms, finder }));
        Self { ascii, known: known.filter(|known| !known.values.is_empty() || known.size != (0, 0)) }
    }

    /// Whether it knows as much as this, and draws so.
    pub fn is_of(&self, known: &Known, ascii: bool) -> bool {
        self.ascii == ascii && self.known.as_ref().map_or((0, 0), |held| held.size) == known.size()
    }

    /// What stands for a secret.
    pub fn mask(&self) -> &'static str {
        if self.ascii { PLAIN_MASK } else { MASK }
    }

    /// A value as it may be shown: masked where its name says secret, else where it holds one.
    pub fn value<'a>(&self, name: &str, value: &'a str) -> Cow<'a, str> {
        if names::is_secret(name) && !names::is_open(value) {
            return Cow::Borrowed(self.mask());
        }
        self.text(value)
    }

    /// A text as it may be shown.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let found = self.find(text);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let (mut out, mut at) = (String::with_capacity(text.len()), 0);
        for range in found {
            out.push_str(text.get(at..range.start).unwrap_or_default());
            out.push_str(self.mask());
            at = range.end;
        }
        out.push_str(text.get(at..).unwrap_or_default());
        Cow::Owned(out)
    }

    /// A document as it may be shown: each text by the name that it stands under, and lists of texts as commands.
    pub fn json(&self, document: &mut Value) {
        self.json_under("", document);
    }

    fn json_under(&self, name: &str, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Cow::Owned(masked) = self.value(name, text) {
                    *text = masked;
                } else if names::is_secret(name) && !names::is_open(text) {
                    *text = self.mask().to_owned();
                }
            }
            Value::Array(items) => {
                let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
                if let Some(texts) = texts.filter(|texts| texts.len() > 1) {
                    let masked = self.list(&texts);
                    *items = masked.into_iter().map(Value::String).collect();
                }
                items.iter_mut().for_each(|item| self.json_under(name, item));
            }
            Value::Object(map) => {
                let keys: Vec<String> = map.keys().filter(|key| !self.find(key).is_empty()).cloned().collect();
                for key in keys {
                    if let Some(value) = map.remove(&key) {
                        map.insert(self.text(&key).into_owned(), value);
                    }
                }
                map.iter_mut().for_each(|(name, value)| self.json_under(name, value));
            }
            _ => {}
        }
    }

    /// The words of a command, each as it may be shown: what an option takes is the next word.
    fn list(&self, words: &[&str]) -> Vec<String> {
        let joined = words.join(" ");
        let found = self.find(&joined);
        let mut start = 0;
        let one = |word: &&str| {
            let (mut out, mut at, end) = (String::new(), start, start + word.len());
            for range in found.iter().filter(|range| range.end > start && range.start < end) {
                out.push_str(joined.get(at..range.start.max(start)).unwrap_or_default());
                out.push_str(self.mask());
                at = range.end.min(end);
            }
            out.push_str(joined.get(at..end).unwrap_or_default());
            start = end + 1;
            out
        };
        words.iter().map(one).collect()
    }

    /// Where secrets stand in a text: in order, none touching another.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        shapes::find(text, &mut found);
        if let Some(known) = &self.known {
            let word = |at: Option<char>| at.is_some_and(char::is_alphanumeric);
            let hits = known.finder.find_iter(text).map(|hit| hit.range()).filter(|range| {
                let value = text.get(range.clone()).unwrap_or_default();
                // What is a word may be part of another by chance.
                let before = text.get(..range.start).and_then(|head| head.chars().next_back());
                let after = text.get(range.end..).and_then(|rest| rest.chars().next());
                !value.chars().all(char::is_alphabetic) || !word(before) && !word(after)
            });
            found.extend(hits);
            for (at, _) in text.match_indices('…') {
                let head = text.get(..at).unwrap_or_default();
                found.extend(self.begun(head).map(|(start, _)| start..at));
            }
        }
        // A mask stands for what it stands for.
        found.retain(|range| {
            let value = text.get(range.clone()).unwrap_or_default();
            !value.is_empty() && !value.chars().all(|c| matches!(c, '*' | '•'))
        });
        found.sort_by_key(|range| range.start);
        let mut merged: Vec<Range<usize>> = Vec::with_capacity(found.len());
        for range in found {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        merged
    }

    /// Whether a text ends in a known secret.
    pub fn ends(&self, text: &str) -> bool {
        self.known.as_ref().is_some_and(|known| known.finder.find_iter(text).any(|hit| hit.end() == text.len()))
    }

    /// Where a known secret begins at the end of a text, and what is still to come of it.
    pub fn begun(&self, head: &str) -> Option<(usize, &str)> {
        let known = self.known.as_ref()?;
        let start = head.len().saturating_sub(512);
        let places = (start..head.len().saturating_sub(TELLING - 1)).filter(|at| head.is_char_boundary(*at));
        for at in places {
            let tail = head.get(at..)?;
            let from = known.values.partition_point(|value| value.as_str() < tail);
            if let Some(rest) = known.values.get(from).and_then(|value| value.strip_prefix(tail)) {
                return Some((at, rest));
            }
        }
        None
    }
}

/// A value as it is written, within JSON and within an address.
fn forms(value: &str) -> Vec<String> {
    let mut forms = vec![value.to_owned()];
    if value.contains(['"', '\\']) {
        forms.push(value.replace('\\', "\\\\").replace('"', "\\\""));
    }
    if value.contains('$') {
        forms.push(value.replace('$', "$$"));
    }
    if value.contains(['`', '*', '_', '<', '>', '[', ']', '#', '|', '\\']) {
        let escaped = |c: char| {
            let marks = matches!(c, '`' | '*' | '_' | '<' | '>' | '[' | ']' | '#' | '|' | '\\');
            marks.then_some('\\').into_iter().chain([c])
        };
        forms.push(value.chars().flat_map(escaped).collect());
    }
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    if !value.bytes().all(unreserved) {
        let one = |b: u8| if unreserved(b) { char::from(b).to_string() } else { format!("%{b:02X}") };
        forms.push(value.bytes().map(one).collect());
    }
    forms
}
