//! What a service's network isn't, or no longer is: `shared-network-namespace-lost`, `network-not-from-compose`,
//! `volume-not-from-compose`, `host-name-needs-extra-hosts`, `fixed-address-taken`, `port-on-internal-network`,
//! `host-address-missing`, `network-gone`, `name-answered-by-two`.

use std::collections::BTreeSet;

use super::rule::{NAMED, Rank, Rule, Stage};
use crate::{
    base::{shell::ShellLine, units},
    diagnose::{
        case::{Case, Subject},
        finding::{Evidence, Finding, Kind},
        findings::Findings,
        said::Phrase,
        subnet::Subnet,
        target::{hosts_in, is_loopback},
    },
    host::{Answer, Question},
    stack::{Container, Phase, reason},
};

macro_rules! rule {
    ($name:ident, $id:literal, $stage:ident, $about:literal, $look:ident, $fires:ident, $spares:ident) => {
        #[doc = concat!("`", $id, "`: ", $about, ".")]
        pub const $name: Rule = Rule {
            id: $id,
            stage: Stage::$stage,
            rank: Rank::Cause,
            about: $about,
            look: $look,
            #[cfg(test)]
            fires: tests::$fires,
            #[cfg(test)]
            spares: tests::$spares,
        };
    };
}

rule!(
    NAMESPACE,
    "shared-network-namespace-lost",
    Running,
    "a service is in another container's network, which that container has left behind",
    namespace,
    namespace_fires,
    namespace_spares
);
rule!(
    NETWORK,
    "network-not-from-compose",
    Preflight,
    "there is already a network of that name, which compose didn't create for this project",
    network,
    network_fires,
    network_spares
);
rule!(
    VOLUME,
    "volume-not-from-compose",
    Preflight,
    "there is already a volume of that name, which compose didn't create for this project",
    volume,
    volume_fires,
    volume_spares
);
rule!(
    HOST,
    "host-name-needs-extra-hosts",
    Preflight,
    "a service uses host.docker.internal, which isn't known on this engine without `extra_hosts`",
    host,
    host_fires,
    host_spares
);
rule!(
    ADDRESS,
    "fixed-address-taken",
    Preflight,
    "a service's fixed address is in use, or in no subnet of its network",
    address,
    address_fires,
    address_spares
);
rule!(
    INTERNAL,
    "port-on-internal-network",
    Preflight,
    "a port is published by a service whose networks are all internal, so it isn't reachable",
    internal,
    internal_fires,
    internal_spares
);
rule!(
    NOT_OF_HOST,
    "host-address-missing",
    Starting,
    "a port is published on an address that the host doesn't have",
    not_of_host,
    not_of_host_fires,
    not_of_host_spares
);
rule!(
    GONE,
    "network-gone",
    Starting,
    "a container belongs to a network that was removed",
    gone,
    gone_fires,
    gone_spares
);
rule!(
    TWO,
    "name-answered-by-two",
    Running,
    "two projects answer to one name on a network that they share",
    two,
    two_fires,
    two_spares
);

fn namespace(case: &Case<'_>, found: &mut Findings) {
    for s in case.services.iter().filter(|s| s.is_up()) {
        let joined = s.containers.iter().filter(|c| c.phase == Phase::Running);
        let lost = joined.filter_map(|c| Some((*c, left(case, c)?))).next();
        let Some((c, (owner, how, shown))) = lost else { continue };
        let depends = s.declared.is_some_and(|d| d.depends_on.iter().any(|d| d.service.as_str() == owner && d.restart));
        let lasting = if depends {
            String::new()
        } else {
            format!("; against the next time: depends_on: {{{owner}: {{condition: service_started, restart: true}}}}")
        };
        let (fix, command) = if how == "is gone" {
            (
                format!("Recreate {}{lasting}", s.name),
                case.compose_by_files().then("up -d --force-recreate --no-deps").name(s.name),
            )
        } else {
            (format!("Restart {}{lasting}", s.name), case.compose().then("restart").name(s.name))
        };
        let finding = s
            .error(NAMESPACE.id, format!("{} has no network: the container of {owner} that it joined {how}", s.name))
            .shown([Evidence::state("HostConfig.NetworkMode", format!("in the network of {owner}"), &c.name)])
            .shown(shown)
            .why(format!(
                "{} has no network of its own, but is in the one of {owner}. A container gets a new one with each \
                 start, and who joined the old one stays in it, cut off.",
                s.name
            ))
            .fix(fix)
            .command(command)
            .explains(&["file-newer-than-container", "healthcheck-fails", "unknown-host", "keeps-failing"]);
        found.push(finding);
    }
}

/// Whom a running container shares its network with, and how that one has left it: words and evidence.
fn left<'a>(case: &Case<'a>, c: &Container) -> Option<(String, &'static str, Vec<Evidence>)> {
    let id = c.config.network_mode.strip_prefix("container:")?;
    let known = case.stack.containers.values().find(|o| o.id.as_str() == id || o.name == id);
    let Some(owner) = known else {
        // Another project's, or one that is gone.
        let all = case.neighbours()?;
        let there = all.iter().any(|o| o.id.as_str() == id || o.name == id);
        let mode = declared_owner(case, c)?;
        let shown = vec![Evidence::state("HostConfig.NetworkMode", format!("container:{}", short(id)), &c.name)];
        return (!there).then_some((mode, "is gone", shown));
    };
    let name = owner.service.as_ref().map_or_else(|| owner.name.clone(), ToString::to_string);
    let (joined, started) = (c.started?, owner.started?);
    let stamps = |how| {
        let shown = vec![
            Evidence::state("State.StartedAt", started.to_string(), &owner.name),
            Evidence::state("State.StartedAt", joined.to_string(), &c.name),
        ];
        Some((name.clone(), how, shown))
    };
    match owner.phase {
        Phase::Running | Phase::Paused if started > joined => stamps("was started again after it"),
        Phase::Exited | Phase::Dead | Phase::Restarting => stamps("doesn't run"),
        _ => None,
    }
}

/// Whom the file lets a container share its network with.
fn declared_owner(case: &Case<'_>, c: &Container) -> Option<String> {
    let service = case.project?.services.get(c.service.as_ref()?)?;
    let mode = service.network_mode.as_deref()?;
    Some(mode.strip_prefix("service:").or_else(|| mode.strip_prefix("container:"))?.to_owned())
}

fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

fn network(case: &Case<'_>, found: &mut Findings) {
    let Some(project) = case.project else { return };
    for (key, network) in project.networks.iter().filter(|(_, n)| !n.external) {
        let uses =
            |s: &&Subject<'_>| s.declared.is_some_and(|d| d.enabled && d.networks.iter().any(|n| n.network == *key));
        let users: Vec<&Subject<'_>> = case.services.iter().filter(uses).collect();
        if users.is_empty() {
            continue;
        }
        let Some(all) = case.all_networks() else { return };
        let Some(there) = all.iter().find(|n| n.name == network.name) else { continue };
        let refused = there.key.as_deref() != Some(key.as_str());
        let maker = match &there.project {
            Some(other) if *other != project.name => format!("the project {other} created"),
            None => "nobody created with compose".to_owned(),
            Some(_) if refused => format!("compose created for {}", there.key.as_deref().unwrap_or("another key")),
            Some(_) => continue,
        };
        let summary = format!("there is already a network {}, which {maker}", network.name);
        // Where all is up, only the next `up` will fail.
        let ill = refused && users.iter().any(|s| !s.is_up());
        let finding =
            if ill { Finding::error(NETWORK.id, None, summary) } else { Finding::warning(NETWORK.id, None, summary) };
        let label = there.key.as_deref().map_or_else(
            || "no label com.docker.compose.network".into(),
            |k| format!("com.docker.compose.network={k}"),
        );
        let why = if refused {
            "The file declares this network, so compose takes it for its own, finds that it isn't, and `up` stops with \
             \"network was found but has incorrect label\"."
        } else {
            "Compose uses it as it is and warns each time; `down` doesn't know whose it is."
        };
        let remove = match &there.project {
            Some(other) if *other != project.name => case.host.compose_of(other).then("down"),
            _ => case.docker().then("network rm").name(&network.name),
        };
        let finding = finding
            .shown([
                Evidence::new(Kind::State, format!("{}: {label}", network.name), "networks of the engine"),
                Evidence::file(format!("networks: {key}: name: {}", network.name), network.place.as_ref()),
            ])
            .why(why)
            .fix("Declare it as `external: true` to use it as it is, give yours another `name:`, or remove the other one")
            .command(remove);
        found.push(users.iter().fold(finding, |finding, s| finding.breaks(s.name)));
    }
}

fn volume(case: &Case<'_>, found: &mut Findings) {
    let Some(project) = case.project else { return };
    for (key, volume) in project.volumes.iter().filter(|(_, v)| !v.external) {
        let uses = |d: &crate::compose::Service| d.enabled && d.mounts.iter().any(|m| m.source.as_deref() == Some(key));
        let Some(user) = case.services.iter().find(|s| s.declared.is_some_and(uses)) else { continue };
        let Some(all) = case.all_volumes() else { return };
        let Some(there) = all.iter().find(|v| v.name.as_str() == volume.name) else { continue };
        let maker = match &there.project {
            Some(other) if *other != project.name => format!("the project {other} created"),
            None => "compose didn't create".to_owned(),
            Some(_) => continue,
        };
        found.push(
            user.warning(VOLUME.id, format!("{}: the volume {} is one that {maker}", user.name, volume.name))
                .shown([
                    Evidence::new(
                        Kind::State,
                        there.project.as_ref().map_or_else(
                            || format!("{}: no label com.docker.compose.project", volume.name),
                            |other| format!("{}: com.docker.compose.project={other}", volume.name),
                        ),
                        "volumes of the engine",
                    ),
                    Evidence::file(format!("volumes: {key}: name: {}", volume.name), volume.place.as_ref()),
                ])
                .why(
                    "Compose uses it with the data that it has, warns at each `up`, and may ask. Whoever else uses it \
                     sees the same data, and `down -v` of either project removes it.",
                )
                .fix("Declare it as `external: true` if it is meant to be shared, or give this one another `name:`")
                .command(case.docker().then("volume inspect").name(&volume.name)),
        );
    }
}

/// The names that Docker Desktop gives to the host.
const OF_HOST: [&str; 2] = ["host.docker.internal", "gateway.docker.internal"];

fn host(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let Some((name, shown)) = names_host(s) else { continue };
        // Who shares the host's network reaches it as localhost, and may have the name in the host's own file.
        if case.called(name).is_some() {
            continue;
        }
        if has_extra_host(case, s, name) {
            refused_by_host(case, s, name, shown, found);
            continue;
        }
        if !is_plain_linux(case) {
            continue;
        }
        let said = s.said(Phrase::UnknownHost).filter(|said| s.is_troubled() && said.line.text.contains(name));
        let summary = format!("{}: '{name}' isn't known on this engine without `extra_hosts`", s.name);
        let finding = if said.is_some() { s.error(HOST.id, summary) } else { s.warning(HOST.id, summary) };
        let place = s.declared.and_then(|d| d.place.as_ref());
        found.push(
            finding
                .shown(said.map(|said| said.evidence()))
                .shown([shown, Evidence::file(format!("{}: no extra_hosts for {name}", s.name), place)])
                .why(
                    "Docker Desktop knows this name by itself; an engine under Linux doesn't. There `host-gateway` \
                     stands for the host's address on the containers' side.",
                )
                .fix(format!("Add to {}: extra_hosts: [\"{name}:host-gateway\"]", s.name))
                .explains(&["unknown-host"]),
        );
    }
}

/// The host's name in a service's settings or command, and where.
fn names_host(s: &Subject<'_>) -> Option<(&'static str, Evidence)> {
    let in_setting = s.variables().into_iter().find_map(|(variable, value)| {
        let name = OF_HOST.into_iter().find(|name| value.contains(name))?;
        Some((name, s.setting(variable, value)))
    });
    in_setting.or_else(|| {
        let declared = s.declared.into_iter().flat_map(|d| d.command.iter().chain(&d.entrypoint).flatten());
        let words: Vec<&String> = declared.chain(s.container().into_iter().flat_map(|c| &c.command)).collect();
        let name =
            OF_HOST.into_iter().find(|name| words.iter().any(|word| hosts_in(word).any(|host| host == *name)))?;
        let place = s.declared.and_then(|d| d.place.as_ref());
        Some((name, Evidence::file(format!("{}: its command connects to {name}", s.name), place)))
    })
}

/// Whether a service says what the name means.
fn has_extra_host(case: &Case<'_>, s: &Subject<'_>, name: &str) -> bool {
    let made = s.containers.iter().flat_map(|c| &c.config.extra_hosts).any(|entry| entry.starts_with(name));
    let resolved = case.project.and_then(|p| p.resolved.get(s.name)).and_then(|r| r.get("extra_hosts"));
    made || resolved.is_some_and(|hosts| hosts.to_string().contains(name)) || s.shares_a_network_stack()
}

/// Whether the engine is one under Linux, in no virtual machine of a desktop: those know the name.
fn is_plain_linux(case: &Case<'_>) -> bool {
    let Some(engine) = &case.host.engine else { return false };
    let system = engine.system.to_ascii_lowercase();
    let desktop = ["docker desktop", "orbstack", "rancher desktop", "podman machine"];
    let far = engine.place != "local" && engine.place != "simulated";
    engine.product == "Docker"
        && !system.is_empty()
        && !desktop.iter().any(|name| system.contains(name))
        && (far || cfg!(target_os = "linux"))
}

/// The name is known, but the host's program listens where no container gets to.
fn refused_by_host(case: &Case<'_>, s: &Subject<'_>, name: &str, shown: Evidence, found: &mut Findings) {
    let Some(said) = s.said(Phrase::ConnectionRefused).filter(|_| s.is_troubled()) else { return };
    let Some(port) = s.targets().iter().find(|t| t.host == name).and_then(|t| t.likely_port()) else { return };
    let Some(Answer::HostPort(Some(owner))) = case.ask(Question::HostPort(port)) else { return };
    if !is_loopback(&owner.address) {
        return;
    }
    found.push(
        s.error(HOST.id, format!("{}: on the host port {port} listens on {} only", s.name, owner.address))
            .shown([said.evidence()])
            .shown([
                Evidence::new(Kind::Host, format!("listens on {}:{port}", owner.address), "the host's sockets"),
                shown,
            ])
            .why(format!(
                "{name} is the host as containers see it, at an address of a bridge. What listens on the host's own \
                 127.0.0.1 never sees connections from there."
            ))
            .fix(format!("Make the program on the host listen on 0.0.0.0:{port} or on the bridge's address")),
    );
}

fn address(case: &Case<'_>, found: &mut Findings) {
    let Some(project) = case.project else { return };
    let mut seen: Vec<(&str, &str, &Subject<'_>)> = Vec::new();
    for s in &case.services {
        let fixed = s.declared.filter(|d| d.enabled && d.replicas > 0).into_iter().flat_map(|d| &d.networks);
        for used in fixed {
            let (Some(ip), Some(network)) = (used.ipv4.as_deref(), project.networks.get(&used.network)) else {
                continue;
            };
            let place = s.declared.and_then(|d| d.place.as_ref());
            let wanted = Evidence::file(format!("{}: networks: {}: ipv4_address: {ip}", s.name, used.network), place);
            let twin = seen.iter().find(|(net, held, _)| *net == network.name && *held == ip).map(|(.., s)| *s);
            seen.push((&network.name, ip, s));
            let outside = !network.subnets.is_empty()
                && Subnet::parse(ip).is_some_and(|ip| {
                    !network.subnets.iter().filter_map(|text| Subnet::parse(text)).any(|subnet| subnet.overlaps(ip))
                });
            if outside {
                let subnets = units::list(&network.subnets, NAMED);
                found.push(
                    s.error(ADDRESS.id, format!("{}: its address {ip} isn't in the network's subnet {subnets}", s.name))
                        .shown([wanted, Evidence::file(format!("subnet: {subnets}"), network.place.as_ref())])
                        .why("The engine refuses to start a container with an address outside the network's subnets.")
                        .fix("Choose an address in the subnet, or change the subnet; without `ipv4_address` the engine picks one"),
                );
            } else if let Some(twin) = twin {
                found.push(
                    s.error(ADDRESS.id, format!("{}: its address {ip} is also the one of {}", s.name, twin.name))
                        .shown([wanted])
                        .why("An address can be given once on a network. Of the two only the first can start.")
                        .fix("Give one of them another address, or none: services find each other by name"),
                );
            } else if !s.is_up()
                && let Some(holder) = holder(case, s, &network.name, ip)
            {
                let refused = s.containers.iter().find(|c| c.error.contains("ddress already in use"));
                found.push(
                    s.error(ADDRESS.id, format!("{}: its address {ip} is in use by the container {}", s.name, holder.name))
                        .shown(refused.map(|c| Evidence::state("State.Error", reason::cause(&c.error), &c.name)))
                        .shown([
                            Evidence::new(Kind::State, format!("{} has {ip} on {}", holder.name, network.name), format!("networks of {}", holder.name)),
                            wanted,
                        ])
                        .why(
                            "The engine gives free addresses to containers without a fixed one, and it had given this \
                             one away by then.",
                        )
                        .fix("Stop the other one, or set `ip_range` in `ipam` so that automatic addresses leave the fixed ones out")
                        .command(case.docker().then("network inspect").name(&network.name)),
                );
            }
        }
    }
}

/// Who else has an address on a network.
fn holder<'a>(case: &Case<'a>, s: &Subject<'_>, network: &str, ip: &str) -> Option<&'a Container> {
    let all = case.neighbours()?;
    let others = all.iter().filter(|c| !s.containers.iter().any(|own| own.id == c.id));
    others.into_iter().find(|c| c.networks.iter().any(|n| n.network == network && n.address == ip))
}

fn internal(case: &Case<'_>, found: &mut Findings) {
    let Some(project) = case.project else { return };
    for s in &case.services {
        let Some(d) = s.declared.filter(|d| d.enabled && !d.ports.is_empty() && !d.networks.is_empty()) else {
            continue;
        };
        let shut = |key: &str| {
            let Some(network) = project.networks.get(key) else { return false };
            let made = case.stack.networks.values().find(|n| n.name == network.name);
            made.map_or(network.internal, |n| n.internal)
        };
        if !d.networks.iter().all(|n| shut(&n.network)) {
            continue;
        }
        let names: Vec<&str> = d.networks.iter().map(|n| n.network.as_str()).collect();
        let ports: BTreeSet<&str> = d.ports.iter().filter_map(|p| p.published.as_deref()).collect();
        let Some(port) = ports.first() else { continue };
        found.push(
            s.warning(INTERNAL.id, format!("{}: port {port} isn't reachable: its networks are all internal", s.name))
                .shown(d.ports.first().map(|p| Evidence::file(format!("ports: {port}"), p.place.as_ref())))
                .shown(names.iter().filter_map(|key| {
                    let network = project.networks.get(*key)?;
                    Some(Evidence::file(format!("networks: {key}: internal: true"), network.place.as_ref()))
                }))
                .why(
                    "An internal network has no way in or out, so the engine publishes nothing on it and says nothing \
                     about it.",
                )
                .fix(format!("Put {} on a network that isn't internal as well, or remove `ports:`", s.name)),
        );
    }
}

fn not_of_host(case: &Case<'_>, found: &mut Findings) {
    for s in case.services.iter().filter(|s| !s.is_up()) {
        let refused = s.containers.iter().find(|c| c.error.contains("annot assign requested address"));
        let Some(c) = refused else { continue };
        let ips: BTreeSet<&str> =
            s.declared.into_iter().flat_map(|d| &d.ports).filter_map(|p| p.host_ip.as_deref()).collect();
        let Some(ip) = ips.iter().find(|ip| c.error.contains(**ip)).or(ips.first()) else { continue };
        let entry = s.declared.into_iter().flat_map(|d| &d.ports).find(|p| p.host_ip.as_deref() == Some(*ip));
        let text = entry.map(|p| format!("ports: {ip}:{}:{}", p.published.as_deref().unwrap_or_default(), p.target));
        found.push(
            s.error(NOT_OF_HOST.id, format!("{}: the host has no address {ip} to publish a port on", s.name))
                .shown([Evidence::state("State.Error", reason::cause(&c.error), &c.name)])
                .shown(text.map(|text| Evidence::file(text, entry.and_then(|p| p.place.as_ref()))))
                .why(
                    "A port can be published only on an address that the engine's host has at that moment. A VPN's or \
                     a DHCP address may be there later, or be another by now.",
                )
                .fix("Use an address of the host, or 0.0.0.0, or 127.0.0.1 for this host alone")
                .command(ShellLine::new("ip -br address")),
        );
    }
}

fn gone(case: &Case<'_>, found: &mut Findings) {
    for s in case.services.iter().filter(|s| !s.is_up()) {
        let lacks = |c: &&&Container| c.error.contains("network ") && c.error.contains(" not found");
        let Some(c) = s.containers.iter().find(lacks) else { continue };
        found.push(
            s.error(GONE.id, format!("{}: the network that its container belongs to was removed", s.name))
                .shown([Evidence::state("State.Error", reason::cause(&c.error), &c.name)])
                .shown(c.networks.first().map(|n| Evidence::state("NetworkSettings.Networks", &n.network, &c.name)))
                .why(
                    "A container knows its networks by their ids. One that was removed (`network prune`, `network rm`) \
                     and created again has another id, even with the same name.",
                )
                .fix("Recreate the container; `start` and `restart` can't mend it")
                .command(case.compose_by_files().then("up -d --force-recreate").name(s.name)),
        );
    }
}

fn two(case: &Case<'_>, found: &mut Findings) {
    let Some(project) = case.project else { return };
    let mut told = BTreeSet::new();
    for s in case.services.iter().filter(|s| s.is_up() && !s.shares_a_network_stack()) {
        for used in s.containers.iter().flat_map(|c| &c.networks) {
            let Some(all) = case.neighbours() else { return };
            let same = |c: &&Container| {
                c.project.as_ref() != Some(&project.name)
                    && c.phase == Phase::Running
                    && on(c, &used.network)
                    && (c.service.as_ref() == Some(s.name)
                        || aliases(c, &used.network).any(|alias| alias == s.name.as_str()))
            };
            let Some(other) = all.iter().find(same) else { continue };
            if !told.insert((s.name, &used.network)) {
                continue;
            }
            let whose = other.project.as_ref().map_or_else(|| other.name.clone(), |p| format!("the project {p}"));
            found.push(
                s.warning(
                    TWO.id,
                    format!("{}: on the network {} {whose} answers to that name, too", s.name, used.network),
                )
                .shown([
                    Evidence::new(
                        Kind::State,
                        format!("{} is {} there", other.name, s.name),
                        format!("networks of {}", other.name),
                    ),
                    Evidence::new(
                        Kind::State,
                        format!("on {}", used.network),
                        format!("networks of {}", s.container().map_or("", |c| c.name.as_str())),
                    ),
                ])
                .why(format!(
                    "Every service is known by its name on each of its networks. On one that projects share, who \
                         asks for {} gets now this one and now the other.",
                    s.name
                ))
                .fix(format!(
                    "Keep {} off the shared network, or use names of which there is one: container names or `aliases:`",
                    s.name
                ))
                .command(case.docker().then("network inspect").name(&used.network)),
            );
        }
    }
}

fn on(c: &Container, network: &str) -> bool {
    c.networks.iter().any(|n| n.network == network)
}

fn aliases<'c>(c: &'c Container, network: &str) -> impl Iterator<Item = &'c str> {
    c.networks.iter().filter(move |n| n.network == network).flat_map(|n| &n.aliases).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnose::{props, scenario::Scenario},
        host::{EngineInfo, PortOwner, fixture::engine},
        stack::fixture::{container, id_of},
    };

    const VPN: &str = "services: {wg: {image: wireguard}, seed: {image: transmission, network_mode: 'service:wg'}}";

    fn vpn(owner: f64) -> Scenario {
        let mut seed = container("seed").running(20.0);
        seed.config.network_mode = format!("container:{}", id_of("wg"));
        Scenario::of(VPN).with(container("wg").running(owner)).with(seed)
    }

    pub fn namespace_fires() -> Scenario {
        vpn(60.0)
    }

    pub fn namespace_spares() -> Scenario {
        vpn(5.0)
    }

    const EDGE: &str = "
services: {app: {image: app, networks: [edge], volumes: ['box:/d']}}
networks: {edge: {name: edge}}
volumes: {box: {name: box}}";

    fn edge(key: Option<&str>, project: Option<&str>) -> Scenario {
        let mut net = props::network("edge", project, "10.9.0.0/24");
        net.key = key.map(str::to_owned);
        let mut volume = props::volume("box", 0.0);
        volume.project = project.map(Into::into);
        Scenario::of(EDGE)
            .answer(Question::Networks, Answer::Networks(vec![net]))
            .answer(Question::Volumes, Answer::Volumes(vec![volume]))
    }

    pub fn network_fires() -> Scenario {
        edge(None, None)
    }

    pub fn network_spares() -> Scenario {
        edge(Some("edge"), Some("p"))
    }

    pub fn volume_fires() -> Scenario {
        edge(Some("edge"), Some("other"))
    }

    pub fn volume_spares() -> Scenario {
        edge(Some("edge"), Some("p"))
    }

    const LLM: &str = "services: {chat: {image: chat, environment: {LLM: 'http://host.docker.internal:11434'}}}";

    fn linux(file: &str) -> Scenario {
        Scenario::of(file).engine(EngineInfo {
            system: "Debian GNU/Linux 12".into(),
            place: "tcp://h".into(),
            ..engine("1.41")
        })
    }

    pub fn host_fires() -> Scenario {
        linux(LLM)
    }

    pub fn host_spares() -> Scenario {
        linux(&LLM.replace("image: chat,", "image: chat, extra_hosts: ['host.docker.internal:host-gateway'],"))
    }

    fn fixed(ip: &str) -> Scenario {
        Scenario::of(&format!(
            "services: {{dns: {{image: dns, networks: {{n: {{ipv4_address: 10.7.0.5}}}}}}, \
             web: {{image: web, networks: {{n: {{ipv4_address: {ip}}}}}}}}}\n\
             networks: {{n: {{ipam: {{config: [{{subnet: 10.7.0.0/24}}]}}}}}}"
        ))
    }

    pub fn address_fires() -> Scenario {
        fixed("10.7.0.5")
    }

    pub fn address_spares() -> Scenario {
        fixed("10.7.0.6")
    }

    const SHUT: &str =
        "services: {db: {image: db, ports: ['15432:5432'], networks: [back]}}\nnetworks: {back: {internal: true}}";

    pub fn internal_fires() -> Scenario {
        Scenario::of(SHUT)
    }

    pub fn internal_spares() -> Scenario {
        Scenario::of(&SHUT.replace("internal: true", "internal: false"))
    }

    fn published(error: &str) -> Scenario {
        Scenario::of("services: {web: {image: web, ports: ['10.66.0.9:8088:80']}}")
            .with(container("web").failed(128, error))
    }

    pub fn not_of_host_fires() -> Scenario {
        published(
            "driver failed programming external connectivity on endpoint p-web-1 (bb): Error starting userland \
                   proxy: listen tcp4 10.66.0.9:8088: bind: cannot assign requested address",
        )
    }

    pub fn not_of_host_spares() -> Scenario {
        published("")
    }

    pub fn gone_fires() -> Scenario {
        published("network 5f2dd3f0b1c8c0c0a6b7 not found")
    }

    pub fn gone_spares() -> Scenario {
        published("")
    }

    fn shared(service: &str) -> Scenario {
        let file = "services: {api: {image: api, networks: [proxy]}}\nnetworks: {proxy: {external: true, name: proxy}}";
        let mut other = container(service).running(1.0).in_network("proxy", "10.3.0.9");
        other.id = "other".into();
        other.project = Some("blog".into());
        Scenario::of(file)
            .with(container("api").running(1.0).in_network("proxy", "10.3.0.8"))
            .answer(Question::Networks, Answer::Networks(vec![props::network("proxy", None, "10.3.0.0/24")]))
            .answer(Question::Neighbours, Answer::Neighbours(vec![other]))
    }

    pub fn two_fires() -> Scenario {
        shared("api")
    }

    pub fn two_spares() -> Scenario {
        shared("web")
    }

    #[test]
    fn a_network_that_was_left_is_told_of_whoever_left_it() {
        assert_eq!(namespace_fires().found(), ["shared-network-namespace-lost@seed"]);
        let command = |case: Scenario| case.diagnosis().findings.remove(0).fix.copied().unwrap_or_default();
        assert!(command(namespace_fires()).ends_with("restart seed"));
        let mut seed = container("seed").running(20.0);
        seed.config.network_mode = "container:0123456789abcdef".into();
        let gone = Scenario::of(VPN).with(container("wg").running(60.0)).with(seed);
        assert!(gone.found().is_empty(), "nobody knows yet");
        let gone = gone.answer(Question::Neighbours, Answer::Neighbours(vec![container("wg").running(60.0)]));
        assert!(command(gone).contains("--force-recreate"));
    }

    #[test]
    fn a_network_of_somebody_else_is_refused_by_its_key_alone() {
        assert_eq!(network_fires().found(), ["network-not-from-compose@-", "volume-not-from-compose@app"]);
        // Of another project with the same key `up` only warns.
        let severity =
            |case: Scenario| case.diagnosis().findings.iter().find(|f| f.rule == NETWORK.id).map(|f| f.severity);
        assert_eq!(severity(volume_fires()), Some(crate::diagnose::Severity::Warning));
        assert_eq!(severity(network_fires()), Some(crate::diagnose::Severity::Error));
        assert_eq!(
            severity(network_fires().with(container("app").running(1.0))),
            Some(crate::diagnose::Severity::Warning)
        );
    }

    #[test]
    fn the_hosts_name_is_known_to_desktops_and_then_its_localhost_is_not_reached() {
        let desktop = EngineInfo { system: "Docker Desktop".into(), place: "tcp://h".into(), ..engine("1.41") };
        assert!(Scenario::of(LLM).engine(desktop).found().is_empty());
        let line = "wget: bad address 'host.docker.internal:11434'";
        let down = host_fires();
        let var = "LLM=http://host.docker.internal:11434";
        let down = down.with(container("chat").exited(1, 90.0).var(var)).log("chat", &[line]);
        assert_eq!(
            down.found(),
            ["host-name-needs-extra-hosts@chat", "main-process-ends@chat < host-name-needs-extra-hosts@chat"]
        );
        let owner = PortOwner { address: "127.0.0.1".into(), ..PortOwner::default() };
        let mut chat = container("chat").exited(1, 90.0).var("LLM=http://host.docker.internal:11434");
        chat.config.extra_hosts.push("host.docker.internal:host-gateway".into());
        let known = host_spares()
            .with(chat)
            .log("chat", &["dial tcp 172.17.0.1:11434: connect: connection refused"])
            .answer(Question::HostPort(11434), Answer::HostPort(Some(owner)));
        assert_eq!(known.found()[0], "host-name-needs-extra-hosts@chat");
        assert!(known.diagnosis().findings[0].summary.contains("listens on 127.0.0.1 only"));
    }

    #[test]
    fn a_fixed_address_has_to_be_in_the_subnet_and_free() {
        assert!(
            fixed("10.8.0.5").diagnosis().findings[0].summary.contains("isn't in the network's subnet 10.7.0.0/24")
        );
        let mut other = container("cron").running(1.0).in_network("p_n", "10.7.0.6");
        other.id = "x".into();
        let taken = address_spares().answer(Question::Neighbours, Answer::Neighbours(vec![other]));
        assert_eq!(taken.found(), ["fixed-address-taken@web"]);
    }
}
