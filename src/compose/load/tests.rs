//! Reading whole projects from folders.
