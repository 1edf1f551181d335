//! Labels side by side in a line: which columns each takes, for drawing and for the mouse.

use std::ops::Range;

/// Lays items of these widths side by side, as many as end before `end`.
pub fn spans<T>(start: u16, gap: u16, end: u16, items: impl Iterator<Item = (T, u16)>) -> Vec<(T, Range<u16>)> {
    let mut x = start;
    let mut out = Vec::new();
    for (item, width) in items {
        let to = x.saturating_add(width);
        if to > end {
            break;
        }
        out.push((item, x..to));
        x = to.saturating_add(gap);
    }
    out
}
