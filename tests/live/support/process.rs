//! Runs a program to its end, with a deadline.

use std::{
    io::Read,
    process::{Command, Output, Stdio},
    sync::mpsc::sync_channel,
    thread,
};

use super::PATIENCE;

/// Runs it and returns what it printed and how it ended; kills it and fails when it takes too long.
pub fn finish(command: &mut Command) -> Output {
    let shown = format!("{command:?}");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let id = i32::try_from(child.id()).unwrap();
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let (ended, wait) = sync_channel(1);
    thread::spawn(move || {
        let errors = thread::spawn(move || {
            let mut bytes = Vec::new();
            err.read_to_end(&mut bytes).map(|_| bytes)
        });
        let mut stdout = Vec::new();
        out.read_to_end(&mut stdout).unwrap();
        let stderr = errors.join().unwrap().unwrap();
        let status = child.wait().unwrap();
        ended.send(Output { status, stdout, stderr })
    });
    wait.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        let pid = rustix::process::Pid::from_raw(id).unwrap();
        let _gone = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        panic!("{shown} takes too long");
    })
}

/// Runs it and returns its standard output; fails with everything it said when it fails.
pub fn succeed(command: &mut Command) -> String {
    let shown = format!("{command:?}");
    let output = finish(command);
    assert!(
        output.status.success(),
        "{shown} failed with {}:\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
