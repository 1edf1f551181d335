//! `capability-missing`: a program isn't permitted what its service's `cap_drop` took from it.

use super::rule::{Rank, Rule, Stage};
use crate::diagnose::{case::Case, finding::Evidence, findings::Findings, said::Phrase};

/// The rule.
pub const RULE: Rule = Rule {
    id: "capability-missing",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a program does something that needs a capability which `cap_drop` took from it",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

/// What the words of a program need (capabilities(7)), the more telling first.
const NEEDS: [(&str, &str); 10] = [
    ("chown", "CHOWN"),
    ("changing ownership", "CHOWN"),
    ("setgroups", "SETGID"),
    ("setgid", "SETGID"),
    ("setuid", "SETUID"),
    ("switch user", "SETUID"),
    ("su-exec", "SETUID"),
    ("chmod", "FOWNER"),
    ("bind", "NET_BIND_SERVICE"),
    ("mlock", "IPC_LOCK"),
];

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::NotPermitted) else { continue };
        let dropped = |c: &&&crate::stack::Container| !c.config.cap_drop.is_empty();
        let Some(c) = s.containers.iter().find(dropped) else { continue };
        let line = said.line.text.to_ascii_lowercase();
        let Some((word, capability)) = NEEDS.iter().find(|(word, _)| line.contains(word)) else { continue };
        let plain = |name: &str| name.trim_start_matches("CAP_").to_ascii_uppercase();
        let gone = c
            .config
            .cap_drop
            .iter()
            .any(|name| matches!(plain(name).as_str(), "ALL" | "all") || plain(name) == **capability);
        let kept = c.config.cap_add.iter().any(|name| plain(name) == **capability || plain(name) == "ALL");
        if !gone || kept {
            continue;
        }
        let place = s.declared.and_then(|d| d.place.as_ref());
        // Who changes its user needs both.
        let adds = if capability.starts_with("SET") { "SETUID, SETGID" } else { capability };
        found.push(
            s.error(RULE.id, format!("{}: {word} isn't permitted, because cap_drop took {capability}", s.name))
                .shown([said.evidence(), Evidence::state("HostConfig.CapDrop", c.config.cap_drop.join(", "), &c.name)])
                .shown(s.end())
                .shown([Evidence::file(format!("{}: cap_drop", s.name), place)])
                .why(
                    "Even root in a container may do only what its capabilities allow, and the service drops this one. \
                     Many images begin as root to prepare their folders and then change to their own user.",
                )
                .fix(format!(
                    "Give it back: cap_add: [{adds}]; or run the service as the image's own user from the start"
                ))
                .command(case.up([s.name]))
                .explains(&["permission-denied"]),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnose::scenario::Scenario,
        stack::{Container, fixture::container},
    };

    const FILE: &str = "services: {cache: {image: valkey, cap_drop: [ALL]}}";

    fn cache(line: &str, add: &[&str]) -> Scenario {
        let mut c: Container = container("cache").exited(1, 90.0);
        c.config.cap_drop = vec!["ALL".into()];
        c.config.cap_add = add.iter().map(|name| (*name).to_owned()).collect();
        Scenario::of(FILE).with(c).log("cache", &[line])
    }

    pub fn fires() -> Scenario {
        cache("chown: .: Operation not permitted", &[])
    }

    pub fn spares() -> Scenario {
        let mut up = container("cache").running(95.0);
        up.config.cap_drop = vec!["ALL".into()];
        up.config.cap_add = vec!["CHOWN".into()];
        Scenario::of(FILE).with(up).log("cache", &["ready"])
    }

    #[test]
    fn what_is_needed_follows_from_the_words() {
        let fix = |line: &str| cache(line, &[]).diagnosis().findings.remove(0).fix.text;
        assert!(fix("nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)").contains("NET_BIND_SERVICE"));
        assert!(
            fix("error: failed switching to \"redis\": operation not permitted: setgroups").contains("SETUID, SETGID")
        );
        let given = cache("chown: .: Operation not permitted", &["CAP_CHOWN"]);
        assert_eq!(given.found(), ["main-process-ends@cache"], "it has it");
        assert_eq!(fires().found(), ["capability-missing@cache", "main-process-ends@cache < capability-missing@cache"]);
        assert_eq!(RULE.id, "capability-missing");
    }
}
