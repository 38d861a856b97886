//! The styles of the server and their icons, read once: what raster tiles, the viewer and other map clients draw with.
//!
//! One document says what is drawn and how it is told apart; each built-in style only puts its own colours and dashes in. Users
//! add styles of their own by file.

mod kinds;
mod known;
mod named;
mod own;
mod plain;
mod sources;
mod sprite;
mod values;

pub use named::{Drawn, Legend, LegendItem, Look, Named, Title};
pub use own::Own;
pub use sprite::Packed;

use roadblock_tiles::raster::{IconsError, StyleIssue};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const MAP: &str = include_str!("../data/style/map.json");
const ICONS: &str = include_str!("../data/style/icons.json");
const STYLES: &str = include_str!("../data/style/styles.json");

/// Why a style cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StyleError {
    /// Rules that cannot be drawn.
    #[error("style '{id}' cannot be drawn as it is:\n{}", .issues.iter().map(|issue| format!("{}: {issue}", issue.gravity)).collect::<Vec<_>>().join("\n"))]
    Rules {
        /// The style.
        id: String,
        /// All of them.
        issues: Vec<StyleIssue>,
    },
    /// An icon that cannot be drawn.
    #[error("the icons of the styles: {0}")]
    Icons(#[from] IconsError),
    /// A file that is no JSON.
    #[error("the built-in styles: {0}")]
    Json(#[from] serde_json::Error),
    /// A user's file that cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A user's file that is no style, or cannot be one beside the others.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// There is no style at all.
    #[error("the built-in styles: there is none")]
    None,
}

/// The styles of the server. Cheap to clone.
#[derive(Clone)]
pub struct Styles {
    first: Arc<Named>,
    others: Arc<[Arc<Named>]>,
}

impl Styles {
    /// Reads the styles that ship in the program.
    pub fn builtin() -> Result<Self, StyleError> {
        let mut all = values::styles(MAP, ICONS, STYLES)?.into_iter().map(Arc::new);
        let first = all.next().ok_or(StyleError::None)?;
        Ok(Self { first, others: all.collect() })
    }

    /// These styles, and one more for each file; of what a file says and is not drawn, `tell` hears.
    pub fn and(&self, files: &[PathBuf], mut tell: impl FnMut(&Named, &StyleIssue)) -> Result<Self, StyleError> {
        let mut others = self.others.to_vec();
        for path in files {
            let (named, issues) = self.own(path)?.right()?;
            if self.first.id == named.id || others.iter().any(|other| other.id == named.id) {
                let reason = format!("there is a style '{}' already; rename the file", named.id);
                return Err(StyleError::File { path: path.clone(), reason });
            }
            issues.iter().for_each(|issue| tell(&named, issue));
            others.push(Arc::new(named));
        }
        Ok(Self { first: Arc::clone(&self.first), others: others.into() })
    }

    /// What is found in a file.
    pub fn own(&self, path: &Path) -> Result<Own, StyleError> {
        Own::read(path, self.first.drawings())
    }

    /// The one that is meant where none is named.
    pub fn usual(&self) -> &Arc<Named> {
        &self.first
    }

    /// What pictures look like where no style is named.
    pub fn overlay(&self) -> Look {
        Look { named: Arc::clone(&self.first), with_background: false }
    }

    /// All of them, the usual one first.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Named>> {
        std::iter::once(&self.first).chain(self.others.iter())
    }

    /// The one of an id.
    pub fn get(&self, id: &str) -> Option<&Arc<Named>> {
        self.all().find(|named| *named.id == *id)
    }
}

#[cfg(test)]
mod tests;
