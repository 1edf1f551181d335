//! Compares a container with its service key by key. What only the image says is not compared.

use serde_json::Value;

use super::{
    difference::{Difference, Side, VERSION},
    parts,
    values::{list, scalar},
};
use crate::{
    compose::{HealthCheck, Release, Restart},
    stack::{Container, ImageFacts},
};

/// Keys with a text each: what the container has is read from [`Made`](crate::stack::CreateConfig), what isn't said is
/// the image's or nothing. Keys whose default is the engine's own choice are compared where the file says them.
const TEXTS: [&str; 22] = [
    "user",
    "working_dir",
    "stop_signal",
    "domainname",
    "privileged",
    "read_only",
    "tty",
    "stdin_open",
    "extra_hosts",
    "cap_add",
    "cap_drop",
    "security_opt",
    "dns",
    "dns_search",
    "dns_opt",
    "group_add",
    "sysctls",
    "devices",
    "cpuset",
    "cpu_shares",
    "userns_mode",
    "uts",
];
const WHERE_SAID: [&str; 11] = [
    "hostname",
    "shm_size",
    "ipc",
    "pid",
    "init",
    "runtime",
    "oom_score_adj",
    "logging",
    "memswap_limit",
    "ulimits",
    "cgroup_parent",
];

/// All differences, in the order of their keys here. `image` is the one that the container is of.
pub fn differences(side: &Side<'_>, image: Option<&ImageFacts>) -> Vec<Difference> {
    let mut found = commands(side, image);
    found.extend(parts::environment(side, image));
    found.extend(parts::labels(side, image));
    found.extend(parts::ports(side));
    found.extend(parts::expose(side, image));
    found.extend(parts::mounts(side, image));
    found.extend(parts::networks(side));
    found.extend(healthcheck(side, image));
    found.extend(limits(side));
    let (said, has) = (restart(side.resolved), side.container.restart);
    if said != has {
        found.push(Difference::new("restart", Some(policy(has)), Some(policy(said))));
    }
    for key in TEXTS.into_iter().chain(WHERE_SAID) {
        let said = side.resolved.get(key).map(|value| normal(key, value)).filter(|text| !text.is_empty());
        if said.is_none() && WHERE_SAID.contains(&key) {
            continue;
        }
        let of_image = image.and_then(|image| match key {
            "user" => Some(image.user.clone()),
            "working_dir" => Some(image.working_dir.clone()),
            "stop_signal" => Some(image.stop_signal.clone()),
            _ => None,
        });
        let wanted = said.clone().or(of_image).unwrap_or_default();
        let has = text_of(side.container, key);
        // Without its image it can't be known whose value this is.
        let unknown = said.is_none() && image.is_none() && matches!(key, "user" | "working_dir" | "stop_signal");
        if wanted != has && !unknown {
            found.push(Difference::new(key, Some(has).filter(|text| !text.is_empty()), said));
        }
    }
    found.extend(grace(side));
    found.extend(depends_on(side));
    found
}

/// What the container has, as compose would write it; empty for none.
fn text_of(container: &Container, key: &str) -> String {
    let made = &container.config;
    let flag = |on: bool| if on { "true".into() } else { String::new() };
    let number = |n: u64| if n == 0 { String::new() } else { n.to_string() };
    match key {
        "user" => made.user.clone(),
        "working_dir" => made.working_dir.clone(),
        "stop_signal" => made.stop_signal.clone(),
        "hostname" => made.hostname.clone(),
        "privileged" => flag(made.privileged),
        "read_only" => flag(made.read_only),
        "tty" => flag(container.tty),
        "extra_hosts" => list(made.extra_hosts.iter().map(|host| host_entry(host))),
        "cap_add" => list(made.cap_add.iter().map(|cap| capability(cap))),
        "cap_drop" => list(made.cap_drop.iter().map(|cap| capability(cap))),
        "security_opt" => list(made.security_opt.iter().map(|option| security(option))),
        "shm_size" => number(made.shm_size),
        key => made.more.get(key).cloned().unwrap_or_default(),
    }
}

/// What the file says, in the same form.
fn normal(key: &str, value: &Value) -> String {
    let items = || value.as_array().into_iter().flatten().map(scalar);
    match (key, value) {
        (_, Value::Bool(false)) if !WHERE_SAID.contains(&key) => String::new(),
        ("extra_hosts", Value::Array(_)) => list(items().map(|host| host_entry(&host))),
        ("extra_hosts", Value::Object(map)) => list(map.iter().flat_map(|(host, to)| match to {
            Value::Array(all) => all.iter().map(|ip| format!("{host}:{}", scalar(ip))).collect::<Vec<_>>(),
            one => vec![format!("{host}:{}", scalar(one))],
        })),
        ("cap_add" | "cap_drop", Value::Array(_)) => list(items().map(|cap| capability(&cap))),
        ("security_opt", Value::Array(_)) => list(items().map(|option| security(&option))),
        ("ulimits", Value::Object(map)) => list(map.iter().map(|(name, limit)| match limit {
            Value::Object(both) => {
                let part = |key: &str| both.get(key).map(scalar).unwrap_or_default();
                format!("{name}={}:{}", part("soft"), part("hard"))
            }
            one => format!("{name}={0}:{0}", scalar(one)),
        })),
        ("logging", Value::Object(map)) => {
            let options = map.get("options").and_then(Value::as_object).into_iter().flatten();
            let driver = map.get("driver").map(scalar).unwrap_or_default();
            list(std::iter::once(driver).chain(options.map(|(key, value)| format!("{key}={}", scalar(value)))))
        }
        ("devices", Value::Array(all)) => list(all.iter().map(|device| match device {
            Value::Object(parts) => {
                let part = |key: &str| parts.get(key).map(scalar).unwrap_or_default();
                format!("{}:{}:{}", part("source"), part("target"), part("permissions"))
            }
            text => device_text(&scalar(text)),
        })),
        ("dns" | "dns_search" | "dns_opt", Value::Array(_)) => items().collect::<Vec<_>>().join(", "),
        (_, Value::Array(_)) => list(items()),
        (_, Value::Object(map)) => list(map.iter().map(|(key, value)| format!("{key}={}", scalar(value)))),
        (_, value) => scalar(value),
    }
}

fn host_entry(text: &str) -> String {
    text.replacen('=', ":", 1)
}

fn capability(text: &str) -> String {
    text.to_uppercase().trim_start_matches("CAP_").to_owned()
}

/// `no-new-privileges:true` and `=true` are one thing; a profile's file is read by compose, so that its text can't
/// be told from another's.
fn security(text: &str) -> String {
    let text = text.replacen(':', "=", 1);
    if text.starts_with("seccomp=") && text != "seccomp=unconfined" { "seccomp=a profile".into() } else { text }
}

fn device_text(text: &str) -> String {
    let mut parts = text.split(':');
    let source = parts.next().unwrap_or_default();
    let target = parts.next().unwrap_or(source);
    format!("{source}:{target}:{}", parts.next().unwrap_or("rwm"))
}

/// A list of words as one line.
fn line(words: &[String]) -> Option<String> {
    (!words.is_empty()).then(|| words.join(" "))
}

/// An entrypoint of the file's own takes the image's command away (moby `merge` of the two configurations).
fn commands(side: &Side<'_>, image: Option<&ImageFacts>) -> Vec<Difference> {
    let words = |key: &str| {
        let items = side.resolved.get(key)?.as_array()?;
        Some(items.iter().map(scalar).collect::<Vec<_>>())
    };
    let (entrypoint, command) = (words("entrypoint"), words("command"));
    let made = &side.container.config;
    let mut found = Vec::new();
    let mut compare = |key: &str, said: Option<&Vec<String>>, of_image: Option<&Vec<String>>, has: &Vec<String>| {
        let Some(wanted) = said.or(of_image) else { return };
        if wanted != has {
            found.push(Difference::new(key, line(has), said.map(|words| words.join(" "))));
        }
    };
    compare("entrypoint", entrypoint.as_ref(), image.map(|i| &i.entrypoint), &made.entrypoint);
    let none = Vec::new();
    let of_image = if entrypoint.is_some() { Some(&none) } else { image.map(|i| &i.cmd) };
    compare("command", command.as_ref().filter(|words| !words.is_empty()), of_image, &made.cmd);
    found
}

/// The image's check, changed by what the file says, with the engine's defaults (30 s, 30 s, 0 s, 3).
fn healthcheck(side: &Side<'_>, image: Option<&ImageFacts>) -> Vec<Difference> {
    let said = side.service.healthcheck.as_ref();
    let of_image = image.and_then(|image| image.check.as_ref());
    if said.is_none() && image.is_none() {
        return Vec::new();
    }
    let (said, base) = (said.cloned().unwrap_or_default(), of_image.cloned().unwrap_or_default());
    let test = if said.disabled {
        vec!["NONE".to_owned()]
    } else if said.test.is_empty() {
        base.test.clone()
    } else {
        said.test.clone()
    };
    let has = side.container.check.clone().unwrap_or_default();
    let off = |test: &[String]| test.first().is_none_or(|word| word == "NONE");
    if off(&test) && off(&has.test) {
        return Vec::new();
    }
    let mut found = Vec::new();
    if test != has.test {
        found.push(Difference::new("healthcheck.test", line(&has.test), line(&test)));
    }
    if off(&test) || off(&has.test) {
        return found;
    }
    let default = std::time::Duration::from_secs(30);
    let setting = crate::base::units::setting;
    let time = |check: &HealthCheck, which: fn(&HealthCheck) -> Option<std::time::Duration>| {
        which(check).filter(|d| !d.is_zero())
    };
    type Time = (&'static str, fn(&HealthCheck) -> Option<std::time::Duration>, std::time::Duration);
    let times: [Time; 4] = [
        ("interval", |c| c.interval, default),
        ("timeout", |c| c.timeout, default),
        ("start_period", |c| c.start_period, std::time::Duration::ZERO),
        ("start_interval", |c| c.start_interval, std::time::Duration::ZERO),
    ];
    for (key, which, default) in times {
        let wanted = time(&said, which).or_else(|| time(&base, which)).unwrap_or(default);
        let has = time(&has, which).unwrap_or(default);
        if wanted != has {
            let (old, new) = (Some(setting(has)), Some(setting(wanted)));
            found.push(Difference::new(format!("healthcheck.{key}"), old, new));
        }
    }
    let retries = |check: &HealthCheck| check.retries.filter(|n| *n > 0);
    let (wanted, has) = (retries(&said).or(retries(&base)).unwrap_or(3), retries(&has).unwrap_or(3));
    if wanted != has {
        found.push(Difference::new("healthcheck.retries", Some(has.to_string()), Some(wanted.to_string())));
    }
    found
}

/// Limits, of which those under `deploy` win (`getDeployResources` of compose).
fn limits(side: &Side<'_>) -> Vec<Difference> {
    let value = |deploy: &str, own: &str| {
        let found = side.resolved.pointer(deploy).or_else(|| side.resolved.get(own))?;
        Some(scalar(found)).filter(|text| !text.is_empty())
    };
    let bytes = |text: Option<String>| text.and_then(|text| text.parse::<u64>().ok()).filter(|n| *n > 0);
    let made = &side.container.config;
    let mut found = Vec::new();
    let mut compare = |key: &str, has: Option<String>, said: Option<String>| {
        if has != said {
            found.push(Difference::new(key, has, said));
        }
    };
    let text = |n: Option<u64>| n.map(|n| n.to_string());
    let memory = bytes(value("/deploy/resources/limits/memory", "mem_limit"));
    compare("mem_limit", text(side.container.memory_limit), text(memory));
    let reserved = bytes(value("/deploy/resources/reservations/memory", "mem_reservation"));
    compare("mem_reservation", made.more.get("mem_reservation").cloned(), text(reserved));
    let pids = value("/deploy/resources/limits/pids", "pids_limit").and_then(|n| n.parse::<u64>().ok());
    compare("pids_limit", text(made.pids_limit), text(pids.filter(|n| *n > 0)));
    let cpus = value("/deploy/resources/limits/cpus", "cpus").and_then(|text| nano(&text)).filter(|n| *n > 0);
    let spoken = |n: Option<u64>| n.map(|n| format!("{}.{:03}", n / 1_000_000_000, n / 1_000_000 % 1000));
    compare("cpus", spoken(Some(made.nano_cpus).filter(|n| *n > 0)), spoken(cpus));
    found
}

/// Processors in billionths; compose cuts what is smaller.
fn nano(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = part.chars().chain("000000000".chars()).take(9).collect();
    whole.parse::<u64>().ok()?.checked_mul(1_000_000_000)?.checked_add(digits.parse().ok()?)
}

/// `restart`, else what `deploy.restart_policy` comes to (`getRestartPolicy` of compose).
fn restart(resolved: &Value) -> Restart {
    let text = |path: &str| resolved.pointer(path).map(scalar).unwrap_or_default();
    let times = |text: String| text.parse::<u32>().ok().filter(|n| *n > 0);
    let said = text("/restart");
    let (name, most) = said.split_once(':').unwrap_or((&said, ""));
    match (name, &*text("/deploy/restart_policy/condition")) {
        ("always", _) | ("", "any") => Restart::Always,
        ("unless-stopped", _) => Restart::UnlessStopped,
        ("on-failure", _) => Restart::OnFailure(times(most.to_owned())),
        ("", "on-failure") => Restart::OnFailure(times(text("/deploy/restart_policy/max_attempts"))),
        _ => Restart::No,
    }
}

fn policy(restart: Restart) -> String {
    match restart {
        Restart::No => "no".into(),
        Restart::Always => "always".into(),
        Restart::UnlessStopped => "unless-stopped".into(),
        Restart::OnFailure(None) => "on-failure".into(),
        Restart::OnFailure(Some(n)) => format!("on-failure:{n}"),
    }
}

fn grace(side: &Side<'_>) -> Option<Difference> {
    // Compose hands whole seconds on.
    let said = side.service.stop_grace_period.map(|grace| grace.as_secs());
    let has = side.container.stop_timeout.map(|grace| grace.as_secs());
    let text = |secs: Option<u64>| secs.map(|secs| format!("{secs}s"));
    (said != has).then(|| Difference::new("stop_grace_period", text(has), text(said)))
}

/// Only compose v2 labels containers with their dependencies, and since 2.29.3 it doesn't recreate them for those.
fn depends_on(side: &Side<'_>) -> Option<Difference> {
    let made_by = side.container.labels.get(VERSION).and_then(|version| Release::parse(version));
    if made_by.is_some_and(|release| release >= Release(2, 29, 3)) {
        return None;
    }
    side.container.labels.get("com.docker.compose.depends_on")?;
    let words = |all: Vec<String>| Some(list(all)).filter(|text| !text.is_empty());
    let enabled = |name: &str| side.project.services.get(name).is_some_and(|service| service.enabled);
    let said = side.service.depends_on.iter().filter(|d| enabled(&d.service));
    let said = words(said.map(|d| format!("{}: {}", d.service, d.condition.as_str())).collect());
    let has = side.container.depends_on.iter().map(|(service, c)| format!("{service}: {}", c.as_str()));
    let has = words(has.collect());
    (said != has).then(|| Difference::new("depends_on", has, said))
}
