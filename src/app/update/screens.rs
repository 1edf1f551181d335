//! Which screen, which panel, what fills it; and the ways from one place to another.

use super::toasts;
use crate::{
    app::{
        Effect, Model,
        inspector::{HEALTH, OVERVIEW},
        model::{Mode, Tab, Ui},
        places,
        screens::{Panel, problems},
        targets,
    },
    base::id::ProjectName,
    stack::Reason,
};

/// Moves the focus to the next panel that is shown, or, where there is but one, to the next screen.
pub fn focus_next(model: &mut Model, forward: bool) {
    let next = |at: Option<usize>, len: usize| {
        let at = at.unwrap_or(0);
        if forward { (at + 1) % len } else { (at + len - 1) % len }
    };
    let shown: Vec<Panel> = if model.ui.zoom {
        model.ui.tab.row().panels.iter().map(|row| row.id).collect()
    } else {
        model.layout.panels.iter().map(|(panel, _)| *panel).collect()
    };
    if shown.len() > 1 {
        let at = next(shown.iter().position(|p| *p == model.ui.focus), shown.len());
        if let Some(panel) = shown.get(at) {
            model.ui.focus = *panel;
        }
    } else {
        let at = next(Tab::ALL.iter().position(|tab| *tab == model.ui.tab), Tab::ALL.len());
        if let Some(tab) = Tab::ALL.get(at) {
            places::show(model, *tab);
        }
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
    (model.ui.tab.row().open)(model);
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

/// Shows what is found of the selected service, or else what stands at the root of the trouble. Where nothing is
/// found, but something takes its time: the service that does, and the tab of the inspector that tells of it.
pub fn explain(model: &mut Model) {
    let own = model.ui.selected.as_ref().and_then(|pick| targets::service(model, pick));
    let own = own.and_then(|service| problems::about(model, &service));
    if let Some(finding) = own.or_else(|| problems::headline(model)).or_else(|| model.diagnosis.root()) {
        model.ui.screens.problems.selected = Some(finding.identity());
        places::show(model, Tab::Problems);
        return;
    }
    let Some((service, _)) = model.overview.root.clone() else {
        toasts::say(model, "Nothing is wrong here");
        return;
    };
    let reason = model.overview.service(&service).and_then(|s| s.reason.as_ref());
    let probes = matches!(reason, Some(Reason::ProbeFailed { .. } | Reason::ProbeDue { .. } | Reason::Unhealthy));
    model.ui.inspect = if probes { HEALTH.tab } else { OVERVIEW.tab };
    places::show(model, Tab::Stack);
    places::go_to(model, service);
    places::inspect(model);
}

/// Esc: one step back.
pub fn back(model: &mut Model) {
    if (model.ui.tab.row().back)(model) {
        return;
    }
    if model.ui.zoom {
        model.ui.zoom = false;
    } else if model.ui.tab == Tab::HOME {
        leave_project(model);
    } else {
        places::show(model, Tab::HOME);
    }
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
