//! The two conversations: asking the server, and telling the receiver, signed.
//!
//! `X-Roadblock-Signature: t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256 of `SECONDS.BODY` by the shared secret (as Stripe and others have
//! it): whoever is told can check that it comes from us and is not an old message sent again.

use crate::cli::NotifyArgs;
use crate::clock::Clock;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::fmt::Write;
use std::time::Duration;
use ureq::Agent;
use ureq::http::StatusCode;

/// Whoever does not answer within this is asked again later.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest answer that is read.
const MOST_BYTES: u64 = 64 << 20;

/// What came of telling.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// It has it.
    All,
    /// It wants no more.
    Gone,
}

/// Why it did not work, and whether it never will.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) reason: String,
    pub(super) is_final: bool,
}

/// The state file cannot be kept.
impl From<String> for Failed {
    fn from(reason: String) -> Self {
        Self { reason, is_final: true }
    }
}

/// Whom to ask, and whom to tell.
pub(super) struct Post {
    agent: Agent,
    question: String,
    to: String,
    secret: String,
    token: Option<String>,
}

impl Post {
    pub(super) fn new(args: &NotifyArgs, secret: String, token: Option<String>) -> Self {
        let config = Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).max_redirects(0).build();
        let lists = [("corridor", args.corridor.join(",")), ("place", args.place.join(","))];
        let words = [
            ("commodity", args.commodity.map(|word| word.as_str().to_owned())),
            ("direction", args.direction.map(|word| word.as_str().to_owned())),
            ("evidence", args.evidence.map(|words| words.to_string())),
        ];
        let form = [("f", "json".to_owned())];
        let lists = lists.into_iter().filter(|(_, ids)| !ids.is_empty());
        let words = words.into_iter().filter_map(|(name, word)| Some((name, word?)));
        let query =
            serde_urlencoded::to_string(form.into_iter().chain(lists).chain(words).collect::<Vec<_>>()).unwrap_or_default();
        let question = format!("{}/access/alerts?{query}", args.server.trim_end_matches('/'));
        Self { agent: config.into(), question, to: args.to.clone(), secret, token }
    }

    /// What changed since a moment.
    pub(super) fn ask(&self, since: &str) -> Result<Value, Failed> {
        let question = self.agent.get(&self.question).query("since", since);
        let request =
            self.token.iter().fold(question, |request, token| request.header("authorization", format!("Bearer {token}")));
        let mut answer = request.call().map_err(|error| failed("the server", &error))?;
        let status = answer.status();
        let body = answer.body_mut().with_config().limit(MOST_BYTES).read_to_string();
        let body = body.map_err(|error| failed("the server", &error))?;
        let told: Value = serde_json::from_str(&body).unwrap_or_default();
        if status.is_success() {
            return Ok(told);
        }
        let detail = told.get("detail").and_then(Value::as_str).unwrap_or("and nothing more");
        // What is wrong in the question stays wrong; a server that is busy or starting does not stay so.
        let is_final =
            status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS && status != StatusCode::REQUEST_TIMEOUT;
        Err(Failed { reason: format!("the server says {status}: {detail}"), is_final })
    }

    /// Tells it, and waits until the receiver says that it has it.
    pub(super) fn tell(&self, alert: &Value) -> Result<Told, Failed> {
        let body = alert.to_string();
        let request = self
            .agent
            .post(&self.to)
            .header("content-type", "application/json")
            .header("idempotency-key", alert.get("alert").and_then(Value::as_str).unwrap_or_default())
            .header("x-roadblock-signature", signature(&self.secret, Clock::System.now().seconds(), &body));
        let answer = request.send(&body).map_err(|error| failed("the receiver", &error))?;
        match answer.status() {
            status if status.is_success() => Ok(Told::All),
            StatusCode::GONE => Ok(Told::Gone),
            status => Err(Failed { reason: format!("the receiver says {status}"), is_final: false }),
        }
    }
}

fn failed(who: &str, error: &ureq::Error) -> Failed {
    let is_final = matches!(error, ureq::Error::BadUri(_) | ureq::Error::Http(_));
    Failed { reason: format!("{who} does not answer: {error}"), is_final }
}

/// The header of a message sent at a moment.
fn signature(secret: &str, seconds: i64, body: &str) -> String {
    let mut header = format!("t={seconds},v1=");
    // Keys of any length work.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) {
        mac.update(format!("{seconds}.{body}").as_bytes());
        for byte in mac.finalize().into_bytes() {
            let _ = write!(header, "{byte:02x}");
        }
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_what_others_work_out() {
        // printf '%s' '1764000000.{"id":"x"}' | openssl dgst -sha256 -hmac 'a secret of this test'
        let expected = "f876a7f682299f81d260bbc14d8f333d30a26dc3ecb46143d356a9faf2257428";
        assert_eq!(signature("a secret of this test", 1_764_000_000, r#"{"id":"x"}"#), format!("t=1764000000,v1={expected}"));
    }
}
