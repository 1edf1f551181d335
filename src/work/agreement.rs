//! The proof that somebody agreed: what destroys can't be asked for without it.

/// That somebody read a plan and said yes. A law holds the making of one to the confirmation dialog and to the
/// commands' `--yes` (`tests/laws`).
#[derive(Debug)]
pub struct Consent(());

impl Consent {
    /// Somebody said yes, just now.
    pub fn given() -> Self {
        Self(())
    }
}

/// Something that somebody agreed to. Only a plan makes one, of its own items
/// ([`Plan::agree`](super::Plan::agree)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed<T>(T);

impl<T> Agreed<T> {
    pub(super) fn new(thing: T, _by: &Consent) -> Self {
        Self(thing)
    }

    /// What was agreed to.
    pub fn get(&self) -> &T {
        &self.0
    }
}

/// For tests of what takes one.
#[cfg(test)]
pub(crate) fn agreed<T>(thing: T) -> Agreed<T> {
    Agreed::new(thing, &Consent::given())
}
