//! Merged logs: order, identities, places and bounds.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::base::{id::ContainerId, loss::LossKind, ring::Cost, time::Stamp};

fn id_of(name: &str) -> ContainerId {
    name.into()
}

fn line(ms: i64, text: &str) -> LogLine {
    LogLine { at: Stamp::from_nanos(ms * 1_000_000), stderr: false, text: text.as_bytes().into(), cut: false }
}

fn texts(logs: &Logs, ids: &[LineId]) -> Vec<String> {
    ids.iter().map(|id| logs.line(id).unwrap().text().into_owned()).collect()
}

fn all(_: &ContainerId, _: &HeldLine) -> bool {
    true
}

fn two() -> Logs {
    let mut logs = Logs::default();
    logs.append(&id_of("a"), vec![line(1, "a1"), line(3, "a3"), line(5, "a5")]);
    logs.append(&id_of("b"), vec![line(2, "b2"), line(3, "b3"), line(6, "b6")]);
    logs
}

#[test]
fn lines_are_merged_by_time_and_read_both_ways() {
    let logs = two();
    let newest = logs.before(None, 4, &all);
    assert_eq!(texts(&logs, &newest), ["a3", "b3", "a5", "b6"]);
    assert_eq!(texts(&logs, &logs.before(Some(&newest[1]), 9, &all)), ["a1", "b2", "a3", "b3"]);
    assert_eq!(texts(&logs, &logs.after(&newest[0], 2, &all)), ["b3", "a5"]);
    let only_b = |id: &ContainerId, _: &HeldLine| *id == id_of("b");
    assert_eq!(texts(&logs, &logs.before(Some(&newest[2]), 9, &only_b)), ["b2", "b3"]);
}

#[test]
fn a_stream_that_is_opened_again_repeats_nothing() {
    let mut logs = two();
    let id = logs.before(None, 6, &all)[0].clone();
    logs.append(&id_of("a"), vec![line(0, "a0"), line(1, "a1"), line(3, "a3"), line(4, "a4")]);
    assert_eq!(texts(&logs, &logs.before(None, 9, &all)), ["a0", "a1", "b2", "a3", "b3", "a4", "a5", "b6"]);
    assert_eq!(logs.line(&id).unwrap().text(), "a1", "its identity stays");
    assert_eq!(logs.of(&id_of("a")).unwrap().repeated(), 2);
}

#[test]
fn a_forgotten_place_is_the_oldest_held() {
    let mut logs = two();
    let oldest = logs.before(None, 6, &all)[0].clone();
    logs.append(&id_of("a"), (10..4010).map(|i| line(i, "x")).collect());
    assert!(logs.line(&oldest).is_none());
    assert_eq!(logs.of(&id_of("a")).unwrap().lines().len(), 4000);
    assert_eq!(texts(&logs, &logs.before(Some(&oldest), 9, &all)), ["b2", "b3", "b6", "x"]);
}

#[test]
fn all_logs_together_are_bounded_and_losses_counted() {
    let mut logs = Logs::default();
    let text = "x".repeat(4000);
    for c in 0..60 {
        logs.append(&id_of(&format!("c{c}")), (0..200).map(|i| line(i, &text)).collect());
    }
    assert!(logs.bytes() <= 8 << 20, "{}", logs.bytes());
    let counted: usize = logs.all().map(|(_, log)| log.bytes()).sum();
    assert_eq!(counted, logs.bytes());
    let held: usize = logs.all().map(|(_, log)| log.lines().len()).sum();
    let evicted: u64 = logs.all().map(|(_, log)| log.evicted()).sum();
    assert_eq!(u64::try_from(held).unwrap() + evicted, 60 * 200);
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
            logs.append(&id_of(&c.to_string()), lines);
        }
        let ids = logs.before(None, usize::MAX, &all);
        let stamps: Vec<Stamp> = ids.iter().map(|id| logs.line(id).unwrap().at()).collect();
        prop_assert!(stamps.is_sorted());
        prop_assert_eq!(ids.len(), logs.all().map(|(_, log)| log.lines().len()).sum::<usize>());
        if let Some(middle) = ids.get(n) {
            prop_assert_eq!(&logs.before(Some(middle), usize::MAX, &all)[..], &ids[..=n]);
            prop_assert_eq!(&logs.after(middle, usize::MAX, &all)[..], &ids[n + 1..]);
        }
    }

    #[test]
    fn identities_stay_and_bounds_hold_whatever_comes_and_goes(
        pushes in prop::collection::vec((0_u8..3, prop::collection::vec((0_i64..50, 0_usize..300_000), 0..6)), 1..12),
    ) {
        let mut logs = Logs::default();
        let mut seen: BTreeMap<LineId, String> = BTreeMap::new();
        for (i, (c, lines)) in pushes.iter().enumerate() {
            let lines: Vec<LogLine> = lines.iter().map(|(ms, size)| line(*ms, &format!("{i} {}", "x".repeat(*size)))).collect();
            logs.append(&id_of(&c.to_string()), lines);
            for id in logs.before(None, usize::MAX, &all) {
                let text = logs.line(&id).unwrap().text().into_owned();
                let before = seen.entry(id).or_insert_with(|| text.clone());
                prop_assert!(*before == text, "another line under the same identity");
            }
            for (_, log) in logs.all() {
                prop_assert!(log.bytes() <= 512 << 10 || log.lines().len() == 1);
                prop_assert_eq!(log.bytes(), log.lines().map(Cost::cost).sum::<usize>());
            }
            prop_assert_eq!(logs.bytes(), logs.all().map(|(_, log)| log.bytes()).sum::<usize>());
        }
        for (id, text) in &seen {
            // What is gone is gone for good; nothing takes its place.
            prop_assert!(logs.line(id).is_none_or(|line| line.text() == *text));
        }
    }

    #[test]
    fn the_same_bytes_come_out_as_went_in(bytes in prop::collection::vec(any::<u8>(), 0..80), stderr: bool, cut: bool) {
        let raw = LogLine { at: Stamp::from_secs(1), stderr, text: bytes.into(), cut };
        let mut logs = Logs::default();
        logs.append(&id_of("a"), vec![raw.clone()]);
        let held = logs.of(&id_of("a")).unwrap().last().unwrap();
        let (text, level) = (held.text().into_owned(), held.level());
        prop_assert_eq!(held.raw(), &raw);
        prop_assert_eq!((held.text().into_owned(), held.level()), (text, level), "looked at twice");
    }

    #[test]
    fn plain_text_is_told_as_it_is(text in "[ -~]{0,80}") {
        let mut logs = Logs::default();
        logs.append(&id_of("a"), vec![line(1, &text)]);
        let held = logs.of(&id_of("a")).unwrap().last().unwrap();
        prop_assert_eq!(held.text(), text.as_str());
        prop_assert!(held.runs().is_empty());
    }
}

/// Which lines of `a` stand behind a gap.
fn gaps(logs: &Logs) -> Vec<String> {
    let log = logs.of(&id_of("a")).unwrap();
    let behind: Vec<String> =
        log.lines().filter(|line| log.has_gap_before(line)).map(|line| line.text().into_owned()).collect();
    assert_eq!(behind.len(), log.gaps());
    behind
}

#[test]
fn lines_that_nobody_read_leave_a_gap_until_they_are_read() {
    let mut logs = two();
    let a = id_of("a");
    logs.followed(&a);
    logs.append(&a, vec![line(3, "a3"), line(5, "a5"), line(6, "a6")]);
    assert_eq!(gaps(&logs), [] as [&str; 0], "its first line is held already");
    logs.followed(&a);
    logs.append(&a, vec![line(20, "a20"), line(21, "a21")]);
    logs.followed(&a);
    logs.append(&a, vec![line(40, "a40")]);
    assert_eq!(gaps(&logs), ["a20", "a40"]);
    assert_eq!(logs.of(&a).unwrap().losses(), [(LossKind::LogGaps, 2), (LossKind::LinesRepeated, 2)]);
    logs.followed(&a);
    logs.append(&a, vec![line(10, "a10"), line(20, "a20"), line(30, "a30"), line(40, "a40")]);
    assert_eq!(gaps(&logs), ["a10"], "the rest was read meanwhile");
    logs.followed(&a);
    logs.append(&a, vec![line(1, "a1"), line(7, "a7"), line(10, "a10")]);
    assert_eq!(gaps(&logs), [] as [&str; 0]);
    logs.append(&id_of("new"), vec![line(1, "x")]);
    logs.followed(&id_of("other"));
    assert!(logs.of(&id_of("other")).is_none(), "of what isn't held nothing can be missing");
}

#[test]
fn what_had_to_go_is_counted_and_its_gaps_with_it() {
    let mut logs = two();
    let a = id_of("a");
    logs.followed(&a);
    logs.append(&a, vec![line(20, "a20")]);
    logs.append(&a, (30..4030).map(|i| line(i, "x")).collect());
    let log = logs.of(&a).unwrap();
    assert_eq!((log.evicted(), log.gaps()), (4, 0));
    assert!(log.is_cut_off_before(log.lines().next().unwrap()) && !log.is_cut_off_before(log.last().unwrap()));
}

#[test]
fn what_is_looked_at_is_made_once() {
    let held = HeldLine::new(line(1, "\u{1b}[31mred\u{1b}[0m"), 0);
    let is_borrowed = |line: &HeldLine| matches!(line.text(), std::borrow::Cow::Borrowed("red"));
    assert!(is_borrowed(&held) && is_borrowed(&held));
    let tabs = HeldLine::new(line(1, &"\t".repeat(1000)), 0);
    assert_eq!(tabs.text().len(), 8000);
    assert!(matches!(tabs.text(), std::borrow::Cow::Owned(_)), "what is far larger than the line isn't kept");
}
