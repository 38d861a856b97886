use crate::layer::{Asked, Layer, LayerKind, LayerMeta};
use crate::source::{SourceLayer, read_sequence};
use crate::time::{Datetime, Instant};
use std::collections::BTreeMap;
use std::path::PathBuf;

fn shipped() -> SourceLayer<()> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data/basemap").join(super::FILE);
    let file = std::fs::File::open(path).unwrap();
    read_sequence("basemap", flate2::read::GzDecoder::new(file)).unwrap()
}

#[test]
fn the_shipped_basemap_is_sound_and_has_every_class() {
    let layer = shipped();
    assert_eq!(layer.losses, []);
    let class = layer.schema.position("class").unwrap();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for feature in layer.features.iter() {
        *counts.entry(feature.value(class).to_json().as_str().unwrap().to_owned()).or_default() += 1;
    }
    for (class, least) in [
        ("land", 100),
        ("border", 50),
        ("border_disputed", 1),
        ("admin1", 600),
        ("lake", 9),
        ("river", 50),
        ("place", 1_000),
        ("country_label", 150),
    ] {
        assert!(counts.get(class).is_some_and(|count| *count >= least), "{class}: {counts:?}");
    }
}

#[test]
fn bamako_stands_on_land() {
    let layer = shipped();
    let meta = LayerMeta::bare("basemap", LayerKind::Reference, Vec::new());
    let layer = Layer::build(meta, layer.schema, layer.features, Vec::new(), |_, _| 0);
    let asked = Asked { datetime: Datetime::All, known_at: Instant::MAX, phases: None };
    let mut hits = Vec::new();
    layer.query(&[crate::index::Bounds::new(-8.0, 12.64, -8.0, 12.64).unwrap()], 0, &asked, &mut hits);
    let bamako = geo_types::Point::new(-8.0, 12.64);
    assert!(hits.iter().any(|&hit| {
        layer.feature(hit).unwrap().geometry().is_some_and(|geometry| geo::Contains::contains(&geometry, &bamako))
    }));
}
