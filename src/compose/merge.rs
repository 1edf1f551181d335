//! Puts one document onto another: override files onto the base, a service onto the one it extends.
//!
//! Maps merge by key, lists are appended, scalars replaced; the exceptions are those of docker compose
//! (`RULES`). Duplicates among appended ports and volumes go later, when their forms are understood.

use std::collections::HashMap;

use super::{
    node::{Entry, Map, Node, Tag, Value},
    problem::Problem,
    report::Report,
    schema,
    trail::Trail,
};

/// How a value at a certain path merges.
#[derive(Debug, Clone, Copy)]
enum Rule {
    /// The later one replaces, null included.
    Replace,
    /// Lists of `KEY=value` and maps become a map.
    Pairs,
    /// One text counts as a list of one.
    Append,
    /// The same, but what is there already isn't added again.
    Hosts,
    /// A list of names becomes a map of null.
    Names,
    /// A list of services becomes a map with the default condition.
    DependsOn,
    /// A text is the build's context.
    Build,
    /// Merge only with the same driver.
    Logging,
    /// A number replaces a map and the other way round.
    Ulimit,
    /// Merge items with the same subnet.
    Ipam,
}

const RULES: [(&str, Rule); 32] = [
    ("services.*.command", Rule::Replace),
    ("services.*.entrypoint", Rule::Replace),
    ("services.*.healthcheck.test", Rule::Replace),
    ("services.*.annotations", Rule::Pairs),
    ("services.*.environment", Rule::Pairs),
    ("services.*.labels", Rule::Pairs),
    ("services.*.sysctls", Rule::Pairs),
    ("services.*.build.args", Rule::Pairs),
    ("services.*.build.labels", Rule::Pairs),
    ("services.*.build.additional_contexts", Rule::Pairs),
    ("services.*.deploy.labels", Rule::Pairs),
    ("services.*.volumes.*.volume.labels", Rule::Pairs),
    ("networks.*.labels", Rule::Pairs),
    ("volumes.*.labels", Rule::Pairs),
    ("secrets.*.labels", Rule::Pairs),
    ("configs.*.labels", Rule::Pairs),
    ("services.*.dns", Rule::Append),
    ("services.*.dns_opt", Rule::Append),
    ("services.*.dns_search", Rule::Append),
    ("services.*.env_file", Rule::Append),
    ("services.*.label_file", Rule::Append),
    ("services.*.tmpfs", Rule::Append),
    ("services.*.extra_hosts", Rule::Hosts),
    ("services.*.build.extra_hosts", Rule::Hosts),
    ("services.*.networks", Rule::Names),
    ("services.*.models", Rule::Names),
    ("services.*.depends_on", Rule::DependsOn),
    ("services.*.build", Rule::Build),
    ("services.*.logging", Rule::Logging),
    ("services.*.ulimits.*", Rule::Ulimit),
    ("services.*.build.ulimits.*", Rule::Ulimit),
    ("networks.*.ipam.config", Rule::Ipam),
];

/// Where pairs are variables.
const VARIABLES: [&str; 2] = ["services.*.environment", "services.*.build.args"];

/// Merges `over` onto `base`. Where `over` says `!reset`, a null that keeps the tag stays behind, so that it
/// also resets what is merged below later; [`sweep`] takes those away in the end.
pub fn merge(base: &mut Node, over: Node, trail: &Trail<'_>, report: &mut Report) {
    match over.tag {
        Tag::Reset => {
            note(base, &over, trail, report);
            *base = Node { value: Value::Null, ..over };
        }
        Tag::Override => {
            note(base, &over, trail, report);
            *base = over;
        }
        Tag::None if base.tag == Tag::Reset => *base = over,
        Tag::None => by_rule(base, over, trail, report),
    }
}

fn by_rule(base: &mut Node, mut over: Node, trail: &Trail<'_>, report: &mut Report) {
    let rule = (2..=6).contains(&trail.depth()).then(|| RULES.iter().find(|(path, _)| trail.matches(path)));
    let Some(&(_, rule)) = rule.flatten() else { return plainly(base, over, trail, report) };
    if matches!(rule, Rule::Replace) {
        note(base, &over, trail, report);
        *base = over;
        return;
    }
    if over.is_null() {
        if matches!(rule, Rule::Ipam) {
            report.error(&over.place, format!("{trail}: unexpected type"));
        }
        return;
    }
    match rule {
        Rule::Replace => {}
        Rule::Pairs => {
            if VARIABLES.iter().any(|path| trail.matches(path)) {
                // As a map they would hide what is wrong with them as a list.
                for item in [&*base, &over].iter().flat_map(|side| side.list().unwrap_or_default()) {
                    if let Err(why) = schema::spaced(item.str().unwrap_or_default()) {
                        report.error(&item.place, format!("error decoding '{}': {why}", trail.decoded()));
                    }
                }
            }
            // Docker compose passes over what is neither list nor map here.
            if pairs(base) && pairs(&mut over) {
                replace_entries(base, over, trail, report);
            }
        }
        Rule::Append | Rule::Hosts => {
            listed(base);
            listed(&mut over);
            if let (Rule::Hosts, Value::List(old), Value::List(new)) = (rule, &base.value, &mut over.value) {
                new.retain(|item| !old.contains(item));
            }
            plainly(base, over, trail, report);
        }
        Rule::Names => {
            named(base, || Value::Null);
            named(&mut over, || Value::Null);
            plainly(base, over, trail, report);
        }
        Rule::DependsOn => {
            for side in [&mut *base, &mut over] {
                let place = side.place.clone();
                named(side, || condition_started(place.clone()));
            }
            plainly(base, over, trail, report);
        }
        Rule::Build => {
            for side in [&mut *base, &mut over] {
                if let Value::Str(context) = &side.value {
                    let context = Node::new(Value::Str(context.clone()), side.place.clone());
                    side.value = Value::Map(one("context", context));
                }
            }
            plainly(base, over, trail, report);
        }
        Rule::Logging => {
            let driver = |node: &Node| node.at("driver").and_then(Node::text);
            match (driver(base), driver(&over)) {
                (Some(old), Some(new)) if old != new => {
                    note(base, &over, trail, report);
                    *base = over;
                }
                _ => plainly(base, over, trail, report),
            }
        }
        Rule::Ulimit => match (&base.value, &over.value) {
            (Value::Map(_), Value::Map(_)) => plainly(base, over, trail, report),
            _ => {
                note(base, &over, trail, report);
                *base = over;
            }
        },
        Rule::Ipam => ipam(base, over, trail, report),
    }
}

/// The general rule.
fn plainly(base: &mut Node, over: Node, trail: &Trail<'_>, report: &mut Report) {
    if over.is_null() {
        return;
    }
    if base.is_null() {
        *base = over;
        return;
    }
    match (&mut base.value, over.value) {
        (Value::Map(map), Value::Map(others)) => merge_maps(map, others, trail, report),
        (Value::List(list), Value::List(others)) => list.extend(others),
        (Value::Map(_) | Value::List(_), value) => {
            let (old, new) = (kind(&base.value), kind(&value));
            report.push(
                Problem::error(format!("cannot override {trail}"))
                    .at(over.place)
                    .help(format!("it is {old} at {} but {new} here", base.place)),
            );
        }
        (old, value) => {
            if let Some(sources) = &mut report.sources {
                let node = Node::new(std::mem::replace(old, Value::Null), base.place.clone());
                sources.overrides(trail, &node, &over.place);
            }
            base.value = value;
            base.place = over.place;
            base.filled = over.filled;
        }
    }
}

/// Notes that a value loses its place to another.
fn note(old: &Node, new: &Node, trail: &Trail<'_>, report: &mut Report) {
    if let Some(sources) = &mut report.sources {
        sources.overrides(trail, old, &new.place);
    }
}

/// Puts pairs onto pairs: a later one without a value takes the earlier one's value away.
fn replace_entries(base: &mut Node, over: Node, trail: &Trail<'_>, report: &mut Report) {
    let (Some(map), Value::Map(others)) = (base.map_mut(), over.value) else { return };
    for (key, entry) in others {
        match map.get_mut(&key) {
            Some(old) if entry.node.tag == Tag::None && old.node.tag == Tag::None => {
                note(&old.node, &entry.node, &trail.key(&key), report);
                *old = entry;
            }
            Some(old) => merge(&mut old.node, entry.node, &trail.key(&key), report),
            None => {
                map.insert(key, entry);
            }
        }
    }
}

fn merge_maps(map: &mut Map, others: Map, trail: &Trail<'_>, report: &mut Report) {
    for (key, entry) in others {
        match map.get_mut(&key) {
            Some(old) => merge(&mut old.node, entry.node, &trail.key(&key), report),
            None => {
                map.insert(key, entry);
            }
        }
    }
}

/// Takes away what `!reset` left behind, and the tags.
pub fn sweep(node: &mut Node) {
    node.tag = Tag::None;
    match &mut node.value {
        Value::Map(map) => {
            map.retain(|_, entry| entry.node.tag != Tag::Reset);
            map.values_mut().for_each(|entry| sweep(&mut entry.node));
        }
        Value::List(items) => items.iter_mut().for_each(sweep),
        _ => {}
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Map(_) => "a mapping",
        Value::List(_) => "a list",
        _ => "a single value",
    }
}

fn one(key: &str, node: Node) -> Map {
    Map::from([(key.to_owned(), Entry { key: node.place.clone(), node })])
}

/// Makes a map of a list of `KEY=value`; whether it is a map now.
fn pairs(node: &mut Node) -> bool {
    if node.is_null() {
        node.value = Value::Map(Map::new());
    }
    if let Value::Str(_) = &node.value {
        listed(node);
    }
    if let Value::List(items) = &mut node.value {
        let mut map = Map::new();
        for item in items.drain(..) {
            let Some(text) = item.text() else { continue };
            let (key, value) = match text.split_once('=') {
                Some((key, value)) => (key.to_owned(), Value::Str(value.to_owned())),
                None => (text, Value::Null),
            };
            map.insert(
                key,
                Entry { key: item.place.clone(), node: Node { filled: item.filled, ..Node::new(value, item.place) } },
            );
        }
        node.value = Value::Map(map);
    }
    node.map().is_some()
}

/// Makes a list of a single value, and `key=value` items of a map.
fn listed(node: &mut Node) {
    match &mut node.value {
        Value::List(_) | Value::Null => {}
        Value::Map(map) => {
            let mut items = Vec::with_capacity(map.len());
            for (key, entry) in std::mem::take(map) {
                let item = |value: &Node| {
                    let text = value.text().map_or_else(|| key.clone(), |value| format!("{key}={value}"));
                    Node { filled: value.filled, ..Node::new(Value::Str(text), entry.key.clone()) }
                };
                match entry.node.list() {
                    Some(values) => items.extend(values.iter().map(item)),
                    None => items.push(item(&entry.node)),
                }
            }
            node.value = Value::List(items);
        }
        _ => {
            let item = Node::new(std::mem::replace(&mut node.value, Value::Null), node.place.clone());
            node.value = Value::List(vec![item]);
        }
    }
}

/// Makes a map of a list of names.
fn named(node: &mut Node, value: impl Fn() -> Value) {
    if let Value::List(items) = &node.value {
        let entry = |item: &Node| {
            let node = Node::new(value(), item.place.clone());
            Some((item.text()?, Entry { key: item.place.clone(), node }))
        };
        node.value = Value::Map(items.iter().filter_map(entry).collect());
    }
}

fn condition_started(place: super::problem::Place) -> Value {
    let mut map = one("condition", Node::new(Value::Str("service_started".into()), place.clone()));
    map.extend(one("required", Node::new(Value::Bool(true), place)));
    Value::Map(map)
}

fn ipam(base: &mut Node, over: Node, trail: &Trail<'_>, report: &mut Report) {
    let (Value::List(items), Value::List(others)) = (&mut base.value, &over.value) else {
        return plainly(base, over, trail, report);
    };
    let subnet = |node: &Node| node.at("subnet").and_then(Node::text);
    let known: HashMap<Option<String>, usize> = items.iter().enumerate().map(|(n, item)| (subnet(item), n)).collect();
    for other in others {
        match known.get(&subnet(other)).and_then(|n| items.get_mut(*n)) {
            Some(item) => plainly(item, other.clone(), &trail.index(0), report),
            None => items.push(other.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::compose::yaml;

    fn read(text: &str) -> Node {
        yaml::parse(&Path::new("c.yaml").into(), text.as_bytes(), &mut Report::default()).unwrap().remove(0)
    }

    /// Merges service bodies written in flow style and compares.
    fn check(base: &str, over: &str, expected: &str) {
        let wrap = |body: &str| read(&format!("services: {{a: {body}}}"));
        let (mut node, mut report) = (wrap(base), Report::default());
        merge(&mut node, wrap(over), &Trail::ROOT, &mut report);
        sweep(&mut node);
        assert!(!report.has_errors(), "{base} + {over}: {:?}", report.finish());
        assert_eq!(node, wrap(expected), "{base} + {over}");
    }

    #[test]
    fn merges_as_compose_does() {
        let cases = [
            ("{image: x, tty: true}", "{image: y, tty: null}", "{image: y, tty: true}"),
            ("{command: [a]}", "{command: null}", "{command: null}"),
            ("{command: [a]}", "{command: b}", "{command: b}"),
            ("{ports: ['80']}", "{ports: ['81']}", "{ports: ['80', '81']}"),
            ("{environment: [A=1, B]}", "{environment: {A: 2, C: }}", "{environment: {A: 2, B: , C: }}"),
            ("{environment: {A: 1}}", "{environment: 5}", "{environment: {A: 1}}"),
            ("{environment: {A: 1}}", "{environment: [A]}", "{environment: {A: }}"),
            ("{environment: {A: 1}}", "{environment: B=2}", "{environment: {A: 1, B: '2'}}"),
            ("{networks: [x]}", "{networks: {y: {aliases: [z]}}}", "{networks: {x: , y: {aliases: [z]}}}"),
            ("{build: ./a}", "{build: {target: t}}", "{build: {context: ./a, target: t}}"),
            ("{x-a: {b: 1, c: [1]}}", "{x-a: {d: 2, c: [2]}}", "{x-a: {b: 1, c: [1, 2], d: 2}}"),
            ("{dns: 1.1.1.1}", "{dns: [8.8.8.8]}", "{dns: [1.1.1.1, 8.8.8.8]}"),
            ("{ports: ['80']}", "{ports: !reset []}", "{}"),
            ("{ports: ['80']}", "{ports: !override ['81']}", "{ports: ['81']}"),
            ("{environment: {A: 1, B: 2}}", "{environment: {A: !reset null}}", "{environment: {B: 2}}"),
            ("{profiles: !reset [p]}", "{profiles: [q]}", "{profiles: [q]}"),
            ("{logging: {driver: a, options: {x: y}}}", "{logging: {driver: b}}", "{logging: {driver: b}}"),
            (
                "{depends_on: {b: {condition: service_healthy, restart: true}}}",
                "{depends_on: [b, c]}",
                "{depends_on: {b: {condition: service_started, restart: true, required: true}, \
                 c: {condition: service_started, required: true}}}",
            ),
            (
                "{ulimits: {nofile: 1}}",
                "{ulimits: {nofile: {soft: 1, hard: 2}}}",
                "{ulimits: {nofile: {soft: 1, hard: 2}}}",
            ),
        ];
        for (base, over, expected) in cases {
            check(base, over, expected);
        }
    }

    #[test]
    fn kinds_that_do_not_match_are_an_error() {
        let (mut node, mut report) = (read("services: {a: {ports: ['80']}}"), Report::default());
        merge(&mut node, read("services: {a: {ports: {x: y}}}"), &Trail::ROOT, &mut report);
        assert_eq!(report.finish()[0].message, "cannot override services.a.ports");
    }
}
