//! `stackview graph`: the dependency graph as the files declare it. Needs no engine.

use std::fmt::Write;

use color_eyre::eyre::{Result, bail};
use ratatui::layout::Size;
use serde_json::json;

use super::{
    args::GraphFormat,
    output::{columns, print, print_json},
    project::load,
};
use crate::{
    app::screens::stack::topology::drawn,
    base::text,
    compose::{self, Condition, Project},
    runtime::bounded,
};

/// Reads the files and prints their graph.
pub fn run(options: &compose::Options, format: GraphFormat, ascii: bool) -> Result<u8> {
    let Some(project) = load(options)? else {
        bail!("the graph is what the files declare, and there is no compose file here")
    };
    let out = match format {
        GraphFormat::Text if project.services.is_empty() => "The files declare no service.\n".into(),
        GraphFormat::Text => drawn::text(&project, width(), ascii),
        GraphFormat::Mermaid => mermaid(&project),
        GraphFormat::Dot => dot(&project),
        GraphFormat::Json => return print_json(json_graph(&project)),
    };
    print(&out)
}

/// The columns of the terminal; without one, as many as a wide page has.
fn width() -> u16 {
    columns().map_or(120, |width| bounded(Size::new(width, 1)).width)
}

/// A word for the arrow; the same as docker compose's, shortened.
fn word(condition: Condition) -> &'static str {
    match condition {
        Condition::Started => "started",
        Condition::Healthy => "healthy",
        Condition::Completed => "completed",
    }
}

fn mermaid(project: &Project) -> String {
    let quoted = |s: &str| text::clean(s).replace('"', "#quot;");
    let id = |name: &str| project.services.get_index_of(name).map_or_else(|| "s".into(), |i| format!("s{i}"));
    let mut out = String::from("flowchart LR\n");
    for name in project.services.keys() {
        let _infallible = writeln!(out, "  {}[\"{}\"]", id(name), quoted(name));
    }
    for (name, service) in &project.services {
        for dependency in service.depends_on.iter().filter(|d| project.services.contains_key(&*d.service)) {
            let arrow = if dependency.required { "-->" } else { "-.->" };
            let _infallible =
                writeln!(out, "  {} {arrow}|{}| {}", id(name), word(dependency.condition), id(&dependency.service));
        }
    }
    out
}

fn dot(project: &Project) -> String {
    let quoted = |s: &str| format!("\"{}\"", text::clean(s).replace('\\', "\\\\").replace('"', "\\\""));
    let mut out = format!("digraph {} {{\n  rankdir=LR;\n  node [shape=box, style=rounded];\n", quoted(&project.name));
    for (name, service) in &project.services {
        let style = if service.enabled { "" } else { " [style=\"rounded,dashed\"]" };
        let _infallible = writeln!(out, "  {}{style};", quoted(name));
    }
    for (name, service) in &project.services {
        for dependency in &service.depends_on {
            let style = if dependency.required { "" } else { ", style=dashed" };
            let _infallible = writeln!(
                out,
                "  {} -> {} [label=\"{}\"{style}];",
                quoted(name),
                quoted(&dependency.service),
                word(dependency.condition)
            );
        }
    }
    out.push_str("}\n");
    out
}

fn json_graph(project: &Project) -> serde_json::Value {
    let services: Vec<_> =
        project.services.values().map(|s| json!({"name": &*s.name, "enabled": s.enabled, "image": s.image})).collect();
    let edges: Vec<_> = project
        .services
        .iter()
        .flat_map(|(name, service)| {
            service.depends_on.iter().map(move |d| {
                json!({"from": &**name, "to": &*d.service, "condition": d.condition.as_str(), "required": d.required, "restart": d.restart})
            })
        })
        .collect();
    json!({"project": &*project.name, "services": services, "edges": edges})
}
