//! What everything that stands above the panels has in common: what is asked of it, and what it answers.
//!
//! An overlay changes nothing but itself: what a key or a click comes to beyond that is an [`Answer`], which
//! `update` carries out.

use std::collections::BTreeSet;

use ratatui::layout::Position;

use super::list::List;
use crate::{
    app::{Code, Key, Model, Want, action::ActionId, scene::Scene},
    base::time::Stamp,
    host::ContextEntry,
    view::screen::Pane,
    work::{Draft, Plan},
};

/// What a key, a click or news come to.
#[derive(Debug)]
pub enum Answer {
    /// It stays open, perhaps changed.
    Stay,
    /// It stays open, and this is said of what couldn't be done.
    Refuse(String),
    /// It closes.
    Close,
    /// It closes, and this is said.
    Say(String),
    /// It closes, and this action is done.
    Run(ActionId),
    /// It closes, and this is said of what couldn't be done.
    Fail(String),
    /// This plan is shown in its place; with what is new about it, where there was one before.
    Show(Plan, Vec<String>),
    /// It stays open until the compose files were read once more, which is asked for under this number.
    Reread(u32),
    /// It closes, and what was agreed to begins.
    Begin(Draft),
    /// We leave, whatever is under way.
    LeaveNow,
    /// It closes, and another engine is gone to.
    Switch(ContextEntry),
}

/// What is open. Where nothing else is said, it is a text that any click closes.
pub trait Floating {
    /// A key; never Esc and Ctrl-c, which close whatever is open.
    fn key(&mut self, model: &Model, key: Key) -> Answer;

    /// A key that is held down, where the terminal says so.
    fn repeat(&mut self, model: &Model, key: Key) -> Answer {
        self.key(model, key)
    }

    /// Whether it waits to be drawn for the first time.
    fn is_unseen(&self) -> bool {
        false
    }

    /// It was drawn.
    fn see(&mut self, _now: Stamp) {}

    /// The compose files were read once more, as was asked under this number; or why not.
    fn reread(&mut self, _model: &Model, _number: u32, _read: &Result<(), String>) -> Answer {
        Answer::Stay
    }

    /// Its picture, and where its cursor is.
    fn draw(&self, scene: &Scene<'_>) -> (Pane, Option<Position>);

    /// Pasted text.
    fn paste(&mut self, _text: &str) {}

    /// The list that a click may choose from, with the chosen row.
    fn list(&self, _model: &Model) -> Option<(List, usize)> {
        None
    }

    /// Chooses a row of its list.
    fn choose(&mut self, _row: usize) {}

    /// A click: text closes, a list is chosen from (what is chosen already is opened), or closes by a click beside
    /// it.
    fn press(&mut self, model: &Model, at: Position) -> Answer {
        let Some((list, chosen)) = self.list(model) else { return Answer::Close };
        match list.row_at(at) {
            Some(row) if row == chosen => self.key(model, Key::plain(Code::Enter)),
            Some(row) => {
                self.choose(row);
                Answer::Stay
            }
            None if list.frame.contains(at) => Answer::Stay,
            None => Answer::Close,
        }
    }

    /// A turn of the wheel.
    fn wheel(&mut self, model: &Model, down: bool) -> Answer {
        self.key(model, Key::plain(if down { Code::Down } else { Code::Up }))
    }

    /// After each message: nothing is scrolled past its end.
    fn settle(&mut self, _model: &Model) {}

    /// Which streams it needs.
    fn wants(&self, _model: &Model, _wants: &mut BTreeSet<Want>) {}

    /// Disk usage was measured.
    fn measured(&mut self, _model: &Model) -> Answer {
        Answer::Stay
    }

    /// What it may look like, with a text from outside wherever it shows one.
    #[cfg(test)]
    fn example(text: &str) -> Self
    where
        Self: Sized;
}
