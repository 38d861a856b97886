//! A session for the map in a browser: a token traded for a cookie that no script can read, and the page that does it without a script.

use super::call::Call;
use super::document;
use super::html::{self, escape};
use crate::auth::{COOKIE, Session};
use crate::base::Arrival;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::server::Server;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use roadblock_layers::vocab::Audience;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// What is sent to sign in.
#[derive(Deserialize)]
struct SignIn {
    token: String,
}

/// `GET /session`: who asks, and the word that must come with changes by cookie.
pub async fn show(State(server): State<Arc<Server>>, caller: Caller, headers: HeaderMap) -> Response {
    let session = server.access.session(&headers, server.now()).filter(|_| caller.audience != Audience::Public);
    described(&caller, session.as_ref())
}

/// `POST /session`: begins one. A program gets the answer of `GET`, a form the map, or the page again with what is wrong.
pub async fn begin(call: Call, arrival: Option<Extension<Arrival>>, body: Bytes) -> Result<Response, Problem> {
    let (server, headers) = (&call.server, &call.headers);
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_form = media == "application/x-www-form-urlencoded";
    // What the readers of the two say of a body may quote it, and the token with it.
    let sent: Option<SignIn> = match media.as_str() {
        "application/json" => serde_json::from_slice(&body).ok(),
        _ if is_form => serde_urlencoded::from_bytes(&body).ok(),
        _ => {
            return Err(Problem::unsupported_media(
                "send the token as JSON, {\"token\": \"…\"}, or as a form with the field 'token'",
            ));
        }
    };
    let arrival = arrival.map(|Extension(arrival)| arrival);
    let begun = match sent {
        Some(sent) => sign_in(&call, sent, arrival).await,
        None => Err(Problem::bad_request("NoToken", "the body has no member or field 'token'")),
    };
    match begun {
        Ok((caller, id, session)) => {
            let mut response = if is_form { to_the_map() } else { described(&caller, Some(&session)) };
            let lasts_s = session.ends.seconds().saturating_sub(call.now.seconds());
            set_cookie(server, &mut response, &id, lasts_s);
            Ok(response)
        }
        Err(problem) if is_form => Ok(page_again(&call.base, &problem)),
        Err(problem) => Err(problem),
    }
}

/// Begins a session where a thread may wait for the file of tokens.
async fn sign_in(call: &Call, sent: SignIn, arrival: Option<Arrival>) -> Result<(Caller, String, Session), Problem> {
    let (server, headers, now) = (Arc::clone(&call.server), call.headers.clone(), call.now);
    let begun = spawn_blocking(move || server.access.sign_in(&sent.token, &headers, arrival, now)).await;
    begun.map_err(|_panicked| Problem::internal())?
}

/// `DELETE /session`: ends it.
pub async fn end(State(server): State<Arc<Server>>, headers: HeaderMap) -> Result<Response, Problem> {
    ended(&server, &headers, StatusCode::NO_CONTENT.into_response())
}

/// `POST /signout`: the same for a page without a script.
pub async fn end_by_form(State(server): State<Arc<Server>>, headers: HeaderMap) -> Result<Response, Problem> {
    ended(&server, &headers, to_the_map())
}

fn ended(server: &Server, headers: &HeaderMap, mut response: Response) -> Result<Response, Problem> {
    server.access.sign_out(headers)?;
    set_cookie(server, &mut response, "", 0);
    Ok(response)
}

/// `GET /signin`: the page.
pub async fn page(call: Call, caller: Caller) -> Result<Response, Problem> {
    call.query.allow(&[])?;
    let body = match &caller.name {
        None => form(""),
        Some(name) => format!(
            "<p>You are signed in as <strong>{}</strong>: what you see is for the audience <em>{}</em>.</p>\n\
             <form method=\"post\" action=\"signout\"><p><button>Sign out</button></p></form>",
            escape(name),
            caller.audience.as_str()
        ),
    };
    Ok(document::seal(&call, html::MEDIA_TYPE, html::page("Sign in", &call.base, &body)))
}

fn form(alert: &str) -> String {
    let alert =
        if alert.is_empty() { String::new() } else { format!("<p role=\"alert\"><strong>{}</strong></p>\n", escape(alert)) };
    format!(
        "{alert}<form method=\"post\" action=\"session\">\n\
         <p><label for=\"token\">Token</label><br>\n\
         <input id=\"token\" name=\"token\" type=\"password\" size=\"50\" required autofocus autocomplete=\"off\" \
         spellcheck=\"false\" aria-describedby=\"about\"></p>\n\
         <p><button>Sign in</button></p>\n\
         <p id=\"about\" class=\"note\">Whoever runs this server makes tokens. You stay signed in for twelve hours at most; signing out \
         or closing the server ends it. Without a token you see what is public.</p>\n</form>"
    )
}

/// A refusal as the page again. Not 401: a browser would ask for a name and a password beside it.
fn page_again(base: &str, problem: &Problem) -> Response {
    let status = if problem.status == StatusCode::UNAUTHORIZED { StatusCode::FORBIDDEN } else { problem.status };
    let alert = match problem.status {
        StatusCode::UNAUTHORIZED => "This token opens nothing: it is unknown, expired or revoked.",
        _ => &problem.detail,
    };
    let mut response = (status, html::page("Sign in", base, &form(alert))).into_response();
    let head = response.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static(html::MEDIA_TYPE));
    head.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(html::SECURITY_POLICY));
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = problem.retry_after_s {
        head.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn described(caller: &Caller, session: Option<&Session>) -> Response {
    let document = json!({
        "audience": caller.audience,
        "name": caller.name,
        "admin": caller.is_admin,
        "allow_blind_edits": caller.allow_blind_edits,
        "ends": session.map(|session| session.ends),
        "csrf_token": session.map(|session| &session.csrf),
    });
    let head = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (head, document.to_string()).into_response()
}

/// Relative, so that it leads there behind any proxy.
fn to_the_map() -> Response {
    let head = [(header::LOCATION, "./"), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::SEE_OTHER, head, Body::empty()).into_response()
}

/// Sets the cookie, or removes it with a life of 0 seconds.
fn set_cookie(server: &Server, response: &mut Response, id: &str, lasts_s: i64) {
    let path = server
        .settings
        .public_url
        .as_deref()
        .and_then(|url| url.split_once("://")?.1.split_once('/'))
        .map_or("", |(_, path)| path);
    let secure = if server.access.is_https() { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={id}; Path=/{path}; Max-Age={lasts_s}; HttpOnly; SameSite=Strict{secure}");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests;
