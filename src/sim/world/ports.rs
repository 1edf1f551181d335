//! Networks from a container's side: addresses while it runs, and the host's ports that it holds.

use super::{
    action::{ApiError, Key},
    container::{Container, Endpoint},
    event::Kind,
    state::World,
    things::Network,
};
use crate::sim::{luck, scenario::Subnet};

impl World {
    /// Why a port of the host can't be had, in the engine's words.
    pub(super) fn ports_free(&self, key: Key) -> Result<(), String> {
        let Some(container) = self.containers.get(&key) else { return Ok(()) };
        for (protocol, address, port) in held(container) {
            let taken = self.ports.get(&(protocol, address.clone(), port)).is_some_and(|other| *other != key);
            if taken {
                let endpoint = luck::hex(self.luck(key, u64::from(port)), 64);
                return Err(format!(
                    "driver failed programming external connectivity on endpoint {} ({endpoint}): Bind for \
                     {address}:{port} failed: port is already allocated",
                    container.name
                ));
            }
        }
        Ok(())
    }

    /// A start: it gets addresses and ports.
    pub(super) fn enter_networks(&mut self, key: Key) {
        let Some(container) = self.containers.get(&key) else { return };
        for port in held(container) {
            self.ports.insert(port, key);
        }
        let places: Vec<String> = container.endpoints.iter().map(|e| e.network_id.clone()).collect();
        for network in places {
            self.enter(key, &network);
        }
    }

    /// An end: it gives them back.
    pub(super) fn leave_networks(&mut self, key: Key) {
        let Some(container) = self.containers.get(&key) else { return };
        for port in held(container) {
            if self.ports.get(&port) == Some(&key) {
                self.ports.remove(&port);
            }
        }
        let places: Vec<String> = container.endpoints.iter().map(|e| e.network_id.clone()).collect();
        for network in places {
            self.leave(key, &network);
        }
    }

    fn enter(&mut self, key: Key, network_id: &str) {
        let seed = self.luck(key, self.events.next());
        let Some(network) = self.networks.iter_mut().find(|n| n.id == network_id) else { return };
        let (name, driver) = (network.name.clone(), network.driver.clone());
        let given = network.subnet.parse::<Subnet>().ok().map(|subnet| {
            let host = network.freed.pop_first().unwrap_or_else(|| {
                network.next_address += 1;
                network.next_address - 1
            });
            (subnet, host)
        });
        let gateway = network.gateway.clone();
        let Some(container) = self.containers.get_mut(&key) else { return };
        let id = container.id.clone();
        let Some(endpoint) = container.endpoints.iter_mut().find(|e| e.network_id == network_id) else { return };
        endpoint.id = luck::hex(seed, 64);
        if let Some((subnet, host)) = given {
            endpoint.host = host;
            endpoint.address = subnet.host(host);
            endpoint.prefix = subnet.prefix;
            endpoint.gateway = gateway;
            let [a, b, c, d] = (subnet.base | host).to_be_bytes();
            endpoint.mac = format!("02:42:{a:02x}:{b:02x}:{c:02x}:{d:02x}");
        }
        self.tell_of(Kind::Network, "connect", network_id, vec![("container", id), ("name", name), ("type", driver)]);
    }

    fn leave(&mut self, key: Key, network_id: &str) {
        let Some(container) = self.containers.get_mut(&key) else { return };
        let id = container.id.clone();
        let Some(endpoint) = container.endpoints.iter_mut().find(|e| e.network_id == network_id) else { return };
        if endpoint.id.is_empty() {
            return;
        }
        let host = std::mem::take(&mut endpoint.host);
        *endpoint = Endpoint::idle(&endpoint.network, &endpoint.network_id, std::mem::take(&mut endpoint.aliases));
        let Some(network) = self.networks.iter_mut().find(|n| n.id == network_id) else { return };
        if host > 0 {
            network.freed.insert(host);
        }
        let own = vec![("container", id), ("name", network.name.clone()), ("type", network.driver.clone())];
        self.tell_of(Kind::Network, "disconnect", network_id, own);
    }

    /// `POST /networks/ID/connect`.
    pub fn connect(&mut self, network: &str, container: &str, aliases: Vec<String>) -> Result<(), ApiError> {
        let (network_id, name) = self.network(network).map(|n| (n.id.clone(), n.name.clone()))?;
        let container = self.container(container)?;
        let (key, alive) = (container.key, container.alive());
        if container.endpoints.iter().any(|e| e.network_id == network_id) {
            let message = format!("endpoint with name {} already exists in network {name}", container.name);
            return Err(ApiError::new(403, message));
        }
        if let Some(container) = self.containers.get_mut(&key) {
            container.endpoints.push(Endpoint::idle(&name, &network_id, aliases));
            container.endpoints.sort_by(|a, b| a.network.cmp(&b.network));
        }
        if alive {
            self.enter(key, &network_id);
        }
        Ok(())
    }

    /// `POST /networks/ID/disconnect`.
    pub fn disconnect(&mut self, network: &str, container: &str, force: bool) -> Result<(), ApiError> {
        let (network_id, name) = self.network(network).map(|n| (n.id.clone(), n.name.clone()))?;
        let container = self.container(container)?;
        let (key, id) = (container.key, container.id.clone());
        if container.endpoints.iter().all(|e| e.network_id != network_id) {
            if force {
                return Ok(());
            }
            return Err(ApiError::new(500, format!("container {id} is not connected to network {name}")));
        }
        self.leave(key, &network_id);
        if let Some(container) = self.containers.get_mut(&key) {
            container.endpoints.retain(|e| e.network_id != network_id);
        }
        Ok(())
    }

    /// The running containers in a network, and their places in it.
    pub fn members(&self, network: &Network) -> Vec<(&Container, &Endpoint)> {
        let mut found = Vec::new();
        for container in self.containers.values() {
            let places = container.endpoints.iter().filter(|e| e.network_id == network.id && !e.id.is_empty());
            found.extend(places.map(|endpoint| (container, endpoint)));
        }
        found
    }
}

/// The host's ports that it holds while it runs: protocol, address, number.
fn held(container: &Container) -> Vec<(String, String, u16)> {
    let ports = container.spec.ports.iter();
    ports.filter_map(|p| p.outside.as_ref().map(|(address, n)| (p.protocol.clone(), address.clone(), *n))).collect()
}

impl Endpoint {
    /// A place of a container that doesn't run.
    pub(super) fn idle(network: &str, network_id: &str, aliases: Vec<String>) -> Self {
        Self {
            network: network.into(),
            network_id: network_id.into(),
            aliases,
            id: String::new(),
            address: String::new(),
            gateway: String::new(),
            prefix: 0,
            mac: String::new(),
            host: 0,
        }
    }
}
