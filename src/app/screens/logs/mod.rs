//! The Logs screen: which lines it shows, and its picture.

pub mod lines;
mod look;
pub(in crate::app) mod motion;
pub(in crate::app) mod picture;
mod search;
pub(in crate::app) mod state;

use state::LOGS;

use super::row::{PanelRow, PromptRow, ScreenRow};
use crate::app::{
    Model, Want,
    action::{ActionId, Hint},
    layout::inner,
};

/// Old lines asked for of each container.
const TAIL: u32 = 500;

/// Its row.
pub static SCREEN: ScreenRow = ScreenRow {
    panels: &[PanelRow {
        id: LOGS,
        words: "log lines in order of time",
        draw: picture::draw,
        page: |_, area| inner(area).height,
        go: motion::go,
        sideways: motion::sideways,
        ..PanelRow::EMPTY
    }],
    hints,
    wants: |model, wants| {
        let shown = lines::containers(model).into_iter().take(Want::MOST_LOGS);
        wants.extend(shown.map(|container| Want::Log { container, tail: TAIL }));
    },
    back: |model| {
        let searched = !model.ui.zoom && model.ui.screens.logs.search.is_some();
        if searched {
            motion::forget_search(model);
        }
        searched
    },
    copy: |model, _| motion::current(model).and_then(|line| Some(model.stack().logs.line(&line)?.text().into_owned())),
    prompt: Some(PromptRow {
        lead: " search: ",
        text: |model| model.ui.screens.logs.search.as_ref().map_or_else(String::new, |s| s.as_str().to_owned()),
        typed: search::typed,
        done: motion::find_last,
        left: motion::forget_search,
    }),
    ..ScreenRow::EMPTY
};

fn hints(model: &Model, list: &mut Vec<Hint>) {
    let ui = &model.ui.screens.logs;
    let mut hint = |id, words| list.push(Hint::new(id, words));
    hint(ActionId::Back, "back");
    hint(ActionId::Filter, "search");
    if ui.search.is_some() {
        hint(ActionId::NextMatch, "next");
        hint(ActionId::PreviousMatch, "previous");
        hint(ActionId::OnlyMatches, if ui.filter && !ui.inverse { "all lines" } else { "only matches" });
        hint(ActionId::Inverse, if ui.filter && ui.inverse { "all lines" } else { "no matches" });
    }
    hint(ActionId::Follow, if ui.bottom.is_none() { "pause" } else { "follow" });
    hint(ActionId::Wrap, if ui.wrap { "no wrap" } else { "wrap" });
    hint(ActionId::Times, if ui.times { "no times" } else { "times" });
    hint(ActionId::LogService, "service on/off");
}
