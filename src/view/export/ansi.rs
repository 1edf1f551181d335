//! A drawn screen as text with the escape sequences of its colours.

use ratatui::{
    buffer::Buffer,
    style::{Color, Modifier, Style},
};

use super::text::rows;

/// The rows with SGR sequences; each row ends in a reset, so that rows can be cut out.
pub fn ansi(buffer: &Buffer) -> String {
    let mut out = String::new();
    for row in rows(buffer) {
        let mut now = None;
        for (_, cell) in row {
            let style = cell.style();
            if now != Some(style) {
                out.push_str(&sequence(style));
                now = Some(style);
            }
            out.push_str(cell.symbol());
        }
        out.push_str("\u{1b}[0m\n");
    }
    out
}

fn sequence(style: Style) -> String {
    let mut codes = vec!["0".to_owned()];
    let modifiers = [
        (Modifier::BOLD, "1"),
        (Modifier::DIM, "2"),
        (Modifier::ITALIC, "3"),
        (Modifier::UNDERLINED, "4"),
        (Modifier::REVERSED, "7"),
    ];
    codes.extend(modifiers.iter().filter(|(m, _)| style.add_modifier.contains(*m)).map(|(_, code)| (*code).to_owned()));
    codes.extend(style.fg.and_then(|c| code(c, 30)));
    codes.extend(style.bg.and_then(|c| code(c, 40)));
    format!("\u{1b}[{}m", codes.join(";"))
}

/// A colour's code for ink (`base` 30) or ground (40).
fn code(color: Color, base: u8) -> Option<String> {
    let named = |n: u8| Some((base + n).to_string());
    match color {
        Color::Reset => None,
        Color::Rgb(r, g, b) => Some(format!("{};2;{r};{g};{b}", base + 8)),
        Color::Indexed(n) => Some(format!("{};5;{n}", base + 8)),
        Color::Black => named(0),
        Color::Red => named(1),
        Color::Green => named(2),
        Color::Yellow => named(3),
        Color::Blue => named(4),
        Color::Magenta => named(5),
        Color::Cyan => named(6),
        Color::Gray => named(7),
        Color::DarkGray => named(60),
        Color::LightRed => named(61),
        Color::LightGreen => named(62),
        Color::LightYellow => named(63),
        Color::LightBlue => named(64),
        Color::LightMagenta => named(65),
        Color::LightCyan => named(66),
        Color::White => named(67),
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;

    #[test]
    fn colours_change_only_where_they_do() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 1));
        buffer.set_string(0, 0, "ab", Style::new().fg(Color::Rgb(1, 2, 3)).add_modifier(Modifier::BOLD));
        buffer.set_string(2, 0, "cd", Style::new().fg(Color::LightRed));
        assert_eq!(ansi(&buffer), "\u{1b}[0;1;38;2;1;2;3mab\u{1b}[0;91mcd\u{1b}[0m\n");
    }
}
