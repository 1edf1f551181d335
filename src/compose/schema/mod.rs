//! Checks a merged document against the compose specification, and turns texts into the numbers and flags
//! that are meant (`privileged: "${P}"`). Says everything that is wrong, each at its place.

mod shape;
mod tables;

use self::shape::{Cast, Format, Kind, Shape};
use super::{
    newer::Release,
    node::{Map, Node, Tag, Value},
    problem::{Place, Problem},
    report::Report,
    syntax::units,
    trail::Trail,
};

/// Checks a merged document. Where variables aren't `replaced`, a text with one in it may become anything.
pub fn check(root: &mut Node, replaced: bool, report: &mut Report) {
    Check { replaced, report }.node(root, &tables::ROOT, &Trail::ROOT);
}

struct Check<'r> {
    replaced: bool,
    report: &'r mut Report,
}

impl Check<'_> {
    fn node(&mut self, node: &mut Node, shape: &Shape, trail: &Trail<'_>) {
        // What says `!reset` is as if it weren't there.
        if node.tag == Tag::Reset {
            return;
        }
        match (*shape, &mut node.value) {
            (Shape::Any, _) | (Shape::KeysOrNull(_), Value::Null) => {}
            (Shape::Either(shapes), value) => match shapes.iter().find(|shape| fits(shape, value)) {
                Some(shape) => self.node(node, shape, trail),
                None => self.unfit(node, shape, trail),
            },
            (Shape::List(item), Value::List(items)) => self.items(items, item, trail),
            (Shape::Set(item), Value::List(items)) => {
                self.items(items, item, trail);
                self.repeats(items, trail);
            }
            (Shape::Keys(keys, required), Value::Map(map)) => {
                self.keys(map, keys, trail);
                for key in required.iter().filter(|key| !map.contains_key(**key)) {
                    self.report.error(&node.place, format!("{trail} {key} is required"));
                }
            }
            (Shape::KeysOrNull(keys), Value::Map(map)) => self.keys(map, keys, trail),
            (Shape::Named(shape), Value::Map(map)) => {
                for (key, entry) in map {
                    if key.is_empty() || !key.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)) {
                        self.report.push(
                            Problem::error(format!("{trail} Additional property {key} is not allowed"))
                                .at(entry.key.clone())
                                .help("a name may contain letters, digits, `.`, `_` and `-`"),
                        );
                    }
                    self.node(&mut entry.node, shape, &trail.key(key));
                }
            }
            (Shape::Free(shape), Value::Map(map)) => {
                for (key, entry) in map {
                    self.node(&mut entry.node, shape, &trail.key(key));
                }
            }
            (Shape::Range(least, most, _), &mut Value::Int(number)) if number < least || number > most => {
                let (word, bound) = if number < least { ("greater", least) } else { ("less", most) };
                self.report.error(&node.place, format!("{trail} Must be {word} than or equal to {bound}"));
            }
            (Shape::Range(_, _, shape), _) => self.node(node, shape, trail),
            (Shape::Word(words), Value::Str(text)) => {
                if !words.contains(&text.as_str()) {
                    let list: Vec<String> = words.iter().map(|w| format!("\"{w}\"")).collect();
                    let message = format!("{trail} must be one of the following: {}", list.join(", "));
                    let meant = self.report.meant(text, words.iter().copied());
                    self.mistaken(&node.place, message, meant);
                }
            }
            (Shape::Typed(kinds) | Shape::Number(_, kinds) | Shape::Text(_, kinds), value)
                if has_kind(value, kinds) =>
            {
                self.scalar(node, shape, trail);
            }
            _ => self.unfit(node, shape, trail),
        }
    }

    fn items(&mut self, items: &mut [Node], shape: &Shape, trail: &Trail<'_>) {
        for (index, item) in items.iter_mut().enumerate() {
            self.node(item, shape, &trail.index(index));
        }
    }

    fn repeats(&mut self, items: &[Node], trail: &Trail<'_>) {
        let mut seen = std::collections::HashMap::new();
        for (index, item) in items.iter().enumerate() {
            let Some(text) = item.text() else { continue };
            // A number and the same number as a text are two.
            if let Some(first) = seen.insert((item.str().is_some(), text), index) {
                self.report.error(&item.place, format!("{trail} array items[{first},{index}] must be unique"));
            }
        }
    }

    fn keys(&mut self, map: &mut Map, keys: &[(&'static str, Shape)], trail: &Trail<'_>) {
        for (key, entry) in map {
            if let Some((_, shape)) = keys.iter().find(|(known, _)| known == key) {
                self.node(&mut entry.node, shape, &trail.key(key));
            } else if !key.starts_with("x-") {
                let message = format!("{trail} Additional property {key} is not allowed");
                let meant = self.report.meant(key, keys.iter().map(|(known, _)| *known));
                self.mistaken(&entry.key, message, meant);
            }
        }
    }

    fn scalar(&mut self, node: &mut Node, shape: &Shape, trail: &Trail<'_>) {
        let Value::Str(text) = &node.value else {
            if let (Shape::Text(Format::Mode, _), Value::Float(_)) = (shape, &node.value) {
                let message = format!("error decoding '{}': unexpected value type float64 for mode", trail.decoded());
                self.report.error(&node.place, message);
            }
            if let (Shape::Number(Cast::Float, _), Value::Float(number)) = (shape, &node.value)
                && !number.is_finite()
            {
                // No digest can be made of it, so docker compose does nothing with the project.
                let number = node.text().unwrap_or_default();
                self.report.error(&node.place, format!("json: unsupported value: {number}"));
            }
            if let (Shape::Text(Format::Expose, _), Value::Float(number)) = (shape, &node.value) {
                let message = format!("{trail}: unsupported expose value {number}");
                self.report.error(&node.place, message);
            }
            if let (Shape::Number(Cast::Uint, _), Value::Int(number @ ..0)) = (shape, &node.value) {
                self.report.error(&node.place, format!("cannot parse '{}', {number} overflows uint", trail.decoded()));
            }
            return;
        };
        if !self.replaced && text.contains('$') {
            return;
        }
        let result = match shape {
            Shape::Number(Cast::Bool, _) => match flag(text) {
                Some((flag, usual)) => {
                    if !usual {
                        let message =
                            format!("\"{text}\" for boolean is not supported by YAML 1.2, please use `{flag}`");
                        self.report.warning(&node.place, message);
                    }
                    node.value = Value::Bool(flag);
                    return;
                }
                None => Err(format!("invalid boolean: {text}")),
            },
            Shape::Number(Cast::Int, _) => {
                text.parse().map(Value::Int).map_err(|_| format!("{text:?} is not a whole number"))
            }
            Shape::Number(Cast::Uint, _) => {
                text.parse::<u32>().map(|n| Value::Int(n.into())).map_err(|_| format!("{text:?} is not a whole number"))
            }
            Shape::Number(Cast::Float, _) => {
                text.parse().map(Value::Float).map_err(|_| format!("{text:?} is not a number"))
            }
            Shape::Text(format, _) => {
                self.newer(*format, text, &node.place);
                let plain = matches!(format, Format::PullPolicy | Format::ContainerName);
                if let (true, Err(why)) = (plain, well_formed(*format, text)) {
                    self.report.error(&node.place, format!("{trail} {why}"));
                } else if let Err(why) = well_formed(*format, text) {
                    self.report.error(&node.place, format!("error decoding '{}': {why}", trail.decoded()));
                }
                return;
            }
            _ => return,
        };
        match result {
            Ok(value) => node.value = value,
            Err(why) => {
                let message = format!("error while interpolating {trail}: failed to cast to expected type: {why}");
                self.report.error(&node.place, message);
            }
        }
    }

    /// Notes texts that docker compose reads in another way before 2.34.
    fn newer(&mut self, format: Format, text: &str, place: &Place) {
        let since = Release(2, 34, 0);
        match format {
            Format::Duration if text.contains(['d', 'w']) => {
                self.report.newer(since, place, true, format!("doesn't know days and weeks in `{text}`"));
            }
            Format::Mode if text.parse::<i64>().is_ok() => {
                let older = format!("reads the permission bits '{text}' as a decimal number");
                self.report.newer(since, place, false, older);
            }
            _ => {}
        }
    }

    fn unfit(&mut self, node: &Node, shape: &Shape, trail: &Trail<'_>) {
        if let Value::Time(_) = &node.value {
            // Docker compose's schema knows no dates, wherever it looks at a value.
            let problem = Problem::error(format!("{trail} invalid jsonType time.Time")).at(node.place.clone());
            self.report.push(problem.help("an unquoted date isn't a text: put it in quotes"));
            return;
        }
        let message = format!("{trail} must be a {}", wanted(shape));
        let problem = Problem::error(message).at(node.place.clone());
        let written = node.text().filter(|_| wanted(shape) == "string");
        self.report.push(match written {
            Some(text) => problem.help(format!("write it in quotes: \"{text}\"")),
            None => problem,
        });
    }

    fn mistaken(&mut self, place: &Place, message: String, meant: Option<String>) {
        let problem = Problem::error(message).at(place.clone());
        self.report.push(match meant {
            Some(meant) => problem.help(meant),
            None => problem,
        });
    }
}

/// Whether a value is of the right sort for a shape, whatever is inside.
fn fits(shape: &Shape, value: &Value) -> bool {
    match shape {
        Shape::Any => true,
        Shape::Typed(kinds) | Shape::Number(_, kinds) | Shape::Text(_, kinds) => has_kind(value, kinds),
        Shape::Range(_, _, shape) => fits(shape, value),
        Shape::Word(_) => matches!(value, Value::Str(_)),
        Shape::List(_) | Shape::Set(_) => matches!(value, Value::List(_)),
        Shape::KeysOrNull(_) => matches!(value, Value::Map(_) | Value::Null),
        Shape::Keys(..) | Shape::Named(_) | Shape::Free(_) => matches!(value, Value::Map(_)),
        Shape::Either(shapes) => shapes.iter().any(|shape| fits(shape, value)),
    }
}

fn has_kind(value: &Value, kinds: &[Kind]) -> bool {
    kinds.iter().any(|kind| match kind {
        Kind::Str => matches!(value, Value::Str(_)),
        Kind::Int => match value {
            Value::Int(_) => true,
            Value::Float(number) => number.fract() == 0.0,
            _ => false,
        },
        Kind::Num => matches!(value, Value::Int(_) | Value::Float(_)),
        Kind::Bool => matches!(value, Value::Bool(_)),
        Kind::Null => matches!(value, Value::Null),
    })
}

/// What a shape asks for, in the schema's words.
fn wanted(shape: &Shape) -> String {
    match shape {
        Shape::Any => "value".into(),
        Shape::Typed(kinds) | Shape::Number(_, kinds) | Shape::Text(_, kinds) => {
            let names: Vec<_> = kinds.iter().map(|kind| kind.name()).collect();
            match names.split_last() {
                Some((last, [])) => (*last).into(),
                Some((last, others)) => format!("{} or {last}", others.join(", ")),
                None => String::new(),
            }
        }
        Shape::Range(_, _, shape) => wanted(shape),
        Shape::Word(_) => "string".into(),
        Shape::List(_) | Shape::Set(_) => "list".into(),
        Shape::KeysOrNull(_) => "mapping or null".into(),
        Shape::Keys(..) | Shape::Named(_) | Shape::Free(_) => "mapping".into(),
        Shape::Either(shapes) => shapes.first().map(wanted).unwrap_or_default(),
    }
}

/// The flag that a text means, and whether YAML 1.2 spells it so.
pub fn flag(text: &str) -> Option<(bool, bool)> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some((true, true)),
        "false" => Some((false, true)),
        "y" | "yes" | "on" => Some((true, false)),
        "n" | "no" | "off" => Some((false, false)),
        _ => None,
    }
}

fn well_formed(format: Format, text: &str) -> Result<(), String> {
    match format {
        Format::Duration => units::duration(text).map(|_| ()),
        Format::Size => match units::size(text) {
            Some(_) => Ok(()),
            None => Err(format!("invalid size: '{text}'")),
        },
        Format::PullPolicy => {
            let known = ["always", "never", "build", "if_not_present", "missing", "refresh", "daily", "weekly"];
            // As in docker compose's pattern, what stands before and after doesn't count.
            let span = |rest: &str| {
                let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit());
                unit.len() < rest.len() && unit.starts_with(['w', 'd', 'h', 'm', 's'])
            };
            if known.iter().any(|word| text.contains(word)) || text.split("every_").skip(1).any(span) {
                return Ok(());
            }
            let list = known.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
            Err(format!("must be one of the following: {list}, or a span such as every_12h"))
        }
        Format::Expose => Ok(()),
        Format::Mode => match i64::from_str_radix(text, 8) {
            Ok(_) => Ok(()),
            Err(_) => Err(format!("strconv.ParseInt: parsing {text:?}: invalid syntax")),
        },
        Format::ContainerName => {
            let named = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
            let mut pairs = text.chars().zip(text.chars().skip(1));
            if pairs.any(|(first, next)| first.is_ascii_alphanumeric() && named(next)) {
                return Ok(());
            }
            Err(format!("'{text}' does not match pattern '[a-zA-Z0-9][a-zA-Z0-9_.-]+'"))
        }
        Format::Variable => spaced(text),
        Format::Host if text.contains(['=', ':']) => Ok(()),
        Format::Host => Err(format!("invalid additional host, missing IP: {text}")),
        Format::DeviceCount => match text {
            "all" => Ok(()),
            _ if text.parse::<i64>().is_ok() => Ok(()),
            _ => Err(format!("invalid value \"{text}\", the only value allowed is 'all' or a number")),
        },
    }
}

/// Whether the name of a `NAME=value` item ends in a blank, as docker compose looks at it: at the last byte alone.
///
/// # Errors
/// In docker compose's words.
pub fn spaced(item: &str) -> Result<(), String> {
    let name = item.split('=').next().unwrap_or_default();
    match name.as_bytes().last() {
        Some(b'\t'..=b'\r' | b' ' | 0x85 | 0xa0) => {
            Err(format!("environment variable {name} is declared with a trailing space"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
