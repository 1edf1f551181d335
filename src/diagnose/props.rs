//! Further touches to containers in the rules' scenarios: networks, ports, mounts, settings.

use crate::{
    base::id::{NetworkId, VolumeName},
    compose::MountKind,
    stack::{Attachment, Container, MountPoint, Network, PortBinding, Volume, fixture::at},
};

impl Container {
    /// In a network, with an address there.
    pub(crate) fn in_network(mut self, network: &str, address: &str) -> Self {
        let aliases = self.service.iter().map(ToString::to_string).collect();
        self.networks.push(Attachment { network: network.into(), address: address.into(), aliases });
        self
    }

    /// Serving a port, published where the host's is named.
    pub(crate) fn serving(mut self, host: Option<u16>, port: u16) -> Self {
        let host_ip = if host.is_some() { "0.0.0.0".into() } else { String::new() };
        self.ports.push(PortBinding { host_ip, host_port: host, container_port: port, protocol: "tcp".into() });
        self
    }

    /// With a folder or file of the host.
    pub(crate) fn binding(mut self, source: &str, target: &str, writable: bool) -> Self {
        let (source, target) = (source.into(), target.into());
        self.mounts.push(MountPoint { kind: MountKind::Bind, volume: None, source, target, writable });
        self
    }

    /// With a volume.
    pub(crate) fn keeping(mut self, volume: &str, target: &str) -> Self {
        let (volume, target) = (Some(VolumeName::from(volume)), target.into());
        self.mounts.push(MountPoint { kind: MountKind::Volume, volume, source: String::new(), target, writable: true });
        self
    }

    /// Run as this user.
    pub(crate) fn by_user(mut self, user: &str) -> Self {
        self.config.user = user.into();
        self
    }
}

/// A volume of the project, created at this second.
pub(crate) fn volume(name: &str, created: f64) -> Volume {
    Volume {
        name: name.into(),
        key: name.split_once('_').map(|(_, key)| key.to_owned()),
        project: Some("p".into()),
        driver: "local".into(),
        mountpoint: format!("/var/lib/docker/volumes/{name}/_data"),
        created: Some(at(created)),
        anonymous: false,
        labels: std::collections::BTreeMap::new(),
        options: std::collections::BTreeMap::new(),
        scope: "local".into(),
    }
}

/// A network of some project with one subnet.
pub(crate) fn network(name: &str, project: Option<&str>, subnet: &str) -> Network {
    Network {
        id: NetworkId::from(name),
        name: name.into(),
        key: name.split_once('_').map(|(_, key)| key.to_owned()),
        project: project.map(Into::into),
        driver: "bridge".into(),
        internal: false,
        subnets: vec![subnet.into()],
        created: Some(at(0.0)),
    }
}
