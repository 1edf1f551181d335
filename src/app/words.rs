//! A service's state, and names and ports, in words as every screen has them.

use crate::{
    base::text::clean,
    stack::{PortBinding, ServiceStatus, State},
};

/// A state's word with what belongs to it: `exited 137`, `running 2/3`.
pub fn state(service: &ServiceStatus) -> String {
    let mut words = service.state.word().to_owned();
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
