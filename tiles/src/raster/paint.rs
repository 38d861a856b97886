//! One feature by one rule: fills, hatches, lines, circles; symbols are handed on to be placed.

use super::along::Way;
use super::canvas::Picture;
use super::color::faded;
use super::dash::{self, Start};
use super::disc::Disc;
use super::expression::Scope;
use super::icons::{Hatch, Icons};
use super::labels::Placing;
use super::pen::Pen;
use super::pixels::near;
use super::room::REACH_PX;
use super::section::Section;
use super::stretches::{self, Stretch};
use super::strokes::Strokes;
use super::style::{Kind, Placement, Rule, miter_limit};
use super::{RasterFeature, anchors, parallel, symbol};
use crate::cut::{Ring, TileGeometry};
use std::sync::Arc;
use vello_cpu::kurbo::{BezPath, Cap, Join, Point, Rect};

/// Length of a dash of no length, style pixels: without a cap it does not show.
const SHORTEST_DASH_PX: f64 = 1e-3;
/// How far the points of sharp corners of outlines and hatches stand out, in widths.
const MITER_LIMIT: f64 = 2.0;
/// Thinnest stroke, style pixels: thinner ones fade instead.
const THINNEST_PX: f64 = 0.5;

pub(super) fn background(rule: &Rule, zoom: f64, icons: &Icons, picture: &mut Picture<'_>) {
    let scope = Scope { zoom, geometry: "", properties: &[] };
    if let Some(name) = pattern(rule, "background-pattern", &scope) {
        let opacity = rule.amount("background-opacity", &scope) as f32;
        icons.hatch(&name).into_iter().flatten().for_each(|lines| hatched(lines, opacity, picture.bounds(), picture));
    } else if let Some(color) = rule.color("background-color", "background-opacity", &scope) {
        picture.cover(color);
    }
}

pub(super) fn feature(
    rule: &Rule,
    scope: &Scope<'_>,
    feature: &RasterFeature,
    icons: &Icons,
    picture: &mut Picture<'_>,
    strokes: &mut Strokes,
) {
    match (rule.kind, &feature.geometry) {
        (Kind::Fill, TileGeometry::Polygons(polygons)) => fill(rule, scope, polygons, icons, picture, strokes),
        (Kind::Line, TileGeometry::Lines(lines)) => {
            if !picture.work.step(vertices(lines)) {
                return;
            }
            let near = stretches::of(lines, rule.reach_px(scope), &picture.section);
            line(rule, scope, near.into_iter().map(|Stretch { path, before }| (path, Start::Along(before))), picture, strokes);
        }
        (Kind::Line, TileGeometry::Polygons(polygons)) => {
            let section = picture.section;
            let around = |ring: &Ring| ring.iter().chain(ring.first()).map(|at| section.px(*at)).collect();
            let rings = polygons.iter().flatten().map(|ring| (around(ring), Start::OnMap(section.origin())));
            line(rule, scope, rings, picture, strokes);
        }
        (Kind::Circle, TileGeometry::Points(points)) => circles(rule, scope, points, picture),
        _ => (),
    }
}

/// Hands the symbols of a feature on.
pub(super) fn symbols(
    rule: &Rule,
    scope: &Scope<'_>,
    RasterFeature { geometry, label_at, .. }: &RasterFeature,
    icons: &Icons,
    picture: &mut Picture<'_>,
    placing: &mut Placing,
) {
    let section = picture.section;
    let points = match (rule.placement, geometry) {
        (Placement::Point, TileGeometry::Points(points)) => points,
        (Placement::Point, TileGeometry::Polygons(_)) => label_at,
        (Placement::Line | Placement::LineCenter, TileGeometry::Lines(lines)) => {
            let spacing = (rule.placement == Placement::Line).then(|| symbol::spacing(rule, scope) / section.unit_px());
            let alignments = ["icon-rotation-alignment", "text-rotation-alignment"];
            let turns = alignments.iter().any(|alignment| symbol::turns(rule, scope, alignment));
            if !picture.work.step(vertices(lines)) {
                return;
            }
            let anchors = anchors::of(lines, section.lines_reach(), spacing);
            let placed =
                |at: [i32; 2]| (section.px(at), if turns { Way::around(lines, at, 2.0 * REACH_PX, &section) } else { None });
            let places = anchors.into_iter().map(|places| places.into_iter().map(placed));
            return placing.add(rule, scope, places, icons, picture);
        }
        _ => return,
    };
    placing.add(rule, scope, points.iter().map(|at| std::iter::once((section.px(*at), None))), icons, picture);
}

fn vertices(lines: &[Vec<[i32; 2]>]) -> usize {
    lines.iter().map(Vec::len).sum()
}

/// What expressions call the kind of a geometry.
pub(super) fn geometry_type(geometry: &TileGeometry) -> &'static str {
    match geometry {
        TileGeometry::Points(_) => "Point",
        TileGeometry::Lines(_) => "LineString",
        TileGeometry::Polygons(_) => "Polygon",
    }
}

/// The name of the pattern that stands instead of a colour, if there is one.
fn pattern(rule: &Rule, name: &str, scope: &Scope<'_>) -> Option<Arc<str>> {
    rule.text(name, scope).filter(|name| !name.is_empty())
}

fn fill(
    rule: &Rule,
    scope: &Scope<'_>,
    polygons: &[Vec<Ring>],
    icons: &Icons,
    picture: &mut Picture<'_>,
    outlines: &mut Strokes,
) {
    if polygons.is_empty() {
        return;
    }
    let shape = outline(polygons.iter().flatten().map(Vec::as_slice), true, &picture.section);
    if let Some(name) = pattern(rule, "fill-pattern", scope) {
        let Some(hatch) = icons.hatch(&name) else { return };
        let opacity = rule.amount("fill-opacity", scope) as f32;
        let part = shape.control_box().intersect(picture.bounds());
        return picture.clipped(&shape, |picture| hatch.iter().for_each(|lines| hatched(lines, opacity, part, picture)));
    }
    if let Some(color) = rule.color("fill-color", "fill-opacity", scope) {
        picture.fill(&shape, color);
    }
    if let Some(color) = rule.color("fill-outline-color", "fill-opacity", scope) {
        // All outlines of a rule lie over all its fills, as map clients draw them.
        let pen = Pen { color, width: 1.0, cap: Cap::Butt, join: Join::Miter, miter_limit: MITER_LIMIT };
        outlines.path(pen, picture).extend(shape);
    }
}

/// Parallel lines over a part of the picture, hung on the whole map so that they continue in the next tile.
pub(super) fn hatched(hatch: &Hatch, opacity: f32, part: Rect, picture: &mut Picture<'_>) {
    let (along, across) = ([hatch.angle.cos(), hatch.angle.sin()], [-hatch.angle.sin(), hatch.angle.cos()]);
    let corners = [[part.x0, part.y0], [part.x1, part.y0], [part.x0, part.y1], [part.x1, part.y1]];
    let extent = |axis: [f64; 2]| {
        let places = corners.map(|[x, y]| x * axis[0] + y * axis[1]);
        places.into_iter().fold([f64::MAX, f64::MIN], |[low, high], at| [low.min(at), high.max(at)])
    };
    // The ends of the lines must not show.
    let [start, end] = extent(along);
    let [start, end] = [start - hatch.width_px, end + hatch.width_px];
    let offset = picture.origin[0] * across[0] + picture.origin[1] * across[1];
    let [low, high] = extent(across).map(|at| at + offset);
    let mut path = BezPath::new();
    let mut number = ((low - hatch.width_px) / hatch.spacing_px).floor();
    while number * hatch.spacing_px <= high + hatch.width_px {
        let beside = number * hatch.spacing_px - offset;
        let at = |distance: f64| Point::new(beside * across[0] + distance * along[0], beside * across[1] + distance * along[1]);
        path.move_to(at(start));
        path.line_to(at(end));
        number += 1.0;
    }
    let (color, width) = (faded(hatch.color, opacity), hatch.width_px);
    picture.stroke(&path, Pen { color, width, cap: Cap::Butt, join: Join::Miter, miter_limit: MITER_LIMIT });
}

/// Strokes paths (style pixels), each with where its dashes start; closed paths have their start at the end again.
fn line(
    rule: &Rule,
    scope: &Scope<'_>,
    paths: impl Iterator<Item = (Vec<[f64; 2]>, Start)>,
    picture: &mut Picture<'_>,
    strokes: &mut Strokes,
) {
    let Some(pen) = pen(rule, scope) else { return };
    let dashes: Option<Vec<f64>> = rule.numbers("line-dasharray", scope).map(|pattern| {
        let width = rule.amount("line-width", scope);
        // A dash of no length has caps, and must not be lost before it gets them.
        pattern.iter().map(|dash| (dash * width).max(SHORTEST_DASH_PX)).collect()
    });
    // Only round caps are seen on dashes: square ones would take what the pattern leaves free.
    let pen = if dashes.is_some() && pen.cap == Cap::Square { Pen { cap: Cap::Butt, ..pen } } else { pen };
    let offset = rule.amount("line-offset", scope);
    let gap = rule.amount("line-gap-width", scope);
    // A casing is a stroke to each side of the gap.
    let half = (gap + pen.width) / 2.0;
    let offsets = if gap > 0.0 { vec![offset - half, offset + half] } else { vec![offset] };
    for (path, start) in paths {
        if !picture.work.step(path.len()) {
            return;
        }
        let shape = strokes.path(pen, picture);
        let is_ring = matches!(start, Start::OnMap(_));
        // Rings run the other way round in vector tiles, for which styles are written: to the right lies what is inside.
        let side = if is_ring { -1.0 } else { 1.0 };
        let (pieces, closed) = match &dashes {
            Some(dashes) => (dash::split(&path, dashes, start), false),
            None => (vec![path], is_ring),
        };
        for (piece, offset) in pieces.iter().flat_map(|piece| offsets.iter().map(move |offset| (piece, offset * side))) {
            if offset == 0.0 {
                append(shape, piece.iter().copied(), closed);
            } else {
                append(shape, parallel::beside(piece, offset, closed).into_iter(), closed);
            }
        }
    }
    if pen.color[3] < 1.0 {
        // Where see-through lines cross, the crossing is darker: each is drawn for itself.
        strokes.draw(picture);
    }
}

/// How a line rule draws a feature; `None` if it shows nothing.
fn pen(rule: &Rule, scope: &Scope<'_>) -> Option<Pen> {
    let color = rule.color("line-color", "line-opacity", scope)?;
    let width = rule.amount("line-width", scope);
    if width <= 0.0 {
        return None;
    }
    let (width, opacity) = if width < THINNEST_PX { (THINNEST_PX, width / THINNEST_PX) } else { (width, 1.0) };
    let cap = match rule.text("line-cap", scope).as_deref() {
        Some("round") => Cap::Round,
        Some("square") => Cap::Square,
        _ => Cap::Butt,
    };
    let join = match rule.text("line-join", scope).as_deref() {
        Some("round") => Join::Round,
        Some("bevel") => Join::Bevel,
        _ => Join::Miter,
    };
    let miter_limit = miter_limit(rule.amount("line-miter-limit", scope), width);
    Some(Pen { color: faded(color, opacity as f32), width, cap, join, miter_limit })
}

fn circles(rule: &Rule, scope: &Scope<'_>, points: &[[i32; 2]], picture: &mut Picture<'_>) {
    let [radius, ring, blur] = ["circle-radius", "circle-stroke-width", "circle-blur"].map(|name| rule.amount(name, scope));
    let color = |name: &str, opacity: &str| rule.color(name, opacity, scope).unwrap_or_default();
    let inner_color = color("circle-color", "circle-opacity");
    // Without a ring nothing of its colour may show where the inner one ends.
    let ring_color = if ring > 0.0 { color("circle-stroke-color", "circle-stroke-opacity") } else { inner_color };
    if [inner_color, ring_color].iter().all(|[.., alpha]| *alpha <= 0.0) {
        return;
    }
    let disc = Disc { radius, ring, blur, inner_color, ring_color };
    let (section, size) = (picture.section, picture.size_px());
    for at in points.iter().map(|at| section.px(*at)).filter(|at| near(*at, disc.reach(), size)) {
        picture.circle(at, &disc);
    }
}

fn outline<'a>(rings: impl Iterator<Item = &'a [[i32; 2]]>, closed: bool, section: &Section) -> BezPath {
    let mut shape = BezPath::new();
    rings.for_each(|ring| append(&mut shape, ring.iter().map(|at| section.px(*at)), closed));
    shape
}

fn append(shape: &mut BezPath, points: impl Iterator<Item = [f64; 2]>, closed: bool) {
    let before = shape.elements().len();
    for (number, [x, y]) in points.enumerate() {
        match number {
            0 => shape.move_to((x, y)),
            _ => shape.line_to((x, y)),
        }
    }
    if closed && shape.elements().len() > before {
        shape.close_path();
    }
}
