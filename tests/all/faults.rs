//! A thousand who listen, and a disk without room: what the running program promises then.

use crate::outside::{skip, succeed};
use crate::server::{Server, keeping_program};
use crate::tokens::made;
use reqwest::Method;
use reqwest::blocking::Response;
use serde_json::json;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Streams that a server keeps at the same time.
const STREAMS: usize = 1_000;
/// What a stream may cost in memory.
const MOST_KIB_A_STREAM: u64 = 64;
/// A place that everybody sees, and no report is guarded by.
const PLACE: &str = "/collections/places/items/kati";

fn patched(server: &Server, token: &str, notes: &str) -> Response {
    let patch = server.method(Method::PATCH, PLACE).bearer_auth(token).header("if-match", "*");
    patch.json(&json!({"properties": {"notes": notes}})).send().unwrap()
}

/// Reads until all that was read says something.
fn read_until(stream: &mut TcpStream, said: &mut Vec<u8>, text: &str) {
    let mut chunk = [0; 4096];
    while !said.windows(text.len()).any(|window| window == text.as_bytes()) {
        match stream.read(&mut chunk) {
            Ok(0) => panic!("the stream ended: {}", String::from_utf8_lossy(said)),
            Ok(count) => said.extend_from_slice(&chunk[..count]),
            Err(error) => panic!("no '{text}', {error}: {}", String::from_utf8_lossy(said)),
        }
    }
}

#[test]
fn a_thousand_streams_hear_of_an_edit_and_one_more_is_told_to_come_back() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::spawn(keeping_program().args(["serve", "--data"]).arg(data.path()));
    let token = made(data.path(), &["--audience", "editor", "--allow-blind-edits"]);
    assert_eq!(patched(&server, &token, "before").status(), 200);
    let (address, before) = (server.url("").replace("http://", ""), server.resident_kib());
    let mut streams: Vec<(TcpStream, Vec<u8>)> = (0..STREAMS)
        .map(|_| {
            let mut stream = TcpStream::connect(&address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            write!(stream, "GET /events HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
            (stream, Vec::new())
        })
        .collect();
    for (stream, said) in &mut streams {
        read_until(stream, said, "retry: 3000");
        assert!(said.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(said));
    }
    let one_more = server.get("/events");
    assert_eq!(one_more.status(), 503);
    assert!(one_more.headers().contains_key("retry-after"));

    let edited = Instant::now();
    assert_eq!(patched(&server, &token, "after").status(), 200);
    for (stream, said) in &mut streams {
        read_until(stream, said, "event: change");
    }
    let (took, grown) = (edited.elapsed(), server.resident_kib().saturating_sub(before));
    println!("{STREAMS} streams: each heard of an edit within {took:?}; {grown} KiB more in use");
    assert!(grown < MOST_KIB_A_STREAM * STREAMS as u64, "{grown} KiB");
    drop(streams);
    // Who has gone makes room for others.
    let deadline = Instant::now() + Duration::from_secs(60);
    let is_open = || {
        let mut stream = TcpStream::connect(&address).unwrap();
        write!(stream, "GET /events HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).is_ok() && &status == b"HTTP/1.1 200"
    };
    while !is_open() {
        assert!(Instant::now() < deadline, "there is room again");
        assert_eq!(patched(&server, &token, &format!("{:?}", edited.elapsed())).status(), 200);
    }
}

/// Says to the tests started again that they may mount, and where.
const MOUNTS: &str = "ROADBLOCK_TEST_MOUNTS";
const FULL: &str = "a_full_disk_refuses_changes_and_nothing_else_until_there_is_room";

#[test]
fn a_full_disk_refuses_changes_and_nothing_else_until_there_is_room() {
    if let Some(place) = std::env::var_os(MOUNTS) {
        return fills(Path::new(&place));
    }
    let place = tempfile::tempdir().unwrap();
    let mount = ["-m", "mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs"];
    let may_mount = Command::new("unshare").args(mount).arg(place.path()).output();
    if !may_mount.is_ok_and(|output| output.status.success()) {
        return skip(FULL, "needs root that may mount, and unshare");
    }
    // In a namespace of its own, so that the mount is nobody else's and goes with the test.
    let again = "mount -t tmpfs -o size=16m tmpfs \"$0\" && exec \"$1\" --exact \"faults::$2\" --nocapture";
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", again]).arg(place.path()).arg(std::env::current_exe().unwrap()).arg(FULL);
    let output = command.env(MOUNTS, place.path()).output().unwrap();
    let (told, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}\n{error}");
    told.lines().filter(|line| line.contains("full disk")).for_each(|line| println!("{line}"));
}

fn fills(disk: &Path) {
    let (data, ballast) = (disk.join("data"), disk.join("ballast"));
    let start = || Server::spawn(keeping_program().args(["serve", "--data"]).arg(&data));
    let server = start();
    let token = made(&data, &["--audience", "editor", "--allow-blind-edits"]);
    let ready = |server: &Server| (server.get("/readyz").status().as_u16(), server.get("/readyz").text().unwrap());
    let long = |number: usize| format!("{number} {}", "x".repeat(4000));
    assert_eq!(patched(&server, &token, &long(0)).status(), 200);
    assert_eq!(ready(&server), (200, "ok\n".to_owned()));

    fill(&ballast);
    let mut kept = 0;
    let refused = (1..2000).find_map(|number| {
        let answer = patched(&server, &token, &long(number));
        kept = if answer.status() == 200 { number } else { kept };
        (answer.status() != 200).then_some(answer)
    });
    let refused = refused.expect("the disk is full");
    assert_eq!(refused.status(), 507);
    assert!(refused.text().unwrap().contains("the disk is full"));
    let (status, said) = ready(&server);
    assert!(status == 200 && said.starts_with("degraded"), "{said}");
    let notes = |server: &Server| server.json(PLACE)["properties"]["notes"].clone();
    assert_eq!(notes(&server), long(kept), "reading goes on, and what was acknowledged last is what holds");
    assert_eq!(server.get("/xyz/places/6/30/29.mvt").status(), 200);
    assert_eq!(patched(&server, &token, "still full").status(), 507);

    std::fs::remove_file(&ballast).unwrap();
    let freed = Instant::now();
    while patched(&server, &token, "there is room").status() != 200 {
        assert!(freed.elapsed() < Duration::from_secs(5), "changes are taken again");
    }
    assert_eq!(ready(&server), (200, "ok\n".to_owned()));
    assert!(server.stop());
    let versions = start().json(&format!("{PLACE}/versions"))["features"].as_array().unwrap().len();
    // The built-in one, the first, those before it was full, the one after.
    assert_eq!(versions, 1 + 1 + kept + 1);
}

/// Takes all the room that there is.
fn fill(ballast: &Path) {
    let mut file = std::fs::File::create(ballast).unwrap();
    let full = (0..).find_map(|_| file.write_all(&[1; 4096]).err()).unwrap();
    assert_eq!(full.kind(), ErrorKind::StorageFull);
}

/// Records that a killed server reads again, unless `ROADBLOCK_RECORDS` says more.
const RECORDS: usize = 1_000;

#[test]
fn a_killed_server_is_ready_again_soon_with_all_that_it_acknowledged() {
    let asked = std::env::var("ROADBLOCK_RECORDS").ok().and_then(|text| text.parse().ok());
    let records: usize = asked.unwrap_or(RECORDS);
    // On a machine that does nothing else; the quick suite runs beside others.
    let most = Duration::from_secs(if asked.is_some_and(|records: usize| records <= 10_000) { 1 } else { 5 });
    let top = tempfile::tempdir().unwrap();
    let (data, reports) = (top.path().join("data"), top.path().join("reports.geojson"));
    let start = || Server::spawn(keeping_program().args(["serve", "--data"]).arg(&data));
    drop(start());
    let report = |number: usize| {
        let at = [-11.0 + (number % 1_000) as f64 * 0.01, 11.0 + (number / 1_000) as f64 * 0.01];
        json!({"type": "Feature", "id": format!("ev-{number}"), "geometry": {"type": "Point", "coordinates": at}, "properties": {
            "name": format!("Report {number}"), "subtype": "checkpoint", "temporality": "state", "effect": "restricts", "severity": 2,
            "actor": "UNKNOWN", "attribution": "reported", "certainty": "likely", "valid_from": "2025-10-10", "sensitivity": "public",
            "sources": ["bbc-0917"]}})
    };
    let features: Vec<_> = (0..records).map(report).collect();
    std::fs::write(&reports, json!({"type": "FeatureCollection", "features": features}).to_string()).unwrap();
    let mut import = keeping_program();
    succeed(import.args(["import", "--layer", "blockades", "--data"]).arg(&data).arg(&reports));
    let server = start();
    let token = made(&data, &["--audience", "editor", "--allow-blind-edits"]);
    assert_eq!(patched(&server, &token, "the last word").status(), 200);
    // This is kill -9.
    drop(server);
    let begun = Instant::now();
    let server = start();
    assert_eq!(server.get("/readyz").status(), 200);
    let took = begun.elapsed();
    assert_eq!(server.json(PLACE)["properties"]["notes"], "the last word");
    println!("killed with {records} reports: ready again after {took:?}");
    assert!(took <= most, "{took:?}");
}
