//! Whole projects in folders: discovery, names, variables, includes, and what must not be read.

use std::{fs, process::Command};

use indexmap::IndexMap;

use super::*;

/// A folder with these files (`name` and content), and options to read it.
fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, Options) {
    let temp = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = temp.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let options = Options { cwd: temp.path().to_owned(), project_name: Some("p".into()), ..Options::default() };
    (temp, options)
}

fn messages(loaded: &Loaded) -> Vec<&str> {
    loaded.problems.iter().map(|p| p.message.as_str()).collect()
}

fn image(loaded: &Loaded, service: &str) -> Option<String> {
    loaded.project.as_ref()?.services.get(service)?.image.clone()
}

#[test]
fn a_variable_of_the_shell_that_hides_another_value_is_noted() {
    let file = "services: {a: {image: 'x:${TAG}', user: '${UID_}'}}";
    let (_dir, options) = folder(&[("compose.yaml", file), (".env", "TAG=1\nUID_=7\n")]);
    let set = |tag: &str| {
        let mut options = options.clone();
        options.env.insert("TAG".into(), tag.into());
        let hidden = load(&options).project.unwrap().hidden;
        hidden.into_iter().map(|(name, place)| (name, place.line)).collect::<Vec<_>>()
    };
    assert_eq!(set("2"), [("TAG".to_owned(), 1)]);
    assert!(set("1").is_empty(), "the same value hides nothing");
}

#[test]
fn finds_the_file_above_and_its_override() {
    let (temp, mut options) = folder(&[
        ("compose.yaml", "services: {a: {image: base}}"),
        ("docker-compose.override.yml", "services: {a: {image: over}}"),
        ("x/y/.keep", ""),
    ]);
    options.cwd = temp.path().join("x/y");
    let loaded = load(&options);
    assert_eq!(messages(&loaded), [""; 0]);
    assert_eq!(image(&loaded, "a").as_deref(), Some("over"));
    let project = loaded.project.unwrap();
    assert_eq!((project.dir.as_path(), project.files.len()), (temp.path(), 2));
    assert!(loaded.watched.contains(&temp.path().join("x/y/compose.yaml")), "a file made there later counts");
}

#[test]
fn says_where_it_looked() {
    let (_temp, options) = folder(&[]);
    let loaded = load(&options);
    assert!(loaded.project.is_none() && loaded.problems.is_empty());
    assert!(loaded.no_file.unwrap().starts_with("no compose.yaml, compose.yml"));
}

#[test]
fn names_come_in_order_of_precedence() {
    let (temp, mut options) =
        folder(&[("My.Dir/compose.yaml", "services: {}"), ("named.yaml", "name: From-${V:-File}\nservices: {}")]);
    let name = |options: &Options| load(options).project.unwrap().name.to_string();
    options.files = vec!["named.yaml".into()];
    assert_eq!(name(&options), "p");
    options.project_name = None;
    assert_eq!(name(&options), "from-file");
    options.env.insert("COMPOSE_PROJECT_NAME".into(), "env".into());
    assert_eq!(name(&options), "env");
    options.env.clear();
    options.files.clear();
    options.cwd = temp.path().join("My.Dir");
    assert_eq!(name(&options), "mydir");
    options.project_name = Some("Bad Name".into());
    assert_eq!(load(&options).problems[0].message, "invalid project name \"Bad Name\"");
}

#[test]
fn variables_come_from_shell_env_file_and_defaults() {
    let (_temp, mut options) = folder(&[
        ("compose.yaml", "services: {a: {image: '$A-$B-${C:-c}-$D-$COMPOSE_PROJECT_NAME'}}"),
        (".env", "A=file\nB=file\n"),
    ]);
    options.env.insert("A".into(), "shell".into());
    let loaded = load(&options);
    assert_eq!(image(&loaded, "a").as_deref(), Some("shell-file-c--p"));
    let [warning] = loaded.problems.as_slice() else { panic!("{:?}", loaded.problems) };
    assert_eq!(warning.message, "The \"D\" variable is not set. Defaulting to a blank string.");
    assert_eq!(warning.place.as_ref().unwrap().to_string(), "compose.yaml:1:23");
}

#[test]
fn reads_the_standard_input() {
    let (_temp, mut options) = folder(&[]);
    options.files = vec!["-".into()];
    options.stdin = Some("services: {a: {image: x}}".into());
    assert_eq!(image(&load(&options), "a").as_deref(), Some("x"));
}

#[test]
fn extends_and_includes_across_folders() {
    let (temp, options) = folder(&[
        (
            "compose.yaml",
            "include: [inc/compose.yaml]\nservices: {a: {extends: {file: ext/base.yaml, service: b}, ports: ['81:81']}}",
        ),
        (
            "ext/base.yaml",
            "services: {b: {extends: c, volumes: ['./d:/d']}, c: {image: x, ports: ['80:80'], env_file: c.env}}",
        ),
        ("ext/c.env", "C=1"),
        ("inc/compose.yaml", "services: {i: {image: '$I', volumes: ['./e:/e']}}"),
        ("inc/.env", "I=inner"),
    ]);
    let loaded = load(&options);
    assert_eq!(messages(&loaded), [""; 0]);
    assert_eq!(image(&loaded, "i").as_deref(), Some("inner"));
    let project = loaded.project.unwrap();
    let a = &project.services["a"];
    assert_eq!(a.ports.len(), 2);
    assert_eq!(a.mounts[0].source.as_deref(), temp.path().join("ext/d").to_str());
    assert_eq!(a.environment["C"].as_deref(), Some("1"));
    let source = project.services["i"].mounts[0].source.clone();
    assert_eq!(source.as_deref(), temp.path().join("inc/e").to_str());
}

#[test]
fn circles_of_files_end() {
    let (_temp, options) = folder(&[
        ("compose.yaml", "include: [b.yaml]\nservices: {a: {image: x, extends: {service: b}}, b: {extends: a}}"),
        ("b.yaml", "include: [compose.yaml]\nservices: {}"),
    ]);
    let loaded = load(&options);
    let text = messages(&loaded).join("\n");
    assert!(text.contains("include cycle detected: compose.yaml include b.yaml include compose.yaml"), "{text}");
    assert!(text.contains("Circular reference: a in compose.yaml extends b in compose.yaml extends a in"), "{text}");
    assert!(loaded.project.is_some_and(|project| project.services.len() == 2));
}

#[test]
fn a_long_row_of_includes_ends() {
    let (temp, mut options) = folder(&[]);
    for n in 0..300 {
        let text = format!("include: [c{}.yaml]\nservices: {{s{n}: {{image: x}}}}", n + 1);
        fs::write(temp.path().join(format!("c{n}.yaml")), text).unwrap();
    }
    options.files = vec!["c0.yaml".into()];
    let loaded = load(&options);
    assert_eq!(messages(&loaded), ["more than 100 files include one another"]);
    assert_eq!(loaded.project.unwrap().services.len(), 100);
}

#[test]
fn files_of_other_folders_and_documents_are_merged_in_order() {
    let (temp, mut options) = folder(&[
        (
            "sub/base.yaml",
            "services: {a: {image: one, volumes: ['./x:/x', './y:/y']}}\n---\nservices: {a: {image: two}}",
        ),
        ("over.yaml", "services: {a: {volumes: ['./z:/x:ro']}, b: {image: three}}"),
        ("sub/.env", "V=sub"),
        (".env", "V=top"),
    ]);
    options.env.insert("COMPOSE_FILE".into(), "sub/base.yaml:over.yaml".into());
    let loaded = load(&options);
    assert_eq!(messages(&loaded), [""; 0]);
    let project = loaded.project.unwrap();
    assert_eq!(project.dir, temp.path().join("sub"), "the folder of the first file is the project's");
    assert_eq!(project.services.keys().map(|name| name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    let a = &project.services["a"];
    assert_eq!(a.image.as_deref(), Some("two"));
    let mounts: Vec<_> = a.mounts.iter().map(|m| (m.source.clone().unwrap(), m.target.as_str(), m.read_only)).collect();
    let path = |name: &str| temp.path().join("sub").join(name).to_str().unwrap().to_owned();
    assert_eq!(mounts, [(path("z"), "/x", true), (path("y"), "/y", false)]);
}

#[test]
fn profiles_switch_services_on() {
    let (_temp, mut options) = folder(&[(
        "compose.yaml",
        "services: {a: {image: x}, b: {image: x, profiles: [dev]}, c: {profiles: [other], env_file: nope}}",
    )]);
    let enabled = |options: &Options| -> Vec<String> {
        let project = load(options).project.unwrap();
        project.services.values().filter(|s| s.enabled).map(|s| s.name.to_string()).collect()
    };
    assert_eq!(enabled(&options), ["a"]);
    options.env.insert("COMPOSE_PROFILES".into(), "dev, x".into());
    assert_eq!(enabled(&options), ["a", "b"]);
    options.profiles = vec!["*".into()];
    assert_eq!(enabled(&options), ["a", "b", "c"]);
}

#[test]
fn a_broken_file_still_shows_its_services() {
    let (_temp, options) = folder(&[(
        "compose.yaml",
        "services:\n  a:\n    imag: x\n    ports: [99999, 80]\n    volumes: [':/x', 'vol:/y']\n  b: {image: y, depends_on: [aa]}\nvolumes: {vol: }\n",
    )]);
    let loaded = load(&options);
    assert_eq!(
        messages(&loaded),
        [
            "services.a Additional property imag is not allowed",
            "Invalid containerPort: 99999",
            "invalid spec: :/x: empty section between colons",
            "service \"a\" has neither an image nor a build context specified",
            "service \"b\" depends on undefined service \"aa\"",
        ]
    );
    assert_eq!(loaded.problems[0].excerpt.as_deref(), Some("    imag: x"));
    assert_eq!(image(&loaded, "b").as_deref(), Some("y"));
    let a = &loaded.project.unwrap().services["a"];
    assert_eq!((a.ports[0].target, a.mounts[0].target.as_str()), (80, "/y"), "what is right beside what is wrong");
    assert_eq!(load(&folder(&[("compose.yaml", "a: [")]).1).project, None);
}

#[test]
fn ports_that_are_too_many_are_told_once() {
    let wide: String = (0..3).map(|n| format!("  s{n}: {{image: x, ports: ['1-40000']}}\n")).collect();
    let (_temp, mut options) = folder(&[
        ("compose.yaml", &format!("services:\n{wide}")),
        ("b.yaml", "services: {b: {image: x, ports: ['1-40000']}}"),
    ]);
    options.files = vec!["compose.yaml".into(), "b.yaml".into()];
    let loaded = load(&options);
    assert_eq!(messages(&loaded), ["the project publishes more than 70000 ports"]);
    let published: Vec<usize> = loaded.project.unwrap().services.values().map(|service| service.ports.len()).collect();
    assert_eq!(published, [40_000, 0, 0, 0]);
}

#[test]
fn only_small_regular_files_are_read() {
    let (temp, mut options) = folder(&[("dir/.keep", "")]);
    let big = temp.path().join("big.yaml");
    File::create(&big).unwrap().set_len(MAX_BYTES + 1).unwrap();
    let pipe = temp.path().join("pipe.yaml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for (name, why) in [
        ("dir", "is a directory"),
        ("big.yaml", "is larger than 16 MB"),
        ("pipe.yaml", "is a pipe, socket or device, not a file"),
        ("/dev/zero", "is a pipe, socket or device, not a file"),
        ("none.yaml", "no such file or directory"),
    ] {
        options.files = vec![name.into()];
        let loaded = load(&options);
        assert!(loaded.project.is_none());
        assert!(messages(&loaded)[0].ends_with(why), "{name}: {:?}", loaded.problems);
    }
}

#[test]
fn only_the_way_back_to_itself_is_a_cycle() {
    let (temp, mut options) = folder(&[
        ("a.yaml", "include: [b.yaml]\nservices: {a: {image: x}}"),
        ("b.yaml", "services: {b: {image: x}}"),
        ("c.yaml", "include: [a.yaml]\nservices: {c: {image: x}}"),
    ]);
    options.files = vec!["a.yaml".into(), "b.yaml".into()];
    assert_eq!(messages(&load(&options)), [""; 0]);
    options.files = vec!["a.yaml".into(), "c.yaml".into()];
    assert_eq!(messages(&load(&options)), [""; 0], "each of the files begins a way of its own");
    fs::write(temp.path().join("b.yaml"), "include: [c.yaml]").unwrap();
    options.files = vec!["a.yaml".into()];
    let cycle = "include cycle detected: a.yaml include b.yaml include c.yaml include a.yaml";
    assert_eq!(messages(&load(&options))[0], cycle);
}

#[test]
fn names_alone_in_an_included_list_have_the_values_of_its_folder() {
    let sub = "services: {l: {image: x, environment: [A, B]}, m: {image: x, environment: {A: , B: }}}";
    let (_temp, mut options) = folder(&[
        ("compose.yaml", "include: [sub/compose.yaml]\nservices: {t: {image: x, environment: [A]}}"),
        ("sub/compose.yaml", sub),
        ("sub/.env", "A=sub\nB=sub\n"),
    ]);
    options.env.insert("B".into(), "shell".into());
    let project = load(&options).project.unwrap();
    let value = |service: &str, name: &str| project.services[service].environment[name].clone();
    assert_eq!([value("l", "A"), value("m", "A"), value("t", "A")], [Some("sub".into()), None, None]);
    assert_eq!([value("l", "B"), value("m", "B")], [Some("shell".into()), Some("shell".into())]);
}

#[test]
fn what_is_not_implied_must_be_declared() {
    let text = "services: {a: {image: x}, b: {image: x, networks: [default]}}";
    let (_temp, mut options) = folder(&[("compose.yaml", text)]);
    assert_eq!(messages(&load(&options)), [""; 0]);
    options.how.no_normalize = true;
    assert_eq!(messages(&load(&options)), ["service \"b\" refers to undefined network default"]);
}

#[test]
fn env_files_are_missed_only_where_they_are_read() {
    let (_temp, mut options) = folder(&[("compose.yaml", "services: {a: {image: x, env_file: gone.env}}")]);
    assert_eq!(load(&options).errors().count(), 1);
    options.how.no_env_files = true;
    assert_eq!(messages(&load(&options)), [""; 0]);
}

#[test]
fn paths_as_written_start_at_the_project_even_from_other_files() {
    let (_temp, mut options) = folder(&[
        ("compose.yaml", "include: [sub/compose.yaml]\nservices: {e: {extends: {file: ext/deep/e.yaml, service: e}}}"),
        ("sub/compose.yaml", "include: [in/compose.yaml]\nservices: {s: {image: x, volumes: ['./d:/d', '/abs:/a']}}"),
        ("sub/in/compose.yaml", "services: {i: {image: x, volumes: ['../d:/d']}}"),
        ("ext/deep/e.yaml", "services: {e: {extends: {file: ../f.yaml, service: f}, volumes: ['./d:/d']}}"),
        ("ext/f.yaml", "services: {f: {image: x, volumes: ['./f:/f']}}"),
    ]);
    options.how.no_path_resolution = true;
    let project = load(&options).project.unwrap();
    let sources = |service: &str| -> Vec<_> {
        project.services[service].mounts.iter().filter_map(|mount| mount.source.as_deref()).collect()
    };
    assert_eq!((sources("s"), sources("i")), (vec!["sub/d", "/abs"], vec!["sub/d"]));
    assert_eq!(sources("e"), ["ext/f", "ext/deep/d"]);
}

#[test]
fn hostile_projects_end_in_time() {
    let deep = format!("x-a: {}{}\nservices: {{}}", "[".repeat(250), "]".repeat(250));
    let chain: String = (0..5000).map(|n| format!("  s{n}: {{image: x, extends: s{}}}\n", (n + 1) % 5000)).collect();
    let names: String =
        (0..20_000).map(|n| format!("  s{n}: {{image: $NOPE{n}, networks: [n{n}], depends_on: [q{n}]}}\n")).collect();
    let ports: String = (0..300).map(|n| format!("  s{n}: {{image: x, ports: ['1-65535']}}\n")).collect();
    let includes: String = (0..3000).map(|_| "- sub.yaml\n").collect();
    for (what, text) in [
        ("deep", deep),
        ("extends", format!("services:\n{chain}")),
        ("names", format!("services:\n{names}")),
        ("ports", format!("services:\n{ports}")),
        ("includes", format!("include:\n{includes}services: {{}}")),
        ("values", format!("x-a: [{}]", "1,".repeat(1_500_000))),
    ] {
        let (_temp, options) = folder(&[("compose.yaml", &text), ("sub.yaml", "services: {i: {image: x}}")]);
        // That it ends, and in bounded memory, is the test; how quickly is for a benchmark to say.
        let loaded = load(&options);
        assert!(loaded.problems.len() <= 1001, "{what}");
        assert_eq!(loaded.problems.is_empty(), what == "deep", "{what}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn any_services_section_gives_an_answer(body in "[a-c:{}\\[\\]&*!<>|'\"#?,.$/~0-9% \n-]{0,60}") {
        let (_temp, mut options) = folder(&[]);
        options.files = vec!["-".into()];
        for key in ["ports", "volumes", "depends_on", "healthcheck", "extends", "environment", "command"] {
            options.stdin = Some(format!("services:\n  a:\n    image: x\n    {key}: {body}\n"));
            let loaded = load(&options);
            proptest::prop_assert!(loaded.project.is_some() || !loaded.problems.is_empty());
        }
    }
}

#[test]
fn a_file_may_be_included_by_another_of_the_files_named() {
    let (_temp, mut options) = folder(&[
        ("compose.yaml", "services: {a: {image: x}}"),
        ("b.yaml", "include: [compose.yaml]\nservices: {b: {image: y}}"),
    ]);
    options.files = vec!["compose.yaml".into(), "b.yaml".into()];
    let loaded = load(&options);
    assert_eq!(messages(&loaded), [""; 0]);
    assert_eq!((image(&loaded, "a").as_deref(), image(&loaded, "b").as_deref()), (Some("x"), Some("y")));
}

#[test]
fn a_later_file_may_not_empty_the_services() {
    let files = [("compose.yaml", "services: {a: {image: x}}"), ("compose.override.yaml", "services:\n#  a: {}\n")];
    let (_temp, options) = folder(&files);
    assert_eq!(messages(&load(&options)), ["services must be a mapping"]);
    let base = ("compose.yaml", "services: {a: {image: x}}\nnetworks: {n: {}}");
    let (_temp, options) = folder(&[base, ("compose.override.yaml", "services: !reset\nnetworks:\n")]);
    assert_eq!(messages(&load(&options)), [""; 0], "a reset is one, and an empty section of another kind is nothing");
}

#[test]
fn the_nameless_profile_is_on_where_no_other_is_named() {
    let text =
        "services: {web: {image: x}, store: {image: y, profiles: ['', store]}, other: {image: z, profiles: [other]}}";
    let (_temp, options) = folder(&[("compose.yaml", text)]);
    let on = |profiles: &[&str], variable: Option<&str>| {
        let mut options = Options { profiles: profiles.iter().map(|p| (*p).to_owned()).collect(), ..options.clone() };
        options.env.extend(variable.map(|value| ("COMPOSE_PROFILES".to_owned(), value.to_owned())));
        let project = load(&options).project.unwrap();
        let on: Vec<String> = project.services.values().filter(|s| s.enabled).map(|s| s.name.to_string()).collect();
        on.join(" ")
    };
    assert_eq!(on(&[], None), "web store");
    assert_eq!(on(&[], Some("")), "web store");
    assert_eq!(on(&[""], None), "web store");
    assert_eq!(on(&["store"], None), "web store");
    assert_eq!(on(&["other"], None), "web other", "a name takes the place of the nameless one");
    assert_eq!(on(&[], Some("other")), "web other");
    assert_eq!(on(&[], Some("other,")), "web store other");
}

#[test]
fn a_profile_without_a_name_is_not_offered() {
    let text = "services: {web: {image: x, depends_on: [store]}, store: {image: y, profiles: ['', a, b]}}";
    let (_temp, mut options) = folder(&[("compose.yaml", text)]);
    options.profiles = vec!["other".into()];
    let help = load(&options).problems.remove(0).help.unwrap();
    assert_eq!(help, "it is declared, but its profile is inactive: try --profile a or --profile b");
}

#[test]
fn values_of_env_files_use_what_the_project_and_the_service_set() {
    let text = "services: {a: {image: x, env_file: [e.env, f.env], environment: {A: 1, N: }}}";
    let (_temp, mut options) = folder(&[
        ("compose.yaml", text),
        (".env", "P=project"),
        ("e.env", "A=2\nB=$A$P\nP=file\nC=one\nN=n\n"),
        ("f.env", "C=two\nD=$C\n"),
    ]);
    let service = load(&options).project.unwrap().services.swap_remove("a").unwrap();
    let shown = |vars: &IndexMap<String, Option<String>>| {
        ["A", "B", "C", "D", "N"].map(|name| vars[name].clone().unwrap_or_else(|| "none".into())).join(" ")
    };
    assert_eq!(shown(&service.environment), "1 1project two two none");
    assert_eq!(shown(&service.environment_26.unwrap()), "1 2project two one none");
    options.env.insert("A".into(), "shell".into());
    let service = load(&options).project.unwrap().services.swap_remove("a").unwrap();
    assert_eq!(service.environment["B"].as_deref(), Some("shellproject"));
}

#[test]
fn without_interpolation_nothing_is_filled_in_and_a_port_stays_once() {
    let (_temp, mut options) = folder(&[
        (
            "compose.yaml",
            "services: {a: {image: x, environment: [TOKEN], ports: ['${PORT:-80}:80'], build: {context: ., args: [TOKEN]}}}",
        ),
        ("b.yaml", "include: [c.yaml]\nservices: {a: {ports: ['${PORT:-80}:80']}}"),
        ("c.yaml", "services: {b: {image: y, environment: [TOKEN]}}"),
        (".env", "TOKEN=secret-of-mine"),
    ]);
    options.files = vec!["compose.yaml".into(), "b.yaml".into()];
    options.how.no_interpolate = true;
    let loaded = load(&options);
    let printed = loaded.document.unwrap().project(&loaded.project.unwrap(), &crate::compose::canon::Choice::default());
    assert!(!printed.to_string().contains("secret-of-mine"), "{printed}");
    assert_eq!(printed["services"]["a"]["ports"], serde_json::json!(["${PORT:-80}:80"]));
}

#[test]
fn what_docker_adds_for_its_plugin_is_there() {
    let text =
        "services: {a: {image: x, environment: [OTEL_RESOURCE_ATTRIBUTES, DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND]}}";
    let (_temp, mut options) = folder(&[("compose.yaml", text), (".env", "OTEL_RESOURCE_ATTRIBUTES=file")]);
    let all = |options: &Options| {
        let service = load(options).project.unwrap().services.swap_remove("a").unwrap();
        let values = |vars: IndexMap<String, Option<String>>| vars.into_values().flatten().collect::<Vec<_>>();
        (values(service.environment), values(service.environment_26.unwrap()))
    };
    let (now, older) = all(&options);
    assert_eq!(now, ["file", "docker"]);
    assert_eq!(older, ["docker.cli.cobra.command_path=docker%20compose", "docker"], "the shell's hides the file's");
    options.env.insert("OTEL_RESOURCE_ATTRIBUTES".into(), "a=b".into());
    let (now, older) = all(&options);
    assert_eq!((&*now[0], &*older[0]), ("a=b", "a=b,docker.cli.cobra.command_path=docker%20compose"));
}

/// What is noted for an older docker compose: since when, where, what.
fn newer(loaded: &Loaded) -> Vec<String> {
    let all = loaded.project.iter().flat_map(|project| &project.newer);
    all.map(|n| format!("{} {} {}{}", n.since, n.place, if n.refuses { "refuses: " } else { "" }, n.older)).collect()
}

#[test]
fn what_a_file_says_comes_on_top_of_what_it_includes() {
    let (_temp, options) = folder(&[
        (
            "compose.yaml",
            "include: [base.yaml]\nservices: {web: {environment: {B: b}, ports: ['81:81']}, same: {image: s}}",
        ),
        ("base.yaml", "services: {web: {image: x, environment: {A: a}, ports: ['80:80']}, same: {image: s}}"),
    ]);
    let loaded = load(&options);
    assert_eq!(messages(&loaded), [""; 0]);
    let web = &loaded.project.as_ref().unwrap().services["web"];
    assert_eq!((web.image.as_deref(), web.environment.len(), web.ports.len()), (Some("x"), 2, 2));
    let noted = newer(&loaded);
    let words = "5.0.0 compose.yaml:2:12 refuses: doesn't merge services.web with the one that is included";
    assert_eq!(noted, [words]);
}

#[test]
fn what_older_ones_do_not_know_is_noted_once() {
    let (_temp, options) = folder(&[(
        "compose.yaml",
        "services:\n  a: {image: x, models: [m], volumes: [{type: image, source: i, target: /i, image: {subpath: s}}]}\n  \
         b: {image: x, models: [m], stop_grace_period: 1w}\nmodels: {m: {model: q}}",
    )]);
    let loaded = load(&options);
    assert_eq!(messages(&loaded), [""; 0]);
    let expected = [
        "2.34.0 compose.yaml:3:49 refuses: doesn't know days and weeks in `1w`",
        "2.38.0 compose.yaml:4:1 refuses: doesn't know `models`",
        "2.38.0 compose.yaml:2:17 refuses: doesn't know `models`",
        "2.35.0 compose.yaml:2:77 refuses: doesn't know `image`",
    ];
    assert_eq!(newer(&loaded), expected);
}

#[test]
fn the_dotenv_that_older_ones_read_is_noted() {
    let (temp, mut options) = folder(&[
        ("compose.yaml", "services: {a: {image: 'x:${WHO}'}}"),
        (".env", "SAME=1\nWHO=root"),
        ("sub/.env", "SAME=1\nWHO=sub"),
    ]);
    options.cwd = temp.path().join("sub");
    let loaded = load(&options);
    assert_eq!(image(&loaded, "a").as_deref(), Some("x:sub"));
    let from = temp.path().join(".env").display().to_string();
    assert_eq!(newer(&loaded), [format!("2.29.3 .env:2:1 takes WHO from {from} instead of .env")]);
    options.env.insert("WHO".into(), "shell".into());
    assert_eq!(newer(&load(&options)), [""; 0], "where the shell sets it, both read the same");
    options.env.clear();
    options.cwd = temp.path().to_owned();
    assert_eq!(newer(&load(&options)), [""; 0], "there is one folder only");
}
