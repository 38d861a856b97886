//! What an audience is told of the roads and of what is reported about them: what access is worked out from.

use super::Viewer;
use super::generalise::opaque;
use super::project::Seen;
use crate::history::{Epoch, History};
use crate::record::{Network, Record, RecordId, Records, Source};
use crate::time::{Instant, Interval};
use crate::vocab::Kind;
use std::collections::BTreeSet;

/// The reports told of a network while that is known as it is.
#[derive(Debug)]
pub struct Told {
    /// When the network is known so.
    pub known: Interval,
    /// Places, segments, corridors and sources.
    pub network: Records,
    /// Versions of reports and areas that are known at some time of it.
    pub reports: Vec<Heard>,
}

/// A version of a report or an area as an audience is told of it.
#[derive(Debug)]
pub struct Heard {
    /// The version.
    pub record: Record,
    /// It is not told before this moment.
    pub due: Option<Instant>,
}

/// What is told otherwise of some records while the network is known as it is.
#[derive(Debug)]
pub struct Retold {
    /// When the network is known so.
    pub known: Interval,
    /// The ids under which the records are told, or were.
    pub ids: BTreeSet<RecordId>,
    /// The places, segments and corridors among them, as they are told now.
    pub network: Vec<Record>,
    /// Versions of the reports and areas among them that are known at some time of it.
    pub reports: Vec<Heard>,
    /// What all these cite.
    pub sources: Vec<Source>,
}

/// All that is told, in order of knowledge and without gaps.
#[derive(Debug)]
pub struct Story {
    /// The first epoch of the network.
    pub first: Told,
    /// What is told otherwise in each of those after it than in the one before.
    pub later: Vec<Retold>,
}

/// All of it. `O(n log n)`, and for each correction of the network as much as depends on it.
pub fn told(history: &History, viewer: Viewer<'_>) -> Story {
    let mut epochs = history.epochs();
    let first = whole(history, viewer, epochs.first().map_or(Interval::ALWAYS, |epoch| epoch.known));
    // Reports that were not known in the first epoch come with the one in which they are.
    for version in history.iter().filter(|version| is_report(version)) {
        let known = viewer.lens().told(version, &first.network).and_then(|record| record.common().known.from);
        let after = epochs.partition_point(|epoch| epoch.known.from <= known);
        if let Some(epoch) = after.checked_sub(1).filter(|number| *number > 0).and_then(|number| epochs.get_mut(number)) {
            epoch.corrected.insert(version.id().to_owned());
        }
    }
    let later = epochs.iter().skip(1).map(|Epoch { known, corrected }| in_epoch(history, viewer, corrected, *known));
    Story { later: later.collect(), first }
}

/// All that is told in an epoch.
pub(crate) fn whole(history: &History, viewer: Viewer<'_>, known: Interval) -> Told {
    let network = viewer.lens().network(&history.network(known.from));
    let versions = history.of_kind(Kind::Blockade).chain(history.of_kind(Kind::Area));
    let reports = reports(versions, viewer, &network, known);
    Told { known, network, reports }
}

/// What is told of some records that were touched, for each epoch of the network. `O(epochs x versions of the touched)`.
pub fn retold(history: &History, viewer: Viewer<'_>, touched: &BTreeSet<RecordId>) -> Vec<Retold> {
    history.epoch_times().into_iter().map(|known| in_epoch(history, viewer, touched, known)).collect()
}

fn in_epoch(history: &History, viewer: Viewer<'_>, touched: &BTreeSet<RecordId>, known: Interval) -> Retold {
    let seen = Seen { history, lens: viewer.lens(), at: known.from };
    let names = |id: &RecordId| [id.clone(), opaque(id, viewer.rekey)];
    let network = touched.iter().filter_map(|id| viewer.lens().told(history.known(id, known.from)?, &seen));
    let network: Vec<Record> = network.collect();
    let versions = touched.iter().flat_map(|id| history.record(id)).filter(|version| is_report(version));
    let reports = reports(versions, viewer, &seen, known);
    let cited = network.iter().chain(reports.iter().map(|heard| &heard.record)).flat_map(Record::cites);
    let sources = cited.collect::<BTreeSet<_>>().into_iter().filter_map(|id| seen.source(id)).cloned().collect();
    Retold { known, ids: touched.iter().flat_map(names).collect(), network, reports, sources }
}

fn is_report(version: &Record) -> bool {
    matches!(version.body().kind(), Kind::Blockade | Kind::Area)
}

/// What is told of reports and areas that is known at some time of an epoch.
fn reports<'h>(
    versions: impl Iterator<Item = &'h Record>,
    viewer: Viewer<'_>,
    network: &dyn Network,
    known: Interval,
) -> Vec<Heard> {
    let lens = viewer.lens();
    let told = versions.filter_map(|version| Some(Heard { record: lens.told(version, network)?, due: lens.due(version) }));
    told.filter(|Heard { record, .. }| !record.common().withdrawn && record.common().known.intersects(&known)).collect()
}
