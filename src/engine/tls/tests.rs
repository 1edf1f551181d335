//! TLS against a terminator of our own in front of the small engine: right certificates and each kind of wrong
//! one, in one sentence each.

use std::{fs, path::PathBuf};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use tempfile::TempDir;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, UnixStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, server::WebPkiClientVerifier},
};

use super::*;
use crate::engine::{
    Engine,
    address::Tcp,
    testing::{Fake, clock},
};

/// An authority that makes certificates.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A certificate that vouches for itself; with its key.
    fn alone(name: &str, is_ca: IsCa) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.is_ca = is_ca;
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    }

    /// A certificate for a name, good until a year; with its key.
    fn make(&self, name: &str, until: i32) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }
}

/// A folder with certificates as docker names them.
fn folder(ca: Option<&Authority>, own: Option<(String, String)>) -> (TempDir, Tls) {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    if let Some(ca) = ca {
        write("ca.pem", &ca.pem);
    }
    if let Some((cert, key)) = own {
        write("cert.pem", &cert);
        write("key.pem", &key);
    }
    let tls = crate::engine::address::files_in(dir.path().to_path_buf());
    (dir, tls)
}

/// Speaks TLS in front of a socket; wants certificates of `clients`, if any are named. The port.
async fn terminator(socket: PathBuf, (cert, key): (String, String), clients: Option<&Authority>) -> u16 {
    let provider = Arc::new(ring::default_provider());
    let builder =
        ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions().unwrap();
    let builder = match clients {
        Some(ca) => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(ca.pem.as_bytes()).unwrap()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        }
        None => builder.with_no_client_auth(),
    };
    let chain = vec![CertificateDer::from_pem_slice(cert.as_bytes()).unwrap()];
    let config = builder.with_single_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap()).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (acceptor, socket) = (acceptor.clone(), socket.clone());
            tokio::spawn(async move {
                if let Ok(mut client) = acceptor.accept(client).await {
                    let mut engine = UnixStream::connect(socket).await.unwrap();
                    let _cut = copy_bidirectional(&mut client, &mut engine).await;
                }
            });
        }
    });
    port
}

fn address(port: u16, tls: Option<Tls>) -> EngineAddress {
    Way::Tcp(Tcp { host: "localhost".into(), port, base: String::new(), tls }).into()
}

async fn connect(port: u16, tls: Tls) -> Result<Engine, String> {
    Engine::connect(address(port, Some(tls)), true, clock()).await.map_err(|error| error.to_string())
}

fn engine() -> Fake {
    let mut fake = Fake::new();
    fake.start();
    fake
}

#[tokio::test]
async fn with_the_right_certificates_the_engine_is_reached() {
    let (fake, ca) = (engine(), Authority::new());
    let port = terminator(fake.path(), ca.make("localhost", 2100), Some(&ca)).await;
    let (_dir, tls) = folder(Some(&ca), Some(ca.make("me", 2100)));
    let engine = connect(port, tls).await.unwrap();
    assert_eq!((&*engine.who().place, &*engine.who().api), ("localhost", "1.41"));
    assert!(fake.asked().iter().any(|a| a == "GET /_ping"));
}

#[tokio::test]
async fn a_wrong_certificate_of_the_engine_is_named() {
    let (fake, ca, other) = (engine(), Authority::new(), Authority::new());
    for (certificate, knows, why, todo) in [
        (
            ca.make("localhost", 2100),
            &other,
            "isn't signed by a known authority, but by itself or another; known are ",
            "ca.pem",
        ),
        (ca.make("elsewhere.org", 2100), &ca, "is for elsewhere.org, not for localhost", "name that it is for"),
        (ca.make("localhost", 2021), &ca, "expired on 2021-01-01", "Renew it"),
        (Authority::alone("localhost", IsCa::NoCa), &ca, "isn't signed by a known authority, but by itself", "ca.pem"),
        (
            Authority::alone("localhost", IsCa::Ca(BasicConstraints::Unconstrained)),
            &ca,
            "is self-signed: it is that of an authority",
            "CA:FALSE",
        ),
    ] {
        let port = terminator(fake.path(), certificate, None).await;
        let (_dir, tls) = folder(Some(knows), None);
        let words = connect(port, tls.clone()).await.unwrap_err();
        let start = format!("The engine at tcp://localhost:{port} can't be reached: its certificate ");
        assert!(words.starts_with(&start) && words.contains(why) && words.contains(todo), "{words}");
        assert!(connect(port, Tls { verify: false, ..tls }).await.is_ok(), "unless it isn't to be verified");
    }
    assert!(!fake.asked().iter().any(|a| !a.ends_with("/_ping")));
}

#[tokio::test]
async fn a_client_certificate_that_is_missing_or_wrong_is_named() {
    let (fake, ca, other) = (engine(), Authority::new(), Authority::new());
    let port = terminator(fake.path(), ca.make("localhost", 2100), Some(&ca)).await;
    for (own, why, todo) in [
        (None, "it wants a client certificate", "Put cert.pem and key.pem into"),
        (Some(other.make("me", 2100)), "it doesn't accept our certificate", "the authority that the engine knows"),
        (Some(ca.make("me", 2021)), "it says that our certificate", "has expired"),
    ] {
        let (_dir, tls) = folder(Some(&ca), own);
        let words = connect(port, tls).await.unwrap_err();
        assert!(words.contains(why) && words.contains(todo), "{words}");
    }
    assert!(fake.asked().is_empty(), "nothing got through");
}

#[tokio::test]
async fn tls_where_there_is_none_and_the_other_way_round() {
    let (fake, ca) = (engine(), Authority::new());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let plain = listener.local_addr().unwrap().port();
    let socket = fake.path();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut engine = UnixStream::connect(&socket).await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut client, &mut engine).await });
        }
    });
    assert!(Engine::connect(address(plain, None), true, clock()).await.is_ok(), "plain tcp does");
    let port = terminator(fake.path(), ca.make("localhost", 2100), None).await;
    let words = Engine::connect(address(port, None), true, clock()).await.unwrap_err().to_string();
    assert!(words.contains("isn't plain HTTP") && words.contains("DOCKER_TLS_VERIFY=1"), "{words}");

    // What a Go server without TLS answers to a handshake.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut client, b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let (_dir, tls) = folder(Some(&ca), None);
    let words = connect(port, tls).await.unwrap_err();
    assert!(words.contains("doesn't speak TLS there") && words.contains("Unset DOCKER_TLS_VERIFY"), "{words}");
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let ca = Authority::new();
    let (dir, tls) = folder(Some(&ca), Some(ca.make("me", 2100)));
    let words = |tls: &Tls| connector(tls).err().unwrap().to_string();
    assert!(connector(&tls).is_ok());
    assert!(words(&Tls { key: None, ..tls.clone() }).contains("but no key.pem"));
    assert!(words(&Tls { cert: None, ..tls.clone() }).contains("but no cert.pem"));
    fs::write(
        dir.path().join("key.pem"),
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    )
    .unwrap();
    assert!(
        words(&tls).contains("key.pem can't be used: it holds no private key that can be read without a passphrase")
    );
    fs::write(dir.path().join("ca.pem"), "nonsense").unwrap();
    assert!(words(&tls).contains("ca.pem can't be used: it holds no certificate"));
}
