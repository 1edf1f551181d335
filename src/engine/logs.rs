//! A container's log, followed over its ends and starts.
//!
//! The engine ends a followed log with the container. It is opened again when the watch of the project sees the
//! container start (with a slow look in any case), from the last stamp on; lines of that very stamp that were
//! already delivered are skipped by their count.

use std::time::Duration;

use tokio::{
    sync::broadcast,
    time::{Instant, sleep, sleep_until},
};

use super::{Connector, Engine, Error, StackOutlet, demux::Demux, events::encode, transport::next_chunk};
use crate::{
    base::{id::ContainerId, time::Stamp},
    logs::LogLine,
    stack::{Container, Fact, Phase},
};

/// Lines in a batch.
const BATCH: usize = 512;
/// The least pause between batches that aren't full: the engine writes each line by itself, and a flood of them
/// would else wake the screen's thread for each.
const GATHER: Duration = Duration::from_millis(16);
/// How often it is looked whether an ended container was started unseen.
const LOOK: Duration = Duration::from_secs(30);
/// The pause before an engine that doesn't answer is asked again.
const AGAIN: Duration = Duration::from_secs(1);

/// Follows a container's log from `tail` lines back, until it is dropped, nobody listens, the container is
/// removed or its log turns out to be unreadable.
pub async fn follow_log(connector: Connector, id: ContainerId, tail: u32, out: StackOutlet) {
    let mut place = Place::default();
    let mut starts = connector.starts();
    while !out.is_closed() {
        match follow(&connector.connection().await, &id, tail, &mut place, &out).await {
            Ok(Next::Over) => return,
            Ok(Next::Ended(run)) => wait_for_start(&connector, &id, run, &mut starts, &out).await,
            // A refusal for good: the driver keeps nothing (501), the container is being removed (409). Any other
            // trouble of the engine passes, as while it starts.
            Err(error @ Error::Engine { status: ..=499 | 501, .. }) => {
                // Nobody listens any more, or it was said.
                let _closed = out.send(vec![Fact::LogUnreadable(id, error.to_string())]).await;
                return;
            }
            Err(_) => {
                tokio::select! {
                    () = out.closed() => return,
                    () = sleep(AGAIN) => {}
                }
            }
        }
    }
}

/// What to do after a followed log ended.
enum Next {
    /// Nothing more will come.
    Over,
    /// The container ended; its log goes on when it was started at another moment than this.
    Ended(Option<Stamp>),
}

async fn follow(
    engine: &Engine,
    id: &ContainerId,
    tail: u32,
    place: &mut Place,
    out: &StackOutlet,
) -> Result<Next, Error> {
    let Some(container) = engine.inspect(id).await? else { return Ok(Next::Over) };
    if container.log_driver == "none" {
        let why = "its logging driver is 'none': nothing is kept".to_owned();
        let _closed = out.send(vec![Fact::LogUnreadable(id.clone(), why)]).await;
        return Ok(Next::Over);
    }
    // Its clock may have been put back meanwhile: lines of before are then from the future, and to ask for what comes
    // after them would be to wait for it.
    let now = || engine.now();
    let clock = if place.last.is_some() { engine.info().await?.clock } else { engine.who().clock };
    let from = match place.since(clock.at(now())) {
        None => format!("tail={tail}"),
        Some(at) => {
            format!("tail=all&since={}.{:09}", at.as_nanos() / 1_000_000_000, at.as_nanos() % 1_000_000_000)
        }
    };
    let path = format!("/containers/{}/logs?follow=1&stdout=1&stderr=1&timestamps=1&{from}", encode(id));
    let mut stream = engine.transport.stream(&path).await?;
    let mut demux = Demux::new(container.tty);
    if place.last.is_none() && out.send(vec![Fact::LogFollowed(id.clone())]).await.is_err() {
        return Ok(Next::Over);
    }
    let mut lines = Vec::new();
    let mut next = Instant::now();
    let mut ended = false;
    while !ended {
        tokio::select! {
            biased;
            () = out.closed() => return Ok(Next::Over),
            () = sleep_until(next), if !lines.is_empty() => {}
            chunk = next_chunk(&mut stream, "a log") => {
                let held = lines.len();
                match chunk {
                    Ok(Some(chunk)) => demux.push(&chunk, &mut lines),
                    Ok(None) => {
                        demux.finish(&mut lines);
                        ended = true;
                    }
                    // What is gathered counts as delivered when the log is opened again.
                    Err(error) => {
                        return match send(id, lines, out).await {
                            true => Err(error),
                            false => Ok(Next::Over),
                        };
                    }
                }
                let new = lines.split_off(held);
                let now = clock.at(now());
                lines.extend(new.into_iter().filter(|line| place.is_new(line.at, now)));
            }
        }
        if lines.is_empty() || lines.len() < BATCH && !ended && Instant::now() < next {
            continue;
        }
        if !send(id, std::mem::take(&mut lines), out).await {
            return Ok(Next::Over);
        }
        next = Instant::now() + GATHER;
    }
    Ok(Next::Ended(container.started))
}

/// Sends lines in batches; whether somebody listens.
async fn send(id: &ContainerId, mut lines: Vec<LogLine>, out: &StackOutlet) -> bool {
    while !lines.is_empty() {
        let rest = lines.split_off(lines.len().min(BATCH));
        if out.send(vec![Fact::Lines(id.clone(), std::mem::replace(&mut lines, rest))]).await.is_err() {
            return false;
        }
    }
    true
}

/// Until the container runs in another run than the one whose log was read.
async fn wait_for_start(
    connector: &Connector,
    id: &ContainerId,
    run: Option<Stamp>,
    starts: &mut broadcast::Receiver<ContainerId>,
    out: &StackOutlet,
) {
    loop {
        let asked = async { connector.connection().await.inspect(id).await.ok()? };
        let begun =
            |c: &Container| c.started != run && matches!(c.phase, Phase::Running | Phase::Paused | Phase::Exited);
        if asked.await.is_none_or(|c| begun(&c)) {
            // Not there, or not answering: the next attempt to follow finds out which. It mustn't come at once.
            tokio::select! {
                () = out.closed() => {}
                () = sleep(Duration::from_millis(50)) => {}
            }
            return;
        }
        let look = Instant::now() + LOOK;
        loop {
            tokio::select! {
                () = out.closed() => return,
                () = sleep_until(look) => break,
                started = starts.recv() => match started {
                    Ok(other) if other != *id => {}
                    _ => break,
                }
            }
        }
    }
}

/// What a stamp may be ahead of the engine's clock as we know it.
const AHEAD: i64 = 3_000_000_000;

/// How far a log was delivered. Stamps and moments are on the engine's clock.
#[derive(Debug, Default)]
struct Place {
    last: Option<Stamp>,
    /// Lines delivered with the last stamp.
    same: usize,
    /// Lines of the last stamp that are still to be skipped after reopening.
    skip: usize,
    /// The furthest stamp of all that was delivered.
    furthest: Option<Stamp>,
    /// When the last line was delivered.
    seen: Option<Stamp>,
    /// It was opened again, and nothing new came since.
    again: bool,
}

impl Place {
    /// It is opened (again) now: from where. Not from the future: nothing would come until then.
    fn since(&mut self, now: Stamp) -> Option<Stamp> {
        let last = self.last?;
        (self.skip, self.again) = (self.same, true);
        if last <= now.shifted(AHEAD) {
            return Some(last);
        }
        // The clock was put back, perhaps after that line was seen.
        Some(self.seen.map_or(now, |seen| seen.min(now)))
    }

    /// Whether a line hasn't been delivered yet; it is then counted as such. Lines of the two streams may come
    /// out of order by a little: only an equal stamp is compared.
    fn is_new(&mut self, at: Stamp, now: Stamp) -> bool {
        let ahead = now.shifted(AHEAD);
        match self.last {
            // From before the clock was put back: it isn't before what was asked for, so it comes each time.
            Some(_) if self.again && at > ahead && self.furthest.is_some_and(|furthest| at <= furthest) => {
                return false;
            }
            Some(last) if at == last && self.skip > 0 => {
                self.skip -= 1;
                return false;
            }
            Some(last) if at == last => self.same += 1,
            Some(last) if at < last && last <= ahead => {}
            _ => (self.last, self.same) = (Some(at), 1),
        }
        (self.furthest, self.seen, self.again) = (self.furthest.max(Some(at)), Some(now), false);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{Fake, of_p, outlet, until};

    fn frame(second: u32, text: &str) -> Vec<u8> {
        let line = format!("2026-11-21T02:13:{second:02}.5Z {text}\n");
        let mut bytes = vec![1, 0, 0, 0];
        bytes.extend(u32::try_from(line.len()).unwrap().to_be_bytes());
        bytes.extend(line.bytes());
        bytes
    }

    #[tokio::test]
    async fn what_was_gathered_when_the_connection_broke_is_delivered() {
        let mut fake = Fake::new();
        fake.set("a", "running");
        fake.log(&[frame(1, "one"), frame(2, "two")]);
        fake.start();
        let (out, mut facts) = outlet(64);
        let task = tokio::spawn(follow_log(fake.linked(), "a".into(), 10, out.of("p".into())));
        let mut seen = Vec::new();
        let said = |wanted: &'static [u8]| {
            of_p(move |fact| matches!(fact, Fact::Lines(_, lines) if lines.iter().any(|l| *l.text == *wanted)))
        };
        until(&mut facts, &mut seen, said(b"two")).await;
        assert!(seen.first().is_some_and(of_p(|fact| *fact == Fact::LogFollowed("a".into()))));
        task.abort();
    }

    #[test]
    fn lines_of_the_last_stamp_are_not_delivered_twice() {
        let mut place = Place::default();
        let at = Stamp::from_secs;
        assert_eq!(place.since(at(9)), None);
        assert!([1, 2, 2].into_iter().all(|s| place.is_new(at(s), at(9))));
        assert_eq!(place.since(at(9)), Some(at(2)));
        let again: Vec<bool> = [2, 2, 2, 3].into_iter().map(|s| place.is_new(at(s), at(9))).collect();
        assert_eq!(again, [false, false, true, true]);
    }

    #[test]
    fn a_log_is_not_asked_for_from_the_future() {
        let mut place = Place::default();
        let at = Stamp::from_secs;
        // Written while the engine's clock was an hour ahead; then it was put back, and the container started again.
        assert!([3600, 3601].into_iter().all(|s| place.is_new(at(s), at(10))));
        assert_eq!(place.since(at(20)), Some(at(10)), "all that came after those was seen");
        let told: Vec<bool> = [3600, 3601, 21, 22].into_iter().map(|s| place.is_new(at(s), at(22))).collect();
        assert_eq!(told, [false, false, true, true], "what was seen isn't told again, what is new is");
        assert_eq!(place.since(at(30)), Some(at(22)), "from then on as ever");
        assert!(!place.is_new(at(3601), at(30)) && !place.is_new(at(22), at(30)) && place.is_new(at(31), at(31)));
        // Ahead once more, and further: new.
        assert!(place.is_new(at(7200), at(40)));
    }
}
