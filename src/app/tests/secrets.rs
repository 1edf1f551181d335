//! A secret in everything that comes from outside is on no screen, tab or overlay, whole, folded or cut.

use std::sync::Arc;

use super::{hostile::model_of, *};
use crate::{
    app::{
        fixture::press,
        inspector::TABS,
        model::{Mode, Pick, Tab, Toast},
        overlays::rows::examples,
        screens::stack::rows::{Row, rows},
    },
    compose::{Place, Problem},
    stack::fixture as facts,
};

/// What is looked for; half of it is too much.
const MARK: &str = "SVSECRET";
const HALF: &str = "SVSEC";

/// Texts with a secret in them, each in another shape.
const SHAPES: [&str; 16] = [
    "password=SVSECRET01x",
    "connect postgres://app:SVSECRET02x@db:5432/app failed",
    "{\"user\":\"a\",\"password\":\"SVSECRET03x\"}",
    "serve --token SVSECRET04x --port 1",
    "mysqladmin ping -pSVSECRET05x",
    "curl --user a:SVSECRET06x http://h/",
    "Authorization: Bearer SVSECRET07x",
    "Server=db;User Id=sa;Password=SVSECRET08x;Encrypt=no",
    "jdbc:postgresql://db/x?user=a&password=SVSECRET09x",
    "GET /cb?access_token=SVSECRET10x&x=1",
    "https://SVSECRET11x@sentry.example/2",
    "https://hooks.slack.com/services/T0/SVSECRET12x",
    "Set-Cookie: sid=SVSECRET13x; Path=/",
    "DB_PASSWORD: SVSECRET14x",
    "got eyJhbGciOiJIUzI1NiJ9.eyJSVSECRET15x.abc",
    "API_KEY=SVSECRET16x-which-is-longer-than-many-a-column-of-a-table-or-a-narrow-inspector-has-room-for",
];

/// The text of the picture, and the same without what stands between the parts of a folded word.
fn assert_hidden(model: &Model, at: &str, shape: &str) {
    let text = export::text(&drawn(&picture(model), &Theme::named("dark").unwrap()));
    let joined: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '│' | '┃' | '└')).collect();
    for seen in [&text, &joined] {
        assert!(!seen.contains(MARK) && !seen.contains(HALF), "{shape} is seen {at}:\n{text}");
    }
}

#[test]
fn no_secret_is_on_any_screen_tab_or_overlay() {
    for shape in SHAPES {
        let mut model = model_of(shape);
        for at in [(120, 40), (40, 12)] {
            fixture::resize(&mut model, at);
            for tab in Tab::ALL {
                press(&mut model, &tab.digit().to_string());
                for keys in ["", "<Tab>", "w"] {
                    press(&mut model, keys);
                    assert_hidden(&model, &format!("on {tab:?} at {at:?} after {keys:?}"), shape);
                }
                press(&mut model, "w<Esc>");
            }
            press(&mut model, "1");
            for pick in rows(&model).iter().filter_map(Row::pick).collect::<Vec<_>>() {
                model.ui.selected = Some(pick.clone());
                for row in TABS {
                    model.ui.inspect = row.tab;
                    for scroll in [0, 12] {
                        model.ui.inspect_scroll = scroll;
                        press(&mut model, "");
                        assert_hidden(&model, &format!("in {} of {pick:?} at {at:?}", row.tab.title()), shape);
                    }
                }
            }
            for (name, overlay) in examples(shape) {
                model.ui.overlay = Some(overlay);
                assert_hidden(&model, &format!("in {name} at {at:?}"), shape);
            }
            model.ui.overlay = None;
        }
    }
}

#[test]
fn no_secret_is_in_toasts_problems_and_other_windows() {
    for shape in SHAPES {
        let mut model = model_of(shape);
        model.toasts = vec![Toast { text: shape.into(), error: true, until: facts::at(900.0) }];
        assert_hidden(&model, "in a toast", shape);
        let place = Place { file: Arc::from(std::path::Path::new("compose.yaml")), line: 1, column: 4 };
        model.problems = vec![Problem { excerpt: Some(shape.into()), ..Problem::error(shape).at(place).help(shape) }];
        for at in [(120, 40), (40, 12)] {
            fixture::resize(&mut model, at);
            model.mode = Mode::Broken { scroll: 0 };
            assert_hidden(&model, &format!("among the problems at {at:?}"), shape);
            model.mode = Mode::Picker { looked: shape.into(), selected: 0 };
            assert_hidden(&model, &format!("in the picker at {at:?}"), shape);
            model.mode = Mode::Dashboard;
        }
    }
}

#[test]
fn what_is_asked_for_is_shown_in_the_inspector_and_nowhere_else() {
    let mut model = model_of("password=SVSECRET01x");
    model.ui.selected = Some(Pick::Service("db".into()));
    press(&mut model, "1<Tab>");
    model.ui.inspect = TABS.iter().find(|row| row.tab.title() == "Env").unwrap().tab;
    press(&mut model, "v");
    assert!(shown(&mut model, (120, 40)).contains("A=password=SVSECRET01x"));
    press(&mut model, "3");
    assert!(!shown(&mut model, (120, 40)).contains(MARK));
}

#[test]
fn a_secret_of_the_environment_is_hidden_wherever_it_goes() {
    let mut model = fixture::sourced();
    model.ui.selected = Some(Pick::Service("web".into()));
    press(&mut model, "<Tab>");
    for row in TABS {
        model.ui.inspect = row.tab;
        let text = shown(&mut model, (200, 60));
        assert!(!text.contains("hunter2"), "{}:\n{text}", row.tab.title());
    }
}
