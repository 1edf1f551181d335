//! Which screens there are and what each keeps of how it is looked at: what the model holds of the registry.

use crate::app::input::Key;

/// A panel that can have the focus, by its name. Each screen names its own; the default is none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Panel(pub &'static str);

/// Makes of the registry's rows the ids and the states.
macro_rules! ids {
    ($($id:ident $digit:literal = $module:ident),+ $(,)?) => {
        /// The screens.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "named as on the tabs")]
        pub enum Tab {
            $($id,)+
        }

        impl Tab {
            /// Every screen, in the order of the tabs.
            pub const ALL: &[Self] = &[$(Self::$id),+];

            /// Its digit. Those of screens to come are kept free.
            pub const fn digit(self) -> char {
                match self { $(Self::$id => $digit,)+ }
            }

            /// Its name on the tab.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$id => stringify!($id),)+ }
            }

            /// The name of the action that shows it.
            pub(in crate::app) const fn command(self) -> &'static str {
                match self { $(Self::$id => concat!("screen-", stringify!($module)),)+ }
            }

            /// What that action does.
            pub(in crate::app) const fn words(self) -> &'static str {
                match self { $(Self::$id => concat!("the ", stringify!($id), " screen"),)+ }
            }

            /// The keys that show it.
            pub(in crate::app) const fn keys(self) -> &'static [Key] {
                match self { $(Self::$id => const { &[Key::char($digit)] },)+ }
            }
        }

        /// What each screen keeps of how it is looked at.
        #[derive(Debug, Default)]
        pub struct States {
            $(
                #[doc = concat!("Of the ", stringify!($id), " screen.")]
                pub $module: super::$module::state::State,
            )+
        }
    };
}

screens!(ids);

impl Tab {
    /// Where one starts, and where `Esc` leads to.
    #[expect(clippy::indexing_slicing, reason = "computed by the compiler, which refuses an index out of bounds")]
    pub const HOME: Self = Self::ALL[0];
}

impl Default for Tab {
    fn default() -> Self {
        Self::HOME
    }
}
