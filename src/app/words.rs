//! The verdict, states, events, places, names and ports in plain words, as every screen has them.

use crate::{
    base::{
        id::ServiceName,
        text::{clean, width},
        units,
    },
    host::Host,
    stack::{
        Drift, Event, EventKind, EventSubject, Health, Overview, PortBinding, Reason, ServiceStatus, State, Verdict,
    },
    view::role::Role,
};

/// What starts a project where no key does.
pub fn starts_it(host: &Host) -> String {
    match host.compose_by_files().then("up -d").offered() {
        Some(line) => format!("{line} starts it"),
        None => "nothing runs".into(),
    }
}

/// The verdict's figures: `1 of 3 ready`.
pub fn figures(overview: &Overview) -> String {
    let Overview { ready, total, .. } = overview;
    match overview.verdict {
        Verdict::Unknown => "nothing is known".into(),
        _ if *total == 0 && overview.orphans.is_empty() => "no services".into(),
        Verdict::Ready if *total == 1 => "ready".into(),
        Verdict::Ready => format!("all {total} ready"),
        Verdict::Stopped if overview.services.iter().all(|s| s.containers.is_empty()) => "not created yet".into(),
        _ => format!("{ready} of {total} ready"),
    }
}

/// Which services differ from their files; empty where none does.
pub fn drifted(overview: &Overview) -> String {
    let drifted = overview.drift.iter().filter(|(_, drift)| matches!(drift, Drift::Drifted { .. }));
    let names: Vec<_> = drifted.map(|(name, _)| clean(name)).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => format!("{one} differs from its file"),
        [one, two] => format!("{one} and {two} differ from their files"),
        many => format!("{} services differ from their files", many.len()),
    }
}

/// What keeps it from being ready: `backend is starting, frontend waits for it`; empty when all is well. `idle` is
/// what to say where no container was ever made.
pub fn cause(overview: &Overview, idle: &str) -> String {
    if matches!(overview.verdict, Verdict::Ready | Verdict::Unknown) {
        return String::new();
    }
    let first = || overview.services.iter().find(|s| s.enabled && !s.ready);
    let root = match &overview.root {
        Some((name, _)) => overview.service(name),
        None if overview.verdict == Verdict::Stopped => {
            let created = overview.services.iter().any(|s| !s.containers.is_empty());
            return if created { "nothing runs" } else { idle }.into();
        }
        None => first(),
    };
    let Some(root) = root else { return String::new() };
    let mut words = format!("{} {}", clean(&root.name), predicate(root));
    let waiting: Vec<&ServiceName> = overview
        .services
        .iter()
        .filter(|s| s.enabled && s.name != root.name && s.blocked_by.iter().any(|b| b.service == root.name))
        .map(|s| &s.name)
        .collect();
    match waiting.as_slice() {
        [] => {}
        [one] => words.push_str(&format!(", {} waits for it", clean(one))),
        [one, two] => words.push_str(&format!(", {} and {} wait for it", clean(one), clean(two))),
        many => words.push_str(&format!(", {} services wait for it", many.len())),
    }
    words
}

/// What a service does, as the end of a sentence.
fn predicate(service: &ServiceStatus) -> String {
    match (service.state, service.exit_code) {
        (State::Exited, Some(code)) => format!("exited {code}"),
        (State::Exited, None) => "exited".into(),
        (State::Failed, _) => "could not start".into(),
        (State::Waiting, _) => match service.blocked_by.iter().find(|b| b.hopeless).or(service.blocked_by.first()) {
            Some(on) if on.hopeless => format!("can't start: waits for {}", clean(&on.service)),
            Some(on) => format!("waits for {}", clean(&on.service)),
            None => "waits".into(),
        },
        (State::Missing, _) => "has no container".into(),
        (State::Created, _) if service.reason == Some(Reason::NotYetStarted) => "is not started yet".into(),
        (State::Created, _) => "is created, not started".into(),
        (State::Restarting | State::Running | State::Starting, _)
            if matches!(service.reason, Some(Reason::Loops { count: 2.., .. })) =>
        {
            "keeps restarting".into()
        }
        (State::Unknown, _) => "is in an unknown state".into(),
        (state, _) => format!("is {}", state.word()),
    }
}

/// What happened, in words, and its role.
pub fn event(event: &Event) -> (String, Role) {
    let (words, role) = match &event.kind {
        EventKind::Create => ("created".into(), Role::Dim),
        EventKind::Start => ("started".into(), Role::Text),
        EventKind::Die(0) => ("exited with code 0".into(), Role::Text),
        EventKind::Die(code) => (format!("exited {code}"), Role::Error),
        EventKind::Stop => ("stopped".into(), Role::Text),
        EventKind::Kill(signal) => (format!("was sent {}", signal_name(signal)), Role::Warning),
        EventKind::Oom => ("ran out of memory".into(), Role::Error),
        EventKind::Restart => ("restarted".into(), Role::Text),
        EventKind::Pause => ("paused".into(), Role::Paused),
        EventKind::Unpause => ("unpaused".into(), Role::Text),
        EventKind::Rename(from) => (format!("renamed from {}", clean(from.trim_start_matches('/'))), Role::Text),
        EventKind::Destroy => ("removed".into(), Role::Dim),
        EventKind::Health(Health::Healthy) => ("became healthy".into(), Role::Good),
        EventKind::Health(Health::Unhealthy) => ("became unhealthy".into(), Role::Error),
        EventKind::Health(Health::Starting) => ("health is starting".into(), Role::Dim),
        EventKind::ExecDie(0) => ("a command in it succeeded".into(), Role::Faint),
        EventKind::ExecDie(code) => (format!("a command in it ended with {code}"), Role::Dim),
        EventKind::Connect => ("connected".into(), Role::Faint),
        EventKind::Disconnect => ("disconnected".into(), Role::Faint),
        EventKind::Mount => ("mounted".into(), Role::Faint),
        EventKind::Unmount => ("unmounted".into(), Role::Faint),
        EventKind::Other(word) => (clean(word).into_owned(), Role::Faint),
    };
    (words, role)
}

/// The name of a signal, which engines give as a number or a name.
fn signal_name(signal: &str) -> String {
    let name = match signal {
        "1" => "SIGHUP",
        "2" => "SIGINT",
        "3" => "SIGQUIT",
        "6" => "SIGABRT",
        "9" => "SIGKILL",
        "10" => "SIGUSR1",
        "12" => "SIGUSR2",
        "15" => "SIGTERM",
        "28" => "SIGWINCH",
        // Podman doesn't say which.
        "" => "a signal",
        other => return clean(other).into_owned(),
    };
    name.into()
}

/// What an event happened to: the service, or the kind and name.
pub fn subject(event: &Event) -> String {
    let name = clean(&event.name);
    match (&event.subject, &event.service) {
        (EventSubject::Container(_), Some(service)) => clean(service).into_owned(),
        (EventSubject::Container(_), None) => name.into_owned(),
        (EventSubject::Network(..), _) => format!("network {name}"),
        (EventSubject::Volume(..), _) => format!("volume {}", short(&name)),
        (EventSubject::Image(image), _) => format!("image {}", clean(image)),
        (EventSubject::Other(kind), _) => format!("{} {name}", clean(kind)),
    }
}

/// The end of a long path says more than its beginning.
pub fn path_end(name: &str, room: usize) -> String {
    let mut rest = name;
    if !name.starts_with('/') || width(name) <= room {
        return name.to_owned();
    }
    while width(rest) + 1 > room {
        match rest.get(1..).and_then(|r| r.find('/').and_then(|at| r.get(at..))) {
            Some(shorter) => rest = shorter,
            None => break,
        }
    }
    if rest.len() == name.len() { name.to_owned() } else { format!("…{rest}") }
}

/// A container's name without its project's, which all of them begin with.
pub fn container<'a>(project: &str, name: &'a str) -> &'a str {
    name.strip_prefix(project).and_then(|rest| rest.strip_prefix(['-', '_'])).filter(|n| !n.is_empty()).unwrap_or(name)
}

/// A rate of bytes.
pub fn rate(bytes_per_second: u64) -> String {
    if bytes_per_second == 0 { "0".into() } else { format!("{}/s", units::bytes(bytes_per_second)) }
}

/// A state's word with what belongs to it: `exited 137`, `running 2/3`.
pub fn state(service: &ServiceStatus) -> String {
    let mut words = service.word().to_owned();
    if service.is_off() {
        return words;
    }
    if let (State::Exited, Some(code)) = (service.state, service.exit_code) {
        words.push_str(&format!(" {code}"));
    }
    if service.replicas != 1 || service.containers.len() > 1 {
        words.push_str(&format!(" {}/{}", service.ready_replicas, service.replicas));
    }
    words
}

/// A made-up name (64 hex digits) in twelve.
pub fn short(name: &str) -> &str {
    let made_up = name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit());
    if made_up { name.get(..12).unwrap_or(name) } else { name }
}

/// A published port as `8080→80`, one that isn't as `80`; `/udp` where it is.
pub fn port(binding: &PortBinding, arrow: &str) -> String {
    let protocol = if binding.protocol == "tcp" || binding.protocol.is_empty() {
        String::new()
    } else {
        format!("/{}", clean(&binding.protocol))
    };
    match binding.host_port {
        Some(host) => format!("{host}{arrow}{}{protocol}", binding.container_port),
        None => format!("{}{protocol}", binding.container_port),
    }
}

/// Ports without repetition (engines list each for IPv4 and IPv6), published ones first.
pub fn ports(bindings: &[PortBinding], arrow: &str) -> Vec<String> {
    let mut sorted: Vec<&PortBinding> = bindings.iter().collect();
    sorted.sort_by_key(|b| (b.host_port.is_none(), b.container_port, b.host_port));
    let mut words: Vec<String> = Vec::new();
    for binding in sorted {
        let word = port(binding, arrow);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}
