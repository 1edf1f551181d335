//! The screens: one folder and one row each.
//!
//! A folder holds what its screen keeps (`state`), its row, its motion and its picture. The row (a [`ScreenRow`])
//! says everything that the shell asks of a screen; the rows of its panels are in it.

/// Every screen, in the order of the tabs: its name, its digit, its folder.
macro_rules! screens {
    ($with:ident) => {
        $with! {
            Stack '1' = stack,
            Startup '2' = startup,
            Logs '3' = logs,
            Storage '4' = storage,
            Problems '6' = problems,
            Events '7' = events,
        }
    };
}

pub mod events;
pub(in crate::app) mod ids;
pub mod logs;
pub mod problems;
mod row;
pub mod stack;
pub mod startup;
pub mod storage;

pub use ids::{Panel, States, Tab};
pub use row::{PanelRow, PromptRow, ScreenRow};

/// Makes of the registry's rows the way from an id to its row.
macro_rules! rows {
    ($($id:ident $digit:literal = $module:ident),+ $(,)?) => {
        impl Tab {
            /// Its row.
            pub fn row(self) -> &'static ScreenRow {
                match self { $(Self::$id => &$module::SCREEN,)+ }
            }
        }
    };
}

screens!(rows);

/// The row of a panel.
pub fn panel(panel: Panel) -> Option<&'static PanelRow> {
    Tab::ALL.iter().find_map(|tab| tab.row().panel(panel))
}
