//! The embedded web map: files made by the build script from `viewer/`, each under a name that carries a hash of its content.

use crate::tile::Encoding;

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// One file of the web map, compressed when the program was built.
#[derive(Debug)]
pub struct Asset {
    /// What the page calls it, such as `map.js`.
    pub name: &'static str,
    /// What it is called in addresses, such as `map-0123456789ab.js`.
    pub file: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
    gzip: &'static [u8],
}

impl Asset {
    /// The file behind an address.
    pub fn find(file: &str) -> Option<&'static Self> {
        ASSETS.iter().find(|asset| asset.file == file)
    }

    /// Address of the file of a name, as seen from the root of the server; `None` in a program built without the map.
    pub fn address(name: &str) -> Option<String> {
        ASSETS.iter().find(|asset| asset.name == name).map(|asset| format!("assets/{}", asset.file))
    }

    /// What kind of file it is.
    pub fn media_type(&self) -> &'static str {
        match self.name.rsplit_once('.') {
            Some((_, "js")) => "text/javascript; charset=utf-8",
            Some((_, "css")) => "text/css; charset=utf-8",
            _ => "text/plain; charset=utf-8",
        }
    }

    /// Its bytes in an encoding, and the encoding they really are in: there is no zstd.
    pub fn body(&self, wanted: Encoding) -> (&'static [u8], Encoding) {
        match wanted {
            Encoding::Brotli => (self.brotli, Encoding::Brotli),
            Encoding::Gzip => (self.gzip, Encoding::Gzip),
            Encoding::Identity | Encoding::Zstd => (self.plain, Encoding::Identity),
        }
    }
}
