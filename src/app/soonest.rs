//! When the screen changes by time alone, so that the runtime sleeps exactly so long.

use std::time::Duration;

use super::{
    Model, inspector,
    layout::layout,
    model::{Mode, Panel, Tab},
    rows::{Row, visible_rows},
    targets,
    update::{LISTEN, deadline},
};
use crate::{
    base::{num::nanos, time::Stamp, units::age_changes_in},
    host::Link,
    stack::{Container, Reason, State},
};

const SECOND: Duration = Duration::from_secs(1);
/// After so long without an answer a far engine counts as silent: it is asked every two seconds.
pub const SILENT: Duration = Duration::from_secs(5);

/// How long until something on the screen reads differently though nothing happened; `None` if never.
pub fn next_change(model: &Model) -> Option<Duration> {
    let mut soonest = Soonest(None);
    for toast in &model.toasts {
        soonest.at(toast.until.since(model.now));
    }
    for until in model.ui.glow.values() {
        soonest.at(until.since(model.now));
    }
    if model.diagnosed.1 {
        soonest.at(LISTEN.saturating_sub(model.now.since(model.diagnosed.0)));
    }
    for job in &model.jobs {
        if let Some(at) = deadline(job, model.now) {
            soonest.at(at.since(model.now));
        }
    }
    if let Link::Lost { next, .. } = &model.host().link {
        soonest.at(next_second(next.since(model.now)));
    }
    if let Some(heard) = &model.host().latency {
        let silent = model.now.since(heard.at);
        soonest.at(if silent < SILENT {
            SILENT - silent
        } else {
            SECOND - Duration::from_nanos(silent.subsec_nanos().into())
        });
    }
    if model.mode == Mode::Dashboard {
        let mut theirs = Soonest(None);
        dashboard(model, &mut theirs);
        if let Some(wait) = theirs.0 {
            soonest.at(model.host().clock().wait(wait));
        }
    }
    // Never at once: a change that is due now is drawn with the message that asks.
    soonest.0.map(|d| d.max(Duration::from_millis(1)))
}

struct Soonest(Option<Duration>);

impl Soonest {
    fn at(&mut self, d: Duration) {
        self.0 = Some(self.0.map_or(d, |soonest| soonest.min(d)));
    }

    /// When an age that is counted from a moment reads differently.
    fn age(&mut self, since: Option<Stamp>, now: Stamp) {
        if let Some(since) = since {
            // On the engine's whole seconds, so that thirty ages make one frame a second and not thirty.
            let at = now + age_changes_in(now.since(since));
            let past = at.as_nanos().rem_euclid(nanos(SECOND));
            let whole = if past == 0 { at } else { at.shifted(nanos(SECOND) - past) };
            self.at(whole.since(now));
        }
    }
}

/// How long until a count-down of this much shows its next second.
fn next_second(left: Duration) -> Duration {
    match left.subsec_nanos() {
        _ if left.is_zero() => SECOND,
        0 => SECOND,
        nanos => Duration::from_nanos(u64::from(nanos)),
    }
}

fn dashboard(model: &Model, soonest: &mut Soonest) {
    let now = model.engine_now();
    soonest.age(model.overview.up_since, now);
    if let Some(at) = model.overview.stale_at {
        soonest.at(at.since(now));
    }
    match model.ui.tab {
        Tab::Stack => stack(model, now, soonest),
        Tab::Startup if model.timeline.as_ref().is_some_and(|t| t.settled.is_none()) && is_starting(model) => {
            soonest.at(SECOND);
        }
        Tab::Storage => model.stack().volumes.values().for_each(|v| soonest.age(v.created, now)),
        Tab::Startup | Tab::Logs | Tab::Problems | Tab::Events => {}
    }
    let root = model.overview.root.as_ref().and_then(|(name, _)| model.overview.service(name));
    soonest_reason(root.and_then(|s| s.reason.as_ref()), now, soonest);
}

/// Whether a bar of the startup grows.
fn is_starting(model: &Model) -> bool {
    model.overview.services.iter().any(|s| matches!(s.state, State::Starting | State::Waiting | State::Restarting))
}

fn stack(model: &Model, now: Stamp, soonest: &mut Soonest) {
    for row in visible_rows(model) {
        match &row {
            Row::Service(name) => {
                let status = model.overview.service(name);
                let since = status.and_then(|s| s.since.or_else(|| model.stack().running_since(&s.containers)));
                soonest.age(since, now);
            }
            Row::Reason(name, _) => {
                let reason = model.overview.service(name).and_then(|s| s.reason.as_ref());
                soonest_reason(reason, now, soonest);
            }
            Row::Replica(id) | Row::Orphan(id) | Row::OneOff(id) => {
                let container = model.stack().containers.get(id);
                let start = model.stack().running_since(std::slice::from_ref(id));
                soonest.age(container.and_then(|c| container_since(model, c)).or(start), now);
            }
            Row::Heading(_) => {}
        }
    }
    if let Some(container) = targets::selected_container(model) {
        if layout(model).panel(Panel::Inspector).is_some()
            && let Some(at) = (inspector::row(model.ui.inspect).next)(model, container)
        {
            soonest.at(next_second(at.since(now)));
        }
        soonest.age(container.created, now);
        soonest.age(container.started, now);
        soonest.age(container.finished, now);
    }
}

fn container_since(model: &Model, container: &Container) -> Option<Stamp> {
    let of = container.service.as_ref().and_then(|s| model.overview.service(s));
    model.stack().container_since(container, of)
}

/// Words that grow are asked what they say a little later: those that count seconds change each second, coarser
/// ones are looked at every ten.
fn soonest_reason(reason: Option<&Reason>, now: Stamp, soonest: &mut Soonest) {
    let Some(reason) = reason else { return };
    let words = reason.words(now);
    if reason.words(now + SECOND) != words {
        soonest.at(SECOND);
    } else if [60, 3600].iter().any(|s| reason.words(now + SECOND * *s) != words) {
        soonest.at(SECOND * 10);
    }
}
