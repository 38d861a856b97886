use crate::source::tests::{Folder, findings, read_text};
use crate::source::{SourceError, SourceOptions, read};

const FEATURE: &str = r#"{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[1,2]}}"#;

/// A feature of more text than is looked at to tell formats apart, with its type last.
fn long_feature() -> String {
    let positions: Vec<String> = (0..200_000).map(|number| format!("[{:.5},1]", f64::from(number) / 1e4)).collect();
    format!(
        r#"{{"properties":{{}},"geometry":{{"type":"LineString","coordinates":[{}]}},"type":"Feature"}}"#,
        positions.join(",")
    )
}

#[test]
fn the_first_object_tells_a_document_from_a_sequence() {
    let long = long_feature();
    for (text, count) in [
        (format!(r#"{{"features":[{FEATURE},{FEATURE}],"type":"FeatureCollection"}}"#), 2),
        (format!(r#"{{"name":"\"Feature\"","features":[{long},{FEATURE}],"type":"FeatureCollection"}}"#), 2),
        (format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{FEATURE}\n]}}"), 1),
        (format!("{long}\n{long}\n{FEATURE}"), 3),
        (long.clone(), 1),
        (FEATURE.replace(',', ",\n"), 1),
        (format!("\n\n{FEATURE}\n"), 1),
    ] {
        assert_eq!(read_text("a.json", &text).unwrap().features.len(), count, "{text:.60}");
    }
}

#[test]
fn a_broken_first_line_costs_only_itself() {
    for broken in [r#"{"type":"Feature", broken"#, r#"{"type":"Feature","properties":{"a":"1"#, "{"] {
        let text = format!("{broken}\n{FEATURE}\n{FEATURE}\n");
        assert_eq!(findings("a.ndjson", &text), [("bad_json", "/1".to_owned())], "{broken}");
        assert_eq!(read_text("a.ndjson", &text).unwrap().features.len(), 2, "{broken}");
    }
}

#[test]
fn records_between_separators_may_hold_line_breaks() {
    let pretty = FEATURE.replace(',', ",\n  ");
    let text = format!("\u{1e}{pretty}\n\u{1e}{pretty}\n\u{1e}{{cut\n\u{1e}{pretty}\n");
    assert_eq!(findings("a.geojsons", &text), [("bad_json", "/3".to_owned())]);
    assert_eq!(read_text("a.geojsons", &text).unwrap().features.len(), 3);
}

#[test]
fn a_lone_feature_is_the_whole_document() {
    let text = FEATURE.replace("[1,2]", "[1,99]");
    assert_eq!(findings("a.json", &text), [("out_of_range", "/geometry".to_owned())]);
}

#[test]
fn what_is_wrong_with_the_whole_is_said_as_it_is() {
    for (text, reason) in [
        (r#"{"type":"FeatureCollection"}"#.to_owned(), "no list \"features\""),
        (r#"{"type":"FeatureCollection","features":null}"#.to_owned(), "\"features\" is no list"),
        (format!(r#"{{"type":"FeatureCollection","features":[{FEATURE},]}}"#), "line 1 column 129"),
        (format!(r#"{{"type":"FeatureCollection","features":[{FEATURE}]}} and so on"#), "goes on after"),
        (r#"{"type":"Topology","objects":{}}"#.to_owned(), "'Topology'"),
        (format!("{}\n{}", FEATURE.replace(',', ",\n"), FEATURE.replace(',', ",\n")), "one feature a line"),
    ] {
        let error = read_text("a.geojson", &text).unwrap_err().to_string();
        assert!(error.contains(reason), "{text:.60}: {error}");
    }
    let folder = Folder::new();
    let wide: Vec<u8> = FEATURE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let path = folder.file("a.geojson", [&[0xff, 0xfe], &wide[..]].concat());
    assert!(matches!(read::<()>(&path, &SourceOptions::default(), &|_| ()), Err(SourceError::Utf16)));
    for nothing in ["", " \n", "\u{feff}"] {
        let error = read_text("a.geojson", nothing).unwrap_err().to_string();
        assert!(
            error.starts_with("is empty") && error.contains(r#"{"type":"FeatureCollection","features":[]}"#),
            "{nothing:?}: {error}"
        );
    }
    assert!(read_text("a.geojson", r#"{"type":"FeatureCollection","features":[]}"#).is_ok());
}

#[test]
fn messages_are_in_the_words_of_the_format() {
    let geometry = |text: &str| FEATURE.replace(r#"{"type":"Point","coordinates":[1,2]}"#, text);
    for (feature, says) in [
        ("7".to_owned(), "no object"),
        (geometry(r#"{"type":"Pont","coordinates":[1,2]}"#), "\"Pont\""),
        (geometry(r#"{"type":"Point","coordinates":["a",2]}"#), "[longitude, latitude]"),
        (geometry(r#"{"type":"Polygon","coordinates":[1,2]}"#), "rings"),
        (geometry("[1,2]"), "null"),
        (geometry(r#"{"type":"Point","coordinates":[NaN,2]}"#), "NaN"),
    ] {
        let layer = read_text("a.json", &format!(r#"{{"type":"FeatureCollection","features":[{FEATURE},{feature}]}}"#)).unwrap();
        let message = &layer.losses[0].first;
        assert!(message.contains(says) && !message.contains("struct") && !message.contains("invalid type"), "{message}");
    }
}

#[test]
fn a_feature_that_is_too_long_is_left_out_without_being_kept() {
    let huge = FEATURE.replace(":1}", &format!(":\"{}\"}}", "x".repeat(super::LONGEST_FEATURE)));
    for text in [
        format!("{FEATURE}\n{huge}\n{FEATURE}"),
        format!(r#"{{"type":"FeatureCollection","features":[{FEATURE},{huge},{FEATURE}]}}"#),
    ] {
        let layer = read_text("a.json", &text).unwrap();
        assert_eq!((layer.features.len(), layer.losses[0].code.as_ref()), (2, "too_long"));
    }
}
