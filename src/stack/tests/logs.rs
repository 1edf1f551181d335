//! Merged logs: order, places and bounds.

use proptest::prelude::*;

use crate::stack::{
    fixture::*,
    logs::{LineId, Logs},
    *,
};

fn line(ms: i64, text: &str) -> LogLine {
    LogLine { at: at(0.0).shifted(ms * 1_000_000), stderr: false, text: text.as_bytes().into(), cut: false }
}

fn texts(logs: &Logs, ids: &[LineId]) -> Vec<String> {
    ids.iter().map(|id| String::from_utf8_lossy(&logs.line(id).unwrap().text).into_owned()).collect()
}

fn all(_: &ContainerId, _: &LogLine) -> bool {
    true
}

fn two() -> Logs {
    let mut logs = Logs::default();
    logs.push(&id_of("a"), vec![line(1, "a1"), line(3, "a3"), line(5, "a5")]);
    logs.push(&id_of("b"), vec![line(2, "b2"), line(3, "b3"), line(6, "b6")]);
    logs
}

#[test]
fn lines_are_merged_by_time_and_read_both_ways() {
    let logs = two();
    let newest = logs.before(None, 4, &all);
    assert_eq!(texts(&logs, &newest), ["a3", "b3", "a5", "b6"]);
    assert_eq!(texts(&logs, &logs.before(Some(&newest[1]), 9, &all)), ["a1", "b2", "a3", "b3"]);
    assert_eq!(texts(&logs, &logs.after(&newest[0], 2, &all)), ["b3", "a5"]);
    let only_b = |id: &ContainerId, _: &LogLine| *id == id_of("b");
    assert_eq!(texts(&logs, &logs.before(Some(&newest[2]), 9, &only_b)), ["b2", "b3"]);
}

#[test]
fn a_stream_that_is_opened_again_repeats_nothing() {
    let mut logs = two();
    let id = logs.before(None, 6, &all)[0].clone();
    logs.push(&id_of("a"), vec![line(0, "a0"), line(1, "a1"), line(3, "a3"), line(4, "a4")]);
    assert_eq!(texts(&logs, &logs.before(None, 9, &all)), ["a0", "a1", "b2", "a3", "b3", "a4", "a5", "b6"]);
    assert_eq!(logs.line(&id).unwrap().text, line(1, "a1").text, "its number stays");
}

#[test]
fn a_forgotten_place_is_the_oldest_held() {
    let mut logs = two();
    let oldest = logs.before(None, 6, &all)[0].clone();
    logs.push(&id_of("a"), (10..4010).map(|i| line(i, "x")).collect());
    assert!(logs.line(&oldest).is_none());
    assert_eq!(logs.of(&id_of("a")).unwrap().lines.len(), 4000);
    assert_eq!(texts(&logs, &logs.before(Some(&oldest), 9, &all)), ["b2", "b3", "b6", "x"]);
}

#[test]
fn all_logs_together_are_bounded_and_losses_counted() {
    let mut logs = Logs::default();
    let text = "x".repeat(4000);
    for c in 0..60 {
        logs.push(&id_of(&format!("c{c}")), (0..200).map(|i| line(i, &text)).collect());
    }
    assert!(logs.bytes() <= 8 << 20, "{}", logs.bytes());
    let counted: usize = logs.ids().map(|id| logs.of(id).unwrap().lines.bytes()).sum();
    assert_eq!(counted, logs.bytes());
    logs.lose(&id_of("c1"), 5);
    logs.lose(&id_of("c2"), 2);
    assert_eq!(logs.lost_total(), 7);
    for c in 0..60 {
        logs.forget(&id_of(&format!("c{c}")));
    }
    assert_eq!((logs.bytes(), logs.before(None, 9, &all).len()), (0, 0));
}

proptest! {
    #[test]
    fn any_order_of_arrival_reads_in_order_of_time(
        pushes in prop::collection::vec((0_u8..3, prop::collection::vec(0_i64..50, 0..12)), 0..12),
        n in 0_usize..40,
    ) {
        let mut logs = Logs::default();
        for (i, (c, stamps)) in pushes.iter().enumerate() {
            let lines = stamps.iter().map(|ms| line(*ms, &format!("{i}-{ms}"))).collect();
            logs.push(&id_of(&c.to_string()), lines);
        }
        let ids = logs.before(None, usize::MAX, &all);
        let stamps: Vec<Stamp> = ids.iter().map(|id| logs.line(id).unwrap().at).collect();
        prop_assert!(stamps.is_sorted());
        prop_assert_eq!(ids.len(), logs.ids().map(|id| logs.of(id).unwrap().lines.len()).sum::<usize>());
        if let Some(middle) = ids.get(n) {
            prop_assert_eq!(&logs.before(Some(middle), usize::MAX, &all)[..], &ids[..=n]);
            prop_assert_eq!(&logs.after(middle, usize::MAX, &all)[..], &ids[n + 1..]);
        }
    }
}
