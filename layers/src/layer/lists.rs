//! A layer as lists of plain numbers and a few words about them, and back.

use super::{Laid, Layer, LayerMeta, Loss};
use crate::features::{FeatureLists, FeatureRef, Features};
use crate::index::{Index, IndexLists};
use crate::lists::BrokenLists;
use crate::sheet::{Kinds, Measure, Sheet};
use crate::time::Interval;
use crate::value::{Column, Schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What is said of a layer beside its lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerAbout {
    /// What it says of itself.
    pub meta: LayerMeta,
    /// How many features it has.
    pub features: usize,
    columns: Vec<Column>,
    losses: Vec<Loss>,
    phase_codes: [u32; 3],
}

/// The lists of a layer without times.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerLists<'a> {
    /// The features.
    pub features: FeatureLists<'a>,
    /// The index over them.
    pub index: IndexLists<'a>,
    /// Their numbers in the order of their ids.
    pub by_id: Cow<'a, [u32]>,
    /// Numbers of those without a place.
    pub without_geometry: Cow<'a, [u32]>,
}

impl Layer {
    /// What is said of it beside its lists.
    pub fn about(&self) -> LayerAbout {
        LayerAbout {
            meta: (*self.meta).clone(),
            features: self.len(),
            columns: self.schema.columns().to_vec(),
            losses: self.losses.to_vec(),
            phase_codes: self.pile.first().map(|laid| laid.sheet.features.phase_codes()).unwrap_or_default(),
        }
    }

    /// The lists it consists of; `None` if its features have times, or if it was edited. `O(n)`.
    pub fn lists(&self) -> Option<LayerLists<'_>> {
        let [Laid { sheet, hidden, .. }] = &*self.pile else { return None };
        Some(LayerLists {
            features: sheet.features.lists().filter(|_| hidden.is_empty())?,
            index: sheet.index.lists(),
            by_id: Cow::Borrowed(&sheet.by_id),
            without_geometry: Cow::Borrowed(&sheet.without_geometry),
        })
    }

    /// A layer put together again from what was made of its lists; refuses what does not belong together.
    pub fn assembled(
        about: LayerAbout,
        features: Features,
        index: Index,
        by_id: Vec<u32>,
        without_geometry: Vec<u32>,
    ) -> Result<Self, BrokenLists> {
        let LayerAbout { meta, features: count, columns, losses, phase_codes } = about;
        let width = columns.len();
        let schema = Schema::new(columns);
        let counts_fit = features.len() == count
            && by_id.len() == count
            && index.len().checked_add(without_geometry.len()) == Some(count)
            && by_id.iter().all(|&number| (number as usize) < count)
            && each_once(index.order().iter().chain(&without_geometry), count);
        let known = features.dictionary().len();
        let columns_fit = schema.columns().len() == width
            && features.width() == width
            && meta.tile_columns.iter().all(|&column| column < width)
            && phase_codes.iter().all(|&code| (code as usize) < known);
        if !counts_fit || !columns_fit {
            return Err(BrokenLists("features, index and columns do not belong together"));
        }
        let features = features.with_phase_codes(phase_codes);
        let (validity, knowledge) = Default::default();
        let kinds = Kinds::of(features.iter().map(FeatureRef::geometry_kind));
        let measure = Measure { bounds: index.bounds(), extent: Some(Interval::ALWAYS), kinds };
        let sheet = Sheet { features, index, by_id, without_geometry, validity, knowledge, measure };
        Ok(Self::of(meta, schema, losses, sheet))
    }
}

/// Whether numbers are all below a count, and none comes twice.
fn each_once<'n>(numbers: impl Iterator<Item = &'n u32>, count: usize) -> bool {
    let mut met = vec![false; count];
    let mut is_new = |number: u32| met.get_mut(number as usize).is_some_and(|met| !std::mem::replace(met, true));
    numbers.into_iter().all(|&number| is_new(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feature::{Feature, FeatureId};
    use crate::layer::{Asked, LayerKind, LayerName, PHASE_COLUMN};
    use crate::time::{Datetime, Instant};
    use crate::value::{ColumnKind, Value};
    use geo_types::Point;

    fn layer() -> Layer {
        let feature = |number: u64| {
            let place = (number != 2).then(|| Point::new(number as f64, 12.0).into());
            Feature::timeless(FeatureId::Int(9 - number), place, Box::new([Value::Int(5), "x".into()]))
        };
        let column = |name: &str, kind| Column { name: name.into(), kind, title: "T".into() };
        let schema = Schema::new([column(PHASE_COLUMN, ColumnKind::Int), column("b", ColumnKind::Text)]);
        let meta = LayerMeta {
            name: LayerName::new("towns").unwrap(),
            title: "Towns".into(),
            description: "d".into(),
            attribution: "a".into(),
            kind: LayerKind::Reference,
            tile_columns: vec![1, 0],
            min_zoom: 2,
            max_zoom: 9,
            is_simplified: true,
        };
        let losses = vec![Loss { code: "bad_geometry".into(), count: 3, first: "the first".into() }];
        Layer::build(meta, schema, Features::of((0..5).map(feature), 2), losses, |number, _| number as u8)
    }

    fn again(about: LayerAbout, lists: LayerLists<'_>) -> Result<Layer, BrokenLists> {
        let index = Index::from_lists(lists.index, about.features)?;
        let features = Features::from_lists(lists.features)?;
        Layer::assembled(about, features, index, lists.by_id.into_owned(), lists.without_geometry.into_owned())
    }

    #[test]
    fn a_layer_comes_back_with_all_it_said_and_found() {
        let layer = layer();
        let about: LayerAbout = serde_json::from_str(&serde_json::to_string(&layer.about()).unwrap()).unwrap();
        assert_eq!(about, layer.about());
        let back = again(about, layer.lists().unwrap()).unwrap();
        assert_eq!((back.about(), back.lists(), back.digest()), (layer.about(), layer.lists(), layer.digest()));
        let asked = Asked { datetime: Datetime::All, known_at: Instant::MAX, phases: None };
        assert_eq!((back.by_id(&FeatureId::Int(8), &asked), back.without_geometry().collect::<Vec<_>>()), (Some(1), vec![2]));
        assert_eq!((back.is_timeless(), back.temporal_extent()), (layer.is_timeless(), layer.temporal_extent()));
        assert_eq!((back.geometry_kind(), back.phase_column), (layer.geometry_kind(), layer.phase_column));
    }

    #[test]
    fn what_does_not_belong_together_is_refused() {
        type Change<'c> = &'c dyn Fn(&mut LayerAbout, &mut LayerLists<'_>);
        let layer = layer();
        let refuse = |change: Change<'_>| {
            let (mut about, mut lists) = (layer.about(), layer.lists().unwrap());
            change(&mut about, &mut lists);
            assert!(again(about, lists).is_err());
        };
        let changes: [Change<'_>; 9] = [
            &|about, _| about.features = 6,
            &|about, _| drop(about.columns.pop()),
            &|about, _| about.columns[1].name = PHASE_COLUMN.into(),
            &|about, _| about.meta.tile_columns[0] = 2,
            &|about, _| about.phase_codes[0] = u32::MAX,
            &|_, lists| lists.by_id.to_mut()[0] = 5,
            &|_, lists| lists.without_geometry.to_mut().push(1),
            &|_, lists| lists.index.features.to_mut()[0] = lists.index.features[1],
            &|_, lists| lists.without_geometry.to_mut()[0] = lists.index.features[0],
        ];
        changes.into_iter().for_each(refuse);
        let named = serde_json::to_string(&layer.about()).unwrap().replace("\"towns\"", "\"../towns\"");
        assert!(serde_json::from_str::<LayerAbout>(&named).is_err());
    }
}
