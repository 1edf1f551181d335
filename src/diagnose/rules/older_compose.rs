//! `older-docker-compose`: the docker compose that is installed reads these files in another way than they are read
//! here, or not at all.

use super::rule::{Rank, Rule, Stage};
use crate::{
    compose::{Newer, Release},
    diagnose::{
        case::Case,
        finding::{Evidence, Finding, Kind},
        findings::Findings,
    },
    host::{Answer, Question},
};

/// The files are of a newer docker compose than the one installed.
pub const RULE: Rule = Rule {
    id: "older-docker-compose",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "the installed docker compose refuses what the files say, or reads it in another way",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    let Some(project) = case.project.filter(|project| !project.newer.is_empty()) else { return };
    let Some(Answer::Compose(version)) = case.ask(Question::Compose) else { return };
    let Some(installed) = Release::parse(version) else { return };
    let mut older: Vec<&Newer> = project.newer.iter().filter(|newer| installed < newer.since).collect();
    // What it refuses comes first.
    older.sort_by_key(|newer| !newer.refuses);
    let Some(first) = older.first() else { return };
    let since = older.iter().map(|newer| newer.since).max().unwrap_or(first.since);
    let (summary, why) = if first.refuses {
        (
            format!("docker compose {installed} refuses these files: it {}", first.older),
            "stackview reads the files as newer releases do. The installed docker compose fails with them, and so does \
             every command of it.",
        )
    } else {
        (
            format!("docker compose {installed} {}", first.older),
            "stackview reads the files as newer releases do, so what up makes of them isn't quite what is shown here.",
        )
    };
    let told = older.iter().map(|newer| {
        Evidence::file(format!("docker compose before {} {}", newer.since, newer.older), Some(&newer.place))
    });
    let version = Evidence::new(Kind::Host, format!("docker compose {version}"), "docker compose version");
    found.push(
        Finding::warning(RULE.id, None, summary)
            .shown(told.chain([version]))
            .why(why)
            .fix(format!("Update docker compose to {since} or later, or write it in another way")),
    );
}

#[cfg(test)]
mod tests {
    use crate::{
        diagnose::scenario::Scenario,
        host::{Answer, Question},
    };

    const FILE: &str = "services: {web: {image: x, stop_grace_period: 1d, secrets: [{source: s, mode: '0400'}]}}\n\
                        secrets: {s: {environment: S}}";

    fn with(version: &str) -> Scenario {
        Scenario::of(FILE).answer(Question::Compose, Answer::Compose(version.into()))
    }

    pub fn fires() -> Scenario {
        with("2.26.1-4")
    }

    pub fn spares() -> Scenario {
        with("2.34.0")
    }

    /// What is found: the summary and the texts that show it.
    fn told(file: &str, version: &str) -> Vec<String> {
        let answer = Answer::Compose(version.into());
        let found = Scenario::of(file).answer(Question::Compose, answer).diagnosis().findings;
        let of = found.into_iter().filter(|finding| finding.rule == super::RULE.id);
        of.flat_map(|f| std::iter::once(f.summary).chain(f.evidence.into_iter().map(|e| e.text))).collect()
    }

    #[test]
    fn what_is_refused_comes_before_what_is_read_otherwise() {
        let days = "doesn't know days and weeks in `1d`";
        let bits = "reads the permission bits '0400' as a decimal number";
        assert_eq!(
            told(FILE, "2.26.1-4"),
            [
                format!("docker compose 2.26.1 refuses these files: it {days}"),
                format!("docker compose before 2.34.0 {days}"),
                format!("docker compose before 2.34.0 {bits}"),
                "docker compose 2.26.1-4".into(),
            ]
        );
        assert_eq!(told(&FILE.replace("1d", "24h"), "2.26.1")[0], format!("docker compose 2.26.1 {bits}"));
        let provider = "services: {web: {provider: {type: t}}}";
        assert_eq!(told(provider, "2.34.0").len(), 3);
        assert_eq!(told(provider, "2.35.0"), [""; 0]);
        assert_eq!(told(provider, "dev"), [""; 0], "nothing is known of it");
    }
}
