//! What the project keeps: who mounts it where, how large it is, and what becomes of it on `down`.

use ratatui::layout::Rect;

use super::state::STORAGE;
use crate::{
    app::{layout::table_body, losses, scene::Scene, words},
    base::{
        num::total,
        text::{clean, wrap},
        units,
    },
    stack::storage::{Fate, StorageItem, StorageKind},
    view::{
        role::Role,
        screen::{Line, Pane, Scroll},
        table::{self, Column},
    },
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Kind,
    Name,
    Users,
    Size,
    Down,
    DownVolumes,
}

/// The table of stores.
pub fn draw(scene: &Scene<'_>, area: Rect) -> Pane {
    let items = scene.model.stack().storage(scene.model.host().view());
    let body = table_body(area);
    let (room, height) = (usize::from(body.width), usize::from(body.height));
    let columns = columns(&items, room.saturating_sub(3));
    let mut lines = vec![Line::of(Role::Text, "  ").with_line(&table::head(&columns))];
    let ui = scene.model.ui.screens.storage;
    for (at, item) in items.iter().enumerate().skip(ui.top).take(height) {
        let mut line = Line::of(Role::Text, " ");
        let selected = at == ui.selected;
        if selected && scene.focused(STORAGE) {
            line = Line::of(Role::Accent, scene.glyphs.cursor());
        }
        line.push(Role::Text, " ");
        line.extend(row(scene, item, &columns));
        lines.push(if selected { line.filled(Role::Selection) } else { line });
    }
    if items.is_empty() {
        lines.push(Line::new());
        let words = if scene.model.stack().listed {
            "Nothing is mounted or declared: this project keeps nothing on disk."
        } else {
            "The engine hasn't answered yet."
        };
        lines.extend(wrap(words, room.saturating_sub(4)).into_iter().map(|l| Line::of(Role::Dim, format!("  {l}"))));
    }
    let mut frame = scene.frame(STORAGE, "Storage");
    frame.scroll = Scroll::of(ui.top, height, items.len());
    let known = total(items.iter().filter_map(|i| i.size));
    if known > 0 {
        frame.right = Line::of(Role::Dim, format!("{} in volumes", units::bytes(known)));
    } else if scene.model.host().usage.is_none() && items.iter().any(|i| i.kind != StorageKind::Bind) {
        frame.right = Line::of(Role::Faint, format!("measuring{}", scene.glyphs.cut()));
    }
    let orphaned = items.iter().filter(|i| i.orphaned).count();
    if orphaned > 0 {
        frame.bottom =
            Line::of(Role::Warning, format!("{} neither declared nor mounted", units::count(orphaned, "volume")));
    }
    if items.iter().any(|i| i.on_down == Fate::Stranded) {
        if !frame.bottom.is_empty() {
            frame.bottom.push(Role::Text, "  ");
        }
        frame.bottom.push(Role::Dim, "stranded: kept, but the next up won't find it");
    }
    if let Some(words) = losses::not_shown(scene.model, "the list of volumes") {
        if !frame.bottom.is_empty() {
            frame.bottom.push(Role::Text, "  ");
        }
        frame.bottom.extend(words);
    }
    Pane::framed(area, frame, lines)
}

fn columns(items: &[StorageItem], room: usize) -> Vec<Column<Key>> {
    let name = items.iter().map(|i| crate::base::text::width(words::short(&i.name))).max().unwrap_or(0).clamp(8, 36);
    let column = |key, title, width, yields, right| Column { key, title, width, yields, right };
    let all = [
        column(Key::Kind, "KIND", 9, 3, false),
        column(Key::Name, "NAME", name, 0, false),
        column(Key::Users, "USED BY", 16, 2, false),
        column(Key::Size, "SIZE", 6, 1, true),
        column(Key::Down, "DOWN", 8, 4, false),
        column(Key::DownVolumes, "DOWN -v", 8, 0, false),
    ];
    table::fit(&all, room, Key::Users, 80)
}

fn row(scene: &Scene<'_>, item: &StorageItem, columns: &[Column<Key>]) -> Line {
    table::row(columns, |key, room| match key {
        Key::Kind => Line::of(Role::Dim, item.kind.word()),
        Key::Name if !item.exists => Line::of(Role::Faint, words::short(&item.name)),
        Key::Name => {
            let name = clean(words::short(&item.name)).into_owned();
            Line::of(if item.orphaned { Role::Warning } else { Role::Strong }, words::path_end(&name, room))
        }
        Key::Users if item.orphaned => Line::of(Role::Warning, "nothing: orphaned"),
        Key::Users if item.used_by.is_empty() => {
            Line::of(Role::Faint, if item.exists { "nothing" } else { "not created yet" })
        }
        Key::Users => {
            let mut line = Line::new();
            for (i, user) in item.used_by.iter().enumerate() {
                if i > 0 {
                    line.push(Role::Faint, ", ");
                }
                line.push(Role::Text, &user.who);
                line.push(Role::Faint, " @ ");
                let used = line.width() + if user.writable { 0 } else { 3 };
                // The end of a path says more than its beginning.
                let alone = item.used_by.len() == 1;
                let target = clean(&user.target).into_owned();
                line.push(Role::Dim, if alone { words::path_end(&target, room.saturating_sub(used)) } else { target });
                if !user.writable {
                    line.push(Role::Faint, " ro");
                }
            }
            line
        }
        Key::Size => match item.size {
            Some(size) => Line::of(Role::Text, units::bytes(size)),
            None => Line::of(Role::Faint, scene.glyphs.none()),
        },
        Key::Down => fate(scene, item.on_down),
        Key::DownVolumes => fate(scene, item.on_down_v),
    })
}

fn fate(scene: &Scene<'_>, fate: Fate) -> Line {
    match fate {
        Fate::Kept => Line::of(Role::Dim, fate.word()),
        Fate::Stranded => Line::of(Role::Warning, fate.word()),
        Fate::Removed => Line::of(Role::Error, fate.word()),
        Fate::Nothing => Line::of(Role::Faint, scene.glyphs.none()),
    }
}
