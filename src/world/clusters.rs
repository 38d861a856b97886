//! The points of a layer, gathered into clusters: sorted once, when the first request asks, each with the status it counts under.
//!
//! Only what is published is gathered, so that no cluster tells of a record that its audience may not see.

use super::Published;
use super::builtin::BASEMAP;
use roadblock_layers::features::FeatureRef;
use roadblock_layers::layer::{Asked, GeometryKind, Layer, LayerKind};
use roadblock_layers::time::Datetime;
use roadblock_layers::value::Value;
use roadblock_layers::vocab::{Effect, Vocabulary};
use roadblock_tiles::cluster::{self, Points, Sum};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// The column of a domain layer that says what a report does to a road.
const STATUS_COLUMN: &str = "effect";
/// Values of a column that are counted each for itself; rarer ones are counted together.
const MOST_VALUES: usize = 32;
/// What rarer values count under.
const OTHER: &str = "other";

/// The layers of one request whose points are shown as clusters: their names, comma-separated, in the order asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Clustered(String);

impl Clustered {
    /// Layers by name.
    pub fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        Self(names.collect::<Vec<_>>().join(","))
    }

    /// Those of some layers that are shown as clusters when nobody says anything.
    pub fn by_default(layers: &[Arc<Published>]) -> Self {
        let meant = layers.iter().filter(|published| published.clusters.by_default);
        Self::new(meant.map(|published| published.layer.meta.name.as_str()))
    }

    /// No layer.
    pub fn none() -> Self {
        Self(String::new())
    }

    /// Whether a layer is among them.
    pub fn contains(&self, name: &str) -> bool {
        self.0.split(',').any(|clustered| clustered == name)
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How the points of one layer gather.
#[derive(Debug, Clone, Default)]
pub struct Clusters {
    /// Whether tiles show clusters when the request does not say.
    pub by_default: bool,
    /// What is counted within a cluster, if anything.
    pub statuses: Option<Arc<Statuses>>,
    gathered: OnceLock<Arc<Gathered>>,
}

/// A column whose values are counted within clusters.
#[derive(Debug)]
pub struct Statuses {
    column: usize,
    /// Values counted each for itself.
    words: Vec<Arc<str>>,
    /// Property that holds the count of each value, in their order; one more for all others, if there are too many.
    pub fields: Vec<Arc<str>>,
    /// Whether the words stand in an order, the worst first.
    is_ordered: bool,
}

#[derive(Debug)]
struct Gathered {
    points: Points,
    /// Whether every point holds at every time.
    is_timeless: bool,
}

impl Clusters {
    /// Of a layer about which nothing was said: the domain's own status, if it has one.
    pub(super) fn of(layer: &Layer) -> Self {
        let column = layer.schema.position(STATUS_COLUMN).filter(|_| layer.meta.kind == LayerKind::Domain);
        let words = || Effect::WORDS.iter().map(|(_, word)| (*word).into()).collect();
        Self { statuses: column.map(|column| Arc::new(Statuses::new(column, words(), true, false))), ..Self::default() }
    }

    /// As told: whether clusters are shown by default, and the column whose values are counted. Walks the column once.
    pub(super) fn told(layer: &Layer, by_default: bool, column: Option<usize>) -> Self {
        Self { by_default, statuses: column.map(|column| Arc::new(Statuses::found(layer, column))), ..Self::default() }
    }

    /// The same of other features, which are gathered when first asked for.
    pub(super) fn again(&self) -> Self {
        Self { by_default: self.by_default, statuses: self.statuses.clone(), gathered: OnceLock::new() }
    }

    /// The settings as text, for whoever must tell them apart.
    pub(super) fn settings(&self) -> String {
        let fields = self.statuses.iter().flat_map(|statuses| &statuses.fields);
        fields.fold(self.by_default.to_string(), |text, field| format!("{text},{field}"))
    }
}

impl Statuses {
    fn new(column: usize, words: Vec<Arc<str>>, is_ordered: bool, has_others: bool) -> Self {
        let counted = words.iter().map(|word| &**word).chain(has_others.then_some(OTHER));
        let fields = counted.map(|word| format!("count_{word}").into()).collect();
        Self { column, words, fields, is_ordered }
    }

    /// The most frequent values of a column, in the order of their texts.
    fn found(layer: &Layer, column: usize) -> Self {
        let mut frequent: HashMap<Arc<str>, usize> = HashMap::new();
        for word in layer.features().filter_map(|(_, feature)| word(layer, feature, column)) {
            *frequent.entry(word).or_default() += 1;
        }
        let mut words: Vec<(Arc<str>, usize)> = frequent.into_iter().collect();
        words.sort_unstable_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then_with(|| a.cmp(b)));
        let has_others = words.len() > MOST_VALUES;
        words.truncate(MOST_VALUES);
        let mut words: Vec<Arc<str>> =
            words.into_iter().map(|(word, _)| word).filter(|word| &**word != OTHER || !has_others).collect();
        words.sort_unstable();
        Self::new(column, words, false, has_others)
    }

    /// The status a feature counts under; `fields.len()` if it says none.
    fn class(&self, layer: &Layer, feature: FeatureRef<'_>) -> usize {
        let Some(word) = word(layer, feature, self.column) else { return self.fields.len() };
        self.words.iter().position(|known| *known == word).unwrap_or(self.words.len())
    }

    /// The worst status that counts of a cluster hold, with its number; `None` without an order.
    pub fn worst(&self, counts: &[u32]) -> Option<(u8, &Arc<str>)> {
        let worst = self.words.iter().zip(0..).zip(counts).find(|(_, count)| **count > 0).filter(|_| self.is_ordered);
        worst.map(|((word, class), _)| (class, word))
    }

    /// Whether one status is worse than another.
    pub fn is_ordered(&self) -> bool {
        self.is_ordered
    }
}

/// The value of a column as text; lists and objects are none.
fn word(layer: &Layer, feature: FeatureRef<'_>, column: usize) -> Option<Arc<str>> {
    match layer.value(feature, column, &Datetime::All) {
        Value::Null | Value::Json(_) => None,
        Value::Text(text) => Some(Arc::clone(text)),
        Value::Bool(value) => Some(value.to_string().into()),
        Value::Int(value) => Some(value.to_string().into()),
        Value::Float(value) => Some(value.to_string().into()),
    }
}

impl Published {
    /// Whether there may be points to gather. The basemap is thinned by its ranks instead.
    pub fn can_cluster(&self) -> bool {
        let is_line_work = matches!(self.layer.geometry_kind(), GeometryKind::Line | GeometryKind::Polygon);
        !is_line_work && self.layer.meta.name.as_str() != BASEMAP
    }

    /// The points in cells. The first call sorts them, `O(n log n)`; others wait for it.
    pub fn points(&self) -> &Points {
        &self.gathered().points
    }

    /// What the points at some places add up to that hold at the asked time; `None` if none does.
    ///
    /// Costs the same for few and for many points of a layer without times, and a look at each of one with times.
    pub fn sum(&self, places: Range<usize>, asked: &Asked) -> Option<Sum> {
        let Gathered { points, is_timeless } = self.gathered();
        match is_timeless {
            true => points.all(places),
            false => points.those(places, |number| self.layer.selects(number, asked)),
        }
    }

    fn gathered(&self) -> &Gathered {
        self.clusters.gathered.get_or_init(|| {
            let statuses = self.clusters.statuses.as_ref();
            let class = |feature: FeatureRef<'_>| {
                let class = statuses.map_or(0, |statuses| statuses.class(&self.layer, feature));
                u8::try_from(class).unwrap_or(u8::MAX)
            };
            let points = self.layer.features().filter_map(|(number, feature)| {
                let position = cluster::position(self.drawn.get(number)?.prepared)?;
                Some((number, position, class(feature)))
            });
            // One class more for those that say no status.
            let classes = statuses.map_or(1, |statuses| u8::try_from(statuses.fields.len() + 1).unwrap_or(u8::MAX));
            Arc::new(Gathered { points: Points::new(points, classes), is_timeless: self.layer.are_timeless() })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::sample::layer;
    use geo_types::Point;
    use roadblock_layers::feature::{Feature, FeatureId};
    use roadblock_layers::value::ColumnKind;

    /// A layer of points at one place with these values.
    fn towns(values: impl Iterator<Item = Value>) -> Published {
        let feature = |(number, value): (u64, Value)| {
            Feature::timeless(FeatureId::Int(number), Some(Point::new(1.0, 2.0).into()), Box::new([value]))
        };
        layer("towns", LayerKind::Reference, &[("kind", ColumnKind::Mixed)], (0..).zip(values).map(feature).collect())
    }

    fn counts(published: &Published) -> Vec<(String, u32)> {
        let asked = Asked { datetime: Datetime::All, known_at: roadblock_layers::time::Instant::MAX, phases: None };
        let sum = published.sum(0..published.layer.len(), &asked).unwrap();
        let fields = published.clusters.statuses.as_ref().unwrap().fields.iter();
        fields.map(|field| field.to_string()).zip(sum.classes).collect()
    }

    #[test]
    fn values_are_counted_by_their_texts_and_nothing_said_is_not_counted() {
        let values = ["market", "port", "market"].map(Value::from).into_iter();
        let more = [Value::Null, Value::Bool(true), Value::Int(-3), Value::from_json(serde_json::json!([1]))];
        let published = towns(values.chain(more)).with_clusters(true, Some(0));
        let expected = [("count_-3", 1), ("count_market", 2), ("count_port", 1), ("count_true", 1)];
        assert_eq!(counts(&published), expected.map(|(name, count)| (name.to_owned(), count)));
        assert_eq!(published.clusters.statuses.as_ref().unwrap().worst(&[1, 2, 1, 1]), None, "there is no order");
    }

    #[test]
    fn rare_values_are_counted_together() {
        let often = (0..64).map(|number| Value::Int(number % 32));
        let published = towns(often.chain((100..140).map(Value::Int))).with_clusters(false, Some(0));
        let counts = counts(&published);
        assert_eq!(counts.len(), MOST_VALUES + 1);
        assert!(counts[..MOST_VALUES].iter().all(|(_, count)| *count == 2));
        assert_eq!(counts[MOST_VALUES], ("count_other".to_owned(), 40));
    }

    #[test]
    fn other_settings_are_another_revision() {
        let plain = || towns([Value::Int(1)].into_iter());
        let revisions =
            [plain(), plain().with_clusters(true, None), plain().with_clusters(true, Some(0))].map(|layer| layer.revision);
        assert!(revisions[0] != revisions[1] && revisions[1] != revisions[2]);
        assert_eq!(plain().revision, plain().revision);
    }
}
