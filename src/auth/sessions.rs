//! Who signed in with a browser: in memory, so that a stop ends every session, and only digests, so that a look into memory opens nothing.
//!
//! A session stands for a token and is asked for it at every request, so it ends when the token does.

use roadblock_layers::store::Digest;
use roadblock_layers::time::Instant;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How long a session lasts at most: a working day.
pub(super) const LASTS_S: i64 = 12 * 3600;
/// Sessions at the same time; one more ends the oldest.
const MOST: usize = 10_000;

/// One session, as its owner's requests find it.
#[derive(Clone)]
pub struct Session {
    /// The token that it stands for.
    pub(super) token: Digest,
    /// What a request that changes something must say beside the cookie; without that it opens nothing.
    pub csrf: String,
    /// First moment at which it is over.
    pub ends: Instant,
}

/// All sessions, by the digests of their ids.
#[derive(Default)]
pub(super) struct Sessions {
    open: Mutex<HashMap<Digest, Session>>,
}

impl Sessions {
    /// Begins a session under an id.
    pub(super) fn begin(&self, id: &str, session: Session, now: Instant) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= MOST {
            open.retain(|_, session| now < session.ends);
        }
        if open.len() >= MOST
            && let Some(oldest) = open.iter().min_by_key(|(_, session)| session.ends).map(|(id, _)| *id)
        {
            open.remove(&oldest);
        }
        open.insert(Digest::of(id.as_bytes()), session);
    }

    /// The session of an id, unless it is over.
    pub(super) fn find(&self, id: &str, now: Instant) -> Option<Session> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(&Digest::of(id.as_bytes())).filter(|session| now < session.ends).cloned()
    }

    /// Ends a session.
    pub(super) fn end(&self, id: &str) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&Digest::of(id.as_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(seconds * 1_000_000)
    }

    fn session(ends: i64) -> Session {
        Session { token: Digest::of(b"token"), csrf: "word".into(), ends: at(ends) }
    }

    #[test]
    fn a_session_is_found_by_its_id_until_it_ends() {
        let sessions = Sessions::default();
        sessions.begin("a", session(10), at(0));
        assert!(sessions.find("a", at(9)).is_some_and(|found| found.csrf == "word"));
        assert!(sessions.find("a", at(10)).is_none() && sessions.find("b", at(9)).is_none());
        sessions.end("a");
        assert!(sessions.find("a", at(9)).is_none());
    }

    #[test]
    fn one_session_too_many_ends_those_that_are_over_or_else_the_oldest() {
        let sessions = Sessions::default();
        let many = i64::try_from(MOST).unwrap();
        (0..many).for_each(|number| sessions.begin(&number.to_string(), session(100 + number), at(0)));
        sessions.begin("more", session(99_999), at(0));
        assert!(sessions.find("0", at(0)).is_none() && sessions.find("1", at(0)).is_some());
        sessions.begin("later", session(99_999), at(5_000));
        assert!(sessions.open.lock().unwrap().len() < MOST - 4_000);
    }
}
