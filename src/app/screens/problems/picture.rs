//! What is wrong or about to be, worst first: the list, and all that is known of the selected one.

use ratatui::layout::Rect;

use super::state::PROBLEMS;
use crate::{
    app::{
        action::{self, ActionId, key_of},
        scene::Scene,
        screens::problems,
        signs::Signs as _,
    },
    base::{
        shell::ShellLine,
        text::{clean, wrap},
        units,
    },
    diagnose::{Evidence, Finding, Kind, Severity},
    view::{
        role::Role,
        screen::{Emphasis, Line, Pane, Scroll},
    },
};

/// Prose is wrapped at this many columns at most: longer lines are hard to read.
const PROSE: usize = 110;

/// The problems.
pub fn draw(scene: &Scene<'_>, area: Rect) -> Pane {
    let rows = problems::rows(scene.model);
    let mut frame = scene.frame(PROBLEMS, "Problems");
    let (list, detail) = problems::parts(area, rows.len());
    if rows.is_empty() {
        return Pane::framed(area, frame, nothing(scene, usize::from(list.width)));
    }
    let top = scene.model.ui.screens.problems.top;
    let at = problems::selected(scene.model);
    let width = usize::from(list.width);
    let shown = rows.iter().enumerate().skip(top).take(usize::from(list.height));
    let mut lines: Vec<Line> = shown.map(|(n, (depth, f))| row(scene, f, *depth, n == at, width)).collect();
    let told = rows.get(at).map(|(_, f)| all_of(scene, f, usize::from(detail.width))).unwrap_or_default();
    frame.scroll = Scroll::of(top, usize::from(list.height), rows.len());
    frame.right = Line::of(Role::Dim, counts(scene));
    if detail.y > list.y {
        lines.push(Line::of(Role::Border, scene.glyphs.horizontal().repeat(width)));
        lines.extend(told.into_iter().take(usize::from(detail.height)));
    } else {
        let blank = Line::new();
        let height = usize::from(detail.height);
        let left = lines.into_iter().map(Some).chain(std::iter::repeat(None)).take(height);
        let right = told.into_iter().map(Some).chain(std::iter::repeat(None));
        lines = left
            .zip(right)
            .map(|(left, right)| {
                let mut line = left.unwrap_or_else(|| blank.clone()).fit(width);
                line.to_column(width);
                line.push(Role::Border, scene.glyphs.line(true, true, false, false));
                line.push(Role::Text, " ");
                line.extend(right.unwrap_or_default());
                line
            })
            .collect();
    }
    Pane::framed(area, frame, lines)
}

fn role(severity: Severity) -> Role {
    match severity {
        Severity::Error => Role::Error,
        Severity::Warning => Role::Warning,
        Severity::Hint => Role::Dim,
    }
}

fn row(scene: &Scene<'_>, f: &Finding, depth: usize, selected: bool, width: usize) -> Line {
    let focused = selected && scene.focused(PROBLEMS);
    let mut line = if focused { Line::of(Role::Accent, scene.glyphs.cursor()) } else { Line::of(Role::Text, " ") };
    line.push(Role::Text, " ");
    if depth > 0 {
        line.push(Role::Faint, format!("{}{} ", "  ".repeat(depth - 1), scene.glyphs.under()));
        line.push(Role::Dim, &f.summary);
    } else {
        line.styled(role(f.severity), Emphasis::BOLD, scene.glyphs.severity(f.severity));
        line.push(Role::Text, " ");
        line.push(if f.severity == Severity::Hint { Role::Dim } else { Role::Text }, &f.summary);
    }
    let line = line.fit(width.saturating_sub(1));
    if selected { line.filled(Role::Selection) } else { line }
}

/// Evidence, explanation, fix.
fn all_of(scene: &Scene<'_>, f: &Finding, width: usize) -> Vec<Line> {
    let prose = width.saturating_sub(2).clamp(20, PROSE);
    let mut lines = Vec::new();
    let title = wrap(&f.summary, prose);
    lines.extend(title.into_iter().map(|words| {
        let mut line = Line::of(Role::Text, " ");
        line.styled(role(f.severity), Emphasis::BOLD, words);
        line
    }));
    let of = f.caused_by.as_ref().map(|c| match &c.service {
        Some(service) => format!(", follows from {} of {service}", c.rule),
        None => format!(", follows from {}", c.rule),
    });
    lines.push(Line::of(Role::Faint, format!(" {} {}{}", f.severity.word(), f.rule, of.unwrap_or_default())));
    lines.push(Line::new());
    for e in &f.evidence {
        lines.extend(evidence(scene, e, prose));
    }
    lines.push(Line::new());
    lines.extend(wrap(&f.explanation, prose).into_iter().map(|words| Line::of(Role::Text, format!(" {words}"))));
    lines.push(Line::new());
    for (n, words) in wrap(&f.fix.text, prose.saturating_sub(5)).into_iter().enumerate() {
        let lead = if n == 0 { " fix  " } else { "      " };
        lines.push(Line::of(Role::Good, lead).with(Role::Text, words));
    }
    if let Some((service, action)) = f.service.as_ref().zip(pressed(f)) {
        let words = action::row(action).map_or("", |row| row.words);
        let shows = format!(" shows {}, then ", clean(service));
        let keys = Line::of(Role::Text, "      ").with(Role::Key, key_of(ActionId::Open)).with(Role::Dim, shows);
        let does = format!(": {words}");
        lines.push(keys.with(Role::Key, key_of(action)).with(Role::Dim, does));
    }
    let mut pasted = [f.fix.yaml.clone(), f.fix.command.as_ref().and_then(ShellLine::offered)];
    let copied = pasted.iter().rposition(Option::is_some);
    for (n, words) in pasted.iter_mut().enumerate() {
        let Some(words) = words.take() else { continue };
        let pasted = Line::of(Role::Text, "      ").with(Role::Accent, words);
        let hint = Line::of(Role::Key, key_of(ActionId::Copy)).with(Role::Dim, " copies it ");
        let hint = if copied == Some(n) { vec![hint] } else { Vec::new() };
        lines.push(Line::beside(pasted, hint, width));
    }
    lines
}

/// What can be pressed on its service in place of the command, where that is about the service alone.
fn pressed(f: &Finding) -> Option<ActionId> {
    let [words] = f.fix.command.as_ref()?.commands() else { return None };
    if words.last().map(String::as_str) != f.service.as_deref() {
        return None;
    }
    // The options of docker compose may be called as a command is; the command stands after them.
    let verbs = [
        ("logs", ActionId::LogsOf),
        ("restart", ActionId::Restart),
        ("up", ActionId::UpService),
        ("unpause", ActionId::Pause),
        ("stop", ActionId::StartStop),
    ];
    let verb = |word: &String| verbs.iter().find(|(verb, _)| word == verb).map(|(_, action)| *action);
    words.iter().rev().skip(1).find_map(verb)
}

fn evidence(scene: &Scene<'_>, e: &Evidence, width: usize) -> Vec<Line> {
    let role = match e.kind {
        Kind::Log => Role::LogError,
        Kind::Probe => Role::ProbeFailed,
        Kind::State | Kind::Event | Kind::File | Kind::Host => Role::Strong,
    };
    let bar = scene.glyphs.line(true, true, false, false);
    let pieces = wrap(&e.text, width.saturating_sub(3));
    let last = pieces.len().saturating_sub(1);
    let mut lines = Vec::new();
    for (n, piece) in pieces.into_iter().enumerate() {
        let mut line = Line::of(Role::Faint, format!(" {bar} ")).with(role, piece);
        if n == last {
            let source = format!("  {}", e.source);
            if line.width() + source.len() <= width {
                line.push(Role::Faint, source);
            } else {
                lines.push(line);
                line = Line::of(Role::Faint, format!(" {bar}   {}", e.source)).fit(width);
            }
        }
        lines.push(line);
    }
    lines
}

fn counts(scene: &Scene<'_>) -> String {
    let all = &scene.model.diagnosis.findings;
    let count = |severity, word| {
        let n = all.iter().filter(|f| f.severity == severity).count();
        (n > 0).then(|| units::count(n, word))
    };
    let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Hint, "hint")];
    counts.into_iter().filter_map(|(s, word)| count(s, word)).collect::<Vec<_>>().join(", ")
}

fn nothing(scene: &Scene<'_>, width: usize) -> Vec<Line> {
    let words = if scene.model.stack().listed {
        "No problems found, in the files or in what runs. What goes wrong stands here with what shows it, why it is so \
         and what to do; `stackview check` tells the same to scripts."
    } else {
        "The engine hasn't answered yet; nothing is wrong with the files."
    };
    let mut lines = vec![Line::new()];
    lines.extend(
        wrap(words, width.saturating_sub(4).min(PROSE)).into_iter().map(|l| Line::of(Role::Dim, format!("  {l}"))),
    );
    lines
}
