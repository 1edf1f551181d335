//! What a container uses at a moment, in closed form: nothing is summed up while nobody looks.

use std::time::Duration;

use super::{
    container::Container,
    state::World,
    stats::{Process, Sample},
};
use crate::{
    base::num::nanos,
    sim::luck::{below, mix},
};

/// How long the host seems to have run before the scenario began.
const UPTIME: Duration = Duration::from_secs(3 * 86_400);

impl World {
    /// What a container uses now; all zero where it doesn't run.
    pub fn sample(&self, container: &Container) -> Sample {
        let host = self.host();
        let Some(run) = container.run() else { return Sample::default() };
        let behaviour = &container.spec.behaviour;
        let seed = self.luck(container.key, 0x57a7);
        let age = millis(run.worked(self.now));
        let starts = millis(behaviour.cpu.starts_for);
        let (starting, up) = (age.min(starts), age.saturating_sub(starts));
        let curve = behaviour.cpu;
        let span = u128::from(curve.busy.saturating_sub(curve.idle));
        // A thousandth of a percent of a CPU is 10 ns in a millisecond.
        let cpu =
            10 * (u128::from(curve.start) * starting + u128::from(curve.idle) * up + span * wave(seed, up) / 1000);
        let cpu = u64::try_from(cpu).unwrap_or(u64::MAX);
        let wall = UPTIME + self.now.since(self.begin);
        let limit = if container.spec.memory_limit > 0 { container.spec.memory_limit } else { host.memory };
        let memory = memory(container, seed, age).min(limit);
        let flow = |rate: u64, purpose: u64| {
            // Between half and one and a half of the rate.
            let amount = u128::from(rate) * (age / 2 + wave(mix(seed, purpose), age) / 1000) / 1000;
            u64::try_from(amount).unwrap_or(u64::MAX)
        };
        let (net_rx, net_tx) = (656 + flow(behaviour.receives, 1), flow(behaviour.sends, 2));
        let processes: u64 = behaviour.processes.iter().map(|p| u64::from(p.times)).sum();
        let connected = !container.endpoints.is_empty();
        Sample {
            cpu_total: cpu,
            cpu_kernel: cpu / 4,
            cpu_system: u64::try_from(nanos(wall)).unwrap_or(0).saturating_mul(u64::from(host.cpus)),
            cpus: host.cpus,
            memory,
            memory_cache: behaviour.memory.cache.min(memory / 2),
            memory_limit: limit,
            net_rx: if connected { net_rx } else { 0 },
            net_tx: if connected { net_tx } else { 0 },
            net_rx_packets: if connected { 8 + net_rx / 700 } else { 0 },
            net_tx_packets: if connected { net_tx / 500 } else { 0 },
            disk_read: flow(behaviour.reads, 3),
            disk_write: flow(behaviour.writes, 4),
            pids: behaviour.threads.max(processes).max(1),
        }
    }

    /// The processes of a running container, the first one first.
    pub(super) fn processes(&self, container: &Container) -> Vec<Process> {
        let Some(run) = container.run() else { return Vec::new() };
        let first = Process {
            user: if container.spec.user.is_empty() { "root".into() } else { container.spec.user.clone() },
            pid: run.pid,
            parent: run.pid.saturating_sub(21),
            cpu: 0,
            started: run.start,
            time: self.sample(container).cpu_total / 1_000_000_000,
            command: container.spec.argv().collect::<Vec<_>>().join(" "),
        };
        let mut processes: Vec<Process> = Vec::new();
        for rule in &container.spec.behaviour.processes {
            for _ in 0..rule.times {
                let count = u32::try_from(processes.len()).unwrap_or(0);
                let (time, parent) = if count == 0 { (first.time, first.parent) } else { (0, first.pid) };
                processes.push(Process {
                    user: rule.user.clone(),
                    pid: first.pid + count * 3,
                    parent,
                    time,
                    command: rule.command.clone(),
                    ..first.clone()
                });
            }
        }
        if processes.is_empty() { vec![first] } else { processes }
    }
}

fn memory(container: &Container, seed: u64, age: u128) -> u64 {
    let rule = container.spec.behaviour.memory;
    let over = millis(rule.over).max(1);
    let (low, high) = (u128::from(rule.start), u128::from(rule.up));
    let ramp =
        if high >= low { low + (high - low) * age.min(over) / over } else { low - (low - high) * age.min(over) / over };
    // It breathes by a fortieth.
    let breath = high * triangle(age + u128::from(below(seed, 30_000)), 23_000) / 1000 / 40;
    let bytes = ramp + breath + u128::from(rule.grows) * age / 1000 + u128::from(rule.cache);
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

fn millis(span: Duration) -> u128 {
    span.as_millis()
}

/// A triangle between 0 and 1000 at a moment of its period.
fn triangle(at: u128, period: u128) -> u128 {
    let half = (period / 2).max(1);
    let at = at % (half * 2);
    1000 * if at < half { at } else { half * 2 - at } / half
}

/// The integral of [`triangle`] from 0.
fn area(at: u128, period: u128) -> u128 {
    let half = (period / 2).max(1);
    let (full, at) = (at / (half * 2), at % (half * 2));
    let part = if at < half {
        1000 * at * at / (2 * half)
    } else {
        let left = half * 2 - at;
        1000 * half - 1000 * left * left / (2 * half)
    };
    full * 1000 * half + part
}

/// The integral over the first so many milliseconds of a wave between 0 and 1000 that never quite repeats: three
/// triangles of different periods.
fn wave(seed: u64, at: u128) -> u128 {
    let period = |n: u64, low: u64, spread: u64| u128::from(low + below(mix(seed, n), spread));
    let one = |n: u64, low: u64, spread: u64| {
        let period = period(n, low, spread);
        let phase = u128::from(mix(seed, n + 16)) % period;
        area(at + phase, period) - area(phase, period)
    };
    (one(1, 2_300, 1_900) + one(2, 7_000, 6_000) + one(3, 31_000, 30_000)) / 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wave_stays_within_bounds_and_moves() {
        for seed in 0..20 {
            let rates: Vec<u128> =
                (0..300).map(|s| (wave(seed, (s + 1) * 1000) - wave(seed, s * 1000)) / 1000).collect();
            assert!(rates.iter().all(|rate| *rate <= 1000), "{rates:?}");
            let (low, high) = (rates.iter().min().unwrap(), rates.iter().max().unwrap());
            assert!(high - low > 300, "seed {seed}: between {low} and {high}");
        }
    }

    #[test]
    fn the_area_is_the_triangles_integral() {
        let mut sum = 0;
        for at in 0..50_000 {
            assert!(area(at, 7_000).abs_diff(sum) < 1200 * (1 + at / 1000), "{at}");
            sum += triangle(at, 7_000);
        }
    }
}
