//! What happened, as the engine tells it, in a ring that forgets its oldest.

use std::{borrow::Cow, collections::BTreeMap, collections::VecDeque, sync::Arc};

use crate::base::time::Stamp;

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A container.
    Container,
    /// A network.
    Network,
    /// A volume.
    Volume,
    /// An image.
    Image,
    /// The builder.
    Builder,
}

impl Kind {
    /// As the API spells it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Container => "container",
            Kind::Network => "network",
            Kind::Volume => "volume",
            Kind::Image => "image",
            Kind::Builder => "builder",
        }
    }
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When; later events never have an earlier stamp.
    pub at: Stamp,
    /// What it is about.
    pub kind: Kind,
    /// `start`, `health_status: healthy`, `exec_create: pg_isready`.
    pub action: Cow<'static, str>,
    /// The actor's id; a volume's name.
    pub id: Arc<str>,
    /// The image's name, for a container's event (`from` in the API).
    pub image: Option<Arc<str>>,
    /// Attributes that all events of the actor share: its labels.
    pub(super) shared: Arc<Vec<(String, String)>>,
    /// Attributes of its own: `name`, `exitCode`, `signal`.
    pub(super) own: Vec<(&'static str, String)>,
}

impl Event {
    /// `Actor.Attributes`.
    pub fn attributes(&self) -> BTreeMap<&str, &str> {
        let shared = self.shared.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        shared.chain(self.own.iter().map(|(k, v)| (*k, v.as_str()))).collect()
    }

    /// One attribute.
    pub fn attribute(&self, key: &str) -> Option<&str> {
        let own = self.own.iter().find(|(k, _)| *k == key).map(|(_, v)| v.as_str());
        own.or_else(|| self.shared.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str()))
    }
}

/// The events that are still known. Each has a running number from 0 on.
#[derive(Debug, Clone)]
pub struct Events {
    ring: VecDeque<Event>,
    forgotten: u64,
}

/// How many events are kept. (The engine's own `since` reaches back 256; that is for the API to say.)
pub const KEPT: usize = 8192;

impl Events {
    pub(super) fn new() -> Self {
        Self { ring: VecDeque::new(), forgotten: 0 }
    }

    pub(super) fn push(&mut self, event: Event) {
        if self.ring.len() >= KEPT {
            self.ring.pop_front();
            self.forgotten += 1;
        }
        self.ring.push_back(event);
    }

    /// The newest event's moment.
    pub(super) fn last(&self) -> Option<Stamp> {
        self.ring.back().map(|event| event.at)
    }

    /// The number that the next event will have.
    pub fn next(&self) -> u64 {
        self.forgotten + u64::try_from(self.ring.len()).unwrap_or(u64::MAX)
    }

    /// The number of the oldest event that is still known.
    pub fn first(&self) -> u64 {
        self.forgotten
    }

    /// Events from a number on, oldest first, each with its number; what is forgotten is left out.
    pub fn from(&self, number: u64) -> impl Iterator<Item = (u64, &Event)> {
        let skip = usize::try_from(number.saturating_sub(self.forgotten)).unwrap_or(usize::MAX);
        let first = number.max(self.forgotten);
        (first..).zip(self.ring.iter().skip(skip))
    }
}
