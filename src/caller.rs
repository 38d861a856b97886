//! Who asks: what a request may see, and under which name it changes anything.

use crate::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use roadblock_layers::vocab::Audience;
use std::convert::Infallible;

/// Whoever sent a request, as the gate found out.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Whose view is shown.
    pub audience: Audience,
    /// Name of the token; nothing without one.
    pub name: Option<String>,
    /// Whether changes may leave out which version they follow.
    pub allow_blind_edits: bool,
}

impl Caller {
    /// Anybody.
    pub const PUBLIC: Self = Self { audience: Audience::Public, name: None, allow_blind_edits: false };

    /// The name under which an editor changes records.
    ///
    /// # Errors
    /// 401 without a token, 403 with one that may not.
    pub fn editor(&self) -> Result<&str, Problem> {
        match &self.name {
            None => Err(Problem::unauthorized("changes need the token of an editor; send it as 'Authorization: Bearer TOKEN'")),
            Some(name) if self.audience == Audience::Editor => Ok(name),
            Some(_) => Err(Problem::forbidden("this token reads and changes nothing; changes need the token of an editor")),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or(Self::PUBLIC))
    }
}
