//! What the user does: keys go to what is on top, then to the action they stand for.

use super::{action::run, mouse, overlay, prompt, toasts};
use crate::app::{Code, Effect, Input, Key, Model, action::Danger, keys::for_key};

/// Takes one input.
pub fn take(model: &mut Model, input: Input, out: &mut Vec<Effect>) {
    if let Input::Key(key) | Input::Repeat(key) = input {
        model.ui.pressed = Some(key);
    }
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
        Input::Repeat(key) if model.ui.overlay.is_some() => overlay::repeat(model, key, out),
        // One press does it once, however long it is held.
        Input::Repeat(key)
            if for_key(model, key).is_some_and(|a| a.danger != Danger::None) && model.ui.prompt.is_none() => {}
        Input::Repeat(key) => take(model, Input::Key(key), out),
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
