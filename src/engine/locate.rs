//! Where the engine is: what was asked for, what the environment says, the docker context, or the usual sockets.
//!
//! Who wins is as in the docker CLI (cli/command/cli.go, `resolveContextName`): `-c`, `-H`, `DOCKER_HOST`,
//! `DOCKER_CONTEXT`, the current context of `config.json`; the context `default` is what the environment says.

use std::{
    collections::BTreeMap,
    io,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
};

use super::{
    address::{EngineAddress, EngineTarget, Tls, Way, files_in, parse, set},
    context::{self, chosen, host},
    error::{ConnectError, why_not},
};

/// Where the engine is that was asked for.
pub(super) fn locate(target: &EngineTarget, env: &BTreeMap<String, String>) -> Result<EngineAddress, ConnectError> {
    match chosen(target, env)? {
        Some(choice) => context::address(&choice, env),
        None => match host(target, env) {
            Some(host) => parse(host, tls_of_environment(env)?).map(EngineAddress::from),
            None => first_listening(&usual(env)),
        },
    }
}

/// TLS by the docker CLI's variables (cli/flags/options.go): `DOCKER_TLS_VERIFY` or, without verification,
/// `DOCKER_TLS`; the files lie in `DOCKER_CERT_PATH` or docker's own folder, and those that aren't there are not
/// meant.
pub(super) fn tls_of_environment(env: &BTreeMap<String, String>) -> Result<Option<Tls>, ConnectError> {
    let verify = set(env, "DOCKER_TLS_VERIFY").is_some();
    if !verify && set(env, "DOCKER_TLS").is_none() {
        return Ok(None);
    }
    let named = set(env, "DOCKER_CERT_PATH").map(PathBuf::from);
    if let Some(dir) = named.as_ref().filter(|dir| !dir.is_dir()) {
        return Err(ConnectError::Unusable(format!(
            "DOCKER_CERT_PATH={} is no folder: it has to hold ca.pem, cert.pem and key.pem.",
            dir.display()
        )));
    }
    let dir = named.or_else(|| context::folder(env)).unwrap_or_default();
    Ok(Some(Tls { verify, ..files_in(dir) }))
}

/// Where engines usually listen, best first.
pub(super) fn usual(env: &BTreeMap<String, String>) -> Vec<PathBuf> {
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
fn first_listening(places: &[PathBuf]) -> Result<EngineAddress, ConnectError> {
    let mut looked = Vec::new();
    let mut denied = None;
    for path in places {
        match UnixStream::connect(path) {
            Ok(_) => return Ok(Way::Unix(path.clone()).into()),
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

    fn named(host: &str) -> EngineTarget {
        EngineTarget { host: Some(host.into()), ..EngineTarget::default() }
    }

    #[test]
    fn what_was_asked_for_wins() {
        let env = env(&[("DOCKER_HOST", "unix:///b.sock"), ("DOCKER_CONTEXT", "far")]);
        assert_eq!(locate(&named("unix:///a.sock"), &env).unwrap().way, Way::Unix("/a.sock".into()));
        let found = locate(&EngineTarget::default(), &env).unwrap();
        assert_eq!((found.way, found.context), (Way::Unix("/b.sock".into()), None), "a host beats DOCKER_CONTEXT");
        let far = EngineTarget { context: Some("far".into()), ..EngineTarget::default() };
        assert_eq!(chosen(&far, &env).unwrap().unwrap().by, "-c", "-c beats DOCKER_HOST");
        let default = EngineTarget { context: Some("default".into()), ..EngineTarget::default() };
        assert_eq!(locate(&default, &env).unwrap().way, Way::Unix("/b.sock".into()), "default is the environment's");
    }

    #[test]
    fn tls_is_as_the_environment_says() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("ca.pem"), "").unwrap();
        let path = dir.path().to_str().unwrap();
        assert_eq!(tls_of_environment(&env(&[("DOCKER_CERT_PATH", path)])).unwrap(), None);
        let tls = tls_of_environment(&env(&[("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", path)])).unwrap().unwrap();
        assert!(tls.verify && tls.ca.is_some() && tls.cert.is_none());
        let tls = tls_of_environment(&env(&[("DOCKER_TLS", "1"), ("HOME", "/none")])).unwrap().unwrap();
        assert!(!tls.verify && tls.dir == Path::new("/none/.docker"));
        let wrong = tls_of_environment(&env(&[("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", "/no/where")]));
        assert!(wrong.unwrap_err().to_string().contains("DOCKER_CERT_PATH=/no/where is no folder"));
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
        assert!(words.contains("none.sock (not there)") && words.contains("stale.sock (nothing listens)"), "{words}");
        let _listener = std::os::unix::net::UnixListener::bind(&live).unwrap();
        assert_eq!(first_listening(&places), Ok(Way::Unix(live).into()));
    }
}
