//! The first lines: the verdict in a sentence, and the root cause where not all is well.

use std::time::Duration;

use crate::{
    app::{
        Model,
        action::{ActionId, key_of},
        clock::SILENT,
        excerpt::excerpt,
        model::Mode,
        scene::Scene,
        screens::problems,
        signs::{Signs as _, state_role, verdict_role},
        words,
    },
    base::{text::clean, units},
    host::{LOCAL, Link},
    stack::{State, Verdict},
    view::{
        role::Role,
        screen::{Emphasis, Line, Pane},
    },
};

/// A round trip that is worth telling: a shorter one can't be felt.
const SLOW: Duration = Duration::from_millis(50);

/// From this height on an error in the files is shown with its line and a caret, and not in one line.
const TALL: u16 = 20;

/// The lines that tell what is wrong with the files: one, or, while a project is kept that was read before, the
/// error, its line with a caret, and the way out.
fn banner(model: &Model) -> u16 {
    let Some(first) = model.file_errors().next() else { return 0 };
    if model.kept_since.is_none() || model.size.height < TALL {
        return 1;
    }
    if first.excerpt.is_some() && first.place.is_some() { 4 } else { 2 }
}

/// How many lines it has.
pub fn height(model: &Model) -> u16 {
    let late = u16::from(model.still_reading.is_some());
    if model.mode != Mode::Dashboard {
        return 1;
    }
    let lost = matches!(model.host().link, Link::Lost { .. });
    let caused = lost || model.overview.root.is_some() || problems::headline(model).is_some();
    banner(model).saturating_add(1).saturating_add(caused.into()).saturating_add(late)
}

/// The header.
pub fn draw(scene: &Scene<'_>) -> Pane {
    let area = scene.layout.header;
    let width = usize::from(area.width).saturating_sub(1);
    let mut lines = vec![Line::beside(verdict(scene), place(scene), width)];
    lines.extend(still_reading(scene, width));
    lines.extend(cause(scene, width));
    lines.extend(files(scene, width));
    Pane::bare(area, lines)
}

fn verdict(scene: &Scene<'_>) -> Line {
    let (overview, glyphs) = (&scene.model.overview, scene.glyphs);
    let mut line = Line::of(Role::Text, " ");
    line.styled(Role::Accent, Emphasis::BOLD, &*scene.model.stack().project);
    line.push(Role::Text, "   ");
    match &scene.model.host().link {
        Link::Connecting if !scene.model.stack().listed => {
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
    let role = verdict_role(overview.verdict);
    line.styled(role, Emphasis::BOLD, format!("{} {}", glyphs.verdict(overview.verdict), words::figures(overview)));
    let idle = match key_of(ActionId::UpProject) {
        _ if scene.model.file_errors().next().is_some() => "the compose file is invalid".into(),
        _ if problems::hinders_up(scene.model) => "as things stand it would not come up".into(),
        _ if scene.model.settings.read_only => words::starts_it(scene.model.host()),
        key => format!("{key} brings it up"),
    };
    let cause = words::cause(overview, &idle);
    let cause = if cause.is_empty() { words::drifted(overview) } else { cause };
    if !cause.is_empty() {
        line.push(Role::Faint, format!(" {} ", glyphs.dot()));
        line.push(Role::Text, cause);
    }
    line
}

/// Where this is, from the most to the fewest words.
pub fn place(scene: &Scene<'_>) -> Vec<Line> {
    let host = scene.model.host();
    if let Link::Lost { next, attempts, .. } = &host.link {
        let wait = next.since(scene.model.now);
        let words =
            if wait.is_zero() { "trying now".into() } else { format!("next try in {}", units::countdown(wait)) };
        let short = Line::of(Role::Dim, words);
        let more = Line::of(Role::Faint, format!(" {} ", scene.glyphs.dot()));
        let full = short.clone().with_line(&more).with(Role::Dim, format!("attempt {attempts}"));
        return vec![full, short];
    }
    let known = scene.model.mode == Mode::Dashboard && scene.model.overview.verdict != Verdict::Unknown;
    let up = scene.model.overview.up_since.filter(|_| known);
    let up = up.map(|up| Line::of(Role::Dim, format!("up {}", units::age(scene.now.since(up)))));
    let engine = host.engine.as_ref().map(|engine| {
        let product = if engine.product.eq_ignore_ascii_case("docker") { "engine" } else { &engine.product };
        let pace = engine.clock.pace().get();
        let pace = if pace == 1 { String::new() } else { format!(" {pace}×") };
        Line::of(Role::Dim, format!("{}{pace}, {product} {}", engine.place, engine.version))
    });
    let heard = heard(scene);
    let lock = scene.model.settings.read_only.then(|| Line::of(Role::Accent, "read-only"));
    let join = |parts: [&Option<Line>; 4]| {
        let mut line = Line::new();
        for part in parts.into_iter().flatten() {
            if !line.is_empty() {
                line.push(Role::Faint, format!(" {} ", scene.glyphs.dot()));
            }
            line.extend(part.clone());
        }
        line
    };
    if host.engine.as_ref().is_some_and(|engine| engine.place == LOCAL) {
        return vec![
            join([&up, &engine, &heard, &lock]),
            join([&up, &None, &None, &lock]),
            join([&None, &None, &None, &lock]),
        ];
    }
    // Which engine it is outlives how long the stack is up: to act on the wrong one is the dearer mistake.
    vec![
        join([&up, &engine, &heard, &lock]),
        join([&None, &engine, &heard, &lock]),
        join([&None, &named(scene), &heard, &lock]),
        join([&None, &named(scene), &None, &lock]),
        join([&None, &None, &None, &lock]),
    ]
}

/// The engine's place alone.
fn named(scene: &Scene<'_>) -> Option<Line> {
    scene.model.host().engine.as_ref().map(|engine| Line::of(Role::Dim, &engine.place))
}

/// How long a far engine takes to answer where that can be felt, and that it doesn't.
fn heard(scene: &Scene<'_>) -> Option<Line> {
    let heard = scene.model.host().latency?;
    let silent = scene.model.now.since(heard.at);
    if silent >= SILENT {
        return Some(Line::of(Role::Busy, format!("no answer for {} s", silent.as_secs())));
    }
    let slow = heard.took >= SLOW;
    let mut line = Line::of(Role::Dim, if slow { format!("{} ms", heard.took.as_millis()) } else { String::new() });
    if heard.waiting > 0 {
        let gap = if slow { ", " } else { "" };
        line.push(Role::Busy, format!("{gap}{} not shown", units::count(heard.waiting, "stream")));
    }
    (slow || heard.waiting > 0).then_some(line)
}

/// What became of the engine; else from the first dependent down to the deepest service that stands in the way, and why it does.
fn cause(scene: &Scene<'_>, width: usize) -> Option<Line> {
    if let Link::Lost { error, .. } = &scene.model.host().link {
        let line = Line::of(Role::Faint, format!(" {} ", scene.glyphs.because())).with(Role::Text, error);
        return Some(line.fit(width));
    }
    let hint = Line::of(Role::Key, key_of(ActionId::Explain)).with(Role::Dim, " explains");
    let mut line = Line::of(Role::Faint, format!(" {} ", scene.glyphs.because()));
    let told = problems::headline(scene.model);
    if let Some(finding) = told {
        let chain = scene.model.overview.root.as_ref().map_or(&[][..], |(_, chain)| chain);
        // Only where the finding is about the end of the chain does the chain lead to it.
        for service in chain.iter().filter(|_| chain.last() == finding.service.as_ref()) {
            if Some(service) != finding.service.as_ref() {
                line.push(Role::Dim, &**service);
                line.push(Role::Faint, format!(" {} ", scene.glyphs.back()));
            }
        }
        line.push(Role::Text, &finding.summary);
        return Some(Line::beside(line, [hint], width));
    }
    let (name, chain) = scene.model.overview.root.as_ref()?;
    let root = scene.model.overview.service(name)?;
    for service in chain.iter().filter(|s| *s != name) {
        line.push(Role::Dim, &**service);
        line.push(Role::Faint, format!(" {} ", scene.glyphs.back()));
    }
    line.push(state_role(root.state), &**name);
    let reason = root.reason.as_ref().map_or_else(|| words::state(root), |reason| reason.words(scene.now));
    line.push(Role::Faint, ": ");
    line.push(Role::Text, reason);
    Some(Line::beside(line, [hint], width))
}

/// Which compose file the disk doesn't answer about.
fn still_reading(scene: &Scene<'_>, width: usize) -> Option<Line> {
    let (file, since) = scene.model.still_reading.as_ref()?;
    let line = Line::of(Role::Busy, format!(" {} still reading ", scene.glyphs.cut()))
        .with(Role::Text, clean(&file.display().to_string()))
        .with(Role::Dim, format!(" ({} s)", since.as_secs()));
    let hint = Line::of(Role::Key, key_of(ActionId::Refresh)).with(Role::Dim, " starts over");
    Some(Line::beside(line, [hint], width))
}

/// What is wrong with the compose files: docker compose would refuse them. While a project is kept that was read
/// before, where the error is and the way out.
fn files(scene: &Scene<'_>, width: usize) -> Vec<Line> {
    let Some(first) = scene.model.file_errors().next() else { return Vec::new() };
    let rows = banner(scene.model);
    let count = scene.model.file_errors().count();
    let kept = scene.model.kept_since;
    let mut line = Line::of(Role::Text, " ");
    let sign = scene.glyphs.state(State::Failed);
    let words = match kept {
        Some(_) if rows > 1 => "the compose files can't be used".to_owned(),
        Some(_) => "not taken".to_owned(),
        None => format!("{} in the compose files", units::count(count, "error")),
    };
    line.styled(Role::Error, Emphasis::BOLD, format!("{sign} {words}"));
    line.push(Role::Faint, ": ");
    if let Some(place) = &first.place {
        let file = place.file.file_name().unwrap_or(place.file.as_os_str()).to_string_lossy();
        line.push(Role::Dim, format!("{file}:{}:{}: ", place.line, place.column));
    }
    line.push(Role::Text, problems::of_files(scene.model).map_or(&first.message, |finding| &finding.summary));
    let hint = Line::of(Role::Key, key_of(ActionId::Errors))
        .with(Role::Dim, if count > 1 { " shows all" } else { " shows it" });
    let mut lines = vec![Line::beside(line, [hint], width)];
    if rows >= 4 {
        lines.extend(excerpt(scene, first, Role::Error, 3).into_iter().map(|line| line.fit(width)));
    }
    if let Some(since) = kept.filter(|_| rows > 1) {
        let mut way = Line::of(Role::Faint, format!("   {} ", scene.glyphs.because()));
        let before = since.local(&scene.model.settings.zone, "%H:%M:%S");
        way.push(Role::Text, format!("what was read before {before} stays on the screen"));
        let help = first.help.as_deref().map_or_else(|| "fix and save the file to clear this".to_owned(), Into::into);
        way.push(Role::Dim, "; ");
        way.push(Role::Accent, help);
        lines.push(way.fit(width));
    }
    lines
}
