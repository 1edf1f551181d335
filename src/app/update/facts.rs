//! What the engine and the compose files said.

use std::{collections::BTreeSet, time::Duration};

use super::attention;
use crate::{
    app::{
        Effect, Model,
        model::{Pick, Tab},
        targets,
    },
    base::id::{ContainerId, HostId},
    diagnose::{Case, diagnose, troubled},
    host::Fact,
    stack::{self, Overview, ServiceStatus, Stack, timeline::Timeline},
};

/// How long a changed state stands out.
const GLOW: Duration = Duration::from_secs(1);

/// The pause between two times that log lines are heard by the diagnosis.
pub(in crate::app) const LISTEN: Duration = Duration::from_millis(500);

/// The pause between two times that rules are asked for the time's sake alone.
const COUNT: Duration = Duration::from_secs(1);

/// What facts came to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told {
    /// Something but figures and log lines changed of what is shown.
    pub changed: bool,
    /// Disk usage was measured.
    pub measured: bool,
}

/// Takes facts of a host. Of a host that was closed, and of a project that was left, they came late and change
/// nothing.
pub fn take(model: &mut Model, host: HostId, facts: Vec<Fact>, out: &mut Vec<Effect>) -> Told {
    // A list alone doesn't tell all of a container, so what the first inspections add is no news.
    let knew = model.stack().listed && model.stack().containers.values().all(|c| c.inspected);
    let service = model.ui.selected.as_ref().and_then(|p| targets::service(model, p));
    let events = seen(model.stack());
    let (mut present, mut counted, mut noted) = (false, false, false);
    let mut spoke: BTreeSet<ContainerId> = BTreeSet::new();
    let shown = model.address();
    let Some(host_of) = model.hosts_mut().get_mut(host) else { return Told::default() };
    for fact in facts {
        let is_shown = host == shown.host && fact.project().is_none_or(|project| *project == shown.project);
        if is_shown {
            counted |= matches!(fact, Fact::Usage(_));
            if let Some(id) = speaker(&fact).filter(|id| !spoke.contains(*id)) {
                spoke.insert(id.clone());
            }
        }
        let change = host_of.apply(fact);
        present |= is_shown && (change.present || change.history);
        noted |= is_shown && change.events;
    }
    let new = usize::try_from(seen(model.stack()).saturating_sub(events)).unwrap_or(0);
    for tab in Tab::ALL {
        (tab.row().happened)(model, new);
    }
    if !present && !counted {
        return Told { changed: listen(model, &spoke) || noted, measured: false };
    }
    let before = derive(model);
    if knew {
        glow(model, &before);
    }
    if knew && model.stack().listed {
        attention::draw(model, &before, out);
    }
    // A container that is gone was mostly recreated: its service is what is looked at.
    if let (Some(Pick::Container(id)), Some(service)) = (&model.ui.selected, service)
        && !model.stack().containers.contains_key(id)
    {
        model.ui.selected = Some(Pick::Service(service));
    }
    Told { changed: true, measured: counted }
}

/// Whose log a fact is about.
fn speaker(fact: &Fact) -> Option<&ContainerId> {
    match fact {
        Fact::Stack(_, stack::Fact::Lines(id, _) | stack::Fact::LogUnreadable(id, _)) => Some(id),
        _ => None,
    }
}

/// Services whose state just changed glow for a moment.
fn glow(model: &mut Model, before: &Overview) {
    let until = model.now + GLOW;
    let changed = |s: &&ServiceStatus| before.service(&s.name).is_some_and(|was| was.state != s.state);
    let names = model.overview.services.iter().filter(changed).map(|s| s.name.clone());
    model.ui.glow.extend(names.map(|name| (name, until)));
}

/// Events ever seen.
fn seen(stack: &Stack) -> u64 {
    let held = u64::try_from(stack.events.len()).unwrap_or(u64::MAX);
    stack.events.dropped().saturating_add(held)
}

/// Derives again what follows from the stack; answers with what followed before.
pub fn derive(model: &mut Model) -> Overview {
    let before = survey(model);
    examine(model);
    before
}

/// Lets time go on. Nothing was told, so rules are asked again only where time alone changed what they look at, or to
/// count on: once a second at most, and when lines wait to be heard.
pub fn tick(model: &mut Model) {
    let before = survey(model);
    let (at, waiting) = model.diagnosed;
    let pause = if waiting { LISTEN } else { COUNT };
    if before != model.overview || model.now.since(at) >= pause {
        examine(model);
    }
}

fn survey(model: &mut Model) -> Overview {
    let now = model.engine_now();
    let overview = model.stack().overview(model.host().view(), now);
    model.timeline = Timeline::of(model.stack(), model.host().view(), &overview, now);
    std::mem::replace(&mut model.overview, overview)
}

/// Finds again what is wrong.
pub fn examine(model: &mut Model) {
    let now = model.engine_now();
    let case = Case::new(&model.problems, model.host(), &model.overview, now);
    let mut diagnosis = diagnose(&case);
    // An answer is held as long as it is asked for, and asked again meanwhile: so none is old, and they are few.
    model.hosts_mut().front_mut().answers.retain(|question, _| diagnosis.questions.contains(question));
    let of = model.address();
    let before = std::mem::take(&mut model.diagnosis.findings);
    model.recovered.follow(of, &before, &mut diagnosis, &model.overview, now);
    model.diagnosis = diagnosis;
    model.diagnosed = (model.now, false);
}

/// New lines of what is in trouble may tell why; however many come, they are heard twice a second at most. Whether
/// they were. What others write tells rules nothing.
fn listen(model: &mut Model, spoke: &BTreeSet<ContainerId>) -> bool {
    if spoke.is_empty() {
        return false;
    }
    let concerned = troubled(model.stack(), &model.overview, model.engine_now())
        .flat_map(|s| &s.containers)
        .any(|id| spoke.contains(id));
    if !concerned {
        return false;
    }
    let due = model.now.since(model.diagnosed.0) >= LISTEN;
    if due {
        examine(model);
    } else {
        model.diagnosed.1 = true;
    }
    due
}
