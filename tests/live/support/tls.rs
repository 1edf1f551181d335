//! An engine that is reached over tcp with TLS: a terminator in front of its socket, with an authority, a
//! certificate and client certificates of the test's own.

use std::{fs, net::TcpListener, path::PathBuf, sync::Arc, thread};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use tempfile::TempDir;
use tokio::{io::copy_bidirectional, net::UnixStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
        server::WebPkiClientVerifier,
    },
};

use super::Engine;

/// An authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    /// A new one.
    pub fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A certificate for a name that is good until a year begins; with its key.
    pub fn make(&self, name: &str, until: i32) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }

    /// A folder as `DOCKER_CERT_PATH` names one: this authority, and a client certificate if there is one.
    pub fn folder(&self, own: Option<(String, String)>) -> TempDir {
        let dir = tempfile::Builder::new().prefix("svtest-certs-").tempdir().unwrap();
        fs::write(dir.path().join("ca.pem"), &self.pem).unwrap();
        if let Some((cert, key)) = own {
            fs::write(dir.path().join("cert.pem"), cert).unwrap();
            fs::write(dir.path().join("key.pem"), key).unwrap();
        }
        dir
    }
}

/// Speaks TLS with this certificate in front of the engine, and wants one of `clients`. The port; it stays open as
/// long as the tests run.
pub fn in_front_of(engine: &Engine, (cert, key): (String, String), clients: &Authority) -> u16 {
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(clients.pem.as_bytes()).unwrap()).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
    let chain = vec![CertificateDer::from_pem_slice(cert.as_bytes()).unwrap()];
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap())
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let socket = PathBuf::from(engine.socket());
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(serve(listener, TlsAcceptor::from(Arc::new(config)), socket));
    });
    port
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, socket: PathBuf) {
    listener.set_nonblocking(true).unwrap();
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    while let Ok((client, _)) = listener.accept().await {
        let (acceptor, socket) = (acceptor.clone(), socket.clone());
        tokio::spawn(async move {
            if let Ok(mut client) = acceptor.accept(client).await
                && let Ok(mut engine) = UnixStream::connect(socket).await
            {
                let _cut = copy_bidirectional(&mut client, &mut engine).await;
            }
        });
    }
}
