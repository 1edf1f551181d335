//! A grid of signs with roles, for pictures: only the part that is on the screen is kept.

use unicode_width::UnicodeWidthChar;

use super::{
    role::Role,
    screen::{Emphasis, Line},
};
use crate::base::{num::cols, text::is_plain};

/// One cell: a character, `None` behind a wide one.
type Cell = (Option<char>, Role, Emphasis);

/// A window onto a picture.
pub struct Canvas {
    origin: (u16, u16),
    width: u16,
    rows: Vec<Vec<Cell>>,
}

impl Canvas {
    /// A window of a size whose top left is at `origin` of the picture.
    pub fn new(width: u16, height: u16, origin: (u16, u16)) -> Self {
        let row = vec![(Some(' '), Role::Text, Emphasis::NONE); usize::from(width)];
        Self { origin, width, rows: vec![row; usize::from(height)] }
    }

    fn cell(&mut self, x: u16, y: u16) -> Option<&mut Cell> {
        let (x, y) = (x.checked_sub(self.origin.0)?, y.checked_sub(self.origin.1)?);
        self.rows.get_mut(usize::from(y))?.get_mut(usize::from(x))
    }

    /// Writes text from a cell on.
    pub fn text(&mut self, x: u16, y: u16, text: &str, role: Role, emphasis: Emphasis) {
        let mut x = x;
        for c in text.chars().filter(|c| is_plain(*c)) {
            let width = cols(c.width().unwrap_or(0));
            if width == 0 {
                continue;
            }
            let fits = width == 1 || self.cell(x.saturating_add(1), y).is_some();
            if let Some(cell) = self.cell(x, y) {
                *cell = (Some(if fits { c } else { ' ' }), role, emphasis);
            }
            if width == 2
                && let Some(cell) = self.cell(x.saturating_add(1), y)
            {
                *cell = (None, role, emphasis);
            }
            x = x.saturating_add(width);
        }
    }

    /// Writes a line of spans from a cell on.
    pub fn line(&mut self, x: u16, y: u16, line: &Line) {
        let mut x = x;
        for span in &line.spans {
            self.text(x, y, span.text(), span.role, span.emphasis);
            x = x.saturating_add(cols(crate::base::text::width(span.text())));
        }
    }

    /// The rows as lines.
    pub fn lines(self) -> Vec<Line> {
        let width = usize::from(self.width);
        let rows = self.rows.into_iter().map(|row| {
            let mut line = Line::new();
            for (c, role, emphasis) in row.into_iter().take(width) {
                let Some(c) = c else { continue };
                line.styled(role, emphasis, c.encode_utf8(&mut [0; 4]));
            }
            line
        });
        rows.collect()
    }
}
