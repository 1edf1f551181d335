//! What a rule is: its name, when it speaks, how deep it looks, and how it looks.

#[cfg(test)]
use crate::diagnose::scenario::Scenario;
use crate::diagnose::{case::Case, findings::Findings};

/// How many names a summary lists; the others are counted.
pub const NAMED: usize = 4;

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name in the vocabulary: `crash-loop`.
    pub id: &'static str,
    /// When it speaks first.
    pub stage: Stage,
    /// Whether it tells the cause of a trouble, or the trouble.
    pub rank: Rank,
    /// What it finds, in one line.
    pub about: &'static str,
    /// Looks.
    pub look: fn(&Case<'_>, &mut Findings),
    /// A case in which it speaks.
    #[cfg(test)]
    pub(crate) fires: fn() -> Scenario,
    /// The same, but well: it keeps silent.
    #[cfg(test)]
    pub(crate) spares: fn() -> Scenario,
}

/// When a rule can speak first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Before `up`: from the files, and from what is on the engine besides.
    Preflight,
    /// While containers are made and started.
    Starting,
    /// Once they run, or have ended.
    Running,
}

/// How deep a rule looks. A finding of a later rank is explained by an error of an earlier one on the same service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// It tells why.
    Cause,
    /// It tells what is seen of it: the program ends, its probe fails.
    Symptom,
    /// It tells that another service's trouble keeps this one back.
    Consequence,
}
