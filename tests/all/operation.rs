//! What an operator sees: health, metrics, request ids, a clean stop, and the command line.

use crate::outside::{run, texts};
use crate::server::{Server, program};
use reqwest::StatusCode;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

#[test]
fn health_and_request_ids() {
    let server = Server::start();
    assert_eq!(server.get("/healthz").status(), StatusCode::OK);
    let ready = server.get("/readyz");
    assert_eq!(ready.status(), StatusCode::OK);
    assert!(!ready.headers()["x-request-id"].is_empty());
    assert_eq!(server.get("/metrics").status(), StatusCode::NOT_FOUND, "metrics are not public");
}

#[test]
fn metrics_stand_on_the_second_address() {
    let server = Server::with(["serve", "--admin-listen", "127.0.0.1:0"]);
    server.wait_for_log("metrics listen here");
    let log = server.log();
    let line = log.lines().find(|line| line.contains("metrics listen here")).unwrap();
    let address = line.split("127.0.0.1:").nth(1).unwrap().chars().take_while(char::is_ascii_digit).collect::<String>();
    server.bytes("/xyz/blockades/6/30/29.mvt");
    server.bytes("/xyz/blockades/6/30/29.mvt");
    let text = reqwest::blocking::get(format!("http://127.0.0.1:{address}/metrics")).unwrap().text().unwrap();
    for name in ["roadblock_", "tile", "# EOF"] {
        assert!(text.contains(name), "no '{name}' in\n{text}");
    }
}

#[test]
fn a_stop_is_clean() {
    let server = Server::start();
    server.bytes("/xyz/all/6/30/29.mvt");
    assert!(server.stop());
}

#[test]
fn a_client_that_dribbles_its_head_is_let_go() {
    let server = Server::start();
    let address = server.url("").replace("http://", "");
    let mut slow = TcpStream::connect(address).unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    let begun = Instant::now();
    let mut rest = Vec::new();
    // Closed, or answered with 408 and closed.
    let _ = slow.read_to_end(&mut rest);
    let waited = begun.elapsed();
    assert!(waited > Duration::from_secs(5) && waited < Duration::from_secs(35), "{waited:?}");
    assert_eq!(server.get("/healthz").status(), StatusCode::OK);
}

#[test]
fn help_is_there_and_wrong_usage_is_2() {
    let help = run(program().arg("--help"));
    let (text, _) = texts(&help);
    assert!(help.status.success());
    for word in ["serve", "check", "import", "--listen"] {
        assert!(text.contains(word) || texts(&run(program().args(["serve", "--help"]))).0.contains(word), "no {word} in\n{text}");
    }
    assert_eq!(run(program().arg("--no-such-flag")).status.code(), Some(2));
    assert_eq!(run(program().args(["serve", "--listen", "nowhere"])).status.code(), Some(2));
}

#[test]
fn flag_beats_environment_beats_file() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("roadblock.toml");
    std::fs::write(&config, "public_url = \"https://file.example\"\n").unwrap();
    let link = |server: &Server| server.json("/?f=json")["links"][0]["href"].as_str().unwrap().to_owned();
    let file = config.to_str().unwrap();
    assert!(link(&Server::with(["serve", "--config", file])).starts_with("https://file.example/"));
    let flag = Server::with(["serve", "--config", file, "--public-url", "https://flag.example"]);
    assert!(link(&flag).starts_with("https://flag.example/"));
    let from_environment =
        Server::with_environment(["serve", "--config", file], [("ROADBLOCK_PUBLIC_URL", "https://env.example")]);
    assert!(link(&from_environment).starts_with("https://env.example/"));
    std::fs::write(&config, "listne = \"127.0.0.1:1\"\n").unwrap();
    let refused = run(program().args(["serve", "--config", file]));
    let (_, said) = texts(&refused);
    assert!(refused.status.code() == Some(2) && said.contains("listne"), "{:?} {said}", refused.status);
}
