//! Requests: order of events as recorded from an engine 20.10, exit codes, and the engine's refusals.

use super::*;
use crate::sim::world::{Generation, Status, Until};

/// The stack of which `tests` were recorded: `a` handles TERM, `b` doesn't.
const STACK: &str = r#"
project: r
compose: |
  services:
    a: {image: busybox, volumes: ["data:/d"], networks: [x, y], stop_grace_period: 2s}
    b: {image: busybox, volumes: [/anon], networks: [x], depends_on: [a], stop_grace_period: 1s}
  networks: {x: {}, y: {}}
  volumes: {data: {}}
services:
  a: {term: {takes: 90ms}}
  b: {term: {ignored: true}}
script: [{at: 0s, up: all}]
"#;

fn stack() -> World {
    let mut world = world(STACK);
    world.advance(after(5.0));
    world
}

fn stop(timeout: Option<i64>) -> Action {
    Action::Stop { timeout, signal: None }
}

fn restart(timeout: Option<i64>) -> Action {
    Action::Restart { timeout, signal: None }
}

/// What an action told, with the outcome; and what came within two seconds after.
fn tells(world: &mut World, name: &str, action: Action) -> Vec<String> {
    let from = world.events().next();
    world.act_on(name, action).unwrap();
    let later = world.now() + Duration::from_secs(2);
    world.advance(later);
    // Anonymous volumes have no name here; all else is named by its own.
    world.told(from).into_iter().map(|line| line.trim_end().replace("r-", "").replace("r_", "")).collect()
}

#[test]
fn up_tells_what_docker_compose_makes() {
    let told: Vec<String> = stack().told(0).into_iter().map(|line| line.trim_end().to_owned()).collect();
    let expected = [
        "network create r_x",
        "network create r_y",
        "volume create",
        "volume create",
        "container create r-a-1",
        "volume create",
        "container create r-b-1",
        "network connect r_x",
        "network connect r_y",
        "volume mount",
        "container start r-a-1",
        "network connect r_x",
        "volume mount",
        "container start r-b-1",
    ];
    assert_eq!(told, expected);
}

#[test]
fn stopping_and_starting_tell_what_an_engine_tells() {
    let mut world = stack();
    let ends = ["network disconnect x", "network disconnect y", "volume unmount"];
    let begins = ["network connect x", "network connect y", "volume mount", "container start a-1"];
    let with =
        |first: &[&str], then: &[&str]| -> Vec<String> { first.iter().chain(then).map(|s| (*s).to_owned()).collect() };

    let told = tells(&mut world, "r-a-1", stop(None));
    assert_eq!(
        told,
        with(
            &with(&["container kill 15 a-1", "container die 0 a-1"], &ends)
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
            &["container stop a-1"]
        )
    );
    assert_eq!(world.act_on("r-a-1", stop(None)), Ok(Done::Unchanged));
    assert_eq!(tells(&mut world, "r-a-1", Action::Start), begins);
    assert_eq!(world.act_on("r-a-1", Action::Start), Ok(Done::Unchanged));

    let told = tells(&mut world, "r-b-1", restart(Some(1)));
    let expected = [
        "container kill 15 b-1",
        "container kill 9 b-1",
        "container die 137 b-1",
        "network disconnect x",
        "volume unmount",
        "container stop b-1",
        "network connect x",
        "volume mount",
        "container start b-1",
        "container restart b-1",
    ];
    assert_eq!(told, expected);

    assert_eq!(tells(&mut world, "r-b-1", Action::Kill { signal: Some("TERM".into()) }), ["container kill 15 b-1"]);
    let told = tells(&mut world, "r-a-1", Action::Kill { signal: None });
    assert_eq!(told, with(&["container kill 9 a-1", "container die 137 a-1"], &ends));
    assert_eq!(world.of("a").exit_code, 137);
}

#[test]
fn a_stop_takes_its_grace_and_no_more() {
    let mut world = stack();
    let took = |world: &mut World, action| {
        let begun = world.now();
        world.act_on("r-b-1", action).unwrap();
        world.now().since(begun).as_millis()
    };
    assert!((1000..1150).contains(&took(&mut world, stop(None))), "its own grace");
    world.act_on("r-b-1", Action::Start).unwrap();
    assert!((3000..3150).contains(&took(&mut world, stop(Some(3)))), "the client's");
    world.act_on("r-b-1", Action::Start).unwrap();
    assert!(took(&mut world, stop(Some(0))) < 150, "none");
    world.act_on("r-b-1", Action::Start).unwrap();
    let forever = world.begin("r-b-1", stop(Some(-1))).unwrap();
    let later = world.now() + Duration::from_secs(100_000);
    world.advance(later);
    assert_eq!(world.outcome(forever), None, "without limit");
    world.act_on("r-b-1", Action::Kill { signal: None }).unwrap();
    assert_eq!(world.outcome(forever), Some(Ok(Done::Changed)));
}

#[test]
fn a_frozen_program_is_thawed_to_be_stopped_but_killed_as_it_is() {
    let mut world = stack();
    world.act_on("r-a-1", Action::Pause).unwrap();
    let told = tells(&mut world, "r-a-1", stop(None));
    assert_eq!(told[..3], ["container kill 15 a-1", "container unpause a-1", "container die 0 a-1"]);
    world.act_on("r-a-1", Action::Start).unwrap();
    world.act_on("r-a-1", Action::Pause).unwrap();
    let told = tells(&mut world, "r-a-1", Action::Kill { signal: None });
    assert_eq!(told[..2], ["container kill 9 a-1", "container die 137 a-1"]);
    // A stop that is under way when somebody pauses it still comes to its end.
    world.act_on("r-b-1", Action::Start).unwrap();
    let ticket = world.begin("r-b-1", stop(Some(3))).unwrap();
    world.act_on("r-b-1", Action::Pause).unwrap();
    let later = world.now() + Duration::from_secs(5);
    world.advance(later);
    assert_eq!(world.outcome(ticket), Some(Ok(Done::Changed)));
}

#[test]
fn refusals_are_the_engines() {
    let mut world = stack();
    let id = world.of("a").id.clone();
    let mut refused = |action: Action| {
        let error = world.act_on("r-a-1", action).unwrap_err();
        (error.status, error.message.replace(&id, "ID"))
    };
    let kill = |signal: &str| Action::Kill { signal: Some(signal.into()) };
    assert_eq!(refused(kill("NOPE")), (400, "Invalid signal: NOPE".into()));
    assert_eq!(refused(Action::Unpause), (500, "Container ID is not paused".into()));
    let remove = Action::Remove { force: false, volumes: false };
    let running =
        "You cannot remove a running container ID. Stop the container before attempting removal or force remove";
    assert_eq!(refused(remove.clone()), (409, running.into()));
    let (status, message) = refused(Action::Rename { to: "r-b-1".into() });
    assert_eq!(status, 409);
    assert!(message.contains("The container name \"/r-b-1\" is already in use by container"), "{message}");
    assert_eq!(refused(Action::Rename { to: "/!!".into() }).0, 400);

    world.act_on("r-a-1", Action::Pause).unwrap();
    let mut refused = |action: Action| world.act_on("r-a-1", action).unwrap_err().message.replace(&id, "ID");
    assert_eq!(refused(Action::Pause), "Container ID is already paused");
    assert_eq!(refused(Action::Start), "cannot start a paused container, try unpause instead");
    assert!(refused(remove).starts_with("You cannot remove a paused container ID. Unpause and then stop"));

    world.act_on("r-a-1", stop(None)).unwrap();
    let mut refused = |action: Action| world.act_on("r-a-1", action).unwrap_err().message.replace(&id, "ID");
    assert_eq!(refused(kill("TERM")), "Cannot kill container: r-a-1: Container ID is not running");
    assert_eq!(refused(Action::Pause), "Container ID is not running");
    let gone = world.begin("nope", Action::Start).unwrap_err();
    assert_eq!((gone.status, gone.message.as_str()), (404, "No such container: nope"));
    let gone = world.begin("nope", kill("TERM")).unwrap_err();
    assert_eq!(gone.message, "Cannot kill container: nope: No such container: nope");
    assert_eq!(world.top("r-a-1").unwrap_err().status, 409);
}

#[test]
fn newer_engines_tell_an_end_when_they_have_cleaned_up() {
    let scenario = Arc::new(Scenario::parse("test.yaml", STACK).unwrap());
    let mut world = World::like(scenario, 1, START, Generation::Docker25);
    world.advance(after(5.0));
    let ends = ["network disconnect x", "network disconnect y", "volume unmount"];
    let with = |first: &[&'static str], then: &[&'static str]| [first, &ends, then].concat();
    let told = tells(&mut world, "r-a-1", stop(None));
    let over = with(&["container kill 15 a-1"], &["container stop a-1", "container die 0 a-1"]);
    assert_eq!(told, over);
    world.act_on("r-a-1", Action::Start).unwrap();
    let told = tells(&mut world, "r-a-1", restart(None));
    assert_eq!(told[..over.len()], over);
    assert_eq!(told.last().unwrap(), "container restart a-1");
    let told = tells(&mut world, "r-a-1", Action::Remove { force: true, volumes: false });
    assert_eq!(told, with(&["container kill 9 a-1"], &["container die 137 a-1", "container destroy a-1"]));
}

#[test]
fn newer_engines_word_it_differently() {
    let scenario = Arc::new(Scenario::parse("test.yaml", STACK).unwrap());
    let mut world = World::like(scenario, 1, START, Generation::Docker25);
    world.advance(after(5.0));
    let id = world.of("a").id.clone();
    let refused = |world: &mut World, action: Action| {
        let error = world.act_on("r-a-1", action).unwrap_err();
        (error.status, error.message.replace(&id, "ID"))
    };
    let remove = Action::Remove { force: false, volumes: false };
    let kill = |signal: &str| Action::Kill { signal: Some(signal.into()) };
    let said =
        "cannot remove container \"/r-a-1\": container is running: stop the container before removing or force remove";
    assert_eq!(refused(&mut world, remove.clone()), (409, said.into()));
    assert_eq!(refused(&mut world, kill("NOPE")), (400, "cannot kill container: r-a-1: invalid signal: NOPE".into()));
    world.act_on("r-a-1", Action::Pause).unwrap();
    let said = "cannot remove container \"/r-a-1\": container is paused and must be unpaused first";
    assert_eq!(refused(&mut world, remove), (409, said.into()));
    world.act_on("r-a-1", stop(None)).unwrap();
    let die = world.events().from(0).find(|(_, event)| event.action == "die").unwrap().1;
    assert_eq!(die.attribute("execDuration"), Some("4"));
    assert_eq!(
        refused(&mut world, kill("TERM")),
        (409, "cannot kill container: r-a-1: container ID is not running".into())
    );
    assert_eq!(refused(&mut world, Action::Pause), (409, "container ID is not running".into()));
}

#[test]
fn removing_takes_what_it_should_and_no_more() {
    let mut world = stack();
    let network = world.remove_network("r_x").unwrap_err();
    assert_eq!(network.status, 403);
    assert!(network.message.ends_with("has active endpoints"), "{}", network.message);
    assert!(
        world.remove_volume("r_data", false).unwrap_err().message.starts_with("remove r_data: volume is in use - [")
    );
    assert_eq!(
        world.remove_network("bridge").unwrap_err().message,
        "bridge is a pre-defined network and cannot be removed"
    );
    let anonymous = world.volumes().filter(|v| v.anonymous()).count();
    assert_eq!(anonymous, 1);

    let from = world.events().next();
    world.act_on("r-b-1", Action::Remove { force: true, volumes: true }).unwrap();
    let told: Vec<String> = world.told(from).into_iter().map(|line| line.trim_end().to_owned()).collect();
    let expected = [
        "container kill 9 r-b-1",
        "container die 137 r-b-1",
        "network disconnect r_x",
        "volume unmount",
        "volume destroy",
        "container destroy r-b-1",
    ];
    assert_eq!(told, expected);
    assert_eq!(world.volumes().filter(|v| v.anonymous()).count(), 0);
    world.act_on("r-a-1", Action::Remove { force: true, volumes: true }).unwrap();
    assert!(world.volume("r_data").is_ok(), "a volume with a name of its own stays");
    world.remove_volume("r_data", false).unwrap();
    world.remove_network("r_x").unwrap();
    assert_eq!(world.volume("r_data").unwrap_err().message, "get r_data: no such volume");
    assert_eq!(world.network("r_x").unwrap_err().message, "network r_x not found");
    assert!(world.container("r-a-1").is_err());
}

#[test]
fn waits_are_answered_in_their_time() {
    let mut world = stack();
    let mut wait = |until| world.begin("r-a-1", Action::Wait(until)).unwrap();
    let (ends, exits, goes) = (wait(Until::NotRunning), wait(Until::NextExit), wait(Until::Removed));
    assert_eq!(world.outcome(ends), None);
    world.act_on("r-a-1", stop(None)).unwrap();
    let exited = Some(Ok(Done::Exited { code: 0, error: None }));
    assert_eq!(
        (world.outcome(ends), world.outcome(exits), world.outcome(goes)),
        (exited.clone(), exited.clone(), None)
    );
    assert_eq!(world.act_on("r-a-1", Action::Wait(Until::NotRunning)), Ok(Done::Exited { code: 0, error: None }));
    world.act_on("r-a-1", Action::Remove { force: false, volumes: false }).unwrap();
    assert_eq!(world.outcome(goes), exited);
}

#[test]
fn a_start_can_be_refused() {
    let text = r#"
project: p
compose: |
  services:
    bad: {image: busybox, command: /nope}
    first: {image: busybox, ports: ["8080:80"]}
    second: {image: busybox, ports: ["8080:80"], depends_on: [first]}
services:
  bad: {refuses: {code: 127, error: 'exec: "/nope": stat /nope: no such file or directory: unknown'}}
script: [{at: 0s, up: all}]
"#;
    let mut world = world(text);
    world.advance(after(5.0));
    let bad = world.of("bad");
    assert_eq!((bad.status, bad.exit_code, bad.started), (Status::Created, 127, None));
    assert!(bad.error.contains("no such file"), "{}", bad.error);
    assert_eq!(world.of("first").status, Status::Running);
    assert_eq!(world.of("second").status, Status::Created);
    let error = world.act_on("p-second-1", Action::Start).unwrap_err();
    assert!(error.message.ends_with("Bind for 0.0.0.0:8080 failed: port is already allocated"), "{}", error.message);
    world.act_on("p-first-1", stop(None)).unwrap();
    assert_eq!(world.act_on("p-second-1", Action::Start), Ok(Done::Changed));
}

#[test]
fn out_of_memory_is_told_before_and_after() {
    let mut world = world(
        "project: p\ncompose: |\n  services:\n    a: {image: busybox, mem_limit: 8m}\nservices:\n  a: {exits: {after: 1s, oom: true}}\nscript: [{at: 0s, up: all}]\n",
    );
    world.advance(after(5.0));
    let told = world.told(0);
    let a = world.of("a");
    assert_eq!((a.status, a.exit_code, a.oom_killed), (Status::Exited, 137, true));
    let oom: Vec<&String> = told.iter().filter(|line| line.contains("oom") || line.contains("die")).collect();
    assert_eq!(oom, ["container oom p-a-1", "container die 137 p-a-1", "container oom p-a-1"]);
}

#[test]
fn images_in_use_stay_and_prunes_take_the_rest() {
    let mut world = built_in("taskapp");
    world.advance(after(120.0));
    let error = world.remove_image("postgres:15", false).unwrap_err();
    assert_eq!(error.status, 409);
    assert!(
        error
            .message
            .starts_with("conflict: unable to remove repository reference \"postgres:15\" (must force) - container")
    );
    let (removed, reclaimed) = world.prune_images(|image| image.tags.is_empty());
    assert_eq!((removed.len(), reclaimed), (1, 98 << 20));
    let (removed, _) = world.prune_images(|_| true);
    assert!(removed.len() >= 2, "{removed:?}");
    assert!(world.image("postgres:15").is_ok());
    let pruned = world.prune_volumes(|volume| !volume.anonymous());
    assert!(pruned.removed.contains(&"taskapp_uploads".to_owned()), "{pruned:?}");
    assert!(world.volume("taskapp_postgres_data").is_ok());
    let pruned = world.prune_containers(|_| true);
    assert_eq!(pruned.removed.len(), 1, "the other project's");
    assert_eq!(world.containers().count(), 3);
}

#[test]
fn ids_are_found_by_their_beginning() {
    let world = stack();
    let (a, b) = (world.of("a"), world.of("b"));
    assert_eq!(world.container(&a.id).unwrap().id, a.id);
    assert_eq!(world.container(a.short()).unwrap().id, a.id);
    assert_eq!(world.container("/r-a-1").unwrap().id, a.id);
    let shared: String = a.id.chars().zip(b.id.chars()).take_while(|(x, y)| x == y).map(|(x, _)| x).collect();
    if !shared.is_empty() {
        assert_eq!(world.container(&shared).unwrap_err().status, 400);
    }
    assert!(world.container("").is_err());
}
