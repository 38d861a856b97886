//! What an audience is told of the roads and of what is reported about them: what access is worked out from.

use super::generalise::opaque;
use super::project::Seen;
use super::{Viewer, networks};
use crate::history::{Epoch, History};
use crate::record::{Network, Record, RecordId, Records, Source};
use crate::time::Interval;
use crate::vocab::Kind;
use std::collections::BTreeSet;

/// The reports told of a network while that is known as it is.
#[derive(Debug)]
pub struct Told {
    /// When the network is known so.
    pub known: Interval,
    /// Places, segments, corridors and sources.
    pub network: Records,
    /// Versions of reports and areas that are known at some time of it, each for as long as it is.
    pub reports: Vec<(Interval, Record)>,
}

/// All of it, in order of knowledge. `O(n)` for each epoch of the network.
pub fn told(history: &History, viewer: Viewer<'_>) -> Vec<Told> {
    let in_epoch = |Epoch { known, network }: Epoch| {
        let versions = history.of_kind(Kind::Blockade).chain(history.of_kind(Kind::Area));
        let told = |version: &Record| {
            let record = viewer.lens().told(version, &network).filter(|record| !record.common().withdrawn)?;
            let known = known.common(&record.common().known)?;
            Some((known, record))
        };
        let reports = versions.filter_map(told).collect();
        Told { known, network, reports }
    };
    networks(history, viewer).into_iter().map(in_epoch).collect()
}

/// What is told otherwise of some reports while the network stays as it is.
#[derive(Debug)]
pub struct Retold {
    /// The ids under which they were told or are.
    pub ids: BTreeSet<String>,
    /// What is told of them now, for each epoch.
    pub epochs: Vec<RetoldInEpoch>,
}

/// What is told otherwise in one epoch of the network.
#[derive(Debug)]
pub struct RetoldInEpoch {
    /// When the network is known so.
    pub known: Interval,
    /// Versions that are known at some time of it, each for as long as it is.
    pub reports: Vec<(Interval, Record)>,
    /// What they cite.
    pub sources: Vec<Source>,
}

/// What is told of some records that were touched; nothing if others may refer to any of them, so that all has to be told anew. `O(epochs x
/// versions of the touched)`.
pub fn retold(history: &History, viewer: Viewer<'_>, touched: &BTreeSet<RecordId>) -> Option<Retold> {
    let is_report = |version: &Record| matches!(version.body().kind(), Kind::Blockade | Kind::Area);
    if !touched.iter().all(|id| history.record(id).iter().all(is_report)) {
        return None;
    }
    let names = |id: &RecordId| [id.clone(), opaque(id, viewer.rekey)];
    let in_epoch = |known: Interval| {
        let network = Seen { history, lens: viewer.lens(), at: known.from };
        let versions = touched.iter().flat_map(|id| history.record(id));
        let told = versions.filter_map(|version| {
            let record = viewer.lens().told(version, &network).filter(|record| !record.common().withdrawn)?;
            Some((known.common(&record.common().known)?, record))
        });
        let reports: Vec<(Interval, Record)> = told.collect();
        let cited = reports.iter().flat_map(|(_, record)| record.cites());
        let sources = cited.filter_map(|id| network.source(id)).cloned().collect();
        RetoldInEpoch { known, reports, sources }
    };
    let epochs = history.epoch_times().into_iter().map(in_epoch).collect();
    Some(Retold { ids: touched.iter().flat_map(names).collect(), epochs })
}
