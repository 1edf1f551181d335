//! How the states of Docker look: their signs and their roles.

use crate::{
    app::action::Danger,
    compose::Condition,
    diagnose::Severity,
    stack::{
        State, Verdict,
        timeline::{Mark, SpanKind},
    },
    view::{glyphs::Glyphs, role::Role},
};

/// The signs of what stackview tells of, out of a set.
pub trait Signs {
    /// A state's sign.
    fn state(self, state: State) -> &'static str;
    /// A verdict's sign.
    fn verdict(self, verdict: Verdict) -> &'static str;
    /// How bad a finding is.
    fn severity(self, severity: Severity) -> &'static str;
    /// What an arrow waits for; the plain line for `service_started`.
    fn condition(self, condition: Condition) -> &'static str;
    /// A stretch of a startup bar.
    fn stretch(self, kind: SpanKind) -> &'static str;
    /// A moment on a startup bar.
    fn moment(self, mark: Mark) -> &'static str;
}

impl Signs for Glyphs {
    fn state(self, state: State) -> &'static str {
        match state {
            State::Healthy | State::Running => self.pick("●", "*"),
            State::Starting => self.pick("◐", "~"),
            State::Waiting | State::Created => self.pick("◌", "."),
            State::Missing => self.pick("·", "-"),
            State::Stopped => self.pick("○", "o"),
            State::Unhealthy | State::Exited | State::Failed => self.pick("✖", "X"),
            State::Restarting => self.pick("↻", "@"),
            State::Paused => self.pick("‖", "="),
            State::Done => self.pick("✓", "+"),
            State::Unknown => "?",
        }
    }

    fn verdict(self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Ready => self.pick("●", "*"),
            Verdict::Starting => self.pick("◐", "~"),
            Verdict::Degraded => self.pick("▲", "!"),
            Verdict::Failed => self.pick("✖", "X"),
            Verdict::Stopped => self.pick("○", "o"),
            Verdict::Unknown => "?",
        }
    }

    fn severity(self, severity: Severity) -> &'static str {
        match severity {
            Severity::Error => self.pick("✖", "X"),
            Severity::Warning => self.pick("▲", "!"),
            Severity::Hint => self.pick("·", "-"),
        }
    }

    fn condition(self, condition: Condition) -> &'static str {
        match condition {
            Condition::Started => self.horizontal(),
            Condition::Healthy => self.pick("♥", "h"),
            Condition::Completed => self.pick("✓", "c"),
        }
    }

    fn stretch(self, kind: SpanKind) -> &'static str {
        match kind {
            SpanKind::Waiting | SpanKind::Down => self.pick("┄", "."),
            SpanKind::Created => self.pick("▒", ":"),
            SpanKind::Starting => self.pick("▓", "#"),
            SpanKind::Probing => self.probe(false),
            SpanKind::Ready => self.pick("━", "="),
            SpanKind::Unhealthy => self.pick("╍", "!"),
            SpanKind::Ended => " ",
            SpanKind::Unknown => "?",
        }
    }

    fn moment(self, mark: Mark) -> &'static str {
        match mark {
            Mark::Created => self.stretch(SpanKind::Created),
            Mark::Started => self.stretch(SpanKind::Starting),
            Mark::Listening => self.pick("◇", "l"),
            Mark::Passed | Mark::Exited(0) => self.probe(true),
            Mark::Failed => self.probe(false),
            Mark::Ready => self.state(State::Healthy),
            Mark::Exited(_) => self.state(State::Exited),
            Mark::Restarted => self.state(State::Restarting),
        }
    }
}

/// The role of a state.
pub fn state_role(state: State) -> Role {
    match state {
        State::Healthy => Role::Healthy,
        State::Running => Role::Running,
        State::Starting => Role::Starting,
        State::Waiting => Role::Waiting,
        State::Created => Role::Created,
        State::Missing => Role::Missing,
        State::Stopped => Role::Stopped,
        State::Done => Role::Done,
        State::Exited => Role::Exited,
        State::Failed => Role::Failed,
        State::Unhealthy => Role::Unhealthy,
        State::Restarting => Role::Restarting,
        State::Paused => Role::Paused,
        State::Unknown => Role::Unknown,
    }
}

/// The role of a verdict.
pub fn verdict_role(verdict: Verdict) -> Role {
    match verdict {
        Verdict::Ready => Role::Good,
        Verdict::Starting => Role::Busy,
        Verdict::Degraded => Role::Warning,
        Verdict::Failed => Role::Error,
        Verdict::Stopped | Verdict::Unknown => Role::Dim,
    }
}

/// The role of what an action does, by what it can break.
pub fn danger_role(danger: Danger) -> Role {
    match danger {
        Danger::None => Role::Text,
        Danger::Acts => Role::Busy,
        Danger::Destroys => Role::Error,
    }
}
