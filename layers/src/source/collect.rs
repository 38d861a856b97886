//! Where all formats meet: raw features come in, accepted features and findings go out.

use super::admit::{self, Verdict};
use super::columns::Columns;
use super::crs::Transform;
use super::rings::Rings;
use super::{Report, SourceError, SourceLayer, SourceOptions};
use crate::feature::{Feature, FeatureId};
use crate::finding::Finding;
use crate::layer::Loss;
use crate::value::Value;
use geo_types::Geometry;
use std::collections::HashSet;

/// What stands where a format keeps the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OwnId {
    /// Nothing.
    None,
    /// An id.
    Is(FeatureId),
    /// Something else; its text.
    Unusable(String),
}

impl OwnId {
    /// Ids are texts or whole numbers that are not negative.
    pub(super) fn from_value(value: &Value) -> Self {
        match value {
            Value::Int(whole) if *whole >= 0 => Self::Is(FeatureId::Int(whole.unsigned_abs())),
            Value::Text(text) if !text.is_empty() => Self::Is(FeatureId::Text(text.clone())),
            other => Self::Unusable(other.to_json().to_string()),
        }
    }
}

/// A feature as a format found it, not judged yet.
pub(super) struct Raw {
    /// JSON pointer to the feature, such as `/features/17`, or to its row.
    pub(super) pointer: String,
    /// Its id in the file.
    pub(super) id: OwnId,
    /// Its properties in order.
    pub(super) properties: Vec<(String, Value)>,
    /// Its geometry in the file's coordinates.
    pub(super) geometry: Option<Geometry<f64>>,
    /// What was met in its rings.
    pub(super) rings: Rings,
}

/// A feature as it was accepted: its own id if it has one, its place, its values so far.
type Row = (Option<FeatureId>, Option<Geometry<f64>>, Vec<Value>);

/// What was accepted of one table.
pub(super) struct Table {
    name: String,
    /// What the file says about the table.
    pub(super) description: String,
    columns: Columns,
    rows: Vec<Row>,
    seen: u64,
}

impl Table {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Features seen, accepted or not.
    pub(super) fn seen(&self) -> u64 {
        self.seen
    }

    /// The layer; features without an id of their own are numbered from 1, apart from ids the file uses.
    pub(super) fn finish(self, losses: Vec<Loss>) -> SourceLayer {
        let (schema, width) = (self.columns.schema(), self.columns.len());
        let prefix = free_prefix(self.rows.iter().filter_map(|(id, ..)| id.as_ref()));
        let features = (1u64..).zip(self.rows).map(|(number, (id, geometry, mut values))| {
            values.resize(width, Value::Null);
            let own = match &prefix {
                Some(prefix) => FeatureId::Text(format!("{prefix}{number}").into()),
                None => FeatureId::Int(number),
            };
            Feature::timeless(id.unwrap_or(own), geometry, values.into())
        });
        SourceLayer { name: self.name, description: self.description, schema, features: features.collect(), losses }
    }
}

/// What stands before the numbers of features without an id, so that they are no id of the file; `None` if it has no ids.
fn free_prefix<'a>(ids: impl Iterator<Item = &'a FeatureId> + Clone) -> Option<String> {
    ids.clone().next()?;
    let taken = |prefix: &str| ids.clone().any(|id| matches!(id, FeatureId::Text(text) if text.starts_with(prefix)));
    let mut prefix = "feature-".to_owned();
    while taken(&prefix) {
        prefix.push('-');
    }
    Some(prefix)
}

/// Judges features one by one.
pub(super) struct Collector<'a> {
    table: Table,
    number: usize,
    edge: admit::Rules,
    id_property: Option<String>,
    /// Whether a feature had the property that ids are taken from.
    id_met: bool,
    ids: HashSet<FeatureId>,
    report: &'a mut Report<'a>,
}

impl<'a> Collector<'a> {
    /// For table `number` of a file. What the options say of coordinates and ids holds from the start.
    pub(super) fn new<'b: 'a>(
        name: &str,
        number: usize,
        options: &SourceOptions,
        report: &'a mut Report<'b>,
    ) -> Result<Self, SourceError> {
        let transform = options.crs.as_deref().map(Transform::named).transpose()?.flatten();
        Ok(Self {
            table: Table {
                name: name.to_owned(),
                description: String::new(),
                columns: Columns::default(),
                rows: Vec::new(),
                seen: 0,
            },
            number,
            edge: admit::Rules { transform, right_hand: false },
            id_property: options.id_property.clone(),
            id_met: false,
            ids: HashSet::new(),
            report: shorten(report),
        })
    }

    /// Sets the coordinate system once it is known.
    pub(super) fn set_transform(&mut self, transform: Option<Transform>) {
        self.edge.transform = transform;
    }

    /// The format asks for rings wound by the right-hand rule.
    pub(super) fn expect_right_hand(&mut self) {
        self.edge.right_hand = true;
    }

    /// Takes a feature in, repairs it or leaves it out.
    pub(super) fn take(&mut self, raw: Raw) {
        self.table.seen += 1;
        let mut findings = Vec::from_iter(raw.rings.finding(&raw.pointer));
        let (own, place) = self.own_id(&raw);
        let verdict = admit::geometry(raw.geometry, &self.edge, &raw.pointer, &mut findings);
        findings.into_iter().for_each(|finding| self.find(finding));
        let Verdict::Accepted(geometry) = verdict else { return };
        let id = self.usable(own, &format!("{}{place}", raw.pointer));
        let values = self.table.columns.row(raw.properties);
        self.table.rows.push((id, geometry, values));
    }

    /// The id, and where in the feature it stands.
    fn own_id(&mut self, raw: &Raw) -> (OwnId, String) {
        let Some(name) = &self.id_property else { return (raw.id.clone(), "/id".to_owned()) };
        let value = raw.properties.iter().find(|(title, _)| title == name).map(|(_, value)| value);
        self.id_met |= value.is_some();
        (OwnId::from_value(value.unwrap_or(&Value::Null)), format!("/properties/{}", escaped(name)))
    }

    /// The id if it is one and new; by its text, which is what an address holds.
    fn usable(&mut self, own: OwnId, pointer: &str) -> Option<FeatureId> {
        let (code, message) = match own {
            OwnId::None => return None,
            OwnId::Is(id) => {
                if self.ids.insert(id.addressed()) {
                    return Some(id);
                }
                ("repeated_id", format!("the id {id} is taken; the feature is numbered instead"))
            }
            OwnId::Unusable(text) => (
                "unusable_id",
                format!("{text:.40} is no id, which is a text or a whole number from 0; the feature is numbered instead"),
            ),
        };
        self.find(Finding::warning(code, pointer, message));
        None
    }

    /// Counts a feature that could not even be read.
    pub(super) fn lose(&mut self, finding: Finding) {
        self.table.seen += 1;
        self.find(finding);
    }

    /// Reports what is wrong with the file or with a feature beside its geometry.
    pub(super) fn find(&mut self, finding: Finding) {
        (self.report)(self.number, finding);
    }

    /// Features seen so far.
    pub(super) fn seen(&self) -> u64 {
        self.table.seen
    }

    /// Lets columns that hold more than one kind hold text: for formats whose every value was a text that it can be written as.
    pub(super) fn unmix(&mut self) {
        for column in self.table.columns.unmix() {
            let values = self.table.rows.iter_mut().filter_map(|(.., values)| values.get_mut(column));
            values.for_each(|value| *value = written(value).as_deref().into());
        }
    }

    /// What was accepted; refused if no feature has the property that ids are to be taken from.
    pub(super) fn into_table(self) -> Result<Table, SourceError> {
        match self.id_property {
            Some(name) if !self.id_met && !self.table.rows.is_empty() => {
                Err(SourceError::NoProperty { name, known: self.table.columns.names().join(", ") })
            }
            _ => Ok(self.table),
        }
    }
}

/// The text that a scalar was read from; decimals have a point.
pub(super) fn written(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Json(_) => None,
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Int(whole) => Some(whole.to_string()),
        Value::Float(number) if number.fract() == 0.0 => Some(format!("{number:.1}")),
        Value::Float(number) => Some(number.to_string()),
        Value::Text(text) => Some(text.to_string()),
    }
}

/// A name as a JSON pointer holds it (RFC 6901 section 3).
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn shorten<'a, 'b: 'a>(report: &'a mut Report<'b>) -> &'a mut Report<'a> {
    // A `&mut dyn FnMut + 'b` may serve where `&mut dyn FnMut + 'a` is asked for.
    report
}
