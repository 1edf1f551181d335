//! What clients ask of a container: refused at once, done at once, or begun and done when the world is so far.

use std::time::Duration;

use super::{
    action::{Action, ApiError, Done, Key, Ticket, Until},
    container::{After, Busy, Status},
    life::stop_signal,
    signal,
    state::{Request, World},
};

impl World {
    /// Begins a request; what can be refused at once is.
    pub fn begin(&mut self, container: &str, action: Action) -> Result<Ticket, ApiError> {
        if let Action::Kill { signal: Some(name) } = &action {
            // The engine reads the signal before it looks for the container.
            signal::read(name).map_err(|why| self.generation.invalid_signal(container, why))?;
        }
        let found = self.container(container).map(|c| (c.key, c.busy.is_some()));
        let (key, busy) = found.map_err(|error| match &action {
            Action::Kill { .. } => self.generation.cannot_kill(container, &error),
            _ => error,
        })?;
        let ticket = self.issue();
        if busy && !matches!(action, Action::Wait(_)) {
            if let Some(container) = self.containers.get_mut(&key) {
                container.queue.push_back((ticket, action));
            }
            return Ok(ticket);
        }
        match self.act(key, container, ticket, action) {
            Ok(()) => Ok(ticket),
            Err(error) => {
                self.requests.remove(&ticket.0);
                Err(error)
            }
        }
    }

    /// How a request ended, once: `None` while it is under way. It changes only with [`World::advance`] and requests.
    pub fn outcome(&mut self, ticket: Ticket) -> Option<Result<Done, ApiError>> {
        let outcome = self.requests.get_mut(&ticket.0)?.outcome.take()?;
        self.requests.remove(&ticket.0);
        Some(outcome)
    }

    /// The client went away: nobody will ask for the outcome. The engine finishes what it began.
    pub fn forget(&mut self, ticket: Ticket) {
        match self.requests.get_mut(&ticket.0) {
            Some(Request { outcome: None, forgotten }) => *forgotten = true,
            _ => {
                self.requests.remove(&ticket.0);
            }
        }
        for container in self.containers.values_mut() {
            container.waits.retain(|(other, _)| *other != ticket);
        }
    }

    fn issue(&mut self) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        self.requests.insert(ticket.0, Request { outcome: None, forgotten: false });
        ticket
    }

    /// A request is done.
    pub(super) fn settle(&mut self, ticket: Option<Ticket>, outcome: Result<Done, ApiError>) {
        let Some(ticket) = ticket else { return };
        match self.requests.get_mut(&ticket.0) {
            Some(request) if request.forgotten => {
                self.requests.remove(&ticket.0);
            }
            Some(request) => request.outcome = Some(outcome),
            None => {}
        }
    }

    /// Does the next request that waited for the container.
    pub(super) fn next_request(&mut self, key: Key) {
        while let Some(container) = self.containers.get_mut(&key) {
            if container.busy.is_some() {
                return;
            }
            let Some((ticket, action)) = container.queue.pop_front() else { return };
            let name = container.name.clone();
            if let Err(error) = self.act(key, &name, ticket, action) {
                self.settle(Some(ticket), Err(error));
            }
        }
    }

    fn act(&mut self, key: Key, name: &str, ticket: Ticket, action: Action) -> Result<(), ApiError> {
        let Some(container) = self.containers.get(&key) else { return Err(no_such(name)) };
        let (status, id) = (container.status, container.id.clone());
        let ticket_done = Some(ticket);
        match action {
            Action::Start => match status {
                Status::Paused => {
                    return Err(ApiError::new(409, "cannot start a paused container, try unpause instead"));
                }
                Status::Running | Status::Restarting => self.settle(ticket_done, Ok(Done::Unchanged)),
                Status::Created | Status::Exited => {
                    if let Some(container) = self.containers.get_mut(&key) {
                        container.restarts = 0;
                    }
                    self.start(key, ticket_done, false)?;
                }
            },
            Action::Stop { timeout, signal } => match status {
                Status::Created | Status::Exited => self.settle(ticket_done, Ok(Done::Unchanged)),
                Status::Restarting => {
                    self.rest(key);
                    self.tell(key, "stop", Vec::new());
                    self.settle(ticket_done, Ok(Done::Changed));
                }
                _ => self.stop(key, timeout, signal.as_deref(), After::Stopped(ticket_done))?,
            },
            Action::Restart { timeout, signal } => match status {
                Status::Running | Status::Paused => {
                    self.stop(key, timeout, signal.as_deref(), After::Restart(ticket_done))?;
                }
                Status::Created | Status::Exited | Status::Restarting => {
                    if status == Status::Restarting {
                        self.rest(key);
                        self.tell(key, "stop", Vec::new());
                    }
                    if let Some(container) = self.containers.get_mut(&key) {
                        container.restarts = 0;
                    }
                    self.start(key, ticket_done, true).map_err(|error| self.cannot_restart(key, error))?;
                }
            },
            Action::Kill { signal } => self.kill(key, name, ticket, signal.as_deref())?,
            Action::Pause => match status {
                Status::Running => {
                    self.freeze(key);
                    self.settle(ticket_done, Ok(Done::Changed));
                }
                Status::Paused => return Err(ApiError::new(409, format!("Container {id} is already paused"))),
                Status::Restarting | Status::Created | Status::Exited => {
                    return Err(self.generation.not_running(container));
                }
            },
            Action::Unpause => match status {
                Status::Paused => {
                    self.thaw(key);
                    self.settle(ticket_done, Ok(Done::Changed));
                }
                _ => return Err(ApiError::new(500, format!("Container {id} is not paused"))),
            },
            Action::Rename { to } => {
                self.rename(key, &to)?;
                self.settle(ticket_done, Ok(Done::Changed));
            }
            Action::Remove { force, volumes } => self.remove(key, ticket, force, volumes)?,
            Action::Wait(until) => {
                if let Some(container) = self.containers.get_mut(&key) {
                    container.waits.push((ticket, until));
                }
                let runs = matches!(status, Status::Running | Status::Paused | Status::Restarting);
                if until == Until::NotRunning && !runs {
                    self.settle_waits(key);
                }
            }
        }
        Ok(())
    }

    /// Asks the program to end, and kills it when the grace is over.
    fn stop(&mut self, key: Key, timeout: Option<i64>, with: Option<&str>, after: After) -> Result<(), ApiError> {
        let Some(container) = self.containers.get_mut(&key) else { return Ok(()) };
        let number = with.map(signal::read).transpose()?.unwrap_or(stop_signal(container));
        let grace = match timeout {
            None => Some(container.spec.grace),
            Some(secs) => u64::try_from(secs).ok().map(|s| Duration::from_secs(s.min(86_400 * 366))),
        };
        // A program that is asked to end by a restart isn't stopped for good, but the policy must not interfere.
        container.stopped_by_hand = true;
        container.restarts = 0;
        container.after_end.push(after);
        let paused = container.status == Status::Paused;
        self.tell(key, "kill", vec![("signal", number.to_string())]);
        if paused && number != signal::KILL {
            self.thaw(key);
        }
        self.react(key, number);
        // With no patience at all the engine still takes a moment to lose it.
        self.allow(key, grace.map(|grace| grace.max(Duration::from_millis(15))));
        Ok(())
    }

    fn kill(&mut self, key: Key, name: &str, ticket: Ticket, with: Option<&str>) -> Result<(), ApiError> {
        let number = with.filter(|name| !name.is_empty()).map(signal::read).transpose()?.unwrap_or(signal::KILL);
        let Some(container) = self.containers.get_mut(&key) else { return Err(no_such(name)) };
        match container.status {
            Status::Created | Status::Exited => {
                let why = self.generation.not_running(container);
                return Err(self.generation.cannot_kill(name, &why));
            }
            Status::Restarting => {
                self.rest(key);
                self.settle(Some(ticket), Ok(Done::Changed));
            }
            Status::Running | Status::Paused => {
                let paused = container.status == Status::Paused;
                let ends = number == signal::KILL || signal::ends_a_service(number, stop_signal(container));
                container.stopped_by_hand = true;
                if number == signal::KILL {
                    container.after_end.push(After::Killed(Some(ticket)));
                }
                self.tell(key, "kill", vec![("signal", number.to_string())]);
                if paused && ends && number != signal::KILL {
                    self.thaw(key);
                }
                self.react(key, number);
                if number != signal::KILL {
                    self.settle(Some(ticket), Ok(Done::Changed));
                }
            }
        }
        Ok(())
    }

    fn remove(&mut self, key: Key, ticket: Ticket, force: bool, volumes: bool) -> Result<(), ApiError> {
        let Some(container) = self.containers.get_mut(&key) else { return Ok(()) };
        let status = container.status;
        if container.running() && !force {
            return Err(self.generation.not_removable(container));
        }
        match status {
            Status::Running | Status::Paused => {
                container.stopped_by_hand = true;
                container.after_end.push(After::Remove(Some(ticket), volumes));
                self.send(key, signal::KILL);
            }
            Status::Restarting => {
                self.rest(key);
                self.destroy(key, volumes);
                self.settle(Some(ticket), Ok(Done::Changed));
            }
            Status::Created | Status::Exited => {
                self.destroy(key, volumes);
                self.settle(Some(ticket), Ok(Done::Changed));
            }
        }
        Ok(())
    }

    fn rename(&mut self, key: Key, to: &str) -> Result<(), ApiError> {
        let Some(container) = self.containers.get(&key) else { return Ok(()) };
        let plain = to.strip_prefix('/').unwrap_or(to);
        if to.is_empty() {
            return Err(ApiError::new(500, "Neither old nor new names may be empty"));
        }
        if plain == container.name {
            return Err(ApiError::new(500, "Renaming a container with the same name as its current name"));
        }
        let mut chars = plain.chars();
        let good = chars.next().is_some_and(|c| c.is_ascii_alphanumeric())
            && plain.len() > 1
            && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
        if !good {
            let message = format!(
                "Error when allocating new name: Invalid container name ({to}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
            );
            return Err(ApiError::new(400, message));
        }
        if let Some(other) = self.by_name.get(plain).and_then(|other| self.containers.get(other)) {
            let message = format!(
                "Error when allocating new name: Conflict. The container name \"/{plain}\" is already in use by container \
                 \"{}\". You have to remove (or rename) that container to be able to reuse that name.",
                other.id
            );
            return Err(ApiError::new(409, message));
        }
        let old = container.name.clone();
        self.by_name.remove(&old);
        self.by_name.insert(plain.to_owned(), key);
        if let Some(container) = self.containers.get_mut(&key) {
            container.name = plain.to_owned();
        }
        self.tell(key, "rename", vec![("oldName", format!("/{old}"))]);
        Ok(())
    }

    /// Answers those who waited for an end.
    pub(super) fn settle_waits(&mut self, key: Key) {
        let Some(container) = self.containers.get_mut(&key) else { return };
        let (code, over) = (container.exit_code, !container.running());
        let error = Some(container.error.clone()).filter(|error| !error.is_empty());
        let died = container.busy == Some(Busy::Cleaning);
        let done = |until: &Until| match until {
            Until::NotRunning => over,
            Until::NextExit => died,
            Until::Removed => false,
        };
        let (settled, waits): (Vec<_>, Vec<_>) =
            std::mem::take(&mut container.waits).into_iter().partition(|(_, until)| done(until));
        container.waits = waits;
        for (ticket, _) in settled {
            self.settle(Some(ticket), Ok(Done::Exited { code, error: error.clone() }));
        }
    }

    /// Takes a container out of the world.
    pub(super) fn destroy(&mut self, key: Key, volumes: bool) {
        if volumes {
            self.remove_anonymous_volumes(key);
        }
        self.tell(key, "destroy", Vec::new());
        let Some(container) = self.containers.remove(&key) else { return };
        self.by_name.remove(&container.name);
        self.by_id.remove(&container.id);
        for (ticket, until) in container.waits {
            let code = container.exit_code;
            let _ = until;
            self.settle(Some(ticket), Ok(Done::Exited { code, error: None }));
        }
        for after in container.after_end {
            let (After::Stopped(ticket) | After::Restart(ticket) | After::Remove(ticket, _) | After::Killed(ticket)) =
                after;
            self.settle(ticket, Err(no_such(&container.name)));
        }
        for (ticket, _) in container.queue {
            self.settle(Some(ticket), Err(no_such(&container.name)));
        }
    }

    pub(super) fn cannot_restart(&self, key: Key, error: ApiError) -> ApiError {
        let name = self.containers.get(&key).map_or("", |c| c.name.as_str());
        wrap(&format!("Cannot restart container {name}"), error)
    }
}

fn wrap(what: &str, error: ApiError) -> ApiError {
    ApiError::new(error.status, format!("{what}: {}", error.message))
}

pub(super) fn no_such(name: &str) -> ApiError {
    ApiError::new(404, format!("No such container: {name}"))
}
