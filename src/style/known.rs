//! Expressions of a style, worked out as far as something is known of a feature and of the zoom; the rest stays as it is.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    zoom: Option<u8>,
    properties: BTreeMap<String, Fact>,
}

/// What is known of a property.
#[derive(Debug, Clone)]
enum Fact {
    Is(Value),
    IsNoneOf(Vec<Value>),
}

impl Known {
    /// The zoom and nothing else.
    pub(super) fn at_zoom(zoom: u8) -> Self {
        Self { zoom: Some(zoom), ..Self::default() }
    }

    /// The same, and what a property is.
    pub(super) fn is(&self, property: &str, value: &Value) -> Self {
        self.with(property, Fact::Is(value.clone()))
    }

    /// The same, and what a property is not.
    pub(super) fn is_none_of(&self, property: &str, values: &[Value]) -> Self {
        let before = match self.properties.get(property) {
            Some(Fact::IsNoneOf(values)) => values.as_slice(),
            _ => &[],
        };
        self.with(property, Fact::IsNoneOf([before, values].concat()))
    }

    fn with(&self, property: &str, fact: Fact) -> Self {
        let mut more = self.clone();
        more.properties.insert(property.to_owned(), fact);
        more
    }

    fn can_be(&self, property: Option<&str>, value: &Value) -> bool {
        let fact = property.and_then(|property| self.properties.get(property));
        !matches!(fact, Some(Fact::IsNoneOf(values)) if values.contains(value))
    }
}

/// An expression's operator and terms; `None` for plain values.
pub(super) fn call(expression: &Value) -> Option<(&str, &[Value])> {
    let (operator, terms) = expression.as_array()?.split_first()?;
    Some((operator.as_str()?, terms))
}

fn is_plain(value: &Value) -> bool {
    !value.is_array()
}

/// What is left of an expression.
pub(super) fn fold(expression: &Value, known: &Known) -> Value {
    let Some((operator, terms)) = call(expression) else { return expression.clone() };
    match (operator, terms) {
        ("literal", _) => expression.clone(),
        ("get", [Value::String(property)]) => match known.properties.get(property) {
            Some(Fact::Is(value)) => value.clone(),
            _ => expression.clone(),
        },
        ("zoom", _) => known.zoom.map_or_else(|| expression.clone(), Value::from),
        ("match", [input, branches @ ..]) => fold_match(input, branches, known),
        ("case", [condition, then, otherwise @ ..]) => {
            let rest = || {
                if let [last] = otherwise {
                    last.clone()
                } else {
                    [&json!("case")].into_iter().chain(otherwise).cloned().collect()
                }
            };
            match call(condition) {
                // A choice by a value, which is written out as one.
                Some(("==", [property, value])) if is_plain(value) => {
                    fold_match(property, &[value.clone(), then.clone(), rest()], known)
                }
                _ => match fold(condition, known) {
                    Value::Bool(true) => fold(then, known),
                    Value::Bool(false) => fold(&rest(), known),
                    condition => json!(["case", condition, fold(then, known), fold(&rest(), known)]),
                },
            }
        }
        _ => simplified(operator, terms.iter().map(|term| fold(term, known)).collect()),
    }
}

/// Each label becomes a branch of its own, in which the property is known.
fn fold_match(input: &Value, branches: &[Value], known: &Known) -> Value {
    let Some((otherwise, branches)) = branches.split_last() else { return Value::Null };
    if let (Some(("geometry-type", _)), [labels, Value::Bool(true)]) = (call(input), branches) {
        // As filters were written before there were expressions, which is what QGIS knows.
        return json!(["==", "$type", labels.get(0).unwrap_or(labels)]);
    }
    let property = match call(input) {
        Some(("get", [Value::String(property)])) => Some(property.as_str()),
        _ => None,
    };
    let input = fold(input, known);
    let mut left = vec![json!("match"), input.clone()];
    for branch in branches.chunks_exact(2) {
        let labels = branch[0].as_array().map_or(std::slice::from_ref(&branch[0]), Vec::as_slice);
        if is_plain(&input) {
            if labels.contains(&input) {
                return fold(&branch[1], known);
            }
            continue;
        }
        for label in labels.iter().filter(|label| known.can_be(property, label)) {
            let then = property.map_or_else(|| fold(&branch[1], known), |property| fold(&branch[1], &known.is(property, label)));
            left.extend([label.clone(), then]);
        }
    }
    let otherwise = fold(otherwise, known);
    if left.len() == 2 {
        return otherwise;
    }
    left.push(otherwise);
    left.into()
}

/// An operation on terms that are worked out already.
fn simplified(operator: &str, mut terms: Vec<Value>) -> Value {
    let numbers = || Some((terms.first()?.as_f64()?, terms.get(1)?.as_f64()?));
    let result: Option<Value> = match operator {
        "concat" if terms.iter().all(Value::is_string) => Some(terms.iter().filter_map(Value::as_str).collect::<String>().into()),
        // Nothing is shown where nothing is said.
        "coalesce" => terms.first().cloned(),
        "+" => numbers().map(|(a, b)| (a + b).into()),
        "<" => numbers().map(|(a, b)| (a < b).into()),
        "<=" => numbers().map(|(a, b)| (a <= b).into()),
        ">" => numbers().map(|(a, b)| (a > b).into()),
        ">=" => numbers().map(|(a, b)| (a >= b).into()),
        "==" if terms.first() == Some(&json!(["geometry-type"])) => Some(json!(["==", "$type", terms.get(1)])),
        "==" if terms.iter().all(is_plain) && terms.first() != Some(&json!("$type")) => {
            Some((terms.first() == terms.get(1)).into())
        }
        "all" | "any" => {
            let idle = operator == "all";
            let decided = terms.iter().find(|term| **term == !idle).cloned();
            terms.retain(|term| *term != idle);
            decided.or_else(|| if terms.len() == 1 { terms.pop() } else { terms.is_empty().then(|| idle.into()) })
        }
        _ => None,
    };
    result.unwrap_or_else(|| [json!(operator)].into_iter().chain(terms).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_put_in_and_the_rest_stays() {
        let known = Known::at_zoom(6).is("effect", &json!("closes")).is_none_of("phase", &[json!("active")]);
        for (expression, expected) in [
            (json!(["concat", "mark-", ["get", "effect"]]), json!("mark-closes")),
            (json!(["concat", "mark-", ["get", "kind"]]), json!(["concat", "mark-", ["get", "kind"]])),
            (json!(["match", ["get", "phase"], "active", 1, 2]), json!(2)),
            (json!(["match", ["get", "effect"], ["closes", "restricts"], 1, 2]), json!(1)),
            (
                json!(["match", ["get", "kind"], ["a", "b"], ["get", "kind"], "c"]),
                json!(["match", ["get", "kind"], "a", "a", "b", "b", "c"]),
            ),
            (json!(["case", ["==", ["get", "kind"], "a"], 1, 2]), json!(["match", ["get", "kind"], "a", 1, 2])),
            (json!(["case", [">", ["zoom"], 7], 1, ["has", "kind"], 2, 3]), json!(["case", ["has", "kind"], 2, 3])),
            (
                json!(["all", [">=", ["zoom"], 4], ["<=", ["get", "min_zoom"], ["+", ["zoom"], 0.5]]]),
                json!(["<=", ["get", "min_zoom"], 6.5]),
            ),
            (json!(["any", ["has", "kind"], [">=", ["zoom"], 4]]), json!(true)),
            (json!(["all", ["has", "kind"], ["<", ["zoom"], 4]]), json!(false)),
            (json!(["match", ["geometry-type"], ["Point", "MultiPoint"], true, false]), json!(["==", "$type", "Point"])),
            (json!(["coalesce", ["get", "name"], ""]), json!(["get", "name"])),
            (json!(["literal", ["get", "effect"]]), json!(["literal", ["get", "effect"]])),
            (json!(["DejaVu Sans"]), json!(["DejaVu Sans"])),
            (json!([2, 1.5]), json!([2, 1.5])),
        ] {
            assert_eq!(fold(&expression, &known), expected, "{expression}");
        }
    }
}
