//! How many features tiles leave out: counted where each would show, so that what a tile says is what it lacks.

use super::Budget;
use super::reach::Outline;
use super::shown::{Shown, coord};
use crate::cluster;
use crate::cut::Purpose;
use crate::grid::TileCoord;
use crate::scene::Prepared;
use std::ops::{AddAssign, Range, SubAssign};
use std::sync::Arc;

/// Features left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// All of them.
    pub features: u64,
    /// Those of them that are points, and so do show where points gather into clusters.
    pub points: u64,
}

impl LeftOut {
    /// One feature.
    pub(super) fn one(is_point: bool) -> Self {
        Self { features: 1, points: is_point.into() }
    }

    /// How many are missing, in clusters or without them.
    pub fn missing(self, clustered: bool) -> u64 {
        if clustered { self.features - self.points } else { self.features }
    }
}

impl AddAssign for LeftOut {
    fn add_assign(&mut self, more: Self) {
        *self = Self { features: self.features + more.features, points: self.points + more.points };
    }
}

impl SubAssign for LeftOut {
    fn sub_assign(&mut self, less: Self) {
        *self = Self { features: self.features.saturating_sub(less.features), points: self.points.saturating_sub(less.points) };
    }
}

impl Budget {
    /// What a tile leaves out. Tiles that leave nothing out cost no memory.
    pub fn left_out(&self, coord: TileCoord) -> LeftOut {
        self.left_out.get(&coord).copied().unwrap_or_default()
    }

    /// What each zoom leaves out, from zoom 0 to the last that leaves anything out.
    pub fn totals(&self) -> &[LeftOut] {
        &self.totals
    }

    /// The same after some features were replaced by others, each with its rank: what they were left out of, or are, is counted. Nobody
    /// else is let in or left out for that. The lowest zoom with tiles, and whether they leave out vertices, are those of the limits. `O(n)` in the tiles that leave something out.
    pub fn edited(
        self: &Arc<Self>,
        before: &[(Prepared<'_>, u8)],
        after: &[(Prepared<'_>, u8)],
        (min_zoom, is_simplified): (u8, bool),
    ) -> Arc<Self> {
        if before.iter().chain(after).all(|(_, rank)| *rank == 0) {
            return Arc::clone(self);
        }
        let purpose = Purpose::of_vector(is_simplified);
        let (mut edited, mut shown) = (Self::clone(self), Shown::default());
        for (features, count) in [(before, LeftOut::sub_assign as fn(&mut LeftOut, LeftOut)), (after, LeftOut::add_assign)] {
            features.iter().for_each(|(prepared, rank)| edited.recount(*prepared, min_zoom..*rank, purpose, count, &mut shown));
        }
        edited.left_out.retain(|_, left_out| left_out.features > 0);
        Arc::new(edited)
    }

    /// Counts a feature anew wherever it shows at some zooms, which are those that leave it out.
    fn recount(
        &mut self,
        prepared: Prepared<'_>,
        zooms: Range<u8>,
        purpose: Purpose,
        count: fn(&mut LeftOut, LeftOut),
        shown: &mut Shown,
    ) {
        let Some(outline) = Outline::of(prepared) else { return };
        let one = LeftOut::one(cluster::position(prepared).is_some());
        let totals = self.totals.iter_mut().skip(zooms.start.into());
        for (zoom, total) in zooms.zip(totals) {
            count(total, one);
            for coord in shown.of(outline, zoom, purpose, || Some(prepared)).iter().filter_map(|&tile| coord(tile, zoom)) {
                count(self.left_out.entry(coord).or_default(), one);
            }
        }
    }
}
