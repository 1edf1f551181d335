//! When to draw: at once after a key, at once after data while frames are few, else thirty times a second; once
//! a second where only figures changed, and not at all when nothing did.
//!
//! Pure: it is told the time. An allowance of immediate frames refills one by one, so that single events are on
//! the screen at once while a flood is drawn at a steady pace.

use std::time::{Duration, Instant};

/// The pause between frames of a flood.
const FRAME: Duration = Duration::from_millis(33);
/// How many frames may be drawn at once before the pause holds.
const ALLOWANCE: u32 = 6;
/// How long it takes to earn one of them back.
const REFILL: Duration = Duration::from_millis(250);

/// How long figures are gathered: an engine measures all of its containers in one go.
const GATHER: Duration = Duration::from_millis(150);
/// The least pause before a frame that shows new figures and nothing else.
const FIGURES: Duration = Duration::from_millis(900);

/// Decides when the next frame is due.
#[derive(Debug)]
pub struct Pacer {
    due: Option<Instant>,
    last: Option<Instant>,
    left: u32,
    refilled: Instant,
}

impl Pacer {
    /// With a full allowance.
    pub fn new(now: Instant) -> Self {
        Self { due: None, last: None, left: ALLOWANCE, refilled: now }
    }

    /// The user did something: the next frame is due now.
    pub fn key(&mut self, now: Instant) {
        self.due = Some(now);
    }

    /// Data changed: due now while the allowance lasts, else one frame after the last.
    pub fn data(&mut self, now: Instant) {
        let refill =
            u32::try_from(now.duration_since(self.refilled).as_millis().checked_div(REFILL.as_millis()).unwrap_or(0));
        let refill = refill.unwrap_or(ALLOWANCE);
        if refill > 0 {
            self.left = self.left.saturating_add(refill).min(ALLOWANCE);
            self.refilled = now;
        }
        self.due_at(if self.left > 0 { now } else { self.last.map_or(now, |last| last + FRAME) });
    }

    /// Figures changed, and nothing else: due when those of the others have come as well, about once a second.
    pub fn figures(&mut self, now: Instant) {
        let gathered = now + GATHER;
        self.due_at(self.last.map_or(gathered, |last| gathered.max(last + FIGURES)));
    }

    fn due_at(&mut self, at: Instant) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// When the next frame is due, if one is.
    pub fn due(&self) -> Option<Instant> {
        self.due
    }

    /// A frame was drawn (or found to be the same as the last).
    pub fn drawn(&mut self, now: Instant) {
        self.due = None;
        self.last = Some(now);
        self.left = self.left.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_due_until_something_changed() {
        let now = Instant::now();
        let mut pacer = Pacer::new(now);
        assert_eq!(pacer.due(), None);
        pacer.data(now);
        assert_eq!(pacer.due(), Some(now));
        pacer.drawn(now);
        assert_eq!(pacer.due(), None);
    }

    #[test]
    fn a_flood_is_drawn_thirty_times_a_second() {
        let start = Instant::now();
        let mut pacer = Pacer::new(start);
        let mut frames = 0;
        for ms in 0..1000 {
            let now = start + Duration::from_millis(ms);
            pacer.data(now);
            if pacer.due().is_some_and(|due| due <= now) {
                pacer.drawn(now);
                frames += 1;
            }
        }
        assert!((28..=40).contains(&frames), "{frames}");
    }

    #[test]
    fn figures_are_drawn_once_a_second_and_never_hold_an_event_up() {
        let start = Instant::now();
        let mut pacer = Pacer::new(start);
        let mut frames = 0;
        for ms in 0..10_000 {
            let now = start + Duration::from_millis(ms);
            if ms % 1000 < 100 {
                pacer.figures(now);
            }
            if pacer.due().is_some_and(|due| due <= now) {
                pacer.drawn(now);
                frames += 1;
            }
        }
        assert_eq!(frames, 10);
        let now = start + Duration::from_secs(10);
        pacer.figures(now);
        pacer.data(now);
        assert_eq!(pacer.due(), Some(now));
    }

    #[test]
    fn a_key_never_waits() {
        let start = Instant::now();
        let mut pacer = Pacer::new(start);
        for _ in 0..20 {
            pacer.data(start);
            pacer.drawn(start);
        }
        pacer.data(start);
        assert_eq!(pacer.due(), Some(start + FRAME));
        pacer.key(start);
        assert_eq!(pacer.due(), Some(start));
    }
}
