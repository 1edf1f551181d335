//! The first lines: the verdict in a sentence, and the root cause where not all is well.

use crate::{
    app::action::{ActionId, key_of},
    base::units,
    stack::{Link, State, Verdict},
    view::{
        role::Role,
        scene::Scene,
        screen::{Emphasis, Line, Pane},
        words,
    },
};

/// The header.
pub fn draw(scene: &Scene<'_>) -> Pane {
    let area = scene.layout.header;
    let width = usize::from(area.width).saturating_sub(1);
    let mut lines = vec![Line::beside(verdict(scene), place(scene), width)];
    lines.extend(cause(scene, width));
    lines.extend(files(scene, width));
    Pane::bare(area, lines)
}

fn verdict(scene: &Scene<'_>) -> Line {
    let (overview, glyphs) = (&scene.model.overview, scene.glyphs);
    let mut line = Line::of(Role::Text, " ");
    line.styled(Role::Accent, Emphasis::BOLD, &*scene.model.stack.project);
    line.push(Role::Text, "   ");
    match &scene.model.stack.link {
        Link::Connecting if !scene.model.stack.listed => {
            let declared = overview.services.len();
            line.push(
                Role::Dim,
                format!("{} asking the engine about {}", glyphs.cut(), units::count(declared, "service")),
            );
            return line;
        }
        Link::Lost { since, .. } => {
            let ago = units::age(scene.model.now.since(*since));
            line.styled(Role::Error, Emphasis::BOLD, format!("? engine gone {} ", glyphs.dot()));
            line.push(Role::Text, format!("showing what was true {ago} ago"));
            return line;
        }
        Link::Connecting | Link::Live => {}
    }
    let role = Role::of_verdict(overview.verdict);
    line.styled(role, Emphasis::BOLD, format!("{} {}", glyphs.verdict(overview.verdict), words::figures(overview)));
    let cause = words::cause(overview);
    if !cause.is_empty() {
        line.push(Role::Faint, format!(" {} ", glyphs.dot()));
        line.push(Role::Text, cause);
    }
    line
}

/// Where this is, from the most to the fewest words.
fn place(scene: &Scene<'_>) -> Vec<Line> {
    let stack = &scene.model.stack;
    if let Link::Lost { next, attempts, .. } = &stack.link {
        let wait = next.since(scene.model.now);
        let words =
            if wait.is_zero() { "trying now".into() } else { format!("next try in {}", units::countdown(wait)) };
        let short = Line::of(Role::Dim, words);
        let more = Line::of(Role::Faint, format!(" {} ", scene.glyphs.dot()));
        let full = short.clone().with_line(&more).with(Role::Dim, format!("attempt {attempts}"));
        return vec![full, short];
    }
    let up = scene.model.overview.up_since.filter(|_| scene.model.overview.verdict != Verdict::Unknown);
    let up = up.map(|up| Line::of(Role::Dim, format!("up {}", units::age(scene.now.since(up)))));
    let engine = stack.engine.as_ref().map(|engine| {
        let product = if engine.product.eq_ignore_ascii_case("docker") { "engine" } else { &engine.product };
        Line::of(Role::Dim, format!("{}, {product} {}", engine.place, engine.version))
    });
    let lock = scene.model.settings.read_only.then(|| Line::of(Role::Accent, "read-only"));
    let join = |parts: [&Option<Line>; 3]| {
        let mut line = Line::new();
        for part in parts.into_iter().flatten() {
            if !line.is_empty() {
                line.push(Role::Faint, format!(" {} ", scene.glyphs.dot()));
            }
            line.extend(part.clone());
        }
        line
    };
    vec![join([&up, &engine, &lock]), join([&up, &None, &lock]), join([&None, &None, &lock])]
}

/// What became of the engine; else from the first dependent down to the deepest service that stands in the way, and why it does.
fn cause(scene: &Scene<'_>, width: usize) -> Option<Line> {
    if let Link::Lost { error, .. } = &scene.model.stack.link {
        let line = Line::of(Role::Faint, format!(" {} ", scene.glyphs.because())).with(Role::Text, error);
        return Some(line.fit(width));
    }
    let (name, chain) = scene.model.overview.root.as_ref()?;
    let root = scene.model.overview.service(name)?;
    let mut line = Line::of(Role::Faint, format!(" {} ", scene.glyphs.because()));
    for service in chain.iter().filter(|s| *s != name) {
        line.push(Role::Dim, &**service);
        line.push(Role::Faint, format!(" {} ", scene.glyphs.back()));
    }
    line.push(Role::of_state(root.state), &**name);
    let reason = root.reason.as_ref().map_or_else(|| words::state(root), |reason| reason.words(scene.now));
    line.push(Role::Faint, ": ");
    line.push(Role::Text, reason);
    let hint = Line::of(Role::Key, key_of(ActionId::Explain)).with(Role::Dim, " explains");
    Some(Line::beside(line, [hint], width))
}

/// What is wrong with the compose files: docker compose would refuse them.
fn files(scene: &Scene<'_>, width: usize) -> Option<Line> {
    let first = scene.model.file_errors().next()?;
    let count = scene.model.file_errors().count();
    let mut line = Line::of(Role::Text, " ");
    let sign = scene.glyphs.state(State::Failed);
    line.styled(Role::Error, Emphasis::BOLD, format!("{sign} {} in the compose files", units::count(count, "error")));
    line.push(Role::Faint, ": ");
    if let Some(place) = &first.place {
        let file = place.file.file_name().unwrap_or(place.file.as_os_str()).to_string_lossy();
        line.push(Role::Dim, format!("{file}:{}:{}: ", place.line, place.column));
    }
    line.push(Role::Text, &first.message);
    let hint = Line::of(Role::Key, key_of(ActionId::Errors))
        .with(Role::Dim, if count > 1 { " shows all" } else { " shows it" });
    Some(Line::beside(line, [hint], width))
}
