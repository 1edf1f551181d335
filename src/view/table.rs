//! Columns that fit: the less important fall away where the room is narrow.

use super::{role::Role, screen::Line};

/// Blanks between columns.
const GAP: usize = 2;
/// No column gives way below this.
const LEAST: usize = 8;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column<K> {
    /// Which.
    pub key: K,
    /// Its heading.
    pub title: &'static str,
    /// Its width in cells.
    pub width: usize,
    /// The higher, the sooner it falls away; 0 never does.
    pub yields: u8,
    /// Figures stand at the right.
    pub right: bool,
}

/// The columns that fit in a width. What is left over goes to `stretch`, up to `most` cells.
pub fn fit<K: Copy + PartialEq>(columns: &[Column<K>], room: usize, stretch: K, most: usize) -> Vec<Column<K>> {
    let mut shown: Vec<Column<K>> = columns.iter().copied().filter(|c| c.width > 0).collect();
    let total = |shown: &[Column<K>]| shown.iter().map(|c| c.width + GAP).sum::<usize>().saturating_sub(GAP);
    while total(&shown) > room {
        let Some(yields) = shown.iter().map(|c| c.yields).max().filter(|y| *y > 0) else { break };
        shown.retain(|c| c.yields != yields);
    }
    // What is left and still too wide is cut in its widest column rather than at its end.
    let excess = total(&shown).saturating_sub(room);
    if let Some(widest) = shown.iter_mut().max_by_key(|c| c.width) {
        widest.width = widest.width.saturating_sub(excess).max(LEAST.min(widest.width));
    }
    let spare = room.saturating_sub(total(&shown));
    if let Some(column) = shown.iter_mut().find(|c| c.key == stretch) {
        column.width = (column.width + spare).min(most.max(column.width));
    }
    shown
}

/// A row of the columns, its cells given by their column.
pub fn row<K: Copy>(columns: &[Column<K>], mut cell: impl FnMut(K, usize) -> Line) -> Line {
    let mut line = Line::new();
    for (i, column) in columns.iter().enumerate() {
        if i > 0 {
            line.push(Role::Text, " ".repeat(GAP));
        }
        let start = line.width();
        let content = cell(column.key, column.width).fit(column.width);
        if column.right {
            line.to_column(start + column.width.saturating_sub(content.width()));
        }
        line.extend(content);
        if i + 1 < columns.len() {
            line.to_column(start + column.width);
        }
    }
    line
}

/// The headings.
pub fn head<K: Copy + PartialEq>(columns: &[Column<K>]) -> Line {
    row(columns, |key, _| {
        let title = columns.iter().find(|c| c.key == key).map_or("", |c| c.title);
        Line::of(Role::Heading, title)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(key: char, width: usize, yields: u8) -> Column<char> {
        Column { key, title: "T", width, yields, right: false }
    }

    #[test]
    fn columns_fall_away_by_importance() {
        let all = [column('a', 10, 0), column('b', 10, 2), column('c', 10, 1)];
        let keys = |room| fit(&all, room, 'a', 20).iter().map(|c| (c.key, c.width)).collect::<Vec<_>>();
        assert_eq!(keys(40), [('a', 16), ('b', 10), ('c', 10)]);
        assert_eq!(keys(30), [('a', 18), ('c', 10)]);
        assert_eq!(keys(8), [('a', 8)]);
        let fixed = [column('a', 30, 0), column('b', 9, 0)];
        let widths = |room| fit(&fixed, room, 'a', 30).iter().map(|c| c.width).collect::<Vec<_>>();
        assert_eq!((widths(33), widths(10)), (vec![22, 9], vec![8, 9]), "the last column is whole");
    }
}
