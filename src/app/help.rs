//! The help as lines: which keys there are here, in groups, and how they stand in columns.

use ratatui::layout::Size;

use super::{
    Model,
    action::{ACTIONS, Danger, Group, HelpLine, Scope},
    floating,
    layout::inner,
};

/// The least width of two columns.
const TWO_COLUMNS: u16 = 74;
/// What every line fits into.
#[cfg(test)]
const NARROWEST: usize = 35;

/// A line of the help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
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

/// The help's columns for this place: one or two, as the box is wide.
pub fn columns(model: &Model) -> Vec<Vec<Line>> {
    let lines = lines(Scope::of(model));
    if inner(floating::help(model.size)).width < TWO_COLUMNS {
        return vec![lines];
    }
    // The first gap past the middle ends the first column, so that groups stay whole.
    let gaps = || lines.iter().enumerate().filter(|(_, line)| **line == Line::Gap).map(|(at, _)| at);
    let higher = |at: &usize| (*at).max(lines.len() - at);
    let Some(split) = gaps().min_by_key(higher) else { return vec![lines] };
    let (left, right) = lines.split_at(split);
    vec![left.to_vec(), right.iter().skip(1).cloned().collect()]
}

/// How far the help can be scrolled.
pub fn furthest(model: &Model) -> usize {
    let rows = columns(model).iter().map(Vec::len).max().unwrap_or(0);
    rows.saturating_sub(room(model.size))
}

/// Lines of the help that are shown at once.
pub fn room(size: Size) -> usize {
    usize::from(inner(floating::help(size)).height)
}

/// All lines of the help where a scope has its keys, group by group.
fn lines(here: Option<Scope>) -> Vec<Line> {
    let mut lines = Vec::new();
    for group in Group::ALL {
        let rows: Vec<_> = ACTIONS
            .iter()
            .enumerate()
            .filter(|(_, a)| a.group == group && (a.scope == Scope::Global || Some(a.scope) == here))
            .filter(|(_, a)| a.help != HelpLine::Joined)
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
            lines.push(Line::Gap);
        }
        lines.push(Line::Heading(group.title()));
        let wide = rows.iter().map(|(keys, _)| crate::base::text::width(keys)).max().unwrap_or(0);
        lines.extend(rows.into_iter().map(|(keys, action)| Line::Keys {
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
    use crate::app::fixture::{healthy, model, press};

    #[test]
    fn it_fits_a_usual_terminal_on_every_screen() {
        for keys in ["1", "2", "3", "4", "7"] {
            let mut model = model(&healthy());
            model.size = Size::new(80, 24);
            press(&mut model, keys);
            assert_eq!(furthest(&model), 0, "screen {keys}: {:#?}", columns(&model));
            for line in columns(&model).concat() {
                let Line::Keys { wide, words, .. } = line else { continue };
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
        let crate::app::model::Overlay::Help { scroll } = model.ui.overlay.as_ref().unwrap() else { panic!() };
        assert_eq!(*scroll, furthest(&model));
        assert_eq!(columns(&model).len(), 1);
        assert_eq!(scroll + room(model.size), columns(&model)[0].len());
    }

    #[test]
    fn every_key_of_a_place_is_told() {
        let lines = lines(Some(Scope::Logs));
        let told: Vec<&str> =
            lines.iter().filter_map(|l| if let Line::Keys { keys, .. } = l { Some(&**keys) } else { None }).collect();
        for action in ACTIONS.iter().filter(|a| matches!(a.scope, Scope::Global | Scope::Logs)) {
            assert!(told.iter().any(|keys| keys.contains(&action.keys_text())), "{}", action.name);
        }
    }
}
