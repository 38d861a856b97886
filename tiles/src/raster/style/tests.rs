//! What is read of a style, and what is told of one in which something is wrong.

use super::*;
use serde_json::json;

/// What is told of layers, by place.
fn told(layers: serde_json::Value) -> Vec<(String, Gravity)> {
    let document =
        json!({"version": 8, "sources": {"ours": {"type": "vector"}, "points": {"type": "geojson"}}, "layers": layers});
    Style::read(&document.to_string(), None).issues.into_iter().map(|issue| (issue.pointer, issue.gravity)).collect()
}

#[test]
fn what_cannot_be_drawn_is_told_by_pointer() {
    use Gravity::{NotDrawn, Wrong};
    let rule = |more: serde_json::Value| {
        let mut rule = json!({"id": "roads", "type": "line", "source": "ours", "source-layer": "roads"});
        rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([rule])
    };
    assert_eq!(told(rule(json!({}))), []);
    for (more, pointer, gravity) in [
        (json!({"type": "heatmap"}), "/layers/0/type", NotDrawn),
        (json!({"type": "lines"}), "/layers/0/type", Wrong),
        (json!({"id": 3}), "/layers/0/id", Wrong),
        (json!({"ref": "other"}), "/layers/0/ref", Wrong),
        (json!({"min~zoom/": 3}), "/layers/0/min~0zoom~1", Wrong),
        (json!({"source": "theirs"}), "/layers/0/source", Wrong),
        (json!({"source": "points"}), "/layers/0/source", NotDrawn),
        (json!({"source-layer": 3}), "/layers/0/source-layer", Wrong),
        (json!({"minzoom": 99}), "/layers/0/minzoom", Wrong),
        (json!({"minzoom": 9, "maxzoom": 8}), "/layers/0/minzoom", Wrong),
        (json!({"metadata": 1}), "/layers/0/metadata", Wrong),
        (json!({"filter": ["within", {}]}), "/layers/0/filter", NotDrawn),
        (json!({"filter": ["all", ["==", "class", "x"], ["==", ["get"], 1]]}), "/layers/0/filter/2/1", Wrong),
        (json!({"paint": 3}), "/layers/0/paint", Wrong),
        (json!({"paint": {"line-blur": 2}}), "/layers/0/paint/line-blur", NotDrawn),
        (json!({"paint": {"line-wdith": 2}}), "/layers/0/paint/line-wdith", Wrong),
        (json!({"paint": {"line-cap": "round"}}), "/layers/0/paint/line-cap", Wrong),
        (json!({"paint": {"line-width": ["heatmap-density"]}}), "/layers/0/paint/line-width", NotDrawn),
        (json!({"paint": {"line-width": "3"}}), "/layers/0/paint/line-width", Wrong),
        (json!({"paint": {"line-width": 1e9}}), "/layers/0/paint/line-width", NotDrawn),
        (json!({"paint": {"line-dasharray": [1, -1]}}), "/layers/0/paint/line-dasharray", Wrong),
        (json!({"paint": {"line-dasharray": "dashed"}}), "/layers/0/paint/line-dasharray", Wrong),
        (json!({"layout": {"line-cap": "rond"}}), "/layers/0/layout/line-cap", Wrong),
        (json!({"layout": {"visibility": "maybe"}}), "/layers/0/layout/visibility", Wrong),
        (json!({"type": "symbol", "layout": {"symbol-placement": "along"}}), "/layers/0/layout/symbol-placement", NotDrawn),
        (json!({"type": "symbol", "layout": {"text-padding": ["get", "room"]}}), "/layers/0/layout/text-padding", NotDrawn),
        (json!({"type": "symbol", "layout": {"text-anchor": "middle"}}), "/layers/0/layout/text-anchor", Wrong),
        (json!({"type": "symbol", "layout": {"text-font": ["Open Sans Bold"]}}), "/layers/0/layout/text-font", NotDrawn),
        (json!({"type": "symbol", "layout": {"text-field": 5}}), "/layers/0/layout/text-field", Wrong),
        (
            json!({"type": "symbol", "layout": {"icon-image": ["coalesce", ["image", ["get", "a"]], ["image", "b"]]}}),
            "/layers/0/layout/icon-image/1",
            NotDrawn,
        ),
        (
            json!({"type": "symbol", "layout": {"text-rotate": 30, "symbol-placement": "line"}}),
            "/layers/0/layout/text-rotate",
            NotDrawn,
        ),
        (json!({"layout": {"line-join": "round"}, "paint": {"line-offset": 4}}), "/layers/0/layout/line-join", NotDrawn),
        (json!({"type": "symbol", "layout": {"icon-padding": [1, 2, 3, 4]}}), "/layers/0/layout/icon-padding", NotDrawn),
        (
            json!({"type": "symbol", "layout": {"text-offset": ["array", "number", 2, ["get", "o"]]}}),
            "/layers/0/layout/text-offset",
            NotDrawn,
        ),
        (json!({"paint": {"line-width": null}}), "/layers/0/paint/line-width", Wrong),
        (json!({"paint": {"line-width": ["*", 2, ["zoom"]]}}), "/layers/0/paint/line-width", NotDrawn),
        (
            json!({"paint": {"line-dasharray": ["interpolate", ["linear"], ["zoom"], 5, ["literal", [1, 2]], 6, ["literal", [2, 3]]]}}),
            "/layers/0/paint/line-dasharray",
            Wrong,
        ),
        (
            json!({"paint": {"line-color": {"stops": [[5, "red"], [6, "blue"]], "colorSpace": "lab"}}}),
            "/layers/0/paint/line-color/colorSpace",
            NotDrawn,
        ),
        (json!({"filter": null}), "/layers/0/filter", Wrong),
        (json!({"filter": ["==", "$type", "Curve"]}), "/layers/0/filter/2", Wrong),
        (json!({"filter": ["in", "$type", "Point", "Curve"]}), "/layers/0/filter/3", Wrong),
        (json!({"filter": ["==", ["get", "a"], "x", ["collator", {}]]}), "/layers/0/filter/3", NotDrawn),
        (json!({"type": "symbol", "layout": {"text-offset": [1]}}), "/layers/0/layout/text-offset", Wrong),
    ] {
        assert_eq!(told(rule(more.clone())), [(pointer.to_owned(), gravity)], "{more}");
    }
}

#[test]
fn what_changes_nothing_is_not_told() {
    let rule =
        |kind: &str, paint: serde_json::Value| told(json!([{"id": "a", "type": kind, "source-layer": "a", "paint": paint}]));
    assert_eq!(
        rule(
            "fill",
            json!({"fill-color-transition": {"duration": 300}, "fill-antialias": true, "fill-translate": [0, 0], "fill-translate-anchor": "viewport", "fill-color": " red "})
        ),
        []
    );
    let along = json!({"text-field": "a", "symbol-placement": "line", "text-anchor": "center", "text-rotate": 0});
    assert_eq!(told(json!([{"id": "a", "type": "symbol", "source-layer": "a", "layout": along}])), []);
    assert_eq!(rule("line", json!({"line-offset": 0, "line-gap-width": 2})), []);
    assert_eq!(rule("circle", json!({"circle-blur": 1, "circle-stroke-width": 2})), []);
    let mitred =
        json!({"id": "a", "type": "line", "source-layer": "a", "layout": {"line-join": "miter"}, "paint": {"line-offset": 3}});
    assert_eq!(told(json!([mitred])), []);
    let by_zoom = json!({"text-field": {"stops": [[5, "{a}"], [8, "{b}"]]}});
    assert_eq!(told(json!([{"id": "a", "type": "symbol", "source-layer": "a", "layout": by_zoom}])), []);
    for paint in [json!({"fill-antialias": false}), json!({"fill-translate": [0, 1]}), json!({"line-color-transition": {}})] {
        assert_eq!(rule("fill", paint.clone()).len(), 1, "{paint}");
    }
}

#[test]
fn a_rule_is_left_out_or_drawn_without_what_is_not_drawn() {
    let document = json!({"version": 8, "layers": [
        {"id": "a", "type": "line", "source-layer": "roads", "paint": {"line-blur": 1, "line-color": "hsl(0, 50%, 50%)"}},
        {"id": "b", "type": "line", "source-layer": "roads", "filter": ["within", {}]},
        {"id": "c", "type": "hillshade", "source": "relief"},
        {"id": "d", "type": "line", "source-layer": "roads", "layout": {"visibility": "none"}},
        {"id": "a", "type": "line", "source-layer": "roads"},
    ]});
    let reading = Style::read(&document.to_string(), None);
    assert_eq!((reading.rules, reading.drawn), (5, 1));
    assert!(reading.is_wrong(), "two rules have one id");
    let told: Vec<String> = reading.issues.iter().map(ToString::to_string).collect();
    assert!(told[1].starts_with("/layers/1/filter (rule 'b'): "), "{told:?}");
}

#[test]
fn what_is_no_style_is_told() {
    for (text, pointer, words) in [
        ("", "", "no JSON"),
        ("{\"version\": NaN}", "", "no JSON"),
        ("{\"version\": 8, \"zoom\": 1e999, \"layers\": []}", "", "out of range"),
        ("[]", "", "an object"),
        ("{\"version\": 7, \"layers\": []}", "/version", "8"),
        ("{\"version\": 8}", "/layers", "list of layers"),
        ("{\"version\": 8, \"metadata\": \"x\", \"layers\": []}", "/metadata", "object"),
        ("{\"version\": 8, \"sources\": {\"a\": {\"type\": \"wms\"}}, \"layers\": []}", "/sources/a/type", "no type of source"),
    ] {
        let issues = Style::read(text, None).issues;
        assert!(issues[0].pointer == pointer && issues[0].message.contains(words), "{text}: {issues:?}");
    }
}

#[test]
fn hostile_documents_are_refused() {
    let refused = |text: &str, words: &str| {
        let reading = Style::read(text, None);
        assert!(reading.is_wrong() && reading.issues.len() <= 1_001, "{words}");
        assert!(reading.issues.iter().any(|issue| issue.message.contains(words)), "{words}: {:?}", reading.issues.first());
    };
    let layers = |count: usize| {
        let rules: Vec<_> =
            (0..count).map(|number| json!({"id": number.to_string(), "type": "line", "source-layer": "a"})).collect();
        json!({"version": 8, "layers": rules}).to_string()
    };
    refused(&" ".repeat(10 << 20), "10485760 bytes");
    refused(&layers(10_000), "10000 layers");
    refused(&"[".repeat(1 << 20), "no JSON");
    let deep = (0..60).fold(json!(true), |inner, _| json!(["all", ["==", "a", 1], inner]));
    let rule = |filter| {
        json!({"version": 8, "layers": [{"id": "a", "type": "line", "source-layer": "a", "filter": filter}]}).to_string()
    };
    refused(&rule(deep), "32 deep");
    refused(
        &rule(json!(vec![json!("any"); 1].into_iter().chain(vec![json!(["has", "a"]); 60_000]).collect::<Vec<_>>())),
        "50000 expressions",
    );
    refused(
        &rule(json!(vec![json!("any"); 1].into_iter().chain(vec![json!(["hsa", "a"]); 9_000]).collect::<Vec<_>>())),
        "8000 more",
    );
}

#[test]
fn the_documentation_lists_what_is_drawn() {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/styles.md"));
    for property in properties::PROPERTIES {
        let row = format!("| `{}` |", property.name);
        let expected = property.wanted.map(|wanted| format!("| `{}` | {} |", property.name, wanted.right()));
        match expected {
            Some(expected) => assert!(text.lines().any(|line| line == expected), "docs/styles.md lacks: {expected}"),
            None => assert!(!text.contains(&row), "docs/styles.md lists '{}', which is not drawn", property.name),
        }
    }
}

#[test]
fn only_what_a_rule_asks_for_is_read() {
    let width = json!(["match", ["get", "class"], "main", ["case", ["has", "wide"], 3, 2], 1]);
    let document = json!({"version": 8, "layers": [
        {"type": "line", "source-layer": "roads", "filter": ["==", ["get", "open"], true], "paint": {"line-width": width}},
    ]});
    let style = Style::parse(&document.to_string()).unwrap();
    assert!(["class", "wide", "open"].iter().all(|name| style.reads("roads", name)));
    assert!(!style.reads("roads", "main") && !style.reads("towns", "class"));
}

#[test]
fn a_rule_for_any_layer_leaves_named_ones_alone() {
    let document = json!({"version": 8, "layers": [
        {"type": "line", "source-layer": "roads"},
        {"type": "line", "metadata": {"roadblock:any": true}},
    ]});
    let style = Style::parse(&document.to_string()).unwrap();
    assert!(style.applies(&style.rules[1], "towns") && !style.applies(&style.rules[1], "roads"));
}
