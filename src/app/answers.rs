//! Full-screen answers, where there is no dashboard to show: they say what is the matter and what to do.

use std::time::Duration;

use ratatui::layout::Rect;

use crate::{
    app::{
        Model,
        action::{ActionId, key_of},
        excerpt::excerpt,
        layout::SMALLEST,
        model::Mode,
        overlays::list::List,
        scene::Scene,
        shell::header,
        signs::Signs as _,
        words,
    },
    base::{
        num::cols,
        text::{clean, pad, width, wrap},
        units,
    },
    compose::{Problem, Severity},
    host::{Link, LostKind, ProjectSummary},
    stack::State,
    view::{
        role::Role,
        screen::{Emphasis, Frame, Line, Pane, Scroll, inside},
    },
};

/// A wait that is worth cutting short.
const IMPATIENT: Duration = Duration::from_secs(3);

/// One line, where nothing more fits.
pub fn too_small(model: &Model) -> Pane {
    let area = Rect::new(0, 0, model.size.width, model.size.height.min(1));
    let (columns, rows) = SMALLEST;
    let words = format!("{}×{}: too small, needs {columns}×{rows}", model.size.width, model.size.height);
    let words = if model.settings.ascii { words.replace('×', "x") } else { words };
    Pane::bare(area, vec![Line::of(Role::Text, words).fit(usize::from(model.size.width))])
}

/// Everything above the footer: a line of name, and a box.
fn window(scene: &Scene<'_>, headline: Line, title: &str, lines: Vec<Line>, scroll: usize) -> Vec<Pane> {
    let footer = scene.layout.footer;
    let top = Rect { x: 0, y: 0, width: footer.width, height: 1 };
    let area = Rect { x: 0, y: 1, width: footer.width, height: footer.y.saturating_sub(1) };
    let height = usize::from(inside(area).height);
    let first = scroll.min(lines.len().saturating_sub(height));
    let mut name = Line::of(Role::Text, " ");
    name.styled(Role::Accent, Emphasis::BOLD, "stackview");
    name.push(Role::Text, "   ");
    name.extend(headline);
    let mut words = Line::new();
    words.styled(Role::TitleFocus, Emphasis::NONE, title);
    let frame =
        Frame { title: words, focused: true, scroll: Scroll::of(first, height, lines.len()), ..Frame::default() };
    let shown = lines.into_iter().skip(first).take(height).collect();
    let width = usize::from(footer.width).saturating_sub(1);
    // Where no engine answers, the window itself tells where was looked.
    let place = match scene.model.host().link {
        Link::Live => header::place(scene),
        Link::Connecting | Link::Lost { .. } => Vec::new(),
    };
    vec![Pane::bare(top, vec![Line::beside(name, place, width)]), Pane::framed(area, frame, shown)]
}

fn room(scene: &Scene<'_>) -> usize {
    usize::from(scene.layout.footer.width).saturating_sub(6)
}

fn paragraph(lines: &mut Vec<Line>, role: Role, words: &str, room: usize) {
    for line in words.lines() {
        lines.extend(wrap(&clean(line), room).into_iter().map(|piece| Line::of(Role::Text, "  ").with(role, piece)));
    }
}

/// The list of the engine's projects, with the chosen row; `None` where it isn't shown.
pub fn projects(model: &Model) -> Option<(List, usize)> {
    let Mode::Picker { looked, selected } = &model.mode else { return None };
    Some((place(model, looked, *selected).list, *selected))
}

/// The window that lists the engine's projects.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Picker {
    /// Where was looked for a file, in lines; what doesn't fit is left out.
    looked: Vec<String>,
    /// Whether there is room for blank lines.
    airy: bool,
    /// The projects.
    list: List,
}

/// Where the projects are listed: under where was looked, a sentence, and the head of the table.
fn place(model: &Model, looked: &str, selected: usize) -> Picker {
    let footer = model.layout.footer;
    let frame = Rect { x: 0, y: 1, width: footer.width, height: footer.y.saturating_sub(1) };
    let inside = inside(frame);
    let airy = inside.height >= 14;
    let room = usize::from(footer.width).saturating_sub(6);
    let looked: String = looked.chars().take(1).flat_map(char::to_uppercase).chain(looked.chars().skip(1)).collect();
    let mut lines: Vec<String> = looked.lines().flat_map(|line| wrap(&clean(line), room)).collect();
    lines.truncate(usize::from(inside.height / 3));
    let blanks = if airy { 3 } else { 0 };
    let head = cols(lines.len()).saturating_add(blanks).saturating_add(2);
    let len = model.host().projects.as_ref().map_or(0, Vec::len);
    Picker { looked: lines, airy, list: List::below(frame, head, selected, len) }
}

/// No compose file here: the projects that the engine knows.
pub fn picker(scene: &Scene<'_>, looked: &str, selected: usize) -> Vec<Pane> {
    let room = room(scene);
    let place = place(scene.model, looked, selected);
    let gap = || place.airy.then(Line::new);
    let mut lines: Vec<Line> = gap().into_iter().collect();
    lines.extend(place.looked.iter().map(|line| Line::of(Role::Dim, format!("  {line}"))));
    lines.extend(gap());
    let headline = Line::of(Role::Text, "no compose file here");
    if let Link::Lost { kind, error, .. } = &scene.model.host().link {
        lines.extend(why_lost(scene, *kind, error, room));
        return window(scene, headline, "Projects", lines, 0);
    }
    let Some(projects) = &scene.model.host().projects else {
        lines.push(Line::of(Role::Dim, format!("  {} asking the engine for its projects", scene.glyphs.cut())));
        return window(scene, headline, "Projects", lines, 0);
    };
    if projects.is_empty() {
        paragraph(&mut lines, Role::Text, "The engine knows no project either.", room);
        paragraph(&mut lines, Role::Dim, "Go to a folder with a compose.yaml, or name one with -f.", room);
        return window(scene, headline, "Projects", lines, 0);
    }
    lines.push(Line::of(Role::Text, "  The engine knows these projects; Enter opens one.").fit(room + 2));
    lines.extend(gap());
    let names = projects.iter().map(|p| width(&p.name)).max().unwrap_or(0).clamp(7, 30);
    lines.push(Line::of(Role::Heading, format!("    {:names$}  RUNNING   FOLDER", "PROJECT")));
    let List { body, first, len, .. } = place.list;
    for (at, project) in projects.iter().enumerate().skip(first).take(usize::from(body.height)) {
        let line = project_line(scene, project, names, room + 2, at == selected).fit(room + 2);
        lines.push(if at == selected { line.filled(Role::Selection) } else { line });
    }
    let mut panes = window(scene, headline, "Projects", lines, 0);
    if let Some(frame) = panes.last_mut().and_then(|pane| pane.frame.as_mut()) {
        frame.scroll = Scroll::of(first, usize::from(body.height), len);
    }
    panes
}

fn project_line(scene: &Scene<'_>, project: &ProjectSummary, names: usize, room: usize, selected: bool) -> Line {
    let mut line = Line::of(Role::Accent, if selected { scene.glyphs.cursor() } else { " " });
    let (sign, role) = if project.troubled > 0 {
        (scene.glyphs.state(State::Exited), Role::Error)
    } else if project.running == 0 {
        (scene.glyphs.state(State::Stopped), Role::Dim)
    } else {
        (scene.glyphs.state(State::Running), Role::Good)
    };
    line.push(role, format!(" {sign} "));
    line.push(Role::Strong, pad(&clean(&project.name), names));
    line.push(Role::Text, format!("  {:>3} of {:<3}", project.running, project.total));
    let left = room.saturating_sub(line.width());
    line.with(Role::Dim, words::path_end(&clean(project.dir.as_deref().unwrap_or_default()), left))
}

/// The compose files give no project: every problem with its line and a caret.
pub fn broken(scene: &Scene<'_>, scroll: usize) -> Vec<Pane> {
    let room = room(scene);
    let problems = &scene.model.problems;
    let errors = problems.iter().filter(|p| p.severity == Severity::Error).count();
    let mut lines = vec![Line::new()];
    for problem in problems {
        lines.extend(problem_lines(scene, problem, room));
        lines.push(Line::new());
    }
    let headline = Line::of(Role::Error, format!("the compose files can't be read: {}", units::count(errors, "error")));
    window(scene, headline, "Problems", lines, scroll)
}

/// A problem: its words, its place, its line with a caret, the advice.
fn problem_lines(scene: &Scene<'_>, problem: &Problem, room: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let (word, role) = match problem.severity {
        Severity::Error => ("error", Role::Error),
        Severity::Warning => ("warning", Role::Warning),
    };
    for (i, piece) in wrap(&clean(&problem.message), room.saturating_sub(9)).into_iter().enumerate() {
        let mut line = Line::of(Role::Text, "  ");
        line.styled(role, Emphasis::BOLD, if i == 0 { format!("{word:<9}") } else { " ".repeat(9) });
        line.push(Role::Strong, piece);
        lines.push(line);
    }
    if let Some(place) = &problem.place {
        lines.push(Line::of(Role::Faint, format!("  {} ", scene.glyphs.arrow())).with(Role::Dim, place.to_string()));
        lines.extend(excerpt(scene, problem, role, 2));
    }
    if let Some(help) = &problem.help {
        paragraph(&mut lines, Role::Accent, &format!("help: {help}"), room);
    }
    lines
}

/// No engine, and nothing was ever known of it.
pub fn no_engine(scene: &Scene<'_>) -> Vec<Pane> {
    let Link::Lost { kind, error, next, attempts, .. } = &scene.model.host().link else { return Vec::new() };
    let room = room(scene);
    let mut lines = vec![Line::new()];
    lines.extend(why_lost(scene, *kind, error, room));
    let services = &scene.model.overview.services;
    if !services.is_empty() {
        lines.push(Line::new());
        let names: Vec<&str> = services.iter().map(|s| &*s.name).collect();
        paragraph(
            &mut lines,
            Role::Dim,
            &format!(
                "{} declares {}: {}",
                scene.model.stack().project,
                units::count(names.len(), "service"),
                names.join(", ")
            ),
            room,
        );
    }
    lines.push(Line::new());
    let wait = next.since(scene.model.now);
    let when = if wait.is_zero() { "now".into() } else { format!("in {}", units::countdown(wait)) };
    let now = if wait > IMPATIENT { format!(", and {} tries now", key_of(ActionId::Refresh)) } else { String::new() };
    paragraph(&mut lines, Role::Text, &format!("The next attempt is {when}; this was attempt {attempts}{now}."), room);
    let headline = match kind {
        LostKind::Absent => "no engine answers",
        LostKind::Permission => "the engine may not be used",
        LostKind::Unreachable => "the engine can't be reached",
        LostKind::Unusable => "the engine can't be used",
    };
    window(scene, Line::of(Role::Error, headline), "Engine", lines, 0)
}

fn why_lost(scene: &Scene<'_>, kind: LostKind, error: &str, room: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    paragraph(&mut lines, Role::Strong, error, room);
    lines.push(Line::new());
    let advice: &[(&str, &str)] = match kind {
        LostKind::Absent => &[
            ("start it", "sudo systemctl start docker"),
            ("or Docker Desktop, Colima, Podman", "colima start, podman machine start"),
            ("another engine (C lists docker's contexts)", "stackview -H unix:///path/to/docker.sock"),
        ],
        LostKind::Permission => &[
            ("join the group, then log in again", "sudo usermod -aG docker \"$USER\""),
            ("or for this shell", "newgrp docker"),
        ],
        LostKind::Unreachable => &[
            ("does docker get there?", "docker version"),
            ("another engine: press C, or see them with", "docker context ls"),
        ],
        LostKind::Unusable => &[
            ("what answers there?", "docker version"),
            ("another engine (C lists docker's contexts)", "stackview -H ssh://me@host"),
        ],
    };
    let demo = ("or see what it is like without any engine", "stackview demo");
    for (words, command) in advice.iter().chain([&demo]) {
        lines.push(Line::of(Role::Dim, format!("  {words}")));
        lines.push(Line::of(Role::Faint, format!("    {} ", scene.glyphs.because())).with(Role::Accent, *command));
    }
    lines
}
