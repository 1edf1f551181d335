//! Keys, clicks and news for what stands above everything, and what its answers come to.

use ratatui::layout::Position;

use super::{action, contexts, jobs, leaving, toasts};
use crate::app::{
    Code, Effect, Key, Model,
    overlays::{
        floating::{Answer, Floating},
        open::{Confirm, Overlay},
    },
};

/// A key while something is open.
pub fn key(model: &mut Model, key: Key, out: &mut Vec<Effect>) {
    if key.code == Code::Esc || key == Key::ctrl('c') {
        if let Some(Overlay::Leave(_)) = model.ui.overlay.take() {
            leaving::closed(model);
        }
        return;
    }
    ask(model, out, |open, model| open.key(model, key));
}

/// A key that is held down while something is open.
pub fn repeat(model: &mut Model, key: Key, out: &mut Vec<Effect>) {
    ask(model, out, |open, model| open.repeat(model, key));
}

/// What is open was drawn.
pub fn see(model: &mut Model) {
    let now = model.now;
    if let Some(open) = &mut model.ui.overlay {
        open.floating_mut().see(now);
    }
}

/// The compose files were read once more, as was asked under this number; or why not.
pub fn reread(model: &mut Model, number: u32, read: &Result<(), String>, out: &mut Vec<Effect>) {
    ask(model, out, |open, model| open.reread(model, number, read));
}

/// Pasted text.
pub fn paste(model: &mut Model, text: &str, out: &mut Vec<Effect>) {
    ask(model, out, |open, _| {
        open.paste(text);
        Answer::Stay
    });
}

/// A click. It agrees to nothing, whatever is open.
pub fn press(model: &mut Model, at: Position, out: &mut Vec<Effect>) {
    ask(model, out, |open, model| match open.press(model, at) {
        Answer::Begin(_) => Answer::Stay,
        answer => answer,
    });
}

/// A turn of the wheel.
pub fn wheel(model: &mut Model, down: bool, out: &mut Vec<Effect>) {
    ask(model, out, |open, model| open.wheel(model, down));
}

/// Disk usage was measured.
pub fn measured(model: &mut Model, out: &mut Vec<Effect>) {
    ask(model, out, |open, model| open.measured(model));
}

/// After each message: nothing is scrolled past its end.
pub fn settle(model: &mut Model) {
    if let Some(mut open) = model.ui.overlay.take() {
        open.floating_mut().settle(model);
        model.ui.overlay = Some(open);
    }
}

/// Asks what is open, and does what it answers.
fn ask(model: &mut Model, out: &mut Vec<Effect>, question: impl FnOnce(&mut dyn Floating, &Model) -> Answer) {
    let Some(mut open) = model.ui.overlay.take() else { return };
    match question(open.floating_mut(), model) {
        Answer::Stay => model.ui.overlay = Some(open),
        Answer::Refuse(words) => {
            model.ui.overlay = Some(open);
            toasts::failure(model, &words);
        }
        Answer::Close => {}
        Answer::Say(words) => toasts::say(model, &words),
        Answer::Run(id) => action::run(model, id, None, out),
        Answer::Fail(words) => toasts::failure(model, &words),
        Answer::Show(plan, news) => {
            model.ui.overlay = Some(Overlay::Confirm(Confirm { news, ..Confirm::new(plan, model.ui.pressed) }));
        }
        Answer::Reread(number) => {
            model.ui.overlay = Some(open);
            model.ui.files_request = number;
            out.push(Effect::Reread(number));
        }
        Answer::Begin(draft) => {
            model.ui.marked.clear();
            jobs::begin(model, draft);
        }
        Answer::LeaveNow => leaving::now(model, out),
        Answer::Switch(chosen) => contexts::switch(model, &chosen, out),
    }
}
