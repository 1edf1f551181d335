//! The inspector's Env and Labels tabs: names and their values, masked where they look secret.

use super::{Line, Subject, Tone};
use crate::{
    app::action::{ActionId, key_of},
    base::units,
};

impl Subject<'_> {
    pub(super) fn environment(&mut self) {
        let mut pairs: Vec<(String, Option<String>)> = match (self.container, self.declared) {
            (Some(container), _) if container.inspected => {
                let pair = |entry: &String| match entry.split_once('=') {
                    Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                    None => (entry.clone(), None),
                };
                container.env.iter().map(pair).collect()
            }
            (_, Some(service)) => service.environment.iter().map(|(n, v)| (n.clone(), v.clone())).collect(),
            _ => Vec::new(),
        };
        pairs.sort();
        if pairs.is_empty() {
            return self.words(Tone::Dim, "No variables.");
        }
        let mut hidden = 0;
        for (name, value) in pairs {
            let line = Line::of(Tone::Accent, &name).with(Tone::Faint, "=");
            self.lines.push(match value {
                None => line.with(Tone::Faint, "(from nowhere: no value)"),
                Some(value) => {
                    let shown = self.shown(&name, &value);
                    hidden += usize::from(shown != value);
                    line.with(Tone::Text, shown)
                }
            });
        }
        self.masked(hidden);
    }

    /// Says how many values are masked, and which key shows them.
    pub(super) fn masked(&mut self, hidden: usize) {
        if hidden > 0 {
            let words = format!("{} masked; ", units::count(hidden, "value"));
            let line = Line::of(Tone::Dim, words).with(Tone::Key, key_of(ActionId::Reveal));
            self.lines.extend([Line::default(), line.with(Tone::Dim, " shows")]);
        }
    }

    pub(super) fn labels(&mut self) {
        let of_container = self.container.map(|c| &c.labels).filter(|labels| !labels.is_empty());
        let labels: Vec<(&String, &String)> = match (of_container, self.declared) {
            (Some(labels), _) => labels.iter().collect(),
            (None, Some(service)) => service.labels.iter().collect(),
            (None, None) => Vec::new(),
        };
        if labels.is_empty() {
            return self.words(Tone::Dim, "No labels.");
        }
        for (name, value) in labels {
            let line = Line::of(Tone::Accent, name).with(Tone::Faint, "=");
            self.lines.push(line.with(Tone::Text, self.shown(name, value)));
        }
    }
}
