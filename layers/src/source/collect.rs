//! Where all formats meet: raw features come in, accepted features and findings go out.

use super::admit::{self, Verdict};
use super::columns::Columns;
use super::crs::Transform;
use super::{Report, SourceLayer};
use crate::feature::{Feature, FeatureId};
use crate::finding::Finding;
use crate::layer::Loss;
use crate::value::Value;
use geo_types::Geometry;
use std::collections::HashSet;

/// A feature as a format found it, not judged yet.
pub(super) struct Raw {
    /// JSON pointer to the feature, such as `/features/17`, or to its row.
    pub(super) pointer: String,
    /// Its id in the file.
    pub(super) id: Option<FeatureId>,
    /// Its properties in order.
    pub(super) properties: Vec<(String, Value)>,
    /// Its geometry in the file's coordinates.
    pub(super) geometry: Option<Geometry<f64>>,
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
    /// Features seen, accepted or not.
    pub(super) fn seen(&self) -> u64 {
        self.seen
    }

    /// The layer; features without an id of their own are numbered from 1, apart from ids the file uses.
    pub(super) fn finish(self, losses: Vec<Loss>) -> SourceLayer {
        let (schema, width) = (self.columns.schema(), self.columns.len());
        let any_id = self.rows.iter().any(|(id, ..)| id.is_some());
        let features = (1u64..).zip(self.rows).map(|(number, (id, geometry, mut values))| {
            values.resize(width, Value::Null);
            let own = if any_id { FeatureId::Text(format!("feature-{number}").into()) } else { FeatureId::Int(number) };
            Feature::timeless(id.unwrap_or(own), geometry, values.into())
        });
        SourceLayer { name: self.name, description: self.description, schema, features: features.collect(), losses }
    }
}

/// Judges features one by one.
pub(super) struct Collector<'a> {
    table: Table,
    number: usize,
    transform: Option<Transform>,
    ids: HashSet<FeatureId>,
    report: &'a mut Report<'a>,
}

impl<'a> Collector<'a> {
    /// For table `number` of a file whose coordinates need `transform`.
    pub(super) fn new<'b: 'a>(name: &str, transform: Option<Transform>, number: usize, report: &'a mut Report<'b>) -> Self {
        let table =
            Table { name: name.to_owned(), description: String::new(), columns: Columns::default(), rows: Vec::new(), seen: 0 };
        // The borrow outlives the collector; only the trait object's own lifetime is shortened.
        Self { table, number, transform, ids: HashSet::new(), report: shorten(report) }
    }

    /// Sets the coordinate system once it is known.
    pub(super) fn set_transform(&mut self, transform: Option<Transform>) {
        self.transform = transform;
    }

    /// Takes a feature in, repairs it or leaves it out.
    pub(super) fn take(&mut self, raw: Raw) {
        self.table.seen += 1;
        let mut findings = Vec::new();
        let verdict = admit::geometry(raw.geometry, self.transform.as_ref(), &raw.pointer, &mut findings);
        findings.into_iter().for_each(|finding| self.find(finding));
        let Verdict::Accepted(geometry) = verdict else { return };
        let id = raw.id.filter(|id| {
            let new = self.ids.insert(id.clone());
            if !new {
                let message = format!("the id {id} is taken; the feature is numbered instead");
                (self.report)(self.number, Finding::warning("repeated_id", format!("{}/id", raw.pointer), message));
            }
            new
        });
        let values = self.table.columns.row(raw.properties);
        self.table.rows.push((id, geometry, values));
    }

    /// Counts a feature that could not even be read.
    pub(super) fn lose(&mut self, finding: Finding) {
        self.table.seen += 1;
        self.find(finding);
    }

    fn find(&mut self, finding: Finding) {
        (self.report)(self.number, finding);
    }

    /// Features seen so far.
    pub(super) fn seen(&self) -> u64 {
        self.table.seen
    }

    /// What was accepted.
    pub(super) fn into_table(self) -> Table {
        self.table
    }
}

fn shorten<'a, 'b: 'a>(report: &'a mut Report<'b>) -> &'a mut Report<'a> {
    // A `&mut dyn FnMut + 'b` may serve where `&mut dyn FnMut + 'a` is asked for.
    report
}
