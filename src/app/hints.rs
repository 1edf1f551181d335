//! The verbs that apply to what is selected now.

use super::{Action, ActionId, row};
use crate::{
    app::{
        Model,
        model::{Mode, Panel, Tab},
        screens::problems,
        targets::{self, Toggle},
    },
    compose::Severity,
    host::Link,
    stack::{Drift, ServiceStatus},
};

/// One hint of the footer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hint {
    /// What a click on it does.
    pub id: ActionId,
    /// What it does to what is selected, in a word or two.
    pub words: &'static str,
}

impl Hint {
    /// The action's first key, or the range of its digits.
    pub fn key(&self) -> String {
        if self.id == ActionId::LogService {
            return row(self.id).map(Action::keys_text).unwrap_or_default();
        }
        key_of(self.id)
    }
}

/// What an action's key is called where the screen speaks of it: its first.
pub fn key_of(id: ActionId) -> String {
    row(id).and_then(|a| a.keys.first()).map(ToString::to_string).unwrap_or_default()
}

/// The hints as key and words, most useful first.
pub fn footer(model: &Model) -> Vec<(String, &'static str)> {
    hints(model).iter().map(|h| (h.key(), h.words)).collect()
}

/// The hints, most useful first; the footer shows as many as fit.
pub fn hints(model: &Model) -> Vec<Hint> {
    let mut list = Vec::new();
    let mut hint = |id, words| list.push(Hint { id, words });
    match model.mode {
        Mode::Picker { .. } if model.host().projects.as_ref().is_some_and(|p| !p.is_empty()) => {
            hint(ActionId::Open, "open");
        }
        Mode::Picker { .. } => no_engine(&mut hint),
        Mode::Broken { .. } => hint(ActionId::Refresh, "read again"),
        Mode::Dashboard if matches!(model.host().link, Link::Lost { .. }) && !model.stack().listed => {
            no_engine(&mut hint)
        }
        Mode::Dashboard => match model.ui.tab {
            Tab::Stack | Tab::Startup => service(model, &mut hint),
            Tab::Logs => logs(model, &mut hint),
            Tab::Storage => storage(model, &mut hint),
            Tab::Problems => {
                if let Some(finding) = problems::finding(model) {
                    if finding.service.is_some() {
                        hint(ActionId::Open, "show its service");
                    }
                    hint(ActionId::Copy, if finding.fix.command.is_some() { "copy the fix" } else { "copy" });
                }
                hint(ActionId::Back, "back");
            }
            Tab::Events => {
                if !model.stack().events.is_empty() {
                    hint(ActionId::Open, "show its service");
                    hint(ActionId::Copy, "copy name");
                }
                hint(ActionId::Back, "back");
            }
        },
    }
    let files = if model.mode == Mode::Dashboard { &model.problems[..] } else { &[] };
    if model.jobs.iter().any(|j| !j.failures.is_empty()) || files.iter().any(|p| p.severity == Severity::Error) {
        hint(ActionId::Errors, "errors");
    } else if !files.is_empty() {
        hint(ActionId::Errors, "warnings");
    }
    hint(ActionId::Palette, "actions");
    hint(ActionId::Help, "help");
    hint(ActionId::Quit, "quit");
    list
}

/// Nothing is known of any engine yet.
fn no_engine(hint: &mut impl FnMut(ActionId, &'static str)) {
    hint(ActionId::Refresh, "try now");
    hint(ActionId::Contexts, "another engine");
}

fn service(model: &Model, hint: &mut impl FnMut(ActionId, &'static str)) {
    if matches!(model.ui.focus, Panel::Inspector) {
        hint(ActionId::Right, "next tab");
        hint(ActionId::Zoom, if model.ui.zoom { "back to all" } else { "zoom" });
        hint(ActionId::Back, "back");
    }
    let picks = targets::picks(model);
    let selected = model.ui.selected.as_ref().and_then(|p| targets::status(model, p));
    if model.ui.focus != Panel::Inspector {
        match selected {
            _ if model.ui.tab == Tab::Startup => hint(ActionId::Open, "show in the stack"),
            Some(s) if !s.blocked_by.is_empty() => hint(ActionId::Open, "go to its blocker"),
            Some(s) if s.containers.len() > 1 && model.ui.unfolded.contains(&s.name) => hint(ActionId::Open, "fold"),
            Some(s) if s.containers.len() > 1 => hint(ActionId::Open, "unfold"),
            _ if model.ui.selected.is_some() => hint(ActionId::Open, "inspect"),
            _ => {}
        }
    }
    let has_containers = picks.iter().any(|p| !targets::containers(model, p).is_empty());
    if !model.settings.read_only {
        let drifted = |s: &ServiceStatus| matches!(model.overview.drift.get(&s.name), Some(Drift::Drifted { .. }));
        let status = picks.iter().filter_map(|p| targets::status(model, p)).filter(|s| s.declared);
        let (mut missing, mut outdated) = (false, false);
        status.for_each(|s| {
            missing |= s.containers.is_empty();
            outdated |= drifted(s);
        });
        if missing {
            hint(ActionId::UpService, "bring up");
        } else if outdated {
            hint(ActionId::UpService, "bring up to date");
        }
    }
    if has_containers && !model.settings.read_only {
        match targets::toggle(model) {
            Some(Toggle::Start) => hint(ActionId::StartStop, "start"),
            Some(Toggle::Stop) => hint(ActionId::StartStop, "stop"),
            None => {}
        }
        hint(ActionId::Restart, "restart");
        match targets::freeze(model) {
            Some(true) => hint(ActionId::Pause, "pause"),
            Some(false) => hint(ActionId::Pause, "unpause"),
            None => {}
        }
    }
    if has_containers {
        hint(ActionId::LogsOf, "logs");
        if model.ui.tab == Tab::Stack {
            hint(ActionId::StartupOf, "startup");
        }
    }
    if has_containers && !model.settings.read_only {
        hint(ActionId::Remove, "remove");
    }
    if model.overview.root.is_some() || problems::count(model) > 0 {
        hint(ActionId::Explain, "explain");
    }
    hint(ActionId::Filter, "filter");
    if model.ui.tab == Tab::Stack && model.ui.picked_from.is_some() {
        hint(ActionId::Back, "projects");
    }
}

fn logs(model: &Model, hint: &mut impl FnMut(ActionId, &'static str)) {
    let ui = &model.ui.logs;
    hint(ActionId::Back, "back");
    hint(ActionId::Filter, "search");
    if ui.search.is_some() {
        hint(ActionId::NextMatch, "next");
        hint(ActionId::PreviousMatch, "previous");
        hint(ActionId::OnlyMatches, if ui.filter && !ui.inverse { "all lines" } else { "only matches" });
        hint(ActionId::Inverse, if ui.filter && ui.inverse { "all lines" } else { "no matches" });
    }
    hint(ActionId::Follow, if ui.bottom.is_none() { "hold" } else { "follow" });
    hint(ActionId::Wrap, if ui.wrap { "no wrap" } else { "wrap" });
    hint(ActionId::Times, if ui.times { "no times" } else { "times" });
    hint(ActionId::LogService, "service on/off");
}

fn storage(model: &Model, hint: &mut impl FnMut(ActionId, &'static str)) {
    if !model.settings.read_only {
        if targets::selected_volume(model).is_some() {
            hint(ActionId::RemoveVolume, "remove");
        }
        hint(ActionId::Prune, "prune");
    }
    hint(ActionId::Measure, "measure");
    hint(ActionId::Back, "back");
}
