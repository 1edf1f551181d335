//! Laws of interpolation and merging, for any texts and any files: interpolation against a reference that works on
//! the grammar's tree and never sees a text, and merging against its algebra.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails")]

use std::{collections::BTreeMap, fs};

use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
};
use serde_json::{Value, json};
use stackview::compose::{
    Options,
    canon::{Choice, Style, yaml},
    load,
};

/// The specification's grammar of a text with variables.
#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Dollar,
    Name(&'static str),
    Braces(&'static str, Option<(&'static str, Vec<Part>)>),
}

const NAMES: [&str; 4] = ["SET", "EMPTY", "UNSET", "_a1"];

fn value(name: &str) -> Option<&'static str> {
    match name {
        "SET" => Some("s $X"),
        "EMPTY" => Some(""),
        "_a1" => Some("1"),
        _ => None,
    }
}

fn template() -> impl Strategy<Value = Vec<Part>> {
    let leaf = prop_oneof![
        "[a-z:?+ .é/-]{1,6}".prop_map(Part::Text),
        Just(Part::Dollar),
        prop::sample::select(&NAMES[..]).prop_map(Part::Name),
        prop::sample::select(&NAMES[..]).prop_map(|name| Part::Braces(name, None)),
    ];
    let part = leaf.prop_recursive(4, 24, 4, |inner| {
        let operators = prop::sample::select(&[":-", "-", ":+", "+", ":?", "?"][..]);
        (prop::sample::select(&NAMES[..]), operators, vec(inner, 0..4))
            .prop_map(|(name, operator, word)| Part::Braces(name, Some((operator, word))))
    });
    vec(part, 0..6)
}

fn written(parts: &[Part]) -> String {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text(plain) => text += plain,
            Part::Dollar => text += "$$",
            // A space ends the name, whatever follows.
            Part::Name(name) => text += &format!("${name} "),
            Part::Braces(name, None) => text += &format!("${{{name}}}"),
            Part::Braces(name, Some((operator, word))) => text += &format!("${{{name}{operator}{}}}", written(word)),
        }
    }
    text
}

/// What the tree means; `None` where a variable is required and missing. Words are evaluated though unused.
fn meant(parts: &[Part]) -> Option<String> {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text(plain) => text += plain,
            Part::Dollar => text.push('$'),
            Part::Name(name) => text += &format!("{} ", value(name).unwrap_or_default()),
            Part::Braces(name, None) => text += value(name).unwrap_or_default(),
            Part::Braces(name, Some((operator, word))) => {
                let word = meant(word)?;
                let known = value(name).filter(|value| !(operator.starts_with(':') && value.is_empty()));
                match (operator.trim_start_matches(':'), known) {
                    ("+", Some(_)) | ("-", None) => text += &word,
                    ("+", None) => {}
                    ("?", None) => return None,
                    (_, Some(value)) => text += value,
                    _ => unreachable!(),
                }
            }
        }
    }
    Some(text)
}

/// The label that a text becomes.
fn interpolated(text: &str) -> Option<String> {
    let document = json!({"services": {"a": {"image": "x", "labels": {"l": text}}}});
    let env = NAMES.iter().filter_map(|name| Some(((*name).to_owned(), value(name)?.to_owned()))).collect();
    let (files, stdin) = (vec!["-".to_owned()], Some(document.to_string()));
    let loaded = load(&Options { cwd: "/nowhere".into(), files, stdin, env, ..Options::default() });
    if loaded.errors().next().is_some() {
        return None;
    }
    loaded.project?.services.get("a")?.labels.get("l").cloned()
}

/// What several files make together.
fn merged(files: &[String]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..files.len()).map(|n| format!("{n}.yaml")).collect();
    for (name, text) in names.iter().zip(files) {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let loaded = load(&Options { cwd: folder.path().into(), files: names, ..Options::default() });
    assert_eq!(loaded.errors().map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
    let choice = Choice { services: &[], style: Style::Json };
    loaded.document.unwrap().project(loaded.project.as_ref().unwrap(), &choice)["services"]["a"].clone()
}

/// A service whose values are scalars and maps only.
fn body() -> impl Strategy<Value = Value> {
    let pairs = || btree_map("[A-D]", "[x-z]{1,2}", 1..4);
    let scalar = || option::of("[a-c]{1,3}");
    let fields = (scalar(), scalar(), option::of(pairs()), option::of(pairs()), option::of(pairs()));
    fields.prop_map(|(user, hostname, environment, labels, sysctls)| {
        let all = [
            ("user", json!(user)),
            ("hostname", json!(hostname)),
            ("environment", json!(environment)),
            ("labels", json!(labels)),
            ("sysctls", json!(sysctls)),
        ];
        all.into_iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.to_owned(), value)).collect()
    })
}

fn file(body: &Value) -> String {
    let mut body = body.clone();
    body["image"] = json!("x");
    json!({"services": {"a": body}}).to_string()
}

/// The same service with its maps in their list form.
fn listed(body: &Value) -> Value {
    let list = |map: &serde_json::Map<String, Value>| {
        map.iter().map(|(key, value)| json!(format!("{key}={}", value.as_str().unwrap()))).collect::<Value>()
    };
    let form = |value: &Value| value.as_object().map_or_else(|| value.clone(), list);
    body.as_object().unwrap().iter().map(|(key, value)| (key.clone(), form(value))).collect()
}

proptest! {
    #[test]
    fn a_text_means_what_its_tree_means(parts in template()) {
        prop_assert_eq!(interpolated(&written(&parts)), meant(&parts), "{}", written(&parts));
    }

    #[test]
    fn a_damaged_text_gives_an_answer(parts in template(), at in any::<prop::sample::Index>()) {
        let mut text: Vec<char> = written(&parts).chars().collect();
        if !text.is_empty() {
            text.remove(at.index(text.len()));
        }
        interpolated(&text.into_iter().collect::<String>());
    }

    #[test]
    fn nothing_and_itself_change_nothing(one in body()) {
        let alone = merged(&[file(&one)]);
        prop_assert_eq!(&merged(&[file(&one), file(&json!({}))]), &alone);
        prop_assert_eq!(&merged(&[file(&json!({})), file(&one)]), &alone);
        prop_assert_eq!(&merged(&[file(&one), file(&one)]), &alone);
        prop_assert_eq!(&merged(&[file(&listed(&one)), file(&one)]), &alone, "whatever the form");
    }

    #[test]
    fn merging_is_associative_and_the_later_wins(a in body(), b in body(), c in body()) {
        let all = merged(&[file(&a), file(&b), file(&c)]);
        let pair = |one: &Value, other: &Value| {
            yaml(&json!({"services": {"a": merged(&[file(one), file(other)])}}))
        };
        prop_assert_eq!(&merged(&[pair(&a, &b), file(&c)]), &all);
        prop_assert_eq!(&merged(&[file(&a), pair(&b, &c)]), &all);
        for (key, value) in c.as_object().unwrap() {
            match value.as_object() {
                Some(map) => for (name, value) in map {
                    prop_assert_eq!(&all[key][name], value);
                },
                None => prop_assert_eq!(&all[key], value),
            }
        }
    }

    #[test]
    fn lists_keep_their_order_and_have_nothing_twice(lists in vec(vec("[A-F]", 0..5), 1..4)) {
        let mut expected: Vec<&String> = Vec::new();
        let mut files = Vec::new();
        for list in &lists {
            let own: BTreeMap<&String, ()> = list.iter().map(|item| (item, ())).collect();
            let own: Vec<&String> = own.into_keys().rev().collect();
            files.push(file(&json!({"cap_add": own})));
            for item in own {
                if !expected.contains(&item) {
                    expected.push(item);
                }
            }
        }
        let found = merged(&files);
        prop_assert_eq!(found.get("cap_add").cloned().unwrap_or(json!([])), json!(expected));
    }
}
