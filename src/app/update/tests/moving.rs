//! Moving, selecting, filtering, opening; by keys and by mouse.

use super::*;

#[test]
fn moves_through_services_in_dependency_order() {
    for (keys, expected) in [
        ("", "db"),
        ("j", "backend"),
        ("jj", "frontend"),
        ("jjj", "frontend"),
        ("Gk", "backend"),
        ("Gg", "db"),
        ("<PgDn>", "frontend"),
        ("<C-d><C-u>", "db"),
        ("<Down><Up><End>", "frontend"),
    ] {
        let mut model = model(&healthy());
        press(&mut model, keys);
        assert_eq!(selected(&model), expected, "{keys}");
    }
}

#[test]
fn digits_tab_and_escape_change_screens_and_panels() {
    for (keys, tab, focus) in [
        ("7<Esc>", Tab::Stack, "services"),
        ("31", Tab::Stack, "services"),
        ("3<Tab>", Tab::Storage, "storage"),
        ("<Tab>", Tab::Stack, "inspector"),
        ("<S-Tab>", Tab::Stack, "topology"),
        ("i<Esc>", Tab::Stack, "services"),
        ("t", Tab::Startup, "startup"),
        ("l", Tab::Logs, "logs"),
        ("L", Tab::Logs, "logs"),
        ("0", Tab::Stack, "services"),
    ] {
        let mut model = model(&healthy());
        press(&mut model, keys);
        assert_eq!((model.ui.tab, model.ui.focus.0), (tab, focus), "{keys}");
    }
    for tab in Tab::ALL {
        let mut model = model(&healthy());
        press(&mut model, &tab.digit().to_string());
        assert_eq!((model.ui.tab, model.ui.focus), (*tab, tab.row().first()));
    }
    for digit in ('1'..='9').filter(|digit| Tab::ALL.iter().all(|tab| tab.digit() != *digit)) {
        let mut model = model(&healthy());
        press(&mut model, &digit.to_string());
        assert_eq!(last_toast(&model), format!("There is no screen {digit} yet"));
    }
}

#[test]
fn a_filter_narrows_while_it_is_typed_and_escape_lifts_it() {
    let mut model = model(&healthy());
    press(&mut model, "/EN");
    assert_eq!(services(&model), ["backend", "frontend"]);
    assert_eq!(model.ui.prompt.as_ref().map(|p| p.of), Some(Tab::Stack));
    press(&mut model, "d<Enter>");
    assert_eq!((services(&model), selected(&model)), (vec!["backend".into(), "frontend".into()], "backend".into()));
    assert!(model.ui.prompt.is_none());
    press(&mut model, "<Esc>");
    assert_eq!(services(&model).len(), 3);
    update(&mut model, Msg::Input(Input::Key(crate::app::Key::char('/'))), at(100.0));
    update(&mut model, Msg::Input(Input::Paste("fr\u{1b}[31mont\n".into())), at(100.0));
    assert_eq!(model.ui.screens.stack.filter, "front");
}

#[test]
fn the_selection_stays_while_rows_come_and_go() {
    let mut model = model(&healthy());
    press(&mut model, "j");
    let more = [healthy(), vec![Container { service: Some("aaa".into()), ..container("aaa").running(5.0) }]].concat();
    tell(&mut model, snapshot(&more), at(101.0));
    assert_eq!(selected(&model), "backend");
    tell(&mut model, vec![Fact::Gone(id_of("backend"))], at(102.0));
    assert_eq!(selected(&model), "backend", "it is still declared");
}

#[test]
fn enter_unfolds_replicas_and_jumps_to_the_blocker() {
    let two = [healthy(), vec![container("db").running(10.0).checked(5, Health::Healthy).replica(2)]].concat();
    let mut unfolding = model(&two);
    press(&mut unfolding, "<Enter>j");
    assert_eq!(selected(&unfolding), "p-db-1");
    press(&mut unfolding, "j");
    assert_eq!(selected(&unfolding), "p-db-2");

    let waiting = [container("db").running(90.0).checked(5, Health::Starting), container("backend")];
    let mut jumping = model(&waiting);
    press(&mut jumping, "j<Enter>");
    assert_eq!(selected(&jumping), "db");
}

#[test]
fn the_palette_runs_what_it_shows() {
    let mut model = model(&healthy());
    let effects = press(&mut model, ":restart<Enter>");
    assert_eq!(calls(&model, &effects), ["restart db"]);
    press(&mut model, ":wrap<Enter>");
    assert!(model.ui.tab == Tab::Logs && model.ui.screens.logs.wrap);
    let effects = press(&mut model, ":pause<Enter>");
    assert_eq!((calls(&model, &effects).len(), model.ui.tab), (0, Tab::Stack), "nothing is acted on unseen");
}

#[test]
fn ctrl_c_closes_what_is_open_first() {
    let mut model = model(&healthy());
    assert_eq!(press(&mut model, "?<C-c>"), []);
    assert!(model.ui.overlay.is_none());
    assert_eq!(press(&mut model, "/x<C-c>"), []);
    assert_eq!(press(&mut model, "<C-c>"), [Effect::Quit]);
    let (quit, redraw) = (Effect::Quit, Effect::Redraw);
    assert_eq!(press(&mut model, "q<C-z><C-l><C-s>"), [quit, Effect::Suspend, redraw, Effect::Save]);
    assert_eq!(press(&mut model, "TT"), ["light", "dark"].map(|name| Effect::Theme(name.into())));
}

fn click(model: &mut Model, x: u16, y: u16) -> Vec<Effect> {
    let now = model.now;
    update(model, Msg::Input(Input::Mouse(Mouse { x, y, kind: MouseKind::Press })), now)
}

#[test]
fn the_mouse_selects_rows_tabs_and_hints() {
    let mut model = model(&healthy());
    let body = table_body(model.layout.panel(SERVICES).unwrap());
    click(&mut model, body.x + 3, body.y + 1);
    assert_eq!(selected(&model), "backend");
    let canvas = canvas(model.layout.panel(TOPOLOGY).unwrap());
    let (sketch, _) = crate::app::screens::stack::window::shown(&model, canvas.as_size());
    let box_at = sketch.services.iter().position(|s| &**s == "frontend").unwrap();
    let place = sketch.picture.boxes[box_at];
    click(&mut model, canvas.x + place.x + 2, canvas.y + place.y + 1);
    assert_eq!(selected(&model), "frontend");
    click(&mut model, body.x + 3, body.y + 1);
    let (_, span) = tab_spans(&model).into_iter().find(|(t, _)| *t == Tab::Logs).unwrap();
    let y = model.layout.tabs.y;
    click(&mut model, span.start, y);
    assert_eq!(model.ui.tab, Tab::Logs);
    press(&mut model, "<Esc>");
    let stop = hint_spans(&model).into_iter().find(|(h, _)| h.words == "stop").unwrap().1;
    let y = model.layout.footer.y;
    let effects = click(&mut model, stop.start, y);
    assert_eq!(calls(&model, &effects), ["stop backend"]);
    let wheel = Mouse { x: body.x, y: body.y, kind: MouseKind::WheelUp };
    update(&mut model, Msg::Input(Input::Mouse(wheel)), at(100.0));
    assert_eq!(selected(&model), "db");
}

#[test]
fn panels_fill_the_screen_without_overlap_at_any_size() {
    for (width, height) in (40..210).step_by(7).flat_map(|w| (12..64).step_by(3).map(move |h| (w, h))) {
        let screens = Tab::ALL.iter().map(|tab| tab.digit().to_string());
        for keys in screens.chain(["z".to_owned(), "i".to_owned()]) {
            let mut model = model(&healthy());
            update(&mut model, Msg::Input(Input::Resize(Size::new(width, height))), at(100.0));
            press(&mut model, &keys);
            let shown = &model.layout;
            let cells: u32 = shown.panels.iter().map(|(_, a)| a.area()).sum();
            assert_eq!(cells, shown.body().area(), "{keys} at {width}×{height}: {shown:?}");
            for (i, (panel, area)) in shown.panels.iter().enumerate() {
                assert!(area.height >= 3 && area.width >= 38, "{panel:?} {area:?} at {width}×{height}");
                assert!(shown.panels.iter().skip(i + 1).all(|(_, b)| !area.intersects(*b)), "{shown:?}");
            }
            assert!(shown.panel(model.ui.focus).is_some(), "{keys} at {width}×{height}: {:?}", model.ui.focus);
        }
    }
}

#[test]
fn help_and_quit_are_always_hinted() {
    for width in 40..160 {
        let mut model = model(&healthy());
        update(&mut model, Msg::Input(Input::Resize(Size::new(width, 24))), at(100.0));
        let spans = hint_spans(&model);
        let words: Vec<_> = spans.iter().map(|(h, _)| h.words).collect();
        assert!(words.ends_with(&["help", "quit"]), "{width}: {words:?}");
        assert!(spans.iter().zip(spans.iter().skip(1)).all(|((_, a), (_, b))| a.end < b.start), "{spans:?}");
        assert!(spans.last().unwrap().1.end <= width, "{width}: {spans:?}");
    }
}

#[test]
fn keys_for_the_terminal_work_whatever_is_open() {
    let mut model = model(&healthy());
    assert_eq!(press(&mut model, "X<C-z>"), [Effect::Suspend]);
    let wheel = Mouse { x: 5, y: 5, kind: MouseKind::WheelDown };
    update(&mut model, Msg::Input(Input::Mouse(wheel)), at(100.0));
    let effects = click(&mut model, 5, 5);
    assert!(effects.is_empty() && model.ui.overlay.is_some());
}

#[test]
fn all_screens_have_a_tab_from_the_smallest_width_on() {
    for width in 40..120 {
        let mut model = model(&healthy());
        update(&mut model, Msg::Input(Input::Resize(Size::new(width, 24))), at(100.0));
        let spans = tab_spans(&model);
        assert_eq!(spans.len(), Tab::ALL.len(), "{width}");
        assert!(spans.iter().all(|(_, span)| span.end <= width), "{width}: {spans:?}");
    }
}

fn projects(names: &[&str]) -> Vec<host::ProjectSummary> {
    let summary = |name: &&str| host::ProjectSummary {
        name: (*name).into(),
        running: 1,
        total: 1,
        troubled: 0,
        files: Vec::new(),
        dir: None,
    };
    names.iter().map(summary).collect()
}

#[test]
fn a_project_that_was_chosen_is_left_for_the_list_again() {
    let mut model = nothing_declared();
    update(&mut model, Msg::NoFile("no compose.yaml here".into()), at(100.0));
    tell(&mut model, vec![host::Fact::Projects(projects(&["blog", "p"]))], at(100.0));
    press(&mut model, "j<Enter>");
    assert_eq!((&model.mode, &*model.stack().project), (&Mode::Dashboard, "p"));
    tell(&mut model, snapshot(&healthy()), at(101.0));
    press(&mut model, "3<Esc> ");
    assert_eq!(model.ui.marked.len(), 1);
    press(&mut model, "<Esc>");
    assert_eq!(model.mode, Mode::Dashboard, "first the marks go");
    press(&mut model, "<Esc>");
    assert_eq!(model.mode, Mode::Picker { looked: "no compose.yaml here".into(), selected: 1 });
}

#[test]
fn a_project_of_a_folder_is_not_left_by_escape() {
    let mut model = model(&healthy());
    press(&mut model, "<Esc><Esc>");
    assert_eq!(model.mode, Mode::Dashboard);
}

#[test]
fn a_click_chooses_a_project_and_another_opens_it() {
    let mut model = nothing_declared();
    update(&mut model, Msg::NoFile("no compose.yaml here".into()), at(100.0));
    tell(&mut model, vec![host::Fact::Projects(projects(&["blog", "shop"]))], at(100.0));
    let (list, _) = crate::app::answers::projects(&model).unwrap();
    click(&mut model, list.body.x + 3, list.body.y + 1);
    assert!(matches!(model.mode, Mode::Picker { selected: 1, .. }));
    click(&mut model, list.body.x + 3, list.body.y + 5);
    assert!(matches!(model.mode, Mode::Picker { selected: 1, .. }), "there is nothing");
    click(&mut model, list.body.x + 3, list.body.y + 1);
    assert_eq!(&*model.stack().project, "shop");
}

#[test]
fn clicks_choose_in_what_is_open_or_close_it_but_agree_to_nothing() {
    let mut model = model(&healthy());
    press(&mut model, ":explain");
    let (list, _) = model.ui.overlay.as_ref().unwrap().floating().list(&model).unwrap();
    click(&mut model, list.body.x + 2, list.body.y);
    assert!(model.ui.overlay.is_none());
    assert_eq!(last_toast(&model), "Nothing is wrong here");
    press(&mut model, "K");
    let (list, _) = model.ui.overlay.as_ref().unwrap().floating().list(&model).unwrap();
    click(&mut model, list.frame.right(), list.frame.y);
    assert!(model.ui.overlay.is_none(), "a click beside it closes");
    press(&mut model, "?");
    click(&mut model, 5, 5);
    assert!(model.ui.overlay.is_none());
    press(&mut model, "X");
    for x in 0..120 {
        for y in 0..40 {
            click(&mut model, x, y);
        }
    }
    assert!(matches!(model.ui.overlay, Some(Overlay::Confirm(_))));
    assert!(model.jobs.is_empty());
}

#[test]
fn a_changed_state_glows_for_a_second() {
    let mut model = model(&healthy());
    assert!(model.ui.glow.is_empty(), "what is seen first isn't a change");
    tell(&mut model, vec![Fact::Gone(id_of("backend"))], at(101.0));
    assert_eq!(model.ui.glow.keys().map(|s| &**s).collect::<Vec<_>>(), ["backend"]);
    assert!(next_change(&model).unwrap() <= std::time::Duration::from_secs(1));
    update(&mut model, Msg::Tick, at(102.1));
    assert!(model.ui.glow.is_empty());
}

#[test]
fn the_inspector_scrolls_no_further_than_its_last_line() {
    let mut model = model(&healthy());
    update(&mut model, Msg::Input(Input::Resize(Size::new(80, 24))), at(100.0));
    press(&mut model, "i<Right>G");
    let bottom = model.ui.inspect_scroll;
    let lines = inspector::lines(&model, 80);
    assert!(bottom > 0 && bottom < lines.len(), "{bottom} of {}", lines.len());
    press(&mut model, "jjk");
    assert_eq!(model.ui.inspect_scroll, bottom - 1, "no key is lost at the end");
}
