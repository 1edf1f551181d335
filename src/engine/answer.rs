//! Answers to a diagnosis's questions, as far as the engine knows them; nothing is changed for them.

use std::time::Duration;

use http_body_util::{Either, Full};
use hyper::{Request, body::Bytes};
use serde::Deserialize;
use tokio::time::{Instant, timeout};

use super::{
    Demux, Engine, Error,
    events::encode,
    translate,
    transport::{DEADLINE, ITEM_CAP, LIST_CAP, next_chunk},
    wire::{self, lax, wire},
};
use crate::{
    base::id::ContainerId,
    compose::Print,
    host::{Answer, Offer, PathFacts, Question},
    logs::LogLine,
    stack::{Container, Fact},
};

/// How much of a file's beginning is read, in bytes.
const HEAD: usize = Print::HEAD;
/// How long a registry may take.
const REGISTRY: Duration = Duration::from_secs(20);
/// How many lines of a log's end are looked at where it isn't followed.
const LOG_END: usize = 100;
/// How much of each, in bytes: its log is only listened to for words.
const LINE: usize = 2048;
/// A tar archive's blocks, in bytes.
const BLOCK: usize = 512;
/// The largest piece of a log that is read at once, in bytes.
const LOG_CAP: usize = 2 << 20;

wire! {
    /// The header of a path inside a container.
    Stat {
        "size" size: i64,
        "mode" mode: u64,
        "linkTarget" link: String,
    }
    /// `GET /containers/ID/json`, for its process alone.
    Process { "State" state: ProcessState, }
    /// `GET /info`, for the host's name alone.
    HostName { "Name" name: String, }
    ProcessState { "Pid" pid: u32, }
    /// `GET /containers/ID/stats`, for its waits alone.
    Figures { "cpu_stats" cpu: Cpu, }
    Cpu { "throttling_data" throttling: Throttling, }
    Throttling { "periods" periods: u64, "throttled_periods" waited: u64, }
}

impl Engine {
    /// The answer to a question; `None` where it isn't the engine that can answer it.
    ///
    /// # Errors
    /// When the engine doesn't answer well.
    pub async fn answer(&self, question: &Question) -> Result<Option<Answer>, Error> {
        Ok(Some(match question {
            Question::Offer(name) => self.offer(name).await?,
            Question::Path(id, path) => Answer::Path(self.path(id, path).await?),
            Question::Head(id, path) => Answer::Head(self.head(id, path).await?),
            Question::Neighbours => {
                let body = self.transport.get("/containers/json?all=1", LIST_CAP).await?;
                let all = self.counted("the list of containers on this engine", wire::many, &body)?;
                Answer::Neighbours(all.into_iter().map(translate::listed).collect())
            }
            Question::Networks => {
                let body = self.transport.get("/networks", LIST_CAP).await?;
                let all = self.counted("the list of networks", wire::many, &body)?;
                Answer::Networks(all.into_iter().map(translate::network).collect())
            }
            Question::Volumes => {
                let body = self.transport.get("/volumes", LIST_CAP).await?;
                let all = self.counted("the list of volumes", wire::volumes, &body)?;
                Answer::Volumes(all.into_iter().map(translate::volume).collect())
            }
            Question::Throttling(id) => {
                let path = format!("/containers/{}/stats?stream=false&one-shot=true", encode(id));
                let figures: Figures = wire::one("its figures", &self.transport.get(&path, ITEM_CAP).await?)?;
                let Throttling { periods, waited } = figures.cpu.throttling;
                Answer::Throttling { periods, waited }
            }
            Question::LogEnd(id) => match self.inspect(id).await? {
                Some(container) => match self.log_tail(&container, LOG_END).await? {
                    Fact::Lines(_, lines) => {
                        Answer::LogEnd { lines: lines.into_iter().map(short).collect(), at: self.engine_now() }
                    }
                    Fact::LogUnreadable(_, why) => Answer::Unknown(why),
                    _ => return Ok(None),
                },
                None => Answer::Unknown("it is gone".into()),
            },
            Question::HostPort(_)
            | Question::HostPath(_)
            | Question::Routes
            | Question::Listening(_)
            | Question::FreeSpace(_)
            | Question::Compose => return Ok(None),
        }))
    }

    /// Whether the engine is reached over a socket of this host.
    pub fn is_local(&self) -> bool {
        self.who().place == "local"
    }

    /// What the engine's host calls itself.
    ///
    /// # Errors
    /// When the engine doesn't answer well.
    pub async fn host_name(&self) -> Result<String, Error> {
        let body = self.transport.get("/info", ITEM_CAP).await?;
        Ok(wire::one::<HostName>("who it is", &body)?.name)
    }

    /// The process id of a container's first process on the engine's host; `None` while it doesn't run.
    ///
    /// # Errors
    /// When the engine doesn't answer well.
    pub async fn process(&self, id: &ContainerId) -> Result<Option<u32>, Error> {
        match self.transport.get(&format!("/containers/{}/json", encode(id)), ITEM_CAP).await {
            Ok(body) => {
                let found: Process = wire::one("an inspection", &body)?;
                Ok(Some(found.state.pid).filter(|pid| *pid > 0))
            }
            Err(e) if e.is_not_found() => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// The end of a container's log as facts, not followed.
    ///
    /// # Errors
    /// When the engine doesn't answer well.
    pub async fn log_tail(&self, container: &Container, lines: usize) -> Result<Fact, Error> {
        let id = &container.id;
        if container.log_driver == "none" {
            let why = "its logging driver is 'none': nothing is kept".to_owned();
            return Ok(Fact::LogUnreadable(id.clone(), why));
        }
        let path = format!("/containers/{}/logs?stdout=1&stderr=1&timestamps=1&tail={lines}", encode(id));
        let body = match self.transport.get(&path, LOG_CAP).await {
            Ok(body) => body,
            Err(Error::Engine { message, .. }) if message.contains("does not support reading") => {
                return Ok(Fact::LogUnreadable(id.clone(), message));
            }
            Err(e) => return Err(e),
        };
        let mut demux = Demux::new(container.tty);
        let mut found = Vec::new();
        demux.push(&body, &mut found);
        demux.finish(&mut found);
        found.sort_by_key(|line| line.at);
        Ok(Fact::Lines(id.clone(), found))
    }

    /// Asks the registry through the engine, without a login (`GET /distribution/NAME/json`).
    async fn offer(&self, image: &str) -> Result<Answer, Error> {
        if let Some(silence) = self.registries.silence(image, Instant::now()) {
            return Ok(Answer::Offer(silence));
        }
        let answer = self.asked_of_registry(image).await?;
        if let Answer::Offer(offer) = &answer {
            self.registries.note(image, offer, Instant::now());
        }
        Ok(answer)
    }

    async fn asked_of_registry(&self, image: &str) -> Result<Answer, Error> {
        let name: Vec<String> = image.split('/').map(encode).collect();
        let path = format!("/distribution/{}/json", name.join("/"));
        match self.transport.get_within(&path, ITEM_CAP, REGISTRY).await {
            Ok(_) => Ok(Answer::Offer(Offer::Yes)),
            Err(Error::Engine { status, message }) if knows_no_such_path(status, &message) => {
                Ok(Answer::Unknown("this engine can't ask a registry".into()))
            }
            Err(Error::Engine { status, message }) => {
                let hidden = ["denied", "unauthorized", "authentication required"];
                let login = matches!(status, 401 | 403) || hidden.iter().any(|word| message.contains(word));
                Ok(Answer::Offer(Offer::No { words: message, login }))
            }
            Err(Error::Deadline { secs, .. }) => {
                Ok(Answer::Offer(Offer::No { words: format!("no answer within {secs} s"), login: false }))
            }
            Err(e) => Err(e),
        }
    }

    async fn path(&self, id: &ContainerId, path: &str) -> Result<Option<PathFacts>, Error> {
        let uri = format!("/containers/{}/archive?path={}", encode(id), encode(path));
        let unreadable = |cause: String| Error::Unreadable { what: uri.clone(), cause };
        let request = Request::head(&uri).body(Either::Left(Full::new(Bytes::new())));
        let request = request.map_err(|e| unreadable(e.to_string()))?;
        let late = |_| Error::Deadline { what: uri.clone(), secs: DEADLINE.as_secs() };
        let response = timeout(DEADLINE, self.transport.send(request)).await.map_err(late)??;
        match response.status().as_u16() {
            404 => return Ok(None),
            200 => {}
            status => return Err(Error::Engine { status, message: format!("HTTP status {status}") }),
        }
        let header = response.headers().get("x-docker-container-path-stat").and_then(|v| v.to_str().ok());
        let json = header.and_then(base64).ok_or_else(|| unreadable("it has no stat".into()))?;
        let stat: Stat = wire::one("a path", &json)?;
        // Go's FileMode: the permission bits, and the folder's flag at the top.
        Ok(Some(PathFacts {
            folder: stat.mode & (1 << 31) != 0,
            mode: u32::try_from(stat.mode & 0o777).unwrap_or_default(),
            size: u64::try_from(stat.size).unwrap_or_default(),
            owner: None,
            link: Some(stat.link).filter(|l| !l.is_empty()),
            id: None,
        }))
    }

    /// Reads no more of the archive than the file's first bytes.
    async fn head(&self, id: &ContainerId, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let uri = format!("/containers/{}/archive?path={}", encode(id), encode(path));
        let mut body = match self.transport.stream(&uri).await {
            Ok(body) => body,
            Err(e) if e.is_not_found() => return Ok(None),
            Err(e) => return Err(e),
        };
        let mut read = Vec::new();
        let reading = async {
            while read.len() < BLOCK + HEAD {
                match next_chunk(&mut body, &uri).await? {
                    Some(chunk) => read.extend_from_slice(&chunk),
                    None => break,
                }
            }
            Ok::<_, Error>(())
        };
        timeout(DEADLINE, reading)
            .await
            .map_err(|_| Error::Deadline { what: uri.clone(), secs: DEADLINE.as_secs() })??;
        Ok(first_bytes(&read))
    }
}

/// Whether the engine refuses since it has no such endpoint, as Podman has none that asks a registry: Docker's router
/// says `page not found`, Podman's `Not Found`. What a registry doesn't have is told in other words.
fn knows_no_such_path(status: u16, message: &str) -> bool {
    let words = message.trim().trim_start_matches("404 ").to_ascii_lowercase();
    matches!(status, 405 | 501)
        || status == 404 && matches!(words.as_str(), "page not found" | "not found" | "http status 404")
}

/// A line without what is too long to be read.
fn short(line: LogLine) -> LogLine {
    match line.text.get(..LINE) {
        Some(beginning) => LogLine { text: beginning.into(), cut: true, ..line },
        None => line,
    }
}

/// The first bytes of the regular file that a tar archive begins with (POSIX ustar: size at 124, kind at 156).
fn first_bytes(tar: &[u8]) -> Option<Vec<u8>> {
    let kind = tar.get(156)?;
    if !matches!(kind, b'0' | 0) {
        return None;
    }
    let size = std::str::from_utf8(tar.get(124..135)?).ok()?.trim_matches(['\0', ' ']);
    let size = usize::from_str_radix(size, 8).ok()?.min(HEAD);
    let end = (BLOCK + size).min(tar.len());
    Some(tar.get(BLOCK..end)?.to_vec())
}

/// Decodes standard Base64; `None` for anything else.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0_usize);
    for byte in text.trim_end_matches('=').bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = (held << 6 | u32::from(six)) & 0xff_ffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::Fake;

    #[test]
    fn base64_as_the_engine_writes_it() {
        assert_eq!(base64("eyJuYW1lIjoiYSJ9").as_deref(), Some(br#"{"name":"a"}"#.as_slice()));
        assert_eq!(base64("YWI=").as_deref(), Some(b"ab".as_slice()));
        assert_eq!(base64("a b"), None);
    }

    #[tokio::test]
    async fn an_engine_that_cannot_ask_a_registry_does_not_know() {
        let mut engine = Fake::new();
        engine.start();
        let engine = engine.connector(false).engine().await.unwrap();
        let answer = engine.answer(&Question::Offer("app:1".into())).await.unwrap();
        assert!(matches!(answer, Some(Answer::Unknown(_))), "{answer:?}");
        assert!(knows_no_such_path(404, "page not found") && knows_no_such_path(404, "Not Found\n"));
        assert!(!knows_no_such_path(404, "manifest unknown: manifest unknown"));
        assert!(!knows_no_such_path(500, "page not found"));
    }

    #[test]
    fn a_tar_begins_with_a_file_or_not() {
        let mut tar = vec![0u8; BLOCK];
        tar[124..135].copy_from_slice(b"00000000003");
        tar[156] = b'0';
        tar.extend_from_slice(b"15\nxxxx");
        assert_eq!(first_bytes(&tar).as_deref(), Some(b"15\n".as_slice()));
        tar[156] = b'5';
        assert_eq!(first_bytes(&tar), None);
        assert_eq!(first_bytes(&tar[..100]), None);
    }
}
