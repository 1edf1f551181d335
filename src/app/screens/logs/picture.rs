//! Log lines of the whole project in order of time, with the engine's events where they happened.

use ratatui::layout::Rect;
use regex::Regex;

use super::{lines, look::styled, state::LOGS};
use crate::{
    app::{
        action::{ActionId, key_of},
        layout::inner,
        scene::Scene,
        targets, words,
    },
    base::{
        id::ContainerId,
        text::{self, width, wrap},
        time::Stamp,
        units,
    },
    logs::{self, LineId},
    stack::{Event, EventKind, EventSubject},
    view::{
        role::Role,
        screen::{Emphasis, Line, Pane},
    },
};

/// What stands in the stream.
enum Item<'a> {
    Line(LineId, &'a logs::HeldLine),
    Event(&'a Event),
    /// Lines are missing just before this one.
    Missing(LineId, String),
}

/// The stream.
pub fn draw(scene: &Scene<'_>, area: Rect) -> Pane {
    let ui = &scene.model.ui.screens.logs;
    let body = inner(area);
    let (room, height) = (usize::from(body.width), usize::from(body.height));
    let items = items(scene, height);
    let names = name_width(scene, room);
    let mut lines: Vec<Line> = items.iter().flat_map(|item| rows(scene, item, names, room)).collect();
    if is_top(scene, &items) {
        lines.truncate(height);
    }
    lines.drain(..lines.len().saturating_sub(height));
    if lines.is_empty() {
        lines.push(Line::new());
        let words = wrap(&empty(scene), room.saturating_sub(4));
        lines.extend(words.into_iter().map(|words| Line::of(Role::Dim, format!("  {words}"))));
    }
    let title = match &ui.only {
        Some(pick) => format!("Logs of {}", targets::name(scene.model, pick)),
        None => "Logs".into(),
    };
    let mut frame = scene.frame(LOGS, &title);
    frame.right = state(scene);
    frame.bottom = below(scene, room.saturating_sub(36));
    Pane::framed(area, frame, lines)
}

/// The last lines of one container without names and times, for the inspector: as many as fit into `rows`, long
/// ones folded where there is room for that.
pub fn tail(scene: &Scene<'_>, container: &ContainerId, rows: usize, room: usize) -> Vec<Line> {
    let Some(log) = scene.model.stack().logs.of(container) else { return Vec::new() };
    let most = (rows / 3).clamp(1, 3);
    let mut shown: Vec<Line> = Vec::new();
    for line in log.lines().rev() {
        let folded = folded(styled(line, scene.model.masker()), most, room);
        if shown.len() + folded.len() > rows {
            break;
        }
        shown.extend(folded.into_iter().rev());
    }
    shown.reverse();
    shown
}

/// A line in at most so many rows, those after the first indented.
fn folded(line: Line, most: usize, room: usize) -> Vec<Line> {
    if most == 1 || room < 8 || line.width() <= room {
        return vec![line.fit(room)];
    }
    let (mut rows, mut rest) = (Vec::new(), line);
    while !rest.is_empty() && rows.len() + 1 < most {
        let row = words(&rest, room - 2);
        rest = after(&rest, row.width());
        // The blank between two words stays at the end of the first row.
        rest = if rest.text().starts_with(' ') { after(&rest, 1) } else { rest };
        rows.push(row);
    }
    if !rest.is_empty() {
        rows.push(rest.fit(room - 2));
    }
    let indented = |(at, row)| if at == 0 { row } else { Line::of(Role::Text, "  ").with_line(&row) };
    rows.into_iter().enumerate().map(indented).collect()
}

/// The beginning of a line, as many words as fit; a word that is longer is cut.
fn words(line: &Line, columns: usize) -> Line {
    let start = chop(line, columns).into_iter().next().unwrap_or_default();
    let (text, whole) = (start.text(), line.text());
    if text.len() == whole.len() || whole.get(text.len()..).is_some_and(|rest| rest.starts_with(' ')) {
        return start;
    }
    let blank = text.rfind(' ').map(|at| width(text.get(..at).unwrap_or_default()));
    match blank.filter(|at| *at > columns / 2) {
        Some(at) => chop(&start, at).into_iter().next().unwrap_or_default(),
        None => start,
    }
}

/// Whether the oldest line that is shown at all is on the screen of who scrolled there: what stands between lines may
/// not push it out.
fn is_top(scene: &Scene<'_>, items: &[Item<'_>]) -> bool {
    let model = scene.model;
    let first = items.iter().find_map(|item| if let Item::Line(id, _) = item { Some(id) } else { None });
    let keep = |id: &ContainerId, line: &logs::HeldLine| lines::keeps(model, id, line);
    let is_oldest = |first| model.stack().logs.before(Some(first), 2, &keep).len() < 2;
    model.ui.screens.logs.bottom.is_some() && first.is_some_and(is_oldest)
}

/// What is missing just before a line, in words.
fn missing_before(log: &logs::Log, line: &logs::HeldLine) -> Option<String> {
    if log.is_cut_off_before(line) {
        return Some(format!("{} older lines dropped", units::grouped(log.evicted())));
    }
    log.has_gap_before(line).then(|| "lines before this weren't read".into())
}

/// The last lines shown, with the events between them, and with what is missing from them.
fn items<'a>(scene: &'a Scene<'_>, n: usize) -> Vec<Item<'a>> {
    let model = scene.model;
    let ui = &model.ui.screens.logs;
    let from = ui.bottom.as_ref();
    let ids = model.stack().logs.before(from, n, &|id, line| lines::keeps(model, id, line));
    let items: Vec<(Stamp, Item<'a>)> = ids
        .into_iter()
        .filter_map(|id| model.stack().logs.line(&id).map(|line| (line.at(), Item::Line(id, line))))
        .collect();
    let first = items.first().map(|(at, _)| *at);
    let last = if from.is_some() { items.last().map(|(at, _)| *at) } else { None };
    if ui.filter && ui.search.is_some() {
        return items.into_iter().map(|(_, item)| item).collect();
    }
    let events = model.stack().events.iter().rev();
    let events = events.skip_while(|e| last.is_some_and(|last| e.at > last));
    let events = events.take_while(|e| first.is_none_or(|first| e.at >= first)).filter(|e| tells(scene, e)).take(n);
    let mut all = Vec::with_capacity(items.len());
    for (at, item) in items {
        if let Item::Line(id, line) = &item
            && let Some(words) = model.stack().logs.of(&id.container).and_then(|log| missing_before(log, line))
        {
            all.push((at, Item::Missing(id.clone(), words)));
        }
        all.push((at, item));
    }
    let mut items = all;
    items.extend(events.map(|e| (e.at, Item::Event(e))));
    items.sort_by_key(|(at, _)| *at);
    items.into_iter().map(|(_, item)| item).collect()
}

/// Whether an event says something about what is looked at.
fn tells(scene: &Scene<'_>, event: &Event) -> bool {
    let speaks = matches!(
        event.kind,
        EventKind::Start
            | EventKind::Die(_)
            | EventKind::Oom
            | EventKind::Kill(_)
            | EventKind::Pause
            | EventKind::Unpause
            | EventKind::Health(_)
    );
    let EventSubject::Container(id) = &event.subject else { return false };
    let ui = &scene.model.ui.screens.logs;
    let shown = match &ui.only {
        Some(pick) => targets::containers(scene.model, pick).iter().any(|c| c.id == *id),
        None => event.service.as_ref().is_none_or(|s| !ui.off.contains(s)),
    };
    speaks && shown
}

fn name_width(scene: &Scene<'_>, room: usize) -> usize {
    if scene.model.ui.screens.logs.only.is_some() {
        return 0;
    }
    let longest = scene.model.overview.services.iter().map(|s| width(&s.name)).max().unwrap_or(0);
    longest.clamp(4, 20).min(room / 4)
}

fn rows(scene: &Scene<'_>, item: &Item<'_>, names: usize, room: usize) -> Vec<Line> {
    let ui = &scene.model.ui.screens.logs;
    let (at, service) = match item {
        Item::Line(id, _) | Item::Missing(id, _) => {
            let container = scene.model.stack().containers.get(&id.container);
            (id.at, container.map(|c| c.service.as_ref().map_or(c.name.as_str(), |s| s)))
        }
        Item::Event(event) => (event.at, Some(event.service.as_ref().map_or(event.name.as_str(), |s| s))),
    };
    let service = service.unwrap_or("?");
    let mut lead = Line::of(Role::Text, " ");
    if ui.times {
        lead.push(Role::LogTime, at.local(&scene.model.settings.zone, "%H:%M:%S%.3f "));
    }
    if names > 0 {
        lead.push(scene.series(service), text::pad(&text::clean(service), names));
        lead.push(Role::Faint, format!(" {} ", scene.glyphs.line(true, true, false, false)));
    }
    let body = match item {
        Item::Event(event) => {
            let (words, role) = words::event(event);
            let dash = scene.glyphs.horizontal();
            let role = if matches!(role, Role::Error | Role::Good | Role::Warning) { role } else { Role::LogEvent };
            return vec![lead.with(role, format!("{dash}{dash} {words} {dash}{dash}")).fit(room)];
        }
        Item::Missing(_, words) => {
            let dash = scene.glyphs.horizontal();
            return vec![lead.with(Role::LogLost, format!("{dash}{dash} {words} {dash}{dash}")).fit(room)];
        }
        Item::Line(id, line) => {
            let mut parsed = styled(line, scene.model.masker());
            if let Some(search) = &ui.search {
                parsed = highlight(&parsed, search, ui.found.as_ref() == Some(id));
            }
            if line.cut() {
                parsed.push(Role::LogLost, format!(" {} cut", scene.glyphs.cut()));
            }
            parsed
        }
    };
    let indent = lead.width();
    let columns = room.saturating_sub(indent).max(1);
    if ui.wrap {
        let mut pieces = chop(&body, columns).into_iter();
        let mut lines = vec![lead.with_line(&pieces.next().unwrap_or_default())];
        lines.extend(pieces.map(|piece| Line::of(Role::Text, " ".repeat(indent)).with_line(&piece)));
        return lines;
    }
    let shifted = if ui.shift > 0 { after(&body, usize::from(ui.shift)) } else { body };
    vec![lead.with_line(&shifted.fit(columns))]
}

/// What the search found, brighter than the rest.
fn highlight(line: &Line, search: &Regex, found: bool) -> Line {
    let text = line.text();
    let mut hits = search.find_iter(&text).filter(|m| !m.is_empty()).map(|m| m.range()).peekable();
    if hits.peek().is_none() {
        return line.clone();
    }
    let hits: Vec<_> = hits.collect();
    let mut out = Line::new();
    let mut at = 0;
    for span in &line.spans {
        for c in span.text().chars() {
            let mut bytes = [0; 4];
            let c = c.encode_utf8(&mut bytes);
            if hits.iter().any(|hit| hit.contains(&at)) {
                out.styled(Role::LogMatch, Emphasis { underline: found, bold: found, ..Emphasis::NONE }, &*c);
            } else {
                out.styled(span.role, span.emphasis, &*c);
            }
            at += c.len();
        }
    }
    out
}

/// A line in pieces of at most so many columns.
fn chop(line: &Line, columns: usize) -> Vec<Line> {
    let mut pieces = vec![Line::new()];
    let mut used = 0;
    for span in &line.spans {
        for c in span.text().chars() {
            let mut bytes = [0; 4];
            let c = c.encode_utf8(&mut bytes);
            let w = width(c);
            if used + w > columns {
                pieces.push(Line::new());
                used = 0;
            }
            if let Some(piece) = pieces.last_mut() {
                piece.styled(span.role, span.emphasis, &*c);
            }
            used += w;
        }
    }
    pieces
}

/// A line without its first columns.
fn after(line: &Line, columns: usize) -> Line {
    let mut out = Line::new();
    let mut at = 0;
    for span in &line.spans {
        let mut rest = String::new();
        for c in span.text().chars() {
            if at >= columns {
                rest.push(c);
            }
            at += width(c.encode_utf8(&mut [0; 4]));
        }
        out.styled(span.role, span.emphasis, rest);
    }
    out
}

fn empty(scene: &Scene<'_>) -> String {
    let ui = &scene.model.ui.screens.logs;
    if ui.filter && ui.search.is_some() {
        let key = key_of(if ui.inverse { ActionId::Inverse } else { ActionId::OnlyMatches });
        return match ui.inverse {
            true => format!("Every line matches, and those are hidden; {key} shows all lines again."),
            false => format!("No line matches; {key} shows all lines again."),
        };
    }
    let model = scene.model;
    let shown = lines::containers(model);
    let unreadable = shown.iter().find_map(|id| scene.model.stack().logs.of(id)?.unreadable());
    match unreadable {
        Some(why) => format!("The log can't be read: {why}"),
        None if !shown.is_empty() => match &ui.only {
            Some(pick) => {
                format!("No lines yet; what {} prints appears here.", targets::name(model, pick))
            }
            None => "No lines yet; what the services print appears here.".into(),
        },
        None if !model.stack().listed => "The engine hasn't answered yet.".into(),
        None if model.stack().containers.is_empty() => {
            let start = if model.settings.read_only {
                words::starts_it(model.host())
            } else {
                format!("{} starts it", key_of(ActionId::UpProject))
            };
            format!("Nothing was created yet; {start}, and what the services print appears here.")
        }
        None if ui.only.is_some() => {
            format!("Its container is gone, and its log with it; {} shows all logs.", key_of(ActionId::AllLogs))
        }
        None => format!("Every service is switched off; {} shows all again.", key_of(ActionId::EveryLogService)),
    }
}

fn state(scene: &Scene<'_>) -> Line {
    let ui = &scene.model.ui.screens.logs;
    let mut line = Line::new();
    if let Some(search) = &ui.search {
        line.push(Role::Accent, format!("/{}", search.as_str()));
        let how = match (ui.filter, ui.inverse) {
            (true, false) => " only matches",
            (true, true) => " no matches",
            _ => "",
        };
        line.push(Role::Dim, how);
        line.push(Role::Text, "  ");
    }
    match &ui.bottom {
        None => line.push(Role::Good, "following"),
        Some(_) => line.push(Role::Busy, "paused"),
    }
    line
}

/// Which digit switches whom, and who is off; only the latter where there is little room.
fn switches(scene: &Scene<'_>, room: usize) -> Line {
    let off = &scene.model.ui.screens.logs.off;
    let services = lines::services(scene.model);
    let mut line = Line::new();
    for (service, digit) in services.iter().zip('1'..='9') {
        line.push(Role::Key, if line.is_empty() { format!("Alt-{digit} ") } else { format!("  {digit} ") });
        line.push(if off.contains(service) { Role::Faint } else { scene.series(service) }, &**service);
        if off.contains(service) {
            line.push(Role::Dim, " off");
        }
    }
    if services.len() > 1 && line.width() <= room {
        return line;
    }
    if off.is_empty() {
        return Line::new();
    }
    let names: Vec<&str> = off.iter().map(|s| &**s).collect();
    Line::of(Role::Dim, format!("off: {}", names.join(", ")))
}

/// Who is switched off, and what was lost: it is said, always.
fn below(scene: &Scene<'_>, room: usize) -> Line {
    let ui = &scene.model.ui.screens.logs;
    let mut line = if ui.only.is_some() { Line::new() } else { switches(scene, room) };
    let shown = lines::containers(scene.model);
    let held = &scene.model.stack().logs;
    let gaps = shown.iter().filter_map(|id| held.of(id)).map(logs::Log::gaps).sum::<usize>();
    if gaps > 0 {
        if !line.is_empty() {
            line.push(Role::Text, "  ");
        }
        line.push(Role::LogLost, format!("{}: some lines weren't read", units::count(gaps, "gap")));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_lit_within_its_spans() {
        let line = Line::of(Role::Red, "abc").with(Role::Text, "def");
        let lit = highlight(&line, &Regex::new("cd").unwrap(), false);
        let spans: Vec<(&str, Role)> = lit.spans.iter().map(|s| (s.text(), s.role)).collect();
        assert_eq!(spans, [("ab", Role::Red), ("cd", Role::LogMatch), ("ef", Role::Text)]);
    }

    #[test]
    fn long_lines_are_wrapped_or_shifted_by_columns() {
        let line = Line::of(Role::Text, "漢字ab").with(Role::Dim, "cd");
        let texts: Vec<String> = chop(&line, 3).iter().map(Line::text).collect();
        assert_eq!(texts, ["漢", "字a", "bcd"]);
        assert_eq!(after(&line, 4).text(), "abcd");
    }

    #[test]
    fn long_lines_of_the_tail_are_folded_where_there_is_room() {
        let line = || Line::of(Role::Text, "abcdefghijklmnopqrstuvwxyz");
        let rows = |most, room| folded(line(), most, room).iter().map(Line::text).collect::<Vec<_>>();
        assert_eq!(rows(1, 10), ["abcdefghi…"]);
        assert_eq!(rows(2, 10), ["abcdefgh", "  ijklmno…"]);
        assert_eq!(rows(3, 12), ["abcdefghij", "  klmnopqrst", "  uvwxyz"]);
        assert_eq!(rows(3, 26), ["abcdefghijklmnopqrstuvwxyz"]);
        let sentence = Line::of(Role::Text, "the system ").with(Role::Error, "was shut down at once");
        let texts = |most, room| folded(sentence.clone(), most, room).iter().map(Line::text).collect::<Vec<_>>();
        assert_eq!(texts(3, 16), ["the system was", "  shut down at", "  once"]);
        assert_eq!(texts(2, 16), ["the system was", "  shut down at …"]);
    }
}
