//! `stackview wait`: until services are ready, can't become so, or the time is up. Driven by events.

use std::{collections::BTreeMap, time::Duration};

use color_eyre::eyre::Result;
use tokio::time::Instant;

use super::{
    engine::block_on,
    follow::follow,
    look::unseen,
    output::{is_heard, say},
    project::load,
    status,
};
use crate::{
    base::{id::ServiceName, text::clean, time::Stamp, units},
    compose,
    engine::{Connector, EngineTarget},
    host::{Host, Link},
    runtime::clock,
    stack::{Outlook, Overview, Reason, ServiceStatus, Stack, State},
};

/// The time was up, as `timeout(1)` says it.
const TIME_IS_UP: u8 = 124;

/// Waits; the exit code says what came.
pub fn run(options: &compose::Options, target: EngineTarget, services: &[String], timeout: Duration) -> Result<u8> {
    let mut host = Host::new(unseen(options, load(options)?));
    if host.stack().declared.is_some() {
        status::known(&host.stack().overview(host.view(), Stamp::default()), services)?;
    }
    let only: Vec<ServiceName> = services.iter().map(|s| s.as_str().into()).collect();
    let connector = Connector::new(target, options.env.clone(), true, clock());
    let mut progress = Progress::new(&only);
    let answer = block_on(async {
        let deadline = Instant::now() + timeout;
        let look = |_: &Stack, overview: &Overview, now: Stamp| {
            progress.tell(overview, now);
            Some(overview.outlook(&only, now)).filter(|o| *o != Outlook::Open)
        };
        follow(connector, &mut host, deadline, look).await
    })??;
    Ok(match answer {
        Some(Outlook::Ready) => {
            progress.say("ready");
            0
        }
        Some(Outlook::Never { words, .. }) => {
            say(&format!("error: not ready, and it won't be without help: {words}"));
            1
        }
        Some(Outlook::Open) | None => {
            let left = progress.left.join("; ");
            let left = if left.is_empty() { "the engine told of no container".to_owned() } else { left };
            let gone = match &host.link {
                Link::Lost { error, .. } => format!("the engine is gone ({}); when it was last seen, ", clean(error)),
                Link::Connecting | Link::Live => String::new(),
            };
            say(&format!("error: not ready after {}: {gone}{left}", units::setting(timeout)));
            TIME_IS_UP
        }
    })
}

/// Lines on standard error, where a person reads them.
struct Progress<'a> {
    only: &'a [ServiceName],
    began: Instant,
    shown: bool,
    said: BTreeMap<ServiceName, (State, bool)>,
    /// What isn't ready, and why, as last seen.
    left: Vec<String>,
}

impl<'a> Progress<'a> {
    fn new(only: &'a [ServiceName]) -> Self {
        let shown = is_heard();
        Self { only, began: Instant::now(), shown, said: BTreeMap::new(), left: Vec::new() }
    }

    /// A line for each service whose state changed.
    fn tell(&mut self, overview: &Overview, now: Stamp) {
        let is_wanted = |s: &&ServiceStatus| if self.only.is_empty() { s.enabled } else { self.only.contains(&s.name) };
        let wanted: Vec<&ServiceStatus> = overview.services.iter().filter(is_wanted).collect();
        self.left =
            wanted.iter().filter(|s| !s.ready).map(|s| format!("{} {}", clean(&s.name), words(s, now))).collect();
        for status in wanted {
            let seen = (status.state, status.ready);
            if self.said.insert(status.name.clone(), seen) != Some(seen) {
                self.say(&format!("{} {}", clean(&status.name), words(status, now)));
            }
        }
    }

    fn say(&self, line: &str) {
        if self.shown {
            say(&format!("{:>8}  {line}", units::span(self.began.elapsed())));
        }
    }
}

fn words(status: &ServiceStatus, now: Stamp) -> String {
    let state = match (status.state, status.exit_code) {
        (State::Exited, Some(code)) => format!("exited {code}"),
        (state, _) => format!("is {}", state.word()),
    };
    match &status.reason {
        Some(Reason::Exited { .. }) | None => state,
        Some(_) if status.ready => state,
        Some(reason) => format!("{state}: {}", reason.words(now)),
    }
}
