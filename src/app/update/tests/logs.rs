//! Scrolling, searching and filtering logs.

use super::*;

fn line(secs: f64, text: &str) -> LogLine {
    LogLine { at: at(secs), stderr: false, text: text.as_bytes().into(), cut: false }
}

fn with_logs() -> Model {
    let mut model = model(&healthy());
    let lines = |who: &str, from: f64| {
        (0..100).map(|i| line(from + f64::from(i), &format!("{who} says {i}"))).collect::<Vec<_>>()
    };
    let facts =
        vec![Fact::Lines(id_of("db"), lines("db", 10.0)), Fact::Lines(id_of("backend"), lines("backend", 10.5))];
    tell(&mut model, facts, at(100.0));
    press(&mut model, "3");
    model
}

fn bottom(model: &Model) -> String {
    let line = model.ui.screens.logs.bottom.as_ref().and_then(|id| model.stack().logs.line(id));
    line.map_or_else(|| "follows".into(), |l| l.text().into_owned())
}

#[test]
fn logs_scroll_in_the_order_of_time_and_follow_at_the_end() {
    for (keys, expected) in [
        ("", "follows"),
        ("k", "db says 99"),
        ("kk", "backend says 98"),
        ("kkj", "db says 99"),
        ("kj", "follows"),
        ("kkG", "follows"),
        ("f", "backend says 99"),
        ("ff", "follows"),
    ] {
        let mut model = with_logs();
        press(&mut model, keys);
        assert_eq!(bottom(&model), expected, "{keys}");
    }
    let mut model = with_logs();
    press(&mut model, "g");
    let page = usize::from(model.layout.panel(crate::app::screens::logs::state::LOGS).unwrap().height) - 2;
    let shown = |m: &Model| {
        let from = m.ui.screens.logs.bottom.clone();
        m.stack().logs.before(from.as_ref(), 1000, &|_, _| true).len()
    };
    assert_eq!(shown(&model), page, "the first page is full");
    press(&mut model, "<PgDn>");
    assert_eq!(shown(&model), 2 * page);
    press(&mut model, "<PgUp><PgUp>");
    assert_eq!(shown(&model), page);
}

#[test]
fn logs_are_searched_and_filtered() {
    let found = |m: &Model| {
        m.ui.screens.logs.found.as_ref().and_then(|id| m.stack().logs.line(id)).map(|line| line.text().into_owned())
    };
    let mut model = with_logs();
    press(&mut model, "/says 7$<Enter>");
    assert_eq!(found(&model).as_deref(), Some("backend says 7"));
    press(&mut model, "N");
    assert_eq!(found(&model).as_deref(), Some("db says 7"));
    press(&mut model, "N");
    assert_eq!(last_toast(&model), "No earlier match");
    press(&mut model, "n");
    assert_eq!(found(&model).as_deref(), Some("backend says 7"));
    press(&mut model, "&");
    let kept =
        |m: &Model| m.stack().logs.before(None, 1000, &|c, l| crate::app::screens::logs::lines::keeps(m, c, l)).len();
    assert_eq!(kept(&model), 2);
    press(&mut model, "!");
    assert_eq!(kept(&model), 198);
    press(&mut model, "!<A-1>");
    assert_eq!(kept(&model), 100, "db is switched off");
    press(&mut model, "<A-0>/(");
    assert!(model.ui.prompt.as_ref().unwrap().error.is_some());
    press(&mut model, "<Enter>");
    assert!(model.ui.prompt.is_some(), "what isn't an expression can't be searched");
    press(&mut model, "<Esc>");
    assert!(model.ui.screens.logs.search.is_none());
}
