//! `GET /containers/ID/logs`: what a container wrote, and what it writes.

use std::sync::Arc;

use super::super::{
    answer::{self, Answer, Pieces},
    context::Context,
    engine::Engine,
    stdcopy::{Format, append},
};
use crate::{
    base::time::Stamp,
    sim::{
        api::time::unix,
        world::{ApiError, Container, LogLine, LogRange, Output, World},
    },
};

/// Lines made at a time: few enough that a flood doesn't hold the world.
const BATCH: usize = 1000;

/// Which lines, and how.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// The container's full id: a name may be given to another one meanwhile.
    pub id: String,
    pub stdout: bool,
    pub stderr: bool,
    pub since: Option<Stamp>,
    pub until: Option<Stamp>,
    pub tail: Option<usize>,
    pub follow: bool,
    pub format: Format,
}

pub(in crate::sim::http) fn logs(context: &Context, id: &str) -> Result<Answer, ApiError> {
    let (face, query) = (&context.face, &context.asked.query);
    let (stdout, stderr) = (query.is("stdout"), query.is("stderr"));
    if !stdout && !stderr {
        return Err(ApiError::new(400, "Bad parameters: you must choose at least one stream"));
    }
    let limit = |key: &str| {
        let at = unix(query.text(key)).map_err(|why| ApiError::new(500, why))?;
        Ok::<_, ApiError>(at.map(|at| at.shifted(face.skew.saturating_neg())))
    };
    let (since, until) = (limit("since")?, limit("until")?);
    let (id, tty) = context.engine.with(|world| world.container(id).map(|c| (c.id.clone(), c.spec.tty)))?;
    let format = Format { tty, timestamps: query.is("timestamps"), details: query.is("details"), skew: face.skew };
    // What is no number means all, as on the engine.
    let tail = query.text("tail").parse().ok();
    let wanted = Wanted { id, stdout, stderr, since, until, tail, follow: query.is("follow"), format };
    let kind = match tty {
        _ if !face.since(42) => "",
        true => "application/vnd.docker.raw-stream",
        false => "application/vnd.docker.multiplexed-stream",
    };
    let engine = context.engine.clone();
    Ok(answer::pieces(&context.engine, kind, move |pieces| async move { tell(&engine, &wanted, &pieces).await }))
}

/// Sends the lines that there are, then those that come, until the container ends or the client goes away.
pub(super) async fn tell(engine: &Arc<Engine>, wanted: &Wanted, pieces: &Pieces) {
    let mut moves = engine.moves();
    let mut cursor = None;
    let mut tail = wanted.tail;
    loop {
        moves.borrow_and_update();
        let Some(look) = engine.with(|world| look(world, wanted, &mut cursor, &mut tail)) else { return };
        if !look.bytes.is_empty() && !pieces.send(look.bytes).await {
            return;
        }
        if look.more {
            continue;
        }
        let ended = !look.alive || wanted.until.is_some_and(|until| engine.with(|world| world.now()) >= until);
        if !wanted.follow || ended {
            return;
        }
        let line = async {
            match look.next {
                Some(at) => engine.until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = line => {}
            moved = moves.changed() => if moved.is_err() { return },
        }
    }
}

/// What one look at a log gave.
struct Look {
    bytes: Vec<u8>,
    /// There is more already.
    more: bool,
    /// Its program runs, or will be started again.
    alive: bool,
    /// When its next line comes.
    next: Option<Stamp>,
}

fn look(world: &World, wanted: &Wanted, cursor: &mut Option<Stamp>, tail: &mut Option<usize>) -> Option<Look> {
    let container = world.container(&wanted.id).ok()?;
    let now = world.now();
    let until = wanted.until.map_or(now, |until| until.min(now));
    let lines = match tail.take() {
        Some(count) => {
            let lines = last(world, container, wanted, until, count);
            // What comes after these lines, or where there are none, after this moment.
            *cursor = Some(lines.last().map_or(until, |l| l.at));
            lines
        }
        None => {
            // `since` is inclusive, the cursor isn't.
            let after = cursor.or(wanted.since.map(|since| since.shifted(-1)));
            let lines = world.logs(container, LogRange { after, until: Some(until) }, BATCH);
            if let Some(line) = lines.last() {
                *cursor = Some(line.at);
            }
            lines
        }
    };
    let more = lines.len() >= BATCH;
    let mut bytes = Vec::new();
    for line in lines.iter().filter(|line| takes(wanted, line)) {
        append(&mut bytes, line, wanted.format);
    }
    let next = if wanted.follow { world.next_line(container, (*cursor).unwrap_or(now).max(now)) } else { None };
    Some(Look { bytes, more, alive: container.running(), next })
}

/// The last lines of what is wanted; with one output left out, more are looked at until there are enough.
fn last(world: &World, container: &Container, wanted: &Wanted, until: Stamp, count: usize) -> Vec<LogLine> {
    let mut reach = count;
    loop {
        let lines = world.log_tail(container, Some(until), reach);
        let all = lines.len() < reach;
        let fits = |line: &LogLine| takes(wanted, line) && wanted.since.is_none_or(|since| line.at >= since);
        let old = lines.first().is_none_or(|line| wanted.since.is_some_and(|since| line.at < since));
        let mut chosen: Vec<LogLine> = lines.into_iter().filter(fits).collect();
        if all || old || chosen.len() >= count {
            return chosen.split_off(chosen.len().saturating_sub(count));
        }
        reach = reach.saturating_mul(2);
    }
}

fn takes(wanted: &Wanted, line: &LogLine) -> bool {
    match line.output {
        Output::Stdout => wanted.stdout,
        Output::Stderr => wanted.stderr,
    }
}
