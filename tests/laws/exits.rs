//! Text leaves by few ways, and secrets don't pass them.

use super::{File, breaches, hold};

/// What lets text out, and the files that alone may name it: each masks what it lets out, or says why it needn't.
const WAYS: [(&[&str], &[&str]); 11] = [
    // The one way of the commands; and the dashboard's terminal, which is drawn on and sent to by the loop only.
    (&["io", "stdout"], &["cli/output.rs", "runtime/tty.rs"]),
    (&["io", "stderr"], &["cli/output.rs"]),
    // What was asked for with its secrets, holds nothing from outside, or is a masked picture.
    (&["print_as_asked"], &["cli/output.rs", "cli/mod.rs", "cli/config.rs", "cli/settings.rs", "cli/timeline.rs"]),
    // Reports; and what was asked for: the project's own form.
    (&["save", "replace"], &["cli/output.rs", "cli/config.rs"]),
    // Pictures, remembered starts, an empty settings file.
    (&["save", "under_a_free_name"], &["runtime/ui.rs"]),
    (&["save", "own"], &["runtime/memory.rs"]),
    (&["save", "new_file"], &["cli/settings.rs"]),
    // Whoever writes files does so by those.
    (&["fs", "write"], &[]),
    (&["File", "create"], &[]),
    // Escape sequences for the clipboard and notifications.
    (&["clipboard", "CopyToClipboard"], &["runtime/ui.rs"]),
    // Our own log.
    (&["fs", "OpenOptions"], &["runtime/log.rs", "runtime/save.rs"]),
];

/// Rooms from which text leaves; the simulated engine is an engine.
const ROOMS: [&str; 4] = ["app", "cli", "engine", "runtime"];

fn text_leaves_by_the_ways(file: &File) -> Vec<String> {
    if !ROOMS.contains(&file.room()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (path, line) in file.paths() {
        for (way, files) in WAYS {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            if path.windows(way.len()).any(|part| part == way) && !files.contains(&file.path.as_str()) {
                found.push(file.breach(line, format!("{} lets text out past the masker", way.join("::"))));
            }
        }
    }
    found
}

#[test]
fn secrets_pass_no_exit() {
    hold(text_leaves_by_the_ways);
    let law = text_leaves_by_the_ways;
    assert_eq!(breaches(law, "cli/status.rs", "use std::io; fn f() { write(io::stdout(), 1) }"), 1);
    assert_eq!(breaches(law, "cli/status.rs", "use std::io::stderr;"), 1);
    assert_eq!(breaches(law, "cli/status.rs", "use super::output::print_as_asked;"), 1);
    assert_eq!(
        breaches(law, "runtime/hook.rs", "use std::fs; fn f() { fs::write(a, b); std::fs::File::create(c) }"),
        2
    );
    assert_eq!(breaches(law, "cli/output.rs", "fn f() { std::io::stdout() }"), 0);
    assert_eq!(breaches(law, "cli/status.rs", "use super::output::print; fn f() { print(x) }"), 0);
    assert_eq!(breaches(law, "sim/play.rs", "fn f() { std::fs::write(a, b) }"), 0);
}

/// Whoever makes pictures of a model masks them: `picture` and its like are the only functions of the program's room
/// that answer with a screen.
fn pictures_are_masked(file: &File) -> Vec<String> {
    if file.room() != "app" || file.is_test() {
        return Vec::new();
    }
    let tokens = file.tokens();
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.text == "pub") {
        let text = |i: usize| tokens.get(at + i).map_or("", |t| t.text.as_str());
        if text(1) != "fn" {
            continue;
        }
        let rest: Vec<&str> = tokens[at..].iter().map(|t| t.text.as_str()).collect();
        let open = rest.iter().position(|t| matches!(*t, "{" | ";")).unwrap_or(rest.len());
        let is_screen = rest[..open].windows(3).any(|part| part == ["-", ">", "Screen"]);
        let end = rest.iter().skip(open).position(|t| *t == "pub").map_or(rest.len(), |next| open + next);
        if is_screen && !rest[open..end].contains(&"masked") {
            found.push(file.breach(token.line, format!("{} answers with a screen that isn't masked", text(2))));
        }
    }
    found
}

#[test]
fn every_picture_is_masked() {
    hold(pictures_are_masked);
    let law = pictures_are_masked;
    assert_eq!(breaches(law, "app/picture.rs", "pub fn f(m: &Model) -> Screen { draw(m) }"), 1);
    assert_eq!(breaches(law, "app/picture.rs", "pub fn f(m: &Model) -> Screen { masked(draw(m), m.masker()) }"), 0);
    assert_eq!(breaches(law, "app/shell.rs", "pub fn f(m: &Model) -> Pane { draw(m) }"), 0);
}
