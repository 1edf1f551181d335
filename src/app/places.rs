//! The ways from one place to another: which screen, which panel, what is selected.

use super::{
    Model,
    inspector::tab::Inspect,
    model::Tab,
    motion::Motion,
    pick::Pick,
    screens::{ids::Panel, stack::state::INSPECTOR},
};
use crate::base::id::ServiceName;

/// Shows a screen, its first panel in focus.
pub fn show(model: &mut Model, tab: Tab) {
    if model.ui.tab != tab {
        model.ui.tab = tab;
        model.ui.zoom = false;
        // It is given to the first panel once the message is taken.
        model.ui.focus = Panel::default();
    }
}

/// Selects something on the Stack screen; what was scrolled for the selection before is forgotten.
pub fn select(model: &mut Model, pick: Pick) {
    if model.ui.selected.as_ref() != Some(&pick) {
        model.ui.selected = Some(pick);
        model.ui.inspect_scroll = 0;
    }
}

/// Moves the selection among these; to the first of them where none is selected.
pub fn select_among(model: &mut Model, picks: &[Pick], motion: Motion) {
    let at = model.ui.selected.as_ref().and_then(|s| picks.iter().position(|p| p == s));
    let to = match (at, motion) {
        (Some(at), _) => motion.from(at, picks.len()),
        (None, Motion::Bottom) => picks.len().saturating_sub(1),
        (None, _) => 0,
    };
    if let Some(pick) = picks.get(to) {
        select(model, pick.clone());
    }
}

/// Selects a service and makes sure that no filter hides it.
pub fn go_to(model: &mut Model, service: ServiceName) {
    model.ui.screens.stack.filter.clear();
    select(model, Pick::Service(service));
}

/// Shows the inspector and gives it the focus; where there is no room for it, it fills the screen.
pub fn inspect(model: &mut Model) {
    show(model, Tab::Stack);
    model.ui.focus = INSPECTOR;
    model.ui.insists = true;
}

/// Shows a tab of the inspector from its beginning.
pub fn show_inspect(model: &mut Model, tab: Inspect) {
    if model.ui.inspect != tab {
        model.ui.inspect = tab;
        model.ui.inspect_scroll = 0;
    }
}
