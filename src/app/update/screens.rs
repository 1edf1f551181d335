//! Which screen, which panel, what fills it; and the ways from one place to another.

use super::toasts;
use crate::{
    app::{
        Effect, Model,
        inspector::{HEALTH, OVERVIEW},
        layout::{layout, panels_of},
        model::{Mode, Panel, Pick, Tab, Ui},
        screens::problems,
        targets,
    },
    base::id::{ProjectName, ServiceName},
    stack::Reason,
};

/// Shows a screen, its first panel in focus.
pub fn show(model: &mut Model, tab: Tab) {
    if model.ui.tab != tab {
        model.ui.tab = tab;
        model.ui.zoom = false;
        model.ui.focus = panels_of(tab).first().copied().unwrap_or(Panel::Services);
    }
}

/// Moves the focus to the next panel that is shown, or, where there is but one, to the next screen.
pub fn focus_next(model: &mut Model, forward: bool) {
    let next = |at: Option<usize>, len: usize| {
        let at = at.unwrap_or(0);
        if forward { (at + 1) % len } else { (at + len - 1) % len }
    };
    let shown: Vec<Panel> = if model.ui.zoom {
        panels_of(model.ui.tab).to_vec()
    } else {
        layout(model).panels.iter().map(|(panel, _)| *panel).collect()
    };
    if shown.len() > 1 {
        let at = next(shown.iter().position(|p| *p == model.ui.focus), shown.len());
        if let Some(panel) = shown.get(at) {
            model.ui.focus = *panel;
        }
    } else {
        let at = next(Tab::ALL.iter().position(|(t, ..)| *t == model.ui.tab), Tab::ALL.len());
        if let Some((tab, ..)) = Tab::ALL.get(at) {
            show(model, *tab);
        }
    }
}

/// Selects something on the Stack screen; what was scrolled for the selection before is forgotten.
pub fn select(model: &mut Model, pick: Pick) {
    if model.ui.selected.as_ref() != Some(&pick) {
        model.ui.selected = Some(pick);
        model.ui.inspect_scroll = 0;
    }
}

/// Enter: what opening means here.
pub fn open(model: &mut Model) {
    if let Mode::Picker { selected, looked } = &model.mode {
        let project = model.host().projects.as_ref().and_then(|p| p.get(*selected)).map(|p| p.name.clone());
        let looked = looked.clone();
        if let Some(name) = project {
            open_project(model, name, looked);
        }
        return;
    }
    match model.ui.tab {
        Tab::Stack if model.ui.focus == Panel::Inspector => model.ui.zoom = !model.ui.zoom,
        Tab::Stack => open_selected(model),
        Tab::Startup => show(model, Tab::Stack),
        Tab::Events => {
            let events = &model.stack().events;
            let at = events.len().checked_sub(model.ui.events.selected + 1);
            if let Some(service) = at.and_then(|at| events.get(at)).and_then(|e| e.service.clone()) {
                show(model, Tab::Stack);
                select(model, Pick::Service(service));
            }
        }
        Tab::Problems => {
            if let Some(service) = problems::finding(model).and_then(|f| f.service.clone()) {
                show(model, Tab::Stack);
                go_to(model, service);
            }
        }
        Tab::Logs | Tab::Storage => {}
    }
}

fn open_selected(model: &mut Model) {
    let Some(Pick::Service(name)) = &model.ui.selected else {
        inspect(model);
        return;
    };
    let Some(status) = model.overview.service(name) else { return };
    if let Some(blocker) = status.blocked_by.first() {
        let service = blocker.service.clone();
        go_to(model, service);
    } else if status.containers.len() > 1 {
        let name = status.name.clone();
        if !model.ui.unfolded.remove(&name) {
            model.ui.unfolded.insert(name);
        }
    } else {
        inspect(model);
    }
}

/// Selects a service and makes sure that no filter hides it.
fn go_to(model: &mut Model, service: ServiceName) {
    model.ui.filter.clear();
    select(model, Pick::Service(service));
}

/// Shows a project of the engine from its labels alone; [`wants`](crate::app::wants()) then asks for it.
fn open_project(model: &mut Model, name: ProjectName, looked: String) {
    model.hosts_mut().show(&name, None);
    model.mode = Mode::Dashboard;
    // Nothing that was chosen in a project opened before means anything in this one.
    model.ui = Ui { picked_from: Some(looked), usage_request: model.ui.usage_request, ..Ui::default() };
    super::facts::derive(model);
}

/// Back to the engine's projects, where this one was chosen there.
fn leave_project(model: &mut Model) {
    let Some(looked) = model.ui.picked_from.clone() else { return };
    if let Some(job) = model.jobs.iter().find(|j| j.ended.is_none()) {
        let words = format!("Wait for it to end: {}", job.title);
        toasts::say(model, &words);
        return;
    }
    let at = model.host().projects.as_ref().and_then(|p| p.iter().position(|p| p.name == model.stack().project));
    model.mode = Mode::Picker { looked, selected: at.unwrap_or(0) };
}

/// Shows the inspector and gives it the focus; where there is no room for it, it fills the screen.
pub fn inspect(model: &mut Model) {
    show(model, Tab::Stack);
    if layout(model).panel(Panel::Inspector).is_none() {
        model.ui.zoom = true;
    }
    model.ui.focus = Panel::Inspector;
}

/// Shows what is found of the selected service, or else what stands at the root of the trouble. Where nothing is
/// found, but something takes its time: the service that does, and the tab of the inspector that tells of it.
pub fn explain(model: &mut Model) {
    let own = model.ui.selected.as_ref().and_then(|pick| targets::service(model, pick));
    let own = own.and_then(|service| problems::about(model, &service));
    if let Some(finding) = own.or_else(|| problems::headline(model)).or_else(|| model.diagnosis.root()) {
        model.ui.problem = Some(problems::identity(finding));
        show(model, Tab::Problems);
        return;
    }
    let Some((service, _)) = model.overview.root.clone() else {
        toasts::say(model, "Nothing stands in the way");
        return;
    };
    let reason = model.overview.service(&service).and_then(|s| s.reason.as_ref());
    let probes = matches!(reason, Some(Reason::ProbeFailed { .. } | Reason::ProbeDue { .. } | Reason::Unhealthy));
    model.ui.inspect = if probes { HEALTH.tab } else { OVERVIEW.tab };
    show(model, Tab::Stack);
    go_to(model, service);
    inspect(model);
}

/// Esc: one step back.
pub fn back(model: &mut Model) {
    let ui = &mut model.ui;
    if ui.tab == Tab::Stack {
        if ui.focus != Panel::Services {
            ui.focus = Panel::Services;
            ui.zoom = false;
        } else if ui.zoom {
            ui.zoom = false;
        } else if !ui.filter.is_empty() {
            ui.filter.clear();
        } else if ui.marked.is_empty() {
            leave_project(model);
        } else {
            ui.marked.clear();
        }
    } else if ui.zoom {
        ui.zoom = false;
    } else if ui.tab == Tab::Logs && ui.logs.search.is_some() {
        ui.logs.search = None;
        ui.logs.filter = false;
        ui.logs.found = None;
    } else {
        show(model, Tab::Stack);
    }
}

/// The logs of what is selected.
pub fn logs_of_selected(model: &mut Model) {
    if let Some(pick) = model.ui.selected.clone() {
        if targets::containers(model, &pick).is_empty() {
            let name = targets::name(model, &pick);
            toasts::say(model, &format!("{name} has no container, so no log"));
            return;
        }
        model.ui.logs.only = Some(pick);
        model.ui.logs.bottom = None;
        show(model, Tab::Logs);
    }
}

/// The logs of the whole project.
pub fn all_logs(model: &mut Model) {
    model.ui.logs.only = None;
    model.ui.logs.bottom = None;
    show(model, Tab::Logs);
}

/// Between the dark and the light theme.
pub fn toggle_theme(model: &mut Model, out: &mut Vec<Effect>) {
    model.settings.theme = if model.settings.theme == "dark" { "light" } else { "dark" }.into();
    out.push(Effect::Theme(model.settings.theme.clone()));
}

/// Goes read-only and back, unless it was started so.
pub fn toggle_read_only(model: &mut Model) {
    if model.settings.read_only_forced {
        toasts::failure(model, "stackview was started with --read-only, which nothing lifts");
        return;
    }
    model.settings.read_only = !model.settings.read_only;
    toasts::say(model, if model.settings.read_only { "Read-only" } else { "No longer read-only" });
}
