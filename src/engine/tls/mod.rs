//! TLS to an engine: certificates as docker keeps them, verification on unless it was switched off, and what went
//! wrong in words that say whose certificate it is about and what to do.

use std::{error::Error as StdError, io, path::Path, sync::Arc};

use tokio_rustls::{
    TlsConnector,
    rustls::{
        self, AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, InvalidMessage, RootCertStore,
        SignatureScheme,
        client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
        pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
    },
};

use super::{
    EngineAddress,
    address::{Tls, Way},
    error::{ConnectError, unreachable},
};
use crate::base::time::Stamp;

/// Reads the certificates, again for each connector: they are renewed while we run.
pub(super) fn connector(tls: &Tls) -> Result<TlsConnector, ConnectError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|e| ConnectError::Unusable(format!("TLS can't be used: {e}.")))?;
    let builder = if tls.verify {
        builder.with_root_certificates(roots(tls)?)
    } else {
        builder.dangerous().with_custom_certificate_verifier(Arc::new(Unverified(provider)))
    };
    let config = match (&tls.cert, &tls.key) {
        (Some(cert), Some(key)) => {
            let chain = certificates(cert)?;
            let key_der = PrivateKeyDer::from_pem_file(key).map_err(|e| {
                file_error(key, &format!("it holds no private key that can be read without a passphrase ({e})"))
            })?;
            builder
                .with_client_auth_cert(chain, key_der)
                .map_err(|e| file_error(cert, &format!("with its key: {e}")))?
        }
        (None, None) => builder.with_no_client_auth(),
        (Some(cert), None) => return Err(half(cert, "key.pem", &tls.dir)),
        (None, Some(key)) => return Err(half(key, "cert.pem", &tls.dir)),
    };
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Only the given authority may vouch; where none is given, those of the system may.
fn roots(tls: &Tls) -> Result<RootCertStore, ConnectError> {
    let mut roots = RootCertStore::empty();
    match &tls.ca {
        Some(path) => {
            for certificate in certificates(path)? {
                roots.add(certificate).map_err(|e| file_error(path, &e.to_string()))?;
            }
        }
        None => {
            let found = rustls_native_certs::load_native_certs();
            let (added, _unusable) = roots.add_parsable_certificates(found.certs);
            if added == 0 {
                return Err(ConnectError::Unusable(format!(
                    "Nobody can vouch for the engine: there is no {} and the system has no authorities.",
                    tls.dir.join("ca.pem").display()
                )));
            }
        }
    }
    Ok(roots)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, ConnectError> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let all = read.map_err(|e| file_error(path, &e.to_string()))?;
    if all.is_empty() { Err(file_error(path, "it holds no certificate")) } else { Ok(all) }
}

fn file_error(path: &Path, why: &str) -> ConnectError {
    ConnectError::Unusable(format!("The certificate file {} can't be used: {why}.", path.display()))
}

fn half(there: &Path, missing: &str, dir: &Path) -> ConnectError {
    ConnectError::Unusable(format!(
        "There is {} but no {missing} in {}: a client certificate needs both.",
        there.display(),
        dir.display()
    ))
}

/// The name that the engine's certificate has to be for.
pub(super) fn name(host: &str) -> Result<ServerName<'static>, ConnectError> {
    ServerName::try_from(host.to_owned())
        .map_err(|_| ConnectError::Unusable(format!("'{host}' is no name that a certificate can be for.")))
}

/// Takes any certificate, as docker does for `SkipTLSVerify`; that the engine has the key to it is still checked.
#[derive(Debug)]
struct Unverified(Arc<CryptoProvider>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// What TLS said, if it was TLS that failed. A refused client certificate shows only when the first answer is
/// read (TLS 1.3), so every error of a connection is asked.
pub(super) fn trouble(error: &(dyn StdError + 'static), address: &EngineAddress) -> Option<ConnectError> {
    let Way::Tcp(tcp) = &address.way else { return None };
    let tls = tcp.tls.as_ref()?;
    let (why, todo) = words(find(error)?, tls);
    Some(unreachable(address, &why, &todo, true))
}

/// The TLS error in a chain of errors; an I/O error doesn't name what it holds as its source.
fn find<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<rustls::Error>() {
            return Some(found);
        }
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

/// The name in rustls' `DnsName("example.org")`.
fn bare(name: &str) -> &str {
    let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    inner.unwrap_or(name).trim_matches('"')
}

/// Why, and what to do.
fn words(error: &rustls::Error, tls: &Tls) -> (String, String) {
    let day = |at: &UnixTime| {
        let secs = i64::try_from(at.as_secs()).unwrap_or(i64::MAX);
        Stamp::from_secs(secs).to_string().split('T').next().unwrap_or_default().to_owned()
    };
    let vouches = match &tls.ca {
        Some(ca) => ca.display().to_string(),
        None => format!("the system's (there is no {})", tls.dir.join("ca.pem").display()),
    };
    let own = tls.dir.display();
    match error {
        rustls::Error::InvalidCertificate(problem) => match problem {
            CertificateError::Expired => ("its certificate has expired".into(), "Renew it on the engine's host".into()),
            CertificateError::ExpiredContext { not_after, .. } => {
                (format!("its certificate expired on {}", day(not_after)), "Renew it on the engine's host".into())
            }
            CertificateError::NotValidYet => {
                ("its certificate isn't valid yet".into(), "Look whether the clocks here and there are right".into())
            }
            CertificateError::NotValidYetContext { not_before, .. } => (
                format!("its certificate is only valid from {} on", day(not_before)),
                "Look whether the clocks here and there are right".into(),
            ),
            CertificateError::NotValidForName => {
                ("its certificate is for another name".into(), "Use the name that it is for".into())
            }
            CertificateError::NotValidForNameContext { expected, presented } => {
                let mut names: Vec<&str> = presented.iter().map(|name| bare(name)).take(5).collect();
                if names.is_empty() {
                    names.push("no name at all");
                }
                (
                    format!("its certificate is for {}, not for {}", names.join(", "), expected.to_str()),
                    "Use a name that it is for, or have one made for this".into(),
                )
            }
            CertificateError::UnknownIssuer | CertificateError::BadSignature => (
                format!("its certificate isn't signed by a known authority, but by itself or another; known are {vouches}"),
                format!("Put the authority's certificate into {}", tls.dir.join("ca.pem").display()),
            ),
            // The verifier's own kinds have no type here, only a name.
            CertificateError::Other(kind) => match format!("{kind:?}") {
                kind if kind.contains("CaUsedAsEndEntity") => (
                    "its certificate is self-signed: it is that of an authority, which may sign others but is none for a \
                     server"
                        .into(),
                    format!(
                        "Have one made for the engine (CA:FALSE) that an authority signs, whose own certificate belongs \
                         into {}",
                        tls.dir.join("ca.pem").display()
                    ),
                ),
                kind if kind.contains("UnsupportedCertVersion") => (
                    "its certificate is of version 1, which names no host".into(),
                    "Have one of version 3 made, with a subjectAltName (openssl: -extfile)".into(),
                ),
                kind => {
                    let kind = kind.trim_start_matches("OtherError(").trim_end_matches(')').to_owned();
                    (format!("its certificate can't be accepted ({kind})"), "Have a new one made".into())
                }
            },
            other => (format!("its certificate can't be accepted ({other:?})"), "Have a new one made".into()),
        },
        rustls::Error::AlertReceived(alert) => match (alert, &tls.cert) {
            (AlertDescription::CertificateExpired, Some(cert)) => {
                (format!("it says that our certificate {} has expired", cert.display()), "Have a new one made".into())
            }
            (
                AlertDescription::CertificateRequired
                | AlertDescription::BadCertificate
                | AlertDescription::HandshakeFailure,
                None,
            ) => (
                "it wants a client certificate".into(),
                format!("Put cert.pem and key.pem into {own}, or name their folder with DOCKER_CERT_PATH"),
            ),
            (
                AlertDescription::UnknownCA
                | AlertDescription::BadCertificate
                | AlertDescription::CertificateUnknown
                | AlertDescription::DecryptError,
                Some(cert),
            ) => (
                format!("it doesn't accept our certificate {}", cert.display()),
                "Have one made by the authority that the engine knows (its --tlscacert)".into(),
            ),
            (alert, _) => (format!("it refuses TLS ({alert:?})"), "Look into the engine's log".into()),
        },
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            ("it doesn't speak TLS there".into(), "Unset DOCKER_TLS_VERIFY for a port without TLS, mostly 2375".into())
        }
        other => (format!("TLS failed ({other})"), "Look into the engine's log".into()),
    }
}

#[cfg(test)]
mod tests;
