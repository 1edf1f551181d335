//! What the program does between a message and a frame, and before the first of both.
//!
//! `cargo bench` prints them. From outside, through a terminal and an engine, is another matter; these say where
//! the time goes.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that can't be set up has no other way out")]

use std::{fmt::Write, fs, sync::Arc};

use divan::{Bencher, black_box};
use ratatui::layout::Size;
use stackview::{
    app::{
        Input, Key, Model, Msg, Store,
        model::Settings,
        next_change, picture,
        screens::stack::topology::{Edge, Node, place},
        wants,
    },
    base::{
        id::{ContainerId, ImageId},
        secrets::{Known, Masker},
        time::{OtherClock, Stamp},
    },
    compose::{self, Condition, Options},
    diagnose::{Case, diagnose},
    engine::Demux,
    host::{self, EngineInfo, Host, Link},
    logs::LogLine,
    stack::{Container, Fact, Phase, Quirks, Sample, Stack},
    view::{
        ColorDepth, Screen, Theme,
        render::{drawn, render},
    },
};

const PROJECT: &str = "bench";
const SERVICES: u32 = 30;

fn main() {
    divan::main();
}

/// A file with ten services, each of which waits for the one before it, read from the disk.
#[divan::bench]
fn load_ten_services(bencher: Bencher) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("compose.yaml"), compose_file(10)).unwrap();
    let options = Options { cwd: folder.path().to_owned(), ..Options::default() };
    bencher.bench(|| compose::load(black_box(&options)));
}

/// The engine's first words on thirty containers: the list, then each in full.
#[divan::bench]
fn apply_a_snapshot(bencher: Bencher) {
    let declared = declared();
    let stack = || (Stack::new(PROJECT.into(), declared.clone()), snapshot(SERVICES));
    bencher.with_inputs(stack).bench_values(|(mut stack, facts)| {
        for fact in facts {
            black_box(stack.apply(fact, Quirks::default()));
        }
        stack
    });
}

/// What the words of the screen mean, for thirty services.
#[divan::bench]
fn derive_the_overview(bencher: Bencher) {
    let model = live();
    bencher.bench_local(|| black_box(model.stack()).overview(model.host().view(), model.now));
}

/// Every rule over services of which each tenth crashes, with two hundred lines of its log, and one is unhealthy.
#[divan::bench(args = [30, 300])]
fn diagnose_services(bencher: Bencher, services: u32) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("compose.yaml"), compose_file(services)).unwrap();
    let options = Options { cwd: folder.path().to_owned(), ..Options::default() };
    let declared = compose::load(&options).project.map(Arc::new).expect("the bench's own file is right");
    let mut stack = Stack::new(PROJECT.into(), Some(declared));
    for n in 1..=services {
        let mut c = container(n);
        if n % 10 == 3 {
            (c.restarts, c.exit_code, c.phase) = (7, Some(1), Phase::Restarting);
        }
        let id = c.id.clone();
        stack.apply(Fact::Inspected(Box::new(c)), Quirks::default());
        let line = |i: u32| LogLine {
            at: Stamp::from_secs(i64::from(i)),
            stderr: false,
            text: format!("level=info id={i} msg=\"a request of /api/things/{i} took 12 ms\"").into_bytes().into(),
            cut: false,
        };
        if n % 10 == 3 {
            stack.apply(Fact::Lines(id, (0..200).map(line).collect()), Quirks::default());
        }
    }
    let now = Stamp::from_secs(1000);
    let host = Host::new(stack);
    let overview = host.stack().overview(host.view(), now);
    bencher.bench_local(|| diagnose(&Case::new(&[], black_box(&host), &overview, now)));
}

/// The picture of thirty services.
#[divan::bench(args = [(80, 24), (120, 40), (200, 50)])]
fn view_thirty_services(bencher: Bencher, size: (u16, u16)) {
    let mut model = live();
    let now = model.now;
    model.update(Msg::Input(Input::Resize(Size::from(size))), now);
    bencher.bench_local(|| picture(black_box(&model)));
}

/// A frame that shows what is on the screen already.
#[divan::bench]
fn render_unchanged(bencher: Bencher) {
    let (screen, theme) = (picture(&live()), theme());
    let mut buffer = drawn(&screen, &theme);
    bencher.bench_local(|| render(black_box(&screen), &theme, &mut buffer));
}

/// All that a key costs the loop before bytes go out.
#[divan::bench]
fn turn_of_a_key(bencher: Bencher) {
    let (mut model, theme) = (live(), theme());
    let mut shown = picture(&model);
    let mut keys = ['j', 'k'].into_iter().cycle();
    bencher.bench_local(|| {
        let key = keys.next().map(Key::char).expect("it is a cycle");
        turn(&mut model, Msg::Input(Input::Key(key)));
        frame(&model, &mut shown, &theme);
    });
}

/// The same where there are so many services, of which a screen shows some.
#[divan::bench(args = [300, 4_000, 20_000], sample_count = 10, sample_size = 2)]
fn turn_of_a_key_of_many(bencher: Bencher, services: u32) {
    let (mut model, theme) = (live_of(services, None), theme());
    let mut shown = picture(&model);
    let mut keys = ['j', 'k'].into_iter().cycle();
    bencher.bench_local(|| {
        let key = keys.next().map(Key::char).expect("it is a cycle");
        turn(&mut model, Msg::Input(Input::Key(key)));
        frame(&model, &mut shown, &theme);
    });
}

/// All that one container's figures cost the loop; a settled stack has as many of them a second as containers.
#[divan::bench]
fn turn_of_a_sample(bencher: Bencher) {
    let mut model = live();
    let id = id(7);
    let mut at = model.now;
    bencher.bench_local(|| {
        at = at.shifted(1_000_000_000);
        let sample = Sample { at, cpu: Some(0.5), memory: 1 << 20, memory_limit: 1 << 30, ..Sample::default() };
        let msg = told(&model, [Fact::Sample(id.clone(), sample)]);
        turn(&mut model, msg);
    });
}

/// A thousand lines as the engine sends them, cut apart.
#[divan::bench]
fn cut_a_thousand_lines(bencher: Bencher) {
    let bytes = framed_log();
    bencher.bench(|| lines(black_box(&bytes)));
}

/// A thousand ordinary lines looked through for secrets, of which ninety are known; what reading them costs stands
/// beside it.
#[divan::bench]
fn mask_a_thousand_lines(bencher: Bencher) {
    let lines: Vec<String> =
        lines(&framed_log()).iter().map(|line| String::from_utf8_lossy(&line.text).into_owned()).collect();
    let mut known = Known::default();
    (0..90).for_each(|n| known.learn("PASSWORD", &format!("a-known-secret-{n}")));
    let masker = Masker::knowing(&known, false);
    bencher.bench(|| lines.iter().map(|line| masker.text(black_box(line)).len()).sum::<usize>());
}

/// A thousand lines put in their places in a log that is full.
#[divan::bench]
fn hold_a_thousand_lines(bencher: Bencher) {
    let mut model = live();
    let lines = lines(&framed_log());
    let mut at = model.now;
    bencher
        .with_inputs(|| {
            lines
                .iter()
                .map(|line| {
                    at = at.shifted(1000);
                    LogLine { at, ..line.clone() }
                })
                .collect::<Vec<_>>()
        })
        .bench_local_values(|lines| {
            let msg = told(&model, [Fact::Lines(id(1), lines)]);
            turn(&mut model, msg);
        });
}

/// Five hundred boxes in layers of twenty, each with three arrows.
#[divan::bench]
fn place_five_hundred_boxes(bencher: Bencher) {
    let nodes = vec![Node { width: 20, height: 4 }; 500];
    let arrow = |from: usize, step: usize| Edge { from, to: from + step, class: 0 };
    let edges: Vec<Edge> = (0..480)
        .flat_map(|from| [17, 19, 20].map(|step| arrow(from, step)))
        .filter(|edge| edge.to < nodes.len())
        .collect();
    bencher.bench(|| place(black_box(&nodes), &edges, 200));
}

/// A message and what the loop asks after it.
fn turn(model: &mut Store, msg: Msg) {
    let now = model.now.shifted(1_000_000);
    black_box(model.update(msg, now));
    black_box(wants(model));
    black_box(next_change(model));
}

/// Facts of the project that is shown.
fn told(model: &Model, facts: impl IntoIterator<Item = Fact>) -> Msg {
    let address = model.address();
    let of = |fact| host::Fact::Stack(address.project.clone(), fact);
    Msg::Facts(address.host, facts.into_iter().map(of).collect())
}

/// A frame as the loop makes it.
fn frame(model: &Model, shown: &mut Screen, theme: &Theme) {
    let screen = picture(model);
    if *shown != screen {
        black_box(drawn(&screen, theme));
        *shown = screen;
    }
}

fn theme() -> Theme {
    Theme::named("dark").unwrap().adapted(ColorDepth::True)
}

fn compose_file(services: u32) -> String {
    let mut text = format!("name: {PROJECT}\nservices:\n");
    for n in 1..=services {
        let waits = if n > 1 {
            format!("    depends_on:\n      s{:03}: {{ condition: service_healthy }}\n", n - 1)
        } else {
            String::new()
        };
        write!(
            text,
            "  s{n:03}:\n    image: busybox:${{TAG:-stable}}\n    command: [sleep, '1000000']\n{waits}    \
             environment:\n      LEVEL: info\n      PORT: {n}\n    ports: ['{port}:80']\n    healthcheck:\n      \
             test: [CMD, 'true']\n      interval: 5s\n",
            port = 8000 + n
        )
        .unwrap();
    }
    text
}

fn declared() -> Option<Arc<compose::Project>> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("compose.yaml"), compose_file(SERVICES)).unwrap();
    let loaded = compose::load(&Options { cwd: folder.path().to_owned(), ..Options::default() });
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    loaded.project.map(Arc::new)
}

/// A model of thirty services that all run.
fn live() -> Store {
    live_of(SERVICES, declared())
}

/// A model of so many services that all run.
fn live_of(services: u32, declared: Option<Arc<compose::Project>>) -> Store {
    let now = Stamp::from_secs(1_790_000_100);
    let mut model = Store::new(Settings::default(), PROJECT.into(), declared, Size::new(120, 40), now);
    let engine = EngineInfo {
        place: "local".into(),
        product: "Docker".into(),
        version: "26.1.4".into(),
        api: "1.45".into(),
        clock: OtherClock::ahead(0),
        memory: None,
        architecture: "amd64".into(),
        root: String::new(),
        swarm: false,
        system: String::new(),
    };
    let host = model.address().host;
    model.update(Msg::Facts(host, vec![host::Fact::Engine(engine), host::Fact::Link(Link::Live)]), now);
    let known = told(&model, snapshot(services));
    model.update(known, now);
    model
}

fn snapshot(services: u32) -> Vec<Fact> {
    let containers: Vec<Container> = (1..=services).map(container).collect();
    let listed = containers.iter().map(|c| Container { inspected: false, ..c.clone() }).collect();
    [Fact::Listed(listed)].into_iter().chain(containers.into_iter().map(|c| Fact::Inspected(Box::new(c)))).collect()
}

fn id(n: u32) -> ContainerId {
    ContainerId::from(format!("{n:064x}"))
}

fn container(n: u32) -> Container {
    let started = Stamp::from_secs(1_790_000_000);
    Container {
        name: format!("{PROJECT}-s{n:03}-1"),
        project: Some(PROJECT.into()),
        service: Some(format!("s{n:03}").into()),
        number: Some(1),
        image: "busybox:stable".into(),
        image_id: ImageId::from("sha256:0"),
        created: Some(started),
        phase: Phase::Running,
        started: Some(started),
        command: vec!["sleep".into(), "1000000".into()],
        depends_on: if n > 1 { vec![(format!("s{:03}", n - 1).into(), Condition::Healthy)] } else { Vec::new() },
        log_driver: "json-file".into(),
        inspected: true,
        ..Container::bare(id(n))
    }
}

/// A thousand lines of a hundred bytes in the engine's frames.
fn framed_log() -> Vec<u8> {
    let mut bytes = Vec::new();
    for n in 0..1000 {
        let line = format!("2026-11-21T02:13:55.{n:09}Z line {n:08} {}\n", "x".repeat(84));
        bytes.extend([1, 0, 0, 0]);
        bytes.extend(u32::try_from(line.len()).unwrap().to_be_bytes());
        bytes.extend(line.bytes());
    }
    bytes
}

fn lines(bytes: &[u8]) -> Vec<LogLine> {
    let mut lines = Vec::new();
    Demux::new(false).push(bytes, &mut lines);
    lines
}
