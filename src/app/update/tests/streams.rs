//! What is wanted, when the screen changes by itself, and the bell.

use super::*;
use crate::{host::Question, stack::Verdict};

#[test]
fn each_screen_wants_what_it_shows() {
    let list = |model: &Model| -> Vec<String> {
        let short = |id: &crate::base::id::ContainerId| id.trim_end_matches('0').to_owned();
        // The images of services and containers are wanted everywhere.
        let wants = wants(model);
        let images = wants.iter().find_map(|w| if let Want::Images(names) = w { Some(names.clone()) } else { None });
        if model.mode == Mode::Dashboard {
            let names = ["backend:latest", "db:latest", "frontend:latest", "sha256:0"].map(str::to_owned);
            assert_eq!(images, Some(names.into()));
        }
        wants
            .iter()
            .filter(|w| !matches!(w, Want::Images(_)))
            // How the log of each that runs ends is always asked.
            .filter(|w| !matches!(w, Want::Ask(Question::LogEnd(_))))
            .map(|w| match w {
                Want::Ask(question) => format!("ask {question:?}"),
                Want::Link => "link".into(),
                Want::Project => format!("project {}", model.stack().project),
                Want::Projects => "projects".into(),
                Want::Log { container, tail } => format!("log {} {tail}", short(container)),
                Want::Opening { container, .. } => format!("opening {}", short(container)),
                Want::Stats(id) => format!("stats {}", short(id)),
                Want::Usage { request } => format!("usage {request}"),
                Want::Raw(id) => format!("raw {}", short(id)),
                Want::Images(names) => format!("images {}", names.len()),
            })
            .collect()
    };
    let stats = ["stats backend", "stats db", "stats frontend"];
    let with = |first: &[&'static str]| [first, &stats].concat();
    for (keys, expected) in [
        ("", with(&["project p", "log db 100"])),
        ("j", with(&["project p", "log backend 100"])),
        ("2", vec!["project p", "opening backend", "opening db", "opening frontend"]),
        ("3", vec!["project p", "log backend 500", "log db 500", "log frontend 500"]),
        ("3<A-1>", vec!["project p", "log backend 500", "log frontend 500"]),
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
    let asked = wants(&model(&healthy())).into_iter().filter(|w| matches!(w, Want::Ask(Question::LogEnd(_))));
    assert_eq!(asked.count(), 3);
    let mut raw = model(&healthy());
    press(&mut raw, "<Left>");
    assert_eq!(raw.ui.inspect.title(), "Raw");
    assert!(list(&raw).contains(&"raw db".to_owned()));
    let mut none = nothing_declared();
    update(&mut none, Msg::NoFile("looked in /p".into()), at(100.0));
    assert_eq!(list(&none), ["projects"]);
}

#[test]
fn only_visible_rows_have_figures() {
    let many: Vec<_> = (0..60).map(|i| container(&format!("s{i:02}")).running(10.0)).collect();
    let mut model = Model::new(crate::app::fixture::settings(), "p".into(), None, Size::new(120, 24), at(100.0));
    tell(&mut model, snapshot(&many), at(100.0));
    let stats = |m: &Model| wants(m).into_iter().filter(|w| matches!(w, Want::Stats(_))).collect::<Vec<_>>();
    let area = model.layout.panel(SERVICES).unwrap();
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
    let mut created = model(&[container("db").created_at(99.0)]);
    press(&mut created, "3");
    assert_eq!(created.overview.verdict, Verdict::Starting);
    assert_eq!(secs(&created), Some(14), "a start that doesn't come is given up");
    update(&mut created, Msg::Tick, at(114.5));
    assert_eq!((created.overview.verdict, secs(&created)), (Verdict::Stopped, None));
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
