use super::*;
use crate::http::sample::at;
use crate::http::sample::layer;
use crate::portray::MAP_PHASES;
use crate::style::Styles;
use crate::world::builtin;
use roadblock_layers::feature::{Feature, FeatureId};
use roadblock_layers::layer::LayerKind;
use roadblock_layers::time::{Datetime, Instant};
use roadblock_tiles::archive::hilbert;
use serde_json::json;
use std::collections::BTreeSet;

/// A small generator of numbers in 0..1, the same every time.
struct Weyl(u64);

impl Weyl {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn place(&mut self) -> geo_types::Coord<f64> {
        geo_types::Coord { x: self.next() * 360.0 - 180.0, y: self.next() * 170.0 - 85.0 }
    }

    fn ring(&mut self, radius: f64) -> geo_types::LineString<f64> {
        let middle = self.place();
        let corners = (0..40).map(|step| {
            let (angle, radius) = (f64::from(step) / 40.0 * std::f64::consts::TAU, radius * (0.3 + 0.7 * self.next()));
            ((middle.x + radius * angle.cos()).clamp(-180.0, 180.0), (middle.y + radius * angle.sin()).clamp(-85.0, 85.0))
        });
        geo_types::LineString::from_iter(corners.collect::<Vec<_>>())
    }
}

/// Points, long lines, large areas, and a large area with islands that are too small for low zooms.
fn everything() -> Published {
    let mut numbers = Weyl(3);
    let mut geometries: Vec<geo_types::Geometry<f64>> = Vec::new();
    for _ in 0..6 {
        geometries.push(geo_types::Point(numbers.place()).into());
        geometries.push(geo_types::LineString(vec![numbers.place(), numbers.place(), numbers.place()]).into());
        geometries.push(geo_types::Polygon::new(numbers.ring(15.0), vec![]).into());
        let islands = [10.0, 0.01, 0.001, 0.0001].map(|radius| geo_types::Polygon::new(numbers.ring(radius), vec![]));
        geometries.push(geo_types::MultiPolygon(islands.to_vec()).into());
    }
    let features =
        (0..).zip(geometries).map(|(id, geometry)| Feature::timeless(FeatureId::Int(id), Some(geometry), Box::new([])));
    layer("everything", LayerKind::Reference, &[], features.collect())
}

fn job(layers: Vec<Arc<Published>>, zooms: RangeInclusive<u8>, content: Content) -> Job {
    let at = Instant::parse("2025-10-22T12:00:00Z").unwrap();
    let asked = Asked { datetime: Datetime::At(at), known_at: at, phases: Some(MAP_PHASES) };
    Job { layers: layers.into(), asked, zooms, content, look: Styles::builtin().unwrap().overlay() }
}

fn made(job: &Job, threads: usize) -> Vec<TileCoord> {
    let mut coords = Vec::new();
    job.run(threads, |parcels| {
        coords.extend(parcels.iter().map(Parcel::coord));
        Ok::<_, std::convert::Infallible>(())
    })
    .unwrap();
    coords
}

/// Every tile of a zoom looked at.
fn scan(job: &Job) -> BTreeSet<TileCoord> {
    let mut worker = Worker::default();
    let blank = job.plain(None, &mut worker).unwrap();
    let all = job.zooms.clone().flat_map(|zoom| (0..1u64 << (2 * zoom)).map(move |position| hilbert::at(zoom, position)));
    all.filter(|coord| {
        let plain = job.plain(Some(*coord), &mut worker).unwrap();
        !plain.is_empty() && plain != blank
    })
    .collect()
}

#[test]
fn the_descent_finds_every_tile_that_a_full_scan_finds() {
    let job = job(vec![Arc::new(everything())], 0..=8, Content::Mvt);
    assert_eq!(made(&job, 2).into_iter().collect::<BTreeSet<_>>(), scan(&job));
}

#[test]
fn pictures_too() {
    let job = job(vec![Arc::new(everything())], 0..=4, Content::Png);
    assert_eq!(made(&job, 1).into_iter().collect::<BTreeSet<_>>(), scan(&job));
}

#[test]
fn what_is_drawn_wide_from_a_zoom_on_is_found_from_above() {
    // As styles count zooms, where a world is a tile of 512 pixels: from the fourth of the job on.
    let radius = json!(["step", ["zoom"], 1, 3, 120]);
    let rule = json!({ "id": "discs", "type": "circle", "source": "roadblock", "source-layer": "dots", "paint": { "circle-radius": radius } });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wide.json");
    std::fs::write(&path, json!({ "version": 8, "sources": {}, "layers": [rule] }).to_string()).unwrap();
    let (named, _) = Styles::builtin().unwrap().own(&path).unwrap().right().unwrap();
    let mut numbers = Weyl(5);
    let dots =
        (0..9).map(|id| Feature::timeless(FeatureId::Int(id), Some(geo_types::Point(numbers.place()).into()), Box::new([])));
    let layers = vec![Arc::new(layer("dots", LayerKind::Reference, &[], dots.collect()))];
    let look = Look { named: Arc::new(named), with_background: false };
    let job = Job { look, ..job(layers, 0..=4, Content::Png) };
    assert_eq!(made(&job, 1).into_iter().collect::<BTreeSet<_>>(), scan(&job));
}

#[test]
fn deep_tiles_below_a_small_island_are_found() {
    let published = everything();
    let job = job(vec![Arc::new(published)], 15..=15, Content::Mvt);
    let mut worker = Worker::default();
    let found: BTreeSet<TileCoord> =
        job.stretches().take(2000).flat_map(|stretch| descent::below(&job, stretch, &mut worker)).collect();
    let shown = found.iter().filter(|coord| !job.plain(Some(**coord), &mut worker).unwrap().is_empty()).count();
    // What is asked for in vain stays a small part.
    assert!(shown * 4 > found.len(), "{shown} of {}", found.len());
}

#[test]
fn tiles_come_in_order_whatever_the_number_of_threads() {
    let world = builtin::world(at("2026-02-01")).unwrap();
    let job = job(world.data_layers().cloned().collect(), 0..=9, Content::Mvt);
    let (one, many) = (made(&job, 1), made(&job, 5));
    assert!(one.len() > 200, "{}", one.len());
    assert!(one.windows(2).all(|pair| hilbert::id(pair[0]) < hilbert::id(pair[1])));
    assert_eq!(one, many);
}

#[test]
fn who_cannot_take_a_tile_stops_the_crew() {
    let world = builtin::world(at("2026-02-01")).unwrap();
    let job = job(world.data_layers().cloned().collect(), 0..=14, Content::Mvt);
    let mut taken = 0;
    let outcome = job.run(3, |_| {
        taken += 1;
        if taken < 5 { Ok(()) } else { Err("the disk is full") }
    });
    assert!(matches!(outcome, Err(CrewError::Deliver("the disk is full"))));
    assert_eq!(taken, 5);
}
