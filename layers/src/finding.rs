//! A reason why a draft is refused, or noted: what, where, and what would be right.

use serde::Serialize;
use std::fmt;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Accepted, but worth knowing.
    Warning,
    /// Refused.
    Error,
}

/// One thing found while reading data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable machine-readable name.
    pub code: &'static str,
    /// Where, as a JSON pointer (RFC 6901) into the input.
    pub pointer: String,
    /// What is wrong and what would be right.
    pub message: String,
    /// Whether the thing was refused.
    pub severity: Severity,
}

impl Finding {
    /// Something refused.
    pub fn error(code: &'static str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code, pointer: pointer.into(), message: message.into(), severity: Severity::Error }
    }

    /// Something accepted that is worth knowing.
    pub fn warning(code: &'static str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code, pointer: pointer.into(), message: message.into(), severity: Severity::Warning }
    }
}

impl Finding {
    /// The same in something that stands at a place of its own.
    #[must_use]
    pub fn below(self, place: &str) -> Self {
        Self { pointer: format!("{place}{}", self.pointer), ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(f, "{severity} {} at {}: {}", self.code, if self.pointer.is_empty() { "/" } else { &self.pointer }, self.message)
    }
}
