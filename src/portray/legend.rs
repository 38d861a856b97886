//! What a section of the map shows, named and counted by the rules that draw it, and what each of these looks like.

use super::raster::drawn;
use super::{Deadline, boxes_around};
use crate::style::{Legend, LegendItem, Look};
use crate::tile::Worker;
use crate::world::{Published, builtin};
use roadblock_layers::feature::GeometryKind;
use roadblock_layers::layer::{Asked, LayerKind};
use roadblock_layers::value::Value;
use roadblock_tiles::cut::{TileGeometry, cut};
use roadblock_tiles::frame::Frame;
use roadblock_tiles::raster::{self, Canvas, Image, RasterFeature, Section, SourceLayer, TooMuch, Val};
use std::sync::Arc;

/// Width and height of a swatch, style pixels.
pub const SWATCH_PX: [u16; 2] = [34, 26];
/// Kept free around a swatch's line or area, style pixels.
const MARGIN_PX: i32 = 2;
/// Tile units of a style pixel of a swatch.
const UNITS_PER_PX: i32 = 16;
/// What rules ask for beside what an entry names: a feature as it mostly is. An entry looks as that of its features in view which comes
/// nearest to it.
const ELSE: [(&str, &str); 8] = [
    ("subtype", "city"),
    ("phase", "active"),
    ("effect", "restricts"),
    ("status", "restricted"),
    ("area_class", "attack"),
    ("route_class", "Primary"),
    ("subject", "segment"),
    ("axis", "world"),
];

/// What the style writes for a property that is true.
const TRUE: &str = "true";

/// Features of one look that the section shows.
pub struct Entry {
    /// Their layer.
    pub layer: Arc<Published>,
    /// The property that tells looks apart, its value and its words; nothing of a layer that has one look.
    pub class: Option<Class>,
    /// How many there are.
    pub count: usize,
    /// The look itself, drawn on land by the rules of the map at its zoom.
    pub swatch: Image,
}

impl Entry {
    /// What it is called, in English and in French.
    pub fn words(&self) -> [&str; 2] {
        let title = self.layer.layer.meta.title.as_str();
        self.class.as_ref().map_or([title; 2], |(_, item)| [&item.en, &item.fr])
    }
}

/// The looks of some layers that a section shows, of the topmost layer first, unless to count and draw them takes too much. What no rule
/// draws at its zoom is not shown.
pub fn legend(
    layers: &[Arc<Published>],
    look: &Look,
    section: &Section,
    asked: &Asked,
    (worker, deadline): (&mut Worker, Deadline),
) -> Result<Vec<Entry>, TooMuch> {
    let shown = layers.iter().rev().filter(|published| published.has_tiles_at(section.coord().z()));
    let is_shown = |name: &str| shown.clone().any(|published| published.layer.meta.name.as_str() == name);
    let bare = swatch(None, look, section, &mut worker.canvas, deadline)?;
    let mut entries = Vec::new();
    for published in shown.clone().filter(|published| published.layer.meta.name.as_str() != builtin::BASEMAP) {
        let found = match look.named.legend(published.layer.meta.name.as_str()) {
            Some(legend) if legend.under.as_deref().is_some_and(is_shown) => Vec::new(),
            Some(legend) => classes(published, &legend, look, section, asked, (worker, deadline))?,
            None if published.layer.meta.kind == LayerKind::Reference => {
                let count = seen(published, look, section, asked, (worker, deadline), |_| ())?;
                vec![Found { class: None, count, like: Vec::new(), likeness: 0 }]
            }
            None => Vec::new(),
        };
        for found in found.into_iter().filter(|found| found.count > 0) {
            let swatch = swatch(Some((published, &found)), look, section, &mut worker.canvas, deadline)?;
            entries.push(Entry { layer: Arc::clone(published), class: found.class, count: found.count, swatch });
        }
    }
    entries.retain(|entry| entry.swatch != bare);
    Ok(entries)
}

/// The property that tells looks apart, and one of its values.
type Class = (String, LegendItem);

/// What a section shows of a class.
struct Found {
    class: Option<Class>,
    count: usize,
    /// What the feature that is most like others says of the properties that rules ask for.
    like: Vec<(&'static str, Val)>,
    /// How many of these are as usual.
    likeness: usize,
}

impl Found {
    /// Counts a feature, of which some properties are known.
    fn count(&mut self, value: &dyn Fn(&str) -> Option<Val>) {
        self.count += 1;
        // An entry stands for all subtypes: none of them may look like the others.
        let asked = || ELSE.iter().filter(|(name, _)| *name != "subtype");
        let likeness = asked().filter(|(name, usual)| value(name).is_some_and(|said| is_text(&said, usual))).count();
        if self.count == 1 || likeness > self.likeness {
            self.likeness = likeness;
            self.like = asked().filter_map(|(name, _)| Some((*name, value(name)?))).collect();
        }
    }
}

fn is_text(value: &Val, text: &str) -> bool {
    matches!(value, Val::Text(said) if **said == *text)
}

/// What features of a class look like, or bare land.
fn swatch(
    of: Option<(&Published, &Found)>,
    look: &Look,
    section: &Section,
    canvas: &mut Canvas,
    deadline: Deadline,
) -> Result<Image, TooMuch> {
    let text = |(name, value): (&str, &str)| (name.into(), if value == TRUE { Val::Bool(true) } else { Val::Text(value.into()) });
    let feature = |geometry, properties| RasterFeature { geometry, label_at: Vec::new(), properties };
    let ground = feature(area(0), vec![text(("class", "land"))]);
    let mut layers = vec![SourceLayer { name: builtin::BASEMAP, features: vec![ground] }];
    if let Some((published, found)) = of {
        let class = found.class.iter().map(|(by, item)| text((by.as_str(), item.value.as_str())));
        let like = found.like.iter().map(|(name, value)| ((*name).into(), value.clone()));
        // The first that says something of a property counts.
        let said: Vec<(Arc<str>, Val)> = class.chain(like).chain(ELSE.map(text)).collect();
        let features = shapes(published).into_iter().map(|geometry| feature(geometry, said.clone())).collect();
        layers.push(SourceLayer { name: published.layer.meta.name.as_str(), features });
    }
    let small = section.swatch_of(SWATCH_PX);
    let (style, icons) = (&look.named.style, &look.named.icons);
    raster::render_within(style, icons, &small, &layers, true, canvas, &|| deadline.is_over())
}

/// How many features of each class a section shows.
fn classes(
    published: &Published,
    legend: &Legend,
    look: &Look,
    section: &Section,
    asked: &Asked,
    time: (&mut Worker, Deadline),
) -> Result<Vec<Found>, TooMuch> {
    let by = |item: &LegendItem| item.by.clone().unwrap_or_else(|| legend.by.clone());
    let found = |item: &LegendItem| Found { class: Some((by(item), item.clone())), count: 0, like: Vec::new(), likeness: 0 };
    let mut classes: Vec<Found> = legend.items.iter().map(found).collect();
    seen(published, look, section, asked, time, |value| {
        for class in &mut classes {
            let is_of_it = class.class.as_ref().is_some_and(|(by, item)| match value(by) {
                Some(Val::Bool(is_so)) => is_so && item.value == TRUE,
                said => said.is_some_and(|said| is_text(&said, &item.value)),
            });
            if is_of_it {
                class.count(value);
            }
        }
    })?;
    Ok(classes)
}

/// How many features a section shows of a layer; each is handed over by what it says of a property.
fn seen(
    published: &Published,
    look: &Look,
    section: &Section,
    asked: &Asked,
    (worker, deadline): (&mut Worker, Deadline),
    mut each: impl FnMut(&dyn Fn(&str) -> Option<Val>),
) -> Result<usize, TooMuch> {
    let (layer, coord) = (&published.layer, section.coord());
    let reach = section.buffers(&look.named.style, layer.meta.name.as_str(), false).areas;
    let mut numbers = Vec::new();
    layer.query(&boxes_around(coord, reach), coord.z(), asked, &mut numbers);
    let (frame, mut count) = (Frame::new(coord, reach), 0);
    for number in numbers {
        if deadline.is_over() {
            return Err(TooMuch);
        }
        let Some((prepared, feature)) = published.drawn.get(number).map(|drawn| drawn.prepared).zip(layer.feature(number)) else {
            continue;
        };
        let mut shows = false;
        cut(prepared, &frame, section.purpose(), &mut worker.scratch, |geometry| shows |= section.shows(geometry));
        if shows {
            count += 1;
            each(&|name| {
                drawn(layer.schema.position(name).map_or(&Value::Null, |column| layer.value(feature, column, &asked.datetime)))
            });
        }
    }
    Ok(count)
}

/// What a feature of a layer may look like: a report is a mark, a line or both.
fn shapes(published: &Published) -> Vec<TileGeometry> {
    let [width, height] = SWATCH_PX.map(|side| i32::from(side) * UNITS_PER_PX);
    let margin = MARGIN_PX * UNITS_PER_PX;
    let middle = height / 2;
    let line = TileGeometry::Lines(vec![vec![[margin, middle], [width - margin, middle]]]);
    let point = TileGeometry::Points(vec![[width / 2, middle]]);
    match published.layer.geometry_kind() {
        GeometryKind::Point => vec![point],
        GeometryKind::Line => vec![line],
        GeometryKind::Polygon => vec![area(margin)],
        _ if published.layer.meta.kind == LayerKind::Reference => vec![area(margin), line, point],
        _ => vec![line, point],
    }
}

/// The box of a swatch, so far from its edges in tile units.
fn area(margin: i32) -> TileGeometry {
    let [right, bottom] = SWATCH_PX.map(|side| i32::from(side) * UNITS_PER_PX - margin);
    TileGeometry::Polygons(vec![vec![vec![[margin, margin], [right, margin], [right, bottom], [margin, bottom]]]])
}

#[cfg(test)]
mod tests;
