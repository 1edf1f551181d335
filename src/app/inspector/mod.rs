//! The inspector: all of the selected service or container, in tabs, as lines. How many there are decides how far
//! can be scrolled, so the movement and the drawing ask here.

mod environment;
pub mod health;
mod line;
mod networks;
mod overview;
pub mod panel;
mod raw;
mod sources;
mod storage;

use std::borrow::Cow;

use crate::{
    app::{
        Model,
        layout::layout,
        model::{Inspect, Panel},
        targets,
    },
    base::{
        secrets::{masked, masked_command},
        text::{clean, pad, wrap},
    },
    compose::{Project, Service},
    stack::{Container, ServiceStatus},
    view::glyphs::Glyphs,
};

pub use line::{Line, Tone};

/// The columns of a name before its value.
const NAMES: usize = 11;

/// The lines of the chosen tab for what is selected, in an inspector of this width, its borders included; none
/// where nothing is selected.
pub fn lines(model: &Model, panel: u16) -> Vec<Line> {
    let Some(mut subject) = Subject::new(model, usize::from(panel).saturating_sub(4)) else { return Vec::new() };
    match model.ui.inspect {
        Inspect::Overview => subject.overview(),
        Inspect::Health => subject.health(),
        Inspect::Environment => subject.environment(),
        Inspect::Sources => subject.sources(),
        Inspect::Mounts => subject.mounts(),
        Inspect::Networks => subject.networks(),
        Inspect::Secrets => subject.secrets(),
        Inspect::Labels => subject.labels(),
        Inspect::Raw => subject.raw(),
    }
    subject.lines
}

/// The first line that can be at the top: the last one is at the bottom then.
pub fn furthest(model: &Model) -> usize {
    let Some(area) = layout(model).panel(Panel::Inspector) else { return 0 };
    lines(model, area.width).len().saturating_sub(room(area.height))
}

/// How many lines fit into an inspector of this height, under its tabs.
pub fn room(panel: u16) -> usize {
    usize::from(panel).saturating_sub(3)
}

/// What is inspected, and its lines so far.
struct Subject<'a> {
    model: &'a Model,
    glyphs: Glyphs,
    container: Option<&'a Container>,
    status: Option<&'a ServiceStatus>,
    project: Option<&'a Project>,
    declared: Option<&'a Service>,
    width: usize,
    lines: Vec<Line>,
}

impl<'a> Subject<'a> {
    fn new(model: &'a Model, width: usize) -> Option<Self> {
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
    fn pair(&mut self, name: &str, tone: Tone, value: &str) {
        let room = self.width.saturating_sub(NAMES).max(8);
        for (i, piece) in wrap(&clean(value), room).into_iter().enumerate() {
            let name = pad(if i == 0 { name } else { "" }, NAMES);
            self.lines.push(Line::of(Tone::Dim, name).with(tone, piece));
        }
    }

    fn heading(&mut self, words: &str) {
        if !self.lines.is_empty() {
            self.lines.push(Line::default());
        }
        self.lines.push(Line::of(Tone::Heading, words));
    }

    /// A sentence, wrapped.
    fn words(&mut self, tone: Tone, words: &str) {
        self.lines.extend(wrap(&clean(words), self.width).into_iter().map(|piece| Line::of(tone, piece)));
    }

    /// A value as it may be shown now.
    fn shown<'v>(&self, name: &str, value: &'v str) -> Cow<'v, str> {
        if self.model.ui.reveal { value.into() } else { masked(name, value, self.model.settings.ascii) }
    }

    /// A command line as it may be shown now.
    fn shown_command(&self, words: &[String]) -> String {
        let command = words.join(" ");
        if self.model.ui.reveal { command } else { masked_command(&command, self.model.settings.ascii) }
    }
}
