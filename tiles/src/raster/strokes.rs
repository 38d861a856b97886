//! Strokes that look alike, gathered so that the painter draws them as one shape: its cost is by the shape more than by the vertex.

use super::canvas::Picture;
use super::pen::Pen;
use vello_cpu::kurbo::BezPath;

/// Elements that are gathered before they are drawn: more take as long, and more memory.
const MOST_GATHERED: usize = 8_000;

/// Strokes of one pen, not drawn yet.
#[derive(Default)]
pub(super) struct Strokes {
    pen: Option<Pen>,
    path: BezPath,
}

impl Strokes {
    /// Where to add paths for a pen; what another pen had is drawn first.
    pub(super) fn path(&mut self, pen: Pen, picture: &mut Picture<'_>) -> &mut BezPath {
        if self.pen != Some(pen) || self.path.elements().len() > MOST_GATHERED {
            self.draw(picture);
            self.pen = Some(pen);
        }
        &mut self.path
    }

    /// Draws what is gathered.
    pub(super) fn draw(&mut self, picture: &mut Picture<'_>) {
        if let Some(pen) = self.pen.take() {
            picture.stroke(&self.path, pen);
            self.path.truncate(0);
        }
    }
}
