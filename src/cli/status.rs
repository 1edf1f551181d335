//! `stackview status`: one look at the project.

use std::{collections::BTreeSet, fmt::Write};

use color_eyre::eyre::{Result, bail};

use super::{
    args::StatusFormat,
    look::{Depth, look},
    output::{WrongUse, colored, print, print_json},
    project::load,
};
use crate::{
    app::words,
    base::{text, units},
    compose,
    engine::EngineTarget,
    runtime::now,
    stack::{Container, Drift, Overview, PortBinding, Stack, State, Verdict, status_json},
};

/// Looks and prints.
pub fn run(options: &compose::Options, target: &EngineTarget, services: &[String], format: StatusFormat) -> Result<u8> {
    let host = look(options, target, load(options)?, Depth::Drift)?.whole()?;
    let engine_now = host.clock().at(now());
    let stack = host.stack();
    let mut overview = stack.overview(host.view(), engine_now);
    if stack.declared.is_none() && stack.containers.is_empty() {
        bail!("the engine knows no project '{}'; `stackview ls` lists those it knows", stack.project);
    }
    only(&mut overview, services)?;
    match format {
        StatusFormat::Json => print_json(status_json(stack, &overview, engine_now)),
        StatusFormat::Table => print(&table(stack, &overview, engine_now, colored(&options.env))),
    }
}

/// Keeps the named services; a name that isn't there is an error with the nearest one.
fn only(overview: &mut Overview, services: &[String]) -> Result<()> {
    known(overview, services)?;
    if !services.is_empty() {
        overview.services.retain(|s| services.iter().any(|w| w == &*s.name));
    }
    Ok(())
}

/// Whether the project has all of these services; an error names the nearest one.
pub(super) fn known(overview: &Overview, services: &[String]) -> Result<()> {
    for wanted in services {
        if overview.service(wanted).is_none() {
            let near = overview
                .services
                .iter()
                .max_by(|a, b| strsim::jaro_winkler(&a.name, wanted).total_cmp(&strsim::jaro_winkler(&b.name, wanted)));
            let tip = near.filter(|s| strsim::jaro_winkler(&s.name, wanted) > 0.7).map_or_else(
                || {
                    format!(
                        "the project has {}",
                        overview.services.iter().map(|s| &*s.name).collect::<Vec<_>>().join(", ")
                    )
                },
                |s| format!("a similar service exists: '{}'", s.name),
            );
            let words = format!("no service '{}' in this project\n\n  tip: {tip}", text::clean(wanted));
            return Err(WrongUse(words).into());
        }
    }
    Ok(())
}

/// The ports that are published, each once: engines list it for IPv4 and for IPv6.
fn published(ports: &[PortBinding]) -> String {
    let published: Vec<_> = ports.iter().filter(|port| port.host_port.is_some()).cloned().collect();
    words::ports(&published, "→").join(" ")
}

/// The table for people: what `docker compose ps` doesn't say stands first.
fn table(stack: &Stack, overview: &Overview, now: crate::base::time::Stamp, colored: bool) -> String {
    let paint =
        |code: &str, words: &str| if colored { format!("\u{1b}[{code}m{words}\u{1b}[0m") } else { words.to_owned() };
    let mut out = String::new();
    let verdict = match overview.verdict {
        Verdict::Ready => "32",
        Verdict::Starting => "33",
        Verdict::Degraded | Verdict::Failed => "31",
        Verdict::Stopped | Verdict::Unknown => "2",
    };
    let _infallible = writeln!(
        out,
        "{}  {}: {} of {} ready",
        paint("1", &text::clean(&stack.project)),
        paint(verdict, overview.verdict.word()),
        overview.ready,
        units::count(overview.total, "service"),
    );
    let shown: Vec<_> = overview.services.iter().filter(|s| s.enabled).collect();
    let name_width = shown.iter().map(|s| text::width(&s.name)).max().unwrap_or(0).max(7);
    for s in shown {
        let word = match (s.state, s.exit_code) {
            (State::Exited, Some(code)) => format!("exited {code}"),
            _ => s.word().to_owned(),
        };
        let code = match s.state {
            State::Healthy | State::Running | State::Done => "32",
            State::Starting | State::Waiting | State::Paused => "33",
            state if state.is_trouble() => "31",
            _ => "2",
        };
        let replicas =
            if s.replicas == 1 || s.is_off() { String::new() } else { format!("{}/{}", s.ready_replicas, s.replicas) };
        let since = s.since.map_or_else(String::new, |at| units::age(now.since(at)));
        let line = format!(
            "  {}  {}  {replicas:>5}  {since:>7}  {}",
            text::pad(&text::clean(&s.name), name_width),
            paint(code, &text::pad(&word, 11)),
            if s.is_off() { "scaled to 0".into() } else { published(&s.ports) },
        );
        let _infallible = writeln!(out, "{}", line.trim_end());
        if let Some(reason) = s.reason.as_ref().filter(|_| !s.ready) {
            let _infallible = writeln!(out, "  {:name_width$}  └ {}", "", reason.words(now));
        }
        if let Some(drift @ Drift::Drifted { .. }) = overview.drift.get(&s.name) {
            let _infallible = writeln!(out, "  {:name_width$}  ≠ {}", "", drift.words());
        }
    }
    if overview.total == 0 && !overview.services.is_empty() {
        let off: Vec<_> = overview.services.iter().map(|s| text::clean(&s.name)).collect();
        let _infallible = writeln!(out, "  off, since their profiles are: {}", off.join(", "));
    }
    let extra: Vec<&Container> = overview.orphans.iter().filter_map(|id| stack.containers.get(id)).collect();
    let (own, strange): (Vec<&Container>, Vec<_>) = extra.into_iter().partition(|c| stack.other_files(c).is_empty());
    let names = |all: &[&Container]| all.iter().map(|c| text::clean(&c.name)).collect::<Vec<_>>().join(", ");
    if !own.is_empty() {
        let _infallible = writeln!(out, "  orphans that no file declares: {}", names(&own));
    }
    if !strange.is_empty() {
        let files: BTreeSet<String> =
            strange.iter().flat_map(|c| stack.other_files(c)).map(|file| file.display().to_string()).collect();
        let files: Vec<String> = files.iter().map(|file| text::clean(file).into_owned()).collect();
        let _infallible = writeln!(out, "  created from other files ({}): {}", files.join(", "), names(&strange));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_port_is_listed_once() {
        let port = |ip: &str, host, container| PortBinding {
            host_ip: ip.into(),
            host_port: host,
            container_port: container,
            protocol: "tcp".into(),
        };
        let ports = [
            port("", None, 9000),
            port("0.0.0.0", Some(8080), 80),
            port("0.0.0.0", Some(8443), 443),
            port("::", Some(8080), 80),
            port("::", Some(8443), 443),
        ];
        assert_eq!(published(&ports), "8080→80 8443→443");
    }
}
