//! Who wins, how addresses are spelt, and what is said of those that can't be used.

use super::*;

fn env(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

fn host(host: &str) -> Target {
    Target { host: Some(host.into()), ..Target::default() }
}

fn shown(text: &str) -> String {
    Address::from(parse(text, None).unwrap()).to_string()
}

#[test]
fn what_was_asked_for_wins() {
    let env = env(&[("DOCKER_HOST", "unix:///b.sock"), ("DOCKER_CONTEXT", "far")]);
    assert_eq!(locate(&host("unix:///a.sock"), &env).unwrap().way, Way::Unix("/a.sock".into()));
    let found = locate(&Target::default(), &env).unwrap();
    assert_eq!((found.way, found.context), (Way::Unix("/b.sock".into()), None), "a host beats DOCKER_CONTEXT");
    let named = Target { context: Some("far".into()), ..Target::default() };
    assert_eq!(chosen(&named, &env).unwrap().unwrap().by, "-c", "-c beats DOCKER_HOST");
    let default = Target { context: Some("default".into()), ..Target::default() };
    assert_eq!(locate(&default, &env).unwrap().way, Way::Unix("/b.sock".into()), "default is the environment's");
}

#[test]
fn addresses_are_spelt_as_docker_spells_them() {
    assert_eq!(shown("tcp://example.org"), "tcp://example.org:2375");
    assert_eq!(shown("example.org:99"), "tcp://example.org:99");
    assert_eq!(shown("tcp://:2375"), "tcp://localhost:2375");
    assert_eq!(shown("tcp://[::1]:1/engine/"), "tcp://[::1]:1/engine");
    assert_eq!(shown("tcp://::1"), "tcp://[::1]:2375");
    assert_eq!(shown("ssh://me@host:2222/run/user/1/docker.sock"), "ssh://me@host:2222/run/user/1/docker.sock");
    assert_eq!(shown("ssh://host/"), "ssh://host");
    assert_eq!(shown("/run/x.sock"), "unix:///run/x.sock");
    let tls = parse("tcp://h", Some(Tls::default())).unwrap();
    assert_eq!(Address::from(tls.clone()).to_string(), "tcp://h:2376");
    assert_eq!(Address::from(tls).place(), "h (unverified TLS)");
}

#[test]
fn what_cannot_be_used_is_said_in_one_sentence() {
    for (text, why) in [
        ("unix://", "names no socket"),
        ("http://h:1", "docker spells it tcp://h:1"),
        ("https://h", "DOCKER_TLS_VERIFY"),
        ("npipe:////./pipe/docker_engine", "Windows"),
        ("fd://", "unix://"),
        ("gopher://h", "'gopher' isn't unix, tcp or ssh"),
        ("tcp://", "names no host"),
        ("tcp://h:0", "'0' is no port"),
        ("tcp://h:99999", "'99999' is no port"),
        ("tcp://me@h", "a host and a port"),
        ("tcp://[::1", "isn't closed"),
        ("tcp://[h]", "no IPv6 address"),
        ("ssh://", "names no host"),
        ("ssh://me:secret@h", "a password doesn't belong"),
        ("ssh://a b", "no host's name"),
        ("ssh://$(reboot)", "no host's name"),
        ("ssh://h?x", "a user, a host"),
    ] {
        let words = parse(text, None).unwrap_err().to_string();
        assert!(words.contains(&format!("'{text}'")) && words.contains(why), "{text}: {words}");
        assert_eq!(words.matches(". ").count(), 0, "one sentence: {words}");
    }
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
    assert!(words.contains("none.sock (not there)") && words.contains("stale.sock (nobody listens)"), "{words}");
    let _listener = std::os::unix::net::UnixListener::bind(&live).unwrap();
    assert_eq!(first_listening(&places), Ok(Way::Unix(live).into()));
}
