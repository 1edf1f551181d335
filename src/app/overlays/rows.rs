//! From what is open to what is asked of it.

use super::{floating::Floating, open::Overlay};

macro_rules! rows {
    ($($name:ident = $folder:ident,)*) => {
        impl Overlay {
            /// What is asked of it.
            pub fn floating(&self) -> &dyn Floating {
                match self { $(Self::$name(open) => open,)* }
            }

            /// The same, to change it.
            pub(in crate::app) fn floating_mut(&mut self) -> &mut dyn Floating {
                match self { $(Self::$name(open) => open,)* }
            }
        }

        /// One of each with its name, with a text from outside wherever it shows one.
        #[cfg(test)]
        pub(in crate::app) fn examples(text: &str) -> Vec<(&'static str, Overlay)> {
            vec![$((stringify!($name), Overlay::$name(super::open::$name::example(text))),)*]
        }
    };
}

overlays!(rows);
