use super::*;
use crate::config::TlsFiles;
use crate::http::sample::{at, settings};
use axum::http::Request;
use roadblock_layers::tokens::{Role, Tokens};
use roadblock_layers::vocab::Audience;
use std::path::Path;
use tempfile::TempDir;

const EVERYWHERE: &str = "/collections/nothing";

fn now() -> Instant {
    at("2026-11-25T12:00:00Z")
}

fn token(number: u8) -> Token {
    Token::of([number; 32])
}

fn bearer(number: u8) -> (&'static str, String) {
    ("authorization", format!("Bearer {}", token(number).reveal()))
}

fn give(folder: &Path, number: u8, role: Role, expires: Option<Instant>) {
    let grant = Grant { name: format!("n{number}"), role, allow_blind_edits: role == Role::Admin, created: now(), expires };
    Tokens::of(folder).unwrap().add(&token(number), &grant).unwrap();
}

fn access(folder: &TempDir) -> Access {
    Access::of(&Settings { keep: Keep::Directory(folder.path().into()), ..settings() }).unwrap()
}

fn request(method: Method, uri: &str, from: &str, headers: &[(&str, String)]) -> Parts {
    let arrival = Arrival { from: format!("{from}:1").parse().unwrap(), at: None, is_tls: false };
    let mut request = Request::builder().method(method).uri(uri).extension(arrival);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    request.body(()).unwrap().into_parts().0
}

fn asks(access: &Access, headers: &[(&str, String)], now: Instant) -> Result<Option<Caller>, (u16, String)> {
    let admitted = access.admit(&request(Method::GET, EVERYWHERE, "127.0.0.1", headers), now);
    admitted.map_err(|problem| (problem.status.as_u16(), problem.detail))
}

#[test]
fn a_token_makes_its_holder_of_who_asks_and_nothing_makes_the_public() {
    let folder = tempfile::tempdir().unwrap();
    give(folder.path(), 1, Role::Partner, None);
    give(folder.path(), 2, Role::Admin, None);
    let access = access(&folder);
    assert_eq!(asks(&access, &[], now()), Ok(None));
    let named = |number: u8| asks(&access, &[bearer(number)], now()).unwrap().unwrap();
    let partner = Caller { audience: Audience::Partner, name: Some("n1".into()), allow_blind_edits: false, is_admin: false };
    let admin = Caller { audience: Audience::Editor, name: Some("n2".into()), allow_blind_edits: true, is_admin: true };
    assert_eq!((named(1), named(2)), (partner, admin));
}

#[test]
fn whatever_is_wrong_with_a_token_the_answer_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    give(folder.path(), 1, Role::Editor, Some(now().plus_days(1)));
    give(folder.path(), 2, Role::Editor, None);
    Tokens::of(folder.path()).unwrap().revoke("n2", now()).unwrap();
    let garbage = |text: &str| ("authorization", text.to_owned());
    let wrong = [bearer(3), bearer(1), bearer(2), garbage("Bearer x"), garbage("Basic !"), garbage("Digest a"), garbage("")];
    let said: Vec<_> = wrong.map(|header| asks(&access(&folder), &[header], now().plus_days(1)).unwrap_err()).into();
    assert!(said.iter().all(|one| one.0 == 401 && *one == said[0]), "{said:?}");
    let nowhere = Access::of(&settings()).unwrap();
    assert_eq!(asks(&nowhere, &[bearer(2)], now()).unwrap_err(), said[0], "where nothing is kept, no token is known");
    assert_eq!(asks(&nowhere, &[], now()), Ok(None));
}

#[test]
fn who_guesses_is_slowed_and_who_knows_is_not() {
    let folder = tempfile::tempdir().unwrap();
    give(folder.path(), 1, Role::Editor, None);
    let access = access(&folder);
    let status = |header, now| asks(&access, &[header], now).map_or_else(|(status, _)| status, |_| 200);
    let guesses: Vec<u16> = (0..8).map(|_| status(bearer(9), now())).collect();
    assert_eq!(guesses, [401, 401, 401, 401, 401, 429, 429, 429]);
    assert_eq!(status(bearer(1), now()), 200);
    let later = Instant::from_micros(now().micros() + 60_000_000);
    assert_eq!(status(bearer(9), later), 401);
    // Nobody guesses a token by a scheme that carries none.
    let foreign = || ("authorization", "Negotiate abc".to_owned());
    let (fresh, at) = (self::access(&folder), |access: &Access, header| asks(access, &[header], now()).unwrap_err().0);
    assert!((0..8).all(|_| at(&fresh, foreign()) == 401) && at(&fresh, bearer(9)) == 401);
    let problem = access.admit(&request(Method::GET, "/?token=x", "127.0.0.1", &[bearer(1)]), now()).unwrap_err();
    assert_eq!((problem.status.as_u16(), problem.code), (400, "TokenInAddress"));
}

#[test]
fn who_can_overhear_tokens_is_warned_of_once() {
    let folder = tempfile::tempdir().unwrap();
    give(folder.path(), 1, Role::Editor, None);
    let warns = |access: &Access, from: &str, header| {
        drop(access.admit(&request(Method::GET, "/", from, &[header]), now()));
        access.warned.load(Ordering::Relaxed)
    };
    let plain = access(&folder);
    for (from, header, warned) in [
        ("127.0.0.1", bearer(1), false),
        ("[::1]", bearer(1), false),
        ("[::ffff:127.0.0.1]", bearer(1), false),
        ("192.0.2.1", bearer(9), false),
        ("192.0.2.1", bearer(1), true),
    ] {
        assert_eq!(warns(&plain, from, header), warned, "{from}");
    }
    let keep = Keep::Directory(folder.path().into());
    let behind_a_proxy = Settings { public_url: Some("https://maps.example".into()), keep: keep.clone(), ..settings() };
    let files = TlsFiles { certificate: "cert.pem".into(), key: "key.pem".into() };
    let of_its_own = Settings { tls: Some(files), keep, ..settings() };
    for over_tls in [behind_a_proxy, of_its_own] {
        assert!(!warns(&Access::of(&over_tls).unwrap(), "192.0.2.1", bearer(1)));
    }
}

fn signed_in(access: &Access, number: u8, now: Instant) -> (String, Session) {
    let (_, id, session) = access.sign_in(token(number).reveal(), &HeaderMap::new(), None, now).unwrap();
    (format!("roadblock-session={id}"), session)
}

#[test]
fn a_session_reads_by_cookie_and_changes_only_with_the_word_that_other_pages_cannot_read() {
    let folder = tempfile::tempdir().unwrap();
    give(folder.path(), 1, Role::Editor, None);
    let access = access(&folder);
    let (cookie, session) = signed_in(&access, 1, now());
    let asks = |method: Method, uri: &str, more: &[(&str, &str)]| {
        let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let headers: Vec<_> = [("cookie", cookie.clone())].into_iter().chain(more).collect();
        match access.admit(&request(method, uri, "127.0.0.1", &headers), now()) {
            Ok(caller) => caller.and_then(|caller| caller.name).unwrap_or_else(|| "public".into()),
            Err(problem) => problem.status.as_str().to_owned(),
        }
    };
    let word = ("x-csrf-token", session.csrf.as_str());
    assert_eq!(asks(Method::GET, "/", &[]), "n1");
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        assert_eq!(asks(method.clone(), "/collections/areas/items", &[]), "403");
        assert_eq!(asks(method.clone(), "/collections/areas/items", &[("x-csrf-token", "guess")]), "403");
        assert_eq!(asks(method.clone(), "/collections/areas/items", &[word]), "n1");
        assert_eq!(asks(method.clone(), "/collections/areas/items", &[word, ("sec-fetch-site", "same-origin")]), "n1");
        assert_eq!(asks(method, "/collections/areas/items", &[word, ("sec-fetch-site", "cross-site")]), "403");
    }
    assert_eq!(asks(Method::DELETE, "/session", &[]), "403");
    assert_eq!(asks(Method::POST, "/session", &[]), "n1", "to sign in anew needs no word");
    access.sign_out(&HeaderMap::from_iter([(header::COOKIE, cookie.parse().unwrap())])).unwrap();
    assert_eq!(asks(Method::GET, "/", &[]), "public");
}

#[test]
fn a_session_ends_with_its_token_and_with_the_day() {
    let folder = tempfile::tempdir().unwrap();
    let soon = Instant::from_micros(now().micros() + 3_600_000_000);
    give(folder.path(), 1, Role::Editor, None);
    give(folder.path(), 2, Role::Editor, Some(soon));
    let access = access(&folder);
    let (day, hour) = (signed_in(&access, 1, now()), signed_in(&access, 2, now()));
    assert_eq!((day.1.ends.seconds() - now().seconds(), hour.1.ends), (LASTS_S, soon));
    let name = |cookie: &str, at| asks(&access, &[("cookie", cookie.to_owned())], at).unwrap().and_then(|caller| caller.name);
    assert_eq!(name(&hour.0, now()).as_deref(), Some("n2"));
    assert_eq!(name(&hour.0, soon), None);
    assert_eq!(name(&day.0, soon).as_deref(), Some("n1"));
    assert_eq!(name(&day.0, day.1.ends), None);
    Tokens::of(folder.path()).unwrap().revoke("n1", now()).unwrap();
    assert_eq!(name(&day.0, now()), None, "at once");
    let status = |text: &str, site: &'static str| {
        let headers = HeaderMap::from_iter([(FETCH_SITE, site.parse().unwrap())]);
        access.sign_in(text, &headers, None, now()).err().unwrap().status.as_u16()
    };
    assert_eq!((status("rb_x", "none"), status(token(2).reveal(), "cross-site")), (401, 403));
}
