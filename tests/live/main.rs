//! The program on real engines, driven from outside: its commands, and its screen through a pty.
//!
//! `tests/run` builds the image that is needed. Without an engine each test says that it was skipped and why;
//! `STACKVIEW_TEST_ENGINE=required` turns that into a failure. `STACKVIEW_TEST_HOSTS` names several engines.

#![cfg(test)]

mod drift;
mod far;
mod follow;
mod hostile;
mod keys;
mod modes;
mod plans;
mod read_only;
mod reload;
mod secrets;
mod simulated;
mod startup;
mod status;
mod support;
mod terminal;
