//! A budget as lists of plain numbers, and back.

use super::{Budget, LeftOut};
use crate::grid::{MAX_ZOOM, TileCoord};
use crate::scene::BrokenLists;
use std::borrow::Cow;
use std::collections::HashMap;

/// The lists of a budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetLists<'a> {
    /// Zoom, column and row of a tile, and how many features and points it leaves out; ascending.
    pub left_out: Cow<'a, [[u64; 5]]>,
    /// How many features and points each zoom leaves out.
    pub totals: Cow<'a, [[u64; 2]]>,
}

impl Budget {
    /// The lists it consists of, the same at each call. `O(n log n)` in tiles that leave something out.
    pub fn lists(&self) -> BudgetLists<'_> {
        let tile = |(coord, LeftOut { features, points }): (&TileCoord, &LeftOut)| {
            [coord.z().into(), coord.x().into(), coord.y().into(), *features, *points]
        };
        let mut left_out: Vec<[u64; 5]> = self.left_out.iter().map(tile).collect();
        left_out.sort_unstable();
        let totals: Vec<[u64; 2]> = self.totals.iter().map(|total| [total.features, total.points]).collect();
        BudgetLists { left_out: left_out.into(), totals: totals.into() }
    }

    /// The budget of some lists; refuses tiles that do not exist, and more points than features. `O(n)`.
    pub fn from_lists(lists: BudgetLists<'_>) -> Result<Self, BrokenLists> {
        let left_out = |features: u64, points: u64| (points <= features).then_some(LeftOut { features, points });
        let tile = |&[z, x, y, features, points]: &[u64; 5]| {
            let coord = TileCoord::new(u8::try_from(z).ok()?, u32::try_from(x).ok()?, u32::try_from(y).ok()?).ok()?;
            Some((coord, left_out(features, points)?))
        };
        let tiles: Option<HashMap<_, _>> = lists.left_out.iter().map(tile).collect();
        let tiles = tiles.ok_or(BrokenLists("features left out of a tile that does not exist"))?;
        let totals: Option<Vec<_>> = lists.totals.iter().map(|&[features, points]| left_out(features, points)).collect();
        let totals = totals.filter(|totals| totals.len() <= usize::from(MAX_ZOOM) + 1);
        let totals = totals.ok_or(BrokenLists("features left out at a zoom that does not exist"))?;
        Ok(Self { left_out: tiles, totals })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::{Limits, Weight};
    use crate::scene::Scene;
    use geo_types::Point;

    #[test]
    fn what_is_left_out_is_left_out_after_the_way_there_and_back() {
        let mut scene = Scene::default();
        (0..400u32).for_each(|number| scene.push(Some(&Point::new(f64::from(number % 20), f64::from(number / 20)).into())));
        let weight = |tie: u64| Weight { attribute_bytes: 20, importance: 0.0, tie };
        let budget = Budget::share(
            &scene,
            &(0..400).map(weight).collect::<Vec<_>>(),
            Limits { min_zoom: 0, max_zoom: 12, bytes: 2000, is_simplified: true, threads: 2 },
        )
        .budget;
        assert!(!budget.totals().is_empty());
        let back = Budget::from_lists(budget.lists()).unwrap();
        assert_eq!(back.lists(), budget.lists());
        assert_eq!(back.left_out, budget.left_out);
    }

    #[test]
    fn tiles_and_zooms_that_do_not_exist_are_refused() {
        let lists = |left_out: &[[u64; 5]], totals: usize| BudgetLists {
            left_out: left_out.to_vec().into(),
            totals: vec![[2, 1]; totals].into(),
        };
        assert!(Budget::from_lists(lists(&[[1, 1, 1, 9, 9]], 21)).is_ok());
        for wrong in
            [[1, 2, 0, 9, 0], [1, 0, 2, 9, 0], [21, 0, 0, 9, 0], [256, 0, 0, 9, 0], [1, 0, 1 << 32, 9, 0], [1, 1, 1, 9, 10]]
        {
            assert!(Budget::from_lists(lists(&[wrong], 0)).is_err(), "{wrong:?}");
        }
        assert!(Budget::from_lists(lists(&[], 22)).is_err());
    }
}
