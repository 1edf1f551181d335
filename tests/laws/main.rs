//! The laws of the house that can be read off the source, as tests (`src/lib.rs` states them).
//!
//! Each law is a function from a file to its breaches, so that it can be shown, on a snippet, that it can fail.

#![cfg(test)]

mod circles;
mod exits;
mod tokens;

use std::{collections::BTreeSet, fs, path::Path};

use tokens::{Token, paths, tokens};

/// The rooms, and what each imports beside itself: the arrows of the house, and no others.
const ROOMS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("view", &["base"]),
    ("compose", &["base"]),
    ("logs", &["base"]),
    ("stack", &["base", "compose", "logs"]),
    ("host", &["base", "compose", "logs", "stack"]),
    ("diagnose", &["base", "compose", "logs", "stack", "host"]),
    ("work", &["base", "compose", "stack"]),
    ("app", &["base", "view", "compose", "logs", "stack", "host", "diagnose", "work"]),
    ("engine", &["base", "compose", "logs", "stack", "host", "work"]),
    ("runtime", &["base", "view", "compose", "logs", "stack", "host", "diagnose", "work", "app", "engine"]),
    (
        "cli",
        &["base", "view", "compose", "logs", "stack", "host", "diagnose", "work", "app", "engine", "runtime", "sim"],
    ),
    ("sim", &["base"]),
];
/// Rooms without a clock, randomness, threads, channels and I/O.
const PURE: [&str; 9] = ["base", "compose", "logs", "stack", "host", "diagnose", "work", "app", "view"];
/// Inside the simulated engine, what is as pure: its world must repeat exactly.
const PURE_SIM: [&str; 3] = ["sim/world/", "sim/scenario/", "sim/luck"];
/// Inside the pure rooms, what alone reads the disk.
const READS_DISK: &str = "compose/load";
/// What no pure room may name, by the path's beginning.
const IMPURE: [&str; 19] = [
    "std::fs",
    "std::net::TcpListener",
    "std::net::TcpStream",
    "std::net::ToSocketAddrs",
    "std::net::UdpSocket",
    "std::os",
    "std::process",
    "std::env",
    "std::thread",
    "std::sync::mpsc",
    "std::sync::Mutex",
    "std::sync::RwLock",
    "std::sync::Condvar",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    "tokio",
    "rand",
    "futures",
];
/// What no pure room may name anywhere in a path: the clocks, and the machine's time zone.
const CLOCKS: [&str; 6] = ["Instant", "SystemTime", "Timestamp::now", "Zoned::now", "Stamp::now", "TimeZone::system"];
/// Methods of a path that ask the disk about it, though nothing of `std::fs` is named.
const LOOKS_AT_DISK: [&str; 10] = [
    "exists",
    "try_exists",
    "is_file",
    "is_dir",
    "is_symlink",
    "canonicalize",
    "metadata",
    "symlink_metadata",
    "read_dir",
    "read_link",
];

/// A source file: its path under `src/` with `/`, and its text.
struct File {
    path: String,
    text: String,
}

impl File {
    /// The folder under `src/`, or for a file beside `lib.rs` its stem.
    fn room(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap_or_default()
    }

    fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    fn tokens(&self) -> Vec<Token> {
        if self.is_test() { Vec::new() } else { tokens(&self.text) }
    }

    /// Paths with `super` and `self` resolved to `crate::…`.
    fn paths(&self) -> Vec<(Vec<String>, usize)> {
        let module: Vec<&str> = self.path.trim_end_matches(".rs").trim_end_matches("/mod").split('/').collect();
        let resolve = |path: Vec<String>| {
            let ups = path.iter().take_while(|s| *s == "super").count();
            if ups == 0 {
                return path;
            }
            let stays = module.get(..module.len().saturating_sub(ups)).unwrap_or_default();
            let root = ["crate"].into_iter().chain(stays.iter().copied()).map(str::to_owned);
            root.chain(path.into_iter().skip(ups)).collect()
        };
        paths(&self.tokens()).into_iter().map(|(path, line)| (resolve(path), line)).collect()
    }

    fn breach(&self, line: usize, what: impl std::fmt::Display) -> String {
        format!("src/{}:{line}: {what}", self.path)
    }
}

fn files() -> Vec<File> {
    fn walk(dir: &Path, root: &Path, found: &mut Vec<File>) {
        for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, root, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.push(File { path: name, text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &root, &mut found);
    assert!(found.len() > 10, "the source was not found in {}", root.display());
    found
}

/// Holds the law over the whole source.
fn hold(law: fn(&File) -> Vec<String>) {
    let breaches: Vec<_> = files().iter().flat_map(law).collect();
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

/// Shows that the law can fail: how many breaches it finds in a snippet that stands at `path`.
fn breaches(law: fn(&File) -> Vec<String>, path: &str, text: &str) -> usize {
    law(&File { path: path.into(), text: text.into() }).len()
}

fn imports_follow_the_arrows(file: &File) -> Vec<String> {
    let room = file.room();
    if matches!(room, "lib" | "main") || file.is_test() {
        return Vec::new();
    }
    let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![file.breach(1, format!("`{room}` is no room of the house"))];
    };
    let mut found = Vec::new();
    for (path, line) in file.paths() {
        let [root, other, ..] = path.as_slice() else { continue };
        if root == "crate" && other != room && !allowed.contains(&other.as_str()) {
            found.push(file.breach(line, format!("{room} imports {}", path.join("::"))));
        }
    }
    found
}

#[test]
fn imports_follow_the_written_arrows_only() {
    hold(imports_follow_the_arrows);
    let law = imports_follow_the_arrows;
    assert_eq!(breaches(law, "stack/mod.rs", "use crate::{base::id::A, compose::B};"), 0);
    assert_eq!(breaches(law, "stack/mod.rs", "use crate::{base::id::A, app::B};"), 1);
    assert_eq!(breaches(law, "stack/deep/x.rs", "fn f() { super::super::app::draw() }"), 0, "crate::stack::app");
    assert_eq!(breaches(law, "stack/x.rs", "fn f() { super::super::app::draw() }"), 1);
    assert_eq!(breaches(law, "stack/x.rs", "pub(in crate::app) fn f() {}"), 1);
    assert_eq!(breaches(law, "sim/mod.rs", "use crate::base::id; use crate::stack::Fact;"), 1);
    assert_eq!(breaches(law, "view/mod.rs", "use crate::sim::Server; use crate::stack::State;"), 2);
    assert_eq!(breaches(law, "attic/mod.rs", ""), 1);
}

/// The table of rooms at the head of `src/lib.rs`: each with what it says that it imports.
fn told_rooms(lib: &str) -> Vec<(String, Vec<String>)> {
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    for line in lib.lines().filter_map(|line| line.strip_prefix("//! | [`")) {
        let mut cells = line.split(" | ");
        let (Some(room), Some(imports)) = (cells.next(), cells.next()) else { continue };
        let mut all = Vec::new();
        for word in imports.split(", ").filter(|word| *word != "–") {
            match word {
                "all above" => all.extend(told.iter().map(|(room, _)| room.clone())),
                word => all.push(word.trim_start_matches("and ").to_owned()),
            }
        }
        told.push((room.trim_end_matches("`]").to_owned(), all));
    }
    told
}

#[test]
fn the_table_that_is_read_first_has_the_same_arrows() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let held = ROOMS.iter().map(|(room, imports)| {
        ((*room).to_owned(), imports.iter().map(|import| (*import).to_owned()).collect::<Vec<_>>())
    });
    assert_eq!(told_rooms(&lib), held.collect::<Vec<_>>());
    let text = "//! | [`a`] | – | x |\n//! | [`b`] | a | y |\n//! | [`c`] | all above, and z | w |";
    let told = told_rooms(text).into_iter().map(|(room, imports)| format!("{room}: {}", imports.join(" ")));
    assert_eq!(told.collect::<Vec<_>>(), ["a: ", "b: a", "c: a b z"]);
}

fn crates_stay_in_their_rooms(file: &File) -> Vec<String> {
    let rooms_of = |name: &str| -> Option<&[&str]> {
        match name {
            "bollard" => Some(&["engine"]),
            "hyper" | "hyper_util" | "http_body_util" => Some(&["engine", "sim"]),
            "crossterm" => Some(&["runtime"]),
            _ => None,
        }
    };
    let stray = |token: Token| {
        let rooms = rooms_of(&token.text)?;
        (!rooms.contains(&file.room())).then(|| file.breach(token.line, format!("`{}` is named here", token.text)))
    };
    file.tokens().into_iter().filter_map(stray).collect()
}

#[test]
fn each_crate_is_named_in_its_room_only() {
    hold(crates_stay_in_their_rooms);
    let law = crates_stay_in_their_rooms;
    assert_eq!(breaches(law, "engine/calls.rs", "use bollard::Docker; use hyper::Request;"), 0);
    assert_eq!(breaches(law, "stack/mod.rs", "use bollard::Docker;\nuse hyper_util::rt;"), 2);
    assert_eq!(breaches(law, "view/mod.rs", "use ratatui::crossterm::event::KeyEvent;"), 1);
    assert_eq!(breaches(law, "view/mod.rs", "//! Not bollard.\n// nor hyper"), 0);
}

fn pure_rooms_are_pure(file: &File) -> Vec<String> {
    let pure = PURE.contains(&file.room()) || PURE_SIM.iter().any(|folder| file.path.starts_with(folder));
    if !pure || file.path.starts_with(READS_DISK) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (path, line) in file.paths() {
        let path = path.join("::");
        let begins = |with: &str| path == with || path.strip_prefix(with).is_some_and(|rest| rest.starts_with("::"));
        let contains = |name: &str| format!("::{path}::").contains(&format!("::{name}::"));
        if IMPURE.into_iter().any(begins) || CLOCKS.into_iter().any(contains) {
            found.push(file.breach(line, format!("a pure room names {path}")));
        }
    }
    let tokens = file.tokens();
    for four in tokens.windows(4) {
        // A method of ours takes the path; that of a path takes nothing.
        let called = four[0].text == "." && four[2].text == "(" && four[3].text == ")";
        let handed_over = matches!(four[0].text.as_str(), "Path" | "PathBuf") && four[1].text == "::";
        let name = if handed_over { &four[2].text } else { &four[1].text };
        if (called || handed_over) && LOOKS_AT_DISK.contains(&name.as_str()) {
            found.push(file.breach(four[0].line, format!("a pure room asks the disk: {name}")));
        }
    }
    found
}

#[test]
fn below_the_engine_there_is_no_clock_thread_channel_or_io() {
    hold(pure_rooms_are_pure);
    let law = pure_rooms_are_pure;
    assert_eq!(breaches(law, "app/update.rs", "use std::{fs, time::{Duration, Instant}};"), 2);
    assert_eq!(breaches(law, "view/mod.rs", "fn f() { std::thread::spawn(g); jiff::Timestamp::now(); }"), 2);
    assert_eq!(breaches(law, "compose/files.rs", "use std::sync::mpsc::channel; use tokio::time;"), 2);
    assert_eq!(breaches(law, "compose/load.rs", "use std::fs;"), 0);
    assert_eq!(breaches(law, "runtime/mod.rs", "use std::time::Instant;"), 0);
    assert_eq!(breaches(law, "sim/http/mod.rs", "use std::time::Instant;"), 0);
    assert_eq!(breaches(law, "sim/world/mod.rs", "use std::time::Instant;"), 1);
    assert_eq!(breaches(law, "stack/mod.rs", "#[cfg(test)] mod tests { use std::fs; }"), 0);
    assert_eq!(breaches(law, "base/time.rs", "fn f() { at.to_zoned(jiff::tz::TimeZone::system()) }"), 1);
    assert_eq!(breaches(law, "app/x.rs", "fn f() { p.exists() || all.filter(Path::is_file).count() > 0 }"), 2);
    assert_eq!(breaches(law, "compose/discover.rs", "fn f() { reader.files.is_file(path) }"), 0);
}

/// The type does most: outside `app` there is only a `Store`, which lends its model to be read.
fn only_update_writes(file: &File) -> Vec<String> {
    let tokens = file.tokens();
    let text = |i: usize| tokens.get(i).map_or("", |t: &Token| t.text.as_str());
    if file.room() == "app" {
        let lends = |i: usize| matches!(text(i), "DerefMut" | "AsMut" | "BorrowMut" | "into_inner");
        let found = (0..tokens.len()).filter(|i| file.path == "app/store.rs" && lends(*i));
        return found.map(|i| file.breach(tokens[i].line, "lends the model to be changed")).collect();
    }
    let mut found = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        if token.text == "mut" && text(i + 1) == "Model" {
            found.push(file.breach(token.line, "takes the model to change it"));
        }
        if token.text == "Model" && text(i + 1) == "::" && !text(i + 2).starts_with(|c: char| c.is_uppercase()) {
            found.push(file.breach(token.line, "makes a model of its own"));
        }
        if token.text == "model" {
            let mut end = i + 1;
            while text(end) == "." && text(end + 1) != "." {
                end += 2;
            }
            let assigns = text(end) == "=" && !matches!(text(end + 1), "=" | ">");
            if end > i + 1 && assigns {
                found.push(file.breach(token.line, "assigns to a field of the model"));
            }
        }
    }
    found
}

#[test]
fn only_update_changes_the_model() {
    hold(only_update_writes);
    let law = only_update_writes;
    assert_eq!(breaches(law, "runtime/loop.rs", "fn f<'a>(m: &'a mut Model) { model.ui.tab = Tab::Logs; }"), 2);
    assert_eq!(breaches(law, "runtime/loop.rs", "if model.size == x { store.update(msg, now) }"), 0);
    assert_eq!(breaches(law, "cli/x.rs", "let mut m = Model::new(settings, now);"), 1);
    assert_eq!(breaches(law, "app/store.rs", "impl DerefMut for Store { }"), 1);
    assert_eq!(breaches(law, "view/mod.rs", "fn view(model: &Model) { match model.mode { m => m } }"), 0);
}

fn drawing_is_blind(file: &File) -> Vec<String> {
    let tokens = file.tokens();
    let mut found = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        if token.text != "fn" {
            continue;
        }
        let signature: Vec<&str> =
            tokens[i..].iter().map(|t| t.text.as_str()).take_while(|t| !matches!(*t, "{" | ";")).collect();
        if signature.contains(&"Buffer") && signature.contains(&"Model") {
            found.push(file.breach(token.line, "draws from the model instead of the screen"));
        }
    }
    found
}

#[test]
fn drawing_never_sees_the_model() {
    hold(drawing_is_blind);
    assert_eq!(breaches(drawing_is_blind, "view/render.rs", "fn render(m: &Model, b: &mut Buffer) {}"), 1);
    assert_eq!(breaches(drawing_is_blind, "view/render.rs", "fn render(s: &Screen, b: &mut Buffer) {}"), 0);
}

fn queues_are_bounded(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    for (path, line) in file.paths() {
        let named = path.join("::");
        // The standard library's plain channel has no bound; its bounded one is `sync_channel`. The module as a
        // whole isn't imported, so that the one can be told from the other.
        let plain = ["std::sync::mpsc", "std::sync::mpsc::channel", "std::sync::mpsc::Sender", "std::sync::mpsc::*"];
        if named.to_lowercase().contains("unbounded") || plain.contains(&named.as_str()) {
            found.push(file.breach(line, format!("{named} has no bound")));
        }
    }
    found
}

#[test]
fn every_queue_is_bounded() {
    hold(queues_are_bounded);
    let law = queues_are_bounded;
    assert_eq!(breaches(law, "runtime/mod.rs", "let x = tokio::sync::mpsc::unbounded_channel();"), 1);
    assert_eq!(breaches(law, "runtime/mod.rs", "use std::sync::mpsc; use futures::channel::mpsc::UnboundedSender;"), 2);
    assert_eq!(breaches(law, "runtime/mod.rs", "let x = tokio::sync::mpsc::channel(8);"), 0);
    assert_eq!(breaches(law, "runtime/mod.rs", "use std::sync::mpsc::{sync_channel, SyncSender};"), 0);
}

/// What clippy's `arithmetic_side_effects` doesn't see: `sum` and `product` end the program, or wrap, as operators do.
fn sums_are_of_lengths(file: &File) -> Vec<String> {
    if file.room() == "sim" {
        return Vec::new();
    }
    let tokens = file.tokens();
    let word = |at: usize| tokens.get(at).map_or("", |token| &*token.text);
    let is_sum = |at: &usize| {
        word(*at) == "." && matches!(word(at + 1), "sum" | "product") && matches!(word(at + 2), "(" | "::")
    };
    let of_lengths = |at: &usize| (2..5).map(|n| word(at + n)).eq(["::", "<", "usize"]);
    let breach =
        |at: usize| file.breach(tokens[at].line, "a sum that doesn't say `usize` may be of what came from outside");
    (0..tokens.len()).filter(is_sum).filter(|at| !of_lengths(at)).map(breach).collect()
}

#[test]
fn what_came_from_outside_is_not_summed_up_blindly() {
    hold(sums_are_of_lengths);
    let law = sums_are_of_lengths;
    assert_eq!(breaches(law, "app/x.rs", "fn f(v: &[u64]) -> u64 { v.iter().sum() }"), 1);
    assert_eq!(breaches(law, "app/x.rs", "fn f(v: &[u64]) { v.iter().sum::<u64>(); v.iter().product::<u64>(); }"), 2);
    assert_eq!(breaches(law, "app/x.rs", "fn f(v: &[&str]) { v.iter().map(len).sum::<usize>(); row.sum; }"), 0);
}

fn threads_can_fail(file: &File) -> Vec<String> {
    let spawns = |path: &[String]| path.ends_with(&["thread".into(), "spawn".into()]);
    let breach = |(_, line): (_, usize)| file.breach(line, "`thread::spawn` panics where there is no thread to be had");
    file.paths().into_iter().filter(|(path, _)| spawns(path)).map(breach).collect()
}

#[test]
fn a_thread_that_cannot_be_had_is_told() {
    hold(threads_can_fail);
    let law = threads_can_fail;
    assert_eq!(breaches(law, "runtime/ui.rs", "fn f() { std::thread::spawn(g); }"), 1);
    assert_eq!(breaches(law, "sim/play.rs", "use std::thread; fn f() { thread::spawn(g); }"), 1);
    assert_eq!(breaches(law, "runtime/ui.rs", "fn f() { thread::Builder::new().spawn(g); tokio::spawn(h); }"), 0);
}

/// Functions that wait for their turn and leave the deadline to their caller: what they are called on, and their name.
const QUEUES: [(&str, &str); 9] = [
    ("", "turn"),
    ("dialer", "question"),
    ("dialer", "call"),
    ("dialer", "stream"),
    ("dialer", "starting"),
    ("transport", "send"),
    ("self", "send"),
    ("self", "send_on_new"),
    ("self", "ask"),
];

/// Bollard waits no longer than it was told for what it is handed here.
const TOLD: (&str, &str) = ("engine/calls.rs", "docker");

/// Who waits for a turn behind others has a deadline from when he begins to queue: he does so inside a `timeout(…)`,
/// or in a function whose callers are held to it in turn.
fn queues_have_deadlines(file: &File) -> Vec<String> {
    if !matches!(file.room(), "engine" | "runtime" | "cli") {
        return Vec::new();
    }
    let tokens = file.tokens();
    let text = |i: usize| tokens.get(i).map_or("", |t: &Token| t.text.as_str());
    let (mut found, mut within) = (Vec::new(), "");
    for at in 1..tokens.len() {
        if text(at - 1) == "fn" {
            within = text(at);
            continue;
        }
        let on = if text(at - 1) == "." && at > 1 { text(at - 2) } else { "" };
        let queues = text(at + 1) == "("
            && (text(at - 1) == "." && text(at).starts_with("acquire") || QUEUES.contains(&(on, text(at))));
        let callers_are_held = QUEUES.iter().any(|(_, name)| *name == within) || (file.path.as_str(), within) == TOLD;
        if queues && !callers_are_held && !within_timeout(&tokens, at) {
            found.push(file.breach(tokens[at].line, format!("{} queues without a deadline", text(at))));
        }
    }
    found
}

/// Whether the token stands between the parentheses of a `timeout(…)` or `timeout_at(…)`.
fn within_timeout(tokens: &[Token], at: usize) -> bool {
    let mut open = 0;
    for i in (1..at).rev() {
        match tokens[i].text.as_str() {
            ")" => open += 1,
            "(" if open > 0 => open -= 1,
            "(" if tokens[i - 1].text.starts_with("timeout") => return true,
            "fn" if open == 0 => return false,
            _ => {}
        }
    }
    false
}

#[test]
fn who_waits_for_a_turn_has_a_deadline() {
    hold(queues_have_deadlines);
    let law = queues_have_deadlines;
    let found = |text: &str| breaches(law, "engine/x.rs", text);
    assert_eq!(found("async fn f() { bound.acquire_owned().await; }"), 1);
    assert_eq!(found("async fn turn() { bound.acquire_owned().await; }"), 0, "its callers are held to it");
    assert_eq!(found("async fn f() { turn(bound).await; self.dialer.question().await; }"), 2);
    assert_eq!(found("async fn f() { timeout(LONGEST, bound.acquire_owned()).await; }"), 0);
    assert_eq!(found("async fn f() { timeout(L, async { g(b.acquire()).await }).await; }"), 0);
    assert_eq!(found("async fn f() { timeout(L, g()).await; b.acquire().await; }"), 1);
    assert_eq!(found("fn f() { let room = hooks.try_acquire_owned(); self.transport.stream(path); out.send(x); }"), 0);
}

fn nothing_prunes(file: &File) -> Vec<String> {
    let acts = matches!(file.room(), "engine" | "runtime" | "cli" | "main");
    let mut found = Vec::new();
    for token in file.tokens() {
        let literal = token.text.starts_with(['"', '#']);
        if (literal && token.text.contains("/prune")) || (!literal && acts && token.text.starts_with("prune_")) {
            found.push(file.breach(token.line, "asks the engine to prune, which takes what matches by then"));
        }
    }
    found
}

#[test]
fn the_engine_is_never_asked_to_prune() {
    hold(nothing_prunes);
    assert_eq!(breaches(nothing_prunes, "engine/calls.rs", "docker.prune_volumes(None); post(\"/images/prune\");"), 2);
    assert_eq!(breaches(nothing_prunes, "app/plan.rs", "fn prune_plan() -> &str { \"docker image prune\" }"), 0);
}

/// Where somebody says yes: the dialog that shows the plan.
const SAYS_YES: [&str; 1] = ["app/overlays/confirm/mod.rs"];
/// Where a yes is made and turned into an agreement.
const AGREES: [&str; 3] = ["work/mod.rs", "work/agreement.rs", "work/plan.rs"];

fn agreement_is_somebodys(file: &File) -> Vec<String> {
    let path = file.path.as_str();
    let tokens = file.tokens();
    let text = |i: usize| tokens.get(i).map_or("", |t: &Token| t.text.as_str());
    let mut found = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        if token.text == "Consent" && !AGREES.contains(&path) && !SAYS_YES.contains(&path) {
            found.push(file.breach(token.line, "names `Consent`: only who asks somebody may say yes"));
        }
        let makes = token.text == "Agreed" && (text(i + 1) == "(" || text(i + 1) == "::" && text(i + 2) == "new");
        if makes && !AGREES.contains(&path) {
            found.push(file.breach(token.line, "makes an `Agreed`"));
        }
    }
    found
}

#[test]
fn only_who_asks_somebody_makes_an_agreement() {
    hold(agreement_is_somebodys);
    let law = agreement_is_somebodys;
    assert_eq!(breaches(law, "engine/calls.rs", "let c = Agreed(id); let d = Agreed::new(id, &consent);"), 2);
    assert_eq!(breaches(law, "runtime/ui.rs", "use crate::work::Consent as Yes; plan.agree(&Yes::given())"), 1);
    assert_eq!(breaches(law, "app/update/jobs.rs", "plan.agree(&work::Consent::given())"), 1);
    assert_eq!(breaches(law, "engine/calls.rs", "fn f(c: &Agreed<Object>) { c.get(); given(); }"), 0);
    assert_eq!(breaches(law, "app/overlays/confirm/mod.rs", "plan.agree(&Consent::given())"), 0);
}

/// Programs whose calls are offered to be pasted.
const PASTED: [&str; 14] =
    ["docker", "chmod", "chown", "cp", "echo", "getent", "kill", "ls", "rm", "rmdir", "sed", "ss", "sudo", "touch"];

/// What docker is told to do.
const DOCKERS: [&str; 16] = [
    "exec", "image", "inspect", "kill", "logs", "network", "ps", "pull", "restart", "rm", "run", "start", "stats",
    "stop", "top", "volume",
];

/// What docker compose is said to do or to be, its release among it.
const COMPOSES: [&str; 7] = ["ended", "can't", "got", "isn't", "before", "{installed}", "{version}"];

/// The type does most: a fix or a plan takes a `ShellLine`, which is made of words. This finds a command that is put
/// together as text besides.
fn commands_are_words(file: &File) -> Vec<String> {
    let prints = matches!(file.room(), "stack" | "host" | "diagnose" | "work" | "app" | "engine" | "runtime" | "cli");
    if !prints || file.path.ends_with("/fixture.rs") {
        return Vec::new();
    }
    let is_command = |text: &str| {
        let mut words = text.split(' ');
        let program = words.next().unwrap_or_default();
        // What only speaks of docker has a sentence after it.
        let said = program == "docker"
            && match words.next() {
                Some("compose") => words.next().is_some_and(|word| COMPOSES.contains(&word)),
                word => !word.is_some_and(|word| DOCKERS.contains(&word)),
            };
        PASTED.contains(&program) && text.contains('{') && !said
    };
    let quotes = |text: &str| {
        let mut quoted = text.split('`').skip(1).step_by(2);
        is_command(text.trim_matches('"'))
            || quoted.any(|text| is_command(text) || text.starts_with("ssh") && text.contains('{'))
    };
    let literals = file.tokens().into_iter().filter(|token| token.text.starts_with('"') && quotes(&token.text));
    literals
        .map(|token| file.breach(token.line, "puts a command together as text: make a `ShellLine` of its words"))
        .collect()
}

#[test]
fn a_command_to_paste_is_made_of_words() {
    hold(commands_are_words);
    let law = commands_are_words;
    assert_eq!(
        breaches(
            law,
            "diagnose/rules/x.rs",
            r#"fn f() { s.fix("Stop it").command(format!("docker stop {}", c.name)) }"#
        ),
        1
    );
    assert_eq!(breaches(law, "app/up.rs", r#"fn f() { format!("docker compose up -d{more} {names}") }"#), 1);
    assert_eq!(breaches(law, "engine/ssh.rs", r#"fn f() { format!("Try `ssh {login} true`") }"#), 1);
    assert_eq!(
        breaches(
            law,
            "diagnose/rules/x.rs",
            r#"fn f() { s.fix("Run `docker ps`, {it}"); ShellLine::new("docker ps") }"#
        ),
        0
    );
}

/// Where files are written: new ones as new, for the user alone. The last is all tests.
const WRITES: [&str; 3] = ["runtime/save.rs", "runtime/log.rs", "compose/load/mistakes.rs"];

fn files_are_written_in_one_place(file: &File) -> Vec<String> {
    if WRITES.contains(&file.path.as_str()) || file.room() == "sim" {
        return Vec::new();
    }
    let writes = |path: &[String]| {
        let ends = |last: [&str; 2]| path.len() >= 2 && path[path.len() - 2..].iter().zip(last).all(|(a, b)| a == b);
        let calls = [["fs", "write"], ["fs", "copy"], ["fs", "create_dir"], ["fs", "create_dir_all"]];
        calls.into_iter().chain([["File", "create"], ["File", "create_new"]]).any(ends)
            || path.iter().any(|segment| segment == "OpenOptions")
    };
    let breach = |(path, line): (Vec<String>, usize)| {
        writes(&path).then(|| file.breach(line, format!("{}: write files by `runtime::save`", path.join("::"))))
    };
    file.paths().into_iter().filter_map(breach).collect()
}

#[test]
fn files_are_written_by_one_module() {
    hold(files_are_written_in_one_place);
    let law = files_are_written_in_one_place;
    assert_eq!(breaches(law, "cli/report.rs", "use std::fs; fn f() { fs::write(path, text); }"), 1);
    assert_eq!(breaches(law, "runtime/ui.rs", "use std::fs::{File, OpenOptions}; fn f() { File::create(p); }"), 2);
    assert_eq!(breaches(law, "cli/report.rs", "fn f() { save::replace(path, text); fs::read(path); }"), 0);
}

fn says_its_job(file: &File) -> Vec<String> {
    if file.text.starts_with("//! ") {
        Vec::new()
    } else {
        vec![file.breach(1, "does not begin with its one job (`//!`)")]
    }
}

#[test]
fn every_file_says_its_one_job() {
    hold(says_its_job);
    assert_eq!(breaches(says_its_job, "base/x.rs", "use std::fmt;"), 1);
}

fn modules_have_one_style(files: &[File]) -> Vec<String> {
    let folders: BTreeSet<&str> =
        files.iter().filter_map(|file| file.path.rsplit_once('/')).map(|(dir, _)| dir).collect();
    let twice = |file: &&File| file.path.strip_suffix(".rs").is_some_and(|stem| folders.contains(stem));
    files
        .iter()
        .filter(twice)
        .map(|file| file.breach(1, "stands beside its folder: it is to be the folder's mod.rs"))
        .collect()
}

#[test]
fn a_module_with_children_is_its_folders_mod() {
    let breaches = modules_have_one_style(&files());
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
    let file = |path: &str| File { path: path.into(), text: String::new() };
    assert_eq!(modules_have_one_style(&[file("app/x.rs"), file("app/x/y.rs")]).len(), 1);
    assert_eq!(modules_have_one_style(&[file("app/x/mod.rs"), file("app/x/y.rs"), file("app/z.rs")]).len(), 0);
}

/// Arrows between files that close a circle inside their room, until somebody breaks it: from, to, and why it stands. The
/// list may only shrink: an arrow that closes no circle any more is found, too.
const CLOSE_CIRCLES: &[(&str, &str, &str)] = &[];

/// The circles that are left without the listed arrows, and what is listed without need.
fn circles_are_listed(files: &[File], listed: &[(&str, &str, &str)]) -> Vec<String> {
    let mut graph = circles::graph(files);
    let mut breaches = Vec::new();
    let whole = circles::circles(&graph);
    for (from, to, _) in listed {
        if !whole.iter().any(|circle| circle.contains(*from) && circle.contains(*to)) {
            breaches.push(format!("listed, and closes no circle any more: {from} -> {to}"));
        }
        if !graph.get_mut(*from).is_some_and(|imported| imported.remove(*to)) {
            breaches.push(format!("listed, and there is no such arrow: {from} -> {to}"));
        }
    }
    for circle in circles::circles(&graph) {
        let arrows = circle.iter().flat_map(|file| graph[file].iter().map(move |other| (file, other)));
        let arrows =
            arrows.filter(|(_, other)| circle.contains(*other)).map(|(file, other)| format!("  {file} -> {other}"));
        breaches.push(format!("a circle:\n{}", arrows.collect::<Vec<_>>().join("\n")));
    }
    breaches
}

#[test]
fn files_inside_a_room_have_no_circles() {
    let breaches = circles_are_listed(&files(), CLOSE_CIRCLES);
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

#[test]
fn a_circle_is_found_whatever_way_it_takes() {
    let found = |files: &[(&str, &str)]| {
        let file = |(path, text): &(&str, &str)| File { path: (*path).into(), text: (*text).into() };
        let files: Vec<File> = files.iter().map(file).collect();
        let circles = circles::circles(&circles::graph(&files));
        circles.iter().map(|circle| circle.iter().cloned().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    let room = ("lib.rs", "pub mod app;");
    let both = "app/a.rs app/b.rs";
    let of = |a, b| found(&[room, ("app/mod.rs", "mod a; mod b; pub use b::B;"), ("app/a.rs", a), ("app/b.rs", b)]);
    assert_eq!(of("use super::b::B;", "use super::a;\nfn f() { a::g() }"), [both], "by a module's name");
    assert_eq!(of("use crate::app::B;", "fn f(a: super::a::A) {}"), [both], "by a name that is handed on");
    assert_eq!(of("use super::B as C;", "use crate::app::{a::{self, A}};"), [both], "by a renamed one");
    assert_eq!(of("use super::B;", "use super::B; #[cfg(test)] mod tests { use crate::app::a::A; }"), [""; 0]);
    assert_eq!(of("use crate::stack::b::B;", "use super::a::A;"), [""; 0], "another room's");
    let parent = found(&[room, ("app/mod.rs", "mod a; use a::A; struct B;"), ("app/a.rs", "use super::B;")]);
    assert_eq!(parent, ["app/a.rs app/mod.rs"], "with the parent's own");
    let hands_on = found(&[room, ("app/mod.rs", "mod a; pub use a::A; struct B;"), ("app/a.rs", "use super::B;")]);
    assert_eq!(hands_on, [""; 0], "to hand a name on is no use of it");
    let all = ("app/mod.rs", "mod a; mod b; pub use b::*; struct C;");
    let by_glob = found(&[room, all, ("app/a.rs", "use super::B;"), ("app/b.rs", "use super::a; struct B(a::A);")]);
    assert_eq!(by_glob, [both], "by a name that is handed on with all others");
    let not_by_glob = found(&[room, all, ("app/a.rs", "use super::C;"), ("app/b.rs", "use super::a; struct B(a::A);")]);
    assert_eq!(not_by_glob, [""; 0]);
    let held = |b: &str, listed: &[(&str, &str, &str)]| {
        let files = [room, ("app/mod.rs", "mod a; mod b;"), ("app/a.rs", "use super::b::B;"), ("app/b.rs", b)];
        let files = files.map(|(path, text)| File { path: path.into(), text: text.into() });
        circles_are_listed(&files, listed).len()
    };
    assert_eq!(held("use super::a::A;", &[]), 1);
    assert_eq!(held("use super::a::A;", &[("app/b.rs", "app/a.rs", "a reason")]), 0);
    assert_eq!(held("", &[("app/a.rs", "app/b.rs", "no circle any more")]), 1, "the list shrinks");
    assert_eq!(held("", &[("app/b.rs", "app/a.rs", "no arrow any more")]), 2);
}

/// Where the tests start the program, it is told where its files are: else it would read and write the user's.
#[test]
fn the_tests_keep_out_of_the_users_home() {
    let mut starting = 0;
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&entry).unwrap();
                if text.contains(concat!("CARGO_BIN_", "EXE_stackview")) {
                    starting += 1;
                    let told = ["XDG_STATE_HOME", "XDG_CONFIG_HOME"].iter().all(|name| text.contains(name));
                    assert!(told, "{} starts the program with the user's own files", entry.display());
                }
            }
        }
    }
    assert!(starting > 0, "the tests start the program somewhere");
}

#[test]
fn unsafe_code_is_forbidden() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    assert_eq!(manifest["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
}
