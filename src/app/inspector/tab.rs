//! Which tab of the inspector is shown.

/// A tab of the inspector; the registry has its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Inspect(&'static str);

/// The tab that is shown at first.
pub const FIRST: Inspect = Inspect::titled("Overview");

impl Inspect {
    /// The tab of a title.
    pub const fn titled(title: &'static str) -> Self {
        Self(title)
    }

    /// Its title.
    pub const fn title(self) -> &'static str {
        self.0
    }
}

impl Default for Inspect {
    fn default() -> Self {
        FIRST
    }
}
