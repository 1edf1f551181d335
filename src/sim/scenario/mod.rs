//! Scenarios: what a simulated engine plays, read from a YAML file.
//!
//! A scenario holds a compose file as it is (the dashboard reads the same text), how each service behaves, and a
//! script of what happens when. `assets/scenarios/` holds the built-in ones.

mod behaviour;
mod built_in;
mod compose;
mod fields;
mod file;
mod parts;
mod template;
mod units;

#[cfg(test)]
mod tests;

pub use behaviour::{
    Behaviour, Curve, Exit, LogRule, Memory, Only, Output, ProbePhase, ProcessRule, Refusal, Term, When,
};
pub use compose::{Compose, Dependency, Gate, Service};
pub use fields::{Entries, Restart, Subnet};
pub use parts::{Deed, Host, ImageConfig, ImageRule, Past, Project, Scenario, ScenarioError, Step, VolumeRule};
pub use template::{Filling, Template};
