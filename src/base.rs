//! Absolute addresses: what clients see this server as.
//!
//! From `--public-url`; else from `Host` when it names the listen address or this machine; else the address of this machine at
//! which the client's connection arrived. Forwarding headers are not believed: anybody can send them.

use axum::http::{HeaderMap, header};
use std::net::{IpAddr, SocketAddr};

/// Address of this machine at which a connection arrived; put beside each request by the accept loop.
#[derive(Debug, Clone, Copy)]
pub struct ReachedAt(pub SocketAddr);

/// Address of the client, or of the proxy before it; put beside each request by the accept loop.
#[derive(Debug, Clone, Copy)]
pub struct CameFrom(pub SocketAddr);

/// Address of the server without a trailing slash, for links in answers to this request.
pub fn base_url(public_url: Option<&str>, listen: SocketAddr, reached_at: Option<ReachedAt>, headers: &HeaderMap) -> String {
    if let Some(url) = public_url {
        return url.to_owned();
    }
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    match host.filter(|host| names_this_server(host, listen)) {
        Some(host) => format!("http://{host}"),
        None => format!("http://{}", reached_at.map_or(listen, |ReachedAt(address)| address)),
    }
}

/// `host` is what a client sends: a name or number, and a port unless that is 80.
fn names_this_server(host: &str, listen: SocketAddr) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port.parse()),
        _ => (host, Ok(80)),
    };
    let ip = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    port == Ok(listen.port()) && (name.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| is_ours(ip, listen)))
}

fn is_ours(ip: IpAddr, listen: SocketAddr) -> bool {
    ip == listen.ip() || ip.is_loopback() || listen.ip().is_unspecified()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn base(host: &'static str, listen: &str) -> String {
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
        let reached_at = ReachedAt("192.0.2.7:8080".parse().unwrap());
        base_url(None, listen.parse().unwrap(), Some(reached_at), &headers)
    }

    #[test]
    fn localhost_and_the_listen_address_are_believed() {
        assert_eq!(base("localhost:8080", "127.0.0.1:8080"), "http://localhost:8080");
        assert_eq!(base("127.0.0.1:8080", "127.0.0.1:8080"), "http://127.0.0.1:8080");
        assert_eq!(base("[::1]:8080", "127.0.0.1:8080"), "http://[::1]:8080");
        assert_eq!(base("localhost", "127.0.0.1:80"), "http://localhost");
        assert_eq!(base("198.51.100.1", "0.0.0.0:80"), "http://198.51.100.1");
    }

    #[test]
    fn for_a_foreign_name_the_address_that_was_reached_stands() {
        for host in ["evil.example", "evil.example:8080", "localhost:9", "localhost", "localhost:8080/x", "127.0.0.1:8080@evil"] {
            assert_eq!(base(host, "0.0.0.0:8080"), "http://192.0.2.7:8080", "{host}");
        }
    }

    #[test]
    fn the_public_url_beats_everything() {
        let url = base_url(Some("https://maps.example.org"), ([127, 0, 0, 1], 8080).into(), None, &HeaderMap::new());
        assert_eq!(url, "https://maps.example.org");
    }
}
