//! Where the cercles are: the positions of their capitals, from which the shapes of areas are made.

use super::super::cells;
use geo_types::{Coord, MultiPolygon};
use serde_json::Value;

/// How far an area reaches at most from the capital of its cercle.
const RADIUS_KM: f64 = 60.0;

/// Capitals of cercles that are no place of the data set: p-code, longitude, latitude.
/// From GeoNames (CC BY 4.0) but for Macina, which is estimated.
const CAPITALS: [(&str, f64, f64); 26] = [
    ("ML0106", -9.593, 15.231),
    ("ML0107", -10.577, 15.119),
    ("ML0202", -6.803, 12.487),
    ("ML0203", -8.417, 11.933),
    ("ML0306", -8.150, 11.183),
    ("ML0307", -4.777, 12.358),
    ("ML0401", -6.831, 13.077),
    ("ML0403", -5.360, 14.350),
    ("ML0407", -4.593, 13.287),
    ("ML0501", -3.610, 14.350),
    ("ML0502", -3.516, 14.078),
    ("ML0503", -4.553, 13.906),
    ("ML0505", -3.075, 14.064),
    ("ML0507", -4.917, 14.457),
    ("ML0508", -4.263, 15.368),
    ("ML0601", -3.401, 16.257),
    ("ML0602", -3.671, 16.415),
    ("ML0603", -1.923, 16.878),
    ("ML0604", -3.991, 15.932),
    ("ML0605", -3.007, 16.773),
    ("ML0702", -0.349, 16.955),
    ("ML0801", 1.750, 19.117),
    ("ML0802", 1.409, 18.443),
    ("ML0803", 1.012, 20.201),
    ("ML0804", 2.488, 18.451),
    ("ML1001", 2.396, 15.920),
];

/// The capitals of all cercles that can be placed, and the country they lie in.
pub(super) struct Cercles {
    codes: Vec<String>,
    capitals: Vec<Coord<f64>>,
    country: MultiPolygon<f64>,
}

impl Cercles {
    /// From the table above, else the town of the same name.
    pub(super) fn new(admin2: &[Value], towns: &[Value], country: MultiPolygon<f64>) -> Self {
        let town_named = |name: &Value| {
            let town = towns.iter().find(|town| town["country"] == "MLI" && town["name"] == *name)?;
            Some(Coord { x: town["lon"].as_f64()?, y: town["lat"].as_f64()? })
        };
        let tabled = |code: &str| CAPITALS.iter().find(|(known, ..)| *known == code).map(|&(_, x, y)| Coord { x, y });
        let placed = admin2.iter().filter_map(|cercle| {
            let code = cercle["pcode"].as_str()?;
            Some((code.to_owned(), tabled(code).or_else(|| town_named(&cercle["name"]))?))
        });
        let (codes, capitals) = placed.unzip();
        Self { codes, capitals, country }
    }

    /// The approximate shape of some cercles together, as GeoJSON; null if none of them can be placed.
    pub(super) fn shape(&self, codes: &[&str]) -> Value {
        let chosen: Vec<usize> = codes.iter().filter_map(|code| self.codes.iter().position(|known| known == code)).collect();
        if chosen.is_empty() {
            return Value::Null;
        }
        let shape = cells::union(&self.capitals, &chosen, RADIUS_KM, &self.country);
        serde_json::to_value(geojson::Geometry::from(&shape)).unwrap_or_default()
    }

    /// Those of some codes whose capital is not known.
    pub(super) fn unplaced<'a>(&self, codes: &[&'a str]) -> Vec<&'a str> {
        codes.iter().copied().filter(|code| !self.codes.iter().any(|known| known == code)).collect()
    }
}
