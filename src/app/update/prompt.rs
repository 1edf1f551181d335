//! The line that is typed in the footer: a filter, or a search. What is typed takes effect at once.

use regex::RegexBuilder;

use super::{logs, movement, screens};
use crate::app::{
    Code, Key, Model,
    action::ActionId,
    edit,
    input::typed as text_of,
    model::{Panel, Prompt, PromptKind, Tab},
};

/// The most memory that a search may take when it is compiled, in bytes.
const LARGEST_SEARCH: usize = 1 << 20;

/// Opens the line for a filter or a search.
pub fn open(model: &mut Model) {
    let (kind, text) = if model.ui.tab == Tab::Logs {
        (PromptKind::Search, model.ui.logs.search.as_ref().map_or_else(String::new, |s| s.as_str().to_owned()))
    } else {
        screens::show(model, Tab::Stack);
        model.ui.focus = Panel::Services;
        (PromptKind::Filter, model.ui.filter.clone())
    };
    model.ui.prompt = Some(Prompt { kind, input: edit::line(&text), error: None });
}

/// A key while a line is typed in the footer.
pub fn key(model: &mut Model, key: Key) {
    let Some(prompt) = &mut model.ui.prompt else { return };
    let kind = prompt.kind;
    match key.code {
        Code::Esc => leave(model, kind),
        Code::Char('c') if key.ctrl => leave(model, kind),
        Code::Enter if prompt.error.is_some() => {}
        Code::Enter => {
            model.ui.prompt = None;
            if kind == PromptKind::Search {
                logs::find_last(model);
            }
        }
        // The rows that are left can be looked through while typing.
        Code::Up => movement::run(model, ActionId::Up),
        Code::Down => movement::run(model, ActionId::Down),
        _ => {
            edit::key(&mut prompt.input, key);
            changed(model);
        }
    }
}

fn leave(model: &mut Model, kind: PromptKind) {
    model.ui.prompt = None;
    match kind {
        PromptKind::Filter => model.ui.filter.clear(),
        PromptKind::Search => logs::forget_search(model),
    }
}

/// Pasted text.
pub fn paste(model: &mut Model, text: &str) {
    let Some(prompt) = &mut model.ui.prompt else { return };
    edit::paste(&mut prompt.input, text);
    changed(model);
}

/// What is typed takes effect.
fn changed(model: &mut Model) {
    let Some(prompt) = &mut model.ui.prompt else { return };
    let text = text_of(&prompt.input).to_owned();
    match prompt.kind {
        PromptKind::Filter => model.ui.filter = text,
        PromptKind::Search if text.is_empty() => {
            prompt.error = None;
            model.ui.logs.search = None;
        }
        PromptKind::Search => {
            // Capitals are only told apart where some are typed.
            let insensitive = !text.chars().any(char::is_uppercase);
            match RegexBuilder::new(&text).case_insensitive(insensitive).size_limit(LARGEST_SEARCH).build() {
                Ok(search) => {
                    prompt.error = None;
                    model.ui.logs.search = Some(search);
                }
                Err(error) => prompt.error = Some(regex_error(&error)),
            }
        }
    }
}

/// The last line of the library's message, which says what is wrong; the others repeat the pattern.
fn regex_error(error: &regex::Error) -> String {
    let words = error.to_string();
    words.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}
