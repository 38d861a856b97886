//! Alerts: a receiver that fails, forgets and comes back is told everything, in order, signed.

use crate::outside::{program, succeed, texts};
use crate::server::{Server, keeping_program};
use crate::tokens::made;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

/// One message as it came.
struct Message {
    signature: String,
    key: String,
    body: Value,
}

/// A receiver that answers with these statuses, then always with 204.
fn receiver(statuses: &'static [u16]) -> (String, Receiver<Message>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    let (sender, messages) = channel();
    std::thread::spawn(move || {
        let mut statuses = statuses.iter();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut length, mut signature, mut key) = (0, String::new(), String::new());
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let Some((name, value)) = line.trim().split_once(": ") else {
                    if line.starts_with("POST") { continue } else { break }
                };
                match name.to_ascii_lowercase().as_str() {
                    "content-length" => length = value.parse().unwrap(),
                    "x-roadblock-signature" => signature = value.to_owned(),
                    "idempotency-key" => key = value.to_owned(),
                    _ => (),
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let status = statuses.next().copied().unwrap_or(204);
            // Before the answer: who has it may look for the message at once.
            if status < 300 {
                sender.send(Message { signature, key, body: serde_json::from_slice(&body).unwrap() }).unwrap();
            }
            write!(stream, "HTTP/1.1 {status} Told\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        }
    });
    (address, messages)
}

fn notify(server: &Server, to: &str, folder: &Path, more: &[&str]) -> Command {
    let mut command = keeping_program();
    command.args(["notify", "--once", "--to", to, "--server"]).arg(server.url(""));
    for (flag, file) in [("--secret-file", "secret"), ("--token-file", "token"), ("--state", "state.json")] {
        command.arg(flag).arg(folder.join(file));
    }
    command.args(more);
    command
}

#[test]
fn a_receiver_is_told_everything_in_order_and_once_more_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::spawn(keeping_program().args(["serve", "--data"]).arg(folder.path().join("data")));
    let token = made(&folder.path().join("data"), &["--audience", "editor"]);
    fs::write(folder.path().join("token"), &token).unwrap();
    fs::write(folder.path().join("secret"), "a secret of this test\n").unwrap();
    let (to, messages) = receiver(&[500, 503]);
    let past = ["--since", "2025-10-15", "--corridor", "abj-zegoua-sikasso-bko", "--commodity", "fuel"];
    succeed(&mut notify(&server, &to, folder.path(), &past));
    let told: Vec<Message> = messages.try_iter().collect();
    let closed = told.iter().position(|message| message.body["after"] == "closed").expect("the attack of 21 October");
    assert_eq!(told[closed].body["at"], "2025-10-22T00:00:00Z", "when it became known");
    assert!(told[closed].body["causes"].as_array().unwrap().contains(&json!("ev-1021-zegoua")));
    assert!(told.windows(2).all(|pair| pair[0].body["at"].as_str() <= pair[1].body["at"].as_str()));
    assert!(told.windows(2).all(|pair| pair[0].body["after"] == pair[1].body["before"]), "each goes on from the one before");
    for message in &told {
        assert_eq!(message.key, message.body["alert"]);
        assert!(message.signature.starts_with("t=") && message.signature.contains(",v1="), "{}", message.signature);
        assert!(message.body["explanation"].as_str().unwrap().contains(" as of "), "{}", message.body);
        assert!(message.body["explanation_fr"].is_string() && message.body["rules"].is_array());
        assert!(message.body["disclaimer"].as_str().unwrap().contains("Not for navigation"));
    }

    succeed(&mut notify(&server, &to, folder.path(), &past[2..]));
    assert_eq!(messages.try_iter().count(), 0, "it was told");
    succeed(&mut notify(&server, &to, folder.path(), &past));
    let again: Vec<String> = messages.try_iter().map(|message| message.key).collect();
    assert_eq!(again, told.iter().map(|message| message.key.clone()).collect::<Vec<_>>());

    let report = json!({
        "type": "Feature", "id": "ev-fresh", "geometry": {"type": "Point", "coordinates": [-5.6256, 11.1709]},
        "properties": {
            "subtype": "ambush", "temporality": "event", "effect": "closes", "severity": 4, "certainty": "observed", "actor": "UNKNOWN",
            "attribution": "reported", "name": "Convoy attacked", "valid_from": "2026-01-01T00:00:00Z", "commodity": ["fuel"], "sensitivity": "public",
            "location": {"method": "point", "segment": "seg-loulouni--sikasso"}, "time_precision": 1,
            "sources": [{"id": "press-9", "title": "A new report", "publisher": "Press"}]
        }
    });
    let lock = fs::File::create(folder.path().join("state.json.lock")).unwrap();
    lock.lock().unwrap();
    let second = notify(&server, &to, folder.path(), &past[2..]).output().unwrap();
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("in use by another"), "{second:?}");
    drop(lock);
    let posted = |mut report: Value| {
        let today = server.json("/access/corridors")["known_at"].as_str().unwrap()[..10].to_owned();
        report["properties"]["valid_from"] = today.into();
        let request = server.ask(reqwest::Method::POST, &server.url("/collections/blockades/items")).bearer_auth(&token);
        request.header("content-type", "application/geo+json").body(report.to_string()).send().unwrap()
    };
    let path = "/access/alerts/stream?since=2025-10-21T12:00:00Z&corridor=abj-zegoua-sikasso-bko&commodity=fuel";
    let stream = server.ask(reqwest::Method::GET, &server.url(path)).bearer_auth(&token).send().unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    assert!(lines.by_ref().any(|line| line == "id: 2025-10-22T00:00:00Z"), "what was before");
    let answer = posted(report);
    assert_eq!(answer.status(), 201, "{}", answer.text().unwrap());
    assert!(lines.by_ref().any(|line| line.starts_with("data: ") && line.contains("ev-fresh")), "and what is new");
    succeed(&mut notify(&server, &to, folder.path(), &past[2..]));
    let fresh: Vec<Message> = messages.try_iter().collect();
    assert_eq!(fresh.len(), 1);
    assert_eq!((&fresh[0].body["after"], &fresh[0].body["causes"]), (&json!("closed"), &json!(["ev-fresh"])));
}

/// What another program reads in a feed: each entry's id, when it was updated, and whether it has a title, a text and an address.
const READS: &str = "import sys, xml.etree.ElementTree as xml
atom = '{http://www.w3.org/2005/Atom}'
feed = xml.fromstring(sys.stdin.buffer.read())
assert feed.tag == atom + 'feed', feed.tag
for name in ['id', 'title', 'updated', 'rights', 'subtitle', 'author/' + atom + 'name']:
    assert feed.find(atom + name).text, name
for entry in feed.findall(atom + 'entry'):
    assert entry.find(atom + 'title').text == entry.find(atom + 'content').text
    print(entry.find(atom + 'id').text, entry.find(atom + 'updated').text, entry.find(atom + 'link').get('href'))
";

#[test]
fn a_feed_is_read_by_others_and_its_entries_stay_the_same() {
    let Some(python) = program("a_feed_is_read_by_others", &["python3"], "apt-get install python3") else { return };
    let server = Server::with(["serve", "--memory"]);
    let read = |path: &str| -> Vec<String> {
        let feed = server.ask(reqwest::Method::GET, &server.url(path)).header("accept", "application/atom+xml").send().unwrap();
        assert_eq!((feed.status().as_u16(), &feed.headers()["content-type"]), (200, &"application/atom+xml".parse().unwrap()));
        let mut reader = Command::new(&python);
        let mut reader = reader.args(["-c", READS]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        reader.stdin.take().unwrap().write_all(&feed.bytes().unwrap()).unwrap();
        let output = reader.wait_with_output().unwrap();
        assert!(output.status.success(), "{path}");
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    };
    for path in ["/access/alerts?since=2025-09-01&until=2025-12-01", "/access/changes?from=2025-09-16&to=2025-10-22&lang=fr"] {
        let entries = read(path);
        let ids: BTreeSet<&str> = entries.iter().filter_map(|entry| entry.split(' ').next()).collect();
        assert!(entries.len() > 3 && ids.len() == entries.len(), "{entries:?}");
        assert_eq!(read(path), entries, "{path}");
        assert!(entries.iter().all(|entry| entry.contains(&server.url("/"))), "{entries:?}");
    }
}

#[test]
fn what_does_not_work_is_said_and_a_receiver_may_leave() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with(["serve", "--memory"]);
    fs::write(folder.path().join("token"), "").unwrap();
    fs::write(folder.path().join("secret"), "short").unwrap();
    let (to, _messages) = receiver(&[410]);
    let refused = |more: &[&str]| {
        let output = notify(&server, &to, folder.path(), more).output().unwrap();
        (output.status.code().unwrap(), texts(&output).1)
    };
    let (code, said) = refused(&[]);
    assert!(code == 2 && said.contains("needs 16 or more"), "{code} {said}");
    fs::write(folder.path().join("secret"), "a secret of this test").unwrap();
    let (code, said) = refused(&[]);
    assert!(code == 2 && said.contains("401"), "an empty token is none: {code} {said}");
}
