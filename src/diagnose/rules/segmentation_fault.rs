//! `segmentation-fault`: the program died of a segmentation fault.

use super::rule::{Rank, Rule, Stage};
use crate::diagnose::{case::Case, finding::Evidence, findings::Findings, said::Phrase};

/// The rule.
pub const RULE: Rule = Rule {
    id: "segmentation-fault",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "the program crashed with a segmentation fault",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

/// 128 and the signals SIGSEGV, SIGILL, SIGBUS.
const CODES: [(i64, &str); 3] = [(139, "a segmentation fault"), (132, "an illegal instruction"), (135, "a bus error")];

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        // A runtime that finds its heap full may end itself by a trap.
        if s.said(Phrase::HeapFull).is_some() {
            continue;
        }
        let dead = s.containers.iter().find_map(|c| {
            let code = s.last_code(c)?;
            CODES.iter().find(|(known, _)| *known == code).map(|(_, words)| (*c, code, *words))
        });
        let Some((c, code, words)) = dead else { continue };
        let why = if code == 132 {
            "The processor met an instruction that it doesn't support: probably the program was built for a newer one. \
             Its settings aren't the cause."
        } else {
            "The program, or one of its libraries, accessed memory that isn't its own, and the kernel killed it. The \
             cause isn't its settings, but a bug in the program or files that it can't handle."
        };
        found.push(
            s.error(RULE.id, format!("{} crashed with {words} (exit code {code})", s.name))
                .shown(s.said(Phrase::Segfault).map(|said| said.evidence()))
                .shown([Evidence::state("State.ExitCode", code.to_string(), &c.name)])
                .shown(s.last_lines(2))
                .why(why)
                .fix("Try another version of the image, or one for this processor, and report it to its authors")
                .command(case.compose().then("logs --tail 50").name(s.name)),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "services: {web: {image: own}}";

    pub fn fires() -> Scenario {
        Scenario::of(FILE).with(container("web").exited(139, 90.0))
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE).with(container("web").running(1.0))
    }
}
