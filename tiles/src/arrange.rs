//! Geometries put in the order in which tiles read them, so that a tile reads a few stretches of memory instead of a thousand places.

use crate::scene::{Kind, Scene, Span, StoredLevel, StoredPath};

impl Scene {
    /// The same geometries in another order: number `n` of the new is `order[n]` of this. Never more than one long list is there twice.
    #[must_use]
    pub fn arranged(self, order: &[u32]) -> Self {
        let mut arranged = Self::default();
        arranged.ends.reserve_exact(self.ends.len());
        arranged.shapes.reserve_exact(self.shapes.len());
        arranged.points.reserve_exact(self.points.len());
        arranged.polygons.reserve_exact(self.polygons.len());
        arranged.paths.reserve_exact(self.paths.len());
        arranged.levels.reserve_exact(self.levels.len());
        order.iter().for_each(|&number| arranged.take(&self, number));
        let Self { vertices, ranks, chunks, .. } = self;
        arranged.vertices.reserve_exact(vertices.len());
        join(&mut arranged.vertices, &arranged.levels, |level| level.vertices, &vertices);
        drop(vertices);
        arranged.ranks.reserve_exact(ranks.len());
        join(&mut arranged.ranks, &arranged.levels, |level| level.vertices, &ranks);
        drop(ranks);
        arranged.chunks.reserve_exact(chunks.len());
        join(&mut arranged.chunks, &arranged.levels, |level| level.chunks, &chunks);
        string(&mut arranged.levels, 0, 0);
        arranged
    }

    /// Copies of geometries, wherever they stand.
    pub fn copied<'a>(geometries: impl Iterator<Item = (&'a Self, u32)>) -> Self {
        let mut copies = Self::default();
        for (scene, number) in geometries {
            let first = copies.levels.len();
            copies.take(scene, number);
            let taken = copies.levels.get_mut(first..).unwrap_or_default();
            let (vertices, chunks) = (copies.vertices.len(), copies.chunks.len());
            join(&mut copies.vertices, taken, |level| level.vertices, &scene.vertices);
            join(&mut copies.ranks, taken, |level| level.vertices, &scene.ranks);
            join(&mut copies.chunks, taken, |level| level.chunks, &scene.chunks);
            string(taken, vertices, chunks);
        }
        copies
    }

    /// Appends a geometry of another scene, but for the long lists: its levels still name stretches of the other's.
    fn take(&mut self, from: &Self, number: u32) {
        for &(kind, span) in from.shapes_of(number) {
            let moved = match kind {
                Kind::Points => {
                    let start = self.points.len();
                    self.points.extend_from_slice(span.of(&from.points));
                    Span::since(start, &self.points)
                }
                Kind::Lines => self.take_paths(from, span),
                Kind::Polygons => {
                    let polygons: Vec<Span> = span.of(&from.polygons).iter().map(|rings| self.take_paths(from, *rings)).collect();
                    let start = self.polygons.len();
                    self.polygons.extend(polygons);
                    Span::since(start, &self.polygons)
                }
            };
            self.shapes.push((kind, moved));
        }
        self.ends.push(u32::try_from(self.shapes.len()).unwrap_or(u32::MAX));
    }

    fn take_paths(&mut self, from: &Self, paths: Span) -> Span {
        let first = self.paths.len();
        for path in paths.of(&from.paths) {
            let start = self.levels.len();
            self.levels.extend_from_slice(path.levels.of(&from.levels));
            self.paths.push(StoredPath { levels: Span::since(start, &self.levels), ..*path });
        }
        Span::since(first, &self.paths)
    }
}

/// Appends the stretches of a list that levels name, one after the other.
fn join<T: Copy>(joined: &mut Vec<T>, levels: &[StoredLevel], of: impl Fn(&StoredLevel) -> Span, list: &[T]) {
    levels.iter().for_each(|level| joined.extend_from_slice(of(level).of(list)));
}

/// Lets levels name stretches that follow each other.
fn string(levels: &mut [StoredLevel], mut vertices: usize, mut chunks: usize) {
    for level in levels {
        level.vertices = level.vertices.from(&mut vertices);
        level.chunks = level.chunks.from(&mut chunks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{Geometry, LineString, MultiPoint, Point, polygon};

    fn geometries() -> Vec<Option<Geometry<f64>>> {
        let ring: LineString<f64> =
            (0..300u32).map(|step| f64::from(step) * 0.021).map(|angle| (4.0 * angle.cos(), 4.0 * angle.sin())).collect();
        vec![
            Some(Point::new(170.0, -80.0).into()),
            None,
            Some(geo_types::Polygon::new(ring, vec![]).into()),
            Some(MultiPoint::from(vec![(-170.0, 80.0), (1.0, 1.0)]).into()),
            Some(polygon!(exterior: [(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.)], interiors: [[(x: 7., y: 1.), (x: 8., y: 1.), (x: 8., y: 2.)]]).into()),
            Some(LineString::from(vec![(-170.0, 79.0), (-169.0, 79.5)]).into()),
        ]
    }

    #[test]
    fn every_geometry_moves_whole() {
        let (all, mut scene, mut expected) = (geometries(), Scene::default(), Scene::default());
        all.iter().for_each(|geometry| scene.push(geometry.as_ref()));
        let order = [5, 4, 1, 0, 2, 3];
        order.iter().for_each(|&number| expected.push(all[number as usize].as_ref()));
        assert_eq!(format!("{:?}", scene.arranged(&order)), format!("{expected:?}"));
    }
}
