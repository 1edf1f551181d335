//! Bringing up: at once where nothing is recreated, else by a plan that names what is.

use serde_json::json;

use super::*;
use crate::{
    app::{Code, Key},
    compose::{
        Problem,
        canon::{Line, config_hash},
    },
    stack::{ImageFacts, fixture},
    work::{Error, Progress, Unit},
};

/// The chain, its containers as docker compose made them, but for these services, whose image was moved since.
fn judged(drifted: &[&str]) -> Model {
    let mut model = model(&[]);
    let mut project = (*fixture::chain()).clone();
    project.resolved = project.services.keys().map(|name| (name.clone(), json!({}))).collect();
    update(&mut model, Msg::Loaded { project: Some(project.into()), problems: Vec::new() }, at(100.0));
    let mut images = Vec::new();
    for name in ["db", "backend", "frontend"] {
        let id = if drifted.contains(&name) { "sha256:1" } else { "sha256:0" };
        let image = ImageFacts { id: id.into(), ..ImageFacts::default() };
        images.push((format!("{name}:latest"), Ok(Some(Box::new(image)))));
    }
    tell(&mut model, snapshot(&healthy().map_labels()), at(100.0));
    tell(&mut model, vec![host::Fact::Images(images.into_iter().collect())], at(100.0));
    model
}

trait MapLabels {
    fn map_labels(self) -> Self;
}

impl MapLabels for Vec<Container> {
    fn map_labels(mut self) -> Self {
        for container in &mut self {
            container.labels.insert("com.docker.compose.config-hash".into(), config_hash(json!({}), Line::V26));
        }
        self
    }
}

fn plan(model: &Model) -> (String, Vec<String>) {
    let Some(Overlay::Confirm(Confirm { plan, .. })) = &model.ui.overlay else { panic!("no plan is shown") };
    (plan.title.clone(), plan.items.iter().map(|i| format!("{}: {}", i.what, i.note)).collect())
}

#[test]
fn what_recreates_nothing_is_done_at_once() {
    let mut model = judged(&[]);
    let effects = press(&mut model, "u");
    assert_eq!(calls(&model, &effects), ["up db"]);
    assert_eq!(last_toast(&model), "up db · docker compose up -d --no-recreate db");
    answer(&mut model, at(101.0));
    assert!(model.jobs[0].is_under_way(), "whether it stays up is seen first");
    assert_eq!(next_change(&model).map(|d| d.as_secs()), Some(3));
    update(&mut model, Msg::Tick, at(104.0));
    assert!(model.jobs[0].ended.is_some());
    assert_eq!(last_toast(&model), "Done: up db");
}

#[test]
fn it_can_be_brought_up_again_while_the_last_time_is_still_watched() {
    let mut model = judged(&[]);
    press(&mut model, "u");
    let again = press(&mut model, "u");
    assert!(calls(&model, &again).is_empty(), "not while it runs");
    answer(&mut model, at(101.0));
    let again = press(&mut model, "u");
    assert_eq!(calls(&model, &again), ["up db"]);
    assert_eq!(model.jobs.iter().filter(|job| job.is_under_way()).count(), 1);
}

#[test]
fn what_ends_right_after_its_start_is_not_done() {
    let mut model = judged(&[]);
    press(&mut model, "u");
    answer(&mut model, at(101.0));
    let dead = Container { started: Some(at(100.5)), ..container("db").exited(3, 101.2) };
    tell(&mut model, vec![Fact::Inspected(Box::new(dead))], at(101.5));
    assert_eq!(errors(&model), ["up db: db exited with code 3 right after its start"]);
    update(&mut model, Msg::Tick, at(105.0));
    assert!(model.toasts.iter().all(|toast| !toast.text.contains("Done")), "{:?}", model.toasts);
}

#[test]
fn what_drifted_is_recreated_after_its_plan() {
    let mut model = judged(&["db"]);
    assert!(press(&mut model, "u").is_empty());
    let title = "Recreate db?".to_owned();
    assert_eq!(plan(&model), (title, vec!["container p-db-1: image".into()]));
    let effects = press(&mut model, "y");
    assert_eq!(calls(&model, &effects), ["up db recreating db"]);
}

#[test]
fn what_it_depends_on_is_in_the_plan() {
    let mut model = judged(&["db"]);
    press(&mut model, "Gu");
    assert_eq!(selected(&model), "frontend");
    assert_eq!(plan(&model).1, ["container p-db-1: image"]);
}

#[test]
fn the_project_is_brought_up_by_a_plan_in_any_case() {
    let mut model = judged(&[]);
    assert!(press(&mut model, "U").is_empty());
    assert_eq!(plan(&model), ("Bring the project up?".to_owned(), vec![]));
    let effects = press(&mut model, "y");
    assert_eq!(calls(&model, &effects), ["up  recreating "]);
}

/// Agrees to what is shown: the number under which the files are read once more.
fn agree(model: &mut Model, key: Key, secs: f64) -> u32 {
    update(model, Msg::Seen, at(secs));
    let effects = update(model, Msg::Input(Input::Key(key)), at(secs + 0.3));
    let [Effect::Reread(number)] = effects[..] else { panic!("the files aren't read once more: {effects:?}") };
    number
}

#[test]
fn files_that_were_saved_just_before_are_read_before_anything_is_recreated() {
    let mut model = judged(&["db"]);
    press(&mut model, "u");
    let number = agree(&mut model, Key::char('y'), 101.0);
    let again = update(&mut model, Msg::Input(Input::Key(Key::char('y'))), at(101.5));
    assert!(again.is_empty(), "it is asked once");
    assert!(update(&mut model, Msg::Reread(number + 1, Ok(())), at(101.6)).is_empty(), "another reading is none of it");
    // The file was saved before the key, and asks for a second container.
    let mut project = (**model.stack().declared.as_ref().unwrap()).clone();
    project.services["db"].replicas = 2;
    update(&mut model, Msg::Loaded { project: Some(project.into()), problems: Vec::new() }, at(102.0));
    assert!(update(&mut model, Msg::Reread(number, Ok(())), at(102.0)).is_empty() && model.jobs.is_empty());
    let Some(Overlay::Confirm(shown)) = &model.ui.overlay else { panic!("no plan is shown") };
    assert_eq!(shown.news, ["now also: create db"]);
    // The key that is held down since is no answer to the new one.
    update(&mut model, Msg::Seen, at(102.0));
    update(&mut model, Msg::Input(Input::Key(Key::char('y'))), at(103.0));
    assert!(model.jobs.is_empty());
    let number = agree(&mut model, Key::plain(Code::Enter), 103.0);
    let effects = update(&mut model, Msg::Reread(number, Ok(())), at(104.0));
    assert_eq!(calls(&model, &effects), ["up db recreating db"]);
}

#[test]
fn what_cannot_be_read_once_more_is_not_carried_out() {
    let mut model = judged(&["db"]);
    press(&mut model, "u");
    let number = agree(&mut model, Key::char('y'), 101.0);
    update(&mut model, Msg::Reread(number, Err("no thread".into())), at(101.5));
    assert_eq!((last_toast(&model), model.jobs.len()), ("no thread", 0));
    let number = agree(&mut model, Key::char('y'), 102.0);
    update(&mut model, Msg::Loaded { project: None, problems: vec![Problem::error("half a file")] }, at(102.5));
    update(&mut model, Msg::Reread(number, Ok(())), at(102.5));
    assert_eq!(last_toast(&model), "The compose files can't be used: half a file");
    assert!(model.ui.overlay.is_none() && model.jobs.is_empty());
    press(&mut model, "U");
    let mut left = judged(&["db"]);
    press(&mut left, "u");
    let number = agree(&mut left, Key::char('y'), 101.0);
    press(&mut left, "<Esc>");
    update(&mut left, Msg::Reread(number, Ok(())), at(103.0));
    assert!(left.jobs.is_empty(), "who leaves it meanwhile has cancelled it");
}

#[test]
fn the_plan_lists_what_is_created_started_and_taken_away() {
    let mut model = judged(&[]);
    let mut project = (**model.stack().declared.as_ref().unwrap()).clone();
    project.services["backend"].replicas = 3;
    project.services["frontend"].replicas = 0;
    update(&mut model, Msg::Loaded { project: Some(project.into()), problems: Vec::new() }, at(100.0));
    let mut ended = healthy().map_labels();
    ended[0] = Container { labels: ended[0].labels.clone(), ..container("db").exited(1, 50.0) };
    tell(&mut model, snapshot(&ended), at(100.0));
    press(&mut model, "U");
    let Some(Overlay::Confirm(Confirm { plan, .. })) = &model.ui.overlay else { panic!("no plan is shown") };
    let items: Vec<_> = plan.items.iter().map(crate::work::Item::words).collect();
    assert_eq!(
        items,
        [
            "start container p-db-1 (exited)",
            "create 2 containers of backend",
            "remove 1 of 1 container of frontend (the file asks for 0)"
        ]
    );
    // A lower-case key takes nothing away unasked, even where nothing is recreated.
    press(&mut model, "<Esc>Gu");
    assert!(model.jobs.is_empty() && matches!(model.ui.overlay, Some(Overlay::Confirm(_))));
}

#[test]
fn a_plan_that_no_longer_holds_is_shown_again() {
    let mut model = judged(&["db"]);
    press(&mut model, "U");
    let moved = judged(&["db", "backend"]);
    let images = moved.host().images.clone();
    tell(&mut model, vec![host::Fact::Images(images)], at(101.0));
    let effects = press(&mut model, "y");
    assert!(calls(&model, &effects).is_empty());
    assert_eq!(plan(&model).1.len(), 2);
    let effects = press(&mut model, "<Enter>");
    assert_eq!(calls(&model, &effects), ["up  recreating db backend"]);
}

#[test]
fn where_it_cannot_be_known_the_plan_says_so() {
    let mut model = judged(&[]);
    // Made by another version of compose: another digest, the same keys.
    let mut other = healthy().map_labels();
    other[0].labels.insert("com.docker.compose.config-hash".into(), "0".into());
    other[0].check = None;
    tell(&mut model, snapshot(&other), at(101.0));
    let own = ("sha256:0".to_owned(), Ok(Some(Box::default())));
    let images = model.host().images.clone().into_iter().chain([own]).collect();
    tell(&mut model, vec![host::Fact::Images(images)], at(101.0));
    assert!(press(&mut model, "u").is_empty());
    let Some(Overlay::Confirm(Confirm { plan, .. })) = &model.ui.overlay else { panic!("no plan is shown") };
    assert!(plan.items.is_empty() && plan.warnings[0].contains("another version of compose"), "{plan:?}");
}

#[test]
fn it_is_refused_where_docker_compose_would_refuse() {
    let mut model = judged(&[]);
    model.problems = vec![Problem::error("services must be a mapping")];
    press(&mut model, "u");
    assert_eq!(last_toast(&model), "The compose files can't be used: services must be a mapping");
    model.problems.clear();
    let mut orphan = container("old").running(1.0);
    orphan.name = "p-old-1".into();
    tell(&mut model, vec![Fact::Inspected(Box::new(orphan))], at(101.0));
    press(&mut model, "Gu");
    assert!(last_toast(&model).contains("p-old-1 is in no compose file"), "{}", last_toast(&model));
    model.stack_mut().declare(None);
    press(&mut model, "U");
    assert!(last_toast(&model).contains("No compose file is known here"));
    press(&mut model, "<C-t>u");
    assert!(last_toast(&model).contains("read-only"));
    assert!(model.jobs.is_empty());
}

#[test]
fn what_is_under_way_tells_how_far_it_is_and_can_be_cancelled() {
    let mut model = judged(&[]);
    press(&mut model, "Q");
    assert_eq!(last_toast(&model), "Nothing is running");
    press(&mut model, "u");
    let task = model.jobs[0].running[0].id;
    let words = "Container p-db-1 Starting".to_owned();
    let progress = Progress { done: 0, total: Some(1), unit: Unit::Things, words };
    update(&mut model, Msg::Progress(task, progress.clone()), at(101.0));
    assert_eq!(model.jobs[0].progress(), Some(&progress));
    let host = model.jobs[0].host;
    assert_eq!(press(&mut model, "Q"), [Effect::Cancel(host, task)]);
    assert!(press(&mut model, "Q").is_empty(), "it is asked once");
    update(&mut model, Msg::Ended(task, Err(Error::Cancelled)), at(102.0));
    assert!(model.jobs[0].ended.is_some());
    assert_eq!(errors(&model), ["up db: cancelled; what was done by then stays"]);
}
