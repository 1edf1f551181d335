//! `killed-after-grace-period`: it ignored the stop and was killed when its grace period was over.

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::units,
    diagnose::{
        case::Case,
        finding::{Evidence, Kind},
        findings::Findings,
    },
    stack::{EventKind, EventSubject, Phase},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "killed-after-grace-period",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "it ignored the stop signal and was killed after its grace period",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let killed =
            |c: &&&crate::stack::Container| c.phase == Phase::Exited && c.exit_code == Some(137) && !c.oom_killed;
        let Some(c) = s.containers.iter().find(killed) else { continue };
        let kills = case.stack.events.iter().filter(|e| e.subject == EventSubject::Container(c.id.clone()));
        let kills: Vec<_> = kills
            .filter_map(|e| if let EventKind::Kill(signal) = &e.kind { Some((e.at, signal.as_str())) } else { None })
            .filter(|(at, _)| c.started.is_none_or(|start| *at >= start))
            .collect();
        let Some((killed_at, _)) = kills.iter().rev().find(|(_, signal)| is(signal, "9", "KILL")) else { continue };
        let Some((asked_at, asked)) =
            kills.iter().rev().find(|(at, signal)| at < killed_at && !is(signal, "9", "KILL"))
        else {
            continue;
        };
        let grace = killed_at.since(*asked_at);
        let signal = named(asked);
        let shell = c.command.first().is_some_and(|word| word.ends_with("sh"));
        let hint = if shell { "; a shell as the first process passes no signals on" } else { "" };
        let fix = if shell {
            "Make the shell `exec` the program, or set `init: true`"
        } else {
            "Make the program exit on its stop signal (exec form, `init: true`), or raise stop_grace_period"
        };
        found.push(
            s.warning(RULE.id, format!("{} ignored {signal} and was killed after {}", s.name, units::span(grace)))
                .shown([
                    Evidence::new(Kind::Event, format!("kill signal {asked}"), format!("{} at {asked_at}", c.name)),
                    Evidence::new(Kind::Event, "kill signal 9", format!("{} at {killed_at}", c.name)),
                    Evidence::state("State.ExitCode", "137", &c.name),
                    Evidence::state("State.OOMKilled", "OOMKilled: False", &c.name),
                ])
                .why(format!(
                    "The stop sent it {signal}, which it ignored{hint}, and SIGKILL after the grace period. So exit \
                 code 137 doesn't mean that it ran out of memory, but what it was writing may be lost."
                ))
                .fix(fix),
        );
    }
}

/// A signal's name, also where the engine gives its number.
fn named(signal: &str) -> String {
    match signal {
        "1" => "SIGHUP".into(),
        "2" => "SIGINT".into(),
        "3" => "SIGQUIT".into(),
        "15" => "SIGTERM".into(),
        name if name.starts_with("SIG") => name.to_owned(),
        other => format!("signal {other}"),
    }
}

fn is(signal: &str, number: &str, name: &str) -> bool {
    signal == number || signal.trim_start_matches("SIG") == name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "services: {stubborn: {image: base, stop_grace_period: 3s}}";

    fn scenario(code: i64) -> Scenario {
        Scenario::of(FILE).with(container("stubborn").exited(code, 63.0)).event(
            "stubborn",
            60.0,
            EventKind::Kill("15".into()),
        )
    }

    pub fn fires() -> Scenario {
        scenario(137).event("stubborn", 63.0, EventKind::Kill("9".into()))
    }

    pub fn spares() -> Scenario {
        scenario(143)
    }

    #[test]
    fn the_signal_is_told_by_its_name() {
        let told = fires().diagnosis().findings.remove(0).summary;
        assert!(told.starts_with("stubborn ignored SIGTERM and was killed after 3.0 s"), "{told}");
    }

    #[test]
    fn a_kill_by_hand_is_no_ignored_stop() {
        let by_hand = Scenario::of(FILE).with(container("stubborn").exited(137, 63.0)).event(
            "stubborn",
            63.0,
            EventKind::Kill("SIGKILL".into()),
        );
        assert!(!by_hand.found().iter().any(|f| f.contains(RULE.id)), "{:?}", by_hand.found());
    }
}
