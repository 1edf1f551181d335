//! Takes facts in. What is true now is replaced; what happened is put in its place in history.

use super::{
    Change, Container, Event, EventKind, EventSubject, Fact, Health, Opening, Phase, Quirks, Sample, Stack,
    history::LATE,
};
use crate::{
    base::{
        id::ContainerId,
        loss::{Loss, LossKind, Whom},
        ring::{Cost, Ring},
        time::Stamp,
    },
    compose::Restart,
    logs::HeldLine,
};

/// How many removed containers are remembered, so that late answers about them are known as such.
const KEEP_GONE: usize = 256;
/// How many figures of each container are kept: a minute of them.
const KEEP_SAMPLES: usize = 60;

/// How many logs of removed containers are kept.
const KEEP_GONE_LOGS: usize = 32;

const NOTHING: Change = Change { present: false, history: false, events: false, figures: false, logs: false };
const PRESENT: Change = Change { present: true, ..NOTHING };
const HISTORY: Change = Change { history: true, ..NOTHING };
const EVENTS: Change = Change { events: true, ..NOTHING };
const FIGURES: Change = Change { figures: true, ..NOTHING };
const LOGS: Change = Change { logs: true, ..NOTHING };

impl Cost for Sample {
    fn cost(&self) -> usize {
        size_of::<Self>()
    }
}

impl Stack {
    /// Takes a fact of such an engine in and says what it changed. The same fact twice changes nothing the second
    /// time.
    pub fn apply(&mut self, fact: Fact, quirks: Quirks) -> Change {
        match fact {
            Fact::Listed(list) => self.listed(list),
            Fact::Inspected(container) => self.inspected(*container, quirks),
            Fact::Gone(id) => self.removed(&id),
            Fact::Happened(event) => self.happened(event),
            Fact::Networks(list) => set(&mut self.networks, list.into_iter().map(|n| (n.id.clone(), n)).collect()),
            Fact::Volumes(list) => set(&mut self.volumes, list.into_iter().map(|v| (v.name.clone(), v)).collect()),
            Fact::Sample(id, sample) => self.sampled(id, sample),
            Fact::Lines(id, lines) if self.may_log(&id) => {
                self.logs.append(&id, lines);
                if let Some((end, _)) = self.history.get(&id).and_then(|h| h.ends.first_key_value()) {
                    self.logs.keep_first_failure(&id, *end);
                }
                self.forget_old_logs();
                LOGS
            }
            Fact::LogFollowed(id) => {
                self.logs.followed(&id);
                NOTHING
            }
            Fact::LogUnreadable(id, why) if self.may_log(&id) => {
                self.logs.set_unreadable(&id, why);
                LOGS
            }
            Fact::Lines(id, lines) => {
                let at = lines.last().map(|line| line.at).unwrap_or_default();
                let number = u64::try_from(lines.len()).unwrap_or(u64::MAX);
                self.losses.add(Loss { kind: LossKind::LinesStray, number, whom: Whom::Container(id), at });
                NOTHING
            }
            Fact::LogUnreadable(..) => NOTHING,
            Fact::Lost(loss) => {
                // It shows in the total and in frames; nothing is derived again for it.
                self.losses.add(loss);
                FIGURES
            }
            Fact::Opened(id, opening) if self.containers.contains_key(&id) => self.opened(id, opening),
            Fact::Opened(..) => NOTHING,
            Fact::Raw(id, json) => {
                self.raw = Some((id, json));
                // It is shown as it is, and nothing follows from it.
                FIGURES
            }
        }
    }

    fn is_ours(&self, container: &Container) -> bool {
        container.project.as_ref() == Some(&self.project)
    }

    fn listed(&mut self, list: Vec<Container>) -> Change {
        let ours: Vec<Container> = list.into_iter().filter(|c| self.is_ours(c)).collect();
        let mut changed = !self.listed;
        self.listed = true;
        let stale: Vec<ContainerId> =
            self.containers.keys().filter(|id| !ours.iter().any(|c| c.id == **id)).cloned().collect();
        for id in &stale {
            changed |= self.removed(id).present;
        }
        self.gone.retain(|id| !ours.iter().any(|c| c.id == *id));
        self.history.retain(|id, _| ours.iter().any(|c| c.id == *id));
        for new in ours {
            match self.containers.get_mut(&new.id) {
                Some(held) if held.inspected && !new.inspected => changed |= refresh(held, new),
                Some(held) if *held == new => {}
                _ => {
                    changed = true;
                    self.learn(&new);
                    self.containers.insert(new.id.clone(), new);
                }
            }
        }
        if changed { PRESENT } else { NOTHING }
    }

    fn inspected(&mut self, new: Container, quirks: Quirks) -> Change {
        if !self.is_ours(&new) || self.gone.contains(&new.id) {
            return NOTHING;
        }
        let history = self.history.entry(new.id.clone()).or_default();
        let probes = history.probes.len();
        let last = history.probes.last_key_value().map(|(at, _)| *at);
        history.inspected(&new, quirks);
        let mut change = NOTHING;
        change.history = history.probes.len() != probes || history.probes.last_key_value().map(|(at, _)| *at) != last;
        if self.containers.get(&new.id) != Some(&new) {
            change.present = true;
            self.learn(&new);
            if !is_alive(new.phase) {
                self.samples.remove(&new.id);
            }
            self.containers.insert(new.id.clone(), new);
        }
        change
    }

    fn removed(&mut self, id: &ContainerId) -> Change {
        if !self.gone.contains(id) {
            self.gone.push_back(id.clone());
        }
        if self.gone.len() > KEEP_GONE {
            self.gone.pop_front();
        }
        self.history.remove(id);
        self.samples.remove(id);
        self.opening.remove(id);
        if self.containers.remove(id).is_some() { PRESENT } else { NOTHING }
    }

    fn happened(&mut self, event: Event) -> Change {
        // Probes are many, and an inspection tells more of them.
        if matches!(event.kind, EventKind::ExecDie(_)) || !self.is_about_us(&event) {
            return NOTHING;
        }
        let place = self.events.partition_point(|e| e.at <= event.at);
        let mut twins = (0..place).rev().map_while(|i| self.events.get(i)).take_while(|e| e.at == event.at);
        if twins.any(|e| *e == event) {
            self.losses.add(Loss::one(LossKind::EventsRepeated, Whom::All, event.at));
            return NOTHING;
        }
        let mut change = if self.is_only_noted(&event) { EVENTS } else { HISTORY };
        if let EventSubject::Container(id) = &event.subject
            && !self.gone.contains(id)
        {
            // What came late is in history's order; it may not turn back the present.
            let history = self.history.entry(id.clone()).or_default();
            let asked = history.asked.last_key_value().map(|(at, ())| *at);
            history.happened(&event);
            if event.kind == EventKind::Destroy {
                change |= self.removed(&id.clone());
            } else if let Some(container) = self.containers.get_mut(id) {
                change.present |= apply_event_hint(container, &event, asked);
                if !is_alive(container.phase) {
                    self.samples.remove(id);
                }
            }
        }
        self.events.insert(place, event);
        change
    }

    /// Whether nothing follows from an event: so the one that does, right after it, isn't kept waiting. A signal asks for
    /// an end, which is to come while the container still runs.
    fn is_only_noted(&self, event: &Event) -> bool {
        use EventKind::{Connect, Disconnect, Kill, Mount, Other, Unmount};
        match (&event.kind, &event.subject) {
            (Connect | Disconnect | Mount | Unmount | Other(_), _) => true,
            (Kill(_), EventSubject::Container(id)) => self.containers.get(id).is_some_and(|c| is_alive(c.phase)),
            _ => false,
        }
    }

    /// Whether an event is of this project. The engine's reader sends containers of the project only, but for
    /// networks and volumes it can't always know.
    fn is_about_us(&self, event: &Event) -> bool {
        let known = |id: &ContainerId| {
            self.containers.contains_key(id) || self.history.contains_key(id) || self.gone.contains(id)
        };
        let ours_by_name = || {
            let declared = self.declared.as_ref();
            event.name.strip_prefix(self.project.as_str()).is_some_and(|rest| rest.starts_with(['_', '-']))
                || declared.is_some_and(|p| p.networks.values().any(|n| n.name == event.name))
                || declared.is_some_and(|p| p.volumes.values().any(|v| v.name == event.name))
        };
        match &event.subject {
            EventSubject::Container(id) => event.service.is_some() || known(id),
            EventSubject::Network(id, member) => {
                member.as_ref().is_some_and(known)
                    || member.is_none() && (self.networks.contains_key(id) || ours_by_name())
            }
            EventSubject::Volume(name, user) => {
                user.as_ref().is_some_and(known)
                    || user.is_none() && (self.volumes.contains_key(name) || ours_by_name())
            }
            EventSubject::Image(_) | EventSubject::Other(_) => false,
        }
    }

    fn opened(&mut self, id: ContainerId, opening: Opening) -> Change {
        if self.opening.get(&id) == Some(&opening) {
            return NOTHING;
        }
        self.opening.insert(id, opening);
        HISTORY
    }

    fn sampled(&mut self, id: ContainerId, sample: Sample) -> Change {
        // What has ended uses nothing, whatever was on its way.
        let alive = self.containers.get(&id).is_some_and(|c| is_alive(c.phase));
        let newest = self.samples.get(&id).and_then(|held| held.last()).map(|last| last.at);
        if !alive || newest.is_some_and(|at| at >= sample.at) {
            self.losses.add(Loss::one(LossKind::SamplesLate, Whom::Container(id), sample.at));
            return NOTHING;
        }
        self.samples.entry(id).or_insert_with(|| Ring::new(KEEP_SAMPLES, usize::MAX)).push(sample);
        FIGURES
    }

    /// Logs are taken of containers that are there, and of those just gone whose log is held.
    fn may_log(&self, id: &ContainerId) -> bool {
        self.containers.contains_key(id) || self.logs.of(id).is_some()
    }

    /// Containers come and go; the logs of the last few gone ones are kept.
    fn forget_old_logs(&mut self) {
        let gone = self.logs.all().filter(|(id, _)| !self.containers.contains_key(*id));
        let mut gone: Vec<_> = gone.map(|(id, log)| (log.last().map(HeldLine::at), id.clone())).collect();
        if gone.len() > KEEP_GONE_LOGS {
            gone.sort();
            let oldest = gone.into_iter().next();
            let Some((at, log)) = oldest.and_then(|(at, id)| Some((at.unwrap_or_default(), self.logs.forget(&id)?)))
            else {
                return;
            };
            let mut losses = log.losses();
            let held = u64::try_from(log.lines().len()).unwrap_or(u64::MAX);
            losses.push((LossKind::LinesEvicted, held));
            for (kind, number) in losses {
                self.losses.add(Loss { kind, number, whom: Whom::All, at });
            }
        }
    }
}

fn set<T: PartialEq>(slot: &mut T, value: T) -> Change {
    if *slot == value {
        return NOTHING;
    }
    *slot = value;
    PRESENT
}

/// Takes from a list entry what a list knows, and leaves the detail of the inspection.
fn refresh(held: &mut Container, listed: Container) -> bool {
    let before = (held.name.clone(), held.phase, held.health, held.exit_code);
    held.name = listed.name;
    held.phase = listed.phase;
    // A list says nothing of the health of what is paused or has ended.
    held.health = listed.health.or(held.health);
    held.exit_code = listed.exit_code.or(held.exit_code);
    before != (held.name.clone(), held.phase, held.health, held.exit_code)
}

/// Changes the present as an event makes likely; the inspection that follows tells exactly. An event that is
/// older than what is known, or tells what is known already, changes nothing.
fn apply_event_hint(held: &mut Container, event: &Event, asked: Option<Stamp>) -> bool {
    let before = (held.phase, held.health, held.started, held.finished, held.name.clone());
    let newest = held.started.max(held.finished);
    if newest.is_some_and(|known| event.at < known) {
        return false;
    }
    let told = |phase: bool, stamp: Option<Stamp>| phase && stamp.is_some_and(|s| event.at.since(s) <= LATE);
    match &event.kind {
        EventKind::Start if !told(held.phase == Phase::Running && held.started > held.finished, held.started) => {
            held.phase = Phase::Running;
            held.started = Some(event.at);
            held.error.clear();
            held.oom_killed = false;
            held.failing_streak = 0;
            held.health = held.has_check().then_some(Health::Starting);
        }
        EventKind::Die(code) if !told(held.finished > held.started && !is_alive(held.phase), held.finished) => {
            let asked = asked.is_some_and(|at| Some(at) >= held.started);
            held.phase = if !asked && will_restart(held, *code) { Phase::Restarting } else { Phase::Exited };
            held.finished = Some(event.at);
            held.exit_code = Some(*code);
        }
        EventKind::Pause if held.phase == Phase::Running => held.phase = Phase::Paused,
        EventKind::Unpause if held.phase == Phase::Paused => held.phase = Phase::Running,
        EventKind::Rename(_) => held.name.clone_from(&event.name),
        EventKind::Health(health) if held.probes.last().is_none_or(|p| p.end <= event.at) && is_alive(held.phase) => {
            held.health = Some(*health);
            if *health == Health::Unhealthy {
                // Only failed probes make this event.
                held.failing_streak = held.failing_streak.max(1);
            }
        }
        _ => {}
    }
    before != (held.phase, held.health, held.started, held.finished, held.name.clone())
}

fn is_alive(phase: Phase) -> bool {
    matches!(phase, Phase::Running | Phase::Paused)
}

fn will_restart(container: &Container, code: i64) -> bool {
    match container.restart {
        Restart::No => false,
        Restart::Always | Restart::UnlessStopped => true,
        Restart::OnFailure(most) => code != 0 && most.is_none_or(|most| most == 0 || container.restarts < most),
    }
}
