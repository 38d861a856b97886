//! Tokens as operators and clients see them: made, used, over, revoked while a server runs, and in no log.

use crate::outside::{run, succeed, texts};
use crate::server::{Server, keeping_program, program};
use reqwest::Method;
use reqwest::blocking::{RequestBuilder, Response};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const ITEMS: &str = "/collections/areas/items?limit=1";

fn token(words: &[&str], folder: &Path) -> Command {
    let mut command = keeping_program();
    command.arg("token").args(words).arg("--data").arg(folder);
    command
}

/// Makes a token; what is printed is the token and nothing else.
pub(crate) fn made(folder: &Path, words: &[&str]) -> String {
    let out = succeed(token(&["create"], folder).args(words));
    let token = out.strip_suffix('\n').unwrap().to_owned();
    assert!(token.starts_with("rb_") && token.len() == 46 && !token.contains(char::is_whitespace), "{out:?}");
    token
}

fn serving(folder: &Path, more: &[&str]) -> Server {
    Server::spawn(keeping_program().args(["serve", "--data"]).arg(folder).args(more))
}

fn sent(request: RequestBuilder) -> Response {
    request.send().unwrap()
}

fn status(server: &Server, path: &str, token: &str) -> u16 {
    sent(server.request(path).bearer_auth(token)).status().as_u16()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[test]
fn a_token_is_good_from_when_it_is_made_until_it_is_revoked_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let server = serving(folder.path(), &[]);
    let editor = made(folder.path(), &["--audience", "editor", "--name", "qgis-anna", "--allow-blind-edits"]);
    assert_eq!(status(&server, ITEMS, &editor), 200);
    for user in ["", "anna", "whoever"] {
        assert_eq!(sent(server.request(ITEMS).basic_auth(user, Some(&editor))).status(), 200, "{user}");
    }
    let known: serde_json::Value =
        serde_json::from_str(&sent(server.request("/session").bearer_auth(&editor)).text().unwrap()).unwrap();
    assert_eq!(
        (&known["audience"], &known["name"], &known["allow_blind_edits"]),
        (&"editor".into(), &"qgis-anna".into(), &true.into())
    );

    let partner = made(folder.path(), &["--audience", "partner", "--expires", "90d"]);
    let listed = succeed(&mut token(&["list"], folder.path()));
    assert_eq!(listed.lines().count(), 3, "{listed}");
    for said in ["qgis-anna", "editor with blind edits", "never", "partner-", "in force"] {
        assert!(listed.contains(said), "no {said} in\n{listed}");
    }
    for token in [&editor, &partner] {
        assert!(!listed.contains(token.as_str()) && !listed.contains(&token[token.len() - 8..]), "{listed}");
    }
    succeed(&mut token(&["revoke", "qgis-anna"], folder.path()));
    assert_eq!((status(&server, ITEMS, &editor), status(&server, ITEMS, &partner)), (401, 200));
    assert!(succeed(&mut token(&["list"], folder.path())).contains("revoked 20"));
    server.assert_log_clean();
}

#[test]
fn a_token_that_is_over_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = serving(folder.path(), &[]);
    let soon = succeed(Command::new("date").args(["-u", "-d", "+4 seconds", "+%Y-%m-%dT%H:%M:%SZ"]));
    let token = made(folder.path(), &["--audience", "partner", "--expires", soon.trim()]);
    let begun = Instant::now();
    while status(&server, "/healthz", &token) == 200 {
        assert!(begun.elapsed() < Duration::from_secs(20), "it is still good");
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(status(&server, "/healthz", &token), 401);
}

#[test]
fn a_wrong_token_is_refused_before_anything_is_looked_up_and_soon_for_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let server = serving(folder.path(), &[]);
    let right = made(folder.path(), &["--audience", "partner"]);
    let said = |path: &str, authorization: &str| {
        let response = sent(server.request(path).header("authorization", authorization));
        assert_eq!(header(&response, "www-authenticate"), "Bearer, Basic realm=\"roadblock\"", "{path}");
        assert_eq!(
            (header(&response, "content-type"), header(&response, "cache-control")),
            ("application/problem+json", "no-store")
        );
        let problem: serde_json::Value = serde_json::from_str(&response.text().unwrap()).unwrap();
        (problem["status"].as_u64().unwrap(), problem["detail"].as_str().unwrap().to_owned())
    };
    let guess = format!("Bearer rb_{}", "A".repeat(43));
    let first = said(ITEMS, &guess);
    assert_eq!(first.0, 401);
    assert_eq!(server.get("/collections/nothing").status(), 404);
    assert_eq!(said("/collections/nothing", &guess), first, "what there is is nobody's business who guesses");
    assert_eq!(said("/no/such/address", &guess), first);
    assert_eq!(said(ITEMS, "Bearer"), first);
    assert_eq!(said(ITEMS, "Basic garbage"), first);
    let slowed = sent(server.request(ITEMS).header("authorization", &guess));
    assert_eq!(slowed.status(), 429);
    assert!((1..=60).contains(&header(&slowed, "retry-after").parse::<u32>().unwrap()));
    assert_eq!(status(&server, ITEMS, &right), 200, "who knows is not slowed");
    assert_eq!(server.get(ITEMS).status(), 200);
    let in_memory = Server::start();
    assert_eq!(status(&in_memory, ITEMS, &right), 401, "where nothing is kept no token is known");
}

/// What a shared cache may keep and hand out again, as RFC 9111 has it.
#[derive(Default)]
struct SharedCache {
    kept: Vec<(String, Option<String>, Vec<String>)>,
}

impl SharedCache {
    /// Whether the answer came from the cache; if not, it is asked for, and kept if that is allowed. `without` leaves names out of `Vary`.
    fn ask(&mut self, server: &Server, path: &str, authorization: Option<&str>, without: &[&str]) -> bool {
        let matches = |(kept, said, vary): &(String, Option<String>, Vec<String>)| {
            // No other header differs between the askers here.
            kept == path && (said.as_deref() == authorization || !vary.iter().any(|name| name == "authorization"))
        };
        if self.kept.iter().any(matches) {
            return true;
        }
        let request = authorization.into_iter().fold(server.request(path), |request, said| request.header("authorization", said));
        let response = sent(request);
        assert_eq!(response.status(), 200, "{path}");
        let lifetime = header(&response, "cache-control").to_owned();
        let forbids = ["no-store", "private"].iter().any(|word| lifetime.contains(word));
        // Section 3.5: what was asked for with Authorization is kept only where the answer says so.
        let allowed =
            authorization.is_none() || ["public", "s-maxage", "must-revalidate"].iter().any(|word| lifetime.contains(word));
        if !forbids && allowed {
            let vary = header(&response, "vary").to_ascii_lowercase();
            let vary =
                vary.split(',').map(|name| name.trim().to_owned()).filter(|name| !without.contains(&name.as_str())).collect();
            self.kept.push((path.to_owned(), authorization.map(str::to_owned), vary));
        }
        false
    }
}

#[test]
fn no_shared_cache_hands_an_answer_to_another_audience() {
    let folder = tempfile::tempdir().unwrap();
    let server = serving(folder.path(), &[]);
    let partner = format!("Bearer {}", made(folder.path(), &["--audience", "partner"]));
    for path in [
        ITEMS,
        "/xyz/areas/6/30/29.mvt",
        "/xyz/areas/6/30/29.png",
        "/xyz/all.json",
        "/",
        "/viewer.json",
        "/collections/areas/download.geojson",
    ] {
        let mut cache = SharedCache::default();
        assert!(!cache.ask(&server, path, Some(&partner), &[]));
        assert!(!cache.ask(&server, path, None, &[]), "{path}: the public gets what a partner was answered");
        assert!(cache.ask(&server, path, None, &[]), "{path}: public answers are kept");
        assert!(!cache.ask(&server, path, Some(&partner), &[]), "{path}: a partner gets what the public was answered");
        // This is what Vary is for.
        let mut cache = SharedCache::default();
        assert!(
            !cache.ask(&server, path, None, &["authorization"]) && cache.ask(&server, path, Some(&partner), &["authorization"])
        );
        let known = sent(server.request(path).header("authorization", &partner));
        assert_eq!(header(&known, "cache-control"), "private, no-store", "{path}");
        for response in [known, server.get(path)] {
            assert_eq!(response.headers().get_all("vary").iter().count(), 1, "{path}");
            assert!(header(&response, "vary").ends_with("Authorization, Cookie"), "{path}");
        }
    }
}

#[test]
fn no_secret_is_in_the_log_however_much_is_logged_nor_in_any_refusal() {
    let folder = tempfile::tempdir().unwrap();
    let server = serving(folder.path(), &["--log", "trace"]);
    let right = made(folder.path(), &["--audience", "admin"]);
    let wrong = format!("rb_{}", "Q".repeat(43));
    let mut answers = Vec::new();
    let mut sends = |request: RequestBuilder| {
        let response = sent(request);
        let head = format!("{:?}", response.headers());
        answers.push((head, response.text().unwrap()));
    };
    for token in [&right, &wrong] {
        sends(server.request(ITEMS).bearer_auth(token));
        sends(server.request(ITEMS).basic_auth("anna", Some(token)));
        sends(server.request("/collections/nothing").bearer_auth(token));
        sends(server.request(&format!("{ITEMS}&token={token}")));
        sends(server.request(&format!("/xyz/areas/6/30/29.mvt?access_token={token}")));
        sends(
            server
                .method(Method::POST, "/session")
                .body(format!("{{\"token\": \"{token}\"}}"))
                .header("content-type", "application/json"),
        );
        sends(
            server
                .method(Method::POST, "/session")
                .body(format!("token={token}"))
                .header("content-type", "application/x-www-form-urlencoded"),
        );
        sends(
            server
                .method(Method::POST, "/session")
                .body(format!("{{\"token\": {token}"))
                .header("content-type", "application/json"),
        );
        sends(server.request("/healthz").header("authorization", format!("Nonsense {token}")));
    }
    // What is logged comes a moment later than what is answered; nothing else asks for this.
    sends(server.request("/conformance"));
    server.wait_for_log("\"/conformance\"");
    let log = server.log();
    assert!(log.contains("DEBUG") && log.lines().count() > 10, "{log}");
    for secret in [&right[3..], &wrong[3..]] {
        assert!(!log.contains(secret), "{log}");
        assert!(answers.iter().all(|(head, body)| !head.contains(secret) && !body.contains(secret)));
    }
    for cookie in answers.iter().filter_map(|(head, _)| head.split("roadblock-session=").nth(1)?.split(';').next()) {
        assert!(!log.contains(cookie), "{log}");
    }
    let refused = server.get(&format!("/?token={wrong}"));
    assert_eq!(refused.status(), 400);
    assert!(refused.text().unwrap().contains("Authorization: Bearer"));
}

#[test]
fn the_operators_listener_asks_nobody_who_they_are() {
    let server = Server::with(["serve", "--admin-listen", "127.0.0.1:0"]);
    let metrics = |request: RequestBuilder| sent(request).status();
    assert_eq!(metrics(server.ask(Method::GET, &server.admin_url("/metrics")).bearer_auth("rb_anything")), 200);
    assert_eq!(metrics(server.ask(Method::GET, &server.admin_url("/metrics")).basic_auth("prometheus", Some("x"))), 200);
}

#[test]
fn what_cannot_be_is_refused_with_a_sentence() {
    let top = tempfile::tempdir().unwrap();
    let data = top.path().join("data");
    let refused = |words: &[&str]| {
        let output = run(&mut token(words, &data));
        let (out, err) = texts(&output);
        assert_eq!(out, "", "{words:?}");
        (output.status.code().unwrap(), err)
    };
    let anna = ["create", "--audience", "editor", "--name", "anna"];
    for (words, says) in [
        (vec!["list"], "no tokens in"),
        (vec!["revoke", "anna"], "no tokens in"),
        (vec!["create"], "--audience"),
        (vec!["create", "--audience", "emperor"], "partner, editor, admin"),
        (vec!["create", "--audience", "partner", "--name", "two words"], "qgis-anna"),
        (vec!["create", "--audience", "partner", "--expires", "2001-01-01"], "over already"),
        (vec!["create", "--audience", "partner", "--expires", "soon"], "90d"),
        (vec!["create", "--audience", "partner", "--allow-blind-edits"], "does not edit"),
    ] {
        let (code, err) = refused(&words);
        assert!(code == 2 && err.contains(says), "{words:?}: {code} {err}");
    }
    made(&data, &anna[1..]);
    assert!(refused(&anna).1.contains("revoke it first"));
    assert!(refused(&["revoke", "berta"]).1.contains("there are: anna"));
    std::fs::write(data.join("tokens.db"), "no database, but long enough to be taken for the head of one ".repeat(9)).unwrap();
    let serve = run(keeping_program().args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data));
    for (code, err) in [refused(&["list"]), (serve.status.code().unwrap(), texts(&serve).1)] {
        assert!(code == 3 && err.contains("tokens.db holds no tokens of roadblock"), "{code} {err}");
    }
    assert_eq!(run(program().args(["token", "--help"])).status.code(), Some(0));
}
