//! Keys and facts in, selections, plans and calls out.

mod acting;
mod any;
mod bringing;
mod files;
mod hosts;
mod logs;
mod moving;
mod problems;
mod removing;
mod streams;

use ratatui::layout::Size;

use super::*;
use crate::{
    app::{
        Input, Mouse, MouseKind, Want,
        action::{ACTIONS, Danger, Scope},
        fixture::{answer, calls, exited, healthy, model, press, tell},
        inspector,
        layout::table_body,
        model::{Mode, Pick, Tab},
        next_change,
        overlays::open::{Confirm, Overlay},
        plans,
        screens::stack::{
            rows::{Row, rows},
            state::{SERVICES, TOPOLOGY},
            window::canvas,
        },
        shell::{footer::hint_spans, tabs::tab_spans},
        wants::of_shown as wants,
    },
    base::id::VolumeName,
    host,
    logs::LogLine,
    stack::{
        Container, Fact, Health, Network, Volume,
        fixture::{at, container, id_of, snapshot},
    },
};

fn selected(model: &Model) -> String {
    match &model.ui.selected {
        Some(Pick::Service(name)) => name.to_string(),
        Some(Pick::Container(id)) => model.stack().containers[id].name.clone(),
        None => "nothing".into(),
    }
}

/// A model before any file was read.
fn nothing_declared() -> Model {
    Model::new(crate::app::fixture::settings(), "".into(), None, Size::new(120, 40), at(0.0))
}

fn last_toast(model: &Model) -> &str {
    model.toasts.last().map_or("", |t| &t.text)
}

fn services(model: &Model) -> Vec<String> {
    rows(model).iter().filter_map(|r| if let Row::Service(s) = r { Some(s.to_string()) } else { None }).collect()
}

fn errors(model: &Model) -> Vec<String> {
    model.jobs.iter().flat_map(|j| &j.failures).map(ToString::to_string).collect()
}
