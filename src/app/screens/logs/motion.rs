//! The Logs screen: scrolling by lines that keep their identity, search, filter, services on and off.

use super::{movement::Motion, toasts};
use crate::{
    app::{
        Model,
        layout::{inner, layout},
        model::Panel,
        screens::logs::lines,
    },
    logs::{Line, LineId},
};

/// The last line shown.
pub fn current(model: &Model) -> Option<LineId> {
    model.ui.logs.found.clone().or_else(|| model.ui.logs.bottom.clone()).or_else(|| newest(model))
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
pub fn scroll(model: &mut Model, motion: Motion, page: usize) {
    model.ui.logs.found = None;
    match motion {
        Motion::Bottom => model.ui.logs.bottom = None,
        Motion::Down(n) => {
            let Some(bottom) = &model.ui.logs.bottom else { return };
            let mut below = after(model, bottom, n + 1);
            below.truncate(n.max(1).min(below.len()));
            let rest = below.last().map(|last| after(model, last, 1).is_empty());
            model.ui.logs.bottom = if rest.unwrap_or(true) { None } else { below.pop() };
        }
        Motion::Up(_) | Motion::Top => {
            let Some(bottom) = model.ui.logs.bottom.clone().or_else(|| newest(model)) else { return };
            let n = if let Motion::Up(n) = motion { n } else { usize::MAX / 2 };
            let above = before(model, Some(&bottom), n.saturating_add(page));
            // The first page stays full: the last line shown is never one of its first lines.
            let at = above.len().saturating_sub(n.saturating_add(1)).max(page.saturating_sub(1));
            if let Some(line) = above.get(at) {
                model.ui.logs.bottom = Some(line.clone());
            }
        }
    }
}

/// Follows, or holds where it is.
pub fn follow(model: &mut Model) {
    model.ui.logs.found = None;
    model.ui.logs.bottom = if model.ui.logs.bottom.is_some() { None } else { newest(model) };
}

/// Hides lines that don't match the search (or, inverse, those that do), and shows them again.
pub fn filter(model: &mut Model, inverse: bool) {
    let ui = &mut model.ui.logs;
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
    let ui = &mut model.ui.logs;
    ui.search = None;
    ui.filter = false;
    ui.inverse = false;
    ui.found = None;
}

/// The match after (or before) the one found last.
pub fn find(model: &mut Model, forward: bool) {
    if model.ui.logs.search.is_none() {
        toasts::say(model, "Search first, with /");
        return;
    }
    let Some(from) = current(model) else { return };
    let keeps = |container: &_, line: &Line| lines::keeps(model, container, line) && lines::matches(model, line);
    match model.stack().logs.find(&from, forward, &keeps) {
        Some(line) => show_found(model, line),
        None => toasts::say(model, if forward { "No later match" } else { "No earlier match" }),
    }
}

/// After a search was typed: the last match up to here.
pub fn find_last(model: &mut Model) {
    model.ui.logs.found = None;
    let Some(bottom) = current(model) else { return };
    let here = model.stack().logs.line(&bottom).is_some_and(|line| lines::matches(model, line));
    if model.ui.logs.search.is_some() {
        if here {
            show_found(model, bottom);
        } else {
            find(model, false);
        }
    }
}

/// Shows a line in the middle of the screen.
fn show_found(model: &mut Model, line: LineId) {
    let height = layout(model).panel(Panel::Logs).map_or(1, |area| usize::from(inner(area).height));
    let below = after(model, &line, height / 2);
    model.ui.logs.bottom = Some(below.last().cloned().unwrap_or_else(|| line.clone()));
    model.ui.logs.found = Some(line);
}

/// Switches the service with this digit on or off.
pub fn toggle_service(model: &mut Model, digit: Option<char>) {
    let services = lines::services(model);
    let at = digit.and_then(|d| d.to_digit(10)).and_then(|d| usize::try_from(d).ok());
    match at.and_then(|at| at.checked_sub(1)).and_then(|at| services.into_iter().nth(at)) {
        Some(name) => {
            let ui = &mut model.ui.logs;
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
    model.ui.logs.off.clear();
    model.ui.logs.only = None;
}
