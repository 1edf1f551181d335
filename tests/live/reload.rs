//! Compose files that are saved while the dashboard shows their project.

use std::{fs, path::Path};

use crate::support::{Project, Terminal, on_every_engine, terminal::has_line};

const SIZE: (u16, u16) = (160, 50);

fn file(project: &Project, services: &str) -> String {
    format!("name: {}\nservices:\n{services}", project.name)
}

const SOLO: &str = "  solo: { image: \"stackview-test/worker:1\", command: [sleep], env_file: [app.env] }\n";

/// As most editors save: a new file takes the old one's name.
fn save(path: &Path, text: &str) {
    let new = path.with_extension("new");
    fs::write(&new, text).unwrap();
    fs::rename(new, path).unwrap();
}

#[test]
fn a_save_is_read_a_wrong_one_is_told_and_the_right_one_is_taken() {
    on_every_engine(|engine| {
        let project = Project::new(engine, "reload", &format!("services:\n{SOLO}"));
        let (compose, variables) = (project.dir().join("compose.yaml"), project.dir().join("app.env"));
        fs::write(&variables, "A=1\n").unwrap();
        project.compose(&["up", "--detach"]);
        let terminal = Terminal::open(&project, &[], SIZE);
        terminal.wait_for_line(&["solo", "running"]);
        save(&compose, &file(&project, &format!("{SOLO}  second: {{ image: \"stackview-test/worker:1\" }}\n")));
        terminal.wait_for_line(&["second", "missing"]);
        terminal.wait_for_line(&["second added"]);
        // Wrong: the project stays, with the error, its line and a caret above it.
        save(&compose, &file(&project, "  solo: { imge: x }\n"));
        terminal.wait_for_line(&["compose.yaml:3", "imge"]);
        terminal.wait_for("the kept project", |screen| {
            has_line(screen, &["solo", "running"]) && has_line(screen, &["second", "missing"])
        });
        terminal.wait_for_line(&["stays on the screen"]);
        // Right again, in another way.
        fs::write(&compose, file(&project, SOLO)).unwrap();
        terminal.wait_for("the right project", |screen| {
            !screen.contains("imge")
                && !has_line(screen, &["second", "missing"])
                && has_line(screen, &["solo", "running"])
        });
        fs::write(&variables, "A=2\n").unwrap();
        terminal.wait_for_line(&["solo.environment changed"]);
    });
}

#[test]
fn a_file_that_appears_is_read_and_one_that_goes_is_missed() {
    on_every_engine(|engine| {
        let project = Project::new(engine, "appears", &format!("services:\n{SOLO}"));
        let compose = project.dir().join("compose.yaml");
        let text = fs::read_to_string(&compose).unwrap();
        fs::write(project.dir().join("app.env"), "A=1\n").unwrap();
        // `app.env` has to be there for a file to be whole; the compose file isn't yet.
        fs::remove_file(&compose).unwrap();
        let terminal = Terminal::open(&project, &[], SIZE);
        terminal.wait_for_line(&["no compose file here"]);
        save(&compose, &text);
        terminal.wait_for_line(&["solo", "missing"]);
        fs::remove_file(&compose).unwrap();
        terminal.wait_for_line(&["the compose file is gone"]);
        terminal.wait_for_line(&["solo", "missing"]);
        save(&compose, &text);
        terminal.wait_for_line(&["valid again"]);
        // For the end of the test, which takes the project down with it.
    });
}
