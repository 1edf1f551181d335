//! Starts and ends: what the engine does around a program, in its order, and what the restart policy makes of it.
//!
//! The order of the events was recorded from an engine 20.10: a start connects the networks, mounts the volumes, and
//! says `start`; an end says `die`, disconnects, unmounts, and then says what it was for (`stop`, `destroy`).

use std::time::Duration;

use super::{
    action::{Key, Ticket},
    container::{After, Busy, MountSource, Status},
    due::{Ending, Job},
    event::Kind,
    run::Run,
    signal,
    state::World,
};
use crate::sim::{luck::below, scenario::Restart};

/// The restart policy's first pause; each next one is twice as long (`restartmanager`, moby 20.10).
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Its longest pause.
const LAST_PAUSE: Duration = Duration::from_secs(60);
/// After a run as long as this the pauses start over.
const LONG_RUN: Duration = Duration::from_secs(10);
/// From a kill to the end that it causes.
const KILL_TAKES: Duration = Duration::from_millis(15);
/// How many runs of a container are kept for its logs.
const RUNS: usize = 32;

impl World {
    /// Begins a start: `Ok` when it is under way, else why the engine refused it.
    pub(super) fn start(
        &mut self,
        key: Key,
        ticket: Option<Ticket>,
        restart: bool,
    ) -> Result<(), super::action::ApiError> {
        let now = self.now;
        if let Err((code, error)) = self.refused(key) {
            if let Some(container) = self.containers.get_mut(&key) {
                container.exit_code = code;
                container.error.clone_from(&error);
                container.refusals += 1;
                if container.status == Status::Restarting {
                    // What the restart policy can't start stays ended.
                    container.status = Status::Exited;
                }
            }
            let status = if matches!(code, 126 | 127) { 400 } else { 500 };
            return Err(super::action::ApiError::new(status, error));
        }
        self.enter_networks(key);
        self.tell_of_mounts(key, true);
        let Some(container) = self.containers.get_mut(&key) else { return Ok(()) };
        container.epoch += 1;
        container.busy = Some(Busy::Starting { ticket, restart });
        let (epoch, takes) = (container.epoch, container.spec.behaviour.start);
        // Two starts of the same program never take exactly as long.
        let count = u64::from(container.run_count);
        let jitter = below(self.luck(key, 0x5747 + count), 20) * 1_000_000;
        self.plan(now + takes + Duration::from_nanos(jitter), Job::Started(key, epoch));
        Ok(())
    }

    /// Why the engine can't start it: an exit code and its words.
    fn refused(&self, key: Key) -> Result<(), (i64, String)> {
        let Some(container) = self.containers.get(&key) else { return Ok(()) };
        if let Some(refusal) = &container.spec.behaviour.refuses
            && refusal.times.is_none_or(|times| container.refusals < times)
        {
            return Err((refusal.code, refusal.error.clone()));
        }
        if let Some(gone) = container.endpoints.iter().find(|e| self.networks.iter().all(|n| n.id != e.network_id)) {
            return Err((128, format!("network {} not found", gone.network_id)));
        }
        self.ports_free(key).map_err(|error| (128, error))
    }

    /// The program runs.
    pub(super) fn started(&mut self, key: Key) {
        let now = self.now;
        self.next_pid = 1200 + (self.next_pid - 1200 + 23) % 3_000_000;
        let pid = self.next_pid;
        let Some(container) = self.containers.get_mut(&key) else { return };
        let (ticket, restart) = match container.busy.take() {
            Some(Busy::Starting { ticket, restart }) => (ticket, restart),
            other => {
                container.busy = other;
                return;
            }
        };
        container.epoch += 1;
        container.status = Status::Running;
        container.pid = pid;
        container.exit_code = 0;
        container.error.clear();
        container.oom_killed = false;
        container.started = Some(now);
        container.failing = false;
        let by_policy = ticket.is_none() && !restart && container.restarts > 0 && !container.stopped_by_hand;
        if !by_policy {
            container.backoff = FIRST_PAUSE;
        }
        container.stopped_by_hand = false;
        let address = container.endpoints.first().map(|e| e.address.clone()).unwrap_or_default();
        if container.runs.len() >= RUNS {
            container.runs.pop_front();
        }
        container.runs.push_back(Run::new(container.run_count, now, pid, address));
        let number = container.run_count;
        container.run_count += 1;
        let exit = container.spec.behaviour.exits.as_ref().filter(|exit| exit.runs.is_none_or(|runs| number < runs));
        container.will_end = exit.map(|exit| {
            let code = if exit.oom { 137 } else { exit.code };
            (now + exit.after, Ending { code, oom: exit.oom })
        });
        self.plan_end(key);
        self.tell(key, "start", Vec::new());
        if restart {
            self.tell(key, "restart", Vec::new());
        }
        self.begin_health(key);
        self.settle(ticket, Ok(super::action::Done::Changed));
        self.next_request(key);
        self.somebody_started(key);
    }

    /// Sends a signal: its event, and what the program makes of it.
    pub(super) fn send(&mut self, key: Key, number: u8) {
        self.tell(key, "kill", vec![("signal", number.to_string())]);
        self.react(key, number);
    }

    /// What a program makes of a signal.
    pub(super) fn react(&mut self, key: Key, number: u8) {
        let now = self.now;
        let Some(container) = self.containers.get_mut(&key) else { return };
        let stop_signal = stop_signal(container);
        let (epoch, term) = (container.epoch, container.spec.behaviour.term.clone());
        if number == signal::KILL {
            self.plan(now + KILL_TAKES, Job::Ends(key, epoch, Ending { code: 137, oom: false }));
        } else if signal::ends_a_service(number, stop_signal) {
            if let Some(run) = container.run_mut() {
                run.term.get_or_insert(now);
            }
            let ends = (now + term.takes, Ending { code: term.code, oom: false });
            if !term.ignored && container.will_end.is_none_or(|(at, _)| at > ends.0) {
                container.will_end = Some(ends);
                self.plan_end(key);
            }
        }
    }

    /// Plans what would end the program: of itself, and a stop's patience.
    fn plan_end(&mut self, key: Key) {
        let Some(container) = self.containers.get(&key) else { return };
        let (epoch, grace) = (container.epoch, container.grace);
        // A frozen program does nothing; the engine's patience goes on.
        let ends = container.will_end.filter(|_| container.status == Status::Running);
        if let Some((at, ending)) = ends {
            self.plan(at, Job::Ends(key, epoch, ending));
        }
        if let Some(at) = grace {
            self.plan(at, Job::GraceOver(key, epoch));
        }
    }

    /// Ends the program in time, or kills it.
    pub(super) fn allow(&mut self, key: Key, grace: Option<Duration>) {
        let now = self.now;
        let Some(container) = self.containers.get_mut(&key) else { return };
        if let Some(grace) = grace {
            let at = now + grace;
            let at = container.grace.map_or(at, |other| other.min(at));
            container.grace = Some(at);
            let epoch = container.epoch;
            self.plan(at, Job::GraceOver(key, epoch));
        }
    }

    /// Kills what didn't end in time.
    pub(super) fn kill_now(&mut self, key: Key) {
        // Once is enough: what was planned for the same moment finds no grace left.
        if self.containers.get_mut(&key).is_some_and(|c| c.grace.take().is_some()) {
            self.send(key, signal::KILL);
        }
    }

    /// Freezes the program. Its probes rest, and its health reads unhealthy (which no event tells).
    pub(super) fn freeze(&mut self, key: Key) {
        let now = self.now;
        let Some(container) = self.containers.get_mut(&key) else { return };
        container.status = Status::Paused;
        container.epoch += 1;
        if let Some(run) = container.run_mut() {
            run.freeze(now);
        }
        self.end_health(key);
        self.plan_end(key);
        self.tell(key, "pause", Vec::new());
    }

    /// Lets it go on: what it was about to do comes later by as long as it was frozen.
    pub(super) fn thaw(&mut self, key: Key) {
        let now = self.now;
        let Some(container) = self.containers.get_mut(&key) else { return };
        container.status = Status::Running;
        container.epoch += 1;
        let since = container.run().and_then(|run| run.pauses.back().map(|(from, _)| *from));
        if let Some(run) = container.run_mut() {
            run.thaw(now);
        }
        if let (Some((at, _)), Some(since)) = (container.will_end.as_mut(), since) {
            *at = *at + now.since(since);
        }
        self.plan_end(key);
        self.tell(key, "unpause", Vec::new());
        self.plan_probe(key);
    }

    /// The program ended.
    pub(super) fn ends(&mut self, key: Key, ending: Ending) {
        let now = self.now;
        if ending.oom {
            self.tell(key, "oom", Vec::new());
        }
        self.use_volumes(key);
        let Some(container) = self.containers.get_mut(&key) else { return };
        container.epoch += 1;
        container.pid = 0;
        container.exit_code = ending.code;
        container.oom_killed = ending.oom;
        container.finished = Some(now);
        container.will_end = None;
        container.grace = None;
        let by_itself = !container.stopped_by_hand && container.run().is_some_and(|run| run.term.is_none());
        if let Some(run) = container.run_mut() {
            run.by_itself = by_itself;
            run.end(now);
        }
        let ran = container.started.map_or(Duration::ZERO, |start| now.since(start));
        if ran >= LONG_RUN {
            container.backoff = FIRST_PAUSE;
        }
        let again = !container.stopped_by_hand
            && container.after_end.is_empty()
            && match container.spec.restart {
                Restart::No => false,
                Restart::Always | Restart::UnlessStopped => true,
                Restart::OnFailure(most) => ending.code != 0 && (most == 0 || container.restarts < most),
            };
        container.status = if again { Status::Restarting } else { Status::Exited };
        container.busy = Some(Busy::Cleaning);
        let (epoch, pause) = (container.epoch, container.backoff);
        if again {
            container.restarts += 1;
            container.backoff = (pause * 2).min(LAST_PAUSE);
            self.plan(now + pause, Job::Retry(key, epoch));
        }
        self.end_health(key);
        let mut own = vec![("exitCode", ending.code.to_string())];
        if self.generation.is_new() {
            own.push(("execDuration", ran.as_secs().to_string()));
            if let Some(container) = self.containers.get_mut(&key) {
                container.untold_death = Some(own);
            }
        } else {
            self.tell(key, "die", own);
        }
        self.settle_waits(key);
        let takes = 40 + below(self.luck(key, 0xc1ea + u64::from(epoch)), 40);
        self.plan(now + Duration::from_millis(takes), Job::CleanUp(key, epoch));
        if ending.oom {
            self.tell(key, "oom", Vec::new());
        }
    }

    /// Disconnects, unmounts, and does what the end was for. From Docker 25 on the end is told only then, and after the
    /// `stop` that waited for it.
    pub(super) fn clean_up(&mut self, key: Key) {
        self.leave_networks(key);
        self.tell_of_mounts(key, false);
        let Some(container) = self.containers.get_mut(&key) else { return };
        container.busy = None;
        let untold_death = container.untold_death.take();
        let after = std::mem::take(&mut container.after_end);
        let mut then = None;
        for what in after {
            match what {
                After::Stopped(ticket) => {
                    self.tell(key, "stop", Vec::new());
                    self.settle(ticket, Ok(super::action::Done::Changed));
                }
                After::Killed(ticket) => self.settle(ticket, Ok(super::action::Done::Changed)),
                After::Restart(_) | After::Remove(..) => {
                    if matches!(what, After::Restart(_)) {
                        self.tell(key, "stop", Vec::new());
                    }
                    then = Some(what);
                }
            }
        }
        if let Some(own) = untold_death {
            self.tell(key, "die", own);
        }
        match then {
            Some(After::Restart(ticket)) => {
                if let Err(error) = self.start(key, ticket, true) {
                    self.settle(ticket, Err(self.cannot_restart(key, error)));
                }
            }
            Some(After::Remove(ticket, volumes)) => {
                self.destroy(key, volumes);
                self.settle(ticket, Ok(super::action::Done::Changed));
            }
            _ => {}
        }
        self.next_request(key);
    }

    /// The restart policy starts it again.
    pub(super) fn retry(&mut self, key: Key) {
        let cleaning = self.containers.get(&key).is_some_and(|c| c.busy == Some(Busy::Cleaning));
        if cleaning {
            self.clean_up(key);
        }
        if self.containers.get(&key).is_none_or(|c| c.status != Status::Restarting || c.busy.is_some()) {
            return;
        }
        // A start that the engine refuses is told nowhere but in the container's state.
        let _ = self.start(key, None, false);
        self.next_request(key);
    }

    /// Ends the restart policy's waiting: somebody stopped it meanwhile.
    pub(super) fn rest(&mut self, key: Key) {
        let Some(container) = self.containers.get_mut(&key) else { return };
        container.status = Status::Exited;
        container.stopped_by_hand = true;
        if container.busy.is_none() {
            container.epoch += 1;
        }
        self.settle_waits(key);
    }
}

/// The signal that asks it to end.
pub(super) fn stop_signal(container: &super::container::Container) -> u8 {
    container.spec.stop_signal.as_deref().and_then(|name| signal::read(name).ok()).unwrap_or(signal::TERM)
}

impl World {
    /// Tells of its volumes' mounts: all of them at a start, and again at an end.
    fn tell_of_mounts(&mut self, key: Key, mounted: bool) {
        let Some(container) = self.containers.get(&key) else { return };
        let id = container.id.clone();
        let mounts: Vec<_> = container
            .mounts
            .iter()
            .filter_map(|mount| match &mount.source {
                MountSource::Volume(name) => Some((name.clone(), mount.target.clone(), mount.writable)),
                _ => None,
            })
            .collect();
        for (name, target, writable) in mounts {
            let mut own = vec![("container", id.clone())];
            if mounted {
                own.extend([("destination", target), ("driver", "local".into()), ("propagation", String::new())]);
                own.push(("read/write", writable.to_string()));
                self.tell_of(Kind::Volume, "mount", &name, own);
            } else {
                own.push(("driver", "local".into()));
                self.tell_of(Kind::Volume, "unmount", &name, own);
            }
        }
    }
}
