mod images;
mod palette;

use super::named::names;
use super::*;
use serde_json::Value;

#[test]
fn the_built_in_styles_are_drawn_whole() {
    let styles = Styles::builtin();
    assert!(styles.is_ok(), "{}", styles.err().map(|error| error.to_string()).unwrap_or_default());
}

#[test]
fn clients_get_absolute_addresses_and_rules_for_the_layers_there_are() {
    let styles = Styles::builtin().unwrap();
    let document = styles.usual().document("http://127.0.0.1:8080", &["basemap", "areas", "roads"], "");
    assert_eq!(document["sources"]["roadblock"]["url"], "http://127.0.0.1:8080/xyz/basemap,areas,roads.json");
    let rules = document["layers"].as_array().unwrap();
    let drawn = |layer: &str| rules.iter().filter(|rule| names(rule, layer)).count();
    assert_eq!((drawn("blockades"), drawn("roads")), (0, 4));
    assert!(drawn("areas") > 1 && rules.iter().all(|rule| rule["type"] == "background" || rule["source"] == "roadblock"));
}

#[test]
fn a_graver_status_is_drawn_over_a_lesser_one_and_over_what_is_reported() {
    let styles = Styles::builtin().unwrap();
    let ids: Vec<&str> = styles.usual().rules().iter().filter_map(|rule| rule["id"].as_str()).collect();
    let place = |id: &str| ids.iter().position(|other| *other == id).unwrap();
    let order = ["corridor", "report-band", "access-unknown", "access-open", "access-restricted", "access-closed", "report"];
    assert!(order.windows(2).all(|pair| place(pair[0]) < place(pair[1])), "{ids:?}");
}

#[test]
fn each_style_has_a_value_for_every_name() {
    let styles = Styles::builtin().unwrap();
    let ids: Vec<&str> = styles.all().map(|named| &*named.id).collect();
    assert_eq!(ids, ["access", "access-dark", "print", "basemap"]);
    for named in styles.all() {
        let text = Value::from(named.rules()).to_string() + &named.drawings().to_string();
        let unfilled: Vec<&str> = text.split('"').filter(|part| part.starts_with('@')).collect();
        assert!(unfilled.is_empty(), "{}: {unfilled:?}", named.id);
    }
}

#[test]
fn maps_have_french_words_where_their_rules_say_so() {
    let styles = Styles::builtin().unwrap();
    let words = |named: &Named| named.rules().iter().map(|rule| rule["layout"]["text-field"].to_string()).collect::<String>();
    for named in styles.all() {
        let french = named.french.as_ref().unwrap();
        assert!(words(named).contains("support (approx.)") && !words(named).contains("soutien (approx.)"), "{}", named.id);
        assert!(words(french).contains("soutien (approx.)") && !words(french).contains("support (approx.)"), "{}", named.id);
        assert!(french.french.is_none() && french.id == named.id && french.revision != named.revision);
    }
}
