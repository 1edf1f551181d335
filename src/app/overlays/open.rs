//! What is open above everything, if something is: plain data for the model to hold.

macro_rules! states {
    ($($name:ident = $folder:ident,)*) => {
        $(pub use super::$folder::state::$name;)*

        /// What stands above everything and takes the keys.
        #[derive(Debug)]
        #[expect(missing_docs, reason = "each says what it is")]
        pub enum Overlay {
            $($name($name),)*
        }
    };
}

overlays!(states);
