//! What the user does: keys go to what is on top, then to the action they stand for.

use super::{action::run, mouse, overlay, prompt, toasts};
use crate::app::{Code, Effect, Input, Key, Model, keys::for_key};

/// Takes one input.
pub fn take(model: &mut Model, input: Input, out: &mut Vec<Effect>) {
    match input {
        Input::Resize(size) => model.size = size,
        Input::Mouse(event) => mouse::take(model, event, out),
        Input::Paste(text) if model.ui.overlay.is_some() => overlay::paste(model, &text, out),
        Input::Paste(text) => prompt::paste(model, &text),
        // Whatever is open: these are about the terminal and the picture as it is.
        Input::Key(key) if ['z', 'l', 's'].map(Key::ctrl).contains(&key) => {
            let action = for_key(model, key).map(|a| a.id);
            action.into_iter().for_each(|id| run(model, id, None, out));
        }
        Input::Key(key) if model.ui.overlay.is_some() => overlay::key(model, key, out),
        Input::Key(key) if model.ui.prompt.is_some() => prompt::key(model, key),
        Input::Key(key) => match for_key(model, key) {
            Some(action) => run(model, action.id, digit(key), out),
            None => {
                if let Some(digit @ '1'..='9') = digit(key) {
                    toasts::say(model, &format!("There is no screen {digit} yet"));
                }
            }
        },
    }
}

fn digit(key: Key) -> Option<char> {
    match key.code {
        Code::Char(c) if c.is_ascii_digit() && !key.ctrl => Some(c),
        _ => None,
    }
}
