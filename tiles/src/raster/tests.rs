mod expressions;
mod properties;
mod scripts;
mod seams;

use super::*;
use crate::grid::TileCoord;
use serde_json::json;

const TILE: (u8, u32, u32) = (6, 30, 29);

fn style(layers: serde_json::Value) -> Style {
    Style::parse(&json!({"version": 8, "layers": layers}).to_string()).unwrap()
}

fn icons() -> Icons {
    let table = json!({
        "icons": {"dot": {"size": 8, "paths": [{"d": "M-4 -4H4V4H-4Z", "fill": "#ff0000"}]}},
        "patterns": {"hatch": [{"angle": 45, "spacing": 8, "width": 2, "color": "#000000"}]},
    });
    Icons::parse(&table.to_string()).unwrap()
}

fn draw_at(style: &Style, (z, x, y): (u8, u32, u32), geometry: TileGeometry, properties: Vec<(Arc<str>, Val)>) -> Image {
    let layers = [SourceLayer { name: "things", features: vec![RasterFeature { geometry, label_at: vec![], properties }] }];
    render(style, &icons(), &Section::tile(TileCoord::new(z, x, y).unwrap(), 1), &layers, false, &mut Canvas::default())
}

fn pixel(image: &Image, x: u32, y: u32) -> [u8; 4] {
    image.pixel(x, y)
}

/// A square as areas are held: its ring runs against the clock.
fn counter_clockwise(from: i32, to: i32) -> TileGeometry {
    TileGeometry::Polygons(vec![vec![vec![[from, from], [from, to], [to, to], [to, from]]]])
}

fn square(from: i32, to: i32) -> TileGeometry {
    TileGeometry::Polygons(vec![vec![vec![[from, from], [to, from], [to, to], [from, to]]]])
}

#[test]
fn a_fill_covers_its_area_and_nothing_else() {
    let style = style(json!([{"type": "fill", "source-layer": "things", "paint": {"fill-color": "#00ff00"}}]));
    let image = draw_at(&style, TILE, square(1024, 3072), vec![]);
    assert_eq!(pixel(&image, 128, 128), [0, 255, 0, 255]);
    assert_eq!(pixel(&image, 60, 128), [0, 0, 0, 0]);
}

#[test]
fn zoom_filter_and_source_layer_decide_what_is_drawn() {
    let drawn = |rule: serde_json::Value| {
        let mut whole = json!({"type": "fill", "source-layer": "things", "paint": {"fill-color": "#00ff00"}});
        whole.as_object_mut().unwrap().extend(rule.as_object().unwrap().clone());
        let image = draw_at(&style(json!([whole])), TILE, square(0, 4096), vec![("kind".into(), Val::Text("a".into()))]);
        pixel(&image, 9, 9)[3] > 0
    };
    assert!(drawn(json!({})));
    assert!(drawn(json!({"minzoom": 5})) && !drawn(json!({"minzoom": 5.5})));
    assert!(drawn(json!({"filter": ["==", ["get", "kind"], "a"]})) && !drawn(json!({"filter": ["==", ["get", "kind"], "b"]})));
    assert!(!drawn(json!({"source-layer": "others"})));
}

#[test]
fn a_hatch_continues_in_the_next_tile() {
    let style = style(json!([{"type": "fill", "source-layer": "things", "paint": {"fill-pattern": "hatch"}}]));
    let (z, x, y) = TILE;
    let (west, east) =
        (draw_at(&style, TILE, square(-512, 4608), vec![]), draw_at(&style, (z, x + 1, y), square(-512, 4608), vec![]));
    // Lines at 45 degrees repeat after 8 * sqrt(2) px along a row: the row goes on at the seam with the same rhythm.
    let row: Vec<u8> = (0..256).map(|x| pixel(&west, x, 77)[3]).chain((0..256).map(|x| pixel(&east, x, 77)[3])).collect();
    let crossings: Vec<usize> = (1..row.len()).filter(|&at| row[at - 1] < 128 && row[at] >= 128).collect();
    let gaps: Vec<usize> = crossings.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.len() > 40 && gaps.iter().all(|gap| (11..=12).contains(gap)), "{gaps:?}");
}

#[test]
fn labels_are_whole_across_the_seam_or_absent() {
    let style =
        style(json!([{"type": "symbol", "source-layer": "things", "layout": {"text-field": ["get", "name"], "text-size": 12},
        "paint": {"text-color": "#000000"}}]));
    let (z, x, y) = TILE;
    // A label whose middle is the seam between two tiles, and one that collides with it and matters less.
    let layers = |shift: i32| {
        let at = |x: i32, y: i32| TileGeometry::Points(vec![[x - shift, y]]);
        let feature = |geometry, name: &str| RasterFeature {
            geometry,
            label_at: vec![],
            properties: vec![("name".into(), Val::Text(name.into()))],
        };
        vec![SourceLayer {
            name: "things",
            features: vec![feature(at(4096, 2048), "Nossombougou"), feature(at(4200, 2060), "Kati")],
        }]
    };
    let draw = |x: u32, shift: i32| {
        render(
            &style,
            &icons(),
            &Section::tile(TileCoord::new(z, x, y).unwrap(), 1),
            &layers(shift),
            false,
            &mut Canvas::default(),
        )
    };
    let (west, east) = (draw(x, 0), draw(x + 1, 4096));
    let ink = |image: &Image, x: u32| (0..256).filter(|&y| pixel(image, x, y)[3] > 60).count();
    let inked = |image: &Image| (0..256).filter(|&x| ink(image, x) > 0).count();
    assert!(inked(&west) > 30 && inked(&east) > 30, "{} {}", inked(&west), inked(&east));
    assert!(
        (-4..=4).contains(&(inked(&west) as i64 - inked(&east) as i64)),
        "the middle of the text is the seam: {} {}",
        inked(&west),
        inked(&east)
    );
}

#[test]
fn icons_and_circles_stand_on_their_points() {
    let style = style(json!([
        {"type": "circle", "source-layer": "things", "paint": {"circle-color": "#0000ff", "circle-radius": 10}},
        {"type": "symbol", "source-layer": "things", "layout": {"icon-image": "dot"}},
    ]));
    let image = draw_at(&style, TILE, TileGeometry::Points(vec![[2048, 2048]]), vec![]);
    assert_eq!(pixel(&image, 128, 128), [255, 0, 0, 255]);
    assert_eq!(pixel(&image, 134, 128), [0, 0, 255, 255]);
    assert_eq!(pixel(&image, 142, 128)[3], 0);
}

#[test]
fn circles_lie_where_their_rules_stand() {
    let style = style(json!([
        {"type": "fill", "source-layer": "things", "paint": {"fill-color": "#00ff00"}},
        {"type": "circle", "source-layer": "things", "paint": {"circle-color": "#ff0000", "circle-radius": 40}},
        {"type": "fill", "source-layer": "things", "paint": {"fill-color": "#0000ff", "fill-opacity": 0.5}},
        {"type": "circle", "source-layer": "things", "paint": {"circle-color": "#ffffff", "circle-radius": 10}},
        {"type": "circle", "source-layer": "things", "paint": {"circle-color": "#000000", "circle-radius": 0}},
    ]));
    let feature = |geometry| RasterFeature { geometry, label_at: vec![], properties: vec![] };
    let features = vec![feature(square(1024, 3072)), feature(TileGeometry::Points(vec![[2048, 2048]]))];
    let (z, x, y) = TILE;
    let section = Section::tile(TileCoord::new(z, x, y).unwrap(), 1);
    let image = render(&style, &icons(), &section, &[SourceLayer { name: "things", features }], false, &mut Canvas::default());
    let near = |x: u32, expected: [u8; 4]| {
        let found = pixel(&image, x, 130);
        assert!(found.iter().zip(expected).all(|(one, other)| one.abs_diff(other) <= 1), "{x}: {found:?} {expected:?}");
    };
    near(128, [255; 4]);
    near(148, [127, 0, 128, 255]);
    near(180, [0, 127, 128, 255]);
    near(200, [0; 4]);
}

#[test]
fn twice_the_pixels_is_the_same_map() {
    let style = style(json!([{"type": "fill", "source-layer": "things", "paint": {"fill-color": "#00ff00"}}]));
    let layers = [SourceLayer {
        name: "things",
        features: vec![RasterFeature { geometry: square(1024, 3072), label_at: vec![], properties: vec![] }],
    }];
    let (z, x, y) = TILE;
    let image =
        render(&style, &icons(), &Section::tile(TileCoord::new(z, x, y).unwrap(), 2), &layers, false, &mut Canvas::default());
    assert_eq!(image.size(), [512; 2]);
    assert_eq!(pixel(&image, 130, 130), [0, 255, 0, 255]);
    assert_eq!(pixel(&image, 126, 126)[3], 0);
}

#[test]
fn wild_positions_and_sizes_do_no_harm() {
    let style = style(json!([
        {"type": "line", "source-layer": "things", "paint": {"line-color": "#000", "line-width": 1e6, "line-dasharray": [1e-9, 1e-9]}},
        {"type": "circle", "source-layer": "things", "paint": {"circle-color": "#000", "circle-radius": 1e9}},
        {"type": "symbol", "source-layer": "things", "layout": {"text-field": "x", "text-size": 1e9}},
    ]));
    for at in [i32::MIN, -100_000, 100_000, i32::MAX] {
        draw_at(&style, TILE, TileGeometry::Points(vec![[at, at]]), vec![]);
        draw_at(&style, TILE, TileGeometry::Lines(vec![vec![[at, 0], [0, at]]]), vec![]);
    }
}

#[test]
fn a_line_carries_one_mark_in_each_tile_and_neighbours_agree() {
    let style = style(json!([{"type": "symbol", "source-layer": "things",
        "layout": {"icon-image": "dot", "symbol-placement": "line-center"}}]));
    let (z, x, y) = TILE;
    let draw = |column: u32, geometry: TileGeometry| draw_at(&style, (z, x + column, y), geometry, vec![]);
    let line = |from: i32, to: i32| TileGeometry::Lines(vec![vec![[from, 2048], [to, 2048]]]);
    let inked = |image: &Image| (0..256).filter(|&x| pixel(image, x, 128)[3] > 128).collect::<Vec<u32>>();
    assert_eq!(inked(&draw(0, line(-1024, 4096))), (124..132).collect::<Vec<u32>>());
    // A short line whose middle is the edge between two tiles: half its mark in each.
    assert_eq!(inked(&draw(0, line(4000, 4192))), (252..256).collect::<Vec<u32>>());
    assert_eq!(inked(&draw(1, line(-96, 96))), (0..4).collect::<Vec<u32>>());
}

#[test]
fn an_area_carries_its_text_where_it_is_told() {
    let style = style(json!([{"type": "symbol", "source-layer": "things", "layout": {"icon-image": "dot"}}]));
    let feature = RasterFeature { geometry: square(0, 4096), label_at: vec![[1024, 2048]], properties: vec![] };
    let layers = [SourceLayer { name: "things", features: vec![feature] }];
    let (z, x, y) = TILE;
    let image =
        render(&style, &icons(), &Section::tile(TileCoord::new(z, x, y).unwrap(), 1), &layers, false, &mut Canvas::default());
    assert_eq!((pixel(&image, 64, 128), pixel(&image, 128, 128)[3]), ([255, 0, 0, 255], 0));
}

#[test]
fn a_section_at_a_zoom_between_two_is_to_scale() {
    let style = style(json!([{"type": "fill", "source-layer": "things", "paint": {"fill-color": "#00ff00"}}]));
    let middle_deg = [-8.0, 12.65];
    for (zoom, tile_px) in [(6.0, 256.0), (6.5, 256.0 / 2f64.sqrt()), (5.25, 256.0 * 2f64.powf(-0.75))] {
        let section = Section::around(middle_deg, zoom, 20, [600, 400], 1).unwrap();
        assert_eq!(section.coord().z(), if zoom > 6.0 { 7 } else { 6 });
        let layers = [SourceLayer {
            name: "things",
            features: vec![RasterFeature { geometry: square(0, 4096), label_at: vec![], properties: vec![] }],
        }];
        let image = render(&style, &icons(), &section, &layers, false, &mut Canvas::default());
        assert_eq!(image.size(), [600, 400]);
        let row = section.px([2048, 2048])[1] as u32;
        let inked = (0..600).filter(|&x| pixel(&image, x, row)[3] > 128).count() as f64;
        assert!((inked - tile_px).abs() <= 1.0, "{zoom}: {inked} px of a tile of {tile_px}");
    }
}
