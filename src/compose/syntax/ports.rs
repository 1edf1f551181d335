//! A published port's short form: `[HOST_IP:][PUBLISHED:]TARGET[/PROTOCOL]`, with ranges.

use crate::compose::model::Port;

/// Reads the short form; a range of container ports becomes one entry each.
///
/// # Errors
/// In docker compose's words.
pub fn short(spec: &str) -> Result<Vec<Port>, String> {
    let mut parts = spec.split('/');
    // What follows a second slash is passed over, and so is an empty protocol.
    let (rest, protocol) = (parts.next().unwrap_or_default(), parts.next().filter(|protocol| !protocol.is_empty()));
    let protocol = protocol.map_or_else(|| "tcp".to_owned(), str::to_lowercase);
    if !matches!(protocol.as_str(), "tcp" | "udp" | "sctp") {
        return Err(format!("Invalid proto: {protocol}"));
    }
    let (rest, target) = rest.rsplit_once(':').map_or(("", rest), |(rest, target)| (rest, target));
    let (ip, published) = match rest.rsplit_once(':') {
        Some((ip, published)) => (Some(ip), published),
        None => (None, rest),
    };
    if target.is_empty() {
        return Err(format!("No port specified: {spec}<empty>"));
    }
    let host_ip = match ip {
        None | Some("") => None,
        Some(ip) => Some(address(ip).ok_or_else(|| format!("Invalid ip address: {ip}"))?),
    };
    if target == "0" {
        return Err(format!("the port {spec} is missing a target port"));
    }
    let (first, last) = range(target).ok_or_else(|| format!("Invalid containerPort: {target}"))?;
    let host = match published {
        "" => None,
        text => Some(range(text).ok_or_else(|| format!("Invalid hostPort: {text}"))?),
    };
    let port = |target, published| Port {
        host_ip: host_ip.clone(),
        published,
        target,
        protocol: protocol.clone(),
        place: None,
    };
    match host {
        // One container port on any free port of a range.
        Some((low, high)) if first == last && low != high => Ok(vec![port(first, Some(format!("{low}-{high}")))]),
        Some((low, high)) if high.checked_sub(low) == last.checked_sub(first) => {
            Ok(sorted((first..=last).zip(low..=high).map(|(target, host)| port(target, Some(host.to_string())))))
        }
        Some(_) => Err(format!("Invalid ranges specified for container and host Ports: {target} and {published}")),
        None => Ok(sorted((first..=last).map(|target| port(target, None)))),
    }
}

/// Docker compose sorts the ports of a range as texts, 10 before 9.
fn sorted(ports: impl Iterator<Item = Port>) -> Vec<Port> {
    let mut ports: Vec<Port> = ports.collect();
    ports.sort_by_cached_key(|port| format!("{}/{}", port.target, port.protocol));
    ports
}

/// An address, IPv6 in brackets.
fn address(text: &str) -> Option<String> {
    if let Some(inner) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        return inner.parse::<std::net::Ipv6Addr>().ok().map(|_| inner.to_owned());
    }
    text.parse::<std::net::Ipv4Addr>().ok().map(|_| text.to_owned())
}

/// One port or two with a dash, the first not above the second.
fn range(text: &str) -> Option<(u16, u16)> {
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u16>().ok()).flatten();
    let (first, last) = match text.split_once('-') {
        Some((first, last)) => (number(first)?, number(last)?),
        None => (number(text)?, number(text)?),
    };
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(spec: &str) -> String {
        let one = |p: &Port| {
            format!(
                "{}:{}:{}/{}",
                p.host_ip.as_deref().unwrap_or("-"),
                p.published.as_deref().unwrap_or("-"),
                p.target,
                p.protocol
            )
        };
        match short(spec) {
            Ok(ports) => ports.iter().map(one).collect::<Vec<_>>().join(" "),
            Err(message) => message,
        }
    }

    #[test]
    fn short_forms() {
        let cases = [
            ("80", "-:-:80/tcp"),
            ("8080:80", "-:8080:80/tcp"),
            ("127.0.0.1:8080:80/UDP", "127.0.0.1:8080:80/udp"),
            ("127.0.0.1::80", "127.0.0.1:-:80/tcp"),
            ("[::1]:8080:80", "::1:8080:80/tcp"),
            (":80", "-:-:80/tcp"),
            ("9000-9005:80", "-:9000-9005:80/tcp"),
            ("8080-8081:80-81", "-:8080:80/tcp -:8081:81/tcp"),
            ("80-81", "-:-:80/tcp -:-:81/tcp"),
            ("", "No port specified: <empty>"),
            ("70000:80", "Invalid hostPort: 70000"),
            ("80 ", "Invalid containerPort: 80 "),
            ("9005-9000", "Invalid containerPort: 9005-9000"),
            ("http", "Invalid containerPort: http"),
            ("-1", "Invalid containerPort: -1"),
            ("::1:8080:80", "Invalid ip address: ::1"),
            ("localhost:80:80", "Invalid ip address: localhost"),
            ("9090-9092:8080-8081", "Invalid ranges specified for container and host Ports: 8080-8081 and 9090-9092"),
            ("80:80/icmp", "Invalid proto: icmp"),
        ];
        for (spec, expected) in cases {
            assert_eq!(print(spec), expected, "{spec}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_gives_an_answer(spec in "[0-9:/\\[\\]a-z.-]{0,20}") {
            let _ = short(&spec);
        }
    }
}
