//! Every rule, one file and one row each.
//!
//! A rule looks at a whole case and pushes what it finds. It comes with a scenario that makes it speak and one, as
//! near to it as can be, that is well and leaves it silent; the tests here run both.

mod bind_directory_over_file;
mod bind_source_missing;
mod capability_missing;
mod commands;
mod condition_needs_healthcheck;
mod connects_to_itself;
mod content_changed;
mod cpu_throttled;
mod crash_loop;
mod credentials_differ;
mod databases;
mod dependency_became_unhealthy;
mod dependency_failed;
mod dependency_not_ready;
mod drifted;
mod environment_items;
mod file_missing_in_container;
mod file_problems;
mod file_system;
mod file_warnings;
mod health_flapping;
mod healthcheck_fails;
mod healthcheck_needs_a_shell;
mod healthcheck_passes_too_early;
mod healthcheck_program_missing;
mod healthcheck_shell;
mod healthcheck_times_out;
mod healthcheck_wrong_port;
mod host_limits;
mod host_port_taken;
mod host_port_taken_by_container;
mod host_port_twice;
mod hygiene;
mod image_not_available;
mod init_scripts;
mod jobs;
mod keeps_failing;
mod kernel_limits;
mod killed_after_grace_period;
mod leftovers;
mod listens_on_loopback;
mod main_process_ends;
mod names_and_networks;
mod networks;
mod no_shared_network;
mod old_data;
mod older_compose;
mod other_stack;
mod out_of_memory;
mod out_of_memory_child;
mod permission_denied;
mod pids_limit;
mod probe_answers;
mod program_reports_unhealthy;
mod restart_limit_reached;
mod rule;
mod script_interpreter_missing;
mod segmentation_fault;
mod service_missing;
mod setting_missing;
mod stale_upstream_address;
mod start_period_too_short;
mod states;
mod unknown_host;
mod url_needs_percent_encoding;
mod variable_not_set;
mod volume_keeps_old_password;
mod wrong_architecture;
mod wrong_port;

pub use self::rule::{Rank, Rule, Stage};

/// Every rule. Of rules that could speak of the same thing the more telling stands first.
pub const RULES: &[&Rule] = &[
    // Whose containers these are.
    &other_stack::RULE,
    // Files and variables.
    &file_problems::YAML_ERROR,
    &file_problems::SCHEMA_ERROR,
    &file_problems::VARIABLE_REQUIRED,
    &file_problems::DOLLAR_NOT_ESCAPED,
    &file_problems::DEPENDENCY_CYCLE,
    &file_problems::DEPENDENCY_IN_INACTIVE_PROFILE,
    &file_problems::DEPENDENCY_UNDEFINED,
    &file_problems::ENV_FILE_MISSING,
    &file_problems::REPLICAS_SHARE_CONTAINER_NAME,
    &variable_not_set::RULE,
    &file_warnings::RULE,
    &older_compose::RULE,
    &condition_needs_healthcheck::RULE,
    &bind_directory_over_file::RULE,
    &bind_source_missing::RULE,
    // Ports, names, subnets, what is external.
    &host_port_twice::RULE,
    &host_port_taken::ORPHAN,
    &host_port_taken_by_container::RULE,
    &host_port_taken::PROCESS,
    &host_port_taken::REPLICAS,
    &names_and_networks::NAME_TAKEN,
    &names_and_networks::OVERLAP,
    &names_and_networks::NO_NETWORK,
    &names_and_networks::NO_VOLUME,
    &networks::NETWORK,
    &networks::VOLUME,
    &networks::ADDRESS,
    &networks::INTERNAL,
    &networks::NOT_OF_HOST,
    &networks::GONE,
    &host_limits::MEMORY,
    &host_limits::DISK,
    // Images and commands.
    &image_not_available::RULE,
    &wrong_architecture::RULE,
    &script_interpreter_missing::RULE,
    &file_missing_in_container::RULE,
    &commands::NOT_EXECUTABLE,
    &commands::NOT_FOUND,
    &setting_missing::RULE,
    &kernel_limits::WATCHES,
    &kernel_limits::SETTING,
    // The file system.
    &capability_missing::RULE,
    &permission_denied::RULE,
    &file_system::READ_ONLY,
    &file_system::FULL,
    // Credentials, and a database's own start.
    &init_scripts::FAILED,
    &init_scripts::VERSION,
    &url_needs_percent_encoding::RULE,
    &credentials_differ::RULE,
    &volume_keeps_old_password::RULE,
    &old_data::NAME,
    &old_data::BELOW,
    &old_data::HIDES,
    &init_scripts::SKIPPED,
    // The network and connections.
    &networks::NAMESPACE,
    &networks::HOST,
    &networks::TWO,
    &wrong_port::PUBLISHED,
    &wrong_port::WRONG,
    &connects_to_itself::RULE,
    &no_shared_network::RULE,
    &unknown_host::RULE,
    &host_limits::ORDER,
    &listens_on_loopback::SERVER,
    &listens_on_loopback::PROGRAM,
    &listens_on_loopback::NOBODY,
    &stale_upstream_address::RULE,
    &dependency_not_ready::RULE,
    &keeps_failing::ENDED,
    // Health checks.
    &healthcheck_shell::LIST,
    &healthcheck_shell::NEVER,
    &healthcheck_needs_a_shell::RULE,
    &healthcheck_program_missing::RULE,
    &probe_answers::NOT_AUTHORISED,
    &probe_answers::NOT_FOUND,
    &probe_answers::TLS,
    &probe_answers::IPV6,
    &healthcheck_wrong_port::RULE,
    &program_reports_unhealthy::RULE,
    &healthcheck_times_out::RULE,
    &healthcheck_passes_too_early::RULE,
    &start_period_too_short::RULE,
    &health_flapping::RULE,
    // Limits and ends.
    &out_of_memory::RULE,
    &out_of_memory_child::RULE,
    &killed_after_grace_period::RULE,
    &pids_limit::RULE,
    &cpu_throttled::RULE,
    &segmentation_fault::RULE,
    // Jobs.
    &jobs::FAILED,
    &jobs::RESTARTS,
    &jobs::RUNNING,
    &jobs::HIDES,
    // Leftovers and drift.
    &drifted::FILE,
    &drifted::IMAGE,
    &content_changed::RULE,
    &host_limits::BUILT,
    &leftovers::CONTAINER,
    &leftovers::NETWORK,
    &leftovers::VOLUME,
    &leftovers::ANONYMOUS,
    // States that look like something else.
    &states::PAUSED,
    &states::UNREADABLE,
    // Symptoms: what is seen of a service.
    &commands::REFUSED,
    &host_limits::SLOW,
    &restart_limit_reached::RULE,
    &healthcheck_fails::RULE,
    &crash_loop::RULE,
    &main_process_ends::RULE,
    &keeps_failing::RULE,
    &service_missing::RULE,
    // Consequences.
    &dependency_became_unhealthy::RULE,
    &dependency_failed::RULE,
    // Hygiene: hints.
    &environment_items::RULE,
    &environment_items::HIDDEN,
    &hygiene::SECRET,
    &hygiene::DATABASE_OPEN,
    &hygiene::SOCKET,
    &hygiene::NO_CHECK,
    &hygiene::LATEST,
    &hygiene::NO_RESTART,
    &hygiene::NO_LIMIT,
    &hygiene::ROOT,
];

/// The rule of this name.
pub fn named(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id).copied()
}

/// Whether a rule tells what is wrong with the files alone, as the reader of them says it.
pub fn is_of_files(id: &str) -> bool {
    named(id).is_some_and(|rule| file_problems::ALL.contains(&rule.id))
}

/// A rule's rank; one that isn't registered tells causes.
pub(super) fn rank(id: &str) -> Rank {
    named(id).map_or(Rank::Cause, |rule| rule.rank)
}

#[cfg(test)]
mod tests {
    mod printed;

    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_rule_fires_in_its_scenario_and_spares_the_healthy_twin() {
        let mut wrong = Vec::new();
        for rule in RULES {
            let fired = (rule.fires)().diagnosis();
            match fired.findings.iter().find(|f| f.rule == rule.id) {
                None => wrong.push(format!("{} doesn't fire; found {:#?}", rule.id, fired.findings)),
                Some(f) => {
                    if f.evidence.is_empty() {
                        wrong.push(format!("{} shows no evidence", rule.id));
                    }
                    if f.explanation.is_empty() || f.fix.text.is_empty() {
                        wrong.push(format!("{} explains nothing or has no fix", rule.id));
                    }
                    if f.summary.len() > 160 || f.summary.ends_with('.') {
                        wrong.push(format!("{}'s summary is no short line: {}", rule.id, f.summary));
                    }
                }
            }
            let spared = (rule.spares)().diagnosis();
            if let Some(f) = spared.findings.iter().find(|f| f.rule == rule.id) {
                wrong.push(format!("{} fires on its healthy twin: {f:#?}", rule.id));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn healthy_twins_have_no_error_of_any_rule() {
        let mut wrong = Vec::new();
        for rule in RULES {
            for f in (rule.spares)().diagnosis().findings {
                if f.severity == crate::diagnose::Severity::Error {
                    wrong.push(format!("the healthy twin of {} makes {} speak: {}", rule.id, f.rule, f.summary));
                }
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn names_are_of_one_kind_and_told_once() {
        let mut seen = BTreeSet::new();
        for rule in RULES {
            assert!(seen.insert(rule.id), "{} is there twice", rule.id);
            assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", rule.id);
            assert!(!rule.about.is_empty() && !rule.about.ends_with('.'), "{}", rule.id);
        }
    }
}
