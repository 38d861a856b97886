//! What was read, held against what holds: what each draft would change, and everything that is found when they are judged together.

use super::difference::{Difference, Member};
use super::read::{Everything, Place, Placed, Said};
use crate::ledger::{Entry, Judged, Order, Says};
use roadblock_layers::finding::{Finding, Severity};
use roadblock_layers::history::History;
use roadblock_layers::import::feature::keep_effect;
use roadblock_layers::store::{Batch, Version};
use roadblock_layers::vocab::Kind;
use std::collections::BTreeSet;

/// What an import comes to.
pub struct Weighed {
    compared: Vec<(Said, Difference)>,
    skipped: usize,
    /// Everything found, notes among it.
    pub findings: Vec<Placed>,
    /// What is to be entered.
    pub order: Order,
    /// The same as the store takes it, if nothing of it was refused.
    batch: Option<Batch>,
}

/// How many records are what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Those that there were not.
    pub new: usize,
    /// Those of which something else is said.
    pub changed: usize,
    /// Those of which the same is said.
    pub unchanged: usize,
    /// Those that were withdrawn here and stay so.
    pub withdrawn: usize,
    /// Rows that the mapping passes over.
    pub skipped: usize,
}

impl Everything {
    /// Weighs it against what a history tells, `newest` being the newest version of a record. `tick` is called for each draft.
    pub fn weighed<'v>(
        self,
        (history, newest): (&History, impl Fn(&str) -> Option<&'v Version>),
        kind: Kind,
        who: String,
        tick: impl Fn(),
    ) -> Weighed {
        let Self { said, mut findings, skipped } = self;
        let mut seen = BTreeSet::new();
        let compare = |mut said: Said| {
            tick();
            let newest = newest(&said.id);
            newest.into_iter().for_each(|newest| keep_effect(&mut said.sent, &newest.draft));
            let difference = Difference::of(history, kind, &said, newest);
            let finding = if seen.insert(said.id.clone()) { noted(&difference, &said.id) } else { Some(repeated(&said.id)) };
            findings.extend(finding.map(|finding| Placed { place: said.place.clone(), finding }));
            (said, difference)
        };
        let compared: Vec<(Said, Difference)> = said.into_iter().map(compare).collect();
        let order = Order { who, entries: entries(kind, &compared), key: None };
        let (batch, found) = match order.judged(history) {
            Ok(Judged { batch, findings, .. }) => (Some(batch), findings),
            Err(found) => (None, found),
        };
        let mut weighed = Weighed { compared, skipped, findings, order, batch };
        let found: Vec<Placed> = found.into_iter().map(|finding| weighed.placed(finding)).collect();
        weighed.findings.extend(found);
        weighed
    }
}

impl Weighed {
    /// Whether all of it can be entered.
    pub fn is_good(&self) -> bool {
        self.batch.is_some() && self.findings.iter().all(|placed| placed.finding.severity == Severity::Warning)
    }

    /// What the store is to be asked, if all of it can be entered.
    pub fn batch(&self) -> Option<&Batch> {
        self.batch.as_ref().filter(|_| self.is_good())
    }

    /// What becomes of how many.
    pub fn counts(&self) -> Counts {
        let count = |is: fn(&Difference) -> bool| self.compared.iter().filter(|(_, difference)| is(difference)).count();
        Counts {
            new: count(|is| matches!(is, Difference::New)),
            changed: count(|is| matches!(is, Difference::Changed(..))),
            unchanged: count(|is| matches!(is, Difference::Unchanged)),
            withdrawn: count(|is| matches!(is, Difference::Withdrawn)),
            skipped: self.skipped,
        }
    }

    /// The ids of what is new or changed, in which order they came, and the members that are said otherwise; no members of what is new.
    pub fn changes(&self) -> impl Iterator<Item = (&str, Option<&[Member]>)> {
        self.compared.iter().filter_map(|(said, difference)| match difference {
            Difference::New => Some((said.id.as_str(), None)),
            Difference::Changed(_, members) => Some((said.id.as_str(), Some(members.as_slice()))),
            Difference::Unchanged | Difference::Withdrawn | Difference::Taken(_) => None,
        })
    }

    /// A finding of the ledger with the place of the draft that it speaks of.
    pub fn placed(&self, finding: Finding) -> Placed {
        let within = finding.pointer.strip_prefix("/#").map(|rest| rest.split_once('/').unwrap_or((rest, "")));
        let found = within.and_then(|(number, rest)| Some((self.compared.get(number.parse::<usize>().ok()?)?, rest)));
        match found {
            Some(((said, _), rest)) => {
                let pointer = format!("/{rest}");
                Placed { place: said.place.clone(), finding: Finding { pointer, ..finding } }
            }
            None => Placed { place: Place::whole("what the store holds"), finding },
        }
    }
}

fn repeated(id: &str) -> Finding {
    Finding::error("repeated_id", "/id", format!("'{id}' came before; say each record once"))
}

/// What is to be said of a difference, if anything is.
fn noted(difference: &Difference, id: &str) -> Option<Finding> {
    match difference {
        Difference::Taken(other) => {
            let message = format!("'{id}' is the id of a record of kind '{}'; take another", other.as_str());
            Some(Finding::error("id_taken", "/id", message))
        }
        Difference::Withdrawn => {
            let message = format!("'{id}' was withdrawn here and stays so; an editor can restore it");
            Some(Finding::warning("withdrawn", "/id", message))
        }
        Difference::New | Difference::Changed(..) | Difference::Unchanged => None,
    }
}

/// What is to be said anew; each is named by its number among what was read, which no id looks like.
fn entries(kind: Kind, compared: &[(Said, Difference)]) -> Vec<Entry> {
    let entry = |(number, (said, difference)): (usize, &(Said, Difference))| {
        let says = Says::This(said.sent.clone());
        let expected = difference.expected()?;
        Some(Entry { kind, id: said.id.clone(), expected, says, pointer: format!("/#{number}") })
    };
    compared.iter().enumerate().filter_map(entry).collect()
}
