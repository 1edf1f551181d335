//! Log lines. None is stored: a line is a function of the run that wrote it, and is made when somebody reads it.

use std::time::Duration;

use super::{
    action::LogRange,
    container::{Container, Status},
    run::Run,
    state::World,
};
use crate::{
    base::time::Stamp,
    sim::{
        luck,
        scenario::{Filling, LogRule, Only, Output, When},
    },
};

/// A line of a container's log. Stamps of one container's lines are strictly increasing, and serve as its cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When it was written.
    pub at: Stamp,
    /// Through which output.
    pub output: Output,
    /// The text, without line end.
    pub text: String,
}

impl World {
    /// Lines of a container's log within a range, oldest first, at most `max`.
    pub fn logs(&self, container: &Container, range: LogRange, max: usize) -> Vec<LogLine> {
        let until = range.until.map_or(self.now, |until| until.min(self.now));
        let mut lines = Vec::new();
        for run in &container.runs {
            let ended_before = run.end.zip(range.after).is_some_and(|(end, after)| end < after.shifted(-2_000));
            if ended_before || run.start > until {
                continue;
            }
            let mut rules = self.rules(container, run, range.after);
            while lines.len() < max
                && let Some((rule, at)) = earliest(&rules)
                && at <= until
            {
                let Some(rule) = rules.get_mut(rule) else { break };
                if let Some(line) = rule.line() {
                    lines.push(line);
                }
                rule.step();
            }
        }
        lines
    }

    /// The last `count` lines up to `until` (now where none), oldest first.
    pub fn log_tail(&self, container: &Container, until: Option<Stamp>, count: usize) -> Vec<LogLine> {
        let until = until.map_or(self.now, |until| until.min(self.now));
        let Some(first) = container.runs.front().map(|run| run.start.shifted(-1)) else { return Vec::new() };
        if count == 0 {
            return Vec::new();
        }
        let mut window = Duration::from_secs(1);
        loop {
            let after = until.shifted(-crate::base::num::nanos(window)).max(first);
            // What is dense is read to its end even where it is more than was asked for.
            let mut lines = self.logs(container, LogRange { after: Some(after), until: Some(until) }, usize::MAX);
            if lines.len() >= count || after == first {
                return lines.split_off(lines.len().saturating_sub(count));
            }
            window *= 2;
        }
    }

    /// When a running container will write its next line after `after`, as things stand; it may lie in the past.
    /// Lines that answer something which is still to happen (a probe, a stop) aren't known before it does: who follows
    /// a log looks again after whatever [`World::next_due`] promised.
    pub fn next_line(&self, container: &Container, after: Stamp) -> Option<Stamp> {
        let run = container.run().filter(|_| container.status == Status::Running)?;
        earliest(&self.rules(container, run, Some(after))).map(|(_, at)| at)
    }

    fn rules<'a>(&self, container: &'a Container, run: &'a Run, after: Option<Stamp>) -> Vec<Rule<'a>> {
        let seed = luck::mix(self.luck(container.key, 0x1095), u64::from(run.number));
        let rules = (0..).zip(&container.spec.behaviour.logs);
        let wanted = rules.filter(|(_, rule)| match rule.only {
            None => true,
            Some(Only::First) => run.number == 0,
            Some(Only::Later) => run.number > 0,
        });
        wanted.map(|(number, rule)| Rule::new(container, run, rule, number, luck::mix(seed, number), after)).collect()
    }
}

fn earliest(rules: &[Rule<'_>]) -> Option<(usize, Stamp)> {
    rules.iter().enumerate().filter_map(|(n, rule)| Some((n, rule.next?.0))).min_by_key(|(_, at)| *at)
}

/// The lines of a rule in a run, one after the other.
struct Rule<'a> {
    container: &'a Container,
    run: &'a Run,
    rule: &'a LogRule,
    number: u64,
    seed: u64,
    /// The next line's moment and running number.
    next: Option<(Stamp, u64)>,
}

impl<'a> Rule<'a> {
    fn new(
        container: &'a Container,
        run: &'a Run,
        rule: &'a LogRule,
        number: u64,
        seed: u64,
        after: Option<Stamp>,
    ) -> Self {
        let mut new = Self { container, run, rule, number, seed, next: None };
        let first = match (rule.every, after) {
            (Some(every), Some(after)) => new.slot(run.worked(after), every).saturating_sub(1),
            _ => 0,
        };
        new.find(first);
        while let Some((at, n)) = new.next
            && after.is_some_and(|after| at <= after)
        {
            new.find(n + 1);
        }
        new
    }

    fn step(&mut self) {
        if let Some((_, n)) = self.next {
            self.find(n + 1);
        }
    }

    /// The number of the line that is due at an age of the run.
    fn slot(&self, age: Duration, every: Duration) -> u64 {
        let slots = age.saturating_sub(self.rule.from).as_nanos().checked_div(every.as_nanos()).unwrap_or(0);
        u64::try_from(slots).unwrap_or(u64::MAX)
    }

    /// Finds the next line from a number on.
    fn find(&mut self, from: u64) {
        let mut n = from;
        self.next = loop {
            let Some(at) = self.moment(n) else { break None };
            if self.run.end.is_some_and(|end| at > end) {
                break None;
            }
            // Lines in another state than the rule is for are passed over, a whole stretch at once.
            let (Some(wanted), Some(every)) = (self.rule.sick, self.rule.every) else {
                break Some((self.unlike(at, n), n));
            };
            if self.run.was_sick(at) == wanted {
                break Some((self.unlike(at, n), n));
            }
            let turn = if wanted {
                self.run.sick.iter().map(|(from, _)| *from).find(|from| *from > at)
            } else {
                self.run
                    .sick
                    .iter()
                    .find(|(from, to)| *from <= at && to.is_none_or(|to| at < to))
                    .and_then(|(_, to)| *to)
            };
            let Some(turn) = turn else { break None };
            n = (n + 1).max(self.slot(self.run.worked(turn), every));
        };
    }

    /// When a line is written, before it is told apart from others.
    fn moment(&self, n: u64) -> Option<Stamp> {
        let rule = self.rule;
        let texts = u64::try_from(rule.text.len()).unwrap_or(1).max(1);
        let step = Duration::from_millis(n % texts);
        if let Some(every) = rule.every {
            let every = u64::try_from(every.as_nanos()).unwrap_or(u64::MAX);
            let within = if rule.steady { every } else { luck::below(luck::mix(self.seed, n), every) };
            let age = rule.from + Duration::from_nanos(every.saturating_mul(n).saturating_add(within));
            return (rule.to.is_none_or(|to| age < to)).then(|| self.wall(age)).flatten();
        }
        if let Some(at) = rule.at {
            return (n < texts).then(|| self.wall(at + step)).flatten();
        }
        let occasion = usize::try_from(n / texts).unwrap_or(usize::MAX);
        let probes =
            |passed: bool| self.run.probes.iter().filter(move |(_, p)| *p == passed).nth(occasion).map(|(at, _)| *at);
        let once = |at: Option<Stamp>| at.filter(|_| occasion == 0);
        match rule.on? {
            When::Probe => probes(true),
            When::ProbeFailed => probes(false),
            When::Term => once(self.run.term),
            When::Sick => self.run.sick.get(occasion).map(|(from, _)| *from),
            When::Exit => {
                let left = Duration::from_millis(texts - n % texts + 2);
                let end = once(self.run.end.filter(|_| self.run.by_itself))?;
                return Some(super::stores::before(end, left).max(self.run.start));
            }
        }
        .map(|at| at + rule.after + step)
    }

    /// The moment at which the run has worked so long; `None` where it is frozen before.
    fn wall(&self, age: Duration) -> Option<Stamp> {
        let mut at = self.run.start + self.run.frozen + age;
        for (from, to) in &self.run.pauses {
            if at >= *from {
                at = at + (*to)?.since(*from);
            }
        }
        Some(at)
    }

    /// Tells a line's moment apart from every other of the run: its last digits are the rule's.
    fn unlike(&self, at: Stamp, n: u64) -> Stamp {
        let digits = self.number % 200 * 5 + luck::below(luck::mix(self.seed, n ^ 0xd161), 5);
        let whole = (at.as_nanos() / 1000 + 1) * 1000;
        Stamp::from_nanos(whole + i64::try_from(digits).unwrap_or(0))
    }

    fn line(&self) -> Option<LogLine> {
        let (at, n) = self.next?;
        let texts = u64::try_from(self.rule.text.len()).ok()?;
        let luck = luck::mix(self.seed, n.wrapping_add(0x7e47));
        let which = if self.rule.every.is_some() { luck::below(luck, texts) } else { n % texts.max(1) };
        let template = self.rule.text.get(usize::try_from(which).ok()?)?;
        let text = template.fill(&Filling {
            at,
            luck,
            number: n,
            id: self.container.short(),
            name: &self.container.name,
            service: &self.container.spec.service,
            address: &self.run.address,
            pid: self.run.pid,
        });
        Some(LogLine { at, output: self.rule.output, text })
    }
}
