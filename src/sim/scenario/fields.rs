//! The forms that compose files give to a value: a list or a map, a text or words, `8080:80/udp`.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};

/// A map in the file's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Entries<T>(pub Vec<(String, T)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Entries<T> {
    /// A key's value.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, v)| v)
    }

    /// Its entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(k, v)| (k.as_str(), v))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = Entries<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries: Vec<(String, T)> = Vec::new();
                while let Some((key, value)) = map.next_entry()? {
                    entries.push((key, value));
                }
                Ok(Entries(entries))
            }
        }
        from.deserialize_map(Reader(PhantomData))
    }
}

/// A list of names, or a map from names to values.
#[derive(Debug, Clone, PartialEq)]
pub struct ListOrMap<T>(pub Vec<(String, T)>);

impl<T> Default for ListOrMap<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for ListOrMap<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for Reader<T> {
            type Value = ListOrMap<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of names or a map")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(name) = list.next_element()? {
                    entries.push((name, T::default()));
                }
                Ok(ListOrMap(entries))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(ListOrMap(entries))
            }
        }
        from.deserialize_any(Reader(PhantomData))
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
}

impl Scalar {
    fn text(self) -> String {
        match self {
            Scalar::Bool(b) => b.to_string(),
            Scalar::Int(n) => n.to_string(),
            Scalar::Float(n) => n.to_string(),
            Scalar::Text(text) => text,
        }
    }
}

/// `environment` or `labels`: `NAME=value` in a list, or a map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnvironmentFile(pub Vec<(String, String)>);

impl<'de> Deserialize<'de> for EnvironmentFile {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            List(Vec<String>),
            Map(Entries<Scalar>),
        }
        Ok(Self(match Form::deserialize(from)? {
            Form::List(list) => list
                .into_iter()
                .map(|entry| match entry.split_once('=') {
                    Some((name, value)) => (name.to_owned(), undollar(value)),
                    None => (entry, String::new()),
                })
                .collect(),
            Form::Map(map) => map.0.into_iter().map(|(name, value)| (name, undollar(&value.text()))).collect(),
        }))
    }
}

/// `$$` is how a compose file writes a dollar sign. (Interpolation itself is refused before anything is read.)
fn undollar(text: &str) -> String {
    text.replace("$$", "$")
}

/// A command: words, or one text that is split as a shell would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(pub Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Text(String),
            List(Vec<Scalar>),
        }
        Ok(Self(match Form::deserialize(from)? {
            Form::Text(text) => {
                split(&undollar(&text)).ok_or_else(|| D::Error::custom(format!("`{text}`: a quote isn't closed")))?
            }
            Form::List(list) => list.into_iter().map(|word| undollar(&word.text())).collect(),
        }))
    }
}

/// Splits a line into words at blanks outside quotes. `None` where a quote has no end.
fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, ' ' | '\t' | '\n') => words.extend(word.take()),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(chars.next()),
            (Some(open), _) if open == c => quote = None,
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// A health check's test: a shell's line, or `[CMD, …]`, `[CMD-SHELL, …]`, `[NONE]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestText(pub Vec<String>);

impl<'de> Deserialize<'de> for TestText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let words: Vec<String> = super::units::texts(from)?;
        Ok(Self(match words.as_slice() {
            [line] if line != "NONE" => vec!["CMD-SHELL".into(), undollar(line)],
            [first, _, ..] if first == "CMD" || first == "CMD-SHELL" => {
                words.iter().map(|word| undollar(word)).collect()
            }
            [none] if none == "NONE" => words,
            _ => return Err(D::Error::custom("a test is a string, or a list starting with CMD, CMD-SHELL or NONE")),
        }))
    }
}

/// A container's `HostConfig.RestartPolicy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Restart {
    /// Never.
    #[default]
    No,
    /// Whenever it ends.
    Always,
    /// Whenever it ends, unless somebody stopped it.
    UnlessStopped,
    /// When it ends with an error, at most so many times; 0 is without limit.
    OnFailure(u32),
}

impl Restart {
    /// As the API spells it (`MaximumRetryCount` apart).
    pub fn word(self) -> &'static str {
        match self {
            Restart::No => "no",
            Restart::Always => "always",
            Restart::UnlessStopped => "unless-stopped",
            Restart::OnFailure(_) => "on-failure",
        }
    }
}

/// `restart`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RestartText(pub Restart);

impl<'de> Deserialize<'de> for RestartText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Scalar::deserialize(from)?.text();
        let restart = match text.as_str() {
            "no" | "false" => Some(Restart::No),
            "always" => Some(Restart::Always),
            "unless-stopped" => Some(Restart::UnlessStopped),
            "on-failure" => Some(Restart::OnFailure(0)),
            other => other.strip_prefix("on-failure:").and_then(|n| n.parse().ok()).map(Restart::OnFailure),
        };
        restart.map(Self).ok_or_else(|| {
            D::Error::custom(format!("`{text}` isn't a restart policy: no, always, unless-stopped, on-failure[:N]"))
        })
    }
}

/// `[[IP:]OUTSIDE:]INSIDE[/PROTOCOL]`, without ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortText {
    /// Inside the container.
    pub inside: u16,
    /// Address and port of the host.
    pub outside: Option<(String, u16)>,
    /// `tcp` or `udp`.
    pub protocol: String,
}

impl PortText {
    fn parse(text: &str) -> Option<Self> {
        let (ports, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
        if !matches!(protocol, "tcp" | "udp") {
            return None;
        }
        let (outside, inside) = match ports.rsplit_once(':') {
            None => (None, ports),
            Some((outside, inside)) => {
                let (address, port) = outside.rsplit_once(':').unwrap_or(("0.0.0.0", outside));
                address.parse::<std::net::Ipv4Addr>().ok()?;
                (Some((address.to_owned(), port.parse().ok()?)), inside)
            }
        };
        Some(Self { inside: inside.parse().ok()?, outside, protocol: protocol.into() })
    }
}

impl<'de> Deserialize<'de> for PortText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Scalar::deserialize(from)?.text();
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom(format!(
                "the simulator doesn't support the port `{text}`; write \"8080:80\" or \"127.0.0.1:8080:80/udp\""
            ))
        })
    }
}

/// `SOURCE:TARGET[:ro|rw]`, or `/TARGET` for an anonymous volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountText {
    /// A volume's key or a path; none for an anonymous volume.
    pub source: Option<String>,
    /// Inside the container.
    pub target: String,
    /// Whether it may be written.
    pub writable: bool,
}

impl<'de> Deserialize<'de> for MountText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let parts: Vec<&str> = text.split(':').collect();
        let (source, target, mode) = match *parts.as_slice() {
            [target] => (None, target, "rw"),
            [source, target] => (Some(source), target, "rw"),
            [source, target, mode] => (Some(source), target, mode),
            _ => (None, "", "rw"),
        };
        let modes_known = mode.split(',').all(|m| matches!(m, "rw" | "ro" | "z" | "Z"));
        if !target.starts_with('/') || source == Some("") || !modes_known {
            return Err(D::Error::custom(format!(
                "the simulator doesn't support the mount `{text}`; write SOURCE:/TARGET or SOURCE:/TARGET:ro"
            )));
        }
        let writable = !mode.split(',').any(|m| m == "ro");
        Ok(Self { source: source.map(str::to_owned), target: target.into(), writable })
    }
}

/// An IPv4 subnet with a prefix of 16 to 24 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subnet {
    /// Its first address.
    pub base: u32,
    /// Bits that are fixed.
    pub prefix: u8,
}

impl Subnet {
    /// A host's address.
    pub fn host(self, number: u32) -> String {
        std::net::Ipv4Addr::from(self.base | number).to_string()
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", std::net::Ipv4Addr::from(self.base), self.prefix)
    }
}

impl std::str::FromStr for Subnet {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, prefix) = text.split_once('/').ok_or(())?;
        let address: std::net::Ipv4Addr = address.parse().map_err(|_| ())?;
        let prefix: u8 = prefix.parse().map_err(|_| ())?;
        if !(12..=24).contains(&prefix) {
            return Err(());
        }
        let base = u32::from(address) & (u32::MAX << (32 - u32::from(prefix)));
        Ok(Self { base, prefix })
    }
}

impl<'de> Deserialize<'de> for Subnet {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(|()| {
            D::Error::custom(format!(
                "the simulator doesn't support the IPv4 subnet `{text}`; write 172.25.0.0/16, prefix 12 to 24"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_as_a_shell_does() {
        assert_eq!(split(r#"a 'b c' "d \" e" f\ g"#).unwrap(), ["a", "b c", "d \" e", "f g"]);
        assert_eq!(split("  '' x ").unwrap(), ["", "x"]);
        assert_eq!(split("it's"), None);
    }

    #[test]
    fn reads_ports_and_subnets() {
        let port = PortText::parse("127.0.0.1:8080:80/udp").unwrap();
        assert_eq!((port.inside, port.outside, port.protocol.as_str()), (80, Some(("127.0.0.1".into(), 8080)), "udp"));
        assert_eq!(PortText::parse("80").unwrap().outside, None);
        for bad in ["", "80:x", "70000", "80/sctp", "1:2:3:4:5"] {
            assert_eq!(PortText::parse(bad), None, "{bad}");
        }
        let subnet: Subnet = "172.25.3.0/16".parse().unwrap();
        assert_eq!((subnet.to_string().as_str(), subnet.host(258).as_str()), ("172.25.0.0/16", "172.25.1.2"));
        assert!("10.0.0.0/8".parse::<Subnet>().is_err());
    }
}
