//! The Logs screen: scrolling by lines that keep their identity, search, filter, services on and off.

use super::lines;
use crate::{
    app::{Model, model::Tab, motion::Motion, pick::Pick, places, targets, update::toasts},
    logs::{HeldLine, LineId},
};

/// How many lines are on the screen; its one panel fills the body.
fn page(model: &Model) -> usize {
    usize::from(model.layout.body().height.saturating_sub(2))
}

/// Up or down.
pub(super) fn go(model: &mut Model, motion: Motion) {
    scroll(model, motion, page(model));
}

/// Sideways, where long lines aren't wrapped.
pub(super) fn sideways(model: &mut Model, right: bool) {
    let ui = &mut model.ui.screens.logs;
    if !ui.wrap {
        ui.shift = if right { ui.shift.saturating_add(8).min(4096) } else { ui.shift.saturating_sub(8) };
    }
}

/// Shows the logs of what is selected.
pub fn of_selected(model: &mut Model) {
    if let Some(pick) = model.ui.selected.clone() {
        if targets::containers(model, &pick).is_empty() {
            let name = targets::name(model, &pick);
            toasts::say(model, &format!("{name} has no container, so no log"));
            return;
        }
        open(model, Some(pick));
    }
}

/// Shows the logs of the whole project.
pub fn of_all(model: &mut Model) {
    open(model, None);
}

fn open(model: &mut Model, only: Option<Pick>) {
    model.ui.screens.logs.only = only;
    model.ui.screens.logs.bottom = None;
    places::show(model, Tab::Logs);
}

/// The last line shown.
pub fn current(model: &Model) -> Option<LineId> {
    model.ui.screens.logs.found.clone().or_else(|| model.ui.screens.logs.bottom.clone()).or_else(|| newest(model))
}

fn newest(model: &Model) -> Option<LineId> {
    before(model, None, 1).pop()
}

/// Up to `n` shown lines that end at a line (or at the newest), oldest first.
fn before(model: &Model, from: Option<&LineId>, n: usize) -> Vec<LineId> {
    model.stack().logs.before(from, n, &|container, line| lines::keeps(model, container, line))
}

/// Up to `n` shown lines after a line, oldest first.
fn after(model: &Model, from: &LineId, n: usize) -> Vec<LineId> {
    model.stack().logs.after(from, n, &|container, line| lines::keeps(model, container, line))
}

/// Scrolls. Reaching the newest line follows again.
fn scroll(model: &mut Model, motion: Motion, page: usize) {
    model.ui.screens.logs.found = None;
    match motion {
        Motion::Bottom => model.ui.screens.logs.bottom = None,
        Motion::Down(n) => {
            let Some(bottom) = &model.ui.screens.logs.bottom else { return };
            let mut below = after(model, bottom, n + 1);
            below.truncate(n.max(1).min(below.len()));
            let rest = below.last().map(|last| after(model, last, 1).is_empty());
            model.ui.screens.logs.bottom = if rest.unwrap_or(true) { None } else { below.pop() };
        }
        Motion::Up(_) | Motion::Top => {
            let Some(bottom) = model.ui.screens.logs.bottom.clone().or_else(|| newest(model)) else { return };
            let n = if let Motion::Up(n) = motion { n } else { usize::MAX / 2 };
            let above = before(model, Some(&bottom), n.saturating_add(page));
            // The first page stays full: the last line shown is never one of its first lines.
            let at = above.len().saturating_sub(n.saturating_add(1)).max(page.saturating_sub(1));
            if let Some(line) = above.get(at) {
                model.ui.screens.logs.bottom = Some(line.clone());
            }
        }
    }
}

/// Follows, or holds where it is.
pub fn follow(model: &mut Model) {
    model.ui.screens.logs.found = None;
    model.ui.screens.logs.bottom = if model.ui.screens.logs.bottom.is_some() { None } else { newest(model) };
}

/// Hides lines that don't match the search (or, inverse, those that do), and shows them again.
pub fn filter(model: &mut Model, inverse: bool) {
    let ui = &mut model.ui.screens.logs;
    if ui.search.is_none() {
        toasts::say(model, "Search first, with /");
        return;
    }
    let on = ui.filter && ui.inverse == inverse;
    ui.filter = !on;
    ui.inverse = inverse && !on;
    ui.bottom = None;
    ui.found = None;
}

/// Nothing is searched any more.
pub fn forget_search(model: &mut Model) {
    let ui = &mut model.ui.screens.logs;
    ui.search = None;
    ui.filter = false;
    ui.inverse = false;
    ui.found = None;
}

/// The match after (or before) the one found last.
pub fn find(model: &mut Model, forward: bool) {
    if model.ui.screens.logs.search.is_none() {
        toasts::say(model, "Search first, with /");
        return;
    }
    let Some(from) = current(model) else { return };
    let keeps = |container: &_, line: &HeldLine| lines::keeps(model, container, line) && lines::matches(model, line);
    match model.stack().logs.find(&from, forward, &keeps) {
        Some(line) => show_found(model, line),
        None => toasts::say(model, if forward { "No later match" } else { "No earlier match" }),
    }
}

/// After a search was typed: the last match up to here.
pub fn find_last(model: &mut Model) {
    model.ui.screens.logs.found = None;
    let Some(bottom) = current(model) else { return };
    let here = model.stack().logs.line(&bottom).is_some_and(|line| lines::matches(model, line));
    if model.ui.screens.logs.search.is_some() {
        if here {
            show_found(model, bottom);
        } else {
            find(model, false);
        }
    }
}

/// Shows a line in the middle of the screen.
fn show_found(model: &mut Model, line: LineId) {
    let below = after(model, &line, page(model) / 2);
    model.ui.screens.logs.bottom = Some(below.last().cloned().unwrap_or_else(|| line.clone()));
    model.ui.screens.logs.found = Some(line);
}

/// Switches the service with this digit on or off.
pub fn toggle_service(model: &mut Model, digit: Option<char>) {
    let services = lines::services(model);
    let at = digit.and_then(|d| d.to_digit(10)).and_then(|d| usize::try_from(d).ok());
    match at.and_then(|at| at.checked_sub(1)).and_then(|at| services.into_iter().nth(at)) {
        Some(name) => {
            let ui = &mut model.ui.screens.logs;
            ui.only = None;
            if !ui.off.remove(&name) {
                ui.off.insert(name);
            }
            if ui.bottom.is_some() {
                ui.bottom = None;
                ui.found = None;
            }
        }
        None => match digit {
            Some(digit) => toasts::say(model, &format!("There is no service {digit}")),
            None => toasts::say(model, "Press the service's digit"),
        },
    }
}

/// Switches all services on.
pub fn every_service(model: &mut Model) {
    model.ui.screens.logs.off.clear();
    model.ui.screens.logs.only = None;
}
