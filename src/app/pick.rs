//! What can be selected or marked where services are shown.

use crate::base::id::{ContainerId, ServiceName};

/// Something selected or marked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pick {
    /// A service.
    Service(ServiceName),
    /// A container: a replica, an orphan or a one-off.
    Container(ContainerId),
}
