//! What an audience is told of the roads and of what is reported about them: what access is worked out from.

use super::{Viewer, networks};
use crate::history::{Epoch, History};
use crate::record::{Record, Records};
use crate::time::Interval;
use crate::vocab::Kind;

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
