//! The Problems screen: how one gets there, what is selected, and where it leads.

use super::*;
use crate::{
    app::{fixture::settings, screens::problems},
    host::{Answer, Offer, Question, fixture::connected},
    stack::{
        Sample,
        fixture::{self, service},
    },
};

/// The database has ended with 1, and the others wait for it.
fn broken() -> Model {
    let db = container("db").checked(5, Health::Unhealthy).exited(1, 50.0);
    let waits = |name| container(name).checked(5, Health::Starting);
    model(&[db, waits("backend"), waits("frontend")])
}

fn chosen(model: &Model) -> String {
    let found = problems::finding(model).unwrap();
    format!("{}@{}", found.rule, found.service.as_deref().unwrap_or("-"))
}

#[test]
fn explain_leads_to_what_is_found_of_the_selected_service() {
    let mut model = broken();
    press(&mut model, "gd");
    assert_eq!(model.ui.tab, Tab::Problems);
    assert_eq!(chosen(&model), "main-process-ends@db");
    press(&mut model, "j");
    let second = chosen(&model);
    assert_ne!(second, "main-process-ends@db");
    press(&mut model, "<Enter>");
    assert_eq!(model.ui.tab, Tab::Stack);
    let service = second.split_once('@').unwrap().1;
    assert_eq!(model.ui.selected, Some(Pick::Service(service.into())));
    press(&mut model, "d");
    assert_eq!(chosen(&model), second, "what is found of that service");
}

#[test]
fn the_selection_stays_with_its_finding() {
    let mut model = broken();
    press(&mut model, "6j");
    let held = chosen(&model);
    // Something worse comes before it.
    let cache = container("cache").failed(127, "exec: \"nope\": executable file not found in $PATH: unknown");
    tell(&mut model, vec![Fact::Inspected(Box::new(cache))], at(101.0));
    assert_eq!(chosen(&model), held);
}

#[test]
fn copy_takes_the_command_of_the_fix() {
    let mut model = broken();
    press(&mut model, "6");
    let effects = press(&mut model, "y");
    assert_eq!(effects, [Effect::Copy("docker compose logs --tail 50 db".into())]);
}

#[test]
fn logs_of_what_is_in_trouble_are_wanted_wherever_one_looks_and_heard() {
    let mut model = broken();
    press(&mut model, "7");
    let log = Want::Log { container: id_of("db"), tail: 200 };
    assert!(wants(&model).contains(&log), "{:?}", wants(&model));
    let line = |text: &str, secs| LogLine { at: at(secs), stderr: true, text: text.as_bytes().into(), cut: false };
    let full = "FATAL: could not write to file \"pg_wal/1\": No space left on device";
    tell(&mut model, vec![Fact::Lines(id_of("db"), vec![line("starting", 49.0)])], at(101.0));
    tell(&mut model, vec![Fact::Lines(id_of("db"), vec![line(full, 49.5)])], at(101.1));
    let told =
        |model: &Model| model.diagnosis.findings.iter().any(|f| f.evidence.iter().any(|e| e.text.contains("No space")));
    assert!(!told(&model), "they are heard twice a second");
    let wait = next_change(&model).unwrap();
    assert!(wait <= std::time::Duration::from_millis(500), "{wait:?}");
    update(&mut model, Msg::Tick, at(101.7));
    assert!(told(&model), "{:#?}", model.diagnosis.findings);
}

#[test]
fn what_can_tell_rules_nothing_asks_none_of_them() {
    let mut model = broken();
    tell(&mut model, vec![Fact::Inspected(Box::new(container("web").running(10.0)))], at(200.0));
    let asked_at = |model: &Model| model.diagnosed.0;
    assert_eq!(asked_at(&model), at(200.0));
    let line = || LogLine { at: at(49.0), stderr: true, text: b"GET / 200".as_slice().into(), cut: false };
    let sample = Sample { at: at(200.1), ..Sample::default() };
    let silent = vec![
        Fact::Sample(id_of("web"), sample),
        Fact::Raw(id_of("db"), "{}".into()),
        Fact::Lines(id_of("web"), vec![line()]),
    ];
    tell(&mut model, silent, at(209.0));
    press(&mut model, "j");
    assert_eq!(asked_at(&model), at(200.0), "figures, raw JSON, a key, and what a service says that is well");
    tell(&mut model, vec![Fact::Lines(id_of("db"), vec![line()])], at(209.1));
    assert_eq!(asked_at(&model), at(209.1), "one in trouble said something");
    for tick in [209.2, 209.5, 210.0] {
        update(&mut model, Msg::Tick, at(tick));
        assert_eq!(asked_at(&model), at(209.1), "time alone changed nothing at {tick}");
    }
    update(&mut model, Msg::Tick, at(210.2));
    assert_eq!(asked_at(&model), at(210.2), "what depends on time is looked at once a second");
}

#[test]
fn questions_are_wanted_and_their_answers_tell() {
    let mut db = service("db", &[]);
    db.image = Some("nobody/has:it".into());
    let project = fixture::project([db]);
    let mut model = Model::new(settings(), "p".into(), Some(project), Size::new(120, 40), at(100.0));
    tell(&mut model, connected(), at(100.0));
    tell(&mut model, vec![Fact::Listed(Vec::new())], at(100.0));
    let followed = Want::Images(["nobody/has:it".to_owned()].into());
    assert!(wants(&model).contains(&followed), "its stream answers: {:?}", wants(&model));
    let missing = host::Fact::Images([("nobody/has:it".to_owned(), Ok(None))].into_iter().collect());
    tell(&mut model, vec![missing], at(100.1));
    let offer = Question::Offer("nobody/has:it".into());
    assert!(wants(&model).contains(&Want::Ask(offer.clone())), "one leads to another");

    // An answer is held as long as it is asked for: later it would be old.
    tell(&mut model, vec![host::Fact::Answered(offer.clone(), Answer::Offer(Offer::Yes))], at(100.2));
    assert!(model.host().answers.contains_key(&offer));
    let found = host::Fact::Images([("nobody/has:it".to_owned(), Ok(Some(Box::default())))].into_iter().collect());
    tell(&mut model, vec![found], at(100.3));
    assert!(model.host().answers.is_empty(), "{:?}", model.host().answers);
}
