//! Properties of the style specification, each by what it draws.

use super::*;

/// A rule of the features with some layout and paint.
fn rule(kind: &str, layout: serde_json::Value, paint: serde_json::Value) -> Style {
    style(json!([{"type": kind, "source-layer": "things", "layout": layout, "paint": paint}]))
}

fn drawn(style: &Style, geometry: TileGeometry) -> Image {
    draw_at(style, TILE, geometry, vec![])
}

fn across() -> TileGeometry {
    TileGeometry::Lines(vec![vec![[-512, 2048], [4608, 2048]]])
}

fn middle() -> TileGeometry {
    TileGeometry::Points(vec![[2048, 2048]])
}

/// Rows of a column with ink.
fn column(image: &Image, x: u32) -> Vec<u32> {
    (0..256).filter(|&y| pixel(image, x, y)[3] > 128).collect()
}

/// The box around all ink: left, top, right, bottom.
fn inked(image: &Image) -> Option<[u32; 4]> {
    let ink = (0..256 * 256u32).map(|at| [at % 256, at / 256]).filter(|[x, y]| pixel(image, *x, *y)[3] > 128);
    ink.map(|[x, y]| [x, y, x, y]).reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
}

#[test]
fn a_rule_that_is_not_visible_draws_nothing() {
    for (kind, paint) in [("line", json!({"line-color": "#000", "line-width": 4})), ("symbol", json!({"text-color": "#000"}))] {
        let shown = |visibility: &str| {
            let mut layout = json!({"visibility": visibility});
            if kind == "symbol" {
                layout["text-field"] = json!("Niger");
                layout["symbol-placement"] = json!("line");
            }
            inked(&drawn(&rule(kind, layout, paint.clone()), across())).is_some()
        };
        assert!(shown("visible") && !shown("none"), "{kind}");
    }
}

#[test]
fn a_background_has_an_opacity_and_a_hatch() {
    let ground = |paint: serde_json::Value| {
        let style = style(json!([{"type": "background", "paint": paint}]));
        let section = Section::tile(TileCoord::new(6, 30, 29).unwrap(), 1);
        render(&style, &icons(), &section, &[], true, &mut Canvas::default())
    };
    assert_eq!(pixel(&ground(json!({"background-color": "#ff0000", "background-opacity": 0.5})), 9, 9)[3], 128);
    let hatched = ground(json!({"background-pattern": "hatch"}));
    let inked = (0..256).filter(|&x| pixel(&hatched, x, 100)[3] > 128).count();
    assert!((40..90).contains(&inked), "a quarter: {inked}");
}

#[test]
fn a_line_stands_beside_itself_and_a_casing_on_both_sides() {
    let rows = |paint: serde_json::Value| column(&drawn(&rule("line", json!({}), paint), across()), 100);
    assert_eq!(rows(json!({"line-color": "#000", "line-width": 2})), [127, 128]);
    assert_eq!(
        rows(json!({"line-color": "#000", "line-width": 2, "line-offset": 5})),
        [132, 133],
        "to the right of the way east"
    );
    assert_eq!(rows(json!({"line-color": "#000", "line-width": 2, "line-offset": -5})), [122, 123]);
    assert_eq!(rows(json!({"line-color": "#000", "line-width": 2, "line-gap-width": 6})), [123, 124, 131, 132]);
    let dashed = json!({"line-color": "#000", "line-width": 2, "line-offset": 5, "line-dasharray": [2, 2]});
    let image = drawn(&rule("line", json!({}), dashed), across());
    assert!((100..156).contains(&(0..256).filter(|&x| pixel(&image, x, 132)[3] > 128).count()), "half of it");
}

#[test]
fn a_sharp_corner_stands_out_as_far_as_it_may() {
    let tip = |limit: f64| {
        let style = rule("line", json!({"line-miter-limit": limit}), json!({"line-color": "#000", "line-width": 10}));
        inked(&drawn(&style, TileGeometry::Lines(vec![vec![[1000, 1800], [2600, 2048], [1000, 2300]]]))).unwrap()[2]
    };
    assert!(tip(10.0) > tip(2.0) + 10, "{} {}", tip(10.0), tip(2.0));
}

#[test]
fn a_blurred_circle_fades_and_its_ring_has_an_opacity_of_its_own() {
    let circle = |paint: serde_json::Value| drawn(&rule("circle", json!({}), paint), middle());
    let blurred = circle(json!({"circle-color": "#000", "circle-radius": 40, "circle-blur": 1}));
    let alphas = [0, 10, 20, 30, 38].map(|away| pixel(&blurred, 128 + away, 128)[3]);
    assert!(alphas.windows(2).all(|pair| pair[0] > pair[1] + 10), "{alphas:?}");
    assert!(alphas[0] > 245 && alphas[4] < 15, "{alphas:?}");
    let half = circle(json!({"circle-color": "#000", "circle-radius": 40, "circle-blur": 0.5}));
    assert!(pixel(&half, 140, 128)[3] == 255 && pixel(&half, 160, 128)[3] < 128);
    let ringed = circle(
        json!({"circle-color": "#ff0000", "circle-radius": 20, "circle-stroke-color": "#000", "circle-stroke-width": 6, "circle-stroke-opacity": 0.5}),
    );
    assert_eq!((pixel(&ringed, 128, 128)[3], pixel(&ringed, 151, 128)), (255, [0, 0, 0, 128]));
}

#[test]
fn an_icon_has_an_anchor_an_offset_and_a_turn() {
    let at = |layout: serde_json::Value| {
        let mut whole = json!({"icon-image": "dot"});
        whole.as_object_mut().unwrap().extend(layout.as_object().unwrap().clone());
        inked(&drawn(&rule("symbol", whole, json!({})), middle())).unwrap()
    };
    assert_eq!(at(json!({})), [124, 124, 131, 131]);
    assert_eq!(at(json!({"icon-anchor": "top-left"})), [128, 128, 135, 135]);
    assert_eq!(at(json!({"icon-anchor": "bottom", "icon-offset": [3, -2]})), [127, 118, 134, 125]);
    assert_eq!(at(json!({"icon-offset": [3, 0], "icon-size": 2})), [126, 120, 141, 135], "offsets grow with the icon");
    let [left, _, right, _] = at(json!({"icon-rotate": 45}));
    assert!(right - left >= 9, "corner up");
    assert_eq!(at(json!({"icon-offset": [20, 0], "icon-rotate": 90})), [124, 144, 131, 151], "turned around its point");
}

#[test]
fn an_icon_turns_with_its_line_unless_it_looks_at_the_viewer() {
    let slanting = || TileGeometry::Lines(vec![vec![[1024, 1024], [3072, 3072]]]);
    let wide = |alignment: &str| {
        let layout = json!({"icon-image": "dot", "symbol-placement": "line-center", "icon-rotation-alignment": alignment});
        let [left, _, right, _] = inked(&drawn(&rule("symbol", layout, json!({})), slanting())).unwrap();
        right - left
    };
    assert_eq!(wide("viewport"), 7);
    assert!(wide("auto") >= 9 && wide("map") >= 9);
}

#[test]
fn a_text_runs_along_its_line_unless_it_looks_at_the_viewer() {
    let steep = || TileGeometry::Lines(vec![vec![[2000, 200], [2100, 3900]]]);
    let sides = |layout: serde_json::Value| {
        let mut whole = json!({"text-field": "Bamako", "text-size": 16, "symbol-placement": "line"});
        whole.as_object_mut().unwrap().extend(layout.as_object().unwrap().clone());
        let [left, top, right, bottom] = inked(&drawn(&rule("symbol", whole, json!({"text-color": "#000"})), steep())).unwrap();
        [right - left, bottom - top]
    };
    let [across, down] = sides(json!({}));
    assert!(down > 3 * across, "{across} {down}");
    let [across, down] = sides(json!({"text-rotation-alignment": "viewport"}));
    assert!(across > 3 * down, "{across} {down}");
}

#[test]
fn a_text_turns_around_its_point() {
    let at = |layout: serde_json::Value| {
        let mut whole = json!({"text-field": "Bamako", "text-size": 16, "text-anchor": "left"});
        whole.as_object_mut().unwrap().extend(layout.as_object().unwrap().clone());
        inked(&drawn(&rule("symbol", whole, json!({"text-color": "#000"})), middle())).unwrap()
    };
    let [left, top, right, bottom] = at(json!({"text-rotate": 90}));
    assert!(left > 118 && right < 138 && top >= 128 && bottom > 170, "downwards from its point: {left} {top} {right} {bottom}");
    assert!(at(json!({"text-transform": "uppercase"}))[2] > at(json!({}))[2]);
    assert!(at(json!({"text-letter-spacing": 0.3}))[2] > at(json!({}))[2] + 15);
}

#[test]
fn shorter_lines_stand_where_they_are_told() {
    let start = |justify: serde_json::Value| {
        let layout = json!({"text-field": "Bamako\n.", "text-size": 20, "text-anchor": "left", "text-justify": justify});
        let image = drawn(&rule("symbol", layout, json!({"text-color": "#000"})), middle());
        let bottom = inked(&image).unwrap()[3];
        (0..256).find(|&x| pixel(&image, x, bottom - 1)[3] > 128).unwrap()
    };
    let [left, center, right, auto] = ["left", "center", "right", "auto"].map(|justify| start(json!(justify)));
    assert!(left < 135 && center > left + 25 && right > center + 25, "{left} {center} {right}");
    assert_eq!(auto, left);
}

#[test]
fn a_name_that_no_font_can_write_leaves_its_icon() {
    let shown = |words: &str| {
        let style = rule(
            "symbol",
            json!({"text-field": words, "icon-image": "dot", "text-anchor": "left", "text-offset": [1, 0]}),
            json!({"text-color": "#000"}),
        );
        inked(&drawn(&style, middle()))
    };
    assert_eq!(shown("東京 (Tokyo)"), Some([124, 124, 131, 131]));
    assert!(shown("Tokyo").unwrap()[2] > 150);
}

#[test]
fn what_a_style_does_not_say_is_what_the_specification_says() {
    let black = [0, 0, 0, 255];
    for color in [json!(["get", "nope"]), json!(["concat", "blue", "-ish"])] {
        let paint = json!({"line-color": color, "line-width": 2});
        assert_eq!(pixel(&drawn(&rule("line", json!({}), paint), across()), 100, 128), black, "{color}");
    }
    let thin = pixel(&drawn(&rule("line", json!({}), json!({})), across()), 100, 128);
    assert!((120..136).contains(&thin[3]), "half of a pixel: {thin:?}");
    assert_eq!(pixel(&drawn(&rule("fill", json!({}), json!({})), square(1024, 3072)), 128, 128), black);
    assert_eq!(inked(&drawn(&rule("circle", json!({}), json!({})), middle())), Some([123, 123, 132, 132]), "of radius 5");
    let ground = style(json!([{"type": "background"}]));
    let section = Section::tile(TileCoord::new(6, 30, 29).unwrap(), 1);
    assert_eq!(pixel(&render(&ground, &icons(), &section, &[], true, &mut Canvas::default()), 9, 9), black);
    let written = |layout: serde_json::Value| inked(&drawn(&rule("symbol", layout, json!({})), middle()));
    assert_eq!(written(json!({"text-field": "Bamako"})), written(json!({"text-field": "Bamako", "text-size": 16})));
}

#[test]
fn small_letters_are_small_and_none_are_nothing() {
    let height = |size: f64| {
        let image = drawn(&rule("symbol", json!({"text-field": "Bamako", "text-size": size}), json!({})), middle());
        (0..256).filter(|&y| (0..256).any(|x| pixel(&image, x, y)[3] > 20)).count()
    };
    assert!(height(0.0) == 0 && height(0.01) == 0);
    assert!((1..4).contains(&height(2.0)) && height(2.0) < height(4.0), "{} {}", height(2.0), height(4.0));
}

#[test]
fn a_pattern_stands_instead_of_a_colour() {
    let both = json!({"fill-color": "#00ff00", "fill-outline-color": "#00ff00", "fill-pattern": "hatch"});
    let image = drawn(&rule("fill", json!({}), both), square(1024, 3072));
    let greens = (0..256 * 256).filter(|at| pixel(&image, at % 256, at / 256)[1] > 0).count();
    assert_eq!(greens, 0);
    let style = style(json!([{"type": "background", "paint": {"background-color": "#00ff00", "background-pattern": "hatch"}}]));
    let section = Section::tile(TileCoord::new(6, 30, 29).unwrap(), 1);
    let ground = render(&style, &icons(), &section, &[], true, &mut Canvas::default());
    assert!((0..256).all(|x| pixel(&ground, x, 9)[1] == 0) && (0..256).any(|x| pixel(&ground, x, 9)[3] == 255));
}

#[test]
fn symbols_lie_where_their_rules_stand() {
    let line = json!({"type": "line", "source-layer": "things", "paint": {"line-color": "#0000ff", "line-width": 40}});
    let layout = json!({"icon-image": "dot", "symbol-placement": "line-center"});
    let symbol = json!({"type": "symbol", "source-layer": "things", "layout": layout});
    let middle = |rules: [&serde_json::Value; 2]| pixel(&drawn(&style(json!(rules)), across()), 128, 128);
    assert_eq!(middle([&line, &symbol]), [255, 0, 0, 255]);
    assert_eq!(middle([&symbol, &line]), [0, 0, 255, 255]);
}

#[test]
fn what_lies_to_the_right_of_an_outline_is_inside() {
    let outline = |offset: i32| {
        let paint = json!({"line-color": "#000", "line-width": 2, "line-offset": offset});
        inked(&drawn(&rule("line", json!({}), paint), counter_clockwise(1024, 3072))).unwrap()
    };
    assert_eq!([outline(8), outline(-8)].map(|[left, ..]| left), [71, 55]);
}

#[test]
fn dashes_have_the_caps_that_map_clients_give_them() {
    let inked = |cap: &str, dashes: serde_json::Value| {
        let paint = json!({"line-color": "#000", "line-width": 8, "line-dasharray": dashes});
        let image = drawn(&rule("line", json!({"line-cap": cap}), paint), across());
        (0..256).filter(|&x| pixel(&image, x, 128)[3] > 128).count()
    };
    assert_eq!(inked("butt", json!([0, 2])), 0);
    assert!((110..146).contains(&inked("round", json!([0, 2]))), "a dot of the width every two widths");
    assert_eq!(inked("square", json!([1, 2])), inked("butt", json!([1, 2])));
}

#[test]
fn an_image_that_is_not_there_gives_way_to_the_next() {
    let images = json!(["coalesce", ["image", "nope"], ["image", "dot"]]);
    let layers = json!([{"type": "symbol", "source-layer": "things", "layout": {"icon-image": images}}]);
    let reading = Style::read(&json!({"version": 8, "layers": layers}).to_string(), Some(&icons()));
    assert!(inked(&drawn(&reading.style, middle())).is_some(), "{:?}", reading.issues);
}
