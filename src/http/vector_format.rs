//! Which vector format a client gets: what the address says, but on `.mvt` and `.pbf` `Accept` may ask for MapLibre Tiles instead.
//!
//! MapLibre sends that `Accept` for a source with `encoding: "mlt"`, so one address serves clients of both kinds.

use super::media::weight;
use super::wishes::wishes;
use crate::tile::Format;
use axum::http::{HeaderMap, header};

/// What MapLibre Tiles are called: now, and by older software. Neither is registered yet.
const MLT: [&str; 2] = [Format::Mlt.media_type(), "application/vnd.maplibre-vector-tile"];
/// What Mapbox Vector Tiles are called: registered, and by older software.
const MVT: [&str; 2] = [Format::Mvt.media_type(), "application/x-protobuf"];

/// The format to answer with where the address names one.
pub fn wanted(named: Format, headers: &HeaderMap) -> Format {
    if named == Format::Mvt && prefers_mlt(&wishes(headers, header::ACCEPT)) { Format::Mlt } else { named }
}

/// The headers that decide the answer at an address that names a format; `None` for pictures, which are the same for all.
pub fn vary(named: Format) -> Option<&'static str> {
    match named {
        Format::Mvt => Some("Accept, Accept-Encoding"),
        Format::Mlt => Some("Accept-Encoding"),
        Format::Picture(..) => None,
    }
}

/// Only where MLT is named, and weighs more than MVT: a wildcard fits what the address says.
fn prefers_mlt(ranges: &[(&str, f32)]) -> bool {
    let named = ranges.iter().filter(|(name, _)| is_one_of(&MLT, name)).map(|(_, q)| *q).fold(0.0, f32::max);
    named > weight(ranges, &|name| is_one_of(&MVT, name), "application/*")
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::wishes::members;
    use crate::tile::PictureFormat;
    use axum::http::HeaderValue;

    #[test]
    fn the_table_of_what_clients_send() {
        for (accept, mlt) in [
            ("", false),
            ("*/*", false),
            ("application/vnd.maplibre-tile", true),
            ("application/vnd.maplibre-vector-tile", true),
            ("Application/Vnd.MapLibre-Tile;q=0.4", true),
            ("application/vnd.mapbox-vector-tile", false),
            ("application/vnd.maplibre-tile, application/vnd.mapbox-vector-tile;q=0.9", true),
            ("application/vnd.maplibre-tile;q=0.5, application/x-protobuf", false),
            ("application/vnd.maplibre-tile, application/vnd.mapbox-vector-tile", false),
            ("application/vnd.maplibre-tile, */*;q=0.1", true),
            ("application/vnd.maplibre-tile, */*", false),
            ("application/vnd.maplibre-tile;q=0", false),
            ("application/*", false),
            ("image/webp,*/*", false),
        ] {
            assert_eq!(prefers_mlt(&members(accept).collect::<Vec<_>>()), mlt, "{accept:?}");
        }
    }

    #[test]
    fn only_an_address_of_mvt_leaves_a_choice() {
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(MLT[0]))]);
        let picture = Format::Picture(PictureFormat::Png, 1);
        assert_eq!(wanted(Format::Mvt, &headers), Format::Mlt);
        assert_eq!(wanted(picture, &headers), picture);
        assert_eq!(wanted(Format::Mlt, &HeaderMap::new()), Format::Mlt);
    }
}
