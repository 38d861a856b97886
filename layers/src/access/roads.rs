//! The roads while they are known as they are, and for each leg of them what speaks for or against its being passable.

use super::leg::{Evidence, Leg};
use super::matching::Matcher;
use crate::record::{Blockade, Body, Corridor, Location, Record, Records};
use crate::time::Interval;
use crate::view::Told;
use crate::vocab::{Audience, Kind};
use crate::windows;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A network with the evidence for each of its legs, for a stretch of the axis of knowledge.
#[derive(Debug)]
pub struct Roads {
    /// When the network is known so.
    pub known: Interval,
    /// Legs by id.
    pub(super) legs: Vec<Leg>,
    /// Corridors by id.
    pub(super) chains: Vec<Chain>,
    /// All that they refer to.
    pub network: Records,
    /// Areas of reported influence.
    pub(super) areas: Vec<Reported>,
    /// Reports.
    pub(super) reports: Vec<Reported>,
    /// Who is told: whoever does not hear everything must not be told that nothing is wrong.
    pub(super) audience: Audience,
}

/// A version of a report or an area.
#[derive(Debug)]
pub(super) struct Reported {
    /// When it was known.
    pub(super) known: Interval,
    /// How long it has any effect.
    pub(super) lasts: Interval,
    pub(super) record: Arc<Record>,
}

/// A corridor as numbers of legs.
#[derive(Debug)]
pub struct Chain {
    /// Id of the corridor.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// Its name.
    pub name: String,
    /// When it was known so.
    pub known: Interval,
    /// What else is said of it.
    pub corridor: Corridor,
    /// Its segments, from the origin on.
    pub links: Vec<Link>,
    /// The numbers of the reports that announce something of the whole of it.
    pub(super) announced: Vec<usize>,
}

/// A segment of a corridor.
#[derive(Debug)]
pub struct Link {
    /// Id of the segment.
    pub segment: String,
    /// The place where it is entered.
    pub from: String,
    /// The place where it is left.
    pub to: String,
    /// It is passed from `a` to `b`.
    pub(super) is_forward: bool,
    /// The number of its leg, unless that is not seen.
    pub(super) leg: Option<usize>,
}

impl Roads {
    /// Of a network and the reports told of it.
    pub(super) fn of(told: Told, audience: Audience) -> Self {
        let Told { known, network, mut reports } = told;
        // By what they are called here: another order could tell of their true ids.
        reports.sort_by(|(_, one), (_, other)| (one.id(), one.common().version).cmp(&(other.id(), other.common().version)));
        let mut legs: Vec<Leg> = network.of(Kind::Segment).filter_map(|record| Leg::of(record, &network)).collect();
        let numbers: BTreeMap<&str, usize> = legs.iter().enumerate().map(|(number, leg)| (leg.id.as_str(), number)).collect();
        let mut chains: Vec<Chain> = network.of(Kind::Corridor).filter_map(|record| chain(record, &legs, &numbers)).collect();
        drop(numbers);
        let reported = |(known, record)| Reported { known, lasts: windows::lasts(&record), record: Arc::new(record) };
        let (areas, reports): (Vec<_>, Vec<_>) =
            reports.into_iter().map(reported).partition(|reported| reported.record.body().kind() == Kind::Area);
        announce(&reports, &mut chains);
        let evidence = evidence(&Matcher::new(&legs, &network), areas.iter().chain(&reports));
        evidence.into_iter().for_each(|(leg, evidence)| legs[leg].evidence.push(evidence));
        legs.iter_mut().for_each(Leg::settle);
        Self { known, legs, chains, network, areas, reports, audience }
    }

    /// A leg by the id of its segment.
    pub fn leg(&self, id: &str) -> Option<usize> {
        self.legs.binary_search_by(|leg| leg.id.as_str().cmp(id)).ok()
    }

    /// A corridor by its id.
    pub fn chain(&self, id: &str) -> Option<&Chain> {
        self.chains.binary_search_by(|chain| chain.id.as_str().cmp(id)).ok().and_then(|number| self.chains.get(number))
    }
}

/// What each report and area says, and of which leg.
fn evidence<'r>(matcher: &Matcher<'_>, versions: impl Iterator<Item = &'r Reported>) -> Vec<(usize, Evidence)> {
    let of_version = |Reported { known, record, .. }: &'r Reported| {
        let found = match record.body() {
            Body::Blockade(report) => matcher.of_report(report, record.common().accuracy_m.unwrap_or(0.0)),
            Body::Area(area) => matcher.of_area(area),
            Body::Corridor(_) | Body::Segment(_) | Body::Place(_) => BTreeMap::new(),
        };
        found.into_iter().map(move |(leg, on)| (leg, Evidence { record: Arc::clone(record), known: *known, on }))
    };
    versions.flat_map(of_version).collect()
}

/// Tells each corridor what is announced of the whole of it.
fn announce(reports: &[Reported], chains: &mut [Chain]) {
    for (number, reported) in reports.iter().enumerate() {
        let Body::Blockade(Blockade { location: Location::Corridors(ids), .. }) = reported.record.body() else { continue };
        for id in ids.iter().collect::<BTreeSet<_>>() {
            let found = chains.binary_search_by(|chain| chain.id.cmp(id)).ok().and_then(|chain| chains.get_mut(chain));
            found.into_iter().for_each(|chain| chain.announced.push(number));
        }
    }
}

fn chain(record: &Record, legs: &[Leg], numbers: &BTreeMap<&str, usize>) -> Option<Chain> {
    let Body::Corridor(corridor) = record.body() else { return None };
    let ends = corridor.nodes.iter().zip(corridor.nodes.iter().skip(1));
    let link = |(segment, (from, to)): (&String, (&String, &String))| {
        let leg = numbers.get(segment.as_str()).copied();
        let is_forward = leg.and_then(|leg| legs.get(leg)).is_none_or(|leg| leg.a == *from);
        Link { segment: segment.clone(), from: from.clone(), to: to.clone(), is_forward, leg }
    };
    Some(Chain {
        id: record.id().to_owned(),
        version: record.common().version,
        name: record.common().name.clone(),
        known: record.common().known,
        links: corridor.segments.iter().zip(ends).map(link).collect(),
        corridor: corridor.clone(),
        announced: Vec::new(),
    })
}
