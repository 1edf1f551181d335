//! The server on the wire: plain behaviour, and each misbehaviour.

mod client;

use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::time::timeout;

use super::{Handle, Mischief, Options, Pace, ServeError, serve};
use crate::{
    base::time::Stamp,
    sim::{api::Release, scenario::Scenario, world::Generation},
};
use client::{Client, ask, get};

const SCENARIO: &str = r#"
about: a web server and a database
project: p
folder: /srv/p
services:
  web:
    logs:
      - {every: 100ms, steady: true, text: "tick"}
  db:
    probe: [{takes: 10ms}]
compose: |
  services:
    web: {image: "web:1"}
    db:
      image: db:1
      tty: true
      stop_grace_period: 1s
      healthcheck: {test: [CMD, probe], interval: 1s}
script:
  - {at: 0s, up: all}
"#;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(120);

fn begin() -> Stamp {
    Stamp::parse("2026-11-21T08:00:00Z").unwrap()
}

/// An engine whose clock is moved by hand, ten seconds after its beginning.
fn engine(folder: &tempfile::TempDir, mischief: &str) -> Handle {
    let scenario = Scenario::parse("test", SCENARIO).unwrap_or_else(|why| panic!("{why}"));
    let mischief = mischief.parse().unwrap();
    let options = Options { pace: Pace::Manual, start: Some(begin()), mischief, ..Options::default() };
    let handle = serve(&folder.path().join("engine.sock"), scenario, options).unwrap();
    handle.advance(Duration::from_secs(10));
    handle
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// Waits for something that another task does.
async fn until(what: &str, mut wanted: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !wanted() {
        assert!(begin.elapsed() < PATIENCE, "timed out waiting for {what}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let folder = folder();
    let engine = engine(&folder, "");
    let mut client = Client::to(&engine).await;
    for _ in 0..3 {
        let answer = client.ask("GET", "/v1.41/_ping").await;
        assert_eq!((answer.status, answer.text().as_str()), (200, "OK"));
        assert_eq!(answer.header("api-version"), Some("1.41"));
        assert_eq!(answer.header("server"), Some("Docker/20.10.24 (linux)"));
        assert_eq!(answer.header("date"), Some("Sat, 21 Nov 2026 08:00:10 GMT"));
    }
    assert_eq!(client.head("/_ping").await, 200);
    assert_eq!(client.ask("GET", "/_ping").await.text(), "OK", "a head has no body");
}

#[tokio::test]
async fn errors_are_the_engines() {
    let folder = folder();
    let engine = engine(&folder, "");
    let said = [
        ("/v1.60/info", 400, "client version 1.60 is too new. Maximum supported API version is 1.41"),
        (
            "/v1.10/info",
            400,
            "client version 1.10 is too old. Minimum supported API version is 1.12, please upgrade your client to a \
             newer version",
        ),
        ("/v1.41/nothing", 404, "page not found"),
        ("/containers/nobody/json", 404, "No such container: nobody"),
        ("/containers/nobody/logs", 400, "Bad parameters: you must choose at least one stream"),
        ("/containers/json?limit=x", 500, "strconv.Atoi: parsing \"x\": invalid syntax"),
        ("/events?since=abc", 500, "strconv.ParseInt: parsing \"abc\": invalid syntax"),
        ("/exec/nothing/json", 404, "No such exec instance: nothing"),
    ];
    for (path, status, message) in said {
        let answer = ask(&engine, "GET", path).await;
        assert_eq!((answer.status, answer.json()["message"].as_str()), (status, Some(message)), "{path}");
    }
    let swarm = ask(&engine, "GET", "/services").await;
    assert!(swarm.status == 503 && swarm.text().contains("This node is not a swarm manager"));
    let create = ask(&engine, "POST", "/containers/create").await;
    assert_eq!(create.status, 501);
    assert!(create.text().contains("the simulated engine can't create containers; use a real engine"));
}

#[tokio::test]
async fn a_followed_log_comes_in_frames_and_ends_with_its_client() {
    let folder = folder();
    let engine = engine(&folder, "");
    let mut client = Client::to(&engine).await;
    client.send("GET", "/containers/p-web-1/logs?stdout=1&follow=1&tail=1").await;
    assert_eq!(client.receive_head().await.status, 200);
    assert_eq!(client.chunk().await.unwrap(), b"\x01\0\0\0\0\0\0\x05tick\n");
    engine.advance(Duration::from_millis(100));
    assert_eq!(client.chunk().await.unwrap(), b"\x01\0\0\0\0\0\0\x05tick\n");
    assert_eq!(engine.open(), (1, 1));
    drop(client);
    until("all is closed", || engine.open() == (0, 0)).await;
}

#[tokio::test]
async fn events_are_told_as_they_happen_and_again_on_demand() {
    let folder = folder();
    let engine = engine(&folder, "");
    let mut client = Client::to(&engine).await;
    client.send("GET", "/events?filters=%7B%22event%22%3A%5B%22pause%22%5D%7D").await;
    assert_eq!(client.receive_head().await.status, 200);
    assert_eq!(ask(&engine, "POST", "/containers/p-web-1/pause").await.status, 204);
    let event: Value = serde_json::from_slice(&client.chunk().await.unwrap()).unwrap();
    assert_eq!((event["Action"].as_str(), event["status"].as_str()), (Some("pause"), Some("pause")));
    assert_eq!(event["Actor"]["Attributes"]["name"], "p-web-1");
    assert_eq!(event["timeNano"], engine.world(|world| world.now()).as_nanos());
    let now = engine.world(|world| world.now()).as_nanos() / 1_000_000_000;
    let past = ask(&engine, "GET", &format!("/events?since={}&until={now}", now - 100)).await.text();
    assert!(past.contains("\"Action\":\"pause\"") && past.contains("\"Action\":\"create\""), "{past}");
}

#[tokio::test]
async fn a_wait_answers_when_the_container_ended() {
    let folder = folder();
    let engine = engine(&folder, "");
    let mut client = Client::to(&engine).await;
    client.send("POST", "/containers/p-web-1/wait").await;
    assert_eq!(client.receive_head().await.status, 200, "the head comes before the end");
    let mut killer = Client::to(&engine).await;
    killer.send("POST", "/containers/p-web-1/kill").await;
    // The engine answers a kill once the program is dead, which takes it a moment.
    until("the kill is under way", || engine.world(|world| world.events().from(0).any(|(_, e)| e.action == "kill")))
        .await;
    engine.advance(Duration::from_secs(1));
    assert_eq!(killer.receive_head().await.status, 204);
    let ended: Value = serde_json::from_slice(&client.chunk().await.unwrap()).unwrap();
    assert_eq!(ended["StatusCode"], 137);
    assert_eq!(client.chunk().await, None);
}

#[tokio::test]
async fn a_stop_answers_when_it_is_done() {
    let folder = folder();
    let engine = engine(&folder, "");
    let mut client = Client::to(&engine).await;
    client.send("POST", "/containers/p-web-1/stop").await;
    until("the stop is under way", || engine.world(|world| world.events().from(0).any(|(_, e)| e.action == "kill")))
        .await;
    assert!(timeout(Duration::from_millis(50), client.receive_head()).await.is_err(), "the program takes its time");
    engine.advance(Duration::from_secs(11));
    assert_eq!(client.receive_head().await.status, 204);
    assert_eq!(get(&engine, "/containers/p-web-1/json").await["State"]["Status"], "exited");
    assert_eq!(ask(&engine, "POST", "/containers/p-web-1/stop").await.status, 304, "it is stopped already");
}

#[tokio::test]
async fn statistics_come_every_second_of_the_engine() {
    let folder = folder();
    let engine = engine(&folder, "");
    let mut client = Client::to(&engine).await;
    client.send("GET", "/containers/p-web-1/stats").await;
    assert_eq!(client.receive_head().await.status, 200);
    let sample = |bytes: Vec<u8>| serde_json::from_slice::<Value>(&bytes).unwrap();
    let first = sample(client.chunk().await.unwrap());
    assert_eq!(
        (first["read"].as_str(), first["preread"].as_str()),
        (Some("2026-11-21T08:00:10Z"), Some("0001-01-01T00:00:00Z"))
    );
    engine.advance(Duration::from_secs(1));
    let second = sample(client.chunk().await.unwrap());
    assert_eq!((second["read"].as_str(), &second["preread"]), (Some("2026-11-21T08:00:11Z"), &first["read"]));
    assert_eq!(second["precpu_stats"]["cpu_usage"], first["cpu_stats"]["cpu_usage"]);
}

#[tokio::test]
async fn an_attached_client_gets_a_connection_of_its_own() {
    let folder = folder();
    let engine = engine(&folder, "");
    let mut client = Client::to(&engine).await;
    client.send_upgrade("/containers/p-web-1/attach?stream=1&stdout=1&stderr=1").await;
    assert_eq!(client.receive_head().await.status, 101);
    engine.advance(Duration::from_millis(100));
    assert_eq!(client.exactly(13).await, b"\x01\0\0\0\0\0\0\x05tick\n");
    drop(client);
    until("all is closed", || engine.open() == (0, 0)).await;
}

#[tokio::test]
async fn delay_waits_before_each_answer() {
    let folder = folder();
    let engine = engine(&folder, "delay=150ms");
    let begin = Instant::now();
    assert_eq!(ask(&engine, "GET", "/_ping").await.status, 200);
    assert!(begin.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn stall_answers_nothing_until_it_is_over() {
    let folder = folder();
    let engine = engine(&folder, "");
    let mut log = Client::to(&engine).await;
    log.send("GET", "/containers/p-web-1/logs?stdout=1&follow=1&tail=1").await;
    log.receive_head().await;
    log.chunk().await.unwrap();
    engine.mischief("stall".parse().unwrap());
    engine.advance(Duration::from_millis(100));
    let mut client = Client::to(&engine).await;
    client.send("GET", "/_ping").await;
    {
        let (answer, line) = (client.receive_head(), log.chunk());
        tokio::pin!(answer, line);
        assert!(timeout(Duration::from_millis(100), &mut answer).await.is_err(), "answered");
        assert!(timeout(Duration::from_millis(100), &mut line).await.is_err(), "the stream went on");
        engine.mischief(Mischief::default());
        assert_eq!(answer.await.status, 200);
        assert!(line.await.is_some());
    }
}

#[tokio::test]
async fn cut_breaks_answers_and_streams_in_their_middle() {
    let folder = folder();
    let engine = engine(&folder, "");
    let mut log = Client::to(&engine).await;
    log.send("GET", "/containers/p-web-1/logs?stdout=1&follow=1&tail=1").await;
    log.receive_head().await;
    log.chunk().await.unwrap();
    engine.mischief("cut".parse().unwrap());
    engine.advance(Duration::from_millis(100));
    let rest = log.drain().await;
    // A chunk is its length, the frame and a line end: `d\r\n`, 13 bytes, `\r\n`.
    assert!(!rest.is_empty() && rest.len() < 18, "{rest:?}");
    let mut client = Client::to(&engine).await;
    client.send("GET", "/containers/json").await;
    let head = client.receive_head().await;
    let length: usize = head.header("content-length").unwrap().parse().unwrap();
    let body = client.drain().await;
    assert!(head.status == 200 && !body.is_empty() && body.len() < length, "{} of {length}", body.len());
    engine.mischief(Mischief::default());
    assert_eq!(ask(&engine, "GET", "/_ping").await.status, 200);
}

#[tokio::test]
async fn failing_and_garbled_answers_are_what_they_are_called() {
    let folder = folder();
    let engine = engine(&folder, "500");
    let answer = ask(&engine, "GET", "/containers/json").await;
    assert_eq!((answer.status, answer.json()["message"].is_string()), (500, true));
    engine.mischief("garbage".parse().unwrap());
    let answer = ask(&engine, "GET", "/containers/json").await;
    assert_eq!(answer.status, 200);
    assert!(serde_json::from_slice::<Value>(&answer.body).is_err());
}

#[tokio::test]
async fn refuse_ends_what_is_open_and_takes_nothing_new() {
    let folder = folder();
    let engine = engine(&folder, "");
    let mut client = Client::to(&engine).await;
    client.send("GET", "/events").await;
    client.receive_head().await;
    engine.mischief("refuse".parse().unwrap());
    assert!(client.drain().await.is_empty());
    until("connections are refused", || std::os::unix::net::UnixStream::connect(engine.path()).is_err()).await;
    until("all is closed", || engine.open() == (0, 0)).await;
    engine.mischief(Mischief::default());
    until("connections are taken", || std::os::unix::net::UnixStream::connect(engine.path()).is_ok()).await;
    assert_eq!(ask(&engine, "GET", "/_ping").await.status, 200);
}

#[tokio::test]
async fn a_vanished_engine_comes_back_with_other_ids() {
    let folder = folder();
    let engine = engine(&folder, "");
    let id = |engine: &Handle| engine.world(|world| world.containers().next().map(|c| c.id.clone()));
    let before = id(&engine).unwrap();
    engine.mischief("vanish".parse().unwrap());
    let connects = || std::os::unix::net::UnixStream::connect(engine.path()).is_ok();
    until("it is gone", || !connects()).await;
    until("it is back", connects).await;
    engine.advance(Duration::from_secs(10));
    assert_ne!(id(&engine).unwrap(), before);
    assert_eq!(get(&engine, "/containers/p-web-1/json").await["State"]["Status"], "running");
}

#[tokio::test]
async fn strange_words_are_words_that_no_client_knows() {
    let folder = folder();
    let engine = engine(&folder, "strange");
    let list = get(&engine, "/containers/json?all=1").await;
    assert_eq!(list[0]["State"], "hibernating");
    let db = get(&engine, "/containers/p-db-1/json").await;
    assert_eq!(
        (&db["State"]["Status"], &db["State"]["Health"]["Status"]),
        (&"hibernating".into(), &"pondering".into())
    );
    assert_eq!(db["HostConfig"]["RestartPolicy"]["Name"], "when-it-rains");
    let now = engine.world(|world| world.now()).as_nanos() / 1_000_000_000;
    let events = ask(&engine, "GET", &format!("/events?since=1&until={now}")).await.text();
    assert!(events.contains(r#""Type":"constellation","Action":"rise""#), "{events}");
}

#[tokio::test]
async fn a_skewed_clock_shows_in_every_moment_and_hears_the_same_way() {
    let folder = folder();
    let engine = engine(&folder, "");
    let started = get(&engine, "/containers/p-web-1/json").await["State"]["StartedAt"].as_str().unwrap().to_owned();
    engine.mischief("skew=-3h".parse().unwrap());
    assert_eq!(get(&engine, "/info").await["SystemTime"], "2026-11-21T05:00:10Z");
    let skewed = get(&engine, "/containers/p-web-1/json").await["State"]["StartedAt"].as_str().unwrap().to_owned();
    let behind = Stamp::parse(&started).unwrap().since(Stamp::parse(&skewed).unwrap());
    assert_eq!(behind, Duration::from_secs(3 * 3600));
    // The last second of its own clock: 05:00:09 to 05:00:10.
    let lines = ask(&engine, "GET", "/containers/p-web-1/logs?stdout=1&timestamps=1&since=1795237209").await.body;
    let text = String::from_utf8_lossy(&lines);
    assert!((10..=11).contains(&text.matches("2026-11-21T05:00:").count()), "{text}");
    assert_eq!(text.matches("tick").count(), text.matches("2026-11-21T05:00:").count());
}

#[tokio::test]
async fn another_release_has_other_fields_and_another_oldest_version() {
    let folder = folder();
    let engine = engine(&folder, "");
    let path = "/containers/p-web-1/json";
    assert!(get(&engine, path).await["NetworkSettings"].get("IPAddress").is_some());
    engine.mischief("api=1.52".parse().unwrap());
    let web = get(&engine, path).await;
    assert!(web["NetworkSettings"].get("IPAddress").is_none() && web.get("GraphDriver").is_none());
    assert!(web["NetworkSettings"]["Networks"]["p_default"].get("DNSNames").is_some());
    let old = ask(&engine, "GET", "/v1.43/info").await;
    assert!(old.status == 400 && old.text().contains("Minimum supported API version is 1.44"), "{}", old.text());
    let df = get(&engine, "/system/df?verbose=1").await;
    assert!(df["ImageUsage"]["Items"].is_array() && df.get("Images").is_none());
    let df = get(&engine, "/v1.50/system/df").await;
    assert!(df["Images"].is_array() && df.get("ImageUsage").is_none(), "an older client gets the older shape");
}

#[tokio::test]
async fn a_release_lives_as_its_generation_does() {
    for (api, generation) in
        [("1.41", Generation::Docker20), ("1.44", Generation::Docker25), ("1.45", Generation::Docker25)]
    {
        let folder = folder();
        let path = folder.path().join("engine.sock");
        let release = Release::of(api.parse().unwrap()).unwrap();
        let scenario = || Scenario::parse("test", SCENARIO).unwrap();
        let engine = serve(&path, scenario(), Options { release, ..Options::default() }).unwrap();
        assert_eq!(engine.world(|world| world.generation()), generation, "{api}");
        drop(engine);
        let mischief = format!("api={api}").parse().unwrap();
        let engine = serve(&path, scenario(), Options { mischief, ..Options::default() }).unwrap();
        assert_eq!(engine.world(|world| world.generation()), generation, "{api} as a mischief");
    }
}

#[tokio::test]
async fn a_socket_is_bound_without_harm() {
    let folder = folder();
    let path = folder.path().join("engine.sock");
    let scenario = || Scenario::parse("test", SCENARIO).unwrap();
    std::fs::write(&path, "precious").unwrap();
    let error = serve(&path, scenario(), Options::default()).unwrap_err();
    assert!(matches!(error, ServeError::Occupied(_)), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    std::fs::remove_file(&path).unwrap();
    // A stale socket is replaced.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let first = serve(&path, scenario(), Options::default()).unwrap();
    let error = serve(&path, scenario(), Options::default()).unwrap_err();
    assert!(matches!(error, ServeError::InUse(_)), "{error}");
    first.shutdown().await;
    assert!(!path.exists(), "it takes its socket along");
}
