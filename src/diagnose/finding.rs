//! What a rule finds: what is wrong, by what it shows, why it is so, and what to do.

use crate::{
    base::{
        id::ServiceName,
        secrets,
        shell::ShellLine,
        text::{self, clean},
    },
    compose::Place,
};

/// The longest evidence that is quoted, in columns.
const LONGEST: usize = 400;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something doesn't work, or can't.
    Error,
    /// Something works, but not as meant; or soon won't.
    Warning,
    /// It could be better.
    Hint,
}

impl Severity {
    /// The one word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Hint => "hint",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Whom it is about; `None` for the project or the host.
    pub service: Option<ServiceName>,
    /// Whom it is about where it is about several.
    pub among: Vec<ServiceName>,
    /// Which it is of those that its rule found on the service, from 0.
    pub nth: usize,
    /// One line.
    pub summary: String,
    /// What shows it, the most telling first.
    pub evidence: Vec<Evidence>,
    /// Why it is so, in two sentences.
    pub explanation: String,
    /// What to do.
    pub fix: Fix,
    /// Of what it is a consequence.
    pub caused_by: Option<Cause>,
    /// The service whose trouble this follows from, as the rule sees it.
    pub(super) due_to: Option<ServiceName>,
    /// Services whose symptoms this one explains: they can't do without what is wrong here.
    pub(super) breaks: Vec<ServiceName>,
    /// Rules whose findings on the same service this one explains, beyond what ranks tell.
    pub(super) explains: Vec<&'static str>,
}

/// What shows that it is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What kind of thing says it.
    pub kind: Kind,
    /// Its very words.
    pub text: String,
    /// Where they stand: a container's name, a field, `file:line:column`.
    pub source: String,
}

/// What kind of thing says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "named as in the JSON")]
pub enum Kind {
    Log,
    Probe,
    State,
    Event,
    File,
    Host,
}

impl Kind {
    /// The one word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Probe => "probe",
            Self::State => "state",
            Self::Event => "event",
            Self::File => "file",
            Self::Host => "host",
        }
    }
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fix {
    /// In words.
    pub text: String,
    /// As something to paste into a shell, where there is such a thing.
    pub command: Option<ShellLine>,
    /// As a piece of a compose file, where there is such a thing.
    pub yaml: Option<String>,
}

/// Another finding that this one follows from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// Its rule.
    pub rule: &'static str,
    /// Its service.
    pub service: Option<ServiceName>,
    /// Which it is of those that the rule found on the service, from 0.
    pub nth: usize,
}

impl Fix {
    /// What there is to copy.
    pub fn copied(&self) -> Option<String> {
        self.command.as_ref().and_then(ShellLine::offered).or_else(|| self.yaml.clone())
    }
}

impl Finding {
    /// What identifies it from one diagnosis to the next.
    pub fn identity(&self) -> Cause {
        Cause { rule: self.rule, service: self.service.clone(), nth: self.nth }
    }

    /// Whether it is about a service, alone or among others.
    pub fn is_about(&self, service: &ServiceName) -> bool {
        self.service.as_ref() == Some(service) || self.among.contains(service)
    }

    /// Whether it is the one that is meant.
    pub fn is(&self, meant: &Cause) -> bool {
        self.rule == meant.rule && self.service == meant.service && self.nth == meant.nth
    }

    /// Something doesn't work. The summary is one line, and begins with the service's name where it has one.
    pub fn error(rule: &'static str, service: Option<&ServiceName>, summary: impl AsRef<str>) -> Self {
        Self {
            rule,
            severity: Severity::Error,
            service: service.cloned(),
            among: Vec::new(),
            nth: 0,
            summary: line(summary.as_ref()),
            evidence: Vec::new(),
            explanation: String::new(),
            fix: Fix::default(),
            caused_by: None,
            due_to: None,
            breaks: Vec::new(),
            explains: Vec::new(),
        }
    }

    /// Something works, but not as meant.
    pub fn warning(rule: &'static str, service: Option<&ServiceName>, summary: impl AsRef<str>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(rule, service, summary) }
    }

    /// It could be better.
    pub fn hint(rule: &'static str, service: Option<&ServiceName>, summary: impl AsRef<str>) -> Self {
        Self { severity: Severity::Hint, ..Self::error(rule, service, summary) }
    }

    /// Why it is so: two sentences.
    #[must_use]
    pub fn why(mut self, explanation: impl AsRef<str>) -> Self {
        self.explanation = line(explanation.as_ref());
        self
    }

    /// What shows it.
    #[must_use]
    pub fn shown(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        for one in evidence {
            if !one.text.is_empty() && !self.evidence.iter().any(|held| held.text == one.text) {
                self.evidence.push(one);
            }
        }
        self
    }

    /// What shows it before all that it has.
    #[must_use]
    pub fn led_by(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        let held = std::mem::take(&mut self.evidence);
        self.shown(evidence).shown(held)
    }

    /// What to do, in words.
    #[must_use]
    pub fn fix(mut self, text: impl AsRef<str>) -> Self {
        self.fix.text = line(text.as_ref());
        self
    }

    /// What to do, as something to paste into a shell. One that can't be offered leaves its reason in the words, which
    /// come before it.
    #[must_use]
    pub fn command(mut self, command: ShellLine) -> Self {
        if let Some(why) = command.refusal() {
            self.fix.text = line(&format!("{} (no command to paste: {why})", self.fix.text));
        }
        self.fix.command = Some(command).filter(|command| command.offered().is_some());
        self
    }

    /// What to do, as a piece of a compose file.
    #[must_use]
    pub fn yaml(mut self, yaml: impl AsRef<str>) -> Self {
        self.fix.yaml = Some(secrets::masked_text(&clean(yaml.as_ref()), true).into_owned());
        self
    }

    /// It is about these services together.
    #[must_use]
    pub fn among<'s>(mut self, services: impl IntoIterator<Item = &'s ServiceName>) -> Self {
        self.among = services.into_iter().cloned().collect();
        self
    }

    /// It follows from another service's trouble, if that has any.
    #[must_use]
    pub fn due_to(mut self, service: &ServiceName) -> Self {
        self.due_to = Some(service.clone());
        self
    }

    /// What is seen of another service's trouble (it ends, its probe fails) follows from this.
    #[must_use]
    pub fn breaks(mut self, service: &ServiceName) -> Self {
        self.breaks.push(service.clone());
        self
    }

    /// It explains what these rules find on the same service. Findings of rank [`Symptom`](super::Rank::Symptom)
    /// need no mention where this one is an error.
    #[must_use]
    pub fn explains(mut self, rules: &[&'static str]) -> Self {
        self.explains.extend_from_slice(rules);
        self
    }
}

impl Evidence {
    /// Something said, made plain, with secrets masked.
    pub fn new(kind: Kind, text: impl AsRef<str>, source: impl AsRef<str>) -> Self {
        Self { kind, text: line(text.as_ref()), source: line(source.as_ref()) }
    }

    /// A line of the compose files.
    pub fn file(text: impl AsRef<str>, place: Option<&Place>) -> Self {
        Self::new(Kind::File, text, place.map_or_else(|| "the compose files".into(), ToString::to_string))
    }

    /// A field of an inspection: `State.ExitCode` is `1`.
    pub fn state(field: &str, value: impl AsRef<str>, container: &str) -> Self {
        Self::new(Kind::State, value, format!("{field} of {container}"))
    }
}

/// Outside text as one clean line without blanks at its ends, its secrets masked; not longer than is read.
fn line(raw: &str) -> String {
    let mut plain = String::new();
    for word in clean(raw).split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.push_str(word);
        if plain.len() > 4 * LONGEST {
            break;
        }
    }
    text::fit(&secrets::masked_text(&plain, true), LONGEST).into_owned()
}
