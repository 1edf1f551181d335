//! Containers as they are: the list, one of them, its processes, and what the simulated ones don't have.

use serde_json::Value;

use super::super::{
    answer::{self, Answer},
    context::{Context, unable},
    filters::{self, Filters},
};
use crate::sim::{
    api::{container, inspect, top},
    world::ApiError,
};

pub(in crate::sim::http) fn list(context: &Context) -> Result<Answer, ApiError> {
    let (face, query) = (&context.face, &context.asked.query);
    let filters = Filters::read(face, query, &filters::CONTAINERS)?;
    let size = query.is("size");
    let limit = query.number("limit")?.unwrap_or(0);
    let limit = usize::try_from(limit).ok().filter(|limit| *limit > 0);
    let all = query.is("all") || limit.is_some();
    let list = context.engine.with(|world| {
        let found = filters::containers(face, world, &filters, all)?;
        let found = found.into_iter().take(limit.unwrap_or(usize::MAX));
        Ok(found.map(|c| container::summary(face, world, c, size)).collect::<Value>())
    })?;
    Ok(answer::json(200, &list))
}

pub(in crate::sim::http) fn inspect(context: &Context, id: &str) -> Result<Answer, ApiError> {
    let size = context.asked.query.is("size");
    let document =
        context.engine.with(|world| world.container(id).map(|c| inspect::inspect(&context.face, world, c, size)))?;
    Ok(answer::json(200, &document))
}

pub(in crate::sim::http) fn top(context: &Context, id: &str) -> Result<Answer, ApiError> {
    let processes = context.engine.change(|world| world.top(id))?;
    Ok(answer::json(200, &top::top(&processes, context.asked.query.text("ps_args"))))
}

/// What changed in the container's files: nothing, as it has none.
pub(in crate::sim::http) fn changes(context: &Context, id: &str) -> Result<Answer, ApiError> {
    context.engine.with(|world| world.container(id).map(|_| ()))?;
    Ok(answer::json(200, &Value::Null))
}

/// Files can't be read or written.
pub(in crate::sim::http) fn archive(context: &Context, id: &str) -> Result<Answer, ApiError> {
    context.engine.with(|world| world.container(id).map(|_| ()))?;
    Err(unable("has no files in its containers"))
}

/// Limits can't be changed; saying that they were would be a lie.
pub(in crate::sim::http) fn update(context: &Context, id: &str) -> Result<Answer, ApiError> {
    context.engine.with(|world| world.container(id).map(|_| ()))?;
    Err(unable("can't change a container's limits"))
}
