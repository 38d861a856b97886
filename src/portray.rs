//! The one place where layers meet tiles: which features of a layer a tile shows, and with which properties.
//!
//! In: published layers and an asked time. Out: an encoded vector tile or a picture. All geometry work happens in `roadblock_tiles`.

mod alike;
mod clusters;
mod deadline;
mod found;
pub mod legend;
mod near;
pub mod sheet;
mod short;
mod vector;

pub use clusters::fields as cluster_fields;
pub use deadline::Deadline;
pub use found::Found;
pub use near::near;
pub use short::found_if_short;
pub use vector::{vector_tile, vector_tile_of};

use crate::style::{Drawn, Look, Named};
use crate::tile::{PictureFormat, Worker};
use crate::world::clusters::Clustered;
use crate::world::drawn::DrawnFeature;
use crate::world::{Published, builtin};
use clusters::Shown;
use roadblock_layers::feature::GeometryKind;
use roadblock_layers::features::FeatureRef;
use roadblock_layers::index::Bounds;
use roadblock_layers::layer::{Asked, Layer, LayerKind, PhaseSet};
use roadblock_layers::value::Value;
use roadblock_layers::view::kind_of;
use roadblock_layers::vocab::Kind;
use roadblock_tiles::cluster;
use roadblock_tiles::cut::{Frame, Purpose, TileGeometry, cut};
use roadblock_tiles::grid::TileCoord;
use roadblock_tiles::label;
use roadblock_tiles::raster::{self, Image, ImageError, RasterFeature, Section, SourceLayer, TooMuch, Val};
use roadblock_tiles::scene::Prepared;
use roadblock_tiles::vector::EncodeError;
use std::sync::Arc;

/// Phases a map draws unless asked otherwise: reports whose effect is over stay out.
pub const MAP_PHASES: PhaseSet = PhaseSet::ACTIVE_AND_RECENT;

/// What a vector tile shows beyond its edge, in tile units: strokes and symbols must not break at seams.
const VECTOR_BUFFER: u32 = 64;

/// Why a tile cannot be made of what it shows.
#[derive(Debug, thiserror::Error)]
pub enum PortrayError {
    /// As a vector tile.
    #[error(transparent)]
    Vector(#[from] EncodeError),
    /// As a picture.
    #[error(transparent)]
    Picture(#[from] ImageError),
    /// It would take more time or memory than a picture may.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
}

/// Whether the points of a layer are shown as clusters.
fn is_clustered(published: &Published, clustered: &Clustered) -> bool {
    clustered.contains(published.layer.meta.name.as_str())
}

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
    let (coord, buffers) = (section.coord(), section.buffers(&named.style, name, clustered));
    let properties = |feature: FeatureRef<'_>| {
        let values = columns.iter().map(|(column, spec)| (spec, layer.value(feature, *column, &asked.datetime)));
        values.filter_map(|(spec, value)| Some((Arc::clone(&spec.name), drawn(value)?))).collect()
    };
    let reach = buffers.furthest();
    let [lines, areas, points, all] =
        [buffers.lines, buffers.areas, buffers.points, reach].map(|buffer| Frame::new(coord, buffer));
    let Worker { hits, scratch, .. } = worker;
    find(published, clustered, coord, reach, asked, hits);
    for &number in &*hits {
        room.is_enough()?;
        let Some(drawn) = published.drawn.get(number).filter(|drawn| is_itself(drawn, clustered)) else { continue };
        let before = features.len();
        let (Some(feature), prepared) = (layer.feature(number), drawn.prepared) else { continue };
        let mut label_at = if buffers.has_symbols() { label::points(prepared, coord, buffers.points) } else { Vec::new() };
        let frame = match feature.geometry_kind() {
            GeometryKind::Line => &lines,
            GeometryKind::Polygon => &areas,
            GeometryKind::Point => &points,
            GeometryKind::Mixed | GeometryKind::None => &all,
        };
        cut(prepared, frame, Purpose::Picture, scratch, |geometry| {
            let (geometry, label_at) = (geometry.clone(), std::mem::take(&mut label_at));
            features.push(RasterFeature { geometry, label_at, properties: properties(feature) });
        });
        if let Some(geometry) = has_marks.then(|| mark(prepared, coord, buffers.points)).flatten() {
            features.push(RasterFeature { geometry, label_at: Vec::new(), properties: properties(feature) });
        }
        if !label_at.is_empty() {
            // The area is too far away to show, its text is not.
            features.push(RasterFeature {
                geometry: TileGeometry::Polygons(Vec::new()),
                label_at,
                properties: properties(feature),
            });
        }
        features.iter().skip(before).for_each(|feature| room.take(feature));
    }
    if clustered {
        // Counts must see what pushes names aside; a point alone is drawn no differently than in any layer.
        let alone = section.buffers(&named.style, name, false);
        clusters::visit(published, coord, Purpose::Picture, buffers.points, asked, |points, shown| {
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

/// Whether lines and areas of a layer have a mark, as reports on a stretch of road do.
fn has_marks(layer: &Layer) -> bool {
    let kind = kind_of(layer.meta.name.as_str());
    layer.meta.kind == LayerKind::Domain && matches!(kind, Some(Kind::Blockade | Kind::Area))
}

/// The mark of a line or an area: one point for all of it beside the geometry, for each tile would else put a mark or a text on its own part.
fn mark(prepared: Prepared<'_>, coord: TileCoord, buffer: u32) -> Option<TileGeometry> {
    let points = label::mark(prepared, coord, buffer);
    (!points.is_empty()).then_some(TileGeometry::Points(points))
}

/// The value as styles see it.
fn drawn(value: &Value) -> Option<Val> {
    match value {
        Value::Null | Value::Json(_) => None,
        Value::Bool(value) => Some(Val::Bool(*value)),
        Value::Int(value) => Some(Val::Number(*value as f64)),
        Value::Float(value) => Some(Val::Number(*value)),
        Value::Text(value) => Some(Val::Text(Arc::clone(value))),
    }
}

/// Numbers of the features that fit in time and may show in the tile or its buffer, in order; none of a layer whose points are
/// clustered.
fn find(published: &Published, clustered: bool, coord: TileCoord, buffer: u32, asked: &Asked, hits: &mut Vec<u32>) {
    hits.clear();
    if clustered && published.layer.geometry_kind() == GeometryKind::Point {
        return;
    }
    published.layer.query(&boxes_around(coord, buffer), coord.z(), asked, hits);
}

/// The box around a tile and a buffer in tile units, or the boxes where it crosses 180°.
pub fn boxes_around(coord: TileCoord, buffer: u32) -> Vec<Bounds> {
    coord.bounds_deg(buffer).iter().filter_map(|b| Bounds::new(b.west, b.south, b.east, b.north)).collect()
}

/// Whether a feature shows as itself: points of a clustered layer do not.
fn is_itself(drawn: &DrawnFeature<'_>, clustered: bool) -> bool {
    !(clustered && cluster::position(drawn.prepared).is_some())
}
