//! The action table: the single source of keys, footer, help, palette and the README's table.

use super::Key;

/// What can be done. Each has one row in [`ACTIONS`]; the compiler then asks `update` for its arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is described by its row")]
pub enum ActionId {
    Quit,
    Help,
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
    /// On the Events screen.
    Events,
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
    /// The `docker compose` command that does the same, if there is one.
    pub equivalent: &'static str,
}

/// Every action.
pub static ACTIONS: &[Action] = &[
    Action {
        id: ActionId::Quit,
        name: "quit",
        words: "leave stackview",
        keys: &[Key::char('q')],
        scope: Scope::Global,
        danger: Danger::None,
        equivalent: "",
    },
    Action {
        id: ActionId::Help,
        name: "help",
        words: "help for this place",
        keys: &[Key::char('?')],
        scope: Scope::Global,
        danger: Danger::None,
        equivalent: "",
    },
];
