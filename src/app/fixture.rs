//! Models for tests, of this room and of the view, and a small language for keys.

use std::time::Duration;

use ratatui::layout::Size;

use super::{Code, Effect, Input, Key, Model, Msg, Store, model::Settings, overlays::open::Overlay, update};
use crate::{
    base::{
        id::{ContainerId, HostId, ProjectName},
        time::Stamp,
    },
    host::{
        self, Host,
        fixture::{connected, of_project},
    },
    stack::{
        Container, Fact, Health, Stack,
        fixture::{self, at, container},
    },
};

/// What is chosen at start unless said otherwise.
pub(crate) fn settings() -> Settings {
    Settings::default()
}

/// A model of the fixtures' chain `frontend` → `backend` → `db` with these containers, at 120×40, 100 s after
/// the fixtures' zero.
pub(crate) fn model(containers: &[Container]) -> Model {
    let size = Size::new(120, 40);
    let mut model = Model::new(settings(), fixture::PROJECT.into(), Some(fixture::chain()), size, at(100.0));
    let mut facts = connected();
    facts.extend(of_project(fixture::snapshot(containers)));
    tell(&mut model, facts, at(100.0));
    model
}

/// The chain, all healthy since 10 s.
pub(crate) fn healthy() -> Vec<Container> {
    ["db", "backend", "frontend"].map(|s| container(s).running(10.0).checked(5, Health::Healthy)).into()
}

/// The chain, all ended with 1.
pub(crate) fn exited() -> Vec<Container> {
    ["db", "backend", "frontend"].map(|s| container(s).checked(5, Health::Unhealthy).exited(1, 50.0)).into()
}

/// Gives facts to a model: about the host that is shown, or about the project.
pub(crate) fn tell(model: &mut Model, facts: Vec<impl About>, now: Stamp) -> Vec<Effect> {
    let shown = model.address();
    let facts = facts.into_iter().map(|fact| fact.about(&shown.project)).collect();
    update(model, Msg::Facts(shown.host, facts), now)
}

/// Facts as tests write them.
pub(crate) trait About {
    fn about(self, project: &ProjectName) -> host::Fact;
}

impl About for host::Fact {
    fn about(self, _: &ProjectName) -> host::Fact {
        self
    }
}

impl About for Fact {
    fn about(self, project: &ProjectName) -> host::Fact {
        host::Fact::Stack(project.clone(), self)
    }
}

/// A project on two hosts, and a second project on the one in front; and which host is the other.
pub(crate) fn two_hosts(project: &str, second: &str, now: Stamp) -> (Store, HostId) {
    let mut model = Model::new(settings(), project.into(), None, Size::new(120, 40), now);
    model.hosts_mut().front_mut().hold(Stack::new(second.into(), None));
    let other = model.hosts_mut().hold(Host::new(Stack::new(project.into(), None)));
    (Store::prepared(model), other)
}

/// Presses keys, written as characters or as `<Enter>`, `<Esc>`, `<Tab>`, `<PgDn>`, `<C-u>`, `<A-1>`, ….
pub(crate) fn press(model: &mut Model, keys: &str) -> Vec<Effect> {
    let mut out = Vec::new();
    for key in parse(keys) {
        // A plan is read before it is answered.
        if let Some(Overlay::Confirm(_)) = &model.ui.overlay {
            let now = model.now;
            out.extend(update(model, Msg::Seen, now));
            model.now = now + Duration::from_millis(300);
        }
        let now = model.now;
        let effects = update(model, Msg::Input(Input::Key(key)), now);
        for effect in &effects {
            if let Effect::Reread(number) = effect {
                // The files are as they were.
                out.extend(update(model, Msg::Reread(*number, Ok(())), now));
            }
        }
        out.extend(effects);
    }
    out
}

/// The keys of such a text.
pub(crate) fn parse(keys: &str) -> Vec<Key> {
    let mut found = Vec::new();
    let mut rest = keys;
    while let Some(c) = rest.chars().next() {
        (found, rest) = match rest.strip_prefix('<').and_then(|r| r.split_once('>')) {
            Some((name, after)) => ([found, vec![named(name)]].concat(), after),
            None => ([found, vec![Key::char(c)]].concat(), rest.strip_prefix(c).unwrap()),
        };
    }
    found
}

fn named(name: &str) -> Key {
    if let Some(c) = name.strip_prefix("C-") {
        return Key::ctrl(c.chars().next().unwrap());
    }
    if let Some(c) = name.strip_prefix("A-") {
        return Key::alt(c.chars().next().unwrap());
    }
    Key::plain(match name {
        "Enter" => Code::Enter,
        "Esc" => Code::Esc,
        "Tab" => Code::Tab,
        "S-Tab" => Code::BackTab,
        "BS" => Code::Backspace,
        "Up" => Code::Up,
        "Down" => Code::Down,
        "Left" => Code::Left,
        "Right" => Code::Right,
        "PgUp" => Code::PageUp,
        "PgDn" => Code::PageDown,
        "Home" => Code::Home,
        "End" => Code::End,
        "F5" => Code::F(5),
        other => panic!("no key is named {other}"),
    })
}

/// The calls among effects, in short: `start db`.
pub(crate) fn calls(model: &Model, effects: &[Effect]) -> Vec<String> {
    use crate::work::{Call, Object, Run, Task};
    let name = |id: &ContainerId| {
        let container = model.stack().containers.get(id);
        container.and_then(|c| c.service.as_ref()).map_or_else(|| id.short().to_owned(), ToString::to_string)
    };
    let calls = effects.iter().filter_map(|e| if let Effect::Perform(_, _, task) = e { Some(task) } else { None });
    let calls = calls.filter_map(|task| match task {
        Task::Run(Run::Up(up)) => {
            let recreated = up.recreate.as_ref().map_or_else(String::new, |ids| {
                format!(" recreating {}", ids.get().iter().map(&name).collect::<Vec<_>>().join(" "))
            });
            let services: Vec<_> = up.services.iter().map(ToString::to_string).collect();
            Some(format!("up {}{recreated}", services.join(" ")))
        }
        Task::Call(call) => Some(match call {
            Call::Start(id) => format!("start {}", name(id)),
            Call::Stop(id) => format!("stop {}", name(id)),
            Call::Restart(id) => format!("restart {}", name(id)),
            Call::Pause(id) => format!("pause {}", name(id)),
            Call::Unpause(id) => format!("unpause {}", name(id)),
            Call::Signal(id, signal) => format!("{signal} {}", name(id.get())),
            Call::Probe { container, .. } => format!("probe {}", name(container)),
            Call::Remove(target) => match target.get() {
                Object::Container { id, force } => format!("rm {}{}", name(id), if *force { " -f" } else { "" }),
                Object::Network(id) => format!("network rm {id}"),
                Object::Volume(volume) => format!("volume rm {}", volume.name),
                Object::Image { id, .. } => format!("rmi {id}"),
            },
        }),
        _ => None,
    });
    calls.collect()
}

/// Ends all tasks of jobs that are under way as done, at a time.
pub(crate) fn answer(model: &mut Model, now: Stamp) -> Vec<Effect> {
    let running: Vec<_> = model.jobs.iter().flat_map(|j| j.running.iter().map(|p| p.id)).collect();
    running.into_iter().flat_map(|id| update(model, Msg::Ended(id, Ok(crate::work::Outcome::Done)), now)).collect()
}
