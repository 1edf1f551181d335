//! The variables of a whole document replaced: in its values, not in its keys.

use super::{
    env::Env,
    node::{Node, Value},
    problem::Problem,
    replace::{Fault, Run},
    report::Report,
    trail::Trail,
};

/// How much text the values of variables may add to a project, in bytes.
const MAX_ADDED: usize = 32 << 20;

/// Replaces in every text of a document.
pub fn document(node: &mut Node, env: &Env, report: &mut Report) {
    let mut added = MAX_ADDED;
    walk(node, &Trail::ROOT, env, &mut added, report);
}

fn walk(node: &mut Node, trail: &Trail<'_>, env: &Env, added: &mut usize, report: &mut Report) {
    match &mut node.value {
        Value::Str(text) if text.contains('$') => {
            let mut run = Run { env, unset: Vec::new(), added };
            match run.replace(text, 0) {
                Ok(new) => {
                    // `$$` is a dollar, and nothing is put in its place.
                    node.filled = text.replace("$$", "$") != new;
                    *text = new;
                }
                Err(fault) => report.push(explain(fault, trail).at(node.place.clone())),
            }
            for name in run.unset {
                report.push(unset(&name).at(node.place.clone()).of(trail.to_string()));
            }
        }
        Value::List(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                walk(item, &trail.index(index), env, added, report);
            }
        }
        Value::Map(map) => {
            for (key, entry) in map {
                walk(&mut entry.node, &trail.key(key), env, added, report);
            }
        }
        _ => {}
    }
}

fn explain(fault: Fault, trail: &Trail<'_>) -> Problem {
    match fault {
        Fault::Invalid(text) => {
            Problem::error(format!("invalid interpolation format for {trail}: {text}")).help("write $$ for a literal $")
        }
        Fault::Required(name, message) => {
            let problem = Problem::error(format!(
                "error while interpolating {trail}: required variable {name} is missing a value{}{message}",
                if message.is_empty() { "" } else { ": " }
            ));
            problem.help(format!("set {name} in the environment or in .env"))
        }
        Fault::TooMuch => Problem::error(format!("error while interpolating {trail}: the result is too large")),
    }
}

/// The warning about a variable that has no value.
pub fn unset(name: &str) -> Problem {
    Problem::warning(format!("The \"{name}\" variable is not set. Defaulting to a blank string."))
        .help(format!("set {name} in the environment or in .env, or write ${{{name}:-}} if blank is meant"))
}
