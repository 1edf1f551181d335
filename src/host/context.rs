//! The docker contexts that can be switched to.

/// A docker context, as the choice shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextEntry {
    /// Its name; `default` is what the environment says.
    pub name: String,
    /// Its engine's address.
    pub host: String,
    /// What it is for, or what is wrong with it.
    pub note: String,
    /// Whether it is the one in use.
    pub current: bool,
    /// Whether it can be switched to.
    pub usable: bool,
}
