//! How addresses are spelt, and what is said of those that can't be used.

use super::*;

fn shown(text: &str) -> String {
    EngineAddress::from(parse(text, None).unwrap()).to_string()
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
    assert_eq!(EngineAddress::from(tls.clone()).to_string(), "tcp://h:2376");
    assert_eq!(EngineAddress::from(tls).place(), "h (unverified TLS)");
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
