//! Absolute addresses: what clients see this server as.
//!
//! From `--public-url`; else from `Host` when it names the listen address or this machine; else the listen address.
//! Forwarding headers are not believed: anybody can send them.

use axum::http::{HeaderMap, header};
use std::net::{IpAddr, SocketAddr};

/// Address of the server without a trailing slash, for links in answers to this request.
pub fn base_url(public_url: Option<&str>, listen: SocketAddr, headers: &HeaderMap) -> String {
    if let Some(url) = public_url {
        return url.to_owned();
    }
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    match host.filter(|host| names_this_server(host, listen)) {
        Some(host) => format!("http://{host}"),
        None => format!("http://{listen}"),
    }
}

fn names_this_server(host: &str, listen: SocketAddr) -> bool {
    if host.parse::<SocketAddr>().is_ok_and(|address| address.port() == listen.port() && is_ours(address.ip(), listen)) {
        return true;
    }
    let Some((name, port)) = host.rsplit_once(':') else { return false };
    name.eq_ignore_ascii_case("localhost") && port.parse() == Ok(listen.port())
}

fn is_ours(ip: IpAddr, listen: SocketAddr) -> bool {
    ip == listen.ip() || ip.is_loopback() || listen.ip().is_unspecified()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn base(host: &'static str) -> String {
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
        base_url(None, ([127, 0, 0, 1], 8080).into(), &headers)
    }

    #[test]
    fn localhost_and_the_listen_address_are_believed() {
        assert_eq!(base("localhost:8080"), "http://localhost:8080");
        assert_eq!(base("127.0.0.1:8080"), "http://127.0.0.1:8080");
    }

    #[test]
    fn a_foreign_host_header_is_not_repeated() {
        for host in ["evil.example", "evil.example:8080", "localhost:9", "localhost:8080/x", "127.0.0.1:8080@evil"] {
            assert_eq!(base(host), "http://127.0.0.1:8080", "{host}");
        }
    }

    #[test]
    fn the_public_url_beats_everything() {
        let url = base_url(Some("https://maps.example.org"), ([127, 0, 0, 1], 8080).into(), &HeaderMap::new());
        assert_eq!(url, "https://maps.example.org");
    }
}
