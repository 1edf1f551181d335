//! The published ports of a service, each once.

use std::collections::HashSet;

use super::Context;
use crate::compose::{
    Port, Problem,
    syntax::ports::short,
    yaml::{Node, Value},
};

/// No project publishes more ports than this; a range of all ports in a thousand services would fill the memory.
pub const MAX_PORTS: usize = 70_000;

/// The ports of a service, each once.
pub fn read(list: &Node, trail: &str, budget: &mut usize, context: &mut Context<'_, '_>) -> Vec<Port> {
    let mut ports = Vec::new();
    if *budget == 0 {
        return ports;
    }
    let mut seen = HashSet::new();
    for item in list.list().unwrap_or_default() {
        let read = match &item.value {
            Value::Map(_) => long(item, trail),
            Value::Float(_) => Err(format!("{trail}: invalid type float64 for port")),
            _ => short(&item.text().unwrap_or_default()),
        };
        match read {
            Ok(new) => {
                let new: Vec<Port> = new
                    .into_iter()
                    .filter(|p| seen.insert((p.host_ip.clone(), p.published.clone(), p.target, p.protocol.clone())))
                    .collect();
                let Some(left) = budget.checked_sub(new.len()) else {
                    let message = format!("the project publishes more than {MAX_PORTS} ports");
                    context.reader.report.error(&item.place, message);
                    *budget = 0;
                    return ports;
                };
                *budget = left;
                ports.extend(new);
            }
            Err(message) => {
                let problem = Problem::error(message).at(item.place.clone());
                context.reader.report.push(problem.help("a port is written [HOST_IP:][PUBLISHED:]TARGET[/PROTOCOL]"));
            }
        }
    }
    ports
}

fn long(node: &Node, trail: &str) -> Result<Vec<Port>, String> {
    let text = |key: &str| node.at(key).and_then(Node::text).filter(|text| !text.is_empty());
    let Some(target) = text("target") else { return Err(format!("{trail} is missing a target port")) };
    let target = target.parse().map_err(|_| format!("Invalid containerPort: {target}"))?;
    let protocol = text("protocol").map_or_else(|| "tcp".into(), |p| p.to_lowercase());
    Ok(vec![Port { host_ip: text("host_ip"), published: text("published"), target, protocol }])
}
