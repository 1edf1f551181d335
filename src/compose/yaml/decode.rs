//! Bytes to text: byte order marks, UTF-16, and the characters YAML forbids.

/// Why bytes are not the text of a YAML file, and after how many characters that shows.
#[derive(Debug, PartialEq, Eq)]
pub struct BadText {
    /// What is wrong, in words.
    pub message: &'static str,
    /// The text before.
    pub before: String,
}

/// The text of a file in UTF-8, or in UTF-16 with a byte order mark.
///
/// # Errors
/// Bytes that are not text, and characters that YAML forbids.
pub fn decode(bytes: &[u8]) -> Result<String, BadText> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest)?,
        _ => utf8(bytes)?,
    };
    match text.char_indices().find(|&(_, c)| !allowed(c)) {
        Some((at, _)) => {
            let before = text.get(..at).unwrap_or_default().to_owned();
            Err(BadText { message: "control characters are not allowed", before })
        }
        None => Ok(text),
    }
}

fn utf8(bytes: &[u8]) -> Result<String, BadText> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|e| {
        let before = bytes.get(..e.valid_up_to()).unwrap_or_default();
        BadText { message: "the file isn't UTF-8 text", before: String::from_utf8_lossy(before).into_owned() }
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, BadText> {
    let units = bytes.chunks(2).map(|pair| match *pair {
        [a, b] => unit([a, b]),
        // An odd byte at the end: half of a pair, so that it is refused.
        _ => 0xd800,
    });
    let mut text = String::with_capacity(bytes.len() / 2);
    for c in char::decode_utf16(units) {
        match c {
            Ok(c) => text.push(c),
            Err(_) => return Err(BadText { message: "the file isn't UTF-16 text", before: text }),
        }
    }
    Ok(text)
}

/// YAML's printable characters.
fn allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_encodings_of_editors() {
        assert_eq!(decode(b"a: 1").unwrap(), "a: 1");
        assert_eq!(decode(b"\xef\xbb\xbfa: 1").unwrap(), "a: 1");
        assert_eq!(decode(b"\xff\xfea\0:\0").unwrap(), "a:");
        assert_eq!(decode(b"\xfe\xff\0a\0:").unwrap(), "a:");
        assert_eq!(decode(b"a: \xe9\n").unwrap_err().before, "a: ");
        assert_eq!(decode(b"ab\0").unwrap_err().message, "control characters are not allowed");
        assert!(decode(b"\xff\xfea").is_err());
    }
}
