//! Whatever is pressed, at whatever size: nothing breaks, and what is selected is in sight.

use proptest::prelude::*;

use super::*;
use crate::app::{
    Code, Key,
    fixture::parse,
    layout::too_small,
    screens::stack::{rows::visible_rows, window::shown as shown_part},
};

/// The keys of every action, the dangerous ones among them, and some that mean nothing or only a letter.
fn keys() -> Vec<Key> {
    let more = parse("(0<BS><A-9>");
    ACTIONS.iter().flat_map(|action| action.keys).copied().chain(more).collect()
}

fn check(model: &Model) {
    let shown = &model.layout;
    if too_small(model.size) {
        return;
    }
    assert!(shown.panel(model.ui.focus).is_some(), "{:?} has the focus, shown are {:?}", model.ui.focus, shown.panels);
    if shown.panel(SERVICES).is_some() && !services(model).is_empty() {
        let rows = rows(model);
        let picks: Vec<_> = rows.iter().filter_map(Row::pick).collect();
        let selected = model.ui.selected.clone();
        let listed = selected.as_ref().is_some_and(|s| picks.contains(s));
        let visible = visible_rows(model).iter().any(|r| r.pick() == selected);
        assert!(visible || !listed, "{selected:?} is out of sight");
    }
    if let Some(area) = shown.panel(TOPOLOGY) {
        shown_part(model, canvas(area).as_size());
    }
    let mut logs: Vec<_> = wants(model)
        .into_iter()
        .filter_map(|w| if let Want::Log { container, .. } = w { Some(container) } else { None })
        .collect();
    let wanted = logs.len();
    logs.dedup();
    assert_eq!(logs.len(), wanted, "a log is wanted twice");
    assert!(next_change(model).is_none_or(|d| !d.is_zero()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_keys_leave_the_model_whole(
        keys in proptest::collection::vec(proptest::sample::select(keys()), 1..40),
        (width, height) in (20_u16..180, 5_u16..60),
    ) {
        let mut model = removing::leftovers();
        update(&mut model, Msg::Input(Input::Resize(Size::new(width, height))), at(100.0));
        let mut confirmed = false;
        for (i, key) in keys.into_iter().enumerate() {
            let asks = matches!(model.ui.overlay, Some(Overlay::Confirm(_)));
            confirmed |= asks && (key.code == Code::Enter || key == Key::char('y'));
            let effects = update(&mut model, Msg::Input(Input::Key(key)), at(100.0));
            let destroys = calls(&model, &effects).iter().any(|c| c.contains("rm") || c.starts_with("SIG"));
            prop_assert!(!destroys || confirmed);
            check(&model);
            if i % 7 == 6 {
                answer(&mut model, at(101.0));
                tell(&mut model, vec![Fact::Gone(id_of("db"))], at(101.0));
                check(&model);
            }
        }
    }
}
