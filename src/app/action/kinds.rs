//! What the table says of an action: where it applies, what it can break, and how the help tells of it.

use crate::app::screens::ids::Tab;

/// Where an action applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere.
    Global,
    /// On the screens where a service or container is selected.
    Service,
    /// On one screen.
    Screen(Tab),
}

impl Scope {
    /// The screen where this scope's actions make sense; `None` for the global ones.
    pub fn home(self) -> Option<Tab> {
        match self {
            Self::Global => None,
            Self::Service => Some(Tab::HOME),
            Self::Screen(tab) => Some(tab),
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
