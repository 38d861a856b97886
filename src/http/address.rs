//! One address of a router: its path and what answers it, by method. Said once, so that the router and the list that tests read cannot
//! disagree.

use super::headers;
use crate::problem::Problem;
use crate::server::Server;
use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter};
use std::sync::Arc;

/// A path with its handlers.
pub struct Address {
    /// The pattern, as the router has it.
    pub path: &'static str,
    /// Methods that have a handler; `HEAD` follows from `GET`, and `OPTIONS` is answered everywhere.
    pub methods: Vec<Method>,
    answers: MethodRouter<Arc<Server>>,
}

impl Address {
    /// An address that can be read.
    pub fn get<H: Handler<T, Arc<Server>>, T: 'static>(path: &'static str, handler: H) -> Self {
        Self::of(path, Method::GET, handler)
    }

    /// An address that one method does something with.
    pub fn of<H: Handler<T, Arc<Server>>, T: 'static>(path: &'static str, method: Method, handler: H) -> Self {
        Self { path, methods: Vec::new(), answers: MethodRouter::new() }.on(method, handler)
    }

    /// The same, which another method does something else with.
    #[must_use]
    pub fn on<H: Handler<T, Arc<Server>>, T: 'static>(mut self, method: Method, handler: H) -> Self {
        // Only methods that nobody has heard of have none.
        if let Ok(filter) = MethodFilter::try_from(method.clone()) {
            self.methods.push(method);
            self.answers = self.answers.on(filter, handler);
        }
        self
    }

    /// Its methods, as `Allow` lists them.
    fn allow(&self) -> String {
        let named = self.methods.iter().map(|method| if method == Method::GET { "GET, HEAD" } else { method.as_str() });
        named.chain(["OPTIONS"]).collect::<Vec<_>>().join(", ")
    }

    /// Puts it into a router, with its answers to `OPTIONS` and to methods that it does not have.
    fn add(self, router: Router<Arc<Server>>) -> Router<Arc<Server>> {
        let allow = self.allow();
        let refused = allow.clone();
        let answers = self.answers.options(move || async move { headers::preflight(&allow) });
        router.route(self.path, answers.fallback(move || async move { Problem::method_not_allowed(refused) }))
    }
}

/// A router of addresses.
pub fn router(addresses: Vec<Address>) -> Router<Arc<Server>> {
    addresses.into_iter().fold(Router::new(), |router, address| address.add(router))
}
