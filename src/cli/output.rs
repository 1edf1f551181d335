//! What a one-shot command prints, and where: the one way to standard output and standard error, which secrets don't
//! pass.

use std::{
    collections::BTreeMap,
    io::{self, IsTerminal, Write},
    path::Path,
};

use color_eyre::eyre::Result;
use serde_json::Value;

use super::colors;
use crate::{
    base::text::clean,
    compose::Problem,
    runtime::{Left, save, secrets},
    view::ColorDepth,
};

/// Says something beside the answer, on standard error.
pub fn note(words: &str) {
    say(&clean(&secrets::masked(words)));
}

/// Says what became of what was under way when the dashboard was left; the answer is the exit code.
pub fn left(left: Left) -> u8 {
    left.words.iter().for_each(|words| note(words));
    left.code
}

/// A line on standard error, without secrets. It may be coloured.
pub fn say(line: &str) {
    // Nobody may be left to hear it.
    let _closed = writeln!(io::stderr().lock(), "{}", secrets::masked(line));
}

/// Prints a text, without its secrets.
pub fn print(text: &str) -> Result<u8> {
    print_as_asked(secrets::masked(text).as_bytes())
}

/// Prints a document, without its secrets.
pub fn print_json(mut document: Value) -> Result<u8> {
    secrets::masker().json(&mut document);
    let mut out = serde_json::to_vec_pretty(&document)?;
    out.push(b'\n');
    print_as_asked(&out)
}

/// Prints bytes as they are: for what was asked for with its secrets (`config`), holds none from outside, or is a
/// picture, which has lost them already. A reader that has gone away (`| head`) is no error.
pub fn print_as_asked(bytes: &[u8]) -> Result<u8> {
    match io::stdout().lock().write_all(bytes) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(0),
    }
}

/// Writes a text into a file, without its secrets.
pub fn write(file: &Path, text: &str) -> io::Result<()> {
    save::replace(file, secrets::masked(text).as_bytes())
}

/// Whether people read standard output, with colours.
pub fn colored(env: &BTreeMap<String, String>) -> bool {
    is_terminal() && colors::depth(env) != ColorDepth::None
}

/// Whether standard output is a terminal.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// The columns of the terminal that standard output is.
pub fn columns() -> Option<u16> {
    rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| size.ws_col).filter(|columns| *columns > 0)
}

/// Whether people read standard error.
pub fn is_heard() -> bool {
    io::stderr().is_terminal()
}

/// Says what is wrong with the files, on standard error.
pub fn report(problems: &[Problem]) {
    for problem in problems {
        let text: Vec<_> = problem.to_string().lines().map(|line| clean(line).into_owned()).collect();
        say(&text.join("\n"));
    }
}

/// What was asked for can't be meant: the command line is wrong, though its grammar isn't.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongUse(pub String);

/// Prints why it couldn't, with what led to it, in clap's style; the answer is the exit code.
pub fn print_error(error: &color_eyre::Report) -> u8 {
    let mut words: Vec<String> = Vec::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        // A cause that its effect's words end in already says nothing new.
        if !words.last().is_some_and(|last| last.ends_with(&cause)) {
            words.push(cause);
        }
    }
    let text = words.join(": ");
    let clean: Vec<_> = text.lines().map(|line| clean(line).into_owned()).collect();
    say(&format!("error: {}", clean.join("\n")));
    if error.is::<WrongUse>() { 2 } else { 1 }
}
