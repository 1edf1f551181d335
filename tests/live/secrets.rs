//! Fifty secrets: a project that holds one in every place where a stack can hold any. Every command in every format,
//! every screen and tab, pictures, the report, our own log, the remembered starts, a hook's environment and the
//! clipboard: none of them is in any.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use regex::Regex;
use stackview::{
    app::{inspector::TABS, screens::Tab},
    sim::{self, http::Options, scenario::Scenario},
};

use crate::support::{Engine, Project, Terminal, on_every_engine, process, program};

/// What a container is made with, as the engine has it.
const SERVICES: &str = r#"services:
  db:
    image: IMAGE
    entrypoint: [/worker]
    command: [sleep, --requirepass, SVSECRET01x, "--api-key=SVSECRET02x", "--dsn", "amqp://app:SVSECRET03x@mq:5672"]
    environment:
      POSTGRES_PASSWORD: SVSECRET04x
      API_TOKEN: SVSECRET05x
      X: SVSECRET06x
      DATABASE_URL: "postgres://app:SVSECRET07x@db:5432/app"
      ADO: "Server=db;User Id=sa;Password=SVSECRET08x;Encrypt=no"
      JDBC: "jdbc:postgresql://db/app?user=app&password=SVSECRET09x&ssl=true"
      SENTRY_DSN: "https://SVSECRET10x@sentry.example/2"
      SLACK: "https://hooks.slack.com/services/T01/B02/SVSECRET11x"
      DISCORD: "https://discord.com/api/webhooks/12/SVSECRET12x"
      ERLANG_COOKIE: SVSECRET13x
      CALLBACK: "https://app.example/cb?access_token=SVSECRET14x&x=1"
      AWS_SECRET_ACCESS_KEY: SVSECRET15x
      SIGNED: "eyJhbGciOiJIUzI1NiJ9.SVSECRET16x.abcdef"
      JSON: '{"user":"app","clientSecret":"SVSECRET17x"}'
      REDIS_AUTH: SVSECRET18x
      GITHUB_PAT: SVSECRET19x
      PASSPHRASE: "SVSECRET20x with blanks"
    labels:
      app.api-key: SVSECRET21x
      app.url: "redis://:SVSECRET22x@cache:6379/0"
      traefik.auth: "admin:SVSECRET23x"
    healthcheck:
      test: [CMD, mysqladmin, ping, -pSVSECRET24x]
      interval: 1s
      timeout: 1s
      retries: 1
  web:
    image: IMAGE
    command: ["crash", "--after", "2", "--user", "app:SVSECRET25x", "-H", "Authorization: Bearer SVSECRET26x"]
    restart: always
    environment: {SECRET_KEY_BASE: SVSECRET27x}
    depends_on: [db]
  later:
    image: IMAGE
    command: ["crash", "--after", "2", "--token", "SVSECRET57x"]
"#;

/// What only the files hold.
const BESIDE: &str = r#"  built:
    image: IMAGE
    build: {context: ., args: {NPM_TOKEN: SVSECRET28x, URL: "https://u:SVSECRET29x@npm.example"}}
    profiles: [never]
    env_file: [built.env]
    command: ["mongosh", "-u", "root", "-p", "SVSECRET30x"]
    labels: ["db.password=SVSECRET31x"]
    x-note: {token: SVSECRET32x}
    secrets: [held]
    configs: [conf]
volumes:
  share: {driver: local, driver_opts: {type: cifs, o: "username=app,password=SVSECRET33x", device: //nas/share}}
configs:
  conf: {content: "[db]\npassword = SVSECRET34x\nurl = mysql://app:SVSECRET35x@db/app\n"}
secrets:
  held: {environment: HELD}
x-shared: {client_secret: SVSECRET36x, dsn: "https://u:SVSECRET37x@h/"}
"#;

/// What the programs of the simulated engine say.
const SAID: &str = r#"services:
  db:
    probe: [{exit: 1, output: "mysqladmin: connect to server failed (password=SVSECRET40x) for mysql://root:SVSECRET41x@db\n"}]
    sick: {exit: 1, output: "PGPASSWORD=SVSECRET42x"}
    logs:
      - at: 100ms
        text:
          - "connecting to postgres://app:SVSECRET43x@db:5432/app"
          - '{{"level":"error","msg":"login","password":"SVSECRET44x"}'
          - "Authorization: Basic c3Y6SVSECRET45x"
          - "ALTER USER app WITH PASSWORD 'SVSECRET46x'"
          - "Set-Cookie: sid=SVSECRET47x; Path=/"
          - "-----BEGIN RSA PRIVATE KEY-----"
          - "MIIEowIBAAKCAQEASVSECRET48x0123456789abcdefghijklmnopqrstuvwxyzA"
          - "SVSECRET49x="
          - "-----END RSA PRIVATE KEY-----"
          - "using SVSECRET06x as it is"
          - "password authentication failed for user app"
  web:
    exits: {after: 3s, code: 1}
    logs:
      - {at: 50ms, output: stderr, text: ["X-Api-Key: SVSECRET50x", "POST /?sig=1&client_secret=SVSECRET51x&n=2", "FATAL: api_key=SVSECRET52x was refused"]}
  later:
    exits: {after: 2s, code: 1}
    logs: [{on: exit, text: "FATAL: token=SVSECRET58x was refused"}]
  also:
    refuses: {code: 127, error: "exec: --password SVSECRET53x: executable file not found in $PATH", times: 100}
"#;

/// A third service that only the simulated engine can refuse to start.
const ALSO: &str = "  also:\n    image: IMAGE\n    environment: {X2: 'https://SVSECRET54x@h.example'}\n";

const MARK: &str = "SVSECRET";

/// Commands that print what was asked for as it is, or nothing from outside.
const AS_ASKED: [&str; 6] = ["demo", "settings", "completions", "man", "config", "help"];

/// Every text that left, with its name.
struct Seen(Vec<(String, String)>);

impl Seen {
    fn add(&mut self, what: impl Into<String>, text: impl Into<String>) {
        self.0.push((what.into(), text.into()));
    }

    /// Fails with each mark, and each output that it is in. Folded words are put together again.
    fn assert_none(&self) {
        let mark = Regex::new(r"SVSEC[A-Z]*\d*x?").unwrap();
        let mut leaks: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for (what, text) in &self.0 {
            let joined: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '│' | '┃')).collect();
            for found in mark.find_iter(text).chain(mark.find_iter(&joined)) {
                leaks.entry(found.as_str().to_owned()).or_default().insert(what);
            }
        }
        let told: Vec<String> = leaks.iter().map(|(mark, of)| format!("{mark} in {of:?}")).collect();
        assert!(told.is_empty(), "{} of {} outputs:\n{}", told.len(), self.0.len(), told.join("\n"));
    }
}

/// The project's folder: the files as a person writes them, with a variable's name where the engine has its value.
fn write_files(dir: &Path, compose: &str) {
    fs::write(dir.join("compose.yaml"), compose.replace("X: SVSECRET06x", "X: ${DB_PASSWORD}")).unwrap();
    fs::write(dir.join(".env"), "DB_PASSWORD=SVSECRET06x\nHELD=SVSECRET38x\n").unwrap();
    fs::write(dir.join("built.env"), "MAIL_PASSWORD=SVSECRET39x\n").unwrap();
    let hook = "[attention]\nnotify = \"osc9\"\ncommand = [\"sh\", \"-c\", \"env | grep STACKVIEW_ >> hook.txt\"]\n";
    fs::write(dir.join("settings.toml"), hook).unwrap();
}

/// Every command in every format, from the program's own help.
fn commands(dir: &Path, run: &dyn Fn(&[&str]) -> Command) -> Vec<Vec<String>> {
    let help = process::succeed(&mut run(&["help"]));
    let names = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let names = names.lines().filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    let names: Vec<&str> = names.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() > 8 && AS_ASKED.iter().all(|name| names.contains(name)), "{names:?}");
    let mut all = Vec::new();
    for name in names.into_iter().filter(|name| !AS_ASKED.contains(name)) {
        let help = process::succeed(&mut run(&[name, "-h"])).replace('\n', " ");
        let formats = help.split("--format").nth(1).and_then(|rest| rest.split("[possible values: ").nth(1));
        let formats = formats.and_then(|rest| rest.split(']').next()).unwrap_or_default();
        let mut base = vec![name.to_owned()];
        if name == "wait" {
            base.extend(["--timeout".to_owned(), "3s".to_owned()]);
        }
        all.push(base.clone());
        for format in formats.split(", ").filter(|format| !format.is_empty()) {
            let mut words = base.clone();
            words.extend(["--format".to_owned(), format.split_whitespace().collect()]);
            all.push(words);
        }
    }
    for more in [
        &["report", "-o", "report.md"][..],
        &["config", "--sources"],
        &["config", "--sources", "--format", "json"],
        &["config", "--sources", "-o", "sources.txt"],
        &["config", "--services"],
        &["config", "--hash", "*"],
        &["status", "none-such"],
        &["--host", "tcp://u:SVSECRET55x@127.0.0.1:1", "status"],
    ] {
        all.push(more.iter().map(|word| (*word).to_owned()).collect());
    }
    assert!(all.len() > 20 && dir.is_dir(), "{all:?}");
    all
}

fn look_everywhere(dir: &Path, run: &dyn Fn(&[&str]) -> Command, open: &dyn Fn((u16, u16)) -> Terminal) {
    let mut seen = Seen(Vec::new());
    for words in commands(dir, run) {
        let arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = process::finish(&mut run(&arguments));
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!said.is_empty() || words.contains(&"-o".to_owned()), "{words:?} says nothing");
        seen.add(words.join(" "), said);
    }
    for size in [(140, 44), (80, 24)] {
        dashboard(&mut seen, open(size), size, dir);
    }
    files(&mut seen, dir);
    seen.assert_none();
    assert!(dir.join("hook.txt").exists(), "the hook was never run");
}

/// Every screen, every tab of every service, and what stands above them; a picture of each; what is copied.
fn dashboard(seen: &mut Seen, mut terminal: Terminal, size: (u16, u16), dir: &Path) {
    terminal.wait_for("the services", |screen| screen.contains("db") && screen.contains("web"));
    let mut look = |terminal: &mut Terminal, keys: &str| {
        terminal.press(keys);
        // What was pressed before the help is taken when the help comes.
        terminal.press("?");
        terminal.wait_for("the help", |screen| screen.contains("Help"));
        terminal.press("\x1b");
        let screen = terminal.wait_for("no help", |screen| !screen.contains("Help"));
        seen.add(format!("{keys:?} at {size:?}"), screen);
    };
    for screen in Tab::ALL.iter().map(|tab| tab.digit().to_string()) {
        for keys in [screen.as_str(), "yY", "Gw\x13"] {
            look(&mut terminal, keys);
        }
    }
    look(&mut terminal, "1g");
    for _service in 0..4 {
        look(&mut terminal, "\t");
        for _tab in TABS {
            look(&mut terminal, "\x1b[C");
        }
        look(&mut terminal, "G");
        look(&mut terminal, "\x1b[Zj");
    }
    for above in [":", "X", "C", "!"] {
        terminal.press(above);
        let end = Instant::now() + Duration::from_secs(1);
        let screen = terminal.wait_for("what stands above", |_| Instant::now() > end);
        seen.add(format!("{above:?} at {size:?}"), screen);
        terminal.press("\x1b");
        // Esc and the next key, sent at once, would be one key with Alt.
        terminal.pause();
    }
    // What dies while it is looked at is what a hook is for.
    let hook = dir.join("hook.txt");
    terminal.press("1gjj");
    terminal.wait_for_line(&["▌", "later", "exited 1"]);
    terminal.press("s");
    terminal.wait_for("the hook", |_| hook.exists());
    terminal.press("q");
    terminal.wait_for_end();
    let raw = String::from_utf8_lossy(&terminal.raw()).into_owned();
    let copied: Vec<String> =
        raw.split("\x1b]52;c;").skip(1).map(|rest| decoded(rest.split(['\x07', '\x1b']).next().unwrap())).collect();
    assert!(!copied.is_empty(), "nothing was copied");
    seen.add(format!("the clipboard at {size:?}"), copied.join("\n"));
    seen.add(
        format!("notifications at {size:?}"),
        raw.split("\x1b]9;").skip(1).map(|rest| rest.split('\x07').next().unwrap()).collect::<Vec<_>>().join("\n"),
    );
}

/// Every file that was written: pictures, the report, the sources, the hook's words, our log, remembered starts.
fn files(seen: &mut Seen, dir: &Path) {
    let ours = ["compose.yaml", ".env", "built.env", "settings.toml"];
    let (mut open, mut found) = (vec![dir.to_owned()], BTreeSet::new());
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if path.is_dir() {
                open.push(path);
            } else if path.is_file() && !ours.contains(&name.as_str()) {
                found.insert(path.extension().map_or_else(|| name.clone(), |end| end.to_string_lossy().into_owned()));
                seen.add(path.display().to_string(), String::from_utf8_lossy(&fs::read(&path).unwrap()));
            }
        }
    }
    for kind in ["svg", "md", "txt"] {
        assert!(found.contains(kind), "no {kind} was written: {found:?}");
    }
}

fn decoded(base64: &str) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0_u32);
    for value in base64.bytes().filter_map(|b| SIGNS.iter().position(|sign| *sign == b)) {
        held = held << 6 | u32::try_from(value).unwrap();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).unwrap());
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn the_fifty_secrets_stay_on_a_simulated_engine() {
    let image = "svuser:SVSECRET56x@registry.example/app:1";
    let (services, also) = (SERVICES.replace("IMAGE", image), ALSO.replace("IMAGE", image));
    let all = format!("{services}{also}{BESIDE}{SAID}");
    let marks: BTreeSet<&str> =
        Regex::new(r"SVSECRET\d\dx").unwrap().find_iter(&all).map(|found| found.as_str()).collect();
    assert!(marks.len() >= 50, "only {} marks", marks.len());
    let (dir, socket) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let indented = format!("{services}{also}").lines().map(|line| format!("  {line}\n")).collect::<String>();
    let scenario = format!("project: svsecrets\nscript: [{{at: 0s, up: all}}]\ncompose: |\n{indented}{SAID}");
    let scenario = Scenario::parse("secrets", &scenario).unwrap();
    let playing = sim::play(&socket.path().join("engine.sock"), scenario, Options::default()).unwrap();
    let beside = BESIDE.replace("IMAGE", "x:1");
    write_files(dir.path(), &format!("name: svsecrets\n{services}{also}{beside}"));
    let host = playing.handle().host();
    let run = |arguments: &[&str]| {
        let mut command = program::stackview(&["--settings", "settings.toml"], dir.path(), dir.path());
        command.args(arguments).env("DOCKER_HOST", &host).env("STACKVIEW_LOG", "debug");
        command
    };
    look_everywhere(dir.path(), &run, &|size| Terminal::of(&run(&[]), size));
}

#[test]
fn the_fifty_secrets_stay_on_real_engines() {
    on_every_engine(|engine: &Engine| {
        let image = "stackview-test/worker:1";
        let compose = format!("{SERVICES}{BESIDE}").replace("IMAGE", image);
        let project = Project::new(engine, "secrets", &compose);
        write_files(project.dir(), &format!("name: {}\n{compose}", project.name));
        project.compose(&["up", "--detach"]);
        let run = |arguments: &[&str]| {
            let mut command = project.stackview(&["--settings", "settings.toml"]);
            command.args(arguments).env("STACKVIEW_LOG", "debug");
            command
        };
        look_everywhere(project.dir(), &run, &|size| Terminal::of(&run(&[]), size));
    });
}

#[test]
fn a_leak_would_be_told() {
    let mut seen = Seen(vec![("well".into(), "password=********".into())]);
    seen.assert_none();
    seen.add("badly", format!("a {MARK}\n  07x"));
    assert!(std::panic::catch_unwind(|| seen.assert_none()).is_err());
    assert_eq!(decoded("YWJjZA=="), "abcd");
}
