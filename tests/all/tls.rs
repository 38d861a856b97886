//! HTTPS by certificate files, with a client that trusts that certificate alone.

use crate::outside::run;
use crate::server::{Server, keeping_program, program};
use crate::tokens::made;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A certificate for this machine, made here, and its key.
struct Own {
    folder: tempfile::TempDir,
}

impl Own {
    fn make() -> Self {
        let own = Self { folder: tempfile::tempdir().unwrap() };
        own.renew();
        own
    }

    /// Puts another one in its place.
    fn renew(&self) {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        std::fs::write(self.key(), made.signing_key.serialize_pem()).unwrap();
        std::fs::write(self.certificate(), made.cert.pem()).unwrap();
    }

    fn certificate(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    fn serving(&self, data: &Path) -> Server {
        let mut command = keeping_program();
        command.arg("serve").arg("--data").arg(data);
        Server::spawn(command.arg("--tls-cert").arg(self.certificate()).arg("--tls-key").arg(self.key()))
    }

    /// A client that trusts the certificate as it is now, and no other.
    fn client(&self) -> Client {
        let mut trusted = RootCertStore::empty();
        trusted.add(CertificateDer::from_pem_file(self.certificate()).unwrap()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        Client(Arc::new(builder.with_root_certificates(trusted).with_no_client_auth()))
    }
}

/// Speaks HTTPS, one connection a request.
struct Client(Arc<ClientConfig>);

impl Client {
    /// The answer as it came, head and body, or why there was none.
    fn send(&self, server: &Server, request: &str, body: &str) -> io::Result<String> {
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let connection = ClientConnection::new(Arc::clone(&self.0), name).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(connection, connected(server));
        let length = body.len();
        let head = format!("{request} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", address(server));
        write!(stream, "{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    fn is_well(&self, server: &Server) -> bool {
        self.send(server, "GET /healthz", "").is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
    }
}

fn address(server: &Server) -> String {
    server.url("").strip_prefix("https://").unwrap().to_owned()
}

fn connected(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(address(server)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

#[test]
fn over_https_everything_says_https_and_sessions_are_kept_to_it() {
    let (own, data) = (Own::make(), tempfile::tempdir().unwrap());
    let server = own.serving(data.path());
    assert!(server.url("").starts_with("https://127.0.0.1:"));
    let client = own.client();
    let landing = client.send(&server, "GET /?f=json", "").unwrap();
    let links: Vec<&str> = landing.split("\"href\":\"").skip(1).collect();
    assert!(!links.is_empty() && links.iter().all(|link| link.starts_with(&server.url(""))), "{landing}");

    let token = made(data.path(), &["--audience", "editor"]);
    let begun = client.send(&server, "POST /session", &format!("{{\"token\": \"{token}\"}}")).unwrap();
    let cookie = begun.lines().find(|line| line.starts_with("set-cookie")).unwrap();
    assert!(begun.starts_with("HTTP/1.1 200") && cookie.contains("; Secure"), "{begun}");

    // Whoever speaks plain HTTP to it, or nothing at all, disturbs nobody.
    let (_mute, mut plain, mut answer) = (connected(&server), connected(&server), Vec::new());
    plain.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let ended = plain.read_to_end(&mut answer);
    assert!(ended.is_err() || !answer.starts_with(b"HTTP"), "{answer:?}");
    assert!(client.is_well(&server));
    server.assert_log_clean();
    let begun = Instant::now();
    assert!(server.stop());
    assert!(begun.elapsed() < Duration::from_secs(25), "{:?}", begun.elapsed());
}

#[test]
fn a_renewed_certificate_is_presented_without_a_restart() {
    let (own, data) = (Own::make(), tempfile::tempdir().unwrap());
    let server = own.serving(data.path());
    let before = own.client();
    assert!(before.is_well(&server));
    own.renew();
    server.wait_for_log("the changed certificate is in use");
    assert!(own.client().is_well(&server) && !before.is_well(&server));

    std::fs::write(own.certificate(), "nothing").unwrap();
    server.wait_for_log("cert.pem: there is no certificate in it");
    server.wait_for_log("the one before it stays");
}

#[test]
fn what_cannot_be_presented_is_refused_at_the_start_by_name() {
    let (own, other) = (Own::make(), Own::make());
    let refused = |certificate: &Path, key: &Path| {
        let output = run(program().arg("--tls-cert").arg(certificate).arg("--tls-key").arg(key));
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        String::from_utf8(output.stderr).unwrap()
    };
    let said = refused(&own.certificate(), &other.key());
    assert!(said.contains("is not the one of the certificate") && said.contains("key.pem"), "{said}");
    let said = refused(&own.key(), &own.key());
    assert!(said.contains("there is no certificate in it"), "{said}");
    let alone = run(program().arg("--tls-cert").arg(own.certificate()));
    let said = String::from_utf8(alone.stderr).unwrap();
    assert!(alone.status.code() == Some(2) && said.contains("tls_cert") && said.contains("--tls-key"), "{said}");
}
