//! Whom a setting names: hosts, ports and passwords in the URLs and `…_HOST` variables of an environment.

/// A place that a variable names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'a> {
    /// The variable.
    pub variable: &'a str,
    /// Its value.
    pub value: &'a str,
    /// The scheme of a URL; `None` for a `…_HOST` variable.
    pub scheme: Option<&'a str>,
    /// The user of a URL.
    pub user: Option<&'a str>,
    /// The password of a URL, as it is written.
    pub password: Option<&'a str>,
    /// The host.
    pub host: &'a str,
    /// The port, if one is named.
    pub port: Option<u16>,
    /// The variable that names it, where it is another one.
    pub port_variable: Option<&'a str>,
}

/// What a name of a host means in a container.
pub fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "::1" | "[::1]" | "ip6-localhost") || host.starts_with("127.")
}

/// Parts of variables' names that speak of something to connect to, beside `HOST`.
const STORES: [&str; 21] = [
    "DB",
    "DATABASE",
    "PG",
    "POSTGRES",
    "POSTGRESQL",
    "MYSQL",
    "MARIADB",
    "REDIS",
    "VALKEY",
    "MONGO",
    "MONGODB",
    "RABBITMQ",
    "AMQP",
    "KAFKA",
    "ELASTICSEARCH",
    "MEMCACHED",
    "NATS",
    "BROKER",
    "CACHE",
    "QUEUE",
    "MINIO",
];

impl Target<'_> {
    /// Whether it is surely something that the program itself connects to: not an address for a browser, nor one
    /// that it binds to.
    pub fn is_store(&self) -> bool {
        match self.scheme {
            Some(scheme) => is_store_scheme(scheme),
            None => self.variable.split('_').any(|word| {
                let word = word.to_ascii_uppercase();
                STORES.contains(&word.as_str()) || word.strip_suffix("HOST").is_some_and(|w| STORES.contains(&w))
            }),
        }
    }

    /// The port, or the one that the scheme stands for.
    pub fn likely_port(&self) -> Option<u16> {
        self.port.or_else(|| {
            Some(match base_scheme(self.scheme?) {
                "http" | "ws" => 80,
                "https" | "wss" => 443,
                "postgres" | "postgresql" => 5432,
                "mysql" | "mariadb" => 3306,
                "redis" => 6379,
                "mongodb" => 27017,
                "amqp" => 5672,
                "nats" => 4222,
                _ => return None,
            })
        })
    }
}

/// `postgresql+psycopg2` is of the kind `postgresql`; `jdbc:mysql` of the kind `mysql`.
fn base_scheme(scheme: &str) -> &str {
    let scheme = scheme.strip_prefix("jdbc:").unwrap_or(scheme);
    scheme.split('+').next().unwrap_or(scheme)
}

fn is_store_scheme(scheme: &str) -> bool {
    const KNOWN: [&str; 13] = [
        "postgres",
        "postgresql",
        "mysql",
        "mariadb",
        "mongodb",
        "redis",
        "rediss",
        "amqp",
        "amqps",
        "nats",
        "kafka",
        "memcached",
        "valkey",
    ];
    KNOWN.contains(&base_scheme(scheme))
}

/// The places that a variable's value names: a URL with one or several hosts, or a bare host, whose port stands in the
/// variable `beside` it.
pub fn targets<'a>(variable: &'a str, value: &'a str, beside: Option<(&'a str, &'a str)>) -> Vec<Target<'a>> {
    let none =
        Target { variable, value, scheme: None, user: None, password: None, host: "", port: None, port_variable: None };
    if let Some((scheme, rest)) = value.split_once("://") {
        let sound = !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.:".contains(c));
        if !sound || value.contains(char::is_whitespace) {
            return Vec::new();
        }
        // A database's password may hold what would end the host of a web address.
        let (user_info, places) = match rest.rsplit_once('@') {
            Some((info, places)) if is_store_scheme(scheme) || !info.contains(['/', '?', '#']) => (Some(info), places),
            _ => (None, rest),
        };
        let (user, password) = match user_info.map(|info| info.split_once(':').unwrap_or((info, ""))) {
            Some((user, "")) => (Some(user), None),
            Some((user, password)) => (Some(user), Some(password)),
            None => (None, None),
        };
        let places = places.split(['/', '?', '#']).next().unwrap_or(places);
        let place = |place: &'a str| {
            let (host, port) = host_and_port(place)?;
            Some(Target { scheme: Some(scheme), user, password, host, port, ..none })
        };
        return places.split(',').filter_map(place).collect();
    }
    let upper = variable.to_ascii_uppercase();
    let names_host = ["HOST", "HOSTNAME", "SERVER", "ADDR", "ADDRESS", "ENDPOINT"]
        .iter()
        .any(|end| upper.strip_suffix(end).is_some_and(|before| before.ends_with('_') || STORES.contains(&before)));
    if !names_host || value.is_empty() || value.contains(|c: char| c.is_whitespace() || "/=,{}\"'".contains(c)) {
        return Vec::new();
    }
    let Some((host, own)) = host_and_port(value) else { return Vec::new() };
    let other = beside.filter(|_| own.is_none()).and_then(|(name, port)| Some((name, port.parse().ok()?)));
    let (port_variable, port) = other.map_or((None, own), |(name, port)| (Some(name), Some(port)));
    vec![Target { host, port, port_variable, ..none }]
}

/// The hosts of the URLs in a text, such as a command line.
pub fn hosts_in(text: &str) -> impl Iterator<Item = &str> {
    let place = |rest: &'_ str| -> Option<std::ops::Range<usize>> {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"._-:@%".contains(c)).unwrap_or(rest.len());
        let start = rest.get(..end)?.rfind('@').map_or(0, |at| at + 1);
        Some(start..end)
    };
    let urls = text.split("://").skip(1);
    urls.filter_map(move |rest| Some(host_and_port(rest.get(place(rest)?)?)?.0))
}

/// `db:5432`, `db`, `[::1]:5432`.
fn host_and_port(place: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    };
    (!host.is_empty()).then(|| (host, port.and_then(|p| p.parse().ok())))
}

/// The port that an image's name stands for.
pub fn port_of_image(image: &str) -> Option<u16> {
    let name = image.rsplit('/').next()?.split([':', '@']).next()?;
    const KNOWN: [(&str, u16); 9] = [
        ("postgres", 5432),
        ("postgis", 5432),
        ("mysql", 3306),
        ("mariadb", 3306),
        ("redis", 6379),
        ("valkey", 6379),
        ("mongo", 27017),
        ("rabbitmq", 5672),
        ("memcached", 11211),
    ];
    KNOWN.iter().find(|(known, _)| name == *known || name.starts_with(&format!("{known}-"))).map(|(_, port)| *port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(variable: &str, value: &str) -> Vec<(String, Option<u16>)> {
        targets(variable, value, Some(("PORT", "99"))).into_iter().map(|t| (t.host.to_owned(), t.port)).collect()
    }

    #[test]
    fn hosts_are_taken_out_of_urls_and_host_variables() {
        let one = |host: &str, port| vec![(host.to_owned(), port)];
        assert_eq!(told("DATABASE_URL", "postgresql://app:s@db:5432/app?sslmode=x"), one("db", Some(5432)));
        assert_eq!(told("U", "postgresql+psycopg2://app:#a/b@c?@db/app"), one("db", None));
        assert_eq!(told("API", "http://python:8000/x@y"), one("python", Some(8000)));
        assert_eq!(told("M", "mongodb://u:p@a:1,b:2/x"), [("a".to_owned(), Some(1)), ("b".to_owned(), Some(2))]);
        assert_eq!(told("R", "redis://[::1]:6379"), one("::1", Some(6379)));
        assert_eq!(told("DB_HOST", "db"), one("db", Some(99)));
        assert_eq!(told("PGHOST", "db:1"), one("db", Some(1)));
        for (name, value) in
            [("HOSTNAME", "x"), ("GHOST", "x"), ("DB_HOST", ""), ("DB_HOST", "/run/pg"), ("X", "a b://c")]
        {
            assert!(told(name, value).is_empty(), "{name}={value}");
        }
    }

    #[test]
    fn hosts_are_found_in_command_lines() {
        let found: Vec<&str> = hosts_in("u.urlopen('http://api-server:8080/x'); redis://:pw@cache/0 x://").collect();
        assert_eq!(found, ["api-server", "cache"]);
    }

    #[test]
    fn what_a_program_surely_connects_to_is_told_from_addresses_for_browsers() {
        let store = |name, value| targets(name, value, None).first().is_some_and(Target::is_store);
        assert!(
            store("X", "jdbc:postgresql://localhost/x") && store("PGHOST", "localhost") && store("REDIS_HOST", "h")
        );
        assert!(!store("NEXT_PUBLIC_API_URL", "http://localhost:1/") && !store("API_HOST", "localhost"));
    }
}
