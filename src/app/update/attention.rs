//! What is worth somebody's attention: the stack got ready, a service died or turned unhealthy.

use std::time::Duration;

use crate::{
    app::{Effect, Model, config::Notify, effect::Occasion},
    base::{id::ServiceName, loss::LossKind, text::clean},
    stack::{Overview, ServiceStatus, State, Verdict},
    work::{Hook, Run, Task},
};

/// The bell rings once in this time at most.
const PAUSE: Duration = Duration::from_secs(1);
/// The same of one service isn't told again within this: a service may fall again and again.
const AGAIN: Duration = Duration::from_secs(30);
/// Occasions that are remembered, so that they aren't told again at once.
const KEEP: usize = 256;

/// Something that is worth attention.
struct Happening {
    occasion: Occasion,
    /// The service; `None` for the whole stack.
    service: Option<ServiceName>,
    /// It in words; clean.
    words: String,
}

/// Compares what follows from the stack with what followed before, and asks for the bell, a notification and the
/// hook, as the settings say. Never called for what was so when the project was opened.
pub fn draw(model: &mut Model, before: &Overview, out: &mut Vec<Effect>) {
    let now = model.now;
    model.notified.told.retain(|_, at| now.since(*at) < AGAIN);
    let mut happened = happenings(before, &model.overview, &model.stack().project);
    if happened.is_empty() {
        return;
    }
    let wishes = &model.settings.attention;
    let (rings, tells) = (wishes.bell, wishes.notify != Notify::Off || !wishes.command.is_empty());
    if rings && model.notified.rang.is_none_or(|at| now.since(at) >= PAUSE) {
        model.notified.rang = Some(now);
        out.push(Effect::Bell);
    } else if rings {
        model.lose(LossKind::BellsHeld, 1);
    }
    let all = happened.len();
    let told = &mut model.notified.told;
    happened.retain(|h| {
        let key = (h.occasion, h.service.clone());
        let new = !told.contains_key(&key);
        if new && told.len() < KEEP {
            told.insert(key, now);
        }
        new
    });
    if tells {
        model.lose(LossKind::NotificationsHeld, all - happened.len());
    }
    let wishes = &model.settings.attention;
    if wishes.notify != Notify::Off && !happened.is_empty() {
        let words: Vec<&str> = happened.iter().map(|h| h.words.as_str()).collect();
        out.push(Effect::Notify { title: clean(&model.stack().project).into_owned(), words: words.join("; ") });
    }
    if wishes.command.is_empty() || model.settings.read_only {
        return;
    }
    let (host, project) = (model.address().host, model.stack().project.to_string());
    for happening in happened {
        let environment = vec![
            ("STACKVIEW_EVENT", happening.occasion.word().to_owned()),
            ("STACKVIEW_PROJECT", project.clone()),
            ("STACKVIEW_SERVICE", happening.service.as_deref().unwrap_or_default().to_owned()),
            ("STACKVIEW_TEXT", happening.words),
        ];
        let hook = Hook { command: model.settings.attention.command.clone(), environment };
        let (id, task) = model.tasks.begin_alone(Task::Run(Run::Hook(hook)));
        out.push(Effect::Perform(host, id, task));
    }
}

/// What happened between two looks.
fn happenings(before: &Overview, after: &Overview, project: &str) -> Vec<Happening> {
    if before.verdict == Verdict::Unknown || after.verdict == Verdict::Unknown {
        return Vec::new();
    }
    let mut all = Vec::new();
    // Between two crashes a service looks as if it were well.
    let looped = before.services.iter().any(|s| s.state == State::Restarting);
    if before.verdict != Verdict::Ready && after.verdict == Verdict::Ready && !looped {
        let words = format!("{} is ready", clean(project));
        all.push(Happening { occasion: Occasion::Ready, service: None, words });
    }
    for s in &after.services {
        let was = before.service(&s.name).map(|s| s.state);
        if was.is_some_and(|was| was != s.state && !was.is_trouble())
            && let Some((occasion, words)) = fell(s)
        {
            all.push(Happening { occasion, service: Some(s.name.clone()), words });
        }
    }
    all
}

/// What a service fell into that no longer does its work.
fn fell(s: &ServiceStatus) -> Option<(Occasion, String)> {
    let name = clean(&s.name);
    Some(match (s.state, s.exit_code) {
        (State::Exited, Some(code)) => (Occasion::Died, format!("{name} exited {code}")),
        (State::Exited, None) => (Occasion::Died, format!("{name} exited")),
        (State::Failed, _) => (Occasion::Died, format!("{name} could not start")),
        (State::Unhealthy, _) => (Occasion::Unhealthy, format!("{name} is unhealthy")),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::{
            Msg,
            fixture::{healthy, model, tell},
            update,
        },
        stack::{
            Container, EventKind, Health,
            fixture::{at, event},
        },
        work::Error,
    };

    fn watched() -> Model {
        let mut model = model(&healthy());
        model.settings.attention.notify = Notify::Osc9;
        model.settings.attention.command = vec!["hook".into()];
        model
    }

    fn dies(model: &mut Model, secs: f64) -> Vec<Effect> {
        tell(model, vec![event("db", secs, EventKind::Die(1))], at(secs))
    }

    fn hooks(effects: &[Effect]) -> Vec<String> {
        let text = |e: &Effect| match e {
            Effect::Perform(_, _, Task::Run(Run::Hook(hook))) => hook.environment.last().map(|(_, text)| text.clone()),
            _ => None,
        };
        effects.iter().filter_map(text).collect()
    }

    #[test]
    fn a_death_is_told_by_bell_notification_and_hook() {
        let mut model = watched();
        let told = dies(&mut model, 101.0);
        assert!(told.contains(&Effect::Bell), "{told:?}");
        assert!(told.contains(&Effect::Notify { title: "p".into(), words: "db exited 1".into() }), "{told:?}");
        assert_eq!(hooks(&told), ["db exited 1"]);
    }

    #[test]
    fn what_was_so_at_the_opening_is_no_news() {
        let dead: Vec<Container> = healthy().into_iter().map(|c| c.exited(1, 50.0)).collect();
        let mut opened = model(&[]);
        opened.settings.attention.command = vec!["hook".into()];
        opened.stack_mut().listed = false;
        let told = tell(&mut opened, crate::stack::fixture::snapshot(&dead), at(100.0));
        assert!(!told.contains(&Effect::Bell) && hooks(&told).is_empty(), "{told:?}");
    }

    #[test]
    fn the_same_is_not_told_again_and_again() {
        let mut model = watched();
        assert_eq!(hooks(&dies(&mut model, 101.0)).len(), 1);
        let up = || crate::stack::fixture::container("db").running(102.0).checked(5, Health::Healthy);
        let back = |secs: f64| crate::stack::Fact::Inspected(Box::new(Container { started: Some(at(secs)), ..up() }));
        tell(&mut model, vec![back(102.0)], at(102.0));
        assert_eq!(model.losses.total(LossKind::NotificationsHeld), 0);
        let again = dies(&mut model, 103.5);
        assert!(hooks(&again).is_empty(), "{again:?}");
        assert_eq!(model.losses.total(LossKind::NotificationsHeld), 1, "what isn't told is counted");
        tell(&mut model, vec![back(150.0)], at(150.0));
        assert_eq!(hooks(&dies(&mut model, 160.0)), ["db exited 1"]);
    }

    #[test]
    fn the_hook_is_told_what_happened_and_its_failure_is_shown() {
        let mut model = watched();
        let told = dies(&mut model, 101.0);
        let found = told.iter().find_map(|e| match e {
            Effect::Perform(_, id, Task::Run(Run::Hook(hook))) => Some((*id, hook.clone())),
            _ => None,
        });
        let (id, hook) = found.unwrap();
        assert_eq!(hook.command, ["hook"]);
        let all: Vec<String> = hook.environment.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(
            all,
            ["STACKVIEW_EVENT=died", "STACKVIEW_PROJECT=p", "STACKVIEW_SERVICE=db", "STACKVIEW_TEXT=db exited 1"]
        );
        let toasts = model.toasts.len();
        let failed = || Err(Error::Program("The hook `hook` failed".into()));
        update(&mut model, Msg::Ended(id, failed()), at(102.0));
        assert_eq!(model.toasts.last().map(|t| t.text.as_str()), Some("The hook `hook` failed"));
        update(&mut model, Msg::Ended(id, failed()), at(102.0));
        assert_eq!(model.toasts.len(), toasts + 1, "its end is told once");
    }

    #[test]
    fn a_hook_that_was_left_out_is_counted() {
        let mut model = watched();
        let told = dies(&mut model, 101.0);
        let id = told.iter().find_map(|e| if let Effect::Perform(_, id, Task::Run(_)) = e { Some(*id) } else { None });
        update(&mut model, Msg::Ended(id.unwrap(), Err(Error::Busy(4))), at(102.0));
        assert_eq!(model.losses.total(LossKind::HooksSkipped), 1);
    }

    #[test]
    fn read_only_runs_no_hook() {
        let mut model = watched();
        model.settings.read_only = true;
        let told = dies(&mut model, 101.0);
        assert!(told.contains(&Effect::Bell) && hooks(&told).is_empty(), "{told:?}");
    }
}
