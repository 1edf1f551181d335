//! An sshd of the test's own on loopback, with keys of its own, and an `ssh` that knows them: it stands before the
//! machine's on the path, as a user's own configuration would.

use std::{
    env, fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::{PATIENCE, process};

const PROGRAM: &str = "/usr/sbin/sshd";
/// How many ports may be taken by others in between.
const PORTS: u32 = 20;

/// A running sshd; it ends with this.
pub struct Sshd {
    dir: TempDir,
    /// The port that it listens at.
    pub port: u16,
    child: Child,
}

/// What ssh has at hand to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// The key, and the host's key.
    Known,
    /// Nothing that the host would take, so that it would ask for a password.
    NoKey,
    /// The key, but not the host's key.
    StrangeHost,
}

impl Sshd {
    /// Starts it; the error says what is missing.
    pub fn start() -> Result<Self, String> {
        if !Path::new(PROGRAM).exists() {
            return Err(format!("there is no {PROGRAM} (Debian: apt install openssh-server)"));
        }
        if Command::new("ssh").arg("-V").output().is_err() {
            return Err("there is no ssh on the PATH (Debian: apt install openssh-client)".into());
        }
        // What it shuts itself into as root; its package makes it when the service starts.
        if rustix::process::geteuid().is_root() {
            fs::create_dir_all("/run/sshd").map_err(|error| format!("/run/sshd: {error}"))?;
        }
        let dir = tempfile::Builder::new().prefix("svtest-sshd-").tempdir().unwrap();
        for key in ["host", "user"] {
            let mut keygen = Command::new("ssh-keygen");
            process::succeed(keygen.args(["-q", "-t", "ed25519", "-N", "", "-f", key]).current_dir(dir.path()));
        }
        // A port that is free now may be somebody's when sshd takes it: then it ends, and another one is tried.
        (0..PORTS)
            .find_map(|_| Self::listening(&dir).transpose())
            .expect("a port that stays free")
            .map(|(port, child)| Self { dir, port, child })
    }

    /// sshd on a port of its own; `None` where it ended because another program has the port.
    fn listening(dir: &TempDir) -> Result<Option<(u16, Child)>, String> {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).unwrap().port();
        let at = dir.path().display();
        let path = env::var("PATH").unwrap_or_default();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {at}/host\nAuthorizedKeysFile {at}/user.pub\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication yes\nPidFile none\nMaxStartups 100\nSetEnv PATH={path}\n"
        );
        fs::write(dir.path().join("sshd_config"), config).unwrap();
        let log = fs::File::create(dir.path().join("log")).unwrap();
        let mut child = Command::new(PROGRAM)
            .args(["-D", "-e", "-f"])
            .arg(dir.path().join("sshd_config"))
            .stdin(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("{PROGRAM}: {error}"))?;
        let end = Instant::now() + PATIENCE;
        loop {
            let ended = child.try_wait().unwrap().is_some();
            let log = fs::read_to_string(dir.path().join("log")).unwrap_or_default();
            if ended && log.contains("Address already in use") {
                return Ok(None);
            }
            assert!(!ended && Instant::now() < end, "sshd doesn't listen: {log}");
            if log.contains("Server listening on") {
                return Ok(Some((port, child)));
            }
            // It is sshd that is waited for, not the program under test.
            thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// Who may log in: the user that runs the tests.
    pub fn user() -> String {
        process::succeed(Command::new("id").arg("-un")).trim().to_owned()
    }

    /// A `PATH` whose `ssh` reaches the host by a port of this machine.
    pub fn path_by(&self, port: u16, login: Login) -> String {
        let dir = self.dir.path();
        let real = process::succeed(Command::new("sh").args(["-c", "command -v ssh"]));
        let place: PathBuf = dir.join(format!("{port}-{login:?}"));
        fs::create_dir_all(&place).unwrap();
        let host = fs::read_to_string(dir.join("host.pub")).unwrap();
        let known = if login == Login::StrangeHost { String::new() } else { format!("[127.0.0.1]:{port} {host}") };
        fs::write(place.join("known_hosts"), known).unwrap();
        let key = if login == Login::NoKey { "none".into() } else { dir.join("user").display().to_string() };
        // A port that is forwarded and a command are what people have there for logging in by hand.
        let config = format!(
            "Host *\n  LocalForward 127.0.0.1:1 127.0.0.1:1\n  ExitOnForwardFailure yes\n  RemoteCommand false\n  IdentityFile {key}\n  IdentitiesOnly yes\n  IdentityAgent none\n  UserKnownHostsFile {}\n",
            place.join("known_hosts").display()
        );
        fs::write(place.join("config"), config).unwrap();
        let script = format!("#!/bin/sh\nexec {} -F {} \"$@\"\n", real.trim(), place.join("config").display());
        let program = place.join("ssh");
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        format!("{}:{}", place.display(), env::var("PATH").unwrap_or_default())
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        // It only listens; those who are logged in have processes of their own, which end with their connections.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}
