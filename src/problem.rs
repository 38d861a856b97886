//! What a client is told when something is wrong: RFC 9457 problem documents.
//!
//! A 4xx says what, where and what would be right. A 5xx says only that it is ours, and the request id that finds it in the log.
//! `code` and `description` are there for OGC API Features 1.0 readers.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::fmt;

/// What a client may send to be known; browsers and desktops show a dialogue for it.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer, Basic realm=\"roadblock\"");

/// Findings in one answer; the rest is found when these are mended.
const MOST_FINDINGS: usize = 500;

/// As many findings as one answer tells.
pub fn first<F>(findings: &[F]) -> &[F] {
    findings.get(..MOST_FINDINGS).unwrap_or(findings)
}

/// One refusal. Becomes `application/problem+json`.
#[derive(Debug, Clone)]
pub struct Problem {
    /// HTTP status of the answer.
    pub status: StatusCode,
    /// Stable machine-readable name of the refusal.
    pub code: &'static str,
    /// Sentence for the caller; for 5xx it never holds internals.
    pub detail: String,
    /// Seconds after which trying again makes sense.
    pub retry_after_s: Option<u32>,
    /// Methods allowed, for 405.
    pub allow: Option<Cow<'static, str>>,
    /// A member of its own, by name: findings, or what is there now.
    pub member: Option<Box<(&'static str, Value)>>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), retry_after_s: None, allow: None, member: None }
    }

    /// 400: a parameter is wrong. `detail` names it, its value and what would be right.
    pub fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: who asks is not known.
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", detail)
    }

    /// 403: who asks is known, and may not.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", detail)
    }

    /// 409 or 412: what is there is not what the change was meant to follow. `current` says what it is.
    pub fn conflict(current: Vec<Value>) -> Self {
        let is_newer = current.iter().any(|current| current["version"].is_u64());
        let mut problem = match is_newer {
            true => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "Conflict",
                "it is there already, or was changed since it was read; read what is there now and decide again",
            ),
            false => Self::new(StatusCode::CONFLICT, "Conflict", "there is no such record to be changed; create it with POST"),
        };
        problem.member = Some(Box::new(("current", current.into())));
        problem
    }

    /// 410: it was there, and is not kept.
    pub fn gone(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::GONE, "Gone", detail)
    }

    /// 413: the body is longer than any that is read.
    pub fn too_large(most_bytes: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "BodyTooLarge",
            format!("the body is longer than {most_bytes} bytes; send it in parts"),
        )
    }

    /// 422: understood, and refused; each finding says what is wrong, where, and what would be right.
    pub fn findings<F: Serialize + fmt::Display>(findings: &[F]) -> Self {
        let detail = match findings {
            [finding] => finding.to_string(),
            _ => format!("nothing was changed; {} things were found", findings.len()),
        };
        Self { member: Some(Box::new(("findings", json!(first(findings))))), ..Self::unprocessable("Refused", detail) }
    }

    /// 422: understood, and refused.
    pub fn unprocessable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// 428: a change must say which version it follows.
    pub fn precondition_required() -> Self {
        let detail = "say which version the change follows: send the ETag of the feature as it was read in If-Match";
        Self::new(StatusCode::PRECONDITION_REQUIRED, "PreconditionRequired", detail)
    }

    /// 507: the disk is full.
    pub fn insufficient_storage() -> Self {
        Self::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "InsufficientStorage",
            "the disk is full: nothing was changed; reading goes on",
        )
    }

    /// 404: there is no such thing. Hidden and absent read the same.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", detail)
    }

    /// 405 with the methods that would work.
    pub fn method_not_allowed(allow: impl Into<Cow<'static, str>>) -> Self {
        let allow = allow.into();
        let mut problem =
            Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", format!("this address answers {allow} only"));
        problem.allow = Some(allow);
        problem
    }

    /// 401: a token that opens nothing. The same words whatever is wrong with it, so that nobody learns from them.
    pub fn wrong_token() -> Self {
        Self::unauthorized(
            "the Authorization header holds no token that is in force: it is unknown, expired, revoked or written wrongly; send \
             'Bearer TOKEN', or Basic with the token as password, or nothing for what is public",
        )
    }

    /// 429: too many tokens that open nothing.
    pub fn too_many_wrong_tokens(retry_after_s: u32) -> Self {
        let detail = "too many tokens from this address were wrong; a right one is let in at any time";
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyWrongTokens", detail);
        problem.retry_after_s = Some(retry_after_s);
        problem
    }

    /// 415: a body of a type that is not read here.
    pub fn unsupported_media(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", detail)
    }

    /// 406: nothing we can send fits what the client accepts.
    pub fn not_acceptable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_ACCEPTABLE, "NotAcceptable", detail)
    }

    /// What a layer below the handlers refused with a status alone.
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::SERVICE_UNAVAILABLE => Self::unavailable("the answer took too long; try again shortly", 5),
            StatusCode::BAD_REQUEST => {
                Self::bad_request("InvalidAddress", "the address cannot be decoded; write it as percent-encoded UTF-8")
            }
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(status, "BodyTooLarge", "the body is too large; send it in parts"),
            StatusCode::REQUEST_TIMEOUT => Self::new(status, "RequestTimeout", "the body came too slowly"),
            _ if status.is_server_error() => Self::internal(),
            _ => Self::new(status, "Refused", status.canonical_reason().unwrap_or("refused")),
        }
    }

    /// 414: the address is longer than any address here.
    pub fn uri_too_long(most_bytes: usize) -> Self {
        Self::new(StatusCode::URI_TOO_LONG, "AddressTooLong", format!("the address is longer than {most_bytes} bytes"))
    }

    /// 503: too busy or not ready; the client may come back after `retry_after_s`.
    pub fn unavailable(detail: impl Into<String>, retry_after_s: u32) -> Self {
        let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", detail);
        problem.retry_after_s = Some(retry_after_s);
        problem
    }

    /// 503: drawing what is asked for was given up.
    pub fn too_much_to_draw() -> Self {
        let detail = "drawing this would take more than 2 seconds or 64 MB, and was given up; ask for fewer layers, a nearer zoom or another \
                      style";
        Self { code: "TooMuchToDraw", ..Self::unavailable(detail, 30) }
    }

    /// 500: our fault. The cause goes to the log, never to the client.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalError",
            "something went wrong here; the X-Request-Id of this answer finds it in the log",
        )
    }
}

impl Problem {
    /// The answer, written; `instance` is the id of the request it answers.
    pub fn write(self, instance: &str) -> Response {
        let mut body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("error"),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "instance": format!("/requests/{instance}"),
            "code": self.code,
            "description": self.detail,
        });
        if let Some((name, member)) = self.member.map(|member| *member) {
            body[name] = member;
        }
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = self.allow.and_then(|allow| HeaderValue::from_str(&allow).ok()) {
            headers.insert(header::ALLOW, allow);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, CHALLENGE);
        }
        response
    }
}

/// Carries the problem to the outermost layer, which alone knows the id of the request and writes it.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
