//! The toolkit of pictures: lines of roles, panes, tables and canvases, what draws them, themes and exports.
//!
//! Nothing here knows Docker. Every text that came from outside becomes part of a screen through [`screen::Line`],
//! which makes it plain.

pub mod canvas;
pub mod export;
pub mod glyphs;
pub mod mask;
pub mod render;
pub mod role;
pub mod screen;
pub mod table;
pub mod theme;

pub use render::render;
pub use screen::Screen;
pub use theme::{ColorDepth, Theme, ThemeError};
