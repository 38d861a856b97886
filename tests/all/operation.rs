//! What an operator sees: health, metrics, request ids, a clean stop, and the command line.

use crate::outside::{run, texts};
use crate::server::{Server, program};
use reqwest::StatusCode;
use serde_json::{Value, json};
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
fn each_request_has_a_line_that_names_its_id_and_route_in_either_format() {
    for format in ["text", "json"] {
        let server = Server::with(["serve", "--log", "debug", "--log-format", format]);
        let answer = server.get("/xyz/blockades/6/30/29.mvt");
        let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        server.wait_for_log(&id);
        let log = server.log();
        let line = log.lines().find(|line| line.contains(&id)).unwrap();
        assert!(line.contains("answered") && !line.contains("/6/30/29"), "{line}");
        if format == "text" {
            let request = format!("request{{id=\"{id}\" route=\"/xyz/{{layers}}/{{z}}/{{x}}/{{file}}\" method=GET}}");
            assert!(line.ends_with(&request), "{line}");
        } else {
            let line: Value = serde_json::from_str(line).unwrap();
            assert_eq!(line["request"], json!({"id": id, "method": "GET", "route": "/xyz/{layers}/{z}/{x}/{file}"}), "{line}");
            assert_eq!((&line["level"], &line["fields"]["status"]), (&json!("DEBUG"), &json!(200)), "{line}");
        }
    }
}

#[test]
fn metrics_stand_on_the_second_address() {
    let server = Server::with(["serve", "--admin-listen", "127.0.0.1:0"]);
    server.bytes("/xyz/blockades/6/30/29.mvt");
    server.bytes("/xyz/blockades/6/30/29.mvt");
    let text = server.metrics();
    for line in ["roadblock_tile_renders_total 1", "roadblock_tile_cache_hits_total 1", "# EOF"] {
        assert!(text.lines().any(|said| said == line), "no '{line}' in\n{text}");
    }
}

/// A connection that sends what it is told to and nothing else.
fn connect(server: &Server, sent: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.url("").replace("http://", "")).unwrap();
    stream.write_all(sent.as_bytes()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    stream
}

/// Everything that still comes.
fn rest(stream: &mut TcpStream) -> String {
    let mut rest = Vec::new();
    // A connection that is reset has said what it had to say.
    let _ = stream.read_to_end(&mut rest);
    String::from_utf8_lossy(&rest).into_owned()
}

#[test]
fn a_stop_finishes_what_is_under_way() {
    let server = Server::start();
    let path = "/collections/basemap/download.geojson";
    let mut slow = connect(&server, &format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", server.url("").replace("http://", "")));
    let mut begun = [0; 1024];
    slow.read_exact(&mut begun).unwrap();
    assert!(begun.starts_with(b"HTTP/1.1 200"));
    let stopping = std::thread::spawn(move || server.stop());
    std::thread::sleep(Duration::from_millis(300));
    let text = rest(&mut slow);
    assert!(text.len() > 1_000_000 && text.ends_with("\n]}\n\r\n0\r\n\r\n"), "{} bytes, then cut off", text.len());
    assert!(stopping.join().unwrap(), "ends by itself, with exit code 0");
}

#[test]
fn clients_that_dribble_their_head_or_say_nothing_are_let_go() {
    let server = Server::start();
    for sent in ["GET / HTTP/1.1\r\nHost: x\r\n", "", "P", "PRI * HTTP/2"].map(|sent| connect(&server, sent)).iter_mut() {
        let begun = Instant::now();
        // Closed, or answered with 408 and closed.
        rest(sent);
        assert!(begun.elapsed() < Duration::from_secs(35), "{:?}", begun.elapsed());
    }
    assert_eq!(server.get("/healthz").status(), StatusCode::OK);
}

#[test]
fn a_flood_of_cold_tiles_is_shed_and_the_server_goes_on() {
    // A hundred areas over the whole picture, so that painting takes longer than asking, and no answer too long on a busy machine.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("areas.geojsonl");
    let area = r#"{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[-60,-60],[60,-60],[60,60],[-60,60],[-60,-60]]]}}"#;
    std::fs::write(&file, [area; 100].join("\n")).unwrap();
    let server = Server::with(["serve", file.to_str().unwrap(), "--render-threads", "1", "--tile-cache-mb", "0"]);
    let host = server.url("").replace("http://", "");
    let ask = |number: usize| {
        let path = format!("/xyz/areas/7/{}/{}@2x.png", 50 + number % 20, 50 + number / 20);
        connect(&server, &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"))
    };
    let mut flood: Vec<TcpStream> = (0..600).map(ask).collect();
    let answers: Vec<String> = flood.iter_mut().map(rest).collect();
    let count = |status: &str| answers.iter().filter(|answer| answer.starts_with(&format!("HTTP/1.1 {status}"))).count();
    let shed = answers.iter().find(|answer| answer.starts_with("HTTP/1.1 503")).expect("more than the queue holds");
    assert_eq!(count("200") + count("503"), 600);
    assert!(count("200") > 200 && shed.to_lowercase().contains("retry-after: 1") && shed.contains("problem+json"), "{shed}");
    assert_eq!(server.get("/healthz").status(), StatusCode::OK);
    assert!(server.stop());
}

#[test]
fn a_server_started_again_with_other_data_does_not_say_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("towns.geojson");
    let town = |name: &str| {
        let point = r#"{"type":"Point","coordinates":[1,2]}"#;
        format!(r#"{{"type":"Feature","id":1,"geometry":{point},"properties":{{"name":"{name}"}}}}"#)
    };
    let paths = ["/collections/towns/items", "/collections/towns/items/1", "/collections/towns/download.geojson"];
    let tags = |name: &str| -> Vec<String> {
        std::fs::write(&file, town(name)).unwrap();
        let server = Server::with(["serve", file.to_str().unwrap(), "--public-url", "http://127.0.0.1:1"]);
        paths.map(|path| server.get(path).headers()["etag"].to_str().unwrap().to_owned()).into()
    };
    let before = tags("Bamako");
    assert_eq!(tags("Bamako"), before, "the same data have the same tags in every process");
    assert!(tags("Kayes").iter().zip(&before).all(|(after, before)| after != before));
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
    let before_the_command = run(program().args(["--listen", "127.0.0.1:0", "serve"]));
    assert_eq!(before_the_command.status.code(), Some(2), "what would be ignored is refused");
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
