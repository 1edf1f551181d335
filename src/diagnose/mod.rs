//! What is wrong, why, and what to do: pure rules over the compose files and the stack.
//!
//! [`diagnose`] shows a [`Case`] to every rule of [`RULES`] and puts what they found in order: consequences under
//! their causes (`chain`), root causes first. A rule is one file in `rules/` and one row; it says only what its
//! evidence shows, and quotes it.
//!
//! - `case`: all that a rule may look at; each service with its declaration, containers and the end of its log.
//! - `keeps`: what a program that runs fails at again and again.
//! - `said`: what programs say in their logs and probes when something is wrong, as one table of phrases.
//! - A rule that needs to know more asks ([`Case::ask`]); the questions of a diagnosis become streams that the
//!   screen wants, and until an answer is there the rule keeps silent about what it doesn't know.

mod case;
mod chain;
mod diagnosis;
mod finding;
mod findings;
mod json;
mod keeps;
mod links;
#[cfg(test)]
pub(crate) mod props;
mod recovered;
pub mod rules;
mod said;
#[cfg(test)]
pub(crate) mod scenario;
mod subnet;
mod target;
mod yaml;

pub use case::{Case, Subject, troubled};
pub use diagnosis::{Diagnosis, IGNORE, diagnose};
pub use finding::{Cause, Evidence, Finding, Fix, Kind, Severity};
pub use findings::Findings;
pub use json::json;
pub use recovered::Recovered;
pub use rules::{RULES, Rank, Rule, Stage};
pub use said::{Phrase, Said, SaidLine, says};
