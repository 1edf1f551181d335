//! Where in the document tree a value stands (`services.web.ports.0`), without allocating on the way down.

use std::fmt;

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// A path from the root to a value. It lives on the stack of the function that walks the tree.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trail<'a> {
    up: Option<(&'a Trail<'a>, Step<'a>)>,
    depth: usize,
}

impl<'a> Trail<'a> {
    /// The document itself.
    pub const ROOT: Trail<'static> = Trail { up: None, depth: 0 };

    /// One key down.
    pub fn key(&'a self, key: &'a str) -> Trail<'a> {
        Trail { up: Some((self, Step::Key(key))), depth: self.depth + 1 }
    }

    /// One list item down.
    pub fn index(&'a self, index: usize) -> Trail<'a> {
        Trail { up: Some((self, Step::Index(index))), depth: self.depth + 1 }
    }

    /// How many steps from the root.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// The path as docker compose's decoder writes it: `services[web].healthcheck.interval`, `…ports[0].target`.
    pub fn decoded(&self) -> String {
        let mut steps = Vec::new();
        let mut at = self;
        while let Some((up, step)) = at.up {
            steps.push(step);
            at = up;
        }
        let mut text = String::new();
        for (depth, step) in steps.iter().rev().enumerate() {
            match step {
                Step::Key(key) if depth == 0 => text += key,
                Step::Key(key) if depth == 1 => text += &format!("[{key}]"),
                Step::Key(key) => text += &format!(".{key}"),
                Step::Index(index) => text += &format!("[{index}]"),
            }
        }
        text
    }

    /// Whether the path is this one; `*` stands for any step.
    pub fn matches(&self, pattern: &str) -> bool {
        let mut at = self;
        let mut steps = pattern.rsplit('.');
        while let Some((up, step)) = at.up {
            let wanted = steps.next();
            let same = match (step, wanted) {
                (_, Some("*")) => true,
                (Step::Key(key), Some(wanted)) => key == wanted,
                _ => false,
            };
            if !same {
                return false;
            }
            at = up;
        }
        steps.next().is_none()
    }
}

/// Keys and indices joined by dots; `(root)` for the document itself.
impl fmt::Display for Trail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((up, step)) = self.up else { return f.write_str("(root)") };
        if up.up.is_some() {
            write!(f, "{up}.")?;
        }
        match step {
            Step::Key(key) => f.write_str(key),
            Step::Index(index) => write!(f, "{index}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_and_matches() {
        let services = Trail::ROOT.key("services");
        let web = services.key("web");
        let ports = web.key("ports");
        let first = ports.index(0);
        assert_eq!(first.to_string(), "services.web.ports.0");
        assert_eq!(first.key("target").decoded(), "services[web].ports[0].target");
        assert_eq!(Trail::ROOT.to_string(), "(root)");
        assert!(ports.matches("services.*.ports"));
        assert!(first.matches("services.*.ports.*"));
        assert!(!ports.matches("*.ports"));
        assert!(!web.matches("services.*.ports"));
    }
}
