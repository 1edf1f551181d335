//! Which of the table's actions apply on the present screen: what a key means, what the palette lists.

use super::{
    Model,
    action::{ACTIONS, Action, Scope},
    input::Key,
    model::{Mode, Tab},
};

/// The scopes of a screen's own keys, the nearest first.
pub fn scopes_of(tab: Tab) -> Vec<Scope> {
    let services = tab.row().services.then_some(Scope::Service);
    [Scope::Screen(tab)].into_iter().chain(services).collect()
}

/// The local scopes of what is on the screen, the nearest first; none where only the global keys apply.
pub fn scopes(model: &Model) -> Vec<Scope> {
    if model.mode == Mode::Dashboard { scopes_of(model.ui.tab) } else { Vec::new() }
}

/// What a key does here: the present screen's own keys stand before the global ones.
pub fn for_key(model: &Model, key: Key) -> Option<&'static Action> {
    let find = |scope| ACTIONS.iter().find(|a| a.scope == scope && a.keys.contains(&key));
    scopes(model).into_iter().chain([Scope::Global]).find_map(find)
}

/// The actions that the palette lists for what is typed: by name first, then by words; the present screen's
/// before those of others.
pub fn palette(model: &Model, typed: &str) -> Vec<&'static Action> {
    let typed = typed.trim().to_lowercase();
    let here = scopes(model);
    let mut found: Vec<_> = ACTIONS
        .iter()
        .filter(|a| model.mode == Mode::Dashboard || a.without_project())
        .filter_map(|a| {
            let by = match (a.name.find(&typed), a.words.to_lowercase().contains(&typed)) {
                (Some(0), _) => 0,
                (Some(_), _) => 1,
                (None, true) => 2,
                (None, false) => return None,
            };
            let elsewhere = a.scope != Scope::Global && !here.contains(&a.scope);
            Some(((elsewhere, by), a))
        })
        .collect();
    found.sort_by_key(|(order, _)| *order);
    found.into_iter().map(|(_, a)| a).collect()
}
