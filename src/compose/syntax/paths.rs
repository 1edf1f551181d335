//! A container's paths.

/// A path without `.`, `..` and doubled slashes, as Go's `path.Clean` writes it.
pub fn go_clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".into(),
        (false, false) => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_as_in_go() {
        for (path, clean) in
            [("", "."), ("/", "/"), ("/a//b/./c/..", "/a/b"), ("a/..", "."), ("../a", "../a"), ("/../a/", "/a")]
        {
            assert_eq!(go_clean(path), clean, "{path}");
        }
    }
}
