//! The hosts that the model holds, and which of them is in front.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    base::id::{Address, HostId, ProjectName},
    compose::Project,
    host::{Called, EngineChoice, Host},
    stack::Stack,
};

/// One host in front, whose project in front is what the screens show, and others behind it.
#[derive(Debug)]
pub struct Hosts {
    shown: HostId,
    front: Host,
    behind: BTreeMap<HostId, Host>,
    /// The last id that was given.
    last: HostId,
}

impl Hosts {
    /// Only this one.
    pub fn new(front: Host) -> Self {
        let shown = HostId::FIRST;
        Self { shown, front, behind: BTreeMap::new(), last: shown }
    }

    /// The one in front.
    pub fn front(&self) -> &Host {
        &self.front
    }

    /// The same, to change it.
    pub fn front_mut(&mut self) -> &mut Host {
        &mut self.front
    }

    /// Where what is shown is.
    pub fn shown(&self) -> Address {
        Address { host: self.shown, project: self.front.stack().project.clone() }
    }

    /// One that is held; `None` for one that was closed.
    pub fn get(&self, host: HostId) -> Option<&Host> {
        if host == self.shown { Some(&self.front) } else { self.behind.get(&host) }
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, host: HostId) -> Option<&mut Host> {
        if host == self.shown { Some(&mut self.front) } else { self.behind.get_mut(&host) }
    }

    /// All that are held, that in front first.
    pub fn all(&self) -> impl Iterator<Item = (HostId, &Host)> {
        std::iter::once((self.shown, &self.front)).chain(self.behind.iter().map(|(id, host)| (*id, host)))
    }

    /// Shows a project of the host in front, as its files declare it; nothing is known of it yet. What was shown is
    /// let go of.
    pub fn show(&mut self, project: &ProjectName, declared: Option<Arc<Project>>) {
        self.front.show(project, declared);
    }

    /// Goes to an engine that wasn't open, so named, with the project that is shown; the host in front
    /// is let go of. The new one's id matches nothing that was said of any other.
    pub fn go(&mut self, engine: EngineChoice) -> HostId {
        let stack = self.front.stack();
        let stack = Stack::new(stack.project.clone(), stack.declared.clone());
        let called = Called { engine, ..self.front.called.clone() };
        self.front = Host::new(stack).called(called);
        self.shown = self.give();
        self.shown
    }

    /// Holds one more host, behind that in front.
    pub fn hold(&mut self, host: Host) -> HostId {
        let id = self.give();
        self.behind.insert(id, host);
        id
    }

    fn give(&mut self) -> HostId {
        self.last = self.last.next();
        self.last
    }
}
