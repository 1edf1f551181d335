//! The only room that talks to Docker: what the engine says leaves it as [`Fact`](crate::host::Fact)s, what is
//! asked of it enters as [`Call`](crate::work::Call)s.
//!
//! - `locate` (over `address`, `context`): where it is, by what was asked for, the environment or a docker context.
//! - `dial` (over `tls`, `ssh`), `transport`: the line to it, and HTTP over that. One place adds the API version to
//!   each path and refuses whatever isn't a GET when nothing may be changed.
//! - `wire`, `translate`: the few fields we use, read tolerantly (a null, a missing field or a new word never
//!   makes an answer unreadable), in our own words.
//! - `ask`: questions with one answer. `usage`, `projects`: two larger ones.
//! - `watch`: a project kept true: events first, then the list, then inspections, for as long as it is polled.
//! - `images`: the images that containers are made of. `made`: what they were made with.
//! - `logs` (over `demux`), `stats`: streams of one container.
//! - `registries`: those that didn't answer, which aren't asked again at once.
//! - `outlet`: where facts leave.
//! - `connector`: one connection for all of them. `keep` makes it again when it is lost, and tells how it is; the
//!   streams work under its `link`.
//! - `compose`: `docker compose` as a child process, for what only it can do.
//! - `calls`: what changes something, through bollard over the same transport.
//!
//! Every stream is a future that ends when it is dropped, and waits when its receiver is full. All of it is
//! meant for one current-thread runtime.

mod address;
mod answer;
mod ask;
mod calls;
mod compose;
mod connector;
mod context;
mod create_config;
mod demux;
mod dial;
mod error;
mod events;
mod exec;
mod images;
mod keep;
mod link;
mod locate;
mod logs;
mod opening;
mod outlet;
mod projects;
mod registries;
mod ssh;
mod stats;
#[cfg(test)]
mod testing;
mod tls;
mod translate;
mod transport;
mod unread;
mod usage;
mod watch;
mod wire;

use std::{collections::BTreeMap, num::NonZeroU32, sync::Arc};

pub use address::{EngineAddress, EngineTarget, Way};
pub use compose::{compose_up, compose_version, up_arguments};
pub use connector::Connector;
pub use demux::Demux;
pub use error::{ConnectError, Error};
pub use images::watch_images;
pub use keep::keep_link;
pub use logs::follow_log;
pub use opening::follow_opening;
pub use outlet::{Closed, Outlet, StackOutlet};
pub use projects::watch_projects;
pub use stats::follow_stats;
pub use usage::poll_usage;
pub use watch::watch_project;

use crate::{
    base::time::{Clock, OtherClock, Stamp},
    host::{ContextEntry, EngineInfo},
};

/// The oldest API we know to work (Docker 20.10 speaks 1.41, Podman 4 speaks 1.41).
const OLDEST: (u32, u32) = (1, 40);
/// The newest API we know.
const NEWEST: (u32, u32) = (1, 52);

/// A connection to an engine; clones share it.
#[derive(Clone)]
pub struct Engine {
    transport: Arc<transport::Transport>,
    /// Who answered the first request. The clock offset is only good to a second until
    /// [`info`](Self::info) was asked.
    first: EngineInfo,
    clock: Clock,
    /// Items of its lists that can't be read.
    unread: unread::Unread,
    registries: registries::Registries,
}

impl Engine {
    /// Where the engine is.
    ///
    /// # Errors
    /// When the address can't be used, or nobody listens at any of the usual places.
    pub fn locate(target: &EngineTarget, env: &BTreeMap<String, String>) -> Result<EngineAddress, ConnectError> {
        locate::locate(target, env)
    }

    /// Every docker context with its engine, the one marked that `target` means. Reads docker's own files.
    pub fn contexts(target: &EngineTarget, env: &BTreeMap<String, String>) -> Vec<ContextEntry> {
        context::known(target, env)
    }

    /// Asks the engine who it is and agrees with it on an API version: one round trip.
    ///
    /// # Errors
    /// When nobody answers, we may not ask, or the API is too old or too new.
    pub async fn connect(address: EngineAddress, read_only: bool, clock: Clock) -> Result<Self, ConnectError> {
        let transport = transport::Transport::new(address, read_only)?;
        let asked = clock.now();
        // Not `/version`, for which Docker asks containerd and runc: 8 ms instead of 0.3.
        let (headers, _ok) = transport
            .answer(transport::PING, transport::ITEM_CAP, transport::DEADLINE)
            .await
            .map_err(|e| refused(transport.address(), e))?;
        let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let (product, version) = product(header("server"));
        let mut spoken = wire::Version { api: header("api-version").into(), version, ..Default::default() };
        if parse_version(&spoken.api).is_none_or(|newest| newest > NEWEST) {
            // It may no longer speak what we do.
            let asked = transport.get("/version", transport::ITEM_CAP).await;
            spoken =
                asked.and_then(|body| wire::one("its version", &body)).map_err(|e| refused(transport.address(), e))?;
        }
        let api = negotiate(&spoken, transport.address())?;
        transport.negotiated(&api);
        let first = EngineInfo {
            place: transport.address().place(),
            product,
            version: spoken.version,
            api,
            clock: OtherClock::ahead(coarse_offset(header("date"), asked).unwrap_or(0)),
            memory: None,
            architecture: String::new(),
            root: String::new(),
            swarm: false,
            system: String::new(),
        };
        Ok(Self {
            transport: Arc::new(transport),
            first,
            clock,
            unread: unread::Unread::default(),
            registries: registries::Registries::default(),
        })
    }

    /// The same as the simulated engine, whose clock goes so many times as fast as ours.
    pub(crate) fn simulated(mut self, pace: NonZeroU32) -> Self {
        let asked = self.clock.now();
        self.first.place = "simulated".into();
        self.first.clock = OtherClock::read(asked, self.first.clock.at(asked), pace);
        self
    }

    /// Now, on our clock.
    fn now(&self) -> Stamp {
        self.clock.now()
    }

    /// Now, on the engine's clock as far as the first answer told.
    fn engine_now(&self) -> Stamp {
        self.first.clock.at(self.now())
    }

    /// Whether it is the same connection.
    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.transport, &other.transport)
    }

    /// Who the engine is, as far as the first answer told.
    pub fn who(&self) -> &EngineInfo {
        &self.first
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("address", self.transport.address()).field("first", &self.first).finish()
    }
}

fn refused(address: &EngineAddress, error: Error) -> ConnectError {
    match error {
        Error::Connect(error) => error,
        // What a Go server with TLS answers to plain HTTP.
        Error::Engine { status: 400, message } if message.contains("HTTP request to an HTTPS server") => {
            transport::without_tls(address)
        }
        // Docker, while it starts, and proxies before it.
        Error::Engine { status: 500.., .. } => {
            ConnectError::Unusable(format!("The engine at {address} answers with an error: {error}"))
        }
        Error::Engine { .. } | Error::Unreadable { .. } => {
            ConnectError::Unusable(format!("What answers at {address} is not a container engine: {error}"))
        }
        error if address.is_far() => {
            let why = match &error {
                Error::Deadline { secs, .. } => format!("it didn't answer within {secs} s"),
                Error::Broken { cause, .. } => format!("the connection broke ({cause})"),
                error => error.to_string().trim_end_matches('.').to_owned(),
            };
            error::unreachable(address, &why, "Look whether the engine is up, and what its log says", false)
        }
        error => ConnectError::Absent { looked: vec![format!("{address} ({error})")] },
    }
}

/// Product and version of a header `Server`: `Docker/20.10.24 (linux)`, `Libpod/4.3.1 (linux)`.
fn product(server: &str) -> (String, String) {
    let (name, rest) = server.split_once('/').unwrap_or((server, ""));
    let name = match name {
        "Libpod" => "Podman",
        "" => "Docker",
        name => name,
    };
    (name.to_owned(), rest.split(' ').next().unwrap_or_default().to_owned())
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// The highest version that both know.
fn negotiate(version: &wire::Version, address: &EngineAddress) -> Result<String, ConnectError> {
    let Some(newest) = parse_version(&version.api) else {
        return Err(ConnectError::Unusable(format!(
            "What answers at {address} is not a container engine: it names no API version."
        )));
    };
    let oldest = parse_version(&version.min_api).unwrap_or(OLDEST);
    if newest < OLDEST {
        return Err(ConnectError::Unusable(format!(
            "The engine {} at {address} is too old: it speaks API {} and stackview needs {}.{} or later (Docker 19.03).",
            version.version, version.api, OLDEST.0, OLDEST.1
        )));
    }
    if oldest > NEWEST {
        return Err(ConnectError::Unusable(format!(
            "The engine {} at {address} is too new: it wants API {} or later and this stackview speaks up to {}.{}; a newer stackview may do.",
            version.version, version.min_api, NEWEST.0, NEWEST.1
        )));
    }
    let (major, minor) = newest.min(NEWEST);
    Ok(format!("{major}.{minor}"))
}

/// The engine's clock minus ours by the header `Date`, which has whole seconds: none where they agree within
/// those, so that a local engine isn't off by the fraction.
fn coarse_offset(date: &str, ours: Stamp) -> Option<i64> {
    let theirs = jiff::fmt::rfc2822::parse(date).ok()?.timestamp().as_second();
    let seconds = theirs.saturating_sub(ours.as_nanos() / 1_000_000_000);
    Some(if seconds.unsigned_abs() <= 2 { 0 } else { seconds.saturating_mul(1_000_000_000) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreed(api: &str, min: &str) -> Result<String, ConnectError> {
        let version = wire::Version { api: api.into(), min_api: min.into(), ..Default::default() };
        negotiate(&version, &Way::Unix("/s".into()).into())
    }

    #[test]
    fn the_highest_common_version_is_used() {
        assert_eq!(agreed("1.41", "1.12").unwrap(), "1.41");
        assert_eq!(agreed("1.60", "1.44").unwrap(), "1.52");
        assert!(agreed("1.39", "1.12").unwrap_err().to_string().contains("too old"));
        assert!(agreed("1.70", "1.60").unwrap_err().to_string().contains("too new"));
        assert!(agreed("", "").is_err());
    }

    #[test]
    fn the_product_is_in_the_server_header() {
        assert_eq!(product("Docker/26.1.5+dfsg1 (linux)"), ("Docker".into(), "26.1.5+dfsg1".into()));
        assert_eq!(product("Libpod/4.3.1 (linux)"), ("Podman".into(), "4.3.1".into()));
        assert_eq!(product(""), ("Docker".into(), String::new()));
    }

    #[test]
    fn a_date_within_seconds_of_ours_is_no_offset() {
        let ours = Stamp::parse("2026-11-21T04:53:18.9Z").unwrap();
        assert_eq!(coarse_offset("Sat, 21 Nov 2026 04:53:18 GMT", ours), Some(0));
        assert_eq!(coarse_offset("Sat, 21 Nov 2026 05:53:18 GMT", ours), Some(3_600_000_000_000));
        assert_eq!(coarse_offset("yesterday", ours), None);
    }
}
