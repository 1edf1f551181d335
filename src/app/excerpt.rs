//! The line of a file that something is wrong in, with a caret under the place.

use crate::{
    app::scene::Scene,
    base::text::{clean, width},
    compose::Problem,
    view::{role::Role, screen::Line},
};

/// The line that a problem is on, and the caret under its place; nothing where there is no line to show.
pub fn excerpt(scene: &Scene<'_>, problem: &Problem, role: Role, indent: usize) -> Vec<Line> {
    let (Some(place), Some(excerpt)) = (&problem.place, &problem.excerpt) else { return Vec::new() };
    let number = place.line.to_string();
    let bar = scene.glyphs.line(true, true, false, false);
    let gutter =
        |words: &str| Line::of(Role::Faint, format!("{:indent$}{words:>wide$} {bar} ", "", wide = number.len()));
    // The excerpt's tabs become one blank each when it is drawn, so the caret counts characters.
    let before: String = excerpt.chars().take(problem.caret).collect();
    let caret = format!("{}{}", " ".repeat(width(&clean(&before))), scene.glyphs.caret());
    vec![gutter(&number).with(Role::Text, excerpt), gutter("").with(role, caret)]
}
