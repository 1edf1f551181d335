//! Where things are that stand above the panels or instead of them; drawing, scrolling and the mouse ask it.

use ratatui::layout::{Rect, Size};

use super::{
    Model,
    action::palette,
    input::typed,
    layout::{inner, layout},
    model::{Mode, Overlay},
    plans::SIGNALS,
};
use crate::{
    base::{
        num::cols,
        text::{clean, width, wrap},
    },
    work::Job,
};

/// A box of a wished size in the middle of the screen, a little above it.
pub fn middle(size: Size, wide: usize, high: usize) -> Rect {
    let width = cols(wide).min(size.width.saturating_sub(4));
    let height = cols(high).min(size.height.saturating_sub(2));
    Rect { x: (size.width - width) / 2, y: size.height.saturating_sub(height) / 3, width, height }
}

/// The box of the help: as large as the terminal allows; wide ones have room for equivalents.
pub fn help(size: Size) -> Rect {
    let width = if size.width >= 134 { 130 } else { size.width.min(78) };
    Rect { x: (size.width - width) / 2, y: 0, width, height: size.height }
}

/// The box of the palette.
pub fn palette_box(size: Size) -> Rect {
    middle(size, 76, 20)
}

/// The box of the choice of a signal.
pub fn signals_box(size: Size) -> Rect {
    middle(size, 52, SIGNALS.len() + 4)
}

/// The box of the choice of a docker context.
pub fn contexts_box(size: Size, known: usize) -> Rect {
    middle(size, 92, known + 4)
}

/// The box of the errors at its largest.
pub fn errors_box(size: Size) -> Rect {
    middle(size, 100, usize::from(size.height))
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
    fn below(frame: Rect, head: u16, selected: usize, len: usize) -> Self {
        let inner = inner(frame);
        let body = Rect { y: inner.y.saturating_add(head), height: inner.height.saturating_sub(head), ..inner };
        Self { frame, body, first: (selected + 1).saturating_sub(usize::from(body.height)), len }
    }

    /// A list of a box, so many rows above the lower border.
    fn above(frame: Rect, foot: u16, selected: usize, len: usize) -> Self {
        let inner = inner(frame);
        let body = Rect { height: inner.height.saturating_sub(foot), ..inner };
        Self { frame, body, first: (selected + 1).saturating_sub(usize::from(body.height)), len }
    }
}

/// The list that a click may choose from, with the chosen row; `None` where there is none.
pub fn list(model: &Model) -> Option<(List, usize)> {
    match (&model.ui.overlay, &model.mode) {
        (Some(Overlay::Palette { input, selected }), _) => {
            let len = palette(model, typed(input)).len();
            Some((List::below(palette_box(model.size), 2, *selected, len), *selected))
        }
        (Some(Overlay::Signals { selected }), _) => {
            Some((List::below(signals_box(model.size), 0, *selected, SIGNALS.len()), *selected))
        }
        (Some(Overlay::Contexts { known, selected }), _) => {
            Some((List::above(contexts_box(model.size, known.len()), 2, *selected, known.len()), *selected))
        }
        (Some(_), _) => None,
        (None, Mode::Picker { looked, selected }) => Some((picker(model, looked, *selected).list, *selected)),
        (None, _) => None,
    }
}

/// The window that lists the engine's projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picker {
    /// Where was looked for a file, in lines; what doesn't fit is left out.
    pub looked: Vec<String>,
    /// Whether there is room for blank lines.
    pub airy: bool,
    /// The projects.
    pub list: List,
}

/// Where the projects are listed: under where was looked, a sentence, and the head of the table.
pub fn picker(model: &Model, looked: &str, selected: usize) -> Picker {
    let footer = layout(model).footer;
    let frame = Rect { x: 0, y: 1, width: footer.width, height: footer.y.saturating_sub(1) };
    let inside = inner(frame);
    let airy = inside.height >= 14;
    let room = usize::from(footer.width).saturating_sub(6);
    let looked: String = looked.chars().take(1).flat_map(char::to_uppercase).chain(looked.chars().skip(1)).collect();
    let mut lines: Vec<String> = looked.lines().flat_map(|line| wrap(&clean(line), room)).collect();
    lines.truncate(usize::from(inside.height / 3));
    let blanks = if airy { 3 } else { 0 };
    let head = cols(lines.len()).saturating_add(2 + blanks);
    let len = model.stack().projects.as_ref().map_or(0, Vec::len);
    Picker { looked: lines, airy, list: List::below(frame, head, selected, len) }
}

/// A line of what went wrong.
#[derive(Debug)]
pub enum ErrorRow<'a> {
    /// The job that the next lines are of.
    Job(&'a Job),
    /// A part of the engine's words; clean.
    Words(String),
    /// Between two jobs.
    Gap,
}

/// What went wrong, the newest first, in lines that fit the box.
pub fn error_rows(model: &Model) -> Vec<ErrorRow<'_>> {
    let room = usize::from(inner(errors_box(model.size)).width).saturating_sub(4);
    let mut rows = Vec::new();
    let words = |text: &str| {
        let lines = text.lines().map(clean);
        // A line that fits keeps its blanks: a caret stands under a column.
        let pieces =
            lines.flat_map(|line| if width(&line) <= room { vec![line.into_owned()] } else { wrap(&line, room) });
        pieces.map(ErrorRow::Words).collect::<Vec<_>>()
    };
    for problem in &model.problems {
        rows.extend(words(&problem.to_string()));
        rows.push(ErrorRow::Gap);
    }
    for job in model.jobs.iter().rev().filter(|job| !job.errors.is_empty()) {
        if !matches!(rows.last(), None | Some(ErrorRow::Gap)) {
            rows.push(ErrorRow::Gap);
        }
        rows.push(ErrorRow::Job(job));
        rows.extend(job.errors.iter().flat_map(|error| words(error)));
    }
    rows
}
