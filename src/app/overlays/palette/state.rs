//! What the palette keeps while it is open.

use ratatui_textarea::TextArea;

use crate::app::edit;

/// Every action, found by name.
#[derive(Debug)]
pub struct Palette {
    /// What is typed.
    pub input: Box<TextArea<'static>>,
    /// The chosen row among those found.
    pub selected: usize,
}

impl Default for Palette {
    /// All of them, nothing typed yet.
    fn default() -> Self {
        Self { input: edit::line(""), selected: 0 }
    }
}
