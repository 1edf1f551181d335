//! The table is whole and its keys keep their rules.

use std::collections::BTreeSet;

use super::*;
use crate::app::{
    Code, Model,
    fixture::{healthy, model, press},
    hints::footer,
    keys::{palette, scopes_of},
    screens::Tab,
};

#[test]
fn no_two_actions_share_a_key_on_one_screen() {
    for tab in Tab::ALL {
        let mut scopes = scopes_of(*tab);
        scopes.push(Scope::Global);
        let here: Vec<_> = ACTIONS.iter().filter(|a| scopes.contains(&a.scope)).collect();
        for (at, a) in here.iter().enumerate() {
            for b in here.iter().skip(at + 1) {
                let shared: Vec<_> = a.keys.iter().filter(|k| b.keys.contains(k)).collect();
                assert!(shared.is_empty(), "{} and {} share {shared:?} on {tab:?}", a.name, b.name);
            }
        }
    }
}

#[test]
fn rows_are_unique_and_reachable() {
    let ids: BTreeSet<_> = ACTIONS.iter().map(|a| a.id).collect();
    let names: BTreeSet<_> = ACTIONS.iter().map(|a| a.name).collect();
    assert_eq!((ids.len(), names.len()), (ACTIONS.len(), ACTIONS.len()));
    for action in ACTIONS {
        assert!(!action.words.is_empty(), "{}", action.name);
        assert!(action.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", action.name);
    }
}

#[test]
fn what_destroys_is_a_capital_and_ctrl_changes_nothing() {
    for action in ACTIONS {
        for key in action.keys {
            let capital = matches!(key.code, Code::Char(c) if c.is_uppercase());
            assert!(action.danger != Danger::Destroys || capital, "{} on {key}", action.name);
            assert!(action.danger == Danger::None || !key.ctrl, "{} on {key}", action.name);
        }
    }
}

#[test]
fn the_palette_finds_by_name_and_words() {
    let model = model(&healthy());
    assert_eq!(palette(&model, "").len(), ACTIONS.len());
    assert_eq!(palette(&model, "restart")[0].id, ActionId::Restart);
    assert_eq!(palette(&model, "rebuild the moon").len(), 0);
    assert_eq!(palette(&model, "secrets")[0].id, ActionId::Reveal);
}

#[test]
fn the_footer_says_what_applies_now() {
    let mut up = model(&healthy());
    let words = |m: &Model| footer(m).into_iter().map(|(k, w)| format!("{k} {w}")).collect::<Vec<_>>().join("  ");
    assert!(words(&up).contains("s stop"), "{}", words(&up));
    press(&mut up, "<C-t>");
    assert!(!words(&up).contains("s stop"), "{}", words(&up));
    let down = model(&crate::app::fixture::exited());
    assert!(words(&down).contains("s start"), "{}", words(&down));
    assert!(!words(&down).contains("pause"), "{}", words(&down));
    let empty = model(&[]);
    assert!(!words(&empty).contains("s st"), "{}", words(&empty));
}
