//! Values that probably aren't what is meant: `environment-item-misread`, `shell-hides-dotenv`.

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::shell::ShellLine,
    diagnose::{
        case::Case,
        finding::{Evidence, Finding},
        findings::Findings,
    },
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "environment-item-misread",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "a variable's quotes are part of its value, or an item sets nothing because it has no `=`",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

/// The shell has the word.
pub const HIDDEN: Rule = Rule {
    id: "shell-hides-dotenv",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "a variable of the shell hides another value of .env",
    look: hidden,
    #[cfg(test)]
    fires: tests::hidden_fires,
    #[cfg(test)]
    spares: tests::hidden_spares,
};

fn hidden(case: &Case<'_>, found: &mut Findings) {
    let Some(project) = case.project else { return };
    for (name, place) in &project.hidden {
        found.push(
            Finding::hint(HIDDEN.id, None, format!("{name} of the shell hides another value of it in .env"))
                .shown([Evidence::file(format!("{name}=…"), Some(place))])
                .why(
                    "Compose takes a variable from the shell first and from .env only where the shell doesn't set it. \
                     In another terminal, or for somebody else, the project then gets the other value.",
                )
                .fix(format!("Unset {name} in the shell if the value of .env is meant"))
                .command(ShellLine::new("unset").word(name)),
        );
    }
}

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let Some(d) = s.declared.filter(|d| d.enabled) else { continue };
        for (name, value) in &d.environment {
            let place = d.setup.literals.get(name).or(d.place.as_ref());
            // `NAME: value` as an item of a list is a text, and as one without `=` the name of a variable.
            if let (Some((wanted, text)), None) = (name.split_once(": "), value) {
                found.push(
                    s.hint(RULE.id, format!("{}: the item `{name}` sets nothing", s.name))
                        .shown([Evidence::file(format!("- {name:?}"), place)])
                        .why(format!(
                            "In a list an item without `=` is the name of a variable that is taken from the shell, and \
                             nobody has one called `{name}`. So the container doesn't get {wanted}."
                        ))
                        .fix(format!(
                            "Write `- {wanted}={}`, or use the map form `{wanted}: {}`",
                            text.trim(),
                            text.trim()
                        )),
                );
            }
            let Some(value) = value.as_deref().filter(|_| d.setup.literals.contains_key(name)) else { continue };
            let quoted = |sign: char| value.len() > 1 && value.starts_with(sign) && value.ends_with(sign);
            if !(quoted('"') || quoted('\'')) {
                continue;
            }
            let shown = crate::base::secrets::masked(name, value, true);
            found.push(
                s.hint(RULE.id, format!("{}: the quotes are part of the value of {name}", s.name))
                    .shown([Evidence::file(format!("{name}={shown}"), place)])
                    .why(
                        "In the list form everything after `=` is the value, quotes included: YAML strips only quotes \
                         around the whole item. The program gets them, too.",
                    )
                    .fix(format!("Write `- {name}=…` without the quotes, or quote the whole item: `- \"{name}=…\"`")),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::scenario::Scenario;

    pub fn fires() -> Scenario {
        Scenario::of("services:\n  job:\n    image: x\n    environment:\n      - GREETING=\"hello\"\n")
    }

    pub fn spares() -> Scenario {
        Scenario::of("services:\n  job:\n    image: x\n    environment:\n      - \"GREETING=hello\"\n")
    }

    const PORT: &str = "services: {app: {image: x, ports: ['${LISTEN}:80']}}";

    pub fn hidden_fires() -> Scenario {
        Scenario::of(PORT).env("LISTEN", "15001").hiding("LISTEN")
    }

    pub fn hidden_spares() -> Scenario {
        Scenario::of(PORT).env("LISTEN", "15000")
    }

    #[test]
    fn an_item_without_a_sign_sets_nothing() {
        let hints = |text: &str| {
            let told = Scenario::of(text).diagnosis().findings;
            told.into_iter().filter(|f| f.rule == RULE.id).map(|f| f.summary).collect::<Vec<_>>()
        };
        let list = "services:\n  job:\n    image: x\n    environment:\n      - \"LEVEL: debug\"\n      - PASSED\n";
        assert_eq!(hints(list), ["job: the item `LEVEL: debug` sets nothing"]);
        let two = "services: {job: {image: x, environment: ['A=\"1\"', \"B='2'\"]}}";
        assert_eq!(hints(two).len(), 2);
    }
}
