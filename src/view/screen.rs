//! The screen as plain values: panes of lines of spans with roles. Nothing here knows colours or the model.
//!
//! [`Line`] is built from the left; whatever text goes in is made plain by [`text::clean`], so that nothing
//! from outside can get past this file unsanitised.

use ratatui::layout::{Position, Rect, Size};

use super::role::Role;
use crate::base::text::{self, width};

/// Everything that is drawn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Screen {
    /// Its size in cells.
    pub size: Size,
    /// Only ASCII is drawn.
    pub ascii: bool,
    /// What is drawn, in order.
    pub panes: Vec<Pane>,
    /// Where the cursor blinks, while something is typed.
    pub cursor: Option<Position>,
}

/// A part of the screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pane {
    /// Where it is.
    pub area: Rect,
    /// Its border.
    pub frame: Option<Frame>,
    /// Its lines, those that are visible.
    pub lines: Vec<Line>,
    /// What it shows isn't true any more for sure: drawn pale.
    pub stale: bool,
    /// It stands above what was drawn before, on a ground of its own.
    pub above: bool,
    /// What was drawn before is drawn pale.
    pub veil: bool,
    /// Secrets in it were asked for: they aren't masked.
    pub revealed: bool,
}

impl Pane {
    /// Lines without a border.
    pub fn bare(area: Rect, lines: Vec<Line>) -> Self {
        Self { area, lines, ..Self::default() }
    }

    /// Lines in a border.
    pub fn framed(area: Rect, frame: Frame, lines: Vec<Line>) -> Self {
        Self { area, frame: Some(frame), lines, ..Self::default() }
    }

    /// Where its lines go.
    pub fn inner(&self) -> Rect {
        if self.frame.is_some() { inside(self.area) } else { self.area }
    }
}

/// The room within a border.
pub fn inside(area: Rect) -> Rect {
    Rect {
        x: area.x.saturating_add(1),
        y: area.y.saturating_add(1),
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    }
}

/// A border with titles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    /// At the left of the upper border.
    pub title: Line,
    /// At the right of the upper border.
    pub right: Line,
    /// At the right of the lower border.
    pub bottom: Line,
    /// Whether keys go here.
    pub focused: bool,
    /// The border's role, where it isn't the usual one.
    pub tone: Option<Role>,
    /// What part is shown, where not all is.
    pub scroll: Option<Scroll>,
}

/// What part of a list is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scroll {
    /// The first item shown.
    pub first: usize,
    /// Items shown.
    pub shown: usize,
    /// All items.
    pub total: usize,
}

impl Scroll {
    /// `None` where everything is shown.
    pub fn of(first: usize, shown: usize, total: usize) -> Option<Self> {
        (shown < total).then_some(Self { first, shown, total })
    }
}

/// How a span stands out beyond its role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Emphasis {
    /// Bold.
    pub bold: bool,
    /// Half bright.
    pub dim: bool,
    /// Slanted.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Ground and ink swapped.
    pub reverse: bool,
}

impl Emphasis {
    /// Nothing.
    pub const NONE: Self = Self { bold: false, dim: false, italic: false, underline: false, reverse: false };
    /// Bold.
    pub const BOLD: Self = Self { bold: true, ..Self::NONE };
}

/// Text of one role.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Span {
    /// Plain text.
    text: String,
    /// What it means.
    pub role: Role,
    /// How it stands out.
    pub emphasis: Emphasis,
}

impl Span {
    /// Its text, which is plain.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// A line of spans, built from the left.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Its spans, from the left.
    pub spans: Vec<Span>,
    /// A role whose ground fills the whole row.
    pub fill: Option<Role>,
}

impl Line {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Text of one role.
    pub fn of(role: Role, text: impl AsRef<str>) -> Self {
        Self::new().with(role, text)
    }

    /// The same, with more text.
    #[must_use]
    pub fn with(mut self, role: Role, text: impl AsRef<str>) -> Self {
        self.push(role, text);
        self
    }

    /// The same, followed by the spans of another line.
    #[must_use]
    pub fn with_line(mut self, other: &Line) -> Self {
        self.extend(other.clone());
        self
    }

    /// Adds text of a role.
    pub fn push(&mut self, role: Role, text: impl AsRef<str>) {
        self.styled(role, Emphasis::NONE, text);
    }

    /// Adds text of a role, standing out. This is the only way text gets onto a screen.
    pub fn styled(&mut self, role: Role, emphasis: Emphasis, text: impl AsRef<str>) {
        let text = text::clean(text.as_ref());
        if text.is_empty() {
            return;
        }
        if let Some(last) = self.spans.last_mut().filter(|s| s.role == role && s.emphasis == emphasis) {
            last.text.push_str(&text);
        } else {
            self.spans.push(Span { text: text.into_owned(), role, emphasis });
        }
    }

    /// Adds the spans of another line.
    pub fn extend(&mut self, other: Line) {
        for span in other.spans {
            self.styled(span.role, span.emphasis, span.text);
        }
    }

    /// Adds blanks up to a column.
    pub fn to_column(&mut self, column: usize) {
        let blanks = column.saturating_sub(self.width());
        if blanks > 0 {
            self.push(Role::Text, " ".repeat(blanks));
        }
    }

    /// The same with the ground of a role over the whole row.
    #[must_use]
    pub fn filled(mut self, role: Role) -> Self {
        self.fill = Some(role);
        self
    }

    /// Columns it takes.
    pub fn width(&self) -> usize {
        self.spans.iter().map(|s| width(&s.text)).sum::<usize>()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Its text alone.
    pub fn text(&self) -> String {
        self.spans.iter().map(|s| s.text.as_str()).collect()
    }

    /// The same with every span of one role, as what isn't looked at.
    #[must_use]
    pub fn toned(mut self, role: Role) -> Self {
        for span in &mut self.spans {
            span.role = role;
            span.emphasis = Emphasis::NONE;
        }
        self
    }

    /// The same in at most so many columns, with `…` where something is cut.
    #[must_use]
    pub fn fit(self, columns: usize) -> Self {
        if self.width() <= columns {
            return self;
        }
        let mut out = Line { spans: Vec::new(), fill: self.fill };
        let mut used = 0;
        for span in self.spans {
            let w = width(&span.text);
            if used + w < columns {
                used += w;
                out.spans.push(span);
                continue;
            }
            // The mark of the cut has to fit as well, so what follows is cut as if one column were missing.
            let rest = text::fit(&format!("{}…", span.text), columns - used).into_owned();
            out.spans.push(Span { text: rest, ..span });
            break;
        }
        out
    }

    /// The first line with the first of the others that leaves room for it at the right; the left stays whole
    /// as long as it can.
    pub fn beside(left: Line, rights: impl IntoIterator<Item = Line>, columns: usize) -> Self {
        let room = columns.saturating_sub(left.width() + 2);
        match rights.into_iter().find(|right| right.width() <= room) {
            Some(right) => Self::spread(left, right, columns),
            None => left.fit(columns),
        }
    }

    /// Left and right with all the room between them; the left gives way.
    pub fn spread(left: Line, right: Line, columns: usize) -> Self {
        let right = right.fit(columns);
        let taken = right.width();
        let mut line = left.fit(columns.saturating_sub(taken + usize::from(taken > 0)));
        line.to_column(columns.saturating_sub(taken));
        line.extend(right);
        line
    }
}
