//! All of the selected service or container, in tabs.

use ratatui::layout::Rect;

use crate::{
    app::{
        action::{ActionId, key_of},
        health,
        layout::inspector_tab_spans,
        model::{Inspect, Panel, Pick},
        targets,
    },
    base::{
        secrets::{is_secret_flag, masked, masked_command},
        text::{clean, pad, wrap},
        time::Stamp,
        units,
    },
    compose::{Condition, MountKind, Origin, Restart, Service},
    stack::{Container, Drift, Phase, ServiceStatus},
    view::{
        role::Role,
        scene::Scene,
        screen::{Emphasis, Line, Pane, Scroll, inside},
        words,
    },
};

/// What is inspected.
struct Subject<'a> {
    scene: &'a Scene<'a>,
    container: Option<&'a Container>,
    status: Option<&'a ServiceStatus>,
    declared: Option<&'a Service>,
    width: usize,
    lines: Vec<Line>,
}

/// The inspector.
pub fn draw(scene: &Scene<'_>, area: Rect) -> Pane {
    let model = scene.model;
    let inner = inside(area);
    let Some(pick) = &model.ui.selected else {
        let frame = scene.frame(Panel::Inspector, "Inspector");
        return Pane::framed(area, frame, vec![Line::new(), Line::of(Role::Dim, " Nothing is selected.")]);
    };
    let container = targets::selected_container(model);
    let status = targets::status(model, pick);
    let service = targets::service(model, pick);
    let project = model.stack.declared.as_ref();
    let declared = service.and_then(|name| project?.services.get(&name));
    let width = usize::from(inner.width).saturating_sub(2);
    let mut subject = Subject { scene, container, status, declared, width, lines: Vec::new() };
    match model.ui.inspect {
        Inspect::Overview => subject.overview(),
        Inspect::Health => subject.health(),
        Inspect::Environment => subject.environment(),
        Inspect::Mounts => subject.mounts(),
        Inspect::Networks => subject.networks(),
        Inspect::Secrets => subject.secrets(),
        Inspect::Labels => subject.labels(),
        Inspect::Raw => subject.raw(),
    }
    let all = subject.lines;
    let height = usize::from(inner.height).saturating_sub(1);
    let first = model.ui.inspect_scroll.min(all.len().saturating_sub(height));
    let mut lines = vec![tabs(scene, inner)];
    let shown = all.iter().skip(first).take(height);
    lines.extend(shown.map(|line| Line::of(Role::Text, " ").with_line(&line.clone().fit(width))));
    if model.ui.inspect == Inspect::Overview {
        log_tail(scene, container, &mut lines, all.len(), inner, width);
    }
    let mut frame = scene.frame(Panel::Inspector, &targets::name(model, pick));
    frame.scroll = Scroll::of(first, height, all.len());
    if let (Some(container), Pick::Service(_)) = (container, pick) {
        frame.right = Line::of(Role::Faint, container.id.short());
    }
    Pane::framed(area, frame, lines)
}

fn tabs(scene: &Scene<'_>, inner: Rect) -> Line {
    let spans = inspector_tab_spans(scene.model);
    // There may be more than fit.
    let shown = |at: Option<&(Inspect, &str)>| at.is_some_and(|(tab, _)| spans.iter().any(|(t, _)| t == tab));
    let earlier = !shown(Inspect::ALL.first());
    let mut line = Line::of(Role::Accent, if earlier { scene.glyphs.more(false) } else { " " });
    for (tab, span) in &spans {
        line.to_column(usize::from(span.start.saturating_sub(inner.x)));
        let title = Inspect::ALL.iter().find(|(t, _)| t == tab).map_or("", |(_, title)| title);
        if *tab == scene.model.ui.inspect {
            line.styled(Role::Accent, Emphasis { underline: true, ..Emphasis::NONE }, title);
        } else {
            line.push(Role::Dim, title);
        }
    }
    if !shown(Inspect::ALL.last()) {
        line.to_column(usize::from(inner.width).saturating_sub(1));
        line.push(Role::Accent, scene.glyphs.more(true));
    }
    line
}

/// The last log lines, in what room is left.
fn log_tail(
    scene: &Scene<'_>,
    container: Option<&Container>,
    lines: &mut Vec<Line>,
    all: usize,
    inner: Rect,
    width: usize,
) {
    let free = usize::from(inner.height).saturating_sub(all + 1);
    let Some(container) = container.filter(|_| free >= 3) else { return };
    let tail = super::logs::tail(scene, &container.id, free - 2, width);
    let unreadable = scene.model.stack.logs.of(&container.id).and_then(|ring| ring.unreadable.clone());
    lines.push(Line::new());
    lines.push(Line::of(Role::Heading, " LAST LINES"));
    if let Some(why) = unreadable {
        lines.push(Line::of(Role::Dim, format!(" {why}")).fit(width));
    } else if tail.is_empty() {
        lines.push(Line::of(Role::Faint, " none yet"));
    }
    lines.extend(tail.into_iter().map(|line| Line::of(Role::Text, " ").with_line(&line)));
}

impl Subject<'_> {
    /// A line of a name and its value; longer values are wrapped under themselves.
    fn pair(&mut self, name: &str, role: Role, value: &str) {
        const NAMES: usize = 11;
        let room = self.width.saturating_sub(NAMES).max(8);
        for (i, piece) in wrap(&clean(value), room).into_iter().enumerate() {
            let mut line = Line::of(Role::Dim, if i == 0 { name } else { "" });
            line.to_column(NAMES);
            line.push(role, piece);
            self.lines.push(line);
        }
    }

    fn heading(&mut self, words: &str) {
        if !self.lines.is_empty() {
            self.lines.push(Line::new());
        }
        self.lines.push(Line::of(Role::Heading, words));
    }

    fn none(&mut self, words: &str) {
        self.lines.push(Line::of(Role::Dim, words));
    }

    fn ago(&self, at: Stamp) -> String {
        let age = units::age(self.scene.now.since(at));
        format!("{} ({age} ago)", at.local("%H:%M:%S"))
    }

    fn overview(&mut self) {
        if let Some(status) = self.status {
            let mut state = words::state(status);
            if !status.enabled {
                state = "off: its profiles aren't on".into();
            } else if status.ready {
                state.push_str(", ready");
            }
            self.pair("state", Role::of_state(status.state), &state);
            if let Some(reason) = status.reason.as_ref().filter(|_| !status.ready) {
                self.pair("because", Role::Text, &reason.words(self.scene.now));
            }
            if status.oneshot {
                self.pair("kind", Role::Text, "one-shot: meant to end");
            }
        }
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
                self.pair("command", Role::Text, &self.masked_words(&container.command));
            }
        } else {
            self.pair("container", Role::Dim, "none: never created, or removed");
            let command = self.declared.and_then(|d| d.command.as_ref());
            if let Some(command) = command {
                self.pair("command", Role::Text, &self.masked_words(command));
            }
        }
        let restart = self.container.map(|c| c.restart).or_else(|| self.declared.map(|d| d.restart));
        if let Some(restart) = restart {
            let restarts = self.container.map_or(0, |c| c.restarts);
            let so_far = if restarts > 0 {
                format!(", {} so far", units::count(usize::try_from(restarts).unwrap_or(usize::MAX), "restart"))
            } else {
                String::new()
            };
            self.pair("restart", Role::Text, &format!("{}{so_far}", policy(restart)));
        }
        let arrow = self.scene.glyphs.arrow();
        if let Some(ports) = self.status.map(|s| words::ports(&s.ports, arrow)).filter(|p| !p.is_empty()) {
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
            && let Some(drift) = self.scene.model.overview.drift.get(&status.name)
        {
            self.drift(drift, status.containers.len());
        }
    }

    /// Whether it still is what the file says; else each key with what the container has and what the file says.
    fn drift(&mut self, drift: &Drift, replicas: usize) {
        let Drift::Drifted { containers, differences } = drift else {
            return self.pair("file", Role::Dim, &drift.words());
        };
        let of =
            if replicas > 1 { format!(" in {} of {replicas} containers", containers.len()) } else { String::new() };
        let sign = self.scene.glyphs.drifted();
        self.pair("file", Role::Warning, &format!("{sign} {}{of}", drift.words()));
        self.heading("DRIFT, FROM WHAT RUNS TO WHAT THE FILE SAYS");
        let (reveal, ascii) = (self.scene.model.ui.reveal, self.scene.glyphs.ascii);
        for difference in differences {
            let none = || std::borrow::Cow::Borrowed("none");
            let old = difference.old_shown(reveal, ascii).unwrap_or_else(none).into_owned();
            let new = difference.new_shown(reveal, ascii).unwrap_or_else(none).into_owned();
            let arrow = self.scene.glyphs.arrow();
            let mut line = Line::of(Role::Strong, &difference.key).with(Role::Text, "  ");
            line.push(Role::Dim, &old);
            let line = line.with(Role::Faint, format!(" {arrow} ")).with(Role::Text, &new);
            if line.width() <= self.width {
                self.lines.push(line);
                continue;
            }
            self.lines.push(Line::of(Role::Strong, &difference.key));
            let room = self.width.saturating_sub(4).max(8);
            for (lead, role, text) in [(" ", Role::Dim, old), (arrow, Role::Text, new)] {
                for (at, piece) in wrap(&clean(&text), room).into_iter().take(3).enumerate() {
                    let lead = if at == 0 { lead } else { " " };
                    self.lines.push(Line::of(Role::Faint, format!("  {lead} ")).with(role, piece));
                }
            }
        }
        let key = key_of(ActionId::UpService);
        self.lines.push(Line::of(Role::Key, key).with(Role::Dim, " makes it anew, after a plan"));
    }

    fn times(&mut self, container: &Container) {
        let rows = [("created", container.created), ("started", container.started), ("ended", container.finished)];
        let runs = container.phase == Phase::Running;
        for (name, at) in rows.into_iter().filter(|(name, _)| !(runs && *name == "ended")) {
            if let Some(at) = at {
                let words = self.ago(at);
                self.pair(name, Role::Text, &words);
            }
        }
        if let Some(code) = container.exit_code.filter(|_| !runs && container.finished.is_some()) {
            let role = if code == 0 { Role::Text } else { Role::Error };
            self.pair(
                "exit code",
                role,
                &crate::stack::exit::words(code, container.oom_killed, container.memory_limit),
            );
        }
        if !container.error.is_empty() {
            self.pair("error", Role::Error, &container.error);
        }
    }

    fn health(&mut self) {
        for line in health::lines(self.scene.model, self.width) {
            let drawn = match line {
                health::Line::Pair(name, value) => Line::of(Role::Dim, pad(name, 11)).with(Role::Text, value),
                health::Line::Default(name, value) => Line::of(Role::Dim, pad(name, 11)).with(Role::Faint, value),
                health::Line::Words(words) => Line::of(Role::Text, words),
                health::Line::Heading(words) => {
                    self.heading(words);
                    continue;
                }
                health::Line::Next(words) => Line::of(Role::Busy, words),
                health::Line::Probe(passed, at, took, end) => {
                    let role = if passed { Role::ProbePassed } else { Role::ProbeFailed };
                    Line::of(role, self.scene.glyphs.probe(passed))
                        .with(Role::Text, format!(" {at}"))
                        .with(Role::Dim, format!("  {took}"))
                        .with(if passed { Role::Faint } else { role }, format!("  {end}"))
                }
                health::Line::Output(words) => Line::of(Role::Text, "  ").with(Role::Dim, words),
                health::Line::Note(words) => Line::of(Role::Faint, format!("  {words}")),
            };
            self.lines.push(drawn);
        }
        let can_run = self.container.is_some_and(|c| c.phase == Phase::Running && c.active_check().is_some());
        if can_run && !self.scene.model.settings.read_only {
            self.lines.push(Line::new());
            self.lines.push(Line::of(Role::Key, key_of(ActionId::Probe)).with(Role::Dim, " runs the probe now"));
        }
    }

    fn environment(&mut self) {
        let ascii = self.scene.glyphs.ascii;
        let reveal = self.scene.model.ui.reveal;
        let mut pairs: Vec<(String, Option<String>)> = match (self.container, self.declared) {
            (Some(container), _) if container.inspected => container
                .env
                .iter()
                .map(|entry| match entry.split_once('=') {
                    Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                    None => (entry.clone(), None),
                })
                .collect(),
            (_, Some(service)) => service.environment.iter().map(|(n, v)| (n.clone(), v.clone())).collect(),
            _ => Vec::new(),
        };
        pairs.sort();
        if pairs.is_empty() {
            return self.none("No variables.");
        }
        let mut hidden = 0;
        for (name, value) in pairs {
            let mut line = Line::of(Role::Accent, &name).with(Role::Faint, "=");
            match value {
                None => line.push(Role::Faint, "(from nowhere: no value)"),
                Some(value) => {
                    let shown = if reveal { value.as_str().into() } else { masked(&name, &value, ascii) };
                    hidden += usize::from(shown != value);
                    line.push(Role::Text, shown);
                }
            }
            self.lines.push(line);
        }
        if hidden > 0 {
            self.lines.push(Line::new());
            let words = format!("{} masked; ", units::count(hidden, "value"));
            self.lines
                .push(Line::of(Role::Dim, words).with(Role::Key, key_of(ActionId::Reveal)).with(Role::Dim, " shows"));
        }
    }

    fn mounts(&mut self) {
        let ro = |writable: bool| if writable { "" } else { ", read-only" };
        let mut rows: Vec<(String, String, String)> = Vec::new();
        match (self.container, self.declared) {
            (Some(container), _) if container.inspected => {
                for mount in &container.mounts {
                    let source = mount.volume.as_ref().map_or(mount.source.as_str(), |v| words::short(v));
                    rows.push((
                        mount.target.clone(),
                        source.to_owned(),
                        format!("{}{}", kind(mount.kind), ro(mount.writable)),
                    ));
                }
            }
            (_, Some(service)) => {
                for mount in &service.mounts {
                    let source = mount.source.clone().unwrap_or_default();
                    rows.push((
                        mount.target.clone(),
                        source,
                        format!("{}{}, declared", kind(mount.kind), ro(!mount.read_only)),
                    ));
                }
            }
            _ => {}
        }
        if rows.is_empty() {
            return self.none("Nothing is mounted: what it writes goes with its container.");
        }
        rows.sort();
        for (target, source, what) in rows {
            self.lines.push(Line::of(Role::Strong, target).with(Role::Dim, format!("  {what}")));
            if !source.is_empty() {
                self.lines
                    .push(Line::of(Role::Faint, format!("{} ", self.scene.glyphs.under())).with(Role::Text, source));
            }
        }
    }

    fn networks(&mut self) {
        let attachments = self.container.map_or(&[][..], |c| &c.networks);
        for attachment in attachments {
            self.heading(&attachment.network);
            let address =
                if attachment.address.is_empty() { "none while it isn't running" } else { &attachment.address };
            self.pair("address", Role::Text, address);
            if !attachment.aliases.is_empty() {
                self.pair("names", Role::Text, &attachment.aliases.join(", "));
            }
            let network = self.scene.model.stack.networks.values().find(|n| n.name == attachment.network);
            if let Some(network) = network {
                let inside = if network.internal { ", no way out" } else { "" };
                self.pair("network", Role::Dim, &format!("{}, {}{inside}", network.driver, network.subnets.join(", ")));
            }
        }
        if attachments.is_empty() {
            for wanted in self.declared.map_or(&[][..], |d| &d.networks) {
                self.pair("will join", Role::Text, &wanted.network);
            }
        }
        if let Some(mode) = self.declared.and_then(|d| d.network_mode.as_ref()) {
            self.pair("mode", Role::Text, mode);
        }
        let arrow = self.scene.glyphs.arrow();
        let bindings = self.container.map(|c| &c.ports).or_else(|| self.status.map(|s| &s.ports));
        let bindings: Vec<_> = bindings.into_iter().flatten().collect();
        if !bindings.is_empty() {
            self.heading("PORTS");
        }
        for binding in bindings {
            let mut line = Line::of(Role::Text, words::port(binding, arrow));
            match &*binding.host_ip {
                "" if binding.host_port.is_none() => line.push(Role::Dim, "  only inside"),
                "0.0.0.0" | "::" | "" => line.push(Role::Dim, "  from anywhere"),
                ip => line.push(Role::Dim, format!("  on {ip}")),
            }
            self.lines.push(line);
        }
        if self.lines.is_empty() {
            self.none("It is in no network.");
        }
    }

    fn secrets(&mut self) {
        let Some(service) = self.declared else { return self.none("No compose file declares this.") };
        let project = self.scene.model.stack.declared.as_ref();
        let kinds = [
            ("SECRETS", &service.secrets, project.map(|p| &p.secrets), "/run/secrets/"),
            ("CONFIGS", &service.configs, project.map(|p| &p.configs), "/"),
        ];
        for (title, grants, resources, folder) in kinds {
            if grants.is_empty() {
                continue;
            }
            self.heading(title);
            for grant in grants {
                let target = grant.target.clone().unwrap_or_else(|| grant.source.clone());
                let target = if target.starts_with('/') { target } else { format!("{folder}{target}") };
                self.lines.push(Line::of(Role::Strong, &grant.source).with(Role::Dim, format!("  @ {target}")));
                let origin = resources.and_then(|r| r.get(&grant.source)).map(|r| match &r.origin {
                    Origin::File(path) => format!("from the file {}", path.display()),
                    Origin::Environment(name) => format!("from the variable {name}"),
                    Origin::Inline => "written in the compose file".into(),
                    Origin::External(name) => format!("on the engine, as {name}"),
                });
                let words = origin.unwrap_or_else(|| "not declared in the project".into());
                self.lines
                    .push(Line::of(Role::Faint, format!("{} ", self.scene.glyphs.under())).with(Role::Text, words));
            }
        }
        if self.lines.is_empty() {
            self.none("No secrets or configs are granted to it.");
        }
    }

    fn labels(&mut self) {
        let labels: Vec<(String, String)> = match (self.container, self.declared) {
            (Some(c), _) if !c.labels.is_empty() => c.labels.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
            (_, Some(service)) => service.labels.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
            _ => Vec::new(),
        };
        if labels.is_empty() {
            return self.none("No labels.");
        }
        let (reveal, ascii) = (self.scene.model.ui.reveal, self.scene.glyphs.ascii);
        for (name, value) in labels {
            let shown = if reveal { value.as_str().into() } else { masked(&name, &value, ascii) };
            self.lines.push(Line::of(Role::Accent, &name).with(Role::Faint, "=").with(Role::Text, shown));
        }
    }

    fn raw(&mut self) {
        let Some(container) = self.container else { return self.none("There is no container to inspect.") };
        let raw = self.scene.model.stack.raw.as_ref().filter(|(id, _)| *id == container.id);
        let Some((_, json)) = raw else { return self.none("The engine is asked…") };
        let mut follows_secret = false;
        for text in json.lines() {
            let indent = text.len() - text.trim_start().len();
            let mut line = Line::of(Role::Text, " ".repeat(indent));
            let text = text.trim_start();
            match text.split_once("\": ") {
                Some((name, value)) => {
                    line.push(Role::Dim, format!("{name}\": "));
                    line.push(Role::Text, self.raw_value(name.trim_start_matches('"'), value));
                }
                None => {
                    let item = if follows_secret { "--password" } else { "" };
                    line.push(Role::Text, self.raw_value(item, text));
                }
            }
            follows_secret = is_secret_flag(text.trim_matches([' ', ',', '"']));
            self.lines.push(line);
        }
    }

    /// A value of the raw JSON: texts are masked by their names, and as command lines.
    fn raw_value(&self, name: &str, value: &str) -> String {
        let ascii = self.scene.glyphs.ascii;
        let text = value.strip_prefix('"').and_then(|rest| rest.rsplit_once('"'));
        match text {
            // The engine's own word for a path.
            Some((text, end)) if !self.scene.model.ui.reveal && name != "SandboxKey" => {
                format!("\"{}\"{end}", masked_command(&masked(name, text, ascii), ascii))
            }
            _ => value.to_owned(),
        }
    }

    /// A command line.
    fn masked_words(&self, words: &[String]) -> String {
        let command = words.join(" ");
        if self.scene.model.ui.reveal { command } else { masked_command(&command, self.scene.glyphs.ascii) }
    }
}

fn policy(restart: Restart) -> String {
    match restart {
        Restart::No => "never".into(),
        Restart::Always => "always".into(),
        Restart::OnFailure(None) => "on failure".into(),
        Restart::OnFailure(Some(n)) => format!("on failure, at most {n} times"),
        Restart::UnlessStopped => "unless stopped".into(),
    }
}

fn kind(kind: MountKind) -> &'static str {
    match kind {
        MountKind::Bind => "bind",
        MountKind::Volume => "volume",
        MountKind::Tmpfs => "tmpfs",
        MountKind::Other => "other",
    }
}
