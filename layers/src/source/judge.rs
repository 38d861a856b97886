//! Features read and judged, batch by batch, on several threads at once.

use super::admit::{self, Rules};
use super::columns::Columns;
use super::feed::{Batch, Heading, Item};
use super::raw::{OwnId, Raw};
use crate::features::Places;
use crate::finding::Finding;
use crate::value::Value;
use geo_types::Geometry;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Mutex, PoisonError};

/// What a caller makes of each geometry while it is at hand, beside what the layer keeps of it.
pub trait Beside: Default + Send {
    /// Takes the next feature's geometry; `None` for one without a place.
    fn push(&mut self, geometry: Option<&Geometry<f64>>);

    /// Takes all of what comes later in the file.
    fn append(&mut self, later: Self);
}

impl Beside for () {
    fn push(&mut self, _: Option<&Geometry<f64>>) {}

    fn append(&mut self, (): Self) {}
}

/// A batch judged.
pub(super) struct Judged<B> {
    /// Its place in the order of the file.
    pub(super) number: u64,
    /// One for each item.
    pub(super) outcomes: Vec<Outcome>,
    /// Values of the rows, in their order.
    pub(super) columns: Columns,
    /// Places of the rows, in their order.
    pub(super) places: Places,
    /// The same for whoever asked.
    pub(super) beside: B,
}

/// What became of an item.
pub(super) enum Outcome {
    Table(Heading),
    Row(Row),
    /// A feature that is left out, and why.
    Lost(Vec<Finding>),
    Note(Finding),
    Unmix,
}

/// An accepted feature beside its place and its values.
pub(super) struct Row {
    pub(super) pointer: String,
    pub(super) id: OwnId,
    /// Whether it has the property that ids are taken from.
    pub(super) id_met: bool,
    pub(super) findings: Vec<Finding>,
}

/// A batch judged, or what a panic left.
pub(super) type Verdict<B> = std::thread::Result<Judged<B>>;

/// Judges batches as they come until there are no more. A panic is handed on, so that nobody waits for its batch.
pub(super) fn judge<B: Beside>(batches: &Mutex<Receiver<Batch>>, judged: &SyncSender<Verdict<B>>) {
    loop {
        let next = batches.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(batch) = next else { return };
        if judged.send(catch_unwind(AssertUnwindSafe(|| whole(batch)))).is_err() {
            return;
        }
    }
}

fn whole<B: Beside>(batch: Batch) -> Judged<B> {
    let (mut columns, mut places, mut beside) = (Columns::default(), Places::default(), B::default());
    let mut one = |item| match item {
        Item::Table(heading) => Outcome::Table(heading),
        Item::Note(finding) => Outcome::Note(finding),
        Item::Unmix => Outcome::Unmix,
        Item::Feature(part, read) => match feature(read(batch.pieces.get(part).unwrap_or_default()), &batch.rules) {
            Err(findings) => Outcome::Lost(findings),
            Ok((row, geometry, properties)) => {
                columns.row(properties);
                places.push(geometry.as_ref());
                beside.push(geometry.as_ref());
                Outcome::Row(row)
            }
        },
    };
    let outcomes = batch.items.into_iter().map(&mut one).collect();
    Judged { number: batch.number, outcomes, columns, places, beside }
}

/// A feature with its place and its properties.
type Accepted = (Row, Option<Geometry<f64>>, Vec<(String, Value)>);

fn feature(raw: Result<Raw, Finding>, rules: &Rules) -> Result<Accepted, Vec<Finding>> {
    let Raw { pointer, id, properties, geometry, rings, mut findings } = raw.map_err(|finding| vec![finding])?;
    findings.extend(rings.finding(&pointer));
    let (id, id_met) = match &rules.id_property {
        None => (id, false),
        Some(name) => {
            let value = properties.iter().find(|(title, _)| title == name).map(|(_, value)| value);
            (OwnId::from_value(value.unwrap_or(&Value::Null)), value.is_some())
        }
    };
    match admit::geometry(geometry, rules, &pointer, &mut findings) {
        admit::Verdict::Accepted(geometry) => Ok((Row { pointer, id, id_met, findings }, geometry, properties)),
        admit::Verdict::Refused => Err(findings),
    }
}
