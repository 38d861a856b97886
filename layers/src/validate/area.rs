//! Rules of areas, and of the polygons they are.

use super::members;
use crate::antimeridian;
use crate::draft::Draft;
use crate::record::Area;
use crate::validity;
use crate::vocab::Basis;
use geo::CoordsIter;
use geo::orient::{Direction, Orient};
use geo_types::{Geometry, MultiPolygon};

pub(super) fn area(draft: &mut Draft<'_>) -> Option<Area> {
    let (class, actor) = (draft.needed_word("area_class"), members::actor(draft));
    let (attribution, shape) = (draft.needed_word("attribution"), shape(draft));
    Some(Area {
        claimed: draft.flag("claimed"),
        basis: draft.word("basis").unwrap_or(Basis::Digitised),
        adm2_codes: draft.texts("adm2_codes"),
        class: class?,
        actor: actor?,
        attribution: attribution?,
        shape: shape?,
    })
}

/// A valid (Multi)Polygon, turned so that exteriors run counterclockwise (RFC 7946, right-hand rule).
fn shape(draft: &mut Draft<'_>) -> Option<MultiPolygon<f64>> {
    let value = draft.raw("geometry");
    let value = draft.needed("geometry", value)?;
    // Copied: the parser of GeoJSON wants its own.
    let parsed = serde_json::from_value::<geojson::Geometry>(value.clone()).ok();
    let shape = match parsed.and_then(|geometry| Geometry::<f64>::try_from(geometry).ok()) {
        Some(Geometry::MultiPolygon(shape)) => shape,
        Some(Geometry::Polygon(shape)) => shape.into(),
        _ => MultiPolygon(Vec::new()),
    };
    if shape.0.is_empty() || shape.iter().any(|part| part.exterior().0.is_empty()) {
        draft.refuse("geometry", "bad_geometry", "an area is a GeoJSON Polygon or MultiPolygon of at least one ring");
        return None;
    }
    if let Some(at) = shape.coords_iter().find(|at| at.x.abs() > 360.0 || at.y.abs() > 90.0) {
        let message = format!("[{}, {}] is nowhere: longitude, first, is -180 to 180 and latitude -90 to 90 degrees", at.x, at.y);
        draft.refuse("geometry", "out_of_range", message);
        return None;
    }
    let Ok(Geometry::MultiPolygon(shape)) = antimeridian::unrolled(shape.into()) else {
        draft.refuse("geometry", "encloses_pole", "a ring goes around a pole; close it along 180 degrees and the pole");
        return None;
    };
    if let Some(fault) = validity::fault(&shape) {
        draft.refuse("geometry", "invalid_polygon", format!("{fault}; rings must not cross or touch themselves or each other"));
        return None;
    }
    Some(on_one_side(draft, shape).orient(Direction::Default))
}

fn on_one_side(draft: &mut Draft<'_>, shape: MultiPolygon<f64>) -> MultiPolygon<f64> {
    let shape = Geometry::MultiPolygon(shape);
    if antimeridian::is_crossed(&shape) {
        draft.note("geometry", "cut_at_antimeridian", "it crosses 180 degrees and is cut there (RFC 7946 section 3.1.9)");
    }
    match if antimeridian::is_crossed(&shape) { antimeridian::cut(&shape) } else { shape } {
        Geometry::MultiPolygon(parts) => parts,
        Geometry::Polygon(part) => part.into(),
        _ => MultiPolygon(Vec::new()),
    }
}
