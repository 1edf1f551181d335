//! What is inspected, and the lines that a tab makes of it.

use std::borrow::Cow;

use crate::{
    app::{
        Model,
        action::{ActionId, key_of},
        targets,
    },
    base::{
        text::{clean, pad, wrap_revealed},
        units,
    },
    compose::{Project, Service},
    stack::{Container, ServiceStatus},
    view::{glyphs::Glyphs, role::Role, screen::Line},
};

/// The columns of a name before its value.
const NAMES: usize = 11;

/// What is inspected, and its lines so far.
pub struct Inspected<'a> {
    pub(super) model: &'a Model,
    pub(super) glyphs: Glyphs,
    pub(super) container: Option<&'a Container>,
    pub(super) status: Option<&'a ServiceStatus>,
    pub(super) project: Option<&'a Project>,
    pub(super) declared: Option<&'a Service>,
    pub(super) width: usize,
    pub(super) lines: Vec<Line>,
}

impl<'a> Inspected<'a> {
    pub(super) fn new(model: &'a Model, width: usize) -> Option<Self> {
        let pick = model.ui.selected.as_ref()?;
        let project = model.stack().declared.as_deref();
        let service = targets::service(model, pick);
        Some(Self {
            model,
            glyphs: Glyphs { ascii: model.settings.ascii },
            container: targets::selected_container(model),
            status: targets::status(model, pick),
            project,
            declared: service.and_then(|name| project?.services.get(&name)),
            width,
            lines: Vec::new(),
        })
    }

    /// A line of a name and its value; longer values are wrapped under themselves.
    pub(super) fn pair(&mut self, name: &str, role: Role, value: &str) {
        let room = self.width.saturating_sub(NAMES).max(8);
        let value = self.shown("", value).into_owned();
        for (i, piece) in wrap_revealed(&clean(&value), room).into_iter().enumerate() {
            let name = pad(if i == 0 { name } else { "" }, NAMES);
            self.lines.push(Line::of(Role::Dim, name).with(role, piece));
        }
    }

    pub(super) fn heading(&mut self, words: &str) {
        if !self.lines.is_empty() {
            self.lines.push(Line::new());
        }
        self.lines.push(Line::of(Role::Heading, words));
    }

    /// A sentence, wrapped.
    pub(super) fn words(&mut self, role: Role, words: &str) {
        let words = self.shown("", words).into_owned();
        self.lines.extend(wrap_revealed(&clean(&words), self.width).into_iter().map(|piece| Line::of(role, piece)));
    }

    /// A value as it may be shown now.
    pub(super) fn shown<'v>(&self, name: &str, value: &'v str) -> Cow<'v, str> {
        if self.model.ui.reveal { value.into() } else { self.model.masker().value(name, value) }
    }

    /// A command line as it may be shown now.
    pub(super) fn shown_command(&self, words: &[String]) -> String {
        let command = words.join(" ");
        if self.model.ui.reveal { command } else { self.model.masker().text(&command).into_owned() }
    }

    /// What belongs to the line above.
    pub(super) fn under(&mut self, text: &str) {
        self.lines.push(Line::of(Role::Faint, format!("{} ", self.glyphs.under())).with(Role::Text, text));
    }

    /// Says how many values are masked, and which key shows them.
    pub(super) fn masked(&mut self, hidden: usize) {
        if hidden > 0 {
            let words = format!("{} masked; ", units::count(hidden, "value"));
            let line = Line::of(Role::Dim, words).with(Role::Key, key_of(ActionId::Reveal));
            self.lines.extend([Line::new(), line.with(Role::Dim, " shows")]);
        }
    }
}
