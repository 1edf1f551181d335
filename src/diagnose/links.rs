//! Which service a name or address means, which ports it serves, and which services reach each other.

use std::collections::BTreeMap;

use super::{
    case::{Case, Subject},
    finding::{Evidence, Kind},
    target::port_of_image,
};
use crate::{base::secrets, compose::Service};

impl<'a> Subject<'a> {
    /// A variable of its environment as evidence, a secret in it masked.
    pub fn setting(&self, name: &str, value: &str) -> Evidence {
        let text = format!("{name}={}", secrets::masked(name, value, true));
        match self.declared.filter(|s| s.environment.contains_key(name)).and_then(|s| s.place.as_ref()) {
            Some(place) => Evidence::new(Kind::File, text, format!("environment of {} ({place})", self.name)),
            None => Evidence::new(Kind::State, text, format!("environment of {}", self.name)),
        }
    }

    /// The entry of its file that publishes a port of the host, as evidence.
    pub fn publishes(&self, port: u16) -> Evidence {
        let said = |published: &str| {
            let (first, last) = published.split_once('-').unwrap_or((published, published));
            first.parse().is_ok_and(|first: u16| first <= port) && last.parse().is_ok_and(|last: u16| port <= last)
        };
        let declared = self.declared.into_iter().flat_map(|d| &d.ports);
        let entry = declared.into_iter().find(|p| p.published.as_deref().is_some_and(said));
        let place = entry.and_then(|p| p.place.as_ref()).or_else(|| self.declared?.place.as_ref());
        Evidence::file(
            format!("ports: {}", entry.map_or_else(|| port.to_string(), |p| format!("{port}:{}", p.target))),
            place,
        )
    }

    /// The ports that it serves inside, as far as they are known: declared, exposed, or usual for what it is.
    pub fn serves(&self, port: u16) -> bool {
        let made = self.containers.iter().flat_map(|c| &c.ports).any(|p| p.container_port == port);
        let declared = self.declared.is_some_and(|s| s.ports.iter().any(|p| p.target == port));
        let image = self.containers.first().map(|c| c.image.as_str());
        let image = image.or_else(|| self.declared?.image.as_deref());
        let told = ["PORT", "LISTEN_PORT", "PGPORT"]
            .iter()
            .any(|name| self.variable(name).is_some_and(|value| value.parse() == Ok(port)));
        made || declared || told || image.and_then(port_of_image) == Some(port)
    }

    /// Whether its processes share the network of the host or of another container.
    pub fn shares_a_network_stack(&self) -> bool {
        let declared = self.declared.and_then(|s| s.network_mode.as_deref());
        let made = self.container().map(|c| c.config.network_mode.as_str()).filter(|m| !m.is_empty());
        made.or(declared).is_some_and(|mode| {
            mode == "host" || mode == "none" || mode.starts_with("service:") || mode.starts_with("container:")
        })
    }

    /// The engine's names of the networks that it is in, or will be.
    pub fn network_names(&self, case: &Case<'_>) -> Vec<String> {
        let made: Vec<String> = self.containers.iter().flat_map(|c| &c.networks).map(|n| n.network.clone()).collect();
        if !made.is_empty() {
            return made;
        }
        let named = |key: &str| case.project?.networks.get(key).map(|n| n.name.clone());
        self.declared.into_iter().flat_map(|s| &s.networks).filter_map(|n| named(&n.network)).collect()
    }

    /// All that it is called on its networks, its addresses among it.
    fn names(&self) -> impl Iterator<Item = &str> {
        let networks = || self.containers.iter().flat_map(|c| &c.networks);
        let declared = self.declared.into_iter();
        let fixed = declared.clone().filter_map(|s| s.container_name.as_deref());
        let aliases = declared.flat_map(|s| &s.networks).flat_map(|n| &n.aliases).map(String::as_str);
        let made = networks().flat_map(|n| &n.aliases).map(String::as_str);
        let addresses = networks().map(|n| n.address.as_str()).filter(|address| !address.is_empty());
        let containers = self.containers.iter().map(|c| c.name.as_str());
        [self.name.as_str()].into_iter().chain(containers).chain(fixed).chain(made).chain(aliases).chain(addresses)
    }

    /// Whether a name means this service on the networks that it is in.
    pub fn is_called(&self, host: &str) -> bool {
        self.names().any(|name| name == host)
    }

    /// Whether one of its containers has this address.
    pub fn has_address(&self, address: &str) -> bool {
        !address.is_empty() && self.containers.iter().any(|c| c.networks.iter().any(|n| n.address == address))
    }

    /// Whether one of its processes runs.
    pub fn is_up(&self) -> bool {
        self.status.state.is_up()
    }
}

impl<'a> Case<'a> {
    /// Whether a variable shows what a service does: one that it merely gets from an `env_file`, as others do, may be
    /// meant for any of them.
    pub fn is_telling(&self, s: &Subject<'_>, variable: &str) -> bool {
        let injected = |d: &Service| d.setup.injected.contains(variable);
        let many = || self.services.iter().filter(|s| s.declared.is_some_and(injected)).count() > 1;
        !(s.declared.is_some_and(injected) && many())
    }

    /// The service that a host's name or address means.
    pub fn called(&self, host: &str) -> Option<&Subject<'a>> {
        let names = self.names.get_or_init(|| {
            let mut names = BTreeMap::new();
            for (at, s) in self.services.iter().enumerate() {
                for name in s.names() {
                    names.entry(name.to_owned()).or_insert(at);
                }
            }
            // A service's own name goes before what others are called.
            names.extend(self.services.iter().enumerate().map(|(at, s)| (s.name.to_string(), at)));
            names
        });
        self.services.get(*names.get(host)?)
    }

    /// Whether two services can reach each other by a network; `None` where that isn't known.
    pub fn share_a_network(&self, a: &Subject<'_>, b: &Subject<'_>) -> Option<bool> {
        if a.shares_a_network_stack() || b.shares_a_network_stack() {
            return None;
        }
        let (a, b) = (a.network_names(self), b.network_names(self));
        if a.is_empty() || b.is_empty() {
            return None;
        }
        Some(a.iter().any(|name| b.contains(name)))
    }
}
