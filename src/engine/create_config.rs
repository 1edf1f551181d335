//! What a container was made with beyond what every screen shows, in compose's words: for comparing it with its
//! file.

use std::collections::BTreeMap;

use super::wire::{Config, HostConfig, HostPort};

/// The ports that it asks to be published: the host's address and port (or range), and the container's as
/// `80/tcp`.
pub(super) fn published(bindings: &BTreeMap<String, Option<Vec<HostPort>>>) -> Vec<(String, String, String)> {
    let each = bindings.iter().flat_map(|(target, hosts)| hosts.iter().flatten().map(move |host| (target, host)));
    each.map(|(target, host)| (host.ip.clone(), host.port.clone(), target.clone())).collect()
}

/// Settings by compose's name for each; what isn't set is left out.
pub(super) fn more(config: &Config, host: &HostConfig) -> BTreeMap<&'static str, String> {
    let sorted = |items: Vec<String>| {
        let mut items = items;
        items.sort();
        items.join(", ")
    };
    let number = |n: i64| if n == 0 { String::new() } else { n.to_string() };
    let devices = host.devices.iter().map(|d| format!("{}:{}:{}", d.source, d.target, d.permissions));
    let ulimits = host.ulimits.iter().map(|u| format!("{}={}:{}", u.name, u.soft, u.hard));
    let options = host.log.options.iter().map(|(key, value)| format!("{key}={value}"));
    let log = [host.log.driver.clone()].into_iter().filter(|driver| !driver.is_empty());
    let all = [
        ("domainname", config.domainname.clone()),
        ("stdin_open", if config.stdin_open { "true".into() } else { String::new() }),
        ("dns", host.dns.join(", ")),
        ("dns_search", host.dns_search.join(", ")),
        ("dns_opt", host.dns_opt.join(", ")),
        ("group_add", sorted(host.group_add.clone())),
        ("sysctls", sorted(host.sysctls.iter().map(|(key, value)| format!("{key}={value}")).collect())),
        ("devices", sorted(devices.collect())),
        ("ulimits", sorted(ulimits.collect())),
        ("logging", sorted(log.chain(options).collect())),
        ("cpuset", host.cpuset.clone()),
        ("cpu_shares", number(host.cpu_shares)),
        ("mem_reservation", number(host.mem_reservation)),
        ("memswap_limit", number(host.memswap_limit)),
        ("oom_score_adj", number(host.oom_score_adj)),
        ("userns_mode", host.userns_mode.clone()),
        ("uts", host.uts.clone()),
        ("ipc", host.ipc.clone()),
        ("pid", host.pid.clone()),
        ("init", host.init.map_or_else(String::new, |on| on.to_string())),
        ("runtime", host.runtime.clone()),
        ("cgroup_parent", host.cgroup_parent.clone()),
    ];
    all.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}
