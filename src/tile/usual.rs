//! How many features tiles of a zoom usually show, so that one that stands out is known.

use roadblock_tiles::grid::MAX_ZOOM;

/// How many of the last tiles make up the mean, roughly.
const MEMORY: f32 = 64.0;

/// So many times the mean is more than usual.
const MORE_THAN_USUAL: f32 = 2.0;

/// For each zoom the mean of what tiles showed lately, and of how many, `MEMORY` at most.
#[derive(Debug, Default)]
pub struct Usual([(f32, f32); MAX_ZOOM as usize + 1]);

impl Usual {
    /// Whether a tile shows far more features than those of its zoom before it; it counts from now on.
    pub fn stands_out(&mut self, zoom: u8, features: usize) -> bool {
        let Some((mean, tiles)) = self.0.get_mut(usize::from(zoom)) else { return false };
        let features = features as f32;
        let stands_out = *tiles > 0.0 && features > MORE_THAN_USUAL * *mean;
        *tiles = MEMORY.min(*tiles + 1.0);
        *mean += (features - *mean) / *tiles;
        stands_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_out_is_told_by_the_tiles_of_its_zoom_before_it() {
        let mut usual = Usual::default();
        assert!((0..100).all(|nth| !usual.stands_out(11, 90 + nth % 20)));
        assert!(!usual.stands_out(11, 190));
        assert!(usual.stands_out(11, 240));
        assert!(!usual.stands_out(12, 5_000), "the first of a zoom");
        assert!(!usual.stands_out(MAX_ZOOM + 1, 1_000), "no tile has that zoom");
    }

    #[test]
    fn what_was_unusual_becomes_usual() {
        let mut usual = Usual::default();
        assert!(!usual.stands_out(8, 100));
        let first = (0..200).find(|_| !usual.stands_out(8, 5_000));
        assert_eq!(first, Some(1), "two of three");
        (0..1_000).for_each(|_| assert!(!usual.stands_out(8, 5_000)));
        let first = (0..200).find(|_| !usual.stands_out(8, 20_000));
        assert!(first.is_some_and(|first| (16..32).contains(&first)), "{first:?}");
    }
}
