//! Which request a line of the log belongs to.
//!
//! No span of `tracing`: its words are written down for every request, and hardly any request has a line.

use axum::http::Method;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Tells this process from every other, so that an id is given once.
static PROCESS: LazyLock<String> = LazyLock::new(|| format!("{:016x}-", RandomState::new().build_hasher().finish()));
static NEXT: AtomicU64 = AtomicU64::new(1);

tokio::task_local! {
    static CURRENT: Context;
}

/// A request as the log names it: by its route, not its address, for who looks at which tile is nobody's business.
#[derive(Debug, Clone)]
pub struct Context {
    number: u64,
    route: Cow<'static, str>,
    method: Method,
}

impl Context {
    /// A request of its own.
    pub fn new(route: Cow<'static, str>, method: Method) -> Self {
        Self { number: NEXT.fetch_add(1, Ordering::Relaxed), route, method }
    }

    /// No other request, of this process or another, has the same.
    pub fn id(&self) -> String {
        // Not formatted, for every answer carries one.
        let digits = (u64::BITS - self.number.leading_zeros()).div_ceil(4);
        let mut id = String::with_capacity(PROCESS.len() + digits as usize);
        id.push_str(&PROCESS);
        id.extend((0..digits).rev().filter_map(|digit| char::from_digit((self.number >> (4 * digit) & 0xf) as u32, 16)));
        id
    }

    /// As it stands in a line of JSON.
    pub fn json(&self) -> Value {
        json!({"id": self.id(), "route": self.route, "method": self.method.as_str()})
    }

    /// The name of its route.
    pub fn route(&self) -> &Cow<'static, str> {
        &self.route
    }

    /// Does what belongs to the request, as it is polled.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    /// Does what belongs to the request now.
    pub fn in_scope<T>(self, work: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self, work)
    }

    /// That of the work under way, if it belongs to a request.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Self::clone).ok()
    }
}

/// Does what belongs to a request, if it does to any, on whatever thread.
pub fn within<T>(context: Option<Context>, work: impl FnOnce() -> T) -> T {
    match context {
        Some(context) => context.in_scope(work),
        None => work(),
    }
}

/// As it stands in a line of text.
impl fmt::Display for Context {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "request{{id=\"{}\" route={:?} method={}}}", self.id(), self.route, self.method)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number() -> Option<u64> {
        Context::current().map(|context| context.number)
    }

    #[tokio::test]
    async fn work_belongs_to_its_request_on_whatever_thread_and_what_comes_after_does_not() {
        let context = Context::new("/xyz".into(), Method::GET);
        let expected = Some(context.number);
        let work = async {
            tokio::task::yield_now().await;
            let carried = Context::current();
            let elsewhere = std::thread::spawn(|| (number(), within(carried, number), number())).join().unwrap();
            (number(), elsewhere)
        };
        assert_eq!(context.clone().scope(work).await, (expected, (None, expected, None)));
        assert_eq!((context.in_scope(number), number(), within(None, number)), (expected, None, None));
    }

    #[test]
    fn ids_are_given_once_and_texts_cannot_break_a_line() {
        let [one, other] = [(); 2].map(|()| Context::new("/a\n\"b".into(), Method::GET));
        assert_ne!(one.id(), other.id());
        for number in [1, 9, 16, 0x10f, u64::MAX] {
            let id = Context { number, ..one.clone() }.id();
            assert_eq!((id.find('-'), id.ends_with(&format!("-{number:x}"))), (Some(16), true), "{id}");
        }
        assert!(one.to_string().contains(r#"route="/a\n\"b" method=GET"#) && one.json().to_string().contains(r#""/a\n\"b""#));
    }
}
