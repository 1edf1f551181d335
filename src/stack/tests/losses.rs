//! Whatever is dropped on the way into the stack is counted.

use crate::{
    base::loss::{Loss, LossKind, Whom},
    logs::LogLine,
    stack::{fixture::*, *},
};

fn line(secs: f64) -> LogLine {
    LogLine { at: at(secs), stderr: false, text: Box::from(*b"said"), cut: false }
}

fn known() -> Stack {
    let mut stack = Stack::new(PROJECT.into(), None);
    for fact in snapshot(&[container("db").running(1.0), container("job").exited(0, 2.0)]) {
        stack.apply(fact, Quirks::default());
    }
    stack
}

fn sample(secs: f64) -> Sample {
    Sample { at: at(secs), ..Sample::default() }
}

#[test]
fn each_kind_is_counted_where_it_is_dropped() {
    let mut stack = known();
    let start = event("db", 1.0, EventKind::Start);
    let facts = vec![
        start.clone(),
        start,
        Fact::Sample(id_of("db"), sample(5.0)),
        Fact::Sample(id_of("db"), sample(4.0)),
        Fact::Sample(id_of("job"), sample(6.0)),
        Fact::Lines("stranger".into(), vec![line(3.0), line(4.0)]),
        Fact::Lost(Loss { kind: LossKind::EventsUnreadable, number: 7, whom: Whom::All, at: at(5.0) }),
    ];
    for fact in facts {
        stack.apply(fact, Quirks::default());
    }
    let counted: Vec<_> = stack.losses.rows().map(|(kind, whom, sum)| (kind, whom.clone(), sum.number)).collect();
    let of = |name: &str| Whom::Container(id_of(name));
    assert_eq!(
        counted,
        [
            (LossKind::LinesStray, Whom::Container("stranger".into()), 2),
            (LossKind::EventsUnreadable, Whom::All, 7),
            (LossKind::EventsRepeated, Whom::All, 1),
            (LossKind::SamplesLate, of("db"), 1),
            (LossKind::SamplesLate, of("job"), 1),
        ]
    );
}

#[test]
fn the_losses_of_a_forgotten_log_stay_counted() {
    let mut stack = known();
    let many: Vec<Container> = (0..40).map(|i| container(&format!("s{i}x")).running(1.0)).collect();
    for fact in snapshot(&many) {
        stack.apply(fact, Quirks::default());
    }
    for (i, c) in (0..).zip(&many) {
        let lines = vec![line(f64::from(i)), line(f64::from(i))];
        stack.apply(Fact::Lines(c.id.clone(), lines), Quirks::default());
    }
    for fact in snapshot(&[]) {
        stack.apply(fact, Quirks::default());
    }
    let last = many.last().unwrap().id.clone();
    for n in 0..20 {
        stack.apply(Fact::Lines(last.clone(), vec![line(100.0 + f64::from(n))]), Quirks::default());
    }
    assert_eq!(stack.logs.all().count(), 32);
    assert_eq!(stack.losses.total(LossKind::LinesEvicted), 8);
    assert_eq!(stack.losses.total(LossKind::LinesRepeated), 8);
}
