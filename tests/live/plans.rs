//! Plans on real engines, where the world changes between the question and the answer.

use std::fs;

use crate::support::{Engine, Project, Terminal, on_every_engine, terminal::has_line};

const IMAGE: &str = "stackview-test/worker:1";
const SIZE: (u16, u16) = (160, 50);

/// An image of the test's own, by its id; gone when the test is over.
struct Image<'a>(&'a Engine, String);

impl Drop for Image<'_> {
    fn drop(&mut self) {
        // The test may have removed it.
        let mut command = std::process::Command::new("docker");
        let _gone = command.env("DOCKER_HOST", &self.0.host).args(["rmi", "--force", &self.1]).output();
    }
}

#[test]
fn an_image_that_is_tagged_after_the_plan_is_kept() {
    on_every_engine(|engine| {
        let project = Project::new(engine, "tagged", "services:\n  solo: {image: stackview-test/worker:1}\n");
        let label = format!("LABEL com.docker.compose.project={}", project.name);
        let container = engine.docker(&["create", IMAGE]);
        let id = engine.docker(&["commit", "--change", &label, &container]);
        engine.docker(&["rm", &container]);
        let image = Image(engine, id.trim_start_matches("sha256:").to_owned());
        let tag = format!("{}:kept", project.name);

        let mut terminal = Terminal::open(&project, &[], SIZE);
        terminal.wait_for_line(&["solo", "missing"]);
        terminal.press("P");
        terminal.wait_for_line(&["image", "untagged"]);
        engine.docker(&["tag", &image.1, &tag]);
        terminal.answer("y");
        terminal.wait_for("what changed", |s| s.contains("is named") && s.contains(&tag));
        assert_eq!(engine.ask(&format!("/images/{}/json", image.1))["RepoTags"][0], *tag, "it is there, and its name");
    });
}

#[test]
fn a_volume_that_is_created_again_after_the_plan_is_kept() {
    on_every_engine(|engine| {
        let project = Project::new(engine, "again", "services:\n  solo: {image: stackview-test/worker:1}\n");
        let volume = format!("{}-data", project.name);
        let label = format!("com.docker.compose.project={}", project.name);
        let create = |made: &str| {
            engine.docker(&["volume", "create", "--label", &label, "--label", &format!("made={made}"), &volume])
        };
        create("first");
        let mut terminal = Terminal::open(&project, &[], SIZE);
        terminal.wait_for_line(&["solo", "missing"]);
        terminal.press("4");
        terminal.wait_for_line(&[&volume]);
        terminal.press("X");
        terminal.wait_for_line(&["Remove the volume"]);
        terminal.press("wrong");
        terminal.wait_for_line(&["this isn't its name"]);
        terminal.press("\x15");
        terminal.press(&volume);
        terminal.wait_for_line(&["Enter", "confirm"]);
        engine.docker(&["volume", "rm", &volume]);
        create("second");
        terminal.answer("\r");
        terminal.wait_for("what changed", |s| s.contains("no longer the one of the plan") && s.contains("labels"));
        assert_eq!(engine.ask(&format!("/volumes/{volume}"))["Labels"]["made"], "second");

        // The next plan is of what there is.
        terminal.press("X");
        terminal.wait_for_line(&["Remove the volume"]);
        terminal.press(&volume);
        terminal.wait_for_line(&["Enter", "confirm"]);
        terminal.answer("\r");
        terminal.wait_for("its end", |s| !s.contains("Remove the volume"));
        engine.wait_until("the volume's end", || engine.try_ask(&format!("/volumes/{volume}")).is_err());
    });
}

#[test]
fn a_file_that_is_saved_just_before_the_answer_brings_the_plan_back() {
    on_every_engine(|engine| {
        let project = Project::new(engine, "saved", "services: {}\n");
        let compose = project.dir().join("compose.yaml");
        let save = |one: &str, two: &str| {
            let service = |name: &str, mode: &str| {
                format!(
                    "  {name}: {{image: \"{IMAGE}\", command: [sleep], stop_grace_period: 0s, environment: {{M: {mode}}}}}\n"
                )
            };
            let text = format!("name: {}\nservices:\n{}{}", project.name, service("one", one), service("two", two));
            fs::write(&compose, text).unwrap();
        };
        save("a", "a");
        project.compose(&["up", "--detach"]);
        let mut terminal = Terminal::open(&project, &[], SIZE);
        let calm = |s: &str| has_line(s, &["one", "running"]) && has_line(s, &["two", "running"]) && !s.contains('≠');
        terminal.wait_for("both as in the file", calm);
        save("b", "a");
        terminal.wait_for_line(&["one", "≠", "running"]);
        let before = (project.container("one"), project.container("two"));
        terminal.press("U");
        terminal.wait_for_line(&["Recreate one?"]);
        terminal.pause();
        save("b", "b");
        terminal.press("y");
        terminal.wait_for_line(&["now also: recreate container", "-two-1"]);
        terminal.wait_for_line(&["Recreate one and two?"]);
        assert_eq!((project.container("one"), project.container("two")), before, "nothing is recreated");
        terminal.answer("\r");
        terminal.wait_for("both as in the file again", calm);
        let after = (project.container("one"), project.container("two"));
        assert!(before.0 != after.0 && before.1 != after.1, "what was agreed to is done");
    });
}

#[test]
fn what_ends_right_after_up_is_not_called_done() {
    on_every_engine(|engine| {
        let services = format!("services:\n  bad: {{image: \"{IMAGE}\", command: [crash, --code, \"3\"]}}\n");
        let project = Project::new(engine, "ends", &services);
        let mut terminal = Terminal::open(&project, &[], SIZE);
        terminal.wait_for_line(&["bad", "missing"]);
        terminal.press("u");
        terminal.wait_for_line(&["bad exited with code 3 right after its start"]);
        assert!(!String::from_utf8_lossy(&terminal.raw()).contains("Done: up"));
    });
}
