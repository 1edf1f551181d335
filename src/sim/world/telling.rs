//! Makes events of what happens.

use std::{borrow::Cow, sync::Arc};

use super::{
    action::Key,
    event::{Event, Events, Kind},
    state::World,
};

impl World {
    /// Makes a container's event.
    pub(super) fn tell(&mut self, key: Key, action: impl Into<Cow<'static, str>>, own: Vec<(&'static str, String)>) {
        let Some(container) = self.containers.get(&key) else { return };
        let image: Arc<str> = container.spec.image.as_str().into();
        let mut attributes = vec![("image", container.spec.image.clone()), ("name", container.name.clone())];
        attributes.extend(own);
        let (id, shared) = (container.id.as_str().into(), container.labels.clone());
        self.push(Kind::Container, action.into(), id, Some(image), shared, attributes);
    }

    /// Makes another thing's event.
    pub(super) fn tell_of(&mut self, kind: Kind, action: &'static str, id: &str, own: Vec<(&'static str, String)>) {
        self.push(kind, action.into(), id.into(), None, Arc::default(), own);
    }

    fn push(
        &mut self,
        kind: Kind,
        action: Cow<'static, str>,
        id: Arc<str>,
        image: Option<Arc<str>>,
        shared: Arc<Vec<(String, String)>>,
        own: Vec<(&'static str, String)>,
    ) {
        // No two events have the same stamp, so that a stamp is a place in the stream.
        let at = self.events.last().map_or(self.now, |last| self.now.max(last.shifted(100)));
        self.events.push(Event { at, kind, action, id, image, shared, own });
    }

    /// What happened lately.
    pub fn events(&self) -> &Events {
        &self.events
    }
}
