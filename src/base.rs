//! Absolute addresses: what clients see this server as.
//!
//! From `--public-url`; else from `Host` when it names the listen address or this machine; else the address of this machine at
//! which the client's connection arrived. Forwarding headers are not believed: anybody can send them.

use axum::http::{HeaderMap, header};
use std::net::{IpAddr, SocketAddr};

/// How a connection arrived; put beside each request by the accept loop.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// Address of the client, or of the proxy before it.
    pub from: SocketAddr,
    /// Address of this machine, unless the system does not say.
    pub at: Option<SocketAddr>,
    /// Whether the connection is our own TLS.
    pub is_tls: bool,
}

/// Address of the server without a trailing slash, for links in answers to this request.
pub fn base_url(public_url: Option<&str>, listen: SocketAddr, arrival: Option<Arrival>, headers: &HeaderMap) -> String {
    if let Some(url) = public_url {
        return url.to_owned();
    }
    let (scheme, usual_port) = if arrival.is_some_and(|arrival| arrival.is_tls) { ("https", 443) } else { ("http", 80) };
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    match host.filter(|host| names_this_server(host, usual_port, listen)) {
        Some(host) => format!("{scheme}://{host}"),
        None => format!("{scheme}://{}", arrival.and_then(|arrival| arrival.at).unwrap_or(listen)),
    }
}

/// `host` is what a client sends: a name or number, and a port unless that is the usual one.
fn names_this_server(host: &str, usual_port: u16, listen: SocketAddr) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port.parse()),
        _ => (host, Ok(usual_port)),
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
        base_over(false, host, listen)
    }

    fn base_over(is_tls: bool, host: &'static str, listen: &str) -> String {
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
        let (from, at) = ("198.51.100.7:50000".parse().unwrap(), "192.0.2.7:8080".parse().ok());
        base_url(None, listen.parse().unwrap(), Some(Arrival { from, at, is_tls }), &headers)
    }

    #[test]
    fn over_tls_addresses_are_https_and_the_usual_port_is_443() {
        assert_eq!(base_over(true, "localhost:8080", "127.0.0.1:8080"), "https://localhost:8080");
        assert_eq!(base_over(true, "localhost", "127.0.0.1:443"), "https://localhost");
        assert_eq!(base_over(true, "localhost", "127.0.0.1:80"), "https://192.0.2.7:8080");
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
