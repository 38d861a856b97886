//! A layer that is an archive: finished tiles of somebody's file, which pass through as they are. It has no features to list.

use crate::config::LayerSettings;
use roadblock_layers::layer::LayerName;
use roadblock_tiles::archive::{About, Archive, ArchiveError, Content, Stored};
use roadblock_tiles::grid::TileCoord;
use siphasher::sip::SipHasher13;
use std::hash::{Hash, Hasher};

/// An archive as it is served.
pub struct Archived {
    /// Name in addresses.
    pub name: LayerName,
    /// Title for people.
    pub title: String,
    /// A sentence about the content; empty if nobody said one.
    pub description: String,
    /// Whom to credit, as plain text; empty if nobody.
    pub attribution: String,
    /// Lowest zoom served.
    pub min_zoom: u8,
    /// Highest zoom served.
    pub max_zoom: u8,
    /// Changes when the file does; part of every cache key. Two processes need not agree on it, since tags come from the bytes.
    pub revision: u64,
    archive: Archive,
}

/// Settings that say something about features; archives have none.
const ABOUT_FEATURES: [&str; 5] = ["table", "id_property", "properties", "crs", "importance"];

impl Archived {
    /// Opens the archive that the settings name; what they say beats what the archive says of itself.
    pub fn open(settings: &LayerSettings, name: LayerName) -> Result<Self, ArchiveError> {
        refuse_settings_of_features(settings)?;
        let archive = Archive::open(&settings.path)?;
        let about = archive.about();
        let said = |own: &Option<String>, theirs: &str| own.clone().unwrap_or_else(|| plain_text(theirs));
        let title = said(&settings.title, about.text("name"));
        let stem = settings.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let (min_zoom, max_zoom) =
            (settings.min_zoom.unwrap_or(about.min_zoom), settings.max_zoom.unwrap_or(about.max_zoom).min(about.max_zoom));
        if min_zoom > max_zoom {
            let reason = format!("zooms {min_zoom} to {max_zoom} do not work; it has {} to {}", about.min_zoom, about.max_zoom);
            return Err(ArchiveError::Unsupported(reason));
        }
        let mut revision = SipHasher13::new();
        let file = std::fs::metadata(&settings.path)?;
        (file.len(), file.modified().ok()).hash(&mut revision);
        Ok(Self {
            title: if title.is_empty() { stem.unwrap_or_else(|| name.to_string()) } else { title },
            description: said(&settings.description, about.text("description")),
            attribution: said(&settings.attribution, about.text("attribution")),
            min_zoom,
            max_zoom,
            revision: revision.finish(),
            name,
            archive,
        })
    }

    /// What the archive says of itself.
    pub fn about(&self) -> &About {
        self.archive.about()
    }

    /// A tile as it is stored; `None` where there is none. Reads the file: not for async threads.
    pub fn tile(&self, coord: TileCoord) -> Result<Option<Stored>, ArchiveError> {
        self.archive.tile(coord)
    }

    /// The ending of its tiles' addresses.
    pub fn ending(&self) -> &'static str {
        match self.about().content {
            Content::Mvt => "mvt",
            Content::Png => "png",
            Content::Webp => "webp",
        }
    }
}

fn refuse_settings_of_features(settings: &LayerSettings) -> Result<(), ArchiveError> {
    let LayerSettings { table, id_property, properties, crs, importance, .. } = settings;
    let given = [table.is_some(), id_property.is_some(), properties.is_some(), crs.is_some(), importance.is_some()];
    match ABOUT_FEATURES.into_iter().zip(given).find(|(_, given)| *given) {
        None => Ok(()),
        Some((key, _)) => Err(ArchiveError::Unsupported(format!("an archive has finished tiles; '{key}' says nothing about it"))),
    }
}

/// Archives are credited in HTML, which is not to be believed: tags go, and the few usual entities become characters.
fn plain_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut in_tag = false;
    for character in html.chars() {
        match character {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if in_tag => (),
            other => text.push(other),
        }
    }
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&copy;", "©"), ("&nbsp;", " "), ("&amp;", "&")];
    entities.into_iter().fold(text, |text, (entity, character)| text.replace(entity, character)).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_credits_becomes_text() {
        assert_eq!(plain_text("<a href=\"https://x\">&copy; A &amp; B</a> | C"), "© A & B | C");
        assert_eq!(plain_text("<script>alert(1)"), "alert(1)");
        assert_eq!(plain_text("&amp;lt;b&amp;gt;"), "&lt;b&gt;", "decoded once");
    }
}
