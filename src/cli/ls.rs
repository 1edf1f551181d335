//! `stackview ls`: the compose projects that the engine knows.

use std::{collections::BTreeMap, fmt::Write};

use color_eyre::eyre::{Report, Result};
use serde_json::json;

use super::{
    args::StatusFormat,
    engine::{block_on, connect},
    output::{print, print_json},
};
use crate::{base::text, engine::EngineTarget, host::ProjectSummary};

/// Asks and prints.
pub fn run(target: &EngineTarget, env: &BTreeMap<String, String>, format: StatusFormat) -> Result<u8> {
    let projects = block_on(async { Ok::<_, Report>(connect(target, env).await?.projects().await?) })??;
    match format {
        StatusFormat::Json => {
            let list: Vec<_> = projects
                .iter()
                .map(|p| json!({"project": &*p.name, "running": p.running, "total": p.total, "troubled": p.troubled, "files": p.files, "dir": p.dir}))
                .collect();
            print_json(list.into())
        }
        StatusFormat::Table => print(&table(&projects)),
    }
}

fn table(projects: &[ProjectSummary]) -> String {
    if projects.is_empty() {
        return "The engine knows no compose project.\n".into();
    }
    let width = projects.iter().map(|p| text::width(&p.name)).max().unwrap_or(0).max(7);
    let mut out = format!("{}  RUNNING  FILES\n", text::pad("PROJECT", width));
    for p in projects {
        let trouble = if p.troubled > 0 { format!(" ({} in trouble)", p.troubled) } else { String::new() };
        let _infallible = writeln!(
            out,
            "{}  {:<7}  {}{trouble}",
            text::pad(&text::clean(&p.name), width),
            format!("{}/{}", p.running, p.total),
            text::clean(&p.files.join(", ")),
        );
    }
    out
}
