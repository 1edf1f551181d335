//! Where the engine is: what was asked for, what the environment says, or the usual sockets.

use std::{
    collections::BTreeMap,
    fmt, io,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
};

use super::error::{ConnectError, why_not};

/// Which engine the user asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Target {
    /// `-H`: wins over `DOCKER_HOST`.
    pub host: Option<String>,
}

/// An engine's address. Remote ones are added here and in `transport::open`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A unix socket.
    Unix(PathBuf),
}

impl Address {
    /// The host's name for the screen; `local` for a socket.
    pub fn place(&self) -> String {
        match self {
            Self::Unix(_) => "local".into(),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix://{}", path.display()),
        }
    }
}

/// `-H`, else `DOCKER_HOST`, else the first of the usual sockets that somebody listens at.
pub(super) fn locate(target: &Target, env: &BTreeMap<String, String>) -> Result<Address, ConnectError> {
    let set = |name: &str| env.get(name).map(|v| v.trim()).filter(|v| !v.is_empty());
    if let Some(host) = target.host.as_deref().or_else(|| set("DOCKER_HOST")) {
        return parse(host);
    }
    if let Some(context) = set("DOCKER_CONTEXT").filter(|c| *c != "default") {
        return Err(ConnectError::Unusable(format!(
            "Docker contexts are not supported yet (DOCKER_CONTEXT={context}): name its unix socket with -H or DOCKER_HOST."
        )));
    }
    first_listening(&usual(env))
}

fn parse(host: &str) -> Result<Address, ConnectError> {
    if let Some(path) = host.strip_prefix("unix://").or_else(|| host.starts_with('/').then_some(host))
        && !path.is_empty()
    {
        return Ok(Address::Unix(path.into()));
    }
    Err(ConnectError::Unusable(format!(
        "Can't use the engine at '{host}': only unix sockets are supported yet, as in unix:///var/run/docker.sock."
    )))
}

fn usual(env: &BTreeMap<String, String>) -> Vec<PathBuf> {
    let under = |name: &str, rest: &str| env.get(name).filter(|d| !d.is_empty()).map(|d| Path::new(d).join(rest));
    let places = [
        Some(PathBuf::from("/var/run/docker.sock")),
        under("XDG_RUNTIME_DIR", "docker.sock"),
        under("HOME", ".docker/run/docker.sock"),
        under("HOME", ".docker/desktop/docker.sock"),
        under("HOME", ".colima/default/docker.sock"),
        under("XDG_RUNTIME_DIR", "podman/podman.sock"),
        Some(PathBuf::from("/run/podman/podman.sock")),
    ];
    places.into_iter().flatten().collect()
}

/// A socket that we may not open stands back behind one that answers, but says more than one that isn't there.
fn first_listening(places: &[PathBuf]) -> Result<Address, ConnectError> {
    let mut looked = Vec::new();
    let mut denied = None;
    for path in places {
        match UnixStream::connect(path) {
            Ok(_) => return Ok(Address::Unix(path.clone())),
            Err(error) => {
                if error.kind() == io::ErrorKind::PermissionDenied && denied.is_none() {
                    denied = Some(ConnectError::of_socket(path, &error));
                }
                looked.push(format!("{} ({})", path.display(), why_not(path, &error)));
            }
        }
    }
    Err(denied.unwrap_or(ConnectError::Absent { looked }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn what_was_asked_for_wins() {
        let env = env(&[("DOCKER_HOST", "unix:///b.sock")]);
        let asked = Target { host: Some("unix:///a.sock".into()) };
        assert_eq!(locate(&asked, &env).unwrap(), Address::Unix("/a.sock".into()));
        assert_eq!(locate(&Target::default(), &env).unwrap(), Address::Unix("/b.sock".into()));
    }

    #[test]
    fn what_cannot_be_used_is_said_in_one_sentence() {
        for host in ["tcp://1.2.3.4:2375", "ssh://me@host", "unix://", "nonsense"] {
            let error = parse(host).unwrap_err();
            assert!(error.to_string().contains(&format!("'{host}'")), "{error}");
        }
        let error = locate(&Target::default(), &env(&[("DOCKER_CONTEXT", "far")])).unwrap_err();
        assert!(error.to_string().contains("DOCKER_CONTEXT=far"));
    }

    #[test]
    fn all_places_are_named_and_a_listening_one_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let (stale, live) = (dir.path().join("stale.sock"), dir.path().join("live.sock"));
        drop(std::os::unix::net::UnixListener::bind(&stale).unwrap());
        let file = dir.path().join("file.sock");
        std::fs::write(&file, "").unwrap();
        let places = [dir.path().join("none.sock"), stale, file, live.clone()];
        let words = first_listening(&places).unwrap_err().to_string();
        assert!(words.contains("file.sock (not a socket)"), "{words}");
        assert!(words.contains("none.sock (not there)") && words.contains("stale.sock (nobody listens)"), "{words}");
        let _listener = std::os::unix::net::UnixListener::bind(&live).unwrap();
        assert_eq!(first_listening(&places), Ok(Address::Unix(live)));
    }
}
