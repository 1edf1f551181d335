//! Events of the YAML parser to trees: aliases copied within a budget, merge keys, duplicate keys, tags.

use std::{collections::HashMap, path::Path, sync::Arc};

use granit_parser::{Event, Marker, Options, Parser, ScalarStyle, Span, StrInput, Tag as YamlTag};
use indexmap::map::Entry as Slot;

use super::{decode::decode, resolve};
use crate::compose::{
    node::{Entry, Map, Node, Tag, Value},
    problem::{Place, Problem},
    report::Report,
};

/// How many values aliases may add to a document, so that a few lines can't fill the memory.
const ALIAS_BUDGET: usize = 250_000;
/// How deep a document may be nested.
const MAX_DEPTH: usize = 1_000;
/// How many values a file may hold, so that 16 MB of commas don't become gigabytes.
const MAX_EVENTS: usize = 200_000;

/// The documents of a file. Problems go to the report; `None` when the text is not YAML at all. A file with
/// nothing but comments has no documents.
pub fn parse(file: &Arc<Path>, bytes: &[u8], report: &mut Report) -> Option<Vec<Node>> {
    let text = match decode(bytes) {
        Ok(text) => text,
        Err(bad) => {
            let line = bad.before.lines().count().max(1);
            let column = bad.before.rsplit('\n').next().map_or(0, |last| last.chars().count());
            let place = Place { file: file.clone(), line: narrow(line), column: narrow(column + 1) };
            report.error(&place, format!("yaml: {}", bad.message));
            return None;
        }
    };
    let text: Arc<str> = text.into();
    report.source(file, text.clone());
    // The parser takes a tab before the first key for a blank.
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    if let Some((at, _)) = lines.next().filter(|(_, line)| line.starts_with('\t')) {
        let place = Place { file: file.clone(), line: narrow(at + 1), column: 1 };
        report.push(tab(place));
        return None;
    }
    let mut options = Options::default();
    options.set_emit_comments(false);
    // The composer counts for itself, to say it in words and at the place.
    options.flow_nesting_limit = MAX_DEPTH + 1;
    options.block_nesting_limit = MAX_DEPTH + 1;
    let mut composer = Composer {
        text: &text,
        events: Parser::new_from_str_with_options(&text, options),
        file: file.clone(),
        anchors: HashMap::new(),
        budget: ALIAS_BUDGET,
        events_seen: 0,
        report,
    };
    match composer.documents() {
        Ok(documents) => Some(documents),
        Err(problem) => {
            report.push(*problem);
            None
        }
    }
}

/// What ends the reading of a file; boxed, since it is rare and large.
type Fatal = Box<Problem>;

struct Composer<'t, 'r> {
    text: &'t str,
    events: Parser<'t, StrInput<'t>>,
    file: Arc<Path>,
    /// Complete anchored nodes with their weight; `None` while the node is still being read.
    anchors: HashMap<usize, Option<(Node, usize)>>,
    budget: usize,
    events_seen: usize,
    report: &'r mut Report,
}

/// A list or mapping that isn't closed yet.
struct Frame {
    open: Open,
    place: Place,
    anchor: usize,
    tag: Tag,
}

#[expect(clippy::large_enum_variant, reason = "at most MAX_DEPTH of them live at a time")]
enum Open {
    List(Vec<Node>),
    Map { map: Map, merged: Option<Node>, key: Option<Key> },
}

/// What to do about what the parser found wrong in a line; `None` where its words say it.
fn advice(parser: &str, line: &str) -> Option<&'static str> {
    let flow = parser.contains("flow mapping") || parser.contains("flow sequence");
    if flow && line.contains("${") {
        return Some("inside of { } and [ ] a ${…} needs quotes: \"${…}\"");
    }
    const ADVICE: [(&str, &str); 9] = [
        ("unclosed bracket", "close it"),
        ("unexpected character", "a value that begins with this character needs quotes"),
        ("control characters", "remove the character that can't be printed"),
        ("unknown anchor", "no value before it is marked with & and this name; a text that begins with * needs quotes"),
        ("trailing content", "put the whole value in quotes, or remove what follows the closing one"),
        ("simple key expected", "a key is followed by a colon and a blank, as in `key: value`; is one missing here?"),
        (
            "mapping values are not allowed",
            "is it indented like the lines around it? A text with `: ` in it needs quotes",
        ),
        ("did not find expected key", "the keys of one mapping begin in the same column; a text may need quotes"),
        ("bracket", "each bracket closes the one opened last; a text that begins with one needs quotes"),
    ];
    ADVICE.iter().find(|(words, _)| parser.contains(words)).map(|(_, advice)| *advice)
}

/// A mapping's key that waits for its value.
struct Key {
    name: String,
    place: Place,
    is_merge: bool,
}

impl Frame {
    /// The step from this frame to the value being read.
    fn step(&self) -> String {
        match &self.open {
            Open::List(items) => format!("[{}]", items.len()),
            Open::Map { key, .. } => key.as_ref().map(|key| key.name.clone()).unwrap_or_default(),
        }
    }
}

impl<'t> Composer<'t, '_> {
    fn documents(&mut self) -> Result<Vec<Node>, Fatal> {
        let mut documents = Vec::new();
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(documents),
                (Event::DocumentStart(_, version), span) => {
                    if version.is_some_and(|version| (version.major, version.minor) != (1, 1)) {
                        return fatal(self.place(&span.start), "yaml: found incompatible YAML document");
                    }
                    self.anchors.clear();
                    documents.push(self.document()?);
                }
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'t>, Span), Fatal> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(e)) => {
                let place = self.place(e.marker());
                Err(Box::new(self.mistake(&e.info().to_string(), place)))
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    /// What the parser found wrong, in docker compose's words where it has some, and at the place to fix.
    fn mistake(&self, parser: &str, place: Place) -> Problem {
        if parser.contains("tab") && parser.contains("indent") {
            return tab(place);
        }
        if parser.contains("quoted scalar")
            && let Some(opening) = self.opening_quote(place.line)
        {
            let message = format!("yaml: found unexpected end of stream: {parser}");
            let place = Place { line: opening.0, column: opening.1, ..place };
            return Problem::error(message).at(place).help("this quote is never closed");
        }
        let line = usize::try_from(place.line).ok().and_then(|line| self.text.lines().nth(line.saturating_sub(1)));
        let problem = Problem::error(words(parser)).at(place);
        match advice(parser, line.unwrap_or_default()) {
            Some(advice) => problem.help(advice),
            None => problem,
        }
    }

    /// The last quote before a line that stands at the beginning of a value and isn't closed on its own line.
    fn opening_quote(&self, before: u32) -> Option<(u32, u32)> {
        let before = usize::try_from(before).ok()?;
        let near = self.text.lines().enumerate().take(before).skip(before.saturating_sub(200));
        near.collect::<Vec<_>>().into_iter().rev().find_map(|(at, line)| {
            let start = line.find([':', '-', '[', ',', '{']).map_or(0, |at| at + 1);
            let value = line.get(start..)?;
            let quote = value.trim_start().chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let column = line.len() - value.trim_start().len();
            let open = line.get(column + 1..)?.matches(quote).count() % 2 == 0;
            open.then(|| (narrow(at + 1), narrow(line.get(..column).unwrap_or_default().chars().count() + 1)))
        })
    }

    fn cut_off(&self, style: ScalarStyle, span: &Span) -> bool {
        matches!(style, ScalarStyle::Literal | ScalarStyle::Folded)
            && !self.text.ends_with('\n')
            && span.end.byte_offset() == Some(self.text.len())
    }

    fn place(&self, marker: &Marker) -> Place {
        Place { file: self.file.clone(), line: narrow(marker.line().max(1)), column: narrow(marker.col() + 1) }
    }

    /// Builds one document. The open lists and mappings are on a stack of our own: deep nesting can't
    /// overflow the thread's.
    fn document(&mut self) -> Result<Node, Fatal> {
        let mut stack: Vec<Frame> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            let place = self.place(&span.start);
            self.events_seen += 1;
            if self.events_seen > MAX_EVENTS {
                return fatal(place, format!("yaml: more than {MAX_EVENTS} values"));
            }
            let mut is_merge = false;
            let node = match event {
                Event::Alias(id) => self.alias(id, place, &stack)?,
                Event::Scalar(text, style, anchor, tag) => {
                    is_merge = style == ScalarStyle::Plain && text == "<<";
                    let text = match text.strip_suffix('\n') {
                        // A block that the file's end cuts off has no line break there to keep.
                        Some(cut) if self.cut_off(style, &span) => cut,
                        _ => &*text,
                    };
                    let value = match scalar(text, style, tag.as_deref()) {
                        Ok(value) => value,
                        Err(message) => return fatal(place, message),
                    };
                    let node = Node { value, place, tag: compose_tag(tag.as_deref()), filled: false };
                    self.anchor(anchor, &node)?;
                    node
                }
                Event::SequenceStart(_, anchor, tag) => {
                    self.open(&mut stack, Open::List(Vec::new()), place, anchor, tag.as_deref())?;
                    continue;
                }
                Event::MappingStart(_, anchor, tag) => {
                    let open = Open::Map { map: Map::new(), merged: None, key: None };
                    self.open(&mut stack, open, place, anchor, tag.as_deref())?;
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => match stack.pop() {
                    Some(frame) => self.close(frame)?,
                    None => return fatal(place, "yaml: a value is missing here"),
                },
                _ => return fatal(place, "yaml: a value is missing here"),
            };
            if let Some(root) = self.put(&mut stack, node, is_merge)? {
                return Ok(root);
            }
        }
    }

    /// Puts a finished value where it belongs; gives it back when it is the document itself.
    fn put(&mut self, stack: &mut [Frame], node: Node, is_merge: bool) -> Result<Option<Node>, Fatal> {
        let Some((Frame { open, .. }, above)) = stack.split_last_mut() else { return Ok(Some(node)) };
        match open {
            Open::List(items) => items.push(node),
            Open::Map { map, merged, key } => match key.take() {
                None => {
                    let Some(name) = self.key_name(&node, above) else {
                        return fatal(node.place, "yaml: invalid map key: only a text can be one");
                    };
                    *key = Some(Key { name, place: node.place, is_merge });
                }
                Some(key) if key.is_merge => {
                    if let Some(earlier) = merged.replace(node) {
                        self.duplicate("<<", &key.place, earlier.place.line);
                    }
                }
                Some(key) => match map.entry(key.name) {
                    Slot::Vacant(slot) => {
                        slot.insert(Entry { key: key.place, node });
                    }
                    // What says `!reset` is as if it weren't there, so it is no duplicate.
                    Slot::Occupied(_) if node.tag == Tag::Reset => {}
                    Slot::Occupied(mut slot) if slot.get().node.tag == Tag::Reset => slot.get_mut().node = node,
                    Slot::Occupied(slot) => self.duplicate(slot.key(), &key.place, slot.get().key.line),
                },
            },
        }
        Ok(None)
    }

    fn open(
        &mut self,
        stack: &mut Vec<Frame>,
        open: Open,
        place: Place,
        anchor: usize,
        tag: Option<&YamlTag>,
    ) -> Result<(), Fatal> {
        if stack.len() >= MAX_DEPTH {
            return fatal(place, format!("yaml: nested more than {MAX_DEPTH} levels deep"));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, None);
        }
        stack.push(Frame { open, place, anchor, tag: compose_tag(tag) });
        Ok(())
    }

    fn close(&mut self, frame: Frame) -> Result<Node, Fatal> {
        let value = match frame.open {
            Open::List(mut items) => {
                items.shrink_to_fit();
                Value::List(items)
            }
            Open::Map { mut map, merged, .. } => {
                if let Some(node) = merged {
                    self.merge_key(&mut map, node);
                }
                // There are many small ones, and each has room for more than it holds.
                map.shrink_to_fit();
                Value::Map(map)
            }
        };
        let node = Node { value, place: frame.place, tag: frame.tag, filled: false };
        self.anchor(frame.anchor, &node)?;
        Ok(node)
    }

    /// Keeps an anchored value for its aliases.
    fn anchor(&mut self, anchor: usize, node: &Node) -> Result<(), Fatal> {
        if anchor != 0 {
            let weight = node.weight();
            self.spend(weight, &node.place)?;
            let mut kept = node.clone();
            forget_resets(&mut kept);
            self.anchors.insert(anchor, Some((kept, weight)));
        }
        Ok(())
    }

    fn alias(&mut self, id: usize, place: Place, stack: &[Frame]) -> Result<Node, Fatal> {
        let weight = match self.anchors.get(&id) {
            Some(Some((_, weight))) => *weight,
            Some(None) => return fatal(place, cycle(stack, id)),
            None => return fatal(place, "yaml: unknown anchor"),
        };
        self.spend(weight, &place)?;
        match self.anchors.get(&id) {
            Some(Some((node, _))) => Ok(node.clone()),
            _ => fatal(place, "yaml: unknown anchor"),
        }
    }

    fn spend(&mut self, weight: usize, place: &Place) -> Result<(), Fatal> {
        match self.budget.checked_sub(weight) {
            Some(left) => self.budget = left,
            None => return fatal(place.clone(), "yaml: document contains excessive aliasing"),
        }
        Ok(())
    }

    fn duplicate(&mut self, name: &str, place: &Place, line: u32) {
        let message = format!("mapping key \"{name}\" already defined at line {line}");
        self.report.push(Problem::error(message).at(place.clone()).help("remove one of the two"));
    }

    /// A key's text. Numbers and the like are reported and kept as text; lists and mappings can't be.
    fn key_name(&mut self, key: &Node, above: &[Frame]) -> Option<String> {
        if let Value::Str(text) = &key.value {
            return Some(text.clone());
        }
        let text = if key.is_null() { "<nil>".into() } else { key.text()? };
        let path: Vec<String> = above.iter().map(Frame::step).collect();
        let within = if path.is_empty() { "at top level".to_owned() } else { format!("in {}", path.join(".")) };
        self.report.push(
            Problem::error(format!("Non-string key {within}: {text}"))
                .at(key.place.clone())
                .help(format!("write \"{text}\" in quotes")),
        );
        Some(text)
    }

    /// Adds what `<<` brings; the mapping's own keys win, and of several sources the first.
    fn merge_key(&mut self, map: &mut Map, node: Node) {
        let sources = match node.value {
            Value::List(list) => list,
            _ => vec![node],
        };
        for source in sources {
            match source.value {
                Value::Map(from) => {
                    for (key, entry) in from {
                        map.entry(key).or_insert(entry);
                    }
                }
                _ => {
                    let message = "yaml: map merge requires map or sequence of maps as the value";
                    self.report.error(&source.place, message);
                }
            }
        }
    }
}

/// Docker compose carries out a `!reset` where it stands; what an alias brings elsewhere only lacks the key.
fn forget_resets(node: &mut Node) {
    match &mut node.value {
        Value::Map(map) => {
            map.retain(|_, entry| entry.node.tag != Tag::Reset);
            map.values_mut().for_each(|entry| forget_resets(&mut entry.node));
        }
        Value::List(items) => items.iter_mut().for_each(forget_resets),
        _ => {}
    }
}

/// What a tab for indentation is told.
fn tab(place: Place) -> Problem {
    let message = "yaml: found character that cannot start any token";
    Problem::error(message).at(place).help("this is a tab: YAML is indented with spaces only")
}

/// The parser's words, after docker compose's own where they say the same.
fn words(parser: &str) -> String {
    match parser {
        "unclosed bracket '['" => format!("yaml: did not find expected ',' or ']': {parser}"),
        "unclosed bracket '{'" => format!("yaml: did not find expected ',' or '}}': {parser}"),
        other => format!("yaml: {other}"),
    }
}

/// In docker compose's words: it names the alias by the way that leads around once more.
fn cycle(stack: &[Frame], anchor: usize) -> String {
    let path = |frames: &[Frame]| frames.iter().map(Frame::step).collect::<Vec<_>>().join(".");
    let around =
        stack.iter().position(|frame| frame.anchor == anchor).and_then(|at| stack.get(at..)).unwrap_or_default();
    let (here, around) = (path(stack), path(around));
    format!("cycle detected: node at path {here}.{around} references node at path {here}")
}

fn fatal<T>(place: Place, message: impl Into<String>) -> Result<T, Fatal> {
    Err(Box::new(Problem::error(message).at(place)))
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&YamlTag>) -> Result<Value, String> {
    let name = tag.and_then(|tag| tag.suffix_in_namespace("tag:yaml.org,2002:"));
    let value = match name.as_deref() {
        Some("str") => Value::Str(text.to_owned()),
        Some("binary") => Value::Str(resolve::base64(text).unwrap_or_else(|| text.to_owned())),
        Some("int" | "float" | "bool" | "null") => resolve::plain(text),
        // A text after this tag isn't looked at any further.
        _ if compose_tag(tag) == Tag::Override => Value::Str(text.to_owned()),
        _ if style == ScalarStyle::Plain => resolve::plain(text),
        _ => Value::Str(text.to_owned()),
    };
    let (kind, fits) = match value {
        Value::Null => ("null", matches!(name.as_deref(), Some("null") | None)),
        Value::Bool(_) => ("bool", name.as_deref() == Some("bool")),
        #[expect(clippy::cast_precision_loss, reason = "what is tagged so is a float")]
        Value::Int(number) if name.as_deref() == Some("float") => return Ok(Value::Float(number as f64)),
        Value::Int(_) => ("int", name.as_deref() == Some("int")),
        Value::Float(_) => ("float", name.as_deref() == Some("float")),
        _ => ("str", false),
    };
    match name.as_deref() {
        Some(wanted @ ("int" | "float" | "bool" | "null")) if !fits => {
            Err(format!("yaml: cannot decode !!{kind} `{text}` as a !!{wanted}"))
        }
        _ => Ok(value),
    }
}

fn compose_tag(tag: Option<&YamlTag>) -> Tag {
    match tag.map(YamlTag::original).as_deref() {
        Some("!reset") => Tag::Reset,
        Some("!override") => Tag::Override,
        _ => Tag::None,
    }
}

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
