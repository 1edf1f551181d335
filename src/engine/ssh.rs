//! An engine behind ssh: `ssh -- HOST docker system dial-stdio`, as the docker CLI does it, by the user's own
//! `ssh`, so that keys, agents, jump hosts and host-key checks are ssh's own business.
//!
//! ssh never asks anything: a prompt would tear the screen. Keys are for `ssh-add`, an unknown host for one
//! `ssh HOST` in a shell, and the message says so.

use std::{
    io,
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::AsyncReadExt,
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    sync::watch,
    time::timeout,
};

use super::{
    EngineAddress,
    address::Ssh,
    error::{ConnectError, unreachable},
};
use crate::base::shell::{ShellLine, quoted};

/// How long ssh may take to reach the host, in seconds: less than a question's deadline, so that it can say why.
const CONNECT: u8 = 8;
/// What is kept of ssh's words, in bytes.
const KEPT: usize = 8 << 10;
/// How long ssh is given to end once nobody needs it.
const PARTING: Duration = Duration::from_secs(2);
/// How long its last words may take after the connection broke.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A running ssh. It is killed when this is dropped.
pub(super) struct Session {
    child: Child,
    ended: watch::Sender<bool>,
}

/// What a running ssh said.
#[derive(Debug, Clone)]
pub(super) struct Words {
    text: Arc<Mutex<Vec<u8>>>,
    ended: watch::Receiver<bool>,
}

/// Starts ssh. That it can't reach the host shows when it is written to.
pub(super) fn open(
    to: &Ssh,
    address: &EngineAddress,
) -> Result<((ChildStdout, ChildStdin), Session, Words), ConnectError> {
    let mut child = command(to).spawn().map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => unreachable(
            address,
            "there is no program 'ssh' on the PATH",
            "Install OpenSSH's client (Debian: apt install openssh-client)",
            true,
        ),
        _ => unreachable(address, &format!("ssh can't be started ({e})"), "Try `ssh -V`", false),
    })?;
    let pipes = (child.stdout.take(), child.stdin.take(), child.stderr.take());
    let (Some(out), Some(into), Some(err)) = pipes else {
        return Err(unreachable(address, "ssh was started without its pipes", "Try again", false));
    };
    let (ended, watched) = watch::channel(false);
    let words = Words { text: Arc::default(), ended: watched };
    tokio::spawn(listen(err, Arc::clone(&words.text)));
    Ok(((out, into), Session { child, ended }, words))
}

fn command(to: &Ssh) -> Command {
    let mut command = Command::new("ssh");
    // What the user's configuration has for a log-in by hand would fail from the second connection on (a port is
    // forwarded once), or stand in the command's way.
    let options =
        ["BatchMode=yes", "ClearAllForwardings=yes", "RemoteCommand=none", &format!("ConnectTimeout={CONNECT}")];
    options.iter().for_each(|option| {
        command.args(["-o", option]);
    });
    command.arg("-T");
    if let Some(user) = &to.user {
        command.args(["-l", user]);
    }
    if let Some(port) = to.port {
        command.args(["-p", &port.to_string()]);
    }
    command.args(["--", &to.host, "docker"]);
    if let Some(socket) = &to.socket {
        // What follows the host is given to a shell over there.
        command.args(["--host", &quoted(&format!("unix://{socket}"))]);
    }
    command.args(["system", "dial-stdio"]);
    // A jump host's ssh doesn't inherit BatchMode, but the environment. Keys of the terminal, as Ctrl-C, don't reach
    // a process group of its own.
    asks_nothing(&mut command).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Every ssh that it starts, at whatever remove, asks a program that answers nothing (OpenSSH 8.4) instead of the
/// terminal.
pub(super) fn asks_nothing(command: &mut Command) -> &mut Command {
    command.env("SSH_ASKPASS_REQUIRE", "force").env("SSH_ASKPASS", "false")
}

/// Keeps the end of what it says.
async fn listen(mut from: ChildStderr, text: Arc<Mutex<Vec<u8>>>) {
    let mut buffer = [0; 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        if let (Ok(mut text), Some(new)) = (text.lock(), buffer.get(..count)) {
            text.extend_from_slice(new);
            let over = text.len().saturating_sub(KEPT);
            text.drain(..over);
        }
    }
}

impl Session {
    /// The connection is over: waits for ssh to end, and ends it where it doesn't.
    pub async fn end(mut self) {
        if timeout(PARTING, self.child.wait()).await.is_err() {
            let _gone = self.child.kill().await;
        }
        self.ended.send_replace(true);
    }
}

impl Words {
    /// What it said when it ended; `None` if it said nothing.
    pub async fn last(&mut self) -> Option<String> {
        // Where it takes longer, what was said so far is all.
        let _late = timeout(LAST_WORDS, self.ended.wait_for(|ended| *ended)).await;
        let text = self.text.lock().ok()?;
        let text = String::from_utf8_lossy(&text).trim().to_owned();
        (!text.is_empty()).then_some(text)
    }
}

/// What ssh, or docker over there, meant. What they say is OpenSSH's (9.2) and docker's own English.
pub(super) fn trouble(said: &str, to: &Ssh, address: &EngineAddress) -> ConnectError {
    let last = said.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let has = |words: &str| said.contains(words);
    let login = match &to.user {
        Some(user) => format!("{user}@{}", to.host),
        None => to.host.clone(),
    };
    let port = to.port.into_iter().flat_map(|port| ["-p".to_owned(), port.to_string()]);
    let ssh = ShellLine::new("ssh").words(port).name(login);
    let (why, todo, hopeless) = if has("REMOTE HOST IDENTIFICATION HAS CHANGED") {
        (
            "its host key isn't the one that ssh knows; someone may be in between".to_owned(),
            format!("Ask why it changed, then `{}`", ShellLine::new("ssh-keygen -R").word(&to.host)),
            true,
        )
    } else if has("Host key verification failed") {
        ("ssh doesn't know its host key".to_owned(), format!("Run `{ssh}` once in a shell and check the key"), true)
    } else if has("Permission denied (") {
        let how = last.rsplit_once("Permission denied ").map_or("", |(_, how)| how.trim_end_matches('.'));
        (
            format!("ssh may not log in as {} {how}", to.user.as_deref().unwrap_or("this user")),
            format!("Passwords aren't asked for here: load a key with ssh-add, so that `{ssh} true` asks nothing"),
            true,
        )
    } else if has("Could not resolve hostname") {
        (format!("unknown host '{}'", to.host), "Look at its spelling, or at ~/.ssh/config".into(), false)
    } else if has("Connection refused") {
        (
            "no ssh server listens there (connection refused)".into(),
            "Look at the port, and whether sshd runs".into(),
            false,
        )
    } else if has("timed out") {
        (
            "the host doesn't answer (time-out)".into(),
            "Look whether it is up and the network lets ssh through".into(),
            false,
        )
    } else if has("No route to host") || has("Network is unreachable") {
        ("there is no way to the host".into(), "Look at the network, or at a VPN".into(), false)
    } else if has("command not found") || has("docker: not found") {
        ("there is no docker command over there".into(), format!("Look with `{ssh} docker version`"), true)
    } else if has("permission denied while trying to connect") {
        (
            "over there the engine's socket may not be opened".into(),
            "Join the group docker on that host, then log in again".into(),
            true,
        )
    } else if has("Cannot connect to the Docker daemon") || has("failed to connect to the docker API") {
        ("ssh gets there, but no engine runs there".into(), "Start it on that host".into(), false)
    } else {
        (format!("ssh says: {last}"), format!("Try `{ssh} docker version`"), false)
    };
    unreachable(address, &why, &todo, hopeless)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::address::Way;

    fn me() -> Ssh {
        Ssh { user: Some("me".into()), host: "far".into(), port: Some(2222), socket: None }
    }

    fn words(said: &str) -> String {
        trouble(said, &me(), &Way::Ssh(me()).into()).to_string()
    }

    #[test]
    fn the_command_is_dockers_and_asks_nothing() {
        let line = |to: &Ssh| {
            let command = command(to);
            let words: Vec<_> = command.as_std().get_args().map(|a| a.to_str().unwrap().to_owned()).collect();
            words.join(" ")
        };
        assert_eq!(
            line(&me()),
            "-o BatchMode=yes -o ClearAllForwardings=yes -o RemoteCommand=none -o ConnectTimeout=8 -T -l me -p 2222 -- far docker system dial-stdio"
        );
        let socket = Ssh { host: "far".into(), socket: Some("/run/it's.sock".into()), ..Ssh::default() };
        assert!(line(&socket).ends_with(r"-T -- far docker --host 'unix:///run/it'\''s.sock' system dial-stdio"));
    }

    #[test]
    fn each_trouble_is_one_clear_sentence() {
        for (said, why, todo) in [
            ("Host key verification failed.", "doesn't know its host key", "`ssh -p 2222 me@far` once"),
            (
                "@@@\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
                "isn't the one that ssh knows",
                "ssh-keygen -R far",
            ),
            ("me@far: Permission denied (publickey,password).", "log in as me (publickey,password)", "ssh-add"),
            ("ssh: Could not resolve hostname far: Name or service not known", "unknown host 'far'", "spelling"),
            ("ssh: connect to host far port 22: Connection refused", "connection refused", "sshd"),
            ("ssh: connect to host far port 22: Connection timed out", "time-out", "network"),
            ("bash: line 1: docker: command not found", "no docker command", "docker version"),
            (
                "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
                "no engine runs there",
                "Start it",
            ),
            (
                "permission denied while trying to connect to the Docker daemon socket at unix:///x",
                "may not be opened",
                "group docker",
            ),
            ("motd\nsomething odd\n\n", "ssh says: something odd", "docker version"),
        ] {
            let words = words(said);
            assert!(words.starts_with("The engine at ssh://me@far:2222 can't be reached: "), "{words}");
            assert!(words.contains(why) && words.contains(todo), "{said}: {words}");
        }
    }
}
