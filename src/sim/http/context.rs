//! What an endpoint is given, and its refusal where it does nothing.

use std::sync::Arc;

use super::{engine::Engine, request::Asked};
use crate::sim::{api::Face, world::ApiError};

/// What an endpoint is given.
pub(super) struct Context {
    pub engine: Arc<Engine>,
    pub face: Face,
    pub asked: Asked,
}

/// What the simulated engine doesn't do.
pub(super) fn unable(what: &str) -> ApiError {
    ApiError::new(501, format!("the simulated engine {what}; use a real engine"))
}
