//! Docker contexts, as the docker CLI keeps them: `config.json` names the current one, `contexts/meta/*/meta.json`
//! says where each is, and `contexts/tls/<the same folder>/docker/*.pem` are its certificates.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    ConnectError, EngineAddress, EngineTarget,
    address::{self, Tls, Way, set},
    wire::{lax, wire},
};
use crate::{
    compose::{closest, files::ReadError, read_text},
    host::ContextEntry,
};

/// The context that stands for the environment.
pub(super) const DEFAULT: &str = "default";
/// The largest file of docker's that is read, in bytes.
const LARGEST: u64 = 4 << 20;
/// How many contexts are looked at.
const MOST: usize = 1000;

wire! {
    /// `config.json`
    Config { "currentContext" current: String, }
    /// `contexts/meta/*/meta.json`
    Meta { "Name" name: String, "Metadata" about: About, "Endpoints" endpoints: BTreeMap<String, Endpoint>, }
    About { "Description" description: String, }
    Endpoint { "Host" host: String, "SkipTLSVerify" skip_verify: bool, }
}

/// A context that was found.
struct Found {
    meta: Meta,
    /// Its folder's name, which is the same for its certificates.
    folder: String,
}

/// The host that was named, on the command line or in the environment.
pub(super) fn host<'a>(target: &'a EngineTarget, env: &'a BTreeMap<String, String>) -> Option<&'a str> {
    target.host.as_deref().map(str::trim).filter(|h| !h.is_empty()).or_else(|| set(env, "DOCKER_HOST"))
}

/// A context that was chosen, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub name: String,
    /// `-c`, `DOCKER_CONTEXT`, or the file.
    pub by: String,
}

/// Which context is meant; `None` for the default one.
pub(super) fn chosen(target: &EngineTarget, env: &BTreeMap<String, String>) -> Result<Option<Choice>, ConnectError> {
    let found = if let Some(name) = target.context.as_deref().filter(|c| !c.is_empty()) {
        Some(Choice { name: name.to_owned(), by: "-c".into() })
    } else if host(target, env).is_some() {
        None
    } else if let Some(name) = set(env, "DOCKER_CONTEXT") {
        Some(Choice { name: name.to_owned(), by: "DOCKER_CONTEXT".into() })
    } else {
        current(env)?
    };
    Ok(found.filter(|choice| choice.name != DEFAULT))
}

/// The folder of docker's own configuration.
pub(super) fn folder(env: &BTreeMap<String, String>) -> Option<PathBuf> {
    set(env, "DOCKER_CONFIG").map(PathBuf::from).or_else(|| Some(Path::new(set(env, "HOME")?).join(".docker")))
}

/// The context that `config.json` names. A file that can't be read is an error: to go on would be to look at
/// another engine than the one that is meant.
pub(super) fn current(env: &BTreeMap<String, String>) -> Result<Option<Choice>, ConnectError> {
    let Some(path) = folder(env).map(|dir| dir.join("config.json")) else { return Ok(None) };
    let text = match read_text(&path, LARGEST) {
        Ok(text) => text,
        Err(ReadError::Missing) => return Ok(None),
        Err(error) => return Err(unreadable(&path, &error)),
    };
    let config: Config = serde_json::from_str(&text).map_err(|error| unreadable(&path, &error))?;
    let by = || format!("currentContext in {}", path.display());
    Ok(Some(config.current).filter(|name| !name.is_empty()).map(|name| Choice { name, by: by() }))
}

fn unreadable(path: &Path, error: &dyn std::error::Error) -> ConnectError {
    ConnectError::Unusable(format!(
        "{} can't be read, so that it isn't known which engine is meant: {error}. Fix it, or name the engine with -H.",
        path.display()
    ))
}

/// Where the engine of a context is.
pub(super) fn address(choice: &Choice, env: &BTreeMap<String, String>) -> Result<EngineAddress, ConnectError> {
    let found = match at_its_place(&choice.name, env) {
        Some(found) => found,
        // Docker names the folder after the context; others may not.
        None => {
            let (mut all, problems) = all(env);
            match all.iter().position(|found| found.meta.name == choice.name) {
                Some(at) => all.swap_remove(at),
                None => return Err(ConnectError::Unusable(missing(choice, &all, &problems))),
            }
        }
    };
    let wrong = |why: &str| ConnectError::Unusable(format!("The context '{}' can't be used: {why}", choice.name));
    let Some(endpoint) = found.meta.endpoints.get("docker") else {
        return Err(wrong("it names no docker engine. `docker context update` gives it one."));
    };
    let way = if endpoint.host.is_empty() {
        Way::Unix("/var/run/docker.sock".into())
    } else {
        address::parse(&endpoint.host, tls(endpoint, &found.folder, env)).map_err(|e| wrong(&e.to_string()))?
    };
    Ok(EngineAddress { way, context: Some(choice.name.clone()) })
}

/// A context in the folder that docker gives it: there may be more of them than are looked through.
fn at_its_place(name: &str, env: &BTreeMap<String, String>) -> Option<Found> {
    let folder_name: String = Sha256::digest(name).iter().map(|byte| format!("{byte:02x}")).collect();
    let text = read_text(&folder(env)?.join("contexts/meta").join(&folder_name).join("meta.json"), LARGEST).ok()?;
    let meta: Meta = serde_json::from_str(&text).ok()?;
    (meta.name == name).then_some(Found { meta, folder: folder_name })
}

/// TLS is used where there are certificates for it, or where it was said that they aren't to be verified.
fn tls(endpoint: &Endpoint, name: &str, env: &BTreeMap<String, String>) -> Option<Tls> {
    let tls = address::files_in(folder(env)?.join("contexts/tls").join(name).join("docker"));
    let any = tls.ca.is_some() || tls.cert.is_some() || tls.key.is_some();
    (any || endpoint.skip_verify).then_some(Tls { verify: !endpoint.skip_verify, ..tls })
}

fn missing(choice: &Choice, all: &[Found], problems: &[String]) -> String {
    let names: Vec<&str> = std::iter::once(DEFAULT).chain(all.iter().map(|f| f.meta.name.as_str())).collect();
    let meant = closest(&choice.name, names.iter().copied());
    let meant = meant.map(|name| format!(" Did you mean '{name}'?")).unwrap_or_default();
    let problems: String = problems.iter().map(|problem| format!(" {problem}.")).collect();
    format!(
        "There is no docker context '{}' (named by {}).{meant} There are: {}.{problems}",
        choice.name,
        choice.by,
        names.join(", ")
    )
}

/// Every context with its engine, the current one marked, for the choice between them. One that can't be read is
/// among them and says why.
pub(super) fn known(target: &EngineTarget, env: &BTreeMap<String, String>) -> Vec<ContextEntry> {
    let chosen = chosen(target, env);
    let is_current = |name: &str| match &chosen {
        Ok(Some(choice)) => choice.name == name,
        Ok(None) => name == DEFAULT,
        Err(_) => false,
    };
    let row = |name: &str, host: &str, note: &str| ContextEntry {
        current: is_current(name),
        name: name.to_owned(),
        host: host.to_owned(),
        note: note.to_owned(),
        usable: true,
    };
    let (all, problems) = all(env);
    let (host, note) = match (&target.host, host(target, env)) {
        (Some(_), Some(host)) => (host, "by -H"),
        (_, Some(host)) => (host, "by DOCKER_HOST"),
        (_, None) => ("the usual sockets", "what docker takes when nothing is chosen"),
    };
    let mut rows = vec![row(DEFAULT, host, note)];
    rows.extend(all.iter().map(|found| match found.meta.endpoints.get("docker") {
        Some(endpoint) => {
            let about = &found.meta.about.description;
            let skips = if endpoint.skip_verify { "TLS isn't verified" } else { "" };
            let note = [skips, about.as_str()].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" · ");
            row(&found.meta.name, &endpoint.host, &note)
        }
        None => ContextEntry { usable: false, ..row(&found.meta.name, "", "names no docker engine") },
    }));
    rows.extend(problems.iter().map(|problem| ContextEntry { usable: false, ..row("?", "", problem) }));
    rows
}

/// Every context that can be read, by name; and what is wrong with those that can't.
fn all(env: &BTreeMap<String, String>) -> (Vec<Found>, Vec<String>) {
    let (mut all, mut problems) = (Vec::new(), Vec::new());
    let Some(dir) = folder(env).map(|dir| dir.join("contexts/meta")) else { return (all, problems) };
    // Nobody who has made no context has the folder.
    let Ok(entries) = fs::read_dir(&dir) else { return (all, problems) };
    for (at, entry) in entries.flatten().enumerate() {
        if at == MOST {
            problems.push(format!("only {MOST} contexts are listed of those in {}", dir.display()));
            break;
        }
        let path = entry.path().join("meta.json");
        let text = match read_text(&path, LARGEST) {
            Ok(text) => text,
            Err(ReadError::Missing) => continue,
            Err(error) => {
                problems.push(format!("{} can't be read: {error}", path.display()));
                continue;
            }
        };
        match serde_json::from_str::<Meta>(&text) {
            Ok(meta) if !meta.name.is_empty() => {
                all.push(Found { meta, folder: entry.file_name().to_string_lossy().into_owned() });
            }
            Ok(_) => problems.push(format!("{} names no context", path.display())),
            Err(error) => problems.push(format!("{} can't be read: {error}", path.display())),
        }
    }
    all.sort_by(|a, b| a.meta.name.cmp(&b.meta.name));
    problems.sort();
    (all, problems)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::locate::locate as find;

    /// A folder of docker's with these contexts (folder, meta) and this `config.json`.
    fn docker(config: &str, contexts: &[(&str, &str)]) -> (tempfile::TempDir, BTreeMap<String, String>) {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("config.json"), config).unwrap();
        for (folder, meta) in contexts {
            let path = dir.path().join("contexts/meta").join(folder);
            fs::create_dir_all(&path).unwrap();
            fs::write(path.join("meta.json"), meta).unwrap();
        }
        let env = BTreeMap::from([("DOCKER_CONFIG".to_owned(), dir.path().display().to_string())]);
        (dir, env)
    }

    const PROD: &str = r#"{"Name":"prod","Metadata":{"Description":"the real one"},"Endpoints":{"docker":{"Host":"ssh://me@prod","SkipTLSVerify":false}}}"#;
    const TEST: &str =
        r#"{"Name":"test","Metadata":{},"Endpoints":{"docker":{"Host":"tcp://test:2376","SkipTLSVerify":true}}}"#;
    const OLD: &str = r#"{"Name":"old","Metadata":null,"Endpoints":{"kubernetes":{"Host":"https://k"}}}"#;

    fn locate(context: &str, env: &BTreeMap<String, String>) -> Result<EngineAddress, ConnectError> {
        find(&EngineTarget { context: Some(context.into()), ..EngineTarget::default() }, env)
    }

    #[test]
    fn the_current_context_is_taken_where_nothing_else_is_named() {
        let (_dir, mut env) = docker(r#"{"currentContext":"prod","auths":{}}"#, &[("a1", PROD), ("b2", TEST)]);
        let found = find(&EngineTarget::default(), &env).unwrap();
        assert_eq!((found.to_string(), found.place()), ("ssh://me@prod (context prod)".into(), "prod".into()));
        env.insert("DOCKER_CONTEXT".into(), "test".into());
        assert_eq!(find(&EngineTarget::default(), &env).unwrap().context.as_deref(), Some("test"));
        env.insert("DOCKER_HOST".into(), "unix:///x".into());
        assert_eq!(find(&EngineTarget::default(), &env).unwrap().context, None);
    }

    #[test]
    fn certificates_come_from_the_folder_of_the_same_name() {
        let (dir, env) = docker("{}", &[("b2", TEST)]);
        let tls = |env: &BTreeMap<String, String>| match locate("test", env).unwrap().way {
            Way::Tcp(tcp) => tcp.tls,
            other => panic!("{other:?}"),
        };
        let bare = tls(&env).expect("SkipTLSVerify means TLS");
        assert!(!bare.verify && bare.ca.is_none());
        let certs = dir.path().join("contexts/tls/b2/docker");
        fs::create_dir_all(&certs).unwrap();
        fs::write(certs.join("ca.pem"), "").unwrap();
        assert_eq!(tls(&env).unwrap().ca, Some(certs.join("ca.pem")));
    }

    #[test]
    fn one_that_names_nothing_lists_those_that_exist() {
        let (_dir, env) = docker("{}", &[("a1", PROD), ("b2", TEST), ("c3", "{"), ("d4", OLD)]);
        let words = locate("prd", &env).unwrap_err().to_string();
        assert!(words.contains("no docker context 'prd' (named by -c). Did you mean 'prod'?"), "{words}");
        assert!(words.contains("There are: default, old, prod, test."), "{words}");
        assert!(words.contains("c3/meta.json can't be read"), "{words}");
        assert!(locate("old", &env).unwrap_err().to_string().contains("names no docker engine"));
    }

    #[test]
    fn one_among_very_many_is_found_where_docker_keeps_it() {
        let many: Vec<(String, String)> =
            (0..1200).map(|n| (format!("a{n}"), PROD.replace("\"prod\"", &format!("\"p{n}\"")))).collect();
        let mut all: Vec<(&str, &str)> = many.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        // The digest of `test`.
        all.push(("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", TEST));
        let (_dir, env) = docker("{}", &all);
        assert_eq!(locate("test", &env).unwrap().context.as_deref(), Some("test"));
        let listed = known(&EngineTarget::default(), &env);
        assert!(listed.iter().any(|row| row.note.starts_with("only 1000 contexts are listed")), "that is said");
    }

    #[test]
    fn a_broken_config_is_said_and_not_passed_over() {
        let (dir, env) = docker("{\"currentContext\":", &[]);
        let words = find(&EngineTarget::default(), &env).unwrap_err().to_string();
        assert!(words.contains("config.json can't be read") && words.contains("-H"), "{words}");
        let asked = EngineTarget { host: Some("unix:///x".into()), ..EngineTarget::default() };
        assert!(find(&asked, &env).is_ok(), "what is named doesn't need it");
        fs::remove_file(dir.path().join("config.json")).unwrap();
        assert_eq!(current(&env), Ok(None));
    }

    #[test]
    fn the_choice_lists_all_and_marks_the_current_one() {
        let (_dir, env) =
            docker(r#"{"currentContext":"test"}"#, &[("a1", PROD), ("b2", TEST), ("c3", "[]"), ("d4", OLD)]);
        let rows = known(&EngineTarget::default(), &env);
        let names: Vec<_> = rows.iter().map(|r| (&*r.name, r.current, r.usable)).collect();
        let expected = [
            ("default", false, true),
            ("old", false, false),
            ("prod", false, true),
            ("test", true, true),
            ("?", false, false),
        ];
        assert_eq!(names, expected);
        assert_eq!((&*rows[2].host, &*rows[2].note), ("ssh://me@prod", "the real one"));
        assert_eq!(rows[3].note, "TLS isn't verified");
        let asked = EngineTarget { host: Some("tcp://h".into()), ..EngineTarget::default() };
        let rows = known(&asked, &env);
        assert!(rows[0].current && rows[0].host == "tcp://h" && !rows[3].current);
    }
}
