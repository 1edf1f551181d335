//! A diagnosis as the JSON of `stackview check --format json`; its shape is a promise to scripts.

use serde_json::{Value, json};

use crate::base::shell::ShellLine;

use super::{
    diagnosis::Diagnosis,
    finding::{Cause, Finding},
};

/// The findings, root causes first.
pub fn json(diagnosis: &Diagnosis) -> Value {
    json!({ "problems": diagnosis.findings.iter().map(finding).collect::<Vec<_>>() })
}

fn finding(f: &Finding) -> Value {
    let evidence = f.evidence.iter().map(|e| json!({ "kind": e.kind.word(), "text": e.text, "source": e.source }));
    json!({
        "rule": f.rule,
        "severity": f.severity.word(),
        "service": f.service.as_deref(),
        "summary": f.summary,
        "evidence": evidence.collect::<Vec<_>>(),
        "explanation": f.explanation,
        "fix": { "text": f.fix.text, "command": f.fix.command.as_ref().and_then(ShellLine::offered), "yaml": f.fix.yaml },
        "caused_by": f.caused_by.as_ref().map(cause),
    })
}

fn cause(cause: &Cause) -> Value {
    json!({ "rule": cause.rule, "service": cause.service.as_deref() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::scenario::Scenario;

    #[test]
    fn the_shape_is_the_promised_one() {
        let told = json(&Scenario::of("services: {web: {image: x, depends_on: [dbb]}}").diagnosis());
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let first = &told["problems"][0];
        assert_eq!(
            keys(first),
            ["rule", "severity", "service", "summary", "evidence", "explanation", "fix", "caused_by"]
        );
        assert_eq!(keys(&first["evidence"][0]), ["kind", "text", "source"]);
        assert_eq!(keys(&first["fix"]), ["text", "command", "yaml"]);
        assert_eq!((&first["service"], &first["caused_by"]), (&json!("web"), &Value::Null));
    }
}
