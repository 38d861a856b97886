//! The roads while they are known as they are, and for each leg of them what speaks for or against its being passable.

use super::leg::{Evidence, Leg};
use super::matching::{Matcher, Tree};
use super::parted::{Turned, note, parted};
use crate::record::{Blockade, Body, Corridor, Location, Record, Records};
use crate::time::Interval;
use crate::view::{RetoldInEpoch, Told};
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
    pub(super) legs: Vec<Arc<Leg>>,
    /// Where they are.
    tree: Arc<Tree>,
    /// Corridors by id.
    pub(super) chains: Vec<Chain>,
    /// All that they refer to.
    pub network: Arc<Records>,
    /// Areas of reported influence.
    pub(super) areas: Vec<Reported>,
    /// Reports.
    pub(super) reports: Vec<Reported>,
    /// Who is told: whoever does not hear everything must not be told that nothing is wrong.
    pub(super) audience: Audience,
}

/// A version of a report or an area.
#[derive(Debug, Clone)]
pub(super) struct Reported {
    /// When it was known.
    pub(super) known: Interval,
    /// How long it has any effect.
    pub(super) lasts: Interval,
    pub(super) record: Arc<Record>,
}

/// A corridor as numbers of legs.
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
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
        let Told { known, network, reports } = told;
        let mut legs: Vec<Arc<Leg>> =
            network.of(Kind::Segment).filter_map(|record| Leg::of(record, &network)).map(Arc::new).collect();
        let numbers: BTreeMap<&str, usize> = legs.iter().enumerate().map(|(number, leg)| (leg.id.as_str(), number)).collect();
        let mut chains: Vec<Chain> = network.of(Kind::Corridor).filter_map(|record| chain(record, &legs, &numbers)).collect();
        drop(numbers);
        let tree = Arc::new(Tree::of(&legs));
        let (mut areas, mut reports) = reported(reports);
        [&mut areas, &mut reports].into_iter().for_each(|reported| put_in_order(reported));
        announce(&reports, &mut chains);
        let evidence = evidence(&Matcher { legs: &legs, network: &network, tree: &tree }, areas.iter().chain(&reports));
        add(&mut legs, evidence);
        legs.iter_mut().for_each(|leg| Arc::make_mut(leg).settle());
        Self { known, legs, tree, chains, network: Arc::new(network), areas, reports, audience }
    }

    /// These roads after something else is told of some reports, or these themselves if nothing was known of those then, nor is. Notes since when
    /// something else is told of which legs. The same network; legs that nothing is told of otherwise are shared. `O(reports)`, but with little to
    /// do for each.
    pub(super) fn next(self: &Arc<Self>, ids: &BTreeSet<String>, retold: RetoldInEpoch, turned: &mut Turned) -> Arc<Self> {
        let (new_areas, new_reports) = reported(retold.reports);
        let (areas, mut gone) = replaced(&self.areas, ids, new_areas.clone());
        let (reports, gone_reports) = replaced(&self.reports, ids, new_reports.clone());
        gone.extend(gone_reports);
        if gone.is_empty() && new_areas.is_empty() && new_reports.is_empty() {
            return Arc::clone(self);
        }
        let mut network = Arc::clone(&self.network);
        for source in retold.sources {
            if network.source(&source.id) != Some(&source) {
                Arc::make_mut(&mut network).replace_source(source);
            }
        }
        let matcher = Matcher { legs: &self.legs, network: &network, tree: &self.tree };
        let mut new: BTreeMap<usize, Vec<Evidence>> = BTreeMap::new();
        for (leg, evidence) in evidence(&matcher, new_areas.iter().chain(&new_reports)) {
            new.entry(leg).or_default().push(evidence);
        }
        let is_gone = |evidence: &Evidence| gone.iter().any(|record| Arc::ptr_eq(record, &evidence.record));
        let mut legs = self.legs.clone();
        for (number, leg) in legs.iter_mut().enumerate() {
            let new = new.remove(&number).unwrap_or_default();
            if !new.is_empty() || !gone.is_empty() && leg.evidence.iter().any(is_gone) {
                let leg = Arc::make_mut(leg);
                let (gone, kept): (Vec<Evidence>, Vec<Evidence>) =
                    std::mem::take(&mut leg.evidence).into_iter().partition(is_gone);
                if let Some(since) = parted(&gone, &new) {
                    note(turned, &leg.id, since);
                }
                leg.evidence = kept.into_iter().chain(new).collect();
                leg.settle();
            }
        }
        let mut chains = self.chains.clone();
        chains.iter_mut().for_each(|chain| chain.announced.clear());
        announce(&reports, &mut chains);
        let (known, tree, audience) = (self.known, Arc::clone(&self.tree), self.audience);
        Arc::new(Self { known, legs, tree, chains, network, areas, reports, audience })
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

/// Versions of areas, and of reports.
fn reported(told: Vec<(Interval, Record)>) -> (Vec<Reported>, Vec<Reported>) {
    let reported = |(known, record)| Reported { known, lasts: windows::lasts(&record), record: Arc::new(record) };
    told.into_iter().map(reported).partition(|reported| reported.record.body().kind() == Kind::Area)
}

/// By what they are called here: another order could tell of their true ids.
fn put_in_order(reported: &mut [Reported]) {
    reported.sort_by(|one, other| one.order().cmp(&other.order()));
}

/// Reports in their order with what is new of some in place of what was told of these, and that.
fn replaced(former: &[Reported], ids: &BTreeSet<String>, mut new: Vec<Reported>) -> (Vec<Reported>, Vec<Arc<Record>>) {
    put_in_order(&mut new);
    let mut gone = Vec::new();
    let mut all = Vec::with_capacity(former.len() + new.len());
    let (mut rest, mut new) = (former, new.into_iter().peekable());
    for id in ids {
        let (before, later) = rest.split_at(rest.partition_point(|reported| reported.record.id() < id.as_str()));
        let (told, later) = later.split_at(later.partition_point(|reported| reported.record.id() == id.as_str()));
        all.extend_from_slice(before);
        gone.extend(told.iter().map(|reported| Arc::clone(&reported.record)));
        all.extend(std::iter::from_fn(|| new.next_if(|reported| reported.record.id() == id)));
        rest = later;
    }
    all.extend_from_slice(rest);
    (all, gone)
}

impl Reported {
    fn order(&self) -> (&str, u32) {
        (self.record.id(), self.record.common().version)
    }
}

fn add(legs: &mut [Arc<Leg>], evidence: Vec<(usize, Evidence)>) {
    for (leg, evidence) in evidence {
        legs.get_mut(leg).into_iter().for_each(|leg| Arc::make_mut(leg).evidence.push(evidence.clone()));
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

fn chain(record: &Record, legs: &[Arc<Leg>], numbers: &BTreeMap<&str, usize>) -> Option<Chain> {
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
