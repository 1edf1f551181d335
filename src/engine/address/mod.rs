//! Addresses of engines: what kinds there are, and how docker spells them.

use std::{collections::BTreeMap, fmt, net::Ipv6Addr, num::NonZeroU32, path::PathBuf};

use super::error::ConnectError;
use crate::host::{EngineChoice, LOCAL};

/// The port of an engine over tcp; docker's own choice.
const PORT: u16 = 2375;
/// The port of an engine over TLS; docker's own choice.
const TLS_PORT: u16 = 2376;

/// Which engine the user asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EngineTarget {
    /// `-H`: wins over `DOCKER_HOST`.
    pub host: Option<String>,
    /// `-c`: wins over everything.
    pub context: Option<String>,
    /// How many times as fast as ours its clock goes, if it isn't a real engine.
    pub pace: Option<NonZeroU32>,
}

impl EngineTarget {
    /// How a command to paste names the engine: as it was named here.
    pub fn choice(&self) -> EngineChoice {
        match (&self.context, &self.host) {
            (Some(context), _) if !context.is_empty() => EngineChoice::Context(context.clone()),
            (_, Some(host)) if !host.is_empty() => EngineChoice::Address(host.clone()),
            _ => EngineChoice::Usual,
        }
    }
}

/// Where an engine is, and what docker calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineAddress {
    /// How it is reached.
    pub way: Way,
    /// The docker context that it was found by; `None` for the default one.
    pub context: Option<String>,
}

/// How an engine is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// A unix socket.
    Unix(PathBuf),
    /// A tcp port.
    Tcp(Tcp),
    /// `docker system dial-stdio` at the other end of the user's `ssh`.
    Ssh(Ssh),
}

/// An engine on a tcp port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tcp {
    /// A name or an address, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// What stands before every path: `/engine`, mostly nothing.
    pub base: String,
    /// With TLS.
    pub tls: Option<Tls>,
}

/// What TLS needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tls {
    /// The authority that vouches for the engine; `None` takes the system's.
    pub ca: Option<PathBuf>,
    /// Our certificate.
    pub cert: Option<PathBuf>,
    /// Its key.
    pub key: Option<PathBuf>,
    /// Whether the engine's certificate is verified.
    pub verify: bool,
    /// The folder that these files are looked for in.
    pub dir: PathBuf,
}

/// An engine behind ssh.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ssh {
    /// Who logs in; `None` leaves it to ssh's own configuration.
    pub user: Option<String>,
    /// The host, or its alias in ssh's own configuration.
    pub host: String,
    /// The port; `None` leaves it to ssh's own configuration.
    pub port: Option<u16>,
    /// The engine's socket over there; `None` leaves it to the docker command there.
    pub socket: Option<String>,
}

impl EngineAddress {
    /// Its name for the screen: the context's, else the host's, or `local` for a socket.
    pub fn place(&self) -> String {
        let unverified = matches!(&self.way, Way::Tcp(tcp) if tcp.tls.as_ref().is_some_and(|tls| !tls.verify));
        let name = match (&self.context, &self.way) {
            (Some(context), _) => context.clone(),
            (None, Way::Unix(_)) => LOCAL.into(),
            (None, Way::Tcp(tcp)) => tcp.host.clone(),
            (None, Way::Ssh(ssh)) => ssh.host.clone(),
        };
        if unverified { format!("{name} (unverified TLS)") } else { name }
    }

    /// Whether there is a network between us and it.
    pub fn is_far(&self) -> bool {
        !matches!(self.way, Way::Unix(_))
    }
}

impl From<Way> for EngineAddress {
    fn from(way: Way) -> Self {
        Self { way, context: None }
    }
}

impl fmt::Display for EngineAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.way {
            Way::Unix(path) => write!(f, "unix://{}", path.display())?,
            Way::Tcp(tcp) => write!(f, "tcp://{}:{}{}", bracketed(&tcp.host), tcp.port, tcp.base)?,
            Way::Ssh(ssh) => {
                f.write_str("ssh://")?;
                if let Some(user) = &ssh.user {
                    write!(f, "{user}@")?;
                }
                f.write_str(&bracketed(&ssh.host))?;
                if let Some(port) = ssh.port {
                    write!(f, ":{port}")?;
                }
                f.write_str(ssh.socket.as_deref().unwrap_or_default())?;
            }
        }
        match &self.context {
            Some(context) => write!(f, " (context {context})"),
            None => Ok(()),
        }
    }
}

fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

/// A variable, if it is set to something.
pub(super) fn set<'a>(env: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    env.get(name).map(|v| v.trim()).filter(|v| !v.is_empty())
}

/// What an address in docker's spelling means; a bare `host:port` is tcp.
pub(super) fn parse(text: &str, tls: Option<Tls>) -> Result<Way, ConnectError> {
    let wrong = |why: &str| ConnectError::Unusable(format!("Can't use the engine at '{text}': {why}."));
    if let Some(path) = text.strip_prefix("unix://").or_else(|| text.starts_with('/').then_some(text)) {
        return match path {
            "" => Err(wrong("it names no socket, as unix:///var/run/docker.sock does")),
            path => Ok(Way::Unix(path.into())),
        };
    }
    match text.split_once("://") {
        Some(("tcp", rest)) => tcp(rest, tls).map(Way::Tcp).map_err(|why| wrong(&why)),
        None => tcp(text, tls).map(Way::Tcp).map_err(|why| wrong(&why)),
        Some(("ssh", rest)) => ssh(rest).map(Way::Ssh).map_err(|why| wrong(&why)),
        Some(("http" | "https", rest)) => Err(wrong(&format!(
            "docker spells it tcp://{rest}; for TLS set DOCKER_TLS_VERIFY=1, with the certificates in DOCKER_CERT_PATH"
        ))),
        Some(("npipe", _)) => Err(wrong("named pipes exist on Windows only; here it is unix://, tcp:// or ssh://")),
        Some(("fd", _)) => {
            Err(wrong("fd:// is for the daemon itself, which systemd gives its socket; name that one with unix://"))
        }
        Some((scheme, _)) => Err(wrong(&format!("'{scheme}' isn't unix, tcp or ssh, as in ssh://me@example.org"))),
    }
}

fn tcp(rest: &str, tls: Option<Tls>) -> Result<Tcp, String> {
    let (authority, base) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    if authority.contains('@') || rest.contains(['?', '#']) {
        return Err("it takes a host and a port, as in tcp://example.org:2376".into());
    }
    let (host, port) = host_and_port(authority)?;
    let host = if host.is_empty() { "localhost".to_owned() } else { host };
    if rest.is_empty() {
        return Err("it names no host, as tcp://example.org:2376 does".into());
    }
    let port = port.unwrap_or(if tls.is_some() { TLS_PORT } else { PORT });
    Ok(Tcp { host, port, base: base.trim_end_matches('/').to_owned(), tls })
}

fn ssh(rest: &str) -> Result<Ssh, String> {
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    if rest.contains(['?', '#']) {
        return Err(
            "it takes a user, a host, a port and a socket, as in ssh://me@example.org:22/run/docker.sock".into()
        );
    }
    let (user, authority) = match authority.rsplit_once('@') {
        Some((user, rest)) => (Some(user), rest),
        None => (None, authority),
    };
    if user.is_some_and(|user| user.contains(':')) {
        return Err("a password doesn't belong into an address; let ssh log in with a key".into());
    }
    let (host, port) = host_and_port(authority)?;
    if host.is_empty() {
        return Err("it names no host, as ssh://me@example.org does".into());
    }
    let socket = Some(path).filter(|p| !matches!(*p, "" | "/")).map(str::to_owned);
    Ok(Ssh { user: user.filter(|u| !u.is_empty()).map(str::to_owned), host, port, socket })
}

/// Cuts `host:port`, `[::1]:port` and `::1`.
fn host_and_port(authority: &str) -> Result<(String, Option<u16>), String> {
    let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
        let (host, rest) = rest.split_once(']').ok_or("its '[' isn't closed")?;
        if host.parse::<Ipv6Addr>().is_err() {
            return Err(format!("'{host}' is no IPv6 address"));
        }
        (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':').ok_or("only a port may follow ']'")?) })
    } else if authority.parse::<Ipv6Addr>().is_ok() {
        (authority, None)
    } else {
        match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        }
    };
    if host.chars().any(|c| c.is_whitespace() || c.is_control() || "\"'`\\$;&|<>()".contains(c)) {
        return Err(format!("'{host}' is no host's name"));
    }
    let port = match port {
        Some(text) => match text.parse::<u16>() {
            Ok(port) if port > 0 => Some(port),
            _ => return Err(format!("'{text}' is no port")),
        },
        None => None,
    };
    Ok((host.to_owned(), port))
}

/// The certificates that are in a folder.
pub(super) fn files_in(dir: PathBuf) -> Tls {
    let file = |name: &str| Some(dir.join(name)).filter(|path| path.exists());
    Tls { ca: file("ca.pem"), cert: file("cert.pem"), key: file("key.pem"), verify: true, dir }
}

#[cfg(test)]
mod tests;
