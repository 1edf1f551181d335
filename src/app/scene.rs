//! What every panel needs: the model, the layout, the signs, and what is out of the present interest.

use std::collections::BTreeSet;

use crate::{
    app::{
        Model, graph,
        layout::Layout,
        model::{Panel, Pick},
        targets,
    },
    base::{id::ServiceName, time::Stamp},
    stack::ServiceStatus,
    view::{
        glyphs::Glyphs,
        role::Role,
        screen::{Emphasis, Frame, Line},
    },
};

/// What a picture is made from.
pub struct Scene<'a> {
    /// The model.
    pub model: &'a Model,
    /// Where everything is.
    pub layout: &'a Layout,
    /// The signs.
    pub glyphs: Glyphs,
    /// Now, on the engine's clock.
    pub now: Stamp,
    /// The service that is selected.
    pub selected: Option<ServiceName>,
    /// Services that aren't dimmed; `None` where nothing is.
    lit: Option<BTreeSet<ServiceName>>,
}

impl<'a> Scene<'a> {
    /// The scene of a model.
    pub fn new(model: &'a Model) -> Self {
        let selected = model.ui.selected.as_ref().and_then(|pick| targets::service(model, pick));
        Self {
            model,
            layout: &model.layout,
            glyphs: Glyphs { ascii: model.settings.ascii },
            now: model.engine_now(),
            lit: lit(model, selected.as_ref()),
            selected,
        }
    }

    /// Whether a service is out of the present interest (impact, blockers only) or switched off.
    pub fn fades(&self, service: &ServiceStatus) -> bool {
        !service.enabled || self.lit.as_ref().is_some_and(|lit| !lit.contains(&service.name))
    }

    /// How a service's state stands out: for a moment, where it just changed.
    pub fn glow(&self, service: &ServiceStatus) -> Emphasis {
        let glows = self.model.ui.glow.get(&service.name).is_some_and(|until| *until > self.model.now);
        Emphasis { reverse: glows, ..Emphasis::NONE }
    }

    /// Whether a panel has the focus.
    pub fn focused(&self, panel: Panel) -> bool {
        self.model.ui.focus == panel && self.model.ui.overlay.is_none()
    }

    /// A panel's frame with its title.
    pub fn frame(&self, panel: Panel, title: &str) -> Frame {
        let focused = self.focused(panel);
        let role = if focused { Role::TitleFocus } else { Role::Title };
        Frame { title: Line::of(role, title), focused, ..Frame::default() }
    }

    /// The role of a service's name: by network where that is asked for.
    pub fn name_role(&self, service: &ServiceStatus) -> Role {
        if self.fades(service) {
            return Role::Faint;
        }
        if !self.model.ui.screens.stack.by_network {
            return Role::Strong;
        }
        let project = self.model.stack().declared.as_ref();
        let network = project.and_then(|p| p.services.get(&service.name)?.networks.first());
        let place = network.and_then(|n| project?.networks.get_index_of(&n.network));
        place.map_or(Role::Dim, Role::series)
    }

    /// The colour that tells a service from others: by its place in the files, so that near ones differ; by its
    /// name where no file declares it.
    pub fn series(&self, service: &str) -> Role {
        let place = self.model.stack().declared.as_ref().and_then(|p| p.services.get_index_of(service));
        place.map_or_else(|| Role::of_name(service), Role::series)
    }

    /// Whether this is selected.
    pub fn is_selected(&self, pick: &Pick) -> bool {
        self.model.ui.selected.as_ref() == Some(pick)
    }
}

fn lit(model: &Model, selected: Option<&ServiceName>) -> Option<BTreeSet<ServiceName>> {
    if model.ui.screens.stack.blockers {
        let services = &model.overview.services;
        let blocking = services.iter().flat_map(|s| &s.blocked_by).map(|b| b.service.clone());
        let troubled = services.iter().filter(|s| s.enabled && s.state.is_trouble()).map(|s| s.name.clone());
        return Some(blocking.chain(troubled).collect());
    }
    let selected = selected.filter(|_| model.ui.screens.stack.impact)?;
    let mut lit = graph::with_dependents(model, BTreeSet::from([selected.clone()]));
    let mut open = vec![selected.clone()];
    let mut below = BTreeSet::new();
    while let Some(service) = open.pop() {
        for (name, _) in graph::dependencies(model, &service) {
            if below.insert(name.clone()) {
                open.push(name);
            }
        }
    }
    lit.extend(below);
    Some(lit)
}
