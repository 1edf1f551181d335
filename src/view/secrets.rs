//! Values that look secret are masked until asked for.

use std::borrow::Cow;

/// Parts of names whose values are secrets.
const SECRET: [&str; 9] = ["PASS", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "PRIVATE", "PWD", "AUTH", "SALT"];
/// What stands for a secret. Always of one length, since a length tells something.
const MASK: &str = "••••••••";
const PLAIN_MASK: &str = "********";

/// The value as it may be shown: masked where its name says secret, with the password of a URL masked else.
pub fn masked<'a>(name: &str, value: &'a str, ascii: bool) -> Cow<'a, str> {
    let mask = if ascii { PLAIN_MASK } else { MASK };
    let upper = name.to_uppercase();
    // `…_FILE` names where a secret lies, which is no secret.
    if !value.is_empty()
        && SECRET.iter().any(|part| upper.contains(part))
        && !upper.ends_with("_FILE")
        && upper != "PWD"
    {
        return Cow::Borrowed(mask);
    }
    url_password(value).map_or(Cow::Borrowed(value), |(before, after)| Cow::Owned(format!("{before}{mask}{after}")))
}

/// What is before and after the password of `scheme://user:password@host`.
fn url_password(value: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = value.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    // A password may hold an `@`; the last one ends it.
    let (user_info, _) = authority.rsplit_once('@')?;
    let (user, password) = user_info.split_once(':')?;
    let start = scheme.len() + 3 + user.len() + 1;
    (!password.is_empty()).then_some(())?;
    Some((value.get(..start)?, value.get(start + password.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_by_name_and_in_urls() {
        let m = |name: &str, value: &'static str| masked(name, value, true).into_owned();
        assert_eq!(m("POSTGRES_PASSWORD", "hunter2"), "********");
        assert_eq!(m("api_token", "x"), "********");
        assert_eq!(m("POSTGRES_PASSWORD_FILE", "/run/secrets/db"), "/run/secrets/db");
        assert_eq!(m("PASSWORD", ""), "");
        assert_eq!(m("LANG", "C.UTF-8"), "C.UTF-8");
        assert_eq!(m("DATABASE_URL", "postgres://app:p@ss@db:5432/x?y=1"), "postgres://app:********@db:5432/x?y=1");
        assert_eq!(m("HOME_URL", "http://example.org/a:b@c"), "http://example.org/a:b@c");
    }
}
