//! The lists that a tile's geometry is made of, kept when it has been read, so that the next one allocates nothing.

/// Positions in tile units, of a path or of points.
pub(crate) type Positions = Vec<[i32; 2]>;

/// Of each kind: a geometry of thousands of parts must not set aside room for as many.
const MOST_KEPT: usize = 256;

/// Empty lists, with the room that they had.
#[derive(Debug, Default)]
pub(crate) struct Spares {
    paths: Vec<Positions>,
    groups: Vec<Vec<Positions>>,
    polygons: Vec<Vec<Vec<Positions>>>,
}

impl Spares {
    /// For positions.
    pub(crate) fn path(&mut self) -> Positions {
        self.paths.pop().unwrap_or_default()
    }

    /// For lines, or the rings of a polygon.
    pub(crate) fn group(&mut self) -> Vec<Positions> {
        self.groups.pop().unwrap_or_default()
    }

    /// For polygons.
    pub(crate) fn polygons(&mut self) -> Vec<Vec<Positions>> {
        self.polygons.pop().unwrap_or_default()
    }

    /// Takes positions that were read.
    pub(crate) fn keep_path(&mut self, mut path: Positions) {
        if self.paths.len() < MOST_KEPT {
            path.clear();
            self.paths.push(path);
        }
    }

    /// Takes lines, or the rings of a polygon.
    pub(crate) fn keep_group(&mut self, mut group: Vec<Positions>) {
        group.drain(..).for_each(|path| self.keep_path(path));
        if self.groups.len() < MOST_KEPT {
            self.groups.push(group);
        }
    }

    /// Takes polygons.
    pub(crate) fn keep_polygons(&mut self, mut polygons: Vec<Vec<Positions>>) {
        polygons.drain(..).for_each(|group| self.keep_group(group));
        if self.polygons.len() < MOST_KEPT {
            self.polygons.push(polygons);
        }
    }
}
