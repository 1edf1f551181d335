//! What stands above everything and takes the keys: help, palette, plan, signals, errors; and the prompt.

use regex::RegexBuilder;

use super::{acts, contexts, edit, input, jobs, logs, movement, screens, toasts};
use crate::{
    app::{
        Code, Effect, Key, Model,
        action::{ActionId, palette},
        input::typed as text_of,
        model::{Overlay, Panel, Prompt, PromptKind, Tab},
        plans, up,
    },
    work::{Consent, Means, Plan},
};

/// The most memory that a search may take when it is compiled, in bytes.
const LARGEST_SEARCH: usize = 1 << 20;

/// A key while something is open.
pub fn key(model: &mut Model, key: Key, out: &mut Vec<Effect>) {
    if key.code == Code::Esc || key == Key::ctrl('c') {
        model.ui.overlay = None;
        return;
    }
    match &mut model.ui.overlay {
        Some(Overlay::Help { scroll }) => {
            if closes(key, '?') {
                model.ui.overlay = None;
            } else {
                scrolled(scroll, key);
            }
        }
        Some(Overlay::Errors { scroll }) => {
            if closes(key, 'E') {
                model.ui.overlay = None;
            } else {
                scrolled(scroll, key);
            }
        }
        Some(Overlay::Signals { selected }) => match key.code {
            Code::Enter => {
                let signal = plans::SIGNALS.get(*selected).map(|(name, _)| *name);
                model.ui.overlay = None;
                if let Some(plan) = signal.and_then(|s| plans::signal(model, s)) {
                    acts::confirm(model, plan);
                }
            }
            Code::Char('q') => model.ui.overlay = None,
            _ => {
                scrolled(selected, key);
                *selected = (*selected).min(plans::SIGNALS.len() - 1);
            }
        },
        Some(Overlay::Contexts { known, selected }) => match key.code {
            Code::Enter => contexts::choose(model, out),
            _ if closes(key, 'C') => model.ui.overlay = None,
            _ => {
                scrolled(selected, key);
                *selected = (*selected).min(known.len().saturating_sub(1));
            }
        },
        Some(Overlay::Palette { .. }) => palette_key(model, key, out),
        Some(Overlay::Confirm { .. }) => confirm_key(model, key),
        None => {}
    }
}

/// Whether a key closes what the key `own` opened.
fn closes(key: Key, own: char) -> bool {
    matches!(key.code, Code::Char(c) if c == 'q' || c == own)
}

/// Scrolls by a key. The far end is kept by [`super::settle`], which knows how long the text is.
fn scrolled(at: &mut usize, key: Key) {
    *at = match key.code {
        Code::Up | Code::Char('k') => at.saturating_sub(1),
        Code::Down | Code::Char('j') => *at + 1,
        Code::PageUp => at.saturating_sub(10),
        Code::PageDown => *at + 10,
        Code::Home | Code::Char('g') => 0,
        Code::End | Code::Char('G') => usize::MAX / 2,
        Code::Char('u') if key.ctrl => at.saturating_sub(5),
        Code::Char('d') if key.ctrl => *at + 5,
        _ => *at,
    };
}

fn palette_key(model: &mut Model, key: Key, out: &mut Vec<Effect>) {
    let Some(Overlay::Palette { input, selected }) = &mut model.ui.overlay else { return };
    match key.code {
        Code::Up => *selected = selected.saturating_sub(1),
        Code::Char('p') if key.ctrl => *selected = selected.saturating_sub(1),
        Code::Down => *selected += 1,
        Code::Char('n') if key.ctrl => *selected += 1,
        Code::Enter => {
            let (text, at) = (text_of(input).to_owned(), *selected);
            model.ui.overlay = None;
            if let Some(action) = palette(model, &text).get(at) {
                input::run(model, action.id, None, out);
            }
            return;
        }
        _ => {
            edit::key(input, key);
            *selected = 0;
        }
    }
    let (text, at) = (text_of(input).to_owned(), *selected);
    let last = palette(model, &text).len().saturating_sub(1);
    if let Some(Overlay::Palette { selected, .. }) = &mut model.ui.overlay {
        *selected = at.min(last);
    }
}

fn confirm_key(model: &mut Model, key: Key) {
    let Some(Overlay::Confirm { plan, typed, scroll }) = &mut model.ui.overlay else { return };
    let types = plan.typed.is_some();
    match key.code {
        // What is listed already is a plan of its own; it doesn't change any more.
        Code::Char('w') if plan.pending && !plan.items.is_empty() => {
            plan.pending = false;
            plan.kept.push("images stay: the engine hasn't counted them".into());
        }
        Code::Enter => agree(model),
        Code::Char('y') if !types => agree(model),
        Code::Char('n' | 'q') if !types => model.ui.overlay = None,
        Code::Up | Code::Down | Code::PageUp | Code::PageDown => {
            scrolled(scroll, key);
            *scroll = (*scroll).min(plan.items.len().saturating_sub(1));
        }
        _ if types => edit::key(typed, key),
        _ => {
            scrolled(scroll, key);
            *scroll = (*scroll).min(plan.items.len().saturating_sub(1));
        }
    }
}

/// The user agrees to the plan that is shown: it is done, unless it is still being counted or its name wasn't
/// typed.
fn agree(model: &mut Model) {
    match model.ui.overlay.take() {
        Some(Overlay::Confirm { plan, typed, .. })
            if !plan.pending && plan.typed.as_deref().is_none_or(|wanted| wanted == text_of(&typed)) =>
        {
            if let Some(anew) = outdated(model, &plan) {
                toasts::say(model, "What runs has changed meanwhile: this is the plan now");
                acts::confirm(model, anew);
                return;
            }
            model.ui.marked.clear();
            jobs::begin(model, plan.agree(&Consent::given()));
        }
        other => model.ui.overlay = other,
    }
}

/// What a plan to bring services up reads like now, where that isn't what was agreed to.
fn outdated(model: &Model, plan: &Plan) -> Option<Plan> {
    let Means::Compose(services) = &plan.by else { return None };
    match up::of(model, services.clone()) {
        Ok(up::Course::Plan(now)) if now.items != plan.items => Some(now),
        _ => None,
    }
}

/// Disk usage is known now: a plan that waited for it is made anew, and from then on stays as it is.
pub fn usage_came(model: &mut Model) {
    if !matches!(&model.ui.overlay, Some(Overlay::Confirm { plan, .. }) if plan.pending) {
        return;
    }
    let made = plans::prune(model, false);
    if made.items.is_empty() {
        model.ui.overlay = None;
        toasts::say(model, "Nothing is left over");
    } else if let Some(Overlay::Confirm { plan, .. }) = &mut model.ui.overlay {
        **plan = made;
    }
}

/// Opens the line for a filter or a search.
pub fn open_prompt(model: &mut Model) {
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
pub fn prompt_key(model: &mut Model, key: Key) {
    let Some(prompt) = &mut model.ui.prompt else { return };
    let kind = prompt.kind;
    match key.code {
        Code::Esc => leave_prompt(model, kind),
        Code::Char('c') if key.ctrl => leave_prompt(model, kind),
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
            prompt_changed(model);
        }
    }
}

fn leave_prompt(model: &mut Model, kind: PromptKind) {
    model.ui.prompt = None;
    match kind {
        PromptKind::Filter => model.ui.filter.clear(),
        PromptKind::Search => logs::forget_search(model),
    }
}

/// What is typed takes effect at once.
pub fn prompt_changed(model: &mut Model) {
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
