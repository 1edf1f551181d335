//! The world of a simulated engine: what exists, how it lives, and what can be done to it.
//!
//! Pure and seeded: no clock, no I/O, no randomness but what follows from the seed. Time is what
//! [`World::advance`] says. Things that will happen wait in a heap; what can be computed for any moment (log lines,
//! statistics, sizes) is computed when it is asked for, so that ten thousand containers cost nothing while nobody
//! looks.
//!
//! How it works, by file: `state` the world itself and how its time goes on; `due` what waits in its heap; `telling`
//! events; `life` starts and ends; `probes` health; `requests` what clients ask for; `queries` what they read; `making`
//! containers from a compose file; `up` the part of docker compose; `script` the scenario's steps; `stores` networks,
//! volumes and images; `lines` and `usage` what is computed.

mod action;
mod container;
mod due;
mod event;
mod life;
mod lines;
mod making;
mod ports;
mod probes;
mod prune;
mod queries;
mod requests;
mod run;
mod script;
mod signal;
mod state;
mod stats;
mod stores;
mod telling;
mod things;
mod up;
mod usage;
mod words;

#[cfg(test)]
mod tests;

pub use action::{Action, ApiError, Done, LogRange, Ticket, Until};
pub use container::{
    Container, Endpoint, GivenCheck, Health, HealthStatus, Healthcheck, Mount, MountSource, Port, Probe, Spec, Status,
};
pub use event::{Event, Events, KEPT, Kind};
pub use lines::LogLine;
pub use state::World;
pub use stats::{Process, Sample};
pub use things::{CacheRecord, Image, Network, Pruned, Removal, Volume};
pub use words::Generation;

pub use super::scenario::{ImageConfig, Output, Restart};
