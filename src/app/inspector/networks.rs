//! The inspector's Networks tab: where it is reachable, under which names, and by which ports.

use crate::{
    app::{
        inspector::{inspected::Inspected, row::Row},
        words,
    },
    view::{role::Role, screen::Line},
};

/// Its row.
pub const NETWORKS: Row = Row::new("Networks", |it| it.networks());

impl Inspected<'_> {
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
            let network = self.model.stack().networks.values().find(|n| n.name == attachment.network);
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
        let bindings = self.container.map(|c| &c.ports).or_else(|| self.status.map(|s| &s.ports));
        let bindings = bindings.map_or(&[][..], Vec::as_slice);
        if !bindings.is_empty() {
            self.heading("PORTS");
        }
        for binding in bindings {
            let line = Line::of(Role::Text, words::port(binding, self.glyphs.arrow()));
            self.lines.push(match &*binding.host_ip {
                "" if binding.host_port.is_none() => line.with(Role::Dim, "  only inside"),
                "0.0.0.0" | "::" | "" => line.with(Role::Dim, "  from anywhere"),
                ip => line.with(Role::Dim, format!("  on {ip}")),
            });
        }
        if self.lines.is_empty() {
            self.words(Role::Dim, "It is in no network.");
        }
    }
}
