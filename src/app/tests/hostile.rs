//! Whatever comes from outside, every cell that is drawn is plain.

use std::{sync::Arc, time::Duration};

use proptest::prelude::*;
use ratatui::layout::Rect;

use super::*;
use crate::{
    app::{
        fixture::{model, press, settings, tell},
        model::{Mode, Pick, Tab},
        next_change, report,
    },
    base::text::is_plain,
    compose::{HealthCheck, Place, Problem},
    host::{self, Link, LostKind, fixture::connected},
    logs::LogLine,
    stack::{Container, Event, EventKind, EventSubject, Fact, Health, fixture as facts},
    view::{ColorDepth, render, role::Role, screen::Line},
};

/// Text that wants to move the cursor, pose as something else, or burst its place.
pub(super) fn hostile() -> impl Strategy<Value = String> {
    let pieces = [
        "\u{1b}[2J",
        "\u{1b}]0;owned\u{7}",
        "\u{9b}31m",
        "\r\n",
        "\t",
        "\u{202e}",
        "\u{200b}",
        "\u{feff}",
        "漢字",
        "e\u{301}",
        "👩‍👩‍👧",
        "\u{0}",
        "\u{7f}",
        "name",
        "<&\">",
        "a very long name that does not fit anywhere at all",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 1..6).prop_map(|p| p.concat())
}

pub(super) fn model_of(text: &str) -> Model {
    let mut container = facts::container("db").running(1.0).probed(&[facts::probe(2.0, 3.0, 1)]);
    container.check = Some(HealthCheck { test: vec!["CMD".into(), text.into()], ..Default::default() });
    container.health = Some(Health::Unhealthy);
    container.name = text.into();
    container.project = Some(text.into());
    container.image = text.into();
    container.env = vec![format!("A={text}"), text.into()];
    container.labels = [(text.to_owned(), text.to_owned())].into();
    container.command = vec![text.into()];
    container.probes[0].output = text.into();
    let mut other = facts::container(text);
    other.error = text.into();
    other.project = Some(text.into());
    let services = [facts::service("db", &[]), facts::service(text, &[("db", crate::compose::Condition::Healthy)])];
    let project = facts::project(services);
    let mut model = Model::new(settings(), text.into(), Some(project), size((120, 40)), facts::at(5.0));
    let event = |kind| {
        let subject = EventSubject::Container(facts::id_of("db"));
        Fact::Happened(Event { at: facts::at(2.0), kind, subject, service: Some("db".into()), name: text.into() })
    };
    let mut all = facts::snapshot(&[container, other]);
    all.push(event(EventKind::Other(text.into())));
    all.push(event(EventKind::Kill(text.into())));
    let line = LogLine { at: facts::at(3.0), stderr: true, text: text.as_bytes().into(), cut: true };
    all.push(Fact::Lines(facts::id_of("db"), vec![line]));
    all.push(Fact::Raw(facts::id_of("db"), format!("{{\n  \"Env\": \"{text}\"\n}}")));
    tell(&mut model, connected(), facts::at(5.0));
    tell(&mut model, all, facts::at(5.0));
    model
}

pub(super) fn assert_plain(model: &Model) {
    let screen = picture(model);
    for pane in &screen.panes {
        for span in pane.lines.iter().flat_map(|line| &line.spans) {
            assert!(span.text().chars().all(is_plain), "{span:?}");
        }
    }
    let theme = Theme::named("dark").unwrap();
    let buffer = drawn(&screen, &theme);
    for cell in buffer.content() {
        let joiner = |c: char| c == '\u{200d}' || c == '\u{fe0f}';
        assert!(cell.symbol().chars().all(|c| is_plain(c) && !joiner(c)), "{:?}", cell.symbol());
    }
    let svg = export::svg(&buffer, &theme, &model.stack().project);
    assert!(svg.chars().all(|c| is_plain(c) || c == '\n'));
    assert_well_formed(&svg);
}

/// Every element is closed in order, and no attribute or text holds a sign that would end it.
fn assert_well_formed(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    for part in svg.split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("a tag ends");
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        assert!(!text.contains('"') || text.contains("&quot;") || !text.contains('<'));
        let rest = text.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").replace("&quot;", "");
        assert!(!rest.contains('&'), "{text}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn nothing_unsanitised_reaches_the_screen(text in hostile()) {
        let mut model = model_of(&text);
        for keys in ["", "<Tab>", "<Right>", "<Right>", "<Right>", "<Right>", "<Right>", "<Right>", "<Right>", "X", "<Esc>?", "<Esc>:", "<Esc>"] {
            press(&mut model, keys);
            assert_plain(&model);
        }
        for tab in Tab::ALL {
            press(&mut model, &tab.digit().to_string());
            assert_plain(&model);
        }
        press(&mut model, "3tw");
        assert_plain(&model);
        let place = Place { file: Arc::from(std::path::Path::new(&text)), line: 1, column: 400 };
        model.problems = vec![Problem { excerpt: Some(text.clone()), ..Problem::error(&*text).at(place).help(&*text) }];
        model.mode = Mode::Broken { scroll: 0 };
        assert_plain(&model);
        model.mode = Mode::Picker { looked: text.clone(), selected: 3 };
        assert_plain(&model);
    }

    #[test]
    fn any_size_can_be_drawn(width in 1_u16..220, height in 1_u16..70) {
        for mut model in [fixture::starting(), fixture::failed()] {
            let screens = Tab::ALL.iter().map(|tab| tab.digit().to_string());
            let more = ["1", "z", "z?", "<Esc>:", "<Esc>"].map(str::to_owned);
            for keys in screens.chain(more) {
                press(&mut model, &keys);
                fixture::resize(&mut model, (width, height));
                let buffer = drawn(&picture(&model), &Theme::named("light").unwrap());
                prop_assert_eq!(buffer.area, Rect::new(0, 0, width, height));
            }
        }
    }
}

/// A wall of monitors, or a terminal that tells nonsense of itself.
#[test]
fn a_terminal_of_any_width_can_be_drawn() {
    for mut model in [fixture::starting(), fixture::failed()] {
        for keys in Tab::ALL.iter().map(|tab| tab.digit().to_string()) {
            press(&mut model, &keys);
            fixture::resize(&mut model, (u16::MAX, 13));
            assert_eq!(drawn(&picture(&model), &Theme::named("dark").unwrap()).area.width, u16::MAX);
        }
    }
}

#[test]
fn the_same_screen_makes_the_same_buffer() {
    let screen = picture(&fixture::starting());
    for depth in [ColorDepth::True, ColorDepth::Indexed, ColorDepth::Basic, ColorDepth::None] {
        let theme = Theme::named("dark").unwrap().adapted(depth);
        let mut again = drawn(&screen, &theme);
        assert_eq!(drawn(&screen, &theme), again);
        render(&screen, &theme, &mut again);
        if depth != ColorDepth::None {
            continue;
        }
        let coloured = again
            .content()
            .iter()
            .find(|c| c.fg != ratatui::style::Color::Reset || c.bg != ratatui::style::Color::Reset);
        assert_eq!(coloured, None, "without colours there are none");
    }
}

#[test]
fn ascii_is_only_ascii() {
    for mut model in [fixture::starting(), fixture::failed(), fixture::ready()] {
        model.settings.ascii = true;
        let screens = Tab::ALL.iter().map(|tab| tab.digit().to_string());
        for keys in screens.chain(["1X", "<Esc>?"].map(str::to_owned)) {
            press(&mut model, &keys);
            let text = shown(&mut model, (120, 40));
            let odd: String = text.chars().filter(|c| !c.is_ascii()).collect();
            assert_eq!(odd, "", "after {keys:?}:\n{text}");
        }
    }
}

#[test]
fn an_engine_that_is_gone_is_said_and_the_picture_pales() {
    let mut model = fixture::starting();
    let lost = Link::Lost {
        since: facts::at(50.0),
        attempts: 3,
        next: facts::at(64.0),
        kind: LostKind::Absent,
        error: "nobody answers at /var/run/docker.sock".into(),
    };
    tell(&mut model, vec![host::Fact::Link(lost.clone())], facts::at(61.0));
    let text = shown(&mut model, (120, 40));
    assert!(text.contains("engine gone · showing what was true 11 s ago"), "{text}");
    assert!(text.contains("next try in 3 s"), "{text}");
    assert!(picture(&model).panes.iter().any(|pane| pane.stale));

    let mut fresh = Model::new(settings(), "p".into(), Some(facts::chain()), size((80, 24)), facts::at(0.0));
    tell(&mut fresh, vec![host::Fact::Link(lost)], facts::at(61.0));
    let text = shown(&mut fresh, (80, 24));
    assert!(text.contains("nobody answers at") && text.contains("systemctl start docker"), "{text}");
    assert!(text.contains("stackview demo") && text.contains("F5 try now  C another engine"), "{text}");
    assert!(!text.contains("bring up"), "nothing can be brought up: {text}");
}

/// Docker's engine takes these numbers, and keeps them.
#[test]
fn the_longest_health_check_that_an_engine_takes_is_drawn() {
    let longest = Some(Duration::from_secs(2_562_047 * 3600));
    let check = HealthCheck {
        test: vec!["CMD".into(), "probe".into()],
        interval: longest,
        timeout: longest,
        start_period: longest,
        start_interval: longest,
        retries: Some(u32::MAX),
        disabled: false,
    };
    let states = |service: &str| {
        let began = facts::container(service).running(10.0).probed(&[facts::probe(11.0, 12.0, 1)]);
        let with = |c: Container, health| Container {
            check: Some(check.clone()),
            health: Some(health),
            failing_streak: u32::MAX,
            restarts: u32::MAX,
            stop_timeout: longest,
            ..c
        };
        [
            with(began.clone(), Health::Starting),
            with(began.clone(), Health::Unhealthy),
            with(began.clone(), Health::Healthy),
            with(began.exited(1, 13.0), Health::Unhealthy),
        ]
    };
    for db in states("db") {
        for backend in states("backend") {
            let mut model = model(&[db.clone(), Container { finished: Some(facts::at(9.0)), ..backend }]);
            for tab in Tab::ALL {
                press(&mut model, &tab.digit().to_string());
                shown(&mut model, (120, 40));
            }
            press(&mut model, "1<Tab><Right>");
            for _ in 0..8 {
                press(&mut model, "<Right>");
                shown(&mut model, (120, 40));
            }
            next_change(&model);
            report::report(&model, &model.diagnosis, None);
        }
    }
}

#[test]
fn secrets_stay_masked_until_asked_for() {
    let mut model = fixture::starting();
    model.ui.selected = Some(Pick::Service("db".into()));
    press(&mut model, "<Tab><Right><Right>");
    let text = shown(&mut model, (120, 40));
    assert!(text.contains("POSTGRES_PASSWORD=") && !text.contains("hunter2"), "{text}");
    press(&mut model, "v");
    assert!(shown(&mut model, (120, 40)).contains("POSTGRES_PASSWORD=hunter2"));
}

#[test]
fn a_line_is_cut_between_characters() {
    let line = Line::of(Role::Text, "漢字").with(Role::Dim, "漢字abc").fit(6);
    assert_eq!(line.text(), "漢字…");
    assert_eq!(Line::spread(Line::of(Role::Text, "left"), Line::of(Role::Dim, "right"), 12).text(), "left   right");
}
