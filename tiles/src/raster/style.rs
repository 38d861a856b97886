//! A style document (MapLibre style specification 8, the part this engine draws), read once and checked whole.
//!
//! A rule whose `metadata` holds `"roadblock:any": true` draws every layer that no other rule names: the look of plain files.
//! One that holds `"roadblock:cluster": true` draws clusters only, so that layers without them need not be looked at for it.

use super::color::{self, Rgba};
use super::expression::{Expr, Scope, Val};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

/// Something in a style that this engine cannot draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleIssue {
    /// JSON pointer into the document.
    pub pointer: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for StyleIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.message)
    }
}

/// What a rule draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Background,
    Fill,
    Line,
    Circle,
    Symbol,
}

/// Where along a geometry a symbol stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Placement {
    /// On points, and once on an area.
    #[default]
    Point,
    /// Every so often along a line's parts in each tile.
    Line,
    /// At the middle of a line's part in each tile.
    LineCenter,
}

/// Values of `symbol-placement` that are drawn.
const PLACEMENTS: [(&str, Placement); 3] =
    [("point", Placement::Point), ("line", Placement::Line), ("line-center", Placement::LineCenter)];

/// Properties of each kind that are drawn.
const KNOWN: [(Kind, &str, &[&str]); 5] = [
    (Kind::Background, "background", &["background-color", "background-opacity", "background-pattern", "visibility"]),
    (Kind::Fill, "fill", &["fill-antialias", "fill-color", "fill-opacity", "fill-outline-color", "fill-pattern", "visibility"]),
    (
        Kind::Line,
        "line",
        &[
            "line-cap",
            "line-color",
            "line-dasharray",
            "line-gap-width",
            "line-join",
            "line-miter-limit",
            "line-offset",
            "line-opacity",
            "line-width",
            "visibility",
        ],
    ),
    (
        Kind::Circle,
        "circle",
        &[
            "circle-blur",
            "circle-color",
            "circle-opacity",
            "circle-radius",
            "circle-stroke-color",
            "circle-stroke-opacity",
            "circle-stroke-width",
            "visibility",
        ],
    ),
    (
        Kind::Symbol,
        "symbol",
        &[
            "icon-allow-overlap",
            "icon-anchor",
            "icon-ignore-placement",
            "icon-image",
            "icon-offset",
            "icon-opacity",
            "icon-optional",
            "icon-padding",
            "icon-rotate",
            "icon-rotation-alignment",
            "icon-size",
            "symbol-avoid-edges",
            "symbol-placement",
            "symbol-sort-key",
            "symbol-spacing",
            "text-allow-overlap",
            "text-anchor",
            "text-color",
            "text-field",
            "text-font",
            "text-halo-color",
            "text-halo-width",
            "text-ignore-placement",
            "text-justify",
            "text-keep-upright",
            "text-letter-spacing",
            "text-line-height",
            "text-max-angle",
            "text-max-width",
            "text-offset",
            "text-opacity",
            "text-optional",
            "text-padding",
            "text-radial-offset",
            "text-rotate",
            "text-rotation-alignment",
            "text-size",
            "text-transform",
            "text-variable-anchor",
            "visibility",
        ],
    ),
];

/// Rules a style may have.
const MOST_RULES: usize = 500;

/// One layer of the style.
#[derive(Debug)]
pub(super) struct Rule {
    /// Place in the document; what comes later is drawn above.
    pub(super) number: usize,
    pub(super) kind: Kind,
    pub(super) placement: Placement,
    source_layer: Option<String>,
    any: bool,
    clusters: bool,
    zooms: [f64; 2],
    filter: Option<Expr>,
    properties: Vec<(String, Expr)>,
    /// Properties of features that the rule asks for.
    reads: BTreeSet<String>,
}

impl Rule {
    pub(super) fn is_background(&self) -> bool {
        self.kind == Kind::Background
    }

    pub(super) fn selects(&self, scope: &Scope<'_>) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter.is_true(scope))
    }

    /// The value of a property; `None` if the style does not say.
    pub(super) fn value(&self, name: &str, scope: &Scope<'_>) -> Option<Val> {
        let expression = self.properties.iter().find(|(key, _)| key == name).map(|(_, expression)| expression)?;
        Some(expression.value(scope)).filter(|value| *value != Val::Null)
    }

    pub(super) fn amount(&self, name: &str, scope: &Scope<'_>, default: f64) -> f64 {
        self.value(name, scope).and_then(|value| value.number()).unwrap_or(default)
    }

    pub(super) fn text(&self, name: &str, scope: &Scope<'_>) -> Option<std::sync::Arc<str>> {
        if let Some(Val::Text(text)) = self.value(name, scope) { Some(text) } else { None }
    }

    pub(super) fn is_true(&self, name: &str, scope: &Scope<'_>) -> bool {
        self.value(name, scope) == Some(Val::Bool(true))
    }

    /// A colour with an opacity on top.
    pub(super) fn color(&self, name: &str, opacity: &str, scope: &Scope<'_>) -> Option<Rgba> {
        let [red, green, blue, alpha] = color::parse(&self.text(name, scope)?)?;
        Some([red, green, blue, alpha * self.amount(opacity, scope, 1.0).clamp(0.0, 1.0) as f32])
    }

    /// Two numbers, 0 unless the style says otherwise.
    pub(super) fn pair(&self, name: &str, scope: &Scope<'_>) -> [f64; 2] {
        self.numbers(name, scope).and_then(|numbers| numbers.try_into().ok()).unwrap_or_default()
    }

    pub(super) fn numbers(&self, name: &str, scope: &Scope<'_>) -> Option<Vec<f64>> {
        match self.value(name, scope)? {
            Val::List(list) => list.iter().map(Val::number).collect(),
            _ => None,
        }
    }
}

/// A style, ready to draw with.
#[derive(Debug, Default)]
pub struct Style {
    rules: Vec<Rule>,
    named: BTreeSet<String>,
}

impl Style {
    /// Reads a document; every part that cannot be drawn is an issue.
    pub fn parse(text: &str) -> Result<Self, Vec<StyleIssue>> {
        let issue = |pointer: &str, message: String| StyleIssue { pointer: pointer.to_owned(), message };
        let document: Value = serde_json::from_str(text).map_err(|error| vec![issue("", error.to_string())])?;
        if document["version"] != 8 {
            return Err(vec![issue("/version", "the version of a style is 8".to_owned())]);
        }
        let Some(layers) = document["layers"].as_array().filter(|layers| layers.len() <= MOST_RULES) else {
            return Err(vec![issue("/layers", format!("a style has a list of at most {MOST_RULES} layers"))]);
        };
        let mut issues = Vec::new();
        let rules: Vec<Rule> = layers.iter().enumerate().filter_map(|(number, layer)| rule(layer, number, &mut issues)).collect();
        if !issues.is_empty() {
            return Err(issues);
        }
        let named = rules.iter().filter(|rule| !rule.any).filter_map(|rule| rule.source_layer.clone()).collect();
        Ok(Self { rules, named })
    }

    /// Rules that draw at a zoom, in order.
    pub(super) fn rules_at(&self, zoom: f64) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |rule| zoom >= rule.zooms[0] && zoom < rule.zooms[1])
    }

    /// Whether a rule draws a layer.
    pub(super) fn applies(&self, rule: &Rule, layer: &str) -> bool {
        if rule.any { !self.named.contains(layer) } else { rule.source_layer.as_deref() == Some(layer) }
    }

    /// Whether any rule asks for a property of a layer's features: what no rule asks for need not be handed over.
    pub fn reads(&self, layer: &str, property: &str) -> bool {
        self.rules.iter().any(|rule| rule.reads.contains(property) && self.applies(rule, layer))
    }

    /// Whether rules place symbols for a layer with or without clusters, and whether any does along lines.
    pub(super) fn symbols(&self, layer: &str, clustered: bool) -> (bool, bool) {
        let is_used = |rule: &&Rule| rule.kind == Kind::Symbol && (clustered || !rule.clusters) && self.applies(rule, layer);
        let symbols = || self.rules.iter().filter(is_used);
        (symbols().next().is_some(), symbols().any(|rule| rule.placement != Placement::Point))
    }
}

fn rule(layer: &Value, number: usize, issues: &mut Vec<StyleIssue>) -> Option<Rule> {
    let mut issue = |at: &str, message: String| issues.push(StyleIssue { pointer: format!("/layers/{number}{at}"), message });
    let name = layer["type"].as_str().unwrap_or_default();
    let Some((kind, _, known)) = KNOWN.iter().find(|(_, known, _)| *known == name) else {
        let kinds: Vec<&str> = KNOWN.iter().map(|(_, name, _)| *name).collect();
        issue("/type", format!("'{name}' is not drawn; there are: {}", kinds.join(", ")));
        return None;
    };
    let mut properties = Vec::new();
    for part in ["layout", "paint"] {
        for (name, json) in layer[part].as_object().into_iter().flatten() {
            let at = format!("/{part}/{name}");
            if !known.contains(&name.as_str()) {
                issue(&at, format!("'{name}' is not drawn; there are: {}", known.join(", ")));
                continue;
            }
            // Lists of numbers, font names and anchors stand without `literal` in styles.
            let is_plain = json.as_array().is_some_and(|list| list.iter().all(Value::is_number))
                || ["text-font", "text-variable-anchor"].contains(&name.as_str());
            let parsed = if is_plain { Expr::parse(&serde_json::json!(["literal", json])) } else { Expr::parse(json) };
            match parsed {
                Ok(expression) => properties.push((name.clone(), expression)),
                Err(message) => issue(&at, message),
            }
        }
    }
    let filter = match layer.get("filter").map(Expr::parse).transpose() {
        Ok(filter) => filter,
        Err(message) => {
            issue("/filter", message);
            None
        }
    };
    let asked = layer["layout"].get("symbol-placement");
    let placement = asked.map_or(Some(Placement::Point), |asked| {
        PLACEMENTS.iter().find(|(name, _)| asked == name).map(|(_, placement)| *placement)
    });
    if placement.is_none() {
        let names = PLACEMENTS.map(|(name, _)| name).join(", ");
        issue("/layout/symbol-placement", format!("this is no placement that is drawn; there are: {names}"));
    }
    if layer["paint"].get("fill-antialias").is_some_and(|asked| *asked != true) {
        issue("/paint/fill-antialias", "edges are always smooth: true, or nothing".to_owned());
    }
    let visibility = layer["layout"].get("visibility");
    if visibility.is_some_and(|asked| asked != "visible" && asked != "none") {
        issue("/layout/visibility", "a rule is 'visible' or 'none'".to_owned());
    }
    let zooms = [layer["minzoom"].as_f64().unwrap_or(f64::MIN), layer["maxzoom"].as_f64().unwrap_or(f64::MAX)];
    // What is not visible is for no zoom and asks for nothing.
    let is_hidden = visibility.is_some_and(|asked| asked == "none");
    let zooms = if is_hidden { [f64::MAX; 2] } else { zooms };
    let any = layer["metadata"]["roadblock:any"] == true;
    let mut reads = BTreeSet::new();
    [&layer["filter"], &layer["layout"], &layer["paint"]]
        .into_iter()
        .filter(|_| !is_hidden)
        .for_each(|part| asked_for(part, &mut reads));
    Some(Rule {
        number,
        kind: *kind,
        placement: placement.unwrap_or_default(),
        source_layer: layer["source-layer"].as_str().map(str::to_owned),
        any,
        clusters: layer["metadata"]["roadblock:cluster"] == true,
        zooms,
        filter,
        properties,
        reads,
    })
}

/// Collects the names of properties that an expression, or anything that holds expressions, asks for.
fn asked_for(json: &Value, names: &mut BTreeSet<String>) {
    match json {
        Value::Array(list) => {
            if let [Value::String(operator), Value::String(name), ..] = list.as_slice()
                && ["get", "has"].contains(&operator.as_str())
            {
                names.insert(name.clone());
            }
            list.iter().for_each(|part| asked_for(part, names));
        }
        Value::Object(members) => members.values().for_each(|part| asked_for(part, names)),
        _ => (),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_cannot_be_drawn_is_told_by_pointer() {
        let document = json!({"version": 8, "layers": [
            {"type": "heatmap"},
            {"type": "symbol", "source-layer": "roads", "layout": {"symbol-placement": "beside"}},
            {"type": "line", "source-layer": "roads", "paint": {"line-blur": 2, "line-width": ["heatmap-density"]}, "filter": ["within", {}]},
        ]});
        let pointers: Vec<String> =
            Style::parse(&document.to_string()).unwrap_err().into_iter().map(|issue| issue.pointer).collect();
        let expected = [
            "/layers/0/type",
            "/layers/1/layout/symbol-placement",
            "/layers/2/paint/line-blur",
            "/layers/2/paint/line-width",
            "/layers/2/filter",
        ];
        assert_eq!(pointers, expected);
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
}
