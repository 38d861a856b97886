//! A scene as lists of plain numbers, so that whoever keeps it in a file needs to know nothing of geometry; and back.
//!
//! Lists that come back are not believed: each stretch must begin where the one before ended, and together they must fill the list they
//! point into, so that nothing points outside, at nothing, or at the same place twice.

use super::{CHUNK, Kind, Scene, Span, StoredLevel, StoredPath};
use crate::boxes::StoredBox;
use crate::grid::MAX_ZOOM;
use std::borrow::Cow;

/// The lists of a scene.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SceneLists<'a> {
    /// For each geometry, where its shapes end.
    pub ends: Cow<'a, [u32]>,
    /// Kind (points, lines, polygons), start and count.
    pub shapes: Cow<'a, [[u32; 3]]>,
    /// Columns and rows on the grid.
    pub points: Cow<'a, [[u32; 2]]>,
    /// Start and count among paths.
    pub polygons: Cow<'a, [[u32; 2]]>,
    /// A box, the cells of a raster over it, then start and count among levels.
    pub paths: Cow<'a, [[u32; 10]]>,
    /// Highest zoom, start and count among vertices, start and count among chunks.
    pub levels: Cow<'a, [[u32; 5]]>,
    /// Columns and rows on the grid.
    pub vertices: Cow<'a, [[u32; 2]]>,
    /// For each vertex the zoom from which on it is needed.
    pub ranks: Cow<'a, [u8]>,
    /// Boxes.
    pub chunks: Cow<'a, [[u32; 4]]>,
}

/// Lists that no scene or budget can be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BrokenLists(pub(crate) &'static str);

impl Scene {
    /// The lists it consists of; all but one are lent. Labels are left out, since they are worked out when asked for.
    pub fn lists(&self) -> SceneLists<'_> {
        let shape = |&(kind, span): &(Kind, Span)| [kind as u32, span.start, span.count];
        SceneLists {
            ends: Cow::Borrowed(&self.ends),
            shapes: self.shapes.iter().map(shape).collect(),
            points: Cow::Borrowed(&self.points),
            polygons: Cow::Borrowed(bytemuck::cast_slice(&self.polygons)),
            paths: Cow::Borrowed(bytemuck::cast_slice(&self.paths)),
            levels: Cow::Borrowed(bytemuck::cast_slice(&self.levels)),
            vertices: Cow::Borrowed(&self.vertices),
            ranks: Cow::Borrowed(&self.ranks),
            chunks: Cow::Borrowed(bytemuck::cast_slice(&self.chunks)),
        }
    }

    /// The scene of some lists, taken over as they are. One pass over everything but vertices; refuses what points astray.
    pub fn from_lists(lists: SceneLists<'_>) -> Result<Self, BrokenLists> {
        let scene = Self {
            ends: lists.ends.into_owned(),
            shapes: lists.shapes.iter().map(shape).collect::<Option<_>>().ok_or(BrokenLists("a shape of no kind"))?,
            points: lists.points.into_owned(),
            polygons: bytemuck::cast_vec(lists.polygons.into_owned()),
            paths: bytemuck::cast_vec(lists.paths.into_owned()),
            levels: bytemuck::cast_vec(lists.levels.into_owned()),
            vertices: lists.vertices.into_owned(),
            ranks: lists.ranks.into_owned(),
            chunks: bytemuck::cast_vec(lists.chunks.into_owned()),
            ..Self::default()
        };
        scene.is_sound().ok_or(BrokenLists("a stretch of geometry that is not where it must be"))?;
        Ok(scene)
    }

    /// `None` if anything points astray.
    fn is_sound(&self) -> Option<()> {
        let last = self.ends.last().copied().unwrap_or(0);
        (self.ends.is_sorted() && last as usize == self.shapes.len() && self.ranks.len() == self.vertices.len()).then_some(())?;
        let (mut points, mut polygons, mut paths) = (Run::default(), Run::default(), Run::default());
        for &(kind, span) in &self.shapes {
            match kind {
                Kind::Points => points.take(span, &self.points).map(drop)?,
                Kind::Lines => paths.take(span, &self.paths).map(drop)?,
                Kind::Polygons => {
                    for &rings in polygons.take(span, &self.polygons)? {
                        paths.take(rings, &self.paths)?;
                    }
                }
            }
        }
        (points.fills(&self.points) && polygons.fills(&self.polygons) && paths.fills(&self.paths)).then_some(())?;
        self.are_paths_sound()
    }

    fn are_paths_sound(&self) -> Option<()> {
        let (mut levels, mut vertices, mut chunks) = (Run::default(), Run::default(), Run::default());
        for StoredPath { bounds, levels: span, .. } in &self.paths {
            let levels = levels.take(*span, &self.levels)?;
            let ascend = levels.is_sorted_by(|one, next| one.max_zoom < next.max_zoom);
            let last = levels.last().map(|level| level.max_zoom);
            (bounds.is_ordered() && ascend && last == Some(MAX_ZOOM.into())).then_some(())?;
        }
        for StoredLevel { vertices: span, chunks: boxes, .. } in &self.levels {
            let count = vertices.take(*span, &self.vertices)?.len();
            let expected = if count > CHUNK { count.div_ceil(CHUNK) } else { 0 };
            (boxes.count as usize == expected && (expected == 0 || chunks.take(*boxes, &self.chunks).is_some())).then_some(())?;
        }
        let whole = levels.fills(&self.levels) && vertices.fills(&self.vertices) && chunks.fills(&self.chunks);
        (whole && self.chunks.iter().all(StoredBox::is_ordered)).then_some(())
    }
}

fn shape(&[kind, start, count]: &[u32; 3]) -> Option<(Kind, Span)> {
    let kind = [Kind::Points, Kind::Lines, Kind::Polygons].into_iter().find(|known| *known as u32 == kind)?;
    Some((kind, Span { start, count }))
}

/// How far stretches have filled a list.
#[derive(Default)]
struct Run(usize);

impl Run {
    /// The next stretch, which must begin where the last one ended and must not be empty.
    fn take<'l, T>(&mut self, span: Span, list: &'l [T]) -> Option<&'l [T]> {
        let (start, count) = (span.start as usize, span.count as usize);
        if start != self.0 || count == 0 {
            return None;
        }
        let taken = list.get(start..start + count)?;
        self.0 += count;
        Some(taken)
    }

    fn fills<T>(&self, list: &[T]) -> bool {
        self.0 == list.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{Geometry, GeometryCollection, LineString, MultiPoint, Point, polygon};

    fn scene() -> Scene {
        let long: LineString<f64> = (0..300u32).map(|step| f64::from(step) * 0.03).map(|at| (at, at.sin())).collect();
        let area = polygon!(
            exterior: [(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.)],
            interiors: [[(x: 7., y: 1.), (x: 8., y: 1.), (x: 8., y: 2.)]],
        );
        let members = GeometryCollection(vec![Point::new(1.0, 2.0).into(), long.clone().into(), area.clone().into()]);
        let mut scene = Scene::default();
        let all: [Option<Geometry<f64>>; 6] = [
            Some(area.into()),
            None,
            Some(MultiPoint::from(vec![(-170.0, 80.0), (1.0, 1.0)]).into()),
            Some(long.into()),
            Some(Geometry::GeometryCollection(members)),
            Some(Point::new(170.0, -80.0).into()),
        ];
        all.iter().for_each(|geometry| scene.push(geometry.as_ref()));
        scene
    }

    #[test]
    fn every_list_comes_back() {
        for scene in [scene(), Scene::default(), { scene().arranged(&[5, 3, 1, 0, 2, 4]) }] {
            let lists = scene.lists();
            assert_eq!(format!("{:?}", Scene::from_lists(lists.clone()).unwrap()), format!("{scene:?}"));
        }
    }

    /// Every number of every list that places something, changed one at a time.
    #[test]
    fn whatever_points_astray_is_refused() {
        let scene = scene();
        let whole = scene.lists();
        let mut refused = 0;
        let mut refuse = |change: &dyn Fn(&mut SceneLists<'_>)| {
            let mut lists = whole.clone();
            change(&mut lists);
            assert!(Scene::from_lists(lists).is_err());
            refused += 1;
        };
        for other in [1, 7, u32::MAX] {
            for at in 0..whole.shapes.len() {
                (0..3).for_each(|part| refuse(&|lists| lists.shapes.to_mut()[at][part] ^= other << 2));
            }
            (0..whole.polygons.len())
                .for_each(|at| (0..2).for_each(|part| refuse(&|lists| lists.polygons.to_mut()[at][part] ^= other)));
            (0..whole.paths.len())
                .for_each(|at| (8..10).for_each(|part| refuse(&|lists| lists.paths.to_mut()[at][part] ^= other)));
            (0..whole.levels.len()).for_each(|at| {
                let parts = if whole.levels[at][4] == 0 { vec![1, 2, 4] } else { vec![1, 2, 3, 4] };
                parts.into_iter().for_each(|part| refuse(&|lists| lists.levels.to_mut()[at][part] ^= other));
            });
            refuse(&|lists| *lists.ends.to_mut().last_mut().unwrap() ^= other);
        }
        refuse(&|lists| lists.chunks.to_mut()[0] = [2, 0, 1, 0]);
        refuse(&|lists| lists.vertices.to_mut().truncate(1));
        refuse(&|lists| lists.ranks.to_mut().push(0));
        refuse(&|lists| lists.points.to_mut().push([0; 2]));
        assert!(refused > 50, "{refused}");
    }
}
