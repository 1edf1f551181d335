//! The inspector's Overview tab: what it is, how it does, what it waits for, and whether it still is what its file
//! says.

use std::borrow::Cow;

use crate::{
    app::{
        action::{ActionId, key_of},
        figures::{self, Memory},
        inspector::{inspected::Inspected, row::Row, tab::FIRST},
        scene::Scene,
        screens::logs::picture::tail,
        signs::state_role,
        targets, words,
    },
    base::{
        text::{clean, wrap_revealed},
        time::Stamp,
        units,
    },
    compose::{Condition, Restart},
    stack::{Container, Drift, Phase, exit},
    view::{role::Role, screen::Line},
};

/// Its row.
pub const OVERVIEW: Row = Row { rest: last_lines, ..Row::new(FIRST.title(), |it| it.overview()) };

/// The last lines of log, in what room is left.
fn last_lines(scene: &Scene<'_>, room: usize, width: usize) -> Vec<Line> {
    let Some(container) = targets::selected_container(scene.model).filter(|_| room >= 3) else { return Vec::new() };
    let tail = tail(scene, &container.id, room - 2, width);
    let unreadable = scene.model.stack().logs.of(&container.id).and_then(|log| log.unreadable());
    let mut lines = vec![Line::new(), Line::of(Role::Heading, " LAST LINES")];
    if let Some(why) = unreadable {
        lines.push(Line::of(Role::Dim, format!(" {why}")).fit(width));
    } else if tail.is_empty() {
        lines.push(Line::of(Role::Faint, " none yet"));
    }
    lines.extend(tail.into_iter().map(|line| Line::of(Role::Text, " ").with_line(&line)));
    lines
}

impl Inspected<'_> {
    fn overview(&mut self) {
        self.state();
        self.uses();
        let image = self.container.map(|c| c.image.clone()).or_else(|| self.declared.and_then(|d| d.image.clone()));
        match image {
            Some(image) => self.pair("image", Role::Text, &image),
            None if self.declared.is_some_and(|d| d.build) => self.pair("image", Role::Text, "built from the project"),
            None => {}
        }
        if let Some(container) = self.container {
            self.pair("container", Role::Text, &container.name);
            self.times(container);
            if !container.command.is_empty() {
                self.pair("command", Role::Text, &self.shown_command(&container.command));
            }
        } else {
            self.pair("container", Role::Dim, "none: never created, or removed");
            if let Some(command) = self.declared.and_then(|d| d.command.as_ref()) {
                self.pair("command", Role::Text, &self.shown_command(command));
            }
        }
        self.policy();
        if let Some(ports) = self.status.map(|s| words::ports(&s.ports, self.glyphs.arrow())).filter(|p| !p.is_empty())
        {
            self.pair("ports", Role::Text, &ports.join("  "));
        }
        for dependency in self.declared.map_or(&[][..], |d| &d.depends_on) {
            let once = match dependency.condition {
                Condition::Started => "once it is started",
                Condition::Healthy => "once it is healthy",
                Condition::Completed => "once it has completed",
            };
            let optional = if dependency.required { "" } else { ", if there" };
            let words = format!("{}, {once}{optional}", dependency.service);
            self.pair("depends on", Role::Text, &words);
        }
        if let Some(place) = self.declared.and_then(|d| d.place.as_ref()) {
            self.pair("declared", Role::Dim, &place.to_string());
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
        self.pair("state", state_role(status.state), &state);
        if let Some(reason) = status.reason.as_ref().filter(|_| !status.ready) {
            self.pair("because", Role::Text, &reason.words(self.model.engine_now()));
        }
        if status.oneshot {
            self.pair("kind", Role::Text, "one-shot: expected to exit");
        }
    }

    /// Its figures, which the table has no column for everywhere.
    fn uses(&mut self) {
        let ids: Vec<_> = match (self.status, self.container) {
            (Some(status), _) => status.containers.clone(),
            (None, container) => container.iter().map(|c| c.id.clone()).collect(),
        };
        let Some(Memory { used, limit }) = figures::memory(self.model, &ids) else { return };
        let mut words = format!("{} of memory", units::bytes(used));
        if limit > 0 {
            words = format!("{} of {} memory", units::bytes(used), units::bytes(limit));
        }
        if let Some(cpu) = figures::cpu(self.model, &ids) {
            words.push_str(&format!(", {cpu:.1} % CPU"));
        }
        self.pair("uses", Role::Text, &words);
    }

    fn times(&mut self, container: &Container) {
        let now = self.model.engine_now();
        let zone = &self.model.settings.zone;
        let ago = |at: Stamp| format!("{} ({} ago)", at.moment(zone, now), units::age(now.since(at)));
        let rows = [("created", container.created), ("started", container.started), ("ended", container.finished)];
        let runs = container.phase == Phase::Running;
        for (name, at) in rows.into_iter().filter(|(name, _)| !(runs && *name == "ended")) {
            if let Some(at) = at {
                self.pair(name, Role::Text, &ago(at));
            }
        }
        if let Some(code) = container.exit_code.filter(|_| !runs && container.finished.is_some()) {
            let role = if code == 0 { Role::Text } else { Role::Error };
            self.pair("exit code", role, &exit::words(code, container.oom_killed, container.memory_limit));
        }
        if !container.error.is_empty() {
            self.pair("error", Role::Error, &container.error);
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
        self.pair("restart", Role::Text, &words);
    }

    /// Whether it still is what the file says; else each key with what the container has and what the file says.
    fn drift(&mut self, drift: &Drift, replicas: usize) {
        let Drift::Drifted { containers, differences } = drift else {
            return self.pair("drift", Role::Dim, &drift.words());
        };
        let of =
            if replicas > 1 { format!(" in {} of {replicas} containers", containers.len()) } else { String::new() };
        let sign = self.glyphs.drifted();
        self.pair("drift", Role::Warning, &format!("{sign} {}{of}", drift.words()));
        self.heading("DRIFT, FROM WHAT RUNS TO WHAT THE FILE SAYS");
        let (reveal, ascii, arrow) = (self.model.ui.reveal, self.model.settings.ascii, self.glyphs.arrow());
        for difference in differences {
            let none = || Cow::Borrowed("none");
            let old = difference.old_shown(reveal, ascii).unwrap_or_else(none);
            let new = difference.new_shown(reveal, ascii).unwrap_or_else(none);
            let key = Line::of(Role::Strong, &difference.key);
            let line = key.clone().with(Role::Dim, format!("  {old}")).with(Role::Faint, format!(" {arrow} "));
            let line = line.with(Role::Text, &*new);
            if line.width() <= self.width {
                self.lines.push(line);
                continue;
            }
            self.lines.push(key);
            let room = self.width.saturating_sub(4).max(8);
            for (lead, role, text) in [(" ", Role::Dim, old), (arrow, Role::Text, new)] {
                for (at, piece) in wrap_revealed(&clean(&text), room).into_iter().take(3).enumerate() {
                    let lead = if at == 0 { lead } else { " " };
                    self.lines.push(Line::of(Role::Faint, format!("  {lead} ")).with(role, piece));
                }
            }
        }
        let key = Line::of(Role::Key, key_of(ActionId::UpService));
        self.lines.push(key.with(Role::Dim, " recreates it, after a plan"));
    }
}
