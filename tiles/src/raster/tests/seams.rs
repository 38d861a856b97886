//! Neighbouring tiles against the same piece of map drawn at once: pixel for pixel, for random maps and styles.

use super::*;
use crate::clip;
use crate::grid::{EXTENT, World};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

const SIDE: i32 = EXTENT as i32;
/// Further than any tile asks to see, tile units.
const ANY_SIGHT: i64 = 100 * EXTENT as i64;
/// Rounding of positions may shade a pixel of an edge differently by so much of 255.
const TOLERANCE: u8 = 3;
/// Where two edges meet in a pixel, strokes that are drawn as one shape cover it whole, and those drawn one after the other only three
/// quarters of it; which are drawn together depends on what comes between, and so on what a tile sees.
const WIDE_TOLERANCE: u8 = 64;
/// Names in the scripts of the region.
const NAMES: [&str; 10] = [
    "Niger",
    "Ségou",
    "Tombouctou تمبكتو",
    "تمبكتو",
    "ߓߡߊ߬ߞߐ߬",
    "ⴽⵉⴷⴰⵍ",
    "Ɲɔɔnɔ–Ɛdɛ",
    "RN6",
    "Carrefour de Djenné",
    "Oued Tilemsi",
];

/// A name by its number, and a shape in tile units of the western tile.
#[derive(Debug, Clone)]
struct Named {
    name: usize,
    layer: usize,
    shape: Shape,
}

#[derive(Debug, Clone)]
enum Shape {
    Point([i32; 2]),
    Line(Vec<[i32; 2]>),
    Area([i32; 2], i32),
}

fn point() -> impl Strategy<Value = [i32; 2]> {
    // Crowded around the two tiles, so that much depends on what lies far off.
    (-3 * SIDE..5 * SIDE, -SIDE / 2..SIDE + SIDE / 2).prop_map(|(x, y)| [x, y])
}

/// A line that wanders about, seldom too bent to be written along.
fn wandering() -> impl Strategy<Value = Shape> {
    let steps = prop::collection::vec((200..9000i32, -0.5..0.5f64), 1..12);
    (point(), 0.0..6.3f64, steps).prop_map(|(start, mut angle, steps)| {
        let mut line = vec![start];
        for (long, turn) in steps {
            angle += turn;
            let last = line[line.len() - 1];
            line.push([last[0] + (f64::from(long) * angle.cos()) as i32, last[1] + (f64::from(long) * angle.sin()) as i32]);
        }
        Shape::Line(line)
    })
}

fn named() -> impl Strategy<Value = Named> {
    let shape = prop_oneof![
        3 => point().prop_map(Shape::Point),
        2 => wandering(),
        1 => (point(), 100..3000i32).prop_map(|(at, half)| Shape::Area(at, half)),
    ];
    (0..NAMES.len(), 0..3usize, shape).prop_map(|(name, layer, shape)| Named { name, layer, shape })
}

const LAYERS: [&str; 3] = ["one", "two", "three"];
const PLACEMENTS: [&str; 3] = ["point", "line", "line-center"];

/// A symbol rule out of random choices.
fn rule() -> impl Strategy<Value = serde_json::Value> {
    let flags = prop::collection::vec(any::<bool>(), 8);
    (0..3usize, 0..3usize, 9..20u32, 0..4u32, flags, 60..300u32).prop_map(|(layer, placement, size, halo, flags, spacing)| {
        let mut layout = json!({
            "text-field": ["get", "name"], "text-size": size, "symbol-placement": PLACEMENTS[placement],
            "symbol-spacing": spacing, "symbol-sort-key": ["get", "key"], "text-optional": flags[0], "icon-optional": flags[1],
            "icon-allow-overlap": flags[2] && flags[3], "text-max-angle": 40, "text-max-width": 6,
        });
        if flags[4] {
            layout["icon-image"] = json!("dot");
        }
        if flags[5] {
            layout["text-variable-anchor"] = json!(["left", "top", "right", "bottom"]);
            layout["text-radial-offset"] = json!(0.8);
        }
        if flags[6] && flags[7] {
            layout["text-rotate"] = json!(30);
        }
        let paint = json!({"text-color": "#102030", "text-halo-color": "#ffffff", "text-halo-width": halo});
        json!({"type": "symbol", "source-layer": LAYERS[layer], "layout": layout, "paint": paint})
    })
}

/// A rule of wide strokes or large circles out of random choices, some of them as data say.
fn wide() -> impl Strategy<Value = serde_json::Value> {
    (0..3usize, 0..4u32, any::<bool>(), 1..400u32, 0..150u32).prop_map(|(layer, kind, by_data, size, ring)| {
        let sized = if by_data { json!(["*", ["get", "key"], size / 2]) } else { json!(size) };
        let (kind, paint) = match kind {
            0 => ("circle", json!({"circle-color": "#d04020", "circle-radius": sized, "circle-stroke-width": ring})),
            1 => ("line", json!({"line-color": "#2040d0", "line-width": sized})),
            2 => ("line", json!({"line-color": "#20d040", "line-width": 3, "line-offset": ring, "line-gap-width": sized})),
            _ => ("line", json!({"line-color": "#202020", "line-width": 1 + size % 20, "line-dasharray": [3, 1 + ring % 4]})),
        };
        // Tiles see cut outlines: only those of lines keep their dashes.
        let filter = if paint["line-dasharray"].is_null() { json!(true) } else { json!(["==", ["geometry-type"], "LineString"]) };
        json!({"type": kind, "source-layer": LAYERS[layer], "filter": filter, "paint": paint})
    })
}

/// A map as a section sees it: cut as far around as it asks for and no further than so many units, in units of its tile.
fn cut(map: &[Named], style: &Style, section: &Section, sight: i64) -> Vec<SourceLayer<'static>> {
    let east = section.coord().x() as i32 - TILE.1 as i32;
    let seen = |at: &[i32; 2]| [at[0] - east * SIDE, at[1]];
    let layer = |number: usize| {
        let buffers = section.buffers(style, LAYERS[number], false);
        let [lines, areas] = [buffers.lines, buffers.areas].map(|reach| i64::from(reach).min(sight));
        let is_seen = |at: [i32; 2]| {
            let in_sight = at.iter().all(|axis| (-sight..=i64::from(EXTENT) + sight).contains(&i64::from(*axis)));
            in_sight && buffers.hold_point(at)
        };
        let features = map.iter().filter(|named| named.layer == number).filter_map(|named| {
            let mut label_at = Vec::new();
            let geometry = match &named.shape {
                Shape::Point(at) if is_seen(seen(at)) => TileGeometry::Points(vec![seen(at)]),
                Shape::Point(_) => return None,
                Shape::Line(line) => {
                    let line: Vec<World> = line.iter().map(|at| seen(at).map(i64::from)).collect();
                    // As tiles cut them: whole, if they come near.
                    let mut is_near = false;
                    clip::line(&line, &mut Vec::new(), -lines, i64::from(EXTENT) + lines, |_| is_near = true);
                    let line = line.iter().map(|at| at.map(|units| units as i32)).collect();
                    TileGeometry::Lines(Vec::from_iter(is_near.then_some(line)))
                }
                Shape::Area(middle, half) => {
                    let [x, y] = seen(middle);
                    label_at.extend(Some([x, y]).filter(|at| is_seen(*at)));
                    let ring = [[-1, -1], [1, -1], [1, 1], [-1, 1]]
                        .map(|[across, down]| [i64::from(x + across * half), i64::from(y + down * half)]);
                    let mut clipped = Vec::new();
                    clip::ring(&ring, &mut clipped, -areas, i64::from(EXTENT) + areas);
                    TileGeometry::Polygons(vec![vec![clipped]])
                }
            };
            let key = Val::Number(f64::from(named.name as u32 % 4));
            let properties = vec![("name".into(), Val::Text(NAMES[named.name].into())), ("key".into(), key)];
            Some(RasterFeature { geometry, label_at, properties })
        });
        SourceLayer { name: LAYERS[number], features: features.collect() }
    };
    (0..LAYERS.len()).map(layer).collect()
}

fn drawn(map: &[Named], style: &Style, section: &Section, sight: i64, canvas: &mut Canvas) -> Image {
    render(style, &icons(), section, &cut(map, style, section, sight), false, canvas)
}

/// The two tiles beside each other, and both in one.
fn sections(ratio: u16) -> ([Section; 2], Section) {
    let (z, x, y) = TILE;
    let tile = |x: u32| Section::tile(TileCoord::new(z, x, y).unwrap(), ratio);
    let count = f64::from(1u32 << z);
    let lat = (std::f64::consts::PI * (1.0 - (2.0 * f64::from(y) + 1.0) / count)).sinh().atan().to_degrees();
    let both = Section::around([f64::from(x + 1) / count * 360.0 - 180.0, lat], f64::from(z), 20, [512, 256], ratio).unwrap();
    ([tile(x), tile(x + 1)], both)
}

/// The most any channel of a pixel differs by between two tiles that see so far and the same drawn in one.
fn most_different(map: &[Named], style: &Style, ratio: u16, sight: i64, canvas: &mut Canvas) -> u8 {
    let (tiles, both) = sections(ratio);
    let whole = drawn(map, style, &both, ANY_SIGHT, canvas);
    let side = u32::from(ratio) * 256;
    assert_eq!(whole.size(), [2 * side, side]);
    let mut most = 0;
    for (number, section) in tiles.iter().enumerate() {
        let tile = drawn(map, style, section, sight, canvas);
        for (x, y) in (0..side).flat_map(|y| (0..side).map(move |x| (x, y))) {
            let (one, other) = (pixel(&tile, x, y), pixel(&whole, x + number as u32 * side, y));
            // What cannot be seen has no colour.
            let seen = |[red, green, blue, alpha]: [u8; 4]| {
                [red, green, blue, 255].map(|channel| (u16::from(channel) * u16::from(alpha) / 255) as u8)
            };
            let (one, other) = (seen(one), seen(other));
            most = (0..4).map(|channel| one[channel].abs_diff(other[channel])).fold(most, u8::max);
        }
    }
    most
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn two_tiles_are_the_map_drawn_at_once(
        map in prop::collection::vec(named(), 1..500),
        rules in prop::collection::vec(rule(), 1..5),
        double in any::<bool>(),
    ) {
        let style = style(json!(rules));
        let most = most_different(&map, &style, if double { 2 } else { 1 }, ANY_SIGHT, &mut Canvas::default());
        prop_assert!(most <= TOLERANCE, "{most} of 255");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn wide_strokes_and_large_circles_go_on_in_the_next_tile(
        map in prop::collection::vec(named(), 1..60),
        rules in prop::collection::vec(wide(), 1..4),
        double in any::<bool>(),
    ) {
        let style = style(json!(rules));
        let most = most_different(&map, &style, if double { 2 } else { 1 }, ANY_SIGHT, &mut Canvas::default());
        prop_assert!(most <= WIDE_TOLERANCE, "{most} of 255");
    }
}

#[test]
fn tiles_that_do_not_look_far_enough_are_found_out() {
    let mut runner = TestRunner::deterministic();
    let mut canvas = Canvas::default();
    let mut differ = |sight_px: i64| {
        let cases = (0..60).filter(|_| {
            let map = prop::collection::vec(named(), 300..500).new_tree(&mut runner).unwrap().current();
            let rules = prop::collection::vec(rule(), 2..5).new_tree(&mut runner).unwrap().current();
            most_different(&map, &style(json!(rules)), 1, sight_px * 16, &mut canvas) > TOLERANCE
        });
        cases.count()
    };
    let (all, few) = (differ(768 + 32), differ(100));
    assert_eq!(all, 0);
    assert!(few > 0, "no tile misses what lies 100 pixels off");
}

#[test]
fn a_text_along_a_line_goes_on_in_the_next_tile() {
    let line = Shape::Line(vec![[SIDE - 1500, 1500], [SIDE, 2000], [SIDE + 1500, 2500]]);
    let map = [Named { name: 7, layer: 0, shape: line }];
    let layout = |offset: f64| json!({"text-field": "Tombouctou", "text-size": 12, "symbol-placement": "line", "text-offset": [offset, 0]});
    let rule = |offset: f64| style(json!([{"type": "symbol", "source-layer": "one", "layout": layout(offset)}]));
    let inked = |offset: f64| {
        let (tiles, _) = sections(1);
        let tiles = tiles.map(|section| drawn(&map, &rule(offset), &section, ANY_SIGHT, &mut Canvas::default()));
        tiles.map(|tile| (0..256).filter(|&x| (0..256).any(|y| pixel(&tile, x, y)[3] > 128)).collect::<Vec<u32>>())
    };
    // Four ems further on its middle lies on the edge; only the western anchor has as much line left.
    let [west, east] = inked(4.0);
    assert!(west.len() > 20 && west.iter().all(|x| *x > 200), "{west:?}");
    assert!(east.len() > 20 && east.iter().all(|x| *x < 56), "{east:?}");
    assert_eq!(inked(20.0), [Vec::<u32>::new(), Vec::new()], "no line there: absent on both sides");
    assert_eq!(most_different(&map, &rule(4.0), 2, ANY_SIGHT, &mut Canvas::default()) / (TOLERANCE + 1), 0);
}
