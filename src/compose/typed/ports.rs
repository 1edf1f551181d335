//! The published ports of a service, each once.

use indexmap::IndexSet;

use super::context::Context;
use crate::compose::{
    model::Port,
    node::{Node, Value},
    problem::Problem,
    syntax::ports::short,
};

/// Reads `ports:`.
pub fn read(list: &[Node], trail: &str, context: &mut Context<'_, '_>) -> Vec<Port> {
    let mut ports = IndexSet::new();
    for item in list {
        let why = match &item.value {
            Value::Map(_) => match port(item, trail) {
                Ok(port) => {
                    ports.insert(port);
                    continue;
                }
                Err(why) => why,
            },
            _ if context.crowded.is_some() => continue,
            Value::Float(_) => format!("{trail}: invalid type float64 for port"),
            _ => match short(&item.text().unwrap_or_default()) {
                Err(why) => why,
                // It was understood, so it was left for there being too many.
                Ok(_) => {
                    context.crowded = Some(item.place.clone());
                    continue;
                }
            },
        };
        let problem = Problem::error(why).at(item.place.clone());
        context.reader.report.push(problem.help("a port is written [HOST_IP:][PUBLISHED:]TARGET[/PROTOCOL]"));
    }
    ports.into_iter().collect()
}

fn port(node: &Node, trail: &str) -> Result<Port, String> {
    let text = |key: &str| node.at(key).and_then(Node::text).filter(|text| !text.is_empty());
    let Some(target) = text("target") else { return Err(format!("{trail} is missing a target port")) };
    let target = target.parse().map_err(|_| format!("Invalid containerPort: {target}"))?;
    let protocol = text("protocol").map_or_else(|| "tcp".into(), |p| p.to_lowercase());
    Ok(Port {
        host_ip: text("host_ip"),
        published: text("published"),
        target,
        protocol,
        place: Some(node.place.clone()),
    })
}
