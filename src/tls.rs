//! TLS by certificate files: what is presented to clients, read again when the files change.

use crate::config::TlsFiles;
use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use tokio_rustls::TlsAcceptor;

/// Why the files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is not there, not readable, or holds something else.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it and what would be right.
        reason: String,
    },
    /// Each is whole by itself, and they do not belong together.
    #[error("the key {key} is not the one of the certificate {certificate}; name the two that were made together")]
    Mismatch {
        /// File of the certificate.
        certificate: PathBuf,
        /// File of the key.
        key: PathBuf,
    },
}

/// The certificate as clients get it, and where it is from.
pub struct Certificates {
    files: TlsFiles,
    current: ArcSwap<ServerConfig>,
    /// What the files looked like when they were last read.
    seen: Mutex<[Option<Stamp>; 2]>,
}

/// What changes when a file does.
type Stamp = (u64, Option<SystemTime>);

impl Certificates {
    /// Reads the files.
    ///
    /// # Errors
    /// When one is missing or holds something else, or they do not belong together.
    pub fn read(files: TlsFiles) -> Result<Self, TlsError> {
        // Looked at first: what is written meanwhile is read again.
        let seen = Mutex::new(stamps(&files));
        Ok(Self { current: ArcSwap::from_pointee(config(&files)?), seen, files })
    }

    /// Whoever takes the next connection.
    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.current.load_full())
    }

    /// Reads the files again if they changed; connections that are open keep what they began with. Answers whether there is something new.
    ///
    /// # Errors
    /// As [`Certificates::read`]; then what was read before stays. The two files are rarely replaced at once, so this may pass.
    pub fn look(&self) -> Result<bool, TlsError> {
        let stamps = stamps(&self.files);
        let before = std::mem::replace(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner), stamps);
        if before == stamps {
            return Ok(false);
        }
        self.current.store(Arc::new(config(&self.files)?));
        Ok(true)
    }
}

fn stamps(files: &TlsFiles) -> [Option<Stamp>; 2] {
    [&files.certificate, &files.key].map(|path| {
        let about = std::fs::metadata(path).ok()?;
        Some((about.len(), about.modified().ok()))
    })
}

fn config(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let TlsFiles { certificate, key } = files;
    let (chain, secret) = (chain(certificate)?, secret(key)?);
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let made = builder.with_safe_default_protocol_versions().and_then(|builder| {
        let mut config = builder.with_no_client_auth().with_single_cert(chain, secret)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    });
    made.map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => TlsError::Mismatch { certificate: certificate.clone(), key: key.clone() },
        rustls::Error::InvalidCertificate(_) => file_error(certificate, format_args!("no certificate that can be used: {error}")),
        error => file_error(key, format_args!("no key that can be used: {error}")),
    })
}

/// The certificate and those that vouch for it.
fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let chain: Vec<CertificateDer<'static>> = read.map_err(|error| unread(path, &error, "certificate"))?;
    match chain.is_empty() {
        true => Err(unread(path, &pem::Error::NoItemsFound, "certificate")),
        false => Ok(chain),
    }
}

fn secret(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| unread(path, &error, "private key"))
}

fn unread(path: &Path, error: &pem::Error, what: &str) -> TlsError {
    match error {
        pem::Error::Io(error) => file_error(path, error),
        pem::Error::NoItemsFound => file_error(
            path,
            format_args!("there is no {what} in it; it must be in PEM, as between -----BEGIN and -----END lines"),
        ),
        error => file_error(path, format_args!("the {what} in it cannot be read: {error}")),
    }
}

fn file_error(path: &Path, reason: impl std::fmt::Display) -> TlsError {
    TlsError::File { path: path.into(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::write;

    /// A certificate made for nobody else, and its key, in a folder.
    fn files(folder: &Path) -> TlsFiles {
        let files = TlsFiles { certificate: folder.join("cert.pem"), key: folder.join("key.pem") };
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        write(&files.certificate, made.cert.pem()).unwrap();
        write(&files.key, made.signing_key.serialize_pem()).unwrap();
        files
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let good = files(folder.path());
        Certificates::read(good.clone()).unwrap();
        let told = |certificate: &Path, key: &Path| {
            let files = TlsFiles { certificate: certificate.into(), key: key.into() };
            Certificates::read(files).err().unwrap().to_string()
        };
        let (missing, other) = (folder.path().join("none.pem"), tempfile::tempdir().unwrap());
        let other = files(other.path());
        for (said, words) in [
            (told(&missing, &good.key), ["none.pem", "No such file"]),
            (told(&good.certificate, &missing), ["none.pem", "No such file"]),
            (told(&good.key, &good.key), ["key.pem", "no certificate"]),
            (told(&good.certificate, &good.certificate), ["cert.pem", "no private key"]),
            (told(&good.certificate, &other.key), ["cert.pem", "is not the one"]),
        ] {
            assert!(words.iter().all(|word| said.contains(word)), "{said}");
        }
        write(&good.certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
        assert!(told(&good.certificate, &good.key).contains("cert.pem"));
    }

    #[test]
    fn changed_files_are_read_again_and_broken_ones_leave_what_was() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (ours, next) = (files(folder.path()), files(other.path()));
        let certificates = Certificates::read(ours.clone()).unwrap();
        let first = certificates.current.load_full();
        assert!(!certificates.look().unwrap());

        write(&ours.certificate, "nothing").unwrap();
        certificates.look().unwrap_err();
        assert!(!certificates.look().unwrap() && Arc::ptr_eq(&first, &certificates.current.load_full()));

        std::fs::copy(&next.certificate, &ours.certificate).unwrap();
        std::fs::copy(&next.key, &ours.key).unwrap();
        assert!(certificates.look().unwrap());
        assert!(!Arc::ptr_eq(&first, &certificates.current.load_full()));
    }
}
