mod palette;

use super::*;

#[test]
fn the_built_in_style_is_drawn_whole() {
    let styles = Styles::builtin();
    assert!(styles.is_ok(), "{}", styles.err().map(|error| error.to_string()).unwrap_or_default());
}

#[test]
fn clients_get_absolute_addresses_and_rules_for_the_layers_there_are() {
    let document = Styles::document("http://127.0.0.1:8080", &["basemap", "areas", "roads"]).unwrap();
    assert_eq!(document["sources"]["roadblock"]["url"], "http://127.0.0.1:8080/xyz/basemap,areas,roads.json");
    let rules = document["layers"].as_array().unwrap();
    let drawn = |layer: &str| rules.iter().filter(|rule| names(rule, layer)).count();
    assert_eq!((drawn("blockades"), drawn("roads")), (0, 4));
    assert!(drawn("areas") > 1 && rules.iter().all(|rule| rule["type"] == "background" || rule["source"] == "roadblock"));
}

#[test]
fn a_graver_status_is_drawn_over_a_lesser_one_and_over_what_is_reported() {
    let style: Value = serde_json::from_str(STYLE).unwrap();
    let ids: Vec<&str> = style["layers"].as_array().unwrap().iter().filter_map(|rule| rule["id"].as_str()).collect();
    let place = |id: &str| ids.iter().position(|other| *other == id).unwrap();
    let order = ["corridor", "report-band", "access-unknown", "access-open", "access-restricted", "access-closed", "report"];
    assert!(order.windows(2).all(|pair| place(pair[0]) < place(pair[1])), "{ids:?}");
}

#[test]
fn reports_on_lines_have_marks_as_those_on_points_do() {
    let style: Value = serde_json::from_str(STYLE).unwrap();
    let rule = |id: &str| style["layers"].as_array().unwrap().iter().find(|rule| rule["id"] == id).unwrap().clone();
    let (line, mut point) = (rule("report-on-line"), rule("report"));
    point["layout"]["symbol-placement"] = "line-center".into();
    assert_eq!(line["layout"], point["layout"]);
}
