//! Names on the basemap: countries, capitals, cities, towns.

use super::{Extract, Item, is_detailed};
use geo::{BoundingRect, InteriorPoint};
use geo_types::{Geometry, Point};
use std::collections::{HashMap, HashSet};

/// Places of GeoNames above this zoom are left out, except in Mali.
const LAST_ZOOM: u64 = 9;

/// Two positions of one place lie closer than this, degrees: a city is wide.
const NEAR_DEG: f64 = 0.15;
/// Letters with marks as the names write them, and what is left of each without.
const ACCENTS: [(&str, char); 11] = [
    ("àáâãäå", 'a'),
    ("ç", 'c'),
    ("èéêë", 'e'),
    ("ìíîï", 'i'),
    ("ñ", 'n'),
    ("òóôõö", 'o'),
    ("ùúûü", 'u'),
    ("ýÿ", 'y'),
    ("š", 's'),
    ("ž", 'z'),
    ("-'’", ' '),
];

/// A label for each country: where Natural Earth puts it, else somewhere inside.
pub(super) fn labels(countries: &[Extract], coarse: &[Extract]) -> Vec<Item> {
    let placed: HashSet<&str> = countries.iter().filter_map(|country| country.properties["iso_a3"].as_str()).collect();
    let detailed = countries.iter().filter_map(|country| {
        let at = Point::new(country.properties["label_x"].as_f64()?, country.properties["label_y"].as_f64()?);
        // Natural Earth counts zooms of 256 px maps from 1; a little earlier suits a map whose subject they are.
        let zoom = country.properties["min_label"].as_f64().unwrap_or(4.0).floor().max(3.0) as u64;
        Some(named(Item::new("country_label", at, zoom), country).with("rank", country.properties["labelrank"].clone()))
    });
    let others = coarse.iter().filter(|country| country.properties["iso_a3"].as_str().is_none_or(|code| !placed.contains(code)));
    let others = others.filter_map(|country| {
        let (at, bounds) = (country.geometry.interior_point()?, country.geometry.bounding_rect()?);
        let zoom = if bounds.width() * bounds.height() > 300.0 { 3 } else { 4 };
        Some(named(Item::new("country_label", at, zoom), country).with("rank", zoom))
    });
    detailed.chain(others).collect()
}

fn named(item: Item, country: &Extract) -> Item {
    item.with("name", country.properties["name"].clone()).with("name_fr", country.properties["name_fr"].clone())
}

/// Populated places: Natural Earth's with its ranks, in the spelling of GeoNames, then GeoNames' that are not among them.
pub(super) fn places(ranked: &[Extract], others: &[Extract]) -> Vec<Item> {
    let (known, spellings) = (by_name(ranked), by_name(others));
    let spelt = |place: &Extract| {
        let accents = |text: &str| text.chars().filter(|letter| !letter.is_ascii()).count();
        let spellings = alike(place, &spellings).map(name).chain([name(place)]);
        spellings.max_by_key(|text| accents(text)).unwrap_or_default().to_owned()
    };
    let first = ranked.iter().map(|place| {
        let rank = place.properties["scalerank"].as_u64().unwrap_or(9);
        let capital = place.properties["class"].as_str().is_some_and(|class| class.starts_with("Admin-0 capital"));
        let zoom = if capital { 4 } else { (rank + 2).clamp(5, 8) };
        let item = Item::new("place", place.geometry.clone(), zoom).with("name", spelt(place));
        item.with("rank", if capital { 0 } else { rank })
            .with("capital", capital)
            .with("population", place.properties["pop"].clone())
    });
    let rest = others.iter().filter(|place| {
        let zoom = place.properties["min_zoom"].as_u64().unwrap_or(99);
        let wanted = zoom <= LAST_ZOOM || place.properties["iso_a2"] == "ML";
        wanted && alike(place, &known).next().is_none() && matches!(place.geometry, Geometry::Point(at) if is_detailed(at.0))
    });
    let rest = rest.map(|place| {
        let zoom = place.properties["min_zoom"].as_u64().unwrap_or(11);
        let item = Item::new("place", place.geometry.clone(), zoom.max(6)).with("name", place.properties["name"].clone());
        item.with("rank", zoom + 2).with("capital", false).with("population", place.properties["pop"].clone())
    });
    first.chain(rest).collect()
}

fn name(place: &Extract) -> &str {
    place.properties["name"].as_str().unwrap_or_default()
}

/// A name without marks and case, so that two spellings of it are equal.
fn plain(name: &str) -> String {
    let bare = |letter: char| ACCENTS.iter().find(|(marked, _)| marked.contains(letter)).map_or(letter, |(_, bare)| *bare);
    name.to_lowercase().chars().map(bare).collect()
}

fn by_name(places: &[Extract]) -> HashMap<String, Vec<&Extract>> {
    let mut named: HashMap<String, Vec<&Extract>> = HashMap::new();
    places.iter().for_each(|place| named.entry(plain(name(place))).or_default().push(place));
    named
}

/// Those of `named` that are the same place: the same name but for its spelling, and close by.
fn alike<'a>(place: &Extract, named: &'a HashMap<String, Vec<&Extract>>) -> impl Iterator<Item = &'a Extract> {
    let at = position(place);
    let others = named.get(&plain(name(place))).into_iter().flatten().copied();
    others.filter(move |other| at.zip(position(other)).is_some_and(|(a, b)| (a.x() - b.x()).hypot(a.y() - b.y()) < NEAR_DEG))
}

fn position(place: &Extract) -> Option<Point<f64>> {
    if let Geometry::Point(at) = place.geometry { Some(at) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn place(name: &str, at: [f64; 2], properties: serde_json::Value) -> Extract {
        let mut properties = properties;
        properties["name"] = name.into();
        Extract { geometry: Point::from(at).into(), properties }
    }

    #[test]
    fn a_place_in_both_sources_comes_once_spelt_with_its_accents() {
        let ranked = [place("Segou", [-6.26, 13.44], json!({"scalerank": 4}))];
        let others =
            [place("Ségou", [-6.2595, 13.4403], json!({"min_zoom": 6})), place("Segou", [1.0, 6.0], json!({"min_zoom": 8}))];
        let found: Vec<String> =
            places(&ranked, &others).iter().map(|item| item.properties["name"].as_str().unwrap().to_owned()).collect();
        assert_eq!(found, ["Ségou", "Segou"], "the one far away is another place");
        assert_eq!(plain("Fada N'Gourma"), plain("Fada n’gourma"));
    }
}
