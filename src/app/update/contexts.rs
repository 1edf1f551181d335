//! Switching to the engine of another docker context.

use super::{facts, toasts};
use crate::{
    app::{
        Effect, Model,
        model::Mode,
        overlays::open::{Contexts, Overlay},
    },
    host::{ContextEntry, EngineChoice, Link},
    work::Error,
};

/// Opens the choice, on the one in use.
pub fn open(model: &mut Model, known: Vec<ContextEntry>) {
    // Something else was opened while docker's files were read.
    if model.ui.overlay.is_some() {
        return;
    }
    let selected = known.iter().position(|k| k.current).unwrap_or(0);
    model.ui.overlay = Some(Overlay::Contexts(Contexts { known, selected }));
}

/// Goes to the engine of a context.
pub fn switch(model: &mut Model, chosen: &ContextEntry, out: &mut Vec<Effect>) {
    if chosen.current {
        toasts::say(model, &format!("This is {} already", chosen.name));
        return;
    }
    if let Some(job) = model.jobs.iter().find(|j| j.ended.is_none())
        && !matches!(model.host().link, Link::Lost { .. })
    {
        let words = format!("Not switched to {}: {} is still running here", chosen.name, job.title);
        toasts::failure(model, &words);
        return;
    }
    // What waits for an engine that is gone would go on at the new one.
    for job in model.jobs.iter_mut().filter(|j| j.ended.is_none()) {
        job.give_up(Error::NoEngine(format!("given up for the engine of {}", chosen.name)));
        job.close(model.now);
    }
    model.tasks.leave();
    let left = model.address().host;
    // The one without a context of its own is the one that was named by its address, if one was.
    let engine = match &model.settings.called.engine {
        address @ EngineChoice::Address(_) if chosen.name == "default" => address.clone(),
        _ => EngineChoice::Context(chosen.name.clone()),
    };
    let host = model.hosts_mut().go(engine);
    model.ui.marked.clear();
    model.ui.glow.clear();
    if let Mode::Picker { selected, .. } = &mut model.mode {
        *selected = 0;
    }
    facts::derive(model);
    toasts::say(model, &format!("Going to {}: {}", chosen.name, chosen.host));
    out.extend([Effect::Close(left), Effect::Open(host, chosen.name.clone())]);
}

#[cfg(test)]
mod tests {
    use crate::{
        app::{
            Effect, Model, Msg,
            fixture::{healthy, model, press, tell},
            overlays::open::{Contexts, Overlay},
            update,
        },
        base::id::{Address, HostId},
        host::{ContextEntry, Fact, Link, LostKind},
    };

    fn known() -> Vec<ContextEntry> {
        let one = |name: &str, current, usable| ContextEntry {
            name: name.into(),
            host: format!("ssh://{name}"),
            note: "no engine".into(),
            current,
            usable,
        };
        vec![one("default", true, true), one("old", false, false), one("prod", false, true)]
    }

    fn asked(mut model: Model) -> Model {
        assert_eq!(press(&mut model, "C"), [Effect::Contexts]);
        let now = model.now;
        update(&mut model, Msg::Contexts(known()), now);
        model
    }

    /// What going to another engine asks for: that, and what is remembered of the project.
    fn switched(from: HostId) -> [Effect; 3] {
        let host = from.next();
        let recall = Effect::Recall(Address { host, project: "p".into() });
        [Effect::Close(from), Effect::Open(host, "prod".into()), recall]
    }

    #[test]
    fn nothing_of_the_old_engine_is_left() {
        let mut model = asked(model(&healthy()));
        assert!(matches!(model.ui.overlay, Some(Overlay::Contexts(Contexts { selected: 0, .. }))));
        let from = model.address().host;
        let effects = press(&mut model, "jj<Enter>");
        assert_eq!(effects, switched(from));
        assert!(model.stack().containers.is_empty() && model.host().engine.is_none() && !model.stack().listed);
        assert_eq!(model.host().link, Link::Connecting);
        assert!(model.stack().declared.is_some(), "the files are the same");
        assert_eq!(model.host().docker().to_string(), "docker -c prod", "what is printed is meant for the new one");
        assert!(model.ui.overlay.is_none());
    }

    #[test]
    fn the_one_in_use_and_one_without_an_engine_change_nothing() {
        let mut model = asked(model(&healthy()));
        assert_eq!(press(&mut model, "j<Enter>"), []);
        assert!(model.ui.overlay.is_some() && model.toasts.iter().any(|t| t.error && t.text.contains("old")));
        assert_eq!(press(&mut model, "k<Enter>"), []);
        assert!(model.stack().listed && model.ui.overlay.is_none());
    }

    #[test]
    fn a_job_under_way_ends_where_it_began() {
        let mut model = model(&healthy());
        press(&mut model, "r");
        assert!(model.jobs.iter().any(|j| j.ended.is_none()));
        let mut model = asked(model);
        assert_eq!(press(&mut model, "jj<Enter>"), []);
        assert!(model.stack().listed && model.toasts.iter().any(|t| t.text.contains("still running here")));
        let lost =
            Link::Lost { since: model.now, attempts: 1, next: model.now, kind: LostKind::Absent, error: "gone".into() };
        let now = model.now;
        tell(&mut model, vec![Fact::Link(lost)], now);
        let mut model = asked(model);
        let from = model.address().host;
        assert_eq!(press(&mut model, "jj<Enter>"), switched(from));
        assert!(model.jobs.iter().all(|j| j.ended.is_some()), "it doesn't go on at the other engine");
    }
}
