//! Answers to a diagnosis's questions that this host knows rather than the engine: files, routes, listeners.
//!
//! They are only given where the engine is on this very host and we aren't in a container of our own, or they would
//! be about another machine. All of it is read from `/proc` and the disk.

use std::{
    collections::BTreeSet,
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
};

use crate::{
    engine::{Engine, Error, compose_version},
    host::{Answer, PathFacts, PortOwner, Question},
};

/// TCP's listening state in `/proc/net/tcp`.
const LISTEN: &str = "0A";
/// Processes that are searched for the owner of a socket.
const MOST_PROCESSES: usize = 20_000;

/// The answer to a question, whoever has it. What can't be found out is answered with why.
pub async fn answer(engine: &Engine, question: &Question) -> Answer {
    match found(engine, question).await {
        Ok(answer) => answer,
        Err(why) => Answer::Unknown(why),
    }
}

async fn found(engine: &Engine, question: &Question) -> Result<Answer, String> {
    let failed = |e: Error| e.to_string();
    if let Some(answer) = engine.answer(question).await.map_err(failed)? {
        return Ok(answer);
    }
    if *question == Question::Compose && engine.who().clock.pace().get() == 1 {
        return compose_version().await.map(Answer::Compose);
    }
    if !engine.is_local() {
        return Err(format!("the engine is on {}", engine.who().place));
    }
    if engine.who().clock.pace().get() != 1 {
        return Err("the engine is simulated".into());
    }
    if is_of_own_place(question) && Path::new("/.dockerenv").exists() {
        // Not every machine with this file is a container; the engine's host has the same name only outside.
        let own = read("/proc/sys/kernel/hostname")?;
        if engine.host_name().await.map_err(failed)? != own.trim() {
            return Err("stackview runs in a container, and sees another host than the engine".into());
        }
    }
    match question {
        Question::HostPort(port) => Ok(Answer::HostPort(owner(*port)?)),
        Question::HostPath(path) => host_path(Path::new(path)),
        Question::FreeSpace(path) => room(path),
        Question::Routes => Ok(Answer::Routes(routes(&read("/proc/net/route")?))),
        Question::Listening(id) => {
            let pid = engine.process(id).await.map_err(failed)?.ok_or("it doesn't run")?;
            let groups = read(&format!("/proc/{pid}/cgroup"))?;
            let own = read("/proc/self/cgroup")?;
            if !is_in(&groups, &own, id) {
                return Err("its processes are not on this host".into());
            }
            let of = |name: &str| read(&format!("/proc/{pid}/net/{name}")).unwrap_or_default();
            let all = [of("tcp"), of("tcp6")];
            Ok(Answer::Listening(all.iter().flat_map(|text| listeners(text)).map(|l| (l.address, l.port)).collect()))
        }
        _ => Err("not known".into()),
    }
}

/// Whether the answer is read from the network or disk that stackview itself is in. What a container's processes have
/// open is read from theirs, and proven by their control group, which bears the container's id.
fn is_of_own_place(question: &Question) -> bool {
    matches!(question, Question::HostPort(_) | Question::Routes | Question::FreeSpace(_))
}

/// Whether a process's control groups say that it is one of this container's, and not of the one that we are in.
fn is_in(groups: &str, own: &str, id: &str) -> bool {
    groups != own && !id.is_empty() && groups.contains(id.get(..12).unwrap_or(id))
}

fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("{path} can't be read: {e}"))
}

fn host_path(path: &Path) -> Result<Answer, String> {
    match fs::metadata(path) {
        Ok(found) => Ok(Answer::HostPath(Some(PathFacts {
            folder: found.is_dir(),
            mode: found.permissions().mode() & 0o7777,
            size: found.len(),
            owner: Some((found.uid(), found.gid())),
            link: fs::read_link(path).ok().map(|link| link.display().to_string()),
            id: Some((found.dev(), found.ino())),
        }))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Answer::HostPath(None)),
        Err(e) => Err(format!("{} can't be looked at: {e}", path.display())),
    }
}

fn room(path: &str) -> Result<Answer, String> {
    let found = rustix::fs::statvfs(path).map_err(|e| format!("{path} can't be looked at: {e}"))?;
    let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
    Ok(Answer::FreeSpace { free: bytes(found.f_bavail), total: bytes(found.f_blocks) })
}

/// A listening socket.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Listener {
    address: IpAddr,
    port: u16,
    inode: u64,
}

/// The listening sockets of a `/proc/net/tcp` or `tcp6` (proc(5)): addresses are hexadecimal words in the
/// processor's order, ports hexadecimal.
fn listeners(text: &str) -> Vec<Listener> {
    let one = |line: &str| {
        let mut fields = line.split_whitespace();
        let local = fields.nth(1)?;
        let state = fields.nth(1)?;
        let inode = fields.nth(5)?.parse().ok()?;
        let (address, port) = local.split_once(':')?;
        (state == LISTEN).then_some(())?;
        Some(Listener { address: parse_address(address)?, port: u16::from_str_radix(port, 16).ok()?, inode })
    };
    text.lines().skip(1).filter_map(one).collect()
}

fn parse_address(hex: &str) -> Option<IpAddr> {
    let word = |at: usize| u32::from_str_radix(hex.get(at..at + 8)?, 16).ok();
    match hex.len() {
        8 => Some(IpAddr::V4(Ipv4Addr::from(word(0)?.to_ne_bytes()))),
        32 => {
            let mut bytes = [0u8; 16];
            for (n, chunk) in bytes.chunks_mut(4).enumerate() {
                chunk.copy_from_slice(&word(n * 8)?.to_ne_bytes());
            }
            let address = Ipv6Addr::from(bytes);
            Some(address.to_ipv4_mapped().map_or(IpAddr::V6(address), IpAddr::V4))
        }
        _ => None,
    }
}

/// Who listens on a port of this host; the process is found where we may look at it.
fn owner(port: u16) -> Result<Option<PortOwner>, String> {
    let tables = [read("/proc/net/tcp")?, read("/proc/net/tcp6").unwrap_or_default()];
    let listener = tables.iter().flat_map(|text| listeners(text)).find(|l| l.port == port);
    let Some(listener) = listener else { return Ok(None) };
    let pid = process_with(&format!("socket:[{}]", listener.inode));
    let program = pid.and_then(|pid| fs::read_to_string(format!("/proc/{pid}/comm")).ok());
    Ok(Some(PortOwner {
        address: listener.address.to_string(),
        pid,
        program: program.map(|name| name.trim().to_owned()),
    }))
}

/// The process that has a socket open.
fn process_with(socket: &str) -> Option<u32> {
    let processes = fs::read_dir("/proc").ok()?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    processes.take(MOST_PROCESSES).find(|pid: &u32| {
        let open = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        open.into_iter().any(|fd| fs::read_link(fd.path()).is_ok_and(|link| link.as_os_str() == socket))
    })
}

/// The subnets of `/proc/net/route`, the default route left out.
fn routes(text: &str) -> Vec<String> {
    let one = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let word = |at: usize| u32::from_str_radix(fields.get(at)?, 16).ok().map(|w| Ipv4Addr::from(w.to_ne_bytes()));
        let (network, mask) = (word(1)?, word(7)?);
        (!mask.is_unspecified()).then(|| format!("{network}/{}", u32::from(mask).count_ones()))
    };
    let found: BTreeSet<String> = text.lines().skip(1).filter_map(one).collect();
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_are_told_by_their_control_groups() {
        let id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        let (one, two) = (format!("8:pids:/docker/{id}\n"), format!("0::/system.slice/docker-{id}.scope\n"));
        assert!(is_in(&one, "8:pids:/\n", id) && is_in(&two, "0::/\n", id));
        assert!(!is_in("0::/\n", "0::/\n", id), "another host's number is somebody else's here");
        assert!(!is_in(&one, &one, id), "our own container, whose network isn't asked for");
        assert!(!is_in(&one, "", &id.replace('0', "f")) && !is_in(&one, "", ""));
        let listening = Question::Listening("c".into());
        assert!(is_of_own_place(&Question::HostPort(80)) && !is_of_own_place(&listening));
    }

    #[test]
    fn the_room_on_a_disk_is_counted() {
        let Ok(Answer::FreeSpace { free, total }) = room("/") else { panic!("there is a disk") };
        assert!(total > 0 && free <= total);
        assert!(room("/no/such/folder").is_err());
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn listeners_are_read_as_the_kernel_writes_them() {
        let text = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0 100 0 0 10 0\n   1: 0100007F:1F91 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 4243 1 0 100 0 0 10 0\n";
        let found = listeners(text);
        assert_eq!(found, [Listener { address: Ipv4Addr::LOCALHOST.into(), port: 8080, inode: 4242 }]);
        let six = text.replace("0100007F:1F90", "00000000000000000000000001000000:1F90");
        assert_eq!(listeners(&six)[0].address, IpAddr::V6(Ipv6Addr::LOCALHOST));
        assert!(listeners("nonsense\n1 2 3\n").is_empty());
        let route = "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\neth0 00000000 010011AC 0003 0 0 0 00000000 0 0 0\ndocker0 000011AC 00000000 0001 0 0 0 0000FFFF 0 0 0\n";
        assert_eq!(routes(route), ["172.17.0.0/16"]);
    }
}
