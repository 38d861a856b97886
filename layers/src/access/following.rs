//! The roads after something else is told of some records: what these are not about is shared with the roads that were.
//!
//! ```text
//!   network: a segment lies elsewhere -> all reports near it are matched to it, and to no other
//!            a segment is said anew   -> its evidence stays
//!   reports: those told otherwise are matched to all legs
//! ```

use super::leg::{Evidence, Leg};
use super::matching::{Matcher, Tree};
use super::parted::{Turned, note, parted};
use super::roads::{Reported, Roads, add, announced, chains, evidence, put_in_order, reported};
use crate::record::{Blockade, Body, Common, Location, Record, Records, Source};
use crate::time::Interval;
use crate::view::Retold;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Roads {
    /// These roads as they are from then on, or for a part of the time, when something else is told of some records; these themselves if it is
    /// not. Notes since when something else is told of which legs. Costs as much as depends on the records, and a little for each report; a leg
    /// for each when segments lie elsewhere.
    pub(super) fn next(self: &Arc<Self>, retold: Retold, turned: &mut Turned) -> Arc<Self> {
        let Retold { known, ids, network: told, sources, reports } = retold;
        let network = with_sources(&self.network, sources);
        let (network, is_other) = with_records(network, &ids, told);
        let (new_areas, new_reports) = reported(reports);
        let areas = Replaced::of(&self.areas, &ids, new_areas, known, !is_other);
        let reports = Replaced::of(&self.reports, &ids, new_reports, known, !is_other);
        let has_same_reports = Arc::ptr_eq(&reports.all, &self.reports);
        if known == self.known && !is_other && has_same_reports && Arc::ptr_eq(&areas.all, &self.areas) {
            return Arc::clone(self);
        }
        let reported: Vec<&Reported> = areas.all.iter().chain(&*reports.all).collect();
        let mut legs = if is_other { self.rebuilt(&network, &ids, &reported, known, turned) } else { Rebuilt::same(self) };
        let renamed: Vec<&Reported> = reported.into_iter().filter(|reported| legs.are_named_by(reported, &ids)).collect();
        let matcher = Matcher { legs: &legs.all, network: &network, tree: &legs.tree };
        let mut come: BTreeMap<usize, Vec<Evidence>> = BTreeMap::new();
        for (leg, evidence) in evidence(&matcher, areas.come.iter().chain(&reports.come).chain(renamed.iter().copied())) {
            come.entry(leg).or_default().push(evidence);
        }
        let gone = areas.gone.iter().chain(&reports.gone).chain(renamed.iter().map(|reported| &reported.record));
        let gone: BTreeSet<*const Common> = gone.map(Record::place).collect();
        for (number, leg) in legs.all.iter_mut().enumerate().filter(|(_, leg)| !legs.new.contains(&leg.id)) {
            replace(leg, &gone, come.remove(&number).unwrap_or_default(), known, turned);
        }
        let announced = if has_same_reports { Arc::clone(&self.announced) } else { Arc::new(announced(&reports.all)) };
        Arc::new(Self {
            known,
            chains: if is_other { Arc::new(chains(&network, &legs.all)) } else { Arc::clone(&self.chains) },
            legs: legs.all,
            tree: legs.tree,
            network,
            announced,
            areas: areas.all,
            reports: reports.all,
            audience: self.audience,
        })
    }

    /// The legs of another network that differs in some records.
    fn rebuilt(
        &self,
        network: &Records,
        ids: &BTreeSet<String>,
        reported: &[&Reported],
        known: Interval,
        turned: &mut Turned,
    ) -> Rebuilt {
        let mut all: Vec<Arc<Leg>> = self.legs.iter().filter(|leg| !ids.contains(&leg.id)).cloned().collect();
        let (mut elsewhere, mut named): (Vec<Arc<Leg>>, BTreeSet<String>) = Default::default();
        for id in ids {
            let former = self.leg(id).and_then(|number| self.legs.get(number));
            let leg = network.get(id).and_then(|record| Leg::of(record, network));
            if former.is_some() || leg.is_some() {
                note(turned, id, known.from);
            }
            if former.is_some() != leg.is_some() {
                named.insert(id.clone());
            }
            match (leg, former) {
                (Some(mut leg), Some(former)) if former.lies_as(&leg) => {
                    leg.evidence.clone_from(&former.evidence);
                    leg.settle();
                    all.push(Arc::new(leg));
                }
                (Some(leg), _) => elsewhere.push(Arc::new(leg)),
                (None, _) => (),
            }
        }
        let new: BTreeSet<String> = elsewhere.iter().map(|leg| leg.id.clone()).collect();
        let lie_as_before = new.is_empty() && all.len() == self.legs.len();
        all.extend(elsewhere);
        all.sort_by(|one, other| one.id.cmp(&other.id));
        // All legs are there, so that a report is matched to the segment that it names, but only the new ones are found by where they are.
        let tree = Tree::of_some(&all, |leg| new.contains(&leg.id));
        let found = evidence(&Matcher { legs: &all, network, tree: &tree }, reported.iter().copied());
        let is_new = |number: usize| all.get(number).is_some_and(|leg| new.contains(&leg.id));
        let found = found.into_iter().filter(|(number, _)| is_new(*number)).collect();
        add(&mut all, found);
        all.iter_mut().filter(|leg| new.contains(&leg.id)).for_each(|leg| Arc::make_mut(leg).settle());
        let tree = if lie_as_before { Arc::clone(&self.tree) } else { Arc::new(Tree::of(&all)) };
        Rebuilt { all, new, named, tree }
    }
}

/// The legs of the next roads.
struct Rebuilt {
    /// By id.
    all: Vec<Arc<Leg>>,
    /// Ids of those that lie elsewhere, or were not there, with their evidence.
    new: BTreeSet<String>,
    /// Ids of those that were not there or are not any more, so that what names them is about others now.
    named: BTreeSet<String>,
    tree: Arc<Tree>,
}

impl Rebuilt {
    fn same(roads: &Roads) -> Self {
        Self { all: roads.legs.clone(), new: BTreeSet::new(), named: BTreeSet::new(), tree: Arc::clone(&roads.tree) }
    }

    /// Whether a report, beside those that are looked at anyway, names a leg that comes or goes.
    fn are_named_by(&self, reported: &Reported, ids: &BTreeSet<String>) -> bool {
        let Body::Blockade(Blockade { location: Location::Point { segment: Some(segment), .. }, .. }) = reported.record.body()
        else {
            return false;
        };
        self.named.contains(segment) && !ids.contains(reported.record.id())
    }
}

/// Takes from a leg the evidence that is gone or over, and gives it what has come.
fn replace(leg: &mut Arc<Leg>, gone: &BTreeSet<*const Common>, come: Vec<Evidence>, known: Interval, turned: &mut Turned) {
    let is_gone = |evidence: &Evidence| gone.contains(&evidence.record.place());
    let is_over = |evidence: &Evidence| !evidence.known().intersects(&known);
    if come.is_empty() && !leg.evidence.iter().any(|evidence| is_gone(evidence) || is_over(evidence)) {
        return;
    }
    let leg = Arc::make_mut(leg);
    let (gone, kept): (Vec<Evidence>, Vec<Evidence>) = std::mem::take(&mut leg.evidence).into_iter().partition(is_gone);
    if let Some(since) = parted(&gone, &come) {
        note(turned, &leg.id, since.max(known.from));
    }
    leg.evidence = kept.into_iter().filter(|evidence| !is_over(evidence)).chain(come).collect();
    leg.settle();
}

/// Reports with what is new of some of them in place of what was.
struct Replaced {
    /// In order; those that were, if they are the same.
    all: Arc<Vec<Reported>>,
    /// To be taken from the legs.
    gone: Vec<Record>,
    /// To be matched to the legs.
    come: Vec<Reported>,
}

impl Replaced {
    /// What is told as before is not looked at if it is matched already. What is not known at a time any more is left out.
    fn of(
        former: &Arc<Vec<Reported>>,
        ids: &BTreeSet<String>,
        mut new: Vec<Reported>,
        known: Interval,
        are_matched: bool,
    ) -> Self {
        put_in_order(&mut new);
        let mut is_other = false;
        let (mut gone, mut come, mut all) = (Vec::new(), Vec::new(), Vec::with_capacity(former.len() + new.len()));
        let (mut rest, mut new) = (former.as_slice(), new.into_iter().peekable());
        for id in ids {
            let (before, later) = rest.split_at(rest.partition_point(|reported| reported.record.id() < id.as_str()));
            let (told, later) = later.split_at(later.partition_point(|reported| reported.record.id() == id.as_str()));
            all.extend_from_slice(before);
            let mut told: Vec<&Reported> = told.iter().collect();
            while let Some(reported) = new.next_if(|reported| reported.record.id() == id) {
                let same = told.iter().position(|former| (former.due, &former.record) == (reported.due, &reported.record));
                // What is told as before is the same record, wherever it is now.
                let reported = same.map_or(reported, |place| told.remove(place).clone());
                all.push(reported.clone());
                is_other |= same.is_none();
                if same.is_some() && are_matched {
                    continue;
                }
                gone.extend(same.map(|_| reported.record.clone()));
                come.push(reported);
            }
            is_other |= !told.is_empty();
            gone.extend(told.into_iter().map(|reported| reported.record.clone()));
            rest = later;
        }
        all.extend_from_slice(rest);
        all.retain(|reported| reported.record.common().known.intersects(&known));
        let is_same = !is_other && all.len() == former.len();
        Self { all: if is_same { Arc::clone(former) } else { Arc::new(all) }, gone, come }
    }
}

/// A network that also has some sources.
fn with_sources(network: &Arc<Records>, sources: Vec<Source>) -> Arc<Records> {
    let mut network = Arc::clone(network);
    for source in sources {
        if network.source(&source.id) != Some(&source) {
            Arc::make_mut(&mut network).replace_source(source);
        }
    }
    network
}

/// A network with what is told of some of its records in place of what was, and whether that is anything else.
fn with_records(mut network: Arc<Records>, ids: &BTreeSet<String>, told: Vec<Record>) -> (Arc<Records>, bool) {
    let mut is_other = false;
    let names: BTreeSet<String> = told.iter().map(|record| record.id().to_owned()).collect();
    for gone in ids.iter().filter(|id| !names.contains(*id)) {
        if network.get(gone).is_some() {
            Arc::make_mut(&mut network).remove(gone);
            is_other = true;
        }
    }
    for record in told {
        if network.get(record.id()) != Some(&record) {
            Arc::make_mut(&mut network).replace(record);
            is_other = true;
        }
    }
    (network, is_other)
}
