//! What clients do wrong, and what they are told: RFC 9457 problems that say what, where and what would be right.

use crate::server::Server;
use reqwest::{Method, StatusCode};

const REFUSED: [(&str, u16, &str); 26] = [
    ("/xyz/blockades/99/0/0.mvt", 404, "zoom"),
    ("/xyz/blockades/3/8/0.mvt", 404, "2^zoom"),
    ("/xyz/blockades/-1/0/0.mvt", 404, "zoom"),
    ("/xyz/blockades/1/0/0.exe", 404, "y.mvt"),
    ("/xyz/nothing/1/0/0.mvt", 404, "blockades"),
    ("/xyz/blockades,,areas/1/0/0.mvt", 404, "blockades"),
    ("/xyz/nothing.json", 404, "blockades"),
    ("/xyz/blockades/6/30/29.mvt?datetime=yesterday", 400, "datetime"),
    ("/xyz/blockades/6/30/29.mvt?datetime=2025-13-45", 400, "datetime"),
    ("/xyz/blockades/6/30/29.mvt?datetime=2025-11-02/2025-11-01", 400, "datetime"),
    ("/xyz/blockades/6/30/29.mvt?known_at=..", 400, "known_at"),
    ("/xyz/blockades/6/30/29.mvt?phase=old", 400, "phase"),
    ("/xyz/blockades/6/30/29.mvt?colour=red", 400, "colour"),
    ("/xyz/blockades/6/30/29.mvt?datetime=2025-11-01&datetime=2025-11-02", 400, "more than once"),
    ("/collections/nothing", 404, "blockades"),
    ("/collections/blockades/items?limit=0", 400, "limit"),
    ("/collections/blockades/items?bbox=1,2,3", 400, "bbox"),
    ("/collections/blockades/items?bbox=-8,14,-7,north", 400, "bbox"),
    ("/collections/blockades/items?colour=red", 400, "colour"),
    ("/collections/blockades/items?f=xml", 400, "html"),
    ("/collections/blockades/items/nothing", 404, "nothing"),
    ("/preview/cesium", 404, "leaflet"),
    ("/assets/../Cargo.toml", 404, ""),
    ("/no/such/address", 404, "landing page"),
    ("/collections/%FF/items", 400, "UTF-8"),
    ("/xyz/%FF/0/0/0.mvt", 400, "UTF-8"),
];

#[test]
fn every_mistake_is_named() {
    let server = Server::start();
    for (path, status, says) in REFUSED {
        let response = server.get(path);
        assert_eq!(response.status().as_u16(), status, "{path}");
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{path}");
        let problem: serde_json::Value = serde_json::from_str(&response.text().unwrap()).unwrap();
        assert_eq!(problem["status"], status, "{path}");
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(says), "{path}: {detail}");
        assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{path}");
        assert!(problem["instance"].as_str().is_some_and(|instance| instance.starts_with("/requests/")), "{path}");
    }
    server.assert_log_clean();
}

#[test]
fn what_only_reads_says_so() {
    let server = Server::start();
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let response = server.method(method.clone(), "/collections/blockades/schema").send().unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert!(response.headers()["allow"].to_str().unwrap().contains("GET"), "{method}");
    }
}

#[test]
fn any_web_page_may_read() {
    let server = Server::start();
    let response = server.request("/xyz/blockades/6/30/29.mvt").header("origin", "https://example.org").send().unwrap();
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    let preflight = server.method(Method::OPTIONS, "/collections").header("origin", "https://example.org");
    let preflight = preflight.header("access-control-request-method", "GET").send().unwrap();
    assert_eq!(preflight.status(), StatusCode::NO_CONTENT);
    assert!(preflight.headers()["access-control-allow-methods"].to_str().unwrap().contains("GET"));
}

#[test]
fn a_long_body_and_a_long_head_are_cut_off() {
    let server = Server::start();
    let body = server.method(Method::POST, "/collections").header("content-length", "100000000").body(vec![b'x'; 1 << 20]).send();
    assert!(body.is_err() || body.is_ok_and(|response| [405, 413].contains(&response.status().as_u16())));
    // The connection of the first request may be reset only now; another server gets a connection of its own.
    let server = Server::start();
    let long = server.get(&format!("/collections?f={}", "x".repeat(16 << 10)));
    assert_eq!(long.status(), StatusCode::URI_TOO_LONG);
    assert_eq!(long.headers()["content-type"], "application/problem+json");
    let head = server.request("/collections").header("x-long", "x".repeat(64 << 10)).send();
    assert!(head.is_err() || head.is_ok_and(|response| response.status() == 431));
    assert_eq!(server.get("/healthz").status(), StatusCode::OK);
}

#[test]
fn a_client_that_refuses_every_encoding_gets_nothing_but_that() {
    let server = Server::start();
    for path in ["/collections", "/collections/areas/items", "/xyz/areas/6/30/29.mvt", "/xyz/all.json"] {
        let response = server.request(path).header("accept-encoding", "identity;q=0").send().unwrap();
        assert_eq!(response.status(), StatusCode::NOT_ACCEPTABLE, "{path}");
        assert!(response.text().unwrap().contains("gzip"), "{path}");
    }
}
