//! Mistakes between the parts.

use crate::compose::{Options, load};

/// The problems of a project given as text: message and help.
fn problems(text: &str) -> Vec<(String, String)> {
    let options = Options {
        cwd: "/nowhere".into(),
        files: vec!["-".into()],
        stdin: Some(text.into()),
        project_name: Some("p".into()),
        ..Options::default()
    };
    let problems = load(&options).problems.into_iter();
    problems.map(|p| (p.message, p.help.unwrap_or_default())).collect()
}

#[test]
fn names_that_lead_nowhere_are_told_with_what_was_meant() {
    let cases = [
        (
            "services: {a: {}}",
            "service \"a\" has neither an image nor a build context specified",
            "add `image:` or `build:`",
        ),
        (
            "services: {a: {image: x, networks: [frnt]}}\nnetworks: {front: }",
            "service \"a\" refers to undefined network frnt",
            "did you mean front?",
        ),
        (
            "services: {a: {image: x, volumes: ['dta:/d']}}\nvolumes: {data: }",
            "service \"a\" refers to undefined volume dta",
            "did you mean data?",
        ),
        (
            "services: {a: {image: x, secrets: [key]}}",
            "service \"a\" refers to undefined secret key",
            "declare it under `secrets:`",
        ),
        (
            "services: {a: {image: x, depends_on: [databse]}, database: {image: y}}",
            "service \"a\" depends on undefined service \"databse\"",
            "did you mean database?",
        ),
        (
            "services: {a: {image: x, depends_on: [b]}, b: {image: y, profiles: [dev]}}",
            "service \"a\" depends on undefined service \"b\"",
            "it is declared, but its profile is inactive: try --profile dev",
        ),
        (
            "services: {a: {image: x, depends_on: [b]}, b: {image: y, links: [a]}}",
            "dependency cycle detected: a -> b -> a",
            "none of them can start before the others: remove one of the dependencies",
        ),
        (
            "services: {a: {image: x, scale: 2, container_name: cn}}",
            "services.scale: can't set container_name and a as container name must be unique",
            "2 containers can't all be called cn: remove `container_name:`",
        ),
        (
            "services: {a: {image: x, network_mode: host, networks: [n]}}\nnetworks: {n: }",
            "service a declares mutually exclusive `network_mode` and `networks`",
            "",
        ),
        (
            "services: {a: {image: x, scale: 2, deploy: {replicas: 3}}}",
            "services.a: can't set distinct values on 'scale' and 'deploy.replicas'",
            "",
        ),
        (
            "services: {}\nvolumes: {v: {external: true, driver: x}}",
            "volumes.v: conflicting parameters \"external\" and \"driver\" specified",
            "",
        ),
        (
            "services: {a: {image: x, container_name: cn}, b: {image: y, container_name: cn}}",
            "services.b: container name \"cn\" is already in use by service a (services.a)",
            "give one of them another `container_name:`, or none",
        ),
        (
            "services: {a: {image: x, models: [llm]}}\nmodels: {lm: {model: q}}",
            "service \"a\" refers to undefined model llm",
            "did you mean lm?",
        ),
        ("services: {a: {image: x, scale: -1}}", "services.a.scale: must be greater than or equal to 0", ""),
        (
            "services: {a: {image: x, tmpfs: [/t, '/t:size=1m']}}",
            "services.a.tmpfs[1]: target /t already mounted as services.a.tmpfs[0]",
            "",
        ),
        (
            "services: {a: {profiles: [q], ports: [{target: 80, host_ip: localhost}]}}",
            "services.a.ports.[]: invalid ip address: localhost",
            "",
        ),
        ("services: {}\nsecrets: {s: {}}", "secrets.s: one of file|environment must be set", ""),
    ];
    for (text, message, help) in cases {
        assert_eq!(problems(text), [(message.to_owned(), help.to_owned())], "{text}");
    }
}

#[test]
fn what_is_off_or_optional_is_left_alone() {
    for text in [
        "services: {a: {profiles: [dev], networks: [nope], depends_on: [nobody]}}",
        "services: {a: {image: x, depends_on: {b: {condition: service_started, required: false}}}, b: {profiles: [dev]}}",
        "services: {a: {provider: {type: x}}}",
        "services: {a: {image: x, container_name: cn}, b: {image: y, container_name: cn, profiles: [off]}}",
        "services: {a: {image: x, ports: [{target: 80, host_ip: '::1'}]}}",
        "services: {a: {image: x, mem_limit: 1g, deploy: {resources: {limits: {memory: 1024m}}}}}",
    ] {
        assert_eq!(problems(text), [], "{text}");
    }
}
