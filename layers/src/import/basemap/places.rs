//! Names on the basemap: countries, capitals, cities, towns.

use super::{Extract, Item, is_detailed};
use geo::{BoundingRect, InteriorPoint};
use geo_types::{Geometry, Point};
use std::collections::HashSet;

/// Places of GeoNames above this zoom are left out, except in Mali.
const LAST_ZOOM: u64 = 9;

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

/// Populated places: Natural Earth's with its ranks, then GeoNames' that are not among them.
pub(super) fn places(ranked: &[Extract], others: &[Extract]) -> Vec<Item> {
    let known: HashSet<&str> = ranked.iter().filter_map(|place| place.properties["name"].as_str()).collect();
    let first = ranked.iter().map(|place| {
        let rank = place.properties["scalerank"].as_u64().unwrap_or(9);
        let capital = place.properties["class"].as_str().is_some_and(|class| class.starts_with("Admin-0 capital"));
        let zoom = if capital { 4 } else { (rank + 2).clamp(5, 8) };
        let item = Item::new("place", place.geometry.clone(), zoom).with("name", place.properties["name"].clone());
        item.with("rank", if capital { 0 } else { rank })
            .with("capital", capital)
            .with("population", place.properties["pop"].clone())
    });
    let rest = others.iter().filter(|place| {
        let zoom = place.properties["min_zoom"].as_u64().unwrap_or(99);
        let wanted = zoom <= LAST_ZOOM || place.properties["iso_a2"] == "ML";
        let name = place.properties["name"].as_str().unwrap_or_default();
        wanted && !known.contains(name) && matches!(place.geometry, Geometry::Point(at) if is_detailed(at.0))
    });
    let rest = rest.map(|place| {
        let zoom = place.properties["min_zoom"].as_u64().unwrap_or(11);
        let item = Item::new("place", place.geometry.clone(), zoom.max(6)).with("name", place.properties["name"].clone());
        item.with("rank", zoom + 2).with("capital", false).with("population", place.properties["pop"].clone())
    });
    first.chain(rest).collect()
}
