//! "Did you mean …": the known word that is nearest to a mistyped one.

/// How many words are compared; nobody remembers more names than this.
const MOST: usize = 300;

/// The known word nearest to `typed`, if one is near enough to be meant.
pub fn closest<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // Longer words than any key are no typing mistakes, and comparing costs the square of the length.
    if typed.len() > 64 {
        return None;
    }
    let lower = typed.to_lowercase();
    let allowed = (lower.chars().count() / 3).max(1);
    let known: Vec<&str> = known.take(MOST).collect();
    let near = known
        .iter()
        .copied()
        .filter(|word| word.len().abs_diff(lower.len()) <= allowed)
        .map(|word| (strsim::osa_distance(&lower, &word.to_lowercase()), word))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word);
    // `healthy` for `service_healthy`: a whole part of the one word that has it.
    let part = || {
        let mut longer = known.iter().copied().filter(|word| word.split('_').any(|part| part == lower));
        longer.next().filter(|_| lower.len() > 3 && longer.next().is_none())
    };
    near.or_else(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_only() {
        let known = ["image", "ports", "depends_on", "environment"];
        let meant = |typed| closest(typed, known.into_iter());
        assert_eq!(meant("imge"), Some("image"));
        assert_eq!(meant("Ports"), Some("ports"));
        assert_eq!(meant("dependson"), Some("depends_on"));
        assert_eq!(meant("enviroment"), Some("environment"));
        assert_eq!(meant("zebra"), None);
        let conditions = ["service_started", "service_healthy"];
        assert_eq!(closest("healthy", conditions.into_iter()), Some("service_healthy"));
        assert_eq!(closest("service", conditions.into_iter()), None);
        assert_eq!(meant(&"x".repeat(1000)), None);
    }
}
