//! Clusters of a layer's points as a tile shows them, under the names that map clients know from supercluster.

use crate::world::Published;
use roadblock_layers::dictionary::NULL;
use roadblock_layers::features::FeatureRef;
use roadblock_layers::layer::{Asked, Layer, PHASE_COLUMN};
use roadblock_layers::phase::Phase;
use roadblock_layers::value::Value;
use roadblock_tiles::cluster::{self, ClusterId, Sum};
use roadblock_tiles::cut::Purpose;
use roadblock_tiles::frame::Frame;
use roadblock_tiles::mvt::Attribute;
use roadblock_tiles::raster::Val;
use roadblock_tiles::vector::ColumnKind;
use std::collections::HashMap;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

/// What stands at one place: a feature that is alone in its cell, or a cluster.
pub(super) enum Shown<'a> {
    Alone(FeatureRef<'a>),
    Cluster { id: u64, values: Vec<(&'a str, Word)> },
}

/// One thing that a cluster says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Word {
    Yes,
    Whole(u64),
    Text(Arc<str>),
}

impl Word {
    /// What a format that gives each column one kind makes of it.
    fn kind(&self) -> ColumnKind {
        match self {
            Self::Yes => ColumnKind::Bool,
            Self::Whole(_) => ColumnKind::Int,
            Self::Text(_) => ColumnKind::Text,
        }
    }

    /// As vector tiles carry it.
    pub(super) fn attribute(&self) -> Attribute<'_> {
        match self {
            Self::Yes => Attribute::Bool(true),
            Self::Whole(number) => Attribute::Int(i64::try_from(*number).unwrap_or(i64::MAX)),
            Self::Text(text) => Attribute::Text(text),
        }
    }

    /// As styles see it.
    pub(super) fn drawn(self) -> Val {
        match self {
            Self::Yes => Val::Bool(true),
            Self::Whole(number) => Val::Number(number as f64),
            Self::Text(text) => Val::Text(text),
        }
    }
}

/// What the clusters of a tile say, each word once, by codes after those of the layer's dictionary.
pub(super) struct Words {
    first: usize,
    words: Vec<Word>,
    codes: HashMap<Word, u32>,
}

impl Words {
    /// None yet.
    pub(super) fn after(layer: &Layer) -> Self {
        Self { first: layer.codes(), words: Vec::new(), codes: HashMap::new() }
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// The word of a code, if it is one of these.
    pub(super) fn get(&self, code: u32) -> Option<&Word> {
        self.words.get((code as usize).checked_sub(self.first)?)
    }

    /// The codes of a cluster in the order of the columns; names that are no column yet become one.
    pub(super) fn row<'a>(
        &mut self,
        values: Vec<(&'a str, Word)>,
        columns: &mut Vec<&'a str>,
        kinds: &mut Vec<ColumnKind>,
    ) -> Vec<u32> {
        let mut row = vec![NULL; columns.len()];
        for (name, word) in values {
            let column = columns.iter().position(|column| *column == name).unwrap_or_else(|| {
                columns.push(name);
                kinds.push(word.kind());
                row.push(NULL);
                columns.len() - 1
            });
            // The file has a property of this name: one column then holds what both say.
            if let Some(kind) = kinds.get_mut(column).filter(|kind| **kind != word.kind()) {
                *kind = ColumnKind::Text;
            }
            row[column] = self.code(word);
        }
        row
    }

    fn code(&mut self, word: Word) -> u32 {
        *self.codes.entry(word).or_insert_with_key(|word| {
            self.words.push(word.clone());
            // More than 2^32 values do not fit into memory.
            u32::try_from(self.first + self.words.len() - 1).unwrap_or(NULL)
        })
    }
}

/// Hands over what a clustered layer shows of its points in a frame, with the tile units at which it shows.
pub(super) fn visit<'a>(
    published: &'a Published,
    frame: &Frame,
    purpose: Purpose,
    asked: &Asked,
    mut see: impl FnMut(Vec<[i32; 2]>, Shown<'a>),
) {
    let level = cluster::level(frame.zoom(), published.layer.meta.max_zoom, purpose);
    published.points().cells(frame, level, |id, places| {
        let Some(sum) = published.sum(places.clone(), asked) else { return };
        let units: Vec<_> = frame.units(sum.mean.map(i64::from)).collect();
        if units.is_empty() {
            return;
        }
        if sum.count > 1 {
            see(units, Shown::Cluster { id: id.number(), values: values(published, id, places, &sum, asked) });
        } else if let Some(feature) = published.layer.feature(sum.first) {
            see(units, Shown::Alone(feature));
        }
    });
}

/// Names and titles of the properties that clusters of a layer have.
pub fn fields(published: &Published) -> Vec<(&str, &'static str)> {
    let statuses = published.clusters.statuses.as_ref();
    let ordered = statuses.is_some_and(|statuses| statuses.is_ordered());
    let worst =
        [("worst", "Of a cluster: the worst status in it"), ("worst_phase", "Of a cluster: freshest phase of that status")];
    let worst = worst.into_iter().take(if ordered { 2 } else { 0 });
    let counts = statuses.into_iter().flat_map(|statuses| statuses.fields.iter());
    let counts = counts.map(|field| (&**field, "Of a cluster: how many features have this status"));
    let always = [
        ("cluster", "True of a cluster"),
        ("cluster_id", "Of a cluster: what lists its features at items?cluster="),
        ("point_count", "Of a cluster: how many features it holds"),
        ("point_count_abbreviated", "The same as a short text"),
        ("expansion_zoom", "Of a cluster: lowest zoom that parts it; missing if none does"),
    ];
    always.into_iter().chain(worst).chain(counts).collect()
}

fn values<'a>(published: &'a Published, id: ClusterId, places: Range<usize>, sum: &Sum, asked: &Asked) -> Vec<(&'a str, Word)> {
    let mut values = vec![
        ("cluster", Word::Yes),
        ("cluster_id", Word::Whole(id.number())),
        ("point_count", Word::Whole(sum.count.into())),
        ("point_count_abbreviated", Word::Text(abbreviated(sum.count).into())),
    ];
    let expansion = cluster::expansion_zoom(sum, published.layer.meta.max_zoom);
    values.extend(expansion.map(|zoom| ("expansion_zoom", Word::Whole(zoom.into()))));
    let Some(statuses) = &published.clusters.statuses else { return values };
    if let Some((class, worst)) = statuses.worst(&sum.classes) {
        values.push(("worst", Word::Text(Arc::clone(worst))));
        let phase = freshest(published, places, class, asked);
        values.extend(phase.map(|phase| ("worst_phase", Word::Text(phase.as_str().into()))));
    }
    values.extend(statuses.fields.iter().zip(&sum.classes).map(|(field, count)| (&**field, Word::Whole((*count).into()))));
    values
}

/// The freshest phase among the features of a class that hold.
fn freshest(published: &Published, places: Range<usize>, class: u8, asked: &Asked) -> Option<Phase> {
    let layer = &published.layer;
    let column = layer.schema.position(PHASE_COLUMN)?;
    let holding = published.points().at(places).filter(|(number, own)| *own == class && layer.selects(*number, asked));
    let mut phases = holding.filter_map(|(number, _)| {
        let Value::Text(word) = layer.value(layer.feature(number)?, column, &asked.datetime) else { return None };
        Phase::ALL.into_iter().find(|phase| phase.as_str() == &**word)
    });
    // Nothing is fresher than what is active: the walk ends there.
    let fresher = |freshest: Option<Phase>, phase: Phase| match freshest.map_or(phase, |freshest| freshest.min(phase)) {
        Phase::Active => ControlFlow::Break(Some(Phase::Active)),
        later => ControlFlow::Continue(Some(later)),
    };
    let (ControlFlow::Break(freshest) | ControlFlow::Continue(freshest)) = phases.try_fold(None, fresher);
    freshest
}

/// A count in few letters: 999, 1.2k, 35k, 4M.
fn abbreviated(count: u32) -> String {
    let count = u64::from(count);
    let rounded = |unit: u64| (count + unit / 2) / unit;
    let text = |unit: u64, suffix: &str| match rounded(unit / 10) {
        tenths @ 0..100 if tenths % 10 != 0 => format!("{}.{}{suffix}", tenths / 10, tenths % 10),
        _ => format!("{}{suffix}", rounded(unit)),
    };
    match count {
        0..1_000 => count.to_string(),
        1_000..999_500 => text(1_000, "k"),
        _ => text(1_000_000, "M"),
    }
}

#[cfg(test)]
mod tests;
