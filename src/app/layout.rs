//! Where everything stands: the layout of the last message, which paging, mouse and drawing all ask, and what is
//! where inside a panel. [`arrange`](super::arrange) makes it.

use ratatui::layout::{Position, Rect, Size};

use super::screens::ids::Panel;

/// The smallest terminal that more than one line is shown on.
pub const SMALLEST: (u16, u16) = (40, 12);

/// The parts of the screen. Panels include their borders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// The verdict; while all isn't well, the root cause, or what became of the engine; while the files hold errors, the first of them.
    pub header: Rect,
    /// The names of the screens.
    pub tabs: Rect,
    /// The panels of this screen that are shown, in the order of `Tab`.
    pub panels: Vec<(Panel, Rect)>,
    /// The hints, or the line being typed.
    pub footer: Rect,
}

impl Layout {
    /// Where a panel is; `None` while it isn't shown.
    pub fn panel(&self, panel: Panel) -> Option<Rect> {
        self.panels.iter().find(|(p, _)| *p == panel).map(|(_, area)| *area)
    }

    /// Everything between the tabs and the footer.
    pub fn body(&self) -> Rect {
        let y = self.tabs.bottom();
        Rect::new(self.tabs.x, y, self.tabs.width, self.footer.y.saturating_sub(y))
    }
}

/// Whether the terminal is too small for anything but one line that says so.
pub fn too_small(size: Size) -> bool {
    size.width < SMALLEST.0 || size.height < SMALLEST.1
}

/// What is inside a panel's border.
pub fn inner(area: Rect) -> Rect {
    Rect::new(
        area.x.saturating_add(1),
        area.y.saturating_add(1),
        area.width.saturating_sub(2),
        area.height.saturating_sub(2),
    )
}

/// The rows of a table in a panel: inside its border, under its head.
pub fn table_body(area: Rect) -> Rect {
    let inner = inner(area);
    Rect { y: inner.y.saturating_add(1), height: inner.height.saturating_sub(1), ..inner }
}

/// The row of a list that is at a cell.
pub fn row_in(body: Rect, at: Position) -> Option<usize> {
    body.contains(at).then(|| usize::from(at.y.saturating_sub(body.y)))
}
