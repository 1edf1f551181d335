//! A fake engine.
