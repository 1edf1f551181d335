//! Every action, one row each.

use super::{
    Action, ActionId,
    Danger::{self, Acts, Destroys, None},
    Scope::{self, Global, Logs, Service, Storage},
};
use crate::app::{Code, Key};

const fn c(c: char) -> Key {
    Key::char(c)
}

const fn a(c: char) -> Key {
    Key::alt(c)
}

const fn k(code: Code) -> Key {
    Key::plain(code)
}

/// An action without an equivalent on the command line.
const fn row(
    id: ActionId,
    name: &'static str,
    words: &'static str,
    keys: &'static [Key],
    scope: Scope,
    danger: Danger,
) -> Action {
    Action { id, name, words, keys, scope, danger, equivalent: "" }
}

impl Action {
    const fn like(mut self, equivalent: &'static str) -> Self {
        self.equivalent = equivalent;
        self
    }
}

/// Every action.
#[rustfmt::skip]
pub static ACTIONS: &[Action] = &[
    row(ActionId::StartStop, "start-stop", "start or stop", &[c('s')], Service, Acts)
        .like("docker compose start|stop SERVICE"),
    row(ActionId::Restart, "restart", "restart", &[c('r')], Service, Acts)
        .like("docker compose restart SERVICE"),
    row(ActionId::RestartDependents, "restart-with-dependents", "restart with all that depend on it", &[c('R')], Service, Acts)
        .like("docker compose restart SERVICE DEPENDENTS"),
    row(ActionId::Pause, "pause", "pause or unpause", &[c('p')], Service, Acts)
        .like("docker compose pause|unpause SERVICE"),
    row(ActionId::Signal, "signal", "send a signal", &[c('K')], Service, Destroys)
        .like("docker compose kill -s SIGNAL SERVICE"),
    row(ActionId::Remove, "remove", "remove containers", &[c('X')], Service, Destroys)
        .like("docker compose rm --stop SERVICE"),
    row(ActionId::Prune, "prune", "remove what the project left over", &[c('P')], Global, Destroys),
    row(ActionId::LogsOf, "logs", "logs of this", &[c('l')], Service, None)
        .like("docker compose logs -f SERVICE"),
    row(ActionId::AllLogs, "all-logs", "logs of all", &[c('L')], Global, None)
        .like("docker compose logs -f"),
    row(ActionId::StartupOf, "startup", "startup of this", &[c('t')], Service, None),
    row(ActionId::Explain, "explain", "go to what stands in the way", &[c('d')], Global, None),
    row(ActionId::Inspect, "inspect", "inspect this", &[c('i')], Service, None)
        .like("docker inspect CONTAINER"),
    row(ActionId::Mark, "mark", "mark; actions then apply to all marked", &[c(' ')], Service, None),
    row(ActionId::Impact, "impact", "dim what neither needs this nor is needed by it", &[c('m')], Service, None),
    row(ActionId::Blockers, "blockers", "dim all but what stands in the way", &[c('M')], Service, None),
    row(ActionId::ByNetwork, "by-network", "colour by network", &[c('N')], Service, None),
    row(ActionId::HideDisabled, "hide-disabled", "hide services whose profiles are off", &[c('H')], Service, None),
    row(ActionId::Reveal, "reveal", "show or mask secrets", &[c('v')], Service, None),

    row(ActionId::Follow, "follow", "follow the newest line", &[c('f')], Logs, None),
    row(ActionId::Wrap, "wrap", "wrap long lines", &[c('w')], Logs, None),
    row(ActionId::Times, "times", "show times", &[c('t')], Logs, None)
        .like("docker compose logs -t"),
    row(ActionId::OnlyMatches, "only-matches", "hide lines that don't match", &[c('&')], Logs, None),
    row(ActionId::Inverse, "inverse", "hide lines that match", &[c('!')], Logs, None),
    row(ActionId::NextMatch, "next-match", "next match", &[c('n')], Logs, None),
    row(ActionId::PreviousMatch, "previous-match", "previous match", &[c('N')], Logs, None),
    row(ActionId::LogService, "log-service", "service on or off",
        &[a('1'), a('2'), a('3'), a('4'), a('5'), a('6'), a('7'), a('8'), a('9')], Logs, None),
    row(ActionId::EveryLogService, "every-log-service", "all services on", &[a('0')], Logs, None),

    row(ActionId::RemoveVolume, "remove-volume", "remove this volume, by typing its name", &[c('X')], Storage, Destroys)
        .like("docker volume rm VOLUME"),
    row(ActionId::Measure, "measure", "measure sizes again", &[c('r')], Storage, None)
        .like("docker system df -v"),

    row(ActionId::Up, "up", "up", &[c('k'), k(Code::Up)], Global, None),
    row(ActionId::Down, "down", "down", &[c('j'), k(Code::Down)], Global, None),
    row(ActionId::Top, "top", "first", &[c('g'), k(Code::Home)], Global, None),
    row(ActionId::Bottom, "bottom", "last", &[c('G'), k(Code::End)], Global, None),
    row(ActionId::PageUp, "page-up", "page up", &[k(Code::PageUp)], Global, None),
    row(ActionId::PageDown, "page-down", "page down", &[k(Code::PageDown)], Global, None),
    row(ActionId::HalfUp, "half-up", "half a page up", &[Key::ctrl('u')], Global, None),
    row(ActionId::HalfDown, "half-down", "half a page down", &[Key::ctrl('d')], Global, None),
    row(ActionId::Left, "left", "left; the inspector's tab before", &[k(Code::Left)], Global, None),
    row(ActionId::Right, "right", "right; the inspector's next tab", &[k(Code::Right)], Global, None),
    row(ActionId::Open, "open", "open, unfold, or jump to the blocker", &[k(Code::Enter)], Global, None),
    row(ActionId::Back, "back", "back", &[k(Code::Esc)], Global, None),
    row(ActionId::Filter, "filter", "filter the table, search the logs", &[c('/')], Global, None),
    row(ActionId::NextPanel, "next-panel", "next panel", &[k(Code::Tab)], Global, None),
    row(ActionId::PreviousPanel, "previous-panel", "panel before", &[k(Code::BackTab)], Global, None),
    row(ActionId::ScreenStack, "screen-stack", "the Stack screen", &[c('1')], Global, None),
    row(ActionId::ScreenStartup, "screen-startup", "the Startup screen", &[c('2')], Global, None),
    row(ActionId::ScreenLogs, "screen-logs", "the Logs screen", &[c('3')], Global, None),
    row(ActionId::ScreenStorage, "screen-storage", "the Storage screen", &[c('4')], Global, None),
    row(ActionId::ScreenEvents, "screen-events", "the Events screen", &[c('7')], Global, None),
    row(ActionId::Palette, "palette", "every action, by name", &[c(':')], Global, None),
    row(ActionId::Help, "help", "help for this place", &[c('?')], Global, None),
    row(ActionId::Zoom, "zoom", "let this panel fill the screen", &[c('z')], Global, None),
    row(ActionId::Copy, "copy", "copy the name", &[c('y')], Global, None),
    row(ActionId::CopyId, "copy-id", "copy the id", &[c('Y')], Global, None),
    row(ActionId::Errors, "errors", "what went wrong, in full", &[c('E')], Global, None),
    row(ActionId::Theme, "theme", "dark or light", &[c('T')], Global, None),
    row(ActionId::Save, "save", "save this view as a picture", &[Key::ctrl('s')], Global, None),
    row(ActionId::ReadOnly, "read-only", "change nothing, or lift that", &[Key::ctrl('t')], Global, None),
    row(ActionId::Refresh, "refresh", "read the files and list everything again", &[k(Code::F(5))], Global, None),
    row(ActionId::Redraw, "redraw", "draw everything anew", &[Key::ctrl('l')], Global, None),
    row(ActionId::Suspend, "suspend", "stop stackview until fg", &[Key::ctrl('z')], Global, None),
    row(ActionId::Interrupt, "interrupt", "close what is open, else leave", &[Key::ctrl('c')], Global, None),
    row(ActionId::Quit, "quit", "leave stackview", &[c('q')], Global, None),
];
