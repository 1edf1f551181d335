//! An sshd of the test's own on loopback, with keys of its own, and an `ssh` that knows them: it stands before the
//! machine's on the path, as a user's own configuration would.

use std::{
    env, fs,
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::{PATIENCE, process};

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
        let program = Path::new("/usr/sbin/sshd");
        if !program.exists() {
            return Err("there is no /usr/sbin/sshd (Debian: apt install openssh-server)".into());
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
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let at = dir.path().display();
        let path = env::var("PATH").unwrap_or_default();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {at}/host\nAuthorizedKeysFile {at}/user.pub\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication yes\nPidFile none\nMaxStartups 100\nSetEnv PATH={path}\n"
        );
        fs::write(dir.path().join("sshd_config"), config).unwrap();
        let log = fs::File::create(dir.path().join("log")).unwrap();
        let child = Command::new(program)
            .args(["-D", "-e", "-f"])
            .arg(dir.path().join("sshd_config"))
            .stdin(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let mut sshd = Self { dir, port, child };
        let end = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = sshd.child.try_wait().unwrap();
            let log = || fs::read_to_string(sshd.dir.path().join("log")).unwrap_or_default();
            assert!(ended.is_none() && Instant::now() < end, "sshd doesn't listen: {}", log());
            // It is sshd that is waited for, not the program under test.
            thread::park_timeout(Duration::from_millis(20));
        }
        Ok(sshd)
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
