//! `GET /events`: what happened and what happens.

use super::super::{
    answer::{self, Answer},
    context::Context,
    filters::{self, Filters},
};
use crate::{
    base::time::Stamp,
    sim::{
        api::{event, time::unix},
        world::{ApiError, World},
    },
};

/// What is told in one piece; more waits for the next.
const BATCH: usize = 512;

pub(in crate::sim::http) fn events(context: &Context) -> Result<Answer, ApiError> {
    let (face, query) = (context.face, &context.asked.query);
    let limit = |key: &str| {
        let at = unix(query.text(key)).map_err(|why| ApiError::new(500, why))?;
        Ok::<_, ApiError>(at.map(|at| at.shifted(face.skew.saturating_neg())))
    };
    let (since, until) = (limit("since")?, limit("until")?);
    if since.zip(until).is_some_and(|(since, until)| since > until) {
        return Err(ApiError::new(400, "`since` time is later than `until` time"));
    }
    let filters = Filters::read(&face, query, &filters::EVENTS)?;
    let engine = context.engine.clone();
    // From where on: subscribed before the answer begins, so that nothing falls between.
    let mut next = engine.with(|world| first(world, since));
    let mut moves = engine.moves();
    Ok(answer::pieces(&context.engine, "application/json", move |pieces| async move {
        loop {
            moves.borrow_and_update();
            let (told, over, more) = engine.with(|world| {
                let mut told = String::new();
                let mut seen = 0;
                let mut over = until.is_some_and(|until| world.now() >= until);
                for (number, event) in world.events().from(next).take(BATCH) {
                    next = number + 1;
                    seen += 1;
                    if until.is_some_and(|until| event.at > until) {
                        over = true;
                        break;
                    }
                    if since.is_none_or(|since| event.at >= since) && filters::event(&filters, event) {
                        told.push_str(&event::event(&face, event).to_string());
                        told.push('\n');
                    }
                }
                (told, over, seen == BATCH)
            });
            if !told.is_empty() && !pieces.send(told).await {
                return;
            }
            if more {
                continue;
            }
            if over {
                return;
            }
            let due = async {
                match until {
                    Some(until) => engine.until(until).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                moved = moves.changed() => if moved.is_err() { return },
                () = due => {}
            }
        }
    }))
}

/// The first event to look at: with `since` as far back as the engine remembers, else the next one.
fn first(world: &World, since: Option<Stamp>) -> u64 {
    let next = world.events().next();
    match since {
        Some(_) => next.saturating_sub(event::REMEMBERED).max(world.events().first()),
        None => next,
    }
}
