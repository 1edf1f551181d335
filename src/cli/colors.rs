//! How many colours and which characters the terminal has, by what the environment says of it.

use std::collections::BTreeMap;

use crate::view::ColorDepth;

/// `NO_COLOR` and `TERM=dumb` are honoured before anything that promises colours.
pub fn depth(env: &BTreeMap<String, String>) -> ColorDepth {
    let value = |name: &str| env.get(name).map_or("", String::as_str);
    let term = value("TERM");
    if !value("NO_COLOR").is_empty() || term == "dumb" {
        ColorDepth::None
    } else if matches!(value("COLORTERM"), "truecolor" | "24bit") || term.ends_with("-direct") {
        ColorDepth::True
    } else if term.contains("256color") {
        ColorDepth::Indexed
    } else {
        ColorDepth::Basic
    }
}

/// Whether the terminal can be expected to show only ASCII: by its kind (a console has too few characters), or by the
/// locale, which is asked as the system's own programs do.
pub fn is_ascii(env: &BTreeMap<String, String>) -> bool {
    let value = |name: &str| env.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let term = value("TERM").unwrap_or_default();
    if matches!(term, "dumb" | "linux" | "ansi") || term.starts_with("vt") {
        return true;
    }
    // Where nothing is said of it, as in many containers, the terminal is one of today.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(value);
    locale.is_some_and(|locale| matches!(locale, "C" | "POSIX"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_without_the_characters_get_ascii() {
        let ascii = |pairs: &[(&str, &str)]| is_ascii(&pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect());
        for term in ["dumb", "linux", "vt100", "vt220", "ansi"] {
            assert!(ascii(&[("TERM", term), ("LANG", "en_US.UTF-8")]), "{term}");
        }
        for term in ["xterm-256color", "tmux-256color", "alacritty"] {
            assert!(!ascii(&[("TERM", term)]) && !ascii(&[("TERM", term), ("LANG", "de_DE.UTF-8")]), "{term}");
        }
        assert!(ascii(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]) && ascii(&[("LANG", "POSIX")]));
        assert!(!ascii(&[("LC_ALL", "C.UTF-8")]) && !ascii(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8"), ("LANG", "C")]));
    }

    #[test]
    fn a_wish_for_none_wins() {
        let depth = |pairs: &[(&str, &str)]| depth(&pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect());
        assert_eq!(depth(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]), ColorDepth::True);
        assert_eq!(
            depth(&[("TERM", "xterm-256color"), ("NO_COLOR", "1"), ("COLORTERM", "truecolor")]),
            ColorDepth::None
        );
        assert_eq!(depth(&[("TERM", "xterm-256color"), ("NO_COLOR", "")]), ColorDepth::Indexed);
        assert_eq!(depth(&[("TERM", "dumb")]), ColorDepth::None);
        assert_eq!(depth(&[("TERM", "linux")]), ColorDepth::Basic);
        assert_eq!(depth(&[]), ColorDepth::Basic);
    }
}
