//! Names in the scripts of the region, at points and along a line, against a picture that was looked at.

use super::*;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/scripts.png");
/// How much of 255 a pixel may differ, and how many may differ by more.
const TOLERANCE: u8 = 16;
const MOST_DIFFERENT: usize = 60;

const NAMES: [&str; 7] =
    ["تمبكتو", "ߓߡߊ߬ߞߐ߬", "ⴽⵉⴷⴰⵍ", "Ɲɔɔnɔ, Ɛdɛ, ŋɔmi", "Œuf à Nœuvé-lès-Çï", "Tombouctou تمبكتو", "كيدال\nKidal"];

#[test]
fn names_look_as_they_did_when_we_looked() {
    let texts = json!({"text-field": ["get", "name"], "text-size": 14, "text-font": ["DejaVu Sans"]});
    let mut along = texts.clone();
    along["symbol-placement"] = json!("line");
    along["text-letter-spacing"] = json!(0.05);
    let paint = json!({"text-color": "#203040", "text-halo-color": "#ffffff", "text-halo-width": 1.5});
    let style = style(json!([
        {"type": "background", "paint": {"background-color": "#c9d7c4"}},
        {"type": "line", "source-layer": "things", "paint": {"line-color": "#8090c0", "line-width": 1}},
        {"type": "symbol", "source-layer": "things", "layout": texts, "paint": paint},
        {"type": "symbol", "source-layer": "things", "layout": along, "paint": paint},
    ]));
    let feature = |name: &str, geometry| RasterFeature {
        geometry,
        label_at: vec![],
        properties: vec![("name".into(), Val::Text(name.into()))],
    };
    let points = (0..).zip(NAMES).map(|(row, name)| feature(name, TileGeometry::Points(vec![[1000, 400 + row * 540]])));
    let arcs = (0..).zip(NAMES).map(|(row, name)| {
        let step = |step: i32| [2100 + step * 95, 500 + row * 540 - ((f64::from(step) * 0.16).sin() * 200.0) as i32];
        feature(name, TileGeometry::Lines(vec![(0..=20).map(step).collect()]))
    });
    let layers = [SourceLayer { name: "things", features: points.chain(arcs).collect() }];
    let section = Section::tile(TileCoord::new(6, 30, 29).unwrap(), 2);
    let image = render(&style, &icons(), &section, &layers, true, &mut Canvas::default());
    if std::env::var_os("ROADBLOCK_GOLDEN").is_some_and(|value| value == "write") {
        std::fs::write(GOLDEN, image.to_png().unwrap()).unwrap();
    }
    let golden = ::image::load_from_memory(&std::fs::read(GOLDEN).unwrap()).unwrap().into_rgba8();
    assert_eq!((golden.width(), golden.height()), (512, 512));
    let drawn = image.rgba();
    let pairs = golden.as_raw().chunks(4).zip(drawn.chunks(4));
    let differs = pairs.filter(|(one, other)| one.iter().zip(*other).any(|(a, b)| a.abs_diff(*b) > TOLERANCE)).count();
    assert!(differs <= MOST_DIFFERENT, "{differs} pixels differ");
}
