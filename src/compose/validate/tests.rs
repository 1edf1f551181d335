//! Mistakes between the parts.
