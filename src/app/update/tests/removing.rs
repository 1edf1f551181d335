//! What removes shows its plan first, and read-only refuses.

use super::*;

/// Keys that lead to each destructive action's plan.
fn plan_keys() -> Vec<String> {
    let destroy = ACTIONS.iter().filter(|a| a.danger == Danger::Destroys);
    let mut keys: Vec<String> = destroy.flat_map(|a| a.keys.iter().map(|k| format!("{}{k}", home(a.scope)))).collect();
    keys.push("4P".into());
    keys
}

/// The digit of the screen that a scope's keys are for.
fn home(scope: Scope) -> char {
    scope.home().unwrap_or_default().digit()
}

#[test]
fn read_only_refuses_everything_that_acts() {
    let keys = ACTIONS
        .iter()
        .filter(|a| a.danger != Danger::None)
        .flat_map(|a| a.keys.iter().map(move |k| format!("{}{k}", home(a.scope))));
    for keys in keys {
        let mut model = leftovers();
        press(&mut model, "<C-t>");
        let effects = press(&mut model, &keys);
        assert!(calls(&model, &effects).is_empty() && model.jobs.is_empty(), "{keys}");
        assert!(model.ui.overlay.is_none(), "{keys}");
        assert!(last_toast(&model).contains("Ctrl-t lifts it"), "{keys}: {}", last_toast(&model));
    }
    let mut model = leftovers();
    press(&mut model, "X<Esc>");
    model.settings.read_only_forced = true;
    model.settings.read_only = true;
    press(&mut model, "<C-t>");
    assert!(model.settings.read_only);
}

#[test]
fn read_only_stops_a_plan_that_is_already_open() {
    let mut model = model(&healthy());
    press(&mut model, "X");
    model.settings.read_only = true;
    let effects = press(&mut model, "<Enter>");
    assert!(calls(&model, &effects).is_empty() && model.jobs.is_empty());
}

/// Leftovers of every kind: an ended container, an orphan, a one-off, a dangling image, networks, volumes.
pub(super) fn leftovers() -> Model {
    let orphan = Container { service: Some("old".into()), ..container("old").exited(0, 20.0) };
    let oneoff = Container { oneoff: true, ..container("backend").replica(9).exited(0, 20.0) };
    let all = [healthy(), vec![orphan, oneoff]].concat();
    let mut model = model(&all);
    let network = |id: &str, ours: bool| Network {
        id: id.into(),
        name: format!("p_{id}"),
        key: None,
        project: ours.then(|| "p".into()),
        driver: "bridge".into(),
        internal: false,
        subnets: Vec::new(),
        created: None,
    };
    let volume = Volume {
        name: "p_data".into(),
        key: Some("data".into()),
        project: Some("p".into()),
        driver: "local".into(),
        mountpoint: String::new(),
        created: Some(at(0.0)),
        anonymous: false,
        labels: std::collections::BTreeMap::new(),
        options: std::collections::BTreeMap::new(),
        scope: "local".into(),
    };
    let facts = vec![Fact::Networks(vec![network("n1", true), network("n2", false)]), Fact::Volumes(vec![volume])];
    tell(&mut model, facts, at(100.0));
    model
}

fn usage() -> host::Fact {
    let image = |id: &str, project: Option<&str>, tags: &[&str]| host::Image {
        id: id.into(),
        tags: tags.iter().map(ToString::to_string).collect(),
        digests: Vec::new(),
        size: 1000,
        shared: None,
        project: project.map(Into::into),
        containers: Some(0),
        created: None,
    };
    host::Fact::Usage(host::Usage {
        at: at(100.0),
        images: vec![
            image("sha256:dangling", Some("p"), &[]),
            image("sha256:tagged", Some("p"), &["p-backend:latest"]),
            image("sha256:foreign", Some("q"), &[]),
            image("sha256:unknown", None, &[]),
        ],
        ..host::Usage::default()
    })
}

#[test]
fn nothing_is_removed_without_a_confirmation() {
    for keys in plan_keys() {
        let mut model = leftovers();
        let effects = press(&mut model, &keys);
        assert!(calls(&model, &effects).is_empty(), "{keys}");
        assert!(model.ui.overlay.is_some(), "{keys} opens its plan: {}", last_toast(&model));
        let effects = press(&mut model, "<Esc>");
        assert!(calls(&model, &effects).is_empty() && model.jobs.is_empty() && model.ui.overlay.is_none(), "{keys}");
    }
}

#[test]
fn removing_removes_exactly_what_the_plan_named() {
    let mut model = model(&healthy());
    press(&mut model, "jX");
    let effects = press(&mut model, "y");
    assert_eq!(calls(&model, &effects), ["stop backend"], "it is asked before it goes");
    let effects = answer(&mut model, at(101.0));
    assert_eq!(calls(&model, &effects), ["rm backend -f"]);
    let equivalent = model.jobs[0].equivalent.to_string();
    assert_eq!(equivalent, "docker compose rm --stop --force backend");
}

#[test]
fn a_signal_is_chosen_then_confirmed() {
    let mut model = model(&healthy());
    press(&mut model, "Kj<Enter>");
    assert!(
        matches!(&model.ui.overlay, Some(Overlay::Confirm(Confirm { plan, .. })) if plan.title == "Send SIGINT to db?")
    );
    let effects = press(&mut model, "<Enter>");
    assert_eq!(calls(&model, &effects), ["SIGINT db"]);
}

#[test]
fn a_prune_waits_for_sizes_and_never_names_a_volume() {
    let mut model = leftovers();
    press(&mut model, "P");
    let effects = press(&mut model, "<Enter>y");
    assert!(calls(&model, &effects).is_empty(), "not while it is being counted");
    assert!(wants(&model).iter().any(|w| matches!(w, Want::Usage { .. })));
    tell(&mut model, vec![usage()], at(101.0));
    assert!(!wants(&model).iter().any(|w| matches!(w, Want::Usage { .. })));
    let first = press(&mut model, "<Enter>");
    let mut gone = calls(&model, &first);
    let next = answer(&mut model, at(102.0));
    gone.extend(calls(&model, &next));
    gone.sort();
    assert_eq!(gone, ["network rm n1", "rm backend", "rm old", "rmi sha256:dangling"]);
    assert!(plans::prune(&model, false).items.iter().all(|i| !i.what.contains("p_data")));
}

#[test]
fn a_prune_spares_what_a_start_is_about_to_start() {
    let waiting = [container("db").running(90.0).checked(5, Health::Starting), container("backend")];
    let model = model(&waiting);
    assert!(plans::prune(&model, false).items.is_empty());
}

#[test]
fn a_volume_goes_only_when_its_name_is_typed() {
    let mut model = leftovers();
    press(&mut model, "4X<Enter>yes<Enter>");
    assert!(model.jobs.is_empty() && model.ui.overlay.is_some());
    press(&mut model, "<BS><BS><BS>");
    let effects = press(&mut model, "p_data<Enter>");
    assert_eq!(calls(&model, &effects), ["volume rm p_data"]);

    let mut held = leftovers();
    let holder = Container {
        mounts: vec![crate::stack::MountPoint {
            kind: crate::compose::MountKind::Volume,
            volume: Some(VolumeName::from("p_data")),
            source: String::new(),
            target: "/data".into(),
            writable: true,
        }],
        ..container("db").running(10.0)
    };
    tell(&mut held, vec![Fact::Inspected(Box::new(holder))], at(100.0));
    press(&mut held, "4X");
    assert_eq!(last_toast(&held), "p_data is held by p-db-1: remove that first");
}

/// The plan that is shown: how many items it has, and whether it is still being counted.
fn shown(model: &Model) -> (usize, bool) {
    let Some(Overlay::Confirm(Confirm { plan, .. })) = &model.ui.overlay else { panic!("no plan is shown") };
    (plan.items.len(), plan.pending)
}

#[test]
fn a_slow_count_need_not_be_waited_for() {
    let mut model = leftovers();
    press(&mut model, "P");
    let (items, pending) = shown(&model);
    assert!(pending && items > 0);
    press(&mut model, "y<Enter>");
    assert!(model.jobs.is_empty(), "what is still counted isn't agreed to");
    press(&mut model, "w");
    assert_eq!(shown(&model), (items, false));
    tell(&mut model, vec![usage()], at(102.0));
    assert_eq!(shown(&model), (items, false), "it stays as it was read");
    press(&mut model, "y");
    assert_eq!(model.jobs.len(), 1);
}
