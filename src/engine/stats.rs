//! A container's figures: the engine's samples, one a second, in the units of `docker stats`.

use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;
use tokio::time::sleep;

use super::{
    Connector, Engine, Error, StackOutlet,
    events::{Objects, encode},
    transport::next_chunk,
    wire::{lax, wire},
};
use crate::{
    base::{
        id::ContainerId,
        loss::{LossKind, Whom},
        time::Stamp,
    },
    stack::{Fact, Sample},
};

/// The pause before a stream that ended is opened again.
const AGAIN: Duration = Duration::from_secs(2);

wire! {
    Stats {
        "read" read: String,
        "cpu_stats" cpu: Cpu,
        "precpu_stats" before: Cpu,
        "memory_stats" memory: Memory,
        "networks" networks: BTreeMap<String, Traffic>,
        "blkio_stats" disk: Disk,
        "pids_stats" pids: Pids,
    }
    Cpu {
        "cpu_usage" usage: CpuUsage,
        "system_cpu_usage" system: u64,
        "online_cpus" online: u32,
    }
    CpuUsage { "total_usage" total: u64, "percpu_usage" each: Vec<u64>, }
    Memory { "usage" usage: u64, "limit" limit: u64, "stats" stats: MemoryStats, }
    MemoryStats {
        "inactive_file" inactive_file: Option<u64>,
        "total_inactive_file" total_inactive_file: Option<u64>,
        "cache" cache: Option<u64>,
    }
    Traffic { "rx_bytes" received: u64, "tx_bytes" sent: u64, }
    Disk { "io_service_bytes_recursive" entries: Vec<DiskEntry>, }
    DiskEntry { "op" op: String, "value" value: u64, }
    Pids { "current" current: u32, }
}

/// Follows a container's figures until it is dropped, nobody listens or the container is removed.
pub async fn follow_stats(connector: Connector, id: ContainerId, out: StackOutlet) {
    while !out.is_closed() {
        if follow(&connector.connection().await, &id, &out).await.is_err_and(|e| e.is_not_found()) {
            return;
        }
        tokio::select! {
            () = out.closed() => return,
            () = sleep(AGAIN) => {}
        }
    }
}

async fn follow(engine: &Engine, id: &ContainerId, out: &StackOutlet) -> Result<(), Error> {
    let mut stream = engine.transport.stream(&format!("/containers/{}/stats?stream=1", encode(id))).await?;
    let mut objects = Objects::default();
    loop {
        let chunk = tokio::select! {
            () = out.closed() => return Ok(()),
            chunk = next_chunk(&mut stream, "figures") => chunk?,
        };
        let Some(chunk) = chunk else { return Ok(()) };
        let mut facts = Vec::new();
        let skipped = objects.skipped;
        objects.push(&chunk, |object| {
            let sample = serde_json::from_slice(object).ok().map(sample);
            let read = sample.is_some();
            facts.extend(sample.flatten().map(|s| Fact::Sample(id.clone(), s)));
            read
        });
        let whom = Whom::Container(id.clone());
        let lost = engine.unreadable(LossKind::SamplesUnreadable, whom, objects.skipped.saturating_sub(skipped));
        facts.extend(lost.map(Fact::Lost));
        if !facts.is_empty() && out.send(facts).await.is_err() {
            return Ok(());
        }
    }
}

/// A sample as `docker stats` counts it (docker/cli, `cli/command/container/stats_helpers.go`); `None` for that of
/// a container that doesn't run, which has no time.
fn sample(s: Stats) -> Option<Sample> {
    let at = Stamp::parse(&s.read)?;
    let stats = &s.memory.stats;
    let reclaimable = stats.total_inactive_file.or(stats.inactive_file).or(stats.cache).unwrap_or(0);
    let moved = |op: &str| {
        let entries = s.disk.entries.iter().filter(|e| e.op.eq_ignore_ascii_case(op));
        entries.fold(0_u64, |sum, e| sum.saturating_add(e.value))
    };
    let sum = |f: fn(&Traffic) -> u64| s.networks.values().map(f).fold(0_u64, u64::saturating_add);
    Some(Sample {
        at,
        cpu: cpu(&s.before, &s.cpu),
        memory: s.memory.usage.checked_sub(reclaimable).filter(|left| *left > 0).unwrap_or(s.memory.usage),
        memory_limit: s.memory.limit,
        network: (sum(|t| t.received), sum(|t| t.sent)),
        disk: (moved("read"), moved("write")),
        pids: s.pids.current,
    })
}

/// Share of one processor in percent; unknown without a sample before.
fn cpu(before: &Cpu, now: &Cpu) -> Option<f32> {
    if before.system == 0 {
        return None;
    }
    let used = now.usage.total.checked_sub(before.usage.total)?;
    let system = now.system.checked_sub(before.system).filter(|d| *d > 0)?;
    let processors = match (now.online, now.usage.each.len()) {
        (0, 0) => 1.0,
        (0, n) => n as f32,
        (n, _) => n as f32,
    };
    Some(used as f32 / system as f32 * processors * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<Sample> {
        sample(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn figures_as_docker_counts_them() {
        let s = read(
            r#"{"read":"2026-11-21T02:14:02.7Z","pids_stats":{"current":3},
            "cpu_stats":{"cpu_usage":{"total_usage":1500},"system_cpu_usage":4000,"online_cpus":2},
            "precpu_stats":{"cpu_usage":{"total_usage":1000},"system_cpu_usage":2000},
            "memory_stats":{"usage":100,"limit":1000,"stats":{"inactive_file":30,"x":1}},
            "networks":{"eth0":{"rx_bytes":5,"tx_bytes":1},"eth1":{"rx_bytes":2}},
            "blkio_stats":{"io_service_bytes_recursive":[{"op":"Read","value":7},{"op":"write","value":9},{"op":"Total","value":16}]}}"#,
        )
        .unwrap();
        assert_eq!((s.cpu, s.memory, s.memory_limit, s.pids), (Some(50.0), 70, 1000, 3));
        assert_eq!((s.network, s.disk), ((7, 1), (7, 9)));
    }

    #[test]
    fn the_first_sample_and_that_of_a_stopped_container() {
        let first = r#"{"read":"2026-11-21T02:14:02.7Z","cpu_stats":{"system_cpu_usage":5},"blkio_stats":{"io_service_bytes_recursive":null}}"#;
        assert_eq!(read(first).unwrap().cpu, None);
        assert_eq!(read(r#"{"read":"0001-01-01T00:00:00Z"}"#), None);
    }
}
