//! What this server documents of what map clients fetch beside a style: letters, and icons in one picture.

use super::super::links::JSON;
use super::routes::{Content, Route, STYLED, route};

/// Styles for QGIS, letters and sprites.
pub(super) const CLIENT: [Route; 7] = [
    route(
        "/styles/{style}/qgis.json",
        "plainStyle",
        "Styles",
        "A style written out for programs that know few expressions, such as QGIS",
        &STYLED,
        &[(JSON, Some("document"))],
    ),
    route("/fonts.json", "fonts", "Styles", "Names of the fonts that there are", &[], &[(JSON, Some("document"))]),
    route(
        "/fonts/{fontstack}/{range}.pbf",
        "glyphs",
        "Styles",
        "Letters of a stack of fonts for map clients, as signed distance fields (protobuf)",
        &["fontstack", "glyphRange"],
        &[("application/x-protobuf", None)],
    ),
    sprite(
        "/sprites/{style}.json",
        "sprite",
        "Where each icon and hatch of a style is in its picture",
        &[(JSON, Some("document"))],
    ),
    sprite("/sprites/{style}.png", "spritePicture", "Icons and hatches of a style in one picture", &[("image/png", None)]),
    sprite("/sprites/{style}@2x.json", "sprite2x", "The same for the picture of twice the pixels", &[(JSON, Some("document"))]),
    sprite("/sprites/{style}@2x.png", "spritePicture2x", "The picture at twice the pixels", &[("image/png", None)]),
];

const fn sprite(path: &'static str, id: &'static str, summary: &'static str, contents: &'static [Content]) -> Route {
    route(path, id, "Styles", summary, &["style"], contents)
}
