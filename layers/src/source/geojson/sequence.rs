//! A sequence of features: one a line, or one a record between record separators (RFC 8142), which may hold line breaks.

use super::{LONGEST_FEATURE, feature, too_long};
use crate::source::SourceError;
use crate::source::feed::Feed;
use std::io::{BufRead, Read};

/// The byte that begins a record (RFC 8142 section 2.2).
pub(in crate::source) const RECORD_SEPARATOR: u8 = 0x1e;

/// Reads a sequence whose pieces end with the byte `end`; the first is number `first`. A piece that is no feature costs only itself.
pub(in crate::source) fn sequence(mut file: impl BufRead, end: u8, first: u64, feed: &mut Feed) -> Result<(), SourceError> {
    let mut text = Vec::new();
    for number in first.. {
        let Some(fits) = piece(&mut file, end, &mut text)? else { break };
        let record = text.strip_prefix(&[RECORD_SEPARATOR]).unwrap_or(&text).trim_ascii();
        match fits {
            false => feed.lost(too_long(format!("/{number}"))),
            true if record.is_empty() => (),
            true => feature::take(record, move || format!("/{number}"), feed),
        }
    }
    Ok(())
}

/// Puts what comes before `end` into `text`; `Some(false)` if it is too long and was passed over, `None` at the end of the file.
fn piece(file: &mut impl BufRead, end: u8, text: &mut Vec<u8>) -> Result<Option<bool>, SourceError> {
    text.clear();
    let longest = LONGEST_FEATURE as u64 + 1;
    if file.by_ref().take(longest).read_until(end, text)? == 0 {
        return Ok(None);
    }
    if text.last() == Some(&end) {
        text.pop();
    } else if text.len() > LONGEST_FEATURE {
        file.skip_until(end)?;
        return Ok(Some(false));
    }
    Ok(Some(true))
}

/// Whether JSON text is lines of features although its first line may be broken: that line is no beginning of a collection, and
/// the next is a feature by itself.
pub(in crate::source) fn are_lines(head: &[u8]) -> bool {
    let mut lines = head.split_inclusive(|byte| *byte == b'\n').map(|line| (line.ends_with(b"\n"), line.trim_ascii()));
    let Some((_, first)) = lines.next() else { return false };
    let next = lines.find(|(_, line)| !line.is_empty());
    !begins_collection(first) && next.is_some_and(|(_, line)| feature::is_feature(line))
}

/// Whether a line opens a list of features that it does not close.
fn begins_collection(line: &[u8]) -> bool {
    line.ends_with(b"[") || line.ends_with(b",")
}
