//! What the typed reading needs beside the document.

use crate::compose::{env::Env, problem::Place, reader::Reader};

/// What extraction needs beside the document.
pub struct Context<'a, 'f> {
    /// For env files and problems.
    pub reader: &'a mut Reader<'f>,
    /// The project's variables.
    pub env: &'a Env,
    /// The first ports that are too many, if there are such.
    pub crowded: Option<Place>,
}
