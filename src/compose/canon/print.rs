//! A model's values as docker compose prints them: which are left out, in which order keys come, what a size,
//! a duration or a number looks like.

use std::cmp::Ordering;

use serde_json::{Map as Object, Number, Value as Json};

use super::{
    form::{Field, Form},
    yaml::natural,
};
use crate::compose::{
    node::{Entry, Map, Node, Value},
    syntax::{units, words},
};

/// The ways of printing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// Without extension fields below the top; null commands are printed.
    #[default]
    Json,
    /// With extension fields.
    Yaml,
    /// JSON as 2.26 has it, whose digests are on its containers.
    Json26,
}

impl Style {
    /// Whether it is JSON.
    pub fn is_json(self) -> bool {
        self != Self::Yaml
    }

    /// The order of a map's keys.
    pub fn order(self, a: &str, b: &str) -> Ordering {
        match self {
            Self::Json | Self::Json26 => a.cmp(b),
            Self::Yaml => natural(a, b),
        }
    }
}

/// Prints a value, or leaves it out.
pub fn print(form: &Form, node: Option<&Node>, style: Style) -> Option<Json> {
    let node = node.filter(|node| !node.is_null());
    match form {
        Form::TextAlways => Some(Json::String(node.and_then(Node::text).unwrap_or_default())),
        Form::FlagAlways => Some(Json::Bool(node.and_then(flag).unwrap_or_default())),
        Form::WholeAlways => Some(node.and_then(whole).unwrap_or_else(|| 0.into())),
        Form::BytesAlways => Some(Json::String(node.and_then(bytes).unwrap_or_else(|| "0".into()))),
        Form::Words => match node {
            Some(node) => Some(command(node)),
            None => style.is_json().then_some(Json::Null),
        },
        Form::KeysAlways(fields) => {
            let object = keys(fields, node.and_then(Node::map), style, false);
            (style.is_json() || object.as_object().is_some_and(|object| !object.is_empty())).then_some(object)
        }
        form => present(form, node?, style),
    }
}

fn present(form: &Form, node: &Node, style: Style) -> Option<Json> {
    match form {
        Form::Text => node.text().filter(|text| !text.is_empty()).map(Json::String),
        Form::Flag => flag(node).filter(|flag| *flag).map(Json::Bool),
        Form::FlagIfSet => flag(node).map(Json::Bool),
        Form::Whole => whole(node).filter(|number| number.as_i64() != Some(0)),
        Form::WholeIfSet => whole(node),
        Form::Number => single(node),
        Form::Bytes => bytes(node).filter(|text| text != "0").map(Json::String),
        Form::Time => time(node),
        Form::TimeIfNotZero => time(node).filter(|text| text != "0s"),
        Form::Texts => filled(texts(node)),
        Form::Test => Some(Json::Array(match node.str() {
            Some(line) => vec!["CMD-SHELL".into(), line.into()],
            None => texts(node),
        }))
        .filter(|test| test.as_array().is_some_and(|test| !test.is_empty())),
        Form::Environment => entries(pairs(node), style, |value| value.map_or(Json::Null, Json::String)),
        Form::Pairs => entries(pairs(node), style, |value| Json::String(value.unwrap_or_default())),
        Form::Hosts => filled(hosts(node)),
        Form::Ulimit => Some(ulimit(node, style)),
        Form::Count => match node.text()?.as_str() {
            text if text.eq_ignore_ascii_case("all") => Some((-1).into()),
            text => text.parse::<i64>().ok().filter(|count| *count != 0).map(Json::from),
        },
        Form::Ssh => filled(ssh(node)),
        Form::EnvFiles => filled(node.list()?.iter().map(env_file).collect()),
        Form::Mode if style == Style::Json26 => whole(node),
        Form::Mode => mode(node).map(Json::String),
        Form::Lists => {
            let entry = |(key, entry): (&String, &Entry)| Some((key.clone(), filled(texts(&entry.node))?));
            let mut object: Object<String, Json> = node.map()?.iter().filter_map(entry).collect();
            object.sort_keys();
            (!object.is_empty()).then_some(Json::Object(object))
        }
        Form::Since(new, old) => print(if style == Style::Json26 { old } else { new }, Some(node), style),
        Form::Keys(fields) => Some(keys(fields, node.map(), style, false)),
        Form::Capital(fields) => Some(keys(fields, node.map(), style, style.is_json())),
        Form::List(form) => filled(node.list()?.iter().filter_map(|item| print(form, Some(item), style)).collect()),
        Form::Named(form) => {
            let map = node.map()?;
            let mut names: Vec<&String> = map.keys().collect();
            names.sort_by(|a, b| style.order(a, b));
            let entry = |name: &String| {
                let node = map.get(name).map(|entry| &entry.node);
                (name.clone(), print(form, node, style).unwrap_or(Json::Null))
            };
            let object: Object<String, Json> = names.into_iter().map(entry).collect();
            (!object.is_empty()).then_some(Json::Object(object))
        }
        Form::TextAlways
        | Form::FlagAlways
        | Form::WholeAlways
        | Form::BytesAlways
        | Form::Words
        | Form::KeysAlways(_) => print(form, Some(node), style),
    }
}

/// A structure's keys in their order, then its extension fields.
pub fn keys(fields: &[Field], map: Option<&Map>, style: Style, capital: bool) -> Json {
    let mut object = Object::new();
    for (key, form) in fields {
        if let Some(value) = print(form, map.and_then(|map| map.get(*key)).map(|entry| &entry.node), style) {
            object.insert(if capital { capitalised(key) } else { (*key).to_owned() }, value);
        }
    }
    if style == Style::Yaml {
        extensions(map, style, &mut object);
    }
    Json::Object(object)
}

/// Adds the `x-` fields, sorted.
pub fn extensions(map: Option<&Map>, style: Style, object: &mut Object<String, Json>) {
    let mut found: Vec<(&String, &Node)> =
        map.into_iter().flatten().filter(|(key, _)| key.starts_with("x-")).map(|(k, e)| (k, &e.node)).collect();
    found.sort_by(|a, b| style.order(a.0, b.0));
    object.extend(found.into_iter().map(|(key, node)| (key.clone(), plain(node, style))));
}

fn capitalised(key: &str) -> String {
    let mut chars = key.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn filled(items: Vec<Json>) -> Option<Json> {
    (!items.is_empty()).then_some(Json::Array(items))
}

fn flag(node: &Node) -> Option<bool> {
    match &node.value {
        Value::Bool(flag) => Some(*flag),
        Value::Str(text) => crate::compose::schema::flag(text).map(|(flag, _)| flag),
        _ => None,
    }
}

fn whole(node: &Node) -> Option<Json> {
    let number: i64 = match &node.value {
        Value::Int(number) => i64::try_from(*number).ok()?,
        #[expect(clippy::cast_possible_truncation, reason = "Go truncates as well, and the range is checked")]
        Value::Float(number) if number.abs() < 9e18 => *number as i64,
        Value::Str(text) => text.parse().ok()?,
        _ => return None,
    };
    Some(number.into())
}

/// Permission bits as octal digits after a 0, those of a negative number after its sign.
fn mode(node: &Node) -> Option<String> {
    let bits = match &node.value {
        Value::Str(text) => i64::from_str_radix(text, 8).ok()?,
        _ => whole(node)?.as_i64()?,
    };
    let sign = if bits < 0 { "-" } else { "" };
    Some(format!("0{sign}{:o}", bits.unsigned_abs()))
}

/// A number of single precision, printed with as few digits as tell it from its neighbours.
fn single(node: &Node) -> Option<Json> {
    #[expect(clippy::cast_possible_truncation, reason = "docker compose keeps these in single precision")]
    let number = node.text()?.parse::<f64>().ok()? as f32;
    (number != 0.0).then(|| decimal(&number.to_string())).flatten()
}

/// The digits as a number, whole ones without a point.
fn decimal(digits: &str) -> Option<Json> {
    match digits.parse::<i64>() {
        Ok(whole) => Some(whole.into()),
        Err(_) => Number::from_f64(digits.parse().ok()?).map(Json::Number),
    }
}

fn bytes(node: &Node) -> Option<String> {
    match &node.value {
        Value::Int(number) => Some(number.to_string()),
        Value::Str(text) => units::size(text).map(|bytes| bytes.trunc().to_string()),
        // Docker compose passes over a fraction here.
        _ => None,
    }
}

fn time(node: &Node) -> Option<Json> {
    units::duration(&node.text()?).ok().map(|nanos| Json::String(units::go_duration(nanos)))
}

fn texts(node: &Node) -> Vec<Json> {
    match &node.value {
        Value::List(items) => items.iter().filter_map(Node::text).map(Json::String).collect(),
        _ => node.text().map(Json::String).into_iter().collect(),
    }
}

fn command(node: &Node) -> Json {
    match &node.value {
        Value::Str(line) => words::split(line).map_or(Json::Null, Json::from),
        _ => Json::Array(texts(node)),
    }
}

fn pairs(node: &Node) -> Vec<(String, Option<String>)> {
    match &node.value {
        Value::Map(map) => map.iter().map(|(key, entry)| (key.clone(), entry.node.text())).collect(),
        Value::List(items) => items
            .iter()
            .filter_map(Node::text)
            .map(|item| match item.split_once('=') {
                Some((key, value)) => (key.to_owned(), Some(value.to_owned())),
                None => (item, None),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Pairs as a mapping sorted by key; of a key given twice the last counts.
pub fn entries(
    mut pairs: Vec<(String, Option<String>)>,
    style: Style,
    value: fn(Option<String>) -> Json,
) -> Option<Json> {
    pairs.sort_by(|a, b| style.order(&a.0, &b.0));
    let object: Object<String, Json> = pairs.into_iter().map(|(key, text)| (key, value(text))).collect();
    (!object.is_empty()).then_some(Json::Object(object))
}

fn hosts(node: &Node) -> Vec<Json> {
    let mut all: Vec<String> = Vec::new();
    let mut add = |host: &str, ip: &str| {
        let inner = ip.strip_prefix('[').and_then(|ip| ip.strip_suffix(']')).filter(|inner| !inner.is_empty());
        all.push(format!("{host}={}", inner.unwrap_or(ip)));
    };
    match &node.value {
        Value::Map(map) => {
            for (host, entry) in map {
                match &entry.node.value {
                    Value::List(ips) => ips.iter().filter_map(Node::text).for_each(|ip| add(host, &ip)),
                    _ => add(host, &entry.node.text().unwrap_or_default()),
                }
            }
        }
        Value::List(items) => {
            for item in items.iter().filter_map(Node::text) {
                if let Some((host, ips)) = item.split_once('=').or_else(|| item.split_once(':')) {
                    ips.split(',').for_each(|ip| add(host, ip));
                }
            }
        }
        _ => {}
    }
    all.sort();
    all.into_iter().map(Json::String).collect()
}

fn ulimit(node: &Node, style: Style) -> Json {
    if let Some(single) = whole(node).filter(|number| number.as_i64() != Some(0)) {
        return single;
    }
    let limit = |key| {
        let number = node.at(key).and_then(whole).unwrap_or_else(|| 0.into());
        (style == Style::Yaml || number.as_i64() != Some(0)).then(|| (key.to_owned(), number))
    };
    Json::Object(["soft", "hard"].into_iter().filter_map(limit).collect())
}

fn ssh(node: &Node) -> Vec<Json> {
    let keys = pairs(node).into_iter().map(|(id, path)| match path.filter(|path| !path.is_empty()) {
        Some(path) => Json::String(format!("{id}: {path}")),
        None => Json::String(id),
    });
    keys.collect()
}

fn env_file(node: &Node) -> Json {
    let path = node.at("path").and_then(Node::text).unwrap_or_default();
    if node.at("required").and_then(flag) != Some(false) {
        return Json::String(path);
    }
    let mut object =
        Object::from_iter([("path".to_owned(), Json::String(path)), ("required".to_owned(), false.into())]);
    if let Some(format) = node.at("format").and_then(Node::text) {
        object.insert("format".into(), format.into());
    }
    Json::Object(object)
}

/// Any value as it is, keys sorted as Go sorts them.
pub fn plain(node: &Node, style: Style) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Int(number) => i64::try_from(*number)
            .map(Json::from)
            .or_else(|_| u64::try_from(*number).map(Json::from))
            .unwrap_or_else(|_| number.to_string().into()),
        Value::Float(number) => decimal(&number.to_string()).unwrap_or(Json::Null),
        Value::Str(text) => text.clone().into(),
        Value::Time(_) => node.moment().into(),
        // Docker compose loses the difference between an empty list and none.
        Value::List(items) if items.is_empty() && style.is_json() => Json::Null,
        Value::List(items) => Json::Array(items.iter().map(|item| plain(item, style)).collect()),
        Value::Map(map) => {
            let mut entries: Vec<_> = map.iter().map(|(key, entry)| (key.clone(), &entry.node)).collect();
            entries.sort_by(|a, b| style.order(&a.0, &b.0));
            Json::Object(entries.into_iter().map(|(key, node)| (key, plain(node, style))).collect())
        }
    }
}
