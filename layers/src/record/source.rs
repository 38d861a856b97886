//! The table of sources that records cite.

use crate::time::Instant;
use crate::vocab::{Reliability, Scale};

/// A published source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Stable name.
    pub id: String,
    /// Title as published.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// Where it can be read; http or https only.
    pub url: Option<String>,
    /// Day of publication.
    pub published_on: Option<Instant>,
    /// Day on which it was read.
    pub accessed_on: Option<Instant>,
    /// Language code.
    pub lang: Option<String>,
    /// How far its publisher reaches.
    pub scale: Option<Scale>,
    /// Admiralty grade.
    pub reliability: Option<Reliability>,
    /// For readers.
    pub notes: Option<String>,
}
