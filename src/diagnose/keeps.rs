//! What a program that runs fails at again and again: the words by which its end would be explained, if it ended.
//!
//! A start-up has its troubles, which pass; so a failure counts only where it was told several times over some seconds,
//! nothing was said after it that it is over, and it is no longer ago than the next would take.

use std::time::Duration;

use super::said::{Heard, Phrase, SaidLine};
use crate::base::time::Stamp;

/// What is listened for, the more telling first.
const FAILURES: [Phrase; 16] = [
    Phrase::NoSpace,
    Phrase::WritesRefused,
    Phrase::TooManyClients,
    Phrase::PoolEmpty,
    Phrase::ReadOnly,
    Phrase::PermissionDenied,
    Phrase::UnknownHost,
    Phrase::Refused,
    Phrase::Certificate,
    Phrase::UpstreamUnreachable,
    Phrase::ConnectionRefused,
    Phrase::NotInDatabase,
    Phrase::NoWatches,
    Phrase::NoProcesses,
    Phrase::HeapFull,
    Phrase::TimedOut,
];

/// So often, at different times.
const TIMES: usize = 3;
/// Over so long.
const SPAN: Duration = Duration::from_secs(5);
/// What runs for less is still starting.
const STARTING: Duration = Duration::from_secs(10);
/// Lines that are closer together are of one failure.
const BURST: Duration = Duration::from_millis(300);
/// By so much the next failure may be late.
const LATE: Duration = Duration::from_millis(500);

/// A failure that is told again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeps {
    /// What is said.
    pub phrase: Phrase,
    /// The newest line that says it.
    pub line: SaidLine,
    /// How often it was told, as far as the log is read.
    pub times: usize,
    /// When first.
    pub first: Stamp,
    /// When last.
    pub last: Stamp,
}

impl Keeps {
    /// From the first to the last.
    pub fn span(&self) -> Duration {
        self.last.since(self.first)
    }
}

/// What the lines since a start tell again and again, up to when they were read.
pub(super) fn failing(heard: &Heard, began: Stamp, read: Stamp) -> Option<Keeps> {
    if read.since(began) < STARTING {
        return None;
    }
    FAILURES.iter().find_map(|phrase| {
        let mut told = heard.all(*phrase).filter(|line| line.at >= began);
        let first = told.next()?;
        let (mut last, mut newest, mut times, mut pause) = (first.at, first, 1, Duration::ZERO);
        for line in told {
            let since = line.at.since(last);
            if since >= BURST {
                times += 1;
                pause = pause.max(since);
            }
            (last, newest) = (line.at, line);
        }
        let span = last.since(first.at);
        let over = read.since(last) > pause.saturating_mul(2).saturating_add(LATE) || recovered(heard, last);
        (times >= TIMES && span >= SPAN && !over).then(|| Keeps {
            phrase: *phrase,
            line: newest.clone(),
            times,
            first: first.at,
            last,
        })
    })
}

/// Whether it says after this that it is well again.
fn recovered(heard: &Heard, after: Stamp) -> bool {
    const WELL: [&str; 9] =
        ["connected", "ready", "recovered", "succe", "established", "online", "healthy", "started", "listening"];
    const NOT: [&str; 11] =
        ["not ", "n't ", "unable", "fail", "error", "disconnected", "unhealthy", "trying", "retry", "waiting", "until"];
    heard.lines.iter().rev().take_while(|line| line.at > after).any(|line| {
        let said = line.text.to_ascii_lowercase();
        WELL.iter().any(|word| said.contains(word)) && !NOT.iter().any(|word| said.contains(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::fixture::at;

    fn heard(lines: &[(f64, &str)]) -> Heard {
        let line = |(secs, text): &(f64, &str)| SaidLine { at: at(*secs), text: (*text).into(), container: "c".into() };
        Heard::new(lines.iter().map(line).collect())
    }

    fn told(lines: &[(f64, &str)], read: f64) -> Option<(Phrase, usize)> {
        failing(&heard(lines), at(0.0), at(read)).map(|keeps| (keeps.phrase, keeps.times))
    }

    const REFUSED: &str = "broker: dial tcp 172.18.0.3:5672: connect: connection refused";

    #[test]
    fn what_keeps_coming_is_told_and_what_has_passed_is_not() {
        let lines: Vec<_> = (0..8).map(|n| (4.0 * f64::from(n), REFUSED)).collect();
        assert_eq!(told(&lines, 30.0), Some((Phrase::ConnectionRefused, 8)));
        // The next would have come by now.
        assert_eq!(told(&lines, 40.0), None);
        assert_eq!(told(&lines[..2], 5.0), None, "twice is no habit");
        let mut over = lines.clone();
        over.push((28.5, "broker: connected to queue"));
        assert_eq!(told(&over, 30.0), None);
        over.push((29.0, REFUSED));
        assert_eq!(told(&over, 30.0), Some((Phrase::ConnectionRefused, 9)), "and lost again");
        let mut still = lines;
        still.push((28.5, "not connected, trying again"));
        assert_eq!(told(&still, 30.0), Some((Phrase::ConnectionRefused, 8)));
    }

    #[test]
    fn a_burst_is_one_failure_and_a_start_has_its_time() {
        let burst: Vec<_> = (0..9).map(|n| (10.0 + 0.1 * f64::from(n), REFUSED)).collect();
        assert_eq!(told(&burst, 11.0), None);
        let start: Vec<_> = (0..9).map(|n| (f64::from(n), REFUSED)).collect();
        assert_eq!(told(&start, 9.0), None);
        assert_eq!(told(&start, 10.0), Some((Phrase::ConnectionRefused, 9)));
        // What an earlier life said is another matter.
        assert_eq!(failing(&heard(&start), at(7.5), at(18.0)), None);
    }
}
