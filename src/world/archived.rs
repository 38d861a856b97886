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

impl Archived {
    /// Opens the archive that the settings name; what they say beats what the archive says of itself.
    pub fn open(settings: &LayerSettings, name: LayerName) -> Result<Self, ArchiveError> {
        refuse_settings_of_features(settings)?;
        // Looked at before it is opened: if another takes its name meanwhile, the new content stands under the old number, and the next
        // look finds a new one. The other way round old tiles would pass for new ones.
        let file = std::fs::metadata(&settings.path)?;
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

/// Settings that say something about features, of which archives have none. (A tile budget may be meant for other layers.)
fn refuse_settings_of_features(settings: &LayerSettings) -> Result<(), ArchiveError> {
    let LayerSettings { table, id_property, properties, crs, importance, cluster, cluster_by, .. } = settings;
    let given = [
        ("table", table.is_some()),
        ("id_property", id_property.is_some()),
        ("properties", properties.is_some()),
        ("crs", crs.is_some()),
        ("importance", importance.is_some()),
        ("cluster", cluster.is_some()),
        ("cluster_by", cluster_by.is_some()),
    ];
    match given.into_iter().find(|(_, given)| *given) {
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
