//! Limits of the host's kernel that a program runs into: `file-watches-used-up`, `kernel-setting-too-low`.
//!
//! They hold for all containers of a host together, so no setting of a service helps.

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::shell::ShellLine,
    diagnose::{
        case::Case,
        finding::{Evidence, Kind},
        findings::Findings,
        said::Phrase,
    },
};

/// No more files can be watched.
pub const WATCHES: Rule = Rule {
    id: "file-watches-used-up",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "the host's kernel watches no more files for changes",
    look: watches,
    #[cfg(test)]
    fires: tests::watches_fire,
    #[cfg(test)]
    spares: tests::watches_spare,
};

/// Another setting is too low.
pub const SETTING: Rule = Rule {
    id: "kernel-setting-too-low",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a program needs a higher value of a kernel setting than the host has",
    look: setting,
    #[cfg(test)]
    fires: tests::setting_fires,
    #[cfg(test)]
    spares: tests::setting_spares,
};

fn watches(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::NoWatches) else { continue };
        let text = said.line.text.to_ascii_lowercase();
        let instances = text.contains("instance") || text.contains("inotify_init") || text.contains("too many open");
        let (key, value) =
            if instances { ("fs.inotify.max_user_instances", 1024) } else { ("fs.inotify.max_user_watches", 524_288) };
        found.push(
            s.error(WATCHES.id, format!("{}: the host's limit of watched files is used up", s.name))
                .shown([said.evidence()])
                .shown(s.end())
                .why(format!(
                    "Programs that reload on changes watch files by the kernel's inotify, whose limit ({key}) all \
                     containers of a host share. The error has the code of a full disk (ENOSPC), but the disk isn't \
                     full."
                ))
                .fix(
                    "Raise the limit on the engine's host, and in /etc/sysctl.d to keep it; or watch less: leave out \
                     node_modules, or poll",
                )
                .command(ShellLine::new("sudo sysctl -w").word(format!("{key}={value}"))),
        );
    }
}

fn setting(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::KernelSetting) else { continue };
        let Some(key) = said.get("thing") else { continue };
        let value = said.get("value").map(str::to_owned).or_else(|| usual(key).map(str::to_owned));
        let command = match value {
            Some(value) => ShellLine::new("sudo sysctl -w").name(format!("{key}={value}")),
            None => ShellLine::new("sysctl").name(key),
        };
        found.push(
            s.error(SETTING.id, format!("{}: the host's {key} is too low for it", s.name))
                .shown([said.evidence(), Evidence::new(Kind::Host, key, "a setting of the host's kernel")])
                .shown(s.end())
                .why(format!(
                    "{key} belongs to the host's kernel, which all containers share, and the program refuses to start \
                     with less. No setting of the service changes it."
                ))
                .fix("Raise it on the engine's host, and put the line into a file in /etc/sysctl.d to keep it")
                .command(command),
        );
    }
}

/// What programs ask for, where their words name no number.
fn usual(key: &str) -> Option<&'static str> {
    match key {
        "vm.max_map_count" => Some("262144"),
        "fs.aio-max-nr" => Some("1048576"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const UI: &str = "services: {ui: {image: vite, restart: always}}";

    fn ui(lines: &[&str]) -> Scenario {
        Scenario::of(UI).with(container("ui").exited(1, 90.0).restarting(4)).log("ui", lines)
    }

    pub fn watches_fire() -> Scenario {
        ui(&["Error: ENOSPC: System limit for number of file watchers reached, watch '/app/src'", "  code: 'ENOSPC',"])
    }

    /// The limit was raised, and it came up.
    pub fn watches_spare() -> Scenario {
        let line = "Error: ENOSPC: System limit for number of file watchers reached, watch '/app/src'";
        Scenario::of(UI).with(container("ui").running(95.0)).log("ui", &[line, "ready in 312 ms"])
    }

    const INDEX: &str = "services: {index: {image: opensearch}}";
    const MAPS: &str =
        "[1]: max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]";

    pub fn setting_fires() -> Scenario {
        let lines = [MAPS, "ERROR: OpenSearch did not exit normally"];
        Scenario::of(INDEX).with(container("index").exited(78, 90.0)).log("index", &lines)
    }

    pub fn setting_spares() -> Scenario {
        Scenario::of(INDEX).with(container("index").running(95.0)).log("index", &[MAPS, "started"])
    }

    #[test]
    fn watches_are_no_full_disk_and_a_full_disk_is_no_watch() {
        assert_eq!(watches_fire().found(), ["file-watches-used-up@ui", "crash-loop@ui < file-watches-used-up@ui"]);
        let disk = ui(&["Error: ENOSPC: no space left on device, write"]);
        assert_eq!(disk.found(), ["no-space-left@ui", "crash-loop@ui < no-space-left@ui"]);
        let go = ui(&["failed to create fsnotify watcher: too many open files"]);
        let told = go.diagnosis().findings.remove(0);
        let command = told.fix.copied().unwrap_or_default();
        assert!(command.contains("max_user_instances"), "{command}");
    }

    #[test]
    fn the_number_is_the_one_that_the_program_asks_for() {
        let told = setting_fires().diagnosis().findings.remove(0);
        assert_eq!(told.fix.copied().as_deref(), Some("sudo sysctl -w vm.max_map_count=262144"));
        assert_eq!(setting_fires().found()[1], "main-process-ends@index < kernel-setting-too-low@index");
    }
}
