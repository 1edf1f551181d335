//! What stands around every screen: the header, the tabs, the footer with its toasts.

pub mod footer;
pub mod header;
pub mod tabs;
