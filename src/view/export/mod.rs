//! A drawn screen as text, as text with colours, and as a picture.

mod ansi;
mod svg;
mod text;

pub use ansi::ansi;
pub use svg::svg;
pub use text::text;
