//! The inspector's Overview tab: what it is, how it does, what it waits for, and whether it still is what its file
//! says.

use std::borrow::Cow;

use crate::{
    app::{
        action::{ActionId, key_of},
        inspector::{Line, Subject, Tone},
        words,
    },
    base::{
        text::{clean, wrap},
        time::Stamp,
        units,
    },
    compose::{Condition, Restart},
    stack::{Container, Drift, Phase, exit},
};

impl Subject<'_> {
    pub(super) fn overview(&mut self) {
        self.state();
        let image = self.container.map(|c| c.image.clone()).or_else(|| self.declared.and_then(|d| d.image.clone()));
        match image {
            Some(image) => self.pair("image", Tone::Text, &image),
            None if self.declared.is_some_and(|d| d.build) => self.pair("image", Tone::Text, "built from the project"),
            None => {}
        }
        if let Some(container) = self.container {
            self.pair("container", Tone::Text, &container.name);
            self.times(container);
            if !container.command.is_empty() {
                self.pair("command", Tone::Text, &self.shown_command(&container.command));
            }
        } else {
            self.pair("container", Tone::Dim, "none: never created, or removed");
            if let Some(command) = self.declared.and_then(|d| d.command.as_ref()) {
                self.pair("command", Tone::Text, &self.shown_command(command));
            }
        }
        self.policy();
        if let Some(ports) = self.status.map(|s| words::ports(&s.ports, self.glyphs.arrow())).filter(|p| !p.is_empty())
        {
            self.pair("ports", Tone::Text, &ports.join("  "));
        }
        for dependency in self.declared.map_or(&[][..], |d| &d.depends_on) {
            let once = match dependency.condition {
                Condition::Started => "once it is started",
                Condition::Healthy => "once it is healthy",
                Condition::Completed => "once it has completed",
            };
            let optional = if dependency.required { "" } else { ", if there" };
            let words = format!("{}, {once}{optional}", dependency.service);
            self.pair("depends on", Tone::Text, &words);
        }
        if let Some(place) = self.declared.and_then(|d| d.place.as_ref()) {
            self.pair("declared", Tone::Dim, &place.to_string());
        }
        if let Some(status) = self.status
            && let Some(drift) = self.model.overview.drift.get(&status.name)
        {
            self.drift(drift, status.containers.len());
        }
    }

    fn state(&mut self) {
        let Some(status) = self.status else { return };
        let mut state = words::state(status);
        if !status.enabled {
            state = "off: its profiles aren't on".into();
        } else if status.ready {
            state.push_str(", ready");
        }
        self.pair("state", Tone::State(status.state), &state);
        if let Some(reason) = status.reason.as_ref().filter(|_| !status.ready) {
            self.pair("because", Tone::Text, &reason.words(self.model.engine_now()));
        }
        if status.oneshot {
            self.pair("kind", Tone::Text, "one-shot: meant to end");
        }
    }

    fn times(&mut self, container: &Container) {
        let now = self.model.engine_now();
        let ago = |at: Stamp| format!("{} ({} ago)", at.moment(now), units::age(now.since(at)));
        let rows = [("created", container.created), ("started", container.started), ("ended", container.finished)];
        let runs = container.phase == Phase::Running;
        for (name, at) in rows.into_iter().filter(|(name, _)| !(runs && *name == "ended")) {
            if let Some(at) = at {
                self.pair(name, Tone::Text, &ago(at));
            }
        }
        if let Some(code) = container.exit_code.filter(|_| !runs && container.finished.is_some()) {
            let tone = if code == 0 { Tone::Text } else { Tone::Error };
            self.pair("exit code", tone, &exit::words(code, container.oom_killed, container.memory_limit));
        }
        if !container.error.is_empty() {
            self.pair("error", Tone::Error, &container.error);
        }
    }

    fn policy(&mut self) {
        let policy = self.container.map(|c| c.restart).or_else(|| self.declared.map(|d| d.restart));
        let Some(policy) = policy else { return };
        let mut words = match policy {
            Restart::No => "never".into(),
            Restart::Always => "always".into(),
            Restart::OnFailure(None) => "on failure".into(),
            Restart::OnFailure(Some(n)) => format!("on failure, at most {n} times"),
            Restart::UnlessStopped => "unless stopped".into(),
        };
        let restarts = self.container.map_or(0, |c| c.restarts);
        if restarts > 0 {
            let count = units::count(usize::try_from(restarts).unwrap_or(usize::MAX), "restart");
            words.push_str(&format!(", {count} so far"));
        }
        self.pair("restart", Tone::Text, &words);
    }

    /// Whether it still is what the file says; else each key with what the container has and what the file says.
    fn drift(&mut self, drift: &Drift, replicas: usize) {
        let Drift::Drifted { containers, differences } = drift else {
            return self.pair("drift", Tone::Dim, &drift.words());
        };
        let of =
            if replicas > 1 { format!(" in {} of {replicas} containers", containers.len()) } else { String::new() };
        let sign = self.glyphs.drifted();
        self.pair("drift", Tone::Warning, &format!("{sign} {}{of}", drift.words()));
        self.heading("DRIFT, FROM WHAT RUNS TO WHAT THE FILE SAYS");
        let (reveal, ascii, arrow) = (self.model.ui.reveal, self.model.settings.ascii, self.glyphs.arrow());
        for difference in differences {
            let none = || Cow::Borrowed("none");
            let old = difference.old_shown(reveal, ascii).unwrap_or_else(none);
            let new = difference.new_shown(reveal, ascii).unwrap_or_else(none);
            let key = Line::of(Tone::Strong, &difference.key);
            let line = key.clone().with(Tone::Dim, format!("  {old}")).with(Tone::Faint, format!(" {arrow} "));
            let line = line.with(Tone::Text, &*new);
            if line.width() <= self.width {
                self.lines.push(line);
                continue;
            }
            self.lines.push(key);
            let room = self.width.saturating_sub(4).max(8);
            for (lead, tone, text) in [(" ", Tone::Dim, old), (arrow, Tone::Text, new)] {
                for (at, piece) in wrap(&clean(&text), room).into_iter().take(3).enumerate() {
                    let lead = if at == 0 { lead } else { " " };
                    self.lines.push(Line::of(Tone::Faint, format!("  {lead} ")).with(tone, piece));
                }
            }
        }
        let key = Line::of(Tone::Key, key_of(ActionId::UpService));
        self.lines.push(key.with(Tone::Dim, " recreates it, after a plan"));
    }
}
