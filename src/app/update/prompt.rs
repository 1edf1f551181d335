//! The line that is typed in the footer: a filter or a search, as the screen's row says.

use super::movement;
use crate::app::{
    Code, Key, Model,
    action::ActionId,
    edit,
    input::typed,
    model::{Prompt, Tab},
    places,
};

/// Opens the line: the present screen's own, or the first screen's.
pub fn open(model: &mut Model) {
    if model.ui.tab.row().prompt.is_none() {
        places::show(model, Tab::HOME);
    }
    let of = model.ui.tab;
    let Some(row) = &of.row().prompt else { return };
    model.ui.focus = of.row().first();
    let text = (row.text)(model);
    model.ui.prompt = Some(Prompt { of, input: edit::line(&text), error: None });
}

/// A key while it is typed.
pub fn key(model: &mut Model, key: Key) {
    let Some(prompt) = &mut model.ui.prompt else { return };
    let Some(row) = &prompt.of.row().prompt else { return };
    match key.code {
        Code::Char('c') if key.ctrl => leave(model),
        Code::Esc => leave(model),
        Code::Enter if prompt.error.is_some() => {}
        Code::Enter => {
            model.ui.prompt = None;
            (row.done)(model);
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

fn leave(model: &mut Model) {
    let prompt = model.ui.prompt.take();
    if let Some(row) = prompt.and_then(|prompt| prompt.of.row().prompt.as_ref()) {
        (row.left)(model);
    }
}

/// Pasted text.
pub fn paste(model: &mut Model, text: &str) {
    let Some(prompt) = &mut model.ui.prompt else { return };
    edit::paste(&mut prompt.input, text);
    changed(model);
}

/// What is typed takes effect at once.
fn changed(model: &mut Model) {
    let Some(prompt) = &model.ui.prompt else { return };
    let Some(row) = &prompt.of.row().prompt else { return };
    let text = typed(&prompt.input).to_owned();
    let error = (row.typed)(model, &text).err();
    if let Some(prompt) = &mut model.ui.prompt {
        prompt.error = error;
    }
}
