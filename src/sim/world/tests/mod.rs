//! Tests of the world: how it lives through scenarios, and what requests do to it.

mod actions;
mod laws;
mod scenarios;
mod timing;

use std::{sync::Arc, time::Duration};

use super::{Action, ApiError, Container, Done, World};
use crate::{base::time::Stamp, sim::scenario::Scenario};

/// When every test's world begins.
const START: Stamp = Stamp::from_secs(1_800_000_000);

/// A built-in scenario's world.
fn built_in(name: &str) -> World {
    let scenario = Scenario::built_in(name).unwrap().unwrap_or_else(|error| panic!("{error}"));
    World::new(Arc::new(scenario), 1, START)
}

/// A world of a scenario's text.
fn world(text: &str) -> World {
    let scenario = Scenario::parse("test.yaml", text).unwrap_or_else(|error| panic!("{error}"));
    World::new(Arc::new(scenario), 1, START)
}

fn after(secs: f64) -> Stamp {
    START + Duration::from_secs_f64(secs)
}

impl World {
    /// The first container of a service.
    fn of(&self, service: &str) -> &Container {
        self.containers().find(|c| c.spec.service == service && c.number == 1).unwrap()
    }

    /// Does it, and waits for it to be done.
    fn act_on(&mut self, name: &str, action: Action) -> Result<Done, ApiError> {
        let ticket = self.begin(name, action)?;
        loop {
            if let Some(outcome) = self.outcome(ticket) {
                return outcome;
            }
            let next = self.next_due().expect("it is done some time");
            self.advance(next);
        }
    }

    /// Events from a number on: kind, action, and what tells it from others; without those of probes.
    fn told(&self, from: u64) -> Vec<String> {
        let short = |text: &str| text.split_whitespace().next().unwrap_or_default().trim_end_matches(':').to_owned();
        self.events()
            .from(from)
            .filter(|(_, event)| !event.action.starts_with("exec_"))
            .map(|(_, event)| {
                let own = ["signal", "exitCode", "name"].iter().filter_map(|key| event.attribute(key));
                format!("{} {} {}", event.kind.word(), short(&event.action), own.collect::<Vec<_>>().join(" "))
            })
            .collect()
    }
}
