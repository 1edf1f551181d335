//! The help: which keys there are here, in groups, and how they stand in columns.

pub mod state;

use ratatui::layout::{Position, Rect, Size};
use state::Help;

use super::{
    floating::{Answer, Floating},
    list::{above, closes, part, scrolled, title},
};
use crate::{
    app::{
        Key, Model,
        action::{ACTIONS, Danger, Group, HelpLine, Scope},
        keys::scopes,
        scene::Scene,
        screens,
        signs::danger_role,
    },
    base::text::{pad, width},
    view::{
        role::Role,
        screen::{Line, Pane, inside},
    },
};

/// The least width of two columns.
const TWO_COLUMNS: u16 = 74;
/// What every line fits into.
#[cfg(test)]
const NARROWEST: usize = 35;

/// A line of the help.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    /// A group's name.
    Heading(&'static str),
    /// Keys and what they do.
    Keys {
        /// The keys.
        keys: String,
        /// The columns that the longest keys of the group take.
        wide: usize,
        /// What they do.
        words: &'static str,
        /// What that can break.
        danger: Danger,
        /// The `docker compose` command that does the same, if there is one.
        equivalent: &'static str,
    },
    /// Between two groups.
    Gap,
}

impl Floating for Help {
    fn key(&mut self, _model: &Model, key: Key) -> Answer {
        if closes(key, '?') {
            return Answer::Close;
        }
        scrolled(&mut self.scroll, key);
        Answer::Stay
    }

    fn settle(&mut self, model: &Model) {
        self.scroll = self.scroll.min(furthest(model));
    }

    fn draw(&self, scene: &Scene<'_>) -> (Pane, Option<Position>) {
        let area = area(scene.model.size);
        let room = usize::from(inside(area).width);
        let columns = columns(scene.model);
        let each = room.saturating_sub(1) / columns.len().max(1);
        let mut lines = Vec::new();
        for row in 0..columns.iter().map(Vec::len).max().unwrap_or(0) {
            let mut line = Line::of(Role::Text, " ");
            for (at, column) in columns.iter().enumerate() {
                line.to_column(1 + at * each);
                line.extend(column.get(row).map_or_else(Line::new, |entry| drawn(entry, each)));
            }
            lines.push(line);
        }
        let words = screens::panel(scene.model.ui.focus).map(|row| row.words);
        let mut name = title("Help");
        name.push(Role::Dim, words.map(|words| format!(": {words}")).unwrap_or_default());
        let mut pane = above(area, name, None, Vec::new());
        part(&mut pane, lines, self.scroll);
        if let Some(frame) = &mut pane.frame {
            frame.bottom = Line::of(Role::Busy, "changes what runs")
                .with(Role::Text, "  ")
                .with(Role::Error, "removes, after its plan");
        }
        (pane, None)
    }

    #[cfg(test)]
    fn example(_text: &str) -> Self {
        Self::default()
    }
}

/// Its box: as large as the terminal allows; wide ones have room for equivalents.
fn area(size: Size) -> Rect {
    let width = if size.width >= 134 { 130 } else { size.width.min(78) };
    Rect { x: size.width.saturating_sub(width) / 2, y: 0, width, height: size.height }
}

fn drawn(entry: &Entry, room: usize) -> Line {
    match entry {
        Entry::Gap => Line::new(),
        Entry::Heading(words) => Line::of(Role::Heading, words),
        Entry::Keys { keys, wide, words, danger, equivalent } => {
            let line = Line::of(Role::Key, pad(keys, wide + 2)).with(danger_role(*danger), words);
            let equivalent = Line::of(Role::Faint, equivalent);
            Line::beside(line, [equivalent], room.saturating_sub(2))
        }
    }
}

/// The columns for this place: one or two, as the box is wide.
fn columns(model: &Model) -> Vec<Vec<Entry>> {
    let lines = entries(&scopes(model));
    if inside(area(model.size)).width < TWO_COLUMNS {
        return vec![lines];
    }
    // The first gap past the middle ends the first column, so that groups stay whole.
    let gaps = || lines.iter().enumerate().filter(|(_, line)| **line == Entry::Gap).map(|(at, _)| at);
    let higher = |at: &usize| (*at).max(lines.len() - at);
    let Some(split) = gaps().min_by_key(higher) else { return vec![lines] };
    let (left, right) = lines.split_at(split);
    vec![left.to_vec(), right.iter().skip(1).cloned().collect()]
}

/// How far it can be scrolled.
fn furthest(model: &Model) -> usize {
    let rows = columns(model).iter().map(Vec::len).max().unwrap_or(0);
    rows.saturating_sub(room(model.size))
}

/// Lines that are shown at once.
fn room(size: Size) -> usize {
    usize::from(inside(area(size)).height)
}

/// All entries where these scopes have their keys, group by group.
fn entries(here: &[Scope]) -> Vec<Entry> {
    let mut lines = Vec::new();
    for group in Group::ALL {
        let rows: Vec<_> = ACTIONS
            .iter()
            .enumerate()
            .filter(|(_, a)| a.group == group && (a.scope == Scope::Global || here.contains(&a.scope)))
            // What has no key is found in the palette alone.
            .filter(|(_, a)| a.help != HelpLine::Joined && !a.keys.is_empty())
            .map(|(at, action)| {
                // The keys of the rows that share its line follow its own.
                let more = ACTIONS.iter().skip(at + 1).take_while(|a| a.help == HelpLine::Joined);
                let mut keys = action.keys_text();
                for joined in more {
                    keys.push(' ');
                    keys.push_str(&joined.keys_text());
                }
                (keys, action)
            })
            .collect();
        if rows.is_empty() {
            continue;
        }
        if !lines.is_empty() {
            lines.push(Entry::Gap);
        }
        lines.push(Entry::Heading(group.title()));
        let wide = rows.iter().map(|(keys, _)| width(keys)).max().unwrap_or(0);
        lines.extend(rows.into_iter().map(|(keys, action)| Entry::Keys {
            keys,
            wide,
            words: if let HelpLine::For(words) = action.help { words } else { action.words },
            danger: action.danger,
            equivalent: action.equivalent,
        }));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{
        fixture::{healthy, model, press},
        keys::scopes_of,
        model::Tab,
        overlays::open::Overlay,
    };

    #[test]
    fn it_fits_a_usual_terminal_on_every_screen() {
        for tab in Tab::ALL {
            let mut model = model(&healthy());
            model.size = Size::new(80, 24);
            press(&mut model, &tab.digit().to_string());
            assert_eq!(furthest(&model), 0, "{tab:?}: {:#?}", columns(&model));
            for line in columns(&model).concat() {
                let Entry::Keys { wide, words, .. } = line else { continue };
                assert!(wide + 2 + words.chars().count() <= NARROWEST, "{words}");
            }
        }
    }

    #[test]
    fn a_small_terminal_scrolls_to_the_last_line_and_no_further() {
        let mut model = model(&healthy());
        press(&mut model, "?");
        model.size = Size::new(40, 12);
        press(&mut model, "G");
        let Some(Overlay::Help(Help { scroll })) = &model.ui.overlay else { panic!("no help") };
        assert_eq!(*scroll, furthest(&model));
        assert_eq!(columns(&model).len(), 1);
        assert_eq!(scroll + room(model.size), columns(&model)[0].len());
    }

    #[test]
    fn every_key_of_a_place_is_told() {
        for tab in Tab::ALL {
            let scopes = scopes_of(*tab);
            let lines = entries(&scopes);
            let told =
                lines.iter().filter_map(|entry| if let Entry::Keys { keys, .. } = entry { Some(keys) } else { None });
            let told: Vec<&String> = told.collect();
            for action in ACTIONS.iter().filter(|a| a.scope == Scope::Global || scopes.contains(&a.scope)) {
                assert!(told.iter().any(|keys| keys.contains(&action.keys_text())), "{tab:?}: {}", action.name);
            }
        }
    }
}
