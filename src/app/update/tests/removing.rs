//! What removes shows its plan first, and read-only refuses.

use super::*;
use crate::app::{Code, Key};

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
    press(&mut model, "<Enter>");
    assert!(model.jobs.is_empty(), "Enter opened it, and may still be held down");
    let effects = press(&mut model, "y");
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

/// A key at a time.
fn key(model: &mut Model, key: Key, secs: f64) -> Vec<Effect> {
    update(model, Msg::Input(Input::Key(key)), at(secs))
}

const ENTER: Key = Key::plain(Code::Enter);

#[test]
fn enter_that_is_held_down_while_a_plan_opens_agrees_to_nothing() {
    let mut model = model(&healthy());
    let mut secs = 100.0;
    for _ in 0..20 {
        key(&mut model, ENTER, secs);
        secs += 0.033;
    }
    key(&mut model, Key::char('X'), secs);
    assert!(model.ui.overlay.is_some());
    key(&mut model, ENTER, secs);
    update(&mut model, Msg::Seen, at(secs));
    for _ in 0..60 {
        secs += 0.033;
        key(&mut model, ENTER, secs);
    }
    assert!(model.jobs.is_empty() && model.ui.overlay.is_some(), "two seconds of it");
    update(&mut model, Msg::Input(Input::Repeat(ENTER)), at(secs + 1.0));
    assert!(model.jobs.is_empty(), "nor does one that the terminal calls a repetition");
    key(&mut model, ENTER, secs + 2.0);
    assert_eq!(model.jobs.len(), 1, "a deliberate one does");
}

#[test]
fn what_was_typed_ahead_of_the_picture_agrees_to_nothing() {
    let mut model = model(&healthy());
    key(&mut model, Key::char('X'), 100.0);
    // The terminal took its time to show it.
    key(&mut model, Key::char('y'), 105.0);
    assert!(model.jobs.is_empty());
    update(&mut model, Msg::Seen, at(105.1));
    key(&mut model, Key::char('y'), 105.3);
    assert!(model.jobs.is_empty(), "nor what nobody can have read");
    key(&mut model, Key::char('y'), 105.5);
    assert_eq!(model.jobs.len(), 1);
}

#[test]
fn a_count_that_ends_under_the_finger_is_another_plan_to_read() {
    let mut model = leftovers();
    press(&mut model, "P");
    update(&mut model, Msg::Seen, at(100.0));
    tell(&mut model, vec![usage()], at(105.0));
    key(&mut model, Key::char('y'), 105.1);
    assert!(model.jobs.is_empty());
    press(&mut model, "y");
    assert_eq!(model.jobs.len(), 1);
}

#[test]
fn a_line_is_taken_out_of_a_plan_and_back_in() {
    let mut model = leftovers();
    press(&mut model, "P");
    tell(&mut model, vec![usage()], at(101.0));
    // The orphan and the one-off, by name; the first stays.
    press(&mut model, " ");
    let first = press(&mut model, "y");
    let gone = calls(&model, &first);
    assert_eq!(gone.len(), 1, "{gone:?}");

    let mut marked = self::model(&healthy());
    press(&mut marked, "  X");
    let title =
        |model: &Model| crate::app::picture::picture(model).panes.last().unwrap().frame.as_ref().unwrap().title.text();
    assert_eq!(title(&marked), "Remove 2 containers of backend, db?");
    press(&mut marked, "j ");
    assert_eq!(title(&marked), "Remove the container of backend?", "the question is about the rest");
    press(&mut marked, "k ");
    press(&mut marked, "y");
    assert_eq!(last_toast(&marked), "Nothing is left in this plan: Space takes a line back in");
    press(&mut marked, "j ");
    let effects = press(&mut marked, "y");
    assert_eq!(calls(&marked, &effects), ["stop db"]);
    assert_eq!(marked.jobs[0].equivalent.to_string(), "docker compose rm --stop --force db");
}

#[test]
fn a_plan_and_a_stop_name_who_is_left_behind() {
    let mut model = model(&healthy());
    press(&mut model, "X");
    let Some(Overlay::Confirm(Confirm { plan, .. })) = &model.ui.overlay else { panic!("no plan is shown") };
    let words = "backend and frontend need db and keep running without it";
    assert_eq!(plan.warnings, [words]);
    press(&mut model, "<Esc>s");
    assert_eq!(last_toast(&model), words);
    let mut last = self::model(&healthy());
    press(&mut last, "Gs");
    assert_eq!(last_toast(&last), "stop frontend · docker compose stop frontend", "nobody needs it");
}

#[test]
fn what_the_files_declare_is_no_leftover() {
    let done = container("db").exited(0, 50.0);
    let mut model = model(&[done, container("backend").exited(1, 50.0), container("frontend").running(1.0)]);
    let mut project = (**model.stack().declared.as_ref().unwrap()).clone();
    let network = crate::compose::Network {
        name: "p_default".into(),
        external: false,
        internal: false,
        driver: None,
        subnets: Vec::new(),
        place: None,
    };
    project.networks.insert("default".into(), network);
    update(&mut model, Msg::Loaded { project: Some(project.into()), problems: Vec::new() }, at(100.0));
    let network = |name: &str| Network {
        id: name.into(),
        name: name.into(),
        key: None,
        project: Some("p".into()),
        driver: "bridge".into(),
        internal: false,
        subnets: Vec::new(),
        created: None,
    };
    tell(&mut model, vec![Fact::Networks(vec![network("p_default"), network("p_old")])], at(100.0));
    let items: Vec<_> = plans::prune(&model, false).items.into_iter().map(|i| i.what).collect();
    assert_eq!(items, ["network p_old"]);
}

#[test]
fn a_wrong_name_is_said_and_doubts_are_in_the_plan() {
    let mut model = leftovers();
    press(&mut model, "4X");
    let Some(Overlay::Confirm(Confirm { plan, .. })) = &model.ui.overlay else { panic!("no plan is shown") };
    assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);
    press(&mut model, "p_dota<Enter>");
    assert_eq!(last_toast(&model), "Not removed: you typed 'p_dota', its name is 'p_data'");
    press(&mut model, "<C-u>p_data");
    let effects = press(&mut model, "<Enter>");
    assert_eq!(calls(&model, &effects), ["volume rm p_data"]);
    for (created, why) in [(None, "no creation time"), (Some(at(99.0)), "this very second")] {
        let mut model = leftovers();
        let volume = Volume { created, ..model.stack().volumes["p_data"].clone() };
        tell(&mut model, vec![Fact::Volumes(vec![volume])], at(100.0));
        press(&mut model, "4X");
        let Some(Overlay::Confirm(Confirm { plan, .. })) = &model.ui.overlay else { panic!("no plan is shown") };
        assert!(plan.warnings[0].contains("can't tell whether") && plan.warnings[0].contains(why), "{plan:?}");
    }
}

#[test]
fn what_is_another_than_the_plan_said_is_looked_at_again() {
    let mut model = leftovers();
    press(&mut model, "4Xp_data<Enter>");
    let task = model.jobs[0].running[0].id;
    let host = model.jobs[0].host;
    let changed = crate::work::Error::Changed("volume p_data is no longer the one of the plan (labels)".into());
    assert_eq!(update(&mut model, Msg::Ended(task, Err(changed)), at(101.0)), [Effect::Resync(host)]);
    assert_eq!(
        errors(&model),
        ["remove volume p_data: Not done: volume p_data is no longer the one of the plan (labels)"]
    );
}
