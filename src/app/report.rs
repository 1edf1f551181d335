//! One Markdown file about the project as it is, for an issue or a colleague: verdict, causes, timeline, probes,
//! last log lines, versions. Pure; secrets masked, outside text plain, every part bounded.

use std::fmt::Write as _;

use crate::{
    app::{Model, picture::startup_picture, screens::startup, words},
    base::{
        secrets::masked_text,
        text::clean,
        time::Stamp,
        units::{self, count},
    },
    diagnose::{Diagnosis, Finding, Severity},
    stack::{Container, Drift, ServiceStatus},
    view::{export, render::drawn, theme::Theme},
};
use ratatui::layout::Size;

/// Log lines of one container.
const LINES: usize = 60;
/// Characters of one line.
const LONG: usize = 400;
/// Containers whose logs are told.
const LOGS: usize = 12;
/// Probes of one service.
const PROBES: usize = 10;
/// Findings told in full.
const FINDINGS: usize = 12;
/// The columns of the timeline.
const WIDE: u16 = 110;
/// The longest report, in bytes.
const LONGEST: usize = 512 << 10;

/// The report of a model, whose logs hold the last lines of what isn't ready.
pub fn report(model: &Model, diagnosis: &Diagnosis, unseen: Option<&str>) -> String {
    let mut out = String::new();
    head(&mut out, model, unseen);
    services(&mut out, model);
    causes(&mut out, diagnosis);
    drift(&mut out, model);
    timeline(&mut out, model);
    probes(&mut out, model);
    logs(&mut out, model);
    images(&mut out, model);
    let mut text = model.masker().text(&out).into_owned();
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
        text.push_str("\n\n(cut: the report was longer than 512 KiB)\n");
    }
    text
}

macro_rules! put {
    ($out:expr, $($words:tt)*) => {{
        // Writing to a string can't fail.
        let _infallible = writeln!($out, $($words)*);
    }};
}

fn head(out: &mut String, model: &Model, unseen: Option<&str>) {
    let stack = model.stack();
    put!(out, "# {}: {}\n", inline(&stack.project), sentence(model));
    put!(out, "- written {} by stackview {}", model.now, env!("CARGO_PKG_VERSION"));
    match (&model.host().engine, unseen) {
        (_, Some(why)) => put!(out, "- the engine could not be asked: {}", inline(why)),
        (Some(e), None) => {
            put!(
                out,
                "- engine {} {} (API {}), {}",
                inline(&e.product),
                inline(&e.version),
                inline(&e.api),
                inline(&e.place)
            );
        }
        (None, None) => {}
    }
    let files = stack.declared.as_ref().map_or(&[][..], |p| &p.files);
    let names: Vec<String> = files.iter().map(|f| format!("`{}`", inline(&f.display().to_string()))).collect();
    put!(out, "- compose files: {}", if names.is_empty() { "none read".into() } else { names.join(", ") });
    for problem in model.problems.iter().take(FINDINGS) {
        put!(out, "- {}", inline(problem.to_string().lines().next().unwrap_or_default()));
    }
}

/// The verdict as the dashboard's first line says it.
fn sentence(model: &Model) -> String {
    let cause = words::cause(&model.overview, &words::starts_it(model.host()));
    let figures = words::figures(&model.overview);
    if cause.is_empty() { figures } else { format!("{figures} · {cause}") }
}

fn services(out: &mut String, model: &Model) {
    let now = model.engine_now();
    put!(out, "\n## Services\n\n| service | state | for | restarts | because |\n|---|---|---|---|---|");
    for s in model.overview.services.iter().filter(|s| s.enabled) {
        let since = s.since.map_or_else(String::new, |at| units::age(now.since(at)));
        let reason = s.reason.as_ref().filter(|_| !s.ready).map_or_else(String::new, |r| r.words(now));
        put!(out, "| {} | {} | {since} | {} | {} |", cell(&s.name), words::state(s), s.restarts, cell(&reason));
    }
}

fn causes(out: &mut String, diagnosis: &Diagnosis) {
    let told: Vec<&Finding> = diagnosis.roots().filter(|f| f.severity < Severity::Hint).collect();
    let hints = diagnosis.findings.iter().filter(|f| f.severity == Severity::Hint).count();
    put!(out, "\n## Cause\n");
    if told.is_empty() {
        put!(out, "No rule found anything wrong.");
    }
    for finding in told.iter().take(FINDINGS) {
        put!(out, "### {}: {}\n", finding.severity.word(), inline(&finding.summary));
        put!(out, "{}\n", inline(&finding.explanation));
        for evidence in &finding.evidence {
            put!(out, "- {} `{}`: {}", evidence.kind.word(), inline(&evidence.source), code(&evidence.text));
        }
        put!(out, "\n**Fix:** {}", inline(&finding.fix.text));
        if let Some(yaml) = &finding.fix.yaml {
            fenced(out, "yaml", [yaml.clone()]);
        }
        if let Some(command) = &finding.fix.command {
            fenced(out, "sh", [command.to_string()]);
        }
        for follows in diagnosis.consequences(finding) {
            put!(out, "- follows from it: {}", inline(&follows.summary));
        }
        put!(out, "\n(rule `{}`)\n", finding.rule);
    }
    if told.len() > FINDINGS {
        put!(out, "… and {} more; `stackview check` lists them.", told.len() - FINDINGS);
    }
    if hints > 0 {
        put!(out, "{} besides: `stackview check` tells.", count(hints, "hint"));
    }
}

/// Which containers are no longer what the file says, and in what.
fn drift(out: &mut String, model: &Model) {
    if model.overview.drift.is_empty() {
        return;
    }
    put!(out, "\n## Drift\n");
    for (service, drift) in &model.overview.drift {
        put!(out, "- {}: {}", inline(service), inline(&drift.words()));
        let Drift::Drifted { differences, .. } = drift else { continue };
        for d in differences.iter().take(FINDINGS) {
            let shown = |value: Option<std::borrow::Cow<'_, str>>| value.map_or_else(|| "nothing".into(), |v| code(&v));
            put!(
                out,
                "  - {}: {} → {}",
                inline(&d.key),
                shown(d.old_shown(false, false)),
                shown(d.new_shown(false, false))
            );
        }
    }
}

fn timeline(out: &mut String, model: &Model) {
    let Some(timeline) = &model.timeline else { return };
    put!(out, "\n## Timeline\n");
    put!(out, "The last start was {}; {}.", timeline.kind.word(), startup::standing(model, timeline));
    let notes = startup::all_notes(model, usize::from(WIDE - 2)).len();
    let rows = u16::try_from(timeline.lanes.len() + notes + 3).unwrap_or(u16::MAX).min(400);
    let Ok(theme) = Theme::named("dark") else { return };
    let picture = export::text(&drawn(&startup_picture(model, Size::new(WIDE, rows)), &theme));
    fenced(out, "text", picture.lines().map(str::to_owned));
}

fn probes(out: &mut String, model: &Model) {
    let mut headed = false;
    for status in model.overview.services.iter().filter(|s| s.enabled && !s.ready) {
        for container in containers(model, status) {
            let history = model.stack().history.get(&container.id);
            let seen: Vec<_> = history.into_iter().flat_map(|h| h.probes.values().rev()).take(PROBES).collect();
            if seen.is_empty() {
                continue;
            }
            if !std::mem::replace(&mut headed, true) {
                put!(out, "\n## Probes");
            }
            put!(out, "\n**{}**, newest first\n", inline(&container.name));
            for probe in seen {
                let end =
                    if probe.exit < 0 { "timed out or could not run".into() } else { format!("exit {}", probe.exit) };
                let output: Vec<&str> = probe.output.lines().filter(|l| !l.trim().is_empty()).take(3).collect();
                let said = if output.is_empty() {
                    String::new()
                } else {
                    format!(": {}", code(&model.masker().text(&output.join(" ⏎ "))))
                };
                put!(out, "- {} took {}, {end}{said}", at(probe.start), units::span(probe.end.since(probe.start)));
            }
        }
    }
}

fn logs(out: &mut String, model: &Model) {
    let mut headed = false;
    let failing = model.overview.services.iter().filter(|s| s.enabled && !s.ready);
    for container in failing.flat_map(|s| containers(model, s)).take(LOGS) {
        let Some(log) = model.stack().logs.of(&container.id) else { continue };
        if !std::mem::replace(&mut headed, true) {
            put!(out, "\n## Last log lines of what isn't ready");
        }
        put!(out, "\n**{}**\n", inline(&container.name));
        if let Some(why) = log.unreadable() {
            put!(out, "Its log can't be read: {}", inline(why));
            continue;
        }
        let lines = log.lines();
        let skipped = lines.len().saturating_sub(LINES);
        let lines: Vec<String> = lines
            .skip(skipped)
            .map(|line| {
                let masker = model.masker();
                let text = line.text();
                let text = if line.of_key() { masker.mask().into() } else { masker.text(&text) };
                let text: String = text.chars().take(LONG).collect();
                format!("{} {}{text}", at(line.at()), if line.stderr() { "! " } else { "" })
            })
            .collect();
        if lines.is_empty() { put!(out, "It wrote nothing.") } else { fenced(out, "text", lines) }
    }
}

fn images(out: &mut String, model: &Model) {
    put!(out, "\n## Images\n\n| container | image | id | created |\n|---|---|---|---|");
    let mut all: Vec<&Container> = model.stack().containers.values().collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    for c in all {
        let id: String = c.image_id.trim_start_matches("sha256:").chars().take(12).collect();
        let created = c.created.map_or_else(String::new, at);
        put!(out, "| {} | {} | {} | {created} |", cell(&c.name), cell(&c.image), cell(&id));
    }
}

fn containers<'a>(model: &'a Model, status: &'a ServiceStatus) -> impl Iterator<Item = &'a Container> {
    status.containers.iter().filter_map(|id| model.stack().containers.get(id))
}

fn at(moment: Stamp) -> String {
    moment.to_string()
}

/// Outside text within a line of Markdown: plain, and without what would be markup.
fn inline(text: &str) -> String {
    let mut out = String::new();
    for c in clean(text).chars() {
        if matches!(c, '`' | '*' | '_' | '<' | '>' | '[' | ']' | '#' | '|' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Outside text as code within a line.
fn code(text: &str) -> String {
    let text: String = masked_text(&clean(text), false).chars().take(LONG).collect();
    let ticks = "`".repeat(longest_run(&text) + 1);
    format!("{ticks} {text} {ticks}")
}

/// Outside text in a cell of a table.
fn cell(text: &str) -> String {
    let short: String = masked_text(text, false).chars().take(LONG).collect();
    inline(&short)
}

/// Lines in a fence that is longer than any in them.
fn fenced(out: &mut String, language: &str, lines: impl IntoIterator<Item = String>) {
    let lines: Vec<String> = lines.into_iter().collect();
    let longest = lines.iter().map(|l| longest_run(l)).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    put!(out, "\n{fence}{language}");
    for line in lines {
        put!(out, "{line}");
    }
    put!(out, "{fence}");
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::fixture::{model, tell},
        logs::LogLine,
        stack::{
            Difference, Fact, Health,
            fixture::{at, container, id_of, probe},
        },
    };

    fn troubled() -> Model {
        let mut db = container("db").running(1.0).exited(1, 3.0);
        db.env = vec![
            "POSTGRES_PASSWORD=correct-horse".into(),
            "POSTGRES_USER=dbadmin".into(),
            "ADMIN_PASSWORD=dbadmin".into(),
            "URL=postgres://u:s3cr3t-in-url@db/x".into(),
        ];
        let mut backend = container("backend").running(2.0).checked(5, Health::Unhealthy);
        backend = backend.probed(&[probe(7.0, 7.1, 1)]);
        let mut model = model(&[db, backend, container("frontend")]);
        let line = |text: &str| LogLine { at: at(2.5), stderr: true, text: text.as_bytes().into(), cut: false };
        let lines = vec![
            line("login as dbadmin with correct-horse failed\u{1b}[2J"),
            line("```` a fence, and redis://x:other-secret@h/0"),
            line("s3cr3t-in-url"),
        ];
        tell(&mut model, vec![Fact::Lines(id_of("db"), lines)], at(100.0));
        model
    }

    #[test]
    fn it_tells_drift_with_its_secrets_masked() {
        let mut model = troubled();
        let differences = vec![
            Difference { key: "image".into(), old: Some("db:1".into()), new: Some("db:2".into()) },
            Difference { key: "environment.DB_PASSWORD".into(), old: Some("old-horse".into()), new: None },
        ];
        let drift = Drift::Drifted { containers: vec![id_of("db")], differences };
        model.overview.drift.insert("db".into(), drift);
        let text = report(&model, &Diagnosis::default(), None);
        assert!(text.contains("## Drift") && text.contains("image: ` db:1 ` → ` db:2 `"), "{text}");
        assert!(text.contains("→ nothing") && !text.contains("old-horse"), "{text}");
    }

    #[test]
    fn it_tells_what_is_wrong_and_no_secret() {
        let model = troubled();
        let text = report(&model, &Diagnosis::default(), None);
        for part in [
            "# p: ",
            "| db | exited 1 |",
            "## Timeline",
            "## Probes",
            "## Last log lines",
            "login as dbadmin with ••••••••",
        ] {
            assert!(text.contains(part), "{part}:\n{text}");
        }
        for secret in ["correct-horse", "s3cr3t-in-url", "other-secret", "\u{1b}"] {
            assert!(!text.contains(secret), "{secret}:\n{text}");
        }
    }

    #[test]
    fn what_programs_print_is_no_markup() {
        let text = report(&troubled(), &Diagnosis::default(), Some("no <socket>"));
        assert!(text.contains("`````text\n"), "the fence is longer than any in it:\n{text}");
        assert!(text.contains("could not be asked: no \\<socket\\>"));
        assert_eq!(inline("a|b `c` *d*"), "a\\|b \\`c\\` \\*d\\*");
        assert_eq!(code("x `` y"), "``` x `` y ```");
    }

    #[test]
    fn a_flood_is_cut() {
        let mut model = troubled();
        let long = "x".repeat(5000);
        let lines = (0..3000).map(|i| LogLine {
            at: at(3.0 + f64::from(i) / 1000.0),
            stderr: false,
            text: long.as_bytes().into(),
            cut: false,
        });
        tell(&mut model, vec![Fact::Lines(id_of("backend"), lines.collect())], at(100.0));
        let text = report(&model, &Diagnosis::default(), None);
        assert!(text.len() < 128 << 10, "{}", text.len());
    }
}
