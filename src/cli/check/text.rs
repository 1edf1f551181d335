//! The findings of `stackview check` for people: each with its evidence, its reason and what to do.

use std::fmt::Write;

use crate::{
    base::{text, units},
    diagnose::{Diagnosis, Finding, Severity},
};

/// Columns that prose is wrapped at.
const WIDTH: usize = 100;
/// Pieces of evidence that are shown of each finding.
const EVIDENCE: usize = 4;

/// All of it as text. `whole` says that the engine was looked at, too.
pub fn text(diagnosis: &Diagnosis, project: &str, whole: bool, colored: bool) -> String {
    let mut page = Page { out: String::new(), colored };
    for root in diagnosis.roots() {
        page.finding(diagnosis, root, 0);
        page.line("");
    }
    let count = |severity| diagnosis.findings.iter().filter(|f| f.severity == severity).count();
    let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Hint, "hint")];
    let counts: Vec<String> =
        counts.iter().filter(|(s, _)| count(*s) > 0).map(|(s, word)| units::count(count(*s), word)).collect();
    let project = if project.is_empty() { "the compose files".into() } else { text::clean(project) };
    let found = if counts.is_empty() { "no problems found".to_owned() } else { counts.join(", ") };
    let scope = if whole { "" } else { ", by its files alone" };
    page.line(&format!("{project}: {found}{scope}"));
    page.out
}

struct Page {
    out: String,
    colored: bool,
}

impl Page {
    fn line(&mut self, line: &str) {
        let _infallible = writeln!(self.out, "{}", line.trim_end());
    }

    fn paint(&self, code: &str, words: &str) -> String {
        if self.colored { format!("\u{1b}[{code}m{words}\u{1b}[0m") } else { words.to_owned() }
    }

    fn finding(&mut self, all: &Diagnosis, f: &Finding, depth: usize) {
        let indent = "   ".repeat(depth);
        let color = match f.severity {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            Severity::Hint => "1;36",
        };
        let word = self.paint(color, f.severity.word());
        let rule = self.paint("2", &format!("[{}]", f.rule));
        if depth > 0 {
            self.line(&format!("{}└ so: {}  {rule}", "   ".repeat(depth - 1) + "   ", f.summary));
        } else {
            self.line(&format!("{word}: {}  {rule}", f.summary));
            for e in f.evidence.iter().take(EVIDENCE) {
                let source = self.paint("2", &format!("({})", e.source));
                self.line(&format!("{indent}   │ {}  {source}", e.text));
            }
            self.prose(&indent, "", &f.explanation);
            self.prose(&indent, "fix: ", &f.fix.text);
            if let Some(yaml) = &f.fix.yaml {
                self.line(&format!("{indent}     {yaml}"));
            }
            if let Some(command) = &f.fix.command {
                self.line(&format!("{indent}     $ {command}"));
            }
        }
        for consequence in all.consequences(f) {
            self.finding(all, consequence, depth + 1);
        }
    }

    fn prose(&mut self, indent: &str, lead: &str, words: &str) {
        for (n, line) in text::wrap(words, WIDTH).iter().enumerate() {
            let lead = if n == 0 { lead.to_owned() } else { " ".repeat(lead.len()) };
            self.line(&format!("{indent}   {lead}{line}"));
        }
    }
}
