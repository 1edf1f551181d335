//! What a one-shot command prints, and where.

use std::{
    collections::BTreeMap,
    io::{self, IsTerminal, Write},
};

use color_eyre::eyre::Result;

use super::colors;
use crate::{compose::Problem, runtime::Left, view::ColorDepth};

/// Says something beside the answer, on standard error.
pub fn note(words: &str) {
    let _closed = writeln!(io::stderr().lock(), "{}", crate::base::text::clean(words));
}

/// Says what became of what was under way when the dashboard was left; the answer is the exit code.
pub fn left(left: Left) -> u8 {
    left.words.iter().for_each(|words| note(words));
    left.code
}

/// Prints; a reader that has gone away (`| head`) is no error.
pub fn print(bytes: &[u8]) -> Result<u8> {
    match io::stdout().lock().write_all(bytes) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(0),
    }
}

/// Whether people read standard output, with colours.
pub fn colored(env: &BTreeMap<String, String>) -> bool {
    io::stdout().is_terminal() && colors::depth(env) != ColorDepth::None
}

/// Says what is wrong with the files, on standard error.
pub fn report(problems: &[Problem]) {
    let mut err = io::stderr().lock();
    for problem in problems {
        let text: Vec<_> = problem.to_string().lines().map(|l| crate::base::text::clean(l).into_owned()).collect();
        let _closed = writeln!(err, "{}", text.join("\n"));
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
    let clean: Vec<_> = text.lines().map(|line| crate::base::text::clean(line).into_owned()).collect();
    let _closed = writeln!(io::stderr().lock(), "error: {}", clean.join("\n"));
    if error.is::<WrongUse>() { 2 } else { 1 }
}
