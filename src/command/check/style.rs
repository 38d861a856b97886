//! Style documents among the files to check: how they are told from data, and what is said of them.

use super::super::{DATA_SAY_NO, WRONG_USAGE, complain, say};
use crate::style::{Own, StyleError, Styles};
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// What some editors put before a text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Whether a file is a style document: it is JSON, and says so before it says that it is anything else. Reads no further than that.
pub(super) fn is_style(path: &Path) -> bool {
    if path.extension().is_none_or(|ending| ending != "json") {
        return false;
    }
    let Ok(mut file) = File::open(path).map(BufReader::new) else { return false };
    if file.fill_buf().is_ok_and(|start| start.starts_with(BYTE_ORDER_MARK)) {
        file.consume(BYTE_ORDER_MARK.len());
    }
    let mut kind = None;
    // Reading ends with an error where the members that tell have been seen.
    let _ = serde_json::Deserializer::from_reader(file).deserialize_map(Members(&mut kind));
    kind.unwrap_or(false)
}

/// Looks at the names of members until one tells.
struct Members<'a>(&'a mut Option<bool>);

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            match name.as_str() {
                "version" | "layers" | "sources" | "glyphs" | "sprite" => *self.0 = Some(true),
                "type" | "features" | "geometry" | "coordinates" => *self.0 = Some(false),
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
            if self.0.is_some() {
                break;
            }
        }
        Ok(())
    }
}

/// Prints every issue and how much is drawn; the exit code as for data.
pub(super) fn check(path: &Path) -> u8 {
    match Styles::builtin().and_then(|styles| styles.own(path)) {
        Ok(own) => {
            tell(path, &own);
            if own.issues.is_empty() { 0 } else { DATA_SAY_NO }
        }
        Err(error) => {
            complain(&error);
            if let StyleError::Read { .. } = error { WRONG_USAGE } else { DATA_SAY_NO }
        }
    }
}

fn tell(path: &Path, own: &Own) {
    let path = path.display();
    own.issues.iter().for_each(|issue| say(format_args!("{path}: {}: {issue}", issue.gravity)));
    let layers: BTreeSet<&str> = own.named.layers().map(|(_, layer)| layer).collect();
    let layers = if layers.is_empty() { "none".to_owned() } else { layers.into_iter().collect::<Vec<_>>().join(", ") };
    let (drawn, rules, issues) = (own.drawn, own.rules, own.issues.len());
    let word = if issues == 1 { "issue" } else { "issues" };
    say(format_args!("{path}: draws {drawn} of {rules} rules, {issues} {word}; asks for the layers: {layers}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_told_from_data_by_their_first_members() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text, is) in [
            ("a.json", r#"{"version": 8, "layers": []}"#, true),
            ("b.json", r#"{"name": "x", "metadata": {"type": "x"}, "sources": {}, "#, true),
            ("c.json", r#"{"type": "FeatureCollection", "features": [], "version": 8}"#, false),
            ("d.json", r#"{"name": "x", "features": []}"#, false),
            ("e.json", "[1, 2]", false),
            ("f.geojson", r#"{"version": 8}"#, false),
            ("g.json", "", false),
            ("h.json", "\u{feff}{\"version\": 8}", true),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            assert_eq!(is_style(&path), is, "{name}");
        }
        assert!(!is_style(&folder.path().join("absent.json")));
    }
}
