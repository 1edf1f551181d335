//! A drawn screen as an SVG picture in a window's frame.
//!
//! Block elements become rectangles and box lines become paths, drawn over the whole cell: as text they would
//! show seams between rows, and every viewer has another font.

use std::fmt::Write as _;

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};
use unicode_width::UnicodeWidthStr;

use super::text::rows;
use crate::view::{role::Role, theme::Theme};

/// A cell's width, in pixels.
const W: f64 = 8.4;
/// A cell's height.
const H: f64 = 18.0;
/// Air around the cells.
const PAD: f64 = 14.0;
/// The height of the window's title bar.
const BAR: f64 = 32.0;

type Rgb = (u8, u8, u8);

/// The buffer as a picture, with a title in the window's bar.
pub fn svg(buffer: &Buffer, theme: &Theme, title: &str) -> String {
    let base = theme.style(Role::Text);
    let ground = rgb(base.bg.unwrap_or_default()).unwrap_or((20, 23, 28));
    let ink = rgb(base.fg.unwrap_or_default()).unwrap_or((200, 204, 212));
    let edge = rgb(theme.style(Role::Border).fg.unwrap_or_default()).unwrap_or((60, 66, 76));
    let width = f64::from(buffer.area.width) * W + 2.0 * PAD;
    let height = f64::from(buffer.area.height) * H + BAR + 2.0 * PAD - 6.0;
    let mut out = String::new();
    let o = &mut out;
    put(
        o,
        format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.1} {height:.1}\">\n<title>{}</title>\n",
            escape(title)
        ),
    );
    put(
        o,
        format_args!(
            "<rect x=\"0.5\" y=\"0.5\" width=\"{:.1}\" height=\"{:.1}\" rx=\"10\" fill=\"{}\" stroke=\"{}\"/>\n",
            width - 1.0,
            height - 1.0,
            hex(ground),
            hex(edge)
        ),
    );
    for (i, color) in ["#e0695f", "#dfb04f", "#6ab566"].iter().enumerate() {
        let x = 20.0 + 18.0 * f64::from(u8::try_from(i).unwrap_or(0));
        put(o, format_args!("<circle cx=\"{x:.1}\" cy=\"17\" r=\"5.5\" fill=\"{color}\" fill-opacity=\"0.85\"/>\n"));
    }
    put(
        o,
        format_args!(
            "<text x=\"{:.1}\" y=\"21.5\" text-anchor=\"middle\" font-family=\"system-ui, sans-serif\" \
         font-size=\"12.5\" fill=\"{}\" fill-opacity=\"0.7\">{}</text>\n",
            width / 2.0,
            hex(ink),
            escape(title)
        ),
    );
    put(
        o,
        format_args!(
            "<g font-family=\"'JetBrains Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"14\" \
         xml:space=\"preserve\" transform=\"translate({PAD},{:.1})\">\n",
            BAR + PAD - 8.0
        ),
    );
    for (y, row) in rows(buffer).enumerate() {
        let top = f64::from(u32::try_from(y).unwrap_or(0)) * H;
        for run in runs(&row, ink, ground) {
            draw(o, &run, top, ground);
        }
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// Neighbouring cells that look alike.
struct Run {
    x: u16,
    columns: u16,
    text: String,
    ink: Rgb,
    ground: Rgb,
    modifiers: Modifier,
    lines: bool,
}

fn runs(row: &[(u16, &Cell)], ink: Rgb, ground: Rgb) -> Vec<Run> {
    let mut all: Vec<Run> = Vec::new();
    for (x, cell) in row {
        let (mut fg, mut bg) = (rgb(cell.fg).unwrap_or(ink), rgb(cell.bg).unwrap_or(ground));
        if cell.modifier.contains(Modifier::REVERSED) {
            std::mem::swap(&mut fg, &mut bg);
        }
        let symbol = cell.symbol();
        let columns = u16::try_from(symbol.width()).unwrap_or(1).max(1);
        let lines = symbol.chars().next().is_some_and(is_drawn);
        let same = all.last_mut().filter(|run| {
            (run.ink, run.ground, run.modifiers, run.lines) == (fg, bg, cell.modifier, lines)
                && run.x.saturating_add(run.columns) == *x
                && run.text.is_ascii() == symbol.is_ascii()
        });
        if let Some(run) = same {
            run.text.push_str(symbol);
            run.columns = run.columns.saturating_add(columns);
        } else {
            all.push(Run {
                x: *x,
                columns,
                text: symbol.to_owned(),
                ink: fg,
                ground: bg,
                modifiers: cell.modifier,
                lines,
            });
        }
    }
    all
}

fn draw(o: &mut String, run: &Run, top: f64, ground: Rgb) {
    let (x, width) = (f64::from(run.x) * W, f64::from(run.columns) * W);
    if run.ground != ground {
        put(
            o,
            format_args!(
                "<rect x=\"{x:.2}\" y=\"{top:.1}\" width=\"{:.2}\" height=\"{:.1}\" fill=\"{}\"/>\n",
                width + 0.3,
                H + 0.3,
                hex(run.ground)
            ),
        );
    }
    if run.text.trim().is_empty() {
        return;
    }
    let opacity = if run.modifiers.contains(Modifier::DIM) { 0.6 } else { 1.0 };
    if run.lines {
        for (i, c) in run.text.chars().enumerate() {
            let left = x + f64::from(u32::try_from(i).unwrap_or(0)) * W;
            shape(o, c, left, top, &hex(run.ink), opacity);
        }
        return;
    }
    // Blanks at the ends would be squeezed by viewers that collapse them.
    let lead = run.text.chars().take_while(|c| *c == ' ').count();
    let text = run.text.trim();
    let x = x + f64::from(u32::try_from(lead).unwrap_or(0)) * W;
    let length = f64::from(u32::try_from(text.width()).unwrap_or(0)) * W;
    let mut style = String::new();
    if run.modifiers.contains(Modifier::BOLD) {
        style.push_str(" font-weight=\"bold\"");
    }
    if run.modifiers.contains(Modifier::ITALIC) {
        style.push_str(" font-style=\"italic\"");
    }
    if run.modifiers.contains(Modifier::UNDERLINED) {
        style.push_str(" text-decoration=\"underline\"");
    }
    if opacity < 1.0 {
        let _ = write!(style, " fill-opacity=\"{opacity}\"");
    }
    put(
        o,
        format_args!(
            "<text x=\"{x:.2}\" y=\"{:.1}\" textLength=\"{length:.2}\" lengthAdjust=\"spacingAndGlyphs\" \
         fill=\"{}\"{style}>{}</text>\n",
            top + 13.6,
            hex(run.ink),
            escape(text)
        ),
    );
}

/// Whether a character is drawn as a shape instead of text.
fn is_drawn(c: char) -> bool {
    matches!(c, '─' | '━' | '│' | '┃' | '┄' | '╭' | '╮' | '╰' | '╯' | '├' | '┤' | '┬' | '┴' | '┼' | '└' | '▁'..='█' | '▌' | '░'..='▓')
}

/// A box line or block element over its whole cell.
fn shape(o: &mut String, c: char, x: f64, y: f64, ink: &str, opacity: f64) {
    let (mx, my, r, b) = (x + W / 2.0, y + H / 2.0, x + W, y + H);
    let path = match c {
        '─' | '━' => format!("M{x:.2} {my:.1}H{r:.2}"),
        '│' | '┃' => format!("M{mx:.2} {y:.1}V{b:.1}"),
        '┄' => format!("M{:.2} {my:.1}h2M{:.2} {my:.1}h2", x + 1.0, x + 5.2),
        '╭' => format!("M{r:.2} {my:.1}Q{mx:.2} {my:.1} {mx:.2} {b:.1}"),
        '╮' => format!("M{x:.2} {my:.1}Q{mx:.2} {my:.1} {mx:.2} {b:.1}"),
        '╰' => format!("M{r:.2} {my:.1}Q{mx:.2} {my:.1} {mx:.2} {y:.1}"),
        '╯' => format!("M{x:.2} {my:.1}Q{mx:.2} {my:.1} {mx:.2} {y:.1}"),
        '├' => format!("M{mx:.2} {y:.1}V{b:.1}M{mx:.2} {my:.1}H{r:.2}"),
        '┤' => format!("M{mx:.2} {y:.1}V{b:.1}M{mx:.2} {my:.1}H{x:.2}"),
        '┬' => format!("M{x:.2} {my:.1}H{r:.2}M{mx:.2} {my:.1}V{b:.1}"),
        '┴' => format!("M{x:.2} {my:.1}H{r:.2}M{mx:.2} {my:.1}V{y:.1}"),
        '┼' => format!("M{x:.2} {my:.1}H{r:.2}M{mx:.2} {y:.1}V{b:.1}"),
        '└' => format!("M{mx:.2} {y:.1}V{my:.1}H{r:.2}"),
        _ => {
            block(o, c, x, y, ink, opacity);
            return;
        }
    };
    let thick = if matches!(c, '━' | '┃') { 2.6 } else { 1.2 };
    put(
        o,
        format_args!(
            "<path d=\"{path}\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"{thick}\" stroke-opacity=\"{opacity}\"/>\n"
        ),
    );
}

fn block(o: &mut String, c: char, x: f64, y: f64, ink: &str, opacity: f64) {
    let (width, part, shade) = match c {
        '░' => (W, 1.0, 0.25),
        '▒' => (W, 1.0, 0.4),
        '▓' => (W, 1.0, 0.7),
        '▌' => (W / 2.0, 1.0, 1.0),
        _ => (W, f64::from(u32::from(c).saturating_sub(0x2580)) / 8.0, 1.0),
    };
    let (height, wide) = (H * part, if c == '▌' { width } else { width + 0.2 });
    // Bars of a chart are a little lower than their row, so that neighbouring rows stay apart.
    let inset = if matches!(c, '░'..='▓') { 4.0 } else { 0.0 };
    put(
        o,
        format_args!(
            "<rect x=\"{x:.2}\" y=\"{:.1}\" width=\"{wide:.2}\" height=\"{:.1}\" fill=\"{ink}\" fill-opacity=\"{:.2}\"/>\n",
            y + H - height + inset,
            height - 2.0 * inset,
            shade * opacity
        ),
    );
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string can't fail.
    let _ = out.write_fmt(text);
}

fn hex((r, g, b): Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if crate::base::text::is_plain(c) => out.push(c),
            _ => out.push(' '),
        }
    }
    out
}

/// A colour's values; `None` for the terminal's own.
fn rgb(color: Color) -> Option<Rgb> {
    Some(match color {
        Color::Reset => return None,
        Color::Rgb(r, g, b) => (r, g, b),
        Color::Black => (0, 0, 0),
        Color::Red => (205, 49, 49),
        Color::Green => (13, 188, 121),
        Color::Yellow => (200, 160, 16),
        Color::Blue => (36, 114, 200),
        Color::Magenta => (188, 63, 188),
        Color::Cyan => (17, 168, 205),
        Color::Gray => (229, 229, 229),
        Color::DarkGray => (102, 102, 102),
        Color::LightRed => (241, 76, 76),
        Color::LightGreen => (35, 209, 139),
        Color::LightYellow => (245, 245, 67),
        Color::LightBlue => (59, 142, 234),
        Color::LightMagenta => (214, 112, 214),
        Color::LightCyan => (41, 184, 219),
        Color::White => (255, 255, 255),
        Color::Indexed(n @ 0..16) => return rgb(BASIC.get(usize::from(n)).copied()?),
        Color::Indexed(n @ 16..232) => {
            let step = |i: u8| if i == 0 { 0 } else { 55 + 40 * i };
            let n = n - 16;
            (step(n / 36), step(n / 6 % 6), step(n % 6))
        }
        Color::Indexed(n) => {
            let grey = 8 + 10 * (n - 232);
            (grey, grey, grey)
        }
    })
}

const BASIC: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];
