//! Collects what is wrong while a project is read, and adds the lines of the files in the end.

use std::{collections::HashMap, path::Path, sync::Arc};

use super::{
    newer::{self, Newer, Release},
    problem::{Place, Problem, Severity},
    sources::Sources,
    suggest::closest,
};

/// More errors, or more warnings, than this help nobody; the rest is only counted.
const MOST: usize = 500;

/// The problems found so far, and the text of every file read.
#[derive(Debug, Default)]
pub struct Report {
    errors: Vec<Problem>,
    warnings: Vec<Problem>,
    left_out: usize,
    texts: HashMap<Arc<Path>, Arc<str>>,
    /// What an older docker compose makes something else of.
    pub newer: Vec<Newer>,
    /// Where values come from, if that is wanted.
    pub sources: Option<Sources>,
}

impl Report {
    /// Notes a problem. The same one at the same place is kept once: `extends` reads a file again and again.
    pub fn push(&mut self, problem: Problem) {
        let list = match problem.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        if list.len() >= MOST {
            self.left_out += 1;
        } else if !list.iter().any(|held| held.repeats(&problem)) {
            list.push(problem);
        }
    }

    /// What was probably meant by a mistyped word, as a sentence. No effort is made for errors that
    /// will be left out.
    pub fn meant<'a>(&self, typed: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
        if self.errors.len() >= MOST {
            return None;
        }
        closest(typed, known).map(|meant| format!("did you mean {meant}?"))
    }

    /// Notes what an older docker compose refuses, or reads in another way.
    pub fn newer(&mut self, since: Release, place: &Place, refuses: bool, older: impl Into<String>) {
        newer::note(&mut self.newer, Newer { since, place: place.clone(), refuses, older: older.into() });
    }

    /// Notes an error at a place.
    pub fn error(&mut self, place: &Place, message: impl Into<String>) {
        self.push(Problem::error(message).at(place.clone()));
    }

    /// Notes a warning at a place.
    pub fn warning(&mut self, place: &Place, message: impl Into<String>) {
        self.push(Problem::warning(message).at(place.clone()));
    }

    /// Keeps a file's text for the excerpts.
    pub fn source(&mut self, file: &Arc<Path>, text: Arc<str>) {
        self.texts.insert(file.clone(), text);
    }

    /// Whether anything found so far makes docker compose refuse.
    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// All problems, errors first and else in the order found, each with the line it is on.
    pub fn finish(mut self) -> Vec<Problem> {
        let mut problems = self.errors;
        problems.append(&mut self.warnings);
        let number = |place: &Place| usize::try_from(place.line).unwrap_or(usize::MAX).wrapping_sub(1);
        // Of a file of millions of lines only the few that are shown are kept.
        let mut wanted: HashMap<&Path, HashMap<usize, Option<&str>>> = HashMap::new();
        for place in problems.iter().filter_map(|problem| problem.place.as_ref()) {
            if let Some((file, _)) = self.texts.get_key_value(&place.file) {
                wanted.entry(file).or_default().insert(number(place), None);
            }
        }
        for (file, lines) in &mut wanted {
            let text = self.texts.get(*file).map(AsRef::as_ref).unwrap_or_default();
            for (at, line) in split_lines(text).enumerate() {
                lines.entry(at).and_modify(|slot| *slot = Some(line));
            }
        }
        for problem in &mut problems {
            let Some(place) = &problem.place else { continue };
            let Some(line) =
                wanted.get(place.file.as_ref()).and_then(|lines| lines.get(&number(place)).copied().flatten())
            else {
                continue;
            };
            let column = usize::try_from(place.column).unwrap_or(usize::MAX).saturating_sub(1);
            let (excerpt, caret) = shorten(line, column);
            (problem.excerpt, problem.caret) = (Some(excerpt), caret);
        }
        if self.left_out > 0 {
            problems.push(Problem::warning(format!("{} more problems aren't listed", self.left_out)));
        }
        problems
    }
}

/// A line of a minified file can be megabytes long: the part of it around a column, and where in it that is. A
/// column further out than anybody counts isn't looked for, since there may be many: the caret is at the cut.
fn shorten(line: &str, column: usize) -> (String, usize) {
    const MOST: usize = 120;
    const BEFORE: usize = 60;
    const FAR: usize = 5000;
    if line.chars().nth(MOST).is_none() {
        return (line.to_owned(), column);
    }
    let (start, column) = match column {
        ..MOST => (0, column),
        MOST..FAR => (column - BEFORE, column),
        FAR.. => (0, MOST),
    };
    let mut part: String = line.chars().skip(start).take(MOST).collect();
    if line.chars().nth(start + MOST).is_some() {
        part.push('…');
    }
    if start == 0 { (part, column) } else { (format!("…{part}"), column - start + 1) }
}

/// Lines as YAML counts them: ended by LF, CR LF or CR.
fn split_lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_come_from_the_right_line() {
        let file: Arc<Path> = Path::new("c.yaml").into();
        let mut report = Report::default();
        report.source(&file, "a: 1\r\nb: 2\rc: 3\nd: 4".into());
        for line in 1..=5 {
            report.error(&Place { file: file.clone(), line, column: 1 }, format!("{line}"));
        }
        let lines: Vec<_> = report.finish().into_iter().map(|p| p.excerpt).collect();
        assert_eq!(lines, [Some("a: 1".into()), Some("b: 2".into()), Some("c: 3".into()), Some("d: 4".into()), None]);
    }

    #[test]
    fn a_long_line_is_cut_around_the_column() {
        assert_eq!(shorten("short", 3), ("short".into(), 3));
        let line = format!("{}X{}", "a".repeat(700), "b".repeat(700));
        for (line, column) in [(line.as_str(), 700), (line.as_str(), 5), (&"é".repeat(200), 199)] {
            let (part, caret) = shorten(line, column);
            assert_eq!(part.chars().nth(caret), line.chars().nth(column), "{part}");
            assert!(part.chars().count() <= 122);
        }
    }

    #[test]
    fn repeats_go_and_the_surplus_is_counted() {
        let mut report = Report::default();
        for n in 0..MOST + 7 {
            report.push(Problem::warning(n.to_string()));
            report.push(Problem::error("one"));
        }
        let problems = report.finish();
        assert_eq!(problems.len(), 1 + MOST + 1);
        assert!(problems.last().is_some_and(|p| p.message.starts_with("7 more")));
    }
}
