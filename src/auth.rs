//! Who asks: from a token or a session to a `Caller`, before anything is looked up for them.
//!
//! `credentials` reads headers, `sessions` keeps who signed in with a browser, `failures` counts wrong tokens, `access` decides.

mod access;
mod credentials;
mod failures;
mod sessions;

pub use access::Access;
pub use credentials::COOKIE;
pub use sessions::Session;
