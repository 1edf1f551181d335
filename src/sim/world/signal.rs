//! Signals by name and number, and what the engine says of one it doesn't know.

use super::action::ApiError;

/// Those that can be sent to a container.
const NAMES: [(&str, u8); 31] = [
    ("HUP", 1),
    ("INT", 2),
    ("QUIT", 3),
    ("ILL", 4),
    ("TRAP", 5),
    ("ABRT", 6),
    ("BUS", 7),
    ("FPE", 8),
    ("KILL", 9),
    ("USR1", 10),
    ("SEGV", 11),
    ("USR2", 12),
    ("PIPE", 13),
    ("ALRM", 14),
    ("TERM", 15),
    ("STKFLT", 16),
    ("CHLD", 17),
    ("CONT", 18),
    ("STOP", 19),
    ("TSTP", 20),
    ("TTIN", 21),
    ("TTOU", 22),
    ("URG", 23),
    ("XCPU", 24),
    ("XFSZ", 25),
    ("VTALRM", 26),
    ("PROF", 27),
    ("WINCH", 28),
    ("IO", 29),
    ("PWR", 30),
    ("SYS", 31),
];

pub(super) const KILL: u8 = 9;
pub(super) const TERM: u8 = 15;

/// Reads a signal: `TERM`, `SIGTERM`, `sigterm`, `15`.
pub(super) fn read(text: &str) -> Result<u8, ApiError> {
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let by_name = NAMES.iter().find(|(known, _)| *known == name).map(|(_, number)| *number);
    let by_number = || text.parse().ok().filter(|n| (1..=64).contains(n));
    by_name.or_else(by_number).ok_or_else(|| ApiError::new(400, format!("Invalid signal: {text}")))
}

/// Whether a program that handles what a service handles ends on it. The first process of a container has no default
/// actions, so what it doesn't handle does nothing.
pub(super) fn ends_a_service(signal: u8, stop_signal: u8) -> bool {
    signal == stop_signal || matches!(signal, 2 | 3 | 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_and_numbers() {
        assert_eq!(read("TERM").unwrap(), 15);
        assert_eq!(read("sigusr1").unwrap(), 10);
        assert_eq!(read("9").unwrap(), 9);
        for bad in ["", "NOPE", "0", "65", "-1", "SIG"] {
            assert_eq!(read(bad).unwrap_err().message, format!("Invalid signal: {bad}"));
        }
    }
}
