//! The first object of JSON text, member by member: a FeatureCollection whose features stream by, a lone Feature or geometry, or
//! the first of a sequence.

use super::{LONGEST_FEATURE, feature, sequence, too_long};
use crate::source::crs::Transform;
use crate::source::feed::Feed;
use crate::source::json::Pieces;
use crate::source::{SourceError, SourceOptions};
use std::io::BufRead;

/// Bytes of a member's name, and of members that are short by nature.
const LONGEST_NAME: usize = 1 << 16;
const GEOMETRIES: [&str; 7] =
    ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"];

/// Reads the text to its end.
pub(in crate::source) fn document(file: impl BufRead, options: &SourceOptions, feed: &mut Feed) -> Result<(), SourceError> {
    let mut pieces = Pieces::new(file);
    pieces.peek()?;
    let begun = pieces.line();
    let found = members(&mut pieces, options, feed)?;
    let (one_line, ends) = (pieces.line() == begun, pieces.peek()?.is_none());
    let kind = found.kind.as_str();
    let is_geometry = GEOMETRIES.contains(&kind);
    match kind {
        _ if found.has_features && ends => (),
        _ if found.has_features => return Err(pieces.broken("text goes on after the end of the collection")),
        "FeatureCollection" => return Err(SourceError::Broken("the FeatureCollection has no list \"features\"".into())),
        "Feature" if ends => feature::take(&found.own, String::new, feed),
        _ if ends && is_geometry => feature::take(&lone(&found.own), String::new, feed),
        "Feature" if !one_line => {
            let reason = "text goes on after a feature; a sequence has one feature a line, or a record separator before each";
            return Err(pieces.broken(&format!("{reason} (RFC 8142)")));
        }
        _ if one_line && (kind == "Feature" || is_geometry) => {
            feature::take(&found.own, move || format!("/{begun}"), feed);
            let next = pieces.line();
            sequence(pieces.into_rest(), b'\n', next, feed)?;
        }
        _ => {
            let reason = format!("\"type\" is '{kind:.40}'; GeoJSON is a FeatureCollection, a Feature or a geometry");
            return Err(SourceError::Broken(reason));
        }
    }
    Ok(())
}

/// A geometry as the feature it stands for.
fn lone(geometry: &[u8]) -> Vec<u8> {
    [br#"{"type":"Feature","geometry":"#, geometry, b"}"].concat()
}

/// What the first object is.
#[derive(Default)]
struct Found {
    kind: String,
    has_features: bool,
    /// The text of the object, of those members that make a feature or a geometry.
    own: Vec<u8>,
}

fn members(pieces: &mut Pieces<impl BufRead>, options: &SourceOptions, feed: &mut Feed) -> Result<Found, SourceError> {
    let (mut found, mut text) = (Found::default(), Vec::new());
    pieces.take(b"{")?;
    let mut next = if pieces.peek()? == Some(b'}') { pieces.take(b"}")? } else { b',' };
    while next == b',' {
        let name = name(pieces, &mut text)?;
        match name.as_str() {
            "features" => {
                found.has_features = true;
                features(pieces, &mut text, feed)?;
            }
            "crs" => {
                pieces.value(LONGEST_NAME, &mut text)?;
                let crs = serde_json::from_slice(&text).map_err(|_syntax| pieces.broken("\"crs\" is no JSON"))?;
                set_crs(&crs, found.has_features, options, feed)?;
            }
            "type" | "id" | "geometry" | "properties" | "coordinates" | "geometries" => {
                if !pieces.value(LONGEST_FEATURE, &mut text)? || found.own.len() + text.len() > LONGEST_FEATURE {
                    return Err(SourceError::Broken(too_long(String::new()).message));
                }
                if name == "type" {
                    found.kind = serde_json::from_slice(&text).unwrap_or_default();
                }
                found.own.extend_from_slice(if found.own.is_empty() { b"{\"" } else { b",\"" });
                found.own.extend_from_slice(name.as_bytes());
                found.own.extend_from_slice(b"\":");
                found.own.extend_from_slice(&text);
            }
            _ => drop(pieces.value(0, &mut text)?),
        }
        next = pieces.take(b",}")?;
    }
    found.own.push(b'}');
    Ok(found)
}

fn name(pieces: &mut Pieces<impl BufRead>, text: &mut Vec<u8>) -> Result<String, SourceError> {
    let fits = pieces.value(LONGEST_NAME, text)?;
    let name = serde_json::from_slice::<String>(text).ok().filter(|_| fits);
    let name = name.ok_or_else(|| pieces.broken("the name of a member, in double quotes, should stand before here"))?;
    pieces.take(b":")?;
    Ok(name)
}

fn features(pieces: &mut Pieces<impl BufRead>, text: &mut Vec<u8>, feed: &mut Feed) -> Result<(), SourceError> {
    if pieces.peek()? != Some(b'[') {
        return Err(pieces.broken("\"features\" is no list"));
    }
    let after = |feed: &Feed, error| match error {
        SourceError::Broken(reason) => SourceError::Broken(format!("{reason} (after {} features)", feed.seen())),
        other => other,
    };
    pieces.take(b"[")?;
    let mut next = if pieces.peek()? == Some(b']') { pieces.take(b"]")? } else { b',' };
    while next == b',' {
        let number = feed.seen();
        let pointer = move || format!("/features/{number}");
        match pieces.value(LONGEST_FEATURE, text).map_err(|error| after(feed, error))? {
            true => feature::take(text, pointer, feed),
            false => feed.lost(too_long(pointer())),
        }
        next = pieces.take(b",]").map_err(|error| after(feed, error))?;
    }
    Ok(())
}

/// Follows a legacy `crs` member, unless the options have decided already.
fn set_crs(crs: &serde_json::Value, late: bool, options: &SourceOptions, feed: &mut Feed) -> Result<(), SourceError> {
    if options.crs.is_some() || crs.is_null() {
        return Ok(());
    }
    let name = crs["properties"]["name"].as_str().unwrap_or_default();
    let transform = Transform::named(name)?;
    if late && transform.is_some() {
        return Err(SourceError::Crs(format!("names its crs '{name}' after its features; say crs = \"{name}\" instead")));
    }
    feed.set_transform(transform);
    Ok(())
}
