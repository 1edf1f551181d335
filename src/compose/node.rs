//! The document tree: values with their places, aliases expanded and merge keys applied.

use indexmap::IndexMap;

use super::problem::Place;

/// A value of a document and where it starts.
#[derive(Debug, Clone)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it starts.
    pub place: Place,
    /// What it does to the value it is merged onto.
    pub tag: Tag,
    /// Whether a variable stood in it.
    pub filled: bool,
}

/// Compose's own YAML tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tag {
    /// None: merge as usual.
    #[default]
    None,
    /// `!reset`: remove.
    Reset,
    /// `!override`: replace.
    Override,
}

/// A value, its scalars resolved as docker compose's YAML library does.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`; `yes` and its kin are texts.
    Bool(bool),
    /// A whole number in any of YAML 1.1's spellings.
    Int(i128),
    /// Any other number.
    Float(f64),
    /// A text.
    Str(String),
    /// An unquoted date, as Go prints it.
    Time(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the file's order.
    Map(Map),
}

/// A mapping.
pub type Map = IndexMap<String, Entry>;

/// A mapping's value and where its key stands.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key's place.
    pub key: Place,
    /// The value.
    pub node: Node,
}

/// Equality is of content; where a thing was written doesn't count.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl Node {
    /// A node without a tag.
    pub fn new(value: Value, place: Place) -> Self {
        Self { value, place, tag: Tag::None, filled: false }
    }

    /// A mapping of these keys, all at one place.
    pub fn mapping(entries: impl IntoIterator<Item = (&'static str, Value)>, place: &Place) -> Self {
        let entry = |(key, value): (&str, Value)| {
            (key.to_owned(), Entry { key: place.clone(), node: Node::new(value, place.clone()) })
        };
        Self::new(Value::Map(entries.into_iter().map(entry).collect()), place.clone())
    }

    /// The mapping, if it is one.
    pub fn map(&self) -> Option<&Map> {
        if let Value::Map(map) = &self.value { Some(map) } else { None }
    }

    /// The mapping to change, if it is one.
    pub fn map_mut(&mut self) -> Option<&mut Map> {
        if let Value::Map(map) = &mut self.value { Some(map) } else { None }
    }

    /// The items, if it is a list.
    pub fn list(&self) -> Option<&[Node]> {
        if let Value::List(list) = &self.value { Some(list) } else { None }
    }

    /// The text, if it is one.
    pub fn str(&self) -> Option<&str> {
        if let Value::Str(text) = &self.value { Some(text) } else { None }
    }

    /// The value under a key, if this is a mapping that has it.
    pub fn at(&self, key: &str) -> Option<&Node> {
        self.map()?.get(key).map(|entry| &entry.node)
    }

    /// The value at the end of several keys.
    pub fn find(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.at(key))
    }

    /// The entries of the mapping under a key; none where it isn't one.
    pub fn section(&self, key: &str) -> impl Iterator<Item = (&String, &Entry)> {
        self.at(key).and_then(Node::map).into_iter().flatten()
    }

    /// The items of the list under a key; none where it isn't one.
    pub fn items(&self, key: &str) -> &[Node] {
        self.at(key).and_then(Node::list).unwrap_or_default()
    }

    /// Whether the value under a key is this flag.
    pub fn is(&self, key: &str, flag: bool) -> bool {
        self.at(key).is_some_and(|node| node.value == Value::Bool(flag))
    }

    /// A text or the texts of a list, each with its place.
    pub fn texts(&self) -> Vec<(&str, &Place)> {
        match &self.value {
            Value::Str(text) => vec![(text, &self.place)],
            Value::List(items) => items.iter().filter_map(|item| Some((item.str()?, &item.place))).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// A scalar as a text, numbers as Go prints them; `None` for null, lists and mappings.
    pub fn text(&self) -> Option<String> {
        Some(match &self.value {
            Value::Bool(flag) => flag.to_string(),
            Value::Int(number) => number.to_string(),
            Value::Float(number) => go_float(*number),
            Value::Str(text) | Value::Time(text) => text.clone(),
            Value::Null | Value::List(_) | Value::Map(_) => return None,
        })
    }

    /// A date as JSON has it, RFC 3339; empty for anything else.
    pub fn moment(&self) -> String {
        let Value::Time(text) = &self.value else { return String::new() };
        let mut parts = text.split(' ');
        let (date, time) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let zone = match parts.next().unwrap_or_default() {
            "+0000" => "Z".to_owned(),
            zone => zone.split_at_checked(3).map(|(hours, minutes)| format!("{hours}:{minutes}")).unwrap_or_default(),
        };
        format!("{date}T{time}{zone}")
    }

    /// How many values it holds, itself included.
    pub fn weight(&self) -> usize {
        1 + match &self.value {
            Value::List(list) => list.iter().map(Node::weight).sum::<usize>(),
            Value::Map(map) => map.values().map(|entry| entry.node.weight()).sum::<usize>(),
            _ => 0,
        }
    }
}

/// A number as Go's `%v` prints a float64: shortest digits, with an exponent below 1e-4 and from 1e6 on.
fn go_float(number: f64) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf".into() } else { "-Inf".into() };
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return number.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_in_go() {
        let cases = [
            (1.1, "1.1"),
            (1.0, "1"),
            (1000.0, "1000"),
            (100_000_000.0, "1e+08"),
            (1e21, "1e+21"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1_234_567.0, "1.234567e+06"),
        ];
        for (number, text) in cases {
            assert_eq!(go_float(number), text);
        }
    }
}
