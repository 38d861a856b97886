use crate::http::front::Front;
use crate::http::sample::{Answer, ask, at, keeping, sample, send};
use axum::body::Body;
use axum::http::Request;
use roadblock_layers::tokens::{Grant, Role, Token, Tokens};
use std::path::Path;

const FORM: &str = "application/x-www-form-urlencoded";

fn give(folder: &Path) -> String {
    let token = Token::of([7; 32]);
    let created = at("2025-01-01");
    let grant =
        Grant { name: "<anna>".replace(['<', '>'], "@"), role: Role::Editor, allow_blind_edits: false, created, expires: None };
    Tokens::of(folder).unwrap().add(&token, &grant).unwrap();
    token.reveal().to_owned()
}

async fn sent(router: &Front, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8080");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(router, request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn a_program_trades_its_token_for_a_cookie_and_gives_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let token = give(folder.path());
    let router = keeping(folder.path(), None);
    let nobody = ask(&router, "/session", &[]).await.json();
    assert!(nobody["audience"] == "public" && nobody["csrf_token"].is_null());

    let json = [("content-type", "application/json; charset=utf-8")];
    let begun = sent(&router, "POST", "/session", &json, &format!("{{\"token\": \"{token}\"}}")).await;
    assert_eq!(begun.status, 200);
    let (cookie, attributes) = begun.header("set-cookie").split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; Max-Age=43200; HttpOnly; SameSite=Strict");
    assert!(!cookie.contains(&token));
    let told = begun.json();
    assert_eq!((&told["audience"], &told["name"]), (&"editor".into(), &"@anna@".into()));
    let word = told["csrf_token"].as_str().unwrap();
    assert!(word.len() == 43 && !cookie.contains(word));

    let shown = ask(&router, "/session", &[("cookie", cookie)]).await;
    assert_eq!((shown.json(), shown.header("cache-control")), (told.clone(), "private, no-store"));
    assert_eq!(sent(&router, "DELETE", "/session", &[("cookie", cookie)], "").await.status, 403);
    let ended = sent(&router, "DELETE", "/session", &[("cookie", cookie), ("x-csrf-token", word)], "").await;
    assert_eq!((ended.status.as_u16(), ended.header("set-cookie").contains("Max-Age=0")), (204, true));
    assert_eq!(ask(&router, "/session", &[("cookie", cookie)]).await.json(), nobody);
}

#[tokio::test]
async fn a_browser_signs_in_and_out_without_a_script() {
    let folder = tempfile::tempdir().unwrap();
    let token = give(folder.path());
    let router = keeping(folder.path(), Some("https://maps.example/mali"));
    let page = ask(&router, "/signin", &[]).await;
    assert!(page.text().contains("<label for=\"token\">") && !page.text().contains("<script"), "{}", page.text());
    let wrong = sent(&router, "POST", "/session", &[("content-type", FORM)], "token=rb_guess").await;
    assert_eq!((wrong.status.as_u16(), wrong.header("www-authenticate")), (403, ""));
    assert!(wrong.text().contains("role=\"alert\"") && !wrong.text().contains("rb_guess"));
    let begun = sent(&router, "POST", "/session", &[("content-type", FORM)], &format!("token={token}")).await;
    assert_eq!((begun.status.as_u16(), begun.header("location")), (303, "./"));
    let (cookie, attributes) = begun.header("set-cookie").split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/mali; Max-Age=43200; HttpOnly; SameSite=Strict; Secure");
    let page = ask(&router, "/signin", &[("cookie", cookie)]).await;
    assert!(page.text().contains("@anna@") && page.text().contains("action=\"signout\""), "{}", page.text());
    assert_eq!(page.header("cache-control"), "private, no-store");
    let foreign = [("cookie", cookie), ("sec-fetch-site", "cross-site")];
    assert_eq!(sent(&router, "POST", "/signout", &foreign, "").await.status, 403);
    assert_eq!(sent(&router, "POST", "/signout", &[("cookie", cookie)], "").await.status, 303);
    assert!(ask(&router, "/signin", &[("cookie", cookie)]).await.text().contains("action=\"session\""));
}

#[tokio::test]
async fn what_signs_nobody_in_says_why_and_repeats_nothing() {
    let router = sample();
    for (media, body, status, says) in [
        ("text/plain", "rb_secret", 415, "JSON"),
        ("application/json", "{\"token\": rb_secret}", 400, "token"),
        ("application/json", "{\"key\": \"rb_secret\"}", 400, "token"),
        ("application/json", "{\"token\": \"rb_secret\"}", 401, "in force"),
        (FORM, "key=rb_secret", 400, "role=\"alert\""),
    ] {
        let answer = sent(&router, "POST", "/session", &[("content-type", media)], body).await;
        assert_eq!(answer.status, status, "{media} {body}");
        assert!(answer.text().contains(says) && !answer.text().contains("secret"), "{}", answer.text());
    }
}

#[tokio::test]
async fn an_address_says_which_methods_it_has() {
    let router = sample();
    for (path, methods) in
        [("/session", "GET, HEAD, POST, DELETE, OPTIONS"), ("/signout", "POST, OPTIONS"), ("/api", "GET, HEAD, OPTIONS")]
    {
        let refused = sent(&router, "PATCH", path, &[], "").await;
        assert_eq!((refused.status.as_u16(), refused.header("allow")), (405, methods));
        let asked = sent(&router, "OPTIONS", path, &[("origin", "https://example.org")], "").await;
        assert_eq!((asked.status.as_u16(), asked.header("allow")), (204, methods));
        assert!(asked.header("access-control-allow-headers").contains("Authorization"));
        assert!(!asked.header("access-control-allow-methods").contains("POST"), "other sites' pages only read");
    }
}
