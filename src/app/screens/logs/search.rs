//! The search as it is typed: an expression, or what is wrong with it.

use regex::RegexBuilder;

use crate::app::Model;

/// The most memory that a search may take when it is compiled, in bytes.
const LARGEST: usize = 1 << 20;

/// Takes what is typed so far. What isn't an expression leaves the search as it was.
pub(super) fn typed(model: &mut Model, text: &str) -> Result<(), String> {
    let search = &mut model.ui.screens.logs.search;
    if text.is_empty() {
        *search = None;
        return Ok(());
    }
    // Capitals are only told apart where some are typed.
    let insensitive = !text.chars().any(char::is_uppercase);
    let made = RegexBuilder::new(text).case_insensitive(insensitive).size_limit(LARGEST).build();
    *search = Some(made.map_err(|error| problem(&error))?);
    Ok(())
}

/// The last line of the library's message, which says what is wrong; the others repeat the pattern.
fn problem(error: &regex::Error) -> String {
    let words = error.to_string();
    words.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}
