//! Draws a [`Screen`] into a buffer. It sees no model: the same screen gives the same buffer.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Modifier, Style},
    symbols::border,
    text::{Line as TextLine, Span as TextSpan},
    widgets::{Block, BorderType, Clear, Widget},
};

use super::{
    role::Role,
    screen::{Emphasis, Frame, Line, Pane, Screen, Scroll, Span},
    theme::Theme,
};
use crate::{base::num::scale, view::glyphs::Glyphs};

/// A border of ASCII signs.
const PLAIN: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// Draws the screen in a theme's colours.
pub fn render(screen: &Screen, theme: &Theme, buffer: &mut Buffer) {
    let area = buffer.area;
    buffer.set_style(area, theme.style(Role::Text));
    for pane in &screen.panes {
        let place = pane.area.intersection(area);
        if place.is_empty() {
            continue;
        }
        if pane.veil {
            pale(buffer, area, theme);
        }
        if pane.above {
            Clear.render(place, buffer);
            buffer.set_style(place, theme.style(Role::Text));
            buffer.set_style(place, theme.style(Role::Overlay));
        }
        draw(pane, place, screen.ascii, theme, buffer);
        if pane.stale {
            pale(buffer, place, theme);
        }
    }
}

fn draw(pane: &Pane, place: Rect, ascii: bool, theme: &Theme, buffer: &mut Buffer) {
    if let Some(frame) = &pane.frame {
        border(frame, place, ascii, theme, buffer);
    }
    let inner = pane.inner().intersection(place);
    for (line, y) in pane.lines.iter().zip(inner.top()..inner.bottom()) {
        let row = Rect { y, height: 1, ..inner };
        if let Some(role) = line.fill {
            buffer.set_style(row, theme.style(role));
        }
        text(line, ascii, theme).render(row, buffer);
    }
}

fn border(frame: &Frame, place: Rect, ascii: bool, theme: &Theme, buffer: &mut Buffer) {
    let usual = if frame.focused { Role::BorderFocus } else { Role::Border };
    let style = theme.style(frame.tone.unwrap_or(usual));
    let mut block = Block::bordered().border_style(style);
    block = if ascii { block.border_set(PLAIN) } else { block.border_type(BorderType::Rounded) };
    let room = usize::from(place.width.saturating_sub(4));
    let title = |line: &Line| {
        let mut padded = vec![TextSpan::raw(" ")];
        padded.extend(line.spans.iter().map(|s| span(s, ascii, theme)));
        padded.push(TextSpan::raw(" "));
        TextLine::from(padded)
    };
    let left = frame.title.clone().fit(room);
    let right_room = room.saturating_sub(left.width() + 3);
    if !left.is_empty() {
        block = block.title_top(title(&left));
    }
    if !frame.right.is_empty() && right_room >= 4 {
        block = block.title_top(title(&frame.right.clone().fit(right_room)).right_aligned());
    }
    if !frame.bottom.is_empty() {
        block = block.title_bottom(title(&frame.bottom.clone().fit(room)).right_aligned());
    }
    block.render(place, buffer);
    if let Some(scroll) = frame.scroll {
        bar(scroll, place, ascii, theme.style(Role::Dim), buffer);
    }
}

/// A thicker piece of the right border shows which part of the whole is on the screen.
fn bar(scroll: Scroll, place: Rect, ascii: bool, style: Style, buffer: &mut Buffer) {
    let track = place.height.saturating_sub(2);
    let wide = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let length = scale(wide(scroll.shown), wide(scroll.total), track).max(1);
    let free = track.saturating_sub(length);
    let hidden = scroll.total.saturating_sub(scroll.shown);
    let start = scale(wide(scroll.first), wide(hidden), free);
    let (x, top) = (place.right().saturating_sub(1), place.y.saturating_add(start).saturating_add(1));
    for y in top..top.saturating_add(length.min(track)) {
        buffer.set_string(x, y, if ascii { "#" } else { "┃" }, style);
    }
}

fn text(line: &Line, ascii: bool, theme: &Theme) -> TextLine<'static> {
    TextLine::from(line.spans.iter().map(|span| self::span(span, ascii, theme)).collect::<Vec<_>>())
}

fn span(span: &Span, ascii: bool, theme: &Theme) -> TextSpan<'static> {
    let style = theme.style(span.role);
    // The screen's ground was drawn already; ordinary text must not paint over a selection's.
    let style = if span.role == Role::Text { Style { fg: style.fg, ..Style::default() } } else { style };
    TextSpan::styled(Glyphs { ascii }.typeset(span.text()).into_owned(), style.add_modifier(modifiers(span.emphasis)))
}

fn modifiers(emphasis: Emphasis) -> Modifier {
    let flags = [
        (emphasis.bold, Modifier::BOLD),
        (emphasis.dim, Modifier::DIM),
        (emphasis.italic, Modifier::ITALIC),
        (emphasis.underline, Modifier::UNDERLINED),
        (emphasis.reverse, Modifier::REVERSED),
    ];
    flags.into_iter().filter(|(on, _)| *on).fold(Modifier::empty(), |all, (_, one)| all | one)
}

/// Makes what was drawn pale: half way to the ground where colours can be mixed, else dim.
fn pale(buffer: &mut Buffer, place: Rect, theme: &Theme) {
    let ground = theme.style(Role::Text).bg;
    let mix = |color: Color| match (color, ground) {
        (Color::Rgb(r, g, b), Some(Color::Rgb(x, y, z))) => {
            Some(Color::Rgb(r.midpoint(x), g.midpoint(y), b.midpoint(z)))
        }
        _ => None,
    };
    for y in place.top()..place.bottom() {
        for x in place.left()..place.right() {
            let Some(cell) = buffer.cell_mut((x, y)) else { continue };
            if let Some(fg) = mix(cell.fg) {
                cell.fg = fg;
                cell.bg = mix(cell.bg).unwrap_or(cell.bg);
                cell.modifier.remove(Modifier::BOLD);
            } else {
                cell.modifier.insert(Modifier::DIM);
                cell.modifier.remove(Modifier::BOLD);
            }
        }
    }
}

/// A buffer of the screen's size with the screen drawn.
pub fn drawn(screen: &Screen, theme: &Theme) -> Buffer {
    let mut buffer = Buffer::empty(Rect::from((ratatui::layout::Position::ORIGIN, screen.size)));
    render(screen, theme, &mut buffer);
    buffer
}
