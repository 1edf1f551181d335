//! How far a key or the wheel moves, and where that leads in a list.

use super::action::ActionId;

/// How far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// So many rows up.
    Up(usize),
    /// So many rows down.
    Down(usize),
    /// To the first row.
    Top,
    /// To the last row.
    Bottom,
}

impl Motion {
    /// What a key of movement means where a page has so many rows; `None` for other actions.
    pub fn of(id: ActionId, page: usize) -> Option<Self> {
        let page = page.max(1);
        Some(match id {
            ActionId::Up => Self::Up(1),
            ActionId::Down => Self::Down(1),
            ActionId::PageUp => Self::Up(page),
            ActionId::PageDown => Self::Down(page),
            ActionId::HalfUp => Self::Up(page.div_ceil(2)),
            ActionId::HalfDown => Self::Down(page.div_ceil(2)),
            ActionId::Top => Self::Top,
            ActionId::Bottom => Self::Bottom,
            _ => return None,
        })
    }

    /// Where it leads from a row among so many.
    pub fn from(self, at: usize, len: usize) -> usize {
        let last = len.saturating_sub(1);
        match self {
            Self::Up(n) => at.min(last).saturating_sub(n),
            Self::Down(n) => at.saturating_add(n).min(last),
            Self::Top => 0,
            Self::Bottom => last,
        }
    }
}
