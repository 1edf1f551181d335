//! Whatever is pressed, at whatever size: nothing breaks, and what is selected is in sight.

use proptest::prelude::*;

use super::*;
use crate::app::{
    fixture::parse,
    layout::{too_small, topology_shown},
    rows::visible_rows,
};

/// Keys, the dangerous ones among them; `q` only leaves.
const KEYS: [&str; 62] = [
    "j", "k", "g", "G", "<PgUp>", "<PgDn>", "<C-u>", "<C-d>", "<Left>", "<Right>", "<Up>", "<Down>", "<Enter>",
    "<Esc>", "<Tab>", "<S-Tab>", "1", "2", "3", "4", "5", "7", "9", "0", "<A-1>", "<A-3>", "/", "n", "N", ":", "?",
    " ", "s", "r", "R", "p", "K", "X", "P", "l", "L", "t", "i", "d", "m", "M", "y", "Y", "z", "T", "<C-t>", "E", "H",
    "v", "f", "w", "&", "!", "(", "<BS>", "<C-c>", "<F5>",
];

fn check(model: &Model) {
    let shown = layout(model);
    if too_small(model) {
        return;
    }
    assert!(shown.panel(model.ui.focus).is_some(), "{:?} has the focus, shown are {:?}", model.ui.focus, shown.panels);
    if shown.panel(Panel::Services).is_some() && !services(model).is_empty() {
        let rows = rows(model);
        let picks: Vec<_> = rows.iter().filter_map(Row::pick).collect();
        let selected = model.ui.selected.clone();
        let listed = selected.as_ref().is_some_and(|s| picks.contains(s));
        let visible = visible_rows(model).iter().any(|r| r.pick() == selected);
        assert!(visible || !listed, "{selected:?} is out of sight");
    }
    if let Some(area) = shown.panel(Panel::Topology) {
        topology_shown(model, canvas(area).as_size());
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
        keys in proptest::collection::vec(proptest::sample::select(&KEYS[..]), 1..40),
        (width, height) in (20_u16..180, 5_u16..60),
    ) {
        let mut model = removing::leftovers();
        update(&mut model, Msg::Input(Input::Resize(Size::new(width, height))), at(100.0));
        let mut confirmed = false;
        for (i, key) in keys.into_iter().enumerate() {
            let asks = matches!(model.ui.overlay, Some(Overlay::Confirm(_)));
            confirmed |= asks && (key == "<Enter>" || key == "y");
            let effects: Vec<_> = parse(key)
                .into_iter()
                .flat_map(|key| update(&mut model, Msg::Input(Input::Key(key)), at(100.0)))
                .collect();
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
