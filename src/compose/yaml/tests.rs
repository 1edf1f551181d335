//! What the composer makes of texts, good, bad and hostile.

use std::path::Path;

use super::*;
use crate::compose::{
    Problem,
    node::{Node, Tag},
    report::Report,
};

fn read(text: &str) -> (Option<Vec<Node>>, Vec<Problem>) {
    let mut report = Report::default();
    let documents = parse(&Path::new("c.yaml").into(), text.as_bytes(), &mut report);
    (documents, report.finish())
}

fn one(text: &str) -> Node {
    let (documents, problems) = read(text);
    assert!(problems.is_empty(), "{problems:?}");
    documents.unwrap().remove(0)
}

#[test]
fn values_know_their_places() {
    let node = one("services:\n  web:\n    image: nginx\n");
    let image = node.find(&["services", "web", "image"]).unwrap();
    assert_eq!((image.place.line, image.place.column), (3, 12));
    let key = &node.at("services").unwrap().map().unwrap()["web"].key;
    assert_eq!((key.line, key.column), (2, 3));
}

#[test]
fn merge_keys_give_way_to_own_keys_and_to_earlier_sources() {
    let node = one("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {z: 3, <<: [*a, *b]}\nd: {\"<<\": 1}\n");
    let c = node.at("c").unwrap();
    let number = |key: &str| c.at(key).and_then(Node::text).unwrap();
    assert_eq!([number("x"), number("y"), number("z")], ["1", "1", "3"]);
    assert!(node.find(&["d", "<<"]).is_some(), "quoted it is an ordinary key");
}

#[test]
fn a_block_at_the_very_end_has_no_line_break_of_its_own() {
    let texts = ["a: |\n  x\n  y ", "a: >\n  x\n  y ", "a: |+\n  x\n  y ", "a: |-\n  x\n  y "]
        .map(|text| one(text).at("a").unwrap().text().unwrap());
    assert_eq!(texts, ["x\ny ", "x y ", "x\ny ", "x\ny "]);
    assert_eq!(one("a: |\n  x\n").at("a").unwrap().text().unwrap(), "x\n");
    assert_eq!(one("a: \"x\\n\"").at("a").unwrap().text().unwrap(), "x\n");
}

#[test]
fn mistakes_are_told_with_their_place() {
    let cases = [
        ("a: 1\nb: 2\na: 3\n", "mapping key \"a\" already defined at line 1", 3),
        ("a: {<<: 1}\n", "yaml: map merge requires map or sequence of maps as the value", 1),
        ("services:\n  1: {}\n", "Non-string key in services: 1", 2),
        ("a: &x [*x]\n", "cycle detected: node at path a.[0].[0] references node at path a.[0]", 1),
        ("? [a]\n: 1\n", "yaml: invalid map key: only a text can be one", 1),
        ("a: \u{7}\n", "yaml: control characters are not allowed", 1),
    ];
    for (text, message, line) in cases {
        let (_, problems) = read(text);
        assert_eq!(problems.len(), 1, "{text}: {problems:?}");
        assert_eq!(problems[0].message, message);
        assert_eq!(problems[0].place.as_ref().unwrap().line, line, "{text}");
    }
}

#[test]
fn documents_and_their_absence() {
    assert_eq!(read("# nothing\n").0.unwrap().len(), 0);
    assert_eq!(read("a: 1\n---\nb: 1\n").0.unwrap().len(), 2);
    assert!(read("---\n").0.unwrap()[0].is_null());
    assert!(read("a: [1\n").0.is_none());
}

#[test]
fn tags_of_compose_are_kept() {
    let node = one("a: !reset null\nb: !override [1]\nc: !other 1\nd: !!str 1\n");
    let tag = |key: &str| node.at(key).unwrap().tag;
    assert_eq!([tag("a"), tag("b"), tag("c")], [Tag::Reset, Tag::Override, Tag::None]);
    assert_eq!(node.at("d").unwrap().str(), Some("1"));
}

#[test]
fn bombs_and_towers_are_refused_quickly() {
    let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for n in 1..12 {
        let item = format!("*a{}", n - 1);
        bomb += &format!("a{n}: &a{n} [{}]\n", [item.as_str(); 9].join(","));
    }
    assert!(read(&bomb).1[0].message.contains("excessive aliasing"));
    for open in ["[", "{a: ", "- "] {
        let (documents, problems) = read(&open.repeat(100_000));
        assert!(documents.is_none() && problems.len() == 1, "{open}");
    }
    let nested: String = (0..1_500).map(|n| format!("{}k:\n", " ".repeat(n))).collect();
    assert!(read(&nested).0.is_none());
}

proptest::proptest! {
    #[test]
    fn any_bytes_give_an_answer(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        let mut report = Report::default();
        let documents = parse(&Path::new("c.yaml").into(), &bytes, &mut report);
        proptest::prop_assert!(documents.is_some() || report.has_errors());
    }

    #[test]
    fn any_yamlish_text_gives_an_answer(text in "[-a-c:{}\\[\\]&*!<>|'\"#?,% \n\t]{0,80}") {
        let mut report = Report::default();
        let documents = parse(&Path::new("c.yaml").into(), text.as_bytes(), &mut report);
        proptest::prop_assert!(documents.is_some() || report.has_errors());
    }
}
