//! Which page of a selection is wanted: `limit` and `cursor`.
//!
//! A cursor names the last feature of the page before it: its number in the layer and a digest of its id, so that the next page
//! goes on at the right place even if the layer was reloaded in between.

use crate::http::media::Media;
use crate::http::query::Query;
use crate::problem::Problem;
use crate::world::Published;
use roadblock_layers::feature::FeatureId;
use siphasher::sip::SipHasher13;
use std::hash::{Hash, Hasher};

/// Features on a page unless asked otherwise.
pub const DEFAULT_LIMIT: u64 = 1000;
/// Most features on a page; a higher `limit` gets this many.
pub const MAX_LIMIT: u64 = 10_000;
/// Most rows of a table for people.
const MAX_ROWS: u64 = 200;

/// A stretch of a selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    /// The feature before it; `None` for the first page.
    after: Option<Cursor>,
    /// Most features on it.
    pub(super) limit: u64,
}

/// Number and digest of the id of a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    number: u32,
    id: u64,
}

impl Page {
    pub(super) fn read(query: &Query, media: Media) -> Result<Self, Problem> {
        let limit = query.value("limit")?.map_or(Ok(DEFAULT_LIMIT), limit)?;
        let after = query.value("cursor")?.map(Cursor::parse).transpose()?;
        let most = if media == Media::Json { MAX_LIMIT } else { MAX_ROWS };
        Ok(Self { after, limit: limit.min(most) })
    }

    /// The feature after which it begins. Walks the whole layer if that was edited or reloaded since the page before.
    pub(super) fn after(&self, published: &Published) -> Result<Option<u32>, Problem> {
        let Some(Cursor { number, id }) = self.after else { return Ok(None) };
        let layer = &published.layer;
        let is_there = layer.feature(number).is_some_and(|feature| digest(feature.id()) == id);
        let moved = || layer.features().rev().find(|(_, feature)| digest(feature.id()) == id).map(|(place, _)| place);
        let found = if is_there { Some(number) } else { moved() };
        found.map(Some).ok_or_else(|| {
            Problem::bad_request(
                "StaleCursor",
                "the feature this page goes on after has gone from the layer; start again without 'cursor'",
            )
        })
    }
}

impl Cursor {
    fn parse(text: &str) -> Result<Self, Problem> {
        let parts = text.split_once('-');
        let parsed =
            parts.and_then(|(number, id)| Some(Self { number: number.parse().ok()?, id: u64::from_str_radix(id, 16).ok()? }));
        parsed.ok_or_else(|| {
            let detail = format!("parameter 'cursor' is '{text}', which no next link of this server holds");
            Problem::bad_request("InvalidCursor", detail)
        })
    }
}

fn limit(text: &str) -> Result<u64, Problem> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse::<u64>().ok().filter(|&limit| digits && limit > 0).ok_or_else(|| {
        let detail = format!("parameter 'limit' is '{text}'; write a whole number from 1 to {MAX_LIMIT}");
        Problem::bad_request("InvalidLimit", detail)
    })
}

/// The cursor that goes on after the feature of number `last`.
pub(super) fn cursor(published: &Published, last: u32) -> Option<String> {
    let feature = published.layer.feature(last)?;
    Some(format!("{last}-{:016x}", digest(feature.id())))
}

fn digest(id: &FeatureId) -> u64 {
    let mut digest = SipHasher13::new();
    id.hash(&mut digest);
    digest.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_whole_numbers_from_one() {
        assert_eq!(limit("1").unwrap(), 1);
        assert_eq!(limit("20000").unwrap(), 20_000);
        for text in ["-1", "0", "1.5", "", "ten", "1e3", "+5", " 5", "999999999999999999999999999999"] {
            let problem = limit(text).unwrap_err();
            assert!(problem.status == 400 && problem.detail.contains("1 to 10000"), "{text}");
        }
    }
}
