//! A mount's short form: `[SOURCE:]TARGET[:OPTIONS]`.

use crate::compose::model::MountKind;

/// Everything that the short form of a mount says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// Bind or volume.
    pub kind: MountKind,
    /// The host's path or the volume's key.
    pub source: Option<String>,
    /// The path in the container, as written.
    pub target: String,
    /// `ro`, and no `rw` after it.
    pub read_only: bool,
    /// `z` or `Z`.
    pub selinux: Option<String>,
    /// `rslave` and its kin.
    pub propagation: Option<String>,
    /// `nocopy`.
    pub nocopy: bool,
    /// A target of one or two characters alone, which docker compose doesn't look at any further.
    pub bare: bool,
}

/// Reads the short form without a look at the disk.
///
/// # Errors
/// In docker compose's words.
pub fn spec(text: &str) -> Result<Spec, String> {
    if text.is_empty() {
        return Err("invalid empty volume spec".into());
    }
    let mut spec = Spec {
        kind: MountKind::Volume,
        source: None,
        target: text.to_owned(),
        read_only: false,
        selinux: None,
        propagation: None,
        nocopy: false,
        bare: text.len() <= 2,
    };
    if spec.bare {
        return Ok(spec);
    }
    let sections = sections(text);
    if sections.iter().any(|section| section.is_empty()) {
        return Err(format!("invalid spec: {text}: empty section between colons"));
    }
    let (source, target, options) = match sections.as_slice() {
        [_target] => return Ok(spec),
        [source, target] => (source, target, ""),
        [source, target, options] => (source, target, *options),
        _ => return Err(format!("invalid spec: {text}: too many colons")),
    };
    (spec.kind, spec.source, spec.target) = (kind_of(source), Some((*source).to_owned()), (*target).to_owned());
    for option in options.split(',') {
        match option {
            "ro" => spec.read_only = true,
            "rw" => spec.read_only = false,
            "nocopy" => spec.nocopy = true,
            "z" | "Z" => spec.selinux = Some(option.to_owned()),
            "rprivate" | "private" | "rshared" | "shared" | "rslave" | "slave" => {
                spec.propagation = Some(option.to_owned());
            }
            // Docker compose passes over what it doesn't know.
            _ => {}
        }
    }
    Ok(spec)
}

/// The parts between colons; the colon of a Windows drive (any single letter) separates nothing.
fn sections(spec: &str) -> Vec<&str> {
    let mut sections = Vec::new();
    let mut rest = spec;
    loop {
        let mut chars = rest.chars();
        let drive = chars.next().is_some_and(char::is_alphabetic) && chars.next() == Some(':');
        let from = if drive { rest.len() - chars.as_str().len() } else { 0 };
        let colon = rest.get(from..).and_then(|tail| tail.find(':')).map(|at| at + from);
        match colon.and_then(|at| rest.split_at_checked(at)) {
            Some((section, tail)) => {
                sections.push(section);
                rest = tail.strip_prefix(':').unwrap_or(tail);
            }
            None => {
                sections.push(rest);
                return sections;
            }
        }
    }
}

fn kind_of(source: &str) -> MountKind {
    let mut chars = source.chars();
    let drive = chars.next().is_some_and(char::is_alphabetic) && chars.next() == Some(':');
    let path = source.starts_with(['/', '.', '~']) || source.starts_with("\\\\") || drive;
    if path { MountKind::Bind } else { MountKind::Volume }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms() {
        type Parts = (MountKind, Option<&'static str>, &'static str, bool);
        let cases: [(&str, Result<Parts, &str>); 12] = [
            ("/data", Ok((MountKind::Volume, None, "/data", false))),
            ("vol:/data", Ok((MountKind::Volume, Some("vol"), "/data", false))),
            ("/src:/dst:ro,z", Ok((MountKind::Bind, Some("/src"), "/dst", true))),
            ("vol:/data:rw", Ok((MountKind::Volume, Some("vol"), "/data", false))),
            ("v:/data", Ok((MountKind::Volume, None, "v:/data", false))),
            ("v:/data:ro", Ok((MountKind::Bind, Some("v:/data"), "ro", false))),
            ("C:\\data:/data", Ok((MountKind::Bind, Some("C:\\data"), "/data", false))),
            ("data/x:/y", Ok((MountKind::Volume, Some("data/x"), "/y", false))),
            ("/x", Ok((MountKind::Volume, None, "/x", false))),
            (":/x", Err("invalid spec: :/x: empty section between colons")),
            ("", Err("invalid empty volume spec")),
            ("/a:/b:ro:x/y", Err("invalid spec: /a:/b:ro:x/y: too many colons")),
        ];
        for (text, expected) in cases {
            let read = spec(text);
            let read = read.as_ref().map(|m| (m.kind, m.source.as_deref(), m.target.as_str(), m.read_only));
            assert_eq!(read.map_err(String::as_str), expected, "{text}");
        }
    }
}
