//! What changed between two questions: in the world, or only in what is known of it.
//!
//! ```text
//!   (D1, K1) --knowledge--> (D1, K2) --world--> (D2, K2)
//! ```

use super::{Access, Inquiry, Rank, Terms};
use crate::record::Record;
use crate::time::{Datetime, Instant};
use std::collections::{BTreeMap, BTreeSet};

/// A time, and what was known of it when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moment {
    /// The time asked for.
    pub datetime: Datetime,
    /// What was known then counts.
    pub known_at: Instant,
}

/// Along which axis of time something changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Axis {
    /// It is known otherwise.
    Knowledge,
    /// It is otherwise.
    World,
}

impl Axis {
    /// The word in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Knowledge => "knowledge",
            Self::World => "world",
        }
    }
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The status of a corridor.
    Corridor,
    /// The status of a segment.
    Segment,
    /// Whether a report holds.
    Report,
}

impl Subject {
    /// The word in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Corridor => "corridor",
            Self::Segment => "segment",
            Self::Report => "report",
        }
    }
}

/// How something was, or is.
#[derive(Debug, Clone, PartialEq)]
pub enum How {
    /// The status of a road.
    Is(Rank),
    /// A report that holds, in a version.
    Holds(Record),
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Along which axis.
    pub axis: Axis,
    /// Of what.
    pub subject: Subject,
    /// Its id.
    pub id: String,
    /// How it was; nothing if there was none.
    pub before: Option<How>,
    /// How it is; nothing if there is none.
    pub after: Option<How>,
}

/// How things are, by what they are and their ids.
type State = BTreeMap<(Subject, String), How>;

impl Access {
    /// What changed from one moment to another: corridors first, then segments, then reports, by id; of one thing what is known otherwise first.
    pub fn changes(&self, from: Moment, to: Moment, terms: Terms) -> Vec<Change> {
        let state = |datetime: &Datetime, known_at| {
            self.known(known_at, terms).map(|inquiry| inquiry.state(datetime)).unwrap_or_default()
        };
        let before = state(&from.datetime, from.known_at);
        let between = state(&from.datetime, to.known_at);
        let after = state(&to.datetime, to.known_at);
        let mut changes = differences(Axis::Knowledge, &before, &between);
        changes.extend(differences(Axis::World, &between, &after));
        changes.sort_by(|one, other| (one.subject, &one.id, one.axis).cmp(&(other.subject, &other.id, other.axis)));
        changes
    }
}

impl Inquiry<'_> {
    fn state(&self, datetime: &Datetime) -> State {
        let corridors = self.chains().map(|chain| {
            let rank = self.corridor(chain, datetime).rank;
            ((Subject::Corridor, chain.id.clone()), How::Is(rank))
        });
        let segments = self.segments(datetime).map(|part| ((Subject::Segment, part.leg.id.clone()), How::Is(part.status.rank)));
        let reports =
            self.reports(datetime).map(|record| ((Subject::Report, record.id().to_owned()), How::Holds(record.clone())));
        corridors.chain(segments).chain(reports).collect()
    }
}

fn differences(axis: Axis, before: &State, after: &State) -> Vec<Change> {
    let keys: BTreeSet<&(Subject, String)> = before.keys().chain(after.keys()).collect();
    let change = |key: &(Subject, String)| {
        let (was, is) = (before.get(key), after.get(key));
        let (subject, id) = key.clone();
        (was != is).then(|| Change { axis, subject, id, before: was.cloned(), after: is.cloned() })
    };
    keys.into_iter().filter_map(change).collect()
}
