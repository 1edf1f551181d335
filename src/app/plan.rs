//! Destructive work as data: a plan names what will go; only its confirmation makes it doable.

use crate::base::id::{ContainerId, ImageId, NetworkId, ServiceName, VolumeName};

/// Proof that the user agreed to this very thing. Only [`Plan::confirm`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed<T>(T);

impl<T> Confirmed<T> {
    /// What was agreed to.
    pub fn get(&self) -> &T {
        &self.0
    }
}

/// Something that can be removed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A container; refused if it runs, unless `force`.
    Container {
        /// Which.
        id: ContainerId,
        /// Also if it runs.
        force: bool,
    },
    /// A network.
    Network(NetworkId),
    /// A volume, by its name; `created` is checked again, since another may have taken the name.
    Volume {
        /// Which.
        name: VolumeName,
        /// The engine's creation time of the one that was meant.
        created: Option<crate::base::time::Stamp>,
    },
    /// An image.
    Image(ImageId),
}

/// What a confirmed plan does to each of its items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanVerb {
    /// Remove it.
    Remove,
    /// Send it this signal.
    Signal(String),
    /// Bring these services up (none named: the whole project), whereby these containers are made anew.
    Up(Vec<ServiceName>),
}

/// What will go, if the user agrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The question: `Remove the container of backend?`
    pub title: String,
    /// What is done.
    pub verb: PlanVerb,
    /// On what.
    pub items: Vec<PlanItem>,
    /// What is not touched, and why, for the user's peace of mind.
    pub kept: Vec<String>,
    /// The `docker compose` (or `docker`) command that does the same, if there is one.
    pub equivalent: String,
    /// What has to be typed to agree, for what can't be made again (a volume's name).
    pub typed: Option<String>,
    /// Still being counted (sizes, what is dangling): can't be agreed to yet.
    pub pending: bool,
}

/// One thing that will go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanItem {
    /// Which.
    pub target: Target,
    /// Its kind and name in words.
    pub what: String,
    /// Bytes that are freed, if known.
    pub size: Option<u64>,
    /// A remark: `runs`, `3 weeks old`.
    pub note: String,
}

impl Plan {
    /// The user agreed: what now may be done, item by item.
    pub(in crate::app) fn confirm(self) -> Vec<super::Call> {
        let verb = self.verb;
        if let PlanVerb::Up(services) = verb {
            let anew = self.items.into_iter().filter_map(|item| match item.target {
                Target::Container { id, .. } => Some(id),
                _ => None,
            });
            let recreate = Some(Confirmed(anew.collect()));
            return vec![super::Call::Up(super::Up { services, recreate })];
        }
        let calls = self.items.into_iter().filter_map(|item| match (&verb, item.target) {
            (PlanVerb::Remove, target) => Some(super::Call::Remove(Confirmed(target))),
            (PlanVerb::Signal(signal), Target::Container { id, .. }) => {
                Some(super::Call::Signal(Confirmed(id), signal.clone()))
            }
            (PlanVerb::Signal(_) | PlanVerb::Up(_), _) => None,
        });
        calls.collect()
    }
}
