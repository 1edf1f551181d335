//! `GET /containers/ID/top`: processes as `ps` prints them on the host.

use serde_json::{Value, json};

use crate::{base::time::Stamp, sim::world::Process};

/// The table for the options of `ps`: `-ef` unless told otherwise, and the BSD style of `aux`.
pub fn top(processes: &[Process], options: &str) -> Value {
    let bsd = options.trim_start_matches('-').starts_with("au");
    if bsd {
        let titles = ["USER", "PID", "%CPU", "%MEM", "VSZ", "RSS", "TTY", "STAT", "START", "TIME", "COMMAND"];
        let rows: Vec<Vec<String>> = processes.iter().map(aux).collect();
        return json!({"Processes": rows, "Titles": titles});
    }
    let titles = ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"];
    let rows: Vec<Vec<String>> = processes.iter().map(full).collect();
    json!({"Processes": rows, "Titles": titles})
}

fn full(process: &Process) -> Vec<String> {
    let time = process.time;
    vec![
        process.user.clone(),
        process.pid.to_string(),
        process.parent.to_string(),
        process.cpu.to_string(),
        clock(process.started),
        "?".into(),
        format!("{:02}:{:02}:{:02}", time / 3600, time / 60 % 60, time % 60),
        process.command.clone(),
    ]
}

fn aux(process: &Process) -> Vec<String> {
    vec![
        process.user.clone(),
        process.pid.to_string(),
        format!("{}.0", process.cpu),
        "0.0".into(),
        "1748".into(),
        "1256".into(),
        "?".into(),
        "Ss".into(),
        clock(process.started),
        format!("{}:{:02}", process.time / 60, process.time % 60),
        process.command.clone(),
    ]
}

/// Hours and minutes on a host that keeps UTC.
fn clock(at: Stamp) -> String {
    let minutes = at.as_nanos().div_euclid(60_000_000_000);
    format!("{:02}:{:02}", minutes.div_euclid(60).rem_euclid(24), minutes.rem_euclid(60))
}
