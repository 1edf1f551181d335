//! `cpu-throttled`: its limit of processors slows it down.

use std::time::Duration;

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::units,
    diagnose::{
        case::{Case, Subject},
        finding::{Evidence, Kind},
        findings::Findings,
    },
    host::{Answer, Question},
    stack::{Container, Phase, Sample},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "cpu-throttled",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "its CPU limit slows it down",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

/// From how many figures on a load is lasting: one comes a second.
const LASTING: usize = 20;
/// The share of the limit that counts as all of it: figures are rounded.
const FULL: f64 = 0.95;

/// A period of the kernel's scheduler, as Docker sets it.
const PERIOD: Duration = Duration::from_millis(100);
/// From so many periods on in which it had to wait it isn't a moment.
const WAITS: u64 = 50;

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        for c in s.containers.iter().filter(|c| c.config.nano_cpus > 0 && c.phase == Phase::Running) {
            waits(case, s, c, found);
            let Some(ring) = case.stack.samples.get(&c.id) else { continue };
            #[expect(clippy::cast_precision_loss, reason = "a limit is a few billions")]
            let limit = c.config.nano_cpus as f64 / 1e9;
            let at_limit = |sample: &&Sample| sample.cpu.is_some_and(|cpu| f64::from(cpu) >= limit * 100.0 * FULL);
            let lasting = ring.iter().rev().take_while(at_limit).count();
            if lasting < LASTING {
                continue;
            }
            found.push(
                s.warning(RULE.id, format!("{} has used its whole limit of {limit} CPUs for {lasting} s", s.name))
                    .shown([
                        Evidence::new(
                            Kind::State,
                            format!("{:.0} % of one CPU for {lasting} s", limit * 100.0),
                            format!("stats of {}", c.name),
                        ),
                        Evidence::state("HostConfig.NanoCpus", c.config.nano_cpus.to_string(), &c.name),
                    ])
                    .why(format!(
                        "The limit of {limit} CPUs is used up all the time, so the kernel throttles it. Probes that \
                         time out and slow answers probably come from that."
                    ))
                    .fix("Raise `cpus:`, or find out what keeps it busy")
                    .command(case.docker().then("top").name(&c.name)),
            );
        }
    }
}

/// What the kernel counted: it had to wait for most of its present life.
fn waits(case: &Case<'_>, s: &Subject<'_>, c: &Container, found: &mut Findings) {
    let Some(Answer::Throttling { periods, waited }) = case.ask(Question::Throttling(c.id.clone())) else { return };
    let Some(age) = c.started.map(|at| case.now.since(at)) else { return };
    let lost = PERIOD.saturating_mul(u32::try_from(*waited).unwrap_or(u32::MAX));
    if *waited < WAITS || lost.saturating_mul(2) < age {
        return;
    }
    #[expect(clippy::cast_precision_loss, reason = "a limit is a few billions")]
    let limit = c.config.nano_cpus as f64 / 1e9;
    found.push(
        s.warning(RULE.id, format!("{} is throttled most of the time: its limit is {limit} CPUs", s.name))
            .shown([
                Evidence::new(
                    Kind::State,
                    format!("throttled in {waited} of {periods} periods"),
                    format!("stats of {}", c.name),
                ),
                Evidence::state("HostConfig.NanoCpus", c.config.nano_cpus.to_string(), &c.name),
            ])
            .why(format!(
                "In {} of the {} since its start it used up its share, and the kernel throttled it. Probes that time \
                 out and slow answers probably come from that.",
                units::span(lost.min(age)),
                units::span(age)
            ))
            .fix("Raise `cpus:`, or find out what keeps it busy")
            .command(case.docker().then("stats --no-stream").name(&c.name))
            .explains(&["healthcheck-times-out", "waits-longer-than-ever"]),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnose::scenario::Scenario,
        stack::{
            Container, CreateConfig, Fact,
            fixture::{at, container, id_of},
        },
    };

    fn scenario(cpu: f32) -> Scenario {
        let config = CreateConfig { nano_cpus: 500_000_000, ..CreateConfig::default() };
        let web = Container { config, ..container("web").running(1.0) };
        let mut told = Scenario::of("services: {web: {image: standin, cpus: 0.5}}").with(web);
        for n in 0..30 {
            let sample = Sample { at: at(80.0 + f64::from(n)), cpu: Some(cpu), ..Sample::default() };
            told = told.fact(Fact::Sample(id_of("web"), sample));
        }
        told
    }

    pub fn fires() -> Scenario {
        scenario(49.8)
    }

    pub fn spares() -> Scenario {
        scenario(31.0)
    }

    #[test]
    fn one_look_is_enough_where_the_kernel_has_counted() {
        let counted = |waited| {
            let answer = Answer::Throttling { periods: 1200, waited };
            scenario(31.0).answer(Question::Throttling(id_of("web")), answer).found()
        };
        // It runs for 119 s by now.
        assert_eq!(counted(1100), ["cpu-throttled@web"]);
        assert!(counted(400).is_empty(), "a busy start, and calm since");
    }
}
