//! Does actions, whatever asked for them: a key, a click, or an overlay.

use super::{acts, jobs, leaving, movement, probe, prompt, screens, toasts};
use crate::app::{
    Effect, Model,
    action::{ActionId, Danger, row},
    keys::scopes,
    model::{Mode, Tab},
    overlays::open::{Errors, Help, Losses, Overlay, Palette},
    places,
    screens::logs::motion as logs,
};

/// Does an action; `digit` is the digit that was pressed for it, if it was one.
pub fn run(model: &mut Model, id: ActionId, digit: Option<char>, out: &mut Vec<Effect>) {
    let Some(action) = row(id) else { return };
    if model.mode != Mode::Dashboard && !action.without_project() {
        return;
    }
    if action.danger != Danger::None && model.settings.read_only {
        toasts::refusal(model, action.words);
        return;
    }
    if let Some(tab) = action.scope.home()
        && !scopes(model).contains(&action.scope)
    {
        places::show(model, tab);
        // What isn't on the screen isn't acted on unseen.
        if action.danger == Danger::Acts {
            toasts::say(model, &format!("Select what to {}, then press {}", action.name, action.keys_text()));
            return;
        }
    }
    act(model, id, digit, out);
}

fn act(model: &mut Model, id: ActionId, digit: Option<char>, out: &mut Vec<Effect>) {
    match id {
        ActionId::Quit | ActionId::Interrupt => leaving::quit(model, out),
        ActionId::Save => out.push(Effect::Save),
        ActionId::Redraw => out.push(Effect::Redraw),
        ActionId::Suspend => out.push(Effect::Suspend),
        ActionId::Refresh => out.extend([Effect::Reload, Effect::Resync(model.address().host)]),
        ActionId::Help => model.ui.overlay = Some(Overlay::Help(Help::default())),
        ActionId::Palette => model.ui.overlay = Some(Overlay::Palette(Palette::default())),
        ActionId::Errors => model.ui.overlay = Some(Overlay::Errors(Errors::default())),
        ActionId::Losses => model.ui.overlay = Some(Overlay::Losses(Losses::default())),
        ActionId::Contexts => out.push(Effect::Contexts),
        ActionId::Probe => probe::begin(model, out),
        ActionId::Signal => acts::signals(model),
        ActionId::Filter => prompt::open(model),

        ActionId::Screen(tab) => places::show(model, tab),
        ActionId::NextPanel => screens::focus_next(model, true),
        ActionId::PreviousPanel => screens::focus_next(model, false),
        ActionId::Open => screens::open(model),
        ActionId::Back => screens::back(model),
        ActionId::Inspect => places::inspect(model),
        ActionId::Explain => screens::explain(model),
        ActionId::LogsOf => logs::of_selected(model),
        ActionId::AllLogs => logs::of_all(model),
        ActionId::StartupOf => places::show(model, Tab::Startup),

        ActionId::Up
        | ActionId::Down
        | ActionId::Top
        | ActionId::Bottom
        | ActionId::PageUp
        | ActionId::PageDown
        | ActionId::HalfUp
        | ActionId::HalfDown
        | ActionId::Left
        | ActionId::Right => movement::run(model, id),

        ActionId::Mark => acts::mark(model),
        ActionId::StartStop => acts::start_stop(model),
        ActionId::Restart => acts::restart(model, false),
        ActionId::RestartDependents => acts::restart(model, true),
        ActionId::UpService => acts::up(model, false),
        ActionId::UpProject => acts::up(model, true),
        ActionId::Cancel => jobs::cancel(model, out),
        ActionId::Pause => acts::pause(model),
        ActionId::Remove => acts::remove(model),
        ActionId::Prune => acts::prune(model),
        ActionId::RemoveVolume => acts::remove_volume(model),
        ActionId::Measure => model.ui.usage_request = model.ui.usage_request.wrapping_add(1),
        ActionId::Copy => acts::copy(model, false, out),
        ActionId::CopyId => acts::copy(model, true, out),

        ActionId::Zoom => model.ui.zoom = !model.ui.zoom,
        ActionId::Theme => screens::toggle_theme(model, out),
        ActionId::ReadOnly => screens::toggle_read_only(model),
        ActionId::Impact => model.ui.screens.stack.impact = !model.ui.screens.stack.impact,
        ActionId::Blockers => model.ui.screens.stack.blockers = !model.ui.screens.stack.blockers,
        ActionId::ByNetwork => model.ui.screens.stack.by_network = !model.ui.screens.stack.by_network,
        ActionId::HideDisabled => model.ui.screens.stack.hide_disabled = !model.ui.screens.stack.hide_disabled,
        ActionId::Reveal => model.ui.reveal = !model.ui.reveal,

        ActionId::Follow => logs::follow(model),
        ActionId::Wrap => model.ui.screens.logs.wrap = !model.ui.screens.logs.wrap,
        ActionId::Times => model.ui.screens.logs.times = !model.ui.screens.logs.times,
        ActionId::OnlyMatches => logs::filter(model, false),
        ActionId::Inverse => logs::filter(model, true),
        ActionId::NextMatch => logs::find(model, true),
        ActionId::PreviousMatch => logs::find(model, false),
        ActionId::LogService => logs::toggle_service(model, digit),
        ActionId::EveryLogService => logs::every_service(model),
    }
}
