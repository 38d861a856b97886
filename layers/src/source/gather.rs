//! Where all formats meet again: judged features, put back in the order of the file, become tables.

use super::columns::Columns;
use super::feed::Heading;
use super::judge::{Beside, Judged, Outcome, Row, Verdict};
use super::raw::{OwnId, escaped};
use super::{Report, SourceError, SourceLayer};
use crate::feature::FeatureId;
use crate::features::{Features, Places};
use crate::finding::Finding;
use crate::layer::Loss;
use std::collections::{BTreeMap, HashSet};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

/// What was accepted of one table.
pub(super) struct Table<B> {
    heading: Heading,
    columns: Columns,
    /// Ids of their own, of those features that have one.
    ids: Vec<Option<FeatureId>>,
    places: Places,
    beside: B,
    seen: u64,
    /// Whether a feature had the property that ids are taken from.
    id_met: bool,
    taken: Taken,
}

/// Ids met so far, by their text, which is what an address holds.
#[derive(Default)]
struct Taken {
    /// The last number, while each was higher than the one before it, as in most files: then none needs to be remembered.
    highest: Option<u64>,
    numbers: Option<HashSet<u64>>,
    texts: HashSet<Arc<str>>,
}

impl Taken {
    /// Whether the id was free; `before` are those that were.
    fn take(&mut self, id: &FeatureId, before: &[Option<FeatureId>]) -> bool {
        match (id.addressed(), &mut self.numbers) {
            (FeatureId::Text(text), _) => self.texts.insert(text),
            (FeatureId::Int(number), Some(numbers)) => numbers.insert(number),
            (FeatureId::Int(number), None) if self.highest.is_none_or(|highest| highest < number) => {
                self.highest = Some(number);
                true
            }
            (FeatureId::Int(number), none) => {
                let number_of = |id: &FeatureId| match id.addressed() {
                    FeatureId::Int(number) => Some(number),
                    FeatureId::Text(_) => None,
                };
                none.insert(before.iter().flatten().filter_map(number_of).collect()).insert(number)
            }
        }
    }
}

/// Gathers what the judges hand over, until they are done; findings are reported with the number of their table. A batch gives its place
/// on the way back when it is gathered; a judge's panic goes on here.
pub(super) fn gather<B: Beside>(
    judged: &Receiver<Verdict<B>>,
    places: Receiver<()>,
    report: &mut Report<'_>,
) -> Result<Vec<Table<B>>, SourceError> {
    let mut tables: Vec<Table<B>> = Vec::new();
    // Batches that were faster than one before them: no more than there are places.
    let mut early: BTreeMap<u64, Judged<B>> = BTreeMap::new();
    let mut next = 0;
    for verdict in judged {
        let batch = verdict.unwrap_or_else(|panic| resume_unwind(panic));
        early.insert(batch.number, batch);
        while let Some(batch) = early.remove(&next) {
            next += 1;
            take(batch, &mut tables, report);
            // It took a place before it was sent, so there is one to give back.
            let _ = places.try_recv();
        }
    }
    drop(places);
    tables.iter().try_for_each(Table::has_ids)?;
    Ok(tables)
}

fn take<B: Beside>(batch: Judged<B>, tables: &mut Vec<Table<B>>, report: &mut Report<'_>) {
    for outcome in batch.outcomes {
        if let Outcome::Table(heading) = outcome {
            tables.push(Table::new(heading));
            continue;
        }
        let number = tables.len().saturating_sub(1);
        let Some(table) = tables.last_mut() else { continue };
        let mut report = |finding| report(number, finding);
        match outcome {
            Outcome::Row(row) => table.take(row, &mut report),
            Outcome::Lost(findings) => {
                table.seen += 1;
                findings.into_iter().for_each(report);
            }
            Outcome::Note(finding) => report(finding),
            Outcome::Unmix => table.columns.unmix(),
            Outcome::Table(_) => (),
        }
    }
    if let Some(table) = tables.last_mut() {
        table.columns.append(batch.columns);
        table.places.append(batch.places);
        table.beside.append(batch.beside);
    }
}

impl<B: Beside> Table<B> {
    fn new(heading: Heading) -> Self {
        Self {
            heading,
            columns: Columns::default(),
            ids: Vec::new(),
            places: Places::default(),
            beside: B::default(),
            seen: 0,
            id_met: false,
            taken: Taken::default(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.heading.name
    }

    /// Features seen, accepted or not.
    pub(super) fn seen(&self) -> u64 {
        self.seen
    }

    fn take(&mut self, row: Row, report: &mut dyn FnMut(Finding)) {
        self.seen += 1;
        self.id_met |= row.id_met;
        row.findings.into_iter().for_each(&mut *report);
        let usable = self.usable(row.id).map_err(|(code, message)| {
            report(Finding::warning(code, format!("{}{}", row.pointer, self.place_of_ids()), message));
        });
        self.ids.push(usable.unwrap_or_default());
    }

    /// Where in a feature its id stands.
    fn place_of_ids(&self) -> String {
        self.heading.id_property.as_ref().map_or("/id".to_owned(), |name| format!("/properties/{}", escaped(name)))
    }

    /// The id if it is one and new.
    fn usable(&mut self, own: OwnId) -> Result<Option<FeatureId>, (&'static str, String)> {
        match own {
            OwnId::None => Ok(None),
            OwnId::Is(id) if self.taken.take(&id, &self.ids) => Ok(Some(id)),
            OwnId::Is(id) => Err(("repeated_id", format!("the id {id} is taken; the feature is numbered instead"))),
            OwnId::Unusable(text) => Err((
                "unusable_id",
                format!("{text:.40} is no id, which is a text or a whole number from 0; the feature is numbered instead"),
            )),
        }
    }

    /// Refused if no feature has the property that ids are to be taken from.
    fn has_ids(&self) -> Result<(), SourceError> {
        match &self.heading.id_property {
            Some(name) if !self.id_met && !self.ids.is_empty() => {
                Err(SourceError::NoProperty { name: name.clone(), known: self.columns.names().join(", ") })
            }
            _ => Ok(()),
        }
    }

    /// The layer; features without an id of their own are numbered from 1, apart from ids the file uses.
    pub(super) fn finish(self, losses: Vec<Loss>) -> SourceLayer<B> {
        let prefix = free_prefix(self.ids.iter().flatten());
        let numbered = |number: u64| match &prefix {
            Some(prefix) => FeatureId::Text(format!("{prefix}{number}").into()),
            None => FeatureId::Int(number),
        };
        let ids = (1u64..).zip(self.ids).map(|(number, own)| own.unwrap_or_else(|| numbered(number))).collect();
        let (schema, columns, dictionary) = self.columns.finish();
        SourceLayer {
            name: self.heading.name,
            description: self.heading.description,
            schema,
            features: Features::timeless(ids, self.places, columns, dictionary),
            beside: self.beside,
            losses,
        }
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
