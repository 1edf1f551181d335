//! The engine itself: ping, version, info, disk usage.

use hyper::header::HeaderValue;

use super::super::{
    answer::{self, Answer},
    context::Context,
};
use crate::sim::{
    api::{system, usage},
    world::ApiError,
};

pub(in crate::sim::http) fn ping(context: &Context) -> Result<Answer, ApiError> {
    let mut answer = answer::bytes(200, "text/plain; charset=utf-8", "OK");
    let mut extra = vec![("cache-control", "no-cache, no-store, must-revalidate"), ("pragma", "no-cache")];
    if context.face.since(42) {
        extra.extend([("builder-version", "2"), ("swarm", "inactive")]);
    }
    for (name, value) in extra {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(answer)
}

pub(in crate::sim::http) fn version(context: &Context) -> Result<Answer, ApiError> {
    Ok(answer::json(200, &system::version(&context.face)))
}

pub(in crate::sim::http) fn info(context: &Context) -> Result<Answer, ApiError> {
    Ok(answer::json(200, &context.engine.with(|world| system::info(&context.face, world))))
}

pub(in crate::sim::http) fn usage(context: &Context) -> Result<Answer, ApiError> {
    let kinds = usage::Kinds(context.asked.query.all("type"));
    let verbose = context.asked.query.is("verbose");
    let document = context.engine.with(|world| usage::usage(&context.face, world, &kinds, verbose));
    Ok(answer::json(200, &document))
}
