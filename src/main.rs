//! The program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    match stackview::cli::main() {
        Ok(code) => ExitCode::from(code),
        Err(error) => ExitCode::from(stackview::cli::print_error(&error)),
    }
}
