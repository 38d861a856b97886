//! Who is let in as whom.

use super::credentials::{Said, refuse_in_address, said, session_id};
use super::failures::Failures;
use super::sessions::{LASTS_S, Session, Sessions};
use crate::base::Arrival;
use crate::caller::Caller;
use crate::chance;
use crate::config::{Keep, Settings};
use crate::problem::Problem;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use roadblock_layers::store::Digest;
use roadblock_layers::time::Instant;
use roadblock_layers::tokens::{Grant, Token, TokenReader, TokensError};
use std::sync::atomic::{AtomicBool, Ordering};

/// The word against requests that other people's pages make a browser send.
const CSRF: HeaderName = HeaderName::from_static("x-csrf-token");
/// Where browsers say whose page makes a request.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What is posted there changes nothing but the cookie itself, and must work from a page without a script, which sends no headers.
const ASK_FOR_THEMSELVES: [&str; 2] = ["/session", "/signout"];

/// Everything that decides who a caller is.
pub struct Access {
    /// `None` where nothing is kept, so that no token can be known.
    tokens: Option<TokenReader>,
    failures: Failures,
    sessions: Sessions,
    is_https: bool,
    warned: AtomicBool,
}

impl Access {
    /// Over the tokens of the directory that the settings name.
    ///
    /// # Errors
    /// When what is there holds no tokens of ours.
    pub fn of(settings: &Settings) -> Result<Self, TokensError> {
        let tokens = match &settings.keep {
            Keep::Directory(folder) => Some(TokenReader::of(folder)?),
            Keep::Memory | Keep::Unknown => None,
        };
        Ok(Self {
            tokens,
            failures: Failures::default(),
            sessions: Sessions::default(),
            is_https: settings.tls.is_some() || settings.public_url.as_ref().is_some_and(|url| url.starts_with("https://")),
            warned: AtomicBool::new(false),
        })
    }

    /// Whether clients reach this server by https: its own, or that of a proxy, as `--public-url` says.
    pub const fn is_https(&self) -> bool {
        self.is_https
    }

    /// Whether the file of tokens must be read to know who sends these, which may take until the disk answers.
    pub fn is_slow_for(headers: &HeaderMap) -> bool {
        headers.contains_key(header::AUTHORIZATION) || headers.contains_key(header::COOKIE)
    }

    /// Who makes a request; `None` is the public, also when a session is over. Reads the file of tokens for some.
    ///
    /// # Errors
    /// 400 for a token in the address; 401 for one that opens nothing, whatever it is called or would be asked for, and 429 if that
    /// happens often; 403 for a change by cookie that another page may have sent.
    pub fn admit(&self, request: &Parts, now: Instant) -> Result<Option<Caller>, Problem> {
        refuse_in_address(&request.uri)?;
        let arrival = request.extensions.get().copied();
        match said(&request.headers) {
            Said::Token(token) => self.holder(&token, arrival, now).map(|grant| Some(grant.into())),
            Said::Garbage => Err(self.failed(arrival, now)),
            Said::Foreign => Err(Problem::wrong_token()),
            Said::Nothing => self.by_cookie(request, now),
        }
    }

    /// What the holder of a token may do.
    ///
    /// # Errors
    /// As [`Access::admit`].
    fn holder(&self, token: &Token, arrival: Option<Arrival>, now: Instant) -> Result<Grant, Problem> {
        let grant = self.find(&token.digest(), now)?.ok_or_else(|| self.failed(arrival, now))?;
        self.warn_if_overheard(arrival);
        Ok(grant)
    }

    fn find(&self, token: &Digest, now: Instant) -> Result<Option<Grant>, Problem> {
        let Some(tokens) = &self.tokens else { return Ok(None) };
        tokens.find(token, now).map_err(|error| {
            tracing::error!(%error, "tokens cannot be looked up: nobody is let in by one");
            Problem::unavailable("tokens cannot be looked up at the moment; what is public is there without one", 5)
        })
    }

    /// Only failures are counted and slowed: who holds a token never waits for those who guess from the same address.
    fn failed(&self, arrival: Option<Arrival>, now: Instant) -> Problem {
        match self.failures.count(arrival.map(|arrival| arrival.from.ip()), now) {
            None => Problem::wrong_token(),
            Some(seconds) => Problem::too_many_wrong_tokens(seconds),
        }
    }

    /// Says once that somebody on the way can read tokens.
    fn warn_if_overheard(&self, arrival: Option<Arrival>) {
        let is_near = arrival.is_none_or(|arrival| arrival.from.ip().to_canonical().is_loopback());
        if !is_near && !self.is_https && !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "a token came from another machine without TLS, where everybody on the way can read it; serve https with --tls-cert and \
                 --tls-key, or put a proxy with TLS in front and say its https address with --public-url, and make new tokens"
            );
        }
    }

    fn by_cookie(&self, request: &Parts, now: Instant) -> Result<Option<Caller>, Problem> {
        let Some(session) = session_id(&request.headers).and_then(|id| self.sessions.find(id, now)) else {
            return Ok(None);
        };
        let Some(grant) = self.find(&session.token, now)? else { return Ok(None) };
        if needs_word(request) {
            refuse_foreign(&session, &request.headers)?;
        }
        Ok(Some(grant.into()))
    }

    /// Begins a session for the holder of a token; answers with the content of its cookie too.
    ///
    /// # Errors
    /// As [`Access::admit`], and 403 when the page of another site asks.
    pub fn sign_in(
        &self,
        text: &str,
        headers: &HeaderMap,
        arrival: Option<Arrival>,
        now: Instant,
    ) -> Result<(Caller, String, Session), Problem> {
        refuse_other_sites(headers)?;
        let token = Token::parse(text.trim()).ok_or_else(|| self.failed(arrival, now))?;
        let grant = self.holder(&token, arrival, now)?;
        let draw = || {
            chance::bits().map(|bits| URL_SAFE_NO_PAD.encode(bits)).map_err(|error| {
                tracing::error!(%error, "the system has no random numbers to give");
                Problem::internal()
            })
        };
        let last = Instant::from_micros(now.micros().saturating_add(LASTS_S * 1_000_000));
        let ends = grant.expires.map_or(last, |end| end.min(last));
        let (id, session) = (draw()?, Session { token: token.digest(), csrf: draw()?, ends });
        self.sessions.begin(&id, session.clone(), now);
        Ok((grant.into(), id, session))
    }

    /// The session of a request's cookie, if it has one.
    pub fn session(&self, headers: &HeaderMap, now: Instant) -> Option<Session> {
        self.sessions.find(session_id(headers)?, now)
    }

    /// Ends the session of a request's cookie, if it has one.
    ///
    /// # Errors
    /// 403 when the page of another site asks.
    pub fn sign_out(&self, headers: &HeaderMap) -> Result<(), Problem> {
        refuse_other_sites(headers)?;
        if let Some(id) = session_id(headers) {
            self.sessions.end(id);
        }
        Ok(())
    }
}

/// Whether a request changes something by the authority of its cookie.
fn needs_word(request: &Parts) -> bool {
    match request.method {
        Method::GET | Method::HEAD | Method::OPTIONS => false,
        Method::POST => !ASK_FOR_THEMSELVES.contains(&request.uri.path()),
        _ => true,
    }
}

/// A browser sends the cookie along whoever made it ask; the word only a page of ours can read.
fn refuse_foreign(session: &Session, headers: &HeaderMap) -> Result<(), Problem> {
    refuse_other_sites(headers)?;
    // Digests, so that how long it takes says nothing about the word.
    let said = headers.get(CSRF).map(|word| Digest::of(word.as_bytes()));
    if said == Some(Digest::of(session.csrf.as_bytes())) {
        return Ok(());
    }
    Err(Problem::forbidden(
        "a change that comes with a session's cookie needs its 'csrf_token', from GET /session, in the header X-CSRF-Token",
    ))
}

/// Browsers say so of requests that another site's page makes; other clients say nothing.
fn refuse_other_sites(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get(FETCH_SITE).is_none_or(|site| site == "same-origin" || site == "none") {
        true => Ok(()),
        false => Err(Problem::forbidden("only pages of this server may sign in and out and change anything by cookie")),
    }
}

#[cfg(test)]
mod tests;
