//! One service of the completed document as the model's [`Service`].

use std::collections::BTreeSet;

use std::time::Duration;

use indexmap::IndexMap;

use super::{context::Context, mounts, ports};
use crate::compose::{
    env::Env,
    env_file::{self, Known},
    files::ReadError,
    model::{Condition, Dependency, Grant, HealthCheck, NetworkUse, Restart, Service, Setup},
    newer::Release,
    node::{Entry, Node, Value},
    problem::{Place, Problem},
    syntax::{units, words},
};

/// Reads a service. `profiles` are those that are on.
pub fn read(name: &str, entry: &Entry, profiles: &[String], context: &mut Context<'_, '_>) -> Service {
    let node = &entry.node;
    let text = |key: &str| node.at(key).and_then(Node::text).filter(|text| !text.is_empty());
    let trail = |key: &str| format!("services.{name}.{key}");
    let own_profiles: Vec<String> = node.at("profiles").map(strings).unwrap_or_default();
    let enabled = own_profiles.is_empty() || profiles.iter().any(|on| on == "*" || own_profiles.contains(on));
    let (environment, environment_26) = environment(name, node, enabled, context);
    let setup = setup(node, &environment);
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
        ports: ports::read(node.items("ports"), &trail("ports"), context),
        mounts: mounts::read(node, &trail("volumes"), context),
        networks: networks(node),
        network_mode: text("network_mode"),
        environment,
        environment_26,
        secrets: grants(node.items("secrets")),
        configs: grants(node.items("configs")),
        labels: labels(name, node, enabled, context),
        command: command(node, "command", &format!("services[{name}].command"), context),
        entrypoint: command(node, "entrypoint", &format!("services[{name}].entrypoint"), context),
        stop_grace_period: time(node.at("stop_grace_period")),
        setup,
    }
}

fn setup(node: &Node, environment: &IndexMap<String, Option<String>>) -> Setup {
    let own: BTreeSet<String> =
        node.at("environment").map(pairs).unwrap_or_default().into_iter().map(|(key, _)| key).collect();
    let memory = node.find(&["deploy", "resources", "limits", "memory"]).or_else(|| node.at("mem_limit"));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size is positive; `as` saturates")]
    let bytes = |size: f64| size as u64;
    let memory = memory.and_then(Node::text).and_then(|text| units::size(&text)).map(bytes);
    let args = node.find(&["build", "args"]).map(pairs).unwrap_or_default();
    Setup {
        user: node.at("user").and_then(Node::text).filter(|user| !user.is_empty()),
        memory: memory.filter(|bytes| *bytes > 0),
        platform: node.at("platform").and_then(Node::text).filter(|platform| !platform.is_empty()),
        privileged: node.is("privileged", true),
        build_args: args.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        injected: environment.keys().filter(|name| !own.contains(*name)).cloned().collect(),
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
    node.texts().into_iter().map(|(text, _)| text.to_owned()).collect()
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

/// What it waits for, as said and as implied.
fn depends_on(node: &Node) -> Vec<Dependency> {
    let read = |(name, Entry { key, node }): (&String, &Entry)| Dependency {
        service: name.as_str().into(),
        condition: node.at("condition").and_then(Node::str).and_then(Condition::parse).unwrap_or(Condition::Started),
        required: !node.is("required", false),
        restart: node.is("restart", true),
        place: Some(key.clone()),
    };
    node.section("depends_on").map(read).collect()
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
    let disabled = check.is("disable", true) || test.first().is_some_and(|kind| kind == "NONE");
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

fn networks(node: &Node) -> Vec<NetworkUse> {
    let read = |(network, entry): (&String, &Entry)| NetworkUse {
        network: network.clone(),
        aliases: entry.node.at("aliases").map(strings).unwrap_or_default(),
        ipv4: entry.node.at("ipv4_address").and_then(Node::text),
    };
    node.section("networks").map(read).collect()
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
    let files = if enabled { node.items("label_file") } else { &[] };
    let mut all = from_files((name, "labels"), files, (Env::default(), Earlier::Above), context);
    for (key, value) in node.at("labels").map(pairs).unwrap_or_default() {
        all.insert(key, value.unwrap_or_default());
    }
    all
}

/// Variables and their values; `None` is a variable taken from nowhere.
type Variables = IndexMap<String, Option<String>>;

/// Env files in order, then `environment:`, whose empty keys take the project's value even where nothing else is
/// completed, as docker compose has it. What docker compose made of it before 2.39 stands beside where it differs.
fn environment(
    name: &str,
    node: &Node,
    enabled: bool,
    context: &mut Context<'_, '_>,
) -> (Variables, Option<Variables>) {
    let wanted = enabled && !context.reader.how.no_env_files;
    let files = if wanted { node.items("env_file") } else { &[] };
    let mut own = node.at("environment").map(pairs).unwrap_or_default();
    if !context.reader.how.no_interpolate {
        for (key, value) in own.iter_mut().filter(|(_, value)| value.is_none()) {
            *value = context.env.get(key).map(str::to_owned);
        }
    }
    let mut own_26 = own.clone();
    // Taken by its name.
    if own.get(ATTRIBUTES).is_some_and(|value| value.as_deref() == context.env.get(ATTRIBUTES)) {
        own_26.insert(ATTRIBUTES.to_owned(), Some(docker_adds(context.env)));
    }
    if files.is_empty() {
        let older = (own_26 != own).then_some(own_26);
        return (own, older);
    }
    let all = |from_files: IndexMap<String, String>, own: &Variables| -> Variables {
        from_files.into_iter().map(|(key, value)| (key, Some(value))).chain(own.clone()).collect()
    };
    // A file's values may use what the service sets, and before that what the project does.
    let mut outer = context.env.clone();
    outer.fill(own.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_deref()?))).collect());
    let now = all(from_files((name, "environment"), files, (outer, Earlier::Below), context), &own);
    let (reader, project, crowded) = (&mut *context.reader, context.env, context.crowded.clone());
    let before = reader.quietly(|reader| {
        let mut quiet = Context { reader, env: project, crowded };
        all(from_files((name, "environment"), files, (project.clone(), Earlier::Above), &mut quiet), &own_26)
    });
    if before == now {
        return (now, None);
    }
    let differ = now.iter().filter(|(name, value)| *name != ATTRIBUTES && before.get(*name) != Some(*value));
    let names: Vec<&str> = differ.map(|(name, _)| name.as_str()).take(3).collect();
    if let (false, Some(files)) = (names.is_empty(), node.at("env_file")) {
        let names = names.join(", ");
        let older = format!("gives {name} another value of {names}: it looks up in another order what env files use");
        context.reader.report.newer(Release(2, 39, 0), &files.place, false, older);
    }
    (now, Some(before))
}

/// Attributes of what is traced.
const ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";

/// What the `docker` command makes of them for its plugin; docker compose takes its own part away again since 2.40.
fn docker_adds(env: &Env) -> String {
    let own = "docker.cli.cobra.command_path=docker%20compose";
    let set = env.var(ATTRIBUTES).filter(|var| var.place.is_none() && !var.value.is_empty());
    set.map_or_else(|| own.to_owned(), |var| format!("{},{own}", var.value))
}

/// Where the variables of earlier files stand while a file is read: above its own, or below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Earlier {
    /// As in label files, and in env files before 2.39.
    Above,
    /// As in env files.
    Below,
}

/// The variables of files for a key of a service; a later one wins and sees the earlier. Files of a service that is off may be missing, so they are not looked at.
fn from_files(
    (service, key): (&str, &'static str),
    files: &[Node],
    (mut outer, order): (Env, Earlier),
    context: &mut Context<'_, '_>,
) -> IndexMap<String, String> {
    let mut all = IndexMap::new();
    if files.is_empty() {
        return all;
    }
    let mut earlier = Env::default();
    for item in files {
        // A file's variables are copied for every service that names it.
        if !context.reader.may_copy(1, &item.place) {
            break;
        }
        let vars = injected(item, Known { outer: &outer, earlier: &earlier }, context);
        if !context.reader.may_copy(vars.iter().count(), &item.place) {
            break;
        }
        for (name, var) in vars.iter() {
            if let Some(sources) = &mut context.reader.report.sources {
                sources.injects(service, key, name, var);
            }
            all.insert(name.to_owned(), var.value.clone());
            match order {
                Earlier::Above if outer.get(name).is_none() => outer.put(name, var.clone()),
                Earlier::Above => {}
                Earlier::Below => earlier.put(name, var.clone()),
            }
        }
    }
    all
}

fn injected(item: &Node, before: Known<'_>, context: &mut Context<'_, '_>) -> Env {
    // A label file is its path alone.
    let node = item.at("path").unwrap_or(item);
    let Some(path) = node.str() else { return Env::default() };
    let format = item.at("format").and_then(|format| Some((format.text()?, &format.place)));
    if let Some((name, place)) = format.as_ref().filter(|(name, _)| !matches!(&**name, "raw" | ".env" | "")) {
        context.reader.report.error(place, format!("unsupported env_file format \"{name}\""));
    }
    let (required, path) = (!item.is("required", false), std::path::Path::new(path));
    let is_raw = format.is_some_and(|(name, _)| name == "raw");
    let read = if is_raw { env_file::parse_raw } else { env_file::parse };
    match context.reader.env_file(path, before, read) {
        Ok(vars) => return vars,
        Err(ReadError::Missing) if !required => {}
        Err(ReadError::Missing) => {
            let message = format!("env file {} not found: {}", path.display(), ReadError::Missing);
            let help = "create it, or set `required: false`";
            context.reader.report.push(Problem::error(message).at(node.place.clone()).help(help));
        }
        Err(error) => context.reader.unreadable(path, &error, Some(&node.place)),
    }
    Env::default()
}

/// Secrets or configs granted.
fn grants(items: &[Node]) -> Vec<Grant> {
    let read = |item: &Node| {
        let text = |key: &str| item.at(key).and_then(Node::text);
        Grant { source: text("source").unwrap_or_default(), target: text("target") }
    };
    items.iter().filter(|item| item.map().is_some()).map(read).collect()
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
