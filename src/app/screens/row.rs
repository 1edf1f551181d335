//! What a screen and its panels say of themselves: all that the shell asks.

use std::collections::BTreeSet;

use ratatui::layout::{Position, Rect};

use super::ids::Panel;
use crate::{
    app::{Model, Want, action::Hint, layout::table_body, motion::Motion, scene::Scene, soonest::Soonest},
    view::screen::{Frame, Pane},
};

/// Where panels are.
type Places = fn(&Model, Rect) -> Vec<(Panel, Rect)>;

/// A screen.
pub struct ScreenRow {
    /// Its panels in the order of `Tab`, shown or not. The first has the focus when the screen is opened.
    pub panels: &'static [PanelRow],
    /// Where its panels are in the body, those that are shown, in the order of `Tab`. `None`: the first fills it.
    pub(in crate::app) layout: Option<Places>,
    /// Whether a service or container is selected here, so that the keys for services apply.
    pub services: bool,
    /// How many things on it want attention; shown on its tab.
    pub(in crate::app) count: fn(&Model) -> usize,
    /// What can be pressed here, most useful first.
    pub(in crate::app) hints: fn(&Model, &mut Vec<Hint>),
    /// The streams it needs.
    pub(in crate::app) wants: fn(&Model, &mut BTreeSet<Want>),
    /// When something on it reads differently though nothing happened, on the engine's clock.
    pub(in crate::app) changes: fn(&Model, &mut Soonest),
    /// Enter.
    pub(in crate::app) open: fn(&mut Model),
    /// Esc; false where there is nothing to go back from but the screen.
    pub(in crate::app) back: fn(&mut Model) -> bool,
    /// What `y` copies, or `Y` (`true`).
    pub(in crate::app) copy: fn(&Model, bool) -> Option<String>,
    /// What `/` types; where it is `None`, the first screen's.
    pub(in crate::app) prompt: Option<PromptRow>,
    /// So many events came. Asked whether the screen is shown or not.
    pub(in crate::app) happened: fn(&mut Model, usize),
    /// After each message while it is shown: what is selected is in view, and nothing is scrolled past its end.
    pub(in crate::app) settle: fn(&mut Model),
}

impl ScreenRow {
    /// A screen with nothing on it, for a row to begin with.
    pub(in crate::app) const EMPTY: Self = Self {
        panels: &[],
        layout: None,
        services: false,
        count: |_| 0,
        hints: |_, _| {},
        wants: |_, _| {},
        changes: |_, _| {},
        open: |_| {},
        back: |_| false,
        copy: |_, _| None,
        prompt: None,
        happened: |_, _| {},
        settle: |_| {},
    };

    /// The row of one of its panels.
    pub fn panel(&self, panel: Panel) -> Option<&PanelRow> {
        self.panels.iter().find(|row| row.id == panel)
    }

    /// The panel that has the focus when the screen is opened.
    pub fn first(&self) -> Panel {
        self.panels.first().map_or(Panel::default(), |row| row.id)
    }
}

/// A panel: a part of a screen that can have the focus.
pub struct PanelRow {
    /// Which.
    pub id: Panel,
    /// What it shows, in a few words.
    pub words: &'static str,
    /// Draws it in an area, its border included.
    pub(in crate::app) draw: fn(&Scene<'_>, Rect) -> Pane,
    /// How many of its rows are on the screen in an area.
    pub(in crate::app) page: fn(&Model, Rect) -> u16,
    /// Moves up or down in it.
    pub(in crate::app) go: fn(&mut Model, Motion),
    /// Moves left, or right (`true`).
    pub(in crate::app) sideways: fn(&mut Model, bool),
    /// A click at a cell of it, in its area. It has the focus already.
    pub(in crate::app) press: fn(&mut Model, Rect, Position),
    /// The wheel turned up, or down (`true`). `None`: it moves by some rows.
    pub(in crate::app) wheel: Option<fn(&mut Model, Rect, bool)>,
}

impl PanelRow {
    /// A panel with nothing in it, for a row to begin with.
    pub(in crate::app) const EMPTY: Self = Self {
        id: Panel(""),
        words: "",
        draw: |_, area| Pane::framed(area, Frame::default(), Vec::new()),
        page: |_, area| table_body(area).height,
        go: |_, _| {},
        sideways: |_, _| {},
        press: |_, _, _| {},
        wheel: None,
    };
}

/// What is typed in the footer after `/`.
pub struct PromptRow {
    /// What stands before it.
    pub(in crate::app) lead: &'static str,
    /// What it begins with.
    pub(in crate::app) text: fn(&Model) -> String,
    /// It was typed so far; takes effect at once. What is wrong with it, if something is.
    pub(in crate::app) typed: fn(&mut Model, &str) -> Result<(), String>,
    /// It was confirmed.
    pub(in crate::app) done: fn(&mut Model),
    /// It was given up.
    pub(in crate::app) left: fn(&mut Model),
}
