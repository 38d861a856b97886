//! What whoever watches the roads is told: each change of the status of a corridor, and of whether a place can be supplied, as time goes by.
//!
//! Followed is the moment that is now, on both axes at once: what held at t by what the audience might be told at t. So the list is a matter of
//! the records alone; whoever asks again from the same moment on gets it again, whatever happened to the server meanwhile, and what is told
//! late is told to whoever asked before it was.

use super::leg::Leg;
use super::look::By;
use super::rules::{Terms, Threshold};
use super::status::Rank;
use super::{Access, Inquiry};
use crate::time::{Datetime, Instant, Interval};
use std::collections::{BTreeMap, BTreeSet};

/// What is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Watched {
    /// The status of a corridor.
    Corridor,
    /// Whether supplies reach a place.
    Place,
}

impl Watched {
    /// The word in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Corridor => "corridor",
            Self::Place => "place",
        }
    }
}

/// How something that is watched is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Of a corridor its rank; a place that is cut off is closed, and one that is not is unknown.
    pub rank: Rank,
    /// The segments that make it so.
    pub segments: BTreeSet<String>,
    /// The records that count for those.
    pub causes: BTreeSet<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// When.
    pub at: Instant,
    /// Of what.
    pub watched: Watched,
    /// Its id.
    pub id: String,
    /// How bad it was.
    pub before: Rank,
    /// How it is.
    pub after: Standing,
}

/// What is to be watched; nothing named is everything.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    /// Ids of corridors.
    pub corridors: BTreeSet<String>,
    /// Ids of places.
    pub places: BTreeSet<String>,
}

/// That of what nobody knows any more, as of a corridor that was withdrawn.
impl Default for Standing {
    fn default() -> Self {
        Self { rank: Rank::Unknown, segments: BTreeSet::new(), causes: BTreeSet::new() }
    }
}

impl Watch {
    fn watches(&self, watched: Watched, id: &str) -> bool {
        let is_all = self.corridors.is_empty() && self.places.is_empty();
        is_all
            || match watched {
                Watched::Corridor => self.corridors.contains(id),
                Watched::Place => self.places.contains(id),
            }
    }
}

/// How everything that is watched is, by what it is and its id.
type Standings = BTreeMap<(Watched, String), Standing>;

impl Access {
    /// The changes after a moment and up to another, in order, by what is watched and its id. `O(turns x corridors)`.
    pub fn alerts(&self, since: Instant, until: Instant, terms: Terms, watch: &Watch) -> Vec<Alert> {
        let turns = self.turns(since, until);
        // Whoever follows asks again at each change, most of which are none of theirs.
        if turns.is_empty() {
            return Vec::new();
        }
        let mut alerts = Vec::new();
        let mut before = self.standings(since, terms, watch);
        for at in turns {
            let after = self.standings(at, terms, watch);
            let known: BTreeSet<&(Watched, String)> = before.keys().chain(after.keys()).collect();
            for key in known {
                let rank = |standings: &Standings| standings.get(key).map_or(Rank::Unknown, |standing| standing.rank);
                if rank(&before) != rank(&after) {
                    let (watched, id) = key.clone();
                    let standing = after.get(key).cloned().unwrap_or_default();
                    alerts.push(Alert { at, watched, id, before: rank(&before), after: standing });
                }
            }
            before = after;
        }
        alerts
    }

    /// The moments after one and up to another at which anything may change for whoever watches.
    fn turns(&self, since: Instant, until: Instant) -> BTreeSet<Instant> {
        let legs = self.epochs().iter().flat_map(|roads| roads.legs.iter().flat_map(|leg| turns_of(leg)));
        let known = self
            .epochs()
            .iter()
            .flat_map(|roads| ends(roads.known).chain(roads.chains.iter().flat_map(|chain| ends(chain.known))));
        legs.chain(known).filter(|turn| since < *turn && *turn <= until).collect()
    }

    fn standings(&self, at: Instant, terms: Terms, watch: &Watch) -> Standings {
        let inquiry = self.known(at, terms).map(|inquiry| Inquiry { by: By::Told, ..inquiry });
        inquiry.map(|inquiry| inquiry.standings(at, watch)).unwrap_or_default()
    }
}

impl Inquiry<'_> {
    fn standings(&self, at: Instant, watch: &Watch) -> Standings {
        let datetime = Datetime::At(at);
        let texts = |ids: BTreeSet<&str>| ids.into_iter().map(str::to_owned).collect();
        let chains = self.chains().filter(|chain| watch.watches(Watched::Corridor, &chain.id));
        let corridors = chains.map(|chain| {
            let status = self.corridor(chain, &datetime);
            let segments = status.bottlenecks().map(|part| part.link.segment.as_str()).collect();
            let standing = Standing { rank: status.rank, segments: texts(segments), causes: texts(status.causes()) };
            ((Watched::Corridor, chain.id.clone()), standing)
        });
        let places = self.legs().flat_map(|(_, leg)| [&leg.a, &leg.b]).filter(|place| watch.watches(Watched::Place, place));
        let mut standings: Standings =
            corridors.chain(places.map(|place| ((Watched::Place, place.clone()), Standing::default()))).collect();
        if standings.keys().any(|(watched, _)| *watched == Watched::Place) {
            for cut in self.cut_off(&datetime, Threshold::NotClosed) {
                if let Some(standing) = standings.get_mut(&(Watched::Place, cut.place.to_owned())) {
                    (standing.rank, standing.segments) = (Rank::Closed, texts(cut.by));
                }
            }
        }
        standings
    }
}

/// The moments at which anything that is known of a leg begins or ends, or is told.
fn turns_of(leg: &Leg) -> impl Iterator<Item = Instant> {
    let known = leg.evidence.iter().flat_map(|evidence| ends(evidence.told()));
    ends(leg.known).chain(known).chain(leg.edges.iter().copied())
}

fn ends(interval: Interval) -> impl Iterator<Item = Instant> {
    [interval.from, interval.to].into_iter().flatten()
}
