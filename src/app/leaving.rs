//! Leaving while work is under way: what it is, what becomes of it, and, when all is over, what was and wasn't done.

use super::{Model, model::Leaving};
use crate::{
    base::{text::clean, units::count},
    work::{Error, Job, Kind},
};

/// What isn't over yet.
pub fn under_way(model: &Model) -> impl Iterator<Item = &Job> {
    model.jobs.iter().filter(|job| job.is_under_way() && !job.only_watches())
}

/// What becomes of a job that is left.
pub fn fate(job: &Job) -> String {
    let kinds: Vec<Kind> = job.running.iter().map(|performance| performance.task.kind()).collect();
    let mut words = Vec::new();
    if kinds.contains(&Kind::Run) {
        words.push("quitting now ends docker compose: what it has done by then stays".to_owned());
    }
    if kinds.contains(&Kind::Call) {
        words.push("the engine was asked, and may do it all the same".to_owned());
    }
    if job.left() > 0 {
        words.push(format!("{} would not be made", count(job.left(), "more call")));
    }
    words.join("; ")
}

/// What was and wasn't done of what was under way when leaving began; nothing where nothing was.
pub fn report(model: &Model) -> Vec<String> {
    let Some(Leaving { since, .. }) = model.leaving else { return Vec::new() };
    let counts = |job: &&Job| job.ended.is_none_or(|ended| ended >= since);
    let one = |job: &Job| {
        let title = clean(&job.title);
        if let Some(failure) = job.failures.first() {
            let how = if failure.error == Error::Cancelled { "Ended early" } else { "Failed" };
            return format!("{how}: {title}: {}", clean(&failure.error.to_string()));
        }
        if job.ended.is_some() || job.only_watches() {
            return format!("Done: {title}");
        }
        let mut words = format!("Not finished: {title}");
        if job.running.iter().any(|performance| performance.task.kind() == Kind::Call) {
            words.push_str("; the engine was asked, and may do it all the same");
        }
        if job.left() > 0 {
            words.push_str(&format!("; {} not made", count(job.left(), "more call")));
        }
        words
    };
    model.jobs.iter().filter(counts).map(one).collect()
}
