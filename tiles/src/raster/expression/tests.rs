//! Expressions by the specification's examples, and those that are refused.

use super::super::issues::StyleIssue;
use super::*;
use serde_json::json;

fn value(expression: Value) -> Val {
    let properties = [("effect".into(), Val::Text("closes".into())), ("severity".into(), Val::Number(4.0))];
    Expr::parse(&expression).unwrap().value(&Scope { zoom: 6.5, geometry: "LineString", properties: &properties })
}

#[test]
fn the_specifications_examples_hold() {
    assert_eq!(value(json!(["match", ["get", "effect"], ["closes", "restricts"], 1, "passage", 2, 3])), Val::Number(1.0));
    assert_eq!(value(json!(["match", ["get", "nothing"], "closes", 1, 3])), Val::Number(3.0));
    assert_eq!(value(json!(["case", [">=", ["get", "severity"], 5], "a", ["has", "effect"], "b", "c"])), Val::Text("b".into()));
    assert_eq!(value(json!(["interpolate", ["linear"], ["zoom"], 6, 10, 7, 20])), Val::Number(15.0));
    assert_eq!(value(json!(["interpolate", ["exponential", 2], ["zoom"], 5.5, 0, 7.5, 3])), Val::Number(1.0));
    assert_eq!(value(json!(["step", ["zoom"], "far", 5, "near", 8, "close"])), Val::Text("near".into()));
    assert_eq!(value(json!(["coalesce", ["get", "name_fr"], ["get", "effect"]])), Val::Text("closes".into()));
    assert_eq!(value(json!(["in", ["get", "effect"], ["literal", ["closes", "opens"]]])), Val::Bool(true));
    assert_eq!(value(json!(["all", ["!", ["==", 1, 2]], ["any", false, ["<", 1, 2]]])), Val::Bool(true));
    assert_eq!(value(json!(["concat", "s", ["to-string", ["*", 2, ["get", "severity"]]]])), Val::Text("s8".into()));
    assert_eq!(value(json!(["match", ["geometry-type"], ["LineString", "MultiLineString"], 1, 2])), Val::Number(1.0));
    assert_eq!(value(json!(["-", ["to-number", "7"], 2])), Val::Number(5.0));
}

impl Expr {
    /// An expression of a test.
    pub(in crate::raster) fn parse(json: &Value) -> Result<Self, Vec<StyleIssue>> {
        let mut reader = Reader::new(None);
        let read = reader.expression(json, &Wanted::Anything);
        let issues = reader.issues.finish();
        read.filter(|_| issues.is_empty()).ok_or(issues)
    }
}

/// What is told of a property's value, by place.
fn told(json: Value, wanted: Wanted) -> Vec<(String, String)> {
    let mut reader = Reader::new(None);
    let read = reader.property(&json, &wanted);
    let issues: Vec<_> = reader.issues.finish().into_iter().map(|issue| (issue.pointer, issue.message)).collect();
    assert!(!issues.is_empty() || read.is_some(), "{json}: nothing is drawn and nothing is said");
    issues
}

#[test]
fn what_is_not_known_is_refused_when_read() {
    for expression in
        [json!(["heatmap-density"]), json!(["match", ["zoom"]]), json!([1, 2]), json!({"stops": []}), json!(["get"])]
    {
        assert!(Expr::parse(&expression).is_err(), "{expression}");
    }
    let deep = (0..100).fold(json!(true), |inner, _| json!(["!", inner]));
    assert!(Expr::parse(&deep).is_err());
}

#[test]
fn each_mistake_is_told_where_it_is() {
    use Wanted::{Anything, Bool, Color, Number, Share, Size, Word};
    for (json, wanted, place, words) in [
        (json!("blue-ish"), Color, "", "'blue-ish' is not a colour"),
        (json!(3), Color, "", "3 is not a colour"),
        (json!("wide"), Size(10.0), "", "'wide' is not a number from 0 to 10"),
        (json!(-1), Size(10.0), "", "-1 is not"),
        (json!(11), Size(10.0), "", "drawn as 10"),
        (json!(1.5), Share, "", "from 0 to 1"),
        (json!("rond"), Word(&["butt", "round"]), "", "one of: butt, round"),
        (json!(["literal", "#zz"]), Color, "/1", "'#zz'"),
        (json!(["match", ["get", "a"], "x", "#fff", "y", "#zz", "red"]), Color, "/5", "'#zz'"),
        (json!(["case", ["has", "a"], 1, "red"]), Color, "/2", "1 is not a colour"),
        (json!(["case", 1, 2, 3]), Number, "/1", "1 is not true or false"),
        (json!(["+", 1, 2]), Color, "", "'+' comes to a number"),
        (json!(["+", 1, "2"]), Number, "/2", "'2' is not a number"),
        (json!(["^", 1]), Number, "", "'^' takes 2 arguments and has 1"),
        (json!(["interpolate", ["linear"], ["zoom"], 5, 1, 5, 2]), Number, "/5", "above the one before"),
        (json!(["interpolate", ["cubic-bezier", 0, 0, 1, 1], ["zoom"], 5, 1, 6, 2]), Number, "/1", "cubic-bezier"),
        (json!(["interpolate", ["linear"], ["zoom"], 5, "butt", 6, "round"]), Word(&["butt", "round"]), "", "'step'"),
        (json!(["step", ["zoom"], 1, 9, 2, 8, 3]), Number, "/5", "8 is no stop"),
        (json!(["match", ["get", "a"], "x", 1]), Number, "", "everything else"),
        (json!(["match", ["get", "a"], "x", 1, "x", 2, 3]), Number, "/4", "stands there before"),
        (json!(["match", ["get", "a"], "x", 1, 7, 2, 3]), Number, "/4", "all texts"),
        (json!(["var", "a"]), Anything, "", "no 'let'"),
        (json!(["wihtin", 1]), Anything, "", "no expression 'wihtin'"),
        (json!(["within", {}]), Bool, "", "not known here"),
        (json!({"stops": [[1, 2], [0, 3]]}), Number, "/stops/1/0", "0 is no stop"),
        (json!({"stops": [[1, "#zz"]]}), Color, "/stops/0/1", "'#zz'"),
        (json!({"stop": [[1, 2]]}), Number, "/stop", "no 'stop'"),
        (json!({"type": "linear", "stops": [[1, 2]]}), Number, "/type", "exponential"),
        (json!({"stops": [[{"zoom": 1, "value": 2}, 3]], "property": "a"}), Number, "", "zoom and property"),
    ] {
        let told = told(json.clone(), wanted);
        let (at, message) = &told[0];
        assert!(at == place && message.contains(words), "{json}: {told:?}");
    }
}

#[test]
fn all_mistakes_are_told_and_not_only_the_first() {
    let told = told(json!(["case", ["==", 1], "#zz", ["!"], "#yy", "#xx"]), Wanted::Color);
    let places: Vec<&str> = told.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(places, ["/5", "/1", "/2", "/3", "/4"]);
}

/// What a property or filter as styles wrote it before there were expressions is worth.
fn old(read: impl FnOnce(&mut Reader<'_>) -> Option<Expr>) -> Val {
    let mut reader = Reader::new(None);
    let expression = read(&mut reader);
    assert_eq!(reader.issues.finish(), []);
    let properties = [("effect".into(), Val::Text("closes".into())), ("severity".into(), Val::Number(4.0))];
    expression.unwrap().value(&Scope { zoom: 6.5, geometry: "LineString", properties: &properties })
}

#[test]
fn filters_of_old_mean_what_they_meant() {
    for (filter, holds) in [
        (json!(["==", "effect", "closes"]), true),
        (json!(["!=", "nothing", "closes"]), true),
        (json!([">", "severity", 4]), false),
        (json!(["in", "effect", "opens", "closes"]), true),
        (json!(["!in", "effect", "opens", "closes"]), false),
        (json!(["!in", "nothing", "opens"]), true),
        (json!(["!has", "effect"]), false),
        (json!(["==", "$type", "LineString"]), true),
        (json!(["all", ["==", "effect", "closes"], ["has", "severity"]]), true),
        (json!(["any", ["==", "effect", "opens"], [">=", ["get", "severity"], 4]]), true),
        (json!(["none", ["==", "effect", "closes"], ["has", "nothing"]]), false),
        (json!(["in", ["get", "effect"], ["literal", ["closes"]]]), true),
        (json!(["all"]), true),
    ] {
        assert_eq!(old(|reader| reader.filter(&filter)), Val::Bool(holds), "{filter}");
    }
}

#[test]
fn functions_of_old_mean_what_they_meant() {
    let text = |text: &str| Val::Text(text.into());
    for (json, wanted, worth) in [
        (json!({"stops": [[6, 10], [7, 20]]}), Wanted::Number, Val::Number(15.0)),
        (json!({"base": 2, "stops": [[5.5, 0], [7.5, 3]]}), Wanted::Number, Val::Number(1.0)),
        (json!({"stops": [[5, "butt"], [7, "round"]]}), Wanted::Word(&["butt", "round"]), text("butt")),
        (json!({"property": "severity", "stops": [[3, 1], [5, 2]]}), Wanted::Number, Val::Number(1.5)),
        (json!({"property": "severity", "type": "interval", "stops": [[3, 1], [5, 2]]}), Wanted::Number, Val::Number(1.0)),
        (json!({"property": "nothing", "stops": [[3, 1], [5, 2]], "default": 7}), Wanted::Number, Val::Number(7.0)),
        (json!({"property": "effect", "type": "categorical", "stops": [["closes", "red"]]}), Wanted::Color, text("red")),
        (json!({"property": "severity", "type": "identity"}), Wanted::Number, Val::Number(4.0)),
        (json!("{effect} {severity}{nothing}!"), Wanted::Writing, text("closes 4!")),
        (json!({"stops": [[5, "{effect}"], [7, ""]]}), Wanted::Writing, text("closes")),
        (json!(["get", "severity"]), Wanted::Writing, text("4")),
    ] {
        assert_eq!(old(|reader| reader.property(&json, &wanted)), worth, "{json}");
    }
}

#[test]
fn texts_that_double_with_each_step_end() {
    let doubled = |inner: Value, _| json!(["let", "a", ["concat", ["var", "a"], ["var", "a"]], inner]);
    let bomb = json!(["let", "a", "xxxxxxxx", (0..28).fold(json!(["length", ["var", "a"]]), doubled)]);
    // What is too long is no text, and no text has no letters.
    assert_eq!(value(bomb), Val::Number(0.0));
}

#[test]
fn the_documentation_names_every_expression() {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/styles.md"));
    for name in functions::FUNCTIONS.iter().map(|function| function.name).chain(read::FORMS) {
        assert!(text.contains(&format!("`{name}`")), "docs/styles.md does not name the expression '{name}'");
    }
}
