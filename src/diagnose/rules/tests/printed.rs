//! What happens when somebody pastes a printed fix into a shell: what it says, and nothing else.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    compose,
    diagnose::{rules::RULES, scenario::Scenario},
    host::{Called, EngineChoice},
};

/// Programs that the fixes call.
const PROGRAMS: [&str; 14] =
    ["docker", "chown", "chmod", "ls", "touch", "rmdir", "getent", "ss", "stat", "sed", "ip", "sudo", "sysctl", "evil"];
/// What does harm wherever it is read by a shell: in quotes of either kind, without, as an option.
const EVIL: [&str; 4] =
    ["; evil > pwned #", "'; evil > pwned; '", "\"$(evil > pwned)`evil > pwned`\"", " --evil !! \\"];

/// A folder with programs that note how they were called, and do nothing.
struct Stage {
    dir: tempfile::TempDir,
}

impl Stage {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let stage = Self { dir };
        for folder in ["bin", "work"] {
            fs::create_dir(stage.path(folder)).unwrap();
        }
        for program in PROGRAMS {
            let file = stage.path("bin").join(program);
            let text = format!(
                "#!/bin/sh\nprintf '%s\\0' {program} \"$@\" >> \"$STAGE_LOG\"\nprintf '\\n\\0' >> \"$STAGE_LOG\"\n"
            );
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        stage
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// What was called by a line, word by word, and the files that it made.
    fn run(&self, shell: &str, line: &str) -> (Vec<Vec<String>>, BTreeSet<String>) {
        let (log, work) = (self.path("log"), self.path("work"));
        fs::write(&log, "").unwrap();
        let mut command = Command::new(shell);
        command.args(["-c", line]).env_clear().env("PATH", self.path("bin")).env("STAGE_LOG", &log);
        command.current_dir(&work).output().unwrap();
        let said = fs::read_to_string(&log).unwrap();
        let calls = said.split("\n\0").filter(|call| !call.is_empty());
        let calls = calls
            .map(|call| call.strip_suffix('\0').unwrap_or(call).split('\0').map(str::to_owned).collect())
            .collect();
        let made = fs::read_dir(&work).unwrap().map(|entry| entry.unwrap().path());
        let made: BTreeSet<String> = made
            .map(|path| {
                fs::remove_file(&path).unwrap();
                path.file_name().unwrap().to_string_lossy().into_owned()
            })
            .collect();
        (calls, made)
    }
}

/// What stackview may have been called with.
fn hostile_call(evil: &str) -> Called {
    let options = compose::Options {
        files: vec![format!("a{evil}.yaml"), "-x".into()],
        env_files: vec![format!("{evil}.env").into()],
        profiles: vec!["*".into(), evil.into()],
        ..compose::Options::default()
    };
    Called::new(EngineChoice::Context(format!("prod{evil}")), &options)
}

/// Every case in which a rule speaks, as it is and with harm in all that comes from outside.
fn cases() -> impl Iterator<Item = Scenario> {
    RULES.iter().flat_map(|rule| {
        let told = (rule.fires)();
        let hostile = EVIL.iter().flat_map(|evil| {
            let called = told.clone().called(hostile_call(evil));
            told.hostile(evil).into_iter().chain([called])
        });
        hostile.chain([told.clone()]).collect::<Vec<_>>()
    })
}

#[test]
fn a_pasted_fix_runs_what_it_says_and_nothing_else() {
    let shells: Vec<&str> = ["/bin/sh", "/bin/bash"].into_iter().filter(|shell| Path::new(shell).exists()).collect();
    let stage = Stage::new();
    let (mut seen, mut spoiled, mut wrong) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for finding in cases().flat_map(|case| case.diagnosis().findings) {
        let Some(command) = finding.fix.command else { continue };
        let line = command.offered().expect("what can't be offered is no command of a fix");
        if !seen.insert(line.clone()) {
            continue;
        }
        if line.contains("evil") {
            spoiled.insert(finding.rule);
        }
        // What the shell does itself is called by nobody: it makes the file, or changes the shell alone.
        let meant: Vec<Vec<String>> = command
            .commands()
            .iter()
            .filter(|words| !["echo", "printf", "unset"].contains(&&*words[0]))
            .cloned()
            .collect();
        let file: BTreeSet<String> = command.file().map(str::to_owned).into_iter().collect();
        for shell in &shells {
            let (calls, made) = stage.run(shell, &line);
            if calls != meant || made != file {
                wrong.push(format!("{}: {line}\n    {shell} ran {calls:?}, made {made:?}", finding.rule));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), seen.len(), wrong.join("\n"));
    assert!(
        seen.len() > 200 && spoiled.len() > 40,
        "{} lines, of {} rules with harm in them",
        seen.len(),
        spoiled.len()
    );
}

#[test]
fn a_printed_piece_of_a_file_is_read_as_yaml() {
    let mut seen = BTreeSet::new();
    for finding in cases().flat_map(|case| case.diagnosis().findings) {
        let Some(yaml) = finding.fix.yaml else { continue };
        if !seen.insert(yaml.clone()) {
            continue;
        }
        let text = format!("services: {{a: {{image: x}}}}\nx-fix:\n  {yaml}\n");
        let options = compose::Options {
            cwd: "/nowhere".into(),
            files: vec!["-".into()],
            stdin: Some(text),
            how: compose::How { no_interpolate: true, ..compose::How::default() },
            ..compose::Options::default()
        };
        let loaded = compose::load(&options);
        let errors: Vec<_> = loaded.errors().map(ToString::to_string).collect();
        assert!(errors.is_empty(), "{}: {yaml}\n{}", finding.rule, errors.join("\n"));
    }
    assert!(seen.len() > 10, "{}", seen.len());
}

#[test]
fn a_name_that_does_not_fit_a_line_leaves_its_reason() {
    let (mut without, mut told) = (0, 0);
    for rule in RULES {
        for evil in ["\nevil", "\u{1b}[2J", "\u{202e}"] {
            for finding in (rule.fires)().hostile(evil).into_iter().take(2).flat_map(|case| case.diagnosis().findings) {
                told += usize::from(finding.fix.command.is_some());
                if let Some(line) = finding.fix.copied() {
                    assert!(line.chars().all(crate::base::text::is_plain), "{line:?}");
                    assert!(!line.contains("evil") || finding.fix.yaml.is_some(), "{}: {line}", finding.rule);
                } else if finding.fix.text.contains("no command to paste") {
                    without += 1;
                }
            }
        }
    }
    assert!(without > 100 && told > 100, "{without} refused, {told} told");
}
