//! What a layer says of itself.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// Name of a layer in addresses: `^[a-z][a-z0-9_-]{0,62}$`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct LayerName(String);

/// Why a name cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no layer name; write a small letter, then up to 62 of a-z, 0-9, _ and - (and not 'all')")]
pub struct NameError(String);

const LONGEST: usize = 63;
/// Means every layer in addresses.
const RESERVED: &str = "all";

impl LayerName {
    /// Refuses what could not stand in an address.
    pub fn new(name: &str) -> Result<Self, NameError> {
        let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        let rest = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte));
        match first && rest && name.len() <= LONGEST && name != RESERVED {
            true => Ok(Self(name.to_owned())),
            false => Err(NameError(name.to_owned())),
        }
    }

    /// The nearest name to a text such as a file stem: letters lowered, everything else a `_`.
    pub fn from_text(text: &str) -> Self {
        let mut name: String = text
            .chars()
            .map(|character| character.to_ascii_lowercase())
            .map(|character| if character.is_ascii_alphanumeric() || character == '-' { character } else { '_' })
            .collect();
        if !name.starts_with(|first: char| first.is_ascii_lowercase()) || name == RESERVED {
            name.insert_str(0, "layer_");
        }
        name.truncate(LONGEST);
        Self(name)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LayerName {
    type Error = NameError;

    fn try_from(name: String) -> Result<Self, NameError> {
        Self::new(&name)
    }
}

impl fmt::Display for LayerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a layer comes from, which decides how it is portrayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LayerKind {
    /// Typed records with two time axes and status symbology.
    Domain,
    /// Any file; its attributes pass through.
    Reference,
}

/// What a layer says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerMeta {
    /// Name in addresses.
    pub name: LayerName,
    /// Title for people.
    pub title: String,
    /// A sentence about the content.
    pub description: String,
    /// Whom to credit, as plain text; empty if nobody.
    pub attribution: String,
    /// Where it comes from.
    pub kind: LayerKind,
    /// Columns that travel in tiles, as positions in the schema.
    pub tile_columns: Vec<usize>,
    /// Lowest zoom with tiles.
    pub min_zoom: u8,
    /// Highest zoom with tiles.
    pub max_zoom: u8,
    /// Whether vector tiles leave out vertices that their zoom does not show.
    pub is_simplified: bool,
}

/// Something dropped or repaired while reading, with a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// Stable machine-readable name.
    pub code: Cow<'static, str>,
    /// How often.
    pub count: u64,
    /// The first of them, as a sentence with feature number and pointer.
    pub first: String,
}

#[cfg(test)]
impl LayerMeta {
    /// Of which nothing is said but this.
    pub(crate) fn bare(name: &str, kind: LayerKind, tile_columns: Vec<usize>) -> Self {
        Self {
            name: LayerName::new(name).unwrap(),
            title: String::new(),
            description: String::new(),
            attribution: String::new(),
            kind,
            tile_columns,
            min_zoom: 0,
            max_zoom: 20,
            is_simplified: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_mislead_an_address_are_refused() {
        for name in ["", "../x", "a/b", "A", "1a", "a b", "a%2e", "é", "all", "con.", &"a".repeat(64)] {
            assert!(LayerName::new(name).is_err(), "{name}");
        }
        assert!(LayerName::new("roads-2025_v2").is_ok());
        assert!(LayerName::new(&"a".repeat(63)).is_ok());
    }

    #[test]
    fn every_text_has_a_nearest_name() {
        for text in ["Roads 2025.final", "ÉÉ", "", "all", "9lives", &"Z".repeat(300)] {
            let name = LayerName::from_text(text);
            assert!(LayerName::new(name.as_str()).is_ok(), "{text} -> {name}");
        }
    }
}
