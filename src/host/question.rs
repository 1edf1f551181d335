//! Questions about an engine beyond what is always known of it, and their answers.
//!
//! A diagnosis asks them; whoever performs effects finds the answers, which come back as facts. Until then the
//! rule that asked says nothing about what it doesn't know.

use std::{collections::BTreeSet, net::IpAddr};

use crate::{
    base::{id::ContainerId, time::Stamp},
    logs::LogLine,
    stack::{Container, Network, Volume},
};

/// Something that can be found out without changing anything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// Does an image's registry offer it? The engine is asked to ask.
    Offer(String),
    /// What is at a path inside a container, running or not?
    Path(ContainerId, String),
    /// How does the file at a path inside a container begin?
    Head(ContainerId, String),
    /// All containers of the engine, of whatever project, as the list knows them.
    Neighbours,
    /// All networks of the engine.
    Networks,
    /// All volumes of the engine.
    Volumes,
    /// Who listens on a TCP port of the host? Only answered where the engine is on this host.
    HostPort(u16),
    /// What is at a path of the host? Only answered where the engine is on this host.
    HostPath(String),
    /// The subnets that the host has routes to.
    Routes,
    /// On which addresses and TCP ports do a container's processes listen?
    Listening(ContainerId),
    /// How often had a container to wait for its share of the processors?
    Throttling(ContainerId),
    /// How much room is left in the file system of a path of the host? Only answered where the engine is on this host.
    FreeSpace(String),
    /// Which docker compose is installed?
    Compose,
    /// How does the log of a container end that isn't followed? The last of all questions: there may be many.
    LogEnd(ContainerId),
}

/// What was found out.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// What the registry says.
    Offer(Offer),
    /// What is at the path; `None` where nothing is.
    Path(Option<PathFacts>),
    /// The first bytes; `None` where there is no such file.
    Head(Option<Vec<u8>>),
    /// All containers.
    Neighbours(Vec<Container>),
    /// All networks.
    Networks(Vec<Network>),
    /// All volumes.
    Volumes(Vec<Volume>),
    /// Who has the port; `None` where it is free.
    HostPort(Option<PortOwner>),
    /// What is at the path; `None` where nothing is.
    HostPath(Option<PathFacts>),
    /// Subnets as `172.17.0.0/16`.
    Routes(Vec<String>),
    /// Addresses and ports.
    Listening(BTreeSet<(IpAddr, u16)>),
    /// Of so many periods (of a tenth of a second, mostly) in which it ran, in so many it had to wait.
    Throttling {
        /// Periods in which it ran.
        periods: u64,
        /// Those in which its share was used up.
        waited: u64,
    },
    /// Bytes that are free for all, and bytes in all.
    FreeSpace {
        /// Free ones.
        free: u64,
        /// All.
        total: u64,
    },
    /// Its version, `2.26.1-4`.
    Compose(String),
    /// The last lines of a log.
    LogEnd {
        /// They, oldest first.
        lines: Vec<LogLine>,
        /// When they were read, on the engine's clock.
        at: Stamp,
    },
    /// It can't be found out, and why.
    Unknown(String),
}

/// What an image's registry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// It has the image.
    Yes,
    /// It can't be pulled as things stand.
    No {
        /// The engine's words.
        words: String,
        /// The registry shows nothing without a login, so that somebody who is logged in may fare better.
        login: bool,
    },
}

impl Offer {
    /// Whether nobody got through to the registry: what it has isn't known then, and asking for its other images ends
    /// the same.
    pub fn is_unreachable(&self) -> bool {
        const WORDS: [&str; 10] = [
            "dial tcp",
            "i/o timeout",
            "Client.Timeout exceeded",
            "no such host",
            "connection refused",
            "TLS handshake timeout",
            "context deadline exceeded",
            "no answer within",
            "no route to host",
            "network is unreachable",
        ];
        matches!(self, Self::No { words, .. } if WORDS.iter().any(|said| words.contains(said)))
    }
}

/// The registry that an image's name means (`reference.ParseNormalizedNamed` of distribution): its first part where
/// that looks like a host, else Docker's own.
pub fn registry_of(image: &str) -> &str {
    match image.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
        _ => "docker.io",
    }
}

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathFacts {
    /// A folder.
    pub folder: bool,
    /// The permission bits, `0o755`.
    pub mode: u32,
    /// The size in bytes.
    pub size: u64,
    /// The owner, where it is known.
    pub owner: Option<(u32, u32)>,
    /// Where a symbolic link leads.
    pub link: Option<String>,
    /// Which file it is, by device and inode, where it is known: the same by whatever path.
    pub id: Option<(u64, u64)>,
}

/// Who listens on a port.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PortOwner {
    /// The address it listens on.
    pub address: String,
    /// Its process id, where we may know.
    pub pid: Option<u32>,
    /// Its program, where we may know.
    pub program: Option<String>,
}
