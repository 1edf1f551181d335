//! Whether services will get ready: they are, they may, or they can't without help, and why.
//!
//! The rules are those of `docker compose up --wait`: what ended with an error, couldn't be started or became
//! unhealthy doesn't come by itself, nor does what waits for it. A crash loop may end well (many programs crash
//! until their database is there), so it is waited for.

use super::{Overview, ServiceStatus, State};
use crate::base::{id::ServiceName, text::clean, time::Stamp};

/// What is to be expected of some services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outlook {
    /// All of them are ready.
    Ready,
    /// They aren't, and nothing keeps them from becoming so.
    Open,
    /// One can't become ready without help.
    Never {
        /// The service at the root of it.
        service: ServiceName,
        /// The whole of it, as a sentence.
        words: String,
    },
}

impl Overview {
    /// What is to be expected of these services; of all enabled ones where none is named. A name that no service
    /// has (yet) is waited for.
    pub fn outlook(&self, only: &[ServiceName], now: Stamp) -> Outlook {
        let wanted: Vec<&ServiceStatus> = if only.is_empty() {
            self.services.iter().filter(|s| s.enabled).collect()
        } else {
            only.iter().filter_map(|name| self.service(name)).collect()
        };
        let mut seen = Vec::new();
        for status in wanted.iter().filter(|s| !s.ready) {
            seen.clear();
            if let Some((service, words)) = self.never(status, now, &mut seen) {
                return Outlook::Never { service, words };
            }
        }
        let all_there = if only.is_empty() { !wanted.is_empty() } else { wanted.len() == only.len() };
        if all_there && wanted.iter().all(|s| s.ready) { Outlook::Ready } else { Outlook::Open }
    }

    /// Why a service that isn't ready can't become so: itself, or whom it waits for.
    fn never<'a>(
        &'a self,
        status: &'a ServiceStatus,
        now: Stamp,
        seen: &mut Vec<&'a ServiceName>,
    ) -> Option<(ServiceName, String)> {
        if seen.contains(&&status.name) {
            return None;
        }
        seen.push(&status.name);
        let name = clean(&status.name);
        let because = || status.reason.as_ref().map(|r| r.words(now));
        match status.state {
            State::Exited => {
                let words = because().unwrap_or_else(|| "exited".into());
                return Some((status.name.clone(), format!("{name} {words}")));
            }
            State::Failed => {
                let words = because().map_or_else(String::new, |w| format!(": {w}"));
                return Some((status.name.clone(), format!("{name} could not be started{words}")));
            }
            // Its health is only unknown since it was paused.
            State::Unhealthy if status.reason == Some(super::Reason::Unpaused) => {}
            State::Unhealthy => {
                let words = because().map_or_else(String::new, |w| format!(": {w}"));
                return Some((status.name.clone(), format!("{name} is unhealthy{words}")));
            }
            _ => {}
        }
        for blocker in &status.blocked_by {
            let Some(target) = self.service(&blocker.service) else { continue };
            if let Some((root, words)) = self.never(target, now, seen) {
                return Some((root, format!("{name} waits for {}; {words}", clean(&target.name))));
            }
            // It runs, and still never meets the condition: there is no health check, or it is meant to run on.
            if blocker.hopeless
                && matches!(target.state, State::Running | State::Healthy | State::Starting | State::Done)
            {
                let words = because().unwrap_or_else(|| format!("waits for {}", clean(&target.name)));
                return Some((status.name.clone(), format!("{name} {words}")));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        compose::Condition,
        stack::{Container, Health, fixture::*},
    };

    fn outlook(containers: &[Container], only: &[&str]) -> Outlook {
        let stack = stack(Some(chain()), containers);
        let only: Vec<ServiceName> = only.iter().map(|s| (*s).into()).collect();
        stack.overview(at(60.0)).outlook(&only, at(60.0))
    }

    fn never(containers: &[Container], only: &[&str]) -> String {
        match outlook(containers, only) {
            Outlook::Never { service, words } => format!("{service} | {words}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_does_not_exist_yet_is_waited_for() {
        assert_eq!(outlook(&[], &[]), Outlook::Open);
        assert_eq!(outlook(&[], &["nobody"]), Outlook::Open);
        let db = container("db").running(1.0).checked(5, Health::Healthy);
        assert_eq!(outlook(std::slice::from_ref(&db), &[]), Outlook::Open);
        assert_eq!(outlook(std::slice::from_ref(&db), &["db"]), Outlook::Ready);
        assert_eq!(outlook(&[db], &["db", "nobody"]), Outlook::Open);
    }

    #[test]
    fn what_ended_badly_takes_down_what_waits_for_it() {
        let dead = [container("db").running(1.0).exited(1, 3.0), container("backend"), container("frontend")];
        assert_eq!(never(&dead, &["db"]), "db | db exited with 1: a general error; its log tells more");
        let words = never(&dead, &["frontend"]);
        assert!(
            words.starts_with("db | frontend waits for backend; backend waits for db; db exited with 1"),
            "{words}"
        );
    }

    #[test]
    fn unhealthy_is_final_and_a_crash_loop_is_not() {
        let sick = container("db").running(1.0).checked(5, Health::Unhealthy).probed(&[probe(6.0, 6.1, 1)]);
        assert!(never(&[sick], &[]).starts_with("db | db is unhealthy: probe failed"));
        let looping = [container("db").running(50.0).restarting(7), container("backend")];
        assert_eq!(outlook(&looping, &[]), Outlook::Open);
    }

    #[test]
    fn a_condition_that_can_not_be_met_is_no_wait() {
        let unchecked = [container("db").running(1.0), container("backend")];
        let words = never(&unchecked, &["backend"]);
        assert!(words.contains("waits for db to be healthy, but db"), "{words}");
    }

    #[test]
    fn a_job_counts_when_it_ended_well() {
        let declared = || project([service("job", &[]), service("web", &[("job", Condition::Completed)])]);
        let look =
            |containers: &[Container]| stack(Some(declared()), containers).overview(at(60.0)).outlook(&[], at(60.0));
        let web = container("web").running(5.0);
        assert_eq!(look(&[container("job").running(1.0), web.clone()]), Outlook::Open);
        assert_eq!(look(&[container("job").running(1.0).exited(0, 4.0), web.clone()]), Outlook::Ready);
        assert!(matches!(look(&[container("job").running(1.0).exited(2, 4.0), web]), Outlook::Never { .. }));
    }
}
