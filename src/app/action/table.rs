//! Every action, one row each. Those that show a screen come from the registry of screens.

use super::kinds::{
    Danger::{self, Acts, Destroys, None},
    Group, HelpLine,
    Scope::{self, Global, Service},
};
use crate::app::{
    input::{Code, Key},
    screens::ids::Tab,
};

const LOGS: Scope = Scope::Screen(Tab::Logs);
const STORAGE: Scope = Scope::Screen(Tab::Storage);

const fn c(c: char) -> Key {
    Key::char(c)
}

const fn a(c: char) -> Key {
    Key::alt(c)
}

const fn k(code: Code) -> Key {
    Key::plain(code)
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Action {
    /// Which.
    pub id: ActionId,
    /// Its name in the palette and the keymap: `restart`.
    pub name: &'static str,
    /// What it does, in a few words.
    pub words: &'static str,
    /// Its default keys.
    pub keys: &'static [Key],
    /// Where it applies.
    pub scope: Scope,
    /// What it can break.
    pub danger: Danger,
    /// Its heading in the help.
    pub group: Group,
    /// Its line in the help.
    pub help: HelpLine,
    /// The `docker compose` command that does the same, if there is one.
    pub equivalent: &'static str,
}

impl Action {
    /// Whether it makes sense where no project is shown.
    pub fn without_project(&self) -> bool {
        use ActionId::{
            Back, Bottom, Contexts, Down, HalfDown, HalfUp, Help, Interrupt, Open, PageDown, PageUp, Palette, Quit,
            ReadOnly, Redraw, Refresh, Save, Suspend, Theme, Top, Up,
        };
        matches!(
            self.id,
            Quit | Interrupt
                | Help
                | Palette
                | Contexts
                | Theme
                | Save
                | ReadOnly
                | Redraw
                | Refresh
                | Suspend
                | Open
                | Back
                | Up
                | Down
                | Top
                | Bottom
                | PageUp
                | PageDown
                | HalfUp
                | HalfDown
        )
    }

    /// Its keys as the help shows them: `j ↓`; many as a range: `Alt-1…9`.
    pub fn keys_text(&self) -> String {
        if let [first, _, _, .., last] = self.keys {
            return format!("{first}…{}", Key { ctrl: false, alt: false, ..*last });
        }
        self.keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }
}

/// An action without an equivalent on the command line.
const fn new(
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

/// Makes of the rows the ids and the tables.
macro_rules! actions {
    ($($part:ident { $($id:ident: $make:ident($($with:tt)*)$(.$more:ident($($also:tt)*))*,)+ })+) => {
        /// What can be done. Each has one row in [`ACTIONS`]; the compiler then asks `update` for its arm.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "each is described by its row")]
        pub enum ActionId {
            $($($id,)+)+
            /// Shows a screen.
            Screen(Tab),
        }

        $(const $part: &[Action] = &[$($make(ActionId::$id, $($with)*)$(.$more($($also)*))*,)+];)+
    };
}

actions! {
    FIRST {
        StartStop: new("start-stop", "start or stop", &[c('s')], Service, Acts)
            .like("docker compose start|stop SERVICE"),
        Restart: new("restart", "restart", &[c('r')], Service, Acts)
            .with_next("restart; with all dependents")
            .like("docker compose restart SERVICE"),
        RestartDependents: new("restart-with-dependents", "restart with all that depend on it", &[c('R')], Service, Acts)
            .joined()
            .like("docker compose restart SERVICE DEPENDENTS"),
        UpProject: new("up-project", "bring the project up", &[c('U')], Global, Destroys)
            .with_next("bring the project up; this")
            .like("docker compose up -d"),
        UpService: new("up-service", "bring up, as its file says", &[c('u')], Service, Acts)
            .joined()
            .like("docker compose up -d SERVICE"),
        Pause: new("pause", "pause or unpause", &[c('p')], Service, Acts)
            .with_next("pause; probe its health now")
            .like("docker compose pause|unpause SERVICE"),
        Probe: new("probe", "run its health check now", &[c('h')], Service, Acts)
            .joined()
            .like("docker compose exec SERVICE PROBE"),
        Signal: new("signal", "send a signal", &[c('K')], Service, Destroys)
            .like("docker compose kill -s SIGNAL SERVICE"),
        Remove: new("remove", "remove containers", &[c('X')], Service, Destroys)
            .like("docker compose rm --stop SERVICE"),
        Prune: new("prune", "remove what is left over", &[c('P')], Global, Destroys),
        LogsOf: new("logs", "logs of this", &[c('l')], Service, None)
            .like("docker compose logs -f SERVICE"),
        AllLogs: new("all-logs", "logs of all", &[c('L')], Global, None)
            .under(Group::Look)
            .like("docker compose logs -f"),
        StartupOf: new("startup", "startup of this", &[c('t')], Service, None),
        Explain: new("explain", "explain what is wrong here", &[c('d')], Global, None)
            .under(Group::Look),
        Inspect: new("inspect", "inspect this", &[c('i')], Service, None)
            .like("docker inspect CONTAINER"),
        Mark: new("mark", "mark for the next action", &[c(' ')], Service, None),
        Impact: new("impact", "dim what is unrelated", &[c('m')], Service, None),
        Blockers: new("blockers", "show only blockers", &[c('M')], Service, None),
        ByNetwork: new("by-network", "colour by network", &[c('N')], Service, None),
        HideDisabled: new("hide-disabled", "hide what profiles turn off", &[c('H')], Service, None),
        Reveal: new("reveal", "show or mask secrets", &[c('v')], Service, None),

        Follow: new("follow", "follow the newest line", &[c('f')], LOGS, None),
        Wrap: new("wrap", "wrap long lines", &[c('w')], LOGS, None),
        Times: new("times", "show times", &[c('t')], LOGS, None)
            .like("docker compose logs -t"),
        OnlyMatches: new("only-matches", "only lines that match", &[c('&')], LOGS, None),
        Inverse: new("inverse", "hide lines that match", &[c('!')], LOGS, None),
        NextMatch: new("next-match", "next match", &[c('n')], LOGS, None)
            .with_next("next match, previous match"),
        PreviousMatch: new("previous-match", "previous match", &[c('N')], LOGS, None)
            .joined(),
        LogService: new("log-service", "service on or off",
            &[a('1'), a('2'), a('3'), a('4'), a('5'), a('6'), a('7'), a('8'), a('9')], LOGS, None),
        EveryLogService: new("every-log-service", "all services on", &[a('0')], LOGS, None),

        RemoveVolume: new("remove-volume", "remove a volume, by its name", &[c('X')], STORAGE, Destroys)
            .like("docker volume rm VOLUME"),
        Measure: new("measure", "measure sizes again", &[c('r')], STORAGE, None)
            .like("docker system df -v"),

        Up: new("up", "up", &[c('k'), k(Code::Up)], Global, None)
            .under(Group::Move).with_next("up, down"),
        Down: new("down", "down", &[c('j'), k(Code::Down)], Global, None)
            .under(Group::Move).joined(),
        Top: new("top", "first", &[c('g'), k(Code::Home)], Global, None)
            .under(Group::Move).with_next("first, last"),
        Bottom: new("bottom", "last", &[c('G'), k(Code::End)], Global, None)
            .under(Group::Move).joined(),
        PageUp: new("page-up", "page up", &[k(Code::PageUp)], Global, None)
            .under(Group::Move).with_next("a page up, down"),
        PageDown: new("page-down", "page down", &[k(Code::PageDown)], Global, None)
            .under(Group::Move).joined(),
        HalfUp: new("half-up", "half a page up", &[Key::ctrl('u')], Global, None)
            .under(Group::Move).with_next("half a page up, down"),
        HalfDown: new("half-down", "half a page down", &[Key::ctrl('d')], Global, None)
            .under(Group::Move).joined(),
        Left: new("left", "left; the inspector's tab before", &[k(Code::Left)], Global, None)
            .under(Group::Move).with_next("left, right; tabs"),
        Right: new("right", "right; the inspector's next tab", &[k(Code::Right)], Global, None)
            .under(Group::Move).joined(),
        NextPanel: new("next-panel", "next panel", &[k(Code::Tab)], Global, None)
            .under(Group::Move).with_next("next panel, back"),
        PreviousPanel: new("previous-panel", "panel before", &[k(Code::BackTab)], Global, None)
            .under(Group::Move).joined(),
        Open: new("open", "open, unfold, or go to the blocker", &[k(Code::Enter)], Global, None)
            .under(Group::Move).with_next("open; back"),
        Back: new("back", "back", &[k(Code::Esc)], Global, None)
            .under(Group::Move).joined(),
    }
    REST {
        Filter: new("filter", "filter, or search the logs", &[c('/')], Global, None)
            .under(Group::Look),
        Palette: new("palette", "every action, by name", &[c(':')], Global, None),
        Help: new("help", "help for this place", &[c('?')], Global, None),
        Zoom: new("zoom", "zoom this panel", &[c('z')], Global, None),
        Copy: new("copy", "copy the name", &[c('y')], Global, None)
            .with_next("copy the name, the id"),
        CopyId: new("copy-id", "copy the id", &[c('Y')], Global, None)
            .joined(),
        Errors: new("errors", "what went wrong, in full", &[c('E')], Global, None)
            .with_next("errors; cancel work"),
        Cancel: new("cancel", "cancel what is running", &[c('Q')], Global, Acts)
            .under(Group::Window).joined(),
        Losses: new("losses", "what was lost", &[], Global, None),
        Theme: new("theme", "dark or light", &[c('T')], Global, None)
            .with_next("theme; another engine"),
        Contexts: new("context", "another engine: choose a docker context", &[c('C')], Global, None)
            .joined(),
        Save: new("save", "save as a picture", &[Key::ctrl('s')], Global, None),
        ReadOnly: new("read-only", "toggle read-only", &[Key::ctrl('t')], Global, None),
        Refresh: new("refresh", "refresh", &[k(Code::F(5))], Global, None)
            .with_next("read again, draw again"),
        Redraw: new("redraw", "redraw the screen", &[Key::ctrl('l')], Global, None)
            .joined(),
        Suspend: new("suspend", "stop stackview until fg", &[Key::ctrl('z')], Global, None),
        Interrupt: new("interrupt", "close what is open, else leave", &[Key::ctrl('c')], Global, None)
            .with_next("leave stackview"),
        Quit: new("quit", "leave stackview", &[c('q')], Global, None)
            .joined(),
    }
}

/// Every action: the screens' stand before the rest.
pub static ACTIONS: &[Action] = &ALL;

static ALL: [Action; LEN] = all();

const LEN: usize = FIRST.len() + Tab::ALL.len() + REST.len();

#[expect(clippy::indexing_slicing, reason = "computed by the compiler, which refuses an index out of bounds")]
const fn all() -> [Action; LEN] {
    let mut all = [FIRST[0]; LEN];
    let screens = FIRST.len() + Tab::ALL.len();
    let mut at = 0;
    while at < LEN {
        all[at] = if at < FIRST.len() {
            FIRST[at]
        } else if at < screens {
            shows(Tab::ALL[at - FIRST.len()], at == FIRST.len())
        } else {
            REST[at - screens]
        };
        at += 1;
    }
    all
}

/// The action that shows a screen; the help tells of all in one line.
const fn shows(tab: Tab, first: bool) -> Action {
    let row = new(ActionId::Screen(tab), tab.command(), tab.words(), tab.keys(), Global, None).under(Group::Move);
    if first { row.with_next("the screens") } else { row.joined() }
}

/// The row of an action.
pub fn row(id: ActionId) -> Option<&'static Action> {
    ACTIONS.iter().find(|a| a.id == id)
}
