//! What stands under the bars of the Startup screen: how many lines there are decides how many bars fit, so the
//! layout, the movement and the drawing ask here.

use crate::{
    app::{Model, model::Pick},
    base::{
        text::{clean, wrap},
        time::Stamp,
        units::span,
    },
    compose::Condition,
    stack::{
        State, Verdict,
        timeline::{Lane, StartKind, Timeline, Wait},
    },
};

/// What is special about a start that the engine made.
const REVIVED: &str =
    "the engine started these by itself, after it or the host was restarted: it doesn't look at depends_on";

/// A line under the bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Between the bars and the notes.
    Blank,
    /// The critical path, with the earlier starts beside it.
    Critical,
    /// What took longer than usual; the first line of it, or (`false`) one that follows.
    Regression(bool, String),
    /// What would shorten the start; the first line of it, or (`false`) one that follows.
    Hint(bool, String),
    /// About the kind of start.
    Remark(String),
    /// All of the selected bar in words.
    Detail(String),
    /// What the signs mean.
    Legend,
}

/// The lines under the bars, where the panel has so much room below its axis. Bars go first; with less room the
/// later of the notes are left out.
pub fn notes(model: &Model, width: usize, height: usize) -> Vec<Note> {
    let Some(timeline) = &model.timeline else { return Vec::new() };
    let bars = timeline.lanes.len().min((height * 6 / 10).max(3));
    let mut room = height.saturating_sub(bars);
    let mut notes = Vec::new();
    let width = width.saturating_sub(4).max(20);
    let take = |notes: &mut Vec<Note>, more: Vec<Note>, room: &mut usize| {
        if more.len() <= *room {
            *room -= more.len();
            notes.extend(more);
        }
    };
    if !timeline.critical.is_empty() {
        take(&mut notes, vec![Note::Critical], &mut room);
    }
    take(&mut notes, vec![Note::Legend], &mut room);
    let legend = notes.iter().position(|n| *n == Note::Legend).map(|at| notes.remove(at));
    let mut more = Vec::new();
    if timeline.kind == StartKind::Revived {
        take(&mut more, wrap(REVIVED, width).into_iter().map(Note::Remark).collect(), &mut room);
    }
    for regression in &timeline.comparison.regressions {
        take(&mut more, lines(&regression.words(), width, Note::Regression), &mut room);
    }
    let detail: Vec<Note> = selected(model, timeline)
        .and_then(|lane| detail(model, timeline, lane))
        .map(|words| wrap(&words, width).into_iter().map(Note::Detail).collect())
        .unwrap_or_default();
    let mut kept = Vec::new();
    take(&mut kept, detail, &mut room);
    for hint in &timeline.hints {
        take(&mut more, lines(&hint.words, width, Note::Hint), &mut room);
    }
    notes.extend(more);
    if !kept.is_empty() && room > 0 && !notes.is_empty() {
        room -= 1;
        notes.push(Note::Blank);
    }
    notes.extend(kept);
    notes.extend(legend);
    if room > 0 && !notes.is_empty() {
        notes.insert(0, Note::Blank);
    }
    notes
}

/// All that can be said of a start, each service in words: for what is printed and not looked at.
pub fn all_notes(model: &Model, width: usize) -> Vec<Note> {
    let Some(timeline) = &model.timeline else { return Vec::new() };
    let width = width.saturating_sub(4).max(20);
    let mut all = vec![Note::Blank, Note::Critical];
    if timeline.kind == StartKind::Revived {
        all.extend(wrap(REVIVED, width).into_iter().map(Note::Remark));
    }
    all.extend(timeline.comparison.regressions.iter().flat_map(|r| lines(&r.words(), width, Note::Regression)));
    all.extend(timeline.hints.iter().flat_map(|h| lines(&h.words, width, Note::Hint)));
    all.push(Note::Blank);
    let details = timeline.lanes.iter().filter_map(|lane| detail(model, timeline, lane));
    all.extend(details.flat_map(|words| wrap(&words, width)).map(Note::Detail));
    all.push(Note::Legend);
    all
}

fn lines(words: &str, width: usize, note: fn(bool, String) -> Note) -> Vec<Note> {
    wrap(words, width).into_iter().enumerate().map(|(i, line)| note(i == 0, line)).collect()
}

/// How the start stands, for the panel's border: `took 113.4 s`, `48.0 s so far, about 40 s to go`.
pub fn standing(model: &Model, timeline: &Timeline) -> String {
    if let Some(took) = timeline.took() {
        return format!("took {}", span(took));
    }
    let so_far = span(model.engine_now().since(timeline.origin));
    match model.overview.verdict {
        // All is ready, but the engine no longer knows since when.
        Verdict::Ready => "end unknown".into(),
        Verdict::Starting => match timeline.comparison.to_go {
            Some(left) if left.as_secs() > 0 => format!("{so_far} so far, about {} s to go", left.as_secs()),
            Some(_) => format!("{so_far} so far, longer than usual"),
            None => format!("{so_far} so far"),
        },
        Verdict::Unknown => String::new(),
        Verdict::Stopped => "ended: nothing is running".into(),
        Verdict::Degraded | Verdict::Failed => "never became fully ready".into(),
    }
}

/// The last starts of its kind, in words; empty where none is remembered.
pub fn earlier(timeline: &Timeline) -> String {
    let earlier = &timeline.comparison.earlier;
    let took: Vec<String> = earlier.iter().map(|(_, took)| seconds(*took)).collect();
    match took.as_slice() {
        [] => String::new(),
        [one] => format!("the last {} start {one} s", timeline.kind.word()),
        many => format!("last {} {} starts: {} s", many.len(), timeline.kind.word(), many.join(" ")),
    }
}

fn seconds(d: std::time::Duration) -> String {
    if d.as_secs() < 20 { format!("{:.1}", d.as_secs_f64()) } else { format!("{:.0}", d.as_secs_f64()) }
}

/// The lane that is selected.
fn selected<'a>(model: &Model, timeline: &'a Timeline) -> Option<&'a Lane> {
    match model.ui.selected.as_ref()? {
        Pick::Container(id) => timeline.lanes.iter().find(|l| l.container.as_ref() == Some(id)),
        Pick::Service(name) => timeline.lanes.iter().find(|l| l.service == *name),
    }
}

/// All of a bar in words.
fn detail(model: &Model, timeline: &Timeline, lane: &Lane) -> Option<String> {
    let container = model.stack().containers.get(lane.container.as_ref()?)?;
    let after = |at: Stamp| span(at.since(timeline.origin));
    let mut parts: Vec<String> = Vec::new();
    if !lane.in_start {
        return Some(format!("{}: up since before this start", clean(&lane.service)));
    }
    for wait in timeline.waits.iter().filter(|w| w.service == lane.service) {
        parts.push(wait_words(wait, lane.started.is_some(), &after));
    }
    parts.extend(container.created.filter(|at| *at >= timeline.origin).map(|at| format!("created {}", after(at))));
    let state = model.stack().container_state(container, model.overview.service(&lane.service));
    parts.extend(match lane.started {
        Some(at) => Some(format!("started {}", after(at))),
        None if container.started.is_some() => Some("its first start isn't known".into()),
        None => (state == State::Failed).then(|| "could not start".into()),
    });
    parts.extend(lane.first_line.map(|at| format!("first log line {}", after(at))));
    parts.extend(lane.listening.as_ref().map(|(at, line)| {
        let line: String = line.chars().take(48).collect();
        format!("listens {} by its log (\u{201c}{line}\u{201d})", after(*at))
    }));
    // Those after it got ready are many, and tell nothing of the start.
    let told = |end: Stamp| lane.ready.map_or(state != State::Healthy, |ready| end <= ready);
    for (start, end, exit) in lane.probes.iter().filter(|(_, end, _)| told(*end)).take(4) {
        let took = span(end.since(*start));
        let result = match exit {
            0 => "passed".to_owned(),
            code if *code < 0 => "timed out or could not run".into(),
            code => format!("failed ({code})"),
        };
        parts.push(format!("probe at {} {result} in {took}", after(*start)));
    }
    match (lane.ready, state) {
        (Some(at), _) => parts.push(format!("ready {}", after(at))),
        (None, State::Healthy | State::Running) => parts.push("ready since an unknown moment".into()),
        (None, _) => {}
    }
    Some(format!("{}: {}", clean(&lane.service), parts.join(" · ")))
}

fn wait_words(wait: &Wait, over: bool, after: &dyn Fn(Stamp) -> String) -> String {
    let on = clean(&wait.on);
    let condition = match wait.condition {
        Condition::Started => "started",
        Condition::Healthy => "healthy",
        Condition::Completed => "done",
    };
    match (wait.satisfied, wait.cost) {
        (Some(at), Some(cost)) if cost.as_millis() >= 50 => {
            format!("waited for {on} to be {condition} ({}), which alone cost {}", after(at), span(cost))
        }
        (Some(at), _) => format!("{on} was {condition} at {}", after(at)),
        (None, _) => format!("{} for {on} to be {condition}", if over { "waited" } else { "waits" }),
    }
}
