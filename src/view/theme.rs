//! Themes: a colour for every role, read from `themes/*.toml` and adapted to what the terminal can show.
//!
//! A file has a `[palette]` of named colours and `[roles]`, each a short sentence: `ink`, `red bold`,
//! `ink on ground`, `default on default reverse`.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use super::role::Role;

/// The themes that are built in, by name; a row and a file make a new one.
pub const BUILT_IN: [(&str, &str); 2] =
    [("dark", include_str!("../../themes/dark.toml")), ("light", include_str!("../../themes/light.toml"))];

/// A colour for every role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Its name.
    pub name: String,
    styles: BTreeMap<Role, Style>,
}

/// What a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorDepth {
    /// Every colour.
    True,
    /// The 256 of xterm.
    Indexed,
    /// The 16 of the terminal's own palette.
    Basic,
    /// None: only bold, dim, underline and reverse.
    None,
}

/// Why a theme can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThemeError {
    /// There is none of this name.
    #[error("there is no theme {name:?}; there are {}", known.join(", "))]
    Unknown {
        /// The name asked for.
        name: String,
        /// Those there are.
        known: Vec<&'static str>,
    },
    /// Its file isn't TOML of the right form.
    #[error("theme {theme}: {message}")]
    Syntax {
        /// Which theme.
        theme: String,
        /// What is wrong.
        message: String,
    },
    /// It names a role that there isn't.
    #[error("theme {theme}: there is no role {role:?}")]
    UnknownRole {
        /// Which theme.
        theme: String,
        /// The name that isn't one.
        role: String,
    },
    /// It leaves roles without a colour.
    #[error("theme {theme}: no colour for {}", roles.join(", "))]
    Missing {
        /// Which theme.
        theme: String,
        /// The roles left out.
        roles: Vec<&'static str>,
    },
    /// A role's sentence has a word that is neither a colour nor a modifier.
    #[error("theme {theme}: role {role}: {word:?} is neither a colour of the palette, #rrggbb, nor a modifier")]
    Word {
        /// Which theme.
        theme: String,
        /// Which role.
        role: String,
        /// The word.
        word: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    palette: BTreeMap<String, String>,
    roles: BTreeMap<String, String>,
}

impl Theme {
    /// A built-in theme.
    pub fn named(name: &str) -> Result<Self, ThemeError> {
        let source = BUILT_IN.iter().find(|(known, _)| *known == name).ok_or_else(|| ThemeError::Unknown {
            name: name.to_owned(),
            known: BUILT_IN.iter().map(|(known, _)| *known).collect(),
        })?;
        Self::parse(name, source.1)
    }

    /// Reads a theme file.
    pub fn parse(name: &str, source: &str) -> Result<Self, ThemeError> {
        let theme = name.to_owned();
        let file: File =
            toml::from_str(source).map_err(|e| ThemeError::Syntax { theme: theme.clone(), message: e.to_string() })?;
        let mut styles = BTreeMap::new();
        for (role_name, sentence) in &file.roles {
            let role = Role::ALL.iter().copied().find(|r| r.name() == role_name);
            let role = role.ok_or_else(|| ThemeError::UnknownRole { theme: theme.clone(), role: role_name.clone() })?;
            let style = sentence_style(sentence, &file.palette).map_err(|word| ThemeError::Word {
                theme: theme.clone(),
                role: role_name.clone(),
                word,
            })?;
            styles.insert(role, style);
        }
        let missing = Role::ALL.iter().filter(|r| !styles.contains_key(r));
        let roles: Vec<&'static str> = missing.map(|r| r.name()).collect();
        if roles.is_empty() { Ok(Self { name: theme, styles }) } else { Err(ThemeError::Missing { theme, roles }) }
    }

    /// A role's style.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(&role).copied().unwrap_or_default()
    }

    /// The same theme in the colours that a terminal can show.
    #[must_use]
    pub fn adapted(&self, depth: ColorDepth) -> Self {
        let adapt = |(role, style): (&Role, &Style)| {
            let style = match depth {
                ColorDepth::True => *style,
                ColorDepth::Indexed => recolour(*style, indexed),
                ColorDepth::Basic => basic_style(*role, *style),
                ColorDepth::None => Style { add_modifier: style.add_modifier | role.mono(), ..Style::default() },
            };
            (*role, style)
        };
        Self { name: self.name.clone(), styles: self.styles.iter().map(adapt).collect() }
    }
}

/// Reads `ink on ground bold`. An error is the word that isn't understood.
fn sentence_style(sentence: &str, palette: &BTreeMap<String, String>) -> Result<Style, String> {
    let mut style = Style::default();
    let mut ground = false;
    for word in sentence.split_whitespace() {
        let modifier = match word {
            "on" => {
                ground = true;
                continue;
            }
            "bold" => Modifier::BOLD,
            "dim" => Modifier::DIM,
            "italic" => Modifier::ITALIC,
            "underline" => Modifier::UNDERLINED,
            "reverse" => Modifier::REVERSED,
            _ => {
                let hex = palette.get(word).map_or(word, String::as_str);
                let color = colour(hex).ok_or_else(|| word.to_owned())?;
                style = if ground { style.bg(color) } else { style.fg(color) };
                ground = false;
                continue;
            }
        };
        style = style.add_modifier(modifier);
    }
    Ok(style)
}

/// `#rrggbb`, or `default` for the terminal's own.
fn colour(text: &str) -> Option<Color> {
    if text == "default" {
        return Some(Color::Reset);
    }
    let digits = text.strip_prefix('#').filter(|d| d.len() == 6)?;
    let rgb = u32::from_str_radix(digits, 16).ok()?;
    let [_, r, g, b] = rgb.to_be_bytes();
    Some(Color::Rgb(r, g, b))
}

fn recolour(style: Style, with: impl Fn(u8, u8, u8) -> Color) -> Style {
    let map = |color: Option<Color>| match color {
        Some(Color::Rgb(r, g, b)) => Some(with(r, g, b)),
        other => other,
    };
    Style { fg: map(style.fg), bg: map(style.bg), ..style }
}

/// The terminal's own palette, on its own ground: ours would be far off there. Grounds become reverse.
fn basic_style(role: Role, style: Style) -> Style {
    let mut basic = recolour(style, basic);
    if basic.bg.is_some() && !matches!(role, Role::Text | Role::Overlay) {
        basic = basic.add_modifier(Modifier::REVERSED);
    }
    basic.bg = None;
    match role {
        Role::Text | Role::Strong | Role::Overlay | Role::Title => basic.fg = Some(Color::Reset),
        Role::Dim | Role::Faint | Role::Border | Role::Heading | Role::LogTime => basic.fg = Some(Color::DarkGray),
        _ => {}
    }
    basic
}

fn distance(a: (u8, u8, u8), b: (u8, u8, u8)) -> usize {
    let square = |x: u8, y: u8| usize::from(x.abs_diff(y)).pow(2);
    // The eye sees green best and blue worst.
    2 * square(a.0, b.0) + 4 * square(a.1, b.1) + square(a.2, b.2)
}

/// The nearest of xterm's colour cube and greys.
fn indexed(r: u8, g: u8, b: u8) -> Color {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let cube = (0..6_u8).flat_map(|i| (0..6_u8).flat_map(move |j| (0..6_u8).map(move |k| (i, j, k))));
    let step = |i: u8| STEPS.get(usize::from(i)).copied().unwrap_or(0);
    let cube = cube.map(|(i, j, k)| (16 + 36 * i + 6 * j + k, (step(i), step(j), step(k))));
    let greys = (0..24_u8).map(|i| (232 + i, (8 + 10 * i, 8 + 10 * i, 8 + 10 * i)));
    let nearest = cube.chain(greys).min_by_key(|(_, rgb)| distance(*rgb, (r, g, b)));
    Color::Indexed(nearest.map_or(7, |(index, _)| index))
}

/// The one of the sixteen with the nearest hue: hue tells more than brightness where there are so few. A grey
/// only stands for a grey.
fn basic(r: u8, g: u8, b: u8) -> Color {
    let [r, g, b] = [r, g, b].map(i16::from);
    let (low, high) = (r.min(g).min(b), r.max(g).max(b));
    let range = high - low;
    if range < 24 {
        return if high < 150 { Color::DarkGray } else { Color::Reset };
    }
    let degrees = if high == r {
        (60 * (g - b) / range).rem_euclid(360)
    } else if high == g {
        120 + 60 * (b - r) / range
    } else {
        240 + 60 * (r - g) / range
    };
    let (plain, light) = match degrees {
        30..90 => (Color::Yellow, Color::LightYellow),
        90..165 => (Color::Green, Color::LightGreen),
        165..200 => (Color::Cyan, Color::LightCyan),
        200..255 => (Color::Blue, Color::LightBlue),
        255..330 => (Color::Magenta, Color::LightMagenta),
        _ => (Color::Red, Color::LightRed),
    };
    if high >= 200 { light } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_themes_resolve_every_role() {
        for (name, _) in BUILT_IN {
            let theme = Theme::named(name).unwrap();
            assert_eq!(theme.styles.len(), Role::ALL.len());
            assert!(theme.style(Role::Text).bg.is_some(), "{name} has a ground");
        }
    }

    #[test]
    fn severities_keep_apart_at_every_depth() {
        for (name, _) in BUILT_IN {
            for depth in [ColorDepth::True, ColorDepth::Indexed, ColorDepth::Basic] {
                let theme = Theme::named(name).unwrap().adapted(depth);
                let of = |role| theme.style(role).fg;
                let roles = [Role::Good, Role::Busy, Role::Error, Role::Dim];
                for (i, a) in roles.iter().enumerate() {
                    for b in &roles[i + 1..] {
                        assert_ne!(of(*a), of(*b), "{name} {depth:?} {a:?} {b:?}");
                    }
                }
                for role in [Role::Exited, Role::Failed, Role::Unhealthy] {
                    assert_eq!(of(role), of(Role::Error), "{name}: trouble has one colour");
                    assert_ne!(of(role), of(Role::Healthy));
                }
            }
        }
    }

    #[test]
    fn without_colours_no_colour_is_left() {
        for (name, _) in BUILT_IN {
            let theme = Theme::named(name).unwrap().adapted(ColorDepth::None);
            for role in Role::ALL {
                let style = theme.style(*role);
                assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
            }
            assert!(theme.style(Role::Selection).add_modifier.contains(Modifier::REVERSED));
        }
    }

    #[test]
    fn text_is_readable_on_its_ground() {
        for (name, _) in BUILT_IN {
            let theme = Theme::named(name).unwrap();
            let light = |color: Option<Color>| match color {
                Some(Color::Rgb(r, g, b)) => {
                    let part = |c: u8| (f64::from(c) / 255.0).powf(2.2);
                    0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
                }
                _ => panic!("no colour"),
            };
            let ground = light(theme.style(Role::Text).bg);
            let contrast = |role| {
                let ink = light(theme.style(role).fg);
                (ink.max(ground) + 0.05) / (ink.min(ground) + 0.05)
            };
            for role in [Role::Text, Role::Strong, Role::Accent, Role::Error, Role::Busy, Role::Healthy, Role::Dim] {
                assert!(contrast(role) >= 4.5, "{name} {role:?} {:.1}", contrast(role));
            }
            assert!(contrast(Role::Faint) >= 2.3, "{name} {:.1}", contrast(Role::Faint));
        }
    }

    #[test]
    fn what_is_wrong_with_a_theme_is_named() {
        let (_, dark) = BUILT_IN[0];
        let message = |source: &str| Theme::parse("mine", source).unwrap_err().to_string();
        assert!(message(&dark.replace("\"state.healthy\"", "\"state.helthy\"")).contains("helthy"));
        assert!(message(&dark.replace("\"state.healthy\"", "# \"state.healthy\"")).contains("state.healthy"));
        assert!(message(&format!("{dark}\nnonsense")).contains("mine"));
        let all = BUILT_IN.map(|(name, _)| name).join(", ");
        let unknown = Theme::named("drak").unwrap_err().to_string();
        assert_eq!(unknown, format!("there is no theme \"drak\"; there are {all}"));
    }
}
