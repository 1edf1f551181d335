//! The Problems screen's rows, which of them is selected, and which finding the header tells of.

use ratatui::layout::Rect;

use crate::{
    app::{Model, layout::inner},
    base::{
        id::ServiceName,
        num::{cols, scale},
    },
    diagnose::{Finding, Severity},
    stack::Verdict,
};

/// From this width on, what is known of a finding stands beside the list rather than under it.
const BESIDE: u16 = 130;

/// The findings as a tree: each with its depth, consequences under their cause.
pub fn rows(model: &Model) -> Vec<(usize, &Finding)> {
    model.diagnosis.tree()
}

/// The place of the selected finding among the rows; the first where it is gone.
pub fn selected(model: &Model) -> usize {
    let is = |f: &Finding| model.ui.screens.problems.selected.as_ref().is_some_and(|picked| f.is(picked));
    rows(model).iter().position(|(_, f)| is(f)).unwrap_or(0)
}

/// The selected finding.
pub fn finding(model: &Model) -> Option<&Finding> {
    rows(model).get(selected(model)).map(|(_, f)| *f)
}

/// The most telling finding about a service.
pub fn about<'a>(model: &'a Model, service: &ServiceName) -> Option<&'a Finding> {
    let of = |f: &&Finding| f.service.as_ref() == Some(service) && f.severity < Severity::Hint;
    model.diagnosis.roots().find(of).or_else(|| model.diagnosis.findings.iter().find(of))
}

/// How many root causes want attention.
pub fn count(model: &Model) -> usize {
    model.diagnosis.roots().filter(|f| f.severity < Severity::Hint).count()
}

/// The finding that the header's second line tells of: the one about the service at the root of the trouble, else
/// the worst error, and of a stack that is ready or at rest the worst warning. What is wrong with the files has a line
/// of its own.
pub fn headline(model: &Model) -> Option<&Finding> {
    let verdict = model.overview.verdict;
    if verdict == Verdict::Unknown {
        return None;
    }
    // Else what it is busy with is more telling.
    let quiet = matches!(verdict, Verdict::Ready | Verdict::Stopped);
    let root = model.overview.root.as_ref().and_then(|(name, _)| about(model, name));
    // A consequence leads up to its cause.
    let root = root.map(|f| model.diagnosis.cause_of(f));
    let worst = || model.diagnosis.root().filter(|f| quiet || f.severity == Severity::Error);
    let files = model.file_errors().next().is_some();
    root.or_else(worst).filter(|f| !(files && crate::diagnose::rules::is_of_files(f.rule)))
}

/// What is wrong with the files in plainer words than the reader's own, which are docker compose's; where it is one
/// thing only.
pub fn of_files(model: &Model) -> Option<&Finding> {
    let mut errors = model.diagnosis.findings.iter().filter(|f| crate::diagnose::rules::is_of_files(f.rule));
    errors.next().filter(|_| errors.next().is_none() && model.file_errors().count() == 1)
}

/// Whether something is known that `up` would fail for.
pub fn hinders_up(model: &Model) -> bool {
    model.diagnosis.root().is_some_and(|f| f.severity == Severity::Error)
}

/// Where the list stands in the panel, and where what is known of the selected finding does.
pub fn parts(area: Rect, rows: usize) -> (Rect, Rect) {
    let body = inner(area);
    if body.width >= BESIDE {
        let left = scale(2, 5, body.width);
        let list = Rect { width: left, ..body };
        let gone = left.saturating_add(2);
        let detail = Rect { x: body.x.saturating_add(gone), width: body.width.saturating_sub(gone), ..body };
        return (list, detail);
    }
    // A line between the two.
    let height = cols(rows.max(1)).min((scale(2, 5, body.height)).max(3)).min(body.height);
    let list = Rect { height, ..body };
    let gone = height.saturating_add(1);
    (list, Rect { y: body.y.saturating_add(gone), height: body.height.saturating_sub(gone), ..body })
}
