//! `GET /containers/ID/stats`: a sample of what a container uses.

use serde_json::{Map, Value, json};

use super::{Face, put};
use crate::{
    base::time::Stamp,
    sim::world::{Container, Sample},
};

/// Bytes that the kernel's controller reports where there is no limit.
const NO_LIMIT: u64 = 9_223_372_036_854_771_712;

/// A sample and the one before it.
pub fn stats(face: &Face, container: &Container, at: Stamp, sample: &Sample, before: Option<(Stamp, Sample)>) -> Value {
    let running = container.alive();
    let name = format!("/{}", container.name);
    if !running {
        return idle(&name, &container.id);
    }
    let old = face.release.cgroups == "1";
    let mut document = json!({
        "read": face.time(Some(at)),
        "preread": face.time(before.map(|(at, _)| at)),
        "pids_stats": {"current": sample.pids},
        "blkio_stats": disks(sample, old),
        "num_procs": 0,
        "storage_stats": {},
        "cpu_stats": cpu(sample, old),
        "precpu_stats": before.map_or_else(no_cpu, |(_, before)| cpu(&before, old)),
        "memory_stats": memory(sample, old, container.spec.memory_limit),
        "name": name,
        "id": container.id,
    });
    if face.since(52) {
        put(&mut document, "os_type", "linux");
    }
    // Networks in the order of their interfaces; the sample knows the sum, and the first one carries it.
    let mut networks = Map::new();
    for (i, _) in container.endpoints.iter().enumerate() {
        let carried = |n: u64| if i == 0 { n } else { 0 };
        let counters = json!({
            "rx_bytes": carried(sample.net_rx), "rx_packets": carried(sample.net_rx_packets),
            "rx_errors": 0, "rx_dropped": 0,
            "tx_bytes": carried(sample.net_tx), "tx_packets": carried(sample.net_tx_packets),
            "tx_errors": 0, "tx_dropped": 0,
        });
        networks.insert(format!("eth{i}"), counters);
    }
    if !networks.is_empty() {
        put(&mut document, "networks", networks);
    }
    document
}

/// What the engine says of a container that doesn't run.
fn idle(name: &str, id: &str) -> Value {
    let nothing = json!({
        "io_service_bytes_recursive": null, "io_serviced_recursive": null, "io_queue_recursive": null,
        "io_service_time_recursive": null, "io_wait_time_recursive": null, "io_merged_recursive": null,
        "io_time_recursive": null, "sectors_recursive": null,
    });
    json!({
        "read": super::time::NEVER,
        "preread": super::time::NEVER,
        "pids_stats": {},
        "blkio_stats": nothing,
        "num_procs": 0,
        "storage_stats": {},
        "cpu_stats": no_cpu(),
        "precpu_stats": no_cpu(),
        "memory_stats": {},
        "name": name,
        "id": id,
    })
}

fn no_cpu() -> Value {
    json!({
        "cpu_usage": {"total_usage": 0, "usage_in_kernelmode": 0, "usage_in_usermode": 0},
        "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
    })
}

fn cpu(sample: &Sample, old: bool) -> Value {
    let mut usage = json!({"total_usage": sample.cpu_total});
    if old {
        // Spread evenly; what doesn't divide is the first one's.
        let cpus = u64::from(sample.cpus.max(1));
        let share = |i: u64| sample.cpu_total / cpus + if i == 0 { sample.cpu_total % cpus } else { 0 };
        put(&mut usage, "percpu_usage", (0..cpus).map(share).collect::<Vec<_>>());
    }
    put(&mut usage, "usage_in_kernelmode", sample.cpu_kernel);
    put(&mut usage, "usage_in_usermode", sample.cpu_total.saturating_sub(sample.cpu_kernel));
    json!({
        "cpu_usage": usage,
        "system_cpu_usage": sample.cpu_system,
        "online_cpus": sample.cpus,
        "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
    })
}

fn disks(sample: &Sample, old: bool) -> Value {
    let mut words = [("Read", sample.disk_read), ("Write", sample.disk_write)];
    if !old {
        words = [("read", sample.disk_read), ("write", sample.disk_write)];
    }
    let moved = sample.disk_read + sample.disk_write > 0;
    let bytes =
        words.iter().filter(|_| moved).map(|(op, value)| json!({"major": 8, "minor": 0, "op": op, "value": value}));
    let bytes: Value = bytes.collect();
    let none = if old { json!([]) } else { Value::Null };
    json!({
        "io_service_bytes_recursive": bytes,
        "io_serviced_recursive": none, "io_queue_recursive": none, "io_service_time_recursive": none,
        "io_wait_time_recursive": none, "io_merged_recursive": none, "io_time_recursive": none,
        "sectors_recursive": none,
    })
}

fn memory(sample: &Sample, old: bool, limit: u64) -> Value {
    let anon = sample.memory.saturating_sub(sample.memory_cache);
    if !old {
        let stats = json!({
            "active_anon": 0, "active_file": 0, "anon": anon, "file": sample.memory_cache,
            "inactive_anon": anon, "inactive_file": sample.memory_cache, "pgfault": 0, "pgmajfault": 0,
        });
        return json!({"usage": sample.memory, "stats": stats, "limit": sample.memory_limit});
    }
    let controller = if limit > 0 { (limit, limit.saturating_mul(2)) } else { (NO_LIMIT, NO_LIMIT) };
    let counters = [
        ("active_anon", 0),
        ("active_file", 0),
        ("cache", sample.memory_cache),
        ("dirty", 0),
        ("inactive_anon", anon),
        ("inactive_file", sample.memory_cache),
        ("mapped_file", 0),
        ("pgfault", 0),
        ("pgmajfault", 0),
        ("pgpgin", 0),
        ("pgpgout", 0),
        ("rss", anon),
        ("rss_huge", 0),
        ("unevictable", 0),
        ("writeback", 0),
    ];
    // The kernel's list, each also with what child groups use, in alphabetical order.
    let mut sorted: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
    for (key, value) in counters {
        sorted.insert(key.into(), value);
        sorted.insert(format!("total_{key}"), value);
    }
    sorted.insert("hierarchical_memory_limit".into(), controller.0);
    sorted.insert("hierarchical_memsw_limit".into(), controller.1);
    json!({"usage": sample.memory, "max_usage": sample.memory, "stats": sorted, "limit": sample.memory_limit})
}
