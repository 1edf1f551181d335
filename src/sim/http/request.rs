//! A request taken apart: the version in its path, the path's parts, the query.

use hyper::{Method, body::Incoming};

use crate::sim::{api::Version, world::ApiError};

/// A request, and what it carries.
pub(super) struct Asked {
    pub method: Method,
    /// The version before the path.
    pub version: Option<Version>,
    /// The path's parts, unescaped; a container's name is one part, an image's may be several.
    pub parts: Vec<String>,
    pub query: Query,
    /// The rest, for bodies and upgrades.
    pub inner: hyper::Request<Incoming>,
}

impl Asked {
    pub fn new(inner: hyper::Request<Incoming>) -> Self {
        let mut parts: Vec<String> = inner.uri().path().split('/').skip(1).map(unescape).collect();
        let version = parts.first().and_then(|first| first.strip_prefix('v')?.parse().ok());
        if version.is_some() {
            parts.remove(0);
        }
        let query = Query::new(inner.uri().query().unwrap_or_default());
        Self { method: inner.method().clone(), version, parts, query, inner }
    }
}

/// The query's pairs in their order.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub fn new(text: &str) -> Self {
        let pair = |pair: &str| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (unescape(&key.replace('+', " ")), unescape(&value.replace('+', " ")))
        };
        Self(text.split('&').filter(|p| !p.is_empty()).map(pair).collect())
    }

    /// A value; empty where there is none.
    pub fn text(&self, key: &str) -> &str {
        self.0.iter().find(|(k, _)| k == key).map_or("", |(_, value)| value)
    }

    /// All values of a key.
    pub fn all(&self, key: &str) -> Vec<String> {
        self.0.iter().filter(|(k, _)| k == key).map(|(_, value)| value.clone()).collect()
    }

    /// As the engine reads a switch: set unless it says no.
    pub fn is(&self, key: &str) -> bool {
        !matches!(self.text(key).trim().to_lowercase().as_str(), "" | "0" | "no" | "false" | "none")
    }

    /// The same, with what holds where it isn't given.
    pub fn is_or(&self, key: &str, default: bool) -> bool {
        if self.0.iter().any(|(k, _)| k == key) { self.is(key) } else { default }
    }

    /// A whole number; none where it isn't given, and the engine's words where it is none.
    pub fn number(&self, key: &str) -> Result<Option<i64>, ApiError> {
        match self.text(key) {
            "" => Ok(None),
            text => text
                .parse()
                .map(Some)
                .map_err(|_| ApiError::new(500, format!("strconv.Atoi: parsing \"{text}\": invalid syntax"))),
        }
    }
}

/// `%2F` as `/`; what is no escape stays.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = after
            .get(..2)
            .filter(|_| first == b'%')
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match escaped {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_unescaped() {
        let query = Query::new("filters=%7B%22a%22%3A1%7D&all=1&type=image&type=volume&name=a+b&bad=%zz");
        assert_eq!(query.text("filters"), "{\"a\":1}");
        assert_eq!(query.all("type"), ["image", "volume"]);
        assert_eq!(query.text("name"), "a b");
        assert_eq!(query.text("bad"), "%zz");
        assert!(query.is("all") && !query.is("size") && query.is_or("stream", true));
        assert!(!Query::new("stream=false").is_or("stream", true));
        assert_eq!(query.number("all").unwrap(), Some(1));
        assert!(query.number("type").unwrap_err().message.contains("strconv.Atoi: parsing \"image\""));
    }
}
