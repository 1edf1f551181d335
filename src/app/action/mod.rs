//! The action table: the single source of keys, footer, help, palette and the README's table.
//!
//! The rows are in `table`; what of them applies to the present selection is in `footer`.

mod footer;
mod table;
#[cfg(test)]
mod tests;

pub use footer::{Hint, footer, hints, key_of};
pub use table::ACTIONS;

use super::{
    Key, Model,
    model::{Mode, Tab},
};

/// What can be done. Each has one row in [`ACTIONS`]; the compiler then asks `update` for its arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is described by its row")]
pub enum ActionId {
    Quit,
    Interrupt,
    Help,
    Palette,
    NextPanel,
    PreviousPanel,
    ScreenStack,
    ScreenStartup,
    ScreenLogs,
    ScreenStorage,
    ScreenProblems,
    ScreenEvents,
    Up,
    Down,
    Top,
    Bottom,
    PageUp,
    PageDown,
    HalfUp,
    HalfDown,
    Left,
    Right,
    Open,
    Back,
    Filter,
    Zoom,
    Theme,
    Save,
    ReadOnly,
    Redraw,
    Refresh,
    Suspend,
    Errors,
    Contexts,
    AllLogs,
    Copy,
    CopyId,
    Prune,
    Explain,
    Mark,
    StartStop,
    Restart,
    RestartDependents,
    UpService,
    UpProject,
    Cancel,
    Pause,
    Signal,
    Probe,
    Remove,
    LogsOf,
    StartupOf,
    Inspect,
    Impact,
    Blockers,
    ByNetwork,
    HideDisabled,
    Reveal,
    Follow,
    Wrap,
    Times,
    OnlyMatches,
    Inverse,
    LogService,
    EveryLogService,
    NextMatch,
    PreviousMatch,
    RemoveVolume,
    Measure,
}

/// Where an action applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere.
    Global,
    /// Where a service or container is selected (Stack and Startup).
    Service,
    /// On the Logs screen.
    Logs,
    /// On the Storage screen.
    Storage,
    /// On the Problems screen.
    Problems,
    /// On the Events screen.
    Events,
}

impl Scope {
    /// The local scope of what is on the screen; `None` where only the global keys apply.
    pub fn of(model: &Model) -> Option<Self> {
        if model.mode != Mode::Dashboard {
            return None;
        }
        Some(match model.ui.tab {
            Tab::Stack | Tab::Startup => Self::Service,
            Tab::Logs => Self::Logs,
            Tab::Storage => Self::Storage,
            Tab::Problems => Self::Problems,
            Tab::Events => Self::Events,
        })
    }

    /// The screen where this scope's actions make sense; `None` for the global ones.
    pub fn home(self) -> Option<Tab> {
        match self {
            Self::Global => None,
            Self::Service => Some(Tab::Stack),
            Self::Logs => Some(Tab::Logs),
            Self::Storage => Some(Tab::Storage),
            Self::Problems => Some(Tab::Problems),
            Self::Events => Some(Tab::Events),
        }
    }
}

/// How much an action can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Danger {
    /// Changes only the screen.
    None,
    /// Changes what runs; can be undone by its opposite.
    Acts,
    /// Removes something, or can't be undone: shows its plan first.
    Destroys,
}

/// Under which heading the help lists an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// What changes something.
    Act,
    /// What shows something.
    Look,
    /// What goes somewhere.
    Move,
    /// What is about stackview itself.
    Window,
}

impl Group {
    /// In the order of the help.
    pub const ALL: [Self; 4] = [Self::Act, Self::Look, Self::Move, Self::Window];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Act => "ACT",
            Self::Look => "LOOK",
            Self::Move => "MOVE",
            Self::Window => "STACKVIEW",
        }
    }
}

/// How the help tells of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HelpLine {
    /// In a line of its own, with its own words.
    Own,
    /// In a line with these words, which the joined rows that follow share.
    For(&'static str),
    /// In the line of a row before.
    Joined,
}

/// A row of the table.
#[derive(Debug)]
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

/// The row of an action.
pub fn row(id: ActionId) -> Option<&'static Action> {
    ACTIONS.iter().find(|a| a.id == id)
}

/// What a key does here: the present screen's own keys stand before the global ones.
pub fn for_key(model: &Model, key: Key) -> Option<&'static Action> {
    let find = |scope| ACTIONS.iter().find(|a| a.scope == scope && a.keys.contains(&key));
    Scope::of(model).and_then(find).or_else(|| find(Scope::Global))
}

/// The actions that the palette lists for what is typed: by name first, then by words; the present screen's
/// before those of others.
pub fn palette(model: &Model, typed: &str) -> Vec<&'static Action> {
    let typed = typed.trim().to_lowercase();
    let here = Scope::of(model);
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
            let elsewhere = a.scope != Scope::Global && Some(a.scope) != here;
            Some(((elsewhere, by), a))
        })
        .collect();
    found.sort_by_key(|(order, _)| *order);
    found.into_iter().map(|(_, a)| a).collect()
}
