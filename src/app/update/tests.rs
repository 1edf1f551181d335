//! Keys and facts in, selections, plans and calls out.

use ratatui::layout::Size;

use super::*;
use crate::{
    app::{
        Input, Mouse, MouseKind, Want,
        action::{ACTIONS, Danger},
        fixture::{answer, calls, exited, healthy, model, press, tell},
        layout::{canvas, hint_spans, layout, tab_spans, table_body, topology_shown},
        model::{Inspect, Panel, Pick, PromptKind, Tab},
        next_change, plans,
        rows::{Row, rows},
        wants,
    },
    base::id::VolumeName,
    stack::{
        Container, Fact, Health, LogLine, Network, Usage, Volume,
        fixture::{at, container, id_of, snapshot},
    },
};

fn selected(model: &Model) -> String {
    match &model.ui.selected {
        Some(Pick::Service(name)) => name.to_string(),
        Some(Pick::Container(id)) => model.stack.containers[id].name.clone(),
        None => "nothing".into(),
    }
}

fn last_toast(model: &Model) -> &str {
    model.toasts.last().map_or("", |t| &t.text)
}

fn services(model: &Model) -> Vec<String> {
    rows(model).iter().filter_map(|r| if let Row::Service(s) = r { Some(s.to_string()) } else { None }).collect()
}

fn errors(model: &Model) -> Vec<String> {
    model.jobs.iter().flat_map(|j| j.errors.clone()).collect()
}

#[test]
fn moves_through_services_in_dependency_order() {
    for (keys, expected) in [
        ("", "db"),
        ("j", "backend"),
        ("jj", "frontend"),
        ("jjj", "frontend"),
        ("Gk", "backend"),
        ("Gg", "db"),
        ("<PgDn>", "frontend"),
        ("<C-d><C-u>", "db"),
        ("<Down><Up><End>", "frontend"),
    ] {
        let mut model = model(&healthy());
        press(&mut model, keys);
        assert_eq!(selected(&model), expected, "{keys}");
    }
}

#[test]
fn digits_tab_and_escape_change_screens_and_panels() {
    for (keys, tab, focus) in [
        ("2", Tab::Startup, Panel::Startup),
        ("3", Tab::Logs, Panel::Logs),
        ("4", Tab::Storage, Panel::Storage),
        ("7", Tab::Events, Panel::Events),
        ("7<Esc>", Tab::Stack, Panel::Services),
        ("3<A-1>", Tab::Stack, Panel::Services),
        ("3<Tab>", Tab::Storage, Panel::Storage),
        ("<Tab>", Tab::Stack, Panel::Inspector),
        ("<S-Tab>", Tab::Stack, Panel::Topology),
        ("i<Esc>", Tab::Stack, Panel::Services),
        ("t", Tab::Startup, Panel::Startup),
        ("l", Tab::Logs, Panel::Logs),
        ("L", Tab::Logs, Panel::Logs),
        ("8", Tab::Stack, Panel::Services),
    ] {
        let mut model = model(&healthy());
        press(&mut model, keys);
        assert_eq!((model.ui.tab, model.ui.focus), (tab, focus), "{keys}");
    }
    let mut model = model(&healthy());
    press(&mut model, "5");
    assert_eq!(last_toast(&model), "There is no screen 5 yet");
}

#[test]
fn a_filter_narrows_while_it_is_typed_and_escape_lifts_it() {
    let mut model = model(&healthy());
    press(&mut model, "/EN");
    assert_eq!(services(&model), ["backend", "frontend"]);
    assert_eq!(model.ui.prompt.as_ref().map(|p| p.kind), Some(PromptKind::Filter));
    press(&mut model, "d<Enter>");
    assert_eq!((services(&model), selected(&model)), (vec!["backend".into(), "frontend".into()], "backend".into()));
    assert!(model.ui.prompt.is_none());
    press(&mut model, "<Esc>");
    assert_eq!(services(&model).len(), 3);
    update(&mut model, Msg::Input(Input::Key(crate::app::Key::char('/'))), at(100.0));
    update(&mut model, Msg::Input(Input::Paste("fr\u{1b}[31mont\n".into())), at(100.0));
    assert_eq!(model.ui.filter, "front");
}

#[test]
fn the_selection_stays_while_rows_come_and_go() {
    let mut model = model(&healthy());
    press(&mut model, "j");
    let more = [healthy(), vec![Container { service: Some("aaa".into()), ..container("aaa").running(5.0) }]].concat();
    tell(&mut model, snapshot(&more), at(101.0));
    assert_eq!(selected(&model), "backend");
    tell(&mut model, vec![Fact::Gone(id_of("backend"))], at(102.0));
    assert_eq!(selected(&model), "backend", "it is still declared");
}

#[test]
fn enter_unfolds_replicas_and_jumps_to_the_blocker() {
    let two = [healthy(), vec![container("db").running(10.0).checked(5, Health::Healthy).replica(2)]].concat();
    let mut unfolding = model(&two);
    press(&mut unfolding, "<Enter>j");
    assert_eq!(selected(&unfolding), "p-db-1");
    press(&mut unfolding, "j");
    assert_eq!(selected(&unfolding), "p-db-2");

    let waiting = [container("db").running(90.0).checked(5, Health::Starting), container("backend")];
    let mut jumping = model(&waiting);
    press(&mut jumping, "j<Enter>");
    assert_eq!(selected(&jumping), "db");
}

#[test]
fn starts_in_dependency_order_and_waits_for_health() {
    let mut model = model(&exited());
    let first = press(&mut model, "   s");
    assert_eq!(calls(&model, &first), ["start db"]);
    assert!(last_toast(&model).contains("docker compose start"), "{}", last_toast(&model));
    assert!(model.ui.marked.is_empty());
    assert!(answer(&mut model, at(101.0)).is_empty(), "the old state isn't taken for its failure");

    let starting = container("db").checked(5, Health::Starting).running(100.5);
    assert!(tell(&mut model, vec![Fact::Inspected(Box::new(starting))], at(101.1)).is_empty());
    let up = container("db").checked(5, Health::Healthy).running(100.5);
    let second = tell(&mut model, vec![Fact::Inspected(Box::new(up))], at(106.0));
    assert_eq!(calls(&model, &second), ["start backend"]);
    answer(&mut model, at(107.0));
    let up = container("backend").checked(5, Health::Healthy).running(106.5);
    let third = tell(&mut model, vec![Fact::Inspected(Box::new(up))], at(112.0));
    assert_eq!(calls(&model, &third), ["start frontend"]);
    answer(&mut model, at(113.0));
    let job = &model.jobs[0];
    assert_eq!((job.done, job.total, job.ended), (3, 3, Some(at(113.0))));
}

#[test]
fn a_start_gives_up_when_a_dependency_ends() {
    let mut model = model(&exited());
    press(&mut model, "   s");
    answer(&mut model, at(101.0));
    let dead = Container { started: Some(at(100.5)), ..container("db").exited(3, 101.2) };
    let effects = tell(&mut model, vec![Fact::Inspected(Box::new(dead))], at(101.3));
    assert!(calls(&model, &effects).is_empty());
    assert_eq!(
        errors(&model),
        ["start db, backend, frontend: db is exited 3, and can't become healthy; 2 calls not made"]
    );
    assert!(model.jobs[0].ended.is_some());
}

#[test]
fn a_start_gives_up_after_ten_minutes() {
    let mut model = model(&exited());
    press(&mut model, "   s");
    answer(&mut model, at(101.0));
    let starting = container("db").checked(5, Health::Starting).running(100.5);
    tell(&mut model, vec![Fact::Inspected(Box::new(starting))], at(102.0));
    for secs in [102.0, 107.0, 300.0, 698.0] {
        update(&mut model, Msg::Tick, at(secs));
        assert!(next_change(&model).unwrap() >= std::time::Duration::from_millis(500), "no busy waiting at {secs}");
    }
    update(&mut model, Msg::Tick, at(699.0));
    assert!(errors(&model).is_empty());
    update(&mut model, Msg::Tick, at(702.0));
    assert_eq!(errors(&model).len(), 1);
}

#[test]
fn stops_dependents_first() {
    let mut model = model(&healthy());
    let first = press(&mut model, "   s");
    let mut order = calls(&model, &first);
    for secs in [101.0, 102.0, 103.0] {
        let next = answer(&mut model, at(secs));
        order.extend(calls(&model, &next));
    }
    assert_eq!(order, ["stop frontend", "stop backend", "stop db"]);
    assert!(model.jobs[0].ended.is_some());
}

#[test]
fn restarts_with_dependents_once_the_dependency_is_healthy_anew() {
    let mut model = model(&healthy());
    let first = press(&mut model, "jR");
    assert_eq!(calls(&model, &first), ["restart backend"]);
    let after = answer(&mut model, at(100.2));
    assert!(after.is_empty(), "healthy of before the restart doesn't count");
    let between = Container { started: Some(at(10.0)), ..container("backend").exited(0, 100.05) };
    let still = tell(&mut model, vec![Fact::Inspected(Box::new(between))], at(100.3));
    assert!(still.is_empty() && errors(&model).is_empty(), "nor does its end in between");
    let up = container("backend").checked(5, Health::Healthy).running(100.1);
    let second = tell(&mut model, vec![Fact::Inspected(Box::new(up))], at(101.0));
    assert_eq!(calls(&model, &second), ["restart frontend"]);
}

#[test]
fn a_failed_call_ends_the_job_and_is_kept() {
    let mut model = model(&exited());
    press(&mut model, "   s");
    let (job, call) = (model.jobs[0].id, model.jobs[0].running[0].clone());
    let result = Err("port is already allocated\nsee above".into());
    update(&mut model, Msg::Called { job, call, result }, at(101.0));
    assert_eq!(errors(&model), ["start p-db-1: port is already allocated\nsee above"]);
    assert!(model.jobs[0].ended.is_some() && model.jobs[0].steps.is_empty());
    press(&mut model, "E");
    assert!(matches!(model.ui.overlay, Some(Overlay::Errors { .. })));
}

#[test]
fn what_was_never_created_says_what_creates_it() {
    let mut model = model(&[]);
    let effects = press(&mut model, "js");
    assert!(effects.is_empty());
    assert_eq!(last_toast(&model), "backend was never created: run `docker compose up -d backend`");
}

/// Keys that lead to each destructive action's plan.
fn plan_keys() -> Vec<String> {
    let mut keys: Vec<String> = ACTIONS
        .iter()
        .filter(|a| a.danger == Danger::Destroys && a.scope != crate::app::action::Scope::Storage)
        .flat_map(|a| a.keys)
        .map(ToString::to_string)
        .collect();
    keys.push("4X".into());
    keys.push("4P".into());
    keys
}

#[test]
fn read_only_refuses_everything_that_acts() {
    let keys = ACTIONS.iter().filter(|a| a.danger != Danger::None).flat_map(|a| {
        let home = match a.scope {
            crate::app::action::Scope::Storage => "4",
            _ => "",
        };
        a.keys.iter().map(move |k| format!("{home}{k}"))
    });
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
fn leftovers() -> Model {
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
    };
    let facts = vec![Fact::Networks(vec![network("n1", true), network("n2", false)]), Fact::Volumes(vec![volume])];
    tell(&mut model, facts, at(100.0));
    model
}

fn usage() -> Fact {
    let image = |id: &str, project: Option<&str>, tags: &[&str]| crate::stack::Image {
        id: id.into(),
        tags: tags.iter().map(ToString::to_string).collect(),
        size: 1000,
        shared: None,
        project: project.map(Into::into),
        containers: Some(0),
        created: None,
    };
    Fact::Usage(Usage {
        at: at(100.0),
        images: vec![
            image("sha256:dangling", Some("p"), &[]),
            image("sha256:tagged", Some("p"), &["p-backend:latest"]),
            image("sha256:foreign", Some("q"), &[]),
            image("sha256:unknown", None, &[]),
        ],
        ..Usage::default()
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
    let equivalent = &model.jobs[0].equivalent;
    assert_eq!(equivalent, "docker compose rm --stop --force backend");
}

#[test]
fn a_signal_is_chosen_then_confirmed() {
    let mut model = model(&healthy());
    press(&mut model, "Kj<Enter>");
    assert!(matches!(&model.ui.overlay, Some(Overlay::Confirm { plan, .. }) if plan.title == "Send SIGINT to db?"));
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

#[test]
fn each_screen_wants_what_it_shows() {
    let list = |model: &Model| -> Vec<String> {
        let short = |id: &crate::base::id::ContainerId| id.trim_end_matches('0').to_owned();
        wants(model)
            .iter()
            .map(|w| match w {
                Want::Project(name) => format!("project {name}"),
                Want::Projects => "projects".into(),
                Want::Log { container, tail } => format!("log {} {tail}", short(container)),
                Want::Stats(id) => format!("stats {}", short(id)),
                Want::Usage { request } => format!("usage {request}"),
                Want::Raw(id) => format!("raw {}", short(id)),
            })
            .collect()
    };
    let stats = ["stats backend", "stats db", "stats frontend"];
    let with = |first: &[&'static str]| [first, &stats].concat();
    for (keys, expected) in [
        ("", with(&["project p", "log db 100"])),
        ("j", with(&["project p", "log backend 100"])),
        ("2", vec!["project p"]),
        ("3", vec!["project p", "log backend 500", "log db 500", "log frontend 500"]),
        ("31", vec!["project p", "log backend 500", "log frontend 500"]),
        ("jl", vec!["project p", "log backend 500"]),
        ("4", vec!["project p", "usage 0"]),
        ("4r", vec!["project p", "usage 1"]),
        ("7", vec!["project p"]),
        ("z", with(&["project p"])),
        ("iz", vec!["project p", "log db 100"]),
    ] {
        let mut model = model(&healthy());
        press(&mut model, keys);
        assert_eq!(list(&model), expected, "{keys}");
    }
    let mut raw = model(&healthy());
    press(&mut raw, "<Left>");
    assert_eq!(raw.ui.inspect, Inspect::Raw);
    assert!(list(&raw).contains(&"raw db".to_owned()));
    update(&mut raw, Msg::NoFile("looked in /p".into()), at(100.0));
    assert_eq!(list(&raw), ["projects"]);
}

#[test]
fn only_visible_rows_have_figures() {
    let many: Vec<_> = (0..60).map(|i| container(&format!("s{i:02}")).running(10.0)).collect();
    let mut model = Model::new(crate::app::fixture::settings(), "p".into(), None, Size::new(120, 24), at(100.0));
    tell(&mut model, snapshot(&many), at(100.0));
    let stats = |m: &Model| wants(m).into_iter().filter(|w| matches!(w, Want::Stats(_))).collect::<Vec<_>>();
    let area = layout(&model).panel(Panel::Services).unwrap();
    let first = stats(&model);
    assert_eq!(first.len(), usize::from(table_body(area).height));
    press(&mut model, "G");
    assert_eq!(selected(&model), services(&model).last().unwrap().clone());
    assert!(stats(&model).len() <= first.len() && stats(&model).iter().all(|w| !first.contains(w)));
}

#[test]
fn sleeps_until_something_reads_differently() {
    let secs = |m: &Model| next_change(m).map(|d| d.as_secs());
    let nothing = Model::new(crate::app::fixture::settings(), "p".into(), None, Size::new(120, 40), at(100.0));
    assert_eq!(secs(&nothing), None);
    let mut settled = model(&healthy());
    assert_eq!(secs(&settled), Some(20), "it is up for 90 s, created 100 s ago");
    press(&mut settled, "3");
    assert_eq!(secs(&settled), Some(30), "only the header has an age");
    press(&mut settled, "y");
    assert_eq!(secs(&settled), Some(4), "a toast goes");
    let starting = model(&[container("db").running(99.0).checked(30, Health::Starting)]);
    assert_eq!(secs(&starting), Some(1));
}

#[test]
fn the_bell_rings_when_ready_and_when_a_service_falls() {
    let mut rings = Vec::new();
    let mut model = model(&healthy()[..2]);
    let steps = [
        healthy().remove(2),
        container("db").running(10.0).checked(5, Health::Unhealthy),
        container("db").running(10.0).checked(5, Health::Unhealthy),
        container("db").running(10.0).checked(5, Health::Healthy),
        container("backend").checked(5, Health::Unhealthy).exited(1, 104.0),
    ];
    for (step, secs) in steps.into_iter().zip([101.0, 102.0, 103.0, 104.0, 105.0]) {
        let effects = tell(&mut model, vec![Fact::Inspected(Box::new(step))], at(secs));
        rings.push(effects.contains(&Effect::Bell));
    }
    assert_eq!(rings, [true, true, false, true, true]);
}

fn line(secs: f64, text: &str) -> LogLine {
    LogLine { at: at(secs), stderr: false, text: text.as_bytes().into(), cut: false }
}

fn with_logs() -> Model {
    let mut model = model(&healthy());
    let lines = |who: &str, from: f64| {
        (0..100).map(|i| line(from + f64::from(i), &format!("{who} says {i}"))).collect::<Vec<_>>()
    };
    let facts =
        vec![Fact::Lines(id_of("db"), lines("db", 10.0)), Fact::Lines(id_of("backend"), lines("backend", 10.5))];
    tell(&mut model, facts, at(100.0));
    press(&mut model, "3");
    model
}

fn bottom(model: &Model) -> String {
    let line = model.ui.logs.bottom.as_ref().and_then(|id| model.stack.logs.line(id));
    line.map_or_else(|| "follows".into(), |l| String::from_utf8_lossy(&l.text).into_owned())
}

#[test]
fn logs_scroll_in_the_order_of_time_and_follow_at_the_end() {
    for (keys, expected) in [
        ("", "follows"),
        ("k", "db says 99"),
        ("kk", "backend says 98"),
        ("kkj", "db says 99"),
        ("kj", "follows"),
        ("kkG", "follows"),
        ("f", "backend says 99"),
        ("ff", "follows"),
    ] {
        let mut model = with_logs();
        press(&mut model, keys);
        assert_eq!(bottom(&model), expected, "{keys}");
    }
    let mut model = with_logs();
    press(&mut model, "g");
    let page = usize::from(layout(&model).panel(Panel::Logs).unwrap().height) - 2;
    let shown = |m: &Model| {
        let from = m.ui.logs.bottom.clone();
        m.stack.logs.before(from.as_ref(), 1000, &|_, _| true).len()
    };
    assert_eq!(shown(&model), page, "the first page is full");
    press(&mut model, "<PgDn>");
    assert_eq!(shown(&model), 2 * page);
    press(&mut model, "<PgUp><PgUp>");
    assert_eq!(shown(&model), page);
}

#[test]
fn logs_are_searched_and_filtered() {
    let found =
        |m: &Model| m.ui.logs.found.as_ref().and_then(|id| m.stack.logs.line(id)).map(crate::app::logview::plain);
    let mut model = with_logs();
    press(&mut model, "/says 7$<Enter>");
    assert_eq!(found(&model).as_deref(), Some("backend says 7"));
    press(&mut model, "N");
    assert_eq!(found(&model).as_deref(), Some("db says 7"));
    press(&mut model, "N");
    assert_eq!(last_toast(&model), "No earlier match");
    press(&mut model, "n");
    assert_eq!(found(&model).as_deref(), Some("backend says 7"));
    press(&mut model, "&");
    let kept = |m: &Model| m.stack.logs.before(None, 1000, &|c, l| crate::app::logview::keeps(m, c, l)).len();
    assert_eq!(kept(&model), 2);
    press(&mut model, "!");
    assert_eq!(kept(&model), 198);
    press(&mut model, "!1");
    assert_eq!(kept(&model), 100, "db is switched off");
    press(&mut model, "0/(");
    assert!(model.ui.prompt.as_ref().unwrap().error.is_some());
    press(&mut model, "<Enter>");
    assert!(model.ui.prompt.is_some(), "what isn't an expression can't be searched");
    press(&mut model, "<Esc>");
    assert!(model.ui.logs.search.is_none());
}

#[test]
fn the_palette_runs_what_it_shows() {
    let mut model = model(&healthy());
    let effects = press(&mut model, ":restart<Enter>");
    assert_eq!(calls(&model, &effects), ["restart db"]);
    press(&mut model, ":wrap<Enter>");
    assert!(model.ui.tab == Tab::Logs && model.ui.logs.wrap);
    let effects = press(&mut model, ":pause<Enter>");
    assert_eq!((calls(&model, &effects).len(), model.ui.tab), (0, Tab::Stack), "nothing is acted on unseen");
}

#[test]
fn ctrl_c_closes_what_is_open_first() {
    let mut model = model(&healthy());
    assert_eq!(press(&mut model, "?<C-c>"), []);
    assert!(model.ui.overlay.is_none());
    assert_eq!(press(&mut model, "/x<C-c>"), []);
    assert_eq!(press(&mut model, "<C-c>"), [Effect::Quit]);
    let (quit, redraw) = (Effect::Quit, Effect::Redraw);
    assert_eq!(press(&mut model, "q<C-z><C-l><C-s>"), [quit, Effect::Suspend, redraw, Effect::Save]);
    assert_eq!(press(&mut model, "TT"), ["light", "dark"].map(|name| Effect::Theme(name.into())));
}

fn click(model: &mut Model, x: u16, y: u16) -> Vec<Effect> {
    let now = model.now;
    update(model, Msg::Input(Input::Mouse(Mouse { x, y, kind: MouseKind::Press })), now)
}

#[test]
fn the_mouse_selects_rows_tabs_and_hints() {
    let mut model = model(&healthy());
    let body = table_body(layout(&model).panel(Panel::Services).unwrap());
    click(&mut model, body.x + 3, body.y + 1);
    assert_eq!(selected(&model), "backend");
    let canvas = canvas(layout(&model).panel(Panel::Topology).unwrap());
    let (sketch, _) = topology_shown(&model, canvas.as_size());
    let box_at = sketch.services.iter().position(|s| &**s == "frontend").unwrap();
    let place = sketch.picture.boxes[box_at];
    click(&mut model, canvas.x + place.x + 2, canvas.y + place.y + 1);
    assert_eq!(selected(&model), "frontend");
    click(&mut model, body.x + 3, body.y + 1);
    let (_, span) = tab_spans(&model).into_iter().find(|(t, _)| *t == Tab::Logs).unwrap();
    let y = layout(&model).tabs.y;
    click(&mut model, span.start, y);
    assert_eq!(model.ui.tab, Tab::Logs);
    press(&mut model, "<Esc>");
    let stop = hint_spans(&model).into_iter().find(|(h, _)| h.words == "stop").unwrap().1;
    let y = layout(&model).footer.y;
    let effects = click(&mut model, stop.start, y);
    assert_eq!(calls(&model, &effects), ["stop backend"]);
    let wheel = Mouse { x: body.x, y: body.y, kind: MouseKind::WheelUp };
    update(&mut model, Msg::Input(Input::Mouse(wheel)), at(100.0));
    assert_eq!(selected(&model), "db");
}

#[test]
fn panels_fill_the_screen_without_overlap_at_any_size() {
    for (width, height) in (40..210).step_by(7).flat_map(|w| (12..64).step_by(3).map(move |h| (w, h))) {
        for keys in ["", "z", "i", "2", "3", "4", "7"] {
            let mut model = model(&healthy());
            update(&mut model, Msg::Input(Input::Resize(Size::new(width, height))), at(100.0));
            press(&mut model, keys);
            let shown = layout(&model);
            let cells: u32 = shown.panels.iter().map(|(_, a)| a.area()).sum();
            assert_eq!(cells, shown.body().area(), "{keys} at {width}×{height}: {shown:?}");
            for (i, (panel, area)) in shown.panels.iter().enumerate() {
                assert!(area.height >= 3 && area.width >= 38, "{panel:?} {area:?} at {width}×{height}");
                assert!(shown.panels.iter().skip(i + 1).all(|(_, b)| !area.intersects(*b)), "{shown:?}");
            }
            assert!(shown.panel(model.ui.focus).is_some(), "{keys} at {width}×{height}: {:?}", model.ui.focus);
        }
    }
}

#[test]
fn files_that_break_leave_the_project_that_was_read() {
    let mut model = model(&healthy());
    let broken = || vec![crate::compose::Problem::error("services must be a mapping")];
    update(&mut model, Msg::Loaded { project: None, problems: broken() }, at(101.0));
    assert_eq!(model.mode, Mode::Dashboard);
    assert!(last_toast(&model).contains("services must be a mapping"));
    let mut fresh = Model::new(crate::app::fixture::settings(), "p".into(), None, Size::new(80, 24), at(0.0));
    update(&mut fresh, Msg::Loaded { project: None, problems: broken() }, at(1.0));
    assert_eq!(fresh.mode, Mode::Broken { scroll: 0 });
    assert_eq!(press(&mut fresh, "s3X"), []);
    assert_eq!(press(&mut fresh, "q"), [Effect::Quit]);
}

#[test]
fn help_and_quit_are_always_hinted() {
    for width in 40..160 {
        let mut model = model(&healthy());
        update(&mut model, Msg::Input(Input::Resize(Size::new(width, 24))), at(100.0));
        let spans = hint_spans(&model);
        let words: Vec<_> = spans.iter().map(|(h, _)| h.words).collect();
        assert!(words.ends_with(&["help", "quit"]), "{width}: {words:?}");
        assert!(spans.iter().zip(spans.iter().skip(1)).all(|((_, a), (_, b))| a.end < b.start), "{spans:?}");
        assert!(spans.last().unwrap().1.end <= width, "{width}: {spans:?}");
    }
}

#[test]
fn nothing_is_begun_without_an_engine() {
    let mut model = model(&healthy());
    let lost = crate::stack::Link::Lost {
        since: at(100.0),
        attempts: 1,
        next: at(105.5),
        kind: crate::stack::LostKind::Absent,
        error: "connection refused".into(),
    };
    tell(&mut model, vec![Fact::Link(lost)], at(101.0));
    assert_eq!(next_change(&model).map(|d| d.as_millis()), Some(500), "the count-down shows whole seconds");
    let effects = press(&mut model, "s");
    assert!(effects.is_empty() && model.jobs.is_empty());
    assert_eq!(last_toast(&model), "Not done: stop db. There is no engine to do it");
}

#[test]
fn a_replica_is_acted_on_alone() {
    let two = [healthy(), vec![container("db").running(10.0).checked(5, Health::Healthy).replica(2)]].concat();
    let mut model = model(&two);
    press(&mut model, "<Enter>jjs");
    assert_eq!((model.jobs[0].total, model.jobs[0].equivalent.as_str()), (1, "docker stop p-db-2"));
}

#[test]
fn keys_for_the_terminal_work_whatever_is_open() {
    let mut model = model(&healthy());
    assert_eq!(press(&mut model, "X<C-z>"), [Effect::Suspend]);
    let wheel = Mouse { x: 5, y: 5, kind: MouseKind::WheelDown };
    update(&mut model, Msg::Input(Input::Mouse(wheel)), at(100.0));
    let effects = click(&mut model, 5, 5);
    assert!(effects.is_empty() && model.ui.overlay.is_some());
}
