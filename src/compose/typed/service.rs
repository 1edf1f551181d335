//! One service of the merged document as the model's [`Service`].

use std::time::Duration;

use indexmap::IndexMap;

use super::{Context, is_true, mounts, ports};
use crate::{
    base::id::ServiceName,
    compose::{
        Condition, Dependency, Grant, HealthCheck, NetworkUse, Place, Problem, Restart, Service, Setup,
        env::{self, Env},
        files::ReadError,
        interpolate,
        reader::texts,
        syntax::{units, words},
        yaml::{Entry, Node, Value},
    },
};

/// Reads a service. `profiles` are those that are on.
pub fn read(
    name: &str,
    entry: &Entry,
    profiles: &[String],
    port_budget: &mut usize,
    context: &mut Context<'_, '_>,
) -> Service {
    let node = &entry.node;
    let text = |key: &str| node.at(key).and_then(Node::text).filter(|text| !text.is_empty());
    let trail = |key: &str| format!("services.{name}.{key}");
    let own_profiles: Vec<String> = node.at("profiles").map(strings).unwrap_or_default();
    let enabled = own_profiles.is_empty() || profiles.iter().any(|on| on == "*" || own_profiles.contains(on));
    let environment = environment(name, node, enabled, context);
    let ports = match node.at("ports") {
        Some(list) => ports::read(list, &trail("ports"), port_budget, context),
        None => Vec::new(),
    };
    Service {
        name: name.into(),
        place: Some(entry.key.clone()),
        enabled,
        profiles: own_profiles,
        image: text("image"),
        build: node.at("build").is_some_and(|build| !build.is_null()),
        pull_policy: text("pull_policy"),
        container_name: text("container_name"),
        replicas: replicas(node),
        restart: text("restart").map_or_else(Restart::default, |policy| restart(&policy)),
        depends_on: depends_on(node),
        healthcheck: healthcheck(node, &trail("healthcheck.test"), context),
        ports,
        mounts: mounts::read(node.at("volumes"), node.at("tmpfs"), &trail("volumes"), context),
        networks: networks(node),
        network_mode: text("network_mode"),
        environment,
        secrets: grants(node.at("secrets")),
        configs: grants(node.at("configs")),
        labels: labels(name, node, enabled, context),
        command: command(node, "command", &format!("services[{name}].command"), context),
        entrypoint: command(node, "entrypoint", &format!("services[{name}].entrypoint"), context),
        stop_grace_period: time(node.at("stop_grace_period")),
        setup: setup(node),
    }
}

fn setup(node: &Node) -> Setup {
    let memory = node.find(&["deploy", "resources", "limits", "memory"]).or_else(|| node.at("mem_limit"));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size is positive; `as` saturates")]
    let bytes = |size: f64| size as u64;
    let memory = memory.and_then(Node::text).and_then(|text| units::size(&text)).map(bytes);
    let args = node.find(&["build", "args"]).map(pairs).unwrap_or_default();
    Setup {
        user: node.at("user").and_then(Node::text).filter(|user| !user.is_empty()),
        memory: memory.filter(|bytes| *bytes > 0),
        platform: node.at("platform").and_then(Node::text).filter(|platform| !platform.is_empty()),
        privileged: is_true(node.at("privileged")),
        build_args: args.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        literals: node.at("environment").map(literals).unwrap_or_default(),
    }
}

/// The variables whose values are written out, and where they stand.
fn literals(environment: &Node) -> IndexMap<String, Place> {
    let written = |node: &&Node| !node.filled && node.text().is_some_and(|text| !text.is_empty());
    match &environment.value {
        Value::Map(map) => {
            let own = map.iter().filter(|(_, entry)| written(&&entry.node));
            own.map(|(name, entry)| (name.clone(), entry.node.place.clone())).collect()
        }
        Value::List(items) => {
            let named = |item: &Node| Some((item.text()?.split_once('=')?.0.to_owned(), item.place.clone()));
            items.iter().filter(written).filter_map(named).collect()
        }
        _ => IndexMap::new(),
    }
}

fn strings(node: &Node) -> Vec<String> {
    texts(node).into_iter().map(|(text, _)| text.to_owned()).collect()
}

fn whole(node: Option<&Node>) -> Option<u32> {
    match node?.value {
        Value::Int(number) => u32::try_from(number).ok(),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
        Value::Float(number) if (0.0..4e9).contains(&number) => Some(number as u32),
        _ => None,
    }
}

fn replicas(node: &Node) -> u32 {
    whole(node.find(&["deploy", "replicas"])).or_else(|| whole(node.at("scale"))).unwrap_or(1)
}

fn restart(policy: &str) -> Restart {
    match policy.split_once(':').unwrap_or((policy, "")) {
        ("always", _) => Restart::Always,
        ("unless-stopped", _) => Restart::UnlessStopped,
        ("on-failure", times) => Restart::OnFailure(times.parse().ok().filter(|times| *times > 0)),
        _ => Restart::No,
    }
}

/// A duration; a negative one counts as none at all.
fn time(node: Option<&Node>) -> Option<Duration> {
    let nanos = units::duration(node?.str()?).ok()?;
    Some(Duration::from_nanos(u64::try_from(nanos).unwrap_or(0)))
}

/// What it waits for: as said, and as implied by sharing namespaces, links and volumes.
fn depends_on(node: &Node) -> Vec<Dependency> {
    let mut found: IndexMap<ServiceName, Dependency> = IndexMap::new();
    let mut add = |name: &str, condition, required, restart, place: &Place| {
        let service = ServiceName::from(name);
        let place = Some(place.clone());
        found.entry(service.clone()).or_insert(Dependency { service, condition, required, restart, place });
    };
    match node.at("depends_on").map(|said| (&said.value, said)) {
        Some((Value::Map(map), _)) => {
            for (name, entry) in map {
                let said = entry.node.at("condition").and_then(Node::str).and_then(Condition::parse);
                let required = entry.node.at("required").is_none_or(|flag| flag.value != Value::Bool(false));
                let restart = is_true(entry.node.at("restart"));
                add(name, said.unwrap_or(Condition::Started), required, restart, &entry.key);
            }
        }
        Some((_, list)) => {
            for (name, place) in texts(list) {
                add(name, Condition::Started, true, false, place);
            }
        }
        None => {}
    }
    for (link, place) in node.at("links").map(texts).unwrap_or_default() {
        // Docker compose takes a link with two colons for a name.
        let name = link.split_once(':').filter(|(_, alias)| !alias.contains(':')).map_or(link, |(name, _)| name);
        add(name, Condition::Started, true, true, place);
    }
    for key in ["network_mode", "ipc", "pid"] {
        if let Some((text, mode)) = node.at(key).and_then(|mode| Some((mode.str()?, mode)))
            && let Some(name) = text.strip_prefix("service:")
        {
            add(name, Condition::Started, true, true, &mode.place);
        }
    }
    for (source, place) in node.at("volumes_from").map(texts).unwrap_or_default() {
        if !source.starts_with("container:") {
            add(source.split(':').next().unwrap_or(source), Condition::Started, true, false, place);
        }
    }
    found.into_values().collect()
}

fn healthcheck(node: &Node, trail: &str, context: &mut Context<'_, '_>) -> Option<HealthCheck> {
    let check = node.at("healthcheck").filter(|check| check.map().is_some())?;
    let test = match check.at("test") {
        Some(Node { value: Value::Str(line), .. }) => vec!["CMD-SHELL".into(), line.clone()],
        Some(list) => {
            let test = strings(list);
            let kind = test.first().map(String::as_str);
            if !matches!(kind, None | Some("CMD" | "CMD-SHELL" | "NONE")) {
                let problem =
                    Problem::error(format!("{trail} must start either by \"CMD\", \"CMD-SHELL\" or \"NONE\""));
                context.reader.report.push(problem.at(list.place.clone()));
            }
            test
        }
        None => Vec::new(),
    };
    let disabled = is_true(check.at("disable")) || test.first().is_some_and(|kind| kind == "NONE");
    Some(HealthCheck {
        test,
        interval: time(check.at("interval")),
        timeout: time(check.at("timeout")),
        start_period: time(check.at("start_period")),
        start_interval: time(check.at("start_interval")),
        retries: whole(check.at("retries")),
        disabled,
    })
}

/// The networks it names, or `default` unless it says another mode.
fn networks(node: &Node) -> Vec<NetworkUse> {
    let named = named_networks(node);
    if !named.is_empty() || node.at("network_mode").is_some_and(|mode| !mode.is_null()) {
        return named;
    }
    vec![NetworkUse { network: "default".into(), aliases: Vec::new(), ipv4: None }]
}

fn named_networks(node: &Node) -> Vec<NetworkUse> {
    match node.at("networks") {
        Some(Node { value: Value::Map(map), .. }) => map
            .iter()
            .map(|(network, entry)| NetworkUse {
                network: network.clone(),
                aliases: entry.node.at("aliases").map(strings).unwrap_or_default(),
                ipv4: entry.node.at("ipv4_address").and_then(Node::text),
            })
            .collect(),
        Some(list) => texts(list)
            .into_iter()
            .map(|(network, _)| NetworkUse { network: network.to_owned(), aliases: Vec::new(), ipv4: None })
            .collect(),
        None => Vec::new(),
    }
}

/// `KEY=value` lists and maps alike; `None` is a key without a value.
fn pairs(node: &Node) -> IndexMap<String, Option<String>> {
    match &node.value {
        Value::Map(map) => map.iter().map(|(key, entry)| (key.clone(), entry.node.text())).collect(),
        Value::List(items) => items
            .iter()
            .filter_map(Node::text)
            .map(|item| match item.split_once('=') {
                Some((key, value)) => (key.to_owned(), Some(value.to_owned())),
                None => (item, None),
            })
            .collect(),
        _ => IndexMap::new(),
    }
}

/// Label files in order, then `labels:`.
fn labels(name: &str, node: &Node, enabled: bool, context: &mut Context<'_, '_>) -> IndexMap<String, String> {
    // The variables of label files are only those of the files themselves.
    let files = enabled.then(|| node.at("label_file")).flatten();
    let mut all = from_files((name, "labels"), files, &Env::default(), context);
    for (key, value) in node.at("labels").map(pairs).unwrap_or_default() {
        all.insert(key, value.unwrap_or_default());
    }
    all
}

/// Env files in order, then `environment:`, whose empty keys take the project's value.
fn environment(
    name: &str,
    node: &Node,
    enabled: bool,
    context: &mut Context<'_, '_>,
) -> IndexMap<String, Option<String>> {
    let wanted = enabled && !context.reader.how.no_env_files;
    let files = wanted.then(|| node.at("env_file")).flatten();
    let from_files = from_files((name, "environment"), files, context.env, context);
    let mut all: IndexMap<_, _> = from_files.into_iter().map(|(key, value)| (key, Some(value))).collect();
    for (key, value) in node.at("environment").map(pairs).unwrap_or_default() {
        let value = value.or_else(|| context.env.get(&key).map(str::to_owned));
        all.insert(key, value);
    }
    all
}

/// The variables of one file or several for a key of a service; a later one wins and sees the earlier. Files of a
/// service that is off may be missing, so they are not looked at.
fn from_files(
    (service, key): (&str, &'static str),
    files: Option<&Node>,
    outer: &Env,
    context: &mut Context<'_, '_>,
) -> IndexMap<String, String> {
    let mut all = IndexMap::new();
    let Some(files) = files else { return all };
    let mut outer = outer.clone();
    for item in files.list().unwrap_or(std::slice::from_ref(files)) {
        // A file's variables are copied for every service that names it.
        if !context.reader.may_copy(1, &item.place) {
            break;
        }
        let vars = env_file(item, &outer, context);
        if !context.reader.may_copy(vars.iter().count(), &item.place) {
            break;
        }
        for (name, var) in vars.iter() {
            if let Some(sources) = &mut context.reader.report.sources {
                sources.injects(service, key, name, var);
            }
            all.insert(name.to_owned(), var.value.clone());
            if outer.get(name).is_none() {
                outer.put(name, var.clone());
            }
        }
    }
    all
}

fn env_file(item: &Node, outer: &Env, context: &mut Context<'_, '_>) -> Env {
    let Some((path, node)) = item.str().map(|path| (path, item)).or_else(|| {
        let path = item.at("path")?;
        Some((path.str()?, path))
    }) else {
        return Env::default();
    };
    let format = item.at("format").and_then(|format| Some((format.text()?, &format.place)));
    if let Some((name, place)) = format.as_ref().filter(|(name, _)| name != "raw") {
        context.reader.report.error(place, format!("unsupported env_file format \"{name}\""));
    }
    let required = item.at("required").is_none_or(|flag| flag.value != Value::Bool(false));
    let path = std::path::Path::new(path);
    let bytes = match context.reader.files.read(path) {
        Ok(bytes) => bytes,
        Err(ReadError::Missing) if !required => return Env::default(),
        Err(ReadError::Missing) => {
            let message = format!("env file {} not found: {}", path.display(), ReadError::Missing);
            let help = "make it, or say `required: false`";
            context.reader.report.push(Problem::error(message).at(node.place.clone()).help(help));
            return Env::default();
        }
        Err(error) => {
            context.reader.unreadable(path, &error, Some(&node.place));
            return Env::default();
        }
    };
    let file = context.reader.label(path);
    let read = if format.is_some() { env::parse_raw } else { env::parse };
    let parsed = read(&file, &bytes, outer);
    let at = |line| Place { file: file.clone(), line, column: 1 };
    context.reader.report.source(&file, String::from_utf8_lossy(&bytes).into());
    for (variable, line) in parsed.unset {
        context.reader.report.push(interpolate::unset(&variable).at(at(line)));
    }
    if let Some((line, message)) = parsed.error {
        let message = format!("failed to read {}: line {line}: {message}", path.display());
        context.reader.report.error(&at(line), message);
    }
    parsed.vars
}

/// Secrets or configs granted; the same one to the same target counts once.
fn grants(node: Option<&Node>) -> Vec<Grant> {
    let mut all: IndexMap<(String, Option<String>), ()> = IndexMap::new();
    for item in node.and_then(Node::list).unwrap_or_default() {
        match item.str() {
            Some(source) => all.insert((source.to_owned(), None), ()),
            None => match item.at("source").and_then(Node::text) {
                Some(source) => all.insert((source, item.at("target").and_then(Node::text)), ()),
                None if item.map().is_some() => all.insert((String::new(), None), ()),
                None => continue,
            },
        };
    }
    all.into_keys().map(|(source, target)| Grant { source, target }).collect()
}

fn command(node: &Node, key: &str, trail: &str, context: &mut Context<'_, '_>) -> Option<Vec<String>> {
    let command = node.at(key)?;
    match &command.value {
        Value::Null => None,
        Value::Str(line) => {
            let split = words::split(line);
            if split.is_none() {
                let problem = Problem::error(format!("error decoding '{trail}': invalid command line string"));
                let help = "write it as a list, or close the quote";
                context.reader.report.push(problem.at(command.place.clone()).help(help));
            }
            if let Some(rest) = words::dropped(line) {
                let message = format!("`{rest}` is dropped: no shell reads this command");
                let help = format!("write {key}: [\"sh\", \"-c\", \"…\"] if a shell is meant, or a list of words");
                context.reader.report.push(Problem::warning(message).at(command.place.clone()).help(help));
            }
            split
        }
        _ => Some(strings(command)),
    }
}
