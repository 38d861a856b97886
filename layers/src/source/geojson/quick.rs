//! A feature read in one go from its text, as nearly all files write it: names without escapes, the kind of a geometry before its coordinates.
//!
//! Whatever is different is left to the JSON parser, which goes over the text member by member and knows what to say of it.

use super::coordinates::Plain;
use super::geometry::of_kind;
use super::properties::Properties;
use crate::source::rings::Rings;
use geo_types::Geometry;
use serde_json::value::RawValue;

/// What a feature is made of.
#[derive(Default)]
pub(super) struct Members<'a> {
    pub(super) id: Option<&'a RawValue>,
    pub(super) geometry: Option<Geometry<f64>>,
    pub(super) rings: Rings,
    pub(super) properties: Option<Properties>,
}

/// Reads a feature; `None` if anything is unusual.
pub(super) fn feature(text: &[u8]) -> Option<Members<'_>> {
    Plain::new(text).whole(members)
}

fn members<'a>(plain: &mut Plain<'a>) -> Option<Members<'a>> {
    let mut found = Members::default();
    let (mut kind, mut id, mut geometry, mut properties) = (Once::default(), Once::default(), Once::default(), Once::default());
    plain.object(|name, plain| match name {
        b"type" => kind.is_first().then(|| plain.name())?.filter(|kind| *kind == "Feature").map(drop),
        b"id" => id.is_first().then(|| plain.json().map(|text| found.id = text))?,
        b"geometry" => geometry.is_first().then(|| place(plain, &mut found.rings).map(|place| found.geometry = place))?,
        b"properties" => properties.is_first().then(|| plain.json().map(|all| found.properties = all))?,
        other => plain.pass(other),
    })?;
    kind.was.then_some(found)
}

fn place(plain: &mut Plain<'_>, rings: &mut Rings) -> Option<Option<Geometry<f64>>> {
    if plain.null().is_some() {
        return Some(None);
    }
    let (mut kind, mut geometry) = (None, None);
    plain.object(|name, plain| match name {
        b"type" if kind.is_none() => plain.name().map(|name| kind = Some(name)),
        b"coordinates" if geometry.is_none() => of_kind(kind?, plain, rings).map(|read| geometry = Some(read)),
        b"type" | b"coordinates" | b"geometries" => None,
        other => plain.pass(other),
    })?;
    geometry.map(Some)
}

/// Whether a member has come.
#[derive(Default)]
struct Once {
    was: bool,
}

impl Once {
    fn is_first(&mut self) -> bool {
        !std::mem::replace(&mut self.was, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    const POINT: &str = r#"{"type":"Point","coordinates":[1,2]}"#;

    #[test]
    fn usual_features_are_read() {
        let text =
            format!(r#" {{ "type" : "Feature", "bbox":[1,2,1,2], "id": 7, "properties": {{"a":[1]}} ,"geometry":{POINT} }} "#);
        let found = feature(text.as_bytes()).unwrap();
        assert_eq!(found.id.map(RawValue::get), Some("7"));
        assert_eq!(found.geometry, Some(geo_types::Point::new(1.0, 2.0).into()));
        assert_eq!(found.properties.unwrap().0, [("a".to_owned(), Value::Json("[1]".into()))]);
        let empty = feature(br#"{"geometry":null,"properties":null,"id":null,"type":"Feature"}"#).unwrap();
        assert!(empty.geometry.is_none() && empty.properties.is_none() && empty.id.is_none());
    }

    #[test]
    fn what_is_unusual_is_left_to_the_parser() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"type":"Feature","geometry":null,}"#,
            r#"{"type":"Feature","geometry":null} x"#,
            r#"{"type":"Feature","geometry":null"#,
            r#"{"type":"Feature","type":"Feature","geometry":null}"#,
            r#"{"type":"Feature","id":1,"id":2}"#,
            r#"{"type":"Feature","properties":7}"#,
            r#"{"type":"Feature","id":01}"#,
            r#"{"type":"Feature","other":tru}"#,
            r#"{"type":"Point","coordinates":[1,2]}"#,
            r#"{"type":"Feature","geometry":{"coordinates":[1,2],"type":"Point"}}"#,
            r#"{"type":"Feature","geometry":{"type":"Point"}}"#,
            r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2],"coordinates":[1,2]}}"#,
            r#"{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[]}}"#,
            r#"{"typ\u0065":"Feature"}"#,
            "{\"type\":\"Feature\",\"a\tb\":1}",
        ] {
            assert!(feature(text.as_bytes()).is_none(), "{text}");
        }
        assert!(feature(b"{\"type\":\"Feature\",\"properties\":{\"a\":\"\xff\"}}").is_none());
        assert!(feature(b"{\"type\":\"Feature\",\"\xff\":1}").is_none());
    }
}
