//! One style by its id: the document as map clients get it, and the same read for drawing.

use super::StyleError;
use super::sources::{OURS, served};
use super::sprite::Sprites;
use roadblock_layers::layer::GeometryKind;
use roadblock_tiles::raster::{Color, Icons, Style};
use serde::Deserialize;
use serde_json::{Value, json};
use siphasher::sip::SipHasher13;
use std::hash::Hasher;
use std::sync::Arc;

/// What a style is called.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// In English.
    pub en: String,
    /// In French.
    pub fr: String,
}

/// Which layers a style draws where nobody names any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Drawn {
    /// The basemap and all the others.
    All,
    /// The basemap alone.
    Basemap,
    /// Those that its rules draw.
    Named,
}

/// How pictures look.
#[derive(Clone)]
pub struct Look {
    /// By which style.
    pub named: Arc<Named>,
    /// Whether they have its background even where no basemap is: without it they can lie over other maps.
    pub with_background: bool,
}

/// A style.
pub struct Named {
    /// Its name in addresses.
    pub id: Arc<str>,
    /// Its name for readers.
    pub title: Title,
    /// Which layers it draws.
    pub drawn: Drawn,
    /// What raster tiles are drawn by.
    pub style: Style,
    /// What its icons and hatches look like.
    pub icons: Icons,
    pub(super) sprites: Sprites,
    /// The same with French words on the map, if it has any of its own.
    pub french: Option<Arc<Self>>,
    /// Of document and drawings: what is drawn by another revision may look otherwise.
    pub revision: u64,
    document: Value,
    drawings: Value,
}

impl Named {
    /// Reads a document and its table of icons.
    pub(super) fn new(id: String, title: Title, drawn: Drawn, document: Value, drawings: Value) -> Result<Self, StyleError> {
        let style = Style::parse(&document.to_string()).map_err(|issues| StyleError::Rules { id: id.clone(), issues })?;
        let icons = Icons::parse(&drawings.to_string())?;
        let french = in_french(&document).map(|french| Self::new(id.clone(), title.clone(), drawn, french, drawings.clone()));
        let french = french.transpose()?.map(Arc::new);
        Ok(Self { french, ..Self::with(id, title, drawn, document, drawings, style, icons) })
    }

    /// A document that was read, with its drawings.
    pub(super) fn with(
        id: String,
        title: Title,
        drawn: Drawn,
        document: Value,
        drawings: Value,
        style: Style,
        icons: Icons,
    ) -> Self {
        let mut digest = SipHasher13::new();
        [&document, &drawings].into_iter().for_each(|json| digest.write(json.to_string().as_bytes()));
        let (revision, sprites) = (digest.finish(), Sprites::default());
        Self { id: id.into(), title, drawn, style, icons, sprites, french: None, revision, document, drawings }
    }

    /// The document for map clients, with absolute addresses: `base` is this server's, `layers` what its source holds, `query` what is asked
    /// of it, with its question mark.
    ///
    /// Rules of layers that are not there are left out; rules for any layer are written out for each that no other rule names.
    pub fn document(&self, base: &str, layers: &[&str], query: &str) -> Value {
        let mut document = self.document.clone();
        document["name"] = self.title.en.clone().into();
        document["glyphs"] = format!("{base}/fonts/{{fontstack}}/{{range}}.pbf").into();
        document["sprite"] = format!("{base}/sprites/{}", self.id).into();
        document["metadata"]["roadblock:icons"] = format!("{base}/styles/{}/icons.json", self.id).into();
        document["sources"] = served(&self.document, &format!("{base}/xyz/{}.json{query}", layers.join(",")));
        let rules = self.rules();
        let unnamed: Vec<&str> = layers.iter().copied().filter(|layer| !rules.iter().any(|rule| names(rule, layer))).collect();
        document["layers"] = rules.iter().flat_map(|rule| written_out(rule, layers, &unnamed)).collect();
        document
    }

    /// The rules as they are written, in drawing order.
    pub fn rules(&self) -> &[Value] {
        self.document["layers"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// Layers that rules name, each with where it does.
    pub fn layers(&self) -> impl Iterator<Item = (String, &str)> {
        let rules = self.rules().iter().enumerate();
        rules.filter_map(|(number, rule)| Some((format!("/layers/{number}/source-layer"), rule["source-layer"].as_str()?)))
    }

    /// Layers of which rules draw marks, each with where the rule says so and of which geometry alone it does.
    pub fn marks(&self) -> impl Iterator<Item = (String, &str, &'static [GeometryKind])> {
        let drawn_of = |rule: &Value| -> Option<&[GeometryKind]> {
            let is_at_points = rule["layout"]["symbol-placement"].as_str().is_none_or(|placement| placement == "point");
            match rule["type"].as_str()? {
                "circle" => Some(&[GeometryKind::Point]),
                "symbol" if is_at_points => Some(&[GeometryKind::Point, GeometryKind::Polygon]),
                "symbol" => Some(&[GeometryKind::Line]),
                _ => None,
            }
        };
        let rules = self.rules().iter().enumerate();
        rules.filter_map(move |(number, rule)| {
            Some((format!("/layers/{number}/type"), rule["source-layer"].as_str()?, drawn_of(rule)?))
        })
    }

    /// The drawings of icons and hatches, for map clients.
    pub fn drawings(&self) -> &Value {
        &self.drawings
    }
}

/// A document with the layouts that its rules have for French maps; `None` if none has one.
fn in_french(document: &Value) -> Option<Value> {
    let mut french = document.clone();
    let mut is_other = false;
    for rule in french["layers"].as_array_mut()? {
        let words = rule.pointer_mut("/metadata/roadblock:fr").map(Value::take);
        if let (Some(Value::Object(words)), Some(layout)) = (words, rule.pointer_mut("/layout").and_then(Value::as_object_mut)) {
            layout.extend(words);
            is_other = true;
        }
    }
    is_other.then_some(french)
}

pub(super) fn names(rule: &Value, layer: &str) -> bool {
    rule["source-layer"] == layer
}

/// A rule as map clients get it: none, itself, or one for each layer that no other rule names.
fn written_out(rule: &Value, layers: &[&str], unnamed: &[&str]) -> Vec<Value> {
    if rule["metadata"]["roadblock:any"] != true {
        let kept = rule.get("source-layer").is_none() || layers.iter().any(|layer| names(rule, layer));
        let mut rule = rule.clone();
        if rule["type"] != "background" && rule.get("source").is_none() {
            rule["source"] = OURS.into();
        }
        return if kept { vec![rule] } else { Vec::new() };
    }
    let kind = rule["type"].as_str().unwrap_or_default();
    let for_layer = |layer: &&str| {
        let mut rule = rule.clone();
        rule["id"] = format!("{layer}-{kind}").into();
        rule["source"] = OURS.into();
        rule["source-layer"] = (*layer).into();
        if kind == "circle" {
            // Map clients would draw one at each vertex of a line.
            let on_points = json!(["==", ["geometry-type"], "Point"]);
            rule["filter"] = rule.get("filter").map_or(on_points.clone(), |filter| json!(["all", on_points, filter]));
        }
        rule
    };
    unnamed.iter().map(for_layer).collect()
}

/// What a style says of a layer's looks.
#[derive(Debug, Clone, Deserialize)]
pub struct Legend {
    /// The property that tells them apart.
    pub by: String,
    /// A layer that hides this one where both are drawn: then nothing of this one is to be seen.
    pub under: Option<String>,
    /// Its values.
    pub items: Vec<LegendItem>,
}

/// One look.
#[derive(Debug, Clone, Deserialize)]
pub struct LegendItem {
    /// Another property, where it is not that of the other items.
    pub by: Option<String>,
    /// The value of the property.
    pub value: String,
    /// In English.
    pub en: String,
    /// In French.
    pub fr: String,
}

impl Named {
    /// What the style says of a layer's looks, if anything.
    pub fn legend(&self, layer: &str) -> Option<Legend> {
        let rules = self.rules().iter().filter(|rule| names(rule, layer));
        rules.filter_map(|rule| Legend::deserialize(rule.pointer("/metadata/roadblock:legend")?).ok()).next()
    }

    /// A colour for what stands around a map: `paper`, `ink` or `faint`; black on white where the style does not say.
    pub fn sheet_color(&self, name: &str) -> Color {
        let said = self.document["metadata"]["roadblock:sheet"][name].as_str().and_then(Color::parse);
        said.unwrap_or(if name == "paper" { Color::WHITE } else { Color::BLACK })
    }
}
