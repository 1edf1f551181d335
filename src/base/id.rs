//! Names and ids as types of their own, so that a volume's name can't be passed for a container's id.

use std::{borrow::Borrow, fmt, ops::Deref, sync::Arc};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text as it came.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }
        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}

id!(
    /// The engine's full id of a container (64 hex digits on Docker).
    ContainerId
);
id!(
    /// The engine's id of a network.
    NetworkId
);
id!(
    /// The engine's id of an image (`sha256:…`).
    ImageId
);
id!(
    /// A volume's name on the engine, which is also its id there.
    VolumeName
);
id!(
    /// A service's name in the compose file.
    ServiceName
);
id!(
    /// A compose project's name.
    ProjectName
);

/// One opening of an engine. Going away and coming back makes another one, so that what was said about the first
/// can't be taken for the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct HostId(u32);

impl HostId {
    /// The one that a program opens at its start.
    pub const FIRST: Self = Self(0);

    /// The one for the opening after this.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

/// A project on a host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The host.
    pub host: HostId,
    /// The project's name on it.
    pub project: ProjectName,
}

impl ContainerId {
    /// The first twelve characters, as `docker ps` prints an id.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}
