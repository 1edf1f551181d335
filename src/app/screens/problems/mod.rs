//! The Problems screen: the findings, and its picture.

mod findings;
mod motion;
mod picture;
pub(in crate::app) mod state;

pub use findings::*;
use state::PROBLEMS;

use super::row::{PanelRow, ScreenRow};
use crate::app::{
    Model,
    action::{ActionId, Hint},
};

/// Its row.
pub static SCREEN: ScreenRow = ScreenRow {
    panels: &[PanelRow {
        id: PROBLEMS,
        words: "what is wrong, why, and what to do",
        draw: picture::draw,
        page: |model, area| parts(area, rows(model).len()).0.height,
        go: motion::go,
        press: motion::press,
        ..PanelRow::EMPTY
    }],
    count,
    hints,
    open: motion::open,
    copy,
    settle: motion::settle,
    ..ScreenRow::EMPTY
};

fn hints(model: &Model, list: &mut Vec<Hint>) {
    if let Some(finding) = finding(model) {
        if finding.service.is_some() {
            list.push(Hint::new(ActionId::Open, "show its service"));
        }
        let copied = if finding.fix.copied().is_some() { "copy the fix" } else { "copy" };
        list.push(Hint::new(ActionId::Copy, copied));
    }
    list.push(Hint::new(ActionId::Back, "back"));
}

/// What fixes it, to be pasted; else, or with `Y`, the finding.
fn copy(model: &Model, id: bool) -> Option<String> {
    finding(model).map(|f| match f.fix.copied() {
        Some(fix) if !id => fix,
        _ => format!("{} [{}]", f.summary, f.rule),
    })
}
