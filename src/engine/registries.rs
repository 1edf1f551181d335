//! Registries that didn't answer: whoever asks one for its next image needn't wait for the same silence.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::host::{Offer, registry_of};

/// How long a silence is remembered: shorter than the pause after which a registry is asked again.
const REMEMBERED: Duration = Duration::from_secs(120);
/// Registries that are remembered at most.
const MOST: usize = 64;

/// The registries that couldn't be reached recently, each with what was said of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Registries(Arc<Mutex<HashMap<String, (Instant, Offer)>>>);

impl Registries {
    /// What was said a moment ago of the registry of this image, where it couldn't be reached.
    pub fn silence(&self, image: &str, now: Instant) -> Option<Offer> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, said) = held.get(registry_of(image))?;
        (now.duration_since(*at) < REMEMBERED).then(|| said.clone())
    }

    /// Notes what was said of an image, if its registry couldn't be reached.
    pub fn note(&self, image: &str, said: &Offer, now: Instant) {
        if !said.is_unreachable() {
            return;
        }
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, (at, _)| now.duration_since(*at) < REMEMBERED);
        if held.len() < MOST {
            held.entry(registry_of(image).to_owned()).or_insert_with(|| (now, said.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_that_is_silent_is_asked_once() {
        let (registries, now) = (Registries::default(), Instant::now());
        let no = |words: &str| Offer::No { words: words.into(), login: false };
        registries.note("shop/web:1", &no("manifest unknown"), now);
        assert_eq!(registries.silence("shop/db:1", now), None, "it answered");
        let silent = no("Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io: i/o timeout");
        registries.note("shop/web:1", &silent, now);
        assert_eq!(registries.silence("postgres", now), Some(silent));
        assert_eq!(registries.silence("ghcr.io/shop/web:1", now), None);
        assert_eq!(registries.silence("postgres", now + REMEMBERED), None);
    }
}
