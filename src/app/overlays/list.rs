//! Boxes in the middle of the screen, and lists and texts in them: where everything is.

use ratatui::layout::{Position, Rect, Size};

use crate::{
    app::{Code, Key},
    base::num::cols,
    view::{
        role::Role,
        screen::{Emphasis, Frame, Line, Pane, Scroll, inside},
    },
};

/// A box of a wished size in the middle of the screen, a little above it.
pub fn middle(size: Size, wide: usize, high: usize) -> Rect {
    let width = cols(wide).min(size.width.saturating_sub(4));
    let height = cols(high).min(size.height.saturating_sub(2));
    Rect { x: size.width.saturating_sub(width) / 2, y: size.height.saturating_sub(height) / 3, width, height }
}

/// A list in a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct List {
    /// The box around it.
    pub frame: Rect,
    /// Its rows.
    pub body: Rect,
    /// The first row shown.
    pub first: usize,
    /// All rows.
    pub len: usize,
}

impl List {
    /// A list of a box, so many rows under the upper border, with the selected row in sight.
    pub fn below(frame: Rect, head: u16, selected: usize, len: usize) -> Self {
        let inner = inside(frame);
        let body = Rect { y: inner.y.saturating_add(head), height: inner.height.saturating_sub(head), ..inner };
        Self { frame, body, first: (selected + 1).saturating_sub(usize::from(body.height)), len }
    }

    /// A list of a box, so many rows above the lower border.
    pub fn above(frame: Rect, foot: u16, selected: usize, len: usize) -> Self {
        let inner = inside(frame);
        let body = Rect { height: inner.height.saturating_sub(foot), ..inner };
        Self { frame, body, first: (selected + 1).saturating_sub(usize::from(body.height)), len }
    }

    /// The row at a cell.
    pub fn row_at(&self, at: Position) -> Option<usize> {
        let row = self.body.contains(at).then(|| self.first + usize::from(at.y.saturating_sub(self.body.y)));
        row.filter(|row| *row < self.len)
    }
}

/// A box that stands above everything.
pub fn above(area: Rect, title: Line, tone: Option<Role>, lines: Vec<Line>) -> Pane {
    let frame = Frame { title, focused: true, tone, ..Frame::default() };
    Pane { above: true, veil: true, ..Pane::framed(area, frame, lines) }
}

/// A box's title.
pub fn title(words: &str) -> Line {
    let mut line = Line::new();
    line.styled(Role::Strong, Emphasis::BOLD, words);
    line
}

/// The box of a text at its largest.
pub fn largest(size: Size, wide: usize) -> Rect {
    middle(size, wide, usize::from(size.height))
}

/// A text in a box, which is as high as the text where there is room for that.
pub fn text(size: Size, wide: usize, words: &str, lines: Vec<Line>, scroll: usize) -> Pane {
    let high = usize::from(largest(size, wide).height).min(lines.len() + 2);
    let mut pane = above(middle(size, wide, high), title(words), None, Vec::new());
    part(&mut pane, lines, scroll);
    pane
}

/// Keeps such a text from being scrolled past its end.
pub fn settled(scroll: &mut usize, size: Size, wide: usize, lines: usize) {
    let room = usize::from(inside(largest(size, wide)).height);
    *scroll = (*scroll).min(lines.saturating_sub(room));
}

/// A part of a text, with where that part is.
pub fn part(pane: &mut Pane, lines: Vec<Line>, scroll: usize) {
    let height = usize::from(inside(pane.area).height);
    let first = scroll.min(lines.len().saturating_sub(height));
    if let Some(frame) = &mut pane.frame {
        frame.scroll = Scroll::of(first, height, lines.len());
    }
    pane.lines = lines.into_iter().skip(first).take(height).collect();
}

/// Whether a key closes what the key `own` opened.
pub fn closes(key: Key, own: char) -> bool {
    matches!(key.code, Code::Char(c) if c == 'q' || c == own)
}

/// Scrolls by a key. The far end is kept by who knows how long the text is.
pub fn scrolled(at: &mut usize, key: Key) {
    *at = match key.code {
        Code::Up | Code::Char('k') => at.saturating_sub(1),
        Code::Down | Code::Char('j') => *at + 1,
        Code::PageUp => at.saturating_sub(10),
        Code::PageDown => *at + 10,
        Code::Home | Code::Char('g') => 0,
        Code::End | Code::Char('G') => usize::MAX / 2,
        Code::Char('u') if key.ctrl => at.saturating_sub(5),
        Code::Char('d') if key.ctrl => *at + 5,
        _ => *at,
    };
}
