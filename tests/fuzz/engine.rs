//! An engine's answers, mutated as JSON: lists, inspections, events, figures, disk usage, images, volumes, networks.
//!
//! The documents are those of simulated engines in several moods, which a small server gives out with a few values
//! changed; they take the whole way through HTTP, facts and rules to drawn frames.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    fmt,
    io::{BufRead, BufReader, Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use ratatui::layout::Size;
use serde_json::Value;
use stackview::{
    app::{Msg, Store, model::Settings, wants},
    base::{
        id::{HostId, ProjectName},
        time::{Clock, Stamp},
    },
    cli::demo,
    compose::{self, Project},
    engine::{Connector, Engine, EngineTarget, Outlet, follow_stats},
    host::{Fact, Link},
    runtime::host::answer,
    sim::{
        self,
        http::{Options, Pace},
        scenario::Scenario,
    },
    stack,
};
use tokio::sync::mpsc;

use crate::{
    frames, json,
    random::{Random, mutate},
    throw::throw,
};

/// The built-in scenarios that are asked, and how long each has played.
const MOODS: [(&str, u64); 5] = [("taskapp", 3), ("taskapp", 200), ("crash", 60), ("failing", 60), ("platform", 100)];
const START: i64 = 1_790_000_000;

/// What an engine answers by path, and how its project is declared.
struct Seed {
    project: ProjectName,
    declared: Option<Arc<Project>>,
    now: Stamp,
    documents: BTreeMap<String, Vec<u8>>,
}

impl Seed {
    fn of(name: &str, secs: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut scenario = Scenario::built_in(name).unwrap().unwrap();
        let declared = demo::stage(&mut scenario, dir.path().to_owned()).unwrap();
        let start = Stamp::from_secs(START);
        let options = Options { pace: Pace::Manual, start: Some(start), ..Options::default() };
        let socket = dir.path().join("engine.sock");
        let engine = sim::play(&socket, scenario, options).unwrap();
        engine.handle().advance(Duration::from_secs(secs));
        let mut documents = BTreeMap::new();
        let mut ask = |path: &str, query: &str| {
            let body = get(&socket, &format!("{path}{query}"));
            documents.insert(path.to_owned(), body.clone());
            serde_json::from_slice::<Value>(&body).unwrap_or_default()
        };
        for path in ["/_ping", "/version", "/info", "/networks", "/volumes", "/images/json"] {
            ask(path, "");
        }
        ask("/system/df", "?verbose=1");
        ask("/events", &format!("?since={}&until={}", START - 3600, START + i64::try_from(secs).unwrap()));
        let listed = ask("/containers/json", "?all=1");
        for container in listed.as_array().unwrap().iter().take(12) {
            let id = container["Id"].as_str().unwrap();
            ask(&format!("/containers/{id}/json"), "");
            ask(&format!("/containers/{id}/stats"), "?stream=0&one-shot=1");
            ask(&format!("/containers/{id}/top"), "");
            ask(&format!("/containers/{id}/logs"), "?stdout=1&stderr=1&timestamps=1&tail=50");
            ask(&format!("/images/{}/json", container["Image"].as_str().unwrap()), "");
        }
        let declared = compose::load(&declared).resolved().project;
        let project = declared.as_ref().unwrap().name.clone();
        Self { project, declared: declared.map(Arc::new), now: start + Duration::from_secs(secs), documents }
    }
}

/// The body of an answer, to whoever wants the connection closed after it.
fn get(socket: &Path, path: &str) -> Vec<u8> {
    let mut stream = UnixStream::connect(socket).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let chunked = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase().contains("chunked");
    assert!(!chunked, "HTTP/1.0 knows no chunks");
    answer.split_off(head)
}

/// What one run throws: the answers that were changed.
struct Input<'a> {
    seed: &'a Seed,
    changed: BTreeMap<String, Vec<u8>>,
    /// Whether the project's files are there.
    files: bool,
    luck: u64,
}

impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, body) in &self.changed {
            writeln!(f, "{path} of {}, files {}:\n{}", self.seed.project, self.files, String::from_utf8_lossy(body))?;
        }
        Ok(())
    }
}

fn make<'a>(rng: &mut Random, seeds: &'a [Seed]) -> Input<'a> {
    let seed = &seeds[rng.below(seeds.len())];
    let paths: Vec<&String> = seed.documents.keys().filter(|path| *path != "/_ping").collect();
    let mut changed = BTreeMap::new();
    for _ in 0..1 + rng.below(3) {
        let path = rng.one(&paths).clone();
        let body = &seed.documents[&path];
        let body = if path == "/events" || path.ends_with("/logs") || path.ends_with("/stats") {
            lines(rng, body)
        } else {
            let mut document: Value = serde_json::from_slice(body).unwrap();
            json::mutate(rng, &mut document);
            json::bytes(rng, &document)
        };
        changed.insert(path, body);
    }
    Input { seed, changed, files: rng.below(3) > 0, luck: rng.next() }
}

/// Documents of a stream, one a line; else bytes.
fn lines(rng: &mut Random, body: &[u8]) -> Vec<u8> {
    let mut found: Vec<Value> =
        body.split(|byte| *byte == b'\n').filter_map(|l| serde_json::from_slice(l).ok()).collect();
    if found.is_empty() {
        let mut bytes = body.to_vec();
        mutate(rng, &mut bytes, &[b"\x01\0\0\0\xff\xff\xff\xff", b"9999-12-31T23:59:59Z ", b"\0", b"\n"], &[body]);
        return bytes;
    }
    for _ in 0..3 {
        let at = rng.below(found.len());
        json::mutate(rng, &mut found[at]);
    }
    found.iter().flat_map(|document| [json::bytes(rng, document), b"\n".to_vec()].concat()).collect()
}

/// Answers by path with what was put in, until the process ends.
fn serve(socket: &Path) -> Arc<Mutex<BTreeMap<String, Vec<u8>>>> {
    let answers = Arc::new(Mutex::new(BTreeMap::<String, Vec<u8>>::new()));
    let (listener, shared) = (UnixListener::bind(socket).unwrap(), Arc::clone(&answers));
    let serve = move || {
        for stream in listener.incoming() {
            let (stream, shared) = (stream.unwrap(), Arc::clone(&shared));
            // Who hangs up before the answer is there doesn't need it.
            thread::Builder::new().spawn(move || drop(serve_one(stream, &shared))).unwrap();
        }
    };
    thread::Builder::new().spawn(serve).unwrap();
    answers
}

fn serve_one(stream: UnixStream, answers: &Mutex<BTreeMap<String, Vec<u8>>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut first, mut line) = (String::new(), String::new());
        reader.read_line(&mut first)?;
        while reader.read_line(&mut line)? > 2 {
            line.clear();
        }
        let Some(path) = first.split(' ').nth(1) else { return Ok(()) };
        let path = path.split('?').next().unwrap().trim_start_matches("/v1.41").trim_start_matches("/v1.45");
        let path = path.replace("%3A", ":").replace("%2F", "/");
        let (status, body) = match answers.lock().unwrap().get(&path) {
            Some(body) => (200, body.clone()),
            None => (404, br#"{"message":"No such object: what was asked for"}"#.to_vec()),
        };
        let head = format!("HTTP/1.1 {status} X\r\nApi-Version: 1.41\r\nContent-Length: {}\r\n\r\n", body.len());
        reader.get_mut().write_all(&[head.as_bytes(), &body].concat())?;
    }
}

/// Asks all that the program asks, and draws what comes of it; how many of the questions were answered.
async fn look(input: &Input<'_>, target: &EngineTarget) -> usize {
    let seed = input.seed;
    let now = seed.now;
    let clock = Clock::new(move || now);
    let address = Engine::locate(target, &BTreeMap::new()).unwrap();
    let engine = Engine::connect(address, true, clock.clone()).await.unwrap();
    let declared = seed.declared.clone().filter(|_| input.files);
    let mut store = Store::new(Settings::default(), seed.project.clone(), declared, Size::new(80, 24), now);
    let host = store.address().host;
    store.update(Msg::Facts(host, vec![Fact::Engine(engine.who().clone()), Fact::Link(Link::Live)]), now);
    let mut answered = 0;
    let mut tell = |store: &mut Store, facts: Result<Vec<Fact>, String>| match facts {
        Ok(facts) => {
            answered += 1;
            drop(store.update(Msg::Facts(host, facts), now));
        }
        Err(words) => assert!(words.len() > 20, "says nothing: {words}"),
    };
    let said = |error: stackview::engine::Error| error.to_string();
    let of = |facts: Vec<stack::Fact>| facts.into_iter().map(|f| Fact::Stack(seed.project.clone(), f)).collect();

    tell(&mut store, engine.snapshot(&seed.project).await.map_err(said));
    tell(&mut store, engine.projects().await.map(|all| vec![Fact::Projects(all)]).map_err(said));
    tell(&mut store, engine.usage().await.map(|usage| vec![Fact::Usage(usage)]).map_err(said));
    let containers: Vec<_> = store.stack().containers.values().take(4).cloned().collect();
    let names: BTreeSet<String> = containers.iter().map(|c| c.image.clone()).collect();
    tell(&mut store, engine.images(&names).await.map(|found| vec![Fact::Images(found)]).map_err(said));
    for container in &containers {
        tell(&mut store, engine.log_tail(container, 50).await.map(|fact| of(vec![fact])).map_err(said));
        let raw = engine.raw(&container.id).await.map_err(said);
        let raw = raw.map(|raw| of(raw.map(|raw| stack::Fact::Raw(container.id.clone(), raw)).into_iter().collect()));
        tell(&mut store, raw);
        let started = container.started.unwrap_or_default();
        let opened = engine.opening(&container.id, started).await.map_err(said);
        tell(&mut store, opened.map(|o| of(vec![stack::Fact::Opened(container.id.clone(), o)])));
    }
    if let Some(container) = containers.first() {
        let (out, mut facts) = mpsc::channel(16);
        let connector = Connector::new(target.clone(), BTreeMap::new(), true, clock);
        let follow =
            follow_stats(connector, container.id.clone(), Outlet::new(HostId::FIRST, out).of(seed.project.clone()));
        tokio::select! {
            () = follow => {}
            told = facts.recv() => tell(&mut store, Ok(told.map(|(_, facts)| facts).unwrap_or_default())),
            () = tokio::time::sleep(Duration::from_millis(30)) => {}
        }
    }
    for _ in 0..2 {
        for question in store.diagnosis.questions.clone().into_iter().take(20) {
            let answer = answer(&engine, &question).await;
            tell(&mut store, Ok(vec![Fact::Answered(question, answer)]));
        }
    }
    wants(&store);
    frames::draw(&mut Random(input.luck), &mut store, now);
    answered
}

#[test]
fn no_answer_of_an_engine_breaks_the_program() {
    let seeds: Vec<Seed> = MOODS.iter().map(|(name, secs)| Seed::of(name, *secs)).collect();
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("engine.sock");
    let answers = serve(&socket);
    let target = EngineTarget { host: Some(format!("unix://{}", socket.display())), ..EngineTarget::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (done, answered) = (Cell::new(0), Cell::new(0));
    throw(
        "engine",
        60,
        |rng| make(rng, &seeds),
        |input| {
            let mut all = input.seed.documents.clone();
            all.extend(input.changed.clone());
            *answers.lock().unwrap() = all;
            answered.set(answered.get() + runtime.block_on(look(input, &target)));
            done.set(done.get() + 1);
        },
    );
    // A server that answers nothing would let everything pass.
    assert!(answered.get() > 5 * done.get(), "{} questions of {} inputs were answered", answered.get(), done.get());
    eprintln!("engine: {} inputs, {} questions answered", done.get(), answered.get());
}
