//! What a container uses, computed for the moment it is asked.

/// A sample of `stats`; counters grow from the start of the container's run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sample {
    /// Nanoseconds of CPU so far.
    pub cpu_total: u64,
    /// Of these, in the kernel.
    pub cpu_kernel: u64,
    /// Nanoseconds of CPU that all CPUs of the host spent so far, idle included.
    pub cpu_system: u64,
    /// CPUs of the host.
    pub cpus: u32,
    /// Bytes of memory, page cache included.
    pub memory: u64,
    /// Of these, inactive page cache, which `docker stats` takes off.
    pub memory_cache: u64,
    /// The limit: the container's, else the host's memory.
    pub memory_limit: u64,
    /// Bytes received on all its networks.
    pub net_rx: u64,
    /// Bytes sent.
    pub net_tx: u64,
    /// Packets received.
    pub net_rx_packets: u64,
    /// Packets sent.
    pub net_tx_packets: u64,
    /// Bytes read from disks.
    pub disk_read: u64,
    /// Bytes written to disks.
    pub disk_write: u64,
    /// Processes and threads.
    pub pids: u64,
}

/// A process of a container, for `top`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// The user's name or number.
    pub user: String,
    /// Its id on the host.
    pub pid: u32,
    /// Its parent's.
    pub parent: u32,
    /// CPU use in percent, whole.
    pub cpu: u32,
    /// When it started.
    pub started: crate::base::time::Stamp,
    /// CPU seconds used.
    pub time: u64,
    /// Its command line.
    pub command: String,
}
