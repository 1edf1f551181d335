//! What is told about the mistakes that everybody makes, as the terminal shows it.

use std::fs;

use crate::compose::{Options, load};

/// Writes the files into a folder, reads the project there and gives all that is told.
fn told(files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let options =
        Options { cwd: folder.path().canonicalize().unwrap(), project_name: Some("p".into()), ..Options::default() };
    let problems = load(&options).problems;
    assert!(!problems.is_empty(), "nothing is told");
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn one(text: &str) -> String {
    told(&[("compose.yaml", text)])
}

#[test]
fn tab_for_indentation() {
    insta::assert_snapshot!(one("services:\n  web:\n\timage: nginx\n"));
}

#[test]
fn port_for_ports() {
    insta::assert_snapshot!(one("services:\n  web:\n    image: nginx\n    port:\n      - \"80:80\"\n"));
}

#[test]
fn dependency_on_nobody() {
    insta::assert_snapshot!(one(
        "services:\n  web:\n    image: nginx\n    depends_on: [dbb]\n  db:\n    image: postgres\n"
    ));
}

#[test]
fn port_with_a_fraction() {
    insta::assert_snapshot!(one("services:\n  web:\n    image: nginx\n    ports:\n      - 80.5\n"));
}

#[test]
fn duplicate_key() {
    insta::assert_snapshot!(one("services:\n  web:\n    image: nginx\n    restart: always\n    image: httpd\n"));
}

#[test]
fn unclosed_quote() {
    insta::assert_snapshot!(one("services:\n  web:\n    image: \"nginx\n    restart: always\n"));
}

#[test]
fn whatever_yaml_cannot_mean_comes_with_what_to_do() {
    let service = |line: &str| format!("services:\n  web:\n    image: nginx\n    {line}\n");
    for (line, advice) in [
        ("environment: {A: ${A:-x}, B: c}", "needs quotes: \"${…}\""),
        ("user: @x", "needs quotes"),
        ("user: %x", "needs quotes"),
        ("user: *x", "needs quotes"),
        ("user: \"0\" x", "whole value in quotes"),
        ("user: a: b", "needs quotes"),
        ("ports: [a", "close it"),
        ("ports: ]", "needs quotes"),
        ("ports", "a colon and a blank"),
        (" ports: []", "indented like the lines around it"),
    ] {
        let told = one(&service(line));
        assert!(told.contains("help: ") && told.contains(advice), "{line}:\n{told}");
    }
}

#[test]
fn required_variable() {
    insta::assert_snapshot!(one(
        "services:\n  web:\n    image: nginx\n    environment:\n      URL: postgres://${DB:?}\n"
    ));
}

#[test]
fn condition_by_half_its_name() {
    insta::assert_snapshot!(one(
        "services:\n  web:\n    image: nginx\n    depends_on:\n      db:\n        condition: healthy\n  db:\n    image: postgres\n"
    ));
}

#[test]
fn undeclared_volume() {
    insta::assert_snapshot!(one(
        "services:\n  db:\n    image: postgres\n    volumes:\n      - dbdata:/var/lib/postgresql/data\nvolumes:\n  db-data:\n"
    ));
}

#[test]
fn extends_in_a_circle() {
    insta::assert_snapshot!(told(&[
        ("compose.yaml", "services:\n  web:\n    extends:\n      file: base.yaml\n      service: base\n"),
        (
            "base.yaml",
            "services:\n  base:\n    image: nginx\n    extends:\n      file: compose.yaml\n      service: web\n"
        ),
    ]));
}

#[test]
fn what_nobody_means() {
    insta::assert_snapshot!(one(
        "version: \"3\"\nservices:\n  web:\n    image: nginx:${TAG}\n    command: echo a | tee b\n    ports: [\"80:80\"]\n    volumes: [\"v:/data\"]\n\
         \x20   depends_on:\n      db: {condition: service_healthy}\n  db:\n    image: postgres\n    ports: [\"127.0.0.1:80:5432\"]\nvolumes:\n  v:\n"
    ));
}

#[test]
fn all_at_once() {
    insta::assert_snapshot!(one(
        "services:\n  web:\n    imge: nginx\n    ports: [\"http\"]\n    restart: 5\n    depends_on: [api]\n    networks: [frnt]\nnetworks:\n  front:\n"
    ));
}
