//! How many colours the terminal has, by what the environment says of it.

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

#[cfg(test)]
mod tests {
    use super::*;

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
