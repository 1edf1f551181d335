//! Tells a key that answers a plan from one that was on its way before the plan could be read.

use std::time::Duration;

use crate::{app::Key, base::time::Stamp};

/// How long a plan has to be on the screen before a key can answer it: shorter than anybody reads, and longer than what
/// was typed ahead takes to arrive.
const READING: Duration = Duration::from_millis(300);
/// Keys nearer to one another than this come from one that is held down. Consoles repeat eleven times a second, windows
/// thirty times; nobody presses the same key again so fast on purpose.
const HELD: Duration = Duration::from_millis(120);

/// What it knows of the plan and of the keys that came.
#[derive(Debug, Default)]
pub struct Guard {
    /// Since when the plan is on the screen.
    seen: Option<Stamp>,
    /// The last key that didn't count, and when it came.
    ignored: Option<(Key, Stamp)>,
}

impl Guard {
    /// Whether the plan hasn't been drawn yet.
    pub fn is_unseen(&self) -> bool {
        self.seen.is_none()
    }

    /// It was drawn.
    pub fn see(&mut self, now: Stamp) {
        self.seen = self.seen.or(Some(now));
    }

    /// Whether a key is an answer to what is on the screen. One that came too early, that the terminal calls a repetition,
    /// or that goes on from such a key without a pause isn't.
    pub fn counts(&mut self, key: Key, repeated: bool, now: Stamp) -> bool {
        let early = self.seen.is_none_or(|seen| now.since(seen) < READING);
        let held = self.ignored.is_some_and(|(before, at)| before == key && now.since(at) < HELD);
        let counts = !early && !held && !repeated;
        self.ignored = (!counts).then_some((key, now));
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{app::Code, stack::fixture::at};

    const ENTER: Key = Key::plain(Code::Enter);

    /// Which of these moments a key counts at, where the plan was drawn at 10.0.
    fn counted(moments: impl IntoIterator<Item = f64>) -> Vec<f64> {
        let mut guard = Guard::default();
        guard.see(at(10.0));
        moments.into_iter().filter(|secs| guard.counts(ENTER, false, at(*secs))).collect()
    }

    #[test]
    fn a_key_counts_once_the_plan_could_be_read() {
        assert!(counted([10.0, 10.1, 10.299]).is_empty());
        assert_eq!(counted([10.3]), [10.3], "a deliberate one");
        assert_eq!(counted([10.29, 10.45]), [10.45], "and so is the second try");
        let mut unseen = Guard::default();
        assert!(!unseen.counts(ENTER, false, at(99.0)), "nobody has seen it yet");
    }

    #[test]
    fn a_key_that_is_held_down_never_counts() {
        for gap in [0.033, 0.092] {
            let held = (0..100).map(|n| 10.0 + gap * f64::from(n));
            assert!(counted(held.clone()).is_empty(), "every {gap} s");
            assert_eq!(counted(held.chain([10.0 + gap * 100.0 + 0.5])).len(), 1, "let go and pressed again, it does");
        }
        let mut guard = Guard::default();
        guard.see(at(10.0));
        assert!(!guard.counts(ENTER, true, at(20.0)), "the terminal says so itself");
        assert!(!guard.counts(ENTER, false, at(20.03)), "and what goes on from it");
        assert!(guard.counts(Key::char('y'), false, at(20.05)), "another key is another press");
    }
}
