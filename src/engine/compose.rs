//! `docker compose` as a child process: what only it can do, with the options that the project was read with.
//!
//! It runs on the engine in use, whichever context the shell is in, and in a process group of its own, so that a
//! cancelled run is ended with all it started. What it prints is progress, and where it fails, the reason.

use std::{
    collections::{BTreeMap, VecDeque},
    process::Stdio,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
    sync::{Notify, mpsc},
    time::{Instant, sleep_until, timeout},
};

use super::{Engine, address::Way, ssh};
use crate::{
    base::{id::ServiceName, text::clean},
    compose,
    work::{Ended, Error, Outcome, Progress, Unit, Up},
};

/// How long a cancelled run may take to end by itself.
const GRACE: Duration = Duration::from_secs(10);
/// How long its last words may take to arrive after its end.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// How many things are counted.
const THINGS: usize = 4096;
/// How much of a line is kept, in bytes.
const LINE_CAP: usize = 2048;
/// How many lines are kept for the reason of a failure.
const KEPT: usize = 200;
/// How many of them are told.
const TOLD: usize = 12;

/// What to do where docker is there and its plugin isn't.
const NO_COMPOSE: &str = "docker compose isn't installed. Install docker's compose plugin (Debian, Ubuntu: apt install docker-compose-plugin)";

/// The arguments that follow `docker`.
pub fn up_arguments(options: &compose::Options, up: &Up) -> Vec<String> {
    // Not `--progress`, which came later than `--ansi`.
    let mut arguments: Vec<String> = ["compose", "--ansi", "never"].map(str::to_owned).into();
    arguments.extend(options.flags().into_iter().flat_map(|(flag, value)| [flag.to_owned(), value]));
    arguments.extend(["up".to_owned(), "--detach".to_owned()]);
    if up.recreate.is_none() {
        // There was no agreement to recreate a container.
        arguments.push("--no-recreate".to_owned());
    }
    arguments.push("--".to_owned());
    arguments.extend(up.services.iter().map(ServiceName::to_string));
    arguments
}

/// Runs `docker compose up`. Each line that it prints is sent to `progress`, clean, with how far it is by it.
///
/// # Errors
/// Why it failed, in its own words; or that it could not be run, and what to do.
pub async fn compose_up(
    engine: &Engine,
    options: &compose::Options,
    up: &Up,
    progress: &mpsc::Sender<Progress>,
    cancel: &Notify,
) -> Ended {
    let mut command = Command::new("docker");
    command.args(up_arguments(options, up)).current_dir(&options.cwd).env_clear().envs(&options.env);
    for (name, value) in docker_env(engine) {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    run(command, options.stdin.clone(), progress, cancel).await
}

/// The version of the docker compose that is installed.
///
/// # Errors
/// Why it can't be found out.
pub async fn compose_version() -> Result<String, String> {
    let mut command = Command::new("docker");
    command.args(["compose", "version", "--short"]).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let printed = timeout(GRACE, command.output()).await.map_err(|_| "docker compose version takes too long")?;
    let printed = printed.map_err(|error| format!("docker can't be run: {error}"))?;
    let version = clean(&String::from_utf8_lossy(&printed.stdout)).trim().to_owned();
    if printed.status.success() && !version.is_empty() {
        Ok(version)
    } else {
        Err("docker compose isn't installed".into())
    }
}

/// The engine in use as docker's own variables name it; `None` is a variable that would say otherwise.
fn docker_env(engine: &Engine) -> Vec<(&'static str, Option<String>)> {
    let address = engine.transport.address();
    let mut host = address.clone();
    match host.context.take() {
        Some(context) => vec![("DOCKER_CONTEXT", Some(context)), ("DOCKER_HOST", None)],
        None => {
            let mut all = vec![("DOCKER_HOST", Some(host.to_string())), ("DOCKER_CONTEXT", None)];
            if let Way::Tcp(tcp) = &host.way {
                let tls = tcp.tls.as_ref();
                all.push(("DOCKER_TLS_VERIFY", tls.filter(|tls| tls.verify).map(|_| "1".to_owned())));
                all.push(("DOCKER_TLS", tls.filter(|tls| !tls.verify).map(|_| "1".to_owned())));
                if let Some(tls) = tls {
                    all.push(("DOCKER_CERT_PATH", Some(tls.dir.display().to_string())));
                }
            }
            all
        }
    }
}

async fn run(mut command: Command, stdin: Option<String>, progress: &mpsc::Sender<Progress>, cancel: &Notify) -> Ended {
    let input = if stdin.is_some() { Stdio::piped() } else { Stdio::null() };
    // To an engine behind ssh docker goes by an ssh of its own.
    ssh::asks_nothing(&mut command);
    command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::NoCompose(
            "docker compose can't be run: there is no program `docker` on the PATH. \
            Install docker's command line with its compose plugin"
                .to_owned(),
        ),
        _ => Error::Program(format!("docker compose can't be run: {error}")),
    })?;
    let (from, mut lines) = mpsc::channel(64);
    let readers = [child.stdout.take().map(Pipe::Out), child.stderr.take().map(Pipe::Err)];
    let readers: Vec<_> = readers.into_iter().flatten().map(|pipe| tokio::spawn(pipe.read(from.clone()))).collect();
    drop(from);
    if let (Some(text), Some(mut pipe)) = (stdin, child.stdin.take()) {
        // A child that doesn't read it says why.
        tokio::spawn(async move {
            let _closed = pipe.write_all(text.as_bytes()).await;
        });
    }
    let mut group = Group::of(&child);
    let mut said = Said::default();
    // When it is ended by force, once it was cancelled.
    let mut late: Option<Instant> = None;
    let ended = loop {
        tokio::select! {
            Some(line) = lines.recv() => said.keep(line, progress).await,
            () = cancel.notified() => match late {
                None => {
                    late = Some(Instant::now() + GRACE);
                    group.signal(Signal::INT);
                }
                Some(_) => late = Some(Instant::now()),
            },
            ended = child.wait() => break ended,
            () = sleep_until(late.unwrap_or_else(Instant::now)), if late.is_some() => {
                group.signal(Signal::KILL);
                late = Some(Instant::now() + GRACE);
            }
        }
    };
    let cancelled = late.is_some();
    if !cancelled {
        group.is_over();
    }
    let last = async {
        while let Some(line) = lines.recv().await {
            said.keep(line, progress).await;
        }
    };
    // Who was started by it may hold its pipes open for ever.
    let _late = timeout(LAST_WORDS, last).await;
    readers.iter().for_each(tokio::task::JoinHandle::abort);
    match ended {
        _ if cancelled => Err(Error::Cancelled),
        Ok(status) if status.success() => Ok(Outcome::Done),
        Ok(status) => Err(reason(said.lines.make_contiguous(), status.code())),
        Err(error) => Err(Error::Program(format!("docker compose got lost: {error}"))),
    }
}

/// The run and all that it started. Dropped before it is over, it is ended: half of it must not live on.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw))
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.0 {
            let _gone = kill_process_group(group, signal);
        }
    }

    /// It ended by itself. What it left running is meant to run.
    fn is_over(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

/// What it said: the last lines, and how far each thing is by them.
#[derive(Debug, Default)]
struct Said {
    lines: VecDeque<String>,
    /// Whether a container, network or volume is as far as it gets, by kind and name.
    things: BTreeMap<String, bool>,
}

impl Said {
    async fn keep(&mut self, line: String, progress: &mpsc::Sender<Progress>) {
        if line.is_empty() {
            return;
        }
        if let Some((thing, over)) = thing(&line)
            && (self.things.len() < THINGS || self.things.contains_key(&thing))
        {
            self.things.insert(thing, over);
        }
        let done = self.things.values().filter(|over| **over).count() as u64;
        let total = Some(self.things.len() as u64).filter(|total| *total > 0);
        let _nobody = progress.send(Progress { done, total, unit: Unit::Things, words: line.clone() }).await;
        self.lines.push_back(line);
        if self.lines.len() > KEPT {
            self.lines.pop_front();
        }
    }
}

/// The container, network or volume that a line of progress tells of, and whether it is as far as it gets.
fn thing(line: &str) -> Option<(String, bool)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [kind, name, state, ..] = words[..] else { return None };
    let over = match kind {
        "Container" => matches!(state, "Started" | "Running" | "Healthy" | "Exited"),
        "Network" | "Volume" => state == "Created",
        _ => return None,
    };
    Some((format!("{kind} {name}"), over))
}

enum Pipe {
    Out(tokio::process::ChildStdout),
    Err(tokio::process::ChildStderr),
}

impl Pipe {
    async fn read(self, said: mpsc::Sender<String>) {
        match self {
            Self::Out(pipe) => read_lines(pipe, said).await,
            Self::Err(pipe) => read_lines(pipe, said).await,
        }
    }
}

/// Lines, clean and without blanks around them; what is beyond the cap of a line is left out.
async fn read_lines(mut pipe: impl AsyncRead + Unpin, said: mpsc::Sender<String>) {
    let mut line = Vec::new();
    let mut buffer = vec![0; 8 << 10];
    loop {
        let count = pipe.read(&mut buffer).await.unwrap_or(0);
        for &byte in buffer.iter().take(count) {
            if byte == b'\n' || byte == b'\r' {
                if said.send(text(&mut line)).await.is_err() {
                    return;
                }
            } else if line.len() < LINE_CAP {
                line.push(byte);
            }
        }
        if count == 0 {
            let _nobody = said.send(text(&mut line)).await;
            return;
        }
    }
}

fn text(line: &mut Vec<u8>) -> String {
    let text = clean(String::from_utf8_lossy(line).trim()).into_owned();
    line.clear();
    text
}

/// The lines that say why; progress and warnings don't.
fn reason(lines: &[String], code: Option<i32>) -> Error {
    let says: Vec<&str> = lines.iter().map(String::as_str).filter(|line| !is_progress(line)).collect();
    let told = says.get(says.len().saturating_sub(TOLD)..).unwrap_or_default().join("\n");
    if is_without_compose(lines) {
        return Error::NoCompose(NO_COMPOSE.to_owned());
    }
    let code = code.map_or_else(|| "by a signal".to_owned(), |code| format!("with code {code}"));
    Error::Program(if told.is_empty() { format!("docker compose ended {code} and said nothing") } else { told })
}

/// Whether these are the words of docker itself: without its plugin it takes `compose` for an unknown command, or the
/// options after it for its own.
fn is_without_compose(lines: &[String]) -> bool {
    let says = |words: &str| lines.iter().any(|line| line.contains(words));
    says("is not a docker command")
        || says("unknown docker command")
        || says("unknown command: docker compose")
        || says("docker --help") && (says("unknown flag: ") || says("unknown shorthand flag: "))
}

/// ` Container shop-db-1  Recreated`, and what logrus writes of warnings.
fn is_progress(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let kind = words.next().unwrap_or_default();
    let kinds = ["Container", "Network", "Volume", "Image", "Service"];
    // A container that ended in an error is a reason.
    let named = kinds.contains(&kind) && words.nth(1).is_some_and(|state| !state.starts_with("Error"));
    named || line.starts_with("time=\"") && line.contains("level=warning")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::FutureExt;

    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    async fn ran(script: &str, stdin: Option<&str>) -> (Ended, Vec<String>) {
        let (progress, mut lines) = mpsc::channel(64);
        let result = run(sh(script), stdin.map(str::to_owned), &progress, &Notify::new()).await;
        drop(progress);
        let mut told = Vec::new();
        while let Some(line) = lines.recv().await {
            told.push(line.words);
        }
        (result, told)
    }

    #[tokio::test]
    async fn lines_are_progress_and_a_failure_has_its_reason() {
        let script =
            "echo ' Container a-1  Creating' >&2; printf 'Error response from \\033[31mdaemon: no\\r\\n' >&2; exit 18";
        let (result, told) = ran(script, None).await;
        assert_eq!(told, ["Container a-1  Creating", "Error response from daemon: no"]);
        assert_eq!(result.unwrap_err(), Error::Program("Error response from daemon: no".into()));
        assert_eq!(ran("cat", Some("name: x")).await, (Ok(Outcome::Done), vec!["name: x".to_owned()]));
        let (_, told) = ran("echo $SSH_ASKPASS $SSH_ASKPASS_REQUIRE", None).await;
        assert_eq!(told, ["false force"], "no ssh of docker's may ask on the terminal");
        assert_eq!(
            ran("exit 3", None).await.0.unwrap_err().to_string(),
            "docker compose ended with code 3 and said nothing"
        );
    }

    #[tokio::test]
    async fn progress_is_counted_in_things() {
        let (progress, mut told) = mpsc::channel(64);
        let mut said = Said::default();
        let mut far = Vec::new();
        for line in [
            "warming up",
            "Network p_default  Creating",
            "Network p_default  Created",
            "Container p-db-1  Creating",
            "Container p-db-1  Created",
            "Container p-db-1  Starting",
            "Container p-db-1  Started",
            "Container p-db-1  Waiting",
            "Container p-db-1  Healthy",
        ] {
            said.keep(line.into(), &progress).await;
            let told = told.recv().await.unwrap();
            far.push((told.done, told.total));
        }
        let one = |done, total| (done, Some(total));
        let created = [one(0, 1), one(1, 1), one(1, 2), one(1, 2), one(1, 2), one(2, 2), one(1, 2), one(2, 2)];
        assert_eq!(far, [&[(0, None)][..], &created].concat());
    }

    #[tokio::test]
    async fn what_is_cancelled_ends_with_all_it_started() {
        let (progress, mut lines) = mpsc::channel(64);
        let cancel = Arc::new(Notify::new());
        let task = tokio::spawn({
            let cancel = cancel.clone();
            async move { run(sh("sh -c 'echo $$; exec sleep 600'; true"), None, &progress, &cancel).await }
        });
        let started = lines.recv().await.unwrap().words;
        cancel.notify_one();
        let ended = timeout(Duration::from_secs(30), task).await.expect("it ends").unwrap();
        assert_eq!(ended, Err(Error::Cancelled));
        // The grandchild was in the group: it is gone, or waits for somebody to notice.
        let state = std::fs::read_to_string(format!("/proc/{started}/stat")).unwrap_or_else(|_| ") Z".into());
        assert!(state.contains(") Z"), "{state}");
    }

    /// Waits until a process is gone, or is only there for somebody to notice its end.
    async fn is_gone(pid: &str) {
        let end = Instant::now() + Duration::from_secs(30);
        while std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z")) {
            assert!(Instant::now() < end, "{pid} lives on");
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn who_ignores_the_first_asking_is_ended_by_the_second() {
        let (progress, mut lines) = mpsc::channel(64);
        let cancel = Arc::new(Notify::new());
        let task = tokio::spawn({
            let cancel = cancel.clone();
            let script = "trap '' INT; sh -c 'echo $$; sleep 600; sleep 600'; sleep 600";
            async move { run(sh(script), None, &progress, &cancel).await }
        });
        let started = lines.recv().await.unwrap().words;
        cancel.notify_one();
        while cancel.notified().now_or_never().is_some() {
            cancel.notify_one();
            tokio::task::yield_now().await;
        }
        cancel.notify_one();
        let ended = timeout(GRACE / 2, task).await.expect("it ends before its time is up").unwrap();
        assert_eq!(ended, Err(Error::Cancelled));
        is_gone(&started).await;
    }

    #[tokio::test]
    async fn a_run_that_is_dropped_leaves_no_half_of_it() {
        let (progress, mut lines) = mpsc::channel(64);
        let task = tokio::spawn(async move {
            let never = Notify::new();
            run(sh("sh -c 'echo $$; exec sleep 600'; true"), None, &progress, &never).await
        });
        let started = lines.recv().await.unwrap().words;
        task.abort();
        is_gone(&started).await;
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_said() {
        let (progress, _lines) = mpsc::channel(1);
        let command = Command::new("/nowhere/docker");
        let error = run(command, None, &progress, &Notify::new()).await.unwrap_err();
        assert!(matches!(&error, Error::NoCompose(words) if words.contains("no program `docker`")), "{error}");
    }

    #[test]
    fn a_docker_without_compose_is_told_from_a_compose_that_fails() {
        let reason = |said: &str| reason(&said.lines().map(str::to_owned).collect::<Vec<_>>(), Some(1));
        let help = "\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\nRun 'docker --help' for more information";
        for said in [
            "docker: 'compose' is not a docker command.\nSee 'docker --help'",
            "docker: unknown command: docker compose\n\nRun 'docker --help' for more information",
            &format!("unknown flag: --ansi\n{help}"),
            "unknown flag: --ansi\nSee 'docker --help'.",
            &format!("unknown shorthand flag: 'f' in -f\n{help}"),
        ] {
            assert_eq!(reason(said), Error::NoCompose(NO_COMPOSE.into()), "{said}");
        }
        let theirs =
            "unknown flag: --no-recreate\n\nUsage:  docker compose up [OPTIONS]\n\nRun 'docker compose --help'";
        let reason = reason(theirs);
        assert!(matches!(&reason, Error::Program(words) if words.contains("unknown flag: --no-recreate")), "{reason}");
    }

    #[test]
    fn the_project_is_named_as_it_was_read() {
        let options = compose::Options {
            files: vec!["a.yaml".into(), "-".into()],
            env_files: vec!["b.env".into()],
            profiles: vec!["dev".into()],
            project_name: Some("shop".into()),
            ..compose::Options::default()
        };
        let up = Up { services: vec!["db".into()], recreate: None };
        assert_eq!(
            up_arguments(&options, &up).join(" "),
            "compose --ansi never -f a.yaml -f - --env-file b.env --profile dev -p shop \
             up --detach --no-recreate -- db"
        );
    }
}
