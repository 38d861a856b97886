//! Pictures of layers: which features they show, with which properties, cut as far as their strokes and texts reach.

use super::clusters::{self, Shown};
use super::found::hits;
use super::{Deadline, PortrayError, boxes_around, has_marks, is_clustered, is_itself, mark};
use crate::style::{Drawn, Look, Named};
use crate::tile::{PictureFormat, Worker};
use crate::world::clusters::Clustered;
use crate::world::{Published, builtin};
use roadblock_layers::feature::GeometryKind;
use roadblock_layers::features::FeatureRef;
use roadblock_layers::layer::Asked;
use roadblock_layers::value::Value;
use roadblock_tiles::cut::{TileGeometry, cut};
use roadblock_tiles::frame::Frame;
use roadblock_tiles::grid::TileCoord;
use roadblock_tiles::label;
use roadblock_tiles::raster::{self, Image, RasterFeature, Section, SourceLayer, TooMuch, Val};
use std::sync::Arc;

/// Draws the layers by a style, so many picture pixels to a style pixel; a basemap never goes without the background.
pub fn raster_tile(
    layers: &[Arc<Published>],
    clustered: &Clustered,
    look: &Look,
    coord: TileCoord,
    asked: &Asked,
    (format, ratio): (PictureFormat, u16),
    worker: &mut Worker,
) -> Result<Vec<u8>, PortrayError> {
    let deadline = Deadline::of_tile(worker.patience);
    let picture = picture(layers, clustered, look, &Section::tile(coord, ratio), asked, (worker, deadline))?;
    Ok(match format {
        PictureFormat::Png => picture.to_png()?,
        PictureFormat::Webp => picture.to_webp()?,
        PictureFormat::Jpeg => picture.to_jpeg()?,
    })
}

/// Draws a section of the map, unless it takes too much.
pub fn picture(
    layers: &[Arc<Published>],
    clustered: &Clustered,
    look: &Look,
    section: &Section,
    asked: &Asked,
    (worker, deadline): (&mut Worker, Deadline),
) -> Result<Image, TooMuch> {
    let shown = layers.iter().filter(|published| published.has_tiles_at(section.coord().z()));
    let mut room = Room { left: MOST_BYTES, deadline };
    let sources: Vec<SourceLayer<'_>> = shown
        .map(|published| {
            raster_layer(published, is_clustered(published, clustered), &look.named, section, asked, (worker, &mut room))
        })
        .collect::<Result<_, _>>()?;
    let with_background = look.with_background || sources.iter().any(|source| source.name == builtin::BASEMAP);
    let is_late = || deadline.is_over();
    let (style, icons) = (&look.named.style, &look.named.icons);
    let picture = raster::render_within(style, icons, section, &sources, with_background, &mut worker.canvas, &is_late);
    if look.named.drawn == Drawn::Named {
        for name in icons.newly_missed() {
            tracing::warn!(style = %look.named.id, "there is no icon or pattern '{name}', which data asked for; nothing is drawn for it");
        }
    }
    picture
}

/// Bytes that the features of a picture may take before they are drawn.
const MOST_BYTES: usize = 32 << 20;

/// Time and memory that are left for what a picture shows.
struct Room {
    left: usize,
    deadline: Deadline,
}

impl Room {
    /// Takes the room of a feature, roughly, with that of the path that is made of it.
    fn take(&mut self, feature: &RasterFeature) {
        let vertices = match &feature.geometry {
            TileGeometry::Points(points) => points.len(),
            TileGeometry::Lines(lines) => lines.iter().map(Vec::len).sum(),
            TileGeometry::Polygons(polygons) => polygons.iter().flatten().map(Vec::len).sum(),
        };
        let bytes =
            size_of::<RasterFeature>() + size_of::<(Arc<str>, Val)>() * feature.properties.len() + BYTES_A_VERTEX * vertices;
        self.left = self.left.saturating_sub(bytes);
    }

    /// Looked at for each feature: to cut one may take long, to look takes little.
    fn is_enough(&self) -> Result<(), TooMuch> {
        if self.left == 0 || self.deadline.is_over() { Err(TooMuch) } else { Ok(()) }
    }
}

/// A vertex, and what it becomes in a path.
const BYTES_A_VERTEX: usize = 64;

fn raster_layer<'a>(
    published: &'a Published,
    clustered: bool,
    named: &Named,
    section: &Section,
    asked: &Asked,
    (worker, room): (&mut Worker, &mut Room),
) -> Result<SourceLayer<'a>, TooMuch> {
    let layer = &published.layer;
    let name = layer.meta.name.as_str();
    let columns = layer.meta.tile_columns.iter().filter_map(|&column| Some((column, layer.schema.columns().get(column)?)));
    let columns: Vec<_> = columns.filter(|(_, column)| named.style.reads(name, &column.name)).collect();
    let mut features = Vec::new();
    let has_marks = has_marks(layer);
    let (coord, purpose, buffers) = (section.coord(), section.purpose(), section.buffers(&named.style, name, clustered));
    let properties = |feature: FeatureRef<'_>| {
        let values = columns.iter().map(|(column, spec)| (spec, layer.value(feature, *column, &asked.datetime)));
        values.filter_map(|(spec, value)| Some((Arc::clone(&spec.name), drawn(value)?))).collect()
    };
    let reach = buffers.furthest();
    let [lines, areas, points, all] =
        [buffers.lines, buffers.areas, buffers.points, reach].map(|buffer| Frame::new(coord, buffer));
    let found = hits(published, clustered, (&boxes_around(coord, reach), coord.z()), asked, usize::MAX);
    for hit in found.into_iter().flatten() {
        room.is_enough()?;
        let Some(drawn) = published.drawn.at(hit.slot).filter(|drawn| is_itself(drawn, clustered)) else { continue };
        let (Some(feature), prepared) = (layer.feature(hit.number), drawn.prepared) else { continue };
        let mut add = |feature: RasterFeature| {
            room.take(&feature);
            features.push((hit.place, feature));
        };
        let mut label_at = if buffers.has_symbols() { label::points(prepared, &points) } else { Vec::new() };
        let frame = match feature.geometry_kind() {
            GeometryKind::Line => &lines,
            GeometryKind::Polygon => &areas,
            GeometryKind::Point => &points,
            GeometryKind::Mixed | GeometryKind::None => &all,
        };
        cut(prepared, frame, purpose, &mut worker.scratch, |geometry| {
            let (geometry, label_at) = (geometry.clone(), std::mem::take(&mut label_at));
            add(RasterFeature { geometry, label_at, properties: properties(feature) });
        });
        if let Some(geometry) = has_marks.then(|| mark(prepared, &points)).flatten() {
            add(RasterFeature { geometry, label_at: Vec::new(), properties: properties(feature) });
        }
        if !label_at.is_empty() {
            // The area is too far away to show, its text is not.
            add(RasterFeature { geometry: TileGeometry::Polygons(Vec::new()), label_at, properties: properties(feature) });
        }
    }
    features.sort_by_key(|(place, _)| *place);
    let mut features: Vec<RasterFeature> = features.into_iter().map(|(_, feature)| feature).collect();
    if clustered {
        // Counts must see what pushes names aside; a point alone is drawn no differently than in any layer.
        let alone = section.buffers(&named.style, name, false);
        clusters::visit(published, &points, purpose, asked, |points, shown| {
            let properties = match shown {
                Shown::Alone(_) if !points.iter().any(|at| alone.hold_point(*at)) => return,
                Shown::Alone(feature) => properties(feature),
                Shown::Cluster { values, .. } => {
                    let read = values.into_iter().filter(|(property, _)| named.style.reads(name, property));
                    read.map(|(property, word)| (property.into(), word.drawn())).collect()
                }
            };
            features.push(RasterFeature { geometry: TileGeometry::Points(points), label_at: Vec::new(), properties });
        });
    }
    Ok(SourceLayer { name, features })
}

/// The value as styles see it.
pub(super) fn drawn(value: &Value) -> Option<Val> {
    match value {
        Value::Null | Value::Json(_) => None,
        Value::Bool(value) => Some(Val::Bool(*value)),
        Value::Int(value) => Some(Val::Number(*value as f64)),
        Value::Float(value) => Some(Val::Number(*value)),
        Value::Text(value) => Some(Val::Text(Arc::clone(value))),
    }
}
