//! A style document (MapLibre style specification 8, the part this engine draws), read once and checked whole.
//!
//! A rule whose `metadata` holds `"roadblock:any": true` draws every layer that no other rule names: the look of plain files.
//! One that holds `"roadblock:cluster": true` draws clusters only, so that layers without them need not be looked at for it.

mod document;
mod properties;
mod reach;
mod rule;

pub use super::issues::{Gravity, StyleIssue};
pub use document::{MOST_BYTES, Reading};
pub(super) use reach::miter_limit;

use super::color::{self, Rgba};
use super::expression::{Expr, Scope, Val};
use properties::Property;
use std::collections::BTreeSet;

/// What a rule draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Background,
    Fill,
    Line,
    Circle,
    Symbol,
}

/// Types of rules; nothing of those that are not drawn.
const KINDS: [(&str, Option<Kind>); 11] = [
    ("background", Some(Kind::Background)),
    ("fill", Some(Kind::Fill)),
    ("line", Some(Kind::Line)),
    ("circle", Some(Kind::Circle)),
    ("symbol", Some(Kind::Symbol)),
    ("color-relief", None),
    ("fill-extrusion", None),
    ("heatmap", None),
    ("hillshade", None),
    ("raster", None),
    ("sky", None),
];

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
    /// All that are drawn of the kind, each with what the style says of it.
    properties: Vec<(&'static Property, Option<Expr>)>,
    /// Properties of features that the rule asks for.
    reads: BTreeSet<String>,
}

impl Rule {
    pub(super) fn is_background(&self) -> bool {
        self.kind == Kind::Background
    }

    pub(super) fn is_symbol(&self) -> bool {
        self.kind == Kind::Symbol
    }

    pub(super) fn selects(&self, scope: &Scope<'_>) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter.is_true(scope))
    }

    fn property(&self, name: &str) -> Option<&(&'static Property, Option<Expr>)> {
        self.properties.iter().find(|(property, _)| property.name == name)
    }

    /// The value of a property; `None` if the style does not say.
    pub(super) fn value(&self, name: &str, scope: &Scope<'_>) -> Option<Val> {
        let (_, said) = self.property(name)?;
        Some(said.as_ref()?.value(scope)).filter(|value| *value != Val::Null)
    }

    /// A number within what the property may be, whatever the data say; the specification's where they and the style say none.
    pub(super) fn amount(&self, name: &str, scope: &Scope<'_>) -> f64 {
        let Some((property, said)) = self.property(name) else { return 0.0 };
        let number = said.as_ref().and_then(|said| said.value(scope).number()).filter(|number| number.is_finite());
        number.map_or(property.usual.amount(), |number| property.tamed(number))
    }

    pub(super) fn text(&self, name: &str, scope: &Scope<'_>) -> Option<std::sync::Arc<str>> {
        if let Some(Val::Text(text)) = self.value(name, scope) { Some(text) } else { None }
    }

    pub(super) fn is_true(&self, name: &str, scope: &Scope<'_>) -> bool {
        self.value(name, scope) == Some(Val::Bool(true))
    }

    /// A colour with an opacity on top, the specification's where style and data say none; `None` if nothing is seen of it.
    pub(super) fn color(&self, name: &str, opacity: &str, scope: &Scope<'_>) -> Option<Rgba> {
        let said = self.text(name, scope).and_then(|text| color::parse(&text));
        let color = said.or_else(|| self.property(name)?.0.usual.color())?;
        Some(color::faded(color, self.amount(opacity, scope) as f32)).filter(|color| color[3] > 0.0)
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
    /// Reads a document in which nothing is wrong; what is not drawn is left out.
    pub fn parse(text: &str) -> Result<Self, Vec<StyleIssue>> {
        let reading = Self::read(text, None);
        if reading.is_wrong() { Err(reading.issues) } else { Ok(reading.style) }
    }

    fn of(rules: Vec<Rule>) -> Self {
        let named = rules.iter().filter(|rule| !rule.any).filter_map(|rule| rule.source_layer.clone()).collect();
        Self { rules, named }
    }

    /// Rules that draw at a zoom, in order.
    pub(super) fn rules_at(&self, zoom: f64) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |rule| zoom >= rule.zooms[0] && zoom < rule.zooms[1])
    }

    /// Whether a rule draws a layer.
    pub(super) fn applies(&self, rule: &Rule, layer: &str) -> bool {
        if rule.any { !self.named.contains(layer) } else { rule.source_layer.as_deref() == Some(layer) }
    }

    /// Whether any rule draws a layer.
    pub fn draws(&self, layer: &str) -> bool {
        self.rules.iter().any(|rule| self.applies(rule, layer))
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

#[cfg(test)]
mod tests;
