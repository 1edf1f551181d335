//! Several hosts and projects: who is spoken of, and what comes too late.

use super::*;
use crate::{
    app::fixture::About,
    base::id::{Address, HostId, ProjectName},
    host::{ContextEntry, EngineChoice, Fact, Host, Latency, Link, fixture::connected},
    stack::{self, Stack, fixture},
};

/// Facts of a project of a host.
fn tell_of(model: &mut Model, host: HostId, project: &str, facts: Vec<impl About>) {
    let project = ProjectName::from(project);
    let facts = facts.into_iter().map(|fact| fact.about(&project)).collect();
    update(model, Msg::Facts(host, facts), at(100.0));
}

/// All that the screens are made from, in short.
fn seen(model: &Model) -> String {
    let (host, stack) = (model.host(), model.stack());
    let states: Vec<_> = model.overview.services.iter().map(|s| (&s.name, s.state)).collect();
    format!("{:?} {:?} {:?} {:?} {states:?}", host.engine, host.link, stack.project, stack.containers.keys())
}

/// The same container everywhere, as engines that were cloned have it.
fn everywhere() -> Vec<stack::Fact> {
    snapshot(&[container("db").exited(1, 50.0)])
}

#[test]
fn what_a_closed_host_still_says_changes_nothing() {
    let mut model = model(&healthy());
    let left = model.address();
    let prod = ContextEntry {
        name: "prod".into(),
        host: "ssh://prod".into(),
        note: String::new(),
        current: false,
        usable: true,
    };
    press(&mut model, "C");
    update(&mut model, Msg::Contexts(vec![prod]), at(100.0));
    press(&mut model, "<Enter>");
    assert_ne!(model.address().host, left.host);
    let before = seen(&model);
    tell_of(&mut model, left.host, "p", everywhere());
    tell_of(&mut model, left.host, "p", connected());
    assert_eq!(seen(&model), before);
    let here = model.address().host;
    tell_of(&mut model, here, "p", everywhere());
    assert_ne!(seen(&model), before, "the new one is heard");
}

#[test]
fn a_host_that_is_opened_again_is_another() {
    let mut model = model(&healthy());
    let first = model.address().host;
    let second = model.hosts_mut().go(EngineChoice::Usual);
    let third = model.hosts_mut().go(EngineChoice::Usual);
    assert!(first != second && second != third && first != third);
}

#[test]
fn what_is_still_said_of_a_project_that_was_left_changes_nothing() {
    let mut model = model(&healthy());
    let host = model.address().host;
    let far = Latency { at: at(100.0), took: std::time::Duration::from_millis(80), waiting: 0 };
    tell(&mut model, vec![Fact::Latency(far), Fact::Projects(Vec::new())], at(100.0));
    let renamed = fixture::project([fixture::service("db", &[])]);
    let renamed = crate::compose::Project { name: "q".into(), ..(*renamed).clone() };
    update(&mut model, Msg::Loaded { project: Some(renamed.into()), problems: Vec::new() }, at(100.0));
    assert_eq!(model.address(), Address { host, project: "q".into() });
    let before = seen(&model);
    tell_of(&mut model, host, "p", everywhere());
    assert_eq!(seen(&model), before);
    let known = model.host();
    assert!(known.engine.is_some() && known.link == Link::Live, "the engine is the same");
    assert!(known.latency.is_some() && known.projects.is_some(), "and all that was said of it is as true");
}

#[test]
fn hosts_and_projects_keep_apart() {
    let mut model = model(&healthy());
    let here = model.address().host;
    model.hosts_mut().front_mut().hold(Stack::new("second".into(), None));
    let there = model.hosts_mut().hold(Host::new(Stack::new("p".into(), None)));
    let before = seen(&model);
    tell_of(&mut model, there, "p", everywhere());
    tell_of(&mut model, there, "p", connected());
    let mut second = container("db").exited(1, 50.0);
    second.project = Some("second".into());
    tell_of(&mut model, here, "second", snapshot(&[second]));
    assert_eq!(seen(&model), before, "what is shown is neither");
    let held = |model: &mut Model, host| model.hosts_mut().get_mut(host).map(|h: &mut Host| h.stack().containers.len());
    assert_eq!((held(&mut model, there), held(&mut model, here)), (Some(1), Some(3)));
    assert_eq!(model.host().stack_of(&"second".into()).unwrap().containers.len(), 1);
    // Of each, its own events are wanted; of what isn't shown nothing else is.
    let wanted = crate::app::wants(&model);
    let of =
        |host, project: &str| wanted.iter().filter(|w| w.host == host && w.project.as_deref() == Some(project)).count();
    assert!(of(here, "p") > 1);
    assert_eq!((of(here, "second"), of(there, "p")), (1, 1));
    // What was said of the second stays when it is shown.
    model.hosts_mut().show(&"second".into(), None);
    assert!(model.stack().listed && model.host().stack_of(&"p".into()).is_none());
}

#[test]
fn images_are_asked_once_of_each_host_for_all_its_projects() {
    let mut model = model(&healthy());
    let here = model.address().host;
    let second = fixture::project([fixture::service("cache", &[])]);
    let second = crate::compose::Project { name: "second".into(), ..(*second).clone() };
    model.hosts_mut().front_mut().hold(Stack::new("second".into(), Some(second.into())));
    let there = model.hosts_mut().hold(Host::new(Stack::new("p".into(), Some(fixture::chain()))));
    let wanted = crate::app::wants(&model);
    let of = |host| -> Vec<Vec<&str>> {
        let of_itself = wanted.iter().filter(|w| w.host == host && w.project.is_none());
        let images = of_itself.filter_map(|w| if let Want::Images(names) = &w.want { Some(names) } else { None });
        images.map(|names| names.iter().map(String::as_str).collect()).collect()
    };
    assert_eq!(of(here), [["backend:latest", "cache:latest", "db:latest", "frontend:latest", "sha256:0"]]);
    assert_eq!(of(there), [["backend:latest", "db:latest", "frontend:latest"]]);

    // What was found is the host's: the next project finds it there.
    let found = Fact::Images([("cache:latest".to_owned(), Ok(None))].into_iter().collect());
    update(&mut model, Msg::Facts(there, vec![found.clone()]), at(100.0));
    assert!(model.host().images.of("cache:latest").is_none(), "it was said of another host");
    tell(&mut model, vec![found], at(100.0));
    model.hosts_mut().show(&"second".into(), None);
    assert_eq!(model.host().images.of("cache:latest"), Some(Ok(None)));
}
