//! Threads beside the loop, for what may take its time: a slow disk must not freeze the keys.

use std::thread;

/// Starts it on a thread of its own, and forgets about it: how it went, it tells itself.
///
/// # Errors
/// When there can be no further thread, in words that say what wasn't done.
pub fn begin(what: &str, work: impl FnOnce() + Send + 'static) -> Result<(), String> {
    begin_on(thread::Builder::new().name(what.to_owned()), what, work)
}

fn begin_on(thread: thread::Builder, what: &str, work: impl FnOnce() + Send + 'static) -> Result<(), String> {
    thread.spawn(work).map(|_forgotten| ()).map_err(|error| format!("Not done: {what} ({error})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_cannot_be_had_is_told_of() {
        // More than any machine's memory.
        let huge = thread::Builder::new().stack_size(1 << 60);
        let said = begin_on(huge, "read the contexts", || {}).unwrap_err();
        assert!(said.starts_with("Not done: read the contexts ("), "{said}");
    }
}
