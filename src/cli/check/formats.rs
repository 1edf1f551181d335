//! The findings of `stackview check` for machines: GitHub's annotations, and SARIF 2.1.0.

use std::path::Path;

use serde_json::{Value, json};

use crate::diagnose::{Diagnosis, Finding, Kind, RULES, Severity};

/// A place in a file: its path from the present folder, line and column.
type Place<'a> = (&'a str, u32, u32);

/// Workflow commands (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>), one a line.
pub fn github(diagnosis: &Diagnosis, cwd: &Path) -> String {
    let mut out = String::new();
    for f in &diagnosis.findings {
        let level = match f.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "notice",
        };
        let place = place(f, cwd).map_or_else(String::new, |(file, line, column)| {
            format!("file={},line={line},col={column},", property(file))
        });
        let words = message(&format!("{}\n{}\nFix: {}", f.summary, f.explanation, f.fix.text));
        out.push_str(&format!("::{level} {place}title={}::{words}\n", property(f.rule)));
    }
    out
}

fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

/// The first place in a file that shows it.
fn place<'a>(f: &'a Finding, cwd: &Path) -> Option<Place<'a>> {
    f.evidence.iter().filter(|e| e.kind == Kind::File).find_map(|e| {
        let mut parts = e.source.rsplitn(3, ':');
        let column = parts.next()?.parse().ok()?;
        let line = parts.next()?.parse().ok()?;
        let file = parts.next()?;
        let shown = Path::new(file).strip_prefix(cwd).ok().and_then(Path::to_str).unwrap_or(file);
        Some((shown, line, column))
    })
}

/// The Static Analysis Results Interchange Format, version 2.1.0.
pub fn sarif(diagnosis: &Diagnosis, cwd: &Path) -> Value {
    let rules = RULES.iter().map(|r| json!({ "id": r.id, "shortDescription": { "text": r.about } }));
    let results = diagnosis.findings.iter().map(|f| {
        let level = match f.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "note",
        };
        let locations = place(f, cwd).map(|(file, line, column)| {
            json!({ "physicalLocation": {
                "artifactLocation": { "uri": file },
                "region": { "startLine": line, "startColumn": column },
            }})
        });
        json!({
            "ruleId": f.rule,
            "ruleIndex": RULES.iter().position(|r| r.id == f.rule),
            "level": level,
            "message": { "text": format!("{}. {} Fix: {}", f.summary, f.explanation, f.fix.text) },
            "locations": locations.into_iter().collect::<Vec<_>>(),
        })
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "stackview",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Vec<_>>(),
            }},
            "results": results.collect::<Vec<_>>(),
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::scenario::Scenario;

    #[test]
    fn places_and_escapes_are_as_the_readers_want_them() {
        let found =
            Scenario::of("services:\n  web:\n    image: x:1\n    depends_on: [dbb]\n    mem_limit: 64m\n").diagnosis();
        let told = github(&found, Path::new("/nowhere"));
        assert!(told.starts_with("::error file="), "{told}");
        assert!(told.contains(",line=4,col=18,title=dependency-undefined::service \"web\" depends on"), "{told}");
        assert_eq!(told.lines().count(), 1);
        let sarif = sarif(&found, Path::new("/nowhere"));
        let result = &sarif["runs"][0]["results"][0];
        assert_eq!(result["locations"][0]["physicalLocation"]["region"], json!({"startLine": 4, "startColumn": 18}));
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(sarif["runs"][0]["tool"]["driver"]["rules"][index]["id"], "dependency-undefined");
    }
}
