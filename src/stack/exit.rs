//! Exit codes in words.

use crate::base::units;

/// What an exit code tells, as it stands after "exited with 137": empty where it tells nothing.
pub fn meaning(code: i64) -> &'static str {
    match code {
        0 => "success",
        1 => "a general error; its log tells more",
        2 => "wrong usage of a command, or an error of its own",
        125 => "the engine could not run it",
        126 => "the program is not executable",
        127 => "the program was not found",
        128 => "it was given a bad exit code",
        129 => "hung up (SIGHUP)",
        130 => "interrupted (SIGINT)",
        131 => "told to quit (SIGQUIT)",
        132 => "an illegal instruction (SIGILL), perhaps built for another processor",
        134 => "it aborted itself (SIGABRT)",
        135 => "a bus error (SIGBUS)",
        136 => "an arithmetic error (SIGFPE)",
        137 => "killed (SIGKILL)",
        139 => "a segmentation fault (SIGSEGV)",
        141 => "it wrote to a closed pipe (SIGPIPE)",
        143 => "told to end (SIGTERM)",
        159 => "a forbidden system call (SIGSYS)",
        _ => "",
    }
}

/// The whole of it: `exited with 127: the program was not found`, `out of memory: killed at its limit of 64 M`.
pub fn words(code: i64, oom: bool, limit: Option<u64>) -> String {
    match (oom, limit) {
        (true, Some(limit)) => format!("out of memory: killed at its limit of {}", units::bytes(limit)),
        (true, None) => "out of memory: killed".into(),
        // The engine's flag is about this very end.
        (false, _) => match meaning(code) {
            _ if code == 137 => "exited with 137: killed (SIGKILL), not by the memory limit".into(),
            "" => format!("exited with {code}: the program's own code; its log tells more"),
            meaning => format!("exited with {code}: {meaning}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_in_words() {
        assert_eq!(words(127, false, None), "exited with 127: the program was not found");
        assert_eq!(words(126, false, None), "exited with 126: the program is not executable");
        assert_eq!(words(137, false, Some(64 << 20)), "exited with 137: killed (SIGKILL), not by the memory limit");
        assert_eq!(words(137, true, Some(64 << 20)), "out of memory: killed at its limit of 64 M");
        assert_eq!(words(137, true, None), "out of memory: killed");
        assert_eq!(words(139, false, None), "exited with 139: a segmentation fault (SIGSEGV)");
        assert_eq!(words(42, false, None), "exited with 42: the program's own code; its log tells more");
    }
}
