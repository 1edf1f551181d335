//! The README tells the truth: its table of keys is the action table, and its pictures are there.

use std::{fs, path::Path};

use stackview::{
    app::{
        action::{ACTIONS, Danger, Scope},
        screens::Tab,
    },
    base::text::wrap,
};

const BEGIN: &str = "<!-- keys: written by `UPDATE_README=1 cargo test --test readme` -->\n";
const END: &str = "<!-- /keys -->";
/// How long a line of the document gets.
const COLUMNS: usize = 118;

fn table() -> String {
    let mut out = String::from("\n");
    let screens = Tab::ALL.iter().map(|tab| (tab.title(), Scope::Screen(*tab)));
    let scopes = [("Services", Scope::Service)].into_iter().chain(screens).chain([("Everywhere", Scope::Global)]);
    for (title, scope) in scopes {
        let rows = ACTIONS.iter().filter(|a| a.scope == scope).map(|action| {
            let mut keys: Vec<_> = action.keys.iter().map(|k| format!("`{k}`")).collect();
            if keys.is_empty() {
                keys.push(format!("`:` {}:", action.name));
            }
            let plan = if action.danger == Danger::Destroys { " (plan first)" } else { "" };
            format!("{} {}{plan}", keys.join(" "), action.words)
        });
        let rows: Vec<_> = rows.collect();
        if !rows.is_empty() {
            for line in wrap(&format!("**{title}**: {}.", rows.join(" · ")), COLUMNS) {
                out.push_str(&line);
                out.push('\n');
            }
            out.push('\n');
        }
    }
    out
}

#[test]
fn the_table_of_keys_is_the_action_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("the README marks where its keys begin");
    let (written, after) = rest.split_once(END).expect("the README marks where its keys end");
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{}{END}{after}", table())).unwrap();
    } else {
        assert_eq!(written, table(), "run `UPDATE_README=1 cargo test --test readme`");
    }
}

#[test]
fn every_file_that_it_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let links: Vec<_> = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.len() > 4);
    for link in links.into_iter().filter(|l| !l.contains("://")) {
        assert!(root.join(link).exists(), "the README names {link}, which isn't there");
    }
}
