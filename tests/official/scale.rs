//! What the simulated engine costs with ten thousand containers and five thousand followed lines a second.
//!
//! It measures this computer, so it runs on demand only: `STACKVIEW_SCALE=1 cargo test --release --test official scale
//! -- --nocapture`. Its readers' cost is counted along.

use std::{
    fs,
    io::{Read, Write},
    os::unix::net::UnixStream,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use stackview::sim::{http::Options, scenario::Scenario};

use super::stack::Server;

const SCENARIO: &str = r#"
about: ten thousand containers
project: scale
services:
  quiet:
    probe: [{takes: 20ms, output: ok}]
  chatty:
    logs:
      - {every: 20ms, text: "GET /index.html 200 in 3 ms, 1234 bytes, as such lines are of about a hundred characters ...."}
compose: |
  services:
    quiet:
      image: "quiet:1"
      deploy: {replicas: 9900}
      healthcheck: {test: [CMD, probe], interval: 30s}
    chatty:
      image: "chatty:1"
      deploy: {replicas: 100}
before: 10m
script:
  - {at: 0s, up: all}
"#;

/// CPU seconds that this process used, and its resident MiB.
fn cost() -> (f64, u64) {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmRSS")).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    // A tick is a hundredth of a second on every Linux that matters.
    (Duration::from_millis(ticks * 10).as_secs_f64(), kib / 1024)
}

#[test]
fn scale() {
    if std::env::var_os("STACKVIEW_SCALE").is_none() {
        return;
    }
    let begin = Instant::now();
    let scenario = Scenario::parse("scale", SCENARIO).unwrap();
    let server = Server::new(scenario, Options::default());
    let wire = server.wire();
    let count = wire.get("/containers/json").as_array().unwrap().len();
    assert_eq!(count, 10_000, "all run");
    println!("up after {:?}", begin.elapsed());
    let listed = Instant::now();
    wire.get("/containers/json?all=1");
    println!("the list takes {:?}", listed.elapsed());
    let bytes = Arc::new(AtomicU64::new(0));
    for number in 1..=100 {
        let mut socket = UnixStream::connect(&wire.0).unwrap();
        let path = format!("/containers/scale-chatty-{number}/logs?stdout=1&follow=1&tail=0");
        socket.write_all(format!("GET {path} HTTP/1.1\r\nHost: d\r\n\r\n").as_bytes()).unwrap();
        let bytes = bytes.clone();
        std::thread::spawn(move || {
            let mut piece = [0; 65536];
            while let Ok(read @ 1..) = socket.read(&mut piece) {
                bytes.fetch_add(read as u64, Ordering::Relaxed);
            }
        });
    }
    let (cpu, before, at) = (cost().0, bytes.load(Ordering::Relaxed), Instant::now());
    std::thread::sleep(Duration::from_secs(10));
    let (spent, resident) = (cost().0 - cpu, cost().1);
    let seconds = at.elapsed().as_secs_f64();
    let lines = (bytes.load(Ordering::Relaxed) - before) as f64 / 110.0 / seconds;
    println!("{lines:.0} lines/s, {:.0} % of a core, {resident} MiB", spent / seconds * 100.0);
    assert!(lines > 4_000.0, "{lines} lines a second");
    assert!(spent / seconds < 1.0, "{spent} s of CPU in {seconds} s");
    assert!(resident < 300, "{resident} MiB");
}
