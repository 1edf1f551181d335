//! The Stack screen: the topology, and the table of services.

pub mod boxes;
pub mod services;
pub mod topology;
