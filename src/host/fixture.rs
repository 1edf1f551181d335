//! Facts about hosts for tests, of this room and of those above.

use super::{EngineInfo, Fact, Link};
use crate::{
    base::time::OtherClock,
    stack::{self, fixture::PROJECT},
};

/// An engine next door that speaks this API.
pub(crate) fn engine(api: &str) -> EngineInfo {
    EngineInfo {
        place: "local".into(),
        product: "Docker".into(),
        version: "20.10.24".into(),
        api: api.into(),
        clock: OtherClock::ahead(0),
        memory: None,
        architecture: String::new(),
        root: String::new(),
        swarm: false,
        system: String::new(),
    }
}

/// That it answers.
pub(crate) fn connected() -> Vec<Fact> {
    vec![Fact::Engine(engine("1.41")), Fact::Link(Link::Live)]
}

/// Facts of the fixtures' project.
pub(crate) fn of_project(facts: impl IntoIterator<Item = stack::Fact>) -> Vec<Fact> {
    facts.into_iter().map(|fact| Fact::Stack(PROJECT.into(), fact)).collect()
}
