//! Events of the YAML parser to trees: aliases copied within a budget, merge keys, duplicate keys, tags.

use std::{collections::HashMap, path::Path, sync::Arc};

use granit_parser::{Event, Marker, Parser, ScalarStyle, Span, StrInput, Tag as YamlTag};
use indexmap::map::Entry as Slot;

use super::{
    decode::decode,
    node::{Entry, Map, Node, Tag, Value},
    resolve,
};
use crate::compose::{Place, Problem, report::Report, trail::Trail};

/// How many values aliases may add to a document, so that a few lines can't fill the memory.
const ALIAS_BUDGET: usize = 250_000;
/// How deep a document may be nested.
const MAX_DEPTH: usize = 256;

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
    let mut composer = Composer {
        events: Parser::new_from_str(&text),
        file: file.clone(),
        anchors: HashMap::new(),
        budget: ALIAS_BUDGET.max(text.len() / 4),
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
    events: Parser<'t, StrInput<'t>>,
    file: Arc<Path>,
    /// Complete anchored nodes with their weight; `None` while the node is still being read.
    anchors: HashMap<usize, Option<(Node, usize)>>,
    budget: usize,
    report: &'r mut Report,
}

impl<'t> Composer<'t, '_> {
    fn documents(&mut self) -> Result<Vec<Node>, Fatal> {
        let mut documents = Vec::new();
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(documents),
                (Event::DocumentStart(..), _) => {
                    self.anchors.clear();
                    let first = self.next()?;
                    documents.push(self.node(first, &Trail::ROOT)?);
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
                Err(Box::new(Problem::error(format!("yaml: {}", e.info())).at(place)))
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn place(&self, marker: &Marker) -> Place {
        Place { file: self.file.clone(), line: narrow(marker.line().max(1)), column: narrow(marker.col() + 1) }
    }

    fn node(&mut self, (event, span): (Event<'t>, Span), trail: &Trail<'_>) -> Result<Node, Fatal> {
        let place = self.place(&span.start);
        if trail.depth() > MAX_DEPTH {
            return fatal(place, format!("yaml: nested more than {MAX_DEPTH} levels deep"));
        }
        let (value, anchor, tag) = match event {
            Event::Alias(id) => return self.alias(id, place),
            Event::Scalar(text, style, anchor, tag) => (scalar(&text, style, tag.as_deref()), anchor, tag),
            Event::SequenceStart(_, anchor, tag) => {
                self.open(anchor);
                (self.list(trail)?, anchor, tag)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.open(anchor);
                (self.map(trail)?, anchor, tag)
            }
            _ => return fatal(place, "yaml: a value is missing here"),
        };
        let node = Node { value, place, tag: compose_tag(tag.as_deref()) };
        if anchor != 0 {
            let weight = node.weight();
            self.spend(weight, &node.place)?;
            self.anchors.insert(anchor, Some((node.clone(), weight)));
        }
        Ok(node)
    }

    fn open(&mut self, anchor: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, None);
        }
    }

    fn alias(&mut self, id: usize, place: Place) -> Result<Node, Fatal> {
        let weight = match self.anchors.get(&id) {
            Some(Some((_, weight))) => *weight,
            Some(None) => return fatal(place, "yaml: an anchor contains an alias to itself"),
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

    fn list(&mut self, trail: &Trail<'_>) -> Result<Value, Fatal> {
        let mut items = Vec::new();
        loop {
            let event = self.next()?;
            if matches!(event.0, Event::SequenceEnd) {
                return Ok(Value::List(items));
            }
            let item = self.node(event, &trail.index(items.len()))?;
            items.push(item);
        }
    }

    fn map(&mut self, trail: &Trail<'_>) -> Result<Value, Fatal> {
        let mut map = Map::new();
        let mut merged: Option<Node> = None;
        loop {
            let event = self.next()?;
            if matches!(event.0, Event::MappingEnd) {
                break;
            }
            let is_merge = matches!(&event.0, Event::Scalar(text, ScalarStyle::Plain, ..) if text == "<<");
            let key = self.node(event, trail)?;
            let Some(name) = self.key_name(&key, trail) else {
                return fatal(key.place, "yaml: invalid map key: only a text can be one");
            };
            let next = self.next()?;
            let node = self.node(next, &trail.key(&name))?;
            if is_merge {
                if let Some(earlier) = merged.replace(node) {
                    self.duplicate("<<", &key.place, earlier.place.line);
                }
                continue;
            }
            match map.entry(name) {
                Slot::Vacant(slot) => {
                    slot.insert(Entry { key: key.place, node });
                }
                Slot::Occupied(slot) => {
                    let (name, line) = (slot.key().clone(), slot.get().key.line);
                    self.duplicate(&name, &key.place, line);
                }
            }
        }
        if let Some(node) = merged {
            self.merge_key(&mut map, node);
        }
        Ok(Value::Map(map))
    }

    fn duplicate(&mut self, name: &str, place: &Place, line: u32) {
        self.report.error(place, format!("mapping key \"{name}\" already defined at line {line}"));
    }

    /// A key's text. Numbers and the like are reported and kept as text; lists and mappings can't be.
    fn key_name(&mut self, key: &Node, trail: &Trail<'_>) -> Option<String> {
        if let Value::Str(text) = &key.value {
            return Some(text.clone());
        }
        let text = if key.is_null() { "<nil>".into() } else { key.text()? };
        let within = if trail.depth() == 0 { "at top level".to_owned() } else { format!("in {trail}") };
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
            Value::List(list) if !list.is_empty() => list,
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

fn fatal<T>(place: Place, message: impl Into<String>) -> Result<T, Fatal> {
    Err(Box::new(Problem::error(message).at(place)))
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&YamlTag>) -> Value {
    match tag.and_then(YamlTag::core_suffix) {
        Some("str") => Value::Str(text.to_owned()),
        Some("int" | "float" | "bool" | "null") => resolve::plain(text),
        _ if style == ScalarStyle::Plain => resolve::plain(text),
        _ => Value::Str(text.to_owned()),
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
