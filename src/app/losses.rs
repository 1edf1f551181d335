//! What was lost, of everything that counts losses: the logs, the events, the engine's streams, and the program.

use super::Model;
use crate::{
    base::{
        loss::{LossKind, Sum, Whom},
        num::total,
        time::Stamp,
        units,
    },
    view::{role::Role, screen::Line},
};

/// One kind of loss, and whom it is missing from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What.
    pub kind: LossKind,
    /// How many.
    pub number: u64,
    /// Whom it is missing from: a container's name, or what the engine was asked for; empty for all.
    pub whom: String,
    /// Between which moments on the engine's clock; `None` where that isn't counted.
    pub when: Option<(Stamp, Stamp)>,
}

/// Everything that was lost, by kind.
pub fn rows(model: &Model) -> Vec<Row> {
    let stack = model.stack();
    let name = |id: &str| {
        let known = stack.containers.get(id).map(|c| c.name.clone());
        known.unwrap_or_else(|| id.chars().take(12).collect())
    };
    let mut rows = Vec::new();
    for (id, log) in stack.logs.all() {
        let row = |(kind, number)| Row { kind, number, whom: name(id), when: None };
        rows.extend(log.losses().into_iter().map(row));
    }
    let evicted = stack.events.dropped();
    if evicted > 0 {
        rows.push(Row { kind: LossKind::EventsEvicted, number: evicted, whom: String::new(), when: None });
    }
    let ledgers = stack.losses.rows().chain(model.host().losses.rows()).chain(model.losses.rows());
    for (kind, whom, sum) in ledgers {
        let whom = match whom {
            Whom::All => String::new(),
            Whom::Container(id) => name(id),
            Whom::Answer(list) => (*list).to_owned(),
        };
        rows.push(Row { kind, number: sum.number, whom, when: Some((sum.first, sum.last)) });
    }
    rows.sort_by(|a, b| (a.kind, &a.whom).cmp(&(b.kind, &b.whom)));
    rows
}

/// Objects in the stream of events that couldn't be read.
pub fn unreadable_events(model: &Model) -> u64 {
    let kind = LossKind::EventsUnreadable;
    model.stack().losses.total(kind).saturating_add(model.host().losses.total(kind))
}

/// Items of one of the engine's lists that couldn't be read.
pub fn unreadable_items(model: &Model, list: &str) -> u64 {
    let of_list = |(kind, whom, _): &(LossKind, &Whom, Sum)| {
        *kind == LossKind::ItemsUnreadable && matches!(whom, Whom::Answer(name) if *name == list)
    };
    total(model.stack().losses.rows().filter(of_list).map(|(_, _, sum)| sum.number))
}

/// What a list's frame says of items that couldn't be read; `None` where all could.
pub fn not_shown(model: &Model, list: &str) -> Option<Line> {
    let number = unreadable_items(model, list);
    (number > 0).then(|| Line::of(Role::LogLost, format!("{} unreadable, not shown", units::grouped(number))))
}
