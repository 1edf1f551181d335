//! From the model to the picture.
pub mod ansi;
pub mod export;
pub mod glyphs;
pub mod render;
pub mod role;
pub mod screen;
pub mod secrets;
pub mod theme;

pub use render::render;
pub use screen::Screen;
pub use theme::{ColorDepth, Theme, ThemeError};
