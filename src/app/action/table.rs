//! Every action, one row each.

use super::{
    Action, ActionId,
    Danger::{self, Acts, Destroys, None},
    Group, HelpLine,
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
    let group = match (danger, scope) {
        (Acts | Destroys, _) => Group::Act,
        (None, Global) => Group::Window,
        (None, _) => Group::Look,
    };
    Action { id, name, words, keys, scope, danger, group, help: HelpLine::Own, equivalent: "" }
}

impl Action {
    const fn like(mut self, equivalent: &'static str) -> Self {
        self.equivalent = equivalent;
        self
    }

    /// In the help under another heading than usual.
    const fn under(mut self, group: Group) -> Self {
        self.group = group;
        self
    }

    /// The help has one line, with these words, for this row and the joined ones that follow.
    const fn with_next(mut self, words: &'static str) -> Self {
        self.help = HelpLine::For(words);
        self
    }

    /// The help tells of it in the line of a row before.
    const fn joined(mut self) -> Self {
        self.help = HelpLine::Joined;
        self
    }
}

/// Every action.
#[rustfmt::skip]
pub static ACTIONS: &[Action] = &[
    row(ActionId::StartStop, "start-stop", "start or stop", &[c('s')], Service, Acts)
        .like("docker compose start|stop SERVICE"),
    row(ActionId::Restart, "restart", "restart", &[c('r')], Service, Acts)
        .with_next("restart; with all dependents")
        .like("docker compose restart SERVICE"),
    row(ActionId::RestartDependents, "restart-with-dependents", "restart with all that depend on it", &[c('R')], Service, Acts)
        .joined()
        .like("docker compose restart SERVICE DEPENDENTS"),
    row(ActionId::UpProject, "up-project", "bring the project up", &[c('U')], Global, Destroys)
        .with_next("bring the project up; this")
        .like("docker compose up -d"),
    row(ActionId::UpService, "up-service", "bring up; as its file says now", &[c('u')], Service, Acts)
        .joined()
        .like("docker compose up -d SERVICE"),
    row(ActionId::Pause, "pause", "pause or unpause", &[c('p')], Service, Acts)
        .with_next("pause; probe its health now")
        .like("docker compose pause|unpause SERVICE"),
    row(ActionId::Probe, "probe", "run its health check now", &[c('h')], Service, Acts)
        .joined()
        .like("docker compose exec SERVICE PROBE"),
    row(ActionId::Signal, "signal", "send a signal", &[c('K')], Service, Destroys)
        .like("docker compose kill -s SIGNAL SERVICE"),
    row(ActionId::Remove, "remove", "remove containers", &[c('X')], Service, Destroys)
        .like("docker compose rm --stop SERVICE"),
    row(ActionId::Prune, "prune", "remove what is left over", &[c('P')], Global, Destroys),
    row(ActionId::LogsOf, "logs", "logs of this", &[c('l')], Service, None)
        .like("docker compose logs -f SERVICE"),
    row(ActionId::AllLogs, "all-logs", "logs of all", &[c('L')], Global, None)
        .under(Group::Look)
        .like("docker compose logs -f"),
    row(ActionId::StartupOf, "startup", "startup of this", &[c('t')], Service, None),
    row(ActionId::Explain, "explain", "explain what is wrong here", &[c('d')], Global, None)
        .under(Group::Look),
    row(ActionId::Inspect, "inspect", "inspect this", &[c('i')], Service, None)
        .like("docker inspect CONTAINER"),
    row(ActionId::Mark, "mark", "mark for the next action", &[c(' ')], Service, None),
    row(ActionId::Impact, "impact", "dim what is unrelated", &[c('m')], Service, None),
    row(ActionId::Blockers, "blockers", "dim what isn't in the way", &[c('M')], Service, None),
    row(ActionId::ByNetwork, "by-network", "colour by network", &[c('N')], Service, None),
    row(ActionId::HideDisabled, "hide-disabled", "hide what profiles turn off", &[c('H')], Service, None),
    row(ActionId::Reveal, "reveal", "show or mask secrets", &[c('v')], Service, None),

    row(ActionId::Follow, "follow", "follow the newest line", &[c('f')], Logs, None),
    row(ActionId::Wrap, "wrap", "wrap long lines", &[c('w')], Logs, None),
    row(ActionId::Times, "times", "show times", &[c('t')], Logs, None)
        .like("docker compose logs -t"),
    row(ActionId::OnlyMatches, "only-matches", "only lines that match", &[c('&')], Logs, None),
    row(ActionId::Inverse, "inverse", "hide lines that match", &[c('!')], Logs, None),
    row(ActionId::NextMatch, "next-match", "next match", &[c('n')], Logs, None)
        .with_next("next match, previous match"),
    row(ActionId::PreviousMatch, "previous-match", "previous match", &[c('N')], Logs, None)
        .joined(),
    row(ActionId::LogService, "log-service", "service on or off",
        &[a('1'), a('2'), a('3'), a('4'), a('5'), a('6'), a('7'), a('8'), a('9')], Logs, None),
    row(ActionId::EveryLogService, "every-log-service", "all services on", &[a('0')], Logs, None),

    row(ActionId::RemoveVolume, "remove-volume", "remove a volume, by its name", &[c('X')], Storage, Destroys)
        .like("docker volume rm VOLUME"),
    row(ActionId::Measure, "measure", "measure sizes again", &[c('r')], Storage, None)
        .like("docker system df -v"),

    row(ActionId::Up, "up", "up", &[c('k'), k(Code::Up)], Global, None)
        .under(Group::Move).with_next("up, down"),
    row(ActionId::Down, "down", "down", &[c('j'), k(Code::Down)], Global, None)
        .under(Group::Move).joined(),
    row(ActionId::Top, "top", "first", &[c('g'), k(Code::Home)], Global, None)
        .under(Group::Move).with_next("first, last"),
    row(ActionId::Bottom, "bottom", "last", &[c('G'), k(Code::End)], Global, None)
        .under(Group::Move).joined(),
    row(ActionId::PageUp, "page-up", "page up", &[k(Code::PageUp)], Global, None)
        .under(Group::Move).with_next("a page up, down"),
    row(ActionId::PageDown, "page-down", "page down", &[k(Code::PageDown)], Global, None)
        .under(Group::Move).joined(),
    row(ActionId::HalfUp, "half-up", "half a page up", &[Key::ctrl('u')], Global, None)
        .under(Group::Move).with_next("half a page up, down"),
    row(ActionId::HalfDown, "half-down", "half a page down", &[Key::ctrl('d')], Global, None)
        .under(Group::Move).joined(),
    row(ActionId::Left, "left", "left; the inspector's tab before", &[k(Code::Left)], Global, None)
        .under(Group::Move).with_next("left, right; tabs"),
    row(ActionId::Right, "right", "right; the inspector's next tab", &[k(Code::Right)], Global, None)
        .under(Group::Move).joined(),
    row(ActionId::NextPanel, "next-panel", "next panel", &[k(Code::Tab)], Global, None)
        .under(Group::Move).with_next("next panel, back"),
    row(ActionId::PreviousPanel, "previous-panel", "panel before", &[k(Code::BackTab)], Global, None)
        .under(Group::Move).joined(),
    row(ActionId::Open, "open", "open, unfold, or go to the blocker", &[k(Code::Enter)], Global, None)
        .under(Group::Move).with_next("open; back"),
    row(ActionId::Back, "back", "back", &[k(Code::Esc)], Global, None)
        .under(Group::Move).joined(),
    row(ActionId::ScreenStack, "screen-stack", "the Stack screen", &[c('1')], Global, None)
        .under(Group::Move).with_next("the screens"),
    row(ActionId::ScreenStartup, "screen-startup", "the Startup screen", &[c('2')], Global, None)
        .under(Group::Move).joined(),
    row(ActionId::ScreenLogs, "screen-logs", "the Logs screen", &[c('3')], Global, None)
        .under(Group::Move).joined(),
    row(ActionId::ScreenStorage, "screen-storage", "the Storage screen", &[c('4')], Global, None)
        .under(Group::Move).joined(),
    row(ActionId::ScreenProblems, "screen-problems", "the Problems screen", &[c('6')], Global, None)
        .under(Group::Move).joined(),
    row(ActionId::ScreenEvents, "screen-events", "the Events screen", &[c('7')], Global, None)
        .under(Group::Move).joined(),
    row(ActionId::Filter, "filter", "filter, or search the logs", &[c('/')], Global, None)
        .under(Group::Look),
    row(ActionId::Palette, "palette", "every action, by name", &[c(':')], Global, None),
    row(ActionId::Help, "help", "help for this place", &[c('?')], Global, None),
    row(ActionId::Zoom, "zoom", "zoom this panel", &[c('z')], Global, None),
    row(ActionId::Copy, "copy", "copy the name", &[c('y')], Global, None)
        .with_next("copy the name, the id"),
    row(ActionId::CopyId, "copy-id", "copy the id", &[c('Y')], Global, None)
        .joined(),
    row(ActionId::Errors, "errors", "what went wrong, in full", &[c('E')], Global, None)
        .with_next("errors; cancel work"),
    row(ActionId::Cancel, "cancel", "cancel what is under way", &[c('Q')], Global, Acts)
        .under(Group::Window).joined(),
    row(ActionId::Theme, "theme", "dark or light", &[c('T')], Global, None)
        .with_next("theme; another engine"),
    row(ActionId::Contexts, "context", "another engine: choose a docker context", &[c('C')], Global, None)
        .joined(),
    row(ActionId::Save, "save", "save as a picture", &[Key::ctrl('s')], Global, None),
    row(ActionId::ReadOnly, "read-only", "read-only, or no longer", &[Key::ctrl('t')], Global, None),
    row(ActionId::Refresh, "refresh", "reload the files, ask the engine again", &[k(Code::F(5))], Global, None)
        .with_next("read again, draw again"),
    row(ActionId::Redraw, "redraw", "draw everything anew", &[Key::ctrl('l')], Global, None)
        .joined(),
    row(ActionId::Suspend, "suspend", "stop stackview until fg", &[Key::ctrl('z')], Global, None),
    row(ActionId::Interrupt, "interrupt", "close what is open, else leave", &[Key::ctrl('c')], Global, None)
        .with_next("leave stackview"),
    row(ActionId::Quit, "quit", "leave stackview", &[c('q')], Global, None)
        .joined(),
];
