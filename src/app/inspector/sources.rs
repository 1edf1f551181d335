//! The inspector's Sources tab: where the selected service's values come from. First what its variables are, who set
//! them and how far they get; then the line that set each key, and what it overrode.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    app::inspector::{inspected::Inspected, row::Row},
    base::{
        secrets::is_secret,
        text::{clean, pad, width, wrap_revealed},
    },
    compose::{
        Place,
        provenance::Setting,
        sources::{Given, Use},
    },
    stack::{Difference, Drift},
    view::{role::Role, screen::Line},
};

/// Its row.
pub const SOURCES: Row = Row::new("Sources", |it| it.sources());

/// The widest that a key is beside its place.
const KEY: usize = 32;

/// No shorter text is looked for as a secret within another.
const TELLING: usize = 4;

/// What must not be seen, as far as the whole project's files tell: what is a secret at one place is one everywhere.
#[derive(Default)]
struct Secrets<'a> {
    /// Variables.
    names: BTreeSet<&'a str>,
    /// Their values.
    values: BTreeSet<&'a str>,
}

/// A variable that the service's values use.
struct Variable<'a> {
    used: &'a Use,
    /// The variables of the container's environment that it gets into.
    reaches: Vec<&'a str>,
    /// The other keys that it fills in.
    fills: Vec<&'a str>,
    /// Whether it is passed on by its name alone, and isn't set.
    missing: bool,
}

impl<'a> Inspected<'a> {
    fn sources(&mut self) {
        if self.declared.is_none() {
            return self.words(Role::Dim, "No compose file declares this.");
        }
        let (settings, secrets) = (self.settings(), self.known_secrets());
        self.differences();
        self.variables(settings, &secrets);
        self.keys(settings, &secrets);
        if self.lines.is_empty() {
            return self.words(Role::Dim, "The files set nothing of it.");
        }
        let mask = self.model.masker().mask();
        self.masked(self.lines.iter().filter(|line| line.text().contains(mask)).count());
    }

    fn settings(&self) -> &'a [Setting] {
        let service = self.declared.map(|service| &service.name);
        self.project.zip(service).map_or(&[], |(project, name)| project.provenance.service(name))
    }

    /// Where the files set each variable of the container's environment: the line, and who filled it in.
    pub(super) fn origins(&self) -> BTreeMap<&'a str, String> {
        let back = self.glyphs.back();
        let origin = |setting: &'a Setting| {
            let at = place(&setting.place);
            let words = match setting.uses.as_slice() {
                [used] => format!("{at} {back} {}", giver(used)),
                _ => at,
            };
            Some((name_of(setting)?, words))
        };
        self.settings().iter().filter_map(origin).collect()
    }

    /// What the container's environment has otherwise than the files say, by the variables' names.
    pub(super) fn drifted_variables(&self) -> BTreeMap<&'a str, &'a Difference> {
        let drift = self.status.and_then(|status| self.model.overview.drift.get(&status.name));
        let Some(Drift::Drifted { differences, .. }) = drift else { return BTreeMap::new() };
        differences.iter().filter_map(|d| Some((d.key.strip_prefix("environment.")?, d))).collect()
    }

    fn known_secrets(&self) -> Secrets<'a> {
        let Some(project) = self.project else { return Secrets::default() };
        let settings = project.services.keys().flat_map(|name| project.provenance.service(name));
        let uses = settings.flat_map(|setting| &setting.uses).filter(|used| used.secret);
        let (names, values): (BTreeSet<_>, BTreeSet<_>) =
            uses.map(|used| (used.name.as_str(), used.value.as_str())).unzip();
        Secrets { names, values: values.into_iter().filter(|value| value.len() >= TELLING).collect() }
    }

    fn differences(&mut self) {
        let drifted = self.drifted_variables();
        if drifted.is_empty() {
            return;
        }
        self.heading("DIFFERS FROM THE FILES");
        let sign = self.glyphs.drifted();
        let (reveal, ascii) = (self.model.ui.reveal, self.model.settings.ascii);
        for (name, difference) in drifted {
            let old = difference.old_shown(reveal, ascii);
            let new = difference.new_shown(reveal, ascii);
            let line = Line::of(Role::Warning, format!("{sign} ")).with(Role::Accent, name);
            self.lines.push(match &old {
                Some(old) => line.with(Role::Faint, "=").with(Role::Text, &**old),
                None => line.with(Role::Faint, "  not in the container"),
            });
            let says = match &new {
                Some(new) if new.is_empty() => "the files leave it empty".to_owned(),
                Some(new) => format!("the files say {new}"),
                None => "no file sets it now".to_owned(),
            };
            self.below(&says);
        }
    }

    fn variables(&mut self, settings: &[Setting], secrets: &Secrets<'_>) {
        let mut variables: Vec<Variable<'_>> = Vec::new();
        for setting in settings {
            for used in &setting.uses {
                let same = |known: &Variable<'_>| {
                    (&known.used.name, &known.used.value, &known.used.given) == (&used.name, &used.value, &used.given)
                };
                let mut variable = match variables.iter().position(same) {
                    Some(at) => variables.remove(at),
                    None => Variable { used, reaches: Vec::new(), fills: Vec::new(), missing: false },
                };
                if used.given == Given::Nothing && setting.value.is_none() {
                    variable.missing = true;
                    variables.push(variable);
                    continue;
                }
                let (paths, path) = match name_of(setting) {
                    Some(name) => (&mut variable.reaches, name),
                    None => (&mut variable.fills, setting.path.as_str()),
                };
                if !paths.contains(&path) {
                    paths.push(path);
                }
                variables.push(variable);
            }
        }
        if variables.is_empty() {
            return;
        }
        variables.sort_by_key(|variable| &variable.used.name);
        self.heading("VARIABLES");
        for variable in variables {
            let used = variable.used;
            let line = Line::of(Role::Accent, &used.name);
            let secret = secrets.names.contains(used.name.as_str());
            self.lines.push(match (&used.given, used.value.as_str()) {
                (Given::Nothing, "") => line.with(Role::Warning, "  unset"),
                (_, "") => line.with(Role::Faint, "  empty"),
                (_, value) => {
                    line.with(Role::Faint, "=").with(Role::Text, self.value_shown(secrets, secret, &used.name, value))
                }
            });
            let mut words = given(used);
            if variable.missing {
                words += ", so the container goes without it";
            }
            if !variable.reaches.is_empty() {
                words += &format!(", reaches the container in {}", variable.reaches.join(", "));
            }
            match (variable.reaches.is_empty(), variable.fills.is_empty()) {
                (true, false) => words += &format!(", only fills in {}", variable.fills.join(", ")),
                (false, false) => words += &format!(", and fills in {}", variable.fills.join(", ")),
                _ => {}
            }
            self.below(&words);
        }
    }

    fn keys(&mut self, settings: &[Setting], secrets: &Secrets<'_>) {
        let rows: Vec<(String, &Setting)> =
            settings.iter().filter(|setting| is_telling(setting, settings)).map(|s| (title(s), s)).collect();
        if rows.is_empty() {
            return;
        }
        self.heading("KEYS");
        let most = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0);
        let names = most(&mut rows.iter().map(|(title, _)| width(&clean(title)))).min(KEY).min(self.width / 2);
        let places = most(&mut rows.iter().map(|(_, setting)| width(&clean(&place(&setting.place)))));
        for (title, setting) in rows {
            let secret = setting.secret || setting.uses.iter().any(|used| secrets.names.contains(used.name.as_str()));
            let at = pad(&clean(&place(&setting.place)), places);
            let name = title.rsplit('.').next().unwrap_or_default();
            let value = setting.value.as_deref().map(|value| {
                let value = assigned(setting).map_or(value, |(_, value)| value);
                format!("  {}", self.value_shown(secrets, secret, name, value))
            });
            let key = if width(&clean(&title)) > names {
                self.lines.push(Line::of(Role::Strong, &title));
                Line::of(Role::Text, pad("", names))
            } else {
                Line::of(Role::Strong, pad(&clean(&title), names))
            };
            let line = key.with(Role::Dim, format!("  {at}"));
            self.lines.push(line.with(Role::Text, value.unwrap_or_default()));
            for old in &setting.overrode {
                let name = old.path.rsplit('.').next().unwrap_or_default();
                let secret = secret || is_secret(name);
                let value = old.value.as_deref().map(|value| self.value_shown(secrets, secret, name, value));
                let value = value.map(|value| format!("  {value}")).unwrap_or_default();
                self.below(&format!("over {}{value}", place(&old.place)));
            }
        }
    }

    /// A value as it may be shown. Whole texts such as commands may hold a secret among other things: where it is
    /// masked by where it stands, the rest may be seen.
    fn value_shown(&self, secrets: &Secrets<'_>, secret: bool, name: &str, value: &str) -> String {
        if self.model.ui.reveal {
            return value.to_owned();
        }
        let masker = self.model.masker();
        let shown = masker.value(name, value).into_owned();
        if (secret && shown == value) || secrets.values.iter().any(|hidden| shown.contains(hidden)) {
            return masker.mask().to_owned();
        }
        shown
    }

    /// What belongs to the line above, wrapped.
    fn below(&mut self, words: &str) {
        let pieces = wrap_revealed(&clean(words), self.width.saturating_sub(4).max(8));
        for (at, piece) in pieces.into_iter().enumerate() {
            let lead = if at == 0 { format!("  {} ", self.glyphs.under()) } else { "    ".to_owned() };
            self.lines.push(Line::of(Role::Faint, lead).with(Role::Dim, piece));
        }
    }
}

/// Who gave a use its value.
fn given(used: &Use) -> String {
    match &used.given {
        Given::Shell => "from the shell".into(),
        Given::File(at) => format!("from {}", place(at)),
        Given::Project => "from the project".into(),
        Given::Default => format!("the default at {}", place(&used.place)),
        Given::Alternate => format!("what stands for it where it is set, at {}", place(&used.place)),
        Given::Nothing => format!("set nowhere; used at {}", place(&used.place)),
    }
}

/// File and line: nobody needs the column here.
fn place(place: &Place) -> String {
    format!("{}:{}", place.file.display(), place.line)
}

/// Who gave a use its value, in a word.
fn giver(used: &Use) -> String {
    match &used.given {
        Given::File(at) => place(at),
        other => other.name().into_owned(),
    }
}

/// A setting's path and the name and value of what it assigns, where it is an item `NAME=value` of a list.
fn assigned(setting: &Setting) -> Option<(&str, &str)> {
    let (key, rest) = setting.path.split_once('.')?;
    let item = matches!(key, "environment" | "labels") && rest.bytes().all(|b| b.is_ascii_digit());
    let text = setting.value.as_deref().filter(|_| item)?;
    Some(text.split_once('=').unwrap_or((text, "")))
}

/// The variable of the container's environment that a setting sets.
fn name_of(setting: &Setting) -> Option<&str> {
    let rest = setting.path.strip_prefix("environment.")?;
    Some(assigned(setting).map_or(rest, |(name, _)| name))
}

/// A setting's path, with the name of what it assigns for its number in a list.
fn title(setting: &Setting) -> String {
    match (assigned(setting), setting.path.split_once('.')) {
        (Some((name, _)), Some((key, _))) => format!("{key}.{name}"),
        _ => setting.path.clone(),
    }
}

/// Whether a setting says what no other one says: not a mapping, whose parts are told, nor an item of a list that
/// is told, where it stands with the others.
fn is_telling(setting: &Setting, all: &[Setting]) -> bool {
    if !setting.overrode.is_empty() {
        return true;
    }
    let assigns = |key: &str| matches!(key, "environment" | "labels");
    let Some((parent, last)) = setting.path.rsplit_once('.') else {
        return (setting.value.is_some() || !setting.uses.is_empty()) && !assigns(&setting.path);
    };
    if last.bytes().all(|b| b.is_ascii_digit()) && !assigns(parent) {
        let parent = all.iter().find(|other| other.path == parent && other.value.is_some());
        return parent.is_none_or(|parent| parent.place.file != setting.place.file) && setting.value.is_some();
    }
    setting.value.is_some() || !setting.uses.is_empty()
}
