use super::*;
use crate::raster::canvas::Canvas;
use crate::raster::expression::Val;
use crate::raster::room::Frame;
use crate::raster::style::Style;
use proptest::prelude::*;
use serde_json::{Value, json};

const SIDE: f64 = 256.0;
/// What a tile sees around itself, style pixels.
const SEEN: f64 = crate::raster::FAR as f64 / 16.0;

fn icons() -> Icons {
    let table = json!({"icons": {"dot": {"size": 8, "paths": []}, "mark": {"size": 22, "paths": []}}, "patterns": {}});
    Icons::parse(&table.to_string()).unwrap()
}

fn style(layouts: &[Value]) -> Style {
    let layer = |layout: &Value| {
        let mut layout = layout.clone();
        layout["text-size"] = layout.get("text-size").cloned().unwrap_or(json!(12));
        json!({"type": "symbol", "source-layer": "things", "layout": layout})
    };
    let layers: Vec<Value> = layouts.iter().map(layer).collect();
    Style::parse(&json!({"version": 8, "layers": layers}).to_string()).unwrap()
}

/// A place on the whole map, what it is called, and by which rule it is drawn.
type Thing = ([f64; 2], String, usize);

/// What a tile draws: words, where on the whole map its icon is and its text starts.
fn drawn(style: &Style, things: &[Thing], tile: [f64; 2]) -> Vec<(String, Option<[f64; 2]>, Option<Frame>)> {
    let mut canvas = Canvas::default();
    let origin = tile.map(|number| number * SIDE);
    let coord = crate::grid::TileCoord::new(5, tile[0] as u32, tile[1] as u32).unwrap();
    let mut picture = canvas.begin(&crate::raster::Section::tile(coord, 1));
    let mut placing = Placing::default();
    for (at, name, number) in things {
        let local = [at[0] - origin[0], at[1] - origin[1]];
        if local.iter().any(|axis| *axis < -SEEN || *axis > SIDE + SEEN) {
            continue;
        }
        let properties = [("name".into(), Val::Text(name.as_str().into()))];
        let scope = Scope { zoom: 5.0, geometry: "Point", properties: &properties };
        let rule = style.rules_at(5.0).nth(*number).unwrap();
        placing.add(rule, &scope, std::iter::once(std::iter::once((local, None))), &icons(), &mut picture);
    }
    let placed = placing.decide(&mut picture);
    let whole = |at: [f64; 2]| [at[0] + origin[0], at[1] + origin[1]];
    let all = placed.symbols.iter().zip(placed.decisions).filter(|(_, decision)| decision.has_mark || decision.spot.is_some());
    let all = all.map(|(symbol, decision)| {
        let label = symbol.label.as_ref();
        let frame = label.and_then(|label| label.spots[decision.spot?].room.links().first().copied());
        let frame = frame.map(|frame| Frame { min: whole(frame.min), max: whole(frame.max) });
        let words = label.map_or_else(String::new, |label| label.words.to_string());
        (words, decision.has_mark.then(|| whole(symbol.at)), frame)
    });
    all.collect()
}

fn town(name: &str, at: [f64; 2]) -> Thing {
    (at, name.to_owned(), 0)
}

#[test]
fn a_text_takes_the_first_spot_that_is_free_of_marks() {
    let anchors = json!({"text-field": ["get", "name"], "icon-image": "dot", "text-variable-anchor": ["left", "right"], "text-radial-offset": 1});
    let style = style(&[anchors, json!({"icon-image": "mark", "icon-allow-overlap": true})]);
    let start = |things: &[Thing]| {
        drawn(&style, things, [0.0; 2]).iter().find_map(|(.., frame)| *frame).map(|frame| frame.min[0] > 100.0)
    };
    let mark = |x: f64| ([x, 100.0], String::new(), 1);
    assert_eq!(start(&[town("Kati", [100.0; 2])]), Some(true));
    assert_eq!(start(&[town("Kati", [100.0; 2]), mark(125.0)]), Some(false));
    assert_eq!(start(&[town("Kati", [100.0; 2]), mark(125.0), mark(75.0)]), None);
}

#[test]
fn a_text_gives_way_to_what_matters_more_if_it_can() {
    let anchors = json!({"text-field": ["get", "name"], "text-variable-anchor": ["left", "right"]});
    let style = style(&[anchors.clone(), anchors]);
    let things = [town("Kati", [100.0; 2]), ([110.0, 100.0], "Bamako".to_owned(), 1)];
    let found = drawn(&style, &things, [0.0; 2]);
    assert_eq!(found.len(), 2);
    let starts = |words: &str| found.iter().find(|(found, ..)| found == words).and_then(|(.., frame)| *frame).unwrap().min[0];
    assert!(starts("Bamako") > 100.0 && starts("Kati") < 90.0);
}

#[test]
fn a_report_on_a_town_hides_its_circle_and_its_name_only_if_they_belong_together() {
    let named = json!({"text-field": ["get", "name"], "icon-image": "dot", "text-variable-anchor-offset": ["left", [0.8, 0], "left", [1.6, 0]]});
    let mut free = named.clone();
    free["icon-optional"] = json!(true);
    let names = |town_rule: &Value| {
        let style = style(&[town_rule.clone(), json!({"icon-image": "mark", "icon-allow-overlap": true})]);
        let things = [town("Gossi", [100.0; 2]), ([100.0, 100.0], String::new(), 1)];
        drawn(&style, &things, [0.0; 2]).into_iter().filter_map(|(words, _, frame)| frame.map(|_| words)).collect::<Vec<_>>()
    };
    assert!(names(&named).is_empty());
    assert_eq!(names(&free), ["Gossi"]);
}

#[test]
fn an_icon_goes_with_its_text_unless_the_text_is_optional() {
    let tied = json!({"text-field": ["get", "name"], "icon-image": "dot", "text-anchor": "left", "text-offset": [1, 0]});
    let mut free = tied.clone();
    free["text-optional"] = json!(true);
    for (layout, expected) in [(tied, 1), (free, 2)] {
        let style = style(&[layout]);
        // Far enough apart for the icons, too close for the texts.
        let things = [town("Ségou", [100.0, 100.0]), town("Markala", [100.0, 113.0])];
        let icons = drawn(&style, &things, [0.0; 2]).iter().filter(|(_, mark, _)| mark.is_some()).count();
        assert_eq!(icons, expected);
    }
}

#[test]
fn a_count_goes_with_its_cluster_and_names_keep_off_both() {
    let counted =
        json!({"text-field": ["get", "name"], "icon-image": "mark", "icon-allow-overlap": true, "text-allow-overlap": true});
    let style = style(&[json!({"text-field": ["get", "name"]}), counted]);
    let cluster = |x: f64| ([x, 100.0], "3".to_owned(), 1);
    let found = drawn(&style, &[cluster(100.0), cluster(108.0), town("Kati", [104.0, 104.0])], [0.0; 2]);
    assert_eq!(found.iter().filter(|(words, mark, _)| words == "3" && mark.is_some()).count(), 2, "one close by is another");
    assert!(found.iter().all(|(words, ..)| words == "3"), "{found:?}");
}

#[test]
fn the_same_words_close_by_are_written_once_by_the_more_important_rule() {
    let named = json!({"text-field": ["get", "name"], "icon-image": "dot", "text-anchor": "left", "text-offset": [1, 0]});
    let style = style(&[named.clone(), named]);
    let things = [town("Bamako", [100.0, 100.0]), ([110.0, 120.0], "Bamako".to_owned(), 1), town("Bamako", [200.0, 200.0])];
    let found: Vec<[f64; 2]> = drawn(&style, &things, [0.0; 2]).iter().filter_map(|(_, mark, _)| *mark).collect();
    assert_eq!(found, [[110.0, 120.0], [200.0, 200.0]], "far away it is another place");
}

#[test]
fn long_texts_are_broken_between_words() {
    let style = style(&[json!({"text-field": ["get", "name"], "text-max-width": 7})]);
    let frame = |name: &str| drawn(&style, &[town(name, [100.0; 2])], [0.0; 2]).first().and_then(|(.., frame)| *frame).unwrap();
    let size = |frame: Frame| [frame.max[0] - frame.min[0], frame.max[1] - frame.min[1]];
    let ([short, line], [long, lines]) = (size(frame("Djenné")), size(frame("Carrefour de Djenné (RN6)")));
    assert!(long < 7.0 * 12.0 + 5.0 && long > short, "{long}");
    assert!(lines > 1.6 * line, "{lines} {line}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn neighbours_draw_the_same_across_their_edge(
        things in prop::collection::vec(((-700.0..1250.0f64, -80.0..330.0f64), 6..15usize, 0..5usize, any::<bool>()), 1..300),
    ) {
        let town = json!({"text-field": ["get", "name"], "icon-image": "dot", "text-variable-anchor": ["left", "right", "top", "bottom"],
            "text-radial-offset": 0.8});
        let mut city = town.clone();
        city["icon-allow-overlap"] = json!(true);
        city["text-optional"] = json!(true);
        let wide = json!({"text-field": ["get", "name"], "text-size": 10});
        let mark = json!({"icon-image": "mark", "icon-allow-overlap": true});
        let mut counted = mark.clone();
        counted["text-field"] = json!(["get", "name"]);
        counted["text-allow-overlap"] = json!(true);
        let style = style(&[town, city, wide, mark, counted]);
        let things: Vec<Thing> = things
            .into_iter()
            .map(|((x, y), letters, rule, common)| {
                let name = if common { "Kayes".to_owned() } else { "abcdefghijklmno"[..letters].to_owned() };
                // Tile units, as tiles cut them.
                ([x, y].map(|axis| (axis * 16.0).round() / 16.0), name, rule)
            })
            .collect();
        let across = |tile: f64| {
            let mut found: Vec<String> = drawn(&style, &things, [tile, 0.0])
                .into_iter()
                .filter_map(|(words, mark, frame)| {
                    let crosses = |low: [f64; 2], high: [f64; 2]| low[0] < SIDE && high[0] > SIDE && low[1] < SIDE && high[1] > 0.0;
                    let frame = frame.filter(|frame| crosses(frame.min, frame.max));
                    let mark = mark.filter(|at| crosses([at[0] - 4.0, at[1] - 4.0], [at[0] + 4.0, at[1] + 4.0]));
                    (frame.is_some() || mark.is_some()).then(|| {
                        let corner = frame.map(|frame| frame.min.map(|axis| (axis * 8.0).round()));
                        format!("{words} {mark:?} {corner:?}")
                    })
                })
                .collect();
            found.sort();
            found
        };
        prop_assert_eq!(across(0.0), across(1.0));
    }
}

#[test]
fn a_long_word_is_broken_and_only_what_could_not_be_seen_whole_is_left_out() {
    let style = style(&[json!({"text-field": ["get", "name"], "text-anchor": "left"})]);
    let name = "Llanfairpwllgwyngyllgogerychwyrndrobwll";
    let frame = drawn(&style, &[town(name, [100.0; 2])], [0.0; 2])[0].2.unwrap();
    assert!(frame.max[0] - frame.min[0] <= 104.0 && frame.max[1] - frame.min[1] > 30.0, "{frame:?}");
    let wide =
        |words: &str| drawn(&style, &[town(words, [100.0; 2])], [0.0; 2])[0].2.map(|frame| frame.max[0] - frame.min[0]).unwrap();
    let narrow = json!({"text-field": ["get", "name"], "text-anchor": "left", "text-max-width": 3});
    let whole = drawn(&self::style(&[narrow]), &[town("Ouélessébougou", [100.0; 2])], [0.0; 2])[0].2.unwrap();
    assert_eq!(whole.max[0] - whole.min[0], wide("Ouélessébougou"), "a word that has room is not broken");
    assert!(drawn(&style, &[town(&name.repeat(9), [100.0; 2])], [0.0; 2]).is_empty());
}

#[test]
fn what_ignores_placement_takes_no_room() {
    let over = |ghost: bool| {
        let other = json!({"text-field": ["get", "name"], "icon-image": "mark", "text-ignore-placement": ghost, "icon-ignore-placement": ghost});
        let style = style(&[json!({"text-field": ["get", "name"]}), other]);
        drawn(&style, &[town("Kati", [100.0; 2]), ([104.0, 104.0], "Ségou".to_owned(), 1)], [0.0; 2]).len()
    };
    assert_eq!((over(false), over(true)), (1, 2));
}

#[test]
fn an_optional_icon_leaves_its_text_alone() {
    let shown = |optional: bool| {
        let tied = json!({"text-field": ["get", "name"], "icon-image": "dot", "icon-optional": optional, "text-anchor": "left", "text-offset": [2, 0]});
        let style = style(&[tied, json!({"text-field": ["get", "name"]})]);
        let found = drawn(&style, &[town("Kati", [100.0; 2]), ([95.0, 100.0], "N".to_owned(), 1)], [0.0; 2]);
        found.into_iter().find(|(words, ..)| words == "Kati").map(|(_, mark, frame)| (mark.is_some(), frame.is_some()))
    };
    assert_eq!((shown(false), shown(true)), (None, Some((false, true))));
}

#[test]
fn padding_keeps_others_further_off() {
    let both = |padding: f64| {
        let padded = json!({"icon-image": "dot", "icon-padding": padding});
        drawn(&style(&[padded]), &[town("", [100.0; 2]), town("", [114.0, 100.0])], [0.0; 2]).len()
    };
    assert_eq!((both(0.0), both(2.0), both(4.0)), (2, 2, 1));
    let texts = |padding: f64| {
        let padded = json!({"text-field": ["get", "name"], "text-padding": padding});
        drawn(&style(&[padded]), &[town("Kati", [100.0; 2]), town("Ségou", [100.0, 124.0])], [0.0; 2]).len()
    };
    assert_eq!((texts(2.0), texts(8.0)), (2, 1));
}
