//! One GeoJSON feature from its text. What is wrong with it is a finding and costs only this one.

use super::geometry::geometry;
use super::quick::{self, Members};
use crate::finding::Finding;
use crate::source::feed::Feed;
use crate::source::raw::{OwnId, Raw};
use crate::source::rings::Rings;
use crate::value::Value;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Characters of the text that a message shows.
const EXCERPT: usize = 16;

/// A feature as RFC 7946 has it; everything else in it is ignored. Members are texts, so that each is judged in words of its own.
#[derive(Deserialize)]
struct FeatureText<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    geometry: Option<&'a RawValue>,
    #[serde(borrow)]
    properties: Option<&'a RawValue>,
}

/// Hands the text of a feature over; `pointer` tells where it stands.
pub(super) fn take(text: &[u8], pointer: impl FnOnce() -> String + Send + 'static, feed: &mut Feed) {
    feed.piece_feature(text, move |text| raw(text, pointer()));
}

/// Whether a text is a feature by itself.
pub(super) fn is_feature(text: &[u8]) -> bool {
    serde_json::from_slice::<FeatureText<'_>>(text)
        .is_ok_and(|parsed| parsed.kind.is_some_and(|kind| kind.get() == "\"Feature\""))
}

fn raw(text: &[u8], pointer: String) -> Result<Raw, Finding> {
    let Members { id, geometry, rings, properties } = match quick::feature(text) {
        Some(members) => members,
        None => members(text, &pointer)?,
    };
    Ok(Raw {
        id: id.map_or(OwnId::None, own_id),
        properties: properties.unwrap_or_default().0,
        geometry,
        rings,
        findings: Vec::new(),
        pointer,
    })
}

/// The same of a text that may be anything.
fn members<'a>(text: &'a [u8], pointer: &str) -> Result<Members<'a>, Finding> {
    if !text.trim_ascii_start().starts_with(b"{") {
        let found = String::from_utf8_lossy(text);
        let message =
            format!("'{found:.EXCERPT$}' is no object; a feature is one, with \"type\", \"geometry\" and \"properties\"");
        return Err(Finding::error("not_a_feature", pointer, message));
    }
    let parsed: FeatureText<'_> =
        serde_json::from_slice(text).map_err(|error| Finding::error("bad_json", pointer, reason(text, &error)))?;
    let kind = parsed.kind.map_or("missing", RawValue::get);
    if kind != "\"Feature\"" {
        let message = format!("\"type\" is {kind:.40}; a member of a collection or sequence is a Feature");
        return Err(Finding::error("not_a_feature", pointer, message));
    }
    let mut rings = Rings::default();
    let place = parsed.geometry.map(|text| geometry(text.get(), &mut rings)).transpose();
    let geometry = place.map_err(|message| Finding::error("bad_geometry", format!("{pointer}/geometry"), message))?;
    let properties = match parsed.properties {
        None => None,
        Some(text) => Some(serde_json::from_str(text.get()).map_err(|error| {
            let message =
                if error.is_data() { "properties are an object or null".into() } else { reason(text.get().as_bytes(), &error) };
            Finding::error("bad_properties", format!("{pointer}/properties"), message)
        })?),
    };
    Ok(Members { id: parsed.id, geometry, rings, properties })
}

/// What a parser says, and what stands at the place.
fn reason(text: &[u8], error: &serde_json::Error) -> String {
    let line = text.split(|byte| *byte == b'\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let from = error.column().saturating_sub(1).min(line.len());
    let near = String::from_utf8_lossy(&line[from..]);
    let near: String = near.chars().take(EXCERPT).collect();
    format!("{error} of the feature, where it says '{near}'")
}

/// Ids are texts or whole numbers that are not negative.
fn own_id(text: &RawValue) -> OwnId {
    match serde_json::from_str::<Value>(text.get()) {
        Ok(value) => OwnId::from_value(&value),
        Err(_) => OwnId::Unusable(text.get().to_owned()),
    }
}
