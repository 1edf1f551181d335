//! The first words of a container after its start: when it wrote its first line, and when it said that it
//! listens.

use crate::{
    base::{text::clean, time::Stamp},
    logs::LogLine,
};

/// What the beginning of a container's log told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opening {
    /// The start that it belongs to.
    pub start: Stamp,
    /// From when on lines are of this start: [`Container::speaks_since`](super::Container::speaks_since).
    pub since: Stamp,
    /// Its first line.
    pub first: Option<Stamp>,
    /// The words by which it said that it listens, cut and clean, and when.
    pub listening: Option<(Stamp, String)>,
}

/// What servers say when they begin to listen.
const LISTENS: [&str; 14] = [
    "listening on",
    "listening at",
    "listening for",
    "server listening",
    "now listening",
    "ready to accept connections",
    "ready for connections",
    "accepting connections",
    "running on http",
    "serving http on",
    "started server on",
    "started on port",
    "ready to receive web requests",
    "listening",
];
/// What looks like it and isn't: PostgreSQL and MySQL say so of a server that only initialises, on a socket.
const BUT: [&str; 6] =
    ["unix socket", "unix domain", "database system is ready", "port: 0 ", "not listening", "stopped listening"];
/// As much of the line as is kept.
const KEEP: usize = 120;

impl Opening {
    /// Takes the next lines of the log; whether all is known that can be.
    pub fn read(&mut self, lines: &[LogLine]) -> bool {
        for line in lines.iter().filter(|l| l.at >= self.since) {
            self.first = Some(self.first.map_or(line.at, |first| first.min(line.at)));
            if self.listening.is_none() {
                let text = String::from_utf8_lossy(&line.text);
                // Not the Unicode one, which would shift places.
                let lower = text.to_ascii_lowercase();
                let place = LISTENS.iter().filter_map(|words| lower.find(words)).min();
                if let Some(words) = place.and_then(|at| text.get(at..))
                    && !BUT.iter().any(|words| lower.contains(words))
                {
                    // Inside quotes (`msg="listening on :80" …`) it ends where they do.
                    let quoted = text.get(..place.unwrap_or_default()).is_some_and(|t| t.matches('"').count() % 2 == 1);
                    let words = words.split(if quoted { '"' } else { '\n' }).next().unwrap_or_default();
                    let words: String = clean(words.trim()).chars().take(KEEP).collect();
                    self.listening = Some((line.at, words));
                }
            }
        }
        self.listening.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::{
        Container,
        fixture::{at, container},
    };

    fn said(lines: &[(f64, &str)]) -> Opening {
        let mut opening = Opening { start: at(1.1), since: at(1.0), ..Opening::default() };
        let lines: Vec<LogLine> = lines
            .iter()
            .map(|(s, text)| LogLine { at: at(*s), stderr: false, text: text.as_bytes().into(), cut: false })
            .collect();
        opening.read(&lines);
        opening
    }

    #[test]
    fn a_server_says_when_it_listens() {
        let flask = said(&[
            (0.5, "of the life before, listening on 1"),
            (1.2, "loading"),
            (6.0, " * Running on http://0.0.0.0:5000"),
        ]);
        assert_eq!((flask.first, flask.listening.unwrap().0), (Some(at(1.2)), at(6.0)));
        let gunicorn = said(&[(2.0, "[1] [INFO] Listening at: http://0.0.0.0:5000 (1)")]);
        assert_eq!(gunicorn.listening.unwrap(), (at(2.0), "Listening at: http://0.0.0.0:5000 (1)".into()));
        let prometheus = said(&[(2.0, "level=info msg=\"Listening for connections\" address=0.0.0.0:9090")]);
        assert_eq!(prometheus.listening.unwrap().1, "Listening for connections");
        assert_eq!(said(&[(2.0, "hello")]).listening, None);
    }

    #[test]
    fn the_first_words_may_be_older_than_the_start_that_the_engine_noted() {
        let since = |created: f64, ended: Option<f64>| {
            let made = Container { created: Some(at(created)), finished: ended.map(at), ..container("web") };
            made.running(20.0).speaks_since()
        };
        assert_eq!(since(19.5, None), Some(at(19.5)), "nothing was said before it was made");
        assert_eq!(since(5.0, None), Some(at(18.0)));
        assert_eq!(since(5.0, Some(19.9)), Some(at(19.95)), "in a loop: half-way between two lives");
        assert_eq!(since(5.0, Some(23.0)), Some(at(18.0)), "it ended, and the end before isn't known any more");
        assert_eq!(container("web").speaks_since(), None);
    }

    #[test]
    fn a_database_that_only_initialises_does_not_listen() {
        let postgres = said(&[
            (2.0, "LOG:  listening on Unix socket \"/var/run/postgresql/.s.PGSQL.5432\""),
            (2.1, "LOG:  database system is ready to accept connections"),
            (5.0, "LOG:  listening on IPv4 address \"0.0.0.0\", port 5432"),
        ]);
        assert_eq!(postgres.listening.unwrap().0, at(5.0));
        let mysql = said(&[(2.0, "ready for connections. Version: '8.0' socket: '/tmp/s'  port: 0  MySQL")]);
        assert_eq!(mysql.listening, None);
    }
}
