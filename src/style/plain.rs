//! A style for programs that know few expressions, QGIS above all: what depends on a property becomes a rule for each of its values,
//! and what depends on the zoom a rule for each stretch of it.

use super::Named;
use super::known::{Known, call, fold};
use serde_json::{Value, json};

/// What QGIS takes as it is only if it depends on nothing.
const SPLIT: [(&str, &str); 8] = [
    ("layout", "icon-image"),
    ("layout", "icon-size"),
    ("layout", "text-size"),
    ("paint", "fill-pattern"),
    ("paint", "fill-opacity"),
    ("paint", "line-color"),
    ("paint", "line-opacity"),
    ("paint", "line-width"),
];
/// Rules that are made of one on the way; beyond it the rest stays as it is, so that no style can ask for more than there is room for.
const MOST_CASES: usize = 2_000;
/// Filters that ask for the zoom are the same from here on.
const LAST_ZOOM: u8 = 14;

impl Named {
    /// The document for map clients, with rules written out. Clusters are left out, as no such program asks for them, and soft circles, as it would
    /// draw them hard.
    pub fn plain_document(&self, base: &str, layers: &[&str], query: &str) -> Value {
        let mut document = self.document(base, layers, query);
        let rules = document["layers"].as_array().into_iter().flatten();
        let rules = rules.filter(|rule| rule["metadata"]["roadblock:cluster"] != true && rule["paint"]["circle-blur"].is_null());
        document["layers"] = rules.flat_map(written_out).collect();
        document
    }
}

/// A rule as rules that depend on nothing, numbered where there are several.
fn written_out(rule: &Value) -> Vec<Value> {
    let mut room = MOST_CASES;
    let stretches = by_zoom(rule);
    let mut written: Vec<Value> = stretches.iter().flat_map(|rule| by_value(rule, &Known::default(), &[], &mut room)).collect();
    for (number, rule) in written.iter_mut().enumerate().skip(1) {
        rule["id"] = format!("{}-{}", rule["id"].as_str().unwrap_or_default(), number + 1).into();
    }
    written
}

/// A rule for each stretch of zooms over which its filter is the same.
fn by_zoom(rule: &Value) -> Vec<Value> {
    let Some(filter) = rule.get("filter") else { return vec![rule.clone()] };
    let mut stretches: Vec<(u8, Value)> = Vec::new();
    for zoom in 0..=LAST_ZOOM {
        let filter = fold(filter, &Known::at_zoom(zoom));
        if stretches.last().is_none_or(|(_, last)| *last != filter) {
            stretches.push((zoom, filter));
        }
    }
    let ends = stretches.iter().skip(1).map(|(zoom, _)| Some(*zoom)).chain([None]);
    let shown = stretches.iter().zip(ends).filter(|((_, filter), _)| *filter != false);
    let rules = shown.filter_map(|((from, filter), to)| {
        let mut rule = rule.clone();
        rule["filter"] = filter.clone();
        within(rule, Some(f64::from(*from)).filter(|zoom| *zoom > 0.0), to.map(f64::from))
    });
    rules.collect()
}

/// A rule from a zoom on and before another; `None` if nothing is left of it.
fn within(mut rule: Value, from: Option<f64>, before: Option<f64>) -> Option<Value> {
    let from = rule["minzoom"].as_f64().into_iter().chain(from).reduce(f64::max);
    // QGIS shows a rule up to its last zoom and with it.
    let last = rule["maxzoom"].as_f64().into_iter().chain(before.map(|zoom| zoom - 1.0)).reduce(f64::min);
    for (name, zoom) in [("minzoom", from), ("maxzoom", last)] {
        if let Some(zoom) = zoom {
            rule[name] = zoom.into();
        }
    }
    (from.is_none_or(|from| last.is_none_or(|last| from.floor() <= last))).then_some(rule)
}

/// A rule for each value on which its looks depend.
fn by_value(rule: &Value, known: &Known, conditions: &[Value], room: &mut usize) -> Vec<Value> {
    *room = room.saturating_sub(1);
    let mut rule = rule.clone();
    for part in ["layout", "paint"] {
        for value in rule.get_mut(part).and_then(Value::as_object_mut).into_iter().flat_map(|members| members.values_mut()) {
            *value = fold(value, known);
        }
    }
    let splits = if *room > 0 { &SPLIT[..] } else { &[] };
    for (part, name) in splits.iter().copied() {
        let look = rule[part][name].clone();
        if let Some(stretches) = steps(&look) {
            let rules = stretches.into_iter().filter_map(|stretch| {
                let mut rule = rule.clone();
                rule[part][name] = stretch.look;
                within(rule, stretch.from, stretch.before)
            });
            return rules.flat_map(|rule| by_value(&rule, known, conditions, room)).collect();
        }
        if let Some((property, values)) = choice(&look) {
            let mut cases: Vec<(Vec<Value>, Known)> =
                values.iter().map(|value| (vec![json!(["==", ["get", property], value])], known.is(&property, value))).collect();
            let others = values.iter().map(|value| json!(["!=", ["get", property], value])).collect();
            cases.push((others, known.is_none_of(&property, &values)));
            let rules = cases.iter().flat_map(|(more, known)| by_value(&rule, known, &[conditions, more].concat(), room));
            return rules.collect();
        }
    }
    // QGIS does not grow icons with the zoom.
    if let Some(largest) = rule["layout"]["icon-size"].as_array().and_then(|stops| stops.last()).cloned() {
        rule["layout"]["icon-size"] = largest;
    }
    let parts: Vec<Value> = rule.get("filter").into_iter().chain(conditions).cloned().collect();
    match parts.as_slice() {
        [] => (),
        [only] => rule["filter"] = only.clone(),
        several => rule["filter"] = [&json!("all")].into_iter().chain(several).cloned().collect(),
    }
    vec![rule]
}

/// What holds over some zooms.
struct Stretch {
    from: Option<f64>,
    before: Option<f64>,
    look: Value,
}

/// The stretches of a `step` over zooms.
fn steps(look: &Value) -> Option<Vec<Stretch>> {
    let ("step", [input, first, stops @ ..]) = call(look)? else { return None };
    if *input != json!(["zoom"]) {
        return None;
    }
    let begins: Vec<f64> = stops.iter().step_by(2).filter_map(Value::as_f64).collect();
    let looks = [first].into_iter().chain(stops.iter().skip(1).step_by(2));
    let from = [None].into_iter().chain(begins.iter().copied().map(Some));
    let before = begins.iter().copied().map(Some).chain([None]);
    Some(from.zip(before).zip(looks).map(|((from, before), look)| Stretch { from, before, look: look.clone() }).collect())
}

/// The first property on whose values something depends, and these.
fn choice(look: &Value) -> Option<(String, Vec<Value>)> {
    let (operator, terms) = call(look)?;
    match (operator, terms.first().and_then(call)) {
        ("match", Some(("get", [Value::String(property), ..]))) => {
            let labels = terms[1..].chunks_exact(2).map(|branch| branch[0].clone());
            Some((property.clone(), labels.collect()))
        }
        _ => terms.iter().find_map(choice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_become_rules_for_values_and_zooms() {
        let image = json!([
            "step",
            ["zoom"],
            "far",
            7,
            ["match", ["get", "kind"], ["a", "b"], ["concat", "near-", ["get", "kind"]], "near"]
        ]);
        let rule = json!({"id": "mark", "filter": ["==", ["get", "on"], true], "layout": {"icon-image": image}});
        let rules: Vec<(Value, Value, Value)> = written_out(&rule)
            .into_iter()
            .map(|rule| (rule["id"].clone(), rule["layout"]["icon-image"].clone(), rule["filter"].clone()))
            .collect();
        let on = json!(["==", ["get", "on"], true]);
        let expected = [
            (json!("mark"), json!("far"), on.clone()),
            (json!("mark-2"), json!("near-a"), json!(["all", on, ["==", ["get", "kind"], "a"]])),
            (json!("mark-3"), json!("near-b"), json!(["all", on, ["==", ["get", "kind"], "b"]])),
            (json!("mark-4"), json!("near"), json!(["all", on, ["!=", ["get", "kind"], "a"], ["!=", ["get", "kind"], "b"]])),
        ];
        assert_eq!(rules, expected);
    }

    #[test]
    fn filters_that_ask_for_the_zoom_become_rules_for_stretches_of_it() {
        let filter =
            json!(["any", ["==", ["get", "size"], "large"], ["all", ["==", ["get", "size"], "small"], [">=", ["zoom"], 6]]]);
        let rule = json!({"id": "town", "minzoom": 3, "filter": filter});
        let zooms: Vec<(Value, Value)> =
            written_out(&rule).into_iter().map(|rule| (rule["minzoom"].clone(), rule["maxzoom"].clone())).collect();
        assert_eq!(zooms, [(json!(3.0), json!(5.0)), (json!(6.0), Value::Null)]);
        let never = json!({"id": "town", "filter": ["all", [">", ["zoom"], 20], ["==", 1, 1]]});
        assert_eq!(written_out(&never), Vec::<Value>::new());
    }

    #[test]
    fn a_style_that_asks_for_more_cases_than_there_is_room_for_is_cut_short() {
        let wide = |name: &str| {
            json!(["match", ["get", name], (0..40).map(|number| number.to_string()).collect::<Vec<_>>(), ["get", "x"], "y"])
        };
        let rule = json!({"id": "wide", "paint": {"line-color": wide("a"), "line-width": wide("b"), "fill-pattern": wide("c"), "line-opacity": wide("d")}});
        assert!(written_out(&rule).len() <= MOST_CASES + 200);
    }

    #[test]
    fn every_style_is_written_out_to_the_end() {
        for named in crate::style::Styles::builtin().unwrap().all() {
            let document =
                named.plain_document("http://127.0.0.1:8080", &["basemap", "areas", "access", "places", "blockades"], "");
            let rules = document["layers"].as_array().unwrap();
            let ids: std::collections::BTreeSet<&str> = rules.iter().filter_map(|rule| rule["id"].as_str()).collect();
            assert_eq!(ids.len(), rules.len());
            let open = rules.iter().filter(|rule| SPLIT.iter().any(|(part, name)| choice(&rule[*part][*name]).is_some()));
            assert_eq!(open.count(), 0);
            assert!(rules.iter().all(|rule| !rule["filter"].to_string().contains("[\"zoom\"]")));
        }
    }
}
