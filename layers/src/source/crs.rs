//! Coordinate reference systems of files, by EPSG code, into WGS 84 degrees (proj4rs).

use super::SourceError;
use geo_types::Coord;
use proj4rs::Proj;
use proj4rs::transform::{Transform as Points, TransformClosure};

/// Geographic systems of the EPSG registry whose unit is no degree; proj4rs takes their numbers for degrees.
const IN_GRADS: [u16; 8] = [4807, 4810, 4811, 4816, 4819, 4821, 4901, 4902];
const REPROJECT: &str = "reproject the file with ogr2ogr -t_srs EPSG:4326";

/// From a file's coordinates to WGS 84 degrees.
pub(super) struct Transform {
    from: Proj,
    to: Proj,
}

/// One position, in the units proj4rs works in.
struct Position(f64, f64);

impl Points for Position {
    fn transform_coordinates<F: TransformClosure>(&mut self, f: &mut F) -> proj4rs::errors::Result<()> {
        f(self.0, self.1, 0.0).map(|(x, y, _)| *self = Self(x, y))
    }
}

impl Transform {
    /// For a code such as `EPSG:32629`, `urn:ogc:def:crs:EPSG::32629` or `.../CRS84`; `None` for WGS 84 itself.
    pub(super) fn named(name: &str) -> Result<Option<Self>, SourceError> {
        let upper = name.to_ascii_uppercase();
        if upper.ends_with("CRS84") || upper.ends_with("CRS84H") {
            return Ok(None);
        }
        let digits = upper.rsplit([':', '/']).next().unwrap_or(&upper);
        match digits.parse::<u16>() {
            Ok(code) if upper.contains("EPSG") || digits == upper => Self::epsg(code),
            _ => Err(unknown(name)),
        }
    }

    /// For an EPSG code; `None` for WGS 84 in degrees (4326 and its 3D kin).
    pub(super) fn epsg(code: u16) -> Result<Option<Self>, SourceError> {
        if matches!(code, 4326 | 4979) {
            return Ok(None);
        }
        if IN_GRADS.contains(&code) {
            return Err(SourceError::Crs(format!("its coordinate reference system EPSG:{code} is in grads; {REPROJECT}")));
        }
        let from = Proj::from_epsg_code(code).map_err(|_unlisted| unknown(&format!("EPSG:{code}")))?;
        if from.is_geocent() {
            return Err(SourceError::Crs(format!("its coordinate reference system EPSG:{code} is geocentric; {REPROJECT}")));
        }
        let to = Proj::from_epsg_code(4326).map_err(|_unlisted| unknown("EPSG:4326"))?;
        Ok(Some(Self { from, to }))
    }

    /// One position in degrees; `None` where the projection has no inverse.
    pub(super) fn apply(&self, at: Coord<f64>) -> Option<Coord<f64>> {
        let degrees = self.from.is_latlong();
        let mut position = if degrees { Position(at.x.to_radians(), at.y.to_radians()) } else { Position(at.x, at.y) };
        proj4rs::transform::transform(&self.from, &self.to, &mut position).ok()?;
        Some(Coord { x: position.0.to_degrees(), y: position.1.to_degrees() })
    }
}

fn unknown(name: &str) -> SourceError {
    SourceError::Crs(format!(
        "its coordinate reference system '{name}' is not known; reproject the file to EPSG:4326, or say which it is with crs = \"EPSG:…\""
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_positions_come_out_in_degrees() {
        // Near Bamako in UTM zone 29 N and in Web Mercator; reference values from PROJ 9.
        for (name, x, y) in [("EPSG:32629", 608_599.710, 1_397_753.821), ("urn:ogc:def:crs:EPSG::3857", -890555.926, 1418860.819)]
        {
            let transform = Transform::named(name).unwrap().unwrap();
            let at = transform.apply(Coord { x, y }).unwrap();
            assert!((at.x + 8.0).abs() < 1e-7 && (at.y - 12.642).abs() < 1e-7, "{name}: {at:?}");
        }
    }

    #[test]
    fn wgs_84_needs_no_transform_and_nonsense_is_refused() {
        for name in ["EPSG:4326", "urn:ogc:def:crs:OGC:1.3:CRS84", "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "4326"] {
            assert!(Transform::named(name).unwrap().is_none(), "{name}");
        }
        for (name, says) in [("EPSG:4978", "geocentric"), ("EPSG:4807", "grads")] {
            assert!(matches!(Transform::named(name), Err(SourceError::Crs(reason)) if reason.contains(says)), "{name}");
        }
        for name in ["", "EPSG:0", "EPSG:99999999", "local", "EPSG:x"] {
            assert!(matches!(Transform::named(name), Err(SourceError::Crs(_))), "{name}");
        }
    }
}
