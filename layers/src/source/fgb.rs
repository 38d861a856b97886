//! FlatGeobuf 3, read as a stream. Nothing the file says about itself is believed: sizes, counts, types and ends are checked
//! before they are used, and what is wrong with a feature costs only that one.

mod geometry;
mod properties;

use super::crs::Transform;
use super::feed::Feed;
use super::raw::{OwnId, Raw};
use super::rings::Rings;
use super::{SourceError, SourceOptions};
use crate::feature::FeatureId;
use crate::finding::Finding;
use flatgeobuf::{GeometryType, Header, size_prefixed_root_as_feature, size_prefixed_root_as_header};
use properties::Columns;
use std::io::Read;
use std::sync::Arc;

/// The bytes every file begins with, the last of them a patch level.
const MAGIC_BYTES: u64 = 8;
/// Bytes of the header; the reference implementation allows ten times less.
const LONGEST_HEADER: u32 = 100 << 20;
/// Bytes of a feature: far more than the vertices that are accepted need.
const LONGEST_FEATURE: u32 = 256 << 20;
/// Bytes of an entry of the index: a box and an offset.
const INDEX_ENTRY: u64 = 40;

/// Reads the one table of a file; features are numbered from 1.
pub(super) fn table(mut file: impl Read, name: &str, options: &SourceOptions, feed: &mut Feed) -> Result<(), SourceError> {
    std::io::copy(&mut file.by_ref().take(MAGIC_BYTES), &mut std::io::sink())?;
    let mut bytes = Vec::new();
    let Piece::Whole = piece(&mut file, LONGEST_HEADER, &mut bytes)? else { return Err(broken("its header is not whole")) };
    let header = size_prefixed_root_as_header(&bytes).map_err(|error| broken(&format!("its header: {error}")))?;
    let name = header.name().filter(|name| !name.is_empty()).unwrap_or(name);
    let transform = options.transform()?.map_or_else(|| transform(&header), Ok)?;
    feed.begin(options.heading(name), transform, false);
    let expected = header.features_count();
    let index = if header.index_node_size() > 1 { index_bytes(expected, header.index_node_size().into()) } else { Some(0) };
    let index = index.ok_or_else(|| broken("its header announces more features than a file can hold"))?;
    std::io::copy(&mut file.by_ref().take(index), &mut std::io::sink())?;
    let (columns, kind) = (Arc::new(Columns::of(&header)), header.geometry_type());
    let last = if expected == 0 { u64::MAX } else { expected };
    let mut bytes = Vec::new();
    for number in 1..=last {
        match piece(&mut file, LONGEST_FEATURE, &mut bytes)? {
            Piece::Whole => {
                let columns = Arc::clone(&columns);
                feed.piece_feature(&bytes, move |bytes| read(bytes, number, kind, &columns));
            }
            Piece::TooLong => {
                let message = format!("it is longer than {} MiB; split the feature", LONGEST_FEATURE >> 20);
                feed.lost(Finding::error("too_long", format!("/{number}"), message));
            }
            Piece::None if expected == 0 => break,
            Piece::None | Piece::Part => {
                let all = if expected == 0 { String::new() } else { format!(" of {expected}") };
                let message = format!("the file ends before feature {number}{all} does; it is cut off");
                feed.note(Finding::error("truncated", format!("/{number}"), message));
                break;
            }
        }
    }
    Ok(())
}

fn broken(reason: &str) -> SourceError {
    SourceError::Broken(reason.to_owned())
}

fn transform(header: &Header<'_>) -> Result<Option<Transform>, SourceError> {
    let crs = header.crs().filter(|crs| crs.code() > 0);
    let Some(crs) = crs else {
        return Err(SourceError::Crs("names no coordinate reference system; say which it is with crs = \"EPSG:…\"".into()));
    };
    Transform::named(&format!("{}:{}", crs.org().unwrap_or("EPSG"), crs.code()))
}

/// Bytes of the packed Hilbert R-tree: every level has one entry for so many of the level below.
fn index_bytes(features: u64, node_size: u64) -> Option<u64> {
    let (mut level, mut entries) = (features, features);
    // Even a single entry has a root above it.
    while level > 1 || (level == 1 && entries == 1) {
        level = level.div_ceil(node_size);
        entries = entries.checked_add(level)?;
    }
    entries.checked_mul(INDEX_ENTRY)
}

/// What stood where a piece with its length in front was expected.
enum Piece {
    Whole,
    /// The file ends within it.
    Part,
    /// Passed over.
    TooLong,
    None,
}

/// Reads a piece with its length in front, into memory that grows only with what is really there.
fn piece(file: &mut impl Read, longest: u32, bytes: &mut Vec<u8>) -> Result<Piece, SourceError> {
    bytes.clear();
    file.by_ref().take(4).read_to_end(bytes)?;
    let Ok(prefix) = <[u8; 4]>::try_from(bytes.as_slice()) else {
        return Ok(if bytes.is_empty() { Piece::None } else { Piece::Part });
    };
    let length = u32::from_le_bytes(prefix);
    let mut rest = file.by_ref().take(length.into());
    if length > longest {
        let passed = std::io::copy(&mut rest, &mut std::io::sink())?;
        return Ok(if passed == u64::from(length) { Piece::TooLong } else { Piece::Part });
    }
    let read = rest.read_to_end(bytes)?;
    Ok(if read as u64 == u64::from(length) { Piece::Whole } else { Piece::Part })
}

fn read(bytes: &[u8], number: u64, kind: GeometryType, columns: &Columns) -> Result<Raw, Finding> {
    let pointer = format!("/{number}");
    let feature = size_prefixed_root_as_feature(bytes).map_err(|error| {
        Finding::error("bad_feature", pointer.clone(), format!("it is no feature: {}", error.to_string().trim_end()))
    })?;
    let mut rings = Rings::default();
    let place = feature.geometry().map(|found| geometry::geometry(&found, kind, &mut rings)).transpose();
    let geometry = place.map_err(|message| Finding::error("bad_geometry", format!("{pointer}/geometry"), message))?;
    let values = feature.properties().map_or(&[][..], |properties| properties.bytes());
    let mut findings = Vec::new();
    let properties = columns
        .values(values, &pointer, &mut findings)
        .map_err(|message| Finding::error("bad_properties", format!("{pointer}/properties"), message))?;
    Ok(Raw { pointer, id: OwnId::Is(FeatureId::Int(number)), properties, geometry, rings, findings })
}

#[cfg(test)]
mod tests;
