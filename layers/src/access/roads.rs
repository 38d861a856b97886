//! The roads while they are known as they are, and for each leg of them what speaks for or against its being passable.

use super::leg::{Evidence, Leg};
use super::matching::{Matcher, Tree};
use crate::record::{Blockade, Body, Corridor, Location, Record, Records};
use crate::time::{Instant, Interval};
use crate::view::{Heard, Told};
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
    pub(super) tree: Arc<Tree>,
    /// Corridors by id.
    pub(super) chains: Arc<Vec<Chain>>,
    /// All that they refer to.
    pub network: Arc<Records>,
    /// Areas of reported influence.
    pub(super) areas: Arc<Vec<Reported>>,
    /// Reports.
    pub(super) reports: Arc<Vec<Reported>>,
    /// By the id of a corridor: the reports that announce something of the whole of it.
    pub(super) announced: Arc<BTreeMap<String, Vec<Reported>>>,
    /// Who is told: whoever does not hear everything must not be told that nothing is wrong.
    pub(super) audience: Audience,
}

/// A version of a report or an area.
#[derive(Debug, Clone)]
pub(super) struct Reported {
    /// How long it has any effect.
    pub(super) lasts: Interval,
    /// The audience is not told before this moment.
    pub(super) due: Option<Instant>,
    pub(super) record: Record,
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
        let legs = network.of(Kind::Segment).filter_map(|record| Leg::of(record, &network)).map(Arc::new);
        let mut legs: Vec<Arc<Leg>> = legs.collect();
        let tree = Tree::of(&legs);
        let (mut areas, mut reports) = reported(reports);
        [&mut areas, &mut reports].into_iter().for_each(|reported| put_in_order(reported));
        let evidence = evidence(&Matcher { legs: &legs, network: &network, tree: &tree }, areas.iter().chain(&reports));
        add(&mut legs, evidence);
        legs.iter_mut().for_each(|leg| Arc::make_mut(leg).settle());
        Self {
            known,
            chains: Arc::new(chains(&network, &legs)),
            legs,
            tree: Arc::new(tree),
            network: Arc::new(network),
            announced: Arc::new(announced(&reports)),
            areas: Arc::new(areas),
            reports: Arc::new(reports),
            audience,
        }
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
pub(super) fn reported(told: Vec<Heard>) -> (Vec<Reported>, Vec<Reported>) {
    let reported = |Heard { record, due }| Reported { lasts: windows::lasts(&record), due, record };
    let (mut areas, mut reports): (Vec<Reported>, Vec<Reported>) =
        told.into_iter().map(reported).partition(|reported| reported.record.body().kind() == Kind::Area);
    [&mut areas, &mut reports].into_iter().for_each(Vec::shrink_to_fit);
    (areas, reports)
}

/// By what they are called here: another order could tell of their true ids.
pub(super) fn put_in_order(reported: &mut [Reported]) {
    let order = |one: &Reported, other: &Reported| {
        let (one, other) = (one.record.common(), other.record.common());
        (&one.id, one.version).cmp(&(&other.id, other.version))
    };
    reported.sort_by(order);
}

/// Gives each leg what speaks of it.
pub(super) fn add(legs: &mut [Arc<Leg>], evidence: Vec<(usize, Evidence)>) {
    for (leg, evidence) in evidence {
        legs.get_mut(leg).into_iter().for_each(|leg| Arc::make_mut(leg).evidence.push(evidence.clone()));
    }
}

/// What each report and area says, and of which leg.
pub(super) fn evidence<'r>(matcher: &Matcher<'_>, versions: impl Iterator<Item = &'r Reported>) -> Vec<(usize, Evidence)> {
    let of_version = |Reported { record, due, .. }: &'r Reported| {
        let found = match record.body() {
            Body::Blockade(report) => matcher.of_report(report, record.common().accuracy_m.unwrap_or(0.0)),
            Body::Area(area) => matcher.of_area(area),
            Body::Corridor(_) | Body::Segment(_) | Body::Place(_) => BTreeMap::new(),
        };
        found.into_iter().map(move |(leg, on)| (leg, Evidence { record: record.clone(), due: *due, on }))
    };
    versions.flat_map(of_version).collect()
}

/// What is announced of the whole of each corridor.
pub(super) fn announced(reports: &[Reported]) -> BTreeMap<String, Vec<Reported>> {
    let mut announced: BTreeMap<String, Vec<Reported>> = BTreeMap::new();
    for reported in reports {
        let Body::Blockade(Blockade { location: Location::Corridors(ids), .. }) = reported.record.body() else { continue };
        for id in ids.iter().collect::<BTreeSet<_>>() {
            announced.entry(id.clone()).or_default().push(reported.clone());
        }
    }
    announced
}

/// The corridors of a network over its legs, which are in order of their ids.
pub(super) fn chains(network: &Records, legs: &[Arc<Leg>]) -> Vec<Chain> {
    network.of(Kind::Corridor).filter_map(|record| chain(record, legs)).collect()
}

fn chain(record: &Record, legs: &[Arc<Leg>]) -> Option<Chain> {
    let Body::Corridor(corridor) = record.body() else { return None };
    let ends = corridor.nodes.iter().zip(corridor.nodes.iter().skip(1));
    let link = |(segment, (from, to)): (&String, (&String, &String))| {
        let leg = legs.binary_search_by(|leg| leg.id.cmp(segment)).ok();
        let is_forward = leg.and_then(|leg| legs.get(leg)).is_none_or(|leg| leg.a == *from);
        Link { segment: segment.clone(), from: from.clone(), to: to.clone(), is_forward, leg }
    };
    Some(Chain {
        id: record.id().to_owned(),
        version: record.common().version,
        name: record.common().name.to_string(),
        known: record.common().known,
        links: corridor.segments.iter().zip(ends).map(link).collect(),
        corridor: corridor.clone(),
    })
}
