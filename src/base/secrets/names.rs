//! What a name says of its value: whether it is a secret.
//!
//! A name is taken apart into whole words, at signs and at capitals: `MAX_TOKENS`, `AUTHOR`, `COMPASS_URL` and
//! `KEYBOARD` hold no secret though parts of their words do.

/// Words that say secret wherever they stand in a name.
const SECRET: [&str; 16] = [
    "PASSWORD",
    "PASSWORDS",
    "PASSWD",
    "PASS",
    "PASSPHRASE",
    "PASSCODE",
    "PWD",
    "PSW",
    "SECRET",
    "SECRETS",
    "TOKEN",
    "TOKENS",
    "CREDENTIAL",
    "CREDENTIALS",
    "CREDS",
    "REQUIREPASS",
];
/// Words that say secret as the last of a name only.
const SECRET_AT_END: [&str; 12] = [
    "PW",
    "PAT",
    "PSK",
    "SALT",
    "PEPPER",
    "COOKIE",
    "JWT",
    "AUTH",
    "AUTHORIZATION",
    "MASTERAUTH",
    "STOREPASS",
    "KEYPASS",
];
/// What words that say secret often end in, written together.
const SECRET_ENDS: [&str; 14] = [
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "SECRET",
    "TOKEN",
    "APIKEY",
    "SECRETKEY",
    "ACCESSKEY",
    "PRIVATEKEY",
    "ACCOUNTKEY",
    "SIGNINGKEY",
    "ENCRYPTIONKEY",
    "MASTERKEY",
    "DBPASS",
];
/// Before `KEY`: a key that opens something, wherever it stands in the name.
const KEEPS: [&str; 24] = [
    "API",
    "SECRET",
    "PRIVATE",
    "ACCESS",
    "AUTH",
    "SIGNING",
    "SIGNATURE",
    "ENCRYPTION",
    "ENCRYPT",
    "CRYPTO",
    "CIPHER",
    "MASTER",
    "ACCOUNT",
    "LICENSE",
    "SSH",
    "SSL",
    "TLS",
    "RSA",
    "AES",
    "HMAC",
    "JWT",
    "SHARED",
    "DEPLOY",
    "SESSION",
];
/// Before `KEY`: a key that is there to be seen, or names a place.
const OPEN: [&str; 26] = [
    "PUBLIC",
    "PUB",
    "PUBLISHABLE",
    "PRIMARY",
    "FOREIGN",
    "CACHE",
    "PARTITION",
    "SORT",
    "ROUTING",
    "INDEX",
    "UNIQUE",
    "OBJECT",
    "ROW",
    "MAP",
    "HOT",
    "MESSAGE",
    "BUCKET",
    "QUEUE",
    "GROUP",
    "SHARD",
    "LOOKUP",
    "IDEMPOTENCY",
    "REGISTRY",
    "DUPLICATE",
    "UNKNOWN",
    "REDIS",
];
/// Before `TOKENS`: they are counted.
const COUNTED: [&str; 10] = ["MAX", "MIN", "NUM", "TOTAL", "PROMPT", "COMPLETION", "INPUT", "OUTPUT", "CONTEXT", "NEW"];
/// Last words that say what is held, which is no secret itself: where it lies, how long it lasts, of what kind it is.
const HOLDS: [&str; 102] = [
    "AGE",
    "ALG",
    "ALGO",
    "ALGORITHM",
    "ARN",
    "ATTEMPTS",
    "AUDIENCE",
    "AUTHENTICATION",
    "BACKEND",
    "BITS",
    "CHECK",
    "CLASS",
    "CLASSNAME",
    "COLUMN",
    "COMMAND",
    "CONVERTER",
    "COST",
    "COUNT",
    "DAYS",
    "DIR",
    "DIRECTORY",
    "DISABLED",
    "DOMAIN",
    "DRIVER",
    "ENABLE",
    "ENABLED",
    "ENCODING",
    "ENCRYPTION",
    "ENDPOINT",
    "ERROR",
    "ERRORS",
    "EXPIRATION",
    "EXPIRE",
    "EXPIRED",
    "EXPIRES",
    "EXPIRY",
    "FIELD",
    "FILE",
    "FILENAME",
    "FILES",
    "FOLDER",
    "FORMAT",
    "HEADER",
    "HINT",
    "HOST",
    "HOURS",
    "ID",
    "IDS",
    "INTERVAL",
    "ISSUER",
    "KIND",
    "LEN",
    "LENGTH",
    "LIFETIME",
    "LIMIT",
    "LOCATION",
    "MANAGER",
    "MAX",
    "METHOD",
    "MIN",
    "MINUTES",
    "MODE",
    "MS",
    "NAME",
    "NAMES",
    "PARALLELISM",
    "PATH",
    "PLUGIN",
    "POLICY",
    "PORT",
    "PREFIX",
    "PROVIDER",
    "REALM",
    "REF",
    "REGION",
    "REQUIRED",
    "RESET",
    "ROLE",
    "ROTATION",
    "ROUNDS",
    "SAMESITE",
    "SCOPE",
    "SCOPES",
    "SECONDS",
    "SECURE",
    "SERVER",
    "SERVICE",
    "SIZE",
    "SOURCE",
    "STORE",
    "STRATEGY",
    "STRENGTH",
    "SUFFIX",
    "THROUGH",
    "TIMEOUT",
    "TTL",
    "TYPE",
    "URI",
    "URL",
    "URLS",
    "VALIDATOR",
    "VERSION",
];
/// The longest name that is looked at.
const LONGEST: usize = 200;

/// Whether a name says that its value is a secret.
pub fn is_secret(name: &str) -> bool {
    if name.len() > LONGEST {
        return false;
    }
    let words = words(name);
    let Some(last) = words.iter().rev().find(|word| !word.bytes().all(|b| b.is_ascii_digit())) else { return false };
    let last = last.as_str();
    // The shell's own folders, and the section of compose files.
    if HOLDS.contains(&last) || matches!(last, "PWD" | "OLDPWD" | "SECRETS") && words.len() == 1 {
        return false;
    }
    if SECRET_AT_END.contains(&last) || SECRET_ENDS.iter().any(|end| last.ends_with(end)) {
        return true;
    }
    words.iter().enumerate().any(|(at, word)| {
        let before = at.checked_sub(1).and_then(|at| words.get(at)).map(String::as_str);
        match word.as_str() {
            "TOKENS" => before.is_none_or(|before| !COUNTED.contains(&before)),
            "KEY" | "KEYS" => before.is_some_and(|before| {
                KEEPS.contains(&before) || std::ptr::eq(word.as_str(), last) && !OPEN.contains(&before)
            }),
            word => SECRET.contains(&word) || SECRET_ENDS.iter().any(|end| word.ends_with(end)),
        }
    })
}

/// Whether the next word of a command line is the secret that this option takes.
pub fn is_secret_flag(word: &str) -> bool {
    word.starts_with('-') && !word.contains('=') && is_secret(word)
}

/// Whether a value can be seen though its name says secret: a switch, a small number, a path, another variable's
/// name, or a mask.
pub fn is_open(value: &str) -> bool {
    let value = value.trim();
    let plain = value.to_ascii_lowercase();
    let word = matches!(
        plain.as_str(),
        "" | "true"
            | "false"
            | "yes"
            | "no"
            | "on"
            | "off"
            | "none"
            | "null"
            | "nil"
            | "undefined"
            | "enabled"
            | "disabled"
            | "trust"
            | "basic"
            | "bearer"
            | "oauth"
            | "oauth2"
            | "ldap"
            | "md5"
            | "scram-sha-256"
            | "required"
            | "optional"
            | "auto"
            | "default"
            | "(not"
            | "<nil>"
            | "redacted"
            | "[redacted]"
            | "<redacted>"
            | "xxxxx"
            | "environment"
            | "inline"
    );
    word || is_small_number(value)
        || is_path(value)
        || is_reference(value)
        || value.chars().all(|c| matches!(c, '*' | '•' | '…'))
}

/// A number of a few digits, or a span of time.
fn is_small_number(value: &str) -> bool {
    let digits = value.trim_start_matches(['-', '+']);
    let number = digits.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = digits.get(number.len()..).unwrap_or_default();
    number.len() <= 5
        && number.bytes().any(|b| b.is_ascii_digit())
        && number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && matches!(unit, "" | "ms" | "s" | "m" | "h" | "d" | "min")
}

/// A plain path. What is random may begin with `/`, too, but holds other signs or no short parts.
fn is_path(value: &str) -> bool {
    let rooted = ["/", "./", "../", "~/"].iter().any(|start| value.starts_with(start));
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '~' | '@');
    rooted
        && value.len() > 1
        && value.chars().all(plain)
        && value.split('/').all(|part| part.len() <= 30 && !is_mixed(part))
}

/// Capitals, small letters and digits in one word, as random text has them and names of files seldom.
fn is_mixed(part: &str) -> bool {
    let has = |test: fn(&u8) -> bool| part.bytes().any(|b| test(&b));
    part.len() >= 12 && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
}

/// The name of a variable or a command in the value's place: `$NAME`, `${NAME}`, `${NAME:?why}`, `$(…)`.
fn is_reference(value: &str) -> bool {
    let Some(rest) = value.strip_prefix("$$").or_else(|| value.strip_prefix('$')) else { return false };
    if rest.starts_with('(') {
        return true;
    }
    let name = |text: &str| {
        text.bytes().next().is_some_and(|b| b.is_ascii_uppercase() || b == b'_')
            && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    if let Some(inner) = rest.strip_prefix('{') {
        let inner = inner.strip_suffix('}').unwrap_or(inner);
        let (var, default) = inner.split_at(inner.find([':', '-', '?', '+']).unwrap_or(inner.len()));
        let harmless = default.is_empty()
            || default.starts_with(":?")
            || default.starts_with('?')
            || matches!(default, ":-" | "-");
        return !var.is_empty() && var.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && harmless;
    }
    name(rest)
}

/// A name's words in capitals: cut at signs, and before the capital that begins a word.
fn words(name: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), String::new());
    let mut chars = name.chars().peekable();
    let mut before: Option<char> = None;
    while let Some(c) = chars.next() {
        if !c.is_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            before = None;
            continue;
        }
        let begins = c.is_uppercase()
            && before.is_some_and(|b| {
                b.is_lowercase() || b.is_ascii_digit() || chars.peek().is_some_and(|next| next.is_lowercase())
            });
        if begins && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.extend(c.to_uppercase());
        before = Some(c);
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_decide() {
        for name in [
            "POSTGRES_PASSWORD",
            "api_token",
            "GITHUB_PAT",
            "DB_PW",
            "dbPassword",
            "apiKey",
            "APIKey",
            "PGPASSWORD",
            "MYSQL_PWD",
            "AWS_SECRET_ACCESS_KEY",
            "SECRET_KEY_BASE",
            "STRIPE_KEY",
            "REDIS_AUTH",
            "ERLANG_COOKIE",
            "API_KEY_2",
            "DB_PASSWORD_TEST",
            "client-secret",
            "--requirepass",
            "x-api-key",
            "AccountKey",
            "accessToken",
            "KEYSTORE_PASSWORD",
            "AUTH_TOKENS",
            "JWT",
            "user[password]",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "MAX_TOKENS",
            "AUTHOR",
            "COMPASS_URL",
            "KEYBOARD",
            "TOKENIZERS_PARALLELISM",
            "CONNECT_KEY_CONVERTER",
            "VALKEY_EXTRA_FLAGS",
            "KEYCLOAK_ADMIN_URL",
            "ACCESS_TOKEN_EXPIRE_MINUTES",
            "BYPASS_CACHE",
            "MONKEY_MODE",
            "SSL_KEYSTORE_LOCATION",
            "CREDENTIALS_SOURCE",
            "AUTH_ENABLED",
            "SASL_PWDB",
            "KAFKA_AUTHORIZER_CLASS_NAME",
            "KSQL_PUBLIC_KEY_PATH",
            "KEYCLOAK_IMPORT",
            "default-authentication-plugin",
            "POSTGRES_PASSWORD_FILE",
            "PWD",
            "PATH",
            "KeyError",
            "key",
            "PUBLIC_KEY",
            "PRIMARY_KEY",
            "AUTHORITY",
            "",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn switches_numbers_paths_and_references_can_be_seen() {
        for open in [
            "",
            "true",
            "Off",
            "30",
            "1.5",
            "15m",
            "/run/secrets/db",
            "./key.pem",
            "$PASSWORD",
            "${DB_PASSWORD}",
            "${X:?set it}",
            "$(cat /run/x)",
            "$$NAME",
            "********",
            "••••••••",
        ] {
            assert!(is_open(open), "{open}");
        }
        for secret in
            ["hunter2", "123456", "/9j4AAQSkZJRgABAQAAAQ==", "/wEPDwUKLTk2Mjk4, x", "$ecret123", "${X:-hunter2}", "p"]
        {
            assert!(!is_open(secret), "{secret}");
        }
    }
}
