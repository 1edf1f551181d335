//! How docker compose writes single values: ports and mounts in short, durations and sizes, command lines.

pub mod mounts;
pub mod paths;
pub mod ports;
pub mod units;
pub mod words;
