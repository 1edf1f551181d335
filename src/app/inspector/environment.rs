//! The inspector's Env and Labels tabs: names and their values, masked where they look secret, and beside variables
//! where they come from.

use crate::{
    app::{
        action::{ActionId, key_of},
        inspector::{Line, Subject, Tone},
    },
    base::{
        text::{clean, width},
        units,
    },
    stack::{Answer, ImageFacts, Question},
};

impl<'a> Subject<'a> {
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
        let (origins, drifted) = (self.origins(), self.drifted_variables());
        let image = self.image();
        let mut hidden = 0;
        for (name, value) in pairs {
            let line = Line::of(Tone::Accent, &name).with(Tone::Faint, "=");
            let line = match &value {
                None => line.with(Tone::Faint, "(from nowhere: no value)"),
                Some(value) => {
                    let shown = self.shown(&name, value);
                    hidden += usize::from(shown != *value);
                    line.with(Tone::Text, shown)
                }
            };
            let entry = format!("{name}={}", value.unwrap_or_default());
            let line = match (drifted.get(name.as_str()), origins.get(name.as_str())) {
                (Some(_), _) => {
                    self.aside(line, Tone::Warning, &format!("{} differs from the files", self.glyphs.drifted()))
                }
                (None, Some(origin)) => self.aside(line, Tone::Dim, origin),
                (None, None) if image.is_some_and(|image| image.env.contains(&entry)) => {
                    self.aside(line, Tone::Dim, "image")
                }
                (None, None) => line,
            };
            self.lines.push(line);
        }
        self.masked(hidden);
    }

    /// What is known of the container's image.
    fn image(&self) -> Option<&'a ImageFacts> {
        let question = Question::Image(self.container?.image_id.to_string());
        match &self.model.stack().answers.get(&question)?.answer {
            Answer::Image(Some(facts)) => Some(facts),
            _ => None,
        }
    }

    /// A line with a remark at its right, where there is room for it.
    fn aside(&self, line: Line, tone: Tone, words: &str) -> Line {
        let (left, right) = (line.width(), width(&clean(words)));
        match self.width.checked_sub(left + right) {
            Some(gap @ 2..) => line.with(Tone::Text, " ".repeat(gap)).with(tone, words),
            _ => line,
        }
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
